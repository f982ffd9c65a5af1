//! What each stage of masking costs, what each way of writing a text adds, and what each check takes.
//!
//!     stages [--mb N] [--rounds N] [--only stage|written|check]
//!
//! A stage is what its line costs more than the line before it. Texts are the dense corpus, chunk by chunk.

use pii_benches::clock::{megabytes_a_second, rounds};
use pii_benches::corpus::Corpus;
use pii_benches::options::Options;
use pii_benches::peer::{Find, Peer as _, masker};
use pii_benches::{samples, written};
use pii_core::check::Verdict;
use pii_formats::{Charset, Format, Masker};
use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Duration;

/// How many values each check is measured with.
const SAMPLES: usize = 1_000;

/// How often each of them is checked in a round.
const REPEATED: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(4, 5)?;
    let mut out = io::stdout().lock();
    if options.wants("stage") {
        stages(&mut out, &Corpus::dense(options.mebibytes)?, options.rounds)?;
    }
    if options.wants("written") {
        ways_of_writing(&mut out, &Corpus::dense(options.mebibytes)?, options.rounds)?;
    }
    if options.wants("check") {
        checks(&mut out, options.rounds)?;
    }
    Ok(())
}

/// Finding; what is encoded inside and the judgement; writing and splicing.
fn stages(out: &mut impl Write, corpus: &Corpus, times: usize) -> Result<(), Box<dyn Error>> {
    let masker = masker();
    let read = pii_formats::Options {
        format: Some(Format::Text),
        charset: Some(Charset::Utf8),
        ..pii_formats::Options::default()
    };
    let chunks: Vec<&str> = corpus.chunks().map(|(_, chunk)| chunk).collect();
    let mut find = Find::new();
    let mut nothing = Vec::new();
    let (found, finding) = rounds(times, || chunks.iter().map(|chunk| find.mask(chunk, &mut nothing)).sum::<usize>())?;
    let scan = |chunk: &&str| masker.scan(chunk.as_bytes(), &read).map_or(0, |reports| reports.len());
    let (scanned, scanning) = rounds(times, || chunks.iter().map(scan).sum::<usize>())?;
    let mask = |chunk: &&str| masker.mask(chunk.as_bytes(), &read).map_or(0, |output| output.reports.len());
    let (masked, masking) = rounds(times, || chunks.iter().map(mask).sum::<usize>())?;
    if scanned < found || masked != scanned {
        return Err(format!("{found} findings, {scanned} when scanning, {masked} when masking").into());
    }
    writeln!(out, "{:<44} {:>10} {:>10} {:>10}", "stages, dense corpus", "MB/s", "ns a byte", "findings")?;
    let mut before = Duration::ZERO;
    for (stage, time, count) in [
        ("find", finding, found),
        ("explore and judge (scan, less find)", scanning, scanned),
        ("write and splice (mask, less scan)", masking, masked),
    ] {
        let own = time.saturating_sub(before);
        let rate = megabytes_a_second(corpus.text.len(), own);
        writeln!(out, "{stage:<44} {rate:>10.1} {:>10.1} {count:>10}", 1e3 / rate)?;
        before = time;
    }
    writeln!(out, "{:<44} {:>10.1}", "all", megabytes_a_second(corpus.text.len(), masking))?;
    Ok(())
}

/// The same text in other charsets, escaped and in carriers.
fn ways_of_writing(out: &mut impl Write, corpus: &Corpus, times: usize) -> Result<(), Box<dyn Error>> {
    let masker = masker();
    writeln!(out, "\n{:<44} {:>10} {:>10} {:>10}", "the same text, written as", "MB/s", "size", "findings")?;
    let mut plain = None;
    for way in written::WAYS {
        let files: Vec<Vec<u8>> = corpus.chunks().map(|(_, chunk)| way.write(chunk)).collect();
        let read =
            pii_formats::Options { format: Some(way.format), charset: way.charset, ..pii_formats::Options::default() };
        let (found, took) = rounds(times, || masked(&masker, &files, &read))?;
        let bytes: usize = files.iter().map(Vec::len).sum();
        let (rate, size) = (megabytes_a_second(bytes, took), times_of(bytes, corpus.text.len()));
        writeln!(out, "{:<44} {rate:>10.1} {size:>10.2} {found:>10}", way.name)?;
        let least = *plain.get_or_insert(found) / 100 * way.at_least_percent;
        if found < least {
            return Err(format!("{}: {found} findings, at least {least} were to be found", way.name).into());
        }
    }
    Ok(())
}

fn masked(masker: &Masker, files: &[Vec<u8>], read: &pii_formats::Options) -> usize {
    files.iter().map(|file| masker.mask(file, read).map_or(0, |output| output.reports.len())).sum()
}

#[allow(clippy::cast_precision_loss, reason = "corpora are far smaller than 2^52 bytes")]
fn times_of(bytes: usize, plain: usize) -> f64 {
    bytes as f64 / plain as f64
}

/// Each check by itself: values that pass it, and the same values with another last character.
fn checks(out: &mut impl Write, times: usize) -> Result<(), Box<dyn Error>> {
    writeln!(out, "\n{:<44} {:>10} {:>10}", "checks, ns a call", "right", "wrong")?;
    for name in pii_core::check::names() {
        let check = pii_core::check::named(name).ok_or("a check has its name")?;
        let right = samples::right(name, SAMPLES).ok_or_else(|| format!("{name}: no values to check"))?;
        let wrong: Vec<Vec<u8>> = right.iter().map(|value| samples::changed(value)).collect();
        let call = |values: &[Vec<u8>]| {
            rounds(times, || {
                let all = || values.iter().filter(|value| check(black_box(value)) >= Verdict::Likely).count();
                (0..REPEATED).map(|_| all()).sum::<usize>()
            })
        };
        let ((passed, right_time), (_, wrong_time)) = (call(&right)?, call(&wrong)?);
        if passed < right.len() * REPEATED {
            return Err(format!("{name}: refuses values that are right").into());
        }
        let each =
            |time: Duration| time.as_secs_f64() * 1e9 / f64::from(u32::try_from(SAMPLES * REPEATED).unwrap_or(1));
        writeln!(out, "{name:<44} {:>10.1} {:>10.1}", each(right_time), each(wrong_time))?;
    }
    Ok(())
}
