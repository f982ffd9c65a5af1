//! A coded body is read within its limits or not at all, and what was read is coded again to the same.

use pii_formats::coding::{Codings, Limits, RATIO_FREE_BYTES, decode, encode};

/// Little enough to be reached.
const LIMITS: Limits = Limits { decoded_bytes: 1 << 20, ratio: 50 };

/// What the first byte chooses from.
const HEADERS: [&str; 6] = ["gzip", "deflate", "br", "zstd", "deflate, gzip", "zstd, br"];

pub(crate) fn check(input: &[u8]) {
    let Some((&choice, body)) = input.split_first() else { return };
    let codings = Codings::parse(HEADERS[usize::from(choice) % HEADERS.len()].as_bytes()).expect("all are known");
    is_coded_alike(&codings, body);
    let Ok(decoded) = decode(&codings, body, &LIMITS) else { return };
    let limit = LIMITS.decoded_bytes.min((body.len() * LIMITS.ratio).max(RATIO_FREE_BYTES));
    assert!(decoded.bytes.len() <= limit, "{} bytes of {}", decoded.bytes.len(), body.len());
    is_coded_alike(&decoded.codings, &decoded.bytes);
    // Nothing may follow what was read to its end, nor be missing from it.
    assert!(decode(&codings, &[body, b"!"].concat(), &LIMITS).is_err(), "{codings}: something follows");
    assert!(decode(&codings, &body[..body.len() - 1], &LIMITS).is_err(), "{codings}: something is missing");
}

fn is_coded_alike(codings: &Codings, content: &[u8]) {
    let unlimited = Limits { decoded_bytes: usize::MAX, ratio: usize::MAX };
    let again = decode(codings, &encode(codings, content), &unlimited).expect("what was coded is read");
    assert!(again.bytes == content && again.codings == *codings, "{codings}: other content");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_headers_are_reached() {
        for choice in 0..HEADERS.len() as u8 {
            check(&[&[choice][..], "手机13800138000".as_bytes()].concat());
        }
    }
}
