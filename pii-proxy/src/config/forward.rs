//! Forward mode: which tunnels are ended here and looked into, and which pass unread.

use super::file::{Place, Word};
use super::route::{kind, name};
use super::{ConfigError, Listener, Route};
use hyper::http::uri::Authority;
use pii_core::Kind;
use pii_store::trail::Name;
use serde::Deserialize;
use std::path::PathBuf;

/// The port of a tunnel where none is named.
pub(crate) const HTTPS_PORT: u16 = 443;

/// What becomes of CONNECT on listeners with `forward = true`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardAt {
    /// The authority that signs the certificates of hosts that are looked into, and its key, PEM. `None`: none is.
    pub authority: Option<(PathBuf, PathBuf)>,
    /// Hosts whose TLS is ended here.
    pub intercept: Vec<Target>,
    /// Hosts to which tunnels pass unread.
    pub pass: Vec<PassAt>,
}

/// Hosts that are meant, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name; where `is_below`, what names below it end in.
    pub host: String,
    /// Whether `*.` stands before it.
    pub is_below: bool,
    /// The port.
    pub port: u16,
}

/// A host to which tunnels pass unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassAt {
    /// What it is called, in records and figures.
    pub name: Name,
    /// Where it leads.
    pub target: Target,
    /// The way out, for the policy.
    pub channel: Name,
    /// Who gets what passes.
    pub recipient: Option<Name>,
    /// What for.
    pub purpose: Option<Name>,
    /// What passes in it, by what the firm declares: decided on as if it had been found.
    pub kinds: Vec<Kind>,
    /// Why it passes unread.
    pub why: String,
}

/// `[forward]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForwardTable {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    #[serde(default)]
    intercept: Vec<Word>,
    #[serde(default)]
    pass: Vec<PassTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PassTable {
    name: Word,
    host: Word,
    channel: Word,
    recipient: Option<Word>,
    purpose: Option<Word>,
    #[serde(default)]
    kinds: Vec<Word>,
    why: Word,
}

impl Target {
    /// Whether a tunnel to this host, in small letters, and port is meant.
    #[must_use]
    pub fn is(&self, host: &str, port: u16) -> bool {
        let is_host = if self.is_below {
            host.strip_suffix(self.host.as_str()).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
        } else {
            host == self.host
        };
        is_host && port == self.port
    }

    /// Reads `host`, `host:port` or either behind `*.`.
    fn of(word: &Word, place: Place<'_>) -> Result<Self, ConfigError> {
        let text = word.get_ref().to_ascii_lowercase();
        let (is_below, rest) = text.strip_prefix("*.").map_or((false, text.as_str()), |rest| (true, rest));
        let authority: Option<Authority> = rest.parse().ok();
        let authority = authority.filter(|authority| authority.as_str() == rest && !rest.contains(['@', '*']));
        let authority = authority.ok_or_else(|| {
            let what = "write a host, such as \"sms.example.com\", \"*.partner.example\" or \"partner.example:8443\"";
            place.error(word.span().start, what)
        })?;
        let port = authority.port_u16().unwrap_or(HTTPS_PORT);
        Ok(Self { host: authority.host().to_owned(), is_below, port })
    }
}

impl ForwardTable {
    pub(super) fn check(self, place: Place<'_>, at: usize) -> Result<ForwardAt, ConfigError> {
        let authority = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) if self.intercept.is_empty() => None,
            _ => {
                let what = "hosts are looked into by an authority that signs for them: write certificate and key";
                return Err(place.error(at, what));
            }
        };
        let intercept = self.intercept.iter().map(|word| Target::of(word, place)).collect::<Result<_, _>>()?;
        let pass = self.pass.iter().map(|table| table.check(place)).collect::<Result<_, _>>()?;
        Ok(ForwardAt { authority, intercept, pass })
    }
}

impl PassTable {
    fn check(&self, place: Place<'_>) -> Result<PassAt, ConfigError> {
        if self.why.get_ref().trim().is_empty() {
            return Err(place.error(self.why.span().start, "say by `why` for what nobody looks into these tunnels"));
        }
        let name_of = |word: &Word| name(word, place);
        Ok(PassAt {
            name: name(&self.name, place)?,
            target: Target::of(&self.host, place)?,
            channel: name(&self.channel, place)?,
            recipient: self.recipient.as_ref().map(name_of).transpose()?,
            purpose: self.purpose.as_ref().map(name_of).transpose()?,
            kinds: self.kinds.iter().map(|word| kind(word, place)).collect::<Result<_, _>>()?,
            why: self.why.get_ref().clone(),
        })
    }
}

/// What is looked into needs somebody to listen, and a route.
pub(super) fn check_needs(
    (place, at): (Place<'_>, usize),
    forward: &ForwardAt,
    listeners: &[Listener],
    routes: &[Route],
) -> Result<(), ConfigError> {
    if !listeners.iter().any(|listener| listener.is_forward) {
        return Err(place.error(at, "nobody comes to it: write forward = true under a [[listen]]"));
    }
    let takes = |target: &Target, route: &Route| {
        let hosts = route.matcher.hosts();
        let name = |host: &String| host.split(':').next().unwrap_or_default().to_owned();
        hosts.is_empty()
            || hosts.iter().map(name).any(|host| Target { port: target.port, ..target.clone() }.is(&host, target.port))
    };
    for target in &forward.intercept {
        if !routes.iter().any(|route| takes(target, route)) {
            let host = &target.host;
            return Err(
                place.error(at, format!("no route takes what is sent to {host:?}: write one with hosts = [{host:?}]"))
            );
        }
    }
    Ok(())
}
