//! Character and entity references: `&amp;`, `&#49;`, `&#x31;`.

use crate::decode::run::Run;
use std::ops::Range;

/// How strict the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// XML 1.0 §4.1: five names, and everything ends with a semicolon.
    Xml,
    /// HTML §13.2.5.72: many names, some of them and all numbers without a semicolon too.
    HtmlText,
    /// As in text, but a name without a semicolon before a letter, a digit or `=` is none (`?a=1&copy=2`).
    HtmlAttribute,
}

/// What an ampersand begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// A reference of this length to this character.
    Character(char, usize),
    /// A well-formed reference of this length to something that is not known. It stays text.
    Unknown(usize),
    /// No reference.
    None,
}

/// Adds the character data at `source` to `run`. Tells where an ampersand stands that begins no reference; it is taken as
/// text, which XML forbids and HTML allows.
pub(crate) fn read_into(run: &mut Run, input: &[u8], source: Range<usize>, dialect: Dialect) -> Option<usize> {
    let mut at = source.start;
    let mut stray = None;
    while let Some(ampersand) = memchr::memchr(b'&', &input[at..source.end]).map(|n| at + n) {
        run.push_same(input, at..ampersand);
        at = match read(&input[ampersand..source.end], dialect) {
            Reference::Character(character, len) => {
                run.push_char(character, ampersand..ampersand + len);
                ampersand + len
            }
            Reference::Unknown(len) => {
                run.push_same(input, ampersand..ampersand + len);
                ampersand + len
            }
            Reference::None => {
                run.push_same(input, ampersand..ampersand + 1);
                stray = stray.or(Some(ampersand));
                ampersand + 1
            }
        };
    }
    run.push_same(input, at..source.end);
    stray
}

/// Reads the reference that begins with the ampersand at the front of `input`.
pub(crate) fn read(input: &[u8], dialect: Dialect) -> Reference {
    match input.get(1) {
        Some(b'#') => numeric(input, dialect),
        Some(first) if is_name_byte(*first) => named(input, dialect),
        _ => Reference::None,
    }
}

fn numeric(input: &[u8], dialect: Dialect) -> Reference {
    let is_html = dialect != Dialect::Xml;
    let (radix, digits_at) = match input.get(2) {
        Some(b'x') => (16, 3),
        Some(b'X') if is_html => (16, 3),
        _ => (10, 2),
    };
    let mut end = digits_at;
    let mut number = 0_u32;
    while let Some(digit) = input.get(end).and_then(|b| char::from(*b).to_digit(radix)) {
        number = number.saturating_mul(radix).saturating_add(digit);
        end += 1;
    }
    let has_semicolon = input.get(end) == Some(&b';');
    if end == digits_at || !(has_semicolon || is_html) {
        return Reference::None;
    }
    let len = end + usize::from(has_semicolon);
    if is_html {
        return Reference::Character(html_character(number), len);
    }
    // XML 1.0 §2.2: a number that stands for no character is an error there.
    match char::from_u32(number) {
        Some(character) if character >= ' ' || matches!(character, '\t' | '\n' | '\r') => {
            Reference::Character(character, len)
        }
        _ => Reference::None,
    }
}

/// What a number stands for in HTML, which repairs every one of them (§13.2.5.80).
fn html_character(number: u32) -> char {
    match number {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9F => WINDOWS_1252[number as usize - 0x80],
        _ => char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

fn named(input: &[u8], dialect: Dialect) -> Reference {
    let longest = input.len().min(LONGEST_NAME + 2);
    let end = (1..longest).find(|&at| !is_name_byte(input[at])).unwrap_or(longest);
    let name = &input[1..end];
    let has_semicolon = input.get(end) == Some(&b';');
    if dialect == Dialect::Xml {
        return match find(&XML_NAMES, name) {
            Some(character) if has_semicolon => Reference::Character(character, end + 1),
            _ => unknown(input),
        };
    }
    if has_semicolon && let Some(character) = find(&HTML_NAMES, name).or_else(|| find(&HTML_OLD_NAMES, name)) {
        return Reference::Character(character, end + 1);
    }
    // The longest old name that the text begins with, as in `&ampx` or `&lt1`.
    for len in (2..=name.len().min(LONGEST_OLD_NAME)).rev() {
        if let Some(character) = find(&HTML_OLD_NAMES, &name[..len]) {
            let next = input.get(1 + len);
            let is_cut = next.is_some_and(|b| *b == b'=' || b.is_ascii_alphanumeric());
            if dialect == Dialect::HtmlAttribute && is_cut {
                break;
            }
            return Reference::Character(character, 1 + len + usize::from(next == Some(&b';')));
        }
    }
    Reference::None
}

/// A reference to an entity that only the document's own declarations could define.
fn unknown(input: &[u8]) -> Reference {
    // A name may be long, but every byte of it is looked at once: what is skipped here is not read again.
    let name = input[1..].iter().take_while(|b| is_name_byte(**b) || matches!(b, b'-' | b'.' | b'_' | b':')).count();
    if input.get(1 + name) == Some(&b';') { Reference::Unknown(name + 2) } else { Reference::None }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || byte == b'_' || byte == b':'
}

fn find(names: &[(&str, char)], name: &[u8]) -> Option<char> {
    names.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, character)| *character)
}

