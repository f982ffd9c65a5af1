//! Taking entries: what was weighed becomes the state.

use super::super::entry::{Body, Entry};
use super::super::event::{Actor, ConsentAct, ConsentEvent};
use super::super::fault::Fault;
use super::super::id::SubjectId;
use super::super::receipt::{AnswerState, GivenBy, VerifySource};
use super::super::state::State;
use super::Book;
use super::nos::{LastNo, To};
use super::people::NONE;
use super::records::{Record, ScopeRow};
use super::weigh::{About, about, latest_claim};
use crate::time::Moment;
use std::num::NonZeroU64;

impl Book {
    /// Takes the ledger's next entry. A receipt in it counts only if `keys` find that its source signed it: who can write to a
    /// ledger can say no for anybody, and yes for nobody.
    ///
    /// # Errors
    /// The rules do not allow it, or [`Fault::NotSigned`]. All else goes on; a record with such an entry counts for nothing from
    /// then on.
    pub fn apply(&mut self, entry: &Entry, keys: &dyn VerifySource) -> Result<(), Fault> {
        if matches!(entry.body(), Body::Provided { .. }) && self.is_years_ahead(entry.at()) {
            return Err(Fault::WrongYear);
        }
        let taken = self.take(entry, keys);
        self.latest = Some(self.now(entry.at()));
        taken
    }

    /// Whether a time is beyond the year that follows the latest one: a wrong clock must not begin that year's count.
    fn is_years_ahead(&self, at: Moment) -> bool {
        let year = |at: Moment| at.day_in_china().year();
        self.latest.is_some_and(|latest| year(at) > year(latest).saturating_add(1))
    }

    fn take(&mut self, entry: &Entry, keys: &dyn VerifySource) -> Result<(), Fault> {
        let Some(id) = entry.subject() else { return self.take_of_nobody(entry.body()) };
        match entry.body() {
            Body::Consent(event) => return self.take_event(id, event, entry, keys),
            Body::Withdrawn(withdrawal) => return self.take_withdrawal(id, entry.at(), withdrawal),
            // The ledger itself knows nobody's age.
            Body::Age { by: Actor::System, .. } => return Err(Fault::NotTheirs),
            _ => {}
        }
        let number = self.people.intern(id);
        if let Body::AliasAdded(alias) = entry.body() {
            if self.people.get(number).is_some_and(|person| person.is_erased) {
                return Err(Fault::Erased);
            }
            self.people.add(*alias, number);
            return Ok(());
        }
        match entry.body() {
            Body::AliasRemoved(alias) => self.people.remove(*alias, number),
            Body::RequestReceived(request) => self.rights.receive(id, request, entry.at()),
            Body::RequestAnswered(answer) => return self.rights.answer(id, answer),
            Body::Provided { recipient, kinds, .. } => {
                let overseas = self
                    .declared
                    .recipients
                    .find(recipient.as_str())
                    .is_none_or(|(_, row)| row.recipient.as_ref().is_none_or(|recipient| recipient.is_overseas()));
                // A kind that nobody declared may be sensitive.
                let kinds = self.declared.kinds.set(kinds);
                let is_sensitive = kinds.is_none_or(|kinds| self.declared.sensitive.meets(kinds));
                if let Some(person) = self.people.get_mut(number).filter(|_| overseas) {
                    self.exports.count(person, is_sensitive, entry.at())?;
                }
            }
            Body::Erased { .. } => {
                self.people.forget(number);
                if let Some(person) = self.people.get_mut(number) {
                    self.exports.forget(person);
                }
            }
            _ => {}
        }
        if let Some(person) = self.people.get_mut(number) {
            match entry.body() {
                Body::Age { age, .. } => person.age = *age,
                Body::Restricted { .. } => person.is_restricted = true,
                Body::RestrictionLifted { .. } => person.is_restricted = false,
                Body::Erased { .. } => person.is_erased = true,
                _ => {}
            }
        }
        Ok(())
    }

    fn take_of_nobody(&mut self, body: &Body) -> Result<(), Fault> {
        match body {
            Body::Declared(declaration) => self.declared.take(declaration),
            Body::Incident(incident) => {
                self.rights.report(incident);
                Ok(())
            }
            Body::Counted { year, persons, sensitive_persons } => self.exports.add(*year, *persons, *sensitive_persons),
            _ => Ok(()),
        }
    }

