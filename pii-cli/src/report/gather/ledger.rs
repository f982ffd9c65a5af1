//! What the consent ledger says: acts in the period, and what was declared.

use super::span::Span;
use crate::report::model::{Document, Incidents, Ledger, NOTICE_DAYS, Party, Requests};
use pii_core::consent::{Body, Book, Declaration, Entry, RecipientRole, State};
use pii_core::time::Date;
use pii_store::StoreError;
use pii_store::consents::{SourceKeys, entry_of};
use pii_store::ledger::{Head, LedgerStorage, PAGE_LIMIT_ENTRIES};
use std::collections::BTreeMap;

/// What was read, and what the firm calls its purposes.
pub(super) struct Read {
    pub(super) ledger: Ledger,
    pub(super) purposes: BTreeMap<String, String>,
}

/// A document, as declared last.
struct Declared {
    what: &'static str,
    recipient: Option<String>,
    purpose: Option<String>,
    until: Date,
    is_acceptable: bool,
    /// An assessment or contract that a recipient has to have.
    covers: Cover,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cover {
    Contract,
    Assessment,
    Other,
}

#[derive(Default)]
struct Fold {
    ledger: Ledger,
    documents: BTreeMap<(&'static str, String), Declared>,
    recipients: BTreeMap<String, Party>,
    purposes: BTreeMap<String, String>,
}

/// Reads the ledger of a store from its beginning.
pub(super) fn read(storage: &mut dyn LedgerStorage, span: &Span, today: Date) -> Result<Read, StoreError> {
    let keys = SourceKeys::default();
    let (mut book, mut fold, mut head) = (Book::new(), Fold::default(), Head::default());
    fold.ledger.is_sound = true;
    loop {
        let page = storage.after(head.seq, PAGE_LIMIT_ENTRIES)?;
        if page.is_empty() {
            break;
        }
        for stored in &page {
            match head.then(stored) {
                Ok(next) => head = next,
                Err(_) => (fold.ledger.is_sound, head) = (false, stored.head()),
            }
            fold.ledger.entries += 1;
            match entry_of(stored) {
                // It was erased with its subject, or says nothing to anybody.
                Ok(None) => {}
                Ok(Some(entry)) if book.apply(&entry, &keys).is_ok() => fold.take(&entry, span),
                Ok(Some(_)) | Err(_) => fold.ledger.not_taken += 1,
            }
        }
    }
    Ok(fold.told(&book, span, today))
}

impl Fold {
    fn take(&mut self, entry: &Entry, span: &Span) {
        let is_within = span.holds(entry.at());
        let ledger = &mut self.ledger;
        match entry.body() {
            Body::Declared(declaration) => self.declared(declaration),
            Body::Consent(event) if is_within => *ledger.acts.entry(word(event.act.state())).or_default() += 1,
            Body::RequestReceived(_) if is_within => ledger.requests.received += 1,
            Body::RequestAnswered(answer) if is_within => {
                ledger.requests.answered += 1;
                ledger.requests.refused += u64::from(answer.refused_because.is_some());
            }
            Body::Erased { .. } if is_within => ledger.deleted_subjects += 1,
            Body::Restricted { .. } if is_within => ledger.restricted_subjects += 1,
            _ => {}
        }
    }

    fn declared(&mut self, declaration: &Declaration) {
        let text = |code: &pii_core::consent::Code| code.as_str().to_owned();
        let (what, id, recipient, purpose, until, is_acceptable, covers) = match declaration {
            Declaration::Assessment(it) => {
                let recipient = it.recipient.as_ref().map(text);
                (
                    "assessment",
                    &it.id,
                    recipient,
                    Some(text(&it.purpose)),
                    it.until,
                    it.is_acceptable,
                    Cover::Assessment,
                )
            }
            Declaration::BiometricAssessment(it) => {
                ("biometric_assessment", &it.id, None, Some(text(&it.purpose)), it.until, true, Cover::Other)
            }
            Declaration::Contract(it) => {
                ("contract", &it.id, Some(text(&it.recipient)), None, it.until, true, Cover::Contract)
            }
            Declaration::OtherBasis(it) => {
                let recipient = it.recipient.as_ref().map(text);
                ("other_basis", &it.id, recipient, Some(text(&it.purpose)), it.until, true, Cover::Other)
            }
            Declaration::ExportGround(it) => {
                ("export_ground", &it.id, Some(text(&it.recipient)), None, it.until, true, Cover::Other)
            }
            Declaration::Recipient(it) => {
                let party = self.party(&text(&it.id));
                (party.name, party.role, party.overseas) = (it.name.clone(), role(it.role), it.is_overseas());
                return;
            }
            Declaration::Supervision(it) => {
                let party = self.party(&text(&it.recipient));
                party.supervised_on = Some(it.on.to_string());
                party.is_satisfactory = Some(it.is_satisfactory);
                return;
            }
            Declaration::Purpose(it) => {
                let purpose = it.purpose();
                self.purposes.insert(purpose.code().to_owned(), purpose.text().to_owned());
                return;
            }
            Declaration::Notice(_) | Declaration::Source(_) | Declaration::Settings(_) => return,
        };
        let new = Declared { what, recipient, purpose, until, is_acceptable, covers };
        self.documents.insert((what, text(id)), new);
    }

    fn party(&mut self, id: &str) -> &mut Party {
        self.recipients.entry(id.to_owned()).or_insert_with(|| Party {
            id: id.to_owned(),
            name: String::new(),
            role: "",
            overseas: true,
            has_contract: false,
            has_assessment: false,
            supervised_on: None,
            is_satisfactory: None,
        })
    }

