//! Brotli (RFC 7932).

use super::error::Fault;
use super::limits::Content;
use brotli::enc::BrotliEncoderParams;
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

/// How much is decoded at a time, in bytes.
const PIECE_BYTES: usize = 16 << 10;

/// How hard the encoder tries, of 11: beyond, time grows faster than bytes shrink.
const QUALITY: i32 = 5;

/// The logarithm of the encoder's window in bytes: 4 MiB.
const WINDOW_BITS: i32 = 22;

/// Windows beyond 16 MiB, which are no part of the format, are refused.
pub(super) fn decode(input: &[u8], content: &mut Content) -> Result<(), Fault> {
    let (bytes, codes, trees) = (StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default());
    let mut state = BrotliState::new_strict(bytes, codes, trees);
    let (mut piece, mut total) = ([0; PIECE_BYTES], 0);
    let mut read = 0;
    // The decoder passes over metadata without a word. A byte at a time it stops before the first byte of any.
    for end in 1..=input.len() {
        let mut left = end - read;
        loop {
            let (mut room, mut given) = (piece.len(), 0);
            let result = BrotliDecompressStream(
                &mut left, &mut read, input, &mut room, &mut given, &mut piece, &mut total, &mut state,
            );
            content.append(&piece[..given])?;
            match result {
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::NeedsMoreInput => break,
                BrotliResult::ResultSuccess if read == input.len() => return Ok(()),
                BrotliResult::ResultSuccess => return Err(Fault::Trailing),
                BrotliResult::ResultFailure => return Err(Fault::Malformed("it is damaged, or no Brotli")),
            }
        }
        if state.is_metadata != 0 && state.meta_block_remaining_len > 0 {
            return Err(Fault::Hidden("metadata"));
        }
    }
    Err(Fault::Truncated)
}

pub(super) fn encode(mut bytes: &[u8]) -> Vec<u8> {
    let parameters = BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW_BITS,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut coded = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut coded, &parameters).expect("memory takes all that is written");
    coded
}
