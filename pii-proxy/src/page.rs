//! The page of the admin listener, and what it asks for: how the proxy is now, and what would become of a message that somebody
//! pastes. Nothing is built for it, and nothing comes from elsewhere.
//!
//! A browser runs on the same machine as much else: what a page of somebody else's could have it ask is refused.

mod state;
mod tried;

pub(crate) use state::state;
pub(crate) use tried::tried;

use crate::http::Own;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY};
use hyper::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use hyper::http::uri::Authority;
use hyper::{Request, Response, Uri};
use std::net::IpAddr;

const HTML: &str = include_str!("page/page.html");
const CSS: &str = include_str!("page/page.css");
const JS: &str = include_str!("page/page.js");

/// Nothing from elsewhere, nothing inline, and in nobody's frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// Which page asks, as browsers say (Fetch Metadata §2).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the page is made of. There is nothing secret in it: what it shows it has to ask for.
pub(crate) fn file(path: &str) -> Option<Response<Own>> {
    let (media_type, text) = match path {
        "/" => ("text/html; charset=utf-8", HTML),
        "/page.css" => ("text/css; charset=utf-8", CSS),
        "/page.js" => ("text/javascript; charset=utf-8", JS),
        _ => return None,
    };
    let mut response = Response::new(Own::from(text));
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ] {
        headers.insert(name, value);
    }
    Some(response)
}

/// Whether a request names this machine as its host. Where no token is asked for, that is what keeps out a page whose own name has
/// been made to point here (DNS rebinding).
pub(crate) fn names_this_machine<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next().and_then(authority);
    let Some(host) = host.filter(|_| hosts.next().is_none()) else { return false };
    let name = host.host();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a request that hands something over comes from the page itself, or from a program that is no browser. JSON is a type
/// that no form can send, and that a script may send to elsewhere only if it is allowed to there.
pub(crate) fn is_from_the_page(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    let origin = headers.get(ORIGIN).map(|origin| origin.to_str().ok().and_then(|text| text.parse::<Uri>().ok()));
    let host = headers.get(HOST).and_then(authority);
    let is_own = |origin: Option<Uri>| {
        origin.and_then(|origin| origin.into_parts().authority).is_some_and(|it| Some(it) == host)
    };
    essence.eq_ignore_ascii_case("application/json")
        && site.is_none_or(|site| site == b"same-origin")
        && origin.is_none_or(is_own)
}

fn authority(value: &HeaderValue) -> Option<Authority> {
    value.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Phase;
    use crate::stop::Why;
    use pii_store::trail::Ending;
    use std::collections::BTreeSet;

    fn request(headers: &[(&'static str, &'static str)]) -> Request<()> {
        let mut request = Request::new(());
        for (name, value) in headers {
            request.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        request
    }

    #[test]
    fn hosts_that_are_this_machine() {
        for (host, is_it) in [
            ("127.0.0.1:9080", true),
            ("localhost:9080", true),
            ("LOCALHOST", true),
            ("[::1]:9080", true),
            ("127.8.8.8", true),
            ("rebound.example:9080", false),
            ("localhost.rebound.example", false),
            ("10.0.0.7:9080", false),
            ("", false),
        ] {
            assert_eq!(names_this_machine(&request(&[("host", host)])), is_it, "{host}");
        }
        assert!(!names_this_machine(&request(&[])));
        assert!(!names_this_machine(&request(&[("host", "localhost"), ("host", "localhost")])));
    }

    #[test]
    fn what_hands_something_over_comes_from_the_page() {
        let json = ("content-type", "application/json; charset=utf-8");
        let host = ("host", "127.0.0.1:9080");
        for (headers, is_it) in [
            (&[json, host][..], true),
            (&[json, host, ("origin", "http://127.0.0.1:9080"), ("sec-fetch-site", "same-origin")], true),
            (&[json, host, ("origin", "http://127.0.0.1:9081")], false),
            (&[json, host, ("origin", "http://other.example")], false),
            (&[json, host, ("origin", "null")], false),
            (&[json, host, ("sec-fetch-site", "cross-site")], false),
            (&[json, host, ("sec-fetch-site", "same-site")], false),
            (&[json, host, ("sec-fetch-site", "none")], false),
            (&[host], false),
            (&[("content-type", "text/plain"), host], false),
            (&[("content-type", "application/x-www-form-urlencoded"), host], false),
        ] {
            assert_eq!(is_from_the_page(request(headers).headers()), is_it, "{headers:?}");
        }
    }

    /// The keys of the words in the script: `name: ["中文", "English"],`.
    fn words() -> BTreeSet<&'static str> {
        let (_, rest) = JS.split_once("const WORDS = {").expect("the words");
        let (table, _) = rest.split_once("\n};").expect("their end");
        let lines = table.lines().filter_map(|line| line.trim().split_once(": [\""));
        lines.map(|(key, _)| key.trim_matches('"')).collect()
    }

    #[test]
    fn each_string_is_there_in_both_languages() {
        let words = words();
        assert!(words.len() > 60, "{words:?}");
        let (_, rest) = JS.split_once("const WORDS = {").expect("the words");
        let (table, _) = rest.split_once("\n};").expect("their end");
        for line in table.lines().filter(|line| line.contains(": [")) {
            assert_eq!(line.matches("\", \"").count(), 1, "{line}");
            let (chinese, _) = line.split_once("\", \"").expect("both");
            assert!(!chinese.is_ascii(), "{line}");
        }
        let named = |text: &'static str, begin: &'static str| {
            text.match_indices(begin).filter_map(move |(at, _)| text[at + begin.len()..].split('"').next())
        };
        for key in named(HTML, "data-t=\"")
            .chain(named(HTML, "data-t-label=\""))
            .chain(named(JS, " t(\""))
            .chain(named(JS, "(t(\""))
        {
            assert!(words.contains(key), "{key}");
        }
        let phases = [Phase::Receive, Phase::Decide, Phase::Record, Phase::Upstream].map(Phase::word);
        for word in Why::ALL.map(Why::word).iter().chain(&Ending::ALL.map(Ending::word)).chain(&phases) {
            assert!(words.contains(word), "the page has no words for {word:?}");
        }
    }

    #[test]
    fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
        for text in [HTML, CSS, JS] {
            assert!(!text.contains("innerHTML") && !text.contains("https:") && !text.contains("@import"));
        }
        assert!(!HTML.contains("<style") && !HTML.contains(" style="), "inline");
        let is_handler =
            |rest: &str| rest.split_once('=').is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase()));
        assert!(!HTML.split(" on").skip(1).any(is_handler), "inline");
        assert_eq!(HTML.matches("<script").count(), 1);
    }
}
