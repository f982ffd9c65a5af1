//! TLS (RFC 8446, RFC 5246) by rustls, from files.

use crate::config::{TlsFiles, TlsVersion, Upstream};
use rustls::client::danger::ServerCertVerifier as _;
use rustls::client::{ClientConfig, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use rustls::{AlertDescription, CertificateError, RootCertStore, SupportedProtocolVersion, version};
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What is spoken on a listener.
///
/// # Errors
/// A file cannot be read or is none of those, and which one.
pub(crate) fn server(files: &TlsFiles, http2: bool) -> Result<Arc<ServerConfig>, String> {
    let TlsFiles { certificate, key, client_authority, minimum } = files;
    let chain = certificates(certificate)?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, error))?;
    let builder = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(versions(*minimum))
        .map_err(|error| wrong(certificate, error))?;
    let builder = match client_authority {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let roots = Arc::new(roots(authority)?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider()).build();
            builder.with_client_cert_verifier(verifier.map_err(|error| wrong(authority, error))?)
        }
    };
    let mut config = builder.with_single_cert(chain, secret).map_err(|error| wrong(certificate, error))?;
    config.alpn_protocols = protocols(http2);
    Ok(Arc::new(config))
}

/// What is spoken as a host that is looked into.
///
/// # Errors
/// The key is not the certificate's.
pub(crate) fn of_host(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, String> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(versions(TlsVersion::default()))
        .map_err(|error| error.to_string())?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key).map_err(|error| error.to_string())?;
    config.alpn_protocols = protocols(true);
    Ok(Arc::new(config))
}

/// Whether whoever trusts `authorities` takes a certificate for that of `host`.
///
/// # Errors
/// Why not, in words.
pub(crate) fn vouches(
    authorities: Vec<CertificateDer<'static>>,
    leaf: &CertificateDer<'_>,
    host: &str,
) -> Result<(), &'static str> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority).map_err(|_| "the authority's certificate cannot be used")?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    let verifier = verifier.map_err(|_| "the authority's certificate cannot be used")?;
    let name = ServerName::try_from(host.trim_matches(['[', ']'])).map_err(|_| "no certificate can name it")?;
    match verifier.verify_server_cert(leaf, &[], &name, &[], UnixTime::now()) {
        Ok(_) => Ok(()),
        Err(rustls::Error::InvalidCertificate(CertificateError::BadSignature | CertificateError::UnknownIssuer)) => {
            Err("the key is not that of the authority's certificate")
        }
        Err(rustls::Error::InvalidCertificate(error)) => Err(certificate_fault(&error)),
        Err(_) => Err("the authority may not sign for it"),
    }
}

/// What is spoken with an upstream.
///
/// # Errors
/// A file cannot be read or is none of those, or this machine trusts nobody.
pub(crate) fn client(upstream: &Upstream) -> Result<ClientConfig, String> {
    let roots = match &upstream.authority_file {
        Some(path) => roots(path)?,
        None => machine_roots()?,
    };
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(versions(upstream.minimum))
        .map_err(|error| error.to_string())?;
    let builder = builder.with_root_certificates(roots);
    let mut config = match &upstream.client {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, error))?;
            let chain = certificates(certificate)?;
            builder.with_client_auth_cert(chain, secret).map_err(|error| wrong(certificate, error))?
        }
    };
    config.alpn_protocols = protocols(upstream.http2);
    Ok(config)
}

/// Why a handshake failed, in words of this program: those of the library may quote a certificate, in which a person may be named.
pub(crate) fn fault(error: &io::Error) -> &'static str {
    let fault = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    match fault {
        Some(rustls::Error::InvalidCertificate(error)) => certificate_fault(error),
        Some(rustls::Error::NoCertificatesPresented) => "no certificate was shown",
        Some(rustls::Error::AlertReceived(AlertDescription::UnknownCA | AlertDescription::BadCertificate)) => {
            "the other end does not trust the certificate: give it the authority's, such as that of [forward]"
        }
        Some(rustls::Error::AlertReceived(_)) => "the other end broke the handshake of TLS off by an alert",
        Some(rustls::Error::InvalidMessage(_)) => "what came is no TLS",
        Some(rustls::Error::PeerIncompatible(_)) => "no version of TLS or cipher suite is common to both ends",
        Some(_) => "the handshake of TLS failed",
        None => "the connection broke off during the handshake of TLS",
    }
}

fn certificate_fault(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is not valid for this name"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has run out",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the certificate is of an authority that is not trusted here"
        }
        CertificateError::Revoked => "the certificate was revoked",
        _ => "the certificate is not valid",
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn versions(minimum: TlsVersion) -> &'static [&'static SupportedProtocolVersion] {
    static BOTH: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];
    let only_newer = &BOTH[..1];
    match minimum {
        TlsVersion::V1_2 => &BOTH,
        TlsVersion::V1_3 => only_newer,
    }
}

fn protocols(http2: bool) -> Vec<Vec<u8>> {
    let both = [b"h2".to_vec(), b"http/1.1".to_vec()];
    both.into_iter().skip(usize::from(!http2)).collect()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path).map_err(|error| wrong(path, error))?;
    let all: Vec<_> = read.collect::<Result<_, _>>().map_err(|error| wrong(path, error))?;
    if all.is_empty() { Err(wrong(path, "there is no certificate in it")) } else { Ok(all) }
}

fn roots(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|error| wrong(path, error))?;
    }
    Ok(roots)
}

fn machine_roots() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    // What cannot be read of them is left out, as other programs do.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(
            "this machine trusts no authority: install its certificates (ca-certificates), or name the upstream's by \
                    upstream_authority"
                .to_owned(),
        );
    }
    Ok(roots)
}

fn wrong(path: &Path, what: impl Display) -> String {
    format!("{}: {what}", path.display())
}
