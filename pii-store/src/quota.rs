//! How many values an actor may open or tokenise in an hour.
//!
//! Counted before anything is done, durably, and in one step between all processes that share a store: two that ask at once
//! cannot both have the last of it. What is counted is not given back, not even where nothing could be opened: otherwise
//! trying out would be free.
//!
//! An hour is one of the clock (14:00 to 15:00, in UTC). A store keeps, for each actor and act, the last hour that was counted
//! in, and counts an earlier one as that. So a clock that is set back opens no hour twice; one that was wrongly far ahead
//! leaves its actors with what that hour has left, until the clock is there.

use crate::StoreError;
use crate::rights::Act;
use crate::storage::QuotaStorage;
use pii_core::time::Moment;

const HOUR_SECONDS: u64 = 3600;

/// Counts what actors do, in a storage. See the [module](self).
#[derive(Debug)]
pub struct Quota {
    storage: Box<dyn QuotaStorage>,
}

impl Quota {
    /// Quotas in this storage. Nothing is read or written yet.
    #[must_use]
    pub fn new(storage: impl QuotaStorage + 'static) -> Self {
        Self { storage: Box::new(storage) }
    }

    /// Counts `count` more, if the hour's `per_hour` allows all of it, and says whether it did. Where not, nothing is counted.
    ///
    /// # Errors
    /// The storage cannot be read or written. Nothing may then be done.
    pub fn spend(&mut self, actor: &str, act: Act, count: u64, per_hour: u64, now: Moment) -> Result<bool, StoreError> {
        self.storage.spend(actor, act.word(), now.unix_seconds() / HOUR_SECONDS, count, per_hour)
    }

    /// Whether the hour's `per_hour` allows at least one more. Counts nothing.
    ///
    /// # Errors
    /// As [`Quota::spend`].
    pub fn is_left(&mut self, actor: &str, act: Act, per_hour: u64, now: Moment) -> Result<bool, StoreError> {
        per_hour.checked_sub(1).map_or(Ok(false), |all_but_one| self.spend(actor, act, 0, all_but_one, now))
    }
}
