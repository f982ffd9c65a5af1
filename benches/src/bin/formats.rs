//! How fast every format is read, masked and written.
//!
//!     formats [--mb N] [--rounds N] [--only FORMAT]
//!
//! For each format a file with ten fields a row, six of them about a person, and one about nobody: megabytes a second of
//! thread CPU time (median). Every planted value has to be gone from the first, and the second has to come out byte for byte.

use aho_corasick::AhoCorasick;
use pii_benches::clock::{megabytes_a_second, rounds};
use pii_benches::file::{Kind, kinds};
use pii_benches::options::Options;
use pii_benches::peer::masker;
use pii_formats::{Charset, Masker};
use pii_tests::coding::{base64_decode, percent_decode, quoted_printable_decode};
use pii_tests::document::Document;
use std::error::Error;
use std::io::{self, Write as _};
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(1, 5)?;
    let bytes = options.mebibytes << 20;
    let masker = masker();
    let mut out = io::stdout().lock();
    writeln!(out, "{:<24} {:>12} {:>10} {:>14}", "", "values, MB/s", "findings", "no value, MB/s")?;
    for kind in kinds().into_iter().filter(|kind| options.wants(kind.name)) {
        let (planted, harmless) = (kind.planted(bytes), kind.harmless(bytes));
        let (found, took) = with_values(&masker, &kind, &planted, options.rounds)?;
        let rate = megabytes_a_second(planted.bytes.len(), took);
        let idle = megabytes_a_second(harmless.bytes.len(), without(&masker, &kind, &harmless, options.rounds)?);
        writeln!(out, "{:<24} {rate:>12.1} {found:>10} {idle:>14.1}", kind.name)?;
    }
    Ok(())
}

/// Masks a file with values in it. Returns how many findings there were.
fn with_values(
    masker: &Masker,
    kind: &Kind,
    file: &Document,
    times: usize,
) -> Result<(usize, Duration), Box<dyn Error>> {
    let ((masked, found), took) = masked(masker, kind, file, times)?;
    let shown = shown(file, &masked);
    if shown > 0 {
        return Err(format!("{}: {shown} of {} planted values still show", kind.name, file.truths.len()).into());
    }
    Ok((found, took))
}

/// Masks a file without personal data.
fn without(masker: &Masker, kind: &Kind, file: &Document, times: usize) -> Result<Duration, Box<dyn Error>> {
    let ((masked, found), took) = masked(masker, kind, file, times)?;
    if found > 0 || masked != file.bytes {
        return Err(format!("{}: {found} findings in a file without personal data", kind.name).into());
    }
    Ok(took)
}

type Masked = (Vec<u8>, usize);

fn masked(masker: &Masker, kind: &Kind, file: &Document, times: usize) -> Result<(Masked, Duration), Box<dyn Error>> {
    let options = pii_formats::Options {
        format: Some(kind.format),
        charset: Some(Charset::Utf8),
        ..pii_formats::Options::default()
    };
    let work = || masker.mask(&file.bytes, &options).map(|output| (output.bytes, output.reports.len()));
    let (answer, took) = rounds(times, || work().map_err(|error| error.to_string()))?;
    Ok((answer.map_err(|error| format!("{}: {error}", kind.name))?, took))
}

/// How many of the planted values stand in the output, as it is or decoded, more often than in the input without them.
fn shown(file: &Document, output: &[u8]) -> usize {
    let mut values: Vec<&str> = file.truths.iter().map(|truth| truth.value.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    let search = AhoCorasick::new(&values).expect("some thousands of short values");
    let count = |text: &[u8]| {
        let mut counts = vec![0_u32; values.len()];
        // Behind a surname that is somebody else's whole name stand stars: 贺兰***.
        let whole = search.find_overlapping_iter(text).filter(|hit| text.get(hit.end()) != Some(&b'*'));
        whole.for_each(|hit| counts[hit.pattern().as_usize()] += 1);
        counts
    };
    let before = count(&without_values(file));
    let readings = [output.to_vec(), percent_decode(output), quoted_printable_decode(output), body(output)];
    let after: Vec<Vec<u32>> = readings.iter().map(|reading| count(reading)).collect();
    (0..values.len()).filter(|&nth| after.iter().any(|counts| counts[nth] > before[nth])).count()
}

fn without_values(file: &Document) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(file.bytes.len());
    let mut done = 0;
    // All values in a carrier (base64) span the whole of it.
    for truth in &file.truths {
        if truth.end <= done {
            continue;
        }
        bytes.extend_from_slice(&file.bytes[done..truth.start.max(done)]);
        bytes.push(b'|');
        done = truth.end;
    }
    bytes.extend_from_slice(&file.bytes[done..]);
    bytes
}

/// What stands behind a message's header, decoded from base64.
fn body(output: &[u8]) -> Vec<u8> {
    let start = memchr::memmem::find(output, b"\r\n\r\n").map_or(output.len(), |at| at + 4);
    base64_decode(&output[start..]).unwrap_or_default()
}
