//! What the audit trail is told of a change.

use super::error::ConsentError;
use super::subject::{SubjectDigests, in_trail};
use super::wire;
use crate::StoreError;
use crate::ledger::StoredEntry;
use crate::trail::{Change, Hash, LedgerChange, Name, Record, Recorder, SUBJECT_LIMIT};
use pii_core::consent::{AliasDigest, Body, Code, ConsentAct, Entry, RecordId, State};

/// A record's purpose and recipient.
pub(super) type Scope = (Option<Code>, Option<Code>);

/// Records entries that are in the ledger, and returns once that is on the disk. `about` is whom they are about, where it is
/// known by more than their number; `of_record` says what a record is for, where an event of it does not.
pub(super) fn changes(
    trail: &Recorder,
    stored: &[StoredEntry],
    (about, digests): (&[AliasDigest], &SubjectDigests),
    of_record: impl Fn(RecordId) -> Result<Scope, StoreError>,
) -> Result<(), ConsentError> {
    let mut last = None;
    for stored in stored {
        let Some(entry) = wire::read(stored)? else { continue };
        let scope = match scope(&entry) {
            Told::Here(scope) => scope,
            Told::InRecord(record) => of_record(record)?,
        };
        let ticket = trail.append(Record::Ledger(Box::new(change(stored, &entry, (about, digests), &scope))));
        last = Some(ticket.map_err(|error| ConsentError::trail(&error))?);
    }
    // Tickets are done in their order.
    last.map_or(Ok(()), |ticket| ticket.wait().map(|_| ()).map_err(|error| ConsentError::trail(&error)))
}

fn change(
    stored: &StoredEntry,
    entry: &Entry,
    (about, digests): (&[AliasDigest], &SubjectDigests),
    scope: &Scope,
) -> LedgerChange {
    let own = match entry.body() {
        Body::AliasAdded(alias) => Some(*alias),
        _ => None,
    };
    let number = entry.subject().map(|subject| digests.of_number(subject)).unwrap_or_default();
    // What leads to them first, and their number next, which all records about them have in common.
    let known = own.iter().chain(&number).chain(about.iter().filter(|alias| own != Some(**alias)));
    let name = |code: &Option<Code>| code.as_ref().and_then(|code| Name::new(code.as_str()));
    LedgerChange {
        entry: stored.seq,
        digest: Hash::new(stored.digest),
        change: kind(entry.body()),
        effective: entry.at(),
        subjects: if entry.subject().is_some() {
            known.take(SUBJECT_LIMIT).map(in_trail).collect()
        } else {
            Vec::new()
        },
        purpose: name(&scope.0),
        recipient: name(&scope.1),
    }
}

fn kind(body: &Body) -> Change {
    let event = match body {
        Body::Consent(event) => event,
        Body::Withdrawn(_) => return Change::Withdrawn,
        _ => return Change::Declared,
    };
    match event.act.state() {
        State::Granted | State::SeparatelyGranted => Change::Granted,
        State::Refused => Change::Refused,
        State::Withdrawn => Change::Withdrawn,
        State::Expired | State::Superseded | State::Invalid | State::NeedsReconfirm => Change::Expired,
        State::Notified => Change::Declared,
    }
}

/// Where purpose and recipient stand.
enum Told {
    Here(Scope),
    InRecord(RecordId),
}

fn scope(entry: &Entry) -> Told {
    let event = match entry.body() {
        Body::Consent(event) => event,
        Body::Withdrawn(all) => return Told::Here((all.purpose.clone(), all.recipient.clone())),
        _ => return Told::Here((None, None)),
    };
    match &event.act {
        ConsentAct::Answered(claimed) => {
            let processing = &claimed.receipt().processing;
            Told::Here((Some(processing.purpose.clone()), processing.recipient.clone()))
        }
        ConsentAct::Requested { scope, .. } => Told::Here((Some(scope.purpose.clone()), scope.recipient.clone())),
        _ => Told::InRecord(event.record),
    }
}
