//! Text that was packed before it was written in base64: gzip (RFC 1952), zlib (RFC 1950), Zstandard (RFC 8878).
//!
//! What comes out is bounded by what went in, since a text may hold many such runs.

use crate::base64::DECODED_LIMIT_BYTES;
use crate::coding::{self, Coding, Codings, Limits};

/// So many times as long as it was packed a text may be. Those that repeat themselves more say nothing.
const RATIO: usize = 64;

/// So much of something packed tells how, in bytes.
const HEAD_BYTES: usize = 64;

/// How bytes are packed, as far as they begin.
pub(super) fn coding_of(bytes: &[u8]) -> Option<Coding> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    match head {
        [0x1F, 0x8B, 0x08, ..] => Some(Coding::Gzip),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Coding::Zstd),
        _ => coding::is_zlib(head, true).then_some(Coding::Deflate),
    }
}

/// Whether bytes are packed beyond doubt: the two bytes that zlib begins with are not much.
pub(super) fn is_certain(bytes: &[u8]) -> bool {
    matches!(coding_of(bytes), Some(Coding::Gzip | Coding::Zstd))
}

/// What was packed, and how. `None` where it does not come out whole, or is too long.
pub(super) fn unpacked(bytes: &[u8]) -> Option<(Vec<u8>, Codings)> {
    let codings: Codings = [coding_of(bytes)?].into_iter().collect();
    let limits = Limits { decoded_bytes: (bytes.len() * RATIO).min(DECODED_LIMIT_BYTES), ratio: RATIO };
    let decoded = coding::decode(&codings, bytes, &limits).ok()?;
    Some((decoded.bytes, decoded.codings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_within_bounds() {
        let text = "手机13800138000".as_bytes();
        for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
            let codings: Codings = [coding].into_iter().collect();
            assert_eq!(unpacked(&coding::encode(&codings, text)), Some((text.to_vec(), codings.clone())));
            assert_eq!(unpacked(&coding::encode(&codings, &vec![b'a'; 1 << 20])), None, "{coding:?}");
        }
        assert_eq!(unpacked(text), None);
        let cut_off = b"\x1F\x8B\x08\0\0\0\0\0";
        assert!(is_certain(cut_off) && !is_certain(text) && unpacked(cut_off).is_none());
    }
}
