//! A host with or without a port, as `Host` and targets have it.

use std::net::Ipv6Addr;

/// The longest name that DNS has, in bytes (RFC 1035 §2.3.4).
const NAME_BYTES: usize = 255;

/// Whether `bytes` is a host, with a port or without one: a name of letters, digits, `-`, `.`, `_` and `~`, an address of
/// IPv4, or one of IPv6 in brackets. RFC 3986 §3.2.2 allows more in a name (`%`, `,`, `;` and others), which no host has.
pub(super) fn is_host(bytes: &[u8]) -> bool {
    let (host, port) = split(bytes);
    let is_name =
        |host: &[u8]| !host.is_empty() && host.len() <= NAME_BYTES && host.iter().all(|byte| is_of_name(*byte));
    let is_good = match host.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")) {
        Some(address) => std::str::from_utf8(address).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok()),
        None => is_name(host),
    };
    is_good && port.is_none_or(is_port)
}

/// Whether `bytes` is a host with a port.
pub(super) fn is_host_with_port(bytes: &[u8]) -> bool {
    split(bytes).1.is_some() && is_host(bytes)
}

/// The host without its port.
pub(super) fn without_port(bytes: &[u8]) -> &[u8] {
    split(bytes).0
}

/// The host, and what stands behind the colon that ends it.
fn split(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    // The colons of an address in brackets are before its end.
    let from = bytes.iter().rposition(|byte| *byte == b']').unwrap_or(0);
    match bytes[from..].iter().position(|byte| *byte == b':') {
        Some(at) => (&bytes[..from + at], Some(&bytes[from + at + 1..])),
        None => (bytes, None),
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_port(digits: &[u8]) -> bool {
    let is_number = (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_number && std::str::from_utf8(digits).is_ok_and(|text| text.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_what_looks_like_one() {
        let good: [&[u8]; 9] = [
            b"a",
            b"gateway.example.com",
            b"gateway:8080",
            b"127.0.0.1:65535",
            b"[::1]",
            b"[2001:db8::1]:443",
            b"sms_gateway",
            b"a:0",
            b"xn--fiqs8s.example",
        ];
        good.iter().for_each(|host| assert!(is_host(host), "{}", host.escape_ascii()));
        let bad: [&[u8]; 20] = [
            b"a:nsfer-Encoding: chunked",
            b"",
            b":80",
            b"a:",
            b"a:65536",
            b"a:000080",
            b"a:+80",
            b"a:8a",
            b"a:80:80",
            b"a b",
            b"a,b",
            b"a/b",
            b"u@a",
            b"a%41",
            b"[::1",
            b"::1",
            b"[]",
            b"[gateway]",
            b"[::1]x",
            b"[::1]]:80",
        ];
        bad.iter().for_each(|host| assert!(!is_host(host), "{}", host.escape_ascii()));
        assert!(!is_host(&[b'a'; NAME_BYTES + 1]) && is_host(&[b'a'; NAME_BYTES]));
    }

    #[test]
    fn a_port_is_behind_the_last_bracket() {
        assert!(is_host_with_port(b"[::1]:443") && !is_host_with_port(b"[::1]") && !is_host_with_port(b"gateway"));
        assert_eq!(without_port(b"[::1]:443"), b"[::1]");
        assert_eq!(without_port(b"gateway"), b"gateway");
    }
}
