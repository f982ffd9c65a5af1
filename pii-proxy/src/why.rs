//! `pii-proxy why`: asks a running proxy why a message was stopped, or looks it up in the log of one that has ended.

use crate::arguments::Why;
use crate::client;
use crate::run::Failure;
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

/// A line of the log is no longer; what is, is none of the proxy's.
const LINE_LIMIT_BYTES: u64 = 1 << 20;

/// What is told, in this order: its key as the proxy answers, as its log has it, and what it is called.
const TOLD: [(&str, &str, &str); 9] = [
    ("message", "/fields/message_name", "message"),
    ("at", "/timestamp", "at"),
    ("route", "/fields/route", "route"),
    ("why", "/fields/why", "why"),
    ("kind", "/fields/kind", "found"),
    ("place", "/fields/place", "where"),
    ("rule", "/fields/rule", "rule"),
    ("sent", "/fields/sent", "left"),
    ("detail", "/fields/detail", "what to do"),
];

pub(crate) fn run(why: &Why) -> Result<(), Failure> {
    let told: Vec<_> = match &why.log {
        Some(log) => {
            let line = logged(log, &why.message)?;
            TOLD.iter().map(|(_, path, label)| (*label, line.pointer(path).cloned())).collect()
        }
        None => {
            let answered = client::ask(&why.admin, &format!("/blocks/{}", why.message), None)?;
            if answered.status != 200 {
                return Err(Failure::input(format!(
                    "{}: nothing is known of it, or no longer: the log has every message that was stopped; give --log FILE",
                    why.message
                )));
            }
            TOLD.iter().map(|(key, _, label)| (*label, answered.body.get(*key).cloned())).collect()
        }
    };
    for (label, word) in told {
        if let Some(word) = word.as_ref().and_then(Value::as_str) {
            println!("{label:<11} {word}");
        }
    }
    Ok(())
}

/// The line of the log that says why this message was stopped.
fn logged(log: &Path, message: &str) -> Result<Value, Failure> {
    let unread = |error: io::Error| Failure::input(format!("{}: {error}", log.display()));
    let found = if log == Path::new("-") {
        line_of(io::stdin().lock(), message)
    } else {
        File::open(log).and_then(|file| line_of(BufReader::new(file), message))
    };
    found.map_err(unread)?.ok_or_else(|| {
        Failure::input(format!(
            "{message}: no message that is called so was stopped, as far as {} says; what the proxy logs goes to its standard error, \
             under systemd to the journal: journalctl -u pii-proxy -o cat | pii-proxy why {message} --log -",
            log.display()
        ))
    })
}

/// A message is stopped once, but its answer may be, too: the last line counts. Whatever stands before the object in a line
/// (a time, a host) is passed over.
fn line_of(mut log: impl BufRead, message: &str) -> io::Result<Option<Value>> {
    let (mut line, mut found) = (Vec::new(), None);
    loop {
        line.clear();
        if log.by_ref().take(LINE_LIMIT_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(found);
        }
        let Some(begin) = line.iter().position(|byte| *byte == b'{') else { continue };
        let Ok(value) = serde_json::from_slice::<Value>(&line[begin..]) else { continue };
        if value.pointer("/fields/message_name").and_then(Value::as_str) == Some(message) {
            found = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_by_its_message_among_others() {
        let stopped =
            r#"{"timestamp":"2026-11-27T21:00:00Z","level":"WARN","fields":{"message_name":"m-1","why":"found"}}"#;
        let log = format!(
            "no object\n{{\"fields\":{{\"message_name\":\"m-2\"}}}}\nNov 27 21:00:00 gateway pii-proxy[7]: {stopped}\n{{\"fields\":\n{}\n",
            "{".repeat(100)
        );
        let found = line_of(log.as_bytes(), "m-1").expect("it reads").expect("it is there");
        assert_eq!(found.pointer("/fields/why").and_then(Value::as_str), Some("found"));
        assert_eq!(line_of(log.as_bytes(), "m-3").expect("it reads"), None);
    }
}
