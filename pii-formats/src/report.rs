//! What is told of a finding: kind, place and reasons; the value only on request.

use pii_core::policy::Action;
use pii_core::{Class, Finding, Kind, Role, Why};
use std::ops::Range;

/// A finding, told in terms of the input.
#[derive(Clone, PartialEq)]
pub struct Report {
    /// Where it begins in the input, in bytes. A finding inside a carrier (base64, an encoded word) spans the carrier.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// The line that it begins on, from 1.
    pub line: u64,
    /// What it is.
    pub kind: Kind,
    /// How sensitive it is.
    pub class: Class,
    /// Whose it is, as far as the cue says.
    pub role: Role,
    /// How sure it is, 0.5 to 1.
    pub confidence: f32,
    /// Its field path, empty in free text.
    pub path: String,
    /// The stretches that it is split into, where there are several.
    pub parts: Vec<Range<u64>>,
    /// What became of it: `pass`, `mask`, `drop` … Empty when only scanning.
    pub action: &'static str,
    pub(crate) finding: Finding,
    /// Why that became of it. `None` when only scanning.
    pub(crate) why: Option<Why>,
    pub(crate) is_observed: bool,
    replacement: Option<Box<str>>,
    value: Box<str>,
}

impl Report {
    /// Whether what was decided is not done: its kind is only observed.
    #[must_use]
    pub fn is_observed(&self) -> bool {
        self.is_observed
    }

    /// Whether it leaves as it is: because that was decided, or because its kind is only observed.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.action == Action::Pass.as_str() || self.is_observed
    }

    /// Whether the purpose of the flow does not take it (Order 218 Art. 31 ¶1).
    #[must_use]
    pub fn is_out_of_scope(&self) -> bool {
        self.why.is_some_and(|why| why.is_out_of_scope())
    }

    /// Whether it passes because it is where the message goes: see [`Routing`](crate::Routing).
    #[must_use]
    pub fn is_routing(&self) -> bool {
        self.why.is_some_and(|why| why.is_routing())
    }

    /// How many bits are left to guess of a masked number: [`Why::residual_bits`].
    #[must_use]
    pub fn residual_bits(&self) -> Option<f64> {
        self.why.and_then(|why| why.residual_bits())
    }

    /// What would stand in its place. Only of a session that [decides](crate::Mode::Decide), and not where a key would make it.
    /// It shows as much as the mask does: treat it as the masked output.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        self.replacement.as_deref()
    }

    /// The value in clear. Do not log it.
    #[must_use]
    pub fn dangerously_value(&self) -> &str {
        &self.value
    }
}

impl std::fmt::Debug for Report {
    /// Everything but the value and its mask.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report")
            .field("start", &self.start)
            .field("end", &self.end)
            .field("line", &self.line)
            .field("kind", &self.kind)
            .field("confidence", &self.confidence)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A part of the input that was passed on unread: an image, a PDF, an archive. What it holds nobody has looked at. An input
/// that is such a file is one part, from its first byte to its last. Declarations of entities in XML (`application/xml-dtd`) are a
/// part, since nobody has looked at the document as it stands when they are expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uninspected {
    /// Where it begins in the input, in bytes. What stands inside a carrier (base64) spans the carrier.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// The line that it begins on, from 1.
    pub line: u64,
    /// Its media type in lower case, as declared, or else as its first bytes say: `application/pdf`.
    pub media_type: String,
    /// Which part it is: `part 2/body`, or the name of a form's field; empty for a whole input. Never the name of a file, which may be a person's.
    pub path: String,
}

/// A long run of base64, base85 or hexadecimal digits that nothing explains: no text and no document was found in it, and nothing
/// was found to be a value of some kind. It may be ciphertext, a key or a file. Or something packed in base64, of any length, that
/// could not be unpacked. Only information: it is passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unexplained {
    /// Where it begins in the input, in bytes. What stands inside a carrier (base64) spans the carrier.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// The line that it begins on, from 1.
    pub line: u64,
    /// Its field path, empty in free text.
    pub path: String,
    /// How long it is where it was found, in bytes: over 512, unless it is packed.
    pub bytes: u64,
    /// What it is by the first bytes that it encodes, where it is a well-known file: `image/png`.
    pub media_type: Option<&'static str>,
}

/// What a report is made of; see [`Report`].
pub(crate) struct Parts<'a> {
    pub(crate) finding: Finding,
    pub(crate) pieces: &'a [Range<u64>],
    pub(crate) path: String,
    pub(crate) why: Option<Why>,
    pub(crate) action: &'static str,
    pub(crate) replacement: Option<Box<str>>,
    pub(crate) value: Box<str>,
}

impl From<Parts<'_>> for Report {
    fn from(parts: Parts<'_>) -> Self {
        let Parts { finding, pieces, path, why, action, replacement, value } = parts;
        Self {
            start: pieces.first().map_or(0, |piece| piece.start),
            end: pieces.last().map_or(0, |piece| piece.end),
            line: 0,
            kind: finding.kind(),
            class: finding.class(),
            role: finding.role(),
            confidence: finding.confidence(),
            path,
            parts: if pieces.len() > 1 { pieces.to_vec() } else { Vec::new() },
            action,
            finding,
            why,
            is_observed: false,
            replacement,
            value,
        }
    }
}
