//! Addresses of machines: the first parts are kept, and the way they are written.

use super::Mask;
use super::layout::Layout;

/// The hexadecimal digits of a hardware address: 48 bits, or 64 (EUI-64).
const HARDWARE_DIGITS: [usize; 2] = [12, 16];

/// IPv4: `10.*.*.*`. IPv6: the first group and `:***`. What is neither shows nothing; a port or a prefix length goes too.
pub(super) fn octets<'a>(mask: &Mask, text: &'a str) -> Layout<'a> {
    let text = text.trim();
    match text.split_once(':') {
        Some((first, rest)) if is_group(first) && rest.contains(':') => {
            Layout::default().shown(&text[..first.len() + 1]).stars(3)
        }
        _ => octets_of_four(mask, text),
    }
}

fn is_group(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn octets_of_four<'a>(mask: &Mask, text: &'a str) -> Layout<'a> {
    let is_octet = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('.').take(5).collect();
    let [a, b, c, d] = parts[..] else {
        return Layout::hidden(mask.stars());
    };
    let last = d.split([':', '/', '%']).next().unwrap_or_default();
    if ![a, b, c, last].iter().all(is_octet) {
        return Layout::hidden(mask.stars());
    }
    let mut layout = Layout::default();
    for (nth, octet) in [a, b, c, last].into_iter().enumerate() {
        layout = if nth > 0 { layout.shown(".") } else { layout };
        layout = if nth < mask.parts() { layout.shown(octet) } else { layout.stars(1) };
    }
    layout
}

/// `00:00:5E:**:**:**`, in whatever groups it is written.
pub(super) fn groups<'a>(mask: &Mask, text: &'a str) -> Layout<'a> {
    let text = text.trim();
    let digits = text.chars().filter(|c| is_place(*c)).count();
    let spelt_well = text.chars().all(|c| is_place(c) || matches!(c, ':' | '-' | '.' | ' '));
    if !HARDWARE_DIGITS.contains(&digits) || !spelt_well {
        return Layout::hidden(mask.stars());
    }
    let shown = (2 * mask.parts()).min(digits / 2);
    let mut seen = 0;
    let mut layout = Layout::default();
    let mut hidden = 0;
    for (at, c) in text.char_indices() {
        let is_digit = is_place(c);
        if is_digit && seen >= shown {
            hidden += 1;
            continue;
        }
        seen += usize::from(is_digit);
        layout = flush(layout, &mut hidden).shown(&text[at..at + c.len_utf8()]);
    }
    flush(layout, &mut hidden)
}

/// A hexadecimal digit, or the star that stands where one stood.
fn is_place(c: char) -> bool {
    c.is_ascii_hexdigit() || c == '*'
}

fn flush<'a>(layout: Layout<'a>, hidden: &mut usize) -> Layout<'a> {
    match std::mem::take(hidden) {
        0 => layout,
        count => layout.stars(count),
    }
}
