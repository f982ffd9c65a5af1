//! The proxy as a program beside the command.

#![allow(dead_code, reason = "each test file takes what it needs")]

use super::engine;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

/// Starts it by a configuration, and waits until it says where it listens.
pub(crate) fn started(config: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(engine().binary().with_file_name("pii-proxy"))
        .arg("--config")
        .arg(config)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the proxy is built beside the command");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
    let mut said = String::new();
    let address = loop {
        let Some(line) = lines.next() else { panic!("it ended: {said}") };
        let parsed: Option<serde_json::Value> = serde_json::from_str(&line).ok();
        match parsed.and_then(|line| line["fields"]["address"].as_str()?.parse().ok()) {
            Some(address) => break address,
            None => said.push_str(&line),
        }
    };
    thread::spawn(move || lines.for_each(drop));
    (child, address)
}
