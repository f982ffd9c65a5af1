//! Postal addresses: another address of the same shape, chosen by the key, for good.
//!
//! Province, city and county become real ones that belong together, unless they are kept; names of roads, estates and
//! buildings become other names, numbers other numbers of as many digits, and the words between them (路, 号, 栋, 室) stay.
//! Equal addresses come out equal; there is no way back.

use super::error::{FpeError, Reason};
use super::keyed::Keyed;
use super::written::Written;
use crate::recognise::han::{Forms, is_han};
use std::cmp::Ordering;
use std::sync::LazyLock;

/// The longest address, in characters.
const LENGTH_LIMIT: usize = 256;

/// How many addresses are tried until one is another: 5号 becomes itself one time in nine.
const ATTEMPTS: u8 = 32;

const TREE: &str = include_str!("../../data/division_tree.txt");

/// What kinds of division a name may end in, and a short one leaves out.
const DIVISION_ENDINGS: [&str; 9] = ["特别行政区", "自治区", "自治州", "地区", "省", "市", "盟", "县", "区"];

/// Words behind a number, the longest first.
static UNITS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "号楼 号院 号门 单元 门牌 公里 号 栋 幢 座 楼 层 室 房 户 弄 组 队 排 门 梯 区".split(' ').collect()
});

/// What a name ends in, the longest first.
static ENDINGS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "开发区 工业园 科技园 大道 大街 胡同 街道 社区 小区 花园 家园 公寓 大厦 广场 中心 大楼 商城 新村 名苑 学校 医院 路 街 道 巷 弄 里 镇 乡 村 屯 苑 园 城 府 庄 湾 阁 桥"
        .split(' ')
        .collect()
});

/// Words that thousands of roads and estates are named after.
const STEMS: &str = "人民 解放 建设 中山 和平 胜利 新华 文化 光明 团结 友谊 长江 黄河 泰山 幸福 东风 朝阳 向阳 红旗 青年 前进 兴业 创业 \
    富强 文明 康乐 永安 长安 吉祥 如意 翠湖 金山 银河 绿洲 碧水 云山 松林 竹园 梅园 兰亭 桂花 荷塘 枫林 柳岸 清泉 明月 晨光 \
    春晖 丰收 安居 乐业 锦绣 凤凰 龙腾 鹏程 星海 天河 滨江 临湖 望海 观澜 听涛 悦府 静安 宁和 瑞景 华庭 盛世 嘉和 丽景 雅居";

struct Province {
    name: &'static str,
    cities: Vec<City>,
}

struct City {
    /// Empty: its counties belong to no city.
    name: &'static str,
    counties: Vec<&'static str>,
}

static PROVINCES: LazyLock<Vec<Province>> = LazyLock::new(|| {
    let mut provinces: Vec<Province> = Vec::new();
    for line in TREE.lines() {
        if let Some(name) = line.strip_prefix('1') {
            provinces.push(Province { name, cities: Vec::new() });
        } else if let (Some(rest), Some(province)) = (line.strip_prefix('2'), provinces.last_mut()) {
            let mut names = rest.split(' ');
            let name = names.next().unwrap_or_default();
            province.cities.push(City { name, counties: names.collect() });
        }
    }
    provinces
});

/// All counties, in the order of the tree, with the places of province and city in it.
static COUNTIES: LazyLock<Vec<(usize, usize, &'static str)>> = LazyLock::new(|| {
    let cities = PROVINCES
        .iter()
        .enumerate()
        .flat_map(|(p, one)| one.cities.iter().enumerate().map(move |(c, city)| (p, c, city)));
    cities.flat_map(|(p, c, city)| city.counties.iter().map(move |county| (p, c, *county))).collect()
});

/// The codec for addresses.
pub(super) struct Addresses {
    keyed: Keyed,
    /// How many of province, city and county stay.
    keep: u8,
}

/// What an address begins with.
#[derive(Default)]
struct Divisions {
    province: Option<usize>,
    city: Option<usize>,
    has: [bool; 3],
    /// The ends of the three in the address, in bytes.
    ends: [usize; 3],
}

impl Addresses {
    pub(super) fn new(keyed: Keyed, keep: u8) -> Self {
        Self { keyed, keep }
    }

    /// Another address.
    ///
    /// # Errors
    /// More than 256 characters, or no letter, digit or Han character.
    pub(super) fn run(&self, text: &str) -> Result<String, FpeError> {
        let not_valid = FpeError::new(Reason::NotValid { kind: "address" });
        let written = Written::of(text);
        let plain: String = written.plain().trim().chars().map(|c| Forms::get().simplified(c)).collect();
        if plain.chars().count() > LENGTH_LIMIT || !plain.chars().any(char::is_alphanumeric) {
            return Err(not_valid);
        }
        // Blanks say nothing about where it is.
        let meaning: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
        let divisions = Divisions::of(&plain);
        let rest = plain.get(divisions.end()..).unwrap_or_default();
        let other = |attempt| {
            let choice = Choice { keyed: &self.keyed, address: &meaning, attempt };
            self.divisions(&choice, &divisions, &plain) + &details(&choice, rest)
        };
        // Of what is kept whole nothing else comes, whatever is tried.
        let address = (0..ATTEMPTS).map(other).find(|address| *address != plain).unwrap_or(plain.clone());
        Ok(written.around(&address))
    }

