//! `pii audit query`: decisions, and the questions that an auditor asks first.

use super::who::Whos;
use super::{decision, ended, is_for_people, table, tell_of_unread};
use crate::arguments::{Asked, Query, Under, Which};
use crate::exit::{Failure, say};
use crate::{keys, output, progress};
use pii_store::trail::{Answer, Basis, Filter, Go, query};
use std::process::ExitCode;

/// Rows that are shown together: a table is held until the widths of all its columns are known.
const ROWS_LIMIT: usize = 5_000;

pub(super) fn run(arguments: &Query) -> Result<ExitCode, Failure> {
    let filter = filter(&arguments.which, &arguments.under, arguments.question)?;
    let bar = progress::of_folder(&arguments.trail);
    let mut told = Told::new(is_for_people(arguments.output), arguments.question == Some(Asked::WhoGotWhat));
    let each = |answer: &Answer| bar.suspend(|| told.answer(answer));
    let read = query(&arguments.trail, &filter, each, |read| bar.set_position(read.bytes));
    bar.finish_and_clear();
    let read = read.map_err(Failure::input)?;
    told.end()?;
    tell_of_unread(read);
    let is_well = told.count == 0 || !arguments.question.is_some_and(Asked::must_be_none);
    if !is_well {
        say(format_args!("pii: there must be none of these, and there are: {}", told.count));
    }
    Ok(ended(is_well))
}

/// What the command line narrows decisions to.
pub(super) fn filter(which: &Which, under: &Under, asked: Option<Asked>) -> Result<Filter, Failure> {
    let subjects = match (&which.subject, &which.keyring) {
        (Some(subject), Some(path)) => {
            let (ring, _) = keys::open(path, under)?;
            keys::subject_digests(&ring, subject)
        }
        _ => Vec::new(),
    };
    let basis = which.basis.as_ref().map(|basis| match basis.as_str() {
        "consent" => Basis::Consent,
        "separate_consent" => Basis::SeparateConsent,
        _ => Basis::Article(basis.clone()),
    });
    Ok(Filter {
        from: which.from,
        until: which.until,
        subjects,
        recipient: which.recipient.clone(),
        channel: which.channel.clone(),
        purpose: which.purpose.clone(),
        kind: which.kind,
        action: which.action,
        basis,
        question: asked.and_then(Asked::question),
    })
}

/// Answers on their way to whoever asked.
struct Told {
    is_for_people: bool,
    rows: Vec<[String; 7]>,
    /// Where answers are counted together.
    who: Option<Whos>,
    count: u64,
    failed: Option<Failure>,
}

impl Told {
    fn new(is_for_people: bool, is_summed_up: bool) -> Self {
        let who = is_summed_up.then(Whos::default);
        Self { is_for_people, rows: Vec::new(), who, count: 0, failed: None }
    }

    fn answer(&mut self, answer: &Answer) -> Go {
        self.count += 1;
        let told = match &mut self.who {
            Some(who) => who.add(answer),
            None if self.is_for_people => {
                self.rows.push(row(answer));
                if self.rows.len() >= ROWS_LIMIT { self.rows_told() } else { Ok(()) }
            }
            None => output::print(decision::line(answer)),
        };
        self.failed = told.err();
        if self.failed.is_some() { Go::Stop } else { Go::On }
    }

    fn rows_told(&mut self) -> Result<(), Failure> {
        let mut table = table(["place", "at", "way", "verdict", "found", "basis", "outcome"]);
        table.add_rows(self.rows.drain(..));
        output::print(table)
    }

    fn end(&mut self) -> Result<(), Failure> {
        if let Some(failure) = self.failed.take() {
            return Err(failure);
        }
        if let Some(who) = &self.who {
            return who.told(self.is_for_people);
        }
        if !self.rows.is_empty() {
            self.rows_told()?;
        }
        if self.is_for_people {
            output::print(format_args!("decisions: {}", self.count))?;
        }
        Ok(())
    }
}

fn row(answer: &Answer) -> [String; 7] {
    let said = &answer.decision;
    [
        answer.position.to_string(),
        answer.at.to_string(),
        decision::way(said),
        said.verdict.to_string(),
        decision::items(said),
        decision::basis(said),
        decision::ending(answer.outcome).to_owned(),
    ]
}
