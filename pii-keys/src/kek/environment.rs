//! A key-encryption key in the environment, for machines that offer nothing better.

use super::local;
use crate::KekError;
use pii_core::key::Secret;
use std::fmt;
use zeroize::Zeroizing;

/// The longest name of a variable: shorter than a key is written.
const NAME_LIMIT_BYTES: usize = 40;

/// A key-encryption key from an environment variable: 32 random bytes in base64.
///
/// Every process of the same user can read the environment of this one, its children inherit it, and it ends up in crash
/// dumps. So the constructor says that it is dangerous.
pub struct EnvironmentKek(Secret);

impl EnvironmentKek {
    /// Reads the key. The variable stays where it is.
    ///
    /// # Errors
    /// There is no such variable, or it holds no key.
    pub fn dangerously_from_environment(variable: &str) -> Result<Self, KekError> {
        // Whoever gives the key itself in place of a name shall not find it in a log.
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if variable.is_empty() || variable.len() > NAME_LIMIT_BYTES || !variable.bytes().all(is_name) {
            return Err(KekError::written("the name of an environment variable has letters, digits and underscores"));
        }
        let missing = |_| KekError::written(format!("the environment has no variable {variable}"));
        let text = Zeroizing::new(std::env::var(variable).map_err(missing)?);
        Ok(Self(local::parse(text.as_bytes(), variable)?))
    }
}

impl local::Held for EnvironmentKek {
    const PROVIDER: &'static str = "environment";

    fn secret(&self) -> &Secret {
        &self.0
    }
}

impl fmt::Debug for EnvironmentKek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnvironmentKek")
    }
}
