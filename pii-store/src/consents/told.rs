//! What the audit trail is told of a change.

use super::error::ConsentError;
use super::subject::SubjectDigests;
use super::wire;
use crate::ledger::StoredEntry;
use crate::trail::{Change, Hash, KeyedDigest, LedgerChange, Name, Record, Recorder, SUBJECT_LIMIT};
use pii_core::consent::{AliasDigest, Body, ConsentAct, Entry, State};

/// Records entries that are in the ledger, and returns once that is on the disk. `about` is whom they are about, where it is
/// known by more than their number.
pub(super) fn changes(
    trail: &Recorder,
    stored: &[StoredEntry],
    about: &[AliasDigest],
    digests: &SubjectDigests,
) -> Result<(), ConsentError> {
    let mut last = None;
    for stored in stored {
        let Some(entry) = wire::read(stored)? else { continue };
        let ticket = trail.append(Record::Ledger(Box::new(change(stored, &entry, about, digests))));
        last = Some(ticket.map_err(|error| ConsentError::trail(&error))?);
    }
    // Tickets are done in their order.
    last.map_or(Ok(()), |ticket| ticket.wait().map(|_| ()).map_err(|error| ConsentError::trail(&error)))
}

fn change(stored: &StoredEntry, entry: &Entry, about: &[AliasDigest], digests: &SubjectDigests) -> LedgerChange {
    let own = match entry.body() {
        Body::AliasAdded(alias) => Some(*alias),
        _ => None,
    };
    let number = entry.subject().map(|subject| digests.of_number(subject)).unwrap_or_default();
    let known = own.iter().chain(about.iter().filter(|alias| own != Some(**alias))).chain(&number);
    let digest = |alias: &AliasDigest| KeyedDigest { key: alias.key(), mac: alias.bytes() };
    let (purpose, recipient) = scope(entry);
    LedgerChange {
        entry: stored.seq,
        digest: Hash::new(stored.digest),
        change: kind(entry.body()),
        effective: entry.at(),
        subjects: if entry.subject().is_some() { known.take(SUBJECT_LIMIT).map(digest).collect() } else { Vec::new() },
        purpose,
        recipient,
    }
}

fn kind(body: &Body) -> Change {
    let Body::Consent(event) = body else { return Change::Declared };
    match event.act.state() {
        State::Granted | State::SeparatelyGranted => Change::Granted,
        State::Refused | State::Withdrawn => Change::Withdrawn,
        State::Expired | State::Superseded | State::Invalid | State::NeedsReconfirm => Change::Expired,
        State::Notified => Change::Declared,
    }
}

/// Purpose and recipient, where the entry itself says them.
fn scope(entry: &Entry) -> (Option<Name>, Option<Name>) {
    let (purpose, recipient) = match entry.consent().map(|event| &event.act) {
        Some(ConsentAct::Answered(claimed)) => {
            let processing = &claimed.receipt().processing;
            (Some(&processing.purpose), processing.recipient.as_ref())
        }
        Some(ConsentAct::Requested { scope, .. }) => (Some(&scope.purpose), scope.recipient.as_ref()),
        _ => (None, None),
    };
    let name = |code: &pii_core::consent::Code| Name::new(code.as_str());
    (purpose.and_then(name), recipient.and_then(name))
}
