//! The audit record in a file: one JSON object a line, on the disk before the act goes on, and in a trail where one is kept.

use crate::exit::{Failure, say};
use crate::line_file;
use crate::trail::Writing;
use pii_core::audit::{AuditError, Event, Phase, Sink};
use pii_core::policy::Date;
use pii_flow::clock;
use pii_store::trail::Recorder;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A file that events are added to.
pub(crate) struct AuditFile {
    file: File,
    keyring: String,
    actor_source: Option<&'static str>,
    trail: Option<Recorder>,
}

/// Who does something, as the record calls them.
#[derive(Debug)]
pub(crate) struct Actor {
    pub(crate) name: String,
    /// Nobody named them: it is whom this process runs as, or whom its environment names, which proves nothing.
    is_from_environment: bool,
}

impl Actor {
    /// Whom the command line names; else who runs this, as the environment says, or the user's number.
    pub(crate) fn of(named: Option<&str>) -> Self {
        let number =
            || fs::metadata("/proc/self").map_or_else(|_| "unknown".to_owned(), |of| format!("uid {}", of.uid()));
        let user = || ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(number);
        Self { name: named.map_or_else(user, str::to_owned), is_from_environment: named.is_none() }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    act: &'static str,
    phase: &'static str,
    keyring: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    actor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_source: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    purpose: &'a str,
    reason: &'a str,
    count: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kinds: BTreeMap<&'a str, u64>,
}

/// What of a line tells an older keyring from the newest one.
#[derive(Deserialize)]
struct Saved {
    phase: String,
    #[serde(default)]
    keyring: String,
    generation: u64,
}

impl AuditFile {
    /// Opens it, or makes it for nobody else to read. It is about this keyring.
    pub(crate) fn open(path: &Path, keyring: &Path, actor: &Actor) -> Result<Self, Failure> {
        let file = line_file::open(path).map_err(|error| Failure::system(path.display(), &error))?;
        let actor_source = actor.is_from_environment.then_some("environment");
        Ok(Self { file, keyring: name_of(keyring), actor_source, trail: None })
    }

    /// The same, which records events in a trail as well.
    pub(crate) fn and_in(self, trail: Option<&Writing>) -> Self {
        Self { trail: trail.map(Writing::recorder), ..self }
    }
}

impl Sink for AuditFile {
    fn record(&mut self, event: &Event<'_>) -> Result<(), AuditError> {
        let line = Line {
            time: now(),
            act: event.act.word(),
            phase: match event.phase {
                Phase::Intended => "intended",
                Phase::Done => DONE,
                Phase::Failed => "failed",
            },
            keyring: &self.keyring,
            generation: event.generation,
            key: event.key.map(|id| id.to_string()),
            actor: event.actor,
            actor_source: self.actor_source,
            purpose: event.purpose,
            reason: event.reason,
            count: event.count,
            kinds: event.kinds.iter().map(|(kind, count)| (kind.as_str(), *count)).collect(),
        };
        let line = serde_json::to_string(&line).map_err(|_| AuditError)?;
        line_file::append(&mut self.file, &line).map_err(|_| AuditError)?;
        self.trail.as_mut().map_or(Ok(()), |trail| trail.record(event))
    }
}

const DONE: &str = "done";

fn name_of(keyring: &Path) -> String {
    keyring.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Says so where a keyring is older than the newest one that a record knows: somebody has put a copy back, and with it keys
/// that were destroyed or put out of use since. Whoever can do that can cut the record too, so this is for accidents.
pub(crate) fn warn_of_older(record: &Path, keyring: &Path, generation: u64) {
    let Ok(file) = File::open(record) else { return };
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return;
    }
    let name = name_of(keyring);
    let saved = |line: Vec<u8>| {
        let saved: Saved = serde_json::from_slice(&line).ok()?;
        (saved.phase == DONE && saved.keyring == name).then_some(saved.generation)
    };
    let newest = BufReader::new(file).split(b'\n').map_while(Result::ok).filter_map(saved).max();
    if let Some(newest) = newest.filter(|newest| *newest > generation) {
        say(format_args!(
            "pii: {}: this keyring was saved {generation} times before, and {} knows one that was saved {newest} times: an \
             older copy stands in its place",
            keyring.display(),
            record.display()
        ));
    }
}

/// The time in UTC, to the second (RFC 3339).
fn now() -> String {
    let seconds = clock::unix_seconds();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let date = i64::try_from(days).ok().and_then(Date::from_unix_days);
    let date = date.map_or_else(|| "unknown".to_owned(), |date| date.to_string());
    format!("{date}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// The file beside a keyring that what is done to it is recorded in, where nobody names another.
pub(crate) fn of(keyring: &Path) -> PathBuf {
    beside(keyring, ".audit.jsonl")
}

/// The file whose name is this one's with more behind it.
pub(crate) fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}