    /// Divisions in the place of those that the address has.
    fn divisions(&self, choice: &Choice<'_>, own: &Divisions, plain: &str) -> String {
        let keep = usize::from(self.keep).min(3);
        let kept = plain.get(..own.ends.get(keep.wrapping_sub(1)).copied().unwrap_or(0)).unwrap_or_default();
        if own.has.iter().skip(keep).all(|has| !has) {
            return kept.to_owned();
        }
        let counties = match (own.province, own.city) {
            (Some(p), Some(c)) if keep > 1 => range_of(|(q, d)| (q, d).cmp(&(p, c))),
            (Some(p), _) if keep > 0 => range_of(|(q, _)| q.cmp(&p)),
            _ => &COUNTIES[..],
        };
        let Some(&(p, c, county)) = counties.get(choice.number("county", 0, counties.len())) else {
            return kept.to_owned();
        };
        let province = PROVINCES.get(p).map_or("", |province| province.name);
        let city = PROVINCES.get(p).and_then(|province| province.cities.get(c)).map_or("", |city| city.name);
        let [has_province, has_city, has_county] = own.has;
        let mut text = kept.to_owned();
        if keep < 1 && (has_province || has_city && city.is_empty()) {
            text.push_str(province);
        }
        if keep < 2 && (has_city || has_province && has_county) {
            text.push_str(city);
        }
        if has_county {
            text.push_str(county);
        }
        text
    }
}

impl Divisions {
    fn of(plain: &str) -> Self {
        let mut own = Self::default();
        let provinces = &*PROVINCES;
        let mut at = 0;
        let after = |at: usize| plain.get(at..).unwrap_or_default().trim_start();
        let end_of = |rest: &str, length: usize| plain.len() - rest.len() + length;
        let rest = after(at);
        let named = |rest: &str, name: &'static str| begins_with(rest, name);
        if let Some((p, length)) = provinces.iter().enumerate().find_map(|(p, one)| Some((p, named(rest, one.name)?))) {
            at = end_of(rest, length);
            (own.province, own.has[0]) = (Some(p), true);
        }
        own.ends = [at; 3];
        let of_province = |p: usize| own.province.is_none_or(|own| own == p);
        let cities = provinces.iter().enumerate().filter(|(p, _)| of_province(*p));
        let mut cities = cities.flat_map(|(p, one)| one.cities.iter().enumerate().map(move |(c, city)| (p, c, city)));
        let rest = after(at);
        let city = cities.find_map(|(p, c, city)| Some((p, c, named(rest, city.name)?)));
        if let Some((p, c, length)) = city {
            at = end_of(rest, length);
            (own.province, own.city, own.has[1]) = (Some(p), Some(c), true);
        }
        own.ends[1..].fill(at);
        let rest = after(at);
        let within = match (own.province, own.city) {
            (Some(p), Some(c)) => range_of(|(q, d)| (q, d).cmp(&(p, c))),
            (Some(p), None) => range_of(|(q, _)| q.cmp(&p)),
            (None, _) => &COUNTIES[..],
        };
        if let Some(length) = county(rest, within, own.has[0] || own.has[1]) {
            own.has[2] = true;
            own.ends[2] = end_of(rest, length);
        }
        own
    }

    fn end(&self) -> usize {
        self.ends[2]
    }
}

/// The counties of a province or city, by how the places of theirs compare with its own.
fn range_of(order: impl Fn((usize, usize)) -> Ordering) -> &'static [(usize, usize, &'static str)] {
    let order = |entry: &(usize, usize, &str)| order((entry.0, entry.1));
    let start = COUNTIES.partition_point(|entry| order(entry) == Ordering::Less);
    let end = COUNTIES.partition_point(|entry| order(entry) != Ordering::Greater);
    COUNTIES.get(start..end).unwrap_or_default()
}

/// How much of a text a division's name is, whole or without its ending; never where a road is named after it.
fn begins_with(rest: &str, name: &'static str) -> Option<usize> {
    if name.is_empty() {
        return None;
    }
    if rest.starts_with(name) {
        return Some(name.len());
    }
    let short = match name {
        "内蒙古自治区" => "内蒙古",
        "广西壮族自治区" => "广西",
        "宁夏回族自治区" => "宁夏",
        "新疆维吾尔自治区" => "新疆",
        _ => DIVISION_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?,
    };
    let behind = rest.strip_prefix(short).filter(|_| short.chars().count() >= 2)?;
    let is_road = behind.chars().take(3).any(|c| matches!(c, '路' | '街' | '道' | '巷' | '里'));
    (!is_road).then_some(short.len())
}

