//! What would leave in clear, and whom a message is about: what has to be known before somebody's consent is asked for.

use super::prepared::Prepared;
use super::{Bounds, Came, body, head, query};
use crate::config::{Consent, Route, SubjectAt};
use crate::stop::{Stop, Why};
use pii_core::{Class, Kind};
use pii_formats::Report;
use pii_store::consents::canonical;
use zeroize::Zeroizing;

/// What would leave in clear, and about whom.
#[derive(Default)]
pub struct Clear {
    /// The kinds that the policy lets pass, but for where the message goes.
    pub kinds: Vec<Kind>,
    /// What the person is known by. `None`: the message does not say.
    pub subject: Option<Zeroizing<String>>,
}

/// Finds out what would leave in clear, by the policy alone.
///
/// # Errors
/// The message cannot be read, or is about several persons.
pub fn in_clear(
    came: &Came<'_>,
    (route, consent): (&Route, &Consent),
    prepared: &Prepared,
    bounds: Bounds,
) -> Result<Clear, Stop> {
    // What is declared of fields that nobody can read leaves as it is, or stops the message.
    let mut clear =
        Clear { kinds: route.opaque.iter().flat_map(|opaque| opaque.kinds.clone()).collect(), subject: None };
    if let SubjectAt::Header(name) = &consent.subject {
        let mut values = came.headers.get_all(name).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        if values.next().is_some() {
            return Err(several(consent.kind, format!("header {name}")));
        }
        clear.subject = value.map(|value| value.trim().to_owned().into());
    }
    let mut reports = head::decided(came, prepared)?;
    if let Some(query) = came.query {
        reports.extend(query::decided(query, prepared)?);
    }
    if !came.body.is_empty() {
        reports.extend(body::open(came.headers, came.body, route, bounds)?.decided(prepared)?);
    }
    reports.iter().try_for_each(|report| clear.take(report, consent))?;
    reports.iter().try_for_each(|report| clear.only_theirs(report, consent))?;
    Ok(clear)
}

fn several(kind: Kind, place: String) -> Stop {
    let detail = "it is about several persons, and one cannot agree for another: send a message for each";
    Stop::new(Why::Found, detail).of(kind).at(place)
}

impl Clear {
    fn take(&mut self, report: &Report, consent: &Consent) -> Result<(), Stop> {
        if report.action == "pass"
            && report.class > Class::ONE
            && !report.is_routing()
            && !self.kinds.contains(&report.kind)
        {
            self.kinds.push(report.kind);
        }
        let SubjectAt::Field(field) = &consent.subject else { return Ok(()) };
        if report.kind != consent.kind || !field.means(&report.path) {
            return Ok(());
        }
        let value = report.dangerously_value();
        if self.subject.as_ref().is_some_and(|known| !is_same(report.kind, known, value)) {
            return Err(several(report.kind, report.path.clone()));
        }
        self.subject = Some(value.to_owned().into());
        Ok(())
    }

    /// What the person is known by is theirs wherever it would leave in clear: another one is another person's.
    fn only_theirs(&self, report: &Report, consent: &Consent) -> Result<(), Stop> {
        let leaves = report.kind == consent.kind && report.action == "pass" && !report.is_routing();
        let is_theirs = |known: &Zeroizing<String>| is_same(report.kind, known, report.dangerously_value());
        if leaves && self.subject.as_ref().is_some_and(|known| !is_theirs(known)) {
            return Err(several(report.kind, report.path.clone()));
        }
        Ok(())
    }
}

/// Whether two ways of writing something are of one thing.
fn is_same(kind: Kind, one: &str, other: &str) -> bool {
    canonical(kind, one) == canonical(kind, other)
}
