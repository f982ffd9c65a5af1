//! The proxy under test: reloaded each second, its ledger taken away now and then, its memory watched.

use crate::support::firm::Firm;
use crate::support::{gateway, partner};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

const MORE: &str = "
[[route]]
name = \"partner\"
path = \"/partner\"
upstream = \"UPSTREAM\"
channel = \"third_party\"

[[route]]
name = \"unheard\"
path = \"/unheard\"
upstream = \"UNHEARD\"
channel = \"third_party\"

[timeouts]
answer = \"1 s\"
answer_body = \"1 s\"

[limits]
body = \"BODY MiB\"
";

pub(crate) struct Proxy {
    child: Child,
    pub(crate) address: SocketAddr,
    file: PathBuf,
    text: String,
    pub(crate) trail: PathBuf,
    store: String,
}

/// What was seen of it while messages went through.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) reloads: usize,
    pub(crate) ledger_gone: usize,
    /// In KiB, once a second.
    pub(crate) memory: Vec<u64>,
}

impl Proxy {
    pub(crate) fn start(firm: &Firm, upstream: SocketAddr) -> Self {
        let trail = PathBuf::from(firm.path("proxy-trail"));
        // A port that was free a moment ago, and that nobody listens on.
        let unheard = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        let text = partner::config(firm, upstream, &MORE.replace("UNHEARD", &format!("http://{unheard}")));
        let file = firm.ring.0.with("proxy.toml", &text.replace("BODY", "4"));
        let (child, address) = gateway::started(&file);
        Self { child, address, file, text, trail, store: firm.store.clone() }
    }

    /// Reloads it each second and, of ten seconds, takes its ledger away for four, until `is_over`.
    pub(crate) fn trouble(&self, is_over: impl Fn() -> bool) -> Seen {
        let (mut seen, mut locked, begin) = (Seen::default(), None::<Child>, Instant::now());
        while !is_over() {
            let second = seen.reloads;
            let body = if second % 2 == 0 { "3" } else { "4" };
            fs::write(&self.file, self.text.replace("BODY", body)).expect("written");
            self.signal("HUP");
            seen.reloads += 1;
            match second % 10 {
                2 => {
                    locked = Some(partner::locked(&self.store));
                    seen.ledger_gone += 1;
                }
                6 => {
                    if let Some(locked) = locked.take() {
                        ended(locked);
                    }
                }
                _ => {}
            }
            seen.memory.push(self.memory_kib());
            let next = begin + Duration::from_secs(seen.reloads as u64);
            thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        if let Some(locked) = locked {
            ended(locked);
        }
        seen
    }

    /// Ends it as an operator does.
    pub(crate) fn end(mut self) -> PathBuf {
        self.signal("TERM");
        assert!(self.child.wait().expect("it ends").success());
        self.trail.clone()
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.expect("kill is there").success(), "it has ended");
    }

    fn memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux says so");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ended(mut child: Child) {
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}
