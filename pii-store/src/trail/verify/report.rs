//! What came of verifying a trail.

use crate::trail::class::Class;
use pii_core::key::KeyId;
use std::collections::BTreeSet;
use std::fmt;

/// So many faults are told of one by one, the first ones. The others are counted.
const FAULT_LIMIT: usize = 100;

/// What came of verifying a trail.
#[derive(Clone, Debug)]
pub struct Report {
    chains: Vec<ChainReport>,
    faults: Vec<Fault>,
    more_faults: u64,
}

/// What was found in the chain of one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// Its class.
    pub class: Class,
    /// The number of its first record; 0 where it has none.
    pub first: u64,
    /// The number of its last record; 0 where it has none.
    pub last: u64,
    /// How many segments it has.
    pub segments: u64,
    /// How many lines.
    pub lines: u64,
    /// How many bytes.
    pub bytes: u64,
    /// Up to which record it is signed by one of the keys.
    pub signed_through: Option<u64>,
    /// Which of the keys signed it.
    pub signed_by: BTreeSet<KeyId>,
    /// Up to which record a witness has its hash.
    pub witnessed_through: Option<u64>,
    /// How often its writer was stopped and went on.
    pub recovered: u64,
    /// How often the time of a record was more than a second before that of the one before it: clocks are set, and numbers
    /// count.
    pub clock_back: u64,
    /// What can be said of its end.
    pub tail: Tail,
}

/// What can be said of the end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// A witness has its last record, or one behind it: nothing was cut off before that head was taken.
    Proven,
    /// A witness has none of the last so many records: they may be changed, or others were cut off behind them.
    NotProvable {
        /// How many records no witness covers.
        records: u64,
    },
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// In the chain of which class.
    pub class: Class,
    /// In which file.
    pub segment: String,
    /// On which line of it, from 1; where something is missing, the line that stands in its place.
    pub line: u64,
    /// The number of the record; where several are missing, of the first of them.
    pub seq: u64,
    /// The number of the last one, where several are missing.
    pub through: u64,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Records are missing in the middle or at the beginning. Or they were removed before their time, or with nobody's
    /// signature, or by a clock that was put back behind that.
    Removed,
    /// A record is not what was written.
    Changed,
    /// A record stands in another place.
    Reordered,
    /// A record stands there twice, or one that never was.
    Inserted,
    /// Records are missing at the end of a segment or of the trail.
    Truncated,
    /// The last line is not whole. Where nobody writes the trail, its writer was stopped.
    Torn,
    /// A signature is no signature of these keys.
    Signature,
    /// A segment has no signer, or ended without a signature, and there are keys.
    Unsigned,
    /// A witness has another hash of this record: the chain was made anew.
    Rewritten,
    /// A head of the witness is not signed by these keys. It could be anybody's, so it is not held against the trail.
    Witness,
}

/// Faults while they are found.
#[derive(Default)]
pub(super) struct Faults {
    kept: Vec<Fault>,
    more: u64,
}

impl Faults {
    /// Notes a fault, and says where it stands while there is room.
    pub(super) fn add(&mut self, fault: Fault) -> Option<usize> {
        if self.kept.len() < FAULT_LIMIT {
            self.kept.push(fault);
            return Some(self.kept.len() - 1);
        }
        self.more += 1;
        None
    }

    /// Notes a fault in front of others that were found before it.
    pub(super) fn add_at(&mut self, at: usize, fault: Fault) {
        self.kept.insert(at.min(self.kept.len()), fault);
    }

    /// How many are kept.
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Changes a fault that turned out to be another.
    pub(super) fn amend(&mut self, at: Option<usize>, amend: impl FnOnce(&mut Fault)) {
        if let Some(fault) = at.and_then(|at| self.kept.get_mut(at)) {
            amend(fault);
        }
    }
}

impl Report {
    pub(super) fn new(chains: Vec<ChainReport>, faults: Faults) -> Self {
        Self { chains, faults: faults.kept, more_faults: faults.more }
    }

    /// Whether nothing is wrong with the trail. What a missing witness leaves open is in [`ChainReport::tail`], and heads that
    /// nobody signed are among the faults without being the trail's.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        // Those of the witness come last, so none of the trail's is left out for them.
        self.faults.iter().all(|fault| fault.kind == FaultKind::Witness)
    }

    /// Whether a witness covers every chain to its end. Where there is no chain, nothing is proven.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.is_sound() && !self.chains.is_empty() && self.chains.iter().all(|chain| chain.tail == Tail::Proven)
    }

    /// What was found, chain by chain.
    #[must_use]
    pub fn chains(&self) -> &[ChainReport] {
        &self.chains
    }

    /// What is wrong, the first hundred of it.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// How much more is wrong.
    #[must_use]
    pub fn more_faults(&self) -> u64 {
        self.more_faults
    }
}

impl FaultKind {
    /// One word for it, for programs: `removed`, `changed` …
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Reordered => "reordered",
            Self::Inserted => "inserted",
            Self::Truncated => "truncated",
            Self::Torn => "torn",
            Self::Signature => "signature",
            Self::Unsigned => "unsigned",
            Self::Rewritten => "rewritten",
            Self::Witness => "witness",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Reordered => "moved to another place",
            Self::Inserted => "inserted",
            Self::Truncated => "cut off",
            Self::Torn => "cut short in its last line",
            Self::Signature => "signed by none of these keys",
            Self::Unsigned => "not signed at the end of its segment",
            Self::Rewritten => "not what the witness has",
            Self::Witness => "of the witness, and signed by none of these keys",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.segment.is_empty() {
            write!(f, "{}:{}: ", self.segment, self.line)?;
        }
        write!(f, "{} {}", self.class, self.seq)?;
        if self.through > self.seq {
            write!(f, " to {}", self.through)?;
        }
        write!(f, ": {}", self.kind.words())
    }
}

impl fmt::Display for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proven => f.write_str("proven"),
            Self::NotProvable { records } => {
                write!(f, "tail not provable: no witness covers the last {records} records")
            }
        }
    }
}
