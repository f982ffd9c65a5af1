//! What is declared, and which requests wait, as lists.

use super::opened::{Begin, Opened, now};
use super::print_rows;
use crate::arguments::consent::At;
use crate::exit::Failure;
use crate::output;
use pii_core::consent::{OpenRequest, Published};
use std::fmt::Display;
use std::process::ExitCode;

fn joined<T: Display>(list: impl IntoIterator<Item = T>) -> String {
    list.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(", ")
}

pub(super) fn sources(at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::plain(at, Begin::No)?;
    let rows = opened.consents.decide(|book| {
        let row = |source: &pii_core::consent::Source| {
            let until = source.until.map(|until| until.to_string()).unwrap_or_default();
            vec![source.id.to_string(), source.name.clone(), source.algorithm.to_string(), until]
        };
        book.sources().map(row).collect::<Vec<_>>()
    });
    print_rows(at, &["source", "name", "algorithm", "ended"], &rows.map_err(Failure::input)?)
}

pub(super) fn purposes(at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::plain(at, Begin::No)?;
    let rows = opened.consents.decide(|book| {
        let row = |purpose: &pii_core::purpose::Purpose| {
            let methods = joined(purpose.methods().iter());
            let necessary = if purpose.is_necessary() { "yes" } else { "no" };
            let (code, text) = (purpose.code().to_owned(), purpose.text().to_owned());
            vec![code, text, purpose.service().to_owned(), necessary.to_owned(), joined(purpose.kinds()), methods]
        };
        book.purposes().map(row).collect::<Vec<_>>()
    });
    print_rows(at, &["purpose", "text", "service", "necessary", "kinds", "methods"], &rows.map_err(Failure::input)?)
}

pub(super) fn purpose(code: &str, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::plain(at, Begin::No)?;
    let found = opened.consents.decide(|book| book.purpose(code).cloned().map(Published::new));
    print_one(found.map_err(Failure::input)?.as_ref(), "purpose")
}

pub(super) fn recipients(at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::plain(at, Begin::No)?;
    let rows = opened.consents.decide(|book| {
        let row = |recipient: &pii_core::consent::Recipient| {
            let role = serde_json::to_value(recipient.role).ok();
            let role = role.and_then(|role| role.as_str().map(str::to_owned)).unwrap_or_default();
            let country = recipient.country.clone().unwrap_or_default();
            vec![recipient.id.to_string(), recipient.name.clone(), role, country, recipient.contact.clone()]
        };
        book.recipients().map(row).collect::<Vec<_>>()
    });
    print_rows(at, &["recipient", "name", "role", "country", "contact"], &rows.map_err(Failure::input)?)
}

pub(super) fn recipient(code: &str, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::plain(at, Begin::No)?;
    let found = opened.consents.decide(|book| book.recipient(code).cloned());
    print_one(found.map_err(Failure::input)?.as_ref(), "recipient")
}

pub(super) fn requests(is_overdue: bool, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::plain(at, Begin::No)?;
    let today = now()?.day_in_china();
    let rows = opened.consents.decide(|book| {
        let row = |open: &OpenRequest| {
            let right = serde_json::to_value(open.request.right).ok();
            let right = right.and_then(|right| right.as_str().map(str::to_owned)).unwrap_or_default();
            let late = if open.request.due < today { "yes" } else { "" };
            let (id, subject) = (open.request.id.to_string(), open.subject.to_string());
            vec![id, right, open.request.due.to_string(), late.to_owned(), subject, open.received_at.to_string()]
        };
        let mut rows: Vec<_> = if is_overdue {
            book.overdue_requests(today).map(row).collect()
        } else {
            book.open_requests().map(row).collect()
        };
        rows.sort_by(|one, other| one[2].cmp(&other[2]));
        rows
    });
    print_rows(at, &["request", "right", "due", "overdue", "subject", "received"], &rows.map_err(Failure::input)?)
}

fn print_one(found: Option<&impl serde::Serialize>, what: &str) -> Result<ExitCode, Failure> {
    let none = || Failure::usage(format!("there is no such {what}: `pii {what} list` shows them"));
    let text = serde_json::to_string_pretty(found.ok_or_else(none)?).map_err(Failure::input)?;
    output::print(text)?;
    Ok(ExitCode::SUCCESS)
}
