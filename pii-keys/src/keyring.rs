//! A keyring: versions of keys with their secrets, and the changes that their states allow.

use crate::{Change, DigestUse, KeyAlgorithm, KeyringError, Plan, Purpose, State, Version};
use pii_core::audit::Act;
use pii_core::fpe::Cipher;
use pii_core::key::{Entropy, KeyId, Mac, Secret, Suite};
use pii_core::policy::Date;
use pii_core::seal::WrappingKey;
use pii_core::sign::SigningKey;
use pii_core::surrogate::Tokenizer;
use std::collections::BTreeMap;
use std::fmt;

/// The most versions of a keyring, destroyed ones included.
pub const VERSIONS_LIMIT: usize = 1024;

/// Versions of keys with their secrets.
pub struct Keyring {
    pub(crate) suite: Suite,
    /// How many times it was saved. An older file in place of a newer one can be told by it, by whoever remembers.
    pub(crate) generation: u64,
    pub(crate) versions: Vec<Version>,
    pub(crate) secrets: BTreeMap<KeyId, Secret>,
}

impl Keyring {
    /// A keyring with a primary version for each purpose, of the algorithms that are usual.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn new(suite: Suite, today: Date, entropy: &mut dyn Entropy) -> Result<Self, KeyringError> {
        let mut ring = Self { suite, generation: 0, versions: Vec::new(), secrets: BTreeMap::new() };
        for purpose in Purpose::ALL {
            ring.add(purpose, KeyAlgorithm::usual(purpose, suite), State::Primary, today, entropy)?;
        }
        Ok(ring)
    }

    /// All versions in the order in which they were added, destroyed ones included.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// Which algorithms it may hold.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// How many times it was saved.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The version that new data is protected with.
    ///
    /// # Errors
    /// There is none ([`KeyringError::is_no_key`]).
    pub fn primary(&self, purpose: Purpose) -> Result<&Version, KeyringError> {
        let is_primary = |version: &&Version| version.purpose == purpose && version.state == State::Primary;
        self.versions.iter().find(is_primary).ok_or_else(|| {
            KeyringError::no_key(format!("the keyring has no primary key for {purpose}: add one and promote it"))
        })
    }

    /// The cipher of format-preserving encryption: of this version, or of the primary one.
    ///
    /// # Errors
    /// There is no such version, it is for something else, or its state does not allow it.
    pub fn cipher(&self, id: Option<KeyId>) -> Result<(KeyId, Cipher), KeyringError> {
        let (version, secret) = self.usable(Purpose::Fpe, id)?;
        match version.algorithm {
            KeyAlgorithm::Fpe(algorithm) => Cipher::new(algorithm, secret.expose()).ok(),
            _ => None,
        }
        .map(|cipher| (version.id, cipher))
        .ok_or_else(|| wrong_use(version))
    }

    /// What makes tokens ([`Purpose::Token`]) or digests ([`Purpose::Hash`]): with this version, or with the primary one.
    ///
    /// # Errors
    /// As [`Keyring::cipher`].
    pub fn tokenizer(&self, purpose: Purpose, id: Option<KeyId>) -> Result<Tokenizer, KeyringError> {
        let (version, secret) = self.usable(purpose, id)?;
        match version.algorithm {
            KeyAlgorithm::Mac(algorithm) => Tokenizer::new(algorithm, version.id, secret.expose()),
            _ => None,
        }
        .ok_or_else(|| wrong_use(version))
    }

    /// What wraps data keys ([`Purpose::Seal`]) or keys of data subjects ([`Purpose::Subject`]): this version, or the
    /// primary one.
    ///
    /// # Errors
    /// As [`Keyring::cipher`].
    pub fn wrapping_key(&self, purpose: Purpose, id: Option<KeyId>) -> Result<WrappingKey, KeyringError> {
        let (version, secret) = self.usable(purpose, id)?;
        match version.algorithm {
            KeyAlgorithm::Seal(algorithm) => WrappingKey::new(algorithm, version.id, secret.expose()).ok(),
            _ => None,
        }
        .ok_or_else(|| wrong_use(version))
    }

    /// What signs ([`Purpose::Sign`]): this version, or the primary one.
    ///
    /// # Errors
    /// As [`Keyring::cipher`].
    pub fn signing_key(&self, id: Option<KeyId>) -> Result<SigningKey, KeyringError> {
        let (version, secret) = self.usable(Purpose::Sign, id)?;
        match version.algorithm {
            KeyAlgorithm::Sign(algorithm) => SigningKey::new(algorithm, version.id, secret).ok(),
            _ => None,
        }
        .ok_or_else(|| wrong_use(version))
    }

    /// The keyed hash for one use of digests, of a key that is derived for it from a version of [`Purpose::Hash`]: this one, or
    /// the primary one.
    ///
    /// # Errors
    /// As [`Keyring::cipher`].
    pub fn digests(&self, used_for: DigestUse, id: Option<KeyId>) -> Result<(KeyId, Mac), KeyringError> {
        let (version, secret) = self.usable(Purpose::Hash, id)?;
        match version.algorithm {
            KeyAlgorithm::Mac(algorithm) => Mac::new(algorithm, secret.expose())
                .and_then(|mac| Mac::new(algorithm, mac.derive(used_for.label()).expose()))
                .map(|mac| (version.id, mac)),
            _ => None,
        }
        .ok_or_else(|| wrong_use(version))
    }

    /// [`Keyring::digests`] of every version that may be used, the primary one first: what was digested before a rotation is
    /// found again by trying each.
    #[must_use]
    pub fn all_digests(&self, used_for: DigestUse) -> Vec<(KeyId, Mac)> {
        let of_hash = self.versions.iter().filter(|version| version.purpose == Purpose::Hash);
        let mut versions: Vec<&Version> = of_hash.filter(|version| version.state.is_usable()).collect();
        versions.sort_by_key(|version| version.state != State::Primary);
        versions.into_iter().filter_map(|version| self.digests(used_for, Some(version.id)).ok()).collect()
    }

    fn usable(&self, purpose: Purpose, id: Option<KeyId>) -> Result<(&Version, &Secret), KeyringError> {
        let version = match id {
            Some(id) => self.version(id)?,
            None => self.primary(purpose)?,
        };
        if version.purpose != purpose {
            return Err(wrong_use(version));
        }
        let secret = self.secrets.get(&version.id).filter(|_| version.state.is_usable());
        secret
            .map(|secret| (version, secret))
            .ok_or_else(|| KeyringError::no_key(format!("the key {} is {}", version.id, version.state)))
    }

    /// The version of an id.
    ///
    /// # Errors
    /// There is none ([`KeyringError::is_no_key`]).
    pub fn version(&self, id: KeyId) -> Result<&Version, KeyringError> {
        let version = self.versions.iter().find(|version| version.id == id);
        version.ok_or_else(|| KeyringError::no_key(format!("the keyring has no key {id}")))
    }

    /// Says what a change would do, and does nothing.
    ///
    /// # Errors
    /// What the state of the version, its age or the suite does not allow.
    pub fn plan(&self, change: &Change, today: Date) -> Result<Plan, KeyringError> {
        let lines = match *change {
            Change::Add { purpose, algorithm } => self.plan_add(purpose, algorithm)?,
            Change::Promote { id, at_once } => self.plan_promote(self.version(id)?, at_once, today)?,
            Change::Disable { id } => plan_disable(self.version(id)?)?,
            Change::Enable { id } => {
                let version = expect(self.version(id)?, "enable", version_is_disabled, "only a disabled key can be")?;
                vec![format!("the key {id} for {} is enabled: it opens old data again", version.purpose)]
            }
            Change::Schedule { id, on } => plan_schedule(self.version(id)?, on, today)?,
            Change::Cancel { id } => {
                expect(self.version(id)?, "keep", version_is_pending, "its destruction is not scheduled")?;
                vec![format!("the key {id} is not to be destroyed any more; it stays disabled")]
            }
            Change::Destroy { id } => plan_destroy(self.version(id)?, today)?,
        };
        Ok(Plan::new(change.act(), change.key(), 1, lines))
    }

    /// Makes a change, if [`Keyring::plan`] allows it. Nothing is saved.
    ///
    /// # Errors
    /// As [`Keyring::plan`].
    pub fn apply(&mut self, change: &Change, today: Date, entropy: &mut dyn Entropy) -> Result<Plan, KeyringError> {
        let mut plan = self.plan(change, today)?;
        match *change {
            Change::Add { purpose, algorithm } => {
                let algorithm = algorithm.unwrap_or(KeyAlgorithm::usual(purpose, self.suite));
                let id = self.add(purpose, algorithm, State::Enabled, today, entropy)?;
                plan.key = Some(id);
                plan.lines.push(format!("its id is {id}"));
            }
            Change::Promote { id, .. } => {
                let purpose = self.version(id)?.purpose;
                self.demote(purpose);
                self.set(id, State::Primary);
            }
            Change::Enable { id } => self.set(id, State::Enabled),
            Change::Disable { id } | Change::Cancel { id } => self.set(id, State::Disabled),
            Change::Schedule { id, on } => self.set(id, State::Pending(on)),
            Change::Destroy { id } => {
                self.set(id, State::Destroyed);
                self.secrets.remove(&id);
            }
        }
        Ok(plan)
    }

    fn plan_add(&self, purpose: Purpose, algorithm: Option<KeyAlgorithm>) -> Result<Vec<String>, KeyringError> {
        let algorithm = algorithm.unwrap_or(KeyAlgorithm::usual(purpose, self.suite));
        if !algorithm.serves(purpose) {
            return Err(KeyringError::refused(format!("{algorithm} is not used for {purpose}")));
        }
        if !self.suite.allows(algorithm.described()) {
            let usual = KeyAlgorithm::usual(purpose, self.suite);
            return Err(KeyringError::suite(format!(
                "this keyring is for SM algorithms: take {usual}, not {algorithm}"
            )));
        }
        if self.versions.len() >= VERSIONS_LIMIT {
            return Err(KeyringError::refused(format!("a keyring has at most {VERSIONS_LIMIT} versions")));
        }
        let next = "promote it once every node has this keyring";
        Ok(vec![format!("a key for {purpose} with {algorithm} is added and enabled; {next}")])
    }

    fn plan_promote(&self, version: &Version, at_once: bool, today: Date) -> Result<Vec<String>, KeyringError> {
        expect(version, "promote", |state| state == State::Enabled, "only an enabled key can be")?;
        if !at_once && version.added >= today {
            return Err(KeyringError::refused(format!(
                "the key {} was added on {}: promote it on a later day, when every node has it, or at once if all have it",
                version.id, version.added
            )));
        }
        let mut lines = vec![format!("new data for {} is protected with the key {}", version.purpose, version.id)];
        if let Ok(before) = self.primary(version.purpose) {
            lines.push(format!("the key {} stays enabled: what it protected opens as before", before.id));
        }
        if matches!(version.purpose, Purpose::Fpe | Purpose::Token | Purpose::Hash) {
            lines.push("data masked from now on does not join with data masked before".to_owned());
        }
        Ok(lines)
    }

    fn add(
        &mut self,
        purpose: Purpose,
        algorithm: KeyAlgorithm,
        state: State,
        added: Date,
        entropy: &mut dyn Entropy,
    ) -> Result<KeyId, KeyringError> {
        let id = self.unused_id(entropy)?;
        let secret = Secret::random(algorithm.key_bytes(), entropy)?;
        self.versions.push(Version { id, purpose, algorithm, state, added });
        self.secrets.insert(id, secret);
        Ok(id)
    }

    /// With at most [`VERSIONS_LIMIT`] ids of a million taken, a second draw is rare and a hundredth means that the
    /// randomness is none.
    fn unused_id(&self, entropy: &mut dyn Entropy) -> Result<KeyId, KeyringError> {
        for _ in 0..100 {
            let id = KeyId::random(entropy)?;
            if self.version(id).is_err() {
                return Ok(id);
            }
        }
        Err(pii_core::key::EntropyError.into())
    }

    fn demote(&mut self, purpose: Purpose) {
        for version in &mut self.versions {
            if version.purpose == purpose && version.state == State::Primary {
                version.state = State::Enabled;
            }
        }
    }

    fn set(&mut self, id: KeyId, state: State) {
        if let Some(version) = self.versions.iter_mut().find(|version| version.id == id) {
            version.state = state;
        }
    }

    /// The plan of making this keyring.
    pub(crate) fn plan_of_creation(&self) -> Plan {
        let line = |version: &Version| format!("{} for {} with {}", version.state, version.purpose, version.algorithm);
        Plan::new(Act::KeyringCreated, None, self.versions.len() as u64, self.versions.iter().map(line).collect())
    }
}

