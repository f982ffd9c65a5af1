//! Whether an event of a consent record can be taken. It only looks: what it finds sound, [`super::fold`] takes.

use super::super::event::{Actor, ConsentAct, ConsentEvent, Scope, ScopeParts};
use super::super::fault::Fault;
use super::super::id::{Code, SubjectId};
use super::super::notice::NoticeParts;
use super::super::receipt::{Answer, AnswerState, Claimed, GivenBy, NoticeRef, ReceiptParts};
use super::super::state::State;
use super::Book;
use super::nos::LastNo;
use super::people::Person;
use super::records::{Record, ScopeRow};
use super::rows::NoticeRow;
use crate::time::Moment;

/// How far a source's clock may be ahead of the ledger's, or behind it, in milliseconds.
const CLOCK_LIMIT_MILLIS: u64 = 5 * 60_000;

/// What a record is about, and with which version of which notice.
pub(crate) struct About<'a> {
    pub(crate) scope: Scope,
    pub(crate) notice: &'a NoticeRef,
    pub(crate) answer: Option<&'a Answer>,
}

impl Book {
    /// Looks at an event that is to happen to a subject's record at `at`.
    pub(crate) fn weigh(&self, subject: SubjectId, at: Moment, event: &ConsentEvent) -> Result<(), Fault> {
        let person = self.people.find(subject);
        if person.is_some_and(|person| person.is_erased) {
            return Err(Fault::Erased);
        }
        let record = self.records.find(event.record);
        let state = event.act.state();
        match record {
            None if event.number != 1 || event.previous.is_some() => return Err(Fault::NoSuchRecord),
            None => {}
            Some(record) => self.fits(record, subject, event)?,
        }
        if !state.can_follow(record.map(|record| record.state)) {
            return Err(if record.is_none() { Fault::NoSuchRecord } else { Fault::NotFromThisState });
        }
        match &event.act {
            ConsentAct::Requested { scope, notice } => {
                self.weigh_scope(scope, notice, self.now(at)).map(|_| ())?;
                self.same_scope(record, scope)?;
                self.may_ask(person, scope, at)
            }
            ConsentAct::Answered(claimed) => self.weigh_answer(claimed, (record, person), subject, at),
            // A refusal or withdrawal may come from anybody who can be named: it only takes away.
            ConsentAct::Refused { by } | ConsentAct::Withdrawn { by, .. } => match by {
                Actor::System => Err(Fault::NotTheirs),
                Actor::Subject { .. } | Actor::Operator { .. } if record.is_none() => Err(Fault::NoSuchRecord),
                Actor::Subject { .. } | Actor::Operator { .. } => Ok(()),
            },
            ConsentAct::Expired
            | ConsentAct::Superseded { .. }
            | ConsentAct::Invalidated { .. }
            | ConsentAct::NeedsReconfirm => Ok(()),
        }
    }

    fn fits(&self, record: &Record, subject: SubjectId, event: &ConsentEvent) -> Result<(), Fault> {
        if record.is_damaged {
            return Err(Fault::Damaged);
        }
        if self.people.number(subject) != Some(record.subject) {
            return Err(Fault::AnotherSubject);
        }
        let is_next = record.number.checked_add(1) == Some(event.number) && event.previous == Some(record.tip);
        if is_next { Ok(()) } else { Err(Fault::NotTheNext) }
    }

    fn weigh_answer(
        &self,
        claimed: &Claimed,
        (record, person): (Option<&Record>, Option<&Person>),
        subject: SubjectId,
        at: Moment,
    ) -> Result<(), Fault> {
        let scope = self.weigh_said(claimed, subject, at)?;
        let receipt = claimed.receipt();
        let answer = &receipt.event;
        if claimed_state(answer) == State::Refused {
            // A no counts whatever else is wrong with the papers, but for what it is about.
            self.weigh_names(&scope)?;
            return self.same_no(record, &scope);
        }
        self.same_scope(record, &scope)?;
        let notice = self.weigh_scope(&scope, &receipt.processing.notice, answer.at)?;
        weigh_papers(receipt, &notice.notice)?;
        if answer.valid_until.is_some_and(|until| until < self.now(at)) {
            return Err(Fault::OverAlready);
        }
        let clock_behind = |asked: Moment| asked.millis_since(answer.at) > CLOCK_LIMIT_MILLIS;
        if record.is_some_and(|record| record.state == State::Notified && clock_behind(record.changed_at)) {
            return Err(Fault::OlderThanRequest);
        }
        // Of somebody whose age is not known a decision says that, when it is asked; what is known is not overlooked here.
        let is_child = person.is_some_and(|person| person.is_known_child(answer.at));
        if is_child && answer.given_by != GivenBy::Guardian {
            return Err(Fault::NoGuardian);
        }
        self.not_refused_since(person, &scope, answer.at)
    }

