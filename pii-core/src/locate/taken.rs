//! What of a line is taken by findings, as something to look up and not to go through.

use crate::finding::Finding;
use std::ops::Range;

/// The stretches of a line that findings cover, in order and without overlaps.
pub(super) struct Taken {
    stretches: Vec<Range<usize>>,
}

impl Taken {
    /// What `findings` cover, in whatever order they come.
    pub(super) fn by(findings: &[Finding]) -> Self {
        let mut spans: Vec<Range<usize>> = findings.iter().map(|finding| finding.span.clone()).collect();
        spans.sort_by_key(|span| span.start);
        let mut stretches: Vec<Range<usize>> = Vec::with_capacity(spans.len());
        for span in spans {
            match stretches.last_mut() {
                Some(last) if span.start < last.end => last.end = last.end.max(span.end),
                _ => stretches.push(span),
            }
        }
        Self { stretches }
    }

    /// Whether nothing of `span` is taken.
    pub(super) fn is_free(&self, span: &Range<usize>) -> bool {
        let next = self.stretches.partition_point(|stretch| stretch.end <= span.start);
        self.stretches.get(next).is_none_or(|stretch| span.end <= stretch.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_a_stretch_is_free_and_what_reaches_into_it_is_not() {
        let taken = Taken { stretches: vec![3..5, 8..12] };
        for free in [0..3, 5..8, 12..20] {
            assert!(taken.is_free(&free), "{free:?}");
        }
        for reaching in [0..4, 4..5, 4..8, 7..9, 0..20, 9..10] {
            assert!(!taken.is_free(&reaching), "{reaching:?}");
        }
    }
}
