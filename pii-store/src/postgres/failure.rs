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
    let unusable = StoreError::unusable;
    match state.code() {
        "40001" | "40P01" | "55P03" | "57014" => StoreError::busy(),
        "53100" => unusable("the disk of PostgreSQL is full"),
        "53300" => unusable("PostgreSQL has no connection left: raise its max_connections"),
        "25006" => unusable("this PostgreSQL is a standby: connect to the primary server"),
        "3D000" => unusable("PostgreSQL has no database of this name: create it, or name another"),
        "3F000" | "42P01" => StoreError::format("this schema of PostgreSQL is no store: begin one, or name another"),
        "42501" => unusable(
            "PostgreSQL refuses this user: grant it CREATE on the database, or make it the owner of the store's schema",
        ),
        "0A000" | "42601" | "42704" | "42883" => unusable(
            "this server does not know a statement of this program: take a newer PostgreSQL (15 is one that it was tried with)",
        ),
        "XX001" | "XX002" => StoreError::corrupt("PostgreSQL finds its pages damaged"),
        "57P01" | "57P02" | "57P03" => lost(),
        code if code.starts_with("28") => unusable(
            "PostgreSQL does not let this user in: see its name and password, and what pg_hba.conf says of this machine and of TLS",
        ),
        code if code.starts_with("08") => lost(),
        code if code.starts_with("23") => StoreError::corrupt("two rows that exclude each other"),
        code => StoreError::unusable(format!("PostgreSQL failed with SQLSTATE {code}: look at its log")),
    }
}

/// Errors of the client. Its own words for their kinds are fixed, but their causes may hold anything.
fn without_state(error: &Error) -> StoreError {
    let cause = std::error::Error::source(error);
    StoreError::unusable(match error.to_string().as_str() {
        "error performing TLS handshake" => without_tls(cause),
        "invalid configuration" => {
            "the address of PostgreSQL lacks its host, its user or a password that the server asks for"
        }
        "authentication error" => {
            "the server does not prove that it knows the password: see whether it is the right server, and what asks for passwords there"
        }
        _ if cause.is_some_and(|cause| cause.is::<std::io::Error>()) => return lost(),
        _ => "PostgreSQL's answer is not what this version reads: look at its version, and at proxies in front of it",
    })
}

/// Why there is no TLS.
fn without_tls(cause: Option<&(dyn std::error::Error + 'static)>) -> &'static str {
    let Some(failed) = cause.and_then(|cause| cause.downcast_ref::<std::io::Error>()) else {
        // The client's own word that the server declined.
        return "PostgreSQL offers no TLS, and nothing goes there without: turn on ssl in its configuration";
    };
    #[cfg(feature = "tls")]
    if let Some(why) = failed.get_ref().and_then(super::tls::refused) {
        return why;
    }
    match failed.get_ref() {
        Some(_) => "PostgreSQL and this program agree on no TLS: look at its certificate and at its versions of TLS",
        None => "the connection to PostgreSQL went while TLS began: look at the server and the network",
    }
}
