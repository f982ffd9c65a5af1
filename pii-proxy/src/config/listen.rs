//! Where requests come in.

use super::ConfigError;
use super::file::{Place, Word};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// An address that is listened on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The address.
    pub address: SocketAddr,
    /// TLS on it. `None`: in clear.
    pub tls: Option<TlsFiles>,
    /// Whether HTTP/2 is spoken on it.
    pub http2: bool,
    /// Whether connections are kept for it: which route a request takes is known only once it is connected.
    pub is_critical: bool,
    /// Whether it takes CONNECT: clients use it as their proxy.
    pub is_forward: bool,
}

/// The files of one end of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those above it, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// The authority that signed the certificates which clients have to show, PEM. `None`: they show none.
    pub client_authority: Option<PathBuf>,
    /// The lowest version that is spoken.
    pub minimum: TlsVersion,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum TlsVersion {
    /// RFC 5246.
    #[default]
    #[serde(rename = "1.2")]
    V1_2,
    /// RFC 8446.
    #[serde(rename = "1.3")]
    V1_3,
}

impl Listener {
    /// In clear, HTTP/1.1 and HTTP/2.
    #[must_use]
    pub fn plain(address: SocketAddr) -> Self {
        Self { address, tls: None, http2: true, is_critical: false, is_forward: false }
    }
}

/// `[[listen]]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListenTable {
    address: Word,
    tls: Option<TlsTable>,
    #[serde(default = "yes")]
    http2: bool,
    #[serde(default)]
    critical: bool,
    #[serde(default)]
    forward: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TlsTable {
    certificate: PathBuf,
    key: PathBuf,
    client_authority: Option<PathBuf>,
    #[serde(default)]
    minimum: TlsVersion,
}

impl From<TlsTable> for TlsFiles {
    fn from(TlsTable { certificate, key, client_authority, minimum }: TlsTable) -> Self {
        Self { certificate, key, client_authority, minimum }
    }
}

fn yes() -> bool {
    true
}

impl ListenTable {
    pub(super) fn check(self, place: Place<'_>) -> Result<Listener, ConfigError> {
        let address = address(&self.address, place)?;
        let tls = self.tls.map(TlsFiles::from);
        Ok(Listener { address, tls, http2: self.http2, is_critical: self.critical, is_forward: self.forward })
    }
}

/// Where health, figures and blocks are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminAt {
    /// The address.
    pub address: SocketAddr,
    /// The file that holds the token which whoever asks has to have. `None`: on the loopback alone.
    pub token_file: Option<PathBuf>,
}

/// `[admin]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdminTable {
    address: Word,
    token_file: Option<PathBuf>,
}

impl AdminTable {
    pub(super) fn check(self, place: Place<'_>) -> Result<AdminAt, ConfigError> {
        let address = address(&self.address, place)?;
        if !address.ip().is_loopback() && self.token_file.is_none() {
            return Err(place.error(
                self.address.span().start,
                "whoever can reach this address could ask: listen on 127.0.0.1, or name a token_file",
            ));
        }
        Ok(AdminAt { address, token_file: self.token_file })
    }
}

pub(super) fn address(word: &Word, place: Place<'_>) -> Result<SocketAddr, ConfigError> {
    word.get_ref().parse().map_err(|_| {
        place.error(word.span().start, "write an address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"")
    })
}
