//! The engine on any text, with and without a field's name beside it.

use crate::masker::{exhaustive, masker};
use pii_core::{Evidence, Finding, Scratch, Segment};

/// A first line that ends in a zero byte is the name of a field, and the rest its value.
pub(crate) fn check(input: &[u8]) {
    let engine = masker().engine();
    let (evidence, text) = match input.iter().position(|&b| b == 0) {
        Some(at) => (engine.field_evidence(&input[..at]), &input[at + 1..]),
        None => (Evidence::none(), input),
    };
    let mut scratch = Scratch::default();
    let whole = find(text, evidence, &mut scratch);
    are_well_formed(&whole, text);
    let mut in_full = Vec::new();
    exhaustive().engine().find(Segment::new(text, evidence).expect("short"), &mut scratch, &mut in_full);
    assert!(whole == in_full, "lines that are passed over hold nothing: {in_full:?}");
    let mut by_line = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(|&b| b == b'\n') {
        // Memory that is used again holds nothing of the line before.
        for finding in find(line, evidence, &mut scratch) {
            let span = finding.span();
            by_line.push((finding.kind(), start + span.start..start + span.end));
        }
        start += line.len();
    }
    let whole: Vec<_> = whole.iter().map(|finding| (finding.kind(), finding.span())).collect();
    assert_eq!(by_line, whole, "where a text is cut between lines makes no difference");
}

pub(crate) fn find(text: &[u8], evidence: Evidence, scratch: &mut Scratch) -> Vec<Finding> {
    let mut findings = Vec::new();
    let segment = Segment::new(text, evidence).expect("far below the limit");
    masker().engine().find(segment, scratch, &mut findings);
    findings
}

fn are_well_formed(findings: &[Finding], text: &[u8]) {
    for finding in findings {
        let span = finding.span();
        assert!(span.start < span.end && span.end <= text.len(), "{span:?} of {} bytes", text.len());
        assert!(!text[span.clone()].contains(&b'\n'), "{:?} goes over a line", finding.kind());
        assert!((0.5..=1.0).contains(&finding.confidence()), "{finding:?}");
        if let Ok(text) = std::str::from_utf8(text) {
            let cut = !text.is_char_boundary(span.start) || !text.is_char_boundary(span.end);
            assert!(!cut, "{:?} at {span:?} cuts through a character", finding.kind());
        }
    }
    let in_order = findings.windows(2).all(|pair| pair[0].span().end <= pair[1].span().start);
    assert!(in_order, "findings overlap or are out of order: {findings:?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_out_of_their_text_are_told() {
        let text = "身份证440524188001010014";
        let findings = find(text.as_bytes(), Evidence::none(), &mut Scratch::default());
        assert_eq!(findings.len(), 1);
        are_well_formed(&findings, text.as_bytes());
        assert!(std::panic::catch_unwind(|| are_well_formed(&findings, b"cut off")).is_err());
        check(b"idNo\x00440524188001010014");
    }
}