fn version_is_disabled(state: State) -> bool {
    state == State::Disabled
}

fn version_is_pending(state: State) -> bool {
    matches!(state, State::Pending(_))
}

fn expect<'v>(
    version: &'v Version,
    doing: &str,
    is_right: impl FnOnce(State) -> bool,
    hint: &str,
) -> Result<&'v Version, KeyringError> {
    if is_right(version.state) {
        return Ok(version);
    }
    Err(KeyringError::refused(format!("cannot {doing} the key {}, which is {}: {hint}", version.id, version.state)))
}

/// What whoever ends a key that signs has to do before.
const KEEP_PUBLIC_HALF: &str = "what it signed is checked with its public half, which the keyring gives no longer: before this, print it by \
                                `pii audit keys`, and keep that as long as the trails";

fn plan_disable(version: &Version) -> Result<Vec<String>, KeyringError> {
    if version.state == State::Primary {
        let message =
            format!("the key {} is the primary one for {}: promote another first", version.id, version.purpose);
        return Err(KeyringError::refused(message));
    }
    expect(version, "disable", |state| state == State::Enabled, "only an enabled key can be")?;
    let said = match version.purpose {
        Purpose::Sign => format!("the key {} signs nothing more; {KEEP_PUBLIC_HALF}", version.id),
        purpose => {
            format!("what the key {} for {purpose} protected does not open until it is enabled again", version.id)
        }
    };
    Ok(vec![said])
}

