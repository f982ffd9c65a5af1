//! What may be asked, by which method, and with which scope.

use crate::config::Scope;
use hyper::Method;

/// What may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The OpenAPI document.
    OpenApi,
    /// A message, masked.
    Mask,
    /// What is found in a message.
    Scan,
    /// What the policy and the person let pass.
    Decide,
    /// Somebody is shown a notice and asked.
    Ask,
    /// What somebody agreed to.
    Query,
    /// What sources signed that somebody answered.
    Receipts,
    /// Somebody takes a consent back.
    Withdraw,
    /// What for data are processed.
    Purposes,
    /// One of those.
    Purpose,
}

/// What the path of one purpose begins with.
const PURPOSE: &str = "/v1/purposes/";

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::OpenApi,
        Self::Mask,
        Self::Scan,
        Self::Decide,
        Self::Ask,
        Self::Query,
        Self::Receipts,
        Self::Withdraw,
        Self::Purposes,
        Self::Purpose,
    ];

    /// Its path, as the OpenAPI document writes it.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::OpenApi => "/v1/openapi.json",
            Self::Mask => "/v1/mask",
            Self::Scan => "/v1/scan",
            Self::Decide => "/v1/decide",
            Self::Ask => "/v1/consents",
            Self::Query => "/v1/consents/query",
            Self::Receipts => "/v1/consents/receipts",
            Self::Withdraw => "/v1/consents/withdraw",
            Self::Purposes => "/v1/purposes",
            Self::Purpose => "/v1/purposes/{code}",
        }
    }

    /// Its only method.
    #[must_use]
    pub fn method(self) -> Method {
        match self {
            Self::OpenApi | Self::Purposes | Self::Purpose => Method::GET,
            _ => Method::POST,
        }
    }

    /// What a caller has to have for it. `None`: to be one.
    #[must_use]
    pub fn scope(self) -> Option<Scope> {
        match self {
            Self::OpenApi => None,
            Self::Mask => Some(Scope::Mask),
            Self::Scan => Some(Scope::Scan),
            Self::Decide => Some(Scope::Decide),
            Self::Query | Self::Purposes | Self::Purpose => Some(Scope::ConsentRead),
            Self::Ask | Self::Receipts | Self::Withdraw => Some(Scope::ConsentWrite),
        }
    }

    /// That of a path, and what stands in its place for `{code}`.
    pub(super) fn of(path: &str) -> Option<(Self, &str)> {
        if let Some(code) = path.strip_prefix(PURPOSE) {
            return Some((Self::Purpose, code));
        }
        Self::ALL.into_iter().find(|endpoint| endpoint.path() == path).map(|endpoint| (endpoint, ""))
    }
}
