//! Tokens of a vault, made on demand for those who may.
//!
//! Whoever can have any value's token can try all values of a kind (some 2^37 ID numbers) and so read tokens of others. So
//! this takes a right and has a quota, as opening does, and is recorded in the same way. What masks whole files makes tokens
//! under an [`Allowance`](crate::Allowance).

use crate::access::{Gate, Request, RevealError, record};
use crate::keys::SealKeys;
use crate::quota::Quota;
use crate::rights::{Act, Rights};
use crate::vault::{Entry, Vault};
use pii_core::audit::{self, Phase, Sink};
use pii_core::key::Entropy;
use pii_core::time::Moment;
use std::collections::BTreeMap;
use std::fmt;

/// Makes tokens on demand, under a right and a quota.
pub struct Tokeniser<'a> {
    gate: Gate<'a>,
    vault: &'a mut Vault,
    keys: &'a dyn SealKeys,
    sink: &'a mut dyn Sink,
}

impl<'a> Tokeniser<'a> {
    /// Makes tokens with this vault, under these rights and quotas.
    #[must_use]
    pub fn new(
        rights: &'a Rights,
        quota: &'a mut Quota,
        vault: &'a mut Vault,
        keys: &'a dyn SealKeys,
        sink: &'a mut dyn Sink,
    ) -> Self {
        Self { gate: Gate::new(rights, quota), vault, keys, sink }
    }

    /// The tokens of values, all or none. Each counts, whether it had a token or not: what differs would tell.
    ///
    /// # Errors
    /// No right covers all of them, the quota does not reach, or the key may not be used ([`RevealError::is_refused`]); the
    /// request says too little ([`RevealError::is_request`]); it cannot be recorded; otherwise as [`Vault::tokens`].
    pub fn tokens(
        &mut self,
        request: &Request<'_>,
        entries: &[Entry<'_>],
        now: Moment,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<String>, RevealError> {
        request.check()?;
        let mut kinds = BTreeMap::new();
        entries.iter().for_each(|entry| *kinds.entry(entry.kind).or_insert(0) += 1);
        let count = entries.len() as u64;
        let mut phase = |phase| record(self.sink, request, audit::Act::Tokenised, phase, count, &kinds);
        phase(Phase::Intended)?;
        let asked = entries.iter().map(|entry| (entry.kind, entry.scope));
        let admitted = self.gate.admit(request, Act::Tokenise, asked, now);
        let made = admitted.and_then(|()| Ok(self.vault.tokens(entries, self.keys, entropy)?));
        phase(if made.is_ok() { Phase::Done } else { Phase::Failed })?;
        made
    }
}

impl fmt::Debug for Tokeniser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokeniser({:?}, {:?})", self.gate, self.vault)
    }
}
