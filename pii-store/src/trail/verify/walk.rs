//! One pass over the chain of a class.

use super::removals::{self, Removals};
use super::report::{ChainReport, Fault, FaultKind, Faults, Tail};
use super::witnessed::{OfChain, differs};
use crate::trail::class::Class;
use crate::trail::hash::{Hash, HashAlgorithm};
use crate::trail::head::{Head, VerifyingKeys};
use crate::trail::line::Line;
use crate::trail::mark::{Checkpoint, Sealed};
use crate::trail::name::Name;
use crate::trail::record::Content;
use crate::trail::segment::{Piece, SegmentName};
use pii_core::time::Moment;
use std::collections::BTreeSet;

/// A clock that goes back by no more is one that several threads look at.
const CLOCK_TOLERANCE_MILLIS: u64 = 1000;

/// So many gaps are kept in mind, in case that what is missing comes later.
const GAP_LIMIT: usize = 1024;

/// One pass over a chain.
pub(super) struct Walk<'w> {
    keys: &'w VerifyingKeys,
    heads: Option<&'w OfChain>,
    faults: &'w mut Faults,
    report: ChainReport,
    /// The number that the next line should have. `None` before the first one.
    expected: Option<u64>,
    /// What hashes may stand in front of it: one; two behind a line whose own hash is wrong; none where nobody can know.
    before: Vec<Hash>,
    /// Numbers that were left out, and the fault that says so.
    missing: Vec<Gap>,
    /// A line that did not fit, and may be one whose number alone was changed.
    suspect: Option<Suspect>,
    here: Here,
    removals: Removals,
    /// What the first segment says stands in front of it.
    beginning: Option<(SegmentName, Hash)>,
    /// The hash that the line was chained with.
    in_front: Option<Hash>,
    /// Where the faults of this chain begin.
    first_fault: usize,
    latest: Option<Moment>,
    /// Whether the clock was put back behind a removal.
    was_put_back: bool,
}

struct Gap {
    first: u64,
    last: u64,
    fault: Option<usize>,
}

struct Suspect {
    chain: Hash,
    stands_for: u64,
    fault: Option<usize>,
    was_gap: bool,
}

