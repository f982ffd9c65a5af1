//! Files of keyrings.

use crate::seal::Repeating;
use pii_core::key::{Described, Entropy, KeyId, Secret, Suite};
use pii_core::policy::Date;
use pii_core::seal::{SealAlgorithm, WrappingKey};
use pii_keys::{Kek, KekError, Keyring, Listing};
use std::sync::LazyLock;

/// A key-encryption key that costs nothing to use.
struct Cheap(WrappingKey);

impl Kek for Cheap {
    fn provider(&self) -> &'static str {
        "cheap"
    }

    fn described(&self, _: Suite) -> Vec<Described> {
        vec![self.0.algorithm().described()]
    }

    fn protect(&self, _: Suite, root: &Secret, _: &mut dyn Entropy) -> Result<Vec<u8>, KekError> {
        Ok(self.0.wrap_secret(b"", root, &mut Repeating(1))?)
    }

    fn recover(&self, _: Suite, protected: &[u8]) -> Result<Secret, KekError> {
        Ok(self.0.unwrap_secret(b"", protected)?)
    }
}

static RING: LazyLock<(Cheap, Vec<u8>)> = LazyLock::new(|| {
    let id = KeyId::new(0).expect("a small number");
    let kek = Cheap(WrappingKey::new(SealAlgorithm::Sm4Gcm, id, &[7; 16]).expect("16 bytes"));
    let today = Date::new(2026, 11, 26).expect("a day");
    let ring = Keyring::new(Suite::Sm, today, &mut Repeating(3)).expect("there are bytes");
    let file = ring.to_bytes(&kek, &mut Repeating(1)).expect("it can be written");
    (kek, file)
});

/// No file but the one that was written opens, and reading one never ends in a panic.
pub(crate) fn check(input: &[u8]) {
    let (kek, file) = &*RING;
    if let Ok(listing) = Listing::parse(input) {
        assert!(listing.versions().len() <= pii_keys::VERSIONS_LIMIT);
    }
    assert_eq!(Keyring::from_bytes(input, kek, Suite::Any).is_ok(), input == *file);
    // The same, closer to something that opens: the first four bytes say where, the others what stands there.
    let (at, what) = input.split_at_checked(4).unwrap_or((input, &[]));
    let start = at.iter().fold(0, |start, byte| start * 256 + usize::from(*byte)) % file.len();
    let mut changed = file.clone();
    changed.iter_mut().skip(start).zip(what).for_each(|(place, byte)| *place = *byte);
    assert_eq!(Keyring::from_bytes(&changed, kek, Suite::Any).is_ok(), changed == *file);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_opens() {
        let (kek, file) = &*RING;
        assert!(Keyring::from_bytes(file, kek, Suite::Sm).is_ok());
        check(b"");
        check(b"\0\0\0\0{");
        assert!(Listing::parse(file).is_ok_and(|listing| listing.versions().len() == pii_keys::Purpose::ALL.len()));
    }
}