const LONGEST_NAME: usize = 20;
const LONGEST_OLD_NAME: usize = 6;

/// XML 1.0 §4.6.
const XML_NAMES: [(&str, char); 5] = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];

/// The names of HTML that also work without their semicolon, as far as they are met in messages.
const HTML_OLD_NAMES: [(&str, char); 31] = [
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("LT", '<'),
    ("gt", '>'),
    ("GT", '>'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("nbsp", '\u{A0}'),
    ("shy", '\u{AD}'),
    ("copy", '©'),
    ("reg", '®'),
    ("yen", '¥'),
    ("pound", '£'),
    ("cent", '¢'),
    ("sect", '§'),
    ("middot", '·'),
    ("times", '×'),
    ("deg", '°'),
    ("plusmn", '±'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("sup1", '¹'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("frac12", '½'),
    ("para", '¶'),
    ("acute", '´'),
    ("cedil", '¸'),
    ("ordf", 'ª'),
    ("ordm", 'º'),
];

/// Names of HTML that need their semicolon: those met in messages, and those that could stand inside or beside a number,
/// an address or a label.
const HTML_NAMES: [(&str, char); 64] = [
    ("apos", '\''),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("emsp13", '\u{2004}'),
    ("emsp14", '\u{2005}'),
    ("numsp", '\u{2007}'),
    ("puncsp", '\u{2008}'),
    ("thinsp", '\u{2009}'),
    ("ThinSpace", '\u{2009}'),
    ("hairsp", '\u{200A}'),
    ("VeryThinSpace", '\u{200A}'),
    ("ZeroWidthSpace", '\u{200B}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("lrm", '\u{200E}'),
    ("rlm", '\u{200F}'),
    ("NoBreak", '\u{2060}'),
    ("NonBreakingSpace", '\u{A0}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lbrack", '['),
    ("lsqb", '['),
    ("bsol", '\\'),
    ("rbrack", ']'),
    ("rsqb", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("grave", '`'),
    ("lbrace", '{'),
    ("lcub", '{'),
    ("vert", '|'),
    ("verbar", '|'),
    ("rbrace", '}'),
    ("rcub", '}'),
    ("hyphen", '\u{2010}'),
    ("dash", '\u{2010}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bull", '•'),
    ("hellip", '…'),
    ("trade", '™'),
    ("euro", '€'),
];

/// Numbers 0x80 to 0x9F stand for the characters of windows-1252 (HTML §13.2.5.80).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use super::Dialect::{HtmlAttribute, HtmlText, Xml};
    use super::*;

    fn text(input: &str, dialect: Dialect) -> (String, Option<usize>) {
        let mut run = Run::default();
        let stray = read_into(&mut run, input.as_bytes(), 0..input.len(), dialect);
        assert!(run.source() == (0..input.len()) || input.is_empty(), "nothing is lost at the ends");
        (String::from_utf8(run.bytes().to_vec()).unwrap(), stray)
    }

    #[test]
    fn references_in_their_dialects() {
        let table = [
            ("", Xml, "", None),
            ("a&amp;b&#49;&#x31;", Xml, "a&b11", None),
            ("&lt;&gt;&quot;&apos;", Xml, "<>\"'", None),
            ("&nbsp;&unknown;", Xml, "&nbsp;&unknown;", None),
            ("&a.b-c;&客户;", Xml, "&a.b-c;&客户;", None),
            ("a & b", Xml, "a & b", Some(2)),
            ("&&", Xml, "&&", Some(0)),
            ("&amp", Xml, "&amp", Some(0)),
            ("&#49", Xml, "&#49", Some(0)),
            ("&#;", Xml, "&#;", Some(0)),
            ("&#X31;", Xml, "&#X31;", Some(0)),
            ("&#0;", Xml, "&#0;", Some(0)),
            ("&#xD800;", Xml, "&#xD800;", Some(0)),
            ("&#49&#x32;3&#X34", HtmlText, "1234", None),
            ("&#00000000000000000000000000000049;", HtmlText, "1", None),
            ("&#128;&#0;&#99999999999;", HtmlText, "€\u{FFFD}\u{FFFD}", None),
            ("&nbsp;&nbsp1&ZeroWidthSpace;&commat;", HtmlText, "\u{A0}\u{A0}1\u{200B}@", None),
            ("&ampx &amp;x &lt1", HtmlText, "&x &x <1", None),
            ("&emsp &unknown; &;", HtmlText, "&emsp &unknown; &;", Some(0)),
            ("?a=1&copy=2&amp;b", HtmlAttribute, "?a=1&copy=2&b", Some(4)),
            ("&lt &#49", HtmlAttribute, "< 1", None),
        ];
        for (input, dialect, expected, stray) in table {
            assert_eq!(text(input, dialect), (expected.to_owned(), stray), "{input} {dialect:?}");
        }
    }

    #[test]
    fn names_are_within_the_bounds_that_the_reader_assumes() {
        let longest = HTML_NAMES.iter().chain(&HTML_OLD_NAMES).map(|(name, _)| name.len()).max();
        assert!(longest.is_some_and(|len| len <= LONGEST_NAME));
        assert_eq!(HTML_OLD_NAMES.iter().map(|(name, _)| name.len()).max(), Some(LONGEST_OLD_NAME));
    }
}
