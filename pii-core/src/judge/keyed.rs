//! Values that something keyed stands for: asked for, and fitted into their place.

use super::birth::{self, Births};
use super::case::Case;
use super::measure;
use crate::check::resident_id;
use crate::place::Room;
use crate::policy::{Action, PLAIN};
use crate::transform::{Asked, Transform, TransformError};
use std::borrow::Cow;

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

/// What the flow gives to whoever has the keys.
#[derive(Clone, Copy)]
pub(super) struct Flow<'a> {
    pub(super) keys: Option<&'a dyn Transform>,
    pub(super) purpose: &'a str,
}

/// What a record tells of its person.
#[derive(Default)]
pub(super) struct Person {
    /// What tells the person from all others: the surest number in the record, the same in whatever way it is written; empty if
    /// there is none.
    number: String,
    births: Births,
    /// There is more in the record than was looked at, so that its surest number may be another.
    is_uncertain: bool,
}

impl Person {
    pub(super) fn of(cases: &[Case<'_>], flow: Flow<'_>, cut_short: bool) -> Self {
        if !cases.iter().any(|case| case.decision.action == Action::Fpe) {
            return Self::default();
        }
        let rank = |case: &Case<'_>| SUBJECT_KINDS.iter().position(|kind| *kind == case.item.finding.kind().as_str());
        let ranked = cases.iter().filter_map(|case| Some((rank(case)?, case)));
        let number = ranked.min_by_key(|(rank, _)| *rank).map(|(_, case)| known_by(case)).unwrap_or_default();
        let person = Self { number, births: Births::default(), is_uncertain: cut_short };
        let births = Births::of(cases, |case| transformed(case, flow, &person));
        Self { births, ..person }
    }
}

/// What stands in the place of a value whose action takes a key.
pub(super) fn transformed(case: &Case<'_>, flow: Flow<'_>, person: &Person) -> Result<String, TransformError> {
    let keys = flow.keys.ok_or(TransformError::NoForm)?;
    if birth::is_moved(case) && person.is_uncertain {
        return Err(TransformError::NoForm);
    }
    let text = match person.births.moved(case) {
        Some(date) => date,
        None => asked_for(case, flow, keys, &person.number)?,
    };
    fits(case, &text).then_some(text).ok_or(TransformError::NoForm)
}

/// The digest of a value by which a policy names it: what the action `hash` makes of it under no scope.
pub(super) fn digest(mut case: Case<'_>, keys: &dyn Transform) -> Option<String> {
    let flow = Flow { keys: Some(keys), purpose: "" };
    (case.decision.action, case.decision.terms) = (Action::Hash, &PLAIN);
    asked_for(&case, flow, keys, "").ok()
}

fn asked_for(case: &Case<'_>, flow: Flow<'_>, keys: &dyn Transform, subject: &str) -> Result<String, TransformError> {
    let canonical = number(case);
    let ask = |written: &str| {
        let (written, fraction) = match (case.decision.action, without_fraction(written)) {
            (Action::Seal, _) | (_, None) => (written, ""),
            (Action::Fpe, Some(parts)) => parts,
            // A word has no fraction.
            (_, Some((whole, _))) => (whole, ""),
        };
        let asked = Asked {
            action: case.decision.action,
            rule: case.rule,
            written,
            canonical: &canonical,
            subject: if subject.is_empty() { &canonical } else { subject },
            purpose: flow.purpose,
            terms: case.decision.terms,
        };
        keys.transform(&asked).map(|text| text + fraction)
    };
    // A form is kept as the value is written, full-width digits too. A disguise that has no such form (①③⑧) is let go.
    let as_written = || ask(case.item.value);
    let bare = || {
        let value = case.parts().1;
        ask(value).map(|text| [&case.prefix_as_written(), text.as_str()].concat())
    };
    match case.decision.action {
        // What is opened again is what was written.
        Action::Seal => as_written(),
        Action::Fpe if case.is_folded() => {
            as_written().or_else(|error| if error == TransformError::NoForm { bare() } else { Err(error) })
        }
        Action::Token | Action::Hash => match in_full(case) {
            Some(number) => ask(&number),
            None => bare(),
        },
        _ => bare(),
    }
}

/// The 18 characters of a resident ID of 15 digits: one person has one token, whichever of the two is written.
fn in_full(case: &Case<'_>) -> Option<String> {
    let is_resident_id = case.item.finding.kind().as_str() == "resident_id";
    let characters = resident_id::in_full(number(case).as_bytes()).filter(|_| is_resident_id)?;
    String::from_utf8(characters.to_vec()).ok()
}

fn known_by(case: &Case<'_>) -> String {
    let number = number(case).into_owned();
    match (case.item.finding.kind().as_str(), number.len()) {
        // Numbers of 15 digits are of the twentieth century (GB 11643-1999), and have no check character.
        ("resident_id", 15) if number.is_ascii() => format!("{}19{}", &number[..6], &number[6..]),
        ("resident_id", 18) if number.is_ascii() => number[..17].to_owned(),
        ("mobile_phone", length @ MOBILE_DIGITS..) if number.is_ascii() => number[length - MOBILE_DIGITS..].to_owned(),
        _ => number,
    }
}

/// What a value is known by, without a fraction of nothing.
fn number<'c>(case: &'c Case<'_>) -> Cow<'c, str> {
    without_fraction(case.parts().1).map_or_else(|| case.canonical(), |(whole, _)| Cow::Borrowed(whole))
}

/// A number that a spreadsheet or a data frame wrote as one with a fraction of nothing (`141931.0`), and that fraction.
fn without_fraction(written: &str) -> Option<(&str, &str)> {
    let (whole, zeros) = written.split_once('.')?;
    let is_one = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
    let is_nothing = !zeros.is_empty() && zeros.bytes().all(|b| b == b'0');
    (is_one && is_nothing).then(|| written.split_at(whole.len()))
}

/// Whether a text is a number as JSON and SQL write whole ones, with or without a fraction of nothing, and so may stand where one
/// stood. More digits than a double holds are no reason against it: there were as many before.
pub(super) fn is_number(text: &str) -> bool {
    let text = without_fraction(text).map_or(text, |(whole, _)| whole);
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
