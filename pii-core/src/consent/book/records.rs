//! Consent records as they stand.

use super::super::event::ScopeParts;
use super::super::id::{Code, RecordId, Sm3Digest};
use super::super::receipt::GivenBy;
use super::super::state::State;
use super::declared::Declared;
use super::interned::{KindSet, MethodSet};
use crate::time::Moment;
use std::collections::HashMap;

/// All records.
#[derive(Default)]
pub(crate) struct Records {
    numbers: HashMap<RecordId, u32>,
    rows: Vec<Record>,
    scopes: HashMap<ScopeRow, u32>,
    scope_rows: Vec<ScopeRow>,
}

/// A record: 120 bytes at most, of which there may be millions.
pub(crate) struct Record {
    pub(crate) id: RecordId,
    /// The digest of its last entry.
    pub(crate) tip: Sm3Digest,
    /// When it was answered, as the source claims.
    pub(crate) answered_at: Moment,
    /// When it came into its state: as the source claims for an answer, else by the ledger's clock.
    pub(crate) changed_at: Moment,
    pub(crate) valid_until: Option<std::num::NonZeroU64>,
    /// The last day of the retention that was told, in days since 1970.
    pub(crate) kept_until_day: i32,
    pub(crate) subject: u32,
    /// The record of the same subject before this one.
    pub(crate) before: u32,
    pub(crate) scope: u32,
    pub(crate) notice: u32,
    pub(crate) number: u32,
    /// Which of the ledger's consent events its last one was: what came later is told by this, never by a clock.
    pub(crate) order: u32,
    /// The place in that order of the last no to it: 0 where there was none. It stays, whatever state comes after.
    pub(crate) no_order: u32,
    pub(crate) purpose_generation: u32,
    pub(crate) recipient_generation: u32,
    pub(crate) state: State,
    pub(crate) given_by: GivenBy,
    /// Whether it was given for a child.
    pub(crate) for_child: bool,
    /// Whether an entry of it could not be taken.
    pub(crate) is_damaged: bool,
}

/// A scope, by numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScopeRow {
    pub(crate) purpose: u32,
    pub(crate) kinds: KindSet,
    pub(crate) methods: MethodSet,
    pub(crate) recipient: Option<u32>,
    pub(crate) channel: Option<u32>,
}

impl ScopeRow {
    /// `None` where purpose, recipient or a kind is in no declaration: what people hand in takes no room from what the firm
    /// declares.
    pub(crate) fn of(scope: &ScopeParts, declared: &mut Declared) -> Option<Self> {
        let recipient = match &scope.recipient {
            Some(code) => Some(declared.recipients.number(code.as_str())?),
            None => None,
        };
        Some(Self {
            purpose: declared.purposes.number(scope.purpose.as_str())?,
            kinds: declared.kinds.set(&scope.kinds)?,
            methods: MethodSet::of(&scope.methods),
            recipient,
            channel: scope.channel.as_ref().map(|code| declared.channels.intern(code)),
        })
    }

    /// All that a purpose and recipient take. A no that names kinds which nobody declared is one to all of it.
    pub(crate) fn whole(scope: &ScopeParts, declared: &Declared) -> Option<Self> {
        let (purpose, row) = declared.purposes.find(scope.purpose.as_str())?;
        let recipient = match &scope.recipient {
            Some(code) => Some(declared.recipients.number(code.as_str())?),
            None => None,
        };
        Some(Self { purpose, kinds: row.kinds, methods: row.methods, recipient, channel: None })
    }

    /// What a no is to, before anything of it is kept: a channel that was never heard of is no other.
    pub(crate) fn of_no(scope: &ScopeParts, declared: &Declared) -> Option<Self> {
        let whole = Self::whole(scope, declared)?;
        let Some(kinds) = declared.kinds.set(&scope.kinds) else { return Some(whole) };
        let number = |code: &Code| declared.channels.number(code.as_str()).unwrap_or(u32::MAX);
        let (methods, channel) = (MethodSet::of(&scope.methods), scope.channel.as_ref().map(number));
        Some(Self { kinds, methods, channel, ..whole })
    }

    /// Whether both are for the same purpose and recipient.
    pub(crate) fn is_for_the_same(&self, other: &Self) -> bool {
        self.purpose == other.purpose && self.recipient == other.recipient
    }

    /// Whether a no to this is one to something of `other`, too.
    pub(crate) fn touches(&self, other: &Self) -> bool {
        self.is_for_the_same(other)
            && self.kinds.meets(other.kinds)
            && self.methods.meets(other.methods)
            && (self.channel.is_none() || other.channel.is_none() || self.channel == other.channel)
    }

    /// Whether a consent for this is one for all of `other`, too.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.purpose == other.purpose
            && self.recipient == other.recipient
            && self.channel == other.channel
            && self.kinds.covers(other.kinds)
            && self.methods.covers(other.methods)
    }
}

impl Records {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Record> {
        self.rows.get(number as usize)
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut Record> {
        self.rows.get_mut(number as usize)
    }

    pub(crate) fn find(&self, id: RecordId) -> Option<&Record> {
        self.get(*self.numbers.get(&id)?)
    }

    pub(crate) fn find_mut(&mut self, id: RecordId) -> Option<&mut Record> {
        self.rows.get_mut(*self.numbers.get(&id)? as usize)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.rows.iter()
    }

    pub(crate) fn scope(&self, record: &Record) -> Option<&ScopeRow> {
        self.scope_row(record.scope)
    }

    pub(crate) fn scope_row(&self, number: u32) -> Option<&ScopeRow> {
        self.scope_rows.get(number as usize)
    }

    /// The records of a subject, from its newest, each with its scope.
    pub(crate) fn chain(&self, newest: u32) -> impl Iterator<Item = (&Record, &ScopeRow)> {
        self.numbered_chain(newest).map(|(_, record, scope)| (record, scope))
    }

    /// The same, each with its number.
    pub(crate) fn numbered_chain(&self, newest: u32) -> impl Iterator<Item = (u32, &Record, &ScopeRow)> {
        let mut next = newest;
        std::iter::from_fn(move || {
            let (number, record) = (next, self.get(next)?);
            next = record.before;
            Some((number, record, self.scope(record)?))
        })
    }

    pub(crate) fn intern_scope(&mut self, scope: ScopeRow) -> u32 {
        let next = u32::try_from(self.scope_rows.len()).unwrap_or(u32::MAX);
        let number = *self.scopes.entry(scope).or_insert(next);
        if number == next {
            self.scope_rows.push(scope);
        }
        number
    }

    /// Adds a record, and gives its number.
    pub(crate) fn add(&mut self, record: Record) -> u32 {
        let number = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.numbers.insert(record.id, number);
        self.rows.push(record);
        number
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_record_is_small() {
        assert!(size_of::<super::Record>() <= 120, "{} bytes", size_of::<super::Record>());
    }
}
