//! Addresses in free text.
//!
//! Every address has a word such as 路, 村 or 栋 in it, so text is searched for those, and only the stretch before one
//! is read for the place where an address may begin. Each place is tried once, so the work is linear in the text.

use super::component::is_stop;
use super::division::{NAME_LIMIT, division_at, may_begin};
use super::parse::{Parsed, parse};
use super::window::{Window, is_member};
use super::{AddressMatch, levels_of};
use crate::recognise::han::{char_at, char_before, simplified};
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;
use std::sync::OnceLock;

/// How many characters before a detail its address may begin.
const REACH: usize = 48;
/// How many places without a division are tried before one detail.
const BOUNDARIES: usize = 4;

/// Adds the addresses in `text`, in order, none within another.
///
/// `text` is folded and may hold bytes that are no UTF-8.
pub(crate) fn find(text: &[u8], out: &mut Vec<AddressMatch>) {
    if text.is_ascii() {
        return;
    }
    let mut tried = 0;
    for trigger in details().find_iter(text) {
        if trigger.start() < tried || !is_promising(text, trigger.start(), trigger.end()) {
            continue;
        }
        tried = from_stretch(text, tried, trigger.start(), out);
    }
}

/// Whether there is an address in `text`.
pub(crate) fn is_in(text: &[u8]) -> bool {
    let mut found = Vec::new();
    find(text, &mut found);
    !found.is_empty()
}

/// Whether a word of which every address has one stands at `at`, behind what may stand before it.
pub(crate) fn is_detail(text: &[u8], at: usize) -> bool {
    let rest = &text[at..];
    let mut words = NUMBERED.iter().chain(NAMED).filter(|word| rest.starts_with(word.as_bytes()));
    words.any(|word| is_promising(text, at, at + word.len()))
}

/// The characters that the words begin with of which every address has one.
pub(crate) fn first_of_details() -> impl Iterator<Item = char> {
    NUMBERED.iter().chain(NAMED).filter_map(|word| word.chars().next())
}

/// Tries every place from which an address may reach to the detail at `detail`; gives the place up to which it did.
fn from_stretch(text: &[u8], tried: usize, detail: usize, out: &mut Vec<AddressMatch>) -> usize {
    let start = stretch_start(text, detail, tried);
    let mut boundaries = [0; BOUNDARIES];
    let mut count = 0;
    let mut at = start;
    while let Some((c, behind)) = char_at(text, at).filter(|_| at < detail) {
        if begins_division(text, at, simplified(c))
            && let Some(found) = read(text, at, detail)
        {
            let end = found.span.end;
            out.push(found);
            return end;
        }
        if count < BOUNDARIES && is_boundary(text, at) {
            boundaries[count] = at;
            count += 1;
        }
        at = behind;
    }
    // Without a division an address begins where a sentence lets it.
    let Some(found) = boundaries[..count].iter().find_map(|&at| read(text, at, detail)) else { return detail };
    let found = from_division(text, &found.span).unwrap_or(found);
    let end = found.span.end;
    out.push(found);
    end
}

/// The address with divisions that begins within `span`: its first characters were taken for the name of a road.
fn from_division(text: &[u8], span: &Range<usize>) -> Option<AddressMatch> {
    let mut at = span.start;
    while let Some((c, behind)) = char_at(text, at).filter(|_| at < span.end) {
        if begins_division(text, at, simplified(c))
            && let Some(found) = read(text, at, at)
        {
            return Some(found);
        }
        at = behind;
    }
    None
}

/// The address that begins at `at` and reaches over `detail`.
fn read(text: &[u8], at: usize, detail: usize) -> Option<AddressMatch> {
    let window = Window::at(text, at);
    let parsed = parse(window.chars());
    let end = window.place(parsed.end);
    let confidence = judged(text, end, &parsed).filter(|_| end > detail)?;
    Some(AddressMatch { span: at..end, confidence, kept: levels_of(&window, &parsed) })
}

fn begins_division(text: &[u8], at: usize, first: char) -> bool {
    may_begin(first) && division_at(Window::up_to(text, at, NAME_LIMIT).chars()).is_some()
}

