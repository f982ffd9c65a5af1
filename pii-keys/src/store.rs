//! The file of a keyring.

use crate::kek::Kek;
use crate::private_file::{self, Readers};
use crate::stored::{KEYRING_LIMIT_BYTES, Listing};
use crate::{Change, Keyring, KeyringError, Operation, Plan};
use pii_core::audit::Act;
use pii_core::key::Suite;
use std::path::{Path, PathBuf};

/// The file of a keyring. Whoever changes it holds a lock on it; whoever reads it sees a whole one at any time.
#[derive(Clone, Debug)]
pub struct KeyringFile {
    path: PathBuf,
}

impl KeyringFile {
    /// The file at `path`, whether or not there is one yet.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        // A link is followed: a keyring that is replaced, and its lock, are where the file is.
        let path = path.canonicalize().unwrap_or(path);
        Self { path }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a keyring with a primary key for each purpose.
    ///
    /// # Errors
    /// There is such a file already; the key-encryption key cannot be used, or the suite does not allow it; it cannot be
    /// written or recorded.
    pub fn create(&self, kek: &dyn Kek, suite: Suite, operation: &mut Operation<'_>) -> Result<Plan, KeyringError> {
        let _lock = self.lock_unless_dry(operation)?;
        let ring = Keyring::new(suite, operation.today, operation.entropy)?;
        let file = written(&ring, kek, operation)?;
        let plan = Plan { generation: Some(ring.generation), ..ring.plan_of_creation() };
        if private_file::exists(&self.path)? {
            let exists = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(KeyringError::file(&self.path, "create it", &exists));
        }
        operation.carry_out(&plan, |_| private_file::create(&self.path, self.folder(), &file))?;
        Ok(plan)
    }

    /// What is in it, without opening it.
    ///
    /// # Errors
    /// It cannot be read, others can change it, or it is no keyring.
    pub fn list(&self) -> Result<Listing, KeyringError> {
        Listing::parse(&self.bytes()?)
    }

    /// Opens it. `required` is what the configuration allows.
    ///
    /// # Errors
    /// As [`KeyringFile::list`]; it is under another key-encryption key, was changed, or holds what `required` forbids.
    pub fn open(&self, kek: &dyn Kek, required: Suite) -> Result<Keyring, KeyringError> {
        Keyring::from_bytes(&self.bytes()?, kek, required)
    }

    /// Makes a change and saves it; in a dry run, says what it would do.
    ///
    /// # Errors
    /// As [`KeyringFile::open`] and [`Keyring::plan`]; somebody else is changing it; it cannot be written or recorded.
    pub fn change(
        &self,
        kek: &dyn Kek,
        required: Suite,
        change: &Change,
        operation: &mut Operation<'_>,
    ) -> Result<Plan, KeyringError> {
        let _lock = self.lock_unless_dry(operation)?;
        let mut ring = self.open(kek, required)?;
        if operation.dry_run {
            return ring.plan(change, operation.today);
        }
        let plan = ring.apply(change, operation.today, operation.entropy)?;
        self.save(ring, kek, &plan, operation)?;
        Ok(plan)
    }

    /// Puts the keyring under another key-encryption key. Its keys stay as they are, and so does all that they protected.
    ///
    /// # Errors
    /// As [`KeyringFile::change`].
    pub fn rewrap(
        &self,
        older: &dyn Kek,
        newer: &dyn Kek,
        required: Suite,
        operation: &mut Operation<'_>,
    ) -> Result<Plan, KeyringError> {
        let _lock = self.lock_unless_dry(operation)?;
        let ring = self.open(older, required)?;
        let count = ring.secrets.len() as u64;
        let lines = vec![
            format!("{count} keys are put from {} under {}; none of them changes", older.provider(), newer.provider()),
            "copies from before still open with the old key-encryption key: delete it once nothing needs them"
                .to_owned(),
        ];
        let plan = Plan::new(Act::KeyringRewrapped, None, count, lines);
        if operation.dry_run {
            // Whether the new one can be used is what a dry run is to find out.
            written(&ring, newer, operation)?;
            return Ok(plan);
        }
        self.save(ring, newer, &plan, operation)?;
        Ok(plan)
    }

    fn save(
        &self,
        mut ring: Keyring,
        kek: &dyn Kek,
        plan: &Plan,
        operation: &mut Operation<'_>,
    ) -> Result<(), KeyringError> {
        ring.generation = ring.generation.saturating_add(1);
        let file = written(&ring, kek, operation)?;
        let plan = Plan { generation: Some(ring.generation), ..plan.clone() };
        operation.carry_out(&plan, |_| private_file::replace(&self.path, self.folder(), &file))?;
        Ok(())
    }

    fn lock_unless_dry(&self, operation: &Operation<'_>) -> Result<Option<private_file::Lock>, KeyringError> {
        if operation.dry_run {
            return Ok(None);
        }
        let lock = private_file::lock(&self.path)?;
        private_file::remove_unfinished(&self.path, self.folder())?;
        Ok(Some(lock))
    }

    fn folder(&self) -> &Path {
        private_file::folder(&self.path)
    }

    fn bytes(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, KeyringError> {
        private_file::read(&self.path, Readers::Anybody, KEYRING_LIMIT_BYTES)
    }
}

/// The bytes of a keyring, which were seen to open again. A key-encryption key may be able to encrypt and not to decrypt.
fn written(ring: &Keyring, kek: &dyn Kek, operation: &mut Operation<'_>) -> Result<Vec<u8>, KeyringError> {
    let file = ring.to_bytes(kek, operation.entropy)?;
    Keyring::from_bytes(&file, kek, ring.suite).map(|_| file)
}
