//! Witnesses: somebody outside the node who keeps its heads, so that not even its root can rewrite what they cover.

mod file;
mod http;
#[cfg(feature = "tls")]
mod syslog;

pub use file::FileWitness;
pub use http::HttpWitness;
#[cfg(feature = "tls")]
pub use syslog::SyslogWitness;

use super::TrailError;
use super::head::Head;
use std::fmt;
use std::io::{BufRead, Read as _};
use std::path::Path;

/// How long a witness on the network may take for one step.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The longest line of a witness's record, in bytes: a head with what a log server puts in front of it.
const LINE_LIMIT_BYTES: u64 = 8 * 1024;

/// Takes heads and keeps them.
pub trait Witness: Send + fmt::Debug {
    /// Hands heads over, of at most one chain each. Returns once the witness has them as safely as it can tell.
    ///
    /// # Errors
    /// It did not take them. They are sent again, newer ones in their place.
    fn send(&mut self, heads: &[Head]) -> Result<(), TrailError>;
}

/// Reads what a witness kept: a head a line, as a [`FileWitness`] writes them or as a log server does with something in front,
/// or all that stand in an array, as a server gets them.
/// What is no head is passed over, for other things stand in logs too: heads that were made unreadable are found missing.
///
/// # Errors
/// The file cannot be read.
pub fn heads_of(path: &Path, each: impl FnMut(Head)) -> Result<(), TrailError> {
    let read = || heads_in(std::io::BufReader::new(std::fs::File::open(path)?), each);
    read().map_err(|error| TrailError::file(path, "read heads from it", &error))
}

/// The same of what comes from anywhere.
///
/// # Errors
/// It cannot be read.
pub fn heads_in(mut kept: impl BufRead, mut each: impl FnMut(Head)) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let count = kept.by_ref().take(LINE_LIMIT_BYTES).read_until(b'\n', &mut line)?;
        if count == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line);
        // Nothing in a head has a brace.
        for (at, _) in text.match_indices("{\"node\":") {
            let end = text[at..].find('}').map(|end| at + end + 1);
            end.and_then(|end| Head::parse(&text[at..end])).into_iter().for_each(&mut each);
        }
    }
}
