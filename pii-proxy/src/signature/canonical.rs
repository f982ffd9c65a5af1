//! What is signed of a request: the canonical request that SigV4 has and others have taken over, each a little differently.

use crate::config::Scheme;
use crate::percent;
use hyper::HeaderMap;
use hyper::header::HeaderValue;

/// A request as it is signed.
pub(super) struct Signed<'r> {
    pub(super) method: &'r str,
    /// The path as it is written in the request.
    pub(super) path: &'r str,
    pub(super) query: Option<&'r str>,
    pub(super) headers: &'r HeaderMap,
    /// What stands for `Host`.
    pub(super) host: &'r str,
    /// How long its body is, in bytes, and the hash of it.
    pub(super) length: usize,
    pub(super) hash: &'r str,
}

impl Signed<'_> {
    /// The text of it, with the headers of these names.
    pub(super) fn text(&self, scheme: Scheme, names: &[String]) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.method, self.path(scheme), self.query(scheme));
        for name in names {
            let value = self.value(name);
            let value = if scheme == Scheme::Tc3 { value.to_lowercase() } else { value };
            text.push_str(&format!("{name}:{value}\n"));
        }
        text.push_str(&format!("\n{}\n{}", names.join(";"), self.payload(scheme)));
        text
    }

    fn path(&self, scheme: Scheme) -> String {
        match scheme {
            Scheme::Acs3 | Scheme::Tc3 => self.path.to_owned(),
            // What is written is encoded once more, its slashes aside.
            Scheme::Aws4 => {
                self.path.split('/').map(|segment| encoded(segment.as_bytes())).collect::<Vec<_>>().join("/")
            }
            Scheme::Huawei if self.path.ends_with('/') => self.path.to_owned(),
            Scheme::Huawei => format!("{}/", self.path),
        }
    }

    /// Pairs in order, each encoded as RFC 3986 has it.
    fn query(&self, scheme: Scheme) -> String {
        let query = self.query.unwrap_or_default();
        if scheme == Scheme::Tc3 {
            return if self.method == "GET" { query.to_owned() } else { String::new() };
        }
        let mut pairs: Vec<_> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (recoded(scheme, name), recoded(scheme, value)))
            .collect();
        pairs.sort_unstable();
        let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }

    /// The values of a header, trimmed, runs of blanks in them as one.
    fn value(&self, name: &str) -> String {
        if name == "host" {
            return self.host.to_owned();
        }
        if name == "content-length" {
            return self.length.to_string();
        }
        let words = |value: &HeaderValue| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
        };
        self.headers.get_all(name).iter().map(words).collect::<Vec<_>>().join(",")
    }

    fn payload(&self, scheme: Scheme) -> &str {
        let is_unsigned = super::is_unsigned(self.headers) && scheme != Scheme::Acs3;
        if is_unsigned { super::UNSIGNED } else { self.hash }
    }
}

/// Decoded, and encoded in the one way that is signed. SDKs of Alibaba Cloud write a blank as a plus sign, which others do not.
fn recoded(scheme: Scheme, text: &str) -> String {
    let is_blank = |byte, was_coded: bool| byte == b'+' && !was_coded && scheme == Scheme::Acs3;
    let bytes = percent::undone(text.as_bytes(), |byte, was_coded| if is_blank(byte, was_coded) { b' ' } else { byte });
    encoded(&bytes)
}

/// Everything but what RFC 3986 §2.3 calls unreserved.
fn encoded(bytes: &[u8]) -> String {
    percent::coded(bytes, |byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_encoded_in_one_way_and_ordered() {
        let headers = HeaderMap::new();
        let signed = |query| Signed {
            method: "GET",
            path: "/a b",
            query: Some(query),
            headers: &headers,
            host: "h",
            length: 0,
            hash: "",
        };
        assert_eq!(signed("b=2&a=%e4%bd%a0&a-b&a=*~").query(Scheme::Acs3), "a=%2A~&a=%E4%BD%A0&a-b=&b=2");
        assert_eq!(signed("a=1+2").query(Scheme::Acs3), "a=1%202");
        assert_eq!(signed("a=1+2").query(Scheme::Aws4), "a=1%2B2");
        assert_eq!(signed("b=2&a=1").query(Scheme::Tc3), "b=2&a=1");
        assert_eq!(signed("").path(Scheme::Aws4), "/a%20b");
        assert_eq!(signed("").path(Scheme::Huawei), "/a b/");
    }
}
