//! `pii rules`: checks and shows what is found.

use crate::arguments::{Rules, RulesCommand};
use crate::exit::{Failure, say};
use crate::{output, setup};
use comfy_table::{ContentArrangement, Table, presets};
use pii_core::mask::Profile;
use pii_core::{BrokenExample, Engine, Rule, RuleSet};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(arguments: &Rules) -> Result<ExitCode, Failure> {
    match &arguments.command {
        RulesCommand::Check { rules } => check(rules.as_deref()),
        RulesCommand::Show { kind, rules } => show(kind.as_deref(), rules.as_deref()),
    }
}

fn check(folder: Option<&Path>) -> Result<ExitCode, Failure> {
    let rules = setup::rules(folder)?;
    rules.rules().iter().filter_map(misnamed).for_each(say);
    let examples: usize = rules.rules().iter().map(|rule| rule.examples().len() + rule.counters().len()).sum();
    let broken = Engine::new(rules.clone()).broken_examples();
    if broken.is_empty() {
        output::print(format_args!("{} kinds, {examples} examples: all right", rules.rules().len()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let told = |b: &BrokenExample| format!("  {}:{}: {}: {}", b.file, b.line, b.kind, b.what);
    let lines: Vec<String> = broken.iter().map(told).collect();
    Err(Failure::usage(format!("{} of {examples} examples do not hold:\n{}", broken.len(), lines.join("\n"))))
}

/// A warning of a file that is called other than its kind: whoever looks for the kind would not find it.
fn misnamed(rule: &Rule) -> Option<String> {
    let (file, kind) = (rule.file(), rule.kind().as_str());
    let is_named = Path::new(file).file_stem().is_some_and(|stem| stem == kind);
    (!is_named).then(|| {
        format!("warning: {file}: this file holds the kind {kind:?}: call it {kind}.toml, or write the kind that its name says")
    })
}

fn show(kind: Option<&str>, folder: Option<&Path>) -> Result<ExitCode, Failure> {
    let rules = setup::rules(folder)?;
    output::print(match kind {
        None => list(&rules),
        Some(name) => one(rules.named(name).map_err(Failure::usage)?),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn list(rules: &RuleSet) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["kind", "class", "name", "", "source"]);
    let mut sorted: Vec<&Rule> = rules.rules().iter().collect();
    sorted.sort_by_key(|rule| (std::cmp::Reverse(rule.class()), rule.kind()));
    for rule in sorted {
        let (english, chinese) = rule.names();
        table.add_row([rule.kind().as_str(), &rule.class().to_string(), chinese, english, rule.source()]);
    }
    table.to_string()
}

fn one(rule: &Rule) -> String {
    let (english, chinese) = rule.names();
    let mut lines = vec![
        format!("{}  class {}  {chinese}, {english}", rule.kind(), rule.class()),
        format!("source:  {}", rule.source()),
        format!("words:   {}", rule.words().collect::<Vec<_>>().join(", ")),
        format!("fields:  {}", rule.fields().join(", ")),
    ];
    lines.extend(Profile::ALL.map(|profile| format!("{:<8} {}", format!("{profile}:"), rule.mask(profile))));
    lines.extend(rule.examples().iter().map(|example| format!("example: {}", example.text)));
    lines.extend(rule.counters().iter().map(|counter| format!("not:     {}  ({})", counter.text, counter.why)));
    lines.join("\n")
}
