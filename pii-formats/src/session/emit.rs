//! What leaves a session: bytes with their edits, reports, and where something keyed stands.

use super::{Output, Session};
use crate::encode;
use crate::record::{Checksum, Edit, splice};
use std::ops::Range;

impl Session<'_> {
    /// Lets out what nothing can change any more.
    pub(super) fn emit(&mut self, out: &mut Output) {
        let limit = self.records.waiting_from().unwrap_or(self.done).min(self.done);
        self.edits.sort_by_key(|edit| edit.span.start);
        self.renew_checksums(limit);
        let ready = self.edits.partition_point(|edit| edit.span.start < limit);
        let length = (limit - self.base) as usize;
        self.reports.sort_by_key(|report| report.start);
        let told = self.reports.partition_point(|report| report.start < limit);
        let mut counter = self.lines.counter(&self.held, self.base);
        for mut report in self.reports.drain(..told) {
            report.line = counter.line_of(report.start);
            out.reports.push(report);
        }
        self.tell_uninspected(limit, out);
        self.tell_unexplained(limit, out);
        if self.mode.writes() {
            let (before, place) = (out.bytes.len(), (self.written, &mut out.replaced));
            splice(&self.held[..length], self.base, &self.edits[..ready], &mut out.bytes, place);
            self.written += (out.bytes.len() - before) as u64;
        }
        self.edits.drain(..ready);
        self.lines.pass(&self.held[..length]);
        self.held.drain(..length);
        self.base = limit;
        let over = self.accepted.partition_point(|place| place.span.end <= limit);
        self.accepted.drain(..over);
    }

    /// Says what was passed over before the position `limit`.
    fn tell_uninspected(&mut self, limit: u64, out: &mut Output) {
        let mut counter = self.lines.counter(&self.held, self.base);
        self.records.uninspected.sort_by_key(|skipped| skipped.start);
        let told = self.records.uninspected.partition_point(|skipped| skipped.start < limit);
        for mut skipped in self.records.uninspected.drain(..told) {
            skipped.line = counter.line_of(skipped.start);
            out.uninspected.push(skipped);
        }
    }

    /// Says what nothing has explained before the position `limit`.
    fn tell_unexplained(&mut self, limit: u64, out: &mut Output) {
        let mut counter = self.lines.counter(&self.held, self.base);
        self.records.unexplained.sort_by_key(|run| run.start);
        let told = self.records.unexplained.partition_point(|run| run.start < limit);
        for mut run in self.records.unexplained.drain(..told) {
            run.line = counter.line_of(run.start);
            out.unexplained.push(run);
        }
    }

    /// Computes the check sums of messages again in which something was edited.
    fn renew_checksums(&mut self, limit: u64) {
        let mut renewed = Vec::new();
        let (now, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.records.checksums).into_iter().partition(|sum| sum.field.end <= limit);
        self.records.checksums = later;
        for Checksum { covered, field, more } in now {
            let from = self.edits.partition_point(|edit| edit.span.start < covered.start);
            let upto = self.edits.partition_point(|edit| edit.span.start < covered.end);
            let edits = &self.edits[from..upto];
            if !edits.is_empty() && covered.start >= self.base {
                let mut content = Vec::new();
                splice(self.slice(&covered), covered.start, edits, &mut content, (0, &mut Vec::new()));
                let bytes = encode::fix::checksum(&content, more).to_vec();
                renewed.push(Edit { span: field, bytes, keyed: None });
            }
        }
        self.edits.extend(renewed);
        self.edits.sort_by_key(|edit| edit.span.start);
    }

    fn slice(&self, span: &Range<u64>) -> &[u8] {
        &self.held[(span.start - self.base) as usize..(span.end - self.base) as usize]
    }
}
