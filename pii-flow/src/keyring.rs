//! A keyring in its file, opened under its key-encryption key.

mod under;

pub use under::{Pkcs11At, Under, VaultAt};

use crate::FlowError;
use pii_core::key::Suite;
use pii_core::sign::SigningKey;
use pii_keys::{Kek, Keyring, KeyringFile};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Where a keyring is, and what it is under.
///
/// A configuration has both in one table, with exactly one word for what it is under:
///
/// ```toml
/// [keyring]
/// path = "/etc/pii/ring"
/// key_file = "/etc/pii/ring.key"   # or passphrase_file, dangerously_key_from_env, or one of the tables vault and pkcs11
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "KeyringTable")]
pub struct KeyringAt {
    /// The keyring's file.
    pub path: PathBuf,
    /// What it is under.
    pub under: Under,
}

impl KeyringAt {
    /// Opens it. A keyring that uses other algorithms than `suite` allows is refused.
    ///
    /// # Errors
    /// What it is under cannot be used ([`Under::kek`]), is not what it was put under, or the file cannot be read.
    pub fn open(&self, suite: Suite) -> Result<Keyring, FlowError> {
        open_keyring(&self.path, self.under.kek()?.as_ref(), suite)
    }
}

/// Opens the keyring at `path` under a key-encryption key that was got otherwise, such as a passphrase that was asked for.
///
/// # Errors
/// As [`KeyringAt::open`].
pub fn open_keyring(path: &Path, kek: &dyn Kek, suite: Suite) -> Result<Keyring, FlowError> {
    KeyringFile::at(path).open(kek, suite).map_err(|error| FlowError::of_keyring(path, &error))
}

/// What of a keyring signs an audit trail.
///
/// # Errors
/// It has no primary key for that, or one that may not be used.
pub fn signing_key(ring: &Keyring) -> Result<SigningKey, FlowError> {
    ring.signing_key(None).map_err(|error| {
        FlowError::usage(format!(
            "{error}; an audit trail is signed: `pii keys add RING --for sign`, and on a later day `pii keys promote RING ID`"
        ))
    })
}

/// A table of a configuration, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringTable {
    path: PathBuf,
    key_file: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
    dangerously_key_from_env: Option<String>,
    vault: Option<VaultAt>,
    pkcs11: Option<Pkcs11At>,
}

impl TryFrom<KeyringTable> for KeyringAt {
    type Error = &'static str;

    fn try_from(table: KeyringTable) -> Result<Self, Self::Error> {
        let KeyringTable { path, key_file, passphrase_file, dangerously_key_from_env, vault, pkcs11 } = table;
        let ways = [
            key_file.map(Under::KeyFile),
            passphrase_file.map(Under::PassphraseFile),
            dangerously_key_from_env.map(Under::DangerouslyEnvironment),
            vault.map(Under::Vault),
            pkcs11.map(Under::Pkcs11),
        ];
        let mut named = ways.into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(under), None) => Ok(Self { path, under }),
            _ => Err("name one thing that the keyring is under: key_file, passphrase_file, vault, pkcs11 or \
                      dangerously_key_from_env"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<KeyringAt, toml::de::Error> {
        toml::from_str(&format!("path = 'ring'\n{words}"))
    }

    #[test]
    fn a_keyring_is_under_one_thing() {
        assert_eq!(read("key_file = 'k'").expect("it reads").under, Under::KeyFile("k".into()));
        assert_eq!(read("passphrase_file = 'p'").expect("it reads").under, Under::PassphraseFile("p".into()));
        let variable = read("dangerously_key_from_env = 'KEY'").expect("it reads").under;
        assert_eq!(variable, Under::DangerouslyEnvironment("KEY".to_owned()));
        let vault =
            read("[vault]\naddress = 'http://127.0.0.1:8100'\nkey = 'pii'\ntoken_file = 't'").expect("it reads");
        let Under::Vault(vault) = vault.under else { panic!("{vault:?}") };
        assert_eq!((vault.mount.as_str(), vault.namespace), ("transit", None));
        let module = "[pkcs11]\nmodule = '/lib/m.so'\ntoken = 'firm'\nkey = 'pii'\npin_file = 'pin'";
        assert!(matches!(read(module).expect("it reads").under, Under::Pkcs11(_)));
        for (bad, why) in [
            ("", "name one thing"),
            ("key_file = 'k'\npassphrase_file = 'p'", "name one thing"),
            ("key_fiel = 'k'", "unknown field"),
            ("[vault]\naddress = 'http://127.0.0.1:8100'\nkey = 'pii'", "token_file"),
            ("[pkcs11]\nmodule = '/lib/m.so'\npin = '1880'", "unknown field"),
        ] {
            let said = read(bad).expect_err(bad).to_string();
            assert!(said.contains(why), "{bad}: {said}");
        }
    }

    #[test]
    fn what_cannot_be_opened_is_told_with_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, key) = (folder.path().join("ring"), folder.path().join("ring.key"));
        pii_keys::KeyFile::create(&key, &mut pii_keys::SystemEntropy).expect("made");
        std::fs::write(&path, "no keyring").expect("written");
        let at = KeyringAt { path: path.clone(), under: Under::KeyFile(key) };
        let Err(said) = at.open(Suite::Any) else { panic!("it is none") };
        assert!(said.is_usage() && said.to_string().starts_with(&format!("{}: ", path.display())), "{said}");
    }
}
