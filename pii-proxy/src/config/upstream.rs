//! Where requests go.

use super::listen::TlsVersion;
use hyper::Uri;
use hyper::http::uri::{Authority, Scheme};
use std::path::PathBuf;

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// Host and port.
    pub authority: Authority,
    /// What stands before a request's own path. Empty, or begins with a slash and does not end with one.
    pub base: String,
    /// The authority that signed its certificate, PEM. `None`: those that this machine trusts.
    pub authority_file: Option<PathBuf>,
    /// The certificate that it is shown, and its key, PEM. `None`: none is.
    pub client: Option<(PathBuf, PathBuf)>,
    /// The lowest version of TLS that is spoken with it.
    pub minimum: TlsVersion,
    /// Whether HTTP/2 is spoken: under TLS it is offered, in clear both ends have to know it beforehand.
    pub http2: bool,
}

/// How one is written.
const WRITE: &str = "write an address such as \"https://sms.example.com\" or \"http://10.0.0.5:8080/gateway\"";

impl Upstream {
    /// Reads `https://host:port/base`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| WRITE.to_owned())?;
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else { return Err(WRITE.to_owned()) };
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(WRITE.to_owned());
        }
        if authority.as_str().contains('@') {
            return Err("an address is no place for a password: have the application send it in a header".to_owned());
        }
        let path = parts.path_and_query.as_ref();
        if path.is_some_and(|path| path.query().is_some()) {
            return Err("what follows a question mark is each request's own: write the address without it".to_owned());
        }
        let base = path.map_or("", |path| path.path()).trim_end_matches('/').to_owned();
        let http2 = scheme == Scheme::HTTPS;
        Ok(Self { scheme, authority, base, authority_file: None, client: None, minimum: TlsVersion::default(), http2 })
    }

    /// The address of a request with this path and query.
    ///
    /// `None` where together they are none, which they are.
    pub(crate) fn uri(&self, path_and_query: &str) -> Option<Uri> {
        let path = format!("{}{path_and_query}", self.base);
        Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone()).path_and_query(path).build().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_comes_before_the_path() {
        let uri = |upstream: &str, path: &str| Upstream::parse(upstream).ok()?.uri(path).map(|uri| uri.to_string());
        assert_eq!(uri("http://a.example:81", "/x?y=1").as_deref(), Some("http://a.example:81/x?y=1"));
        assert_eq!(uri("https://a.example/base/", "/x").as_deref(), Some("https://a.example/base/x"));
        for wrong in
            ["a.example", "ftp://a.example", "https://u:p@a.example", "https://a.example/?x=1", "/x", "http://"]
        {
            assert!(Upstream::parse(wrong).is_err(), "{wrong}");
        }
    }
}
