//! Rules test themselves: their examples have to be found, and their counter-examples not.

use super::{Engine, Scratch};
use crate::evidence::Evidence;
use crate::kind::Kind;
use crate::segment::Segment;

/// An example that does not do what its rule file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenExample {
    /// The rule file, as it was named when it was read.
    pub file: String,
    /// The line of the rule file on which the example begins.
    pub line: usize,
    /// The rule's kind.
    pub kind: Kind,
    /// Which example it is, what it is for and what happened instead. Holds no more of the example than the rule file
    /// itself shows.
    pub what: String,
}

impl Engine {
    /// Tries the examples and counter-examples of every rule. Empty when all of them hold.
    #[must_use]
    pub fn broken_examples(&self) -> Vec<BrokenExample> {
        let mut broken = Vec::new();
        for rule in self.rules().rules() {
            let mut tell = |line: usize, what: String| {
                broken.push(BrokenExample { file: rule.file().to_owned(), line, kind: rule.kind(), what });
            };
            for (nth, example) in (1..).zip(rule.examples()) {
                let found = self.values(&example.text, example.field.as_deref());
                if !found.iter().any(|(kind, value)| *kind == rule.kind() && *value == example.value) {
                    let (expected, text) = (&example.value, placed(&example.text, example.field.as_deref()));
                    tell(
                        example.line,
                        format!("example {nth}, {text}, has to find {expected:?} and finds {}", listed(&found)),
                    );
                }
            }
            for (nth, counter) in (1..).zip(rule.counters()) {
                let found = self.values(&counter.text, counter.field.as_deref());
                if found.iter().any(|(kind, _)| *kind == rule.kind()) {
                    let (kind, text) = (rule.kind(), placed(&counter.text, counter.field.as_deref()));
                    tell(
                        counter.line,
                        format!("counter-example {nth}, {text}, has to find no {kind} and finds {}", listed(&found)),
                    );
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

/// The text of an example, and the field that it stands in.
fn placed(text: &str, field: Option<&str>) -> String {
    field.map_or_else(|| format!("{text:?}"), |field| format!("{text:?} in the field {field:?}"))
}

fn listed(found: &[(Kind, String)]) -> String {
    match found {
        [] => "nothing".to_owned(),
        some => some.iter().map(|(kind, value)| format!("{kind} {value:?}")).collect::<Vec<_>>().join(", "),
    }
}
