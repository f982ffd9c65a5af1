//! From folders and files to rules and a policy.

use crate::exit::Failure;
use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Class, Engine, Kind, RuleSet};
use pii_formats::Masker;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The rules: those built in, and those of `folder` beside them.
pub(crate) fn rules(folder: Option<&Path>) -> Result<RuleSet, Failure> {
    let Some(folder) = folder else { return Ok(RuleSet::builtin()) };
    let mut paths = Vec::new();
    rule_files(folder, &mut paths)?;
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::usage(format!("{}: no rule files (*.toml) in this folder", folder.display())));
    }
    let mut files = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        files.push((path.display().to_string(), text));
    }
    RuleSet::with(&files).map_err(Failure::usage)
}

fn rule_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| Failure::usage(format!("{}: {error}", folder.display()));
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.is_dir() {
            rule_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    Ok(())
}

/// The policy: the one in `file`, or the one built in.
pub(crate) fn policy(file: Option<&Path>, rules: &RuleSet) -> Result<Policy, Failure> {
    let Some(file) = file else { return Ok(Policy::builtin()) };
    let text = fs::read_to_string(file).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let kinds: Vec<(Kind, Class)> = rules.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
    Policy::parse(&file.display().to_string(), &text, &kinds).map_err(Failure::usage)
}

/// What goes out on `channel` today.
pub(crate) fn flow(channel: Option<&str>) -> Result<Flow<'_>, Failure> {
    Ok(Flow { channel, recipient: None, purpose: None, today: today()? })
}

/// Today, in UTC.
pub(crate) fn today() -> Result<Date, Failure> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let days = i64::try_from(seconds / 86_400).unwrap_or(i64::MAX);
    Date::from_unix_days(days)
        .ok_or_else(|| Failure::usage("this computer's clock shows no date that a policy can have"))
}

pub(crate) fn masker(rules: RuleSet, policy: &Policy, flow: &Flow<'_>) -> Result<Masker, Failure> {
    Masker::new(Engine::new(rules), policy, flow).map_err(Failure::usage)
}
