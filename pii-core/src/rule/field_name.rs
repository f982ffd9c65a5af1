//! Field names, compared as people write them: `id_no` is `idNo` is `ID-NO`.

/// The longest field name that is looked up, in bytes. Longer ones are no names.
pub(crate) const NAME_LIMIT_BYTES: usize = 64;

/// Writes the comparable form of `name` to `out`: ASCII lower case without `_`, `-`, `.` and spaces; other characters stay.
/// Returns the length, or `None` when the name is empty or too long to be one.
pub(crate) fn normalise(name: &[u8], out: &mut [u8; NAME_LIMIT_BYTES]) -> Option<usize> {
    let mut len = 0;
    for &byte in name {
        if matches!(byte, b'_' | b'-' | b'.' | b' ' | b'\t' | b'\r') {
            continue;
        }
        *out.get_mut(len)? = byte.to_ascii_lowercase();
        len += 1;
    }
    (len > 0).then_some(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str) -> Option<String> {
        let mut out = [0; NAME_LIMIT_BYTES];
        let len = normalise(name.as_bytes(), &mut out)?;
        Some(String::from_utf8_lossy(&out[..len]).into_owned())
    }

    #[test]
    fn spellings_of_a_name_are_one() {
        for spelling in ["idNo", "id_no", "ID-NO", "Id No", "id.no"] {
            assert_eq!(form(spelling).as_deref(), Some("idno"));
        }
        assert_eq!(form("证件 号码").as_deref(), Some("证件号码"));
        assert_eq!(form(""), None);
        assert_eq!(form("__"), None);
        assert_eq!(form(&"a".repeat(65)), None);
    }
}
