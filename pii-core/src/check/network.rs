//! Network addresses: IPv4, IPv6 (RFC 4291) and MAC.
//!
//! Addresses that name no device of anyone's (loopback, unspecified, multicast, masks) are turned down: they stand in
//! every configuration file and protect nobody.

use super::digits;
use super::verdict::Verdict;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Dotted decimal, as it is written. Private addresses count, because they name a device.
///
/// Four small numbers (`1.2.3.4`, `2.10.0.1`) are a version or a clause as often as an address: [`Verdict::Likely`].
/// 10.0.0.0/8 is too common inside firms for that doubt.
#[must_use]
pub fn ipv4(value: &[u8]) -> Verdict {
    let Some(address) = text(value).and_then(|text| text.parse::<Ipv4Addr>().ok()) else { return Verdict::Invalid };
    let octets = address.octets();
    match octets {
        // This network, loopback, multicast, reserved, broadcast and masks (RFC 6890).
        [0 | 127 | 224.., ..] => Verdict::Invalid,
        [10, ..] => Verdict::Valid,
        _ if octets.iter().all(|&octet| octet < 32) => Verdict::Likely,
        _ => Verdict::Valid,
    }
}

/// Any text form of RFC 4291, in either case, with or without a zone (RFC 4007).
///
/// A compressed form of one or two groups (`AB::CD`, `1::`) is [`Verdict::Likely`]: a C++ or Rust path can look the same.
#[must_use]
pub fn ipv6(value: &[u8]) -> Verdict {
    let address = value.split(|&byte| byte == b'%').next().unwrap_or_default();
    let Some(parsed) = text(address).and_then(|text| text.parse::<Ipv6Addr>().ok()) else { return Verdict::Invalid };
    if parsed.is_loopback() || parsed.is_unspecified() || parsed.is_multicast() {
        return Verdict::Invalid;
    }
    let groups = address.split(|&byte| byte == b':').filter(|group| !group.is_empty()).count();
    if groups < 3 && !address.contains(&b'.') { Verdict::Likely } else { Verdict::Valid }
}

/// Twelve hexadecimal digits, bare or with one kind of separator (`:` or `-` after two, `.` after four).
///
/// Twelve decimal digits without a separator are more often an account: [`Verdict::Likely`].
#[must_use]
pub fn mac(value: &[u8]) -> Verdict {
    let Some(bare) = without_separators(value) else { return Verdict::Invalid };
    if !bare.iter().all(u8::is_ascii_hexdigit) || bare == *b"000000000000" || bare.eq_ignore_ascii_case(b"FFFFFFFFFFFF")
    {
        Verdict::Invalid
    } else if digits::all(value) {
        Verdict::Likely
    } else {
        Verdict::Valid
    }
}

/// An address is never longer than 45 characters, so no long text is looked at.
fn text(value: &[u8]) -> Option<&str> {
    if value.len() > 45 { None } else { str::from_utf8(value).ok() }
}

fn without_separators(value: &[u8]) -> Option<[u8; 12]> {
    let (group, separator) = match value.len() {
        12 => return value.try_into().ok(),
        17 if matches!(value[2], b':' | b'-') => (2, value[2]),
        14 if value[4] == b'.' => (4, b'.'),
        _ => return None,
    };
    let mut bare = [0; 12];
    let mut free = bare.iter_mut();
    for (at, &byte) in value.iter().enumerate() {
        if at % (group + 1) == group {
            if byte != separator {
                return None;
            }
        } else {
            *free.next()? = byte;
        }
    }
    Some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;

    #[test]
    fn addresses_that_name_a_device_pass() {
        let table: &[(Check, &[u8], Verdict)] = &[
            (ipv4, b"203.0.113.7", Verdict::Valid),
            (ipv4, b"192.168.1.1", Verdict::Valid),
            (ipv4, b"10.0.0.1", Verdict::Valid),
            (ipv4, b"1.2.3.4", Verdict::Likely),
            (ipv4, b"127.0.0.1", Verdict::Invalid),
            (ipv4, b"0.0.0.0", Verdict::Invalid),
            (ipv4, b"255.255.255.0", Verdict::Invalid),
            (ipv4, b"255.255.255.255", Verdict::Invalid),
            (ipv4, b"224.0.0.1", Verdict::Invalid),
            (ipv4, b"256.1.1.1", Verdict::Invalid),
            (ipv4, b"01.1.1.1", Verdict::Invalid),
            (ipv4, b"203.0.113", Verdict::Invalid),
            (ipv4, b"203.0.113.7.1", Verdict::Invalid),
            (ipv4, b"", Verdict::Invalid),
            (ipv6, b"2001:DB8::8A2E:370:7334", Verdict::Valid),
            (ipv6, b"2001:0DB8:85A3:0000:0000:8A2E:0370:7334", Verdict::Valid),
            (ipv6, b"FE80::1:2%ETH0", Verdict::Valid),
            (ipv6, b"::FFFF:203.0.113.7", Verdict::Valid),
            (ipv6, b"AB::CD", Verdict::Likely),
            (ipv6, b"::1", Verdict::Invalid),
            (ipv6, b"::", Verdict::Invalid),
            (ipv6, b"FF02::1", Verdict::Invalid),
            (ipv6, b"12:30:45", Verdict::Invalid),
            (ipv6, b"1::2::3", Verdict::Invalid),
            (ipv6, b"2001:DB8::G", Verdict::Invalid),
            (ipv6, b"", Verdict::Invalid),
            (mac, b"00:00:5E:00:53:01", Verdict::Valid),
            (mac, b"00-00-5e-00-53-af", Verdict::Valid),
            (mac, b"0000.5E00.5301", Verdict::Valid),
            (mac, b"00005E005301", Verdict::Valid),
            (mac, b"001234005301", Verdict::Likely),
            (mac, b"00:00:5E-00:53:01", Verdict::Invalid),
            (mac, b"00:00:00:00:00:00", Verdict::Invalid),
            (mac, b"ff-ff-ff-ff-ff-ff", Verdict::Invalid),
            (mac, b"00005E00530", Verdict::Invalid),
            (mac, b"00005E00530G", Verdict::Invalid),
            (mac, b"", Verdict::Invalid),
        ];
        for (check, value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
    }
}
