//! `pii audit retain`: removes what was kept long enough, and says what has to stay.

use super::table;
use crate::arguments::Retain;
use crate::exit::{Failure, say};
use crate::trail::{self, Writing};
use crate::{keys, output};
use pii_flow::clock;
use pii_store::trail::{Class, Due, Plan, plan};
use std::process::ExitCode;

pub(super) fn run(arguments: &Retain) -> Result<ExitCode, Failure> {
    let mut due = plan(&arguments.dir, clock::moment()?).map_err(Failure::input)?;
    if due.due().is_empty() && due.kept().is_empty() {
        let dir = arguments.dir.display();
        return Err(Failure::input(format!("{dir}: no trail in this folder: name the one that --trail named")));
    }
    if let Some(file) = &arguments.through {
        due = due.through(file).map_err(|error| Failure::usage(format!("{error}\n{}", shown(&due))))?;
    }
    if arguments.dry_run {
        output::print(format_args!("nothing was removed; this would be: {}\n{}", segments(due.due()), shown(&due)))?;
        return Ok(ExitCode::SUCCESS);
    }
    if !due.due().is_empty() {
        remove(arguments, &due)?;
    }
    output::print(format_args!("removed: {}\n{}", segments(due.due()), shown(&due)))?;
    Ok(ExitCode::SUCCESS)
}

fn remove(arguments: &Retain, due: &Plan) -> Result<(), Failure> {
    let Some(path) = &arguments.keyring else {
        return Err(Failure::usage("what is removed is recorded and signed: add --keyring FILE"));
    };
    let (ring, _) = keys::open(path, &arguments.under)?;
    let Some(writing) = Writing::open(&arguments.in_trail(), ring.suite(), || trail::signer(&ring))? else {
        return Ok(());
    };
    let removed = writing.trail().remove(due, |gone| say(format_args!("{}: removed", gone.file())));
    let closed = writing.close();
    removed.map_err(Failure::input)?;
    closed
}

fn segments(due: &[Due]) -> String {
    let bytes: u64 = due.iter().map(|due| due.bytes).sum();
    format!("{} segments, {bytes} bytes", due.len())
}

fn shown(plan: &Plan) -> String {
    let mut rows = table(["class", "kept at least", "by", "from record", "may be removed from"]);
    for due in plan.due() {
        let records = format!("{} to {}", due.first(), due.last);
        let [period, law] = law(due.class());
        rows.add_row([due.class().word(), period, law, &records, &due.free_from.to_string()]);
    }
    for kept in plan.kept() {
        let from = kept.free_from.map_or_else(|| "still written".to_owned(), |from| from.to_string());
        let [period, law] = law(kept.class);
        rows.add_row([kept.class.word(), period, law, &kept.first.to_string(), &from]);
    }
    rows.to_string()
}

/// How long a class is kept, and which law says so.
fn law(class: Class) -> [&'static str; 2] {
    match class {
        Class::System => ["6 months", "Order 218 Art. 18"],
        Class::Provision => ["3 years", "Network Data Security Regulations Art. 12"],
        Class::Business => ["5 years", "Order 218 Art. 18"],
        Class::Account => ["20 years", "Securities Law Art. 137"],
    }
}
