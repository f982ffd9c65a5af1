//! The ciphers with their keys. Nothing outside `seal` sees a nonce.

use super::algorithm::SealAlgorithm;
use super::error::{OpenError, Reason, SealError};
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use aes_gcm::{Aes256Gcm, AesGcm, KeyInit};
use aes_gcm_siv::Aes256GcmSiv;
use sm4::Sm4;
use zeroize::Zeroizing;

pub(super) const NONCE_BYTES: usize = 12;
pub(super) const TAG_BYTES: usize = 16;

/// A cipher with its key, which wipes itself when dropped.
pub(super) struct Aead {
    algorithm: SealAlgorithm,
    keyed: Keyed,
}

enum Keyed {
    Gcm(Box<Aes256Gcm>),
    Siv(Box<Aes256GcmSiv>),
    Sm4(Box<AesGcm<Sm4, U12>>),
}

impl Aead {
    pub(super) fn new(algorithm: SealAlgorithm, key: &[u8]) -> Result<Self, SealError> {
        let keyed = match algorithm {
            SealAlgorithm::Aes256Gcm => KeyInit::new_from_slice(key).map(|keyed| Keyed::Gcm(Box::new(keyed))),
            SealAlgorithm::Aes256GcmSiv => KeyInit::new_from_slice(key).map(|keyed| Keyed::Siv(Box::new(keyed))),
            SealAlgorithm::Sm4Gcm => KeyInit::new_from_slice(key).map(|keyed| Keyed::Sm4(Box::new(keyed))),
        };
        let (algorithm_name, right_bytes) = (algorithm.described().name, algorithm.key_bytes());
        let wrong = Reason::KeyLength { algorithm: algorithm_name, right_bytes };
        keyed.map(|keyed| Self { algorithm, keyed }).map_err(|_| SealError(wrong))
    }

    pub(super) fn algorithm(&self) -> SealAlgorithm {
        self.algorithm
    }

    /// Appends cipher text and tag to `out`. `plain` is below the limit of every mode, which callers hold.
    pub(super) fn seal(
        &self,
        nonce: [u8; NONCE_BYTES],
        associated_data: &[u8],
        plain: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        out.reserve_exact(plain.len() + TAG_BYTES);
        let start = out.len();
        out.extend_from_slice(plain);
        let body = out.get_mut(start..).unwrap_or_default();
        let tag = match &self.keyed {
            Keyed::Gcm(keyed) => encrypt(keyed.as_ref(), nonce, associated_data, body),
            Keyed::Siv(keyed) => encrypt(keyed.as_ref(), nonce, associated_data, body),
            Keyed::Sm4(keyed) => encrypt(keyed.as_ref(), nonce, associated_data, body),
        };
        let Some(tag) = tag else {
            // Only beyond the modes' own limits, gigabytes away. Still, no plain text may be left where a caller sees it.
            out.truncate(start);
            return Err(SealError(Reason::TooLong { limit_bytes: super::VALUE_LIMIT_BYTES }));
        };
        out.extend_from_slice(&tag);
        Ok(())
    }

    /// The plain text of cipher text and tag.
    pub(super) fn open(
        &self,
        nonce: [u8; NONCE_BYTES],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (body, tag) = sealed.split_last_chunk::<TAG_BYTES>().ok_or(OpenError)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let is_right = match &self.keyed {
            Keyed::Gcm(keyed) => decrypt(keyed.as_ref(), nonce, associated_data, &mut plain, *tag),
            Keyed::Siv(keyed) => decrypt(keyed.as_ref(), nonce, associated_data, &mut plain, *tag),
            Keyed::Sm4(keyed) => decrypt(keyed.as_ref(), nonce, associated_data, &mut plain, *tag),
        };
        if is_right { Ok(plain) } else { Err(OpenError) }
    }
}

fn encrypt<A>(aead: &A, nonce: [u8; NONCE_BYTES], associated_data: &[u8], body: &mut [u8]) -> Option<[u8; TAG_BYTES]>
where
    A: AeadInOut<NonceSize = U12, TagSize = aes_gcm::aead::consts::U16>,
{
    let tag = aead.encrypt_inout_detached(&Nonce::<A>::from(nonce), associated_data, body.into()).ok()?;
    Some(tag.into())
}

