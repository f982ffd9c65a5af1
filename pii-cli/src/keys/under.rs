//! From the command line to what a keyring is under, or is put under: also a passphrase that is asked for, and a key file that
//! is made.

use crate::arguments::Under;
use crate::exit::Failure;
use pii_core::key::Secret;
use pii_flow::Under as Named;
use pii_keys::{Kek, KeyFile, Passphrase, SystemEntropy};
use std::io::IsTerminal as _;
use std::path::Path;

/// What is done with the key-encryption key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// A keyring lies under it.
    Known,
    /// A keyring is put under it: a passphrase is asked for twice, and a key file is made where there is none.
    New,
    /// The same, to see what would happen: nothing is made.
    Trial,
}

impl Asking {
    /// How to ask for what a keyring is put under.
    pub(super) fn for_new(dry_run: bool) -> Self {
        if dry_run { Self::Trial } else { Self::New }
    }
}

/// What the command line says that a keyring is under.
pub(super) fn kek(under: &Under, asking: Asking) -> Result<Box<dyn Kek>, Failure> {
    match under.named() {
        Some(Named::KeyFile(path)) => key_file(&path, asking),
        Some(named) => Ok(named.kek()?),
        None => Ok(Box::new(Passphrase::new(asked_for(asking)?).map_err(Failure::usage)?)),
    }
}

/// A key file; where a keyring is to be put under it, one that is made if there is none.
pub(super) fn key_file(path: &Path, asking: Asking) -> Result<Box<dyn Kek>, Failure> {
    let is_missing = !path.exists();
    let file = match asking {
        // Any key shows what would be done under it.
        Asking::Trial if is_missing => KeyFile::for_trial(&mut SystemEntropy),
        Asking::New if is_missing => KeyFile::create(path, &mut SystemEntropy),
        _ => return Ok(Named::KeyFile(path.to_owned()).kek()?),
    };
    Ok(Box::new(file.map_err(Failure::usage)?))
}

fn asked_for(asking: Asking) -> Result<Secret, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "the keyring's passphrase is asked for on a terminal, and this is none: give --passphrase-file, --key-file, \
             --vault or --pkcs11-module",
        ));
    }
    let ask = |prompt: &str| {
        let typed = rpassword::prompt_password(prompt).map_err(|error| Failure::system("the terminal", &error))?;
        Ok::<_, Failure>(Secret::new(typed.into_bytes()))
    };
    let phrase = ask("Passphrase of the keyring: ")?;
    if asking != Asking::Known && ask("The same once more: ")? != phrase {
        return Err(Failure::usage("the two passphrases differ: nothing was done"));
    }
    Ok(phrase)
}
