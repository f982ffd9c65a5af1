//! `pii policy`: checks, explains and tests what becomes of what is found.

use crate::arguments::{Policy as Arguments, PolicyCommand};
use crate::exit::{Failure, say};
use crate::{output, setup};
use pii_core::mask::Shape;
use pii_core::policy::{Action, Decision, Flow, Outcome, Policy, PolicyRule, Query, Role};
use pii_core::{Rule, RuleSet};
use pii_formats::{Masker, Options};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        PolicyCommand::Check { file, rules } => check(file.as_deref(), rules.as_deref()),
        PolicyCommand::Explain { policy, rules, way, field, kind } => {
            let rules = setup::rules(rules.as_deref())?;
            let policy = setup::policy(policy.as_deref(), &rules)?;
            explain(&rules, &policy, &setup::flow(way, &policy)?, field.as_deref(), kind)
        }
        PolicyCommand::Test { folder, policy, rules, way } => {
            let rules = setup::rules(rules.as_deref())?;
            let policy = setup::policy(policy.as_deref(), &rules)?;
            let flow = setup::flow(way, &policy)?;
            test(folder, &setup::masker(rules, &policy, &flow, None)?)
        }
    }
}

fn check(file: Option<&Path>, rules: Option<&Path>) -> Result<ExitCode, Failure> {
    let policy = setup::policy(file, &setup::rules(rules)?)?;
    let expired = policy.expired(setup::today()?);
    let warnings = policy.warnings().iter().chain(&expired);
    warnings.clone().for_each(|warning| say(format_args!("warning: {warning}")));
    let own = file.map(|file| file.display().to_string());
    let keyed = policy.rules().iter().filter(|rule| rule.action().needs_keys() && Some(rule.file()) == own.as_deref());
    for rule in keyed {
        let (file, line, action) = (rule.file(), rule.line(), rule.action());
        say(format_args!(
            "{file}:{line}: \"{action}\" takes a key: give `pii mask` a keyring that has one, by --keyring"
        ));
    }
    let warnings = warnings.count();
    let (rules, exemptions) = (policy.rules().len(), policy.exemptions().len());
    let counts = [(rules, "rule"), (exemptions, "exemption"), (warnings, "warning")];
    let counts = counts.map(|(count, of)| format!("{count} {of}{}", if count == 1 { "" } else { "s" }));
    output::print(counts.join(", "))?;
    Ok(ExitCode::SUCCESS)
}

fn explain(
    rules: &RuleSet,
    policy: &Policy,
    flow: &Flow<'_>,
    field: Option<&str>,
    kind: &str,
) -> Result<ExitCode, Failure> {
    let rule = rules.named(kind).map_err(Failure::usage)?;
    let query = Query { kind: rule.kind(), class: rule.class(), role: Role::Unknown, field, about: true };
    let explanation = policy.explain(flow, &query);
    let mut lines = Vec::new();
    for step in &explanation.steps {
        let outcome = match step.outcome {
            Outcome::Won => "decides".to_owned(),
            Outcome::Overruled => "applies, but a later rule does too".to_owned(),
            Outcome::Differs("expires") => {
                let last = policy.rules()[step.rule].expires().map_or_else(String::new, |last| format!(", {last},"));
                format!("does not apply: its last day{last} is over")
            }
            Outcome::Differs(key) => format!("does not apply: its `{key}` says something else"),
        };
        lines.push(format!("{}:{}: {outcome}", step.file, step.line));
    }
    let (decision, channel) = (explanation.decision, flow.channel.unwrap_or("third_party"));
    let outcome = what_happens(&decision, rule, decision.rule.map(|rule| &policy.rules()[rule]));
    lines.push(format!("{} on {channel}: {outcome}", rule.kind()));
    output::print(lines.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// What becomes of a value, as somebody reads it who answers for it.
fn what_happens(decision: &Decision<'_>, rule: &Rule, by: Option<&PolicyRule>) -> String {
    match decision.action {
        Action::Mask => {
            let shape = match decision.shape {
                Shape::Stars => String::new(),
                Shape::Char(c) => format!(", with {c} in place of the rest"),
                Shape::TailOnly => ", and only the end of that is written".to_owned(),
                Shape::Word(word) => return format!("is masked: the word {word} stands in its place"),
            };
            let shown = rule.mask(decision.profile).shows();
            format!("is masked under the profile {}: shows {shown}{shape}", decision.profile)
        }
        Action::Pass => {
            let said = by.map(|by| (by.basis(), by.assessment(), by.expires()));
            match said {
                Some((Some(basis), Some(assessment), Some(last))) => {
                    format!("passes in clear until {last} (basis: {basis}; assessment: {assessment})")
                }
                _ => "passes in clear".to_owned(),
            }
        }
        Action::Drop => "is taken out: *** stands in its place".to_owned(),
        Action::Block => "does not leave, and neither does the message that holds it".to_owned(),
        Action::Fpe if rule.fpe().is_none() => {
            "is masked in full: its rule describes no form that encryption keeps".to_owned()
        }
        keyed => format!(
            "becomes {}, with the keyring that `pii mask --keyring` is given",
            match keyed {
                Action::Fpe => "another value of the same format, encrypted",
                Action::Token => "a token",
                Action::Seal => "encrypted text",
                _ => "a keyed digest",
            }
        ),
    }
}

/// Compares in both directions: what was expected to be masked is, and nothing else has changed.
fn test(folder: &Path, masker: &Masker) -> Result<ExitCode, Failure> {
    let inputs = inputs(folder)?;
    if inputs.is_empty() {
        return Err(Failure::usage(format!("{}: no NAME.in files in this folder", folder.display())));
    }
    let mut wrong = Vec::new();
    for input in &inputs {
        if let Some(difference) = compare(masker, input)? {
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
