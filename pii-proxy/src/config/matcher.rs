//! Which requests a route takes.

use super::ConfigError;
use super::file::{Place, Word};
use hyper::Method;
use hyper::http::uri::Authority;

/// The methods that are let through (RFC 9110 §9, RFC 5789).
pub(crate) const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// Which requests a route takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    /// Names of hosts in small letters, with a port where they are to have that one. Empty: all.
    hosts: Vec<String>,
    /// The path that they begin with: whole segments.
    path: String,
    /// The methods. Empty: all.
    methods: Vec<Method>,
}

/// How well a matcher fits: one that names the host before one that does not, then the one with the longest path, then one that
/// names the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    names_host: bool,
    path_bytes: usize,
    names_method: bool,
}

impl Matcher {
    /// Takes everything.
    #[must_use]
    pub fn all() -> Self {
        Self { hosts: Vec::new(), path: "/".to_owned(), methods: Vec::new() }
    }

    pub(super) fn check(
        hosts: &[Word],
        path: Option<&Word>,
        methods: &[Word],
        place: Place<'_>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            hosts: hosts.iter().map(|word| host_of(word, place)).collect::<Result<_, _>>()?,
            path: path.map_or(Ok("/".to_owned()), |word| path_of(word, place))?,
            methods: methods.iter().map(|word| method_of(word, place)).collect::<Result<_, _>>()?,
        })
    }

    /// Names of hosts, with a port where they are to have that one. Empty: all.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The path that requests begin with.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How well it fits a request to `host` (in small letters, as the client says it). `None`: not at all.
    pub(crate) fn fits(&self, host: &str, path: &str, method: &Method) -> Option<Fit> {
        let is_host = |named: &String| {
            named == host
                || host.strip_prefix(named.as_str()).is_some_and(|port| port.starts_with(':') && !named.contains(':'))
        };
        let fits = (self.hosts.is_empty() || self.hosts.iter().any(is_host))
            && is_below(path, &self.path)
            && (self.methods.is_empty() || self.methods.contains(method));
        fits.then_some(Fit {
            names_host: !self.hosts.is_empty(),
            path_bytes: self.path.len(),
            names_method: !self.methods.is_empty(),
        })
    }

    /// What it takes, one by one, as far as two routes may not take the same.
    pub(super) fn each(&self) -> Vec<(String, String, String)> {
        let any = |words: Vec<String>| if words.is_empty() { vec![String::new()] } else { words };
        let methods = any(self.methods.iter().map(Method::to_string).collect());
        let hosts = any(self.hosts.clone());
        let pairs = hosts.iter().flat_map(|host| methods.iter().map(move |method| (host.clone(), method.clone())));
        pairs.map(|(host, method)| (host, self.path.clone(), method)).collect()
    }
}

/// Whether `path` is `prefix` or goes on behind a slash.
fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

fn host_of(word: &Word, place: Place<'_>) -> Result<String, ConfigError> {
    let text = word.get_ref().to_ascii_lowercase();
    let authority =
        text.parse::<Authority>().ok().filter(|authority| !text.contains('@') && authority.as_str() == text);
    authority.map(|_| text).ok_or_else(|| {
        place.error(
            word.span().start,
            "write the name of a host as clients say it, such as \"sms.example.com\" or \"127.0.0.1:8080\"",
        )
    })
}

pub(super) fn path_of(word: &Word, place: Place<'_>) -> Result<String, ConfigError> {
    let text = word.get_ref();
    let is_path = text.starts_with('/') && !text.contains(['?', '#', '%', '\\']) && !has_dots(text) && text.is_ascii();
    is_path.then(|| text.clone()).ok_or_else(|| {
        place.error(
            word.span().start,
            "write the beginning of a path, such as \"/v1/sms\", without percent signs and dots",
        )
    })
}

/// Whether a path leads up.
fn has_dots(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

fn method_of(word: &Word, place: Place<'_>) -> Result<Method, ConfigError> {
    METHODS.into_iter().find(|method| method.as_str() == word.get_ref()).ok_or_else(|| {
        place.error(word.span().start, "write a method in capitals: GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(hosts: &[&str], path: &str) -> Matcher {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        Matcher { hosts, path: path.to_owned(), methods: Vec::new() }
    }

    #[test]
    fn whole_segments_and_hosts_with_or_without_a_port() {
        for (hosts, prefix, host, path, fits) in [
            (&[][..], "/", "a.example", "/x", true),
            (&["a.example"], "/v1", "a.example", "/v1", true),
            (&["a.example"], "/v1", "a.example:8080", "/v1/x", true),
            (&["a.example"], "/v1", "a.example", "/v10", false),
            (&["a.example:80"], "/", "a.example", "/", false),
            (&["a.example"], "/", "xa.example", "/", false),
            (&["a.example"], "/", "a.example.evil", "/", false),
        ] {
            assert_eq!(
                matcher(hosts, prefix).fits(host, path, &Method::POST).is_some(),
                fits,
                "{hosts:?} {host}{path}"
            );
        }
    }

    #[test]
    fn the_one_that_says_most_fits_best() {
        let fit = |hosts: &[&str], path: &str| matcher(hosts, path).fits("a.example", "/v1/sms", &Method::POST);
        assert!(fit(&["a.example"], "/") > fit(&[], "/v1/sms"));
        assert!(fit(&[], "/v1") > fit(&[], "/"));
    }
}
