//! Field names and titles of columns, compared as people write them: `id_no` is `idNo` is `ID-NO`, and 資金賬號 with a
//! remark in brackets is 资金账号.

use crate::fold;
use crate::offset_map::OffsetMap;
use crate::recognise::han::{Forms, char_at};

/// The longest name that is looked up, in bytes of its normal form. Longer ones are no names.
pub(crate) const NAME_LIMIT_BYTES: usize = 64;

/// The longest name that is cut into its parts, in bytes: a title with its remarks.
const TITLE_LIMIT_BYTES: usize = 512;

/// Brackets of remarks, and what stands between two ways to say a title. Full-width forms are ASCII by then.
const MARKS: [char; 12] = ['(', ')', '[', ']', '{', '}', '【', '】', '〔', '〕', '「', '」'];

/// Between two titles of one column: 姓名/Name. Paths are written with it too, so it counts beside Chinese only.
const ALTERNATIVES: [char; 4] = ['/', '|', '\n', '、'];

/// Writes the normal form of `name` to `out`: ASCII lower case, simplified characters, without `_`, `-`, `.`, `*`, `:`,
/// invisible characters and spaces of every kind; other characters stay. Returns the length, or `None` when the name is
/// empty or too long to be one.
pub(crate) fn normalise(name: &[u8], out: &mut [u8; NAME_LIMIT_BYTES]) -> Option<usize> {
    if name.is_ascii() {
        return write(name, out);
    }
    plain(name).and_then(|plain| write(&plain, out))
}

fn write(plain: &[u8], out: &mut [u8; NAME_LIMIT_BYTES]) -> Option<usize> {
    let mut len = 0;
    for &byte in plain {
        if matches!(byte, b'_' | b'-' | b'.' | b' ' | b'\t' | b'\r' | b'\n' | b'*' | b':') {
            continue;
        }
        *out.get_mut(len)? = byte.to_ascii_lowercase();
        len += 1;
    }
    (len > 0).then_some(len)
}

/// The name with its characters folded: width, invisible ones, spaces, traditional characters.
fn plain(name: &[u8]) -> Option<Vec<u8>> {
    if name.len() > TITLE_LIMIT_BYTES {
        return None;
    }
    let (mut folded, mut map) = (Vec::new(), OffsetMap::default());
    fold::fold(name, &mut folded, &mut map);
    let forms = Forms::get();
    let mut at = 0;
    while let Some(&byte) = folded.get(at) {
        let Some((c, behind)) = char_at(&folded, at).filter(|_| byte >= 0x80) else {
            at += 1;
            continue;
        };
        let simple = forms.simplified(c);
        if simple.len_utf8() == behind - at {
            simple.encode_utf8(&mut folded[at..behind]);
        }
        at = behind;
    }
    Some(folded)
}

/// The normal forms of the parts of a name that may be names by themselves, what stands outside of brackets first:
/// 证件号码, 统一社会信用代码 of `证件号码（统一社会信用代码）`. Nothing for a name without brackets that is all in ASCII.
pub(crate) fn parts(name: &[u8]) -> Vec<Vec<u8>> {
    if is_simple(name) {
        return Vec::new();
    }
    let Some(plain) = plain(name) else { return Vec::new() };
    let Ok(text) = std::str::from_utf8(&plain) else { return Vec::new() };
    let marks: &[char] = &MARKS;
    let has_alternatives = !text.is_ascii();
    let pieces = text.split(marks).flat_map(|piece| {
        let ends = |c: char| has_alternatives && ALTERNATIVES.contains(&c);
        piece.split(ends)
    });
    let form = |piece: &str| {
        let mut out = [0; NAME_LIMIT_BYTES];
        write(piece.as_bytes(), &mut out).map(|len| out[..len].to_vec())
    };
    pieces.filter_map(form).collect()
}

/// Whether a name has no parts: most names, and all are asked for.
fn is_simple(name: &[u8]) -> bool {
    name.len() > TITLE_LIMIT_BYTES || name.iter().all(|b| b.is_ascii() && !b"()[]{}".contains(b))
}

/// Cuts 姓名name into its Chinese beginning and the Latin rest. `None` where there is no such seam.
pub(crate) fn seam(normal: &[u8]) -> Option<(&[u8], &[u8])> {
    let latin = normal.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    let (head, tail) = normal.split_at(normal.len() - latin);
    (!head.is_empty() && !tail.is_empty() && !head.is_ascii()).then_some((head, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str) -> Option<String> {
        let mut out = [0; NAME_LIMIT_BYTES];
        let len = normalise(name.as_bytes(), &mut out)?;
        Some(String::from_utf8_lossy(&out[..len]).into_owned())
    }

    fn parts_of(name: &str) -> Vec<String> {
        parts(name.as_bytes()).iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    }

    #[test]
    fn spellings_of_a_name_are_one() {
        for spelling in ["idNo", "id_no", "ID-NO", "Id No", "id.no", "ｉｄＮｏ", "id\u{A0}no", "*idNo:", "\u{FEFF}idNo"]
        {
            assert_eq!(form(spelling).as_deref(), Some("idno"), "{spelling}");
        }
        for spelling in ["证件 号码", "證件號碼", "证件\u{3000}号码", "证件\u{200B}号码", "证件\n号码：", "＊证件号码"]
        {
            assert_eq!(form(spelling).as_deref(), Some("证件号码"), "{spelling}");
        }
        assert_eq!(form(""), None);
        assert_eq!(form("__"), None);
        assert_eq!(form(&"a".repeat(65)), None);
        assert_eq!(normalise(b"\xE5\xAE", &mut [0; NAME_LIMIT_BYTES]), Some(2));
    }

    #[test]
    fn a_title_is_cut_at_its_remarks_and_languages() {
        assert_eq!(parts_of("资金账号（10位）"), ["资金账号", "10位"]);
        assert_eq!(parts_of("證件號碼(統一社會信用代碼)"), ["证件号码", "统一社会信用代码"]);
        assert_eq!(parts_of("姓名/Name"), ["姓名", "name"]);
        assert_eq!(parts_of("user[idNo]"), ["user", "idno"]);
        assert_eq!(parts_of("/users/name"), [""; 0]);
        assert_eq!(parts_of("客户姓名"), ["客户姓名"]);
        let long = format!("资金账号（{}）", "说明".repeat(40));
        assert_eq!(parts_of(&long), ["资金账号"]);
    }

    #[test]
    fn the_languages_of_a_title_meet_in_a_seam() {
        assert_eq!(seam("姓名name".as_bytes()), Some(("姓名".as_bytes(), b"name".as_slice())));
        assert_eq!(seam("姓名".as_bytes()), None);
        assert_eq!(seam(b"name"), None);
    }
}
