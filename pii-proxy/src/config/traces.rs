//! Where traces go.

use super::ConfigError;
use super::file::{Place, Word};
use hyper::Uri;
use serde::Deserialize;
use std::path::PathBuf;

/// Where traces go.
#[derive(Clone, Debug, PartialEq)]
pub struct TracesAt {
    /// The address of a collector of OpenTelemetry, with its path.
    pub endpoint: String,
    /// The authority that signed its certificate, PEM. `None`: in clear.
    pub authority: Option<PathBuf>,
    /// Of how many messages, from 0 to 1. Whoever says that theirs are traced has them traced.
    pub share: f64,
}

/// `[traces]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TracesTable {
    endpoint: Word,
    authority: Option<PathBuf>,
    share: Option<toml::Spanned<f64>>,
}

/// One of a hundred tells where time goes, and costs nothing that shows.
const USUAL_SHARE: f64 = 0.01;

impl TracesTable {
    pub(super) fn check(self, place: Place<'_>) -> Result<TracesAt, ConfigError> {
        let endpoint = self.endpoint.get_ref().clone();
        let wrong = |what: &str| place.error(self.endpoint.span().start, what);
        let uri: Option<Uri> = endpoint.parse().ok();
        let uri = uri.filter(|uri| uri.authority().is_some_and(|authority| !authority.as_str().contains('@')));
        let uri =
            uri.ok_or_else(|| wrong("write the address of a collector, such as \"http://127.0.0.1:4318/v1/traces\""))?;
        match (uri.scheme_str(), &self.authority) {
            (Some("http"), None) | (Some("https"), Some(_)) => {}
            (Some("https"), None) => {
                return Err(wrong("name by `authority` the certificate of the authority that signed the collector's"));
            }
            _ => return Err(wrong("write http://… without an authority, or https://… with one")),
        }
        let share = match self.share {
            None => USUAL_SHARE,
            Some(share) if (0.0..=1.0).contains(share.get_ref()) => *share.get_ref(),
            Some(share) => return Err(place.error(share.span().start, "write a share from 0.0 to 1.0")),
        };
        Ok(TracesAt { endpoint, authority: self.authority, share })
    }
}
