//! Percent-encoding (RFC 3986 §2.1) and `application/x-www-form-urlencoded` (WHATWG URL Standard §5.2).

/// Appends `text` percent-encoded, as it may stand in a path, in a query or between other encoded text.
pub(crate) fn percent(text: &[u8], out: &mut Vec<u8>) {
    for byte in text.iter().copied() {
        encode_byte(byte, out);
    }
}

/// Appends `text` as it stands in a form's key or value.
pub(crate) fn form(text: &[u8], out: &mut Vec<u8>) {
    for byte in text.iter().copied() {
        if byte == b' ' {
            out.push(b'+');
        } else {
            encode_byte(byte, out);
        }
    }
}

/// `*` is left as it is, because masks are made of it: RFC 3986 allows it wherever text may stand, and the form
/// serialiser does not encode it either.
fn encode_byte(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'*') {
        out.push(byte);
    } else {
        out.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_bytes_are_encoded() {
        let (mut percented, mut formed) = (Vec::new(), Vec::new());
        percent("张**1 &=+%~".as_bytes(), &mut percented);
        form("张**1 &=+%~".as_bytes(), &mut formed);
        assert_eq!(String::from_utf8_lossy(&percented), "%E5%BC%A0**1%20%26%3D%2B%25%7E");
        assert_eq!(String::from_utf8_lossy(&formed), "%E5%BC%A0**1+%26%3D%2B%25%7E");
    }
}
