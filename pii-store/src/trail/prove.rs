//! What became of one message: the decisions that saw these bytes come or made these bytes go, and their outcomes.

use super::TrailError;
use super::class::Class;
use super::hash::KeyedDigest;
use super::read::{self, Entry, Go, Progress, Visit};
use super::record::{Content, Ending, Position};
use pii_core::time::Moment;
use std::collections::HashMap;
use std::path::Path;

/// So many decisions about the same bytes are told of. A text without variables may go out a million times.
const PROOF_LIMIT: usize = 1000;

/// A decision on a message, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// The decision.
    pub decision: Entry,
    /// Whether the bytes are those that came.
    pub is_input: bool,
    /// Whether the bytes are those that were to leave.
    pub is_output: bool,
    /// What came of it, and when that was recorded. `None` where nothing is recorded: the process was stopped in between, and
    /// nobody can say whether the message left.
    pub outcome: Option<(Ending, Moment)>,
}

/// What is known of a message.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    /// The decisions, in the trail's order, the first thousand.
    pub found: Vec<Proof>,
    /// How many more there are.
    pub more: u64,
    /// How much was read, and how much could not be.
    pub read: Progress,
}

/// Looks for a message by its digests: one under each version of the key of purpose `hash` that is in use.
///
/// # Errors
/// The trail cannot be read.
pub fn prove(folder: &Path, digests: &[KeyedDigest], progress: impl FnMut(&Progress)) -> Result<Proofs, TrailError> {
    let mut search = Search { digests, progress, places: HashMap::new(), proofs: Proofs::default() };
    let read = read::all(folder, &Class::ALL, &mut search)?;
    Ok(Proofs { read, ..search.proofs })
}

struct Search<'d, P> {
    digests: &'d [KeyedDigest],
    progress: P,
    places: HashMap<Position, usize>,
    proofs: Proofs,
}

impl<P: FnMut(&Progress)> Visit for Search<'_, P> {
    fn wants(&self, kind: &str, _: Moment) -> bool {
        matches!(kind, "decision" | "outcome")
    }

    fn entry(&mut self, entry: Entry) -> Result<Go, TrailError> {
        match &entry.content {
            Content::Decision(decision) => {
                let is_one = |digest: &Option<KeyedDigest>| digest.is_some_and(|digest| self.digests.contains(&digest));
                let (is_input, is_output) = (is_one(&decision.input), is_one(&decision.output));
                if !is_input && !is_output {
                    return Ok(Go::On);
                }
                if self.proofs.found.len() == PROOF_LIMIT {
                    self.proofs.more += 1;
                    return Ok(Go::On);
                }
                self.places.insert(entry.position, self.proofs.found.len());
                self.proofs.found.push(Proof { decision: entry, is_input, is_output, outcome: None });
            }
            // It stands in the decision's chain, behind it.
            Content::Outcome(outcome) => {
                if let Some(at) = self.places.get(&outcome.decision()) {
                    self.proofs.found[*at].outcome = Some((outcome.outcome, entry.at));
                }
            }
            _ => {}
        }
        Ok(Go::On)
    }

    fn progress(&mut self, progress: &Progress) -> Go {
        (self.progress)(progress);
        Go::On
    }
}
