//! Why a trail does not do what it was asked.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Why a trail does not do what it was asked. Says what to do instead; holds nothing of a record.
#[derive(Clone, PartialEq, Eq)]
pub struct TrailError {
    kind: Kind,
    message: Arc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Locked,
    Damaged,
    Stopped,
    Busy,
    Late,
    Witness,
    Limit,
    Early,
}

impl TrailError {
    pub(crate) fn file(path: &Path, doing: &str, error: &io::Error) -> Self {
        Self::of(Kind::File, format!("{}: cannot {doing}: {error}", path.display()))
    }

    /// Something that has to be there cannot be used: a file, a folder, a connection. `message` says what to do.
    #[must_use]
    pub fn unusable(message: impl Into<String>) -> Self {
        Self::of(Kind::File, message.into())
    }

    pub(crate) fn locked(folder: &Path) -> Self {
        let folder = folder.display();
        Self::of(Kind::Locked, format!("{folder}: another process writes this trail: give each its own folder"))
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        let what = what.into();
        let advice = "verify the trail, keep the folder as evidence, and begin another one";
        Self::of(Kind::Damaged, format!("{what}: {advice}"))
    }

    pub(crate) fn stopped(why: &str) -> Self {
        Self::of(
            Kind::Stopped,
            format!("the audit trail has stopped ({why}): nothing is recorded until it is opened again"),
        )
    }

    pub(crate) fn busy() -> Self {
        Self::of(Kind::Busy, "the disk does not keep up with the audit trail: try again later".to_owned())
    }

    pub(crate) fn late() -> Self {
        let message =
            "the disk does not answer in time: nobody can say whether this is recorded, so it must not be done";
        Self::of(Kind::Late, message.to_owned())
    }

    pub(crate) fn witness(seconds: u64, why: Option<&Self>) -> Self {
        let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
        let message = format!("no witness has taken a head of the audit trail for {seconds} s{why}: look after it");
        Self::of(Kind::Witness, message)
    }

    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self::of(Kind::Limit, message.into())
    }

    pub(crate) fn early(message: impl Into<String>) -> Self {
        Self::of(Kind::Early, message.into())
    }

    fn of(kind: Kind, message: String) -> Self {
        Self { kind, message: message.into() }
    }

    /// Whether a file, a folder or a connection cannot be used.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// Whether another process writes the trail.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.kind == Kind::Locked
    }

    /// Whether the trail is not what was written.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.kind == Kind::Damaged
    }

    /// Whether the trail has stopped for good: it was closed, or could not be written once.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.kind == Kind::Stopped
    }

    /// Whether more is waiting to be written than may wait.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.kind == Kind::Busy
    }

    /// Whether the disk did not answer in time. What was to be recorded may still be, and must not be done.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.kind == Kind::Late
    }

    /// Whether the witness has been away for longer than it may be.
    #[must_use]
    pub fn is_witness(&self) -> bool {
        self.kind == Kind::Witness
    }

    /// Whether something is over a limit, or a setting makes no sense.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.kind == Kind::Limit
    }

    /// Whether something would be removed before its time.
    #[must_use]
    pub fn is_early(&self) -> bool {
        self.kind == Kind::Early
    }
}

impl fmt::Display for TrailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for TrailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for TrailError {}
