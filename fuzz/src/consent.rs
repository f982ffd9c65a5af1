//! What a consent ledger reads: its own entries, and lines that sources hand in.

use pii_core::consent::{Base64, Book, Code, Entry, ReceiptLine, Source, SourceParts, VerifySource};

/// An entry that is read is written in one way, and that is read as the same; a book takes it or refuses it.
pub(crate) fn entry(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(entry) = Entry::parse(text) else { return };
    let json = entry.to_json();
    let again = Entry::parse(&json).expect("what is written is read");
    assert_eq!(again, entry);
    assert_eq!((again.to_json(), again.digest()), (json, entry.digest()));
    let mut book = Book::default();
    let first = book.apply(&entry, &Trusting);
    assert_eq!(Book::default().apply(&again, &Trusting), first, "the same entry, the same answer");
    let _ = book.apply(&entry, &Trusting);
    let _ = Book::default().apply(&entry, &Distrusting);
}

/// Takes every signature for that of its source.
struct Trusting;

impl VerifySource for Trusting {
    fn is_signed(&self, _: &Source, _: &[u8], _: &[u8]) -> bool {
        true
    }
}

/// Takes none.
struct Distrusting;

impl VerifySource for Distrusting {
    fn is_signed(&self, _: &Source, _: &[u8], _: &[u8]) -> bool {
        false
    }
}

fn source(id: &Code) -> Source {
    let (algorithm, public_key) = (Code::new("ed25519").expect("a code"), Base64::new(&[0; 32]).expect("short enough"));
    let parts = SourceParts {
        id: id.clone(),
        name: "手机应用".to_owned(),
        algorithm,
        public_key,
        until: None,
        registered_by: Code::new("wang.wu").expect("a code"),
    };
    Source::new(parts).expect("a source")
}

/// Nothing of a line counts without its signature; with one the bytes stay those that were signed.
pub(crate) fn receipt(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(line) = ReceiptLine::parse(text) else { return };
    let (own, other) = (source(line.source()), source(&Code::new("somebody-else.x").expect("a code")));
    assert!(line.clone().verified(&own, &Distrusting).is_err());
    assert!(line.source() == &other.id || line.clone().verified(&other, &Trusting).is_err());
    let Ok(signed) = line.clone().verified(&own, &Trusting) else { return };
    let claimed = signed.into_claimed();
    assert!(claimed.is_signed(&own, &Trusting) && !claimed.is_signed(&own, &Distrusting));
    let json = serde_json::to_string(&claimed).expect("a text");
    let again = ReceiptLine::parse(&json).expect("what is written is read");
    assert_eq!(again, line);
    let again = again.verified(&own, &Trusting).expect("it was").into_claimed();
    assert_eq!((again.text(), again.receipt()), (claimed.text(), claimed.receipt()));
}
