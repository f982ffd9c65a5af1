//! What goes wrong with PostgreSQL, in words of ours: its own quote what is stored.

use crate::StoreError;
use tokio_postgres::Error;

/// Why a step was not done.
pub(super) enum Failure {
    /// The server, or the way there.
    Database(Error),
    /// Something that was seen in it.
    Refused(StoreError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl Failure {
    pub(super) fn told(self) -> StoreError {
        match self {
            Self::Database(error) => failed(&error),
            Self::Refused(error) => error,
        }
    }
}

/// The connection is not to be used any more.
pub(super) fn lost() -> StoreError {
    StoreError::unusable(
        "PostgreSQL does not answer, or the connection to it has gone: look at the server and the network",
    )
}

/// Whether the server has said that it did not do it. Otherwise nobody knows.
pub(super) fn is_refusal(error: &Error) -> bool {
    // Classes 08 and 57: the connection, and an operator who ended it.
    error.code().is_some_and(|code| !matches!(&code.code()[..2], "08" | "57"))
}

/// With the state that SQL's standard and PostgreSQL's manual (appendix A) list, and nothing of its message.
pub(super) fn failed(error: &Error) -> StoreError {
    let Some(state) = error.code() else {
        return if error.is_closed() { lost() } else { without_state(error) };
    };
    match state.code() {
        "40001" | "40P01" | "55P03" | "57014" => StoreError::busy(),
        "53100" => StoreError::unusable("the disk of PostgreSQL is full"),
        "53300" => StoreError::unusable("PostgreSQL has no connection left: raise its max_connections"),
        "25006" => StoreError::unusable("this PostgreSQL is a standby: connect to the primary server"),
        "3D000" => StoreError::unusable("PostgreSQL has no database of this name: create it, or name another"),
        "3F000" | "42P01" => StoreError::format("this schema of PostgreSQL is no store: begin one, or name another"),
        "42501" => StoreError::unusable("PostgreSQL refuses this user: grant it the schema"),
        "XX001" | "XX002" => StoreError::corrupt("PostgreSQL finds its pages damaged"),
        "57P01" | "57P02" | "57P03" => lost(),
        code if code.starts_with("28") => StoreError::unusable("PostgreSQL knows no such user, or not this password"),
        code if code.starts_with("08") => lost(),
        code if code.starts_with("23") => StoreError::corrupt("two rows that exclude each other"),
        code => StoreError::unusable(format!("PostgreSQL failed with SQLSTATE {code}: look at its log")),
    }
}

/// Errors of the client. Its own messages of these are fixed, but their causes may hold anything.
fn without_state(error: &Error) -> StoreError {
    let is_connecting = std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>());
    if is_connecting {
        return lost();
    }
    StoreError::unusable(
        "PostgreSQL's answer is not what this version reads: look at its version, and at proxies in front of it",
    )
}
