//! Why something cannot be written, or a line is not taken.

use crate::StoreError;
use pii_core::consent::{DeclarationError, Fault, ReceiptError};
use pii_core::key::EntropyError;
use std::fmt;

/// Why a wish was not done. It holds no value.
#[derive(Clone, PartialEq, Eq)]
pub struct ConsentError(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Store(StoreError),
    Rules(Fault),
    Nobody,
    Unclear,
    NotAll,
    Declaration(DeclarationError),
    Key,
    Clock,
    Trail(String),
    Input(String),
}

impl ConsentError {
    pub(super) const NOBODY: Self = Self(Kind::Nobody);
    pub(super) const UNCLEAR: Self = Self(Kind::Unclear);
    pub(super) const NOT_ALL: Self = Self(Kind::NotAll);
    pub(super) const KEY: Self = Self(Kind::Key);
    pub(super) const CLOCK: Self = Self(Kind::Clock);

    pub(super) fn trail(error: &crate::trail::TrailError) -> Self {
        Self(Kind::Trail(error.to_string()))
    }

    pub(super) fn input(error: &std::io::Error) -> Self {
        Self(Kind::Input(error.to_string()))
    }

    /// Whether the rules of consent do not allow it.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        match self.0 {
            Kind::Rules(fault) => Some(fault),
            _ => None,
        }
    }

    /// Whether one step came to more than a ledger takes at once.
    pub(super) fn is_limit(&self) -> bool {
        matches!(&self.0, Kind::Store(error) if error.is_limit())
    }

    /// Whether the values given lead to nobody.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.0 == Kind::Nobody
    }

    /// Whether store, trail or input cannot be used, which is not the wish's fault.
    #[must_use]
    pub fn is_store(&self) -> bool {
        matches!(self.0, Kind::Store(_) | Kind::Trail(_) | Kind::Input(_))
    }
}

impl fmt::Display for ConsentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Store(error) => error.fmt(f),
            Kind::Rules(fault) => fault.fmt(f),
            Kind::Nobody => f.write_str("nobody is known by that: look at kind and value, or begin with `pii subject id`"),
            Kind::Unclear => f.write_str("that leads to several persons: name more of what this one is known by, or their subject"),
            Kind::NotAll => f.write_str(
                "one of these leads to somebody and another to nobody: only a source can say that both are one person's, in a \
                 signed identity",
            ),
            Kind::Declaration(error) => error.fmt(f),
            Kind::Key => f.write_str("not a public key of Ed25519 or SM2 in PEM, as `openssl pkey -pubout` writes it"),
            Kind::Clock => f.write_str(
                "by this machine's clock it is more than a year after the ledger's last entry, and all that ends by time would be \
                 over for good: set the clock right; if it is right, add --clock-is-right",
            ),
            Kind::Trail(error) => write!(f, "it is done, and the audit trail could not be written: {error}"),
            Kind::Input(error) => write!(f, "the lines cannot be read on: {error}"),
        }
    }
}

impl fmt::Debug for ConsentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConsentError {}

impl From<StoreError> for ConsentError {
    fn from(error: StoreError) -> Self {
        Self(Kind::Store(error))
    }
}

impl From<Fault> for ConsentError {
    fn from(fault: Fault) -> Self {
        Self(Kind::Rules(fault))
    }
}

impl From<DeclarationError> for ConsentError {
    fn from(error: DeclarationError) -> Self {
        Self(Kind::Declaration(error))
    }
}

impl From<EntropyError> for ConsentError {
    fn from(error: EntropyError) -> Self {
        Self(Kind::Store(error.into()))
    }
}

/// Why a line of an import is not taken. It holds nothing of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFault {
    /// It is longer than any line can be.
    TooLong,
    /// It has neither a receipt nor an identity, or something else.
    Form,
    /// Receipt or signature are wrong.
    Receipt(ReceiptError),
    /// The rules do not allow it.
    Rules(Fault),
    /// The identity is not the source's.
    IdentitySignature,
    /// The identity is not what is documented.
    Identity,
    /// The identity is of another subject than the receipt.
    AnotherSubject,
    /// Something in the identity leads to somebody else, or to several persons.
    SomebodyElse,
    /// The store has no keys for identities.
    NoKey,
}

impl LineFault {
    /// The word that stands in reports, for good.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Form => "form",
            Self::Receipt(ReceiptError::Signature) => "signature",
            Self::Receipt(_) => "receipt",
            Self::Rules(fault) => fault.word(),
            Self::IdentitySignature => "identity_signature",
            Self::Identity => "identity",
            Self::AnotherSubject => "another_subject",
            Self::SomebodyElse => "somebody_else",
            Self::NoKey => "no_key",
        }
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the line is longer than a receipt and an identity can be"),
            Self::Form => f.write_str(
                "a line is a JSON object with source, and receipt with signature, or identity with identity_signature, or both",
            ),
            Self::Receipt(error) => error.fmt(f),
            Self::Rules(fault) => fault.fmt(f),
            Self::IdentitySignature => {
                f.write_str("the identity's signature is not the source's: sign its exact bytes with its key")
            }
            Self::Identity => f.write_str("an identity is JSON with subject, aliases by kind, and age if it is known"),
            Self::AnotherSubject => f.write_str("receipt and identity name two subjects"),
            Self::SomebodyElse => {
                f.write_str("an alias leads to another subject already: ask `pii subject id` for the number to use")
            }
            Self::NoKey => f.write_str("digests of an identity take a keyring: give --keyring"),
        }
    }
}

impl std::error::Error for LineFault {}
