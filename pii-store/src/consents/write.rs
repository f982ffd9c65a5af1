//! What is written for persons and by the firm, a line at a time.

use super::append::Written;
use super::error::ConsentError;
use super::subject::{Aliases, Leads};
use super::{Consents, Step};
use crate::StoreError;
use crate::ledger::{LedgerStorage, Removal, wait_for};
use crate::trail::Note;
use pii_core::consent::{
    Actor, Body, Book, Code, Declaration, Entry, Fault, Holding, Incident, NoticeRef, RecordId, RightsAnswer,
    RightsRequest, Scope, State, SubjectId, Which,
};
use pii_core::key::Entropy;
use pii_core::time::Moment;
use std::time::Duration;

/// A withdrawal that is done: no node decides on the old consent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// How many records were withdrawn.
    pub records: usize,
    /// How long it took until every node had it, or could not decide without it.
    pub waited: Duration,
    /// How many nodes did not say that they have it, and whose leases ran out.
    pub silent_nodes: usize,
}

impl Consents {
    /// Declares something.
    ///
    /// # Errors
    /// A version of a notice that is not later than the last; the store cannot be written.
    pub fn declare(&self, declaration: &Declaration, at: Moment) -> Result<(), ConsentError> {
        let make = |book: &Book| Ok(Step::from(vec![book.declare(declaration.clone(), at)?]));
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }

