//! What was found: kind, place and reasons, never the value.

use crate::check::Verdict;
use crate::kind::{Class, Kind};
use std::ops::Range;

/// Whose data a value is, as far as the cue beside it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The cue does not say.
    #[default]
    Unknown,
    /// A client (尊敬的, 客户姓名).
    Client,
    /// A member of staff (客户经理, 基金经理, 执业编号).
    Staff,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Client, Self::Staff, Self::Unknown];

    /// The role of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// As policies and reports spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Client => "client",
            Self::Staff => "staff",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why something counts as a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons {
    /// What the form's check said, where it has one.
    pub verdict: Option<Verdict>,
    /// What spoke for it beside its own form.
    pub support: Support,
    /// A disguise (full-width digits, zero-width characters …) was undone to see it.
    pub disguised: bool,
}

/// What spoke for a finding beside its own form, the strongest only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Support {
    /// Nothing: form and check were enough.
    #[default]
    Alone,
    /// A word in the same clause.
    Near,
    /// A row that holds other personal data.
    Row,
    /// The other values of its column.
    Column,
    /// A word right beside it.
    Word,
    /// The name of its field.
    Field,
}

/// A piece of personal information in a segment. Holds no value: that is read from the text by its span.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub(crate) rule: u16,
    pub(crate) form: u16,
    pub(crate) kind: Kind,
    pub(crate) class: Class,
    pub(crate) span: Range<usize>,
    pub(crate) confidence: f32,
    pub(crate) priority: u16,
    pub(crate) role: Role,
    pub(crate) reasons: Reasons,
    /// The text that it stands in is a message about it.
    pub(crate) about: bool,
}

impl Finding {
    /// The same value at another place of its record: what a label gave away in one place is no secret in another.
    #[must_use]
    pub fn again_at(&self, span: Range<usize>) -> Self {
        Self { span, reasons: Reasons { support: Support::Near, ..self.reasons }, ..self.clone() }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How sensitive it is.
    #[must_use]
    pub fn class(&self) -> Class {
        self.class
    }

    /// Where it stands in the segment's text, in bytes.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// How sure it is, 0.5 to 1.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        self.confidence
    }

    /// Whose data it is, as far as the cue says.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Why it counts.
    #[must_use]
    pub fn reasons(&self) -> Reasons {
        self.reasons
    }
}
