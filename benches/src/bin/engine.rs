//! How fast the engine is by itself: corpora, lines of an SMS's size, text without personal data, and inputs made to be slow.
//!
//!     engine [--mb N] [--rounds N] [--only dense|sparse|sms|negative|worst]
//!
//! A suite prints megabytes a second of thread CPU time (median), finding alone and finding and masking, and checks that
//! every round gives the same answer. The inputs made to be slow are given as a multiple of what dense text costs.

use pii_benches::clock::{megabytes_a_second, rounds, time};
use pii_benches::corpus::Corpus;
use pii_benches::options::Options;
use pii_benches::peer::{Find, Mask, Peer, masker};
use pii_benches::worst::{self, Worst};
use pii_formats::{Format, Masker};
use pii_tests::negative;
use std::error::Error;
use std::io::{self, Write as _};
use std::time::Duration;

/// The most that an input may cost, as a multiple of dense text of the same size.
const WORST_RATIO: f64 = 10.0;

/// The size of an input made to be slow, in bytes.
const WORST_BYTES: usize = 1 << 20;

/// The size at which all of them are tried first, in bytes.
const SMALL_BYTES: usize = WORST_BYTES / 8;

/// From here on an input of the small size is measured at the full one too.
const SUSPECT_RATIO: f64 = WORST_RATIO / 8.0;

/// How many of the inputs made to be slow are shown, the slowest ones first.
const WORST_SHOWN: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(16, 5)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{:<28} {:>12} {:>12} {:>10}", "", "find MB/s", "mask MB/s", "findings")?;
    let dense = Corpus::dense(options.mebibytes)?;
    if options.wants("sparse") {
        suite(&mut out, "sparse", &chunks(&Corpus::sparse(options.mebibytes)?), options.rounds)?;
    }
    if options.wants("sms") {
        let lines: Vec<&str> = dense.sms_lines().collect();
        let each = suite(&mut out, "lines of an SMS's size", &lines, options.rounds)?.as_secs_f64() * 1e6;
        writeln!(out, "{:<28} {:.2} µs a line, masked", "", each / f64::from(u32::try_from(lines.len())?))?;
    }
    if options.wants("negative") {
        let negatives = String::from_utf8(negative::lines(7, 20_000))?;
        suite(&mut out, "nothing personal", &[&negatives], options.rounds)?;
    }
    if options.wants("dense") || options.wants("worst") {
        let dense_time = suite(&mut out, "dense", &chunks(&dense), options.rounds)?;
        let a_byte = dense_time.as_secs_f64() / f64::from(u32::try_from(dense.text.len())?);
        if options.wants("worst") {
            slow(&mut out, a_byte)?;
        }
    }
    Ok(())
}

fn chunks(corpus: &Corpus) -> Vec<&str> {
    corpus.chunks().map(|(_, chunk)| chunk).collect()
}

/// Measures finding, and finding and masking; returns how long the latter took.
fn suite(out: &mut impl io::Write, name: &str, texts: &[&str], times: usize) -> Result<Duration, Box<dyn Error>> {
    let bytes = texts.iter().map(|text| text.len()).sum();
    let (found, finding) = measured(&mut Find::new(), texts, times)?;
    let (masked, masking) = measured(&mut Mask::new(), texts, times)?;
    let (find, mask) = (megabytes_a_second(bytes, finding), megabytes_a_second(bytes, masking));
    writeln!(out, "{name:<28} {find:>12.1} {mask:>12.1} {masked:>10}")?;
    // What is encoded in a text is found by masking only.
    if masked < found {
        return Err(format!("{name}: {found} findings, and {masked} when masking").into());
    }
    Ok(masking)
}

fn measured(peer: &mut dyn Peer, texts: &[&str], times: usize) -> Result<(usize, Duration), Box<dyn Error>> {
    let mut buffer = Vec::new();
    rounds(times, || texts.iter().map(|text| peer.mask(text, &mut buffer)).sum())
}

/// Every input made to be slow, as a multiple of what as many bytes of dense text take at `a_byte`.
///
/// There are many, so all are tried at a small size first. What takes no more than the square of its size and is over the
/// limit at the full one is over [`SUSPECT_RATIO`] at the small one, and is then measured at both.
fn slow(out: &mut impl io::Write, a_byte: f64) -> Result<(), Box<dyn Error>> {
    let masker = masker();
    let suspects: Vec<bool> = worst::inputs(SMALL_BYTES)
        .map(|input| cost(&masker, &input, a_byte).map(|ratio| ratio > SUSPECT_RATIO))
        .collect::<Result<_, _>>()?;
    let mut measured = Vec::new();
    for (input, _) in worst::inputs(WORST_BYTES).zip(&suspects).filter(|(_, suspect)| **suspect) {
        let mut ratio = cost(&masker, &input, a_byte)?;
        if ratio > WORST_RATIO {
            // Whatever else the machine does costs a single measurement more than it costs two.
            ratio = ratio.min(cost(&masker, &input, a_byte)?);
        }
        measured.push((ratio, input.format.map_or("found out", Format::name), input.name));
    }
    measured.sort_by(|a, b| b.0.total_cmp(&a.0));
    let over = measured.iter().filter(|(ratio, ..)| *ratio > WORST_RATIO).count();
    for (ratio, format, name) in measured.iter().take(WORST_SHOWN.max(over)) {
        writeln!(out, "{name:<28} {format:<12} {ratio:>10.1} times dense")?;
    }
    writeln!(out, "{} inputs made to be slow, {} of them measured at 1 MiB", suspects.len(), measured.len())?;
    if over > 0 {
        return Err(format!("{over} inputs cost more than {WORST_RATIO} times as much as dense text").into());
    }
    Ok(())
}

/// What an input costs, as a multiple of what as many bytes of dense text take at `a_byte`.
fn cost(masker: &Masker, input: &Worst, a_byte: f64) -> Result<f64, Box<dyn Error>> {
    let options = pii_formats::Options { format: input.format, ..pii_formats::Options::default() };
    let mut outcome = None;
    let took = time(|| outcome = masker.mask(&input.bytes, &options).ok());
    if outcome.is_some_and(|output| output.reports.is_empty() && output.bytes != input.bytes) {
        return Err(format!("{}: changed, though nothing was found", input.name).into());
    }
    Ok(took.as_secs_f64() / (a_byte * f64::from(u32::try_from(input.bytes.len())?)))
}
