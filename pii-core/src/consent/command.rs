//! Wishes, held against the state: what comes out is entries to append, or why not.
//!
//! Nothing here changes a book. Whoever keeps the ledger appends the entries, all or none, and applies them when they are
//! kept. A record's events are numbered: of two that were made from the same state, the ledger takes one, and the other
//! has to be made again.
//!
//! A yes comes by [`Book::answer`] alone, from a receipt whose source signed it. Nobody of the firm can say it for a person.

use super::book::Book;
use super::book::nos::To;
use super::book::people::NONE;
use super::book::records::{Record, ScopeRow};
use super::entry::{Body, Declaration, Entry};
use super::event::{Actor, ConsentAct, ConsentEvent, Scope, Withdrawal};
use super::fault::Fault;
use super::id::{AliasDigest, Code, RecordId, SubjectId};
use super::reason::Reason;
use super::receipt::{Claimed, NoticeRef, Receipt, Signed};
use super::retention::{Disposal, Holding, delete_or_restrict};
use super::rights::{RightsAnswer, RightsRequest};
use super::state::State;
use crate::time::Moment;

/// How many records a withdrawal ends by events of their own: an app may have asked a person any number of times.
const WITHDRAWN_AT_ONCE: usize = 1000;

/// Which records of a subject.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All.
    All,
    /// Those for a purpose, whoever gets the data.
    Purpose(&'a str),
    /// Those for a recipient, whatever for.
    Recipient(&'a str),
    /// This one.
    Record(RecordId),
}

impl Book {
    /// Declares something.
    ///
    /// # Errors
    /// A version of a notice that is not later than the last one; a source with another key than before.
    pub fn declare(&self, declaration: Declaration, at: Moment) -> Result<Entry, Fault> {
        self.declared.weigh(&declaration)?;
        Ok(Entry::declared(at, declaration))
    }

    /// Lets something lead to a subject.
    ///
    /// # Errors
    /// The subject's data are deleted.
    pub fn add_alias(&self, subject: SubjectId, alias: AliasDigest, at: Moment) -> Result<Entry, Fault> {
        if self.people.find(subject).is_some_and(|person| person.is_erased) {
            return Err(Fault::Erased);
        }
        Ok(Entry::to(subject, at, Body::AliasAdded(alias)))
    }

    /// Lets it do so no longer.
    ///
    /// # Errors
    /// It does not lead there.
    pub fn remove_alias(&self, subject: SubjectId, alias: AliasDigest, at: Moment) -> Result<Entry, Fault> {
        let leads_there = self.people.number(subject).is_some_and(|number| self.people.leads_to(&alias, number));
        leads_there.then(|| Entry::to(subject, at, Body::AliasRemoved(alias))).ok_or(Fault::NoSuchAlias)
    }

    /// Asks a subject, who is shown a notice.
    ///
    /// # Errors
    /// They said no lately; the scope goes beyond purpose or notice; the notice is not in force; the record is another's.
    pub fn ask(
        &self,
        record: RecordId,
        subject: SubjectId,
        (scope, notice): (Scope, NoticeRef),
        at: Moment,
    ) -> Result<Entry, Fault> {
        self.next(record, subject, ConsentAct::Requested { scope, notice }, at)
    }

    /// Takes a subject's answer, yes or no. A yes takes the place of older ones that it covers. A no withdraws every consent that
    /// it touches; where the record has its answer already, that is all that it comes to. Its own entry comes last.
    ///
    /// # Errors
    /// The source is not registered; the scope goes beyond purpose or notice; the notice was not in force; it is older than a
    /// refusal, or than the question; a child's guardian did not answer; the record has its answer, and a no ends nothing more.
    pub fn answer(&self, receipt: Signed<Receipt>, at: Moment) -> Result<Vec<Entry>, Fault> {
        let source = self.source(receipt.source().as_str()).ok_or(Fault::UnknownSource)?;
        if !receipt.was_checked_with(source) {
            return Err(Fault::NotSigned);
        }
        let header = &receipt.receipt().header;
        let (record, subject) = (header.record, header.subject);
        let scope = super::book::scope_of(receipt.receipt()).ok_or(Fault::AnotherScope)?;
        if receipt.receipt().event.state == super::receipt::AnswerState::Refused {
            return self.say_no(receipt.into_claimed(), (record, subject), at);
        }
        let answer = self.next(record, subject, ConsentAct::Answered(receipt.into_claimed()), at)?;
        let mut entries = Vec::new();
        if let Some(new) = self.known_scope(&scope) {
            let newest = self.newest_of(self.people.find(subject));
            let covered = self
                .records
                .chain(newest)
                .filter(|(old, row)| old.state.is_given() && !old.is_damaged && new.covers(row));
            for (old, _) in covered.filter(|(old, _)| old.id != record) {
                let act = ConsentAct::Superseded { by_record: Some(record) };
                entries.push(self.next(old.id, subject, act, at)?);
            }
        }
        entries.push(answer);
        Ok(entries)
    }

    /// What a signed no comes to: withdrawals of what it touches, and the no itself where its record can take it.
    fn say_no(&self, claimed: Claimed, (id, subject): (RecordId, SubjectId), at: Moment) -> Result<Vec<Entry>, Fault> {
        let scope = self.weigh_said(&claimed, subject, at)?;
        let no = ScopeRow::of_no(&scope, &self.declared).ok_or(Fault::UnknownPurpose)?;
        let (own, person) = (self.records.find(id), self.people.find(subject));
        if own.is_some_and(|own| Some(own.subject) != self.people.number(subject)) {
            return Err(Fault::AnotherSubject);
        }
        let by = Actor::Subject { source: claimed.source().clone() };
        // Handed in again after a later yes, a no that the record has had already takes nothing away.
        let last = self.nos.find(own.map_or(NONE, |own| own.subject), no.purpose, no.recipient);
        let was_said =
            own.is_some_and(|own| own.no_order > 0) && last.is_some_and(|no| claimed.receipt().event.at <= no.said_at);
        let mut entries = Vec::new();
        for (old, row) in self.records.chain(self.newest_of(person)).filter(|_| !was_said) {
            let is_meant = no.touches(row) || (old.id == id && no.is_for_the_same(row));
            let is_open = old.state.is_given() || old.state == State::NeedsReconfirm;
            if is_meant && is_open && !old.is_damaged {
                let act = ConsentAct::Withdrawn { by: by.clone(), reason: None };
                entries.push(self.next(old.id, subject, act, at)?);
            }
        }
        match self.next(id, subject, ConsentAct::Answered(claimed), at) {
            Ok(answer) => entries.push(answer),
            // A record that counts for nothing takes no event. The no is to its purpose then, whoever gets the data.
            Err(Fault::Damaged) if !was_said => {
                let (purpose, recipient) = (Some(scope.purpose.clone()), scope.recipient.clone());
                let all = Withdrawal { purpose, recipient, by, reason: None };
                entries.push(bounded(subject, at, Body::Withdrawn(all))?);
            }
            Err(fault) if entries.is_empty() => return Err(fault),
            Err(_) => {}
        }
        Ok(entries)
    }

    /// Writes down that a subject who was asked said no.
    ///
    /// # Errors
    /// The record does not wait for an answer.
    pub fn refuse(&self, record: RecordId, by: Actor, at: Moment) -> Result<Entry, Fault> {
        self.of_record(record, ConsentAct::Refused { by }, at)
    }

    /// Withdraws a subject's consents, and what they were asked and have not answered. Those that are over by time alone are
    /// withdrawn as well. None may be left to withdraw: but for a single record, the last entry says that whatever was said
    /// before counts no more, so that a yes which comes late, or which another node takes at this moment, is none.
    ///
    /// # Errors
    /// Nothing is known of the subject; nobody published the purpose or registered the recipient; the record named is not the
    /// subject's or not there; the reason is too long; the ledger itself wishes it.
    pub fn withdraw(
        &self,
        subject: SubjectId,
        which: Which<'_>,
        (by, reason): (Actor, Option<String>),
        at: Moment,
    ) -> Result<Vec<Entry>, Fault> {
        if let Which::Record(id) = which {
            let record = self.records.find(id).ok_or(Fault::NoSuchRecord)?;
            if self.people.number(subject) != Some(record.subject) {
                return Err(Fault::AnotherSubject);
            }
            let act = ConsentAct::Withdrawn { by, reason };
            return Ok(vec![self.next(id, subject, act, at)?]);
        }
        let newest = self.newest_of(Some(self.people.find(subject).ok_or(Fault::NoSuchSubject)?));
        let (purpose, recipient) = match which {
            Which::Purpose(of) => (Code::new(of), None),
            Which::Recipient(to) => (None, Code::new(to)),
            Which::All | Which::Record(_) => (None, None),
        };
        let withdrawal = Withdrawal { purpose, recipient, by, reason };
        let to = match which {
            Which::Purpose(_) if withdrawal.purpose.is_none() => return Err(Fault::UnknownPurpose),
            Which::Recipient(_) if withdrawal.recipient.is_none() => return Err(Fault::UnknownRecipient),
            _ => self.withdrawn_to(&withdrawal)?,
        };
        let mut entries = Vec::new();
        for (record, scope) in self.records.chain(newest) {
            let can = State::Withdrawn.can_follow(Some(record.state)) && !record.is_damaged;
            // The last entry ends what these do not.
            if entries.len() < WITHDRAWN_AT_ONCE && can && to.concerns(scope.purpose, scope.recipient) {
                let act = ConsentAct::Withdrawn { by: withdrawal.by.clone(), reason: withdrawal.reason.clone() };
                entries.push(self.next(record.id, subject, act, at)?);
            }
        }
        self.is_there(subject)?;
        entries.push(bounded(subject, at, Body::Withdrawn(withdrawal))?);
        Ok(entries)
    }

    /// What a withdrawal is to.
    pub(super) fn withdrawn_to(&self, withdrawal: &Withdrawal) -> Result<To, Fault> {
        if matches!(withdrawal.by, Actor::System) {
            return Err(Fault::NotTheirs);
        }
        let purpose = |code: &Code| self.declared.published(code.as_str()).ok_or(Fault::UnknownPurpose);
        let recipient = |code: &Code| self.declared.registered(code.as_str()).ok_or(Fault::UnknownRecipient);
        Ok(match (&withdrawal.purpose, &withdrawal.recipient) {
            (None, None) => To::All,
            (Some(of), None) => To::Purpose(purpose(of)?),
            (None, Some(to)) => To::Recipient(recipient(to)?),
            (Some(of), Some(to)) => To::Scope(purpose(of)?, Some(recipient(to)?)),
        })
    }

    /// Ends a consent because something changed.
    ///
    /// # Errors
    /// There is no such record, or it is over.
    pub fn supersede(&self, record: RecordId, at: Moment) -> Result<Entry, Fault> {
        self.of_record(record, ConsentAct::Superseded { by_record: None }, at)
    }

    /// Ends a consent that should never have counted.
    ///
    /// # Errors
    /// There is no such record, or it is over; the reason is too long.
    pub fn invalidate(&self, record: RecordId, by: Actor, reason: String, at: Moment) -> Result<Entry, Fault> {
        self.of_record(record, ConsentAct::Invalidated { by, reason }, at)
    }

    /// Events for records that time or a change has ended already, at most `limit` of them. Decisions do not wait for these:
    /// they are for whoever reads the ledger.
    #[must_use]
    pub fn due(&self, at: Moment, limit: usize) -> Vec<Entry> {
        let given = self.records.iter().filter(|record| record.state.is_given());
        given.filter_map(|record| self.end_of(record, at)).take(limit).collect()
    }

    fn end_of(&self, record: &Record, at: Moment) -> Option<Entry> {
        let person = self.people.get(record.subject)?;
        let act = match self.standing(record, self.records.scope(record)?, person, self.now(at))? {
            Reason::Expired | Reason::RetentionOver => ConsentAct::Expired,
            Reason::Superseded => ConsentAct::Superseded { by_record: None },
            Reason::NeedsReconfirm => ConsentAct::NeedsReconfirm,
            _ => return None,
        };
        self.next(record.id, person.id, act, at).ok()
    }

    /// Leaves storage and protection only (PIPL Art. 47 ¶2).
    ///
    /// # Errors
    /// Nothing is known of the subject, or their data are deleted; the reason is too long.
    pub fn restrict(&self, subject: SubjectId, by: Actor, reason: String, at: Moment) -> Result<Entry, Fault> {
        self.is_there(subject)?;
        bounded(subject, at, Body::Restricted { by, reason })
    }

    /// Ends that.
    ///
    /// # Errors
    /// Nothing is known of the subject, or their data are deleted; the reason is too long.
    pub fn lift_restriction(&self, subject: SubjectId, by: Actor, reason: String, at: Moment) -> Result<Entry, Fault> {
        self.is_there(subject)?;
        bounded(subject, at, Body::RestrictionLifted { by, reason })
    }

    /// Says that a subject's data are deleted. `held` is what the firm has of them. It can be said again, of what came in between.
    /// What they count for in a year's exports stays, without them.
    ///
    /// # Errors
    /// A law keeps some of it ([`delete_or_restrict`]); nothing is known of the subject; the reason is too long.
    pub fn erase(
        &self,
        subject: SubjectId,
        held: &[Holding],
        (by, reason): (Actor, String),
        at: Moment,
    ) -> Result<Vec<Entry>, Fault> {
        let person = self.people.find(subject).ok_or(Fault::NoSuchSubject)?;
        if let Disposal::Restrict { .. } = delete_or_restrict(held, at.day_in_china()) {
            return Err(Fault::KeptByLaw);
        }
        let counted = self.exports.of(person).map(|(year, is_sensitive)| Entry::counted(at, year, is_sensitive));
        let mut entries: Vec<Entry> = counted.collect();
        entries.push(bounded(subject, at, Body::Erased { by, reason })?);
        Ok(entries)
    }

    /// Takes a request of a data subject.
    ///
    /// # Errors
    /// Nothing is known of the subject.
    pub fn receive(&self, subject: SubjectId, request: RightsRequest, at: Moment) -> Result<Entry, Fault> {
        self.people.find(subject).ok_or(Fault::NoSuchSubject)?;
        Ok(Entry::to(subject, at, Body::RequestReceived(request)))
    }

    /// Says that a request was answered.
    ///
    /// # Errors
    /// The subject has no such request, or it is answered.
    pub fn answer_request(&self, subject: SubjectId, answer: RightsAnswer, at: Moment) -> Result<Entry, Fault> {
        if !self.rights.is_open(subject, &answer.id) {
            return Err(Fault::NoSuchRequest);
        }
        Ok(Entry::to(subject, at, Body::RequestAnswered(answer)))
    }

    fn is_there(&self, subject: SubjectId) -> Result<(), Fault> {
        let person = self.people.find(subject).ok_or(Fault::NoSuchSubject)?;
        if person.is_erased { Err(Fault::Erased) } else { Ok(()) }
    }

    fn of_record(&self, id: RecordId, act: ConsentAct, at: Moment) -> Result<Entry, Fault> {
        let record = self.records.find(id).ok_or(Fault::NoSuchRecord)?;
        let subject = self.people.id(record.subject).ok_or(Fault::NoSuchRecord)?;
        self.next(id, subject, act, at)
    }

    /// The next event of a record, weighed.
    fn next(&self, record: RecordId, subject: SubjectId, act: ConsentAct, at: Moment) -> Result<Entry, Fault> {
        let known = self.records.find(record);
        let number = known.map_or(Some(1), |record| record.number.checked_add(1)).ok_or(Fault::NotTheNext)?;
        let event = ConsentEvent { record, number, previous: known.map(|record| record.tip), act };
        self.weigh(subject, at, &event)?;
        bounded(subject, at, Body::Consent(Box::new(event)))
    }
}

/// An entry whose reason is no longer than other texts.
fn bounded(subject: SubjectId, at: Moment, body: Body) -> Result<Entry, Fault> {
    if body.is_bounded() { Ok(Entry::to(subject, at, body)) } else { Err(Fault::LongReason) }
}
