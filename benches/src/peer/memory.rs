//! The limit that the memory sets: a search for a byte that is not there.

use super::Peer;
use pii_tests::score::Span;

/// `memchr` for an absent byte.
pub struct Memory;

impl Peer for Memory {
    fn name(&self) -> &'static str {
        "memchr for an absent byte"
    }

    fn mask(&mut self, chunk: &str, _: &mut Vec<u8>) -> usize {
        memchr::memchr_iter(0, std::hint::black_box(chunk.as_bytes())).count()
    }

    fn find(&mut self, _: &str, _: usize, _: &mut Vec<Span>) {}
}
