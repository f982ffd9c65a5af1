//! Format-preserving encryption: a number becomes another number of the same form, and comes back with the key.
//!
//! - A [`Cipher`] is a block cipher with its key: AES, or SM4 (GB/T 32907-2016).
//! - A [`Tweak`] says what a value means (its kind and scope), so that equal digits of different meaning differ afterwards.
//! - [`Ff1`] enciphers strings of numerals of any radix, [`Digits`] decimal text and [`Numbers`] integers, all by FF1 of
//!   NIST SP 800-38G, for domains of a million values or more. A [`Permutation`] is a table for smaller ones.
//! - [`Ranks`] enciphers the integers below any bound. On it stand the codecs, which number the *valid* values of a kind:
//!   [`IdNumber`] (resident IDs and residence permits), [`BankCard`], [`MobilePhone`].
//!
//! ```
//! use pii_core::Kind;
//! use pii_core::check::{Verdict, resident_id};
//! use pii_core::fpe::{Algorithm, Cipher, IdNumber, Keep, Tweak};
//!
//! let cipher = Cipher::new(Algorithm::Aes256, &[7; 32]).expect("32 bytes");
//! let kind = Kind::new("resident_id").expect("a name");
//! let codec = IdNumber::resident(&cipher, &Tweak::of(kind, "test-data"), Keep::default()).expect("a large domain");
//! let other = codec.encrypt(b"11010519491231002X").expect("a valid number");
//! assert_eq!(resident_id::check(&other), Verdict::Valid);
//! assert_eq!(&codec.decrypt(&other).expect("it is valid"), b"11010519491231002X");
//! ```
//!
//! **What it is and is not.** The result is a pseudonym: deterministic, so equal values stay equal and joins hold, and
//! whoever may encipher at will can find a value by trying all of them. Nothing tells a changed value from an unchanged
//! one. A value maps to itself with chance one in the size of the domain, and an output may by chance be a living person's
//! number. SM4 in FF1 is no mode that NIST or a Chinese standard names.
//!
//! Time taken depends a little on the values (cycle walking, table look-ups), as it does in any FF1 with a table or a walk.
//! What it does not know: key files and versions, rights to decrypt, policy, field names.

mod bank_card;
mod calendar;
mod cipher;
mod error;
mod ff1;
mod id_number;
mod mobile_phone;
mod permutation;
mod rank;
mod sm4_wide;
mod tweak;

pub use bank_card::BankCard;
pub use cipher::{Algorithm, Cipher};
pub use error::FpeError;
pub use ff1::{Digits, Ff1, LENGTH_LIMIT, Numbers};
pub use id_number::{ID_NUMBER_DOMAIN, IdNumber, Keep};
pub use mobile_phone::MobilePhone;
pub use permutation::Permutation;
pub use rank::Ranks;
pub use tweak::{TWEAK_LIMIT_BYTES, Tweak};

/// The least domain that FF1 may serve (NIST SP 800-38G Rev. 1, second public draft, 2025-02): below it, whoever sees some
/// pairs can work out others.
pub const LEAST_FF1_DOMAIN: u64 = 1_000_000;
