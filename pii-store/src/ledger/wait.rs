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

/// A node that has not said that it has the entry.
struct Behind {
    since: Instant,
    renewals: u64,
}

/// Appends entries, and returns once every node has applied them or its lease has run out. That is at most [`LEASE`] and a
/// little after they are final, also where the store has gone by then.
///
/// # Errors
/// As [`LedgerStorage::append`]. Whoever was told that the outcome is unknown and then finds the entry in the ledger has
/// still to wait for the nodes: with [`wait_for`].
pub fn append_and_wait(
    storage: &mut dyn LedgerStorage,
    entries: &[NewEntry],
    removals: &[Removal],
) -> Result<Acknowledged, StoreError> {
    let head = storage.append(entries, removals)?;
    Ok(waited_for(storage, head))
}

/// Returns once every node has applied the entry with this number or its lease has run out, as [`append_and_wait`] does. For
/// whoever looked for an entry of theirs after an outcome that was unknown, and found it. `head` is then the ledger's last
/// entry, as it was at first.
///
/// # Errors
/// The ledger has no such entry ([`StoreError::is_limit`]), or cannot be read.
pub fn wait_for(storage: &mut dyn LedgerStorage, seq: u64) -> Result<Acknowledged, StoreError> {
    let head = storage.head()?;
    if seq == 0 || seq > head.seq {
        return Err(StoreError::limit("the ledger has no entry of this number: append it, and wait then"));
    }
    Ok(Acknowledged { head, ..waited_for(storage, Head { seq, ..head }) })
}

/// Waits for the nodes, from now on.
fn waited_for(storage: &mut dyn LedgerStorage, head: Head) -> Acknowledged {
    let is_final = Instant::now();
    let deadline = is_final + LEASE + MARGIN;
    let mut seen: HashMap<NodeId, Behind> = HashMap::new();
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
                    // Behind the answer: whatever it renewed before that runs from then at the latest.
                    seen.entry(node).or_insert(Behind { since: Instant::now(), renewals });
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
    if silent > 0 {
        forget_gone(storage, &seen);
    }
    Acknowledged { head, waited: is_final.elapsed(), silent }
}

/// Forgets nodes that have not renewed for a whole lease since they were seen: they are gone, and would make the next one
/// wait as well. One that came later may have a lease that runs, and stays.
fn forget_gone(storage: &mut dyn LedgerStorage, seen: &HashMap<NodeId, Behind>) {
    // The first look took a little.
    std::thread::sleep(MARGIN);
    for (node, behind) in seen.iter().filter(|(_, behind)| behind.since.elapsed() >= LEASE + MARGIN) {
        let _ = storage.forget(node, Some(behind.renewals));
    }
}
