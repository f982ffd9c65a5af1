//! Disguises of single values: other characters for the same digits, and something between them.

use super::{Disguise, Way};
use crate::coding::percent;
use crate::document::Truth;
use crate::format::Format;

const fn of(name: &'static str, formats: &'static [Format], write: fn(&Truth) -> Option<String>) -> Disguise {
    Disguise { name, formats, way: Way::Value(write) }
}

/// Formats of running text and of fields that people type into.
const ANY: &[Format] = &[
    Format::Text,
    Format::Json,
    Format::Ndjson,
    Format::Multipart,
    Format::Xml,
    Format::Html,
    Format::Csv,
    Format::Tsv,
    Format::Fix,
    Format::Eml,
    Format::Sql,
];
const JSON: &[Format] = &[Format::Json, Format::Ndjson];
const MARKUP: &[Format] = &[Format::Xml, Format::Html];
/// Formats whose texts hold pages as they are: the rich text of a field, what a page showed in a log.
const PAGES: &[Format] = &[
    Format::Text,
    Format::Json,
    Format::Ndjson,
    Format::Form,
    Format::Multipart,
    Format::Html,
    Format::Csv,
    Format::Tsv,
    Format::Eml,
    Format::Sql,
];

pub(super) const DISGUISES: &[Disguise] = &[
    of("full-width", ANY, full_width),
    of("full-width digits in part", ANY, mixed_width),
    of("zero-width space U+200B", ANY, |truth| between_digits(truth, "\u{200B}", 1)),
    of("zero-width non-joiner U+200C", ANY, |truth| between_digits(truth, "\u{200C}", 3)),
    of("zero-width joiner U+200D", ANY, |truth| between_digits(truth, "\u{200D}", 4)),
    of("word joiner U+2060", ANY, |truth| between_digits(truth, "\u{2060}", 2)),
    of("byte order mark U+FEFF", ANY, |truth| between_digits(truth, "\u{FEFF}", 5)),
    of("soft hyphen U+00AD", ANY, |truth| between_digits(truth, "\u{AD}", 4)),
    of("zero-width space in a name", ANY, in_name),
    of("spaces in groups of four", ANY, |truth| grouped(truth, " ")),
    of("spaces between all digits", ANY, |truth| spaced_out(truth, " ")),
    of("no-break spaces", ANY, |truth| grouped(truth, "\u{A0}")),
    of("thin spaces", ANY, |truth| grouped(truth, "\u{2009}")),
    of("ideographic spaces", ANY, |truth| grouped(truth, "\u{3000}")),
    of("dashes", ANY, |truth| grouped(truth, "-")),
    of("en dashes", ANY, |truth| grouped(truth, "–")),
    of("em dashes", ANY, |truth| grouped(truth, "—")),
    of("dots in groups", ANY, |truth| grouped(truth, ".")),
    of("dots between all digits", ANY, |truth| spaced_out(truth, ".")),
    of("lower-case x", ANY, |truth| last_x(truth, 'x')),
    of("full-width X", ANY, |truth| last_x(truth, 'Ｘ')),
    of("Roman ten", ANY, |truth| last_x(truth, 'Ⅹ')),
    of("Chinese digits", ANY, |truth| chinese(truth, "〇一二三四五六七八九")),
    of("Chinese digits with 零", ANY, |truth| chinese(truth, "零一二三四五六七八九")),
    of("financial Chinese digits", ANY, |truth| chinese(truth, "零壹贰叁肆伍陆柒捌玖")),
    of("Chinese digits in part", ANY, chinese_in_part),
    of("+86", ANY, |truth| prefixed(truth, "+86")),
    of("0086 and a space", ANY, |truth| prefixed(truth, "0086 ")),
    of("JSON escapes", JSON, json_escapes),
    of("JSON escapes in part", JSON, json_escapes_in_part),
    of("percent-encoded", &[Format::Form], percent_encoded),
    of("decimal references", MARKUP, |truth| references(truth, |c| format!("&#{};", c as u32))),
    of("hexadecimal references", MARKUP, |truth| references(truth, |c| format!("&#x{:X};", c as u32))),
    of("markup inside", PAGES, |truth| between_digits(truth, "<b></b>", 3)),
    of("comment inside", PAGES, |truth| between_digits(truth, "<!-- -->", 5)),
];

