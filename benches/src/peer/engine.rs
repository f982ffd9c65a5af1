//! This project's engine with all its rules.

use super::{Peer, span};
use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, Evidence, Finding, RuleSet, Scratch, Segment};
use pii_formats::{Charset, Format, Masker, Options};
use pii_tests::score::Span;

/// Finding alone: what is left of masking when policy and masks are taken away.
pub struct Find {
    engine: Engine,
    scratch: Scratch,
    findings: Vec<Finding>,
}

impl Find {
    /// With the rules that come with this version.
    #[must_use]
    pub fn new() -> Self {
        Self { engine: Engine::new(RuleSet::builtin()), scratch: Scratch::default(), findings: Vec::new() }
    }

    fn search(&mut self, chunk: &str) {
        self.findings.clear();
        let segment = Segment::new(chunk.as_bytes(), Evidence::none()).expect("a chunk is far below the limit");
        self.engine.find(segment, &mut self.scratch, &mut self.findings);
    }
}

impl Default for Find {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer for Find {
    fn name(&self) -> &'static str {
        "pii, all kinds, find only"
    }

    fn mask(&mut self, chunk: &str, _: &mut Vec<u8>) -> usize {
        self.search(chunk);
        self.findings.len()
    }

    fn find(&mut self, chunk: &str, base: usize, found: &mut Vec<Span>) {
        self.search(chunk);
        found.extend(self.findings.iter().map(|finding| {
            let place = finding.span();
            span(base + place.start, base + place.end, finding.kind().as_str())
        }));
    }
}

/// What masks with the rules and the policy that come with this version, as for SMS.
///
/// # Panics
/// Never: the built-in policy asks for nothing that takes keys.
#[must_use]
pub fn masker() -> Masker {
    masker_of(RuleSet::builtin())
}

/// The same with other rules.
///
/// # Panics
/// Never: the built-in policy asks for nothing that takes keys.
#[must_use]
pub fn masker_of(rules: RuleSet) -> Masker {
    let today = Date::new(2026, 11, 26).expect("a day");
    let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(rules), &Policy::builtin(), &flow).expect("the built-in policy takes no keys")
}

/// Finding, deciding by the built-in policy for SMS, and masking.
pub struct Mask {
    masker: Masker,
    options: Options,
}

impl Mask {
    /// What the table calls it, and the others are compared with.
    pub const NAME: &'static str = "pii, all kinds";

    /// With the rules and the policy that come with this version.
    #[must_use]
    pub fn new() -> Self {
        let masker = masker();
        let options = Options { format: Some(Format::Text), charset: Some(Charset::Utf8), ..Options::default() };
        Self { masker, options }
    }
}

impl Default for Mask {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer for Mask {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn mask(&mut self, chunk: &str, out: &mut Vec<u8>) -> usize {
        let masked = self.masker.mask(chunk.as_bytes(), &self.options).expect("text is never refused");
        *out = masked.bytes;
        masked.reports.len()
    }

    fn find(&mut self, chunk: &str, base: usize, found: &mut Vec<Span>) {
        let masked = self.masker.mask(chunk.as_bytes(), &self.options).expect("text is never refused");
        let place = |at: u64| base + usize::try_from(at).expect("a chunk fits into memory");
        found.extend(
            masked.reports.iter().map(|report| span(place(report.start), place(report.end), report.kind.as_str())),
        );
    }
}
