//! Keyrings on the command line: where one is, and what it is under.

use super::About;
use super::consent::{Hidden, hidden};
use clap::{Args, Subcommand, ValueEnum};
use pii_core::key::{KeyId, Suite};
use pii_core::policy::Date;
use pii_flow::{Pkcs11At, Under as Named, VaultAt};
use pii_keys::{KeyAlgorithm, Purpose};
use std::path::PathBuf;

/// A keyring for a command that can do without one.
#[derive(Debug, Default, Args)]
pub(crate) struct Keyring {
    /// The keyring, for a policy whose actions take keys (fpe, token, seal, hash); `pii keys init` makes one
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: Option<PathBuf>,
    /// A store whose vault makes the tokens of the action `token`: random ones, which `pii reveal` opens again. Takes
    /// --rights, --purpose and --reason
    #[arg(long, value_name = "FILE", requires = "keyring")]
    pub(crate) store: Option<PathBuf>,
    /// The record that sealed values are bound to, such as a case: `pii reveal` has to name the same
    #[arg(long, value_name = "NAME", requires = "keyring")]
    pub(crate) record: Option<String>,
    #[command(flatten)]
    pub(crate) by: By,
    #[command(flatten)]
    pub(crate) under: Under,
}

/// Who makes what can be opened again, and whose data it is.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Who makes tokens of a vault, and keys of data subjects")]
pub(crate) struct By {
    /// Who may make tokens of what, for which purpose, and how many in an hour
    #[arg(long, value_name = "FILE", requires = "store", conflicts_with = "dangerously_unlimited_tokens")]
    pub(crate) rights: Option<PathBuf>,
    /// Make tokens without right and quota. Dangerous: whoever can have any value's token can try out all of them
    #[arg(long, requires = "store")]
    pub(crate) dangerously_unlimited_tokens: bool,
    /// The folder with the keys of data subjects, for a policy with `key = "subject"`; `pii keys subject init` makes one
    #[arg(long, value_name = "FOLDER", requires = "keyring")]
    pub(crate) subjects: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) about: About,
    /// Who does it, as rights and audit record call them [default: the name of this user]
    #[arg(long, value_name = "NAME", requires = "keyring")]
    pub(crate) actor: Option<String>,
    /// Why, for the audit record; never a value
    #[arg(long, value_name = "TEXT", default_value = "", requires = "keyring")]
    pub(crate) reason: String,
    /// The file that the audit record is added to [default: the keyring's name and .audit.jsonl]
    #[arg(long, value_name = "FILE", requires = "keyring")]
    pub(crate) audit: Option<PathBuf>,
}

/// What a keyring is under. Nothing: a passphrase that is asked for.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What the keyring is under [default: a passphrase, asked for on the terminal]")]
pub(crate) struct Under {
    /// A file with the key-encryption key, which nobody else may read
    #[arg(long, value_name = "FILE", group = "under")]
    pub(crate) key_file: Option<PathBuf>,
    /// A file with the passphrase, which nobody else may read
    #[arg(long, value_name = "FILE", group = "under")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The address of a HashiCorp Vault with a key of its transit engine: `https://vault.example:8200`
    #[arg(long, value_name = "URL", group = "under", requires = "vault_key", requires = "vault_token_file")]
    pub(crate) vault: Option<String>,
    /// The name of that key
    #[arg(long, value_name = "NAME", requires = "vault")]
    pub(crate) vault_key: Option<String>,
    /// A file with a token that may encrypt and decrypt with it, which nobody else may read
    #[arg(long, value_name = "FILE", requires = "vault")]
    pub(crate) vault_token_file: Option<PathBuf>,
    /// The path that the transit engine is mounted at
    #[arg(long, value_name = "PATH", requires = "vault", default_value = "transit")]
    pub(crate) vault_mount: String,
    /// The Vault's namespace
    #[arg(long, value_name = "NAME", requires = "vault")]
    pub(crate) vault_namespace: Option<String>,
    /// The certificate of the authority that signed the Vault's, in PEM
    #[arg(long, value_name = "FILE", requires = "vault")]
    pub(crate) vault_authority: Option<PathBuf>,
    /// The library of a hardware security module (PKCS#11), by its whole path: the key-encryption key never leaves the module
    #[arg(long, value_name = "FILE", group = "under", requires_all = ["pkcs11_token", "pkcs11_key", "pkcs11_pin_file"])]
    pub(crate) pkcs11_module: Option<PathBuf>,
    /// The label of the module's token
    #[arg(long, value_name = "LABEL", requires = "pkcs11_module")]
    pub(crate) pkcs11_token: Option<String>,
    /// The label of the key: AES, and not to be taken out
    #[arg(long, value_name = "LABEL", requires = "pkcs11_module")]
    pub(crate) pkcs11_key: Option<String>,
    /// A file with the user's PIN, which nobody else may read
    #[arg(long, value_name = "FILE", requires = "pkcs11_module")]
    pub(crate) pkcs11_pin_file: Option<PathBuf>,
    /// The name of an environment variable with the key-encryption key, 32 bytes in base64. Dangerous: other programs and
    /// crash reports see the environment
    #[arg(long, value_name = "VARIABLE", group = "under")]
    pub(crate) dangerously_key_from_env: Option<String>,
    /// The algorithms that may be used: `sm` allows SM2, SM3 and SM4 only, and refuses a keyring with others
    #[arg(long, value_name = "SUITE", default_value = "any")]
    pub(crate) crypto: Crypto,
}

