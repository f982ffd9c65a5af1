//! Decisions: whether something may be done now. They look at a book and change nothing.

mod authenticate;
mod basis;
mod consent;
mod entrust;
mod export;
mod hand_over;
mod provide;
mod service;

use super::ask::{Ask, Who};
use super::book::Book;
use super::book::interned::KindSet;
use super::book::people::{Found, NONE, Person};
use super::book::rows::PurposeRow;
use super::reason::{Reason, ReasonList};
use crate::purpose::Method;
use crate::time::{Date, Moment};

/// A question whose names were looked up.
#[derive(Clone, Copy)]
struct Need<'b> {
    purpose: u32,
    purpose_code: &'b str,
    row: &'b PurposeRow,
    kinds: KindSet,
    method: Method,
    channel: Option<u32>,
    /// The person's number, which is nobody's where nobody is known.
    subject: u32,
    person: Option<&'b Person>,
    is_child: bool,
    /// Whether anybody but the firm gets the data.
    has_recipient: bool,
    /// When it is done: beginnings are held against it.
    at: Moment,
    /// That, or the latest time in the ledger where that is later: ends are held against it.
    now: Moment,
}

impl Need<'_> {
    /// Whether data leave where they are: whatever a recipient does with them, it gets them.
    fn is_transfer(&self) -> bool {
        self.has_recipient || matches!(self.method, Method::Transmit | Method::Provide | Method::Publish)
    }

    /// Whether only storage and protection by the firm itself are left (PIPL Art. 47 ¶2), and this is something else.
    fn is_restricted(&self) -> bool {
        let only_kept = matches!(self.method, Method::Store | Method::Delete) && !self.has_recipient;
        self.person.is_some_and(|person| person.is_restricted) && !only_kept
    }

    /// The day that has to be no later than the last one of whatever ends.
    fn end_day(&self) -> Date {
        self.now.day_in_china()
    }
}

impl Book {
    /// Looks the names up. `None` where the purpose does not take this, or it is not known whose data they are: the reasons
    /// say so.
    fn need(&self, ask: &Ask<'_>, reasons: &mut ReasonList) -> Option<Need<'_>> {
        let found = match ask.who {
            Who::Aliases(aliases) => self.people.resolve(aliases),
            Who::Subject(id) => self.people.number(id).map_or(Found::Nobody, Found::One),
        };
        let subject = if let Found::One(number) = found { number } else { NONE };
        let person = match found {
            Found::One(number) => self.people.get(number),
            Found::Nobody => None,
            Found::Unclear => {
                reasons.push(Reason::SubjectUnclear);
                None
            }
        };
        if person.is_some_and(|person| person.is_erased) {
            reasons.push(Reason::Erased);
        }
        let purpose = self.declared.purposes.find(ask.purpose);
        let known = purpose.and_then(|(number, row)| Some((number, row, row.purpose.as_ref()?)));
        let Some((purpose, row, published)) = known else {
            reasons.push(Reason::PurposeUnknown);
            return None;
        };
        // What says nothing of the data is covered by nothing.
        let kinds =
            self.declared.kinds.set(ask.kinds).filter(|kinds| row.kinds.covers(*kinds) && !ask.kinds.is_empty());
        if kinds.is_none() {
            reasons.push(Reason::KindOutsidePurpose);
        }
        if !row.methods.has(ask.method) {
            reasons.push(Reason::MethodOutsidePurpose);
        }
        let kinds = kinds.filter(|_| !reasons.denies())?;
        let unknown = self.declared.settings.unknown_age;
        let now = self.now(ask.at);
        Some(Need {
            purpose,
            purpose_code: published.code(),
            row,
            kinds,
            method: ask.method,
            subject,
            channel: ask.channel.map(|channel| self.declared.channels.number(channel).unwrap_or(u32::MAX)),
            person,
            // By the earlier time: a clock that was ahead once makes nobody older.
            is_child: person.is_none_or(|person| person.is_child(ask.at, unknown)),
            has_recipient: ask.recipient.is_some(),
            at: ask.at,
            now,
        })
    }
}
