//! A keyring under a key in a Vault, against a server that answers as the transit engine does.
//!
//! The server follows version 1 of Vault's HTTP API, the one there is (`/v1/`): `POST transit/encrypt/:name` and
//! `POST transit/decrypt/:name` with `plaintext`, `ciphertext` and `associated_data`, and `errors` where it refuses. It is no
//! Vault: that a release of Vault answers so is not shown here.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pii_core::key::{Secret, Suite};
use pii_keys::{Kek, KekError, KeyringFile, SystemEntropy, Vault, VaultTransit, inventory};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use support::{Record, on};

/// What a server does with a request.
#[derive(Clone, Copy)]
enum Manner {
    /// As a Vault does.
    Right,
    Status(u16),
    /// With a body that is none of a transit engine's.
    Body(&'static str),
    /// Sends the client elsewhere.
    Redirect,
}

struct Server {
    address: String,
    requests: Receiver<String>,
}

/// Answers as many requests as it is asked, each over a connection of its own, on this machine alone.
fn server(manner: Manner, requests: usize) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a local server");
    let address = format!("http://{}", listener.local_addr().expect("a local server"));
    let (seen, received) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(requests) {
            answer(stream.expect("a local server"), manner, &seen);
        }
    });
    Server { address, requests: received }
}

fn answer(mut stream: TcpStream, manner: Manner, seen: &Sender<String>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a local server"));
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a local server");
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a local server");
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a local server");
    let body = String::from_utf8(body).expect("a local server");
    seen.send(format!("{head}\n{body}")).expect("a local server");
    let (status, body) = match manner {
        Manner::Right => transit(&head, &body),
        Manner::Status(status) => (status, "{\"errors\":[\"SECRET DETAILS\"]}".to_owned()),
        Manner::Body(body) => (200, body.to_owned()),
        Manner::Redirect => (307, String::new()),
    };
    let length = body.len();
    let more = if status == 307 { "location: http://127.0.0.1:1/v1/transit/encrypt/pii\r\n" } else { "" };
    let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{more}connection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).expect("a local server");
}

/// No encryption, but the contract: base64 in both directions, associated data that must be the same, `vault:v1:`.
fn transit(head: &str, body: &str) -> (u16, String) {
    let path = head.split(' ').nth(1).expect("a local server");
    if !head.to_ascii_lowercase().contains("x-vault-token: s.token\r\n") {
        return (403, "{}".to_owned());
    }
    let field = |name: &str| {
        let value = body.split(&format!("\"{name}\":\"")).nth(1)?;
        value.split('"').next().map(str::to_owned)
    };
    let associated = field("associated_data").expect("a local server");
    match path {
        "/v1/transit/encrypt/pii" => {
            let mut plain = STANDARD.decode(field("plaintext").expect("a local server")).expect("a local server");
            plain.reverse();
            let text = format!("vault:v1:{associated}.{}", STANDARD.encode(plain));
            (200, format!("{{\"request_id\":\"1\",\"data\":{{\"ciphertext\":\"{text}\",\"key_version\":1}}}}"))
        }
        "/v1/transit/decrypt/pii" => {
            let text = field("ciphertext").expect("a local server");
            let text = text.strip_prefix(&format!("vault:v1:{associated}."));
            let Some(mut plain) = text.and_then(|text| STANDARD.decode(text).ok()) else {
                return (400, "{\"errors\":[\"cipher: message authentication failed\"]}".to_owned());
            };
            plain.reverse();
            (200, format!("{{\"data\":{{\"plaintext\":\"{}\"}}}}", STANDARD.encode(plain)))
        }
        _ => (404, "{}".to_owned()),
    }
}

fn vault(address: &str, key: &str, token: &str) -> Vault {
    Vault::new(VaultTransit {
        address: address.to_owned(),
        mount: "transit".to_owned(),
        key: key.to_owned(),
        namespace: Some("firm".to_owned()),
        authority_pem: None,
        token: Secret::copy_of(token.as_bytes()),
    })
    .expect("an address of this machine")
}

fn protect(vault: &Vault) -> Result<Vec<u8>, KekError> {
    vault.protect(Suite::Any, &Secret::copy_of(&[9; 32]), &mut SystemEntropy)
}

#[test]
fn a_keyring_under_a_vaults_key() {
    // One request to write it, one to see that it opens, and one to open it.
    let server = server(Manner::Right, 3);
    let kek = vault(&server.address, "pii", "s.token");
    let folder = tempfile::tempdir().unwrap();
    let file = KeyringFile::at(folder.path().join("keys.ring"));
    on(1, &mut Record::default(), |operation| file.create(&kek, Suite::Any, operation)).unwrap();
    let ring = file.open(&kek, Suite::Any).unwrap();
    assert_eq!((file.list().unwrap().provider(), inventory(&ring, &kek)[0].module), ("vault", "outside this software"));
    assert!(file.open(&kek, Suite::Sm).is_err_and(|error| error.is_suite()), "asks nothing");
    let requests: Vec<String> = server.requests.try_iter().collect();
    assert_eq!(requests.len(), 3);
    assert!(requests[0].starts_with("POST /v1/transit/encrypt/pii HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].to_ascii_lowercase().contains("x-vault-namespace: firm\r\n"));
    assert!(requests[1].starts_with("POST /v1/transit/decrypt/pii HTTP/1.1\r\n"), "{}", requests[1]);
}

#[test]
fn what_was_changed_does_not_open() {
    let server = server(Manner::Right, 2);
    let kek = vault(&server.address, "pii", "s.token");
    let mut protected = protect(&kek).unwrap();
    protected[12] ^= 1;
    assert!(kek.recover(Suite::Any, &protected).is_err_and(|error| error.is_unopened()));
}

#[test]
fn a_vault_that_does_not_help_is_an_error_that_tells_no_details() {
    type Question = fn(&KekError) -> bool;
    let table: [(Manner, &str, Question); 9] = [
        (Manner::Right, "s.wrong", KekError::is_refused),
        (Manner::Status(404), "s.token", KekError::is_refused),
        (Manner::Status(400), "s.token", KekError::is_refused),
        (Manner::Status(429), "s.token", KekError::is_unreachable),
        (Manner::Status(503), "s.token", KekError::is_unreachable),
        (Manner::Body("{}"), "s.token", KekError::is_refused),
        (Manner::Body("{\"data\":{\"ciphertext\":\"plain\"}}"), "s.token", KekError::is_refused),
        (Manner::Body("<html>"), "s.token", KekError::is_refused),
        (Manner::Redirect, "s.token", |error| error.is_refused() || error.is_unreachable()),
    ];
    for (at, (manner, token, is_right)) in table.into_iter().enumerate() {
        let server = server(manner, 1);
        let said = protect(&vault(&server.address, "pii", token)).unwrap_err();
        assert!(is_right(&said), "{at}: {said:?}");
        for secret in ["SECRET", token, "CQkJ"] {
            assert!(!format!("{said:?}").contains(secret), "{at}: {said:?}");
        }
    }
}

#[test]
fn a_vault_that_is_not_there_can_be_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(protect(&vault(&address, "pii", "s.token")).is_err_and(|error| error.is_unreachable()));
}
