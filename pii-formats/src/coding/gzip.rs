//! Gzip (RFC 1952): members one behind the other, each with a header and a check sum.

use super::deflate::inflate;
use super::error::Fault;
use super::limits::Content;
use flate2::write::GzEncoder;
use flate2::{Compression, Crc, Decompress};
use std::io::Write as _;

/// More members are nothing that anybody sends.
const MEMBER_LIMIT: usize = 1000;

/// The length of a header without the fields that it may have, in bytes.
const HEADER_BYTES: usize = 10;

/// The length of the check sum and the length behind a member's content, in bytes.
const TRAILER_BYTES: usize = 8;

pub(super) fn decode(input: &[u8], content: &mut Content) -> Result<(), Fault> {
    let mut inflater = Decompress::new(false);
    let mut rest = input;
    for nth in 0..MEMBER_LIMIT {
        let begins = rest.starts_with(&[0x1F, 0x8B]);
        if !begins && nth > 0 {
            return if rest.is_empty() { Ok(()) } else { Err(Fault::Trailing) };
        }
        inflater.reset(false);
        rest = member(rest, &mut inflater, content)?;
    }
    if rest.is_empty() { Ok(()) } else { Err(Fault::TooMuch("more than 1000 members")) }
}

/// Decodes one member, and gives what stands behind it.
fn member<'i>(input: &'i [u8], inflater: &mut Decompress, content: &mut Content) -> Result<&'i [u8], Fault> {
    let before = content.len();
    let coded = &input[header_len(input)?..];
    let read = inflate(inflater, coded, content)?;
    let (trailer, rest) = coded[read..].split_first_chunk::<TRAILER_BYTES>().ok_or(Fault::Truncated)?;
    let mut crc = Crc::new();
    crc.update(content.since(before));
    // The length counts modulo 2³² (§2.3.1), and so does this.
    let expected = u64::from(crc.sum()) | u64::from(crc.amount()) << 32;
    if u64::from_le_bytes(*trailer) == expected { Ok(rest) } else { Err(Fault::Contradicted) }
}

/// The length of a member's header (§2.3). What it may hold beside the time and the system is text that no receiver looks at:
/// the name of a file, a comment, fields of programs.
fn header_len(input: &[u8]) -> Result<usize, Fault> {
    const HAS_CHECK_SUM: u8 = 1 << 1;
    const HAS_EXTRA: u8 = 1 << 2;
    const HAS_NAME: u8 = 1 << 3;
    const HAS_COMMENT: u8 = 1 << 4;
    const RESERVED: u8 = 0b1110_0000;
    let is_begun = [0x1F, 0x8B, 8].starts_with(&input[..input.len().min(3)]);
    let Some(header) = input.first_chunk::<HEADER_BYTES>() else {
        return Err(if is_begun { Fault::Truncated } else { Fault::Malformed("it is no gzip") });
    };
    let flags = header[3];
    if !is_begun || flags & RESERVED != 0 {
        return Err(Fault::Malformed("it is no gzip"));
    }
    for (flag, what) in [(HAS_EXTRA, "an extra field"), (HAS_NAME, "a file's name"), (HAS_COMMENT, "a comment")] {
        if flags & flag != 0 {
            return Err(Fault::Hidden(what));
        }
    }
    if flags & HAS_CHECK_SUM == 0 {
        return Ok(HEADER_BYTES);
    }
    let sum = input[HEADER_BYTES..].first_chunk::<2>().ok_or(Fault::Truncated)?;
    let mut crc = Crc::new();
    crc.update(header);
    // Its two low bytes.
    let expected = (crc.sum() as u16).to_le_bytes();
    if *sum == expected { Ok(HEADER_BYTES + sum.len()) } else { Err(Fault::Contradicted) }
}

pub(super) fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes all that is written")
}
