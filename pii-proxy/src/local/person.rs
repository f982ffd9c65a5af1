//! Whom a request is about: a subject's number, or what somebody is known by.

use super::refusal::{Refusal, What};
use crate::gateway::Gateway;
use crate::stop::{Stop, Why};
use crate::table::Table;
use pii_core::Kind;
use pii_core::consent::{AliasDigest, Book, Fault, SubjectId, Who};
use pii_store::consents::{Aliases, ConsentError};
use pii_store::{Consents, StoreError};
use serde::Deserialize;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The most values that one person is known by.
const VALUES: usize = 16;

/// The longest of them, in bytes.
const VALUE_BYTES: usize = 256;

/// Whom a request is about, as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Written {
    Subject(SubjectId),
    KnownBy(Vec<Value>),
}

/// What somebody is known by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    kind: String,
    value: String,
}

/// Whom a request is about.
pub(super) enum Person {
    Subject(SubjectId),
    KnownBy(Aliases),
}

impl Person {
    /// Makes digests of values: they go no further.
    pub(super) fn of(written: Written, consents: &Consents, table: &Table) -> Result<Self, Refusal> {
        let values = match written {
            Written::Subject(subject) => return Ok(Self::Subject(subject)),
            Written::KnownBy(values) => values,
        };
        let read = |Value { kind, value }: Value| {
            let value = Zeroizing::new(value);
            let kind = table.kind(&kind).ok_or_else(unknown_kind)?;
            let says = !value.trim().is_empty() && value.len() <= VALUE_BYTES;
            says.then_some((kind, value)).ok_or_else(wrong)
        };
        if values.is_empty() || values.len() > VALUES {
            return Err(wrong());
        }
        let values: Vec<(Kind, Zeroizing<String>)> = values.into_iter().map(read).collect::<Result<_, _>>()?;
        let values = values.iter().map(|(kind, value)| (*kind, value.as_str()));
        Ok(Self::KnownBy(consents.digests().aliases(values)))
    }

    /// Their subject.
    pub(super) fn subject(&self, consents: &Consents) -> Result<SubjectId, Refusal> {
        match self {
            Self::Subject(subject) => Ok(*subject),
            Self::KnownBy(aliases) => {
                let found = consents.decide(|book: &Book| aliases.subject(book)).map_err(unanswered)?;
                found.map_err(|error| refusal(&error))
            }
        }
    }

    /// What they are known by, as far as it was said.
    pub(super) fn aliases(&self) -> Aliases {
        match self {
            Self::Subject(_) => Aliases::default(),
            Self::KnownBy(aliases) => aliases.clone(),
        }
    }

    /// What a book is asked for.
    pub(super) fn known_to(&self, book: &Book) -> Vec<AliasDigest> {
        match self {
            Self::Subject(_) => Vec::new(),
            Self::KnownBy(aliases) => aliases.known_to(book),
        }
    }

    /// The same as a question has it.
    pub(super) fn who<'a>(&self, known: &'a [AliasDigest]) -> Who<'a> {
        match self {
            Self::Subject(subject) => Who::Subject(*subject),
            Self::KnownBy(_) => Who::Aliases(known),
        }
    }
}

pub(super) fn unknown_kind() -> Refusal {
    Refusal::of(What::Unknown, "a kind that no rule defines; `pii rules show` lists them")
}

fn wrong() -> Refusal {
    let detail =
        format!("somebody is known by 1 to {VALUES} values of at most {VALUE_BYTES} bytes, none of them blank");
    Refusal::of(What::Request, detail)
}

/// Asks or writes the ledger, beside those who answer: it waits for a disk, and a withdrawal for all nodes.
pub(super) async fn with_ledger<T: Send + 'static>(
    gateway: &Arc<Gateway>,
    act: impl FnOnce(&Consents) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let gateway = Arc::clone(gateway);
    let done = tokio::task::spawn_blocking(move || act(gateway.asked_consents()?));
    let fault =
        |_| Err(Stop::new(Why::Engine, "a fault of this program; whoever runs it finds its place in the log").into());
    done.await.unwrap_or_else(fault)
}

/// The store does not answer: nothing is decided on what it said before.
pub(super) fn unanswered(error: StoreError) -> Refusal {
    tracing::error!(%error, "the consent store does not answer the local API");
    Stop::new(Why::Consents, "the consent store does not answer: ask again later").into()
}

/// Why the ledger does not take something. Its words hold no value.
pub(super) fn refusal(error: &ConsentError) -> Refusal {
    match error.fault() {
        Some(Fault::NoSuchSubject) => return Refusal::of(What::Nobody, error.to_string()),
        Some(Fault::NoSuchRecord) => return Refusal::of(What::Missing, error.to_string()),
        _ => {}
    }
    if error.is_nobody() {
        return Refusal::of(What::Nobody, "nobody is known by that: look at kind and value");
    }
    if error.is_store() {
        tracing::error!(%error, "the ledger does not take what the local API was asked for");
        return Stop::new(Why::Consents, "the ledger or the audit trail cannot be written: ask again later").into();
    }
    Refusal::of(What::Rules, error.to_string())
}
