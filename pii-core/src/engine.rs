//! The engine: rules laid out for searching, and the one way from a segment to its findings.

use crate::aside::Aside;
use crate::evidence::Evidence;
use crate::finding::{Finding, Support};
use crate::fold;
use crate::locate::{Buffers, Recognised, Searcher};
use crate::offset_map::OffsetMap;
use crate::plan::Plan;
use crate::resolve::resolve;
use crate::rule::RuleSet;
use crate::segment::Segment;
use crate::sieve::Sieve;
use crate::surrogate;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

pub use below::{LABEL_LINE_LIMIT_BYTES, VALUE_LINE_LIMIT_BYTES};
pub use examples::BrokenExample;

mod aside;
mod below;
mod column;
mod examples;
mod explain;
mod page;
mod title;

/// Finds personal information by a set of rules. Cheap to clone, and shared by any number of threads.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    rules: RuleSet,
    plan: Plan,
    recognised: Recognised,
    /// Laid out when so much was searched that it pays. `None`: never.
    sieve: Option<LaterSieve>,
}

/// A sieve, and what was searched without it, in bytes.
#[derive(Default)]
struct LaterSieve {
    /// `None` in it: these rules have none.
    sieve: OnceLock<Option<Sieve>>,
    searched: AtomicUsize,
}

/// So much is searched, in bytes, before a sieve is laid out, which takes about as long.
const SIEVE_FROM_BYTES: usize = 16 << 10;

/// Memory that is used again from call to call. One per thread.
#[derive(Default)]
pub struct Scratch {
    buffers: Buffers,
    folded: Vec<u8>,
    map: OffsetMap,
}

impl std::fmt::Debug for Scratch {
    /// Shows nothing: the buffers hold text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scratch")
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({} kinds)", self.inner.rules.rules().len())
    }
}

