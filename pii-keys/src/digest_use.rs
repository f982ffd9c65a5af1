//! What digests are for, so that those for one use say nothing of another.

/// What keyed digests are for. Each use has a key of its own, derived from the version's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestUse {
    /// Finding a data subject by a phone, an ID or an account.
    Subject,
    /// Finding the record of a message by its bytes.
    Bytes,
}

impl DigestUse {
    /// What the key is derived with, for good.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Subject => "pii-subject-v1",
            Self::Bytes => "pii-flow-bytes-v1",
        }
    }
}
