//! A server behind TLS as a witness, with a certificate of a firm's own authority, and with one of another.
#![cfg(feature = "tls")]

mod tls_support;
mod trail_support;

use pii_store::trail::witness::{HttpWitness, Witness as _};
use pii_store::trail::{Class, Hash, Head};
use rustls::{ServerConnection, StreamOwned};
use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tls_support::Authority;
use trail_support::{TEN_O_CLOCK, at, name, signing_key, verifying_keys};

/// Answers each request with this status, and tells its first line and its body.
fn server(status: &'static str) -> (String, String, mpsc::Receiver<(String, Vec<u8>)>) {
    let Authority { pem, config } = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("https://{}/heads", listener.local_addr().expect("bound"));
    let (told, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let tls = ServerConnection::new(Arc::clone(&config)).expect("a right configuration");
            let mut stream = BufReader::new(StreamOwned::new(tls, socket.expect("a client")));
            let (mut first, mut length) = (String::new(), 0);
            // A client that does not trust this server ends the connection before it says anything.
            while let Some(line) = read_line(&mut stream).filter(|line| !line.is_empty()) {
                if let Some(digits) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = digits.trim().parse().expect("a length");
                }
                if first.is_empty() {
                    first = line;
                }
            }
            let mut body = vec![0; length];
            if first.is_empty() || stream.read_exact(&mut body).is_err() {
                continue;
            }
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.get_mut().write_all(answer.as_bytes()).expect("answered");
            stream.get_mut().conn.send_close_notify();
            stream.get_mut().flush().expect("closed");
            told.send((first, body)).expect("heard");
        }
    });
    (address, pem, heard)
}

fn read_line(stream: &mut impl std::io::BufRead) -> Option<String> {
    let mut line = String::new();
    let count = stream.read_line(&mut line).ok()?;
    (count > 0).then(|| line.trim_end().to_owned())
}

fn head() -> Head {
    let (class, chain, at) = (Class::Business, Hash::new([7; 32]), at(TEN_O_CLOCK));
    let head = Head { node: name("n1"), class, seq: 9, chain, at, signed: None };
    head.sign(&signing_key(pii_core::sign::SignAlgorithm::Ed25519))
}

#[test]
fn heads_are_posted_to_a_server_that_the_firms_authority_vouches_for() {
    let (address, pem, heard) = server("204 No Content");
    let mut witness = HttpWitness::with_authority(&address, pem.as_bytes()).expect("an address");
    for _ in 0..2 {
        witness.send(&[head()]).expect("taken");
        let (first, body) = heard.recv_timeout(Duration::from_secs(20)).expect("posted");
        assert_eq!(first, "POST /heads HTTP/1.1");
        let posted: Vec<serde_json::Value> = serde_json::from_slice(&body).expect("JSON");
        let read = Head::parse(&posted[0].to_string()).expect("a head");
        assert!(posted.len() == 1 && read == head() && read.is_signed_by(&verifying_keys()), "{posted:?}");
    }
}

#[test]
fn a_server_of_another_authority_gets_nothing() {
    let ((address, pem, heard), (_, other, _)) = (server("204 No Content"), server("204 No Content"));
    let mut witness = HttpWitness::with_authority(&address, other.as_bytes()).expect("an address");
    let refused = witness.send(&[head()]).expect_err("not trusted");
    assert!(refused.is_file() && refused.to_string().contains("does not answer"), "{refused}");
    assert!(heard.recv_timeout(Duration::from_millis(200)).is_err(), "nothing was said to it");
    // The same server, for whoever trusts its authority.
    let mut witness = HttpWitness::with_authority(&address, pem.as_bytes()).expect("an address");
    witness.send(&[head()]).expect("taken");
    heard.recv_timeout(Duration::from_secs(20)).expect("posted");
}

#[test]
fn a_server_that_refuses_has_taken_nothing() {
    for status in ["403 Forbidden", "307 Temporary Redirect", "500 Internal Server Error"] {
        let (address, pem, heard) = server(status);
        let mut witness = HttpWitness::with_authority(&address, pem.as_bytes()).expect("an address");
        let refused = witness.send(&[head()]).expect_err("refused");
        assert!(refused.is_file(), "{status}: {refused}");
        heard.recv_timeout(Duration::from_secs(20)).expect("posted");
    }
}

#[test]
fn addresses_and_authorities_that_are_none() {
    let pem = Authority::new().pem;
    for (address, pem) in [
        ("http://127.0.0.1/heads", pem.as_str()),
        ("https://user@127.0.0.1/heads", &pem),
        ("https://127.0.0.1/heads", ""),
        ("https://127.0.0.1/heads", "no PEM"),
    ] {
        assert!(HttpWitness::with_authority(address, pem.as_bytes()).is_err(), "{address}");
    }
}