impl Engine {
    /// An engine for `rules`.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        Self::laid_out(rules, Some(LaterSieve::default()))
    }

    /// An engine that searches every line in full and finds the same. It takes many times as long, and is there for tests
    /// to hold the other against.
    #[doc(hidden)]
    #[must_use]
    pub fn exhaustive(rules: RuleSet) -> Self {
        Self::laid_out(rules, None)
    }

    fn laid_out(rules: RuleSet, sieve: Option<LaterSieve>) -> Self {
        let plan = Plan::new(&rules);
        let recognised = Recognised::of(&rules);
        Self { inner: Arc::new(Inner { rules, plan, recognised, sieve }) }
    }

    /// The rules that it works by.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.inner.rules
    }

    /// Appends what `segment` holds to `findings`, in order of position and without overlaps.
    ///
    /// Lines are looked at one by one: where a text is cut between lines makes no difference.
    pub fn find(&self, segment: Segment<'_>, scratch: &mut Scratch, findings: &mut Vec<Finding>) {
        let text = segment.text();
        let from = findings.len();
        let mut start = 0;
        while let Some(line) = self.next_line_of(segment, start, scratch) {
            start = line.end + 1;
            self.find_in_line(&text[line.clone()], line.start, segment.evidence(), scratch, findings);
        }
        for found in &mut findings[from..] {
            found.about = self.is_about(segment, found);
        }
    }

    fn next_line_of(&self, segment: Segment<'_>, from: usize, scratch: &mut Scratch) -> Option<Range<usize>> {
        if segment.evidence().is_labelled() || segment.is_told() {
            return line_from(segment.text(), from);
        }
        self.next_line(segment.text(), from, scratch)
    }

    /// The first line of `text`, from `from` on, that may hold something, without its end; nothing is known of the lines but
    /// what they say. What is passed over holds nothing, and takes a small part of the time that a search takes. `from` is
    /// where a line begins, or the text's end.
    #[must_use]
    pub fn next_line(&self, text: &[u8], from: usize, scratch: &mut Scratch) -> Option<Range<usize>> {
        let Some(later) = &self.inner.sieve else { return line_from(text, from) };
        let searcher = self.searcher();
        let sieve = match later.sieve.get() {
            Some(sieve) => sieve,
            None if later.searched.fetch_add(text.len().saturating_sub(from), Ordering::Relaxed) < SIEVE_FROM_BYTES => {
                return line_from(text, from);
            }
            None => later.sieve.get_or_init(|| Sieve::new(&searcher)),
        };
        match sieve {
            Some(sieve) => sieve.next_line(&searcher, text, from, &mut scratch.buffers),
            None => line_from(text, from),
        }
    }

    fn searcher(&self) -> Searcher<'_> {
        Searcher { rules: &self.inner.rules, plan: &self.inner.plan, recognised: &self.inner.recognised }
    }

    /// Whether the text is a message about the value. What is written as a field (`otp=…`) is one of a list or a log line as
    /// often as not, so there its own line has to say it.
    fn is_about(&self, segment: Segment<'_>, found: &Finding) -> bool {
        let about = &self.inner.rules.at(found.rule).about;
        if about.is_never_said() {
            return false;
        }
        let (text, Range { start, end }) = (segment.text(), found.span.clone());
        if found.reasons.support == Support::Field {
            let first = memchr::memrchr(b'\n', &text[..start]).map_or(0, |at| at + 1);
            let last = memchr::memchr(b'\n', &text[end..]).map_or(text.len(), |at| end + at);
            return about.is_said(&text[first..last], start - first..end - first);
        }
        let (whole, at) = segment.whole();
        about.is_said(whole, at + start..at + end)
    }

    fn find_in_line(
        &self,
        line: &[u8],
        base: usize,
        evidence: Evidence,
        scratch: &mut Scratch,
        findings: &mut Vec<Finding>,
    ) {
        let from = findings.len();
        let searcher = self.searcher();
        let Scratch { buffers, folded, map } = scratch;
        if fold::needs_folding(line) {
            fold::fold(line, folded, map);
            searcher.line(folded, evidence, buffers, findings);
            for found in &mut findings[from..] {
                let source = map.source_span(found.span.clone());
                found.reasons.disguised = line[source.clone()] != folded[found.span.clone()];
                found.span = source;
            }
        } else {
            searcher.line(line, evidence, buffers, findings);
        }
        for found in &mut findings[from..] {
            found.span = base + found.span.start..base + found.span.end;
        }
        resolve(findings, from);
        if findings.len() > from {
            spare_surrogates(line, base, findings, from);
        }
    }

    /// What the name of a field says about its value.
    #[must_use]
    pub fn field_evidence(&self, name: &[u8]) -> Evidence {
        let tells = Aside::of_field_named(name);
        let labels = self.inner.rules.labels();
        let [field, also] = labels.of_title(name);
        if field.is_none() {
            return Evidence { tells, ..Evidence::none() };
        }
        let named = Evidence { field, also, column: None, whole: true, takes_whole: false, tells };
        let mut kinds = named.fields().flat_map(|id| &labels.get(id).kinds);
        let takes_whole = kinds.any(|(rule, _)| self.inner.rules.takes_whole(*rule));
        Evidence { takes_whole, ..named }
    }
}

/// Takes out what lies within a surrogate: a token in a field for tokens, a sealed value behind a label for passwords. It was
/// made to stand there, and its check character says so.
fn spare_surrogates(line: &[u8], base: usize, findings: &mut Vec<Finding>, from: usize) {
    let mut surrogates =
        surrogate::find(line).map(|found| base + found.span().start..base + found.span().end).peekable();
    if surrogates.peek().is_none() {
        return;
    }
    // Both are in order, and neither overlaps its like.
    let of_line = findings.split_off(from);
    findings.extend(of_line.into_iter().filter(|found| {
        while surrogates.next_if(|surrogate| surrogate.end < found.span.end).is_some() {}
        surrogates.peek().is_none_or(|surrogate| surrogate.start > found.span.start)
    }));
}

/// The first line from `from` on that is not empty.
fn line_from(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + text.get(from..)?.iter().position(|b| *b != b'\n')?;
    Some(start..memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |len| start + len))
}
