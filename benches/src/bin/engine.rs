//! How fast the engine is by itself: corpora, lines of an SMS's size, text without personal data, and inputs made to be slow.
//!
//!     engine [--mb N] [--rounds N] [--only dense|sparse|sms|negative|worst]
//!
//! A suite prints megabytes a second of thread CPU time (median), finding alone and finding and masking, and checks that
//! every round gives the same answer. The inputs made to be slow are given as a multiple of what dense text costs.

use pii_benches::clock::{median, megabytes_a_second, time};
use pii_benches::corpus::Corpus;
use pii_benches::peer::{Find, Mask, Peer};
use pii_benches::worst;
use pii_tests::negative;
use std::error::Error;
use std::io::{self, Write as _};
use std::time::Duration;

/// The most that an input may cost, as a multiple of dense text of the same size.
const WORST_RATIO: f64 = 10.0;

/// The size of an input made to be slow, in bytes.
const WORST_BYTES: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let Options { mebibytes, rounds, only } = options()?;
    let wanted = |suite: &str| only.as_deref().is_none_or(|only| only == suite);
    let mut out = io::stdout().lock();
    writeln!(out, "{:<28} {:>12} {:>12} {:>10}", "", "find MB/s", "mask MB/s", "findings")?;
    let dense = Corpus::dense(mebibytes)?;
    if wanted("sparse") {
        suite(&mut out, "sparse", &chunks(&Corpus::sparse(mebibytes)?), rounds)?;
    }
    if wanted("sms") {
        let lines: Vec<&str> = dense.sms_lines().collect();
        let each = suite(&mut out, "lines of an SMS's size", &lines, rounds)?.as_secs_f64() * 1e6;
        writeln!(out, "{:<28} {:.2} µs a line, masked", "", each / f64::from(u32::try_from(lines.len())?))?;
    }
    if wanted("negative") {
        let negatives = String::from_utf8(negative::lines(7, 20_000))?;
        suite(&mut out, "nothing personal", &[&negatives], rounds)?;
    }
    if wanted("dense") || wanted("worst") {
        let dense_time = suite(&mut out, "dense", &chunks(&dense), rounds)?;
        let a_byte = dense_time.as_secs_f64() / f64::from(u32::try_from(dense.text.len())?);
        if wanted("worst") {
            slow(&mut out, a_byte * f64::from(u32::try_from(WORST_BYTES)?))?;
        }
    }
    Ok(())
}

struct Options {
    mebibytes: usize,
    rounds: usize,
    /// The one suite to run; all of them where nothing is said.
    only: Option<String>,
}

fn chunks(corpus: &Corpus) -> Vec<&str> {
    corpus.chunks().map(|(_, chunk)| chunk).collect()
}

/// Measures finding, and finding and masking; returns how long the latter took.
fn suite(out: &mut impl io::Write, name: &str, texts: &[&str], rounds: usize) -> Result<Duration, Box<dyn Error>> {
    let bytes = texts.iter().map(|text| text.len()).sum();
    let (found, finding) = measured(&mut Find::new(), texts, rounds)?;
    let (masked, masking) = measured(&mut Mask::new(), texts, rounds)?;
    let (find, mask) = (megabytes_a_second(bytes, finding), megabytes_a_second(bytes, masking));
    writeln!(out, "{name:<28} {find:>12.1} {mask:>12.1} {masked:>10}")?;
    // What is encoded in a text is found by masking only.
    if masked < found {
        return Err(format!("{name}: {found} findings, and {masked} when masking").into());
    }
    Ok(masking)
}

fn measured(peer: &mut dyn Peer, texts: &[&str], rounds: usize) -> Result<(usize, Duration), Box<dyn Error>> {
    let mut buffer = Vec::new();
    let mut counts = Vec::new();
    let mut times = Vec::new();
    for _ in 0..rounds.max(1) {
        let mut count = 0;
        times.push(time(|| count = texts.iter().map(|text| peer.mask(text, &mut buffer)).sum()));
        counts.push(count);
    }
    counts.dedup();
    match counts[..] {
        [count] => Ok((count, median(times))),
        _ => Err(format!("{}: rounds differ: {counts:?}", peer.name()).into()),
    }
}

/// Every input made to be slow, as a multiple of `usual`, the time that dense text of its size takes.
fn slow(out: &mut impl io::Write, usual: f64) -> Result<(), Box<dyn Error>> {
    let mut peer = Mask::new();
    let mut buffer = Vec::new();
    let mut worst = Vec::new();
    for input in worst::inputs(WORST_BYTES) {
        let took = time(|| {
            peer.mask(&input.text, &mut buffer);
        });
        worst.push((took.as_secs_f64() / usual, input.name));
    }
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (ratio, name) in &worst {
        writeln!(out, "{name:<28} {ratio:>12.1} times dense")?;
    }
    match worst.first() {
        Some((ratio, name)) if *ratio > WORST_RATIO => {
            Err(format!("{name} costs {ratio:.1} times dense text; the limit is {WORST_RATIO}").into())
        }
        _ => Ok(()),
    }
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options { mebibytes: 16, rounds: 5, only: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--mb" => options.mebibytes = value.parse()?,
            "--rounds" => options.rounds = value.parse()?,
            "--only" => options.only = Some(value),
            _ => return Err(format!("{name} is not known: --mb N, --rounds N or --only SUITE").into()),
        }
    }
    Ok(options)
}
