//! Numbers in scientific notation, as programs write long ones, and whole ones with a point: `1.3800138E+10` and `13800138000.0`
//! are a phone number.

/// Fewer digits are no identifier.
const DIGITS_AT_LEAST: usize = 6;

/// More digits than any identifier has.
const DIGITS_LIMIT: usize = 40;

/// Fewer digits before `.0` are an amount, as far as anybody can tell: identifiers of so many are somebody's by themselves.
const WHOLE_DIGITS_AT_LEAST: usize = 11;

/// Writes the whole number that `written` is in scientific notation (`1.38e10`, `1.10105E+17`), or as programs write one that they
/// hold as a fraction (`13800138000.0`), digit by digit to `out`. `false` when it is none: neither exponent nor `.0`, a fraction
/// left over (`.00` is of money), or fewer or more digits than any identifier has.
pub(super) fn write_out(written: &[u8], out: &mut Vec<u8>) -> bool {
    if let Some(whole) = written.strip_suffix(b".0") {
        let is_long = (WHOLE_DIGITS_AT_LEAST..=DIGITS_LIMIT).contains(&whole.len());
        let is_it = is_long && whole.iter().all(u8::is_ascii_digit);
        out.extend_from_slice(if is_it { whole } else { b"" });
        return is_it;
    }
    let Some(e) = written.iter().position(|b| matches!(b, b'e' | b'E')).filter(|&e| e <= DIGITS_LIMIT) else {
        return false;
    };
    let (sign, mantissa) = match &written[..e] {
        [b'-', rest @ ..] => (&b"-"[..], rest),
        [b'+', rest @ ..] => (&b""[..], rest),
        rest => (&b""[..], rest),
    };
    let exponent = std::str::from_utf8(&written[e + 1..]).ok().and_then(|text| text.parse::<usize>().ok());
    let point = mantissa.iter().position(|&b| b == b'.').unwrap_or(mantissa.len());
    let fraction = mantissa.get(point + 1..).unwrap_or_default();
    let is_number = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    if point == 0 || !is_number(&mantissa[..point]) || !is_number(fraction) {
        return false;
    }
    let significant = fraction.len() - fraction.iter().rev().take_while(|&&b| b == b'0').count();
    let Some(zeros) = exponent.and_then(|exponent| exponent.checked_sub(significant)) else { return false };
    if !(DIGITS_AT_LEAST..=DIGITS_LIMIT).contains(&(point + significant + zeros)) {
        return false;
    }
    out.extend_from_slice(sign);
    out.extend_from_slice(&mantissa[..point]);
    out.extend_from_slice(&fraction[..significant]);
    out.resize(out.len() + zeros, b'0');
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written_out(written: &str) -> Option<String> {
        let mut out = Vec::new();
        write_out(written.as_bytes(), &mut out).then(|| String::from_utf8(out).expect("digits"))
    }

    #[test]
    fn whole_numbers_are_written_out() {
        for (written, expected) in [
            ("1.3800138000e10", Some("13800138000")),
            ("1.3800138E+10", Some("13800138000")),
            ("-1.38E+010", Some("-13800000000")),
            ("110105E3", Some("110105000")),
            ("13800138000.0", Some("13800138000")),
            ("13800138000.00", None),
            ("13800138000.5", None),
            ("-13800138000.0", None),
            ("1380013800.0", None),
            ("1.5e3", None),
            ("1.5e0", None),
            ("1.5e-3", None),
            ("13800138000", None),
            ("1e400", None),
            ("1e99999999999999999999", None),
            (".5e3", None),
            ("1.2.3e5", None),
            ("e5", None),
            ("1e", None),
            ("one", None),
        ] {
            assert_eq!(written_out(written).as_deref(), expected, "{written}");
        }
    }

    proptest! {
        #[test]
        fn they_are_the_numbers_that_the_language_reads(number in 100_000u64..1 << 53) {
            prop_assert_eq!(written_out(&format!("{number:e}")), Some(number.to_string()));
        }
    }
}
