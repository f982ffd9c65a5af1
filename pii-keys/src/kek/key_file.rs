//! A key-encryption key in a file that nobody else can read.

use super::local;
use crate::{KeyringError, private_file};
use pii_core::key::{Entropy, Secret};
use std::fmt;
use std::path::Path;

/// What the file is written with, and some room.
const LIMIT_BYTES: usize = 256;

/// A key-encryption key from a file: 32 random bytes in base64, mode 0600 or 0400, owned by whoever runs this or by root.
pub struct KeyFile(Secret);

impl KeyFile {
    /// Reads the key.
    ///
    /// # Errors
    /// The file cannot be read, others can read it, or it holds no key.
    pub fn open(path: &Path) -> Result<Self, KeyringError> {
        let text = private_file::read(path, private_file::Readers::Owner, LIMIT_BYTES)?;
        Ok(Self(local::parse(&text, &path.display().to_string())?))
    }

    /// A key that is kept nowhere, by which a dry run shows what would be done under one in a file.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn for_trial(entropy: &mut dyn Entropy) -> Result<Self, KeyringError> {
        Ok(Self(Secret::random(local::KEY_BYTES, entropy)?))
    }

    /// Writes a new key to a new file, for its owner alone.
    ///
    /// # Errors
    /// There is such a file already, or it cannot be written.
    pub fn create(path: &Path, entropy: &mut dyn Entropy) -> Result<Self, KeyringError> {
        let secret = Secret::random(local::KEY_BYTES, entropy)?;
        private_file::create(path, private_file::folder(path), &local::written(&secret))?;
        Ok(Self(secret))
    }
}

impl local::Held for KeyFile {
    const PROVIDER: &'static str = "file";

    fn secret(&self) -> &Secret {
        &self.0
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyFile")
    }
}
