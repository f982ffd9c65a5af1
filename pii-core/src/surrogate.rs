//! Surrogates: what stands in a text in place of a value, and can be found there again.
//!
//! | written | what it is | how it leads back |
//! |---|---|---|
//! | `pit_` key id, 128 bits, check | deterministic token: equal values of a kind and scope have equal ones | a vault that has the pair |
//! | `piv_` key id, 128 bits, check | random token of a vault | that vault |
//! | `pih_` key id, 128 bits, check | keyed digest | never |
//! | `pis_` bytes, check | sealed value ([`crate::seal`]) | the data key |
//! | `pie_` bytes, check | wrapped data key | the key-encryption key |
//!
//! All of them are one word of ASCII letters, digits and one underscore, in Base32 with a check character (ISO/IEC 7064,
//! MOD 37,36) over all that stands before it, mark included. So they pass through JSON, CSV, SQL, URLs, file names and
//! mail without being escaped, survive being written in capitals, and [`find`] tells them from look-alikes.
//! A table of keys is never needed to find one: the mark and the check character say it.
//!
//! ```
//! use pii_core::Kind;
//! use pii_core::key::{KeyId, MacAlgorithm};
//! use pii_core::surrogate::{Tokenizer, find, normalised};
//!
//! let id = KeyId::parse("k7hm").expect("four characters");
//! let tokens = Tokenizer::new(MacAlgorithm::HmacSm3, id, &[7; 32]).expect("32 bytes");
//! let kind = Kind::new("bank_card").expect("a name");
//! let token = tokens.token(kind, "test-data", &normalised("6228 4800 0000 0000 216"));
//! assert_eq!(token, tokens.token(kind, "test-data", "6228480000000000216"));
//! let text = format!("卡号{token}，尾号216");
//! let found = find(text.as_bytes()).next().expect("there is one");
//! assert_eq!(&text[found.span()], token);
//! assert_eq!(found.key_id(), Some(id));
//! ```
//!
//! **What a token is and is not.** A pseudonym: who has the key can try all values of a kind and so find the one that was
//! meant, and who sees many of them sees which are equal. 128 bits are kept, so that two values meet by chance only after
//! some 2^64 of them.
//! What it does not know: which keys may be used, vaults, policy.

mod check_character;
mod find;
mod normal;
mod token;
mod written;

pub use find::{Found, Surrogates, find};
pub use normal::normalised;
pub use token::{TOKEN_BITS, Tokenizer, random_token};
pub use written::Mark;
pub(crate) use written::{read, write};
