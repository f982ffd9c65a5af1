//! A Vault behind TLS, with a certificate of a firm's own authority.
#![cfg(feature = "tls")]

use pii_core::key::{Secret, Suite};
use pii_keys::{Kek, KekError, SystemEntropy, Vault, VaultTransit};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

const AUTHORITY: &[u8] = include_bytes!("data/authority.pem");
const OTHER: &[u8] = include_bytes!("data/other.pem");
const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 41\r\nconnection: close\r\n\r\n\
                      {\"data\":{\"ciphertext\":\"vault:v1:protec\"}}";

/// Answers one request on this machine, whatever it is, and returns the address.
fn server() -> String {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("data/server.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("data/server.key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate], key))
        .expect("they belong together");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("https://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("one client");
        let mut tls = ServerConnection::new(Arc::new(config)).expect("a right configuration");
        let mut stream = Stream::new(&mut tls, &mut socket);
        // A client that does not trust this server ends the handshake, and there is nothing to answer.
        if stream.read(&mut [0; 4096]).is_ok() {
            let _ = stream.write_all(ANSWER.as_bytes());
        }
    });
    address
}

fn protected(address: String, authority_pem: Option<&[u8]>) -> Result<Vec<u8>, KekError> {
    let vault = Vault::new(VaultTransit {
        address,
        mount: "transit".to_owned(),
        key: "pii".to_owned(),
        namespace: None,
        authority_pem: authority_pem.map(<[u8]>::to_vec),
        token: Secret::copy_of(b"s.token"),
    })?;
    vault.protect(Suite::Any, &Secret::copy_of(&[9; 32]), &mut SystemEntropy)
}

#[test]
fn the_firms_own_authority_is_trusted() {
    assert_eq!(protected(server(), Some(AUTHORITY)), Ok(b"vault:v1:protec".to_vec()));
}

#[test]
fn no_other_authority_is() {
    assert!(protected(server(), Some(OTHER)).is_err_and(|error| error.is_unreachable()));
}

#[test]
fn without_an_authority_nothing_is_sent() {
    for none in [None, Some(&b""[..]), Some(b"no PEM"), Some(include_bytes!("data/server.key"))] {
        assert!(protected("https://127.0.0.1:1".to_owned(), none).is_err_and(|error| error.is_written_wrong()));
    }
}
