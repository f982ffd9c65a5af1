//! E-mail addresses: the domain stays, and of the local part length, separators, and where digits and letters stand.

use super::domain::Domains;
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::written::Written;
use sha2::{Digest as _, Sha256};

/// The longest local part, in bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_LIMIT_BYTES: usize = 64;

/// Enciphers the local part of an address. Letters of both cases are the same, and stand in the case that was there.
///
/// # Errors
/// No `@` behind 1 to 64 bytes; a local part of which fewer than a hundred have the form (one letter, say).
pub(super) fn run(domains: &Domains, direction: Direction, text: &str) -> Result<String, FpeError> {
    let not_valid = FpeError::new(Reason::NotValid { kind: "email" });
    let written = Written::of(text);
    let plain = written.plain();
    let (local, domain) = plain.split_once('@').ok_or(not_valid)?;
    if local.is_empty() || local.len() > LOCAL_LIMIT_BYTES || domain.is_empty() {
        return Err(not_valid);
    }
    let mut hash = Sha256::new();
    hash.update(local.bytes().map(shape_of).collect::<Vec<u8>>());
    hash.update([b'@']);
    hash.update(domain.to_ascii_lowercase());
    let digest: [u8; 32] = hash.finalize().0;
    let kept = u32::from_be_bytes([0, digest[0], digest[1], digest[2]]);

    let (mut row, sizes): (Vec<u32>, Vec<u32>) = local.bytes().filter_map(number_of).unzip();
    domains.of(&sizes, kept)?.run(direction, &mut row)?;
    let mut new = plain.as_bytes().to_vec();
    let places = new.iter_mut().take(local.len()).filter(|byte| byte.is_ascii_alphanumeric());
    for (byte, number) in places.zip(row) {
        let first = match byte {
            b'0'..=b'9' => b'0',
            b'A'..=b'Z' => b'A',
            _ => b'a',
        };
        *byte = first + u8::try_from(number).unwrap_or(0);
    }
    Ok(written.with(&new))
}

/// A letter or digit as a number, and how many there are of its sort.
fn number_of(byte: u8) -> Option<(u32, u32)> {
    match byte {
        b'0'..=b'9' => Some((u32::from(byte - b'0'), 10)),
        b'A'..=b'Z' | b'a'..=b'z' => Some((u32::from(byte.to_ascii_lowercase() - b'a'), 26)),
        _ => None,
    }
}

/// What of a byte stays.
fn shape_of(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => b'0',
        b'A'..=b'Z' | b'a'..=b'z' => b'a',
        other => other,
    }
}
