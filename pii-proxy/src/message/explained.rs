//! What is found in a message and why, one by one, for whoever tries one out. No value.

use super::prepared::Prepared;
use super::{Bounds, Came, body, head, query};
use crate::config::{Cookies, Route};
use pii_formats::{Masker, Report};
use serde::Serialize;

/// What a finding comes to that stands where nothing can be changed.
const BLOCK: &str = "block";

/// A finding, told without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// What it is.
    pub kind: &'static str,
    /// How sensitive it is, 1 to 4.
    pub class: u8,
    /// Where it stands: `path`, `header x-customer-no`, `query idNo`, `$.customer.idNo`, `line 3`.
    pub place: String,
    /// What becomes of it.
    pub action: &'static str,
    /// Whether it leaves all the same, because the route only observes it.
    pub is_observed: bool,
    /// Whether it passes because it is where the message goes.
    pub is_routing: bool,
    /// Why it counts, and which rule of the policy decided.
    pub explanation: String,
}

/// All that is found in a message, in the order path, headers, query, body. What cannot be read has nothing found in it:
/// [`inspect`](super::inspect) says that it stops the message.
#[must_use]
pub fn explained(came: &Came<'_>, route: &Route, prepared: &Prepared, bounds: Bounds) -> Vec<Explained> {
    let mut all = Vec::new();
    for (place, report) in head::placed(came, route, prepared).unwrap_or_default() {
        let can_change = route.cookies == Cookies::Mask && place == "header cookie";
        let action = if report.passes() || can_change { report.action } else { BLOCK };
        let one = Explained { place, action, ..told(&report, &prepared.masker, "") };
        // A head is read as it is written and percent-decoded.
        if !all.contains(&one) {
            all.push(one);
        }
    }
    let in_query = came.query.and_then(|query| query::decided(query, prepared).ok());
    all.extend(in_query.iter().flatten().map(|report| told(report, &prepared.of_query, "query ")));
    let opened = (!came.body.is_empty()).then(|| body::open(came.headers, came.body, route, bounds).ok()).flatten();
    let in_body = opened.and_then(|opened| opened.decided(prepared).ok());
    all.extend(in_body.iter().flatten().map(|report| told(report, &prepared.masker, "")));
    all
}

fn told(report: &Report, masker: &Masker, before: &str) -> Explained {
    let path = &report.path;
    Explained {
        kind: report.kind.as_str(),
        class: report.class.level(),
        place: if path.is_empty() { format!("{before}line {}", report.line) } else { format!("{before}{path}") },
        action: report.action,
        is_observed: report.is_observed(),
        is_routing: report.is_routing(),
        explanation: masker.explain(report),
    }
}
