//! Measures the engine.
//!
//!     score corpus    --truth F --findings F [--upto BYTES]       findings of a corpus that was scanned before
//!     score messages  --seed N --count N [--births recent] [--names held-out] [--show]
//!     score negatives --seed N --lines N [--show]                 lines without personal data that are touched
//!     score matrix    --seed N [--format F] [--kind K]            each kind, disguise and format: what is missed
//!     score generate  --seed N --lines N                          the negatives themselves, on standard output
//!
//! Values are shown only with `--show`; they are generated, but the habit is the same as elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Write as _};
use std::process::ExitCode;

use pii_tests::engine::{self, Engine};
use pii_tests::format::Format;
use pii_tests::generate::{Births, NameList};
use pii_tests::report::{self, Draw};
use pii_tests::score::{compare, read_truth};
use pii_tests::{matrix, negative};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; there is nobody left to tell then.
            let _ = writeln!(io::stderr(), "score: {error}");
            ExitCode::from(2)
        }
    }
}

type Outcome = Result<(), Box<dyn Error>>;

fn run(arguments: &[String]) -> Outcome {
    let (task, rest) = arguments.split_first().ok_or("say corpus, messages, negatives, matrix or generate")?;
    let options = Options::read(rest)?;
    match task.as_str() {
        "corpus" => corpus(&options),
        "messages" => messages(&options),
        "negatives" => negatives(&options),
        "matrix" => kinds_by_format(&options),
        "generate" => write_out(&negative::lines(options.number("seed", 1)?, options.count("lines", 100_000)?)),
        other => Err(format!("{other} is no task").into()),
    }
}

fn corpus(options: &Options) -> Outcome {
    let upto = options.count("upto", usize::MAX)?;
    let truths = read_truth(BufReader::new(File::open(options.required("truth")?)?))?;
    let mut lines = Vec::new();
    BufReader::new(File::open(options.required("findings")?)?).read_to_end(&mut lines)?;
    let found = report::found(&engine::findings(&lines)?);
    let within = |spans: Vec<_>| -> Vec<pii_tests::score::Span> {
        spans.into_iter().filter(|span: &pii_tests::score::Span| span.end <= upto).collect()
    };
    let score = compare(&within(truths), &within(found));
    write_out(report::kinds_table(&score).as_bytes())
}

fn messages(options: &Options) -> Outcome {
    let births = if options.is("births", "recent") { Births::Recent } else { Births::Historic };
    let names = if options.is("names", "held-out") { NameList::HeldOut } else { NameList::Common };
    let draw = Draw { births, names, ..Draw::new(options.number("seed", 1)?, options.count("count", 2_000)?) };
    let batch = draw.batch();
    let measured = report::measure(&Engine::find()?, &batch)?;
    write_out(report::kinds_table(&measured.score).as_bytes())?;
    write_out(report::tiers_table(&measured.tiers).as_bytes())?;
    if options.has("show") {
        let text = &batch.text;
        for (what, indices) in [("missed", &measured.score.missed), ("survives", &measured.survived)] {
            for truth in indices.iter().map(|index| &text.truths[*index]) {
                write_out(shown(what, truth.kind(), &text.bytes, truth.start, truth.end).as_bytes())?;
            }
        }
        let findings = Engine::find()?.scan(&text.bytes, Format::Text)?;
        for finding in measured.score.wrong.iter().map(|index| &findings[*index]) {
            write_out(shown("wrong", &finding.kind, &text.bytes, finding.start, finding.end).as_bytes())?;
        }
    }
    Ok(())
}

/// One value between brackets, with what stands around it.
fn shown(what: &str, kind: &str, bytes: &[u8], start: usize, end: usize) -> String {
    let read = |range: &[u8]| String::from_utf8_lossy(range).replace('\n', "⏎");
    let (before, after) = (&bytes[start.saturating_sub(60)..start], &bytes[end..bytes.len().min(end + 30)]);
    format!("{what} {kind}: {}[{}]{}\n", read(before), read(&bytes[start..end]), read(after))
}

fn negatives(options: &Options) -> Outcome {
    let (seed, count) = (options.number("seed", 1)?, options.count("lines", 100_000)?);
    let text = negative::lines(seed, count);
    let findings = Engine::find()?.scan(&text, Format::Text)?;
    let touched: BTreeSet<usize> = findings.iter().map(|finding| finding.line).collect();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &findings {
        *kinds.entry(&finding.kind).or_default() += 1;
    }
    write_out(format!("lines {count} touched {} findings {} {kinds:?}\n", touched.len(), findings.len()).as_bytes())?;
    if options.has("show") {
        for finding in &findings {
            write_out(shown("wrong", &finding.kind, &text, finding.start, finding.end).as_bytes())?;
        }
    }
    Ok(())
}

fn kinds_by_format(options: &Options) -> Outcome {
    let engine = Engine::find()?;
    let seed = options.number("seed", 1)?;
    let kind = options.value("kind");
    for format in
        Format::ALL.into_iter().filter(|format| options.value("format").is_none_or(|name| name == format.name()))
    {
        for outcome in matrix::run(&engine, format, seed, |slot| kind.is_none_or(|kind| kind == slot.kind))? {
            let matrix::Outcome { slot, disguise, found, survived } = outcome;
            let trouble = [(!found).then_some("missed"), survived.then_some("survives masking")];
            let trouble: Vec<&str> = trouble.into_iter().flatten().collect();
            if !trouble.is_empty() {
                write_out(
                    format!("{:<10} {slot:<16} {disguise:<32} {}\n", format.name(), trouble.join(", ")).as_bytes(),
                )?;
            }
        }
    }
    Ok(())
}

fn write_out(bytes: &[u8]) -> Outcome {
    Ok(io::stdout().lock().write_all(bytes)?)
}

/// `--name value` and `--show`.
struct Options(BTreeMap<String, String>);

impl Options {
    fn read(arguments: &[String]) -> Result<Self, String> {
        const KNOWN: [&str; 10] =
            ["truth", "findings", "upto", "seed", "count", "lines", "births", "names", "format", "kind"];
        let mut options = BTreeMap::new();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let name = argument.strip_prefix("--").ok_or_else(|| format!("{argument} is no option"))?;
            let value = match name {
                "show" => String::new(),
                _ if KNOWN.contains(&name) => rest.next().cloned().ok_or_else(|| format!("--{name} needs a value"))?,
                _ => return Err(format!("--{name} is not known")),
            };
            options.insert(name.to_owned(), value);
        }
        Ok(Self(options))
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == Some(value)
    }

    fn required(&self, name: &str) -> Result<&str, String> {
        self.value(name).ok_or_else(|| format!("--{name} is missing"))
    }

    fn number(&self, name: &str, default: u64) -> Result<u64, String> {
        let parse = |text: &str| text.parse().map_err(|_| format!("--{name} is no number"));
        self.value(name).map_or(Ok(default), parse)
    }

    fn count(&self, name: &str, default: usize) -> Result<usize, String> {
        let number = self.number(name, u64::try_from(default).unwrap_or(u64::MAX))?;
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    }
}
