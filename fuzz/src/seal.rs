//! Sealed values, their envelopes, and surrogates in texts.

use pii_core::Kind;
use pii_core::key::{Entropy, EntropyError, KeyId, MacAlgorithm};
use pii_core::seal::{Bound, Envelope, Opener, SealAlgorithm, Sealed, Sealer, WrappingKey};
use pii_core::surrogate::{Tokenizer, find};
use std::sync::LazyLock;

const BOUND: Bound<'_> = Bound { record: "1", field: "mobile_phone", purpose: "test" };

/// The same bytes every time, so that an input that broke something breaks it again.
pub(crate) struct Repeating(pub(crate) u8);

impl Entropy for Repeating {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(17);
            *byte = self.0;
        }
        Ok(())
    }
}

struct Batch {
    wrapping: WrappingKey,
    envelope: Envelope,
    opener: Opener,
    sealed: Sealed,
}

static BATCHES: LazyLock<[Batch; 3]> = LazyLock::new(|| {
    [SealAlgorithm::Aes256Gcm, SealAlgorithm::Aes256GcmSiv, SealAlgorithm::Sm4Gcm].map(|algorithm| {
        let id = KeyId::new(7).expect("a small number");
        let key = vec![0xA5; algorithm.key_bytes()];
        let wrapping = WrappingKey::new(algorithm, id, &key).expect("of the right length");
        let (sealer, envelope) = Sealer::begin(&wrapping, algorithm, &mut Repeating(1)).expect("there are bytes");
        let opener = wrapping.open(&envelope).expect("its own");
        let sealed = sealer.seal(b"13800000000", &BOUND).expect("a short value");
        Batch { wrapping, envelope, opener, sealed }
    })
});

/// Nothing opens but what was sealed; what reads as sealed is written as it was read.
pub(crate) fn check(input: &[u8]) {
    for batch in BATCHES.iter() {
        check_bytes(batch, input.to_vec());
        // The same, closer to something that opens.
        let changed = batch.sealed.as_bytes().iter().enumerate();
        check_bytes(batch, changed.map(|(at, byte)| byte ^ input.get(at).unwrap_or(&0)).collect());
        if let Ok(text) = std::str::from_utf8(input) {
            check_text(batch, text);
        }
    }
}

fn check_bytes(batch: &Batch, bytes: Vec<u8>) {
    if let Ok(sealed) = Sealed::from_bytes(bytes) {
        check_sealed(batch, &sealed);
        assert_eq!(Sealed::parse(&sealed.to_string()), Ok(sealed));
    }
}

fn check_sealed(batch: &Batch, sealed: &Sealed) {
    let opened = batch.opener.open(sealed, &BOUND);
    assert_eq!(opened.is_ok(), *sealed == batch.sealed, "only what was sealed opens");
    assert!(batch.opener.open(sealed, &Bound { record: "2", ..BOUND }).is_err());
}

fn check_text(batch: &Batch, text: &str) {
    if let Ok(sealed) = Sealed::parse(text) {
        check_sealed(batch, &sealed);
        assert_eq!(sealed.to_string(), text.to_ascii_lowercase());
    }
    if let Ok(envelope) = Envelope::parse(text) {
        assert_eq!(envelope.to_string(), text.to_ascii_lowercase());
        assert_eq!(batch.wrapping.open(&envelope).is_ok(), envelope == batch.envelope, "only what was wrapped opens");
    }
}

/// What is found stands apart, in order, and is found alone and in capitals too; what was put there is found.
pub(crate) fn check_found(input: &[u8]) {
    let found: Vec<_> = find(input).collect();
    for pair in found.windows(2) {
        assert!(pair[0].span().end < pair[1].span().start, "they touch");
    }
    let spans = |text: &[u8]| find(text).map(|found| found.span()).collect::<Vec<_>>();
    assert_eq!(spans(&input.to_ascii_uppercase()), spans(input));
    for one in &found {
        let alone = &input[one.span()];
        assert!(alone.is_ascii() && alone[3] == b'_');
        assert!(spans(alone).first() == Some(&(0..alone.len())), "it is not found alone");
    }
    let tokens = Tokenizer::new(MacAlgorithm::HmacSm3, KeyId::new(7).expect("small"), &[7; 32]).expect("32 bytes");
    let token = tokens.token(Kind::new("qq").expect("a name"), "", "10001");
    let with_one = [input, b" ", token.as_bytes()].concat();
    let mut expected = spans(input);
    expected.push(input.len() + 1..with_one.len());
    assert_eq!(spans(&with_one), expected);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens() {
        for batch in BATCHES.iter() {
            assert!(batch.opener.open(&batch.sealed, &BOUND).is_ok());
            check(batch.sealed.to_string().as_bytes());
            check(batch.envelope.to_string().as_bytes());
            check(batch.sealed.as_bytes());
            check_found(batch.sealed.to_string().as_bytes());
        }
        check(b"");
    }
}
