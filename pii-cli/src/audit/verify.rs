//! `pii audit verify`: what is wrong with a trail, and how far its end is proven.

use super::{against, ended, is_for_people, table};
use crate::arguments::Verify;
use crate::exit::{Failure, say};
use crate::{output, progress};
use pii_store::trail::{ChainReport, Fault, Report, Tail, verify};
use serde_json::{Value, json};
use std::process::ExitCode;

pub(super) fn run(arguments: &Verify) -> Result<ExitCode, Failure> {
    let keys = against::all_keys(&arguments.against, arguments.keyring.as_deref(), &arguments.under)?;
    let heads = against::heads(&arguments.against, &arguments.trail)?;
    let bar = progress::of_folder(&arguments.trail);
    let report = verify(&arguments.trail, &keys, heads.as_ref(), |bytes| bar.inc(bytes));
    bar.finish_and_clear();
    let report = report.map_err(Failure::input)?;
    if report.chains().is_empty() {
        let trail = arguments.trail.display();
        return Err(Failure::input(format!("{trail}: no trail in this folder: name the one that --trail named")));
    }
    let unsigned: Vec<&ChainReport> =
        if keys.is_empty() { Vec::new() } else { report.chains().iter().filter(|chain| is_unsigned(chain)).collect() };
    if is_for_people(arguments.output) {
        output::print(shown(&report))?;
    } else {
        output::print(as_json(&report))?;
    }
    for chain in &unsigned {
        say(format_args!("pii: {}: signed by none of these keys: all of it may have been made anew", chain.class));
    }
    // The record behind the last signed one is the signature itself.
    let ends = report.chains().iter().filter(|_| !keys.is_empty());
    for (chain, signed) in
        ends.filter_map(|chain| Some((chain, chain.signed_through.filter(|seq| seq + 1 < chain.last)?)))
    {
        say(format_args!(
            "pii: {}: behind record {signed} no signature stands: the last records, up to {}, could be anybody's who can write here",
            chain.class, chain.last
        ));
    }
    if keys.is_empty() {
        say("pii: nobody looked at signatures: give --keys FILE (`pii audit keys` prints it) or --keyring FILE");
    }
    if heads.as_ref().is_some_and(pii_store::trail::WitnessHeads::is_empty) {
        say("pii: the witness has no head of this trail: see whether the file is the right one, and --node NAME");
    }
    let is_well = report.is_sound() && unsigned.is_empty();
    if !is_well {
        say(
            "pii: keep a copy of the folder and of the witness's file as they are, before anything writes to them; then see who could \
             change them",
        );
    }
    Ok(ended(is_well))
}

/// Whether there are records in a chain, and no signature that fits. A chain may be too young for one only while it is written.
fn is_unsigned(chain: &ChainReport) -> bool {
    chain.lines > 0 && chain.signed_through.is_none()
}

fn shown(report: &Report) -> String {
    let mut chains = table(["class", "records", "segments", "signed to", "witnessed to", "end"]);
    for chain in report.chains() {
        chains.add_row([
            chain.class.to_string(),
            format!("{} to {}", chain.first, chain.last),
            chain.segments.to_string(),
            through(chain.signed_through),
            through(chain.witnessed_through),
            chain.tail.to_string(),
        ]);
    }
    let mut text = chains.to_string();
    for fault in report.faults() {
        text += &format!("\n{fault}");
    }
    if report.more_faults() > 0 {
        text += &format!("\nand {} more faults", report.more_faults());
    }
    for chain in report.chains() {
        if chain.recovered > 0 {
            text += &format!("\n{}: its writer was stopped and went on, times: {}", chain.class, chain.recovered);
        }
        if chain.clock_back > 0 {
            text += &format!("\n{}: its clock went back, times: {}; numbers count", chain.class, chain.clock_back);
        }
    }
    text + match (report.is_sound(), report.is_proven()) {
        (false, _) => "\nnot as it was written",
        (true, true) => "\nas it was written, to its end",
        (true, false) => "\nas it was written, as far as it goes; what was cut off at the end only a witness can show",
    }
}

fn through(seq: Option<u64>) -> String {
    seq.map_or_else(|| "-".to_owned(), |seq| seq.to_string())
}

fn as_json(report: &Report) -> Value {
    json!({
        "sound": report.is_sound(),
        "proven": report.is_proven(),
        "chains": report.chains().iter().map(chain).collect::<Vec<_>>(),
        "faults": report.faults().iter().map(fault).collect::<Vec<_>>(),
        "more_faults": report.more_faults(),
    })
}

fn chain(chain: &ChainReport) -> Value {
    let uncovered = match chain.tail {
        Tail::Proven => 0,
        Tail::NotProvable { records } => records,
    };
    json!({
        "class": chain.class.word(), "first": chain.first, "last": chain.last, "segments": chain.segments,
        "lines": chain.lines, "bytes": chain.bytes, "signed_through": chain.signed_through,
        "witnessed_through": chain.witnessed_through, "not_provable": uncovered, "recovered": chain.recovered,
        "clock_back": chain.clock_back,
    })
}

fn fault(fault: &Fault) -> Value {
    json!({
        "kind": fault.kind.word(), "class": fault.class.word(), "segment": fault.segment, "line": fault.line,
        "seq": fault.seq, "through": fault.through,
    })
}
