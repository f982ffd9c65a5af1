//! One component of an address: a name with an ending, a number with a unit, a remark.
//!
//! Knows how components are written, not the order in which they stand.

use super::words::{ENDINGS, NO_ENDINGS, NO_NAMES, Part, REMARKS, UNITS};
use crate::recognise::han::is_han;

/// The longest name of a road or an estate, with what stands behind it.
const NAME_LIMIT: usize = 14;
/// The longest number: 1203, B2-1203, 一千二百零三.
const NUMBER_LIMIT: usize = 12;

/// The component that `rest` begins with and its length. `joined`: something stands right before it, so that a name may
/// be missing (中关村 and 大街).
pub(super) fn component(rest: &[char], joined: bool, any: bool) -> Option<(usize, Part)> {
    if let Some(found) = remark(rest).filter(|_| any) {
        return Some(found);
    }
    if let Some(found) = number(rest, any) {
        return Some(found);
    }
    for at in 0..rest.len().min(NAME_LIMIT) {
        // A number ends the name: 金色家园 and 3栋 are two.
        if at > 0 && rest[at].is_ascii_digit() && !rest[at - 1].is_ascii_digit() && number(&rest[at..], true).is_some()
        {
            return (joined && at <= 8 && is_name(&rest[..at]) && (any || is_room(&rest[at..])))
                .then_some((at, Part::Remark));
        }
        if let Some((length, part)) = ending(&rest[at..])
            && (at > 0 || joined && (length > 1 || any))
            && is_name(&rest[..at])
            && !(any && begins_sentence(&rest[..at]))
        {
            return Some(road_behind(rest, at + length, part));
        }
        if !is_name_char(rest[at]) {
            return None;
        }
    }
    None
}

/// 三元里大道, 和平里西街: an ending within the name of a road is none.
fn road_behind(rest: &[char], end: usize, part: Part) -> (usize, Part) {
    let skip = usize::from(matches!(rest.get(end), Some('东' | '西' | '南' | '北' | '中')));
    match ending(rest.get(end + skip..).unwrap_or(&[])) {
        Some((length, Part::Road)) if !matches!(part, Part::Road) => (end + skip + length, Part::Road),
        _ => (end, part),
    }
}

/// A number and its unit, or a bare room number such as -2-501.
fn number(rest: &[char], any: bool) -> Option<(usize, Part)> {
    let length = rest.iter().take(NUMBER_LIMIT + 1).take_while(|&&c| is_number_char(c)).count();
    let digits = rest[..length].iter().filter(|c| is_numeral(**c) || c.is_ascii_alphabetic()).count();
    if digits == 0 || length > NUMBER_LIMIT || longest_digits(&rest[..length]) > 5 {
        return None;
    }
    let behind = &rest[length..];
    if let Some((unit, part)) = UNITS.at(behind).filter(|(unit, _)| !is_date(rest, length, *unit)) {
        return Some((length + unit, part));
    }
    let bare = any
        && rest[..length].iter().any(char::is_ascii_digit)
        && rest[..length].iter().all(|c| c.is_ascii_alphanumeric() || *c == '-');
    let ends = !matches!(
        behind.first(),
        Some(
            '年' | '月'
                | '日'
                | '时'
                | '点'
                | '元'
                | '万'
                | '亿'
                | '股'
                | '份'
                | '手'
                | '%'
                | '个'
                | '天'
                | '/'
                | '~'
                | '#'
        )
    );
    (bare && ends && rest[length - 1] != '-' && rest[0] != ' ')
        .then_some((length, if rest[..length].contains(&'-') { Part::Rooms } else { Part::Room }))
}

/// 11月5号, 5号前: a day and no house.
fn is_date(rest: &[char], length: usize, unit: usize) -> bool {
    rest[length..length + unit] == ['号']
        && rest.get(length + 1).is_some_and(|c| matches!(c, '前' | '起' | '之' | '到' | '至'))
        && rest[..length].iter().all(char::is_ascii_digit)
        && length <= 2
}

/// Whether the number is one of a building or a room, so that an estate of any name may stand before it.
fn is_room(rest: &[char]) -> bool {
    let Some((length, _)) = number(rest, true) else { return false };
    matches!(rest[length - 1], '栋' | '幢' | '座' | '元' | '室' | '楼') || rest[..length].contains(&'-')
}

fn longest_digits(chars: &[char]) -> usize {
    let (mut longest, mut length) = (0, 0);
    for c in chars {
        length = if c.is_ascii_digit() { length + 1 } else { 0 };
        longest = longest.max(length);
    }
    longest
}

/// The longest ending that `rest` begins with.
fn ending(rest: &[char]) -> Option<(usize, Part)> {
    ENDINGS.at(rest).filter(|_| !NO_ENDINGS.is_at(rest))
}

/// What stands behind an address and belongs to it: a remark in brackets, 附近.
fn remark(rest: &[char]) -> Option<(usize, Part)> {
    if rest.first() == Some(&'(') {
        let close = rest.iter().take(24).position(|c| *c == ')')?;
        let inner = &rest[1..close];
        let digits = longest_digits(inner);
        return (digits <= 5
            && !inner.is_empty()
            && is_name(&inner.iter().copied().filter(|c| *c != ' ').collect::<Vec<_>>()))
        .then_some((close + 1, Part::Remark));
    }
    REMARKS.at(rest).map(|(length, ())| (length, Part::Remark))
}

fn is_number_char(c: char) -> bool {
    is_numeral(c) || c.is_ascii_alphabetic() || matches!(c, '-' | '—' | '#' | '第' | '之' | '附' | '/' | '~')
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(
            c,
            '一' | '二'
                | '三'
                | '四'
                | '五'
                | '六'
                | '七'
                | '八'
                | '九'
                | '十'
                | '百'
                | '千'
                | '零'
                | '〇'
                | '两'
                | '甲'
                | '乙'
                | '丙'
                | '丁'
                | '东'
                | '西'
                | '南'
                | '北'
        )
}

/// Whether the characters may be the name of a road, a village or an estate.
pub(super) fn is_name(chars: &[char]) -> bool {
    chars.iter().all(|c| is_name_char(*c))
        && longest_digits(chars) <= 5
        && !(0..chars.len()).any(|at| NO_NAMES.is_at(&chars[at..]))
}

fn is_name_char(c: char) -> bool {
    (is_han(c) && !is_stop(c)) || c.is_ascii_alphanumeric() || matches!(c, '·' | '-' | '(' | ')' | '&')
}

/// Characters of sentences that names of places hardly ever hold.
pub(super) fn is_stop(c: char) -> bool {
    matches!(
        c,
        '的' | '了'
            | '在'
            | '于'
            | '是'
            | '您'
            | '你'
            | '我'
            | '他'
            | '她'
            | '它'
            | '们'
            | '与'
            | '及'
            | '请'
            | '为'
            | '被'
            | '已'
            | '由'
            | '从'
            | '到'
            | '把'
            | '并'
            | '或'
            | '等'
            | '这'
            | '那'
            | '因'
            | '但'
            | '而'
            | '且'
            | '没'
            | '不'
            | '吗'
            | '呢'
            | '吧'
            | '涨'
            | '跌'
    )
}

/// 和, 将 and 向 begin names of roads (和平路, 将军路, 向阳路), but behind an address more often a sentence.
fn begins_sentence(chars: &[char]) -> bool {
    match chars {
        ['和', next, ..] => !"平谐睦美顺安丰兴义盛济田".contains(*next),
        ['将', next, ..] => !"军乐台山".contains(*next),
        ['向', next, ..] => !"阳荣前明东日善".contains(*next),
        _ => false,
    }
}
