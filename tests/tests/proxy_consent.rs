//! Consent in the path of the proxy: what a person has agreed to leaves in clear, a withdrawal stops the next message, and a store
//! that is gone stops those that need it.

#![cfg(unix)]

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};
use support::firm::{Firm, PHONE, counts};
use support::ring::{shown, told};
use support::{gateway, partner};

/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Beside the one on which a person is asked about, a route on which the store is not asked.
const OTHER: &str = "
[[route]]
name = \"other\"
path = \"/other\"
upstream = \"UPSTREAM\"
channel = \"third_party\"
";

struct Proxy {
    child: Child,
    address: SocketAddr,
    bodies: Receiver<String>,
}

impl Proxy {
    fn of(firm: &Firm) -> Self {
        let (upstream, bodies) = upstream();
        let file = firm.ring.0.with("proxy.toml", &partner::config(firm, upstream, OTHER));
        let (child, address) = gateway::started(&file);
        Self { child, address, bodies }
    }

    /// The status, and what arrived if anything did.
    fn post(&self, path: &str) -> (u16, Option<String>) {
        self.post_as("application/json", path)
    }

    fn post_as(&self, media_type: &str, path: &str) -> (u16, Option<String>) {
        let body = format!("{{\"customer\":\"{PHONE}\",\"text\":\"请致电{PHONE}\"}}");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.write_all(request.as_bytes()).expect("written");
        stream.shutdown(Shutdown::Write).expect("a socket");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        (status, self.bodies.try_recv().ok())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An upstream that says `ok`, and the bodies that arrive there.
fn upstream() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, bodies) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
            let mut length = 0;
            for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a length");
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            sender.send(String::from_utf8(body).expect("UTF-8")).expect("the test listens");
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        }
    });
    (address, bodies)
}

const MASKED: &str = "{\"customer\":\"138******00\",\"text\":\"请致电138******00\"}";
const IN_CLEAR: &str = "{\"customer\":\"13800138000\",\"text\":\"请致电138******00\"}";

#[test]
fn what_a_person_agreed_to_leaves_in_clear_until_they_withdraw() {
    let firm = partner::firm();
    let proxy = Proxy::of(&firm);
    assert_eq!(proxy.post("/news"), (200, Some(MASKED.to_owned())), "nobody has agreed yet");
    assert_eq!(
        proxy.post_as("application/pdf", "/news"),
        (200, Some(MASKED.to_owned())),
        "nor to text that says it is no text"
    );
    let imported = firm.import(&firm.line("app", partner::declared));
    assert_eq!(counts(&imported)[1], 1, "{}", told(&imported));
    // A yes is known within a lease.
    let begun = Instant::now();
    loop {
        match proxy.post("/news") {
            (200, Some(body)) if body == IN_CLEAR => break,
            (200, Some(body)) => assert_eq!(body, MASKED),
            other => panic!("{other:?}"),
        }
        assert!(begun.elapsed() < PATIENCE, "the yes does not become known");
        thread::sleep(Duration::from_millis(50));
    }
    // A no is acknowledged when no node decides without it.
    shown(&firm.about(&["consent", "withdraw"], &["--actor", "li.lei", "--reason", "call 4711"]));
    assert_eq!(proxy.post("/news"), (200, Some(MASKED.to_owned())));
}

#[test]
fn a_store_that_is_gone_stops_those_who_need_it() {
    let firm = partner::firm();
    let imported = firm.import(&firm.line("app", partner::declared));
    assert_eq!(counts(&imported)[1], 1, "{}", told(&imported));
    let proxy = Proxy::of(&firm);
    assert_eq!(proxy.post("/news"), (200, Some(IN_CLEAR.to_owned())));
    let mut locked = partner::locked(&firm.store);
    let begun = Instant::now();
    while proxy.post("/news").0 == 200 {
        assert!(begun.elapsed() < PATIENCE, "it decides on what it no longer knows");
        thread::sleep(Duration::from_millis(100));
    }
    let (status, arrived) = proxy.post("/news");
    assert_eq!((status, arrived), (503, None));
    assert_eq!(proxy.post("/other"), (200, Some(MASKED.to_owned())));
    locked.kill().expect("it runs");
    locked.wait().expect("it ends");
    let begun = Instant::now();
    while proxy.post("/news") != (200, Some(IN_CLEAR.to_owned())) {
        assert!(begun.elapsed() < PATIENCE, "it does not come back");
        thread::sleep(Duration::from_millis(100));
    }
}
