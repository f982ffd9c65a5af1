//! `pii audit query`: decisions, and the questions that an auditor asks first.

use super::who::Whos;
use super::{decision, ended, is_for_people, table, tell_of_unread};
use crate::arguments::{Asked, Query, Under, Which};
use crate::exit::{Failure, say};
use crate::person::Whom;
use crate::{keys, output, progress};
use pii_store::SubjectDigests;
use pii_store::trail::{Answer, Filter, Go, OPEN_LIMIT, Progress, query};
use std::process::ExitCode;

/// Rows that are shown together: a table is held until the widths of all its columns are known.
const ROWS_LIMIT: usize = 5_000;

pub(super) fn run(arguments: &Query) -> Result<ExitCode, Failure> {
    let filter = filter(&arguments.which, &arguments.under, arguments.question)?;
    let trails = arguments.trails();
    let bar = progress::of_folders(&trails);
    let mut told = Told::new(is_for_people(arguments.output), arguments.question == Some(Asked::WhoGotWhat));
    told.has_several_trails = trails.len() > 1;
    let each = |answer: &Answer| bar.suspend(|| told.answer(answer));
    let read = query(&trails, &filter, each, |read| bar.set_position(read.bytes));
    bar.finish_and_clear();
    let read = read.map_err(Failure::input)?;
    if read.of_bytes == 0 {
        return Err(Failure::input(
            "no trail in what --trail names: name the folder that --trail named when it was written",
        ));
    }
    told.end()?;
    tell_of_unread(read);
    told.tell_of_doubts(arguments.question, read);
    let is_well = told.count == 0 || !arguments.question.is_some_and(Asked::must_be_none);
    if !is_well {
        say(format_args!("pii: there must be none of these, and there are: {}", told.count));
    }
    Ok(ended(is_well))
}

/// What the command line narrows decisions to.
pub(super) fn filter(which: &Which, under: &Under, asked: Option<Asked>) -> Result<Filter, Failure> {
    let whom = Whom::of(&which.about)?;
    let subjects = match &which.keyring {
        Some(path) if !whom.is_empty() => {
            let (ring, _) = keys::open(path, under)?;
            let digests = SubjectDigests::of(&ring);
            if digests.is_empty() {
                return Err(Failure::usage(
                    "nobody is found without a key for `hash` that may be used: this keyring has none",
                ));
            }
            whom.digests(&digests)
        }
        _ => Vec::new(),
    };
    Ok(Filter {
        from: which.from,
        until: which.until,
        subjects,
        recipient: which.recipient.clone(),
        channel: which.channel.clone(),
        purpose: which.purpose.clone(),
        kind: which.kind,
        action: which.action,
        basis: which.basis.clone(),
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
    /// How many do not say all that a withdrawal may be about.
    vague: u64,
    /// Whether places say whose trail they are in.
    has_several_trails: bool,
    failed: Option<Failure>,
}

impl Told {
    fn new(is_for_people: bool, is_summed_up: bool) -> Self {
        let who = is_summed_up.then(Whos::default);
        Self { is_for_people, rows: Vec::new(), who, count: 0, vague: 0, has_several_trails: false, failed: None }
    }

    fn answer(&mut self, answer: &Answer) -> Go {
        self.count += 1;
        let said = &answer.decision;
        self.vague += u64::from(said.purpose.is_none() || said.recipient.is_none() || said.basis.is_none());
        let told = match &mut self.who {
            Some(who) => who.add(answer),
            None if self.is_for_people => {
                self.rows.push(row(answer, self.has_several_trails));
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

    /// Says where an answer about withdrawals is not sure, and where outcomes are missing.
    fn tell_of_doubts(&self, asked: Option<Asked>, read: Progress) {
        if asked == Some(Asked::AfterWithdrawal) && self.vague > 0 {
            say(format_args!(
                "pii: of these name no purpose, no recipient or no basis: {}; whatever their subject withdrew counts against them: \
                 record them with --purpose, --recipient and --basis",
                self.vague
            ));
        }
        if asked == Some(Asked::AfterWithdrawal) && read.changes == 0 {
            say(
                "pii: no change of any consent stands in these trails: name the one of `pii consent … --trail` too, by another --trail",
            );
        }
        if read.unnamed > 0 {
            say(format_args!(
                "pii: sent without a word of whom it is about: {}; nobody can say whether they had withdrawn: record it with \
                 --subject, and other bases than a consent with --basis",
                read.unnamed
            ));
        }
        if read.early > 0 {
            say(format_args!(
                "pii: listed without their outcome: {}; more than {OPEN_LIMIT} decisions at once had none yet. Ask about less, by --from \
                 and --until: some of them may have been refused",
                read.early
            ));
        }
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

fn row(answer: &Answer, has_several_trails: bool) -> [String; 7] {
    let said = &answer.decision;
    let node = if has_several_trails { format!("{} ", answer.node) } else { String::new() };
    [
        format!("{node}{}", answer.position),
        answer.at.to_string(),
        decision::way(said),
        said.verdict.to_string(),
        decision::items(said),
        decision::basis(said),
        decision::ending(answer.outcome).to_owned(),
    ]
}
