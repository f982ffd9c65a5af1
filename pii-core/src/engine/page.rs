//! What a page says about a code that stands in a block of its own.

use super::Engine;
use crate::finding::{Finding, Support};
use crate::rule::About;
use crate::segment::Segment;

impl Engine {
    /// Whether what else stands on their page may say that it is a message about one of `findings`.
    #[must_use]
    pub fn asks_its_page(&self, findings: &[Finding]) -> bool {
        findings.iter().any(|found| !found.about && !self.inner.rules.at(found.rule).about.is_never_said())
    }

    /// Notes of `findings` in `segment`, a piece of the text of a page, which of them the page is a message about.
    ///
    /// What a text itself writes as a field is one of a list or a log line, as ever. What only the label beside it makes a
    /// field of is one of a list where a number as long stands near it.
    pub fn ask_page(&self, segment: Segment<'_>, findings: &mut [Finding]) {
        let (page, at) = segment.whole();
        for found in findings.iter_mut().filter(|found| !found.about) {
            let about = &self.inner.rules.at(found.rule).about;
            let span = at + found.span.start..at + found.span.end;
            let may_be = match found.reasons.support {
                Support::Field => {
                    let value = &segment.text()[found.span.clone()];
                    segment.evidence().is_labelled() && About::stands_alone(page, span.clone(), value.len())
                }
                _ => true,
            };
            found.about = may_be && about.is_said(page, span);
        }
    }
}
