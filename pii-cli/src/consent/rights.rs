//! `pii subject`: persons and their rights (PIPL Art. 44 to 50).

use super::failure;
use super::opened::{Begin, Opened, now, operator};
use super::whose::Person;
use crate::arguments::consent::{At, Whose, Writes};
use crate::exit::Failure;
use crate::output;
use pii_core::consent::{
    Code, Disposal, Holding, Right, RightsAnswer, RightsAnswerParts, RightsRequest, SubjectId, delete_or_restrict,
};
use pii_core::hex::Hex;
use pii_core::key::Entropy as _;
use pii_core::time::Date;
use pii_keys::SystemEntropy;
use pii_store::trail::Note;
use std::process::ExitCode;

pub(super) fn id(whose: &Whose, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, &whose.digests, Begin::Yes)?;
    let subject = match Person::of(whose, &opened)? {
        Person::Subject(subject) => subject,
        Person::KnownBy(aliases) => {
            let subject = opened.consents.subject_or_new(&aliases, now()?, &mut SystemEntropy);
            subject.map_err(|error| failure(&error))?
        }
    };
    opened.close()?;
    output::print(subject)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restrict(whose: &Whose, at: &At, writes: &Writes) -> Result<ExitCode, Failure> {
    let (opened, subject) = known(whose, at)?;
    let by = operator(writes)?;
    opened.consents.restrict(subject, &by, &writes.reason, now()?).map_err(|error| failure(&error))?;
    opened.close()?;
    output::print(format_args!("{subject} is restricted: their data are stored and protected, and nothing else"))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn lift(whose: &Whose, at: &At, writes: &Writes) -> Result<ExitCode, Failure> {
    let (opened, subject) = known(whose, at)?;
    let by = operator(writes)?;
    opened.consents.lift(subject, &by, &writes.reason, now()?).map_err(|error| failure(&error))?;
    opened.close()?;
    output::print(format_args!("{subject} is restricted no longer"))?;
    Ok(ExitCode::SUCCESS)
}

/// Deletes, or restricts where a law keeps something, and says which law keeps what.
pub(super) fn delete(
    whose: &Whose,
    held: &[Holding],
    is_confirmed: bool,
    (at, writes): (&At, &Writes),
) -> Result<ExitCode, Failure> {
    let (opened, subject) = known(whose, at)?;
    let (by, when) = (operator(writes)?, now()?);
    for holding in held {
        let row = holding.object.retention();
        let until = match holding.since {
            Some(since) => format!("until {}", row.period.from(since)),
            None => format!("for {} from {}", row.period, row.from),
        };
        output::print(format_args!("{}: kept {until} ({})", row.word, row.source))?;
    }
    let disposal = delete_or_restrict(held, when.day_in_china());
    let what = match disposal {
        Disposal::Delete => "deleted: no law keeps anything any more".to_owned(),
        Disposal::Restrict { until, because } => {
            let until = until.map_or_else(|| "without an end yet".to_owned(), |until| format!("until {until}"));
            format!("restricted, not deleted, {until}: {} (PIPL Art. 47 ¶2)", because.source)
        }
    };
    if !is_confirmed {
        output::print(format_args!("{subject} would be {what}; nothing was done: add --confirm"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let done = match disposal {
        Disposal::Delete => opened.consents.erase(subject, held, (&by, &writes.reason), when),
        Disposal::Restrict { .. } => opened.consents.restrict(subject, &by, &writes.reason, when),
    };
    done.map_err(|error| failure(&error))?;
    opened.close()?;
    output::print(format_args!("{subject} is {what}"))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn request(
    right: Right,
    whose: &Whose,
    (due, working_days): (Option<Date>, u16),
    at: &At,
) -> Result<ExitCode, Failure> {
    let (opened, subject) = known(whose, at)?;
    let when = now()?;
    let due = match due {
        Some(due) => due,
        None => behind(when.day_in_china(), working_days)
            .ok_or_else(|| Failure::usage("there is no such day: give --due, or fewer --working-days"))?,
    };
    let mut bytes = [0; 6];
    SystemEntropy.fill(&mut bytes).map_err(Failure::input)?;
    let id = Code::new(&format!("r-{}", Hex(&bytes))).ok_or_else(|| Failure::input("the request has no name"))?;
    let request = RightsRequest { id: id.clone(), right, due };
    opened.consents.receive(subject, &request, when).map_err(|error| failure(&error))?;
    opened.close()?;
    output::print(serde_json::json!({ "request": id, "subject": subject, "due": due }))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn answer(request: &Code, refused_because: Option<String>, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::plain(at, Begin::No)?;
    // Without the numbers that never belong there.
    let refused_because = refused_because.map(|why| Note::new(&why).as_str().to_owned());
    let parts = RightsAnswerParts { id: request.clone(), refused_because };
    let answer = RightsAnswer::new(parts).map_err(Failure::usage)?;
    opened.consents.answer_request(&answer, now()?).map_err(|error| failure(&error))?;
    opened.close()?;
    output::print(format_args!("{request} is answered"))?;
    Ok(ExitCode::SUCCESS)
}

fn known(whose: &Whose, at: &At) -> Result<(Opened, SubjectId), Failure> {
    let opened = Opened::keyed(at, &whose.digests, Begin::No)?;
    let subject = Person::of(whose, &opened)?.subject(&opened)?;
    Ok((opened, subject))
}

/// So many working days behind a day, from Monday to Friday.
fn behind(day: Date, working_days: u16) -> Option<Date> {
    let (mut day, mut left) = (day, working_days);
    while left > 0 {
        day = day.plus_days(1)?;
        // 1970-01-01 was a Thursday.
        left -= u16::from((day.unix_days() + 3).rem_euclid(7) < 5);
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_do_not_count() {
        let day = |text| Date::parse(text).expect("a day");
        // 2026-11-27 is a Friday.
        for (days, expected) in [(0, "2026-11-27"), (1, "2026-11-30"), (5, "2026-12-04"), (15, "2026-12-18")] {
            assert_eq!(behind(day("2026-11-27"), days), Some(day(expected)), "{days}");
        }
    }
}