    fn told(mut self, book: &Book, span: &Span, today: Date) -> Read {
        let covered = |recipient: &str, covers: Cover| {
            let mut of_it = self.documents.values().filter(|it| it.recipient.as_deref() == Some(recipient));
            of_it.any(|it| it.covers == covers && it.is_acceptable && it.until >= today)
        };
        for (id, party) in &mut self.recipients {
            party.has_contract = covered(id, Cover::Contract);
            party.has_assessment = covered(id, Cover::Assessment);
        }
        let document = |((_, id), it): (&(&'static str, String), &Declared)| Document {
            what: it.what,
            id: id.clone(),
            recipient: it.recipient.clone(),
            purpose: it.purpose.clone(),
            until: it.until.to_string(),
            days_left: it.until.unix_days() - today.unix_days(),
            state: self.state(it, today),
        };
        let mut documents: Vec<Document> = self.documents.iter().map(document).collect();
        documents.sort_by_key(|document| document.days_left);
        let mut ledger = self.ledger;
        ledger.documents = documents;
        ledger.recipients = self.recipients.into_values().filter(|party| !party.role.is_empty()).collect();
        ledger.subjects = book.subject_count() as u64;
        ledger.records = book.record_count() as u64;
        ledger.requests = Requests {
            open: book.open_requests().count() as u64,
            overdue: book.overdue_requests(today).count() as u64,
            ..ledger.requests
        };
        // Nobody being told is no less wrong for having begun before the period.
        let is_past = |at| span.end().is_none_or(|end| at < end);
        for incident in book.incidents().filter(|incident| is_past(incident.found_at)) {
            let Incidents { found, persons, not_told, authority_not_told, persons_not_told } = &mut ledger.incidents;
            if span.holds(incident.found_at) {
                (*found, *persons) = (*found + 1, persons.saturating_add(incident.persons));
            }
            let authority_knows = incident.authority_told_at.is_some();
            let persons_know = incident.persons_told_at.is_some() || incident.persons_not_told_because.is_some();
            *not_told += u64::from(!authority_knows || !persons_know);
            *authority_not_told += u64::from(!authority_knows);
            *persons_not_told += u64::from(!persons_know);
        }
        Read { ledger, purposes: self.purposes }
    }

    fn state(&self, it: &Declared, today: Date) -> &'static str {
        let stands_in =
            |other: &&Declared| other.what == it.what && other.recipient == it.recipient && other.purpose == it.purpose;
        let days_left = |it: &Declared| it.until.unix_days() - today.unix_days();
        let is_replaced = |least: i64| {
            self.documents.values().filter(stands_in).any(|other| other.is_acceptable && days_left(other) > least)
        };
        match days_left(it) {
            _ if !it.is_acceptable => "not_acceptable",
            left if left < 0 && is_replaced(-1) => "replaced",
            left if left < 0 => "expired",
            left if left <= NOTICE_DAYS && is_replaced(NOTICE_DAYS) => "replaced",
            left if left <= NOTICE_DAYS => "expiring",
            _ => "valid",
        }
    }
}

fn role(role: RecipientRole) -> &'static str {
    match role {
        RecipientRole::Processor => "processor",
        RecipientRole::Joint => "joint",
        RecipientRole::Independent => "independent",
        RecipientRole::Authority => "authority",
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Notified => "requested",
        State::Granted => "granted",
        State::SeparatelyGranted => "separately_granted",
        State::Refused => "refused",
        State::Withdrawn => "withdrawn",
        State::Expired => "expired",
        State::Superseded => "superseded",
        State::Invalid => "invalid",
        State::NeedsReconfirm => "needs_reconfirm",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(id: &str, day: &str, told: &str) -> Entry {
        let text = r#""kinds":["mobile_phone"],"cause":"误发","harm":"骚扰","measures":"已追回","contact":"客服""#;
        let body = format!(r#"{{"id":"{id}","found_at":"{day}T12:00:00Z",{text},"persons":3{told}}}"#);
        let json = format!(r#"{{"schema":1,"at":"{day}T12:00:00Z","body":{{"incident":{body}}}}}"#);
        Entry::parse(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
    }

    #[test]
    fn incidents_that_nobody_was_told_of_are_told_of_in_later_periods_too() {
        let (authority, persons) = (
            r#","authority_told_at":"2026-07-01T00:00:00Z""#.to_owned(),
            r#","persons_told_at":"2026-07-01T00:00:00Z""#.to_owned(),
        );
        let mut book = Book::new();
        for entry in [
            incident("i-1", "2026-03-01", &authority),
            incident("i-2", "2026-03-02", &persons),
            incident("i-3", "2026-03-03", &(authority + &persons)),
            incident("i-4", "2026-06-02", ""),
            incident("i-5", "2026-07-02", ""),
        ] {
            book.apply(&entry, &SourceKeys::default()).expect("it fits");
        }
        let (june, today) = ((Date::new(2026, 6, 1), Date::new(2026, 6, 30)), Date::new(2026, 8, 1).expect("a day"));
        let span = Span::new(june.0, june.1).expect("a month");
        let told = Fold::default().told(&book, &span, today).ledger.incidents;
        assert_eq!((told.found, told.persons), (1, 3));
        assert_eq!((told.not_told, told.authority_not_told, told.persons_not_told), (3, 2, 2));
    }
}
