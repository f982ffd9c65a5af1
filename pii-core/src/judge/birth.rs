//! Birth dates beside the numbers that tell them: they become the birth dates that the numbers' pseudonyms tell.
//!
//! Systems compare the two, and reject a record in which they differ. Only the record is asked, so that the same record has the
//! same result wherever it stands; a date without such a number beside it is shifted.

use super::case::Case;
use crate::check;
use crate::fold;
use crate::fpe::{Day, moved};
use crate::policy::Action;
use crate::rule::Fpe;
use crate::transform::TransformError;

/// Kinds of numbers that have a birth date in them, with the century, behind six characters.
const TELLING: [&str; 3] = ["resident_id", "residence_permit", "foreign_permanent_resident_id"];

/// The birth dates that a record's numbers tell, each with the one that its pseudonym tells.
#[derive(Default)]
pub(super) struct Births(Vec<(Day, Day)>);

impl Births {
    /// `pseudonym` gives what stands in the place of a number. It is asked only where a date of birth gets a pseudonym as well.
    pub(super) fn of<'a>(cases: &[Case<'a>], pseudonym: impl Fn(&Case<'a>) -> Result<String, TransformError>) -> Self {
        if !cases.iter().any(is_moved) {
            return Self::default();
        }
        let both = |case: &Case<'a>| Some((day_in(&case.canonical())?, day_in(&fold::folded(&pseudonym(case).ok()?))?));
        Self(cases.iter().filter(|case| tells(case)).filter_map(both).collect())
    }

    /// What stands in the place of a date that one of the numbers tells.
    pub(super) fn moved(&self, case: &Case<'_>) -> Option<String> {
        let date = Some(case).filter(|case| is_moved(case))?.item.value;
        self.0.iter().find_map(|(from, to)| moved(date, *from, *to))
    }
}

/// Whether this is a date that is moved with its person.
pub(super) fn is_moved(case: &Case<'_>) -> bool {
    case.decision.action == Action::Fpe && case.rule.fpe() == Some(&Fpe::Date)
}

fn tells(case: &Case<'_>) -> bool {
    case.decision.action == Action::Fpe && TELLING.contains(&case.item.finding.kind().as_str())
}

/// The birth date that a number of 18 characters tells, or one of 15 digits, which is of the twentieth century.
fn day_in(number: &str) -> Option<Day> {
    let characters: Vec<u8> = number.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let in_full = check::resident_id::in_full(&characters);
    let number: [u8; 18] = in_full.or_else(|| characters.try_into().ok())?;
    let date = number.get(6..14).filter(|date| check::calendar::is_full_date(date))?;
    let number = |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some([number(&date[..4]), number(&date[4..6]), number(&date[6..])])
}
