//! Addresses of devices.
//!
//! **IPv4**: an address stays in its range (private, shared, documentation, public …) and becomes any other of it, one to one.
//! No prefix is kept: two addresses of one network do not come out as neighbours, because a permutation that keeps networks
//! gives a whole network away with the first address that someone knows. An address of the Internet may come out as somebody's
//! own; the ranges for documentation have too few addresses for all.
//!
//! **IPv6**: the scope stays, and of an address of the Internet the first 32 bits, which are its provider's. **MAC**: the
//! first three bytes stay, which are the maker's.

use super::domain::Domains;
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::written::Written;
use crate::check::{Verdict, network};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// IPv4 ranges that are no public addresses (RFC 6890, 5737, 6598, 5771): the first address and how many bits vary.
const RANGES: [([u8; 4], u32); 14] = [
    ([0, 0, 0, 0], 24),
    ([10, 0, 0, 0], 24),
    ([100, 64, 0, 0], 22),
    ([127, 0, 0, 0], 24),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 20),
    ([192, 0, 0, 0], 8),
    ([192, 0, 2, 0], 8),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 17),
    ([198, 51, 100, 0], 8),
    ([203, 0, 113, 0], 8),
    ([224, 0, 0, 0], 28),
    ([240, 0, 0, 0], 28),
];

/// What is kept of an IPv4 address on the Internet, as a number that no range has.
const PUBLIC: u32 = 0xFF;

/// The longest zone with its `%`, as Linux names interfaces; and the most digits in it.
const ZONE_LIMIT_BYTES: usize = 16;
const ZONE_DIGITS: usize = 4;

/// Enciphers an IP address.
///
/// # Errors
/// It is none.
pub(super) fn ip(domains: &Domains, direction: Direction, text: &str) -> Result<String, FpeError> {
    let written = Written::of(text);
    let plain = written.plain();
    if let Ok(address) = plain.parse::<Ipv4Addr>() {
        return ipv4(domains, direction, address).map(|address| written.like(&address.to_string()));
    }
    let (address, zone) = plain.split_at(plain.find('%').unwrap_or(plain.len()));
    // What stays is the name of an interface (RFC 4007, section 11), and nothing that only stands where one could.
    if zone.len() > ZONE_LIMIT_BYTES || zone.bytes().filter(u8::is_ascii_digit).count() > ZONE_DIGITS {
        return Err(not_valid("ip_address"));
    }
    let address_text = address;
    let address: Ipv6Addr = address.parse().map_err(|_| not_valid("ip_address"))?;
    let result = ipv6(domains, direction, address)?;
    let mut text = written_like(address_text, result);
    text.push_str(zone);
    Ok(written.like(&text))
}

fn ipv4(domains: &Domains, direction: Direction, address: Ipv4Addr) -> Result<Ipv4Addr, FpeError> {
    let number = address.to_bits();
    let Some((at, (first, bits))) = (0..).zip(RANGES).find(|(_, range)| range_of(number, *range)) else {
        let domain = domains.of(&[1 << 16, 1 << 16], PUBLIC)?;
        let mut row = [number >> 16, number & 0xFFFF];
        loop {
            // This ends: a permutation leads every address back to itself, and this one is on the Internet.
            domain.run(direction, &mut row)?;
            let other = row[0] << 16 | row[1];
            if !RANGES.iter().any(|range| range_of(other, *range)) {
                return Ok(Ipv4Addr::from_bits(other));
            }
        }
    };
    let mut row = [number & mask(bits)];
    domains.of(&[1 << bits], at)?.run(direction, &mut row)?;
    Ok(Ipv4Addr::from_bits(Ipv4Addr::from(first).to_bits() | row[0]))
}

fn range_of(number: u32, (first, bits): ([u8; 4], u32)) -> bool {
    number & !mask(bits) == Ipv4Addr::from(first).to_bits()
}

fn mask(bits: u32) -> u32 {
    (1_u32 << bits) - 1
}

