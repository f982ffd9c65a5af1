//! Whether somebody may do something now: right, then quota.

mod error;
mod record;

pub use error::RevealError;
pub use record::Recorded;

pub(crate) use record::record;

use crate::quota::Quota;
use crate::rights::{Act, Grant, NAME_LIMIT_BYTES, Rights};
use pii_core::Kind;
use pii_core::time::Moment;

/// The longest reason, in bytes.
pub const REASON_LIMIT_BYTES: usize = 1024;

/// Who wants something, for what and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Who: the name that rights use. The caller has made sure that it is them.
    pub actor: &'a str,
    /// The purpose, in the word that rights use.
    pub purpose: &'a str,
    /// Why, in their words: a case, a ticket. It goes into the audit record as it is, so never a value.
    pub reason: &'a str,
}

impl Request<'_> {
    /// Holds the limits: nothing empty, nothing endless, and no line breaks, by which a record could be made to look like two.
    pub(crate) fn check(&self) -> Result<(), RevealError> {
        let parts = [
            ("actor", self.actor, NAME_LIMIT_BYTES),
            ("purpose", self.purpose, NAME_LIMIT_BYTES),
            ("reason", self.reason, REASON_LIMIT_BYTES),
        ];
        for (what, text, limit_bytes) in parts {
            if text.trim().is_empty() {
                return Err(RevealError::request(format!("the {what} is empty: say it")));
            }
            if text.len() > limit_bytes {
                return Err(RevealError::request(format!("the {what} has more than {limit_bytes} bytes: shorten it")));
            }
            if text.chars().any(char::is_control) {
                return Err(RevealError::request(format!("the {what} has a control character: write it in one line")));
            }
        }
        Ok(())
    }
}

/// Rights and quotas: what everything passes that opens values or makes tokens on demand.
#[derive(Debug)]
pub struct Gate<'a> {
    rights: &'a Rights,
    quota: &'a mut Quota,
}

impl<'a> Gate<'a> {
    /// A gate with these rights and quotas.
    #[must_use]
    pub fn new(rights: &'a Rights, quota: &'a mut Quota) -> Self {
        Self { rights, quota }
    }

    /// Lets somebody do something with values of these kinds and scopes, all or none, and counts them. For what is done
    /// elsewhere, such as deterministic tokens; a [`crate::Revealer`] and a [`crate::Tokeniser`] ask by themselves.
    ///
    /// # Errors
    /// No right covers all of them, or the quota is spent: one and the same error ([`RevealError::is_refused`]). The request
    /// says too little, or the quota's storage fails.
    pub fn admit<'k>(
        &mut self,
        request: &Request<'_>,
        act: Act,
        asked: impl IntoIterator<Item = (Kind, &'k str)>,
        now: Moment,
    ) -> Result<(), RevealError> {
        request.check()?;
        let grant = self.grant(request, act, now)?;
        let mut count = 0;
        for (kind, scope) in asked {
            if !grant.covers(kind, scope) {
                return Err(RevealError::refused());
            }
            count += 1;
        }
        self.spend(request, act, count, grant.per_hour(), now)
    }

    /// What the rights allow. They outlive the gate, so that it can count meanwhile.
    pub(crate) fn grant(&self, request: &Request<'_>, act: Act, now: Moment) -> Result<Grant<'a>, RevealError> {
        let rights = self.rights;
        rights.grant(request.actor, act, request.purpose, now.day_in_china()).ok_or_else(RevealError::refused)
    }

    /// Lets a request in before anything is known of what it is about: a right applies, and of the hour's quota something
    /// is left. So whether it is refused hangs on nothing that it brings along.
    pub(crate) fn begin(&mut self, request: &Request<'_>, act: Act, now: Moment) -> Result<Grant<'a>, RevealError> {
        let grant = self.grant(request, act, now)?;
        let is_left = self.quota.is_left(request.actor, act, grant.per_hour(), now)?;
        if is_left { Ok(grant) } else { Err(RevealError::refused()) }
    }

    pub(crate) fn spend(
        &mut self,
        request: &Request<'_>,
        act: Act,
        count: u64,
        per_hour: u64,
        now: Moment,
    ) -> Result<(), RevealError> {
        let is_within = self.quota.spend(request.actor, act, count, per_hour, now)?;
        if is_within { Ok(()) } else { Err(RevealError::refused()) }
    }
}
