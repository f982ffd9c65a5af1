//! Looking into a body: long ones one after another, each within its time, and a fault of the engine's stops one message.

use crate::capacity::Held;
use crate::config::Route;
use crate::message::Bounds;
use crate::stop::{Stop, Why};
use crate::table::Table;
use hyper::HeaderMap;
use hyper::header::CONTENT_ENCODING;
use pii_formats::Allowance;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// From here on a body is a long one: others should not wait for it, and not many should be looked into at once. In bytes.
const LONG_BYTES: usize = 64 << 10;

/// What may be made of a body that is looked into from now on.
pub(crate) fn bounds(table: &Table, route: &Route) -> Bounds {
    let (limits, timeouts) = (&table.limits, &table.timeouts);
    let allowance = Allowance { findings: limits.findings, until: Some(Instant::now() + timeouts.inspect) };
    Bounds { body_bytes: route.body_bytes, ratio: limits.ratio, allowance }
}

/// Looks into a body of so many bytes, within `bounds`. A long one, or one that may become long, waits for its turn; short ones do
/// not wait for it.
pub(crate) async fn contained<T>(
    held: &Held,
    (headers, bytes): (&HeaderMap, usize),
    bounds: Bounds,
    look: impl FnOnce() -> T,
) -> Result<T, Stop> {
    let look = || catch_unwind(AssertUnwindSafe(look));
    let is_short = bytes < LONG_BYTES && !headers.contains_key(CONTENT_ENCODING);
    let outcome = if is_short {
        look()
    } else {
        let turn = held.turn();
        let turn = match bounds.allowance.until {
            Some(until) => tokio::time::timeout_at(until.into(), turn).await.ok(),
            None => Some(turn.await),
        };
        let busy =
            "there are more long bodies to look into than could be within `timeouts.inspect`: send it again later";
        let _turn = turn.ok_or_else(|| Stop::new(Why::Overloaded, busy))?;
        tokio::task::block_in_place(look)
    };
    let fault = "a fault of this program, not of the message; whoever runs it finds its place in the log";
    outcome.map_err(|_| Stop::new(Why::Engine, fault))
}
