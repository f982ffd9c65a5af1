//! Measures the engine and its peers in one process: the same corpora, the same clock, the same score.
//!
//!     peers [--mb N] [--rounds N] [--only NAME]
//!
//! Prints megabytes a second of thread CPU time (median), the ratio to each peer, coverage and precision.

use pii_benches::clock::megabytes_a_second;
use pii_benches::corpus::Corpus;
use pii_benches::options::Options;
use pii_benches::peer::{Datadog, Find, Mask, Measured, Memory, OnePass, Peer, PerRule, measure};
use pii_tests::score::percent;
use std::error::Error;
use std::io::{self, Write as _};
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(64, 5)?;
    let mut out = io::stdout().lock();
    for corpus in [Corpus::dense(options.mebibytes)?, Corpus::sparse(options.mebibytes)?] {
        writeln!(out, "\n{}: {} bytes, {} planted", corpus.name, corpus.text.len(), corpus.truth.len())?;
        writeln!(
            out,
            "{:<28} {:>9} {:>9} {:>10} {:>10} {:>9}",
            "", "MB/s", "pii is", "covered %", "precise %", "findings"
        )?;
        let mut ours: Option<Duration> = None;
        for mut peer in peers() {
            if !options.wants(peer.name()) {
                continue;
            }
            let measured = measure(peer.as_mut(), &corpus, options.rounds)?;
            if peer.name() == Mask::NAME {
                ours = Some(measured.time);
            }
            writeln!(out, "{}", row(peer.name(), &corpus, &measured, ours))?;
        }
        if corpus.name == "dense" {
            writeln!(out, "{}", sms(&corpus, options.rounds)?)?;
        }
    }
    Ok(())
}

fn peers() -> Vec<Box<dyn Peer>> {
    vec![
        Box::new(Memory),
        Box::new(Find::new()),
        Box::new(Mask::new()),
        Box::new(OnePass::new()),
        Box::new(PerRule::new()),
        Box::new(Datadog::new()),
    ]
}

fn row(name: &str, corpus: &Corpus, measured: &Measured, ours: Option<Duration>) -> String {
    let total = measured.score.total();
    let rate = megabytes_a_second(corpus.text.len(), measured.time);
    let ratio = ours
        .map_or(String::new(), |ours| format!("{:.2} x", measured.time.as_secs_f64() / ours.as_secs_f64().max(1e-9)));
    let covered = percent(total.covered, total.planted);
    let precise = 100.0 - total.wrong_percent();
    format!("{name:<28} {rate:>9.1} {ratio:>9} {covered:>10.2} {precise:>10.2} {:>9}", measured.found)
}

/// One call for each line of the size of an SMS, finding and masking.
fn sms(corpus: &Corpus, rounds: usize) -> Result<String, Box<dyn Error>> {
    let lines: Vec<&str> = corpus.sms_lines().collect();
    let mut peer = Mask::new();
    let mut out = Vec::new();
    let mut times = Vec::new();
    for _ in 0..rounds {
        times.push(pii_benches::clock::time(|| {
            for line in &lines {
                std::hint::black_box(peer.mask(line, &mut out));
            }
        }));
    }
    let median = pii_benches::clock::median(times);
    let each = median.as_secs_f64() * 1e6 / f64::from(u32::try_from(lines.len())?.max(1));
    Ok(format!("lines of an SMS's size, one call each: {} lines, {each:.2} µs a line", lines.len()))
}