/// Whether a word may begin at `at`: behind the text's start, a delimiter, or a character of sentences.
fn is_boundary(text: &[u8], at: usize) -> bool {
    let Some((before, _)) = char_before(text, at) else { return true };
    is_stop(before) || !is_member(before) || matches!(before, ' ' | '往' | '至' | '址' | '送' | '寄' | '住')
}

/// How sure it is that what was read is an address; `None` when it is too little or names an organisation.
fn judged(text: &[u8], end: usize, parsed: &Parsed) -> Option<f32> {
    let named = parsed.roads + parsed.towns + parsed.estates;
    if parsed.units == 0 && is_organisation(text, end) {
        return None;
    }
    if char_at(text, end).is_some_and(|(c, _)| c == '*') {
        return None;
    }
    if parsed.divisions > 0 {
        if parsed.units > 0 && (named > 0 || parsed.rooms > 1) || parsed.roads > 0 && parsed.estates > 0 {
            return Some(0.9);
        }
        return (parsed.divisions > 1 && parsed.roads + parsed.towns > 0).then_some(0.7);
    }
    let told = parsed.roads > 0 && parsed.units > 1 && parsed.rooms > 0
        || parsed.roads + parsed.towns > 0 && parsed.units > 0 && parsed.estates > 0 && parsed.rooms > 0;
    told.then_some(0.8)
}

/// Whether a firm, a branch or a body is named after the place.
fn is_organisation(text: &[u8], end: usize) -> bool {
    let rest = &text[end.min(text.len())..];
    ORGANISATIONS.iter().any(|word| rest.starts_with(word.as_bytes()))
}

/// Where the stretch with the detail begins: behind a character that no address has, at most [`REACH`] before it.
fn stretch_start(text: &[u8], detail: usize, floor: usize) -> usize {
    let mut start = detail;
    for _ in 0..REACH {
        match char_before(text, start) {
            Some((c, place)) if place >= floor && is_member(c) => start = place,
            _ => break,
        }
    }
    start
}

/// Whether the detail can be one: 号 and the like stand behind a number, the others behind some Han character.
fn is_promising(text: &[u8], start: usize, end: usize) -> bool {
    let Some((before, _)) = char_before(text, start) else { return false };
    match &text[start..end] {
        number if NUMBERED.iter().any(|word| word.as_bytes() == number) => {
            before.is_ascii_alphanumeric() || "一二三四五六七八九十百千零〇两甲乙丙丁东西南北".contains(before)
        }
        _ => is_member(before) && before != ' ',
    }
}

fn details() -> &'static AhoCorasick {
    static DETAILS: OnceLock<AhoCorasick> = OnceLock::new();
    DETAILS.get_or_init(|| {
        let words = NUMBERED.iter().chain(NAMED);
        AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(words)
            .expect("a few dozen short words are within every limit")
    })
}

/// Details that stand behind a number.
const NUMBERED: &[&str] = &[
    "号", "號", "栋", "棟", "幢", "座", "室", "单元", "單元", "层", "層", "楼", "樓", "组", "組", "队", "隊", "弄",
    "连", "房",
];

/// Details that stand behind a name.
const NAMED: &[&str] = &[
    "路", "街", "大道", "道", "巷", "胡同", "村", "镇", "鎮", "乡", "鄉", "屯", "苏木", "嘎查", "小区", "小區", "花园",
    "花園", "家园", "公寓", "大厦", "大廈", "广场", "廣場", "苑", "区", "區", "县", "縣", "旗",
];

const ORGANISATIONS: &[&str] = &[
    "证券",
    "营业",
    "支行",
    "分行",
    "分公司",
    "有限公司",
    "公司",
    "网点",
    "分理处",
    "储蓄所",
    "派出所",
    "法院",
    "银行",
    "期货",
    "中学",
    "小学",
    "学校",
    "医院",
    "政府",
    "街道办",
    "居委会",
    "村委会",
    "村镇银行",
    "农商",
    "管理局",
    "税务",
    "消防",
    "地铁",
    "站",
    "商圈",
    "板块",
    "项目",
    "基金",
    "集团",
    "股份",
    "店",
    "財富",
    "财富中心",
    "证劵",
];
