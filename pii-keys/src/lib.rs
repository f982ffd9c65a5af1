//! Keyrings: the keys that personal data is protected with, their versions and states, in a file under a key-encryption key.
//!
//! - A [`Keyring`] has versions of keys for each [`Purpose`]: format-preserving encryption, tokens, digests, sealing, keys
//!   of data subjects. One [`Version`] of each is the primary one, which new data is protected with; older ones still open
//!   what they protected, until they are disabled and destroyed ([`State`]).
//! - A [`KeyringFile`] keeps it: a header in clear that says what is there, and the secrets sealed. Every [`Change`] is
//!   planned first, so that a dry run shows what it would do, and is recorded before it is made.
//! - A [`Kek`] is what the file is under: a [`Passphrase`], a [`KeyFile`], the transit engine of a [`Vault`],
//!   with the feature `pkcs11` a key in a hardware security module.
//!   Where only SM algorithms are allowed (`crypto = "sm"`), it is a passphrase or a file: neither a Vault nor PKCS#11 has SM4.
//! - [`SubjectKeys`] are keys of single data subjects: destroying one deletes what it protected.
//! - A [`Transformer`] is a keyring at work: it makes the pseudonyms, tokens, digests and sealed values that a policy asks for.
//! - [`inventory()`] lists algorithm, key, module and use, as an assessment of commercial cryptography asks.
//!
//! ```
//! use pii_core::key::Suite;
//! use pii_core::policy::Date;
//! use pii_keys::{Change, Keyring, Purpose, SystemEntropy};
//!
//! let day = |day| Date::new(2026, 11, day).expect("a day");
//! let mut ring = Keyring::new(Suite::Sm, day(1), &mut SystemEntropy)?;
//! let old = ring.primary(Purpose::Token)?.id();
//! let added = ring.apply(&Change::Add { purpose: Purpose::Token, algorithm: None }, day(1), &mut SystemEntropy)?;
//! let new = added.key().expect("it has an id now");
//! // The new version is used only once every node has it, so not on the day that it was added.
//! assert!(ring.plan(&Change::promote(new), day(1)).is_err());
//! ring.apply(&Change::promote(new), day(2), &mut SystemEntropy)?;
//! assert_eq!(ring.tokenizer(Purpose::Token, None)?.key_id(), new);
//! assert_eq!(ring.tokenizer(Purpose::Token, Some(old))?.key_id(), old);
//! # Ok::<(), pii_keys::KeyringError>(())
//! ```
//!
//! What it does not know: the clock (today comes in), who may change a keyring, how audit records are kept, what the keys
//! are used on.

mod algorithm;
mod change;
mod digest_use;
mod entropy;
mod error;
mod inventory;
mod kek;
mod keyring;
mod operation;
mod private_file;
mod purpose;
mod store;
mod stored;
mod subject;
mod transformer;
mod version;

pub use algorithm::KeyAlgorithm;
pub use change::{Change, Plan};
pub use digest_use::DigestUse;
pub use entropy::SystemEntropy;
pub use error::{KekError, KeyringError};
pub use inventory::{InventoryEntry, inventory};
pub use kek::{Argon2Cost, EnvironmentKek, Kek, KeyFile, PASSPHRASE_LEAST_BYTES, Passphrase, Vault, VaultTransit};
#[cfg(feature = "pkcs11")]
pub use kek::{Pkcs11Kek, Pkcs11Key};
pub use keyring::{Keyring, VERSIONS_LIMIT};
pub use operation::Operation;
pub use private_file::{check_folder, check_private, guarded_text, secret_in};
pub use purpose::Purpose;
pub use store::KeyringFile;
pub use stored::{KEYRING_LIMIT_BYTES, Listing};
pub use subject::{SubjectKey, SubjectKeys};
pub use transformer::Transformer;
pub use version::{State, Version};
