//! Telephone numbers of mainland China: mobile prefixes and area codes.
//!
//! New prefixes are given out every year and a list is always behind, so a prefix speaks for a number, never against it.

use super::digits;
use super::verdict::Verdict;

const AREA_CODES: &str = include_str!("../../data/area_codes.txt");

/// The second and third digits of mobile numbers in use (operators' announcements, read 2026-11-23): bit `n` of the
/// entry for the second digit stands for the third digit `n`.
const MOBILE_PREFIXES: [u16; 10] = {
    let mut prefixes = [0; 10];
    prefixes[3] = 0b11_1111_1111; // 130 to 139
    prefixes[4] = 0b11_1111_0011; // no 142 and 143
    prefixes[5] = 0b11_1110_1111; // no 154
    prefixes[6] = 0b00_1110_0100; // 162, 165, 166, 167
    prefixes[7] = 0b01_1111_1111; // no 179
    prefixes[8] = 0b11_1111_1111;
    prefixes[9] = 0b11_1110_1111; // no 194
    prefixes
};

/// Eleven digits, without the country code: a known prefix is [`Verdict::Valid`], any other from 13 to 19 is
/// [`Verdict::Likely`].
#[must_use]
pub fn mobile(value: &[u8]) -> Verdict {
    match value {
        &[b'1', second @ b'3'..=b'9', third @ b'0'..=b'9', ref rest @ ..] if rest.len() == 8 && digits::all(rest) => {
            if is_known_prefix(second - b'0', third - b'0') {
                Verdict::Valid
            } else {
                Verdict::Likely
            }
        }
        _ => Verdict::Invalid,
    }
}

/// Whether numbers that begin with 1, `second`, `third` are in use.
pub(crate) fn is_known_prefix(second: u8, third: u8) -> bool {
    third < 10 && MOBILE_PREFIXES.get(usize::from(second)).is_some_and(|thirds| thirds >> third & 1 == 1)
}

/// Digits from the area code's 0 on. A known area code and a local number of the length that it has there are
/// [`Verdict::Valid`]; other numbers of that form are [`Verdict::Likely`].
///
/// Local numbers begin with 2 to 8. Up to six more digits are an extension, which makes a number likely at most.
#[must_use]
pub fn landline(value: &[u8]) -> Verdict {
    let area_digits = match value {
        [b'0', b'1' | b'2', ..] => 3,
        [b'0', b'3'..=b'9', ..] => 4,
        _ => return Verdict::Invalid,
    };
    let (Some(area), Some(local)) = (value.get(..area_digits), value.get(area_digits..)) else {
        return Verdict::Invalid;
    };
    if !digits::all(value) || !matches!(local.first(), Some(b'2'..=b'8')) || !(7..=14).contains(&local.len()) {
        return Verdict::Invalid;
    }
    // All cities with a short area code (Beijing, Shanghai, Guangzhou ...) have had eight digits since 2005.
    let usual_length = if area_digits == 3 { local.len() == 8 } else { local.len() <= 8 };
    match (is_area_code(area), usual_length) {
        (true, true) => Verdict::Valid,
        (true, false) => Verdict::Likely,
        (false, _) if is_area_code_form(area) && local.len() <= 8 => Verdict::Likely,
        (false, _) => Verdict::Invalid,
    }
}

fn is_area_code(area: &[u8]) -> bool {
    // The list is sorted, but it has 324 entries only, and few numbers come this far.
    AREA_CODES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .any(|line| line.split(' ').any(|known| known.as_bytes() == area))
}

/// The numbering plan's form: 010, 02X (026 is kept for trials), and four digits from 03XX on.
fn is_area_code_form(area: &[u8]) -> bool {
    matches!(area, b"010" | [b'0', b'2', b'0'..=b'5' | b'7'..=b'9'] | [b'0', b'3'..=b'9', _, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_prefix_never_rejects() {
        let table: &[(&[u8], Verdict)] = &[
            (b"13000000000", Verdict::Valid),
            (b"14100000000", Verdict::Valid),
            (b"17400000000", Verdict::Valid),
            (b"19200000000", Verdict::Valid),
            (b"15400000000", Verdict::Likely),
            (b"19400000000", Verdict::Likely),
            (b"16000000000", Verdict::Likely),
            (b"17900000000", Verdict::Likely),
            (b"12000000000", Verdict::Invalid),
            (b"1300000000", Verdict::Invalid),
            (b"130000000000", Verdict::Invalid),
            (b"1300000000A", Verdict::Invalid),
            (b"", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(mobile(value), *verdict, "{}", value.escape_ascii());
        }
        assert_eq!(MOBILE_PREFIXES.iter().map(|thirds| thirds.count_ones()).sum::<u32>(), 59);
    }

    #[test]
    fn area_codes_and_local_numbers() {
        let table: &[(&[u8], Verdict)] = &[
            (b"01060000000", Verdict::Valid),
            (b"075520000000", Verdict::Valid),
            (b"04312000000", Verdict::Valid),
            (b"02160000000", Verdict::Valid),
            (b"021600000008001", Verdict::Likely),
            (b"0216000000", Verdict::Likely),
            (b"09992000000", Verdict::Valid),
            (b"03002000000", Verdict::Likely),
            (b"030020000000123", Verdict::Invalid),
            (b"01000000000", Verdict::Invalid),
            (b"00112000000", Verdict::Invalid),
            (b"0100000001", Verdict::Invalid),
            (b"02660000000", Verdict::Invalid),
            (b"0431200000", Verdict::Invalid),
            (b"0431200000X", Verdict::Invalid),
            (b"0", Verdict::Invalid),
            (b"031", Verdict::Invalid),
            (b"", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(landline(value), *verdict, "{}", value.escape_ascii());
        }
        let listed = AREA_CODES.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(' '));
        assert_eq!(listed.filter(|code| is_area_code_form(code.as_bytes())).count(), 324);
    }
}
