//! What can be proven of trails: faults, and how far witnesses cover them.

use super::Sources;
use super::house::{self, KINDS};
use super::silence::Ends;
use crate::exit::Failure;
use crate::report::model::{ChainRow, FaultRow, TrailRow};
use pii_core::time::Moment;
use pii_store::trail::witness::heads_of;
use pii_store::trail::{
    Cause, ChainReport, Class, Content, Entry, Fault, FaultKind, Head, Tail, WitnessHeads, node_of, verify_and_read,
};
use std::collections::BTreeMap;
use std::path::Path;

/// So many faults are told of one by one.
const FAULT_LIMIT: usize = 20;

/// Verifies one trail, and reads on the way what it says of the software. Without keys its signatures are not looked at.
pub(super) fn trail(
    folder: &Path,
    sources: &Sources<'_>,
    (house, ends): (&mut house::Read, &mut Ends),
) -> Result<TrailRow, Failure> {
    let name = node_of(folder).map_err(Failure::input)?;
    let node = name.as_ref().map(ToString::to_string).unwrap_or_default();
    let (mut heads, mut newest) = (None, BTreeMap::new());
    if let Some(name) = name.filter(|_| !sources.witnesses.is_empty()) {
        let mut kept = WitnessHeads::new(name);
        for path in sources.witnesses {
            kept.read(path).map_err(Failure::input)?;
            heads_of(path, |head| note_newest(&mut newest, &node, &head)).map_err(Failure::input)?;
        }
        heads = Some(kept);
    }
    let against = (sources.keys, heads.as_ref());
    let take = |entry: &Entry| match &entry.content {
        Content::Checkpoint(checkpoint) if checkpoint.cause == Cause::Close => {
            ends.entry(entry.node.clone()).or_default().insert(entry.at);
            house.ended(entry);
        }
        _ => house.take(entry),
    };
    let kinds = [&KINDS[..], &["checkpoint"]].concat();
    let report = verify_and_read(folder, against, &kinds, take, |_| {}).map_err(Failure::input)?;
    // Of nothing it would be said that nothing is missing.
    if report.chains().is_empty() {
        let what = "no trail in this folder: name the one that --trail named; if it was, its records are gone";
        return Err(Failure::input(format!("{}: {what}", folder.display())));
    }
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
