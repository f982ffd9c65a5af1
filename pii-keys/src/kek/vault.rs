//! A key-encryption key that stays in a HashiCorp Vault: its transit engine encrypts and decrypts.

use super::{Kek, PROTECTED_LIMIT_BYTES};
use crate::KekError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pii_core::key::{Described, Entropy, Secret, Suite};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Uri;
use zeroize::Zeroizing;

/// How long one request may take in all. A keyring is opened at a start, not for every message.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest question: what is protected, and names around it.
const QUESTION_LIMIT_BYTES: usize = PROTECTED_LIMIT_BYTES + 1024;

/// The longest answer that is read, in bytes.
const ANSWER_LIMIT_BYTES: u64 = 64 << 10;

/// Bound to what is encrypted, so that a key that also serves others decrypts nothing of theirs here. Keys of the transit
/// engine with associated data: `aes256-gcm96`, which is its default, `aes128-gcm96` and `chacha20-poly1305`.
const ASSOCIATED_DATA: &[u8] = b"pii keyring 1";

/// Where a Vault's key is.
pub struct VaultTransit {
    /// `https://vault.example:8200`. Without TLS only on this machine, where a Vault Agent listens.
    pub address: String,
    /// The path that the transit engine is mounted at; `transit` where nobody changed it.
    pub mount: String,
    /// The key's name.
    pub key: String,
    /// The namespace, where the Vault has such.
    pub namespace: Option<String>,
    /// The certificate of the authority that signed the Vault's, in PEM. Needed with `https`: a firm's Vault has a
    /// certificate of the firm's own authority, and no public one should be able to stand in for it.
    pub authority_pem: Option<Vec<u8>>,
    /// A token that may `update` `encrypt/KEY` and `decrypt/KEY`, and nothing else.
    pub token: Secret,
}

/// A key in a Vault.
pub struct Vault {
    at: VaultTransit,
    client: Agent,
}

#[derive(Serialize)]
struct Question<'q> {
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext: Option<&'q str>,
    associated_data: &'q str,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    ciphertext: Option<&'a str>,
    #[serde(borrow, default)]
    plaintext: Option<&'a str>,
}

impl Vault {
    /// Takes the address of a key. Nothing is asked yet.
    ///
    /// # Errors
    /// The address is none that a token may be sent to, or a name is none.
    pub fn new(at: VaultTransit) -> Result<Self, KekError> {
        check_address(&at.address)?;
        if !is_path(&at.mount) || !is_path(&at.key) || at.key.contains('/') {
            return Err(KekError::written("a mount or key of a Vault is made of letters, digits, `-`, `_` and `.`"));
        }
        // A redirect would carry the token to wherever it leads.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .proxy(None);
        #[cfg(feature = "tls")]
        let config = match at.address.starts_with("https:") {
            true => config.https_only(true).tls_config(tls(at.authority_pem.as_deref())?),
            false => config,
        };
        Ok(Self { at, client: config.build().new_agent() })
    }

    fn ask(&self, act: &str, question: &Question<'_>) -> Result<Zeroizing<Vec<u8>>, KekError> {
        let address = self.at.address.trim_end_matches('/');
        let url = format!("{address}/v1/{}/{act}/{}", self.at.mount, self.at.key);
        // Longer than any question, because a vector that grows leaves bytes behind.
        let mut body = Zeroizing::new(Vec::with_capacity(QUESTION_LIMIT_BYTES));
        serde_json::to_writer(&mut *body, question).map_err(|_| self.strange())?;
        let token = std::str::from_utf8(self.at.token.expose())
            .map_err(|_| KekError::written("the token of the Vault is no text"))?;
        let mut request = self.client.post(url).content_type("application/json").header("X-Vault-Token", token);
        if let Some(namespace) = &self.at.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        let mut answer = request.send(&body[..]).map_err(|error| self.unreachable(&error))?;
        let status = answer.status().as_u16();
        let limited = answer.body_mut().with_config().limit(ANSWER_LIMIT_BYTES);
        let read = limited.read_to_vec().map(Zeroizing::new).map_err(|error| self.unreachable(&error))?;
        match status {
            200 => Ok(read),
            // What it says may hold what it was asked: only the number is passed on.
            400 if act == "decrypt" => Err(KekError::unopened()),
            403 => {
                Err(KekError::refused(format!("the Vault at {address} refuses the token: it must be allowed {act}")))
            }
            404 => Err(KekError::refused(format!("the Vault at {address} has no transit key {:?}", self.at.key))),
            429 | 500..=599 => {
                Err(KekError::unreachable(format!("the Vault at {address} is sealed or overloaded (status {status})")))
            }
            _ => Err(KekError::refused(format!("the Vault at {address} answers with status {status}"))),
        }
    }

    fn unreachable(&self, error: &ureq::Error) -> KekError {
        KekError::unreachable(format!("the Vault at {} does not answer: {error}", self.at.address))
    }

    fn strange(&self) -> KekError {
        KekError::refused(format!("the Vault at {} does not answer as a transit engine does", self.at.address))
    }
}