    /// Reports an incident, or what more became known of it.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn report(&self, incident: &Incident, at: Moment) -> Result<(), ConsentError> {
        let make = |_: &_| Ok(Step::from(vec![Entry::incident(at, incident.clone())]));
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }

    /// The subject of whoever is known by all of these: a new one, at random, where they lead to nobody. They lead to it from
    /// then on.
    ///
    /// # Errors
    /// They lead to several persons, or only some of them to anybody, which only a source can change.
    pub fn subject_or_new(
        &self,
        aliases: &Aliases,
        at: Moment,
        entropy: &mut dyn Entropy,
    ) -> Result<SubjectId, ConsentError> {
        if aliases.is_empty() {
            return Err(ConsentError::NOBODY);
        }
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes)?;
        let mut subject = SubjectId::new(bytes);
        let make = |book: &Book| match aliases.lead(book) {
            Leads::To(known) => {
                subject = known;
                Ok(Step::default())
            }
            Leads::ToNobody => {
                subject = SubjectId::new(bytes);
                let new = aliases.new_to(book).map(|alias| book.add_alias(subject, alias, at));
                Ok(Step::from(new.collect::<Result<Vec<_>, Fault>>()?))
            }
            Leads::PartlyTo(_) => Err(ConsentError::NOT_ALL),
            Leads::Astray => Err(ConsentError::UNCLEAR),
        };
        self.write_whole(aliases, make)?;
        Ok(subject)
    }

    /// Writes down that a person is shown a notice and asked.
    ///
    /// # Errors
    /// They said no lately; the scope goes beyond purpose or notice; the notice is not in force; the record is another's.
    pub fn ask(
        &self,
        record: RecordId,
        subject: SubjectId,
        (scope, notice): (&Scope, &NoticeRef),
        at: Moment,
    ) -> Result<(), ConsentError> {
        let make =
            |book: &Book| Ok(Step::from(vec![book.ask(record, subject, (scope.clone(), notice.clone()), at)?]));
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }

    /// Withdraws consents, and returns once no node can decide on them any more: every node has said that it knows, or its
    /// lease has run out. None may be left to withdraw: whatever was said before counts no more nevertheless, on whatever node
    /// it comes in.
    ///
    /// # Errors
    /// Nothing is known of the subject; the record is not the subject's or not there; the store cannot be written. After
    /// [`crate::StoreError::is_unknown_outcome`] it is to be tried again, which does no harm.
    pub fn withdraw(
        &self,
        subject: SubjectId,
        which: Which<'_>,
        (by, reason): (&Actor, Option<&str>),
        about: &Aliases,
        at: Moment,
    ) -> Result<Withdrawn, ConsentError> {
        let make = |book: &Book| {
            let said = (by.clone(), reason.map(noted));
            Ok(Step::from(book.withdraw(subject, which, said, at)?))
        };
        let written = match self.write_whole(about, make) {
            // It is withdrawn already, perhaps by a try whose outcome nobody was told: then nodes are waited for all the same.
            Err(error) if error.fault() == Some(Fault::NotFromThisState) && self.is_withdrawn(which)? => {
                let wait = |storage: &mut dyn LedgerStorage| {
                    let newest = storage.head()?.seq;
                    wait_for(storage, newest)
                };
                Written { acknowledged: Some(self.with_storage(wait)?), ..Written::default() }
            }
            other => other?,
        };
        let (waited, silent_nodes) =
            written.acknowledged.map_or((Duration::ZERO, 0), |done| (done.waited, done.silent));
        Ok(Withdrawn { records: written.records, waited, silent_nodes })
    }

    fn is_withdrawn(&self, which: Which<'_>) -> Result<bool, StoreError> {
        let Which::Record(id) = which else { return Ok(false) };
        self.look(|folded| folded.book.record(id).is_some_and(|record| record.state == State::Withdrawn))
    }

    /// Leaves storage and protection only of a person's data (PIPL Art. 47 ¶2), on every node when it returns.
    ///
    /// # Errors
    /// The subject's data are deleted; the store cannot be written.
    pub fn restrict(&self, subject: SubjectId, by: &Actor, reason: &str, at: Moment) -> Result<(), ConsentError> {
        let make = |book: &Book| Ok(Step::from(vec![book.restrict(subject, by.clone(), noted(reason), at)?]));
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }

    /// Ends that.
    ///
    /// # Errors
    /// As [`Consents::restrict`].
    pub fn lift(&self, subject: SubjectId, by: &Actor, reason: &str, at: Moment) -> Result<(), ConsentError> {
        let make = |book: &Book| Ok(Step::from(vec![book.lift_restriction(subject, by.clone(), noted(reason), at)?]));
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }

    /// Deletes all that the ledger has of a subject: what leads to them, their records and requests. That something was
    /// deleted stays, under a number that leads to nobody.
    ///
    /// # Errors
    /// A law keeps something of what the firm holds; else as [`Consents::restrict`].
    pub fn erase(
        &self,
        subject: SubjectId,
        held: &[Holding],
        (by, reason): (&Actor, &str),
        at: Moment,
    ) -> Result<(), ConsentError> {
        let make = |book: &Book| {
            let entries = book.erase(subject, held, (by.clone(), noted(reason)), at)?;
            Ok(Step { entries, removals: vec![Removal::Subject(subject.bytes())] })
        };
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }

    /// Takes a request of a data subject (PIPL Art. 44 to 50).
    ///
    /// # Errors
    /// Nothing is known of the subject; the store cannot be written.
    pub fn receive(&self, subject: SubjectId, request: &RightsRequest, at: Moment) -> Result<(), ConsentError> {
        let make = |book: &Book| Ok(Step::from(vec![book.receive(subject, request.clone(), at)?]));
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }

    /// Says that a request was answered, by whoever made it.
    ///
    /// # Errors
    /// There is no such request, or it is answered.
    pub fn answer_request(&self, answer: &RightsAnswer, at: Moment) -> Result<(), ConsentError> {
        let make = |book: &Book| {
            let subject = subject_of(book, &answer.id).ok_or(Fault::NoSuchRequest)?;
            Ok(Step::from(vec![book.answer_request(subject, answer.clone(), at)?]))
        };
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }

    /// Writes down ends that time or a change has brought already, at most `limit` of them, for whoever reads the ledger.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn write_ends(&self, limit: usize, at: Moment) -> Result<usize, ConsentError> {
        let make = |book: &Book| Ok(Step::from(book.due(at, limit)));
        self.write_whole(&Aliases::default(), make).map(|written| written.records)
    }

    /// Notes that data were given to a recipient, as far as the ledger counts that: overseas (Provisions on Cross-border Data
    /// Flows, Art. 7).
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn provided(
        &self,
        subject: SubjectId,
        (recipient, purpose): (&Code, &Code),
        kinds: &[pii_core::Kind],
        at: Moment,
    ) -> Result<(), ConsentError> {
        let body = Body::Provided { recipient: recipient.clone(), purpose: purpose.clone(), kinds: kinds.to_vec() };
        let make = |_: &_| Ok(Step::from(Entry::of(subject, at, body.clone()).into_iter().collect::<Vec<_>>()));
        self.write_whole(&Aliases::default(), make).map(|_| ())
    }
}

/// What somebody wrote, without the numbers that never belong there.
fn noted(reason: &str) -> String {
    Note::new(reason).as_str().to_owned()
}

fn subject_of(book: &Book, request: &Code) -> Option<SubjectId> {
    book.open_requests().find(|open| open.request.id == *request).map(|open| open.subject)
}
