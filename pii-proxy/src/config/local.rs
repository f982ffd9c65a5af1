//! The local API: where it listens, and who may ask it for what.

use super::ConfigError;
use super::amount;
use super::file::{Place, Word};
use super::listen::{self, TlsFiles, TlsTable};
use super::route::{self, Route};
use super::upstream::Upstream;
use pii_core::consent::Code;
use pii_store::trail::Name;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where the local API listens, and who may ask it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalAt {
    /// The address. Off the loopback there is TLS on it.
    pub address: SocketAddr,
    /// TLS on it. `None`: in clear.
    pub tls: Option<TlsFiles>,
    /// Who may ask. At least one.
    pub callers: Vec<Caller>,
}

/// A program that may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What it is called, in the names of its messages, in figures and in logs.
    pub name: Name,
    /// How it is known.
    pub known_by: KnownBy,
    /// What it may ask for.
    pub scopes: BTreeSet<Scope>,
    /// How often, in requests a minute.
    pub requests_per_minute: u32,
    /// How much, in bytes of bodies a minute.
    pub bytes_per_minute: usize,
    /// The channels that it may name. Empty: all.
    pub channels: Vec<Name>,
    /// The recipients that it may name. Empty: all, and none.
    pub recipients: Vec<Name>,
}

/// How a caller is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// By a bearer token (RFC 6750), which is in this file.
    Token(PathBuf),
    /// By the certificate that it shows: the SHA-256 of its DER, of one or, while it is being renewed, of several.
    Certificates(Vec<[u8; 32]>),
}

/// What a caller may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// What is found in a message.
    Scan,
    /// A message, masked.
    Mask,
    /// What the policy and the person let pass.
    Decide,
    /// Who agreed to what, and what for data are processed.
    ConsentRead,
    /// To write down that somebody is asked, answers, or takes a consent back.
    ConsentWrite,
}

/// What a caller may ask for in a minute where the configuration does not say.
const USUAL_REQUESTS: u32 = 600;
const USUAL_BYTES: usize = 64 << 20;

/// `[local]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocalTable {
    address: Word,
    tls: Option<TlsTable>,
    #[serde(default)]
    caller: Vec<toml::Spanned<CallerTable>>,
}

/// `[[local.caller]]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallerTable {
    name: Word,
    token_file: Option<PathBuf>,
    #[serde(default)]
    certificates: Vec<Word>,
    scopes: Vec<Word>,
    requests_per_minute: Option<toml::Spanned<u32>>,
    bytes_per_minute: Option<Word>,
    #[serde(default)]
    channels: Vec<Word>,
    #[serde(default)]
    recipients: Vec<Word>,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Scan, Self::Mask, Self::Decide, Self::ConsentRead, Self::ConsentWrite];

    /// The word that stands in configurations and in the OpenAPI document.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Mask => "mask",
            Self::Decide => "decide",
            Self::ConsentRead => "consent:read",
            Self::ConsentWrite => "consent:write",
        }
    }

    fn is_of_consents(self) -> bool {
        matches!(self, Self::ConsentRead | Self::ConsentWrite)
    }
}

impl LocalTable {
    /// `has_consents`: whether there is a ledger that callers could ask.
    pub(super) fn check(self, place: Place<'_>, has_consents: bool) -> Result<LocalAt, ConfigError> {
        let at = self.address.span().start;
        let address = listen::address(&self.address, place)?;
        let tls = self.tls.map(TlsFiles::from);
        if self.caller.is_empty() {
            return Err(
                place.error(at, "this would answer nobody: write [[local.caller]] for each program that may ask")
            );
        }
        if tls.is_none() && !address.ip().is_loopback() {
            return Err(place.error(
                at,
                "off the loopback bodies and tokens would travel in clear: listen on 127.0.0.1, or write tls = { … }",
            ));
        }
        let shows_certificates = tls.as_ref().is_some_and(|tls| tls.client_authority.is_some());
        let (mut callers, mut names) = (Vec::new(), BTreeSet::new());
        for table in self.caller {
            let at = table.span().start;
            let caller = table.into_inner().check(place, at)?;
            let is_by_certificate = matches!(caller.known_by, KnownBy::Certificates(_));
            if is_by_certificate && !shows_certificates {
                return Err(
                    place.error(at, "nobody is asked for a certificate: name the client_authority in [local] tls")
                );
            }
            if !has_consents && caller.scopes.iter().any(|scope| scope.is_of_consents()) {
                return Err(place
                    .error(at, "there is no ledger to ask: write [consents] store = \"…\", or leave the scope out"));
            }
            if !names.insert(caller.name.clone()) {
                return Err(place.error(at, format!("two callers are called {:?}", caller.name.as_str())));
            }
            callers.push(caller);
        }
        Ok(LocalAt { address, tls, callers })
    }
}

