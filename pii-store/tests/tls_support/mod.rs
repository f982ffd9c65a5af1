//! A server on this machine whose certificate an authority of the tests' own signed.

#[path = "../support/authority.rs"]
mod authority;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;

pub(crate) struct Authority {
    /// Its own certificate.
    pub(crate) pem: String,
    /// What a server at 127.0.0.1 shows.
    pub(crate) config: Arc<ServerConfig>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let authority = authority::Authority::new();
        let (certificate, key) = authority.certificate("127.0.0.1");
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate], key))
            .map(Arc::new)
            .expect("they belong together");
        Self { pem: authority.pem, config }
    }
}
