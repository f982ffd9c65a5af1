//! The ledger's state in memory.

pub(super) mod declared;
mod exports;
mod fold;
pub(super) mod interned;
pub(super) mod nos;
pub(super) mod people;
pub(super) mod records;
mod register;
pub(super) mod rows;
mod view;
mod weigh;
mod withdraw;

pub use register::OpenRequest;
pub use view::{RecordView, ScopeView};
pub(super) use weigh::scope_of;

use super::event::ScopeParts;
use crate::time::Moment;
use declared::Declared;
use exports::Exports;
use interned::MethodSet;
use nos::Nos;
use people::People;
use records::{Records, ScopeRow};
use register::Register;

/// What all entries so far come to. It is made by [`Book::apply`] alone, one entry after the other in the ledger's order: the
/// same entries always make the same book, and what an entry's time says does not change its place.
#[derive(Default)]
pub struct Book {
    pub(super) declared: Declared,
    pub(super) people: People,
    pub(super) records: Records,
    pub(super) nos: Nos,
    pub(super) exports: Exports,
    pub(super) rights: Register,
    /// How many consent events were taken.
    pub(super) events: u32,
    /// The latest time that any entry has.
    latest: Option<Moment>,
}

impl Book {
    /// A book in which nothing has happened.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The latest time that any entry has.
    #[must_use]
    pub fn latest(&self) -> Option<Moment> {
        self.latest
    }

    /// The time against which ends are held: where a clock went back, the latest that the ledger has seen, so that what was over
    /// stays over.
    pub(super) fn now(&self, at: Moment) -> Moment {
        self.latest.map_or(at, |latest| latest.max(at))
    }

    /// A scope by numbers, if all in it was seen before.
    pub(super) fn known_scope(&self, scope: &ScopeParts) -> Option<ScopeRow> {
        let declared = &self.declared;
        Some(ScopeRow {
            purpose: declared.purposes.number(scope.purpose.as_str())?,
            kinds: declared.kinds.set(&scope.kinds)?,
            methods: MethodSet::of(&scope.methods),
            recipient: match &scope.recipient {
                Some(code) => Some(declared.recipients.number(code.as_str())?),
                None => None,
            },
            channel: match &scope.channel {
                Some(code) => Some(declared.channels.number(code.as_str())?),
                None => None,
            },
        })
    }
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Book({} subjects, {} records)", self.people.len(), self.records.len())
    }
}
