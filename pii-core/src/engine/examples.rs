//! Rules test themselves: their examples have to be found, and their counter-examples not.

use super::{Engine, Scratch};
use crate::evidence::Evidence;
use crate::kind::Kind;
use crate::segment::Segment;

/// An example that does not do what its rule file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenExample {
    /// The rule's kind.
    pub kind: Kind,
    /// The line of the rule file on which the example begins.
    pub line: usize,
    /// What happened instead. Holds no more of the example than the rule file itself shows.
    pub what: String,
}

impl Engine {
    /// Tries the examples and counter-examples of every rule. Empty when all of them hold.
    #[must_use]
    pub fn broken_examples(&self) -> Vec<BrokenExample> {
        let mut broken = Vec::new();
        for rule in self.rules().rules() {
            for example in rule.examples() {
                let found = self.values(&example.text, example.field.as_deref());
                if !found.iter().any(|(kind, value)| *kind == rule.kind() && *value == example.value) {
                    let what = format!("the example {:?} finds {}", example.text, listed(&found));
                    broken.push(BrokenExample { kind: rule.kind(), line: example.line, what });
                }
            }
            for counter in rule.counters() {
                let found = self.values(&counter.text, counter.field.as_deref());
                if found.iter().any(|(kind, _)| *kind == rule.kind()) {
                    let what = format!("the counter-example {:?} finds {}", counter.text, listed(&found));
                    broken.push(BrokenExample { kind: rule.kind(), line: counter.line, what });
                }
            }
        }
        broken
    }

    /// What is found in `text`, which stands in the field `field`.
    fn values(&self, text: &str, field: Option<&str>) -> Vec<(Kind, String)> {
        let evidence = field.map_or_else(Evidence::none, |name| self.field_evidence(name.as_bytes()));
        let mut findings = Vec::new();
        if let Some(segment) = Segment::new(text.as_bytes(), evidence) {
            self.find(segment, &mut Scratch::default(), &mut findings);
        }
        let value = |span: std::ops::Range<usize>| text.get(span).unwrap_or_default().to_owned();
        findings.iter().map(|finding| (finding.kind(), value(finding.span()))).collect()
    }
}

fn listed(found: &[(Kind, String)]) -> String {
    match found {
        [] => "nothing".to_owned(),
        some => some.iter().map(|(kind, value)| format!("{kind} {value:?}")).collect::<Vec<_>>().join(", "),
    }
}
