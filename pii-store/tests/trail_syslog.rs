//! A log server behind TLS as a witness, with a certificate of a firm's own authority.
#![cfg(feature = "tls")]

mod tls_support;
mod trail_support;

use pii_core::sign::SignAlgorithm;
use pii_store::trail::witness::{SyslogWitness, Witness as _, heads_of};
use pii_store::trail::{Class, Hash, Head};
use rustls::{ServerConnection, StreamOwned};
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tls_support::Authority;
use trail_support::{TEN_O_CLOCK, at, name, signing_key, verifying_keys};

/// A log server: it tells each message it reads, and ends the first connection after one.
fn server() -> (String, String, mpsc::Receiver<String>) {
    let Authority { pem, config } = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let (told, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for messages in [1, 100] {
            let (socket, _) = listener.accept().expect("a client");
            let tls = ServerConnection::new(Arc::clone(&config)).expect("a right configuration");
            let mut stream = StreamOwned::new(tls, socket);
            for _ in 0..messages {
                let Some(message) = message(&mut stream) else {
                    break;
                };
                told.send(message).expect("heard");
            }
        }
    });
    (address, pem, heard)
}

/// Reads a frame: the length in digits, a blank, so many bytes.
fn message(stream: &mut impl std::io::Read) -> Option<String> {
    let (mut length, mut byte) = (String::new(), [0]);
    loop {
        stream.read_exact(&mut byte).ok()?;
        match byte[0] {
            b' ' => break,
            digit => length.push(char::from(digit)),
        }
    }
    let mut message = vec![0; length.parse().expect("a length")];
    stream.read_exact(&mut message).expect("all of it");
    Some(String::from_utf8(message).expect("text"))
}

fn head(seq: u64) -> Head {
    let at = at(TEN_O_CLOCK);
    let head = Head { node: name("n1"), class: Class::Business, seq, chain: Hash::new([7; 32]), at, signed: None };
    head.sign(&signing_key(SignAlgorithm::Ed25519))
}

#[test]
fn heads_arrive_and_are_read_back_from_the_log() {
    let (address, pem, heard) = server();
    let mut witness = SyslogWitness::new(&address, pem.as_bytes()).expect("an address");
    let next = || heard.recv_timeout(Duration::from_secs(20)).expect("a message");
    witness.send(&[head(1)]).expect("sent");
    let first = next();
    assert!(first.starts_with("<110>1 2026-11-23T10:00:00.000Z n1 pii-trail - HEAD - {\"node\":\"n1\","), "{first}");
    // That connection has ended, and nothing is written into it any more: the next head arrives on another one.
    std::thread::sleep(Duration::from_millis(200));
    witness.send(&[head(2)]).expect("sent on a new connection");
    let mut log = first + "\n";
    log += &(next() + "\n");
    witness.send(&[head(3)]).expect("sent on the same");
    log += &(next() + "\n");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("messages");
    std::fs::write(&path, &log).expect("writable");
    let mut heads = Vec::new();
    heads_of(&path, |head| heads.push(head)).expect("readable");
    assert_eq!(heads.iter().map(|head| head.seq).collect::<Vec<_>>(), [1, 2, 3], "{log}");
    assert!(heads.iter().all(|head| head.is_signed_by(&verifying_keys())));
}

#[test]
fn a_server_of_another_authority_gets_nothing() {
    let ((address, _, heard), (_, other, _)) = (server(), server());
    let mut witness = SyslogWitness::new(&address, other.as_bytes()).expect("an address");
    assert!(witness.send(&[head(1)]).expect_err("not trusted").is_file());
    assert!(heard.recv_timeout(Duration::from_millis(200)).is_err());
    assert!(SyslogWitness::new("127.0.0.1:6514", b"no PEM").is_err());
    assert!(SyslogWitness::new("no port", other.as_bytes()).is_err());
}
