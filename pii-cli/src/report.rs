//! `pii report`: what an audit trail and the consent ledger say, for a compliance officer.
//!
//! [`gather`] reads and counts, [`attention`] and [`articles`] draw conclusions from the counts, [`html`] writes them as a page.
//! Between them is [`model`]: whoever wants the figures elsewhere has them as JSON.

mod articles;
mod attention;
mod gather;
mod html;
mod model;
mod words;

use crate::arguments::{Languages, Report as Arguments, ReportForm};
use crate::audit::against::public_keys;
use crate::destination::is_standard_output;
use crate::exit::Failure;
use crate::output::Sink;
use crate::{progress, setup};
use gather::{Sources, Span};
use pii_core::time::Date;
use pii_flow::{Store, clock};
use std::path::Path;
use std::process::ExitCode;
use words::Lang;

/// The longest name of a firm, in bytes.
const FIRM_LIMIT_BYTES: usize = 256;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let span = span(arguments)?;
    let firm = arguments.firm.clone().filter(|firm| !firm.trim().is_empty());
    if firm.as_ref().is_some_and(|firm| firm.len() > FIRM_LIMIT_BYTES || firm.contains(char::is_control)) {
        return Err(Failure::usage(format!("--firm: a name has at most {FIRM_LIMIT_BYTES} bytes, on one line")));
    }
    for trail in &arguments.trail {
        if !trail.is_dir() {
            let what = "is no folder with an audit trail: check how it is spelt";
            return Err(Failure::input(format!("{}: {what}", trail.display())));
        }
    }
    let rules = setup::rules(arguments.rules.as_deref())?;
    let store = arguments.store.as_deref().map(Store::of).transpose()?;
    let keys = public_keys(&arguments.keys)?;
    let sources = Sources {
        trails: &arguments.trail,
        store: store.as_ref(),
        keys: &keys,
        witnesses: &arguments.witness,
        span,
        now: clock::moment()?,
        rules: &rules,
    };
    let out = arguments.out.as_deref().filter(|out| !is_standard_output(out));
    let bar = progress::reading(out.is_none());
    let mut report = gather::gather(&sources, |bytes, of_bytes| {
        bar.set_length(of_bytes);
        bar.set_position(bytes);
    })?;
    bar.finish_and_clear();
    report.firm = firm;
    report.attention = attention::of(&report);
    report.articles = articles::of(&report);
    let text = match arguments.output {
        ReportForm::Json => json(&report)?,
        ReportForm::Html => html::page(&report, languages(arguments.lang)),
    };
    write(out, &text)?;
    Ok(ExitCode::SUCCESS)
}

fn span(arguments: &Arguments) -> Result<Span, Failure> {
    let day = |name: &str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => match Date::parse(text) {
            Some(day) => Ok(Some(day)),
            None => Err(Failure::usage(format!("{name}: not a day; write it as 2026-11-27"))),
        },
    };
    let (from, to) = (day("--from", &arguments.from)?, day("--to", &arguments.to)?);
    Span::new(from, to).ok_or_else(|| Failure::usage("--to is before --from: swap them"))
}

fn languages(wanted: Languages) -> &'static [Lang] {
    match wanted {
        Languages::Zh => &[Lang::Zh],
        Languages::En => &[Lang::En],
        Languages::Both => &[Lang::Zh, Lang::En],
    }
}

fn json(report: &model::Report) -> Result<String, Failure> {
    // Every key is a text and no type's serialisation fails, so this error is a fault of this program.
    let text = serde_json::to_string_pretty(report);
    text.map(|text| text + "\n").map_err(|_| Failure::input("the report cannot be written as JSON"))
}

fn write(out: Option<&Path>, text: &str) -> Result<(), Failure> {
    let mut sink = match out {
        Some(path) => Sink::file(path)?,
        None => Sink::standard(),
    };
    sink.write(text.as_bytes())?;
    sink.finish()
}
