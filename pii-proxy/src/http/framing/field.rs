//! The fields that say where a message ends and whom it is for (RFC 9112 §5, §6).

use super::alphabet::alphanumeric_and;
use super::fault::Fault;

/// A field that the guard reads; all others only have to be well-formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Host,
    Upgrade,
    Connection,
    ContentLength,
    Http2Settings,
    TransferEncoding,
}

const KNOWN: [(&[u8], Known); 6] = [
    (b"host", Known::Host),
    (b"upgrade", Known::Upgrade),
    (b"connection", Known::Connection),
    (b"content-length", Known::ContentLength),
    (b"http2-settings", Known::Http2Settings),
    (b"transfer-encoding", Known::TransferEncoding),
];

/// What `Connection` may not name: fields that the next hop needs as they are. A field that it names is taken out on the way.
const NOT_OF_ONE_HOP: [&[u8]; 5] = [b"content-length", b"transfer-encoding", b"host", b"authorization", b"cookie"];

/// The product's own fields, which `Connection` may not name either.
const OWN: &[u8] = b"x-pii-";

/// Reads a field line without its CRLF: which of the fields above it is, if one, and its value.
pub(super) fn parse(line: &[u8]) -> Result<(Option<Known>, &[u8]), Fault> {
    let colon = memchr::memchr(b':', line).ok_or(Fault::FieldWithoutColon)?;
    let (name, value) = (&line[..colon], trim(&line[colon + 1..]));
    match name {
        [] => return Err(Fault::FieldWithoutName),
        [.., b' ' | b'\t'] => return Err(Fault::SpaceBeforeColon),
        _ if !name.iter().copied().all(is_token) => return Err(Fault::FieldName),
        _ => {}
    }
    Ok((known(name)?, value))
}

fn known(name: &[u8]) -> Result<Option<Known>, Fault> {
    let is_alike = |a: &u8, b: &u8| a.eq_ignore_ascii_case(b) || (*a, *b) == (b'_', b'-');
    for (spelt, known) in KNOWN.iter().filter(|(spelt, _)| spelt.len() == name.len()) {
        if name.eq_ignore_ascii_case(spelt) {
            return Ok(Some(*known));
        }
        if name.iter().zip(*spelt).all(|(a, b)| is_alike(a, b)) {
            return Err(Fault::FieldNameDisguised);
        }
    }
    Ok(None)
}

/// Reads the value of `Content-Length`: digits, and nothing that another reader may take for a second number.
pub(super) fn content_length(value: &[u8]) -> Result<u64, Fault> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(Fault::ContentLengthMalformed);
    }
    let step = |sum: i64, digit: &u8| sum.checked_mul(10)?.checked_add(i64::from(digit - b'0'));
    // Signed, as some count who read it next.
    value.iter().try_fold(0, step).map(i64::unsigned_abs).ok_or(Fault::ContentLengthOverflow)
}

/// Whether a value of `Transfer-Encoding` is the only one that a request is taken with.
pub(super) fn is_chunked(value: &[u8]) -> bool {
    value.eq_ignore_ascii_case(b"chunked")
}

/// Whether a value of `Connection` names a field that has to reach the next hop.
pub(super) fn names_protected(value: &[u8]) -> bool {
    items(value).any(|name| {
        NOT_OF_ONE_HOP.iter().any(|field| name.eq_ignore_ascii_case(field))
            || name.get(..OWN.len()).is_some_and(|start| start.eq_ignore_ascii_case(OWN))
    })
}

/// Whether a value of `Upgrade` wishes for HTTP/2, with or without a version.
pub(super) fn wishes_h2c(value: &[u8]) -> bool {
    items(value).any(|protocol| {
        protocol.split(|byte| *byte == b'/').next().is_some_and(|name| name.eq_ignore_ascii_case(b"h2c"))
    })
}

/// The items of a list (RFC 9110 §5.6.1).
fn items(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(trim)
}

/// Without the white space around it: spaces and tabs, and no other kind (RFC 9110 §5.6.3).
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Whether a token may have this byte (RFC 9110 §5.6.2).
pub(super) fn is_token(byte: u8) -> bool {
    IN_TOKEN[usize::from(byte)]
}

static IN_TOKEN: [bool; 256] = alphanumeric_and(b"!#$%&'*+-.^_`|~");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_fields_are_known_in_any_case_and_never_in_disguise() {
        assert_eq!(parse(b"hOST:\t a \t"), Ok((Some(Known::Host), b"a".as_slice())));
        assert_eq!(parse(b"X-Host: a"), Ok((None, b"a".as_slice())));
        assert_eq!(parse(b"Content_Length: 1"), Err(Fault::FieldNameDisguised));
        assert_eq!(parse(b"content-lengthy: 1"), Ok((None, b"1".as_slice())));
        assert_eq!(parse(b"X_Request_Id: 1"), Ok((None, b"1".as_slice())));
        assert_eq!(parse(b"Empty:"), Ok((None, b"".as_slice())));
    }

    #[test]
    fn a_length_is_digits_that_can_be_counted() {
        assert_eq!(content_length(b"0"), Ok(0));
        assert_eq!(content_length(b"9223372036854775807"), Ok(9_223_372_036_854_775_807));
        assert_eq!(content_length(b"9223372036854775808"), Err(Fault::ContentLengthOverflow));
    }

    #[test]
    fn lists_are_read_item_by_item() {
        assert!(names_protected(b"keep-alive ,\tX-Pii-Sent") && names_protected(b"HOST"));
        assert!(!names_protected(b"keep-alive, TE, X-Host") && !names_protected(b""));
        assert!(wishes_h2c(b"websocket, H2C/1") && !wishes_h2c(b"h2cc, websocket"));
    }
}