fn decrypt<A>(aead: &A, nonce: [u8; NONCE_BYTES], associated_data: &[u8], body: &mut [u8], tag: [u8; TAG_BYTES]) -> bool
where
    A: AeadInOut<NonceSize = U12, TagSize = aes_gcm::aead::consts::U16>,
{
    let (nonce, tag) = (Nonce::<A>::from(nonce), Tag::<A>::from(tag));
    aead.decrypt_inout_detached(&nonce, associated_data, body.into(), &tag).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes().chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()).collect()
    }

    struct Vector {
        algorithm: SealAlgorithm,
        key: &'static str,
        nonce: &'static str,
        associated_data: &'static str,
        plain: &'static str,
        sealed: &'static str,
    }

    /// The GCM specification's cases 13, 14 and 16; RFC 8452, C.2; RFC 8998, A.1.
    const VECTORS: [Vector; 7] = [
        Vector {
            algorithm: SealAlgorithm::Aes256Gcm,
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            associated_data: "",
            plain: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b",
        },
        Vector {
            algorithm: SealAlgorithm::Aes256Gcm,
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            associated_data: "",
            plain: "00000000000000000000000000000000",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
        },
        Vector {
            algorithm: SealAlgorithm::Aes256Gcm,
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            associated_data: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                    1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                     8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662\
                     76fc6ece0f4e1768cddf8853bb2d551b",
        },
        Vector {
            algorithm: SealAlgorithm::Aes256GcmSiv,
            key: "0100000000000000000000000000000000000000000000000000000000000000",
            nonce: "030000000000000000000000",
            associated_data: "",
            plain: "",
            sealed: "07f5f4169bbf55a8400cd47ea6fd400f",
        },
        Vector {
            algorithm: SealAlgorithm::Aes256GcmSiv,
            key: "0100000000000000000000000000000000000000000000000000000000000000",
            nonce: "030000000000000000000000",
            associated_data: "",
            plain: "0100000000000000",
            sealed: "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28",
        },
        Vector {
            algorithm: SealAlgorithm::Aes256GcmSiv,
            key: "0100000000000000000000000000000000000000000000000000000000000000",
            nonce: "030000000000000000000000",
            associated_data: "01",
            plain: "0200000000000000",
            sealed: "1de22967237a813291213f267e3b452f02d01ae33e4ec854",
        },
        Vector {
            algorithm: SealAlgorithm::Sm4Gcm,
            key: "0123456789abcdeffedcba9876543210",
            nonce: "00001234567800000000abcd",
            associated_data: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plain: "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
                    eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
            sealed: "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
                     d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
                     83de3541e4c2b58177e065a9bf7b62ec",
        },
    ];

    #[test]
    fn the_standards_own_vectors() {
        for (at, vector) in VECTORS.iter().enumerate() {
            let aead = Aead::new(vector.algorithm, &bytes(vector.key)).unwrap();
            let nonce = bytes(vector.nonce).try_into().unwrap();
            let associated_data = bytes(vector.associated_data);
            let mut sealed = Vec::new();
            aead.seal(nonce, &associated_data, &bytes(vector.plain), &mut sealed).unwrap();
            assert_eq!(sealed, bytes(vector.sealed), "vector {at}");
            assert_eq!(*aead.open(nonce, &associated_data, &sealed).unwrap(), bytes(vector.plain), "vector {at}");
        }
    }

    #[test]
    fn a_key_of_another_length_is_an_error() {
        for algorithm in [SealAlgorithm::Aes256Gcm, SealAlgorithm::Aes256GcmSiv, SealAlgorithm::Sm4Gcm] {
            for length in 0..=65 {
                let made = Aead::new(algorithm, &vec![1; length]);
                assert_eq!(made.is_ok(), length == algorithm.key_bytes(), "{algorithm:?} {length}");
                assert!(made.is_ok() || made.is_err_and(SealError::is_key_length));
            }
        }
    }
}
