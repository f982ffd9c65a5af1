//! Names, addresses, e-mail addresses and landlines: values of which a known part is kept.

use super::Mask;
use super::layout::Layout;

/// Digits of a subscriber's number that always stay hidden.
const SUBSCRIBER_HIDDEN: usize = 4;

/// So many digits in a domain may be somebody's number.
const DOMAIN_DIGITS: usize = 6;

/// `surname_bytes`: how much of `name` is the surname, if it is known. A name that is a surname and nothing else shows
/// nothing, and neither does one whose parts are not known.
pub(super) fn surname<'a>(mask: &Mask, name: &'a str, surname_bytes: Option<usize>) -> Layout<'a> {
    let hidden = Layout::hidden(mask.stars() + 1);
    let Some((surname, given)) = surname_bytes.and_then(|at| name.split_at_checked(at)) else {
        return hidden;
    };
    let given = given.trim();
    if surname.trim().is_empty() || given.is_empty() {
        return hidden;
    }
    let layout = Layout::default().shown(surname).stars(mask.stars());
    // At least one character of the given name stays hidden.
    let last = mask.last().min(given.chars().count() - 1);
    match last.checked_sub(1).and_then(|nth| given.char_indices().rev().nth(nth)) {
        Some((tail, _)) => layout.tail(&given[tail..]),
        None => layout,
    }
}

/// `kept_bytes`: how much of the address is the place down to the level that the mask shows.
pub(super) fn address<'a>(mask: &Mask, text: &'a str, kept_bytes: usize) -> Layout<'a> {
    match text.get(..kept_bytes) {
        Some(kept) if !kept.is_empty() => Layout::default().shown(kept).stars(mask.stars()),
        _ => Layout::hidden(mask.stars()),
    }
}

/// The domain stays, unless it is the person's own or holds a number that may be: `zhang.san@zhangsan.cn` shows `.cn` only.
pub(super) fn email<'a>(mask: &Mask, text: &'a str) -> Layout<'a> {
    let hidden = Layout::hidden(mask.stars());
    let text = text.trim();
    let Some((local, domain)) = text.rsplit_once('@') else {
        return hidden;
    };
    let length = local.chars().count();
    if length == 0 || !is_domain(domain) {
        return hidden;
    }
    let layout = if length <= 2 {
        Layout::hidden(1)
    } else {
        let first = mask.first().min(length / 2);
        let shown = local.chars().take(first).take_while(|c| *c != '*').map(char::len_utf8).sum();
        Layout::default().shown(&local[..shown]).stars(mask.stars())
    };
    match domain.rsplit_once('.') {
        Some((own, _)) if names_the_person(own, local) || holds_number(own) => {
            layout.shown("@").stars(mask.stars()).shown(&domain[own.len()..])
        }
        _ => layout.shown(&text[local.len()..]),
    }
}

/// Letters of every script, digits, dots and hyphens. Domains as `[10.0.0.1]` hold an address of their own.
fn is_domain(domain: &str) -> bool {
    let spelt_well = domain.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-');
    spelt_well && domain.chars().any(char::is_alphabetic) && !domain.starts_with('.')
}

/// Mail providers have names like 163 and 8848; as many digits as a date or an account are no provider's.
fn holds_number(domain: &str) -> bool {
    domain.chars().filter(char::is_ascii_digit).count() >= DOMAIN_DIGITS
}

fn names_the_person(domain: &str, local: &str) -> bool {
    let count = |text: &str| text.bytes().filter(u8::is_ascii_alphanumeric).count();
    if domain.is_ascii() && local.is_ascii() && count(local) > count(domain) {
        return false;
    }
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let (domain, local) = (plain(domain), plain(local));
    local.chars().count() >= 3 && domain.contains(&local)
}

/// `010-12345678`, `(010) 12345678`, `+86 10 1234 5678`, with or without an extension, which is always hidden. Of numbers in
/// Hong Kong, Macao and Taiwan the code of the place stays: `+852-****`.
pub(super) fn area_code(mask: &Mask, text: &str) -> Layout<'static> {
    let Some((area, subscriber)) = beyond_the_mainland(text).or_else(|| split_landline(text)) else {
        return Layout::hidden(mask.stars());
    };
    let layout = Layout::default().shown(area + "-").stars(mask.stars());
    let last = mask.last().min(subscriber.len().saturating_sub(SUBSCRIBER_HIDDEN));
    let tail = subscriber.get(subscriber.len() - last..).unwrap_or_default();
    if tail.is_empty() { layout } else { layout.tail(tail.to_owned()) }
}

/// The area code with its 0, and the subscriber's seven or eight digits. Anything else is no landline that we know.
fn split_landline(text: &str) -> Option<(String, String)> {
    let text = text.trim();
    let abroad = ["+86", "0086"].iter().find_map(|prefix| text.strip_prefix(prefix));
    let mut digits = String::new();
    for c in abroad.unwrap_or(text).chars() {
        let ends_number = c.is_alphabetic() || matches!(c, '#' | ',' | ';' | '，' | '；') || digits.len() > 12;
        // A hyphen behind a whole number begins the extension.
        if ends_number || (!c.is_ascii_digit() && is_whole(&digits)) {
            break;
        }
        if c.is_ascii_digit() {
            digits.push(c);
        }
    }
    if abroad.is_some() && !digits.starts_with('0') {
        digits.insert(0, '0');
    }
    let area = digits.get(..area_digits(&digits)?)?;
    let subscriber = digits.get(area.len()..)?;
    (7..=8).contains(&subscriber.len()).then(|| (area.to_owned(), subscriber.to_owned()))
}

/// The code with its `+`, and the subscriber's digits. Taiwan has areas besides: 2 is Taipei, 37 Miaoli, 826 Matsu.
fn beyond_the_mainland(text: &str) -> Option<(String, String)> {
    let text = text.trim().trim_start_matches(['(', '（']);
    let (abroad, is_marked) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (code, rest) = abroad.split_at_checked(3)?;
    // Without a sign before it, the code is told from a number's first digits by what separates them.
    let is_separated = rest.starts_with(['-', ')', '）', ' ']);
    if !rest.chars().all(|c| c.is_ascii_digit() || " -()（）".contains(c)) || !(is_marked || is_separated) {
        return None;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    match code {
        "852" | "853" if digits.len() == 8 => Some((format!("+{code}"), digits)),
        "886" => {
            let national = digits.strip_prefix('0').unwrap_or(&digits);
            let area = if national.starts_with("826") || national.starts_with("836") {
                3
            } else {
                1 + usize::from(["37", "49", "82", "89"].iter().any(|area| national.starts_with(area)))
            };
            let (area, subscriber) = national.split_at_checked(area)?;
            (5..=8).contains(&subscriber.len()).then(|| (format!("+886-{area}"), subscriber.to_owned()))
        }
        _ => None,
    }
}

fn is_whole(digits: &str) -> bool {
    area_digits(digits).is_some_and(|area| digits.len() >= area + 7)
}

/// 010 and 02x have three digits, the others four (the numbering plan of 2003).
fn area_digits(digits: &str) -> Option<usize> {
    match digits.as_bytes() {
        [b'0', b'1' | b'2', ..] => Some(3),
        [b'0', b'3'..=b'9', ..] => Some(4),
        _ => None,
    }
}
