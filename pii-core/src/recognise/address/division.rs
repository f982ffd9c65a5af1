//! Names of provinces, cities and counties, whole and short (广东省, 广东), and where in the order they stand.
//!
//! Knows names only, no grammar of addresses. The table loads at first use.

use crate::recognise::han::entries as data_lines;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::OnceLock;

/// Where a division stands in an address, from the outside in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Province,
    City,
    County,
}

/// A division's name at the beginning of some text.
#[derive(Clone, Copy)]
pub(super) struct Division {
    /// Characters of the name.
    pub length: usize,
    /// The name is cut to its core: 广东, 深圳.
    pub short: bool,
    levels: u8,
}

impl Division {
    /// The level that the name has inside `outer`; `None` when it cannot stand there.
    pub(super) fn level_within(self, outer: Option<Level>) -> Option<Level> {
        [Level::Province, Level::City, Level::County]
            .into_iter()
            .find(|&level| self.has(level) && outer.is_none_or(|outer| level > outer))
    }

    /// The longer one; of two with the same name the whole one, and of two divisions of that name both levels.
    fn or_longer(self, next: Self) -> Self {
        match (next.length.cmp(&self.length), self.short == next.short) {
            (Ordering::Greater, _) => next,
            (Ordering::Less, _) => self,
            (Ordering::Equal, true) => Self { levels: self.levels | next.levels, ..self },
            (Ordering::Equal, false) => {
                if self.short {
                    next
                } else {
                    self
                }
            }
        }
    }

    /// Whether a division of this level has this name.
    pub(super) fn has(self, level: Level) -> bool {
        self.levels & (1 << level as u8) != 0
    }
}

/// The longest division name that simplified `chars` begin with.
pub(super) fn division_at(chars: &[char]) -> Option<Division> {
    let table = table();
    let group = table.groups.get(group_index(*chars.first()?)?)?;
    let mut found: Option<Division> = None;
    for entry in &table.entries[usize::from(group.start)..usize::from(group.end)] {
        let length = entry.name.len() / 3;
        if length > chars.len() || !entry.name.chars().eq(chars[..length].iter().copied()) {
            continue;
        }
        let next = Division { length, short: entry.short, levels: entry.levels };
        found = Some(found.map_or(next, |found| found.or_longer(next)));
    }
    found
}

/// The longest name of the table, in characters.
pub(super) const NAME_LIMIT: usize = 16;

/// Whether some division's name begins with this character.
pub(super) fn may_begin(c: char) -> bool {
    group_index(c).and_then(|index| table().groups.get(index)).is_some_and(|group| !group.is_empty())
}

struct Entry {
    name: &'static str,
    levels: u8,
    short: bool,
}

/// All names by their first character, and for each first character the entries that begin with it.
struct Table {
    entries: Vec<Entry>,
    groups: Vec<Range<u16>>,
}

const FIRST_HAN: u32 = 0x4E00;
const LAST_HAN: u32 = 0x9FFF;

fn group_index(c: char) -> Option<usize> {
    let index = u32::from(c).checked_sub(FIRST_HAN)?;
    (index <= LAST_HAN - FIRST_HAN).then_some(index as usize)
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(load)
}

fn load() -> Table {
    let mut entries = Vec::with_capacity(10_000);
    for line in data_lines(include_str!("../../../data/divisions.txt")) {
        let mut words = line.split(' ');
        let levels = words.next().and_then(|number| number.parse().ok()).unwrap_or(0);
        for name in words {
            entries.push(Entry { name, levels, short: false });
            entries.extend(short_name(name).map(|name| Entry { name, levels, short: true }));
        }
    }
    // By first character only: sorting whole names would take longer than everything else here.
    entries.sort_by_key(|entry| entry.name.chars().next());
    let mut groups = vec![0_u16..0; (LAST_HAN - FIRST_HAN + 1) as usize];
    for (place, entry) in entries.iter().enumerate() {
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        let Some(index) = entry.name.chars().next().and_then(group_index) else { continue };
        let group: &mut Range<u16> = &mut groups[index];
        *group = if group.start == group.end { place..place + 1 } else { group.start..place + 1 };
    }
    Table { entries, groups }
}

