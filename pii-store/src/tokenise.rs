//! Tokens of a vault, made on demand for those who may.
//!
//! Whoever can have any value's token can try all values of a kind (some 2^37 ID numbers) and so read tokens of others. So
//! this takes a right and has a quota, as opening does. Masking a table needs neither: it makes tokens of what is there.

use crate::access::{Gate, Request, RevealError};
use crate::keys::SealKeys;
use crate::quota::Quota;
use crate::rights::{Act, Rights};
use crate::vault::{Entry, Vault};
use pii_core::key::Entropy;
use pii_core::time::Moment;
use std::fmt;

/// Makes tokens on demand, under a right and a quota.
pub struct Tokeniser<'a> {
    gate: Gate<'a>,
    vault: &'a mut Vault,
    keys: &'a dyn SealKeys,
}

impl<'a> Tokeniser<'a> {
    /// Makes tokens with this vault, under these rights and quotas.
    #[must_use]
    pub fn new(rights: &'a Rights, quota: &'a mut Quota, vault: &'a mut Vault, keys: &'a dyn SealKeys) -> Self {
        Self { gate: Gate::new(rights, quota), vault, keys }
    }

    /// The tokens of values, all or none. Each counts, whether it had a token or not: what differs would tell.
    ///
    /// # Errors
    /// No right covers all of them, the quota does not reach, or the key may not be used ([`RevealError::is_refused`]); the
    /// request says too little ([`RevealError::is_request`]); otherwise as [`Vault::tokens`].
    pub fn tokens(
        &mut self,
        request: &Request<'_>,
        entries: &[Entry<'_>],
        now: Moment,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<String>, RevealError> {
        let asked = entries.iter().map(|entry| (entry.kind, entry.scope));
        self.gate.admit(request, Act::Tokenise, asked, now)?;
        Ok(self.vault.tokens(entries, self.keys, entropy)?)
    }
}

impl fmt::Debug for Tokeniser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokeniser({:?}, {:?})", self.gate, self.vault)
    }
}
