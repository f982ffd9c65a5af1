//! What a piece of data is (its *kind*) and how sensitive it is (its *class*).
//!
//! Kinds are names that rule files define, never an enum: adding one touches no code. A [`Kind`] is interned,
//! so it is copied and compared like an integer.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The name of an identifier kind, such as `resident_id`, interned.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(&'static str);

/// The longest name a kind may have, in bytes. Names are interned for the life of the process, so they are bounded.
pub const KIND_LIMIT_BYTES: usize = 48;

impl Kind {
    /// Interns `name`. `None` unless it is 1 to 48 bytes of `a-z`, `0-9` and `_` that begin with a letter.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let starts_well = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let spelt_well = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !starts_well || !spelt_well || name.len() > KIND_LIMIT_BYTES {
            return None;
        }
        // A panic elsewhere cannot leave the set half changed, so a poisoned lock is as good as a clean one.
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let interned = match names.get(name) {
            Some(known) => known,
            None => {
                let leaked: &'static str = Box::leak(name.to_owned().into_boxed_str());
                names.insert(leaked);
                leaked
            }
        };
        Some(Self(interned))
    }

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How sensitive a kind is: 1 (least) to 4 (most), after JR/T 0158-2018 and the 2025 SAC standard's four levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(u8);

impl Class {
    /// Class 1: organisations. Passes by default.
    pub const ONE: Self = Self(1);
    /// Class 2: contact, person, device.
    pub const TWO: Self = Self(2);
    /// Class 3: identity documents and accounts.
    pub const THREE: Self = Self(3);
    /// Class 4: credentials and biometrics. Dropped by default.
    pub const FOUR: Self = Self(4);

    /// `None` unless `level` is 1 to 4.
    #[must_use]
    pub fn new(level: u8) -> Option<Self> {
        (1..=4).contains(&level).then_some(Self(level))
    }

    /// 1 to 4.
    #[must_use]
    pub fn level(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_is_the_same_kind() {
        let one = Kind::new("resident_id").expect("well spelt");
        let two = Kind::new(&String::from("resident_id")).expect("well spelt");
        assert_eq!(one, two);
        assert!(std::ptr::eq(one.as_str(), two.as_str()));
        assert_ne!(Some(one), Kind::new("passport"));
    }

    #[test]
    fn names_are_spelt_in_one_way() {
        for bad in ["", "9a", "_a", "Resident", "a-b", "证件", &"a".repeat(49)] {
            assert_eq!(Kind::new(bad), None, "{bad}");
        }
    }

    #[test]
    fn classes_are_one_to_four() {
        assert_eq!(Class::new(0), None);
        assert_eq!(Class::new(5), None);
        assert_eq!(Class::new(4), Some(Class::FOUR));
    }
}
