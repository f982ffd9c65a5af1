//! What a book tells of its records.

use super::super::entry::Age;
use super::super::id::{Code, RecordId, SubjectId};
use super::super::notice::Notice;
use super::super::party::{Recipient, Source};
use super::super::receipt::GivenBy;
use super::super::rights::Incident;
use super::super::settings::SettingsParts;
use super::super::state::State;
use super::Book;
use super::people::{Found, NONE};
use super::records::{Record, ScopeRow};
use super::register::OpenRequest;
use crate::consent::AliasDigest;
use crate::purpose::Purpose;
use crate::time::{Date, Moment};

/// A record, as it stands.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'b> {
    /// Its name.
    pub id: RecordId,
    /// Its state. By time, by another version of the notice or of the purpose it may be over nevertheless.
    pub state: State,
    /// How many events it has had.
    pub number: u32,
    /// What it is for.
    pub scope: ScopeView<'b>,
    /// The notice that it was given with, if that is registered.
    pub notice: Option<&'b Notice>,
    /// Who answered.
    pub given_by: GivenBy,
    /// When, as the source claims.
    pub answered_at: Moment,
    /// Until when it counts, where it ends.
    pub valid_until: Option<Moment>,
    /// Whether an entry of it could not be taken, so that it counts for nothing.
    pub is_damaged: bool,
}

impl ScopeView<'_> {
    /// Its purpose and recipient.
    #[must_use]
    pub fn names(&self) -> (Option<Code>, Option<Code>) {
        (Some(self.purpose.clone()), self.recipient.cloned())
    }
}

/// A record's scope, but for kinds and methods.
#[derive(Clone, Copy, Debug)]
pub struct ScopeView<'b> {
    /// The purpose.
    pub purpose: &'b Code,
    /// For whom.
    pub recipient: Option<&'b Code>,
    /// By which channel alone.
    pub channel: Option<&'b Code>,
}

impl Book {
    /// How many records there are.
    #[must_use]
    pub fn record_count(&self) -> usize {
        self.records.len()
    }

    /// How many subjects there are.
    #[must_use]
    pub fn subject_count(&self) -> usize {
        self.people.len()
    }

    /// All records of a subject, the newest first.
    pub fn records_of(&self, subject: SubjectId) -> impl Iterator<Item = RecordView<'_>> {
        let newest = self.people.find(subject).map_or(NONE, |person| person.newest);
        self.records.chain(newest).filter_map(|(record, scope)| self.view(record, scope))
    }

    /// A record.
    #[must_use]
    pub fn record(&self, id: RecordId) -> Option<RecordView<'_>> {
        let record = self.records.find(id)?;
        self.view(record, self.records.scope(record)?)
    }

    /// The subject that all of these lead to. `None` where they lead to nobody or to several.
    #[must_use]
    pub fn subject_of(&self, aliases: &[AliasDigest]) -> Option<SubjectId> {
        match self.people.resolve(aliases) {
            Found::One(number) => self.people.id(number),
            Found::Nobody | Found::Unclear => None,
        }
    }

    /// Whether this leads to anybody, be it to several.
    #[must_use]
    pub fn knows(&self, alias: &AliasDigest) -> bool {
        self.people.resolve(std::slice::from_ref(alias)) != Found::Nobody
    }

    /// All purposes that are published.
    pub fn purposes(&self) -> impl Iterator<Item = &Purpose> {
        self.declared.purposes.all().filter_map(|row| row.purpose.as_ref())
    }

    /// All recipients that are registered.
    pub fn recipients(&self) -> impl Iterator<Item = &Recipient> {
        self.declared.recipients.all().filter_map(|row| row.recipient.as_ref())
    }

    /// All sources, ended ones included.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.declared.sources.all()
    }

    /// A purpose that is published.
    #[must_use]
    pub fn purpose(&self, code: &str) -> Option<&Purpose> {
        self.declared.purposes.find(code)?.1.purpose.as_ref()
    }

    /// A recipient that is registered.
    #[must_use]
    pub fn recipient(&self, code: &str) -> Option<&Recipient> {
        self.declared.recipients.find(code)?.1.recipient.as_ref()
    }

    /// A source that is registered, ended or not.
    #[must_use]
    pub fn source(&self, code: &str) -> Option<&Source> {
        self.declared.sources.find(code).map(|(_, source)| source)
    }

    /// A source that is registered and not ended at that time, by the latest time that the ledger has seen.
    #[must_use]
    pub fn source_in_force(&self, code: &str, at: Moment) -> Option<&Source> {
        self.source(code).filter(|source| source.until.is_none_or(|until| self.now(at) <= until))
    }

    /// What is known of a subject's age.
    #[must_use]
    pub fn age(&self, subject: SubjectId) -> Age {
        self.people.find(subject).map_or(Age::Unknown, |person| person.age)
    }

    /// A version of a notice.
    #[must_use]
    pub fn notice(&self, id: &str, version: u32) -> Option<&Notice> {
        self.declared.version(id, version).map(|(_, row)| &row.notice)
    }

    /// What the firm settled.
    #[must_use]
    pub fn settings(&self) -> &SettingsParts {
        &self.declared.settings
    }

    /// Requests that were not answered yet.
    pub fn open_requests(&self) -> impl Iterator<Item = &OpenRequest> {
        self.rights.open()
    }

    /// Requests that should have been answered before this day.
    pub fn overdue_requests(&self, today: Date) -> impl Iterator<Item = &OpenRequest> {
        self.rights.overdue(today)
    }

    /// All incidents.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.rights.incidents()
    }

    /// The last year in which data went overseas, of how many persons, and of how many sensitive data.
    #[must_use]
    pub fn exported(&self) -> (u16, u64, u64) {
        self.exports.totals()
    }

    fn view(&self, record: &Record, scope: &ScopeRow) -> Option<RecordView<'_>> {
        let declared = &self.declared;
        Some(RecordView {
            id: record.id,
            state: record.state,
            number: record.number,
            scope: ScopeView {
                purpose: declared.purposes.name(scope.purpose)?,
                recipient: scope.recipient.and_then(|number| declared.recipients.name(number)),
                channel: scope.channel.and_then(|number| declared.channels.name(number)),
            },
            notice: declared.versions.get(record.notice as usize).map(|row| &row.notice),
            given_by: record.given_by,
            answered_at: record.answered_at,
            valid_until: record.valid_until.and_then(|until| Moment::from_unix_millis(until.get())),
            is_damaged: record.is_damaged,
        })
    }
}
