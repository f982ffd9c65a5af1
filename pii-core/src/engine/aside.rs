//! What a segment says of the person beside the numbers in its record.

use super::Engine;
use crate::aside::{self, Aside};
use crate::evidence::Evidence;

impl Engine {
    /// What `text`, in a place of which `evidence` is known, says of the person. Linear in the text.
    #[must_use]
    pub fn aside(&self, text: &[u8], evidence: Evidence) -> Aside {
        if evidence.tells.is_empty() { aside::in_text(text) } else { aside::in_field(evidence.tells, text) }
    }
}
