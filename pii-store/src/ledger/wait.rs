//! Appending what no node may still decide against once it is acknowledged: a withdrawal.

use super::{Head, LEASE, LedgerStorage, NewEntry, NodeId, Removal};
use crate::StoreError;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Two monotonic clocks do not run at quite the same speed.
const MARGIN: Duration = Duration::from_millis(20);

/// How long to wait between two looks at the table, at first and at most.
const LOOKS: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(20)];

/// An entry that every node has, or can no longer decide without.
#[derive(Clone, Copy, Debug)]
pub struct Acknowledged {
    /// The last entry that was appended.
    pub head: Head,
    /// How long it took since the entry was final.
    pub waited: Duration,
    /// How many nodes did not say that they have it, before their leases had run out.
    pub silent: usize,
}

/// Appends entries, and returns once every node has applied them or its lease has run out. That is at most [`LEASE`] and a
/// little after they are final, also where the store has gone by then.
///
/// # Errors
/// As [`LedgerStorage::append`].
pub fn append_and_wait(
    storage: &mut dyn LedgerStorage,
    entries: &[NewEntry],
    removals: &[Removal],
) -> Result<Acknowledged, StoreError> {
    let head = storage.append(entries, removals)?;
    let is_final = Instant::now();
    let deadline = is_final + LEASE + MARGIN;
    let mut seen: HashMap<NodeId, u64> = HashMap::new();
    let mut pause = LOOKS[0];
    let silent = loop {
        // Where the table cannot be read, the wait is as long as it can be.
        let behind = storage.nodes().ok().map(|nodes| {
            let behind = nodes.into_iter().filter(|node| node.applied < head.seq);
            behind.map(|node| (node.id, node.renewals)).collect::<HashMap<_, _>>()
        });
        match behind {
            Some(behind) if behind.is_empty() => break 0,
            Some(behind) => {
                // A node that is not among these any more has the entry, or has left, and leaves only without a lease.
                seen.retain(|node, _| behind.contains_key(node));
                for (node, renewals) in behind {
                    seen.entry(node).or_insert(renewals);
                }
            }
            None => {}
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break seen.len();
        }
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(LOOKS[1]);
    };
    // Whoever has not renewed for a whole lease is gone, and would make the next one wait as well. It comes back by itself.
    for (node, renewals) in seen.into_iter().take(silent) {
        let _ = storage.forget(&node, Some(renewals));
    }
    Ok(Acknowledged { head, waited: is_final.elapsed(), silent })
}
