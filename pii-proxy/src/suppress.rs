//! `pii-proxy suppress`: lets one kind in one field of one route pass for some minutes.

use crate::arguments::Suppress;
use crate::client;
use crate::run::Failure;
use serde_json::json;

pub(crate) fn run(suppress: &Suppress) -> Result<(), Failure> {
    let Suppress { admin, route, kind, field, minutes, reason, by, approver } = suppress;
    let asked = json!({
        "route": route, "kind": kind, "field": field, "minutes": minutes, "reason": reason, "by": by, "approver": approver,
    });
    client::ask(admin, "/suppressions", Some(&asked))?.done()?;
    println!(
        "{kind} in {field} of {route} passes for {minutes} min; the alarm PiiProxySuppression tells until it is over"
    );
    Ok(())
}
