//! The grammar of a Chinese address: divisions from the outside in, then town, road, number, estate, building, room.
//!
//! A component is a name with one of the words that such things end with, or a number with a unit. The grammar says how
//! far the address reaches and what it consists of; whether that is enough to be one is judged elsewhere.

use super::component::{component, is_name};
use super::division::{Level, division_at};
use super::words::Part;

/// No address has more towns and roads before its first number.
const STREET_LIMIT: usize = 5;

/// What an address consists of and where its parts end, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The end of the last part.
    pub end: usize,
    /// Ends of province and city, of the county, and of the first road or town; each at least the one before.
    pub city_end: usize,
    pub county_end: usize,
    pub road_end: usize,
    /// How many of each there are.
    pub divisions: usize,
    pub roads: usize,
    pub towns: usize,
    pub estates: usize,
    pub units: usize,
    /// Units of rooms and buildings among `units`.
    pub rooms: usize,
}

/// The address that simplified `chars` begin with, as far as it is one.
pub(super) fn parse(chars: &[char]) -> Parsed {
    let mut parsed = Parsed::default();
    divisions(chars, &mut parsed);
    details(chars, &mut parsed);
    parsed
}

/// Province, city, county, each at most once and in this order.
fn divisions(chars: &[char], parsed: &mut Parsed) {
    let mut outer = None;
    loop {
        let start = parsed.end + spaces(&chars[parsed.end..]);
        let rest = &chars[start..];
        let Some((length, level)) = named(rest, outer).or_else(|| unnamed(rest, outer)) else { break };
        parsed.divisions += 1;
        parsed.end = start + length;
        if level < Level::County {
            parsed.city_end = parsed.end;
        }
        parsed.county_end = parsed.end;
        outer = Some(level);
    }
    parsed.road_end = parsed.end;
}

/// A division of the table.
fn named(rest: &[char], outer: Option<Level>) -> Option<(usize, Level)> {
    let found = division_at(rest)?;
    // 北京北京市朝阳区: a municipality is its own city.
    let again = outer == Some(Level::Province) && !found.short && found.has(Level::Province);
    let level = if again { Level::City } else { found.level_within(outer)? };
    let behind = &rest[found.length..];
    let usable = !found.short || ((outer.is_some() || level < Level::County) && !is_road_behind(behind));
    usable.then_some((found.length, level))
}

/// A division that no table knows, by its last character, inside one that it knows.
fn unnamed(rest: &[char], outer: Option<Level>) -> Option<(usize, Level)> {
    let outer = outer?;
    let at = rest.iter().take(7).position(|c| matches!(c, '市' | '区' | '县' | '旗' | '州'))?;
    let level = if matches!(rest[at], '市' | '州') && outer == Level::Province { Level::City } else { Level::County };
    let name = &rest[..at];
    let is_part = matches!(
        name.last(),
        Some(
            '小' | '社'
                | '园'
                | '校'
                | '厂'
                | '景'
                | '库'
                | '院'
                | '街'
                | '营'
                | '战'
                | '地'
                | '专'
                | '广'
                | '城'
                | '超'
                | '都'
                | '门'
                | '开'
        )
    ) || matches!(rest.get(at + 1), Some('场' | '政' | '民' | '委' | '域' | '间' | '块'));
    (at >= 2 && level > outer && !is_part && is_name(name) && name.iter().all(|c| !is_detail_end(*c)))
        .then_some((at + 1, level))
}

/// Whether a short name is the beginning of a road's: 南京路, 北京东路, 上海大道.
fn is_road_behind(behind: &[char]) -> bool {
    let skip = usize::from(matches!(
        behind.first(),
        Some('东' | '西' | '南' | '北' | '中' | '大' | '新' | '一' | '二' | '三' | '四')
    ));
    matches!(behind.get(skip), Some('路' | '街' | '道' | '巷' | '里'))
}

fn details(chars: &[char], parsed: &mut Parsed) {
    loop {
        let gap = spaces(&chars[parsed.end..]);
        let start = parsed.end + gap;
        let rest = &chars[start..];
        let any = parsed.end > parsed.county_end;
        let Some((length, part)) = component(rest, parsed.end > 0 && gap == 0, any) else { break };
        parsed.end = start + length;
        match part {
            Part::Road => parsed.roads += 1,
            Part::Town => parsed.towns += 1,
            Part::Estate => parsed.estates += 1,
            Part::Unit => parsed.units += 1,
            Part::Room => {
                parsed.units += 1;
                parsed.rooms += 1;
            }
            Part::Rooms => {
                parsed.units += 1;
                parsed.rooms += 2;
            }
            Part::Remark => {}
        }
        if parsed.units == 0 && parsed.roads + parsed.towns > STREET_LIMIT {
            break;
        }
        if matches!(part, Part::Road) && parsed.roads == 1 || matches!(part, Part::Town) && parsed.roads == 0 {
            parsed.road_end = parsed.end;
        }
    }
}

fn spaces(rest: &[char]) -> usize {
    let count = rest.iter().take(3).take_while(|c| **c == ' ').count();
    if count < 3 { count } else { 0 }
}

fn is_detail_end(c: char) -> bool {
    matches!(c, '路' | '街' | '道' | '巷' | '弄' | '村' | '镇' | '乡' | '号')
}
