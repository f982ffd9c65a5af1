//! Keyed hashes, and keys made from keys.

use super::{Described, Secret};
use hmac::{Hmac, KeyInit};
use sha2::Sha256;
use sm3::Sm3;
use std::fmt;

/// How long a keyed hash is, with either algorithm.
pub const MAC_BYTES: usize = 32;

/// The least key: as long as the security that a token of 128 bits can have.
const LEAST_KEY_BYTES: usize = 16;

/// A keyed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MacAlgorithm {
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SM3.
    HmacSm3,
}

impl MacAlgorithm {
    /// How many bytes a new key has: as many as the hash gives.
    #[must_use]
    pub fn key_bytes(self) -> usize {
        MAC_BYTES
    }

    /// Name and standards, for an inventory.
    #[must_use]
    pub fn described(self) -> Described {
        match self {
            Self::HmacSha256 => {
                Described { name: "HMAC-SHA-256", standard: "FIPS 198-1, FIPS 180-4", is_commercial: false }
            }
            Self::HmacSm3 => {
                Described { name: "HMAC-SM3", standard: "GB/T 15852.2-2012, GB/T 32905-2016", is_commercial: true }
            }
        }
    }
}

/// A keyed hash with its key, which is wiped when dropped.
pub struct Mac {
    algorithm: MacAlgorithm,
    keyed: Keyed,
}

enum Keyed {
    Sha256(Box<Hmac<Sha256>>),
    Sm3(Box<Hmac<Sm3>>),
}

impl Mac {
    /// Sets up a key. `None` where it has less than 16 bytes.
    #[must_use]
    pub fn new(algorithm: MacAlgorithm, key: &[u8]) -> Option<Self> {
        (key.len() >= LEAST_KEY_BYTES).then_some(())?;
        let keyed = match algorithm {
            MacAlgorithm::HmacSha256 => Keyed::Sha256(Box::new(Hmac::new_from_slice(key).ok()?)),
            MacAlgorithm::HmacSm3 => Keyed::Sm3(Box::new(Hmac::new_from_slice(key).ok()?)),
        };
        Some(Self { algorithm, keyed })
    }

    /// Which keyed hash it is.
    #[must_use]
    pub fn algorithm(&self) -> MacAlgorithm {
        self.algorithm
    }

    /// The keyed hash of `parts`, each behind its length in eight bytes, so that `ab`, `c` and `a`, `bc` differ.
    #[must_use]
    pub fn of_parts(&self, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
        let framed = parts.iter().flat_map(|part| [Framed::Length(part.len() as u64), Framed::Bytes(part)]);
        self.run(framed)
    }

    /// The keyed hash of a message as it is.
    #[must_use]
    pub fn of(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        self.run([Framed::Bytes(message)])
    }

    /// A key for another use: the first block of HKDF-Expand (RFC 5869, section 2.3) with this key as the pseudorandom key,
    /// which is all of it for up to [`MAC_BYTES`]. `use_label` is what the key is for.
    #[must_use]
    pub fn derive(&self, use_label: &str) -> Secret {
        Secret::copy_of(&self.run([Framed::Bytes(use_label.as_bytes()), Framed::Bytes(&[1])]))
    }

    /// Begins the keyed hash of a message that arrives in pieces: what [`Mac::of`] gives of all of them together.
    #[must_use]
    pub fn begin(&self) -> MacRun {
        MacRun(match &self.keyed {
            Keyed::Sha256(keyed) => Keyed::Sha256(keyed.clone()),
            Keyed::Sm3(keyed) => Keyed::Sm3(keyed.clone()),
        })
    }

    fn run<'p>(&self, pieces: impl IntoIterator<Item = Framed<'p>>) -> [u8; MAC_BYTES] {
        match &self.keyed {
            Keyed::Sha256(keyed) => finish(keyed.as_ref().clone(), pieces),
            Keyed::Sm3(keyed) => finish(keyed.as_ref().clone(), pieces),
        }
    }
}

/// The keyed hash of a message of which more may come. Its key is wiped when dropped.
pub struct MacRun(Keyed);

impl MacRun {
    /// Takes the next piece. Where pieces begin and end makes no difference.
    pub fn update(&mut self, piece: &[u8]) {
        use hmac::Mac as _;
        match &mut self.0 {
            Keyed::Sha256(keyed) => keyed.update(piece),
            Keyed::Sm3(keyed) => keyed.update(piece),
        }
    }