/// The core of a name, two characters or more, without what kind of division it is and which people it is home to.
fn short_name(name: &'static str) -> Option<&'static str> {
    if let Some((_, core)) = SPECIAL.iter().find(|&&(whole, _)| whole == name) {
        return Some(core);
    }
    let (kind, core) =
        ["特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "新区", "省", "市", "区", "县", "旗", "盟"]
            .iter()
            .find_map(|kind| Some((kind, name.strip_suffix(kind)?)))?;
    // Only the names of autonomous divisions hold a people's.
    let people = kind.starts_with("自治").then(|| PEOPLES.split(' ').filter_map(|people| core.find(people)));
    let core = people.and_then(|places| places.filter(|&at| at >= 6).min()).map_or(core, |at| &core[..at]);
    // All ordinary ones have two characters, so that a part of the list is an entry of it.
    (core.len() > 6 || core.len() == 6 && !ORDINARY.contains(core)).then_some(core)
}

const SPECIAL: &[(&str, &str)] = &[
    ("内蒙古自治区", "内蒙古"),
    ("广西壮族自治区", "广西"),
    ("宁夏回族自治区", "宁夏"),
    ("新疆维吾尔自治区", "新疆"),
    ("西藏自治区", "西藏"),
];

/// Cores that are ordinary words, so that they name no place without 市, 区 or 县.
const ORDINARY: &str = "和平 东方 中山 城关 新城 解放 建设 胜利 开发 经济 高新 工业 长安 安全 大同 长治 自治 平安 城中 城北 \
    城东 城西 城南 市中 中心 中原 公安 通化 海关 大安 万年 直属";

const PEOPLES: &str = "满族 回族 藏族 苗族 彝族 壮族 侗族 瑶族 白族 傣族 黎族 土家族 哈尼族 傈僳族 佤族 畲族 拉祜族 水族 \
    东乡族 纳西族 景颇族 布依族 朝鲜族 蒙古族 蒙古 哈萨克 柯尔克孜 维吾尔 土族 羌族 撒拉族 仫佬族 毛南族 \
    仡佬族 锡伯 各族 达斡尔族 鄂温克族 裕固族 保安族 布朗族 独龙族 怒族 普米族 塔吉克 门巴族 珞巴族";

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<(usize, bool, Option<Level>)> {
        let chars: Vec<char> = text.chars().collect();
        division_at(&chars).map(|found| (found.length, found.short, found.level_within(None)))
    }

    #[test]
    fn finds_the_longest_name() {
        for (text, expected) in [
            ("广东省深圳市", Some((3, false, Some(Level::Province)))),
            ("广东深圳", Some((2, true, Some(Level::Province)))),
            ("深圳福田", Some((2, true, Some(Level::City)))),
            ("福田区", Some((3, false, Some(Level::County)))),
            ("新疆维吾尔自治区", Some((8, false, Some(Level::Province)))),
            ("伊犁哈萨克自治州", Some((8, false, Some(Level::City)))),
            ("恩施", Some((2, true, Some(Level::City)))),
            ("香港九龙", Some((2, false, Some(Level::Province)))),
            ("和平路", None),
            ("您好", None),
            ("", None),
        ] {
            assert_eq!(at(text), expected, "{text}");
        }
    }

    #[test]
    fn a_level_is_inside_the_outer_one() {
        let chars: Vec<char> = "吉林市".chars().collect();
        let found = division_at(&chars).unwrap();
        assert_eq!(found.level_within(Some(Level::Province)), Some(Level::City));
        assert_eq!(found.level_within(Some(Level::County)), None);
    }
}
