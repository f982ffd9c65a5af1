//! Quotas in PostgreSQL.

use super::Postgres;
use crate::StoreError;
use crate::storage::QuotaStorage;

impl QuotaStorage for Postgres {
    fn spend(&mut self, actor: &str, act: &str, hour: u64, count: u64, limit: u64) -> Result<bool, StoreError> {
        let [hour, count, limit] = [hour, count, limit].map(|number| i64::try_from(number).unwrap_or(i64::MAX / 4));
        self.link.step(async |transaction| {
            // One after the other. A row that is not there yet cannot be locked.
            transaction.batch_execute("LOCK TABLE quota IN SHARE ROW EXCLUSIVE MODE").await?;
            let select = "SELECT hour, used FROM quota WHERE actor = $1 AND act = $2";
            let row = transaction.query_opt(select, &[&actor, &act]).await?;
            let last = row.as_ref().map(|row| (row.get::<_, i64>(0), row.get::<_, i64>(1)));
            // No hour is counted in again once another has begun, whatever the clock says.
            let (counted_in, used) = match last {
                Some((last, used)) if last >= hour => (last, used),
                _ => (hour, 0),
            };
            let used = used.saturating_add(count);
            if used > limit {
                return Ok(false);
            }
            let write = if last.is_some() {
                "UPDATE quota SET hour = $3, used = $4 WHERE actor = $1 AND act = $2"
            } else {
                "INSERT INTO quota (actor, act, hour, used) VALUES ($1, $2, $3, $4)"
            };
            transaction.execute(write, &[&actor, &act, &counted_in, &used]).await?;
            Ok(true)
        })
    }
}
