//! Those that are measured beside each other: each finds and masks in chunks of text.

#[cfg(feature = "peers")]
mod datadog;
mod engine;
mod memory;
mod one_pass;
#[cfg(feature = "peers")]
mod per_rule;
mod rule15;

use crate::clock;
use crate::corpus::Corpus;
use pii_tests::score::{self, Score, Span};
use std::error::Error;
use std::time::Duration;

#[cfg(feature = "peers")]
pub use datadog::Datadog;
pub use engine::{Find, Mask, masker, masker_of};
pub use memory::Memory;
pub use one_pass::OnePass;
#[cfg(feature = "peers")]
pub use per_rule::PerRule;

/// One way to find and mask.
pub trait Peer {
    /// What the table calls it.
    fn name(&self) -> &'static str;

    /// Masks `chunk` into `out` (cleared before) and says how many findings there were. This is what is timed.
    fn mask(&mut self, chunk: &str, out: &mut Vec<u8>) -> usize;

    /// Appends what is found in `chunk`, whose first byte stands at `base`. This is what is scored.
    fn find(&mut self, chunk: &str, base: usize, found: &mut Vec<Span>);
}

/// What was measured of one peer on one corpus.
pub struct Measured {
    /// The median time of a round.
    pub time: Duration,
    /// Against the truth.
    pub score: Score,
    /// Findings in all.
    pub found: usize,
}

/// Times `rounds` rounds over `corpus` and scores the findings.
///
/// # Errors
/// A timed round found another number of things than the round that is scored: then the bench measures something else.
pub fn measure(peer: &mut dyn Peer, corpus: &Corpus, rounds: usize) -> Result<Measured, Box<dyn Error>> {
    let mut found = Vec::new();
    for (base, chunk) in corpus.chunks() {
        peer.find(chunk, base, &mut found);
    }
    let mut out = Vec::new();
    let mut times = Vec::new();
    for _ in 0..rounds {
        let mut count = 0;
        times.push(clock::time(|| count = corpus.chunks().map(|(_, chunk)| peer.mask(chunk, &mut out)).sum()));
        if count != found.len() {
            let name = peer.name();
            return Err(format!("{name}: {count} findings when timed, {} when scored", found.len()).into());
        }
    }
    let score = score::compare(&corpus.truth, &found);
    Ok(Measured { time: clock::median(times), score, found: found.len() })
}

/// A span of a kind that is named as the truth's types are.
fn span(start: usize, end: usize, kind: &str) -> Span {
    Span { start, end, kinds: vec![kind.to_owned()] }
}
