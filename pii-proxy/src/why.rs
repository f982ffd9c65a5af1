//! `pii-proxy why`: asks a running proxy why a message was stopped.

use crate::arguments::Why;
use crate::client;
use crate::run::Failure;
use serde_json::Value;
use std::time::Duration;

/// An answer is a few lines.
const ANSWER_LIMIT_BYTES: u64 = 64 << 10;

const PATIENCE: Duration = Duration::from_secs(5);

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
    let token = why.admin_token_file.as_deref().map(pii_keys::secret_in).transpose().map_err(Failure::usage)?;
    let mut request = client::agent(PATIENCE).get(format!("http://{}/blocks/{}", why.admin, why.message));
    if let Some(token) = &token {
        let token = std::str::from_utf8(token.expose()).map_err(|_| Failure::usage("the token is no text"))?;
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let unreachable = |error| {
        Failure::input(format!(
            "{}: {error}; is it the address under [admin] of the proxy\u{2019}s configuration?",
            why.admin
        ))
    };
    let mut response = request.call().map_err(unreachable)?;
    match response.status().as_u16() {
        200 => {}
        401 => return Err(Failure::usage("the proxy asks for its token: give --admin-token-file FILE")),
        _ => {
            return Err(Failure::input(format!(
                "{}: nothing is known of it, or no longer: the log has every message that was stopped, under message_name",
                why.message
            )));
        }
    }
    let text = response.body_mut().with_config().limit(ANSWER_LIMIT_BYTES).read_to_string().map_err(unreachable)?;
    let block: Value = serde_json::from_str(&text).map_err(|_| Failure::input("this is no answer of a proxy"))?;
    for (key, label) in TOLD {
        if let Some(word) = block[key].as_str() {
            println!("{label:<11} {word}");
        }
    }
    Ok(())
}
