//! How a trail is written.

use super::TrailError;
use super::hash::HashAlgorithm;
use super::name::Name;
use super::witness::Witness;
use pii_core::sign::SigningKey;
use pii_core::time::Moment;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The least size at which a segment ends, in bytes.
pub const SEGMENT_LEAST_BYTES: u64 = 64 * 1024;

/// The most, so that what is written anew after a stop is done in seconds.
pub const SEGMENT_LIMIT_BYTES: u64 = 1 << 30;

/// Heads are signed and sent at least this often.
pub const HEADS_AT_LEAST_EVERY: Duration = Duration::from_secs(10);

/// Tells the time.
pub(crate) type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// How a trail is written: by which node, hashed and signed with what, witnessed by whom.
pub struct Options {
    pub(crate) settings: Settings,
    pub(crate) witness: Option<Box<dyn Witness>>,
}

/// What all hands of a trail go by.
pub(crate) struct Settings {
    pub(crate) node: Name,
    pub(crate) clock: Clock,
    pub(crate) hash: HashAlgorithm,
    pub(crate) signer: Option<Arc<SigningKey>>,
    pub(crate) segment_bytes: u64,
    pub(crate) waiting_bytes: usize,
    pub(crate) every: Duration,
    pub(crate) fail_after: Option<Duration>,
}

impl Options {
    /// A node's trail: SHA-256, unsigned, without a witness, segments of 64 MiB, at most 16 MiB waiting to be written. `clock`
    /// says the time of a record; numbers count where it jumps.
    #[must_use]
    pub fn new(node: Name, clock: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        let settings = Settings {
            node,
            clock: Arc::new(clock),
            hash: HashAlgorithm::Sha256,
            signer: None,
            segment_bytes: 64 << 20,
            waiting_bytes: 16 << 20,
            every: HEADS_AT_LEAST_EVERY,
            fail_after: None,
        };
        Self { settings, witness: None }
    }

    /// What new segments are chained with.
    #[must_use]
    pub fn hashed_with(mut self, hash: HashAlgorithm) -> Self {
        self.settings.hash = hash;
        self
    }

    /// Signs checkpoints and heads.
    #[must_use]
    pub fn signed_by(mut self, key: SigningKey) -> Self {
        self.settings.signer = Some(Arc::new(key));
        self
    }

    /// Sends heads to a witness. Where it has taken none for `fail_after`, nothing more is recorded, and with that nothing
    /// more leaves: what nobody could prove stays that short. It begins to count when the trail is opened: whoever opens it
    /// often asks [`Trail::wait_for_witness`](super::Trail::wait_for_witness) first. Without it there is an alarm only.
    #[must_use]
    pub fn witnessed_by(mut self, witness: impl Witness + 'static, fail_after: Option<Duration>) -> Self {
        self.witness = Some(Box::new(witness));
        self.settings.fail_after = fail_after;
        self
    }

    /// The size from which on a segment ends, in bytes.
    ///
    /// # Errors
    /// It is less than [`SEGMENT_LEAST_BYTES`] or more than [`SEGMENT_LIMIT_BYTES`].
    pub fn segments_of(mut self, bytes: u64) -> Result<Self, TrailError> {
        if !(SEGMENT_LEAST_BYTES..=SEGMENT_LIMIT_BYTES).contains(&bytes) {
            let message = format!("a segment has {SEGMENT_LEAST_BYTES} to {SEGMENT_LIMIT_BYTES} bytes");
            return Err(TrailError::limit(message));
        }
        self.settings.segment_bytes = bytes;
        Ok(self)
    }

    /// How often chains are signed, and heads sent.
    ///
    /// # Errors
    /// It is nothing, or more than [`HEADS_AT_LEAST_EVERY`].
    pub fn heads_every(mut self, every: Duration) -> Result<Self, TrailError> {
        if every.is_zero() || every > HEADS_AT_LEAST_EVERY {
            return Err(TrailError::limit("heads are signed and sent at least every 10 s"));
        }
        self.settings.every = every;
        Ok(self)
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Options({:?}, witness {:?})", self.settings, self.witness)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, signer {:?}", self.node, self.hash, self.signer)
    }
}
