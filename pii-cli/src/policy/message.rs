//! `pii policy explain --file`: of all that is found in a message, which rule decides and why. Shows no value.

use super::sentence::{place, what_happens};
use super::whole;
use crate::arguments::Explain;
use crate::exit::{Failure, shown};
use crate::input::{self, Input};
use crate::place::Written;
use crate::{output, setup};
use pii_core::policy::{Flow, OutOfScope, Scope};
use pii_core::{Engine, RuleSet};
use pii_formats::{Masker, Report};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

pub(super) fn run(arguments: &Explain) -> Result<ExitCode, Failure> {
    let deciding = &arguments.deciding;
    let rules = setup::rules(deciding.rules.as_deref())?;
    let policy = setup::policy(deciding.policy.as_deref(), &rules)?;
    let flow = setup::flow(&deciding.way, &policy)?;
    let masker = Masker::deciding(Engine::new(rules.clone()), &policy, &flow);
    let inputs = input::collect(arguments.file.as_slice(), &Written::default());
    if let Some(failure) = inputs.failures.into_iter().next() {
        return Err(failure);
    }
    for input in &inputs.files {
        let options = whole::options(arguments.format, arguments.encoding, input);
        let reports = masker.decide(&whole::bytes(input)?, &options);
        let reports = reports.map_err(|error| Failure::of(&input.name, &error))?;
        output::print(told(input, &reports, &masker, &rules) + &summary(&reports, &masker, &flow))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Two lines for each finding: what becomes of it, and why.
fn told(input: &Input, reports: &[Report], masker: &Masker, rules: &RuleSet) -> String {
    let mut lines = String::new();
    for report in reports {
        let place = place(report);
        // Writing to memory does not fail.
        let _ = writeln!(
            lines,
            "{}:{}: {} (class {}) at {}: {}\n    {}",
            shown(&input.name),
            report.line,
            report.kind,
            report.class,
            shown(&place),
            becomes(report, masker, rules),
            masker.explain(report)
        );
    }
    lines
}

fn becomes(report: &Report, masker: &Masker, rules: &RuleSet) -> String {
    let (Some(decision), Ok(rule)) = (masker.decision(report), rules.named(report.kind.as_str())) else {
        return report.action.to_owned();
    };
    if report.action != decision.action.as_str() {
        return "does not leave, and neither does the message: a mask is no number, and `json_number` has it blocked"
            .to_owned();
    }
    what_happens(&decision, rule, decision.rule.map(|rule| &masker.policy().policy().rules()[rule]))
}

fn summary(reports: &[Report], masker: &Masker, flow: &Flow<'_>) -> String {
    let mut actions: BTreeMap<&str, usize> = BTreeMap::new();
    reports.iter().for_each(|report| *actions.entry(report.action).or_default() += 1);
    let counted: Vec<String> = actions.iter().map(|(action, count)| format!("{action} {count}")).collect();
    let (count, beyond) = (reports.len(), reports.iter().filter(|report| report.is_out_of_scope()).count());
    let mut line = match count {
        0 => "nothing found".to_owned(),
        1 => format!("1 finding: {}", counted.join(", ")),
        _ => format!("{count} findings: {}", counted.join(", ")),
    };
    let _ = write!(line, "; on {}", flow.channel.unwrap_or("third_party"));
    if let Scope::Declared(declared) = masker.policy().scope() {
        let purpose = declared.purpose();
        let kinds: Vec<&str> = purpose.kinds().iter().map(|kind| kind.as_str()).collect();
        let what = match declared.out_of_scope() {
            OutOfScope::Mask => "",
            OutOfScope::Block => ", which stops the message",
        };
        let beyond = if beyond == 0 { String::new() } else { format!("; {beyond} out of scope{what}") };
        let _ = write!(line, " for {}, which takes {}{beyond}", purpose.code(), kinds.join(", "));
    }
    if actions.contains_key("block") {
        line.push_str("; the message does not leave");
    }
    line
}
