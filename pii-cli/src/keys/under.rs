//! From the command line to what a keyring is under.

use crate::arguments::Under;
use crate::exit::{Failure, told};
use pii_core::key::Secret;
use pii_keys::{
    EnvironmentKek, Kek, KeyFile, Passphrase, Pkcs11Kek, Pkcs11Key, SystemEntropy, Vault, VaultTransit, secret_in,
};
use std::fs;
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
    if let Some(path) = &under.key_file {
        return key_file(path, asking);
    }
    if let Some(path) = &under.passphrase_file {
        return passphrase_file(path);
    }
    if let Some(variable) = &under.dangerously_key_from_env {
        let kek = EnvironmentKek::dangerously_from_environment(variable).map_err(Failure::usage)?;
        return Ok(Box::new(kek));
    }
    if let (Some(address), Some(key), Some(token)) = (&under.vault, &under.vault_key, &under.vault_token_file) {
        let authority = under.vault_authority.as_deref();
        let read = |path: &Path| fs::read(path).map_err(|error| Failure::usage(told(path.display(), &error)));
        let at = VaultTransit {
            address: address.clone(),
            mount: under.vault_mount.clone(),
            key: key.clone(),
            namespace: under.vault_namespace.clone(),
            authority_pem: authority.map(read).transpose()?,
            token: secret_in(token).map_err(Failure::usage)?,
        };
        return Ok(Box::new(Vault::new(at).map_err(Failure::usage)?));
    }
    if let (Some(module), Some(token), Some(key), Some(pin)) =
        (&under.pkcs11_module, &under.pkcs11_token, &under.pkcs11_key, &under.pkcs11_pin_file)
    {
        let pin = secret_in(pin).map_err(Failure::usage)?;
        let at = Pkcs11Key { module: module.clone(), token: token.clone(), key: key.clone(), pin };
        return Ok(Box::new(Pkcs11Kek::new(&at).map_err(Failure::usage)?));
    }
    Ok(Box::new(Passphrase::new(asked_for(asking)?).map_err(Failure::usage)?))
}

/// A key file; where a keyring is to be put under it, one that is made if there is none.
pub(super) fn key_file(path: &Path, asking: Asking) -> Result<Box<dyn Kek>, Failure> {
    let is_missing = !path.exists();
    let file = match asking {
        // Any key shows what would be done under it.
        Asking::Trial if is_missing => KeyFile::for_trial(&mut SystemEntropy),
        Asking::New if is_missing => KeyFile::create(path, &mut SystemEntropy),
        _ => KeyFile::open(path),
    };
    Ok(Box::new(file.map_err(Failure::usage)?))
}

pub(super) fn passphrase_file(path: &Path) -> Result<Box<dyn Kek>, Failure> {
    let phrase = secret_in(path).map_err(Failure::usage)?;
    Ok(Box::new(Passphrase::new(phrase).map_err(Failure::usage)?))
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
        Ok(Secret::new(typed.into_bytes()))
    };
    let phrase = ask("Passphrase of the keyring: ")?;
    if asking != Asking::Known && ask("The same once more: ")? != phrase {
        return Err(Failure::usage("the two passphrases differ: nothing was done"));
    }
    Ok(phrase)
}
