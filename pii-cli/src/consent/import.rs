//! `pii consent import`: lines that sources signed.

use super::failure;
use super::is_json;
use super::opened::{Begin, Opened};
use crate::arguments::consent::{At, Digests};
use crate::exit::{Failure, say};
use crate::output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pii_flow::{clock, told};
use pii_store::consents::Progress;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal as _};
use std::path::Path;
use std::process::ExitCode;

const BUFFER_BYTES: usize = 1 << 20;

/// How many lines that were not taken are told one by one. A file of another kind has millions.
const TOLD_LIMIT: u64 = 1000;

pub(super) fn run(file: &Path, at: &At, digests: &Digests) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, digests, Begin::Yes)?;
    let mut input: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(BufReader::with_capacity(BUFFER_BYTES, std::io::stdin()))
    } else {
        let wrong = |error| Failure::input(told(file.display(), &error));
        Box::new(BufReader::with_capacity(BUFFER_BYTES, File::open(file).map_err(wrong)?))
    };
    let (bar, mut refused) = (bar(), 0_u64);
    let mut tell = |progress| match progress {
        Progress::Refused { line, why } => {
            refused += 1;
            if refused <= TOLD_LIMIT {
                let line = format!("{}:{line}: {}: {why}", file.display(), why.word());
                bar.suspend(|| say(line));
            }
        }
        Progress::Kept(so_far) => bar.set_position(so_far.taken + so_far.there),
    };
    let first = clock::moment()?;
    let clock = || clock::moment().unwrap_or(first);
    let done = opened.consents.import(&mut *input, &clock, &mut tell).map_err(|error| failure(&error))?;
    bar.finish_and_clear();
    opened.close()?;
    let counts = [("lines", done.lines), ("imported", done.taken), ("there", done.there), ("refused", done.refused)];
    if is_json(at) {
        let object: serde_json::Map<_, _> =
            counts.iter().map(|(name, count)| ((*name).to_owned(), (*count).into())).collect();
        output::print(serde_json::Value::Object(object))?;
    } else {
        let counts = counts.map(|(name, count)| format!("{name} {count}"));
        output::print(counts.join(", "))?;
    }
    if done.refused > 0 {
        return Err(Failure::input(format!("{}: lines that were not taken: {}", file.display(), done.refused)));
    }
    Ok(ExitCode::SUCCESS)
}

/// Lines that are kept, and how fast, on a terminal.
fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{pos} lines, {per_sec}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5)).with_style(style)
}
