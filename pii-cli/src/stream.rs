//! One input on its way through a session, chunk by chunk.

use crate::exit::Failure;
use crate::input::Input;
use indicatif::ProgressBar;
use pii_formats::{Output, Session};
use std::io::{self, Read as _};

/// How much is read at a time, in bytes.
const CHUNK_BYTES: usize = 256 << 10;

/// Reads `input` to its end through `session`, and hands what comes out to `take`, which empties it. What was ready before
/// an error is handed over too: whole records, and nothing behind them.
pub(crate) fn through(
    mut session: Session<'_>,
    input: &Input,
    bar: &ProgressBar,
    mut take: impl FnMut(&mut Output) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut source = input.open()?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut output = Output::default();
    loop {
        let read = match source.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::system(&input.name, &error)),
        };
        let outcome = session.push(&chunk[..read], &mut output);
        take(&mut output)?;
        outcome.map_err(|error| Failure::of(&input.name, &error))?;
        bar.inc(read as u64);
    }
    let outcome = session.finish(&mut output);
    take(&mut output)?;
    outcome.map_err(|error| Failure::of(&input.name, &error))
}
