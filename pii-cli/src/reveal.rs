//! `pii reveal`: puts values back in the place of tokens and sealed values, for those who may.

use crate::arguments::Reveal;
use crate::audit_file::{self, Actor, AuditFile};
use crate::exit::{Failure, say};
use crate::input::Input;
use crate::output::Sink;
use crate::place::Written;
use crate::trail::{self, Writing};
use crate::{input, keys, rights, setup};
use pii_core::seal::Envelope;
use pii_core::surrogate::find;
use pii_flow::clock;
use pii_keys::{SubjectKeys, guarded_text};
use pii_store::{Quota, Request, Revealer, SealKeys, SealedPlace, Sqlite, Vault, WithSubjects};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zeroize::Zeroizing;

/// The longest text, of all inputs together. Each is opened as a whole, because it is counted as a whole.
const TEXT_LIMIT_BYTES: u64 = 16 << 20;

/// The longest file of data keys: some 500,000 runs.
const DATA_KEYS_LIMIT_BYTES: usize = 64 << 20;

pub(crate) fn run(arguments: &Reveal) -> Result<ExitCode, Failure> {
    let kinds: Vec<_> = setup::rules(arguments.rules.as_deref())?.rules().iter().map(pii_core::Rule::kind).collect();
    let rights = rights::read(&arguments.rights, &kinds)?;
    let (ring, _) = keys::open(&arguments.keyring, &arguments.under)?;
    let open_subjects = |folder: &PathBuf| SubjectKeys::open(folder, &ring).map_err(Failure::usage);
    let subjects = arguments.subjects.as_ref().map(open_subjects).transpose()?;
    let with_subjects = subjects.as_ref().map(|subjects| WithSubjects::new(&ring, subjects));
    let keys: &dyn SealKeys = with_subjects.as_ref().map_or(&ring, |both| both);
    let data_keys = arguments.data_keys.clone().unwrap_or_else(|| keys::data_keys_of(&arguments.keyring));
    let envelopes = envelopes(&data_keys, arguments.data_keys.is_some())?;
    let store = || Sqlite::open_or_begin(&arguments.store).map_err(Failure::input);
    let (mut quota, mut vault) = (Quota::new(store()?), Vault::new(store()?));
    let audit = arguments.audit.clone().unwrap_or_else(|| audit_file::of(&arguments.keyring));
    let own = [&arguments.keyring, &data_keys, &arguments.rights, &arguments.store];
    keys::refuse_same(own.into_iter().chain(arguments.under.files()), &audit)?;
    audit_file::warn_of_older(&audit, &arguments.keyring, ring.generation());
    let actor = Actor::of(arguments.actor.as_deref());
    let trail = Writing::open(&arguments.trail, ring.suite(), || trail::signer(&ring))?;
    let mut record = AuditFile::open(&audit, &arguments.keyring, &actor)?.and_in(trail.as_ref());
    // Read before anybody is asked: a file that cannot be read says nothing of rights.
    let texts = texts(&arguments.paths)?;
    let request = Request { actor: &actor.name, purpose: &arguments.purpose, reason: &arguments.reason };
    let mut revealer = Revealer::new(&rights, &mut quota, Some(&mut vault), keys, &mut record);
    let mut session = revealer.reveal(request, clock::moment()?).map_err(|error| rights::failure(&error))?;
    let place = SealedPlace { envelopes: &envelopes, record: arguments.record.as_deref().unwrap_or_default() };
    let (mut left, mut sink) = (0, Sink::standard());
    let is_plain = |text: &str| find(text.as_bytes()).next().is_none();
    let all_are_plain = texts.iter().all(|text| is_plain(text));
    for text in &texts {
        // One of several may have nothing to open; where none has, that is the refusal that it always is.
        if !all_are_plain && is_plain(text) {
            sink.write(text.as_bytes())?;
            continue;
        }
        let revealed = session.text(text, &place, clock::moment()?).map_err(|error| rights::failure(&error))?;
        left += revealed.left();
        sink.write(revealed.dangerously_text().as_bytes())?;
    }
    sink.finish()?;
    trail.map_or(Ok(()), Writing::close)?;
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
    let text = guarded_text(path, DATA_KEYS_LIMIT_BYTES).map_err(Failure::usage)?;
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

/// What all inputs hold.
fn texts(paths: &[PathBuf]) -> Result<Vec<Zeroizing<String>>, Failure> {
    let inputs = input::collect(paths, &Written::at(&[]));
    if let Some(failure) = inputs.failures.into_iter().next() {
        return Err(failure);
    }
    let mut room_bytes = TEXT_LIMIT_BYTES;
    let mut texts = Vec::new();
    for input in &inputs.files {
        let text = text(input, room_bytes)?;
        room_bytes -= text.len() as u64;
        texts.push(text);
    }
    Ok(texts)
}

fn text(input: &Input, limit_bytes: u64) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let mut reader = input.open()?.take(limit_bytes + 1);
    reader.read_to_string(&mut text).map_err(|error| Failure::system(&input.name, &error))?;
    if text.len() as u64 > limit_bytes {
        let limit = TEXT_LIMIT_BYTES >> 20;
        return Err(Failure::input(format!(
            "{}: more than {limit} MiB, with what comes before: what is revealed is little, cut it out first",
            input.name
        )));
    }
    Ok(text)
}
