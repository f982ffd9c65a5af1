//! How much may come out of a coded body.

use super::error::Fault;

/// Up to so much content the ratio is not asked about, in bytes: a few lines that repeat themselves shrink a lot.
pub const RATIO_FREE_BYTES: usize = 64 << 10;

/// How much may come out of a coded body, after each of its codings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most content, in bytes.
    pub decoded_bytes: usize,
    /// How many times as long as the body it may be. Not asked of content up to [`RATIO_FREE_BYTES`].
    pub ratio: usize,
}

/// 16 MiB, and a hundred times the body: JSON and text shrink to a tenth, logs to a fiftieth, a bomb to a thousandth.
impl Default for Limits {
    fn default() -> Self {
        Self { decoded_bytes: 16 << 20, ratio: 100 }
    }
}

/// What has come out so far, and how much more may.
pub(super) struct Content {
    bytes: Vec<u8>,
    limits: Limits,
    /// The most by the ratio, in bytes.
    by_ratio: usize,
}

impl Content {
    /// For a body of `body` bytes.
    pub(super) fn new(limits: &Limits, body: usize) -> Self {
        let by_ratio = body.saturating_mul(limits.ratio).max(RATIO_FREE_BYTES);
        Self { bytes: Vec::new(), limits: *limits, by_ratio }
    }

    pub(super) fn append(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let len = self.bytes.len() + piece.len();
        if len > self.limits.decoded_bytes {
            return Err(Fault::TooLong(self.limits.decoded_bytes));
        }
        if len > self.by_ratio {
            return Err(Fault::TooDense(self.limits.ratio));
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What has come out since there were `len` bytes.
    pub(super) fn since(&self, len: usize) -> &[u8] {
        &self.bytes[len..]
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
