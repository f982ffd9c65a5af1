//! Deflate (RFC 1951), bare and in the zlib format (RFC 1950).

use super::error::Fault;
use super::limits::Content;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use flate2::{Compression, Decompress, FlushDecompress, Status};
use std::io::Write as _;

/// How much is decoded at a time, in bytes.
const PIECE_BYTES: usize = 16 << 10;

/// Whether it begins as the zlib format does: method 8, a window of at most 32 KiB, and a header that is a multiple of 31
/// (RFC 1950 §2.2). Bare deflate does not begin so: its first block would be stored, with padding that nobody writes.
pub(super) fn is_zlib(input: &[u8]) -> bool {
    match input {
        [method, flags, ..] => {
            method & 0x0F == 8 && method >> 4 <= 7 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
        }
        _ => false,
    }
}

pub(super) fn decode_zlib(input: &[u8], content: &mut Content) -> Result<(), Fault> {
    if input.get(1).is_some_and(|flags| flags & 0x20 != 0) {
        return Err(Fault::Malformed("it takes a dictionary"));
    }
    whole(&mut Decompress::new(true), input, content)
}

pub(super) fn decode_bare(input: &[u8], content: &mut Content) -> Result<(), Fault> {
    whole(&mut Decompress::new(false), input, content)
}

fn whole(inflater: &mut Decompress, input: &[u8], content: &mut Content) -> Result<(), Fault> {
    let read = inflate(inflater, input, content)?;
    if read < input.len() { Err(Fault::Trailing) } else { Ok(()) }
}

/// Decodes up to the end of a stream, and says how much of `input` that was.
pub(super) fn inflate(inflater: &mut Decompress, input: &[u8], content: &mut Content) -> Result<usize, Fault> {
    let mut piece = [0; PIECE_BYTES];
    let mut read = 0;
    loop {
        let before = (inflater.total_in(), inflater.total_out());
        let outcome = inflater.decompress(&input[read..], &mut piece, FlushDecompress::None);
        let status = outcome.map_err(|_| Fault::Malformed("it is damaged, or no deflate"))?;
        let taken = (inflater.total_in() - before.0) as usize;
        let given = (inflater.total_out() - before.1) as usize;
        read += taken;
        content.append(&piece[..given])?;
        if status == Status::StreamEnd {
            return Ok(read);
        }
        if taken == 0 && given == 0 {
            return Err(Fault::Truncated);
        }
    }
}

pub(super) fn encode_zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes all that is written")
}

pub(super) fn encode_bare(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes all that is written")
}