    fn take_event(
        &mut self,
        id: SubjectId,
        event: &ConsentEvent,
        entry: &Entry,
        keys: &dyn VerifySource,
    ) -> Result<(), Fault> {
        let at = entry.at();
        let sound = self.weigh(id, at, event).and_then(|()| self.look_at_signature(&event.act, keys));
        if let Err(fault) = sound {
            if let Some(record) = self.records.find_mut(event.record) {
                record.is_damaged = true;
            }
            return Err(fault);
        }
        let about = about(&event.act);
        let row = match &about {
            Some(about) => Some(self.row_of(about)?),
            None => None,
        };
        let subject = self.people.intern(id);
        let answer = about.as_ref().and_then(|about| about.answer);
        // What claims to come from later came now: only a no can, and it must not forbid a yes that is yet to be said.
        let given_at = answer.map_or(at, |answer| answer.at.min(latest_claim(at)));
        let unknown = self.declared.settings.unknown_age;
        let for_child = answer.is_some_and(|answer| answer.given_by == GivenBy::Guardian)
            && self.people.get(subject).is_some_and(|person| person.is_child(given_at, unknown));
        if self.records.find(event.record).is_none() {
            let Some(new) = row else { return Err(Fault::NoSuchRecord) };
            self.begin(event, subject, new.1, at);
        }
        self.events = self.events.saturating_add(1);
        let Some(record) = self.records.find_mut(event.record) else { return Err(Fault::NoSuchRecord) };
        let before = record.changed_at.max(record.answered_at);
        record.order = self.events;
        record.tip = entry.digest();
        record.number = event.number;
        record.state = event.act.state();
        record.changed_at = given_at;
        if let Some((place, scope)) = row {
            (record.notice, record.kept_until_day) = (place.notice, place.kept_until_day(given_at));
            (record.purpose_generation, record.recipient_generation) = (place.purpose, place.recipient);
            record.scope = scope;
        }
        if let Some(answer) = answer {
            record.answered_at = given_at;
            record.given_by = answer.given_by;
            record.for_child = for_child;
            record.valid_until = answer.valid_until.and_then(|until| NonZeroU64::new(until.unix_millis()));
        }
        if matches!(record.state, State::Refused | State::Withdrawn) {
            record.no_order = self.events;
            let scope = record.scope;
            // What somebody wrote down is later than what it answers, whatever the ledger's clock says.
            let said_at = if answer.is_some() { given_at } else { self.said_by(&event.act, at).max(before) };
            self.note_no(subject, scope, (said_at, at));
        }
        Ok(())
    }

    /// When a no that somebody wrote down was said, at the latest: the ledger's clock may have been behind, and its time cut to
    /// the second. What an operator was told by telephone has no time of a source's own, which may be ahead of the ledger's.
    fn said_by(&self, act: &ConsentAct, at: Moment) -> Moment {
        let by = match act {
            ConsentAct::Refused { by } | ConsentAct::Withdrawn { by, .. } => by,
            _ => return at,
        };
        self.said_at_the_latest(by, at)
    }

    pub(super) fn said_at_the_latest(&self, by: &Actor, at: Moment) -> Moment {
        let now = self.now(at);
        let rest = now.unix_millis() % 1000;
        let second = if rest == 0 { now } else { now.plus_millis(1000 - rest).unwrap_or(now) };
        match by {
            Actor::Operator { .. } => latest_claim(second),
            Actor::Subject { .. } | Actor::System => second,
        }
    }

    fn note_no(&mut self, subject: u32, scope: u32, (said_at, at): (Moment, Moment)) {
        let Some(scope) = self.records.scope_row(scope) else { return };
        let no = LastNo { said_at, told_at: said_at.max(at), order: self.events };
        self.nos.add(subject, To::Scope(scope.purpose, scope.recipient), no);
    }

    fn look_at_signature(&self, act: &ConsentAct, keys: &dyn VerifySource) -> Result<(), Fault> {
        let ConsentAct::Answered(claimed) = act else { return Ok(()) };
        let (_, source) = self.declared.sources.find(claimed.source().as_str()).ok_or(Fault::UnknownSource)?;
        if claimed.is_signed(source, keys) { Ok(()) } else { Err(Fault::NotSigned) }
    }

    fn begin(&mut self, event: &ConsentEvent, subject: u32, scope: u32, at: Moment) {
        let before = self.people.get(subject).map_or(NONE, |person| person.newest);
        let number = self.records.add(Record {
            id: event.record,
            tip: super::super::id::Sm3Digest::of(b""),
            answered_at: at,
            changed_at: at,
            valid_until: None,
            kept_until_day: i32::MAX,
            subject,
            before,
            scope,
            notice: u32::MAX,
            number: 0,
            order: 0,
            no_order: 0,
            purpose_generation: 0,
            recipient_generation: 0,
            state: event.act.state(),
            given_by: GivenBy::Person,
            for_child: false,
            is_damaged: false,
        });
        if let Some(person) = self.people.get_mut(subject) {
            person.newest = number;
        }
    }

    /// The numbers of what a record is about. A refusal may name a notice that is not registered, or kinds that are not declared.
    fn row_of(&mut self, about: &About<'_>) -> Result<(Place, u32), Fault> {
        let is_no = about.answer.is_some_and(|answer| answer.state == AnswerState::Refused);
        let known = ScopeRow::of(&about.scope, &mut self.declared);
        let whole = || ScopeRow::whole(&about.scope, &self.declared).filter(|_| is_no);
        let scope = known.or_else(whole).ok_or(Fault::BeyondPurpose)?;
        let version = self.declared.version(about.notice.id.as_str(), about.notice.version);
        let retention = version.and_then(|(_, row)| Some(row.notice.purpose(about.scope.purpose.as_str())?.retention));
        let notice = version.map_or(u32::MAX, |(number, _)| number);
        let purpose = self.declared.purposes.get(scope.purpose).map_or(0, |row| row.generation);
        let recipient =
            scope.recipient.and_then(|number| self.declared.recipients.get(number)).map_or(0, |row| row.generation);
        Ok((Place { notice, retention, purpose, recipient }, self.records.intern_scope(scope)))
    }
}

/// Which versions of everything a record rests on.
#[derive(Clone, Copy)]
struct Place {
    notice: u32,
    retention: Option<crate::time::Period>,
    purpose: u32,
    recipient: u32,
}

impl Place {
    fn kept_until_day(&self, given_at: Moment) -> i32 {
        let last = self.retention.map(|retention| retention.from(given_at.day_in_china()).unix_days());
        last.and_then(|day| i32::try_from(day).ok()).unwrap_or(i32::MAX)
    }
}
