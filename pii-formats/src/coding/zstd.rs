//! Zstandard (RFC 8878): frames one behind the other.

use super::error::Fault;
use super::limits::Content;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Read as _;

/// More frames are nothing that anybody sends.
const FRAME_LIMIT: usize = 1000;

/// The largest window that a content coding may use (RFC 9659 §3), in bytes.
const WINDOW_LIMIT_BYTES: u64 = 8 << 20;

/// How much is decoded at a time, in bytes.
const PIECE_BYTES: usize = 64 << 10;

const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();

pub(super) fn decode(input: &[u8], content: &mut Content) -> Result<(), Fault> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW_LIMIT_BYTES);
    let mut piece = vec![0; PIECE_BYTES];
    let mut rest = input;
    for nth in 0..FRAME_LIMIT {
        if rest.is_empty() && nth > 0 {
            return Ok(());
        }
        rest = frame(rest, nth == 0, &mut decoder, &mut piece, content)?;
    }
    if rest.is_empty() { Ok(()) } else { Err(Fault::TooMuch("more than 1000 frames")) }
}

/// Decodes one frame, and gives what stands behind it.
fn frame<'i>(
    mut input: &'i [u8],
    is_first: bool,
    decoder: &mut FrameDecoder,
    piece: &mut [u8],
    content: &mut Content,
) -> Result<&'i [u8], Fault> {
    let before = content.len();
    let has_length = look_at_header(input, is_first)?;
    if let Err(error) = decoder.reset(&mut input) {
        return Err(match error {
            FrameDecoderError::WindowSizeTooBig { .. } => Fault::TooMuch("a window of more than 8 MiB"),
            _ => broken(input),
        });
    }
    loop {
        let is_over = decoder
            .decode_blocks(&mut input, BlockDecodingStrategy::UptoBytes(PIECE_BYTES))
            .map_err(|_| broken(input))?;
        while decoder.can_collect() > 0 {
            let given = decoder.read(piece).map_err(|_| broken(input))?;
            content.append(&piece[..given])?;
        }
        if is_over {
            break;
        }
    }
    let is_as_long = !has_length || decoder.content_size() == (content.len() - before) as u64;
    let expected = decoder.get_checksum_from_data();
    let is_right = expected.is_none_or(|expected| decoder.get_calculated_checksum() == Some(expected));
    if is_as_long && is_right { Ok(input) } else { Err(Fault::Contradicted) }
}

/// Whether the frame says how long its content is, after a look at what it may not be: one of another format, whose content is
/// passed over, or one that takes a dictionary (§3.1.1, §3.1.2).
fn look_at_header(input: &[u8], is_first: bool) -> Result<bool, Fault> {
    let begun = &input[..input.len().min(MAGIC.len())];
    if begun.len() == MAGIC.len() && begun[0] & 0xF0 == 0x50 && begun[1..] == [0x2A, 0x4D, 0x18] {
        return Err(Fault::Hidden("a frame that is passed over"));
    }
    if !MAGIC.starts_with(begun) {
        return Err(if is_first { Fault::Malformed("it is no Zstandard") } else { Fault::Trailing });
    }
    let descriptor = *input.get(MAGIC.len()).ok_or(Fault::Truncated)?;
    let (length, single_segment, reserved, dictionary) =
        (descriptor >> 6, descriptor & 0x20, descriptor & 0x08, descriptor & 0x03);
    if reserved != 0 {
        return Err(Fault::Malformed("it is no Zstandard"));
    }
    if dictionary != 0 {
        return Err(Fault::Malformed("it takes a dictionary"));
    }
    Ok(length != 0 || single_segment != 0)
}

/// What is wrong where the decoder stopped: it takes all that is left before it finds that it is too little.
fn broken(rest: &[u8]) -> Fault {
    if rest.is_empty() { Fault::Truncated } else { Fault::Malformed("it is damaged, or no Zstandard") }
}

pub(super) fn encode(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}