impl CallerTable {
    fn check(self, place: Place<'_>, at: usize) -> Result<Caller, ConfigError> {
        let certificates: Vec<_> =
            self.certificates.iter().map(|word| fingerprint(word, place)).collect::<Result<_, _>>()?;
        let known_by = match (self.token_file, certificates.is_empty()) {
            (Some(file), true) => KnownBy::Token(file),
            (None, false) => KnownBy::Certificates(certificates),
            _ => return Err(place.error(at, "say how this caller is known: by a token_file, or by its certificates")),
        };
        let scopes: BTreeSet<_> = self.scopes.iter().map(|word| scope(word, place)).collect::<Result<_, _>>()?;
        if scopes.is_empty() {
            return Err(place.error(at, "this caller may ask for nothing: name its scopes"));
        }
        let name = route::name(&self.name, place)?;
        // The ledger keeps who wrote into it, and has a stricter spelling.
        if Code::new(name.as_str()).is_none() && scopes.contains(&Scope::ConsentWrite) {
            return Err(place.error(
                self.name.span().start,
                "the ledger knows who writes by small letters, digits and any of _ - . alone: spell this caller so",
            ));
        }
        let requests_per_minute = match self.requests_per_minute {
            None => USUAL_REQUESTS,
            Some(written) if *written.get_ref() == 0 => {
                return Err(place.error(written.span().start, "0 would let nothing through: write a number from 1"));
            }
            Some(written) => written.into_inner(),
        };
        let bytes = self.bytes_per_minute.as_ref();
        let names = |words: &[Word]| words.iter().map(|word| route::name(word, place)).collect::<Result<_, _>>();
        Ok(Caller {
            name,
            known_by,
            scopes,
            requests_per_minute,
            bytes_per_minute: bytes.map_or(Ok(USUAL_BYTES), |word| amount::bytes(word, place))?,
            channels: names(&self.channels)?,
            recipients: names(&self.recipients)?,
        })
    }
}

fn scope(word: &Word, place: Place<'_>) -> Result<Scope, ConfigError> {
    Scope::ALL.into_iter().find(|scope| scope.word() == word.get_ref()).ok_or_else(|| {
        let words = Scope::ALL.map(Scope::word).join(", ");
        place.error(word.span().start, format!("there is no such scope: write any of {words}"))
    })
}

/// 64 hexadecimal digits, with or without colons, as `openssl x509 -fingerprint -sha256` prints them.
fn fingerprint(word: &Word, place: Place<'_>) -> Result<[u8; 32], ConfigError> {
    let digits: Vec<u8> = word.get_ref().bytes().filter(|byte| *byte != b':').collect();
    let read = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let is_hex = digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit);
    let bytes: Option<Vec<u8>> = is_hex.then(|| digits.chunks(2).map(read).collect()).flatten();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        place.error(
            word.span().start,
            "write the SHA-256 fingerprint of the client's certificate, as `openssl x509 -noout -fingerprint -sha256` prints it",
        )
    })
}

/// What holds for a message that a caller asks about by its channel: all but that is as on a route of which the configuration says no
/// more. Nothing is sent, so its upstream is nobody's.
pub(crate) fn route_of_flow(channel: Name, recipient: Option<Name>, purpose: Option<Name>, body_bytes: usize) -> Route {
    let nowhere = Upstream::parse("http://localhost").expect("a scheme and a host");
    let name = Name::new("local").expect("letters");
    Route { name, recipient, purpose, body_bytes, ..Route::plain(nowhere, channel) }
}
