//! The words that the components of an address end with, and those that look like it.

use std::sync::OnceLock;

/// What a component is.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Road,
    Town,
    Estate,
    /// 1000号.
    Unit,
    /// 3栋, 2单元, 501室.
    Room,
    /// 3-2-501: building and room.
    Rooms,
    /// (万达广场旁), 附近, the name of an estate that says not what it is.
    Remark,
}

/// The first characters of a list of words, by their lower 12 bits: whether one of the words may begin at a character is
/// asked at every character of a text, and nearly always the answer is no.
struct Firsts(OnceLock<[u64; 64]>);

impl Firsts {
    const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// `false` when none of `words` begins with `c`.
    fn may_begin(&self, c: char, words: impl Iterator<Item = &'static str>) -> bool {
        let place = |c: char| ((u32::from(c) >> 6 & 63) as usize, 1_u64 << (u32::from(c) & 63));
        let bits = self.0.get_or_init(|| {
            let mut bits = [0; 64];
            for (index, bit) in words.filter_map(|word| word.chars().next()).map(place) {
                bits[index] |= bit;
            }
            bits
        });
        let (index, bit) = place(c);
        bits[index] & bit != 0
    }
}

/// Whether one of [`ENDINGS`] may begin with this character.
pub(super) fn may_end(c: char) -> bool {
    static FIRSTS: Firsts = Firsts::new();
    FIRSTS.may_begin(c, ENDINGS.iter().map(|(word, _)| *word))
}

/// Whether one of [`NO_NAMES`] may begin with this character.
pub(super) fn may_be_no_name(c: char) -> bool {
    static FIRSTS: Firsts = Firsts::new();
    FIRSTS.may_begin(c, NO_NAMES.iter().copied())
}

/// Words that no name of a place holds.
pub(super) const NO_NAMES: &[&str] = &[
    "电话",
    "手机",
    "邮编",
    "邮箱",
    "客户",
    "账户",
    "账号",
    "帐户",
    "帐号",
    "证券",
    "联系",
    "身份",
    "公司",
    "营业部",
    "支行",
    "分行",
    "地址",
    "姓名",
    "证件",
    "尊敬",
    "通过",
    "提供",
    "渠道",
    "知道",
    "报道",
    "市场",
    "交易",
    "资金",
    "开户",
    "申请",
    "办理",
    "收件",
    "发生",
    "进行",
    "认为",
    "记者",
    "投资",
    "基金",
    "期货",
    "银行",
    "法院",
    "政府",
    "派出所",
    "公安",
];

/// Words that begin like an ending and are none.
pub(super) const NO_ENDINGS: &[&str] = &[
    "道歉",
    "道理",
    "道路",
    "路演",
    "路径",
    "路透",
    "路由",
    "街区",
    "园区管",
    "里面",
    "里程",
    "城市",
    "城商",
    "城投",
    "府办",
    "院长",
    "院校",
    "港股",
    "港元",
    "港币",
    "区间",
    "区域",
    "组织",
    "组合",
    "队伍",
    "村民",
    "镇政",
    "乡政",
    "乡镇",
    "室内",
    "座谈",
    "城建",
    "府院",
    "村镇",
    "道琼",
    "庄家",
    "庄严",
    "居民",
    "湾区",
    "院线",
    "国际金融公",
    "中心城",
    "国际贸",
    "国际市",
    "国际业",
];

/// Endings of names, longer ones before their beginnings.
pub(super) const ENDINGS: &[(&str, Part)] = &[
    ("街道办事处", Part::Town),
    ("街道", Part::Town),
    ("开发区", Part::Town),
    ("工业园区", Part::Estate),
    ("工业区", Part::Estate),
    ("苏木", Part::Town),
    ("林场", Part::Town),
    ("农场", Part::Town),
    ("牧场", Part::Town),
    ("连队", Part::Town),
    ("兵团", Part::Town),
    ("大道", Part::Road),
    ("大街", Part::Road),
    ("胡同", Part::Road),
    ("公路", Part::Road),
    ("国道", Part::Road),
    ("省道", Part::Road),
    ("路", Part::Road),
    ("街", Part::Road),
    ("道", Part::Road),
    ("巷", Part::Road),
    ("弄", Part::Road),
    ("镇", Part::Town),
    ("乡", Part::Town),
    ("新村", Part::Estate),
    ("村", Part::Town),
    ("屯", Part::Town),
    ("寨", Part::Town),
    ("嘎查", Part::Town),
    ("小区", Part::Estate),
    ("社区", Part::Town),
    ("园区", Part::Estate),
    ("校区", Part::Estate),
    ("花园", Part::Estate),
    ("家园", Part::Estate),
    ("花苑", Part::Estate),
    ("公寓", Part::Estate),
    ("大厦", Part::Estate),
    ("大楼", Part::Estate),
    ("广场", Part::Estate),
    ("中心", Part::Estate),
    ("家属院", Part::Estate),
    ("大院", Part::Estate),
    ("宿舍", Part::Estate),
    ("别墅", Part::Estate),
    ("山庄", Part::Estate),
    ("产业园", Part::Estate),
    ("科技园", Part::Estate),
    ("工业园", Part::Estate),
    ("写字楼", Part::Estate),
    ("商城", Part::Estate),
    ("华府", Part::Estate),
    ("雅苑", Part::Estate),
    ("国际", Part::Estate),
    ("苑", Part::Estate),
    ("园", Part::Estate),
    ("城", Part::Estate),
    ("府", Part::Estate),
    ("邸", Part::Estate),
    ("庭", Part::Estate),
    ("居", Part::Estate),
    ("轩", Part::Estate),
    ("阁", Part::Estate),
    ("湾", Part::Estate),
    ("墅", Part::Estate),
    ("庄", Part::Town),
    ("坊", Part::Estate),
    ("里", Part::Estate),
    ("厦", Part::Estate),
    ("楼", Part::Estate),
    ("院", Part::Estate),
];

/// Units behind a number, longer ones before their beginnings.
pub(super) const UNITS: &[(&str, Part)] = &[
    ("号楼", Part::Room),
    ("号院", Part::Unit),
    ("号大院", Part::Unit),
    ("号房", Part::Room),
    ("号铺", Part::Room),
    ("号", Part::Unit),
    ("栋", Part::Room),
    ("幢", Part::Room),
    ("座", Part::Room),
    ("单元", Part::Room),
    ("室", Part::Room),
    ("层", Part::Room),
    ("楼", Part::Room),
    ("房", Part::Room),
    ("户", Part::Room),
    ("梯", Part::Room),
    ("门", Part::Room),
    ("铺", Part::Room),
    ("弄", Part::Unit),
    ("巷", Part::Unit),
    ("组", Part::Unit),
    ("队", Part::Unit),
    ("社", Part::Unit),
    ("连", Part::Unit),
    ("团", Part::Unit),
    ("师", Part::Unit),
    ("段", Part::Unit),
    ("期", Part::Unit),
    ("区", Part::Unit),
    ("路", Part::Road),
    ("街", Part::Road),
    ("村", Part::Town),
    ("#", Part::Room),
];
