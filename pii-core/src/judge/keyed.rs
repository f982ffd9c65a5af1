//! Values that something keyed stands for: asked for, and fitted into their place.

use super::case::Case;
use super::measure;
use crate::place::Room;
use crate::policy::Action;
use crate::transform::{Asked, Transform, TransformError};

/// What names the person of a record, from the surest on.
const SUBJECT_KINDS: [&str; 18] = [
    "resident_id",
    "customer_no",
    "unified_account",
    "residence_permit",
    "foreign_permanent_resident_id",
    "passport",
    "hk_macau_pass",
    "taiwan_pass",
    "mainland_exit_permit",
    "hkid",
    "capital_account",
    "securities_account",
    "fund_account",
    "futures_account",
    "bank_card",
    "bank_account",
    "mobile_phone",
    "email",
];

/// How many digits a mobile number has, behind whatever country code.
const MOBILE_DIGITS: usize = 11;

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
        let (written, fraction) = without_fraction(written).unwrap_or((written, ""));
        let asked = Asked {
            action: case.decision.action,
            rule: case.rule,
            written,
            canonical: if fraction.is_empty() { &canonical } else { written },
            subject: if subject.is_empty() { &canonical } else { subject },
            purpose,
            terms: case.decision.terms,
        };
        keys.transform(&asked).map(|text| text + fraction)
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

/// What tells the person of a record from all others: the surest number in it, the same in whatever way it is written; empty if
/// there is none.
pub(super) fn subject(cases: &[Case<'_>]) -> String {
    if !cases.iter().any(|case| case.decision.action == Action::Fpe) {
        return String::new();
    }
    let rank = |case: &Case<'_>| SUBJECT_KINDS.iter().position(|kind| *kind == case.item.finding.kind().as_str());
    let ranked = cases.iter().filter_map(|case| Some((rank(case)?, case)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, case)| known_by(case)).unwrap_or_default()
}

fn known_by(case: &Case<'_>) -> String {
    let whole = without_fraction(case.parts().1).map(|(whole, _)| whole.to_owned());
    let number = whole.unwrap_or_else(|| case.canonical().into_owned());
    match (case.item.finding.kind().as_str(), number.len()) {
        // Numbers of 15 digits are of the twentieth century (GB 11643-1999), and have no check character.
        ("resident_id", 15) if number.is_ascii() => format!("{}19{}", &number[..6], &number[6..]),
        ("resident_id", 18) if number.is_ascii() => number[..17].to_owned(),
        ("mobile_phone", length @ MOBILE_DIGITS..) if number.is_ascii() => number[length - MOBILE_DIGITS..].to_owned(),
        _ => number,
    }
}

/// A number that a spreadsheet or a data frame wrote as one with a fraction of nothing (`141931.0`), and that fraction.
fn without_fraction(written: &str) -> Option<(&str, &str)> {
    let (whole, zeros) = written.split_once('.')?;
    let is_one = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
    let is_nothing = !zeros.is_empty() && zeros.bytes().all(|b| b == b'0');
    (is_one && is_nothing).then(|| written.split_at(whole.len()))
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
