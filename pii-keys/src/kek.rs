//! Key-encryption keys: what a keyring's file is under.
//!
//! A file's secrets are sealed with a root key that is drawn anew at every save. A [`Kek`] protects that root key and
//! recovers it; nothing else is ever given to it. So a key in a Vault or a security module protects a keyring of any size
//! with one small request, and no nonce of the root key's can repeat.

mod environment;
mod key_file;
mod local;
mod passphrase;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod vault;

pub use environment::EnvironmentKek;
pub use key_file::KeyFile;
pub use passphrase::{Argon2Cost, PASSPHRASE_LEAST_BYTES, Passphrase};
#[cfg(feature = "pkcs11")]
pub use pkcs11::{Pkcs11Kek, Pkcs11Key};
pub use vault::{Vault, VaultTransit};

use crate::KekError;
use pii_core::key::{Described, Entropy, Secret, Suite};

/// The longest protected root key that is read, in bytes.
pub(crate) const PROTECTED_LIMIT_BYTES: usize = 4096;

/// What a keyring's file is under.
pub trait Kek {
    /// The word for it, as the header of the file has it.
    fn provider(&self) -> &'static str;

    /// The algorithms that it uses for a keyring of this suite, for an inventory. A keyring that is for SM algorithms is
    /// not put under others.
    fn described(&self, suite: Suite) -> Vec<Described>;

    /// Encrypts a root key, so that whatever it needs to decrypt it again (parameters, salt, nonce) is in the result.
    ///
    /// # Errors
    /// It cannot be used now, or not at all.
    fn protect(&self, suite: Suite, root: &Secret, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KekError>;

    /// Decrypts what [`Kek::protect`] gave for the same suite.
    ///
    /// # Errors
    /// It was another key, or it was changed since ([`KekError::is_unopened`]); or this key cannot be used now.
    fn recover(&self, suite: Suite, protected: &[u8]) -> Result<Secret, KekError>;
}
