//! Headers of the transport's own: credentials and addresses that pass to this upstream, and codings, which say how a body is
//! read. They are held to their shape: under a header's name anything can be written, and what has another shape is searched
//! as every header is.

use hyper::header::HeaderName;
use pii_formats::coding::Codings;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A longer word is no scheme of credentials, in bytes.
const SCHEME_LIMIT_BYTES: usize = 32;

/// So many digits on end may be somebody's number.
const PERSONAL_DIGITS: usize = 11;

/// Whether a header is one of the transport's own, in its shape.
pub(super) fn is_its_own(name: &HeaderName, value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    match name.as_str() {
        "authorization" => are_credentials(text),
        "content-encoding" => Codings::parse(value).is_ok(),
        "forwarded" => text.split([',', ';']).all(is_forwarded_pair),
        "x-forwarded-for" => text.split(',').all(|node| is_node(node.trim())),
        _ => false,
    }
}

/// `scheme token68`, or `scheme name=value, …` (RFC 9110 §11.4). A number alone is no credential that one could keep secret.
fn are_credentials(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim().split_once(' ') else { return false };
    let is_scheme = scheme.len() <= SCHEME_LIMIT_BYTES
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && !scheme.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= PERSONAL_DIGITS);
    is_scheme && (is_token68(rest.trim()) || rest.split(',').all(|parameter| is_parameter(parameter.trim())))
}

fn is_token68(text: &str) -> bool {
    let token = text.trim_end_matches('=');
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    token.bytes().all(is_of_token) && !is_number(token)
}

/// Values of signed interfaces (`Credential=a/b/c`, `SignedHeaders=host;x-date`) have more signs than the RFC lets them.
fn is_parameter(text: &str) -> bool {
    let Some((name, value)) = text.split_once('=') else { return false };
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte));
    is_name && value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') && !is_number(value)
}

/// Whether no letter stands in it, and as many digits as a number of a person's has.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= PERSONAL_DIGITS && !text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// `for=192.0.2.43`, `by="[2001:db8::1]:4711"`, `proto=https` (RFC 7239 §4). A host is a name that somebody made up.
fn is_forwarded_pair(pair: &str) -> bool {
    let Some((name, value)) = pair.trim().split_once('=') else { return false };
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    match name.to_ascii_lowercase().as_str() {
        "for" | "by" => is_node(value),
        "proto" => matches!(value, "http" | "https"),
        _ => false,
    }
}

/// An address, with a port or without, or the word that says that it is not known. An obfuscated identifier (RFC 7239 §6.3) is a
/// word of somebody's.
fn is_node(node: &str) -> bool {
    let in_brackets = || node.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    node == "unknown"
        || node.parse::<IpAddr>().is_ok()
        || node.parse::<SocketAddr>().is_ok()
        || in_brackets().is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_own(name: &'static str, value: &str) -> bool {
        is_its_own(&HeaderName::from_static(name), value.as_bytes())
    }

    #[test]
    fn the_transports_own_is_known_by_its_shape() {
        for (name, value) in [
            ("authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_w"),
            ("authorization", "Basic MTM4MDAxMzgwMDA6MTIzNDU2"),
            ("authorization", "Digest username=\"app\", realm=\"a b\", nc=00000001, uri=\"/x\", response=\"6629fae4\""),
            (
                "authorization",
                "TC3-HMAC-SHA256 Credential=AKIDz8/2026-11-27/sms/tc3_request, SignedHeaders=content-type;host, Signature=10b1",
            ),
            ("authorization", "WSSE realm=\"SDP\",profile=\"UsernameToken\",type=\"Appkey\""),
            ("content-encoding", "gzip, br"),
            ("forwarded", "for=192.0.2.43;proto=https;by=203.0.113.60, for=\"[2001:db8:cafe::17]:4711\""),
            (
                "x-forwarded-for",
                "203.0.113.195, 70.41.3.18:4711,150.172.238.178, [2001:db8::1]:80, 2001:db8::2, unknown",
            ),
        ] {
            assert!(is_own(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn what_has_another_shape_is_searched() {
        for (name, value) in [
            ("authorization", "13800138000"),
            ("authorization", "Bearer 13800138000"),
            ("authorization", "Bearer 138-0013-8000"),
            ("authorization", "X13800138000 abc"),
            ("authorization", "Digest username=\"13800138000\""),
            ("authorization", "手机 13800138000"),
            ("authorization", "Bearer call 13800138000 now"),
            ("content-encoding", "13800138000"),
            ("forwarded", "for=_13800138000"),
            ("forwarded", "for=192.0.2.43;host=13800138000.example"),
            ("x-forwarded-for", "13800138000, 10.0.0.1"),
            ("x-forwarded-for", "10.0.0.1:13800138000"),
            ("x-forwarded-for", ""),
            ("via", "1.1 13800138000"),
            ("x-real-ip", "10.0.0.1"),
        ] {
            assert!(!is_own(name, value), "{name}: {value}");
        }
    }
}
