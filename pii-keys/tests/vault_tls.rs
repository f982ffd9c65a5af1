//! A Vault behind TLS, with a certificate of a firm's own authority.
#![cfg(feature = "tls")]

use pii_core::key::{Secret, Suite};
use pii_keys::{Kek, KekError, SystemEntropy, Vault, VaultTransit};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 41\r\nconnection: close\r\n\r\n\
                      {\"data\":{\"ciphertext\":\"vault:v1:protec\"}}";

/// A firm's authority, made for the run of one test, as are all keys here: none is kept anywhere.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("randomness");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A key for this machine, and this authority's certificate for it.
    fn server(&self) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("an address");
        let key = KeyPair::generate().expect("randomness");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate.into(), key.into())
    }
}

/// Answers one request on this machine, whatever it is, and returns the address.
fn server(authority: &Authority) -> String {
    let (certificate, key) = authority.server();
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

fn protected(address: String, authority_pem: Option<&str>) -> Result<Vec<u8>, KekError> {
    let vault = Vault::new(VaultTransit {
        address,
        mount: "transit".to_owned(),
        key: "pii".to_owned(),
        namespace: None,
        authority_pem: authority_pem.map(|pem| pem.as_bytes().to_vec()),
        token: Secret::copy_of(b"s.token"),
    })?;
    vault.protect(Suite::Any, &Secret::copy_of(&[9; 32]), &mut SystemEntropy)
}

#[test]
fn the_firms_own_authority_is_trusted() {
    let authority = Authority::new();
    assert_eq!(protected(server(&authority), Some(&authority.pem)), Ok(b"vault:v1:protec".to_vec()));
}

#[test]
fn no_other_authority_is() {
    let other = Authority::new().pem;
    assert!(protected(server(&Authority::new()), Some(&other)).is_err_and(|error| error.is_unreachable()));
}

#[test]
fn without_an_authority_nothing_is_sent() {
    let key = KeyPair::generate().expect("randomness").serialize_pem();
    for none in [None, Some(""), Some("no PEM"), Some(&key[..])] {
        assert!(protected("https://127.0.0.1:1".to_owned(), none).is_err_and(|error| error.is_written_wrong()));
    }
}
