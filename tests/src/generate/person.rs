//! Names and dates of birth. All names are put together by chance from lists of this project's own making.

use super::{Generator, NameList, Sign, Slot};

pub(super) const SLOTS: &[Slot] = &[
    Slot { name: "name", kind: "person_name", sign: Sign::Nothing, label: "姓名", field: "custName", make: han_name },
    Slot {
        name: "minority",
        kind: "person_name",
        sign: Sign::Nothing,
        label: "客户姓名",
        field: "khxm",
        make: minority,
    },
    Slot {
        name: "name_en",
        kind: "person_name",
        sign: Sign::Nothing,
        label: "Name",
        field: "nameEn",
        make: latin_name,
    },
    Slot {
        name: "birth",
        kind: "date_of_birth",
        sign: Sign::Nothing,
        label: "出生日期",
        field: "birth",
        make: birth_date,
    },
];

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚\
    卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
const COMPOUND: [&str; 10] = ["欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "夏侯", "东方", "令狐", "司徒"];
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰建国志华文斌红梅玲辉宇浩然子轩梓涵雨欣思远嘉怡诗琪俊熙博妍晨曦\
    海燕春生德胜凤庆少永康立新晓东雪松云飞振";

const HELD_SURNAMES: &str = "仇佟晏柴凌裴祁骆鲍柯缪蒲茅池桑鄢庞虞隋邬冼粟阚蔺屠褚亓逄窦辜";
const HELD_COMPOUND: [&str; 8] = ["慕容", "公孙", "宇文", "长孙", "南宫", "独孤", "澹台", "钟离"];
const HELD_GIVEN: &str = "峥琬翀璟懿铭菁煜霖蕾骞翊瑾珂卉楠薇昊岚睿萱彤颖潇筠喆璇炜郁臻钰麒沁茜祺韬沛芮翰岱";

const FIRST_PARTS: [&str; 12] = [
    "阿依古丽",
    "迪丽努尔",
    "买合木提",
    "古丽娜尔",
    "艾尔肯",
    "阿卜杜拉",
    "帕提古丽",
    "努尔兰",
    "扎西",
    "热依汗",
    "塔伊尔",
    "木合塔尔",
];
const SECOND_PARTS: [&str; 10] =
    ["买买提", "吐尔逊", "阿布都热西提", "依明", "卡德尔", "沙吾提", "次仁", "达吾提", "肉孜", "哈斯木"];
const HELD_FIRST_PARTS: [&str; 8] =
    ["祖丽胡玛", "亚库甫", "海热古丽", "伊力哈木", "沙拉麦提", "巴哈尔", "索朗", "阿孜古丽"];
const HELD_SECOND_PARTS: [&str; 6] = ["居马洪", "艾则孜", "托合提", "旦增", "尼亚孜", "库尔班"];

const LATIN_SURNAMES: [&str; 24] = [
    "Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Zhou", "Xu", "Sun", "Zhu", "Hu", "Guo", "Lin",
    "Luo", "Zheng", "Liang", "Xie", "Song", "Tang", "Ouyang", "Situ", "Deng",
];
const LATIN_GIVEN: [&str; 24] = [
    "Wei", "Fang", "Xiuying", "Min", "Jing", "Qiang", "Lei", "Jun", "Yong", "Jie", "Tao", "Ming", "Chao", "Guilan",
    "Jianguo", "Haoran", "Zixuan", "Yuxin", "Siyuan", "Jiayi", "Junxi", "Chenxi", "Haiyan", "Xiaodong",
];
const WESTERN_GIVEN: [&str; 12] = [
    "Margaret", "Thomas", "Ingrid", "Pedro", "Yuki", "Olga", "Hannah", "Gareth", "Amelie", "Rajesh", "Sofia", "Patrick",
];
const WESTERN_SURNAMES: [&str; 12] = [
    "Whitcombe",
    "Lindqvist",
    "Okafor",
    "Barlow",
    "Tanaka",
    "Moreau",
    "Petrov",
    "Hathaway",
    "Iyer",
    "Brennan",
    "Keller",
    "Castellan",
];

pub(super) fn han_name(g: &mut Generator) -> String {
    let (surnames, compound, given): (_, &[&str], _) = match g.names {
        NameList::Common => (SURNAMES, &COMPOUND, GIVEN),
        NameList::HeldOut => (HELD_SURNAMES, &HELD_COMPOUND, HELD_GIVEN),
    };
    let surname = if g.random.chance(4) { g.random.pick(compound).to_owned() } else { g.random.string(surnames, 1) };
    let length = g.random.pick(&[1, 2, 2, 2]);
    surname + &g.random.string(given, length)
}

/// A surname alone, for 张先生: that counts as masked, so it is no value to plant.
pub(crate) fn surname(g: &mut Generator) -> String {
    if g.random.chance(10) { g.random.pick(&COMPOUND).to_owned() } else { g.random.string(SURNAMES, 1) }
}

fn minority(g: &mut Generator) -> String {
    let (first, second): (&[&str], &[&str]) = match g.names {
        NameList::Common => (&FIRST_PARTS, &SECOND_PARTS),
        NameList::HeldOut => (&HELD_FIRST_PARTS, &HELD_SECOND_PARTS),
    };
    format!("{}·{}", g.random.pick(first), g.random.pick(second))
}

fn latin_name(g: &mut Generator) -> String {
    match g.random.below(4) {
        0 => format!("{} {}", g.random.pick(&LATIN_GIVEN), g.random.pick(&LATIN_SURNAMES)),
        1 => format!("{} {}", g.random.pick(&LATIN_SURNAMES).to_uppercase(), g.random.pick(&LATIN_GIVEN)),
        2 => format!("{} {}", g.random.pick(&LATIN_SURNAMES), g.random.pick(&LATIN_GIVEN)),
        _ => format!("{} {}", g.random.pick(&WESTERN_GIVEN), g.random.pick(&WESTERN_SURNAMES)),
    }
}

fn birth_date(g: &mut Generator) -> String {
    let (year, month, day) = super::identity::birth(g);
    match g.random.below(5) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{year}{month:02}{day:02}"),
        2 => format!("{year}年{month}月{day}日"),
        3 => format!("{year}/{month:02}/{day:02}"),
        _ => format!("{year}.{month:02}.{day:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_held_out_lists_share_no_character_with_the_common_ones() {
        for (common, held) in [(SURNAMES, HELD_SURNAMES), (GIVEN, HELD_GIVEN)] {
            let shared: String = held.chars().filter(|c| common.contains(*c)).collect();
            assert_eq!(shared, "");
        }
        assert!(HELD_COMPOUND.iter().all(|surname| !COMPOUND.contains(surname)));
        assert!(HELD_FIRST_PARTS.iter().all(|part| !FIRST_PARTS.contains(part)));
    }

    #[test]
    fn names_have_two_to_four_characters_and_minority_names_a_dot() {
        for list in [NameList::Common, NameList::HeldOut] {
            let mut g = Generator::new(5).names(list);
            assert!((0..300).all(|_| (2..=4).contains(&han_name(&mut g).chars().count())));
            assert!((0..50).all(|_| minority(&mut g).contains('·')));
        }
    }
}
