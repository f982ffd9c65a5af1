//! Format-preserving encryption: a value becomes another value of the same form, and comes back with the key.
//!
//! A [`Codec`] is made from a rule's `[fpe]`, a key and a scope, and takes values as they are written in files:
//!
//! ```
//! use pii_core::RuleSet;
//! use pii_core::fpe::{Algorithm, Cipher, Codec, Options};
//!
//! let rules = RuleSet::builtin();
//! let phones = rules.rules().iter().find(|rule| rule.kind().as_str() == "mobile_phone").expect("a rule");
//! let cipher = Cipher::new(Algorithm::Sm4, &[7; 16]).expect("16 bytes");
//! let codec = Codec::new(phones, &cipher, "test-data", &Options::default()).expect("the rule has an [fpe]");
//! let other = codec.encrypt("+86 138-0013-8000").expect("a number");
//! assert!(other.starts_with("+86 138-") && other.len() == 17);
//! assert_eq!(codec.decrypt(&other).as_deref(), Ok("+86 138-0013-8000"));
//! assert_eq!(codec.encrypt("13800138000").expect("the same number")[3..7], other[8..12]);
//! ```
//!
//! **What stays and what does not.** Characters in their places keep their sort, and the form that the rule knows; ID numbers,
//! permits and cards are numbered, so that every result is a real day in a real region with the right check character. Telephone
//! numbers keep country, area and prefix; e-mail addresses their domain; network addresses their range; dates move with
//! their person. Names and addresses are replaced, and there is no way back. [`Options`] says what else stays, and can ask
//! for results that never pass their check.
//!
//! **What it stands on.**
//! - A [`Cipher`] is a block cipher with its key: AES, or SM4 (GB/T 32907-2016).
//! - A [`Tweak`] says what a value means (its kind and scope), so that equal digits of different meaning differ afterwards.
//! - [`Ff1`] enciphers strings of numerals of any radix, [`Digits`] decimal text and [`Numbers`] integers, all by FF1 of
//!   NIST SP 800-38G, for domains of a million values or more. A [`Permutation`] is a table for smaller ones, down to a
//!   hundred values: with fewer there is an error and no pseudonym.
//! - [`Ranks`] enciphers the integers below any bound. On it stand [`IdNumber`] (resident IDs and residence permits),
//!   [`BankCard`] and [`MobilePhone`], for columns of plain values.
//!
//! **What it is and is not.** The result is a pseudonym: deterministic, so equal values stay equal and joins hold, and
//! whoever may encipher at will can find a value by trying all of them. Nothing tells a changed value from an unchanged
//! one, unless it is marked. Under FF1 a value maps to itself with chance one in the size of its domain, and an output may by
//! chance be a living person's number. SM4 in FF1 is no mode that NIST or a Chinese standard names.
//!
//! Time taken depends a little on the values (cycle walking, table look-ups), as it does in any FF1 with a table or a walk.
//! What it does not know: key files and versions, rights to decrypt, policy, field names.

mod addresses;
mod bank_card;
mod calendar;
mod card;
mod check_characters;
mod cipher;
mod codec;
mod date_text;
mod dates;
mod domain;
mod email;
mod error;
mod ff1;
mod foreign_resident;
mod id_number;
mod identity;
mod in_place;
mod keyed;
mod large;
mod mobile_phone;
mod names;
mod network;
mod permutation;
mod pick;
mod rank;
mod sm4_wide;
mod telephone;
mod tweak;
mod written;

pub use bank_card::BankCard;
pub use cipher::{Algorithm, Cipher};
pub use codec::{CODECS, Codec, Options};
pub use dates::SHIFT_LIMIT_DAYS;
pub(crate) use dates::{Day, moved};
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