    /// That a receipt comes from a registered source and from this subject; a yes besides from one that is not ended, and not
    /// from the future. A no counts whenever it is said to have been given.
    pub(crate) fn weigh_said(&self, claimed: &Claimed, subject: SubjectId, at: Moment) -> Result<Scope, Fault> {
        let receipt = claimed.receipt();
        let is_yes = receipt.event.state != AnswerState::Refused;
        self.source(claimed.source().as_str()).ok_or(Fault::UnknownSource)?;
        if is_yes && self.source_in_force(claimed.source().as_str(), at).is_none() {
            return Err(Fault::UnknownSource);
        }
        if receipt.header.subject != subject {
            return Err(Fault::AnotherSubject);
        }
        if is_yes && receipt.event.at.millis_since(at) > CLOCK_LIMIT_MILLIS {
            return Err(Fault::InTheFuture);
        }
        scope_of(receipt).ok_or(Fault::AnotherScope)
    }

    /// That a no is to what the record was asked for. One that names kinds which nobody declared is to the whole purpose.
    fn same_no(&self, record: Option<&Record>, scope: &ScopeParts) -> Result<(), Fault> {
        if self.declared.kinds.set(&scope.kinds).is_some() {
            return self.same_scope(record, scope);
        }
        let Some(record) = record else { return Ok(()) };
        let asked = self.records.scope(record).ok_or(Fault::AnotherScope)?;
        let whole = ScopeRow::whole(scope, &self.declared).ok_or(Fault::AnotherScope)?;
        if whole.is_for_the_same(asked) { Ok(()) } else { Err(Fault::AnotherScope) }
    }

    /// That a record is about what it was asked for.
    fn same_scope(&self, record: Option<&Record>, scope: &ScopeParts) -> Result<(), Fault> {
        let Some(record) = record else { return Ok(()) };
        let asked = self.records.scope(record).ok_or(Fault::AnotherScope)?;
        let known = self.known_scope(scope).ok_or(Fault::AnotherScope)?;
        if *asked == known { Ok(()) } else { Err(Fault::AnotherScope) }
    }

    fn weigh_names(&self, scope: &ScopeParts) -> Result<(), Fault> {
        let (_, row) = self.declared.purposes.find(scope.purpose.as_str()).ok_or(Fault::UnknownPurpose)?;
        row.purpose.as_ref().ok_or(Fault::UnknownPurpose)?;
        let Some(code) = &scope.recipient else { return Ok(()) };
        let (_, row) = self.declared.recipients.find(code.as_str()).ok_or(Fault::UnknownRecipient)?;
        row.recipient.as_ref().map(|_| ()).ok_or(Fault::UnknownRecipient)
    }

    /// That a scope is inside its purpose and its notice, and that the notice was in force.
    fn weigh_scope(&self, scope: &ScopeParts, shown: &NoticeRef, shown_at: Moment) -> Result<&NoticeRow, Fault> {
        self.weigh_names(scope)?;
        let (_, row) = self.declared.purposes.find(scope.purpose.as_str()).ok_or(Fault::UnknownPurpose)?;
        let purpose = row.purpose.as_ref().ok_or(Fault::UnknownPurpose)?;
        let kinds_fit = scope.kinds.iter().all(|kind| purpose.takes(*kind));
        if !kinds_fit || !scope.methods.iter().all(|method| purpose.methods().contains(method)) {
            return Err(Fault::BeyondPurpose);
        }
        let recipient = scope.recipient.as_ref().map(Code::as_str);
        let notice = self.shown(shown, scope.purpose.as_str(), recipient, shown_at)?;
        let told = notice.notice.purpose(scope.purpose.as_str()).ok_or(Fault::BeyondNotice)?;
        // What it tells of is the purpose as it was then.
        if notice.generation(scope.purpose.as_str()) != Some(row.generation) {
            return Err(Fault::BeyondNotice);
        }
        let kinds_told = scope.kinds.iter().all(|kind| told.kinds.contains(kind));
        if !kinds_told || !scope.methods.iter().all(|method| told.methods.contains(method)) {
            return Err(Fault::BeyondNotice);
        }
        let is_told = |code| notice.notice.disclosure(code, scope.purpose.as_str()).is_some();
        if recipient.is_none_or(is_told) { Ok(notice) } else { Err(Fault::RecipientNotTold) }
    }

