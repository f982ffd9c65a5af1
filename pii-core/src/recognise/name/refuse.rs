//! What stands where a name is expected and is none: placeholders, titles, organisations, masked names.
//!
//! Knows words, not places in text.

use super::tables::surname;
use std::sync::OnceLock;

/// Whether these Han characters say that there is no name, or that it is somebody unnamed.
pub(super) fn is_no_person(chars: &[char]) -> bool {
    is_placeholder(chars) || is_organisation(chars) || is_anonymous(chars)
}

/// Words of forms, logs and templates in place of a name.
fn is_placeholder(chars: &[char]) -> bool {
    PLACEHOLDERS.is_one(chars) || NO_NAME_BEGINS.begins(chars)
}

/// Whether it names a firm, a body or a product.
pub(super) fn is_organisation(chars: &[char]) -> bool {
    ORGANISATION_ENDS.longest_end(chars) > 0 || (0..chars.len()).any(|at| ORGANISATION_PARTS.begins(&chars[at..]))
}

/// Whether the words behind a name make it the name of an organisation: 方正 before 证券, but not 李明 before 证券账户.
pub(super) fn makes_organisation(rest: &[char]) -> bool {
    ORGANISATION_TAILS.begins(rest) && !ITEM_HEADS.begins(rest)
}

/// A surname with a title or 某 alone (张先生, 李某某, 王总): it counts as masked.
pub(super) fn is_anonymous(chars: &[char]) -> bool {
    let unnamed = |rest: &[char]| matches!(rest, ['某', ..]);
    (0..=2.min(chars.len())).any(|at| {
        let (family, rest) = chars.split_at(at);
        (TITLES.is_one(rest) || unnamed(rest)) && (at == 0 || surname(family).is_some())
    })
}

/// The characters of a title at the end, or 0: 王小明先生 has two.
pub(super) fn title_at_end(chars: &[char]) -> usize {
    Some(TITLES.longest_end(chars)).filter(|length| *length > 1).unwrap_or(0)
}

/// A list of words, cut into characters when it is first used.
struct Words {
    text: &'static str,
    by_first: OnceLock<Vec<Box<[char]>>>,
    by_last: OnceLock<Vec<Box<[char]>>>,
}

impl Words {
    const fn new(text: &'static str) -> Self {
        Self { text, by_first: OnceLock::new(), by_last: OnceLock::new() }
    }

    fn sorted_by<K: Ord>(&self, key: impl Fn(&[char]) -> K) -> Vec<Box<[char]>> {
        let mut words: Vec<Box<[char]>> = self.text.split(' ').map(|word| word.chars().collect()).collect();
        words.sort_by_key(|word| key(word));
        words
    }

    fn is_one(&self, chars: &[char]) -> bool {
        self.beginning_with(chars.first()).any(|word| word == chars)
    }

    /// Whether `chars` begin with one of them.
    fn begins(&self, chars: &[char]) -> bool {
        self.beginning_with(chars.first()).any(|word| chars.starts_with(word))
    }

    /// The length of the longest of them that `chars` end with, or 0.
    fn longest_end(&self, chars: &[char]) -> usize {
        let words = self.by_last.get_or_init(|| self.sorted_by(|word| word.last().copied()));
        let same = alike(words, |word| word.last(), chars.last());
        same.filter(|word| chars.ends_with(word)).map(<[char]>::len).max().unwrap_or(0)
    }

    fn beginning_with(&self, first: Option<&char>) -> impl Iterator<Item = &[char]> {
        let words = self.by_first.get_or_init(|| self.sorted_by(|word| word.first().copied()));
        alike(words, |word| word.first(), first)
    }
}

/// Those of the words, sorted by `key`, that have this one.
fn alike<'w>(
    words: &'w [Box<[char]>],
    key: impl Fn(&[char]) -> Option<&char>,
    wanted: Option<&char>,
) -> impl Iterator<Item = &'w [char]> {
    let first = words.partition_point(|word| key(word) < wanted);
    words[first..].iter().map(AsRef::as_ref).take_while(move |word| key(word) == wanted)
}