    /// The keyed hash of all that came.
    #[must_use]
    pub fn finish(self) -> [u8; MAC_BYTES] {
        use hmac::Mac as _;
        match self.0 {
            Keyed::Sha256(keyed) => keyed.finalize().into_bytes().into(),
            Keyed::Sm3(keyed) => keyed.finalize().into_bytes().into(),
        }
    }
}

impl fmt::Debug for MacRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacRun")
    }
}

/// A piece of what is hashed.
enum Framed<'p> {
    Length(u64),
    Bytes(&'p [u8]),
}

fn finish<'p, M>(mut mac: M, pieces: impl IntoIterator<Item = Framed<'p>>) -> [u8; MAC_BYTES]
where
    M: hmac::Mac<OutputSize = hmac::digest::consts::U32>,
{
    for piece in pieces {
        match piece {
            Framed::Length(length) => mac.update(&length.to_be_bytes()),
            Framed::Bytes(bytes) => mac.update(bytes),
        }
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mac({})", self.algorithm.described().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: &[u8] = b"The quick brown fox jumps over the lazy dog";

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn hmac_sha_256_of_rfc_4231() {
        // Cases 1, 3, 6 and 7; case 2 has a key of four bytes, which is no key here.
        let table: [(&[u8], &[u8], &str); 4] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to \
                  be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, message, expected) in table {
            assert_eq!(hex(&Mac::new(MacAlgorithm::HmacSha256, key).unwrap().of(message)), expected);
        }
    }

    #[test]
    fn sm3_and_hmac_sm3() {
        use hmac::digest::Digest as _;
        // GB/T 32905-2016, A.1 and A.2.
        assert_eq!(hex(&Sm3::digest(b"abc")), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        let long = Sm3::digest("abcd".repeat(16));
        assert_eq!(hex(&long), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
        // OpenSSL's HMAC over SM3; the first has a key of three bytes, which is no key here.
        let quick = finish(Hmac::<Sm3>::new_from_slice(b"key").unwrap(), [Framed::Bytes(QUICK)]);
        assert_eq!(hex(&quick), "bd4a34077888162b210645b8ebf74b9af357303789357a27c7fc457244ebd398");
        let table: [(&[u8], &[u8], &str); 2] = [
            (&[0x0b; 20], b"Hi There", "51b00d1fb49832bfb01c3ce27848e59f871d9ba938dc563b338ca964755cce70"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "b4fd844e13342002f0b2e0690ea7741f1497d993a70494cea601e657bedf67a0",
            ),
        ];
        for (key, message, expected) in table {
            assert_eq!(hex(&Mac::new(MacAlgorithm::HmacSm3, key).unwrap().of(message)), expected);
        }
    }

    #[test]
    fn hkdf_expand_of_rfc_5869() {
        // Case 3: no salt, no info. The first 32 bytes of its output are one block.
        let prk = [
            0x19, 0xef, 0x24, 0xa3, 0x2c, 0x71, 0x7b, 0x16, 0x7f, 0x33, 0xa9, 0x1d, 0x6f, 0x64, 0x8b, 0xdf, 0x96, 0x59,
            0x67, 0x76, 0xaf, 0xdb, 0x63, 0x77, 0xac, 0x43, 0x4c, 0x1c, 0x29, 0x3c, 0xcb, 0x04,
        ];
        let derived = Mac::new(MacAlgorithm::HmacSha256, &prk).unwrap().derive("");
        assert_eq!(hex(derived.expose()), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
    }

    #[test]
    fn pieces_make_no_difference() {
        for algorithm in [MacAlgorithm::HmacSha256, MacAlgorithm::HmacSm3] {
            let mac = Mac::new(algorithm, &[7; 32]).unwrap();
            for cut in 0..=QUICK.len() {
                let mut run = mac.begin();
                run.update(&QUICK[..cut]);
                run.update(&QUICK[cut..]);
                assert_eq!(run.finish(), mac.of(QUICK));
            }
        }
    }

    #[test]
    fn parts_have_borders_and_short_keys_are_none() {
        let mac = Mac::new(MacAlgorithm::HmacSm3, &[7; 32]).unwrap();
        assert_ne!(mac.of_parts(&[b"ab", b"c"]), mac.of_parts(&[b"a", b"bc"]));
        assert_ne!(mac.of_parts(&[b"ab"]), mac.of_parts(&[b"ab", b""]));
        assert_ne!(mac.derive("a"), mac.derive("b"));
        assert!(Mac::new(MacAlgorithm::HmacSm3, &[7; 15]).is_none());
        assert_eq!(format!("{mac:?}"), "Mac(HMAC-SM3)");
    }
}
