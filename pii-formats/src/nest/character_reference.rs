//! Character references as they turn up in text that is no markup: by number, and the names of what stands between or
//! inside identifiers (HTML Living Standard §13.5).

/// The longest reference that is read, in bytes. Browsers read any number of leading zeros; nobody writes them but to hide.
const LIMIT_BYTES: usize = 32;

const NAMES: [(&[u8], char); 25] = [
    (b"amp", '&'),
    (b"apos", '\''),
    (b"ast", '*'),
    (b"colon", ':'),
    (b"comma", ','),
    (b"commat", '@'),
    (b"dash", '\u{2010}'),
    (b"emsp", '\u{2003}'),
    (b"ensp", '\u{2002}'),
    (b"equals", '='),
    (b"gt", '>'),
    (b"hyphen", '\u{2010}'),
    (b"lowbar", '_'),
    (b"lpar", '('),
    (b"lt", '<'),
    (b"mdash", '\u{2014}'),
    (b"nbsp", '\u{a0}'),
    (b"ndash", '\u{2013}'),
    (b"num", '#'),
    (b"period", '.'),
    (b"plus", '+'),
    (b"quot", '"'),
    (b"rpar", ')'),
    (b"sol", '/'),
    (b"thinsp", '\u{2009}'),
];

/// The character that the reference at the front of `text` stands for, and the reference's length in bytes. `text` begins
/// with `&`.
///
/// A number may lack its semicolon, as browsers allow; a name may not. A number that is no character is U+FFFD.
pub(super) fn character_reference(text: &[u8]) -> Option<(char, usize)> {
    let body = &text[1..text.len().min(LIMIT_BYTES)];
    match body {
        [b'#', b'x' | b'X', digits @ ..] => numbered(digits, 16).map(|(c, len)| (c, len + 3)),
        [b'#', digits @ ..] => numbered(digits, 10).map(|(c, len)| (c, len + 2)),
        _ => {
            let len = body.iter().position(|&b| b == b';')?;
            let nth = NAMES.binary_search_by_key(&&body[..len], |(name, _)| name).ok()?;
            Some((NAMES[nth].1, len + 2))
        }
    }
}

/// The character with the number at the front of `text`, and how many bytes it takes with its semicolon.
fn numbered(text: &[u8], radix: u32) -> Option<(char, usize)> {
    let values = text.iter().map_while(|&b| char::from(b).to_digit(radix));
    let (number, len) =
        values.fold((0_u32, 0), |(number, len), digit| (number.saturating_mul(radix).saturating_add(digit), len + 1));
    if len == 0 {
        return None;
    }
    let character = char::from_u32(number).filter(|&c| c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((character, len + usize::from(text.get(len) == Some(&b';'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved() {
        for (text, expected) in [
            ("&#49;", Some(('1', 5))),
            ("&#49 ", Some(('1', 4))),
            ("&#x5F20;", Some(('张', 8))),
            ("&#X31;", Some(('1', 6))),
            ("&#0000049;", Some(('1', 10))),
            ("&amp;", Some(('&', 5))),
            ("&commat;x", Some(('@', 8))),
            ("&#0;", Some(('\u{fffd}', 4))),
            ("&#xD800;", Some(('\u{fffd}', 8))),
            ("&#99999999999;", Some(('\u{fffd}', 14))),
            ("&amp", None),
            ("&nonsense;", None),
            ("&#;", None),
            ("&#x;", None),
            ("&", None),
        ] {
            assert_eq!(character_reference(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn every_name_is_found() {
        for (name, character) in NAMES {
            let text = [b"&", name, b";"].concat();
            assert_eq!(character_reference(&text), Some((character, name.len() + 2)), "{character}");
        }
    }
}