impl Under {
    /// The files with secrets in them.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let Self { key_file, passphrase_file, vault_token_file, pkcs11_pin_file, .. } = self;
        [key_file, passphrase_file, vault_token_file, pkcs11_pin_file].into_iter().flatten()
    }

    /// What is named; `None` where nothing is, so that a passphrase is asked for.
    pub(crate) fn named(&self) -> Option<Named> {
        let ways = [
            self.key_file.clone().map(Named::KeyFile),
            self.passphrase_file.clone().map(Named::PassphraseFile),
            self.dangerously_key_from_env.clone().map(Named::DangerouslyEnvironment),
            self.in_vault().map(Named::Vault),
            self.in_module().map(Named::Pkcs11),
        ];
        ways.into_iter().flatten().next()
    }

    fn in_vault(&self) -> Option<VaultAt> {
        Some(VaultAt {
            address: self.vault.clone()?,
            key: self.vault_key.clone()?,
            token_file: self.vault_token_file.clone()?,
            mount: self.vault_mount.clone(),
            namespace: self.vault_namespace.clone(),
            authority: self.vault_authority.clone(),
        })
    }

    fn in_module(&self) -> Option<Pkcs11At> {
        Some(Pkcs11At {
            module: self.pkcs11_module.clone()?,
            token: self.pkcs11_token.clone()?,
            key: self.pkcs11_key.clone()?,
            pin_file: self.pkcs11_pin_file.clone()?,
        })
    }
}

/// `--crypto`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Crypto {
    #[default]
    Any,
    Sm,
}

impl Crypto {
    pub(crate) fn suite(self) -> Suite {
        match self {
            Self::Any => Suite::Any,
            Self::Sm => Suite::Sm,
        }
    }
}

/// Who changes a keyring, and why.
#[derive(Debug, Args)]
#[command(next_help_heading = "The record of it")]
pub(crate) struct Record {
    /// Who does it, as the audit record shall call them [default: the name of this user]
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// Why, for the audit record; never a value
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) reason: String,
    /// The file that the audit record is added to [default: the keyring's name and .audit.jsonl]
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trail: super::InTrail,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

