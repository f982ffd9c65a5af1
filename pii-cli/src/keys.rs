//! `pii keys` and `pii crypto`: keyrings, their versions and states, and what an assessor asks of them.

mod at_work;
mod subject;
mod under;

pub(crate) use at_work::{AtWork, for_tests, own_files};

use crate::arguments::{Changing, CryptoCommand, CryptoCommands, Keys, KeysCommand, Record, Under};
use crate::audit_file::{self, Actor, AuditFile};
use crate::exit::{Failure, say};
use crate::output;
use crate::trail::{self, Writing};
use comfy_table::{ContentArrangement, Table, presets};
use pii_core::key::Suite;
use pii_core::sign::SigningKey;
use pii_flow::{FlowError, clock, open_keyring};
use pii_keys::{Change, Kek, Keyring, KeyringError, KeyringFile, Operation, Plan, State, SystemEntropy, inventory};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use under::{Asking, kek};

pub(crate) fn run(arguments: &Keys) -> Result<ExitCode, Failure> {
    match &arguments.command {
        KeysCommand::Init { changing } => init(changing),
        KeysCommand::List { keyring } => list(keyring),
        KeysCommand::Add { changing, purpose, algorithm } => {
            change(changing, &Change::Add { purpose: *purpose, algorithm: *algorithm })
        }
        KeysCommand::Promote { changing, id, at_once } => {
            change(changing, &Change::Promote { id: *id, at_once: *at_once })
        }
        KeysCommand::Disable { changing, id } => change(changing, &Change::Disable { id: *id }),
        KeysCommand::Enable { changing, id } => change(changing, &Change::Enable { id: *id }),
        KeysCommand::Destroy { changing, id, on, confirm, cancel } => {
            let step = match (on, confirm, cancel) {
                (Some(on), ..) => Change::Schedule { id: *id, on: *on },
                (None, true, _) => Change::Destroy { id: *id },
                (None, false, true) => Change::Cancel { id: *id },
                (None, false, false) => return Err(two_steps()),
            };
            change(changing, &step)
        }
        KeysCommand::Rewrap { changing, to_key_file, to_passphrase_file } => {
            rewrap(changing, to_key_file.as_deref(), to_passphrase_file.as_deref())
        }
        KeysCommand::Subject(arguments) => subject::run(&arguments.command),
    }
}

fn two_steps() -> Failure {
    Failure::usage("a key is destroyed in two steps: name a day by --on, and on that day or later --confirm")
}

