//! A decoded piece of text, as decoders hand it to the engine.

use crate::evidence::Evidence;

/// The longest text that is searched at once, in bytes. Codecs cut longer ones.
pub const SEGMENT_LIMIT_BYTES: usize = 64 << 20;

/// A decoded piece of text and what is known about it.
///
/// The text is UTF-8 as far as it could be decoded; bytes that are none are stepped over.
#[derive(Clone, Copy)]
pub struct Segment<'t> {
    text: &'t [u8],
    evidence: Evidence,
    /// The text that it is cut from, and where it begins there.
    whole: (&'t [u8], usize),
    /// Its lines were asked about already.
    is_told: bool,
}

impl<'t> Segment<'t> {
    /// `None` when the text is over [`SEGMENT_LIMIT_BYTES`].
    #[must_use]
    pub fn new(text: &'t [u8], evidence: Evidence) -> Option<Self> {
        (text.len() <= SEGMENT_LIMIT_BYTES).then_some(Self { text, evidence, whole: (text, 0), is_told: false })
    }

    /// This segment as a piece of `whole` that begins at byte `at` of it. Nothing is found in the rest, but what a message
    /// is about may be said there.
    #[must_use]
    pub fn cut_from(self, whole: &'t [u8], at: usize) -> Self {
        Self { whole: (whole, at), ..self }
    }

    /// This segment as one line that [`crate::Engine::next_line`] has told of, so that it is searched and not asked about
    /// again.
    #[must_use]
    pub fn told(self) -> Self {
        Self { is_told: true, ..self }
    }

    pub(crate) fn is_told(&self) -> bool {
        self.is_told
    }

    pub(crate) fn whole(&self) -> (&'t [u8], usize) {
        self.whole
    }

    pub(crate) fn text(&self) -> &'t [u8] {
        self.text
    }

    pub(crate) fn evidence(&self) -> Evidence {
        self.evidence
    }
}

impl std::fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Segment({} bytes)", self.text.len())
    }
}
