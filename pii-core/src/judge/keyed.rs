//! Values that something keyed stands for: asked for, and fitted into their place.

use super::case::Case;
use super::measure;
use crate::place::Room;
use crate::policy::Action;
use crate::transform::{Asked, Transform, TransformError};

/// What names the person of a record, from the surest on.
const SUBJECT_KINDS: [&str; 5] = ["resident_id", "customer_no", "unified_account", "passport", "mobile_phone"];

/// What stands in the place of a value whose action takes a key.
pub(super) fn transformed(
    case: &Case<'_>,
    keys: Option<&dyn Transform>,
    purpose: &str,
    subject: &str,
) -> Result<String, TransformError> {
    let keys = keys.ok_or(TransformError::NoForm)?;
    let canonical = case.canonical();
    let ask = |written: &str| {
        keys.transform(&Asked {
            action: case.decision.action,
            rule: case.rule,
            written,
            canonical: &canonical,
            subject,
            purpose,
            terms: case.decision.terms,
        })
    };
    // A form is kept as the value is written, full-width digits too. A disguise that has no such form (①③⑧) is let go.
    let as_written = || ask(case.item.value);
    let bare = || {
        let (prefix, value) = case.parts();
        ask(value).map(|text| [prefix, &text].concat())
    };
    let text = match case.decision.action {
        // What is opened again is what was written.
        Action::Seal => as_written(),
        Action::Fpe if case.is_folded() => {
            as_written().or_else(|error| if error == TransformError::NoForm { bare() } else { Err(error) })
        }
        _ => bare(),
    }?;
    fits(case, &text).then_some(text).ok_or(TransformError::NoForm)
}

/// What tells the person of a record from all others: the canonical form of the surest number in it; empty if none is.
pub(super) fn subject(cases: &[Case<'_>]) -> String {
    let rank = |case: &Case<'_>| SUBJECT_KINDS.iter().position(|kind| *kind == case.item.finding.kind().as_str());
    let takes_one = cases.iter().any(|case| case.decision.action == Action::Fpe);
    let surest =
        cases.iter().filter(|_| takes_one).filter_map(|case| Some((rank(case)?, case))).min_by_key(|(rank, _)| *rank);
    surest.map(|(_, case)| case.canonical().into_owned()).unwrap_or_default()
}

/// Whether a text is a number as JSON and SQL write whole ones, and so may stand where one stood. More digits than a double
/// holds are no reason against it: there were as many before.
pub(super) fn is_number(text: &str) -> bool {
    text == "0" || (text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() && !text.starts_with('0'))
}

/// Whether the place has room for a text.
fn fits(case: &Case<'_>, text: &str) -> bool {
    let bytes = || text.chars().map(measure(case.item.place)).sum::<usize>();
    match case.item.place.room {
        Room::Free => true,
        Room::AtMost => bytes() <= case.item.width_bytes,
        Room::Exactly => bytes() == case.item.width_bytes,
    }
}