fn ipv6(domains: &Domains, direction: Direction, address: Ipv6Addr) -> Result<Ipv6Addr, FpeError> {
    let mut groups = address.segments();
    let kept = match groups {
        // IPv4 inside (RFC 4291, 2.5.5.2, and RFC 6052).
        [0, 0, 0, 0, 0, 0xFFFF, high, low] | [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => {
            let inner = Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
            let [a, b, c, d] = ipv4(domains, direction, inner)?.octets();
            [groups[6], groups[7]] = [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])];
            return Ok(Ipv6Addr::from(groups));
        }
        // On one link, all before the interface is fixed.
        [0xFE80..=0xFEBF, ..] => 4,
        // Inside a site, and whatever else there is.
        [0xFC00..=0xFDFF, ..] => 1,
        [0x2000..=0x3FFF, ..] => 2,
        _ => 7,
    };
    let (front, rest) = groups.split_at_mut(kept);
    let front = front.iter().fold(0x8000_u32, |sum, &group| sum.wrapping_mul(31).wrapping_add(u32::from(group)));
    let mut row: Vec<u32> = rest.iter().map(|&group| u32::from(group)).collect();
    let sizes = vec![1 << 16; row.len()];
    domains.of(&sizes, 1 << 23 | front & 0x7F_FFFF)?.run(direction, &mut row)?;
    for (group, number) in rest.iter_mut().zip(row) {
        *group = u16::try_from(number).unwrap_or(0);
    }
    Ok(Ipv6Addr::from(groups))
}

/// An address as another one is written: with all its groups, in capitals, with leading zeros.
fn written_like(other: &str, address: Ipv6Addr) -> String {
    let groups: Vec<&str> = other.split(':').collect();
    let is_whole = groups.len() == 8 && groups.iter().all(|group| !group.is_empty());
    let is_padded = is_whole && groups.iter().all(|group| group.len() == 4);
    let mut text = String::new();
    if is_whole {
        for (at, group) in address.segments().into_iter().enumerate() {
            let separator = if at == 0 { "" } else { ":" };
            // Writing to a string does not fail.
            let _ =
                if is_padded { write!(text, "{separator}{group:04x}") } else { write!(text, "{separator}{group:x}") };
        }
    } else {
        text = address.to_string();
    }
    if other.bytes().any(|b| b.is_ascii_uppercase()) { text.to_ascii_uppercase() } else { text }
}

/// Enciphers a MAC address, written with or without separators.
///
/// # Errors
/// It is none.
pub(super) fn mac(domains: &Domains, direction: Direction, text: &str) -> Result<String, FpeError> {
    let written = Written::of(text);
    let mut plain = written.plain().as_bytes().to_vec();
    let is_small = plain.iter().any(u8::is_ascii_lowercase);
    let places: Vec<usize> = (0..plain.len()).filter(|&at| plain.get(at).is_some_and(u8::is_ascii_hexdigit)).collect();
    let digit = |&at: &usize| plain.get(at).and_then(|&b| char::from(b).to_digit(16));
    let digits: Vec<u32> = places.iter().filter_map(digit).collect();
    let (Some(maker), Some(device), 12) = (digits.get(..6), digits.get(6..), digits.len()) else {
        return Err(not_valid("mac_address"));
    };
    let verdict = network::mac(&plain);
    if verdict == Verdict::Invalid {
        // All zeros, all ones: nobody's, and each the only one of its maker.
        return Err(not_valid("mac_address"));
    }
    let maker = maker.iter().fold(0, |sum, digit| sum << 4 | digit);
    let domain = domains.of(&[16; 6], maker)?;
    let mut row = device.to_vec();
    loop {
        // This ends: a permutation leads every address back to itself.
        domain.run(direction, &mut row)?;
        for (&at, &digit) in places.iter().skip(6).zip(&row) {
            let digit = char::from_digit(digit, 16).and_then(|c| u8::try_from(c).ok()).unwrap_or(b'0');
            if let Some(byte) = plain.get_mut(at) {
                *byte = if is_small { digit } else { digit.to_ascii_uppercase() };
            }
        }
        if network::mac(&plain) == verdict {
            return Ok(written.with(&plain));
        }
    }
}

fn not_valid(kind: &'static str) -> FpeError {
    FpeError::new(Reason::NotValid { kind })
}
