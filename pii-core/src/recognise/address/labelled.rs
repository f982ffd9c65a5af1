//! Addresses behind a label and in a field of their own.

use super::parse::parse;
use super::window::{Window, member_at};
use super::{AddressMatch, Levels, latin, levels_of};
use crate::recognise::han::{char_at, is_han};
use std::ops::Range;

/// The longest remainder behind the last part that is still taken for the address (东户, 丰巢柜), in bytes.
const REST_LIMIT: usize = 24;
/// The longest field that is looked at, in bytes.
const FIELD_LIMIT: usize = 400;

/// The address that begins at `at`, behind a label (地址：, 寄往) and its separators; `None` when none does.
///
/// It reaches to a delimiter, or to its last part when a sentence or another label goes on behind it.
pub(crate) fn after_label(text: &[u8], at: usize) -> Option<AddressMatch> {
    text.get(at)?;
    let end = field_end(text, at);
    if !text[at..end].iter().take(24).any(|byte| *byte >= 0x80) {
        return latin::read(text, at);
    }
    read(text, at..end)
}

/// The address that `value` is, white space around it left out; `None` when it is something else.
pub(crate) fn whole(value: &[u8]) -> Option<AddressMatch> {
    let start = value.len() - value.trim_ascii_start().len();
    let end = start + value[start..].trim_ascii_end().len();
    if end == start || end - start > FIELD_LIMIT {
        return None;
    }
    if value[start..end].is_ascii() {
        return latin::whole(value, start..end);
    }
    let found = read(&value[..end], start..field_end(&value[..end], start))?;
    // Behind a comma in a field stands more of the same address, unless it is a sentence.
    let rest = end - found.span.end;
    let span =
        if rest <= 2 * REST_LIMIT && !value[found.span.end..end].contains(&b'*') { start..end } else { found.span };
    Some(AddressMatch { span, ..found })
}

fn read(text: &[u8], field: Range<usize>) -> Option<AddressMatch> {
    let window = Window::at(&text[..field.end], field.start);
    let parsed = parse(window.chars());
    let end = window.place(parsed.end);
    let details = parsed.roads + parsed.towns + parsed.estates + parsed.units;
    let told = parsed.divisions > 0 && parsed.county_end > parsed.city_end
        || details > 0 && (parsed.divisions > 0 || parsed.units > 0 || details > 1);
    let named = details == 1 && is_plain_name(&text[field.clone()]);
    let masked = char_at(text, end).is_some_and(|(c, _)| matches!(c, '*' | '×' | '●'));
    if masked || !(told || named) {
        return None;
    }
    let rest = &text[end..field.end];
    let taken = if is_rest(rest) { field.end - trailing_spaces(rest) } else { end };
    let confidence = if told { 0.95 } else { 0.7 };
    Some(AddressMatch { span: field.start..taken, confidence, kept: levels_of(&window, &parsed) })
}

/// A road or an estate alone is all that the field holds.
fn is_plain_name(field: &[u8]) -> bool {
    field.len() <= 45 && std::str::from_utf8(field).is_ok_and(|field| field.chars().all(is_han))
}

/// Whether what is left of the field belongs to the address: short, no other label, no long number.
fn is_rest(rest: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(rest) else { return false };
    let trimmed = text.trim();
    let digits = trimmed.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    !trimmed.is_empty()
        && rest.len() <= REST_LIMIT
        && digits <= 5
        && !trimmed.contains([':', '=', '*', '@'])
        && !OTHER.iter().any(|word| trimmed.contains(word))
        && text.starts_with(|c: char| c != ' ')
}

fn trailing_spaces(rest: &[u8]) -> usize {
    rest.len() - rest.trim_ascii_end().len()
}

/// The end of the value that begins at `at`: the first character that no address has.
fn field_end(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while end - at < FIELD_LIMIT {
        match member_at(text, end) {
            Some((_, behind)) => end = behind,
            None if text.get(end) == Some(&b'*') => end += 1,
            None => break,
        }
    }
    end
}

/// Words that begin something else.
const OTHER: &[&str] = &[
    "邮编", "邮政", "电话", "手机", "联系", "收件", "收货", "姓名", "先生", "女士", "请", "如", "的", "为", "已", "将",
    "于", "您", "有误", "变更", "身份", "证件", "客户", "账", "资金", "备注", "性别", "注", "是", "并", "与", "及",
    "和", "到", "在", "我", "确认", "年", "月",
];

impl Levels {
    /// Nothing of the address may be kept.
    pub(super) const NONE: Self = Self { city_end: 0, county_end: 0, road_end: 0 };
}
