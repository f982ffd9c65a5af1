//! `pii policy`: checks, explains and tests what becomes of what is found.

use crate::arguments::{Policy as Arguments, PolicyCommand, Way};
use crate::exit::{Failure, say};
use crate::{output, setup};
use pii_core::policy::{Flow, Outcome, Query, Role};
use pii_core::{Kind, RuleSet};
use pii_formats::{Masker, Options};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        PolicyCommand::Check { file, rules } => check(file.as_deref(), rules.as_deref()),
        PolicyCommand::Explain { policy, way, field, kind } => {
            explain(policy.as_deref(), &setup::flow(way)?, field.as_deref(), kind)
        }
        PolicyCommand::Test { folder, policy, way } => test(folder, policy.as_deref(), way),
    }
}

fn check(file: Option<&Path>, rules: Option<&Path>) -> Result<ExitCode, Failure> {
    let policy = setup::policy(file, &setup::rules(rules)?)?;
    for warning in policy.warnings() {
        say(format_args!("warning: {warning}"));
    }
    let warnings = policy.warnings().len();
    let (rules, exemptions) = (policy.rules().len(), policy.exemptions().len());
    output::print(format_args!("{rules} rules, {exemptions} exemptions, {warnings} warnings"))?;
    Ok(ExitCode::SUCCESS)
}

fn explain(file: Option<&Path>, flow: &Flow<'_>, field: Option<&str>, kind: &str) -> Result<ExitCode, Failure> {
    let rules = RuleSet::builtin();
    let policy = setup::policy(file, &rules)?;
    let rule = Kind::new(kind)
        .and_then(|kind| rules.rule(kind))
        .ok_or_else(|| Failure::usage(format!("there is no kind {kind:?}; `pii rules show` lists them")))?;
    let query = Query { kind: rule.kind(), class: rule.class(), role: Role::Unknown, field, about: true };
    let explanation = policy.explain(flow, &query);
    let mut lines = Vec::new();
    for step in &explanation.steps {
        let outcome = match step.outcome {
            Outcome::Won => "decides".to_owned(),
            Outcome::Overruled => "applies, but a later rule does too".to_owned(),
            Outcome::Differs(key) => format!("does not apply: its `{key}` says something else"),
        };
        lines.push(format!("{}:{}: {outcome}", step.file, step.line));
    }
    let (decision, channel) = (explanation.decision, flow.channel.unwrap_or("third_party"));
    lines.push(format!("{} on {channel}: {} {}", rule.kind(), decision.action, decision.profile));
    output::print(lines.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Compares in both directions: what was expected to be masked is, and nothing else has changed.
fn test(folder: &Path, file: Option<&Path>, way: &Way) -> Result<ExitCode, Failure> {
    let rules = RuleSet::builtin();
    let policy = setup::policy(file, &rules)?;
    let masker = setup::masker(rules, &policy, &setup::flow(way)?)?;
    let inputs = inputs(folder)?;
    if inputs.is_empty() {
        return Err(Failure::usage(format!("{}: no NAME.in files in this folder", folder.display())));
    }
    let mut wrong = Vec::new();
    for input in &inputs {
        if let Some(difference) = compare(&masker, input)? {
            wrong.push(difference);
        }
    }
    if wrong.is_empty() {
        output::print(format_args!("{} inputs: all as expected", inputs.len()))?;
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::blocked(format!("{} of {} inputs differ:\n  {}", wrong.len(), inputs.len(), wrong.join("\n  "))))
}

fn inputs(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let wrong = |error: std::io::Error| Failure::system(folder.display(), &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().contains(".in")) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// What differs, without showing it: the first byte that does.
fn compare(masker: &Masker, input: &Path) -> Result<Option<String>, Failure> {
    let name = input.display().to_string();
    let expected_path =
        input.with_file_name(input.file_name().unwrap_or_default().to_string_lossy().replacen(".in", ".out", 1));
    let read = |path: &Path| fs::read(path).map_err(|error| Failure::system(path.display(), &error));
    let (bytes, expected) = (read(input)?, read(&expected_path)?);
    let options = Options { name: Some(name.replacen(".in", "", 1)), ..Options::default() };
    let masked = masker.mask(&bytes, &options).map_err(|error| Failure::of(&name, &error))?.bytes;
    let at = masked.iter().zip(&expected).position(|(a, b)| a != b);
    let at = at.or_else(|| (masked.len() != expected.len()).then_some(masked.len().min(expected.len())));
    Ok(at.map(|at| {
        let line = masked[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        format!("{name}: line {line}, byte {at} is not what {} says", expected_path.display())
    }))
}
