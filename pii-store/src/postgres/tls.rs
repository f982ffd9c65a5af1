//! TLS to PostgreSQL, by rustls.

use super::PostgresOptions;
use crate::StoreError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Whoever the authorities say, and nobody else: there is no list of authorities for a firm's own database.
pub(super) fn connector(options: &PostgresOptions) -> Result<MakeRustlsConnect, StoreError> {
    let missing = "PostgreSQL is on another machine: name the file with the certificates of the authority that its own is from, as \
                   ?sslrootcert=FILE behind the address";
    let path = options.roots.as_deref().ok_or_else(|| StoreError::unusable(missing))?;
    let failed = || StoreError::unusable(format!("{}: this holds no certificates in PEM", path.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|_| failed())? {
        roots.add(certificate.map_err(|_| failed())?).map_err(|_| failed())?;
    }
    if roots.is_empty() {
        return Err(failed());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| StoreError::unusable("the program's TLS has no version that it may use"))?;
    Ok(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// Why a server was not taken for the one that it should be, where that is why.
pub(super) fn refused(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<&'static str> {
    let Error::InvalidCertificate(why) = error.downcast_ref::<Error>()? else { return None };
    Some(match why {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "PostgreSQL's certificate is of another name than the address: write the name that is in it, or look who answers there"
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "PostgreSQL's certificate is from none of the authorities in the file of sslrootcert: look who answers there"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "PostgreSQL's certificate has expired: give the server a new one"
        }
        _ => "PostgreSQL's certificate does not prove who the server is: look who answers there",
    })
}
