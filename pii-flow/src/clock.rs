//! This computer's clock, which the crates below do not read: time comes in from here.

use crate::FlowError;
use pii_core::time::{Date, Moment};
use std::time::{SystemTime, UNIX_EPOCH};

/// The seconds since 1970-01-01, in UTC; 0 where the clock is before that.
#[must_use]
pub fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// This moment, to the second.
///
/// # Errors
/// The clock shows a year that no [`Moment`] has.
pub fn moment() -> Result<Moment, FlowError> {
    Moment::from_unix_seconds(unix_seconds())
        .ok_or_else(|| FlowError::usage("this computer's clock shows no time that can be counted"))
}

/// Today in China, where the days of a policy, a keyring and the law are counted, wherever this computer stands.
///
/// # Errors
/// As [`moment`].
pub fn today() -> Result<Date, FlowError> {
    moment().map(Moment::day_in_china)
}

/// This moment, to the millisecond, as records of a trail have it. `None` where no [`Moment`] is that.
pub(crate) fn moment_to_the_millisecond() -> Option<Moment> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Moment::from_unix_millis(u64::try_from(since.as_millis()).ok()?)
}