static PLACEHOLDERS: Words = Words::new(
    "无 空 未知 匿名 不详 保密 略 同上 待定 暂无 没有 测试 姓名 名称 客户 用户 客户姓名 投资者 本人 某某 \
    某某某 先生 女士 小姐 男士 男 女 汉族 个人 机构 产品 其他 其它 全部 所有 默认 管理员 系统 经理 客服 \
    自助 合计 总计 小计 备注 说明 股东 会员 户名 户主 经办人 联系人 收款人 付款人 持有人 代理人 受益人 \
    开户人 操作员 柜员 匿名用户 游客 访客 贵宾 各位 大家 朋友 亲 您 你 本公司 我司 贵司 身份证 护照 \
    普通 专业投资者 普通投资者 机构投资者 个人投资者 必填 选填 可选 字段 字符串 示例 样例 文本 数字 \
    正常 异常 成功 失败 有效 无效 已认证 高净值 黄金会员 钻石会员 白金会员 于是 张总 证件 性别 签名 \
    签字 签章 盖章 日期 电话 手机 地址",
);

/// What a line says about a name rather than the name itself.
static NO_NAME_BEGINS: Words = Words::new(
    "未 不 没有 请 错误 有误 为空 为必 必填 必须 校验 验证 核验 核对 匹配 一致 信息 与证 与身 与银 和身 \
    和证 及身 及证 以及 或者 是否 格式 长度 字段 包含 含有 应当 应为 应与 须与 需与 需要 已变更 已修改 \
    已更新 变更 修改 更新 脱敏 加密 掩码 隐藏 填写 输入 查询 均 等信 等个 等资 的 中的 已 将 被 在 是 \
    测试 同名 不符 栏 一栏 一列 列名 项目 标题 表头 要素",
);

static TITLES: Words = Words::new(
    "先生 女士 小姐 太太 夫人 老师 同学 同志 经理 总经理 客户经理 主任 律师 医生 教授 师傅 阿姨 叔叔 \
    大爷 董事 董事长 总监 行长 总 董 工 姐 哥 处 科 局 某 小朋友 客户 投资者 用户 会员 股东 您好 你好",
);

static ORGANISATION_ENDS: Words = Words::new(
    "公司 银行 集团 证券 期货 信托 保险 支行 分行 营业部 事务所 委员会 研究所 研究院 中心 协会 学会 工会 \
    合作社 工作室 商行 经营部 门市部 大学 学院 医院 中学 小学 股份 科技 药业 汽车 实业 资本 投资 资管 \
    财富 基金 理财 计划 产品 人民政府 管理局 街道办 大厦 广场 花园 小区 指数 联社 厂 店 转债 控股 电力 \
    能源 矿业 制造 重工 酒业 传媒 通信 电子 软件 置业 地产 建设 农商行 交易所 登记结算 总部 分公司 专户 \
    部门 委托财产 部 处 科 组 室 热线 专员 团队 合规",
);

static ORGANISATION_PARTS: Words = Words::new("有限 股份有 合伙 公司 基金会 证券投资 资产管理 信托计划 银行");

/// Words that make what stands right before them an organisation or a product.
static ORGANISATION_TAILS: Words = Words::new(
    "银行 证券 集团 股份 有限 公司 基金 汽车 药业 科技 实业 资本 资管 期货 信托 保险 人寿 财险 控股 电力 \
    能源 矿业 重工 酒业 传媒 通信 电子 软件 置业 地产 农商 机场 港口 高速 水泥 钢铁 化工 食品 乳业 医药 \
    生物 制药 百货 转债 指数 营业部 分公司 支行 分行 大厦 大街 广场 投资有 投资管 投资基 投资股 投资集 \
    建设集 建设股 建设有 国际 网络有 信息技 投资公 财富管 财富有 财富基 合伙",
);

/// What belongs to a person although it begins with the business: 证券账户, 基金份额.
static ITEM_HEADS: Words = Words::new(
    "证券账 证券帐 证券交 证券资 证券买 证券卖 证券持 基金账 基金帐 基金份 基金交 基金申 基金赎 基金定 \
    银行卡 银行账 银行帐 银行转 银行流 银行存 期货账 期货帐 期货交 保险合 保险金 保险费 电子邮 电子合 \
    电子签 股份转 股份质 股份过 科技金 信托受 公司已 公司将",
);
