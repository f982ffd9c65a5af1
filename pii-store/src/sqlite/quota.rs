//! Quotas in SQLite.

use super::Sqlite;
use crate::StoreError;
use crate::storage::QuotaStorage;
use rusqlite::params;

/// One row for an actor and act, with the last hour that was counted in. So no hour can be counted in again once another
/// has begun, whatever the clock says, and the table does not grow with time.
const SPEND: &str = "
    INSERT INTO quota (actor, act, hour, used) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (actor, act) DO UPDATE
    SET used = CASE WHEN excluded.hour > hour THEN 0 ELSE used END + excluded.used, hour = max(hour, excluded.hour)
    WHERE CASE WHEN excluded.hour > hour THEN 0 ELSE used END + excluded.used <= ?5";

impl QuotaStorage for Sqlite {
    fn spend(&mut self, actor: &str, act: &str, hour: u64, count: u64, limit: u64) -> Result<bool, StoreError> {
        // The statement compares only where there is a row already.
        if count > limit {
            return Ok(false);
        }
        let [hour, count, limit] = [hour, count, limit].map(|number| i64::try_from(number).unwrap_or(i64::MAX / 4));
        self.step(|connection| connection.execute(SPEND, params![actor, act, hour, count, limit]))
            .map(|changed| changed == 1)
    }
}
