//! What all keys have in common: secret bytes, a name, randomness, and which standards may be used.
//!
//! - A [`Secret`] is bytes that wipe themselves and show themselves only to a deliberate call.
//! - A [`KeyId`] names a version of a key, in 20 bits, so that four characters of a token say which key made it.
//! - [`Entropy`] is where random bytes come from. This crate has none of its own.
//! - A [`Mac`] is a keyed hash, HMAC-SHA-256 or HMAC-SM3, and what other keys are derived with.
//! - A [`Suite`] says which algorithms a firm allows, and [`Described`] what an assessor asks of each of them.
//!
//! What it does not know: files, states of keys, who may use them (`pii-keys` does).

mod entropy;
mod id;
mod mac;
mod secret;
mod suite;

pub use entropy::{Entropy, EntropyError};
pub use id::{KEY_ID_LIMIT, KeyId};
pub use mac::{MAC_BYTES, Mac, MacAlgorithm, MacRun};
pub use secret::Secret;
pub use suite::{Described, Suite};
