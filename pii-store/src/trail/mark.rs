//! What a trail says of itself, between what is recorded in it.

use super::hash::{Hash, HashAlgorithm};
use super::head::Signature;
use super::word::{self, words};
use pii_core::key::KeyId;
use serde::{Deserialize, Serialize};

/// The first line of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begun {
    /// What its lines are chained with.
    #[serde(with = "word::one")]
    pub hash: HashAlgorithm,
    /// The hash of the last line of the segment before it; zeros in front of the first one.
    pub previous: Hash,
    /// The key that signs, where one does.
    #[serde(with = "word::maybe", default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<KeyId>,
}

/// All lines in front of it, signed. Without a key it only says that the writer stopped in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Why it was made.
    #[serde(with = "word::one")]
    pub cause: Cause,
    /// The signature of the [`Head`](super::Head) that the line in front is, at this line's time.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signature>,
}

/// Why a checkpoint was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It was time.
    Interval,
    /// A segment was removed.
    Removal,
    /// The segment ends.
    Seal,
    /// The writer ends.
    Close,
}

words!(Cause: Interval = "interval", Removal = "removal", Seal = "seal", Close = "close");

/// The last line of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// How many lines the segment has, this one included.
    pub lines: u64,
}

/// The writer had not ended in order. What was left of its last segment was written anew, up to its last whole line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovered {
    /// How many bytes of a line that was cut short were left out. None of it was ever said to be recorded.
    pub cut_bytes: u64,
}

/// What is left of a segment that was kept long enough and removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// Its first line's number.
    pub first: u64,
    /// Its last line's number.
    pub last: u64,
    /// Its last line's hash.
    pub head: Hash,
    /// When the last of its lines was written.
    pub latest: String,
}
