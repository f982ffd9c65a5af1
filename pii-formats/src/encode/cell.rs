//! Writes text into cells of tables and onto single lines, so that the shape around it cannot change.

/// Inside a quoted cell: quotes are doubled (RFC 4180 §2).
pub(crate) fn quoted(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
}

/// A cell without quotes: what would end it becomes a space.
pub(crate) fn bare(text: &str, out: &mut Vec<u8>) {
    out.extend(
        text.bytes().map(|b| if matches!(b, b',' | b';' | b'\t' | b'|' | b'"' | b'\r' | b'\n') { b' ' } else { b }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_cells() {
        let (mut in_quotes, mut plain) = (Vec::new(), Vec::new());
        quoted("张\"**", &mut in_quotes);
        bare("Li, **\n", &mut plain);
        assert_eq!(in_quotes, "张\"\"**".as_bytes());
        assert_eq!(plain, b"Li  ** ");
    }
}
