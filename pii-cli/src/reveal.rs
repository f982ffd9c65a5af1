//! `pii reveal`: puts values back in the place of tokens and sealed values, for those who may.

use crate::arguments::Reveal;
use crate::audit_file::{self, AuditFile};
use crate::exit::{Failure, say};
use crate::input::Input;
use crate::output::Sink;
use crate::place::Written;
use crate::{input, keys, setup};
use pii_core::seal::Envelope;
use pii_store::{Moment, Quota, Request, RevealError, Revealer, Rights, SealedPlace, Sqlite, Vault};
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// The longest text. It is opened as a whole, because it is counted as a whole.
const TEXT_LIMIT_BYTES: u64 = 16 << 20;

pub(crate) fn run(arguments: &Reveal) -> Result<ExitCode, Failure> {
    let rules = setup::rules(arguments.rules.as_deref())?;
    let kinds: Vec<_> = rules.rules().iter().map(pii_core::Rule::kind).collect();
    let rights = setup::text(&arguments.rights)?;
    let rights = Rights::parse(&arguments.rights.display().to_string(), &rights, &kinds).map_err(Failure::usage)?;
    let (ring, _) = keys::open(&arguments.keyring, &arguments.under)?;
    let data_keys = arguments.data_keys.clone().unwrap_or_else(|| keys::data_keys_of(&arguments.keyring));
    let envelopes = envelopes(&data_keys)?;
    let store = || Sqlite::open_or_begin(&arguments.store).map_err(Failure::input);
    let (mut quota, mut vault) = (Quota::new(store()?), Vault::new(store()?));
    let audit = arguments.audit.clone().unwrap_or_else(|| audit_file::of(&arguments.keyring));
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

/// The wrapped data keys of a file; none where there is no file.
fn envelopes(path: &Path) -> Result<Vec<Envelope>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::system(path.display(), &error)),
    };
    let read = |(nth, line): (usize, &str)| {
        let wrong = |_| Failure::usage(format!("{}:{nth}: this is no wrapped data key (pie_…)", path.display()));
        Envelope::parse(line.trim()).map_err(wrong)
    };
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(read).collect()
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
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Moment::from_unix_seconds(seconds)
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