/// The value as it is to be disguised, when it is one number, perhaps with a letter before or after it.
///
/// Short numbers are left alone: a verification code with dots is no longer one that anybody could use.
fn number(truth: &Truth) -> Option<&str> {
    let value = truth.value.as_str();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let numbered = value.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    // A credential is compared byte by byte, so a disguised one is another one; a plate or VIN is mostly letters.
    let plain = truth.slot.kind != "password" && truth.slot.kind != "access_token" && truth.slot.kind != "swift_bic";
    (numbered && plain && digits >= 7 && digits + 3 >= value.len()).then_some(value)
}

fn each(text: &str, mut write: impl FnMut(usize, char) -> String) -> String {
    text.chars().enumerate().map(|(place, c)| write(place, c)).collect()
}

fn wide(c: char) -> char {
    let shifted = if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xFEE0) } else { None };
    shifted.unwrap_or(c)
}

fn full_width(truth: &Truth) -> Option<String> {
    number(truth).map(|value| each(value, |_, c| wide(c).to_string()))
}

fn mixed_width(truth: &Truth) -> Option<String> {
    let every_third = |place, c| if place % 3 == 1 { wide(c) } else { c }.to_string();
    number(truth).map(|value| each(value, every_third))
}

/// `inserted` after every `step` characters.
fn between_digits(truth: &Truth, inserted: &str, step: usize) -> Option<String> {
    let value = number(truth)?;
    Some(each(value, |place, c| if place > 0 && place % step == 0 { format!("{inserted}{c}") } else { c.to_string() }))
}

fn in_name(truth: &Truth) -> Option<String> {
    let han = truth.slot.name == "name";
    han.then(|| each(&truth.value, |place, c| if place > 0 { format!("\u{200B}{c}") } else { c.to_string() }))
}

fn grouped(truth: &Truth, separator: &str) -> Option<String> {
    let value = number(truth)?;
    // A phone number is read as 138 0013 8000, other numbers from the left in fours.
    let offset = if truth.slot.kind == "mobile_phone" { 1 } else { 0 };
    let starts_group = |place: usize| place > 0 && (place + offset).is_multiple_of(4);
    Some(each(value, |place, c| if starts_group(place) { format!("{separator}{c}") } else { c.to_string() }))
}

fn spaced_out(truth: &Truth, separator: &str) -> Option<String> {
    between_digits(truth, separator, 1)
}

fn last_x(truth: &Truth, x: char) -> Option<String> {
    let body = number(truth)?.strip_suffix('X')?;
    (truth.value.len() == 18).then(|| format!("{body}{x}"))
}

fn chinese_digit(c: char, digits: &str) -> String {
    let digit = c.to_digit(10).and_then(|value| digits.chars().nth(value as usize));
    digit.unwrap_or(c).to_string()
}

fn chinese(truth: &Truth, digits: &str) -> Option<String> {
    number(truth).map(|value| each(value, |_, c| chinese_digit(c, digits)))
}

fn chinese_in_part(truth: &Truth) -> Option<String> {
    let every_second = |place, c: char| {
        if place % 2 == 0 { chinese_digit(c, "〇一二三四五六七八九") } else { c.to_string() }
    };
    number(truth).map(|value| each(value, every_second))
}

fn prefixed(truth: &Truth, prefix: &str) -> Option<String> {
    (truth.slot.name == "mobile").then(|| format!("{prefix}{}", truth.value))
}

fn unit_escapes(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Every character escaped: the way `json.dumps` writes Chinese, and an evader writes digits. Arrays are no strings.
fn json_escapes(truth: &Truth) -> Option<String> {
    (!truth.value.starts_with('[')).then(|| each(&truth.value, |_, c| unit_escapes(c)))
}

fn json_escapes_in_part(truth: &Truth) -> Option<String> {
    let some = |place, c| if place % 4 == 2 { unit_escapes(c) } else { c.to_string() };
    let long = truth.value.chars().count() > 2 && !truth.value.starts_with('[');
    long.then(|| each(&truth.value, some))
}

/// Every byte, also those that need no encoding.
fn percent_encoded(truth: &Truth) -> Option<String> {
    let coded = |byte: u8| if byte.is_ascii_alphanumeric() { format!("%{byte:02X}") } else { percent(byte) };
    Some(truth.value.bytes().map(coded).collect())
}

fn references(truth: &Truth, write: fn(char) -> String) -> Option<String> {
    Some(each(&truth.value, |_, c| write(c)))
}
