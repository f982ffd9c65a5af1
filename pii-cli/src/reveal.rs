//! `pii reveal`: puts values back in the place of tokens and sealed values, for those who may.

use crate::arguments::Reveal;
use crate::audit_file::{self, AuditFile};
use crate::exit::{Failure, say};
use crate::input::Input;
use crate::output::Sink;
use crate::place::Written;
use crate::{input, keys, setup};
use pii_core::seal::Envelope;
use pii_core::time::Moment;
use pii_store::rights::FILE_LIMIT_BYTES;
use pii_store::{Quota, Request, RevealError, Revealer, Rights, SealedPlace, Sqlite, Vault};
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::ExitCode;
use zeroize::Zeroizing;

/// The longest text. It is opened as a whole, because it is counted as a whole.
const TEXT_LIMIT_BYTES: u64 = 16 << 20;

/// The longest file of data keys: some 500,000 runs.
const DATA_KEYS_LIMIT_BYTES: u64 = 64 << 20;

pub(crate) fn run(arguments: &Reveal) -> Result<ExitCode, Failure> {
    let rules = setup::rules(arguments.rules.as_deref())?;
    let kinds: Vec<_> = rules.rules().iter().map(pii_core::Rule::kind).collect();
    let rights = owners_text(&arguments.rights, FILE_LIMIT_BYTES as u64)?;
    let rights = Rights::parse(&arguments.rights.display().to_string(), &rights, &kinds).map_err(Failure::usage)?;
    let (ring, _) = keys::open(&arguments.keyring, &arguments.under)?;
    let data_keys = arguments.data_keys.clone().unwrap_or_else(|| keys::data_keys_of(&arguments.keyring));
    let envelopes = envelopes(&data_keys, arguments.data_keys.is_some())?;
    let store = || Sqlite::open_or_begin(&arguments.store).map_err(Failure::input);
    let (mut quota, mut vault) = (Quota::new(store()?), Vault::new(store()?));
    let audit = arguments.audit.clone().unwrap_or_else(|| audit_file::of(&arguments.keyring));
    let own = [&arguments.keyring, &data_keys, &arguments.rights, &arguments.store];
    keys::refuse_same(own.into_iter().chain(arguments.under.files()), &audit)?;
    let mut record = AuditFile::open(&audit)?;
    let actor = arguments.actor.clone().unwrap_or_else(audit_file::user);
    let request = Request { actor: &actor, purpose: &arguments.purpose, reason: &arguments.reason };
    let mut revealer = Revealer::new(&rights, &mut quota, Some(&mut vault), &ring, &mut record);
    let mut session = revealer.reveal(request, now()?).map_err(failure)?;
    let place = SealedPlace { envelopes: &envelopes, record: "" };
    let inputs = input::collect(&arguments.paths, &Written::at(&[]));
    if let Some(failure) = inputs.failures.into_iter().next() {
        return Err(failure);
    }
    let (mut left, mut sink) = (0, Sink::standard());
    for input in &inputs.files {
        let text = text(input)?;
        let revealed = session.text(&text, &place, now()?).map_err(failure)?;
        left += revealed.left();
        sink.write(revealed.dangerously_text().as_bytes())?;
    }
    sink.finish()?;
    if left > 0 {
        let stays = if left == 1 { "token or sealed value stays" } else { "tokens or sealed values stay" };
        say(format_args!("pii: {left} {stays}: unknown here, or not for this actor and purpose"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The wrapped data keys of a file; none where there is none and nobody named one. A line that is none, such as one that was
/// left when a disk was full, opens nothing and keeps the others from nothing.
fn envelopes(path: &Path, is_named: bool) -> Result<Vec<Envelope>, Failure> {
    if !is_named && !path.exists() {
        say(format_args!("pii: {}: there is none, so no sealed value opens", path.display()));
        return Ok(Vec::new());
    }
    let text = owners_text(path, DATA_KEYS_LIMIT_BYTES)?;
    let (mut envelopes, mut broken) = (Vec::new(), 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match Envelope::parse(line) {
            Ok(envelope) => envelopes.push(envelope),
            Err(_) => broken += 1,
        }
    }
    if broken > 0 {
        say(format_args!(
            "pii: {}: lines that are no wrapped data key (pie_…) and open nothing: {broken}",
            path.display()
        ));
    }
    Ok(envelopes)
}

/// The text of a file that decides what is opened, so that nobody but its owner may change it.
fn owners_text(path: &Path, limit_bytes: u64) -> Result<String, Failure> {
    let file = File::open(path).map_err(|error| Failure::system(path.display(), &error))?;
    let metadata = file.metadata().map_err(|error| Failure::system(path.display(), &error))?;
    if !metadata.is_file() || metadata.len() > limit_bytes {
        return Err(Failure::usage(format!(
            "{}: this is no file, or one of more than {limit_bytes} bytes",
            path.display()
        )));
    }
    if metadata.mode() & 0o022 != 0 {
        let path = path.display();
        return Err(Failure::usage(format!("{path}: others can change it: chmod go-w {path}")));
    }
    let mut text = String::new();
    file.take(limit_bytes).read_to_string(&mut text).map_err(|error| Failure::system(path.display(), &error))?;
    Ok(text)
}

fn text(input: &Input) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let mut reader = input.open()?.take(TEXT_LIMIT_BYTES + 1);
    reader.read_to_string(&mut text).map_err(|error| Failure::system(&input.name, &error))?;
    if text.len() as u64 > TEXT_LIMIT_BYTES {
        let limit = TEXT_LIMIT_BYTES >> 20;
        return Err(Failure::input(format!(
            "{}: more than {limit} MiB: what is revealed is little, cut it out first",
            input.name
        )));
    }
    Ok(text)
}

fn now() -> Result<Moment, Failure> {
    Moment::from_unix_seconds(setup::unix_seconds())
        .ok_or_else(|| Failure::usage("this computer's clock shows no time that can be counted"))
}

fn failure(error: RevealError) -> Failure {
    if error.is_request() {
        Failure::usage(error)
    } else if error.is_refused() {
        Failure::blocked(error)
    } else {
        Failure::input(error)
    }
}