    fn shown(
        &self,
        shown: &NoticeRef,
        purpose: &str,
        recipient: Option<&str>,
        at: Moment,
    ) -> Result<&NoticeRow, Fault> {
        let (_, row) = self.declared.version(shown.id.as_str(), shown.version).ok_or(Fault::UnknownNotice)?;
        if row.notice.sm3 != shown.sm3 || row.notice.language != shown.language {
            return Err(Fault::AnotherNotice);
        }
        let in_force = row.notice.valid_from <= at && !row.is_over(purpose, recipient, at);
        if in_force { Ok(row) } else { Err(Fault::UnknownNotice) }
    }

    /// That somebody who said no is left in peace (Regulations on Network Data Security Art. 22 (5)).
    fn may_ask(&self, person: Option<&Person>, scope: &ScopeParts, at: Moment) -> Result<(), Fault> {
        let interval = self.declared.settings.ask_again_after;
        let last = self.last_no(person, scope);
        let too_soon = last.is_some_and(|no| at.day_in_china() < interval.from(no.told_at.day_in_china()));
        if too_soon { Err(Fault::AskedTooSoon) } else { Ok(()) }
    }

    fn not_refused_since(&self, person: Option<&Person>, scope: &ScopeParts, given_at: Moment) -> Result<(), Fault> {
        let is_older = self.last_no(person, scope).is_some_and(|no| given_at <= no.said_at);
        if is_older { Err(Fault::OlderThanRefusal) } else { Ok(()) }
    }

    /// When somebody last refused or withdrew for the same purpose and recipient.
    fn last_no(&self, person: Option<&Person>, scope: &ScopeParts) -> Option<LastNo> {
        let subject = self.people.number(person?.id)?;
        let purpose = self.declared.purposes.number(scope.purpose.as_str())?;
        let recipient = match &scope.recipient {
            Some(code) => Some(self.declared.recipients.number(code.as_str())?),
            None => None,
        };
        self.nos.find(subject, purpose, recipient)
    }
}

/// The latest time that a source's clock may say at this time of the ledger's.
pub(crate) fn latest_claim(at: Moment) -> Moment {
    at.plus_millis(CLOCK_LIMIT_MILLIS).unwrap_or(at)
}

/// That a receipt says of controller, retention and control what its notice says.
fn weigh_papers(receipt: &ReceiptParts, notice: &NoticeParts) -> Result<(), Fault> {
    let is_party = receipt.party.iter().any(|party| party.name == notice.controller);
    let told = notice.purpose(receipt.processing.purpose.as_str());
    let is_as_long = told.is_some_and(|told| told.retention == receipt.processing.retention);
    let is_approved = notice.wordings.is_empty() || notice.wordings.contains(&receipt.event.wording);
    if is_party && is_as_long && is_approved { Ok(()) } else { Err(Fault::AnotherPaper) }
}

/// What a receipt is about.
pub(crate) fn scope_of(receipt: &ReceiptParts) -> Option<Scope> {
    let processing = &receipt.processing;
    Scope::new(ScopeParts {
        purpose: processing.purpose.clone(),
        kinds: receipt.pii.iter().map(|pii| pii.kind).collect(),
        methods: processing.methods.clone(),
        recipient: processing.recipient.clone(),
        channel: processing.channel.clone(),
    })
    .ok()
}

fn claimed_state(answer: &Answer) -> State {
    match answer.state {
        AnswerState::Granted => State::Granted,
        AnswerState::SeparatelyGranted => State::SeparatelyGranted,
        AnswerState::Refused => State::Refused,
    }
}

/// What the first event of a record is about.
pub(crate) fn about(act: &ConsentAct) -> Option<About<'_>> {
    match act {
        ConsentAct::Requested { scope, notice } => Some(About { scope: scope.clone(), notice, answer: None }),
        ConsentAct::Answered(claimed) => {
            let receipt = claimed.receipt();
            let notice = &receipt.processing.notice;
            Some(About { scope: scope_of(receipt)?, notice, answer: Some(&receipt.event) })
        }
        _ => None,
    }
}
