//! A server that takes heads by HTTP: `POST` of a JSON array, any status of success.

use super::{PATIENCE, Witness};
use crate::trail::TrailError;
use crate::trail::head::Head;
use std::fmt;
use ureq::Agent;
use ureq::http::Uri;

/// Posts heads to an address.
pub struct HttpWitness {
    address: String,
    /// What is told of it: without a query, which may hold a password.
    shown: String,
    agent: Agent,
}

impl HttpWitness {
    /// A server at `http://…`. Heads are signed, so who reads or delays them on the way can change nothing in them; who must
    /// not know how much a firm sends is kept out by TLS.
    ///
    /// # Errors
    /// The address is none, or has a user in it; heads would go through a proxy otherwise than it says.
    pub fn new(address: &str) -> Result<Self, TrailError> {
        let uri = checked(address)?;
        if uri.scheme_str() != Some("http") {
            return Err(TrailError::unusable("a witness without TLS: write http://HOST:PORT/PATH"));
        }
        Ok(Self { address: address.to_owned(), shown: shown(&uri), agent: config().build().into() })
    }

    /// A server at `https://…` whose certificate this authority signed.
    ///
    /// # Errors
    /// As [`HttpWitness::new`], or there is no certificate in `authority_pem`.
    #[cfg(feature = "tls")]
    pub fn with_authority(address: &str, authority_pem: &[u8]) -> Result<Self, TrailError> {
        use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
        let uri = checked(address)?;
        if uri.scheme_str() != Some("https") {
            return Err(TrailError::unusable("a witness with TLS: write https://HOST:PORT/PATH"));
        }
        let wrong =
            || TrailError::unusable("a witness needs the certificate of the authority that signed its own, in PEM");
        let certificate = |item| match item {
            Ok(PemItem::Certificate(certificate)) => Ok(certificate),
            _ => Err(wrong()),
        };
        let certificates = parse_pem(authority_pem).map(certificate).collect::<Result<Vec<_>, _>>()?;
        if certificates.is_empty() {
            return Err(wrong());
        }
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let roots = RootCerts::new_with_certs(&certificates);
        let tls = TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
        Ok(Self { address: address.to_owned(), shown: shown(&uri), agent: config().tls_config(tls).build().into() })
    }
}

/// Its scheme, host and path.
fn shown(uri: &Uri) -> String {
    let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let authority = uri.authority().map(|authority| authority.as_str());
    format!("{}://{}{}", part(uri.scheme_str()), part(authority), uri.path())
}

fn config() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    // No redirects: heads go where they are told to. No proxy out of the environment, for the same reason.
    Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).proxy(None)
}

fn checked(address: &str) -> Result<Uri, TrailError> {
    let wrong = || TrailError::unusable("the address of a witness: write http://HOST:PORT/PATH, without a user");
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    let is_plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if is_plain { Ok(uri) } else { Err(wrong()) }
}

impl Witness for HttpWitness {
    fn send(&mut self, heads: &[Head]) -> Result<(), TrailError> {
        let lines: Vec<String> = heads.iter().map(Head::to_line).collect();
        let body = format!("[{}]", lines.join(","));
        let posted = self.agent.post(&self.address).header("Content-Type", "application/json").send(body.as_bytes());
        match posted {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => {
                Err(TrailError::unusable(format!("the witness at {} answers with {}", self.shown, answer.status())))
            }
            Err(error) => {
                // It may quote the address.
                let error = error.to_string().replace(&self.address, &self.shown);
                Err(TrailError::unusable(format!("the witness at {} does not answer: {error}", self.shown)))
            }
        }
    }
}

impl fmt::Debug for HttpWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpWitness({})", self.shown)
    }
}
