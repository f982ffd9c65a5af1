//! The words that the components of an address end with, and those that look like it.

use std::sync::LazyLock;

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

/// Words to look for where a component ends, each with what it says.
pub(super) struct Words<T> {
    /// The first characters by their lower 12 bits: asked at every character of a text, and nearly always none is there.
    firsts: [u64; 64],
    /// By their first characters; of those that begin alike in the order of the list.
    words: Vec<(Vec<char>, T)>,
}

impl<T: Copy> Words<T> {
    fn new(words: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let mut words: Vec<(Vec<char>, T)> =
            words.into_iter().map(|(word, says)| (word.chars().collect(), says)).collect();
        words.sort_by_key(|(word, _)| word.first().copied());
        let mut firsts = [0; 64];
        for first in words.iter().filter_map(|(word, _)| word.first()) {
            let (index, bit) = Self::place(*first);
            firsts[index] |= bit;
        }
        Self { firsts, words }
    }

    fn place(c: char) -> (usize, u64) {
        let code = u32::from(c);
        ((code >> 6 & 63) as usize, 1 << (code & 63))
    }

    /// The word that `rest` begins with, the first of the list: its length in characters and what it says.
    pub(super) fn at(&self, rest: &[char]) -> Option<(usize, T)> {
        let first = rest.first()?;
        let (index, bit) = Self::place(*first);
        if self.firsts[index] & bit == 0 {
            return None;
        }
        let from = self.words.partition_point(|(word, _)| word.first() < Some(first));
        let alike = self.words[from..].iter().take_while(|(word, _)| word.first() == Some(first));
        alike.into_iter().find(|(word, _)| rest.starts_with(word)).map(|(word, says)| (word.len(), *says))
    }

    pub(super) fn is_at(&self, rest: &[char]) -> bool {
        self.at(rest).is_some()
    }
}

/// Words that no name of a place holds.
pub(super) static NO_NAMES: LazyLock<Words<()>> = LazyLock::new(|| {
    Words::new(
        [
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
        ]
        .map(|word| (word, ())),
    )
});

/// Words that begin like an ending and are none.
pub(super) static NO_ENDINGS: LazyLock<Words<()>> = LazyLock::new(|| {
    Words::new(
        [
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
        ]
        .map(|word| (word, ())),
    )
});

/// Endings of names, longer ones before their beginnings.
pub(super) static ENDINGS: LazyLock<Words<Part>> = LazyLock::new(|| {
    Words::new([
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
    ])
});

/// Units behind a number, longer ones before their beginnings.
pub(super) static UNITS: LazyLock<Words<Part>> = LazyLock::new(|| {
    Words::new([
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
    ])
});

/// Words behind an address that belong to it.
pub(super) static REMARKS: LazyLock<Words<()>> = LazyLock::new(|| {
    Words::new(
        [
            "附近",
            "旁边",
            "对面",
            "斜对面",
            "东侧",
            "西侧",
            "南侧",
            "北侧",
            "交叉口",
            "路口",
            "交汇处",
            "东门",
            "西门",
            "南门",
            "北门",
        ]
        .map(|word| (word, ())),
    )
});