/// What every change of a keyring takes.
#[derive(Debug, Args)]
pub(crate) struct Changing {
    /// The keyring
    pub(crate) keyring: PathBuf,
    #[command(flatten)]
    pub(crate) under: Under,
    #[command(flatten)]
    pub(crate) record: Record,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a keyring with a primary key for each purpose
    Init {
        #[command(flatten)]
        changing: Changing,
    },
    /// List the versions of a keyring, without opening it
    List {
        /// The keyring
        keyring: PathBuf,
    },
    /// Add a key. It is promoted once every node has the keyring
    Add {
        #[command(flatten)]
        changing: Changing,
        /// What it is for: fpe, token, hash, seal or subject
        #[arg(long = "for", value_name = "PURPOSE", value_parser = purpose)]
        purpose: Purpose,
        /// What it is used with [default: what is usual for the purpose and suite]
        #[arg(long, value_name = "ALGORITHM", value_parser = algorithm)]
        algorithm: Option<KeyAlgorithm>,
    },
    /// Make a key the primary one, which new data is protected with
    Promote {
        #[command(flatten)]
        changing: Changing,
        /// The key
        #[arg(value_parser = key_id)]
        id: KeyId,
        /// Also on the day that it was added, when a node may not have it yet
        #[arg(long)]
        at_once: bool,
    },
    /// Put a key out of use: what it protected does not open until it is enabled again
    Disable {
        #[command(flatten)]
        changing: Changing,
        /// The key
        #[arg(value_parser = key_id)]
        id: KeyId,
    },
    /// Put a disabled key back into use
    Enable {
        #[command(flatten)]
        changing: Changing,
        /// The key
        #[arg(value_parser = key_id)]
        id: KeyId,
    },
    /// Erase a disabled key, in two steps: name a day, and on that day or later confirm
    Destroy {
        #[command(flatten)]
        changing: Changing,
        /// The key
        #[arg(value_parser = key_id)]
        id: KeyId,
        /// The first step: the day from which on it may be erased, such as 2027-01-31
        #[arg(long, value_name = "DATE", value_parser = date, group = "step")]
        on: Option<Date>,
        /// The second step: erase it. What only this key opens is lost for good
        #[arg(long, group = "step")]
        confirm: bool,
        /// Take the first step back
        #[arg(long, group = "step")]
        cancel: bool,
    },
    /// Put the keyring under another key-encryption key; its keys stay as they are
    Rewrap {
        #[command(flatten)]
        changing: Changing,
        /// From now on: a file with the key-encryption key, made where there is none
        #[arg(long, value_name = "FILE", group = "to")]
        to_key_file: Option<PathBuf>,
        /// From now on: the passphrase in this file
        #[arg(long, value_name = "FILE", group = "to")]
        to_passphrase_file: Option<PathBuf>,
    },
    /// Keys of data subjects, by whose destruction what they protect is deleted
    Subject(Subject),
}

#[derive(Debug, Args)]
pub(crate) struct Subject {
    #[command(subcommand)]
    pub(crate) command: SubjectCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SubjectCommand {
    /// Begin a folder for keys of data subjects
    Init {
        #[command(flatten)]
        folder: Subjects,
    },
    /// List the keys of a folder: their ids, what they are under, and which are to be destroyed
    List {
        #[command(flatten)]
        folder: Subjects,
    },
    /// Erase a subject's key, in two steps: name a day, and on that day or later confirm
    Destroy {
        #[command(flatten)]
        changing: Changing,
        /// The folder with the keys of data subjects
        #[arg(long, value_name = "FOLDER")]
        subjects: PathBuf,
        /// The subject, as `pii mask --subject` named them, such as customer_no=…
        #[arg(long, value_name = "WHO", value_parser = hidden)]
        subject: Hidden,
        /// The first step: the day from which on it may be erased, such as 2027-01-31
        #[arg(long, value_name = "DATE", value_parser = date, group = "step")]
        on: Option<Date>,
        /// The second step: erase it. What only this key opens is lost for good
        #[arg(long, group = "step")]
        confirm: bool,
        /// Take the first step back
        #[arg(long, group = "step")]
        cancel: bool,
    },
    /// Put all keys of a folder under the primary key for subjects; none of them changes
    Rewrap {
        #[command(flatten)]
        changing: Changing,
        /// The folder with the keys of data subjects
        #[arg(long, value_name = "FOLDER")]
        subjects: PathBuf,
    },
}

/// A folder with keys of data subjects, and the keyring that they are under.
#[derive(Debug, Args)]
pub(crate) struct Subjects {
    /// The keyring
    pub(crate) keyring: PathBuf,
    #[command(flatten)]
    pub(crate) under: Under,
    /// The folder with the keys of data subjects
    #[arg(long, value_name = "FOLDER")]
    pub(crate) subjects: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CryptoCommands {
    #[command(subcommand)]
    pub(crate) command: CryptoCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CryptoCommand {
    /// List algorithm, standard, key, state, module and use, as an assessment of commercial cryptography asks: fields
    /// between tabulators
    Inventory {
        /// The keyring
        keyring: PathBuf,
        #[command(flatten)]
        under: Under,
    },
}

fn purpose(word: &str) -> Result<Purpose, String> {
    let known = || Purpose::ALL.map(Purpose::word).join(", ");
    Purpose::parse(word).ok_or_else(|| format!("write one of {}", known()))
}

fn algorithm(name: &str) -> Result<KeyAlgorithm, String> {
    KeyAlgorithm::parse(name).ok_or_else(|| format!("write one of {}", KeyAlgorithm::names().join(", ")))
}

fn key_id(text: &str) -> Result<KeyId, String> {
    KeyId::parse(text).ok_or_else(|| "a key's id has four characters, as `pii keys list` shows it".to_owned())
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write a day that exists, such as 2027-01-31".to_owned())
}
