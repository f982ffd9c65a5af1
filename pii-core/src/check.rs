//! Checks: what an identifier's own digits say about it.
//!
//! A check sees a *canonical* value: ASCII, upper case, separators and disguises gone. It is a pure function and knows
//! nothing of labels, context or masks. A rule names its check; [`named`] finds it.
//!
//! Where a kind has a check character, its module also computes it (`check_char`), for generators of test data and for
//! encryption that keeps a number valid.
//!
//! ```
//! use pii_core::check::{self, Verdict};
//!
//! let resident_id = check::named("resident_id").expect("a check of this name");
//! assert_eq!(resident_id(b"11010519491231002X"), Verdict::Valid);
//! assert_eq!(resident_id(b"110105194912310020"), Verdict::NearMiss);
//! ```

pub mod bank_card;
pub mod calendar;
pub mod cnaps;
mod digits;
pub mod foreign_permanent_resident;
pub mod hkid;
pub mod iban;
pub mod icao;
pub mod imei;
pub mod iso7064;
pub mod lei;
pub mod luhn;
pub mod network;
pub mod organisation_code;
pub mod phone;
pub mod residence_permit;
pub mod resident_id;
pub mod taiwan_id;
pub mod uscc;
mod verdict;
pub mod vin;

pub use verdict::Verdict;

/// A check, as rules name it.
pub type Check = fn(&[u8]) -> Verdict;

/// The check of this name, if there is one.
#[must_use]
pub fn named(name: &str) -> Option<Check> {
    let at = NAMES.binary_search(&name).ok()?;
    Some(CHECKS[at])
}

/// The names of all checks, in alphabetical order, for messages about a name that is not among them.
#[must_use]
pub fn names() -> &'static [&'static str] {
    &NAMES
}

/// Writes the two parallel tables, so that a name cannot drift from its check.
macro_rules! checks {
    ($($name:literal => $check:path,)+) => {
        const NAMES: [&str; [$($name),+].len()] = [$($name),+];
        const CHECKS: [Check; NAMES.len()] = [$($check),+];
    };
}

checks! {
    "bank_card" => bank_card::check,
    "cnaps" => cnaps::check,
    "date" => calendar::check,
    "foreign_permanent_resident" => foreign_permanent_resident::check,
    "hkid" => hkid::check,
    "iban" => iban::check,
    "icao_731" => icao::check,
    "imei" => imei::check,
    "ipv4" => network::ipv4,
    "ipv6" => network::ipv6,
    "landline_cn" => phone::landline,
    "lei" => lei::check,
    "luhn" => luhn::check,
    "mac" => network::mac,
    "mobile_prefix" => phone::mobile,
    "organisation_code" => organisation_code::check,
    "residence_permit" => residence_permit::check,
    "resident_id" => resident_id::check,
    "taiwan_id" => taiwan_id::check,
    "uscc" => uscc::check,
    "vin" => vin::check,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_check() {
        assert!(names().is_sorted(), "the search is binary");
        for name in names() {
            assert!(named(name).is_some(), "{name}");
        }
        assert_eq!(named("resident_id").map(|check| check(b"110105188702280028")), Some(Verdict::Valid));
        for unknown in ["", "resident", "resident_id ", "zzz"] {
            assert!(named(unknown).is_none(), "{unknown}");
        }
    }
}
