//! What can be proven of trails: faults, how far witnesses cover them, when nodes were silent.

use super::Sources;
use super::house::{self, KINDS};
use super::span::Span;
use crate::report::model::{ChainRow, FaultRow, Gap, Gaps, TrailRow};
use pii_core::time::Moment;
use pii_store::trail::witness::heads_of;
use pii_store::trail::{
    Cause, ChainReport, Class, Content, Entry, Fault, FaultKind, Head, Tail, TrailError, WitnessHeads, node_of,
    verify_and_read,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// So many faults are told of one by one.
const FAULT_LIMIT: usize = 20;

/// So many times of silence are told of one by one.
const GAP_LIMIT: usize = 20;

/// Heads come every ten seconds at most. A node that sends none for longer than this was down, or cut off from its witness.
const SILENCE_SECONDS: u64 = 60;

/// The last head of a node that ends in order is made just behind the end. Where it did not get through, one before it, which is
/// at most so old, is the last.
const HEAD_BEHIND_END_MILLIS: u64 = 1_000;
const HEAD_BEFORE_END_MILLIS: u64 = 15_000;

/// When nodes ended in order.
pub(super) type Ends = BTreeMap<String, BTreeSet<Moment>>;

/// Verifies one trail, and reads on the way what it says of the software. Without keys its signatures are not looked at.
pub(super) fn trail(
    folder: &Path,
    sources: &Sources<'_>,
    (house, ends): (&mut house::Read, &mut Ends),
) -> Result<TrailRow, TrailError> {
    let name = node_of(folder)?;
    let node = name.as_ref().map(ToString::to_string).unwrap_or_default();
    let (mut heads, mut newest) = (None, BTreeMap::new());
    if let Some(name) = name.filter(|_| !sources.witnesses.is_empty()) {
        let mut kept = WitnessHeads::new(name);
        for path in sources.witnesses {
            kept.read(path)?;
            heads_of(path, |head| note_newest(&mut newest, &node, &head))?;
        }
        heads = Some(kept);
    }
    let against = (sources.keys, heads.as_ref());
    let take = |entry: &Entry| match &entry.content {
        Content::Checkpoint(checkpoint) if checkpoint.cause == Cause::Close => {
            ends.entry(entry.node.clone()).or_default().insert(entry.at);
        }
        _ => house.take(entry),
    };
    let kinds = [&KINDS[..], &["checkpoint"]].concat();
    let report = verify_and_read(folder, against, &kinds, take, |_| {})?;
    let faults = report.faults().len() as u64 + report.more_faults();
    Ok(TrailRow {
        node,
        is_sound: report.is_sound(),
        faults,
        first_faults: report.faults().iter().take(FAULT_LIMIT).map(fault).collect(),
        unread: 0,
        chains: report.chains().iter().map(|chain| self::chain(chain, &newest)).collect(),
    })
}

fn note_newest(newest: &mut BTreeMap<Class, Moment>, node: &str, head: &Head) {
    if head.node.as_str() == node {
        let at = newest.entry(head.class).or_insert(head.at);
        *at = (*at).max(head.at);
    }
}

fn chain(chain: &ChainReport, newest: &BTreeMap<Class, Moment>) -> ChainRow {
    ChainRow {
        class: chain.class.word(),
        first: chain.first,
        last: chain.last,
        bytes: chain.bytes,
        signed_through: chain.signed_through,
        signed_by: chain.signed_by.iter().map(ToString::to_string).collect(),
        witnessed_through: chain.witnessed_through,
        witnessed_at: newest.get(&chain.class).map(|at| at.to_string()),
        not_provable: match chain.tail {
            Tail::Proven => 0,
            Tail::NotProvable { records } => records,
        },
    }
}

fn fault(fault: &Fault) -> FaultRow {
    let kind = match fault.kind {
        FaultKind::Removed => "removed",
        FaultKind::Changed => "changed",
        FaultKind::Reordered => "reordered",
        FaultKind::Inserted => "inserted",
        FaultKind::Truncated => "truncated",
        FaultKind::Torn => "torn",
        FaultKind::Signature => "signature",
        FaultKind::Unsigned => "unsigned",
        FaultKind::Rewritten => "rewritten",
        FaultKind::Witness => "witness",
    };
    FaultRow { kind, class: fault.class.word(), segment: fault.segment.clone(), line: fault.line, seq: fault.seq }
}

/// Times in which witnesses got no heads of a node. Where the node had ended in order, as a command does that is run now and
/// then, it was not down. What several witnesses have of one node is put together.
pub(super) fn gaps(witnesses: &[PathBuf], span: &Span, ends: &Ends) -> Result<Option<Gaps>, TrailError> {
    if witnesses.is_empty() {
        return Ok(None);
    }
    let (mut gaps, mut last): (Gaps, BTreeMap<String, Moment>) = (Gaps::default(), BTreeMap::new());
    for path in witnesses {
        last.clear();
        heads_of(path, |head| {
            if !span.holds(head.at) {
                return;
            }
            gaps.heads += 1;
            if let Some(before) = last.insert(head.node.to_string(), head.at) {
                let seconds = head.at.millis_since(before) / 1000;
                if seconds > SILENCE_SECONDS && ended(ends, head.node.as_str(), before) {
                    gaps.ended_in_order += 1;
                } else if seconds > SILENCE_SECONDS {
                    gaps.note(Gap {
                        node: head.node.to_string(),
                        from: before.to_string(),
                        to: head.at.to_string(),
                        seconds,
                    });
                }
            }
        })?;
    }
    Ok(Some(gaps))
}

/// Whether a node ended in order with this head of it.
fn ended(ends: &Ends, node: &str, last: Moment) -> bool {
    let Some(ends) = ends.get(node) else { return false };
    let (before, behind) = (ends.range(..last).next_back(), ends.range(last..).next());
    before.is_some_and(|end| last.millis_since(*end) <= HEAD_BEHIND_END_MILLIS)
        || behind.is_some_and(|end| end.millis_since(last) <= HEAD_BEFORE_END_MILLIS)
}

impl Gaps {
    fn note(&mut self, gap: Gap) {
        self.count += 1;
        self.total_seconds += gap.seconds;
        self.longest.push(gap);
        self.longest.sort_by_key(|gap| std::cmp::Reverse(gap.seconds));
        self.longest.truncate(GAP_LIMIT);
    }
}