/// The place that is read.
struct Here {
    name: SegmentName,
    line: u64,
    hash: HashAlgorithm,
    /// Whether the line in front is a signature that fits.
    is_signed: bool,
    is_sealed: bool,
    torn: Option<Option<usize>>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        class: Class,
        keys: &'w VerifyingKeys,
        heads: Option<&'w OfChain>,
        faults: &'w mut Faults,
    ) -> Self {
        let report = ChainReport {
            class,
            first: 0,
            last: 0,
            segments: 0,
            lines: 0,
            bytes: 0,
            signed_through: None,
            signed_by: BTreeSet::new(),
            witnessed_through: None,
            recovered: 0,
            clock_back: 0,
            tail: Tail::Proven,
        };
        let name = SegmentName { class, first: 1 };
        let hash = HashAlgorithm::Sha256;
        let here = Here { name, line: 0, hash, is_signed: false, is_sealed: false, torn: None };
        let first_fault = faults.len();
        Self {
            keys,
            heads,
            faults,
            report,
            expected: None,
            before: Vec::new(),
            missing: Vec::new(),
            suspect: None,
            here,
            removals: Removals::default(),
            beginning: None,
            in_front: None,
            first_fault,
            latest: None,
            was_put_back: false,
        }
    }

    /// A segment begins.
    pub(super) fn begin(&mut self, name: SegmentName) {
        self.report.segments += 1;
        self.here.name = name;
        self.here.line = 0;
        // Bytes without an end of line are to be expected at the end of the last segment only.
        if let Some(fault) = self.here.torn.take() {
            self.faults.amend(fault, |fault| fault.kind = FaultKind::Truncated);
        }
        if self.expected.is_none() {
            self.expected = Some(name.first);
            self.report.first = name.first;
        }
    }

    /// A segment ends.
    pub(super) fn end(&mut self, read_bytes: u64) {
        self.report.bytes += read_bytes;
    }

    /// Takes the next piece, and gives the line that it is, if it is one.
    pub(super) fn piece<'p>(&mut self, piece: &Piece<'p>) -> Option<Line<'p>> {
        self.here.line += 1;
        if let Some(fault) = self.here.torn.take() {
            self.faults.amend(fault, |fault| fault.kind = FaultKind::Changed);
            self.expected = self.expected.map(|expected| expected + 1);
        }
        match piece {
            Piece::Torn(_) => {
                let fault = self.fault(FaultKind::Torn, self.expected.unwrap_or(1), None);
                self.here.torn = Some(fault);
                self.before.clear();
                None
            }
            Piece::Line(bytes) => {
                self.report.lines += 1;
                let line = Line::parse(bytes).filter(|line| line.class == self.report.class);
                match &line {
                    Some(line) => self.line(line),
                    None => self.unreadable(),
                }
                line
            }
        }
    }

    fn fault(&mut self, kind: FaultKind, seq: u64, through: Option<u64>) -> Option<usize> {
        let (class, segment, line) = (self.report.class, self.here.name.file(), self.here.line);
        self.faults.add(Fault { kind, class, segment, line, seq, through: through.unwrap_or(seq) })
    }

    /// A line that is none: it stands for one, and what its hash was nobody knows.
    fn unreadable(&mut self) {
        let expected = self.expected.unwrap_or(1);
        self.fault(FaultKind::Changed, expected, None);
        self.expected = Some(expected + 1);
        self.before.clear();
        self.suspect = None;
    }

    fn line(&mut self, line: &Line<'_>) {
        let is_mark = matches!(line.kind, "begun" | "checkpoint" | "removed" | "recovered" | "sealed");
        let content = if is_mark { line.record() } else { None };
        if let Some(Content::Begun(begun)) = &content {
            self.here.hash = begun.hash;
            if self.here.line == 1 && self.report.segments == 1 {
                self.before = vec![begun.previous];
                self.beginning = Some((self.here.name, begun.previous));
            }
        }
        self.clear_suspect(line);
        let expected = self.expected.unwrap_or(line.seq);
        match line.seq.cmp(&expected) {
            std::cmp::Ordering::Equal => {
                let begins = self.here.line > 1 || matches!(content, Some(Content::Begun(_)));
                self.in_place(line, begins);
            }
            std::cmp::Ordering::Greater => self.behind_a_gap(line, expected),
            std::cmp::Ordering::Less => return self.out_of_place(line, expected),
        }
        self.account(line, content.as_ref());
        // Its hash may be right all the same: then it is not of this software's making.
        if is_mark && content.is_none() && self.in_front.is_some() {
            self.fault(FaultKind::Changed, line.seq, None);
        }
    }

    /// Whether the line before, which did not fit, only had another number written into it.
    fn clear_suspect(&mut self, line: &Line<'_>) {
        let Some(suspect) = self.suspect.take() else {
            return;
        };
        if line.seq == suspect.stands_for + 1 && self.hashes(line, &suspect.chain) {
            self.faults.amend(suspect.fault, |fault| {
                (fault.kind, fault.seq, fault.through) = (FaultKind::Changed, suspect.stands_for, suspect.stands_for);
            });
            if suspect.was_gap {
                self.missing.pop();
            }
            (self.expected, self.before) = (Some(line.seq), vec![suspect.chain]);
        }
    }

    /// Whether a line has the hash that it should have there. The first line of a segment says how it is hashed, and may have
    /// been changed: then it is the other way.
    fn hashes(&mut self, line: &Line<'_>, before: &Hash) -> bool {
        let other = HashAlgorithm::ALL.into_iter().filter(|hash| *hash != self.here.hash);
        let fits = [self.here.hash].into_iter().chain(other).find(|hash| line.hash(*hash, before) == line.chain);
        self.here.hash = fits.unwrap_or(self.here.hash);
        fits.is_some()
    }

    /// A line with the number that is expected. `begins`: whether a segment begins as it should, if it is its first line.
    fn in_place(&mut self, line: &Line<'_>, begins: bool) {
        let before = std::mem::take(&mut self.before);
        self.in_front = before.iter().copied().find(|before| self.hashes(line, before));
        self.before.push(line.chain);
        let fits = self.in_front.is_some() || (before.is_empty() && begins);
        if !fits {
            self.fault(FaultKind::Changed, line.seq, None);
            // Either the line was changed or its hash: the next one says which.
            let anew = |before: &Hash| HashAlgorithm::ALL.map(|hash| line.hash(hash, before));
            self.before.extend(before.first().into_iter().flat_map(anew));
        }
        if self.here.line == 1 && line.seq != self.here.name.first {
            self.fault(FaultKind::Reordered, line.seq, None);
        }
        self.expected = Some(line.seq + 1);
    }

    /// A number too great: those between are missing, or come later, or it is no number.
    fn behind_a_gap(&mut self, line: &Line<'_>, expected: u64) {
        let is_segments_end = self.here.line == 1 && self.report.segments > 1 && !self.here.is_sealed;
        let kind = if is_segments_end { FaultKind::Truncated } else { FaultKind::Removed };
        let fault = self.fault(kind, expected, Some(line.seq - 1));
        if self.missing.len() < GAP_LIMIT {
            self.missing.push(Gap { first: expected, last: line.seq - 1, fault });
        }
        self.suspect = Some(Suspect { chain: line.chain, stands_for: expected, fault, was_gap: true });
        (self.before, self.in_front) = (vec![line.chain], None);
        self.expected = Some(line.seq + 1);
    }

    /// A number that was there already, or was left out before.
    fn out_of_place(&mut self, line: &Line<'_>, expected: u64) {
        let gap = self.missing.iter().find(|gap| (gap.first..=gap.last).contains(&line.seq));
        match gap.map(|gap| gap.fault) {
            Some(fault) => self.faults.amend(fault, |fault| fault.kind = FaultKind::Reordered),
            None => {
                let fault = self.fault(FaultKind::Inserted, line.seq, None);
                let (chain, stands_for) = (line.chain, expected);
                self.suspect = Some(Suspect { chain, stands_for, fault, was_gap: false });
            }
        }
    }

    /// What a line that stands where it should adds to the report.
    fn account(&mut self, line: &Line<'_>, content: Option<&Content>) {
        self.report.last = line.seq;
        let is_back = |latest: Moment| latest.millis_since(line.at) > CLOCK_TOLERANCE_MILLIS;
        self.report.clock_back += u64::from(self.latest.is_some_and(is_back));
        self.latest = Some(line.at);
        let is_behind_removal = self.removals.latest().is_some_and(is_back);
        if is_behind_removal && !std::mem::replace(&mut self.was_put_back, true) {
            self.fault(FaultKind::Removed, line.seq, None);
        }
        let was_signed = std::mem::take(&mut self.here.is_signed);
        self.here.is_sealed = false;
        match content {
            Some(Content::Checkpoint(checkpoint)) => self.checkpoint(line, checkpoint),
            Some(Content::Removed(removed)) => {
                let place = removals::Place { segment: self.here.name.file(), line: self.here.line };
                self.removals.add(removed.clone(), line.at, place);
            }
            Some(Content::Begun(begun)) if begun.signer.is_none() && !self.keys.is_empty() => {
                self.fault(FaultKind::Unsigned, line.seq, None);
            }
            Some(Content::Recovered(_)) => self.report.recovered += 1,
            Some(Content::Sealed(sealed)) => self.sealed(line, sealed, was_signed),
            _ => {}
        }
        if let Some(differs) = self.heads.and_then(|heads| differs(heads, line.seq, &line.chain)) {
            if differs {
                self.fault(FaultKind::Rewritten, line.seq, None);
            } else {
                self.report.witnessed_through = Some(line.seq);
            }
        }
    }

    fn sealed(&mut self, line: &Line<'_>, sealed: &Sealed, was_signed: bool) {
        self.here.is_sealed = true;
        if !self.keys.is_empty() && !was_signed {
            self.fault(FaultKind::Unsigned, line.seq, None);
        }
        // Behind something that is wrong it says nothing new.
        if self.in_front.is_some() && line.seq.checked_sub(self.here.name.first) != sealed.lines.checked_sub(1) {
            self.fault(FaultKind::Changed, line.seq, None);
        }
    }

    fn checkpoint(&mut self, line: &Line<'_>, checkpoint: &Checkpoint) {
        let (Some(signed), Some(node)) = (&checkpoint.signed, Name::new(line.node)) else {
            return;
        };
        if self.keys.is_empty() {
            return;
        }
        // Behind something that is wrong a signature says nothing new.
        let Some((seq, chain)) = line.seq.checked_sub(1).zip(self.in_front) else {
            return;
        };
        let head = Head { node, class: line.class, seq, chain, at: line.at, signed: Some(signed.clone()) };
        if head.is_signed_by(self.keys) {
            self.here.is_signed = true;
            self.removals.signed();
            self.report.signed_through = Some(seq);
            self.report.signed_by.insert(signed.key);
        } else {
            self.fault(FaultKind::Signature, line.seq, None);
        }
    }

    /// What is known when all was read.
    pub(super) fn report(mut self, is_witnessed: bool) -> ChainReport {
        self.check_beginning();
        self.check_removals();
        let last = self.report.last;
        let through = self.heads.and_then(|heads| heads.keys().next_back()).copied().unwrap_or(0);
        if through > last {
            self.here.line += 1;
            self.fault(FaultKind::Truncated, last + 1, Some(through));
        }
        let covered = self.report.witnessed_through.filter(|_| is_witnessed);
        let uncovered = last - covered.unwrap_or(self.report.first.saturating_sub(1)).min(last);
        self.report.tail = if uncovered == 0 { Tail::Proven } else { Tail::NotProvable { records: uncovered } };
        self.report
    }

    /// A chain begins with its first record, or behind a segment whose removal was recorded.
    fn check_beginning(&mut self) {
        let Some((name, previous)) = self.beginning else {
            return;
        };
        let fits = match self.removals.head(name.first - 1) {
            Some(head) => head == previous,
            None => name.first == 1 && previous == Hash::BEFORE_ALL,
        };
        if !fits {
            // In front of the first record nothing can have been: then it is itself what says something else.
            let (kind, through) =
                if name.first == 1 { (FaultKind::Changed, 1) } else { (FaultKind::Removed, name.first - 1) };
            let (class, segment) = (name.class, name.file());
            self.faults.add_at(self.first_fault, Fault { kind, class, segment, line: 1, seq: 1, through });
        }
    }

    /// Each segment that is gone was kept for as long as the law says.
    fn check_removals(&mut self) {
        for unlawful in self.removals.unlawful(self.report.class, !self.keys.is_empty(), self.heads) {
            let removals::Place { segment, line } = unlawful.place;
            let (kind, class, seq, through) = (FaultKind::Removed, self.report.class, unlawful.first, unlawful.last);
            self.faults.add(Fault { kind, class, segment, line, seq, through });
        }
    }
}
