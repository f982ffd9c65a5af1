//! What a keyring is under, as a command line or a configuration names it, and the key-encryption key that comes of it.
//!
//! A passphrase that somebody types is none of these: a program that has a terminal asks for it.

use crate::FlowError;
use pii_keys::{EnvironmentKek, Kek, KeyFile, Passphrase, Vault, VaultTransit, secret_in};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// What a keyring is under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Under {
    /// A file with the key-encryption key, which nobody else may read.
    KeyFile(PathBuf),
    /// A file with the passphrase, which nobody else may read.
    PassphraseFile(PathBuf),
    /// The name of an environment variable with the key-encryption key, 32 bytes in base64. Dangerous: other programs and crash
    /// reports see the environment.
    DangerouslyEnvironment(String),
    /// A key of a Vault's transit engine.
    Vault(VaultAt),
    /// A key in a hardware security module.
    Pkcs11(Pkcs11At),
}

/// A key of the transit engine of a HashiCorp Vault.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultAt {
    /// `https://vault.example:8200`. Without TLS only on this machine, where a Vault Agent listens.
    pub address: String,
    /// The key's name.
    pub key: String,
    /// A file with a token that may encrypt and decrypt with it, which nobody else may read.
    pub token_file: PathBuf,
    /// The path that the transit engine is mounted at.
    #[serde(default = "usual_mount")]
    pub mount: String,
    /// The Vault's namespace, where it has such.
    pub namespace: Option<String>,
    /// The certificate of the authority that signed the Vault's, in PEM. Needed with `https`.
    pub authority: Option<PathBuf>,
}

fn usual_mount() -> String {
    "transit".to_owned()
}

/// A key in a hardware security module (PKCS#11). It never leaves the module.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pkcs11At {
    /// The module's library, by its whole path.
    pub module: PathBuf,
    /// The label of the module's token.
    pub token: String,
    /// The label of the key: AES, and not to be taken out.
    pub key: String,
    /// A file with the user's PIN, which nobody else may read.
    pub pin_file: PathBuf,
}

impl Under {
    /// The key-encryption key. Nobody is asked, and nothing is made.
    ///
    /// # Errors
    /// A file cannot be read or others can read it too, a variable or an address is none, the Vault's certificate is missing, the
    /// module cannot be loaded, or this program was built without what it takes.
    pub fn kek(&self) -> Result<Box<dyn Kek>, FlowError> {
        Ok(match self {
            Self::KeyFile(path) => Box::new(KeyFile::open(path).map_err(FlowError::usage)?),
            Self::PassphraseFile(path) => {
                let phrase = secret_in(path).map_err(FlowError::usage)?;
                Box::new(Passphrase::new(phrase).map_err(FlowError::usage)?)
            }
            Self::DangerouslyEnvironment(variable) => {
                Box::new(EnvironmentKek::dangerously_from_environment(variable).map_err(FlowError::usage)?)
            }
            Self::Vault(at) => Box::new(at.vault()?),
            Self::Pkcs11(at) => at.kek()?,
        })
    }
}

impl VaultAt {
    fn vault(&self) -> Result<Vault, FlowError> {
        let read = |path: &Path| fs::read(path).map_err(|error| FlowError::of_system(path, &error));
        let at = VaultTransit {
            address: self.address.clone(),
            mount: self.mount.clone(),
            key: self.key.clone(),
            namespace: self.namespace.clone(),
            authority_pem: self.authority.as_deref().map(read).transpose()?,
            token: secret_in(&self.token_file).map_err(FlowError::usage)?,
        };
        Vault::new(at).map_err(FlowError::usage)
    }
}

impl Pkcs11At {
    #[cfg(feature = "pkcs11")]
    fn kek(&self) -> Result<Box<dyn Kek>, FlowError> {
        let pin = secret_in(&self.pin_file).map_err(FlowError::usage)?;
        let (module, token, key) = (self.module.clone(), self.token.clone(), self.key.clone());
        let at = pii_keys::Pkcs11Key { module, token, key, pin };
        Ok(Box::new(pii_keys::Pkcs11Kek::new(&at).map_err(FlowError::usage)?))
    }

    #[cfg(not(feature = "pkcs11"))]
    fn kek(&self) -> Result<Box<dyn Kek>, FlowError> {
        let module = self.module.display();
        Err(FlowError::usage(format!(
            "{module}: this program was built without PKCS#11: name another key-encryption key"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ring.key");
        let Err(said) = Under::KeyFile(path.clone()).kek() else { panic!("there is none") };
        assert!(said.is_usage() && !path.exists(), "{said}");
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_can_read_is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        let of = |mode: u32| {
            fs::write(&path, "cinnabar lantern harbour 1880\n").expect("written");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("ours");
            let (address, key) = ("http://127.0.0.1:8100".to_owned(), "pii".to_owned());
            let (token_file, mount) = (path.clone(), usual_mount());
            let vault = VaultAt { address, key, token_file, mount, namespace: None, authority: None };
            [Under::PassphraseFile(path.clone()).kek().err(), Under::Vault(vault).kek().err()]
        };
        assert_eq!(of(0o600), [None, None]);
        for said in of(0o640) {
            let said = said.expect("others read it").to_string();
            assert!(said.contains("chmod") && !said.contains("lantern"), "{said}");
        }
    }
}
