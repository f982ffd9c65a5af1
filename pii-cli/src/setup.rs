//! From folders and files to rules and a policy.

use crate::arguments::{EncodingArgument, Reading, Way};
use crate::exit::{Failure, told};
use crate::input::Input;
use pii_core::policy::{Date, Flow, Policy};
use pii_core::time::Moment;
use pii_core::transform::Transform;
use pii_core::{Class, Engine, Kind, RuleSet};
use pii_formats::{Masker, Options};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The texts that rules and policy are made of, read once: what is recorded of them is what was in force.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The rule files beside those built in, by name, in the order of their names.
    pub(crate) rules: Vec<(String, String)>,
    /// The policy file behind the one built in, by name.
    pub(crate) policy: Option<(String, String)>,
}

impl Sources {
    pub(crate) fn read(rules: Option<&Path>, policy: Option<&Path>) -> Result<Self, Failure> {
        let policy = policy.map(|file| Ok::<_, Failure>((file.display().to_string(), text(file)?))).transpose()?;
        Ok(Self { rules: rules.map(rule_texts).transpose()?.unwrap_or_default(), policy })
    }

    pub(crate) fn rule_set(&self) -> Result<RuleSet, Failure> {
        if self.rules.is_empty() {
            return Ok(RuleSet::builtin());
        }
        RuleSet::with(&self.rules).map_err(Failure::usage)
    }

    pub(crate) fn policy(&self, rules: &RuleSet) -> Result<Policy, Failure> {
        let Some((name, text)) = &self.policy else { return Ok(Policy::builtin()) };
        let kinds: Vec<(Kind, Class)> = rules.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
        Policy::parse(name, text, &kinds).map_err(Failure::usage)
    }
}

/// The rules: those built in, and those of `folder` beside them.
pub(crate) fn rules(folder: Option<&Path>) -> Result<RuleSet, Failure> {
    Sources::read(folder, None)?.rule_set()
}

/// The rule files of a folder, of which there has to be one.
fn rule_texts(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut paths = Vec::new();
    rule_files(folder, &mut paths)?;
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::usage(format!("{}: no rule files (*.toml) in this folder", folder.display())));
    }
    let mut files = Vec::new();
    for path in paths {
        files.push((path.display().to_string(), text(&path)?));
    }
    Ok(files)
}

fn rule_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| Failure::usage(told(folder.display(), &error));
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let path = entry.path();
        // Links to folders are not followed, and so no circle is walked.
        if entry.file_type().map_err(wrong)?.is_dir() {
            rule_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    Ok(())
}

/// The text of a rule file, a policy or what else is written in TOML.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::usage(told(path.display(), &error)))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good].iter().filter(|&&b| b == b'\n').count() + 1;
        Failure::usage(format!("{}:{line}: this is not UTF-8; save the file as UTF-8", path.display()))
    })
}

/// The policy: the one in `file`, or the one built in.
pub(crate) fn policy(file: Option<&Path>, rules: &RuleSet) -> Result<Policy, Failure> {
    Sources::read(None, file)?.policy(rules)
}

/// What goes out today, on the way that the command line names: by a channel that the policy knows, and for a purpose that it
/// declares, where it declares any and requires one.
pub(crate) fn flow<'w>(way: &'w Way, policy: &Policy) -> Result<Flow<'w>, Failure> {
    let Way { channel, recipient, purpose } = way;
    channel.as_deref().map_or(Ok(()), |channel| policy.check_channel(channel)).map_err(Failure::usage)?;
    policy.check_purpose(purpose.as_deref()).map_err(Failure::usage)?;
    Ok(Flow {
        channel: channel.as_deref(),
        recipient: recipient.as_deref(),
        purpose: purpose.as_deref(),
        today: today()?,
    })
}

/// How `input` is read.
pub(crate) fn options(reading: &Reading, input: &Input) -> Options {
    Options {
        format: reading.format.format(),
        charset: reading.encoding.map(EncodingArgument::charset),
        name: input.path.as_ref().map(|path| path.display().to_string()),
    }
}

/// The seconds since 1970-01-01, in UTC.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// This moment.
pub(crate) fn moment() -> Result<Moment, Failure> {
    Moment::from_unix_seconds(unix_seconds())
        .ok_or_else(|| Failure::usage("this computer's clock shows no time that can be counted"))
}

/// Today in China, where the days of a policy, a keyring and the law are counted, wherever this computer stands.
pub(crate) fn today() -> Result<Date, Failure> {
    moment().map(Moment::day_in_china)
}

/// `keys` does what takes keys, where somebody has them.
pub(crate) fn masker(
    engine: Engine,
    policy: &Policy,
    flow: &Flow<'_>,
    keys: Option<Arc<dyn Transform>>,
) -> Result<Masker, Failure> {
    let masker = match keys {
        None => Masker::new(engine, policy, flow),
        Some(keys) => Masker::with_keys(engine, policy, flow, keys),
    };
    masker.map_err(Failure::usage)
}