fn plan_schedule(version: &Version, on: Date, today: Date) -> Result<Vec<String>, KeyringError> {
    let first = "disable it first, and wait whether anything misses it";
    expect(version, "destroy", version_is_disabled, first)?;
    if on <= today {
        return Err(KeyringError::refused(format!("the day of destruction must be after today, {today}")));
    }
    Ok(vec![format!(
        "the key {} for {} may be destroyed from {on} on; nothing is erased yet",
        version.id, version.purpose
    )])
}

fn plan_destroy(version: &Version, today: Date) -> Result<Vec<String>, KeyringError> {
    expect(version, "destroy", version_is_pending, "schedule its destruction first")?;
    match version.state {
        State::Pending(on) if today < on => {
            Err(KeyringError::refused(format!("the key {} may be destroyed from {on} on, and not before", version.id)))
        }
        _ => Ok(vec![
            match version.purpose {
                Purpose::Sign => format!("the key {} for sign is erased; {KEEP_PUBLIC_HALF}", version.id),
                purpose => format!("the key {} for {purpose} is erased: what only it opens is lost for good", version.id),
            },
            "copies of the keyring from before still hold it: rewrap the keyring, and delete the old key-encryption key"
                .to_owned(),
        ]),
    }
}

fn wrong_use(version: &Version) -> KeyringError {
    KeyringError::no_key(format!("the key {} is for {} with {}", version.id, version.purpose, version.algorithm))
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({}, generation {}, {} versions)", self.suite, self.generation, self.versions.len())
    }
}
