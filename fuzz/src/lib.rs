//! What must hold of every input, whatever it is.
//!
//! A *body* takes any bytes and panics where a property does not hold: nothing panics, an input without findings leaves
//! as it came, where an input is cut makes no difference, nor whether its pieces are masked apart, no masked number is
//! left, masking twice is masking once, what one reader of a message takes for its end another does too.
//! [`TARGETS`] names them. Three callers run them: libFuzzer for hours (`make fuzz`), a short seeded loop of
//! [`mutate`] in every `make test`, and `tests/replay.rs` over the seeds and over each input that broke one before.
//!
//! ```
//! pii_fuzz::run("json", br#"{"idNo":"440524188001010014"}"#);
//! ```
//!
//! Nothing here knows how a decoder or a rule works: bodies speak of inputs and outputs only.

mod charset;
mod coding;
mod consent;
mod disguise;
mod document;
mod engine;
mod file;
mod framing;
mod keyring;
mod masker;
pub mod mutate;
mod offset_map;
mod pieces;
mod seal;
mod trail;

use pii_formats::Format;

/// Takes any bytes, and panics where something does not hold of them.
pub type Body = fn(&[u8]);

/// Every body under the name of its target in `fuzz_targets/` and of its folder in `seeds/`.
pub const TARGETS: [(&str, Body); 28] = [
    ("text", |input| document::check(Format::Text, input)),
    ("json", |input| document::check(Format::Json, input)),
    ("ndjson", |input| document::check(Format::Ndjson, input)),
    ("form", |input| document::check(Format::Form, input)),
    ("multipart", |input| document::check(Format::Multipart, input)),
    ("xml", |input| document::check(Format::Xml, input)),
    ("html", |input| document::check(Format::Html, input)),
    ("csv", |input| document::check(Format::Csv, input)),
    ("tsv", |input| document::check(Format::Tsv, input)),
    ("fix", |input| document::check(Format::Fix, input)),
    ("eml", |input| document::check(Format::Eml, input)),
    ("sql", |input| document::check(Format::Sql, input)),
    ("twice", document::check_twice),
    ("charset", charset::check),
    ("engine", engine::check),
    ("disguise", disguise::check),
    ("offset_map", offset_map::check),
    ("rule_file", file::rule),
    ("policy_file", file::policy),
    ("sealed", seal::check),
    ("surrogates", seal::check_found),
    ("keyring_file", keyring::check),
    ("trail_segment", trail::segment),
    ("witness_file", trail::witness),
    ("ledger_entry", consent::entry),
    ("receipt_line", consent::receipt),
    ("coding", coding::check),
    ("framing", framing::check),
];

/// Runs the body `target` on `input`.
///
/// # Panics
/// Where a property does not hold, and where there is no such target.
pub fn run(target: &str, input: &[u8]) {
    let (_, body) = TARGETS.iter().find(|(name, _)| *name == target).expect("a target of this name");
    body(input);
}
