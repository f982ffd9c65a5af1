//! The audit record in a file: one JSON object a line, on the disk before the act goes on.

use crate::exit::Failure;
use crate::{line_file, setup};
use pii_core::audit::{AuditError, Event, Phase, Sink};
use pii_core::policy::Date;
use serde::Serialize;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A file that events are added to.
pub(crate) struct AuditFile(File);

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    act: &'static str,
    phase: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    actor: &'a str,
    reason: &'a str,
    count: u64,
}

impl AuditFile {
    /// Opens it, or makes it for nobody else to read.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        line_file::open(path).map(Self).map_err(|error| Failure::system(path.display(), &error))
    }
}

impl Sink for AuditFile {
    fn record(&mut self, event: &Event<'_>) -> Result<(), AuditError> {
        let line = Line {
            time: now(),
            act: event.act.word(),
            phase: match event.phase {
                Phase::Intended => "intended",
                Phase::Done => "done",
                Phase::Failed => "failed",
            },
            key: event.key.map(|id| id.to_string()),
            actor: event.actor,
            reason: event.reason,
            count: event.count,
        };
        let line = serde_json::to_string(&line).map_err(|_| AuditError)?;
        line_file::append(&mut self.0, &line).map_err(|_| AuditError)
    }
}

/// The time in UTC, to the second (RFC 3339).
fn now() -> String {
    let seconds = setup::unix_seconds();
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

/// Who runs this, as the system's environment says, or the user's number.
pub(crate) fn user() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let number = || fs::metadata("/proc/self").map_or_else(|_| "unknown".to_owned(), |of| format!("uid {}", of.uid()));
    named.unwrap_or_else(number)
}