/// The county that a text begins with: one of these, or what looks like one inside a province or city.
fn county(rest: &str, within: &[(usize, usize, &'static str)], is_inside: bool) -> Option<usize> {
    let known = within.iter().map(|(_, _, name)| *name).filter(|name| rest.starts_with(*name));
    let longest = known.map(str::len).max();
    let looks = || {
        let ends = rest.char_indices().take(7).filter(|(_, c)| matches!(c, '区' | '县' | '市' | '旗'));
        let (at, end) = ends.map(|(at, c)| (at, at + c.len_utf8())).next()?;
        let name = rest.get(..at)?;
        let is_name = name.chars().count() >= 2 && name.chars().all(is_han);
        (is_name && !name.ends_with(['小', '社', '园', '校', '厂', '院'])).then_some(end)
    };
    longest.or_else(|| if is_inside { looks() } else { None })
}

/// A choice that address and key make, and another one with each attempt.
struct Choice<'a> {
    keyed: &'a Keyed,
    address: &'a str,
    attempt: u8,
}

impl Choice<'_> {
    fn number(&self, purpose: &str, at: usize, bound: usize) -> usize {
        let at = u32::try_from(at).unwrap_or(u32::MAX).to_be_bytes();
        let at = [at.as_slice(), &[self.attempt]].concat();
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        usize::try_from(self.keyed.number(purpose, &[self.address.as_bytes(), &at], bound)).unwrap_or(0)
    }

    /// A name of so many characters.
    fn stem(&self, at: usize, length: usize) -> String {
        let count = STEMS.split_whitespace().count();
        let word = |n: usize| STEMS.split_whitespace().nth(self.number("stem", at * 16 + n, count)).unwrap_or_default();
        (0..length.div_ceil(2)).flat_map(|n| word(n).chars()).take(length).collect()
    }
}

/// What stands behind the divisions: each run of digits, letters or Han characters becomes another.
fn details(choice: &Choice<'_>, rest: &str) -> String {
    let mut text = String::with_capacity(rest.len());
    let mut after_number = false;
    // Letters and digits so far: blanks do not count.
    let (mut from, mut at) = (0, 0);
    while let Some(first) = rest.get(from..).and_then(|rest| rest.chars().next()) {
        let sort = sort_of(first);
        let behind = rest.get(from..).unwrap_or_default();
        let length = behind.find(|c| sort_of(c) != sort).unwrap_or(behind.len());
        let run = behind.get(..length).unwrap_or_default();
        match sort {
            Sort::Digits => text.push_str(&other_digits(choice, at, run)),
            Sort::Letters => text.extend(run.bytes().enumerate().map(|(n, byte)| other_letter(choice, at + n, byte))),
            Sort::Han => han(choice, at, run, after_number, &mut text),
            // Letters of other scripts have no table: they show nothing.
            Sort::Other => text.extend(run.chars().map(|c| if c.is_alphanumeric() { 'X' } else { c })),
        }
        after_number = matches!(sort, Sort::Digits | Sort::Letters);
        from += length;
        at += run.chars().filter(|c| c.is_alphanumeric()).count();
    }
    text
}

/// Names with what they end in; right behind a number its unit.
fn han(choice: &Choice<'_>, at: usize, run: &str, after_number: bool, text: &mut String) {
    let unit = UNITS.iter().find(|unit| after_number && run.starts_with(**unit)).copied().unwrap_or("");
    text.push_str(unit);
    let mut rest = run.get(unit.len()..).unwrap_or_default();
    let mut at = at + unit.chars().count();
    while !rest.is_empty() {
        // A name has two characters, or one where there are no more.
        let first = rest.char_indices().nth(1).map_or(rest.len(), |(at, _)| at);
        let from_second = rest.get(first..).unwrap_or_default();
        let ends = from_second.char_indices().find_map(|(place, _)| {
            let tail = from_second.get(place..).unwrap_or_default();
            ENDINGS.iter().find(|ending| tail.starts_with(**ending)).map(|ending| (first + place, *ending))
        });
        let (stem, ending) = ends.unwrap_or((rest.len(), ""));
        let length = rest.get(..stem).map_or(0, |stem| stem.chars().count());
        text.push_str(&choice.stem(at, length));
        text.push_str(ending);
        at += length + ending.chars().count();
        rest = rest.get(stem + ending.len()..).unwrap_or_default();
    }
}

/// As many digits; the first is no zero where it was none.
fn other_digits(choice: &Choice<'_>, at: usize, run: &str) -> String {
    let other = |(n, old): (usize, char)| {
        let least = usize::from(n == 0 && old != '0');
        let digit = choice.number("digit", at + n, 10 - least) + least;
        u8::try_from(digit).map_or(old, |digit| char::from(b'0' + digit))
    };
    run.chars().enumerate().map(other).collect()
}

fn other_letter(choice: &Choice<'_>, at: usize, byte: u8) -> char {
    let first = if byte.is_ascii_lowercase() { b'a' } else { b'A' };
    char::from(first + u8::try_from(choice.number("letter", at, 26)).unwrap_or(0))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Digits,
    Letters,
    Han,
    Other,
}

fn sort_of(c: char) -> Sort {
    match c {
        _ if c.is_ascii_digit() => Sort::Digits,
        _ if c.is_ascii_alphabetic() => Sort::Letters,
        _ if is_han(c) => Sort::Han,
        _ => Sort::Other,
    }
}