pub(crate) fn crypto(arguments: &CryptoCommands) -> Result<ExitCode, Failure> {
    let CryptoCommand::Inventory { keyring, under } = &arguments.command;
    let (ring, kek) = open(keyring, under)?;
    let mut lines = vec!["algorithm\tcommercial\tstandard\tkey\tstate\tmodule\tuse".to_owned()];
    lines.extend(inventory(&ring, kek.as_ref()).iter().map(ToString::to_string));
    output::print(lines.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// A keyring, and what it is under.
pub(crate) fn open(path: &Path, under: &Under) -> Result<(Keyring, Box<dyn Kek>), Failure> {
    open_for(path, under, under.crypto.suite())
}

fn open_for(path: &Path, under: &Under, suite: Suite) -> Result<(Keyring, Box<dyn Kek>), Failure> {
    let kek = kek_of(path, under)?;
    Ok((open_keyring(path, kek.as_ref(), suite)?, kek))
}

/// What a keyring is under. Nobody is asked for a passphrase that it has none of.
fn kek_of(path: &Path, under: &Under) -> Result<Box<dyn Kek>, Failure> {
    if under.named().is_none() {
        let listing = KeyringFile::at(path).list().map_err(|error| wrong(path, &error))?;
        let option = match listing.provider() {
            "file" => Some("a key in a file: give --key-file FILE"),
            "vault" => Some("a Vault's key: give --vault URL, --vault-key NAME and --vault-token-file FILE"),
            "environment" => Some("a key in the environment: give --dangerously-key-from-env VARIABLE"),
            "pkcs11" => Some("a key in a hardware security module: give --pkcs11-module and what goes with it"),
            _ => None,
        };
        if let Some(option) = option {
            return Err(Failure::usage(format!("{}: it is under {option}", path.display())));
        }
    }
    kek(under, Asking::Known)
}

/// What is wrong with a keyring, and which one it is.
fn wrong(path: &Path, error: &KeyringError) -> Failure {
    FlowError::of_keyring(path, error).into()
}

/// The file beside a keyring with the data keys of what was sealed with it.
pub(crate) fn data_keys_of(keyring: &Path) -> PathBuf {
    audit_file::beside(keyring, ".data-keys")
}

fn init(changing: &Changing) -> Result<ExitCode, Failure> {
    let kek = kek(&changing.under, Asking::for_new(changing.record.dry_run))?;
    let file = KeyringFile::at(&changing.keyring);
    let suite = changing.under.crypto.suite();
    // What would sign a trail is only being made.
    changed(changing, || Ok(None), |operation| file.create(kek.as_ref(), suite, operation))?;
    if !changing.record.dry_run {
        say(format_args!(
            "{}: keep it where every node that masks can read it, and what it is under somewhere else; without both, nothing \
             opens again",
            changing.keyring.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn list(path: &Path) -> Result<ExitCode, Failure> {
    let listing = KeyringFile::at(path).list().map_err(|error| wrong(path, &error))?;
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["key", "for", "algorithm", "state", "added"]);
    for version in listing.versions() {
        let state = match version.state() {
            State::Pending(on) => format!("to be destroyed from {on} on"),
            state => state.to_string(),
        };
        let [id, purpose, algorithm] =
            [version.id().to_string(), version.purpose().to_string(), version.algorithm().to_string()];
        table.add_row([id, purpose, algorithm, state, version.added().to_string()]);
    }
    let (suite, provider, generation) = (listing.suite(), listing.provider(), listing.generation());
    output::print(format_args!("{table}\nsuite {suite}, under {provider}, saved {generation} times before"))?;
    Ok(ExitCode::SUCCESS)
}

fn change(changing: &Changing, change: &Change) -> Result<ExitCode, Failure> {
    let kek = kek_of(&changing.keyring, &changing.under)?;
    let file = KeyringFile::at(&changing.keyring);
    let suite = changing.under.crypto.suite();
    let signer = || signer_of(&changing.keyring, kek.as_ref(), suite);
    changed(changing, signer, |operation| file.change(kek.as_ref(), suite, change, operation))
}

fn rewrap(changing: &Changing, key_file: Option<&Path>, passphrase_file: Option<&Path>) -> Result<ExitCode, Failure> {
    let older = kek_of(&changing.keyring, &changing.under)?;
    let asking = Asking::for_new(changing.record.dry_run);
    let newer = match (key_file, passphrase_file) {
        (Some(path), _) => under::key_file(path, asking)?,
        (None, Some(path)) => pii_flow::Under::PassphraseFile(path.to_owned()).kek()?,
        (None, None) => kek(&Under::default(), asking)?,
    };
    let file = KeyringFile::at(&changing.keyring);
    let suite = changing.under.crypto.suite();
    let signer = || signer_of(&changing.keyring, older.as_ref(), suite);
    changed(changing, signer, |operation| file.rewrap(older.as_ref(), newer.as_ref(), suite, operation))
}

fn signer_of(path: &Path, kek: &dyn Kek, suite: Suite) -> Result<Option<SigningKey>, Failure> {
    trail::signer(&open_keyring(path, kek, suite)?)
}

/// Refuses to write to a file that keys are in.
pub(crate) fn refuse_same<'p>(own: impl IntoIterator<Item = &'p PathBuf>, written: &Path) -> Result<(), Failure> {
    let identity = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
    let Some(written_identity) = identity(written) else { return Ok(()) };
    match own.into_iter().find(|path| identity(path) == Some(written_identity)) {
        None => Ok(()),
        Some(_) => Err(Failure::usage(format!(
            "{}: keys are in this file, or what opens them: name another one to write to, and keep it apart from what is masked",
            written.display()
        ))),
    }
}

/// Makes a change on the record, and says what was done, or would be. `signer` signs the trail, where one is named.
fn changed(
    changing: &Changing,
    signer: impl FnOnce() -> Result<Option<SigningKey>, Failure>,
    make: impl FnOnce(&mut Operation<'_>) -> Result<Plan, KeyringError>,
) -> Result<ExitCode, Failure> {
    let Record { actor, reason, audit, trail, dry_run } = &changing.record;
    let audit = audit.clone().unwrap_or_else(|| audit_file::of(&changing.keyring));
    refuse_same([&changing.keyring].into_iter().chain(changing.under.files()), &audit)?;
    if let Ok(listing) = KeyringFile::at(&changing.keyring).list() {
        audit_file::warn_of_older(&audit, &changing.keyring, listing.generation());
    }
    let actor = Actor::of(actor.as_deref());
    let file = if *dry_run { Path::new("/dev/null") } else { &audit };
    let trail = if *dry_run { None } else { Writing::open(trail, changing.under.crypto.suite(), signer)? };
    let mut sink = AuditFile::open(file, &changing.keyring, &actor)?.and_in(trail.as_ref());
    let mut operation = Operation {
        today: clock::today()?,
        actor: &actor.name,
        reason,
        dry_run: *dry_run,
        sink: &mut sink,
        entropy: &mut SystemEntropy,
    };
    let made = make(&mut operation).map_err(|error| wrong(&changing.keyring, &error));
    let closed = trail.map_or(Ok(()), Writing::close);
    let plan = made?;
    closed?;
    output::print(if *dry_run { format!("nothing was done; this would be:\n{plan}") } else { plan.to_string() })?;
    Ok(ExitCode::SUCCESS)
}
