//! Walks a trail and says what was removed, changed, reordered or cut off, and how far its end can be proven.
//!
//! Numbers and hashes show what was done to lines without making all later ones anew. Whoever makes them anew needs the key
//! that signs, or has to leave the signatures out, and both shows. What was cut off at the end shows where a
//! [witness](super::witness) has a head of it, and only there.

mod removals;
mod report;
mod walk;
mod witnessed;

pub use report::{ChainReport, Fault, FaultKind, Report, Tail};
pub use witnessed::WitnessHeads;

use super::TrailError;
use super::class::Class;
use super::head::VerifyingKeys;
use super::read::{self, Entry};
use super::segment::{self, Reader, SegmentName};
use report::Faults;
use std::path::Path;
use walk::Walk;

/// Verifies a trail: all segments of all classes, in one pass. It may be written meanwhile: what is not whole yet at its end
/// is then said to be cut short. `each` is told how many bytes were read, from time to time.
///
/// # Errors
/// Something cannot be read. What is wrong with what was read is in the report.
pub fn verify(
    folder: &Path,
    keys: &VerifyingKeys,
    witness: Option<&WitnessHeads>,
    each: impl FnMut(u64),
) -> Result<Report, TrailError> {
    verify_and_read(folder, (keys, witness), &[], |_| (), each)
}

/// Verifies a trail as [`verify`] does, and gives the records of some kinds on the way, as [`entries`](super::entries) does: one
/// pass for both. What is wrong with a record is in the report alone.
///
/// # Errors
/// As [`verify`].
pub fn verify_and_read(
    folder: &Path,
    (keys, witness): (&VerifyingKeys, Option<&WitnessHeads>),
    kinds: &[&str],
    mut record: impl FnMut(&Entry),
    mut each: impl FnMut(u64),
) -> Result<Report, TrailError> {
    let names = segment::all(folder)?;
    let trusted = witness.map(|heads| heads.trusted(keys));
    let (mut faults, mut chains) = (Faults::default(), Vec::new());
    for class in Class::ALL {
        let of_class: Vec<SegmentName> = names.iter().copied().filter(|name| name.class == class).collect();
        let heads = trusted.as_ref().map(|heads| heads.of_class(class));
        if of_class.is_empty() && heads.is_none_or(|heads| heads.is_empty()) {
            continue;
        }
        let mut walk = Walk::new(class, keys, heads, &mut faults);
        for name in of_class {
            walk.begin(name);
            let mut reader = Reader::open(&name.path(folder))?;
            while let Some(piece) = reader.next()? {
                let line = walk.piece(&piece).filter(|line| kinds.contains(&line.kind));
                if let Some(entry) = line.as_ref().and_then(read::entry) {
                    record(&entry);
                }
            }
            walk.end(reader.read_bytes);
            each(reader.read_bytes);
        }
        chains.push(walk.report(witness.is_some()));
    }
    if let Some(heads) = witness {
        heads.unsigned_faults(keys, &mut faults);
    }
    Ok(Report::new(chains, faults))
}
