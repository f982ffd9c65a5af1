//! A key-encryption key from a passphrase.

use super::{Kek, local};
use crate::KekError;
use argon2::{Algorithm, Argon2, Params, Version};
use pii_core::key::{Described, Entropy, KeyId, Secret, Suite};
use pii_core::seal::WrappingKey;
use sm3::Sm3;
use std::fmt;
use zeroize::Zeroizing;

/// The shortest passphrase, in bytes.
pub const PASSPHRASE_LEAST_BYTES: usize = 12;

const SALT_BYTES: usize = 16;

/// Which derivation, its three costs, the salt.
const HEADER_BYTES: usize = 1 + 3 * 4 + SALT_BYTES;

const ARGON2ID: u8 = 1;
const PBKDF2_SM3: u8 = 2;

/// Rounds of PBKDF2 over HMAC-SM3: what OWASP asks of SHA-256, which is as fast.
const PBKDF2_ROUNDS: u32 = 600_000;
const PBKDF2_BOUNDS: std::ops::RangeInclusive<u32> = 100_000..=10_000_000;

/// A passphrase. Its key is derived by Argon2id (RFC 9106), or where only SM algorithms are allowed by PBKDF2 over HMAC-SM3
/// (GM/T 0091-2020), which takes no memory and so resists special hardware less: choose a longer passphrase there.
pub struct Passphrase {
    phrase: Secret,
    cost: Argon2Cost,
}

/// What a guess costs. It is kept with the keyring, and bounded when it is read, so that a changed file can neither make
/// guessing cheap nor use up memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB: 19 MiB (OWASP's least) to 1 GiB.
    pub memory_kib: u32,
    /// Passes over it: 1 to 16.
    pub passes: u32,
    /// Lanes: 1 to 16.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    /// The second choice that RFC 9106 recommends: 64 MiB, three passes, four lanes.
    fn default() -> Self {
        Self { memory_kib: 64 << 10, passes: 3, lanes: 4 }
    }
}

impl Argon2Cost {
    fn is_bounded(self) -> bool {
        let enough = self.passes >= 2 || self.memory_kib >= 46 << 10;
        (19 << 10..=1 << 20).contains(&self.memory_kib)
            && (1..=16).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
            && enough
    }
}

impl Passphrase {
    /// Takes a passphrase.
    ///
    /// # Errors
    /// It is shorter than [`PASSPHRASE_LEAST_BYTES`].
    pub fn new(phrase: Secret) -> Result<Self, KekError> {
        if phrase.len() < PASSPHRASE_LEAST_BYTES {
            return Err(KekError::refused(format!("a passphrase has {PASSPHRASE_LEAST_BYTES} bytes or more")));
        }
        Ok(Self { phrase, cost: Argon2Cost::default() })
    }

    /// Takes another cost for what is protected from now on.
    ///
    /// # Errors
    /// It is out of bounds.
    pub fn with_cost(self, cost: Argon2Cost) -> Result<Self, KekError> {
        if cost.is_bounded() { Ok(Self { cost, ..self }) } else { Err(out_of_bounds()) }
    }

    fn key(&self, suite: Suite, header: &[u8; HEADER_BYTES]) -> Result<WrappingKey, KekError> {
        let [kind, costs @ ..] = header;
        let mut numbers = costs.chunks_exact(4).map(|four| four.iter().fold(0, |n, byte| n << 8 | u32::from(*byte)));
        let mut next = || numbers.next().unwrap_or_default();
        let cost = [next(), next(), next()];
        let salt = header.last_chunk::<SALT_BYTES>().ok_or_else(KekError::unopened)?;
        let derived = match (suite, *kind) {
            (Suite::Any, ARGON2ID) => self.argon2(cost, salt)?,
            (Suite::Sm, PBKDF2_SM3) => self.pbkdf2(cost, salt)?,
            _ => return Err(KekError::unopened()),
        };
        let (seal, _) = local::algorithms(suite);
        let id = KeyId::new(0).ok_or_else(KekError::unopened)?;
        Ok(WrappingKey::new(seal, id, derived.get(..seal.key_bytes()).unwrap_or_default())?)
    }

    fn argon2(&self, [memory_kib, passes, lanes]: [u32; 3], salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, KekError> {
        if !(Argon2Cost { memory_kib, passes, lanes }).is_bounded() {
            return Err(out_of_bounds());
        }
        let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| out_of_bounds())?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.phrase.expose(), salt, &mut *key)
            .map_err(|_| out_of_bounds())?;
        Ok(key)
    }

    fn pbkdf2(&self, [rounds, ..]: [u32; 3], salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, KekError> {
        if !PBKDF2_BOUNDS.contains(&rounds) {
            return Err(out_of_bounds());
        }
        let mut key = Zeroizing::new([0; 32]);
        pbkdf2::pbkdf2_hmac::<Sm3>(self.phrase.expose(), salt, rounds, &mut *key);
        Ok(key)
    }
}

