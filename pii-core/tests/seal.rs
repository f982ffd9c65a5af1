//! Sealed values: what comes back, and all that does not.

use pii_core::key::{Entropy, EntropyError, KeyId, Suite};
use pii_core::seal::{
    Bound, Envelope, OpenError, SealAlgorithm, SealError, Sealed, Sealer, VALUE_LIMIT_BYTES, WrappingKey,
};

const ALL: [SealAlgorithm; 3] = [SealAlgorithm::Aes256Gcm, SealAlgorithm::Aes256GcmSiv, SealAlgorithm::Sm4Gcm];

const BOUND: Bound<'_> = Bound { record: "42", field: "bank_card", purpose: "settlement" };

/// Bytes that repeat every time: no randomness, and that is what a test wants.
struct Repeating(u64);

impl Entropy for Repeating {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
        Ok(())
    }
}

struct Dry;

impl Entropy for Dry {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

fn wrapping(algorithm: SealAlgorithm, number: u32) -> WrappingKey {
    let key = vec![number as u8 + 1; algorithm.key_bytes()];
    WrappingKey::new(algorithm, KeyId::new(number).expect("as it was made here"), &key).expect("as it was made here")
}

fn batch(algorithm: SealAlgorithm) -> (Sealer, Envelope) {
    Sealer::begin(&wrapping(algorithm, 7), algorithm, &mut Repeating(1)).expect("as it was made here")
}

#[test]
fn a_value_comes_back() {
    for (key, data) in ALL.into_iter().flat_map(|key| ALL.map(|data| (key, data))) {
        let (sealer, envelope) = Sealer::begin(&wrapping(key, 7), data, &mut Repeating(1)).unwrap();
        let opener = wrapping(key, 7).open(&Envelope::parse(&envelope.to_string()).unwrap()).unwrap();
        assert_eq!((envelope.key_id(), envelope.data_key_id()), (KeyId::new(7).unwrap(), sealer.data_key_id()));
        let long = vec![0xA5; 3000];
        for value in [&b""[..], b"6228480000000000216", "张三".as_bytes(), &long] {
            let sealed = sealer.seal(value, &BOUND).unwrap();
            let again = Sealed::parse(&sealed.to_string()).unwrap();
            assert_eq!(&opener.open(&again, &BOUND).unwrap()[..], value);
            assert_eq!(Sealed::from_bytes(sealed.as_bytes().to_vec()).unwrap(), sealed);
            assert_eq!((again.algorithm(), again.data_key_id()), (data, envelope.data_key_id()));
        }
        assert_eq!(sealer.count(), 4);
    }
}

#[test]
fn equal_values_look_different() {
    for algorithm in ALL {
        let (sealer, _) = batch(algorithm);
        let [one, other] = [0; 2].map(|_| sealer.seal(b"13800000000", &BOUND).unwrap().to_string());
        assert_ne!(one, other);
    }
}

#[test]
fn any_changed_bit_opens_nothing() {
    for algorithm in ALL {
        let (sealer, envelope) = batch(algorithm);
        let opener = wrapping(algorithm, 7).open(&envelope).unwrap();
        let sealed = sealer.seal(b"440524188001010014", &BOUND).unwrap();
        for bit in 0..sealed.as_bytes().len() * 8 {
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let opened = Sealed::from_bytes(bytes).and_then(|changed| opener.open(&changed, &BOUND));
            assert_eq!(opened.err(), Some(OpenError), "{algorithm:?}: bit {bit}");
        }
        for length in 0..sealed.as_bytes().len() {
            let cut = Sealed::from_bytes(sealed.as_bytes()[..length].to_vec());
            assert_eq!(cut.and_then(|cut| opener.open(&cut, &BOUND)).err(), Some(OpenError));
        }
        let longer = [sealed.as_bytes(), b"\0"].concat();
        assert_eq!(Sealed::from_bytes(longer).and_then(|it| opener.open(&it, &BOUND)).err(), Some(OpenError));
    }
}

#[test]
fn any_changed_character_opens_nothing() {
    let (sealer, envelope) = batch(SealAlgorithm::Sm4Gcm);
    let key = wrapping(SealAlgorithm::Sm4Gcm, 7);
    let (value, wrapped) = (sealer.seal(b"13800000000", &BOUND).unwrap().to_string(), envelope.to_string());
    for other in b"aq7_\xc3" {
        for at in 0..value.len().max(wrapped.len()) {
            let changed = |text: &str| {
                let mut bytes = text.as_bytes().to_vec();
                let place = bytes.get_mut(at).filter(|byte| **byte != *other)?;
                *place = *other;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            };
            assert!(changed(&value).is_none_or(|text| Sealed::parse(&text).is_err()), "character {at}");
            let opens = |text: String| Envelope::parse(&text).and_then(|envelope| key.open(&envelope)).is_ok();
            assert!(changed(&wrapped).is_none_or(|text| !opens(text)), "character {at}");
        }
    }
}

#[test]
fn a_value_opens_in_its_place_alone() {
    for algorithm in ALL {
        let (sealer, envelope) = batch(algorithm);
        let opener = wrapping(algorithm, 7).open(&envelope).unwrap();
        let sealed = sealer.seal(b"1", &BOUND).unwrap();
        let elsewhere = [
            Bound { record: "43", ..BOUND },
            Bound { record: "", ..BOUND },
            Bound { field: "mobile_phone", ..BOUND },
            Bound { purpose: "marketing", ..BOUND },
            Bound { record: "42bank_card", field: "", ..BOUND },
            Bound { record: "bank_card", field: "42", ..BOUND },
        ];
        for place in elsewhere {
            assert_eq!(opener.open(&sealed, &place).err(), Some(OpenError), "{place:?}");
        }
        assert!(opener.open(&sealed, &BOUND).is_ok());
    }
}

#[test]
fn another_key_opens_nothing() {
    for algorithm in ALL {
        let (sealer, envelope) = batch(algorithm);
        let sealed = sealer.seal(b"1", &BOUND).unwrap();
        assert_eq!(wrapping(algorithm, 8).open(&envelope).err(), Some(OpenError));
        let (_, other) = Sealer::begin(&wrapping(algorithm, 7), algorithm, &mut Repeating(2)).unwrap();
        let opener = wrapping(algorithm, 7).open(&other).unwrap();
        assert_eq!(opener.open(&sealed, &BOUND).err(), Some(OpenError));
    }
}

#[test]
fn rewrapping_leaves_the_values_as_they_are() {
    let (older, newer) = (wrapping(SealAlgorithm::Aes256Gcm, 7), wrapping(SealAlgorithm::Sm4Gcm, 8));
    let (sealer, envelope) = batch(SealAlgorithm::Aes256Gcm);
    let sealed = sealer.seal(b"13800000000", &BOUND).unwrap();
    let envelope = older.rewrap(&envelope, &newer, &mut Repeating(9)).unwrap();
    assert_eq!(envelope.key_id(), newer.key_id());
    assert_eq!(older.open(&envelope).err(), Some(OpenError));
    assert_eq!(&newer.open(&envelope).unwrap().open(&sealed, &BOUND).unwrap()[..], b"13800000000");
}

#[test]
fn secrets_are_wrapped_for_one_context() {
    let key = wrapping(SealAlgorithm::Sm4Gcm, 7);
    let secret = pii_core::key::Secret::copy_of(&[3; 32]);
    let wrapped = key.wrap_secret(b"subject 1", &secret, &mut Repeating(1)).unwrap();
    assert_eq!(key.unwrap_secret(b"subject 1", &wrapped), Ok(secret));
    assert_eq!(key.unwrap_secret(b"subject 2", &wrapped), Err(OpenError));
    for length in 0..wrapped.len() {
        assert_eq!(key.unwrap_secret(b"subject 1", &wrapped[..length]), Err(OpenError));
    }
}

#[test]
fn limits_hold() {
    let (sealer, envelope) = batch(SealAlgorithm::Aes256Gcm);
    let longest = vec![0; VALUE_LIMIT_BYTES];
    let text = sealer.seal(&longest, &BOUND).unwrap().to_string();
    let opener = wrapping(SealAlgorithm::Aes256Gcm, 7).open(&envelope).unwrap();
    assert_eq!(opener.open(&Sealed::parse(&text).unwrap(), &BOUND).unwrap().len(), VALUE_LIMIT_BYTES);
    assert!(sealer.seal(&vec![0; VALUE_LIMIT_BYTES + 1], &BOUND).is_err_and(SealError::is_too_long));
    assert!(Sealed::from_bytes(vec![0x11; VALUE_LIMIT_BYTES + 30]).is_err());
    for bad in ["", "pis_", "pis_a", "pie_", "pie_a", &"pie_a".repeat(100)] {
        assert_eq!((Sealed::parse(bad).err(), Envelope::parse(bad).err()), (Some(OpenError), Some(OpenError)));
    }
    assert!(Sealer::begin(&wrapping(SealAlgorithm::Sm4Gcm, 7), SealAlgorithm::Sm4Gcm, &mut Dry).is_err());
}

#[test]
fn several_threads_share_a_batch_and_no_nonce() {
    let (sealer, _) = batch(SealAlgorithm::Sm4Gcm);
    let seal = || (0..500).map(|_| sealer.seal(b"", &BOUND).unwrap().as_bytes()[..13].to_vec()).collect::<Vec<_>>();
    let headers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(seal)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(headers.iter().collect::<std::collections::BTreeSet<_>>().len(), 2000);
}

#[test]
fn debug_output_shows_no_bytes() {
    let (sealer, envelope) = batch(SealAlgorithm::Sm4Gcm);
    let key = wrapping(SealAlgorithm::Sm4Gcm, 7);
    let opener = key.open(&envelope).unwrap();
    let sealed = sealer.seal(b"13800000000", &BOUND).unwrap();
    let id = sealer.data_key_id();
    assert_eq!(format!("{key:?}"), "WrappingKey(aaah, SM4-GCM)");
    assert_eq!(format!("{envelope:?}"), format!("Envelope({id} under aaah)"));
    assert_eq!(format!("{sealer:?} {opener:?}"), format!("Sealer({id}, 1 sealed) Opener({id})"));
    assert_eq!(format!("{sealed:?}"), format!("Sealed({id}, 40 bytes)"));
}

#[test]
fn sm_allows_sm4_alone() {
    let allowed = ALL.map(|algorithm| Suite::Sm.allows(algorithm.described()));
    assert_eq!(allowed, [false, false, true]);
    assert!(ALL.into_iter().all(|algorithm| Suite::Any.allows(algorithm.described())));
    assert_eq!(Suite::parse("sm"), Some(Suite::Sm));
    assert_eq!(Suite::parse("SM"), None);
}