impl Kek for Vault {
    fn provider(&self) -> &'static str {
        "vault"
    }

    fn described(&self, _: Suite) -> Vec<Described> {
        vec![Described { name: "AES-256-GCM", standard: "NIST SP 800-38D, in a Vault", is_commercial: false }]
    }

    fn protect(&self, _: Suite, root: &Secret, _: &mut dyn Entropy) -> Result<Vec<u8>, KekError> {
        let plaintext = Zeroizing::new(STANDARD.encode(root.expose()));
        let associated_data = STANDARD.encode(ASSOCIATED_DATA);
        let question = Question { plaintext: Some(&plaintext), ciphertext: None, associated_data: &associated_data };
        let answer = self.ask("encrypt", &question)?;
        let answer: Answer<'_> = serde_json::from_slice(&answer).map_err(|_| self.strange())?;
        let is_right = |text: &&str| text.starts_with("vault:v") && text.len() <= PROTECTED_LIMIT_BYTES;
        let ciphertext = answer.data.ciphertext.filter(is_right).ok_or_else(|| self.strange())?;
        Ok(ciphertext.as_bytes().to_vec())
    }

    fn recover(&self, _: Suite, protected: &[u8]) -> Result<Secret, KekError> {
        let ciphertext = std::str::from_utf8(protected).map_err(|_| KekError::unopened())?;
        let associated_data = STANDARD.encode(ASSOCIATED_DATA);
        let question = Question { plaintext: None, ciphertext: Some(ciphertext), associated_data: &associated_data };
        let answer = self.ask("decrypt", &question)?;
        let answer: Answer<'_> = serde_json::from_slice(&answer).map_err(|_| self.strange())?;
        let plaintext = answer.data.plaintext.ok_or_else(|| self.strange())?;
        // `decode` sizes its vector for the whole at once, so nothing of it is left behind.
        STANDARD.decode(plaintext).map(Secret::new).map_err(|_| self.strange())
    }
}

/// TLS with a Vault whose certificate one authority signed.
#[cfg(feature = "tls")]
fn tls(authority_pem: Option<&[u8]>) -> Result<ureq::tls::TlsConfig, KekError> {
    use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
    let wrong = || KekError::written("https needs the certificate of the authority that signed the Vault's, in PEM");
    let mut certificates = Vec::new();
    for item in parse_pem(authority_pem.unwrap_or_default()) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            _ => return Err(wrong()),
        }
    }
    if certificates.is_empty() {
        return Err(wrong());
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let roots = RootCerts::new_with_certs(&certificates);
    Ok(TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build())
}

/// A token goes to TLS, or to this machine.
fn check_address(address: &str) -> Result<(), KekError> {
    let wrong = |message: &str| KekError::written(format!("the address of a Vault: {message}"));
    let uri: Uri = address.parse().map_err(|_| wrong("write https://HOST:PORT"))?;
    let host = uri.host().ok_or_else(|| wrong("write https://HOST:PORT"))?;
    if uri.path().len() > 1 || uri.query().is_some() || uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err(wrong("a host and a port, and nothing else"));
    }
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match uri.scheme_str() {
        Some("https") if cfg!(feature = "tls") => Ok(()),
        Some("https") => {
            Err(wrong("this program was built without TLS (feature `tls`): use a Vault Agent on this machine"))
        }
        Some("http") if is_here => Ok(()),
        Some("http") => Err(wrong("a token is sent without TLS only to this machine: write https")),
        _ => Err(wrong("write https://HOST:PORT")),
    }
}

/// Segments of a path that lead where they say: no `..`, nothing to be escaped.
fn is_path(text: &str) -> bool {
    let is_name = |part: &str| {
        let named = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        named && !part.is_empty() && !part.starts_with('.')
    };
    text.split('/').all(is_name)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({}, {}/{})", self.at.address, self.at.mount, self.at.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(address: &str, mount: &str, key: &str) -> Result<Vault, KekError> {
        let token = Secret::copy_of(b"s.token");
        let (address, mount, key) = (address.to_owned(), mount.to_owned(), key.to_owned());
        Vault::new(VaultTransit { address, mount, key, namespace: None, authority_pem: None, token })
    }

    #[test]
    fn a_token_goes_to_tls_or_to_this_machine() {
        for good in ["http://127.0.0.1:8200", "http://localhost:8200/", "http://[::1]:8200"] {
            assert!(vault(good, "transit", "pii").is_ok(), "{good}");
        }
        // Without the feature no TLS, and with it none without an authority.
        assert!(vault("https://vault.example:8200", "transit", "pii").is_err_and(|error| error.is_written_wrong()));
        for bad in [
            "http://vault.example:8200",
            "http://127.0.0.1.example",
            "http://localhost@vault.example",
            "http://127.0.0.1/v1",
            "http://127.0.0.1/?a",
            "ftp://127.0.0.1",
            "127.0.0.1:8200",
            "",
        ] {
            assert!(vault(bad, "transit", "pii").is_err_and(|error| error.is_written_wrong()), "{bad}");
        }
    }

    #[test]
    fn names_are_no_paths() {
        for (mount, key) in
            [("transit", ""), ("", "pii"), ("a/../b", "pii"), ("transit", "a/b"), ("transit", "a?b"), ("transit", "..")]
        {
            assert!(vault("http://127.0.0.1:8200", mount, key).is_err(), "{mount} {key}");
        }
        let made = vault("http://127.0.0.1:8200", "firm/transit", "pii-2").unwrap();
        assert_eq!(format!("{made:?}"), "Vault(http://127.0.0.1:8200, firm/transit/pii-2)");
    }
}
