//! Sealed values: authenticated encryption of single values, each bound to its place, under a data key per file or batch.
//!
//! - A [`WrappingKey`] is a key-encryption key: a version of a keyring's key, or a data subject's.
//! - A [`Sealer`] begins a batch: it draws a new data key, and gives the [`Envelope`] in which that key is wrapped. The
//!   envelope is kept once, beside the batch (in a manifest or a store).
//! - [`Sealer::seal`] gives a [`Sealed`] value, bound to record, field and purpose ([`Bound`]). It is written as a surrogate
//!   ([`crate::surrogate`]), so that it can be found in a text again.
//! - [`WrappingKey::open`] makes an [`Opener`] of an envelope, and that opens the values of its batch.
//!
//! ```
//! use pii_core::key::{Entropy, EntropyError, KeyId};
//! use pii_core::seal::{Bound, Envelope, SealAlgorithm, Sealed, Sealer, WrappingKey};
//! # struct Counting(u8);
//! # impl Entropy for Counting {
//! #     fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
//! #         bytes.iter_mut().for_each(|byte| { self.0 = self.0.wrapping_add(1); *byte = self.0; });
//! #         Ok(())
//! #     }
//! # }
//! # let mut entropy = Counting(0);
//!
//! let id = KeyId::parse("k7hm").expect("four characters");
//! let wrapping = WrappingKey::new(SealAlgorithm::Sm4Gcm, id, &[7; 16])?;
//! let (sealer, envelope) = Sealer::begin(&wrapping, SealAlgorithm::Sm4Gcm, &mut entropy)?;
//! let bound = Bound { record: "42", field: "bank_card", purpose: "settlement" };
//! let text = sealer.seal(b"6228480000000000216", &bound)?.to_string();
//!
//! let envelope = Envelope::parse(&envelope.to_string())?;
//! let opener = wrapping.open(&envelope)?;
//! assert_eq!(&opener.open(&Sealed::parse(&text)?, &bound)?[..], b"6228480000000000216");
//! let elsewhere = Bound { record: "43", ..bound };
//! assert!(opener.open(&Sealed::parse(&text)?, &elsewhere).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Nonces.** A data key is drawn in memory, seals for one [`Sealer`], and is never given to another: from an envelope
//! comes an [`Opener`] and no sealer. So its nonces can be counted (SP 800-38D, section 8.2.1): the fixed field is the data
//! key's id, eight bytes, and the invocation field a counter of four. That never repeats one, ends at [`MESSAGE_LIMIT`],
//! and leaves a value eight bytes shorter than a random nonce beside an id would. A process that is copied while it seals
//! (a snapshot of a virtual machine, `fork`) would count twice from the same number; where that can happen, take
//! [`SealAlgorithm::Aes256GcmSiv`], which then shows no more than which values are equal.
//! Wrapping takes a random nonce of 12 bytes (section 8.2.2), good for 2^32 batches under one wrapping key: one a second
//! for a century.
//!
//! **What is seen.** How long a sealed value is says how long the value is. What it says of itself (version, algorithm, data
//! key, counter) is in clear and authenticated.
//! What it does not know: keyrings, files, who may open.

mod algorithm;
mod bound;
mod cipher;
mod envelope;
mod error;
mod sealed;
mod sealer;

pub use algorithm::SealAlgorithm;
pub use bound::Bound;
pub use envelope::{Envelope, WrappingKey};
pub use error::{OpenError, SealError};
pub use sealed::{DataKeyId, Sealed};
pub use sealer::{MESSAGE_LIMIT, Opener, Sealer, VALUE_LIMIT_BYTES};
