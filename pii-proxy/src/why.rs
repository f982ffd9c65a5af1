//! `pii-proxy why`: asks a running proxy why a message was stopped.

use crate::arguments::Why;
use crate::client;
use crate::run::Failure;

/// What is told, in this order.
const TOLD: [(&str, &str); 8] = [
    ("message", "message"),
    ("at", "at"),
    ("route", "route"),
    ("why", "why"),
    ("kind", "found"),
    ("place", "where"),
    ("rule", "rule"),
    ("detail", "what to do"),
];

pub(crate) fn run(why: &Why) -> Result<(), Failure> {
    let answered = client::ask(&why.admin, &format!("/blocks/{}", why.message), None)?;
    if answered.status != 200 {
        return Err(Failure::input(format!(
            "{}: nothing is known of it, or no longer: the log has every message that was stopped, under message_name",
            why.message
        )));
    }
    for (key, label) in TOLD {
        if let Some(word) = answered.body[key].as_str() {
            println!("{label:<11} {word}");
        }
    }
    Ok(())
}