impl Kek for Passphrase {
    fn provider(&self) -> &'static str {
        "passphrase"
    }

    fn described(&self, suite: Suite) -> Vec<Described> {
        let (seal, _) = local::algorithms(suite);
        let derivation = match suite {
            Suite::Any => Described { name: "Argon2id", standard: "RFC 9106", is_commercial: false },
            Suite::Sm => {
                Described { name: "PBKDF2-HMAC-SM3", standard: "GM/T 0091-2020, GB/T 32905-2016", is_commercial: true }
            }
        };
        vec![derivation, seal.described()]
    }

    fn protect(&self, suite: Suite, root: &Secret, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KekError> {
        let (kind, costs) = match suite {
            Suite::Any => (ARGON2ID, [self.cost.memory_kib, self.cost.passes, self.cost.lanes]),
            Suite::Sm => (PBKDF2_SM3, [PBKDF2_ROUNDS, 0, 0]),
        };
        let mut header = [0; HEADER_BYTES];
        let written = std::iter::once(kind).chain(costs.into_iter().flat_map(u32::to_be_bytes));
        header.iter_mut().zip(written).for_each(|(place, byte)| *place = byte);
        entropy.fill(header.last_chunk_mut::<SALT_BYTES>().ok_or_else(KekError::unopened)?)?;
        let wrapped = self.key(suite, &header)?.wrap_secret(&header, root, entropy)?;
        Ok([&header[..], &wrapped].concat())
    }

    fn recover(&self, suite: Suite, protected: &[u8]) -> Result<Secret, KekError> {
        let (header, wrapped) = protected.split_first_chunk().ok_or_else(KekError::unopened)?;
        Ok(self.key(suite, header)?.unwrap_secret(header, wrapped)?)
    }
}

fn out_of_bounds() -> KekError {
    KekError::refused("what deriving a key from the passphrase would cost is out of bounds")
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passphrase({:?})", self.cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    fn passphrase(text: &str) -> Passphrase {
        let cost = Argon2Cost { memory_kib: 19 << 10, passes: 2, lanes: 1 };
        Passphrase::new(Secret::copy_of(text.as_bytes())).unwrap().with_cost(cost).unwrap()
    }

    #[test]
    fn what_was_protected_is_recovered_with_the_same_words_alone() {
        let root = Secret::copy_of(&[9; 32]);
        for suite in [Suite::Any, Suite::Sm] {
            let protected = passphrase("correct horse").protect(suite, &root, &mut SystemEntropy).unwrap();
            assert_eq!(passphrase("correct horse").recover(suite, &protected), Ok(Secret::copy_of(&[9; 32])));
            assert!(passphrase("correct house").recover(suite, &protected).is_err_and(|error| error.is_unopened()));
            let other = if suite == Suite::Any { Suite::Sm } else { Suite::Any };
            assert!(passphrase("correct horse").recover(other, &protected).is_err_and(|error| error.is_unopened()));
            for length in [0, 1, HEADER_BYTES - 1, HEADER_BYTES] {
                assert!(passphrase("correct horse").recover(suite, &protected[..length]).is_err());
            }
        }
    }

    #[test]
    fn costs_from_a_file_are_bounded() {
        let root = Secret::copy_of(&[9; 32]);
        let protected = passphrase("correct horse").protect(Suite::Any, &root, &mut SystemEntropy).unwrap();
        // Memory of 8 KiB and of 4 TiB, no pass, 2^32 - 1 passes, no lane, 17 lanes; the least memory with one pass.
        let costs = [
            [8, 2, 1],
            [u32::MAX, 2, 1],
            [19_456, 0, 1],
            [19_456, u32::MAX, 1],
            [19_456, 2, 0],
            [19_456, 2, 17],
            [19_456, 1, 1],
        ];
        for cost in costs {
            let mut changed = protected.clone();
            let bytes = cost.into_iter().flat_map(u32::to_be_bytes);
            changed[1..13].iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
            let recovered = passphrase("correct horse").recover(Suite::Any, &changed);
            assert!(recovered.is_err_and(|error| error.is_refused()), "{cost:?}");
        }
        let mut cheaper = protected.clone();
        cheaper[0] = PBKDF2_SM3;
        for rounds in [0_u32, 1, 99_999, 10_000_001, u32::MAX] {
            cheaper[1..5].copy_from_slice(&rounds.to_be_bytes());
            let recovered = passphrase("correct horse").recover(Suite::Sm, &cheaper);
            assert!(recovered.is_err_and(|error| error.is_refused()), "{rounds}");
        }
    }

    #[test]
    fn short_passphrases_are_refused_and_none_is_shown() {
        assert!(Passphrase::new(Secret::copy_of(b"elevenbytes")).is_err_and(|error| error.is_refused()));
        assert!(!format!("{:?}", passphrase("correct horse")).contains("horse"));
    }

    #[test]
    fn derived_as_elsewhere() {
        // The reference implementation of Argon2 (argon2-cffi), and OpenSSL's PBKDF2 over SM3.
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let phrase = passphrase("correct horse");
        assert_eq!(
            hex(&*phrase.argon2([19_456, 2, 1], &[7; 16]).unwrap()),
            "7132e6a6028b7abb94eb36beb767146777cd7c75426211a827c8a7a5c50d7307"
        );
        assert_eq!(
            hex(&*phrase.pbkdf2([100_000, 0, 0], &[7; 16]).unwrap()),
            "409a3de7f0388fbe8ceeded4f80ad955f1ea8d64da1b664bb20513165f9dc28d"
        );
    }
}
