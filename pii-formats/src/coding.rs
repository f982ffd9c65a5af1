//! Content codings: bodies that travel compressed (RFC 9110 §8.4).
//!
//! What cannot be read to its last byte is refused, because whatever is left over would pass unseen: text behind the end, names and
//! comments in a header, metadata between blocks. Memory grows with what comes out and never with what a header claims.
//!
//! ```
//! use pii_formats::coding::{Codings, Limits, decode, encode};
//!
//! let codings = Codings::parse(b"gzip")?;
//! let body = encode(&codings, "手机13800138000".as_bytes());
//! let decoded = decode(&codings, &body, &Limits::default())?;
//! assert_eq!(decoded.bytes, "手机13800138000".as_bytes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod brotli;
mod deflate;
mod error;
mod gzip;
mod limits;
mod list;
#[cfg(test)]
mod tests;
mod zstd;

use error::Fault;
pub use error::{CodingError, UnknownCoding};
use limits::Content;
pub use limits::{Limits, RATIO_FREE_BYTES};
pub use list::Codings;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// `gzip` (RFC 1952), and `x-gzip`.
    Gzip,
    /// `deflate`: the zlib format (RFC 1950), as RFC 9110 §8.4.1.2 says.
    Deflate,
    /// `deflate` as some clients write it: bare deflate (RFC 1951). No header says so; decoding finds out.
    BareDeflate,
    /// `br`: Brotli (RFC 7932).
    Brotli,
    /// `zstd`: Zstandard (RFC 8878), in windows of at most 8 MiB (RFC 9659).
    Zstd,
}

impl Coding {
    /// As `Content-Encoding` spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate | Self::BareDeflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// What was inside the codings.
pub struct Decoded {
    /// The content.
    pub bytes: Vec<u8>,
    /// How it was coded, by which [`encode`] codes it again as it came: with [`Coding::BareDeflate`] where that was found.
    pub codings: Codings,
}

/// Undoes `codings`, the last one first.
///
/// # Errors
/// The bytes are not all of what `codings` says, hold something that no reader would see, or are over one of the `limits`.
pub fn decode(codings: &Codings, bytes: &[u8], limits: &Limits) -> Result<Decoded, CodingError> {
    let mut found = codings.clone();
    let mut current: Option<Vec<u8>> = None;
    for coding in found.as_mut_slice().iter_mut().rev() {
        let input = current.as_deref().unwrap_or(bytes);
        if *coding == Coding::Deflate && !deflate::is_zlib(input) {
            *coding = Coding::BareDeflate;
        }
        let mut content = Content::new(limits, bytes.len());
        let outcome = match coding {
            Coding::Gzip => gzip::decode(input, &mut content),
            Coding::Deflate => deflate::decode_zlib(input, &mut content),
            Coding::BareDeflate => deflate::decode_bare(input, &mut content),
            Coding::Brotli => brotli::decode(input, &mut content),
            Coding::Zstd => zstd::decode(input, &mut content),
        };
        outcome.map_err(|fault| CodingError::new(*coding, fault))?;
        current = Some(content.into_bytes());
    }
    Ok(Decoded { bytes: current.unwrap_or_else(|| bytes.to_vec()), codings: found })
}

/// Whether this is a stream in the zlib format, or the beginning of one where it `is_cut_off`. Two bytes of a header are not much: a
/// text may begin with them, so the stream has to go on as one.
pub(crate) fn is_zlib(head: &[u8], is_cut_off: bool) -> bool {
    if !deflate::is_zlib(head) {
        return false;
    }
    let limits = Limits { decoded_bytes: RATIO_FREE_BYTES, ..Limits::default() };
    match deflate::decode_zlib(head, &mut Content::new(&limits, head.len())) {
        Ok(()) | Err(Fault::Trailing | Fault::TooLong(_) | Fault::TooDense(_)) => true,
        Err(Fault::Truncated) => is_cut_off,
        Err(_) => false,
    }
}

/// Codes `bytes` by `codings`, the first one first. The same bytes always come out the same: there is no time and no name in
/// them.
#[must_use]
pub fn encode(codings: &Codings, bytes: &[u8]) -> Vec<u8> {
    let mut current: Option<Vec<u8>> = None;
    for coding in codings.as_slice() {
        let input = current.as_deref().unwrap_or(bytes);
        current = Some(match coding {
            Coding::Gzip => gzip::encode(input),
            Coding::Deflate => deflate::encode_zlib(input),
            Coding::BareDeflate => deflate::encode_bare(input),
            Coding::Brotli => brotli::encode(input),
            Coding::Zstd => zstd::encode(input),
        });
    }
    current.unwrap_or_else(|| bytes.to_vec())
}
