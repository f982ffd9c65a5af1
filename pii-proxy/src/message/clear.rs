//! What would leave in clear, and whom a message is about: what has to be known before somebody's consent is asked for.

use super::prepared::Prepared;
use super::{Bounds, Came, body, query};
use crate::config::{Consent, Route, SubjectAt};
use crate::stop::{Stop, Why};
use pii_core::{Class, Kind};
use pii_formats::Report;
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
        let value = came.headers.get(name).and_then(|value| value.to_str().ok());
        clear.subject = value.map(|value| value.trim().to_owned().into());
    }
    if let Some(query) = came.query {
        query::decided(query, prepared)?.iter().try_for_each(|report| clear.take(report, consent))?;
    }
    if !came.body.is_empty() {
        let opened = body::open(came.headers, came.body, bounds)?;
        opened.decided(prepared)?.iter().try_for_each(|report| clear.take(report, consent))?;
    }
    Ok(clear)
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
        if self.subject.as_ref().is_some_and(|known| known.as_str() != value) {
            let detail = "it is about several persons, and one cannot agree for another: send a message for each";
            return Err(Stop::new(Why::Found, detail).of(report.kind).at(report.path.clone()));
        }
        self.subject = Some(value.to_owned().into());
        Ok(())
    }
}
