//! The firm's authority: signs a certificate for each host that is looked into, for a few days, with a key that is this process's.

use crate::tls;
use pii_core::policy::Date;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ServerConfig;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// So many hosts' certificates are kept. With more, all are made anew.
const KEPT: usize = 1024;

/// A certificate holds from a day before it was made, for clocks that are slow, to so many days behind it.
const DAYS: i64 = 7;

/// An authority at work.
pub(crate) struct Authority {
    file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, and those above it.
    above: Vec<CertificateDer<'static>>,
    /// The key of all certificates that it signs here.
    key: KeyPair,
    made: Mutex<BTreeMap<String, (Date, Arc<ServerConfig>)>>,
}

impl Authority {
    pub(crate) fn new(certificate: &Path, key: &Path) -> Result<Self, String> {
        let wrong = |file: &Path, what: &str| format!("{}: {what}", file.display());
        let above = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let above = above.map_err(|error| wrong(certificate, &error.to_string()))?;
        let own = above.first().ok_or_else(|| wrong(certificate, "there is no certificate in it"))?;
        let secret = pii_keys::secret_in(key).map_err(|error| error.to_string())?;
        let pem = std::str::from_utf8(secret.expose()).map_err(|_| wrong(key, "this is no key in PEM"))?;
        let signing = KeyPair::from_pem(pem).map_err(|_| wrong(key, "this is no key of PKCS #8 in PEM"))?;
        let issuer = Issuer::from_ca_cert_der(own, signing)
            .map_err(|_| wrong(certificate, "this certificate cannot be read"))?;
        if !issuer.key_usages().contains(&KeyUsagePurpose::KeyCertSign) {
            return Err(wrong(certificate, "this is no authority's: it may not sign certificates (keyCertSign)"));
        }
        let key = KeyPair::generate().map_err(|error| error.to_string())?;
        Ok(Self { file: certificate.to_owned(), issuer, above, key, made: Mutex::default() })
    }

    /// What is spoken as `host`.
    pub(crate) fn server(&self, host: &str, today: Date) -> Result<Arc<ServerConfig>, String> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, config)) = made.get(host).filter(|(day, _)| *day == today) {
            return Ok(Arc::clone(config));
        }
        let leaf = self.leaf(host, today)?;
        let chain = std::iter::once(leaf).chain(self.above.iter().cloned()).collect();
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let config = tls::of_host(chain, secret)?;
        if made.len() >= KEPT {
            made.clear();
        }
        made.insert(host.to_owned(), (today, Arc::clone(&config)));
        Ok(config)
    }

    /// Whether it may sign for a host, and its key is the one of its certificate.
    pub(crate) fn checked(&self, host: &str, today: Date) -> Result<(), String> {
        let leaf = self.leaf(host, today)?;
        let own = self.above.first().cloned().into_iter().collect();
        tls::vouches(own, &leaf, host).map_err(|what| format!("{}: for {host:?}: {what}", self.file.display()))
    }

    fn leaf(&self, host: &str, today: Date) -> Result<CertificateDer<'static>, String> {
        let cannot = |error: rcgen::Error| format!("no certificate can be made for {host:?}: {error}");
        let mut params = CertificateParams::new([host.trim_matches(['[', ']']).to_owned()]).map_err(cannot)?;
        params.distinguished_name.push(DnType::CommonName, host);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let day = |days| today.plus_days(days).unwrap_or(today);
        let (first, last) = (day(-1), day(DAYS));
        params.not_before = rcgen::date_time_ymd(i32::from(first.year()), first.month(), first.day());
        params.not_after = rcgen::date_time_ymd(i32::from(last.year()), last.month(), last.day());
        let signed = params.signed_by(&self.key, &self.issuer).map_err(cannot)?;
        Ok(signed.der().clone())
    }
}
