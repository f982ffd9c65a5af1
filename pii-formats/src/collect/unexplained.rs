//! Long runs of code that nothing has explained.

use super::Collector;
use crate::nest::{self, Inner, ciphertext};
use crate::report::Unexplained;
use crate::sink::{Draft, RecordId};
use pii_core::{Finding, OffsetMap};
use std::ops::Range;

impl Collector<'_> {
    /// Tells of the `runs` in a text that neither lie in something that was found in it nor hold text.
    pub(super) fn tell_unexplained(
        &mut self,
        text: &[u8],
        runs: Vec<Range<usize>>,
        map: &OffsetMap,
        draft: &Draft<'_>,
        record: RecordId,
    ) {
        for run in runs.into_iter().filter(|run| !nest::holds_text(&text[run.clone()])) {
            let mut pieces = Vec::new();
            for piece in map.source_pieces(run.clone()) {
                self.frame.pieces(piece, &mut pieces);
            }
            let Range { start, end } = self.records.span_in_input(record, self.frame.layer, &pieces);
            let path = self.path(draft.path).shown(self.engine, &mut self.tools.scratch);
            let (bytes, media_type) = (run.len() as u64, nest::media_type(&text[run]));
            self.records.unexplained.push(Unexplained { start, end, line: 0, path, bytes, media_type });
        }
    }
}

/// The runs of code in `text` without what explains them: `findings`, and what is encoded there. What is packed and `unread` is
/// one at any length, since it may hold much.
pub(super) fn runs(text: &[u8], findings: &[Finding], inner: &[Inner], unread: &[Inner]) -> Vec<Range<usize>> {
    let runs = ciphertext::runs(text);
    if runs.is_empty() && unread.is_empty() {
        return runs;
    }
    let found = findings.iter().map(Finding::span);
    let mut explained: Vec<Range<usize>> = found.chain(inner.iter().map(|inner| inner.source.clone())).collect();
    explained.sort_by_key(|span| span.start);
    let mut left = Vec::new();
    for run in runs {
        let mut pieces = Vec::new();
        let mut from = run.start;
        for span in explained.iter().filter(|span| span.start < run.end && run.start < span.end) {
            pieces.push(from..span.start.max(from));
            from = from.max(span.end);
        }
        pieces.push(from..run.end.max(from));
        let together: Vec<u8> = pieces.iter().flat_map(|piece| &text[piece.clone()]).copied().collect();
        pieces.retain(|piece| ciphertext::is_long(&text[piece.clone()]));
        // Some of many signs make sense by chance, and what is left in many pieces may be as long.
        if pieces.is_empty() && ciphertext::is_long(&together) {
            pieces.push(run);
        }
        left.append(&mut pieces);
    }
    let overlaps = |one: &Range<usize>, other: &Range<usize>| one.start < other.end && other.start < one.end;
    for run in unread.iter().map(|inner| &inner.source) {
        if !left.iter().chain(&explained).any(|other| overlaps(run, other)) {
            left.push(run.clone());
        }
    }
    left.sort_by_key(|run| run.start);
    left
}
