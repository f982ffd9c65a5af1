//! Keys of data subjects: destroying one deletes what it protected (Order 218, Art. 32).
//!
//! A folder with a file for each subject, which holds a random key wrapped under the keyring's key for subjects. Files, and
//! not one table, because destroying a key is then to remove one file. The name of a file is a keyed digest of the subject's,
//! with a random key that the folder has for that alone, so the folder tells nobody who is a client.
//!
//! A backup of the folder still holds a destroyed key. Rewrapping the rest under a newer version and destroying the older
//! one ([`SubjectKeys::rewrap`]) makes such copies useless.

mod destruction;

pub use destruction::SubjectKey;

use crate::algorithm;
use crate::private_file::{self, Readers};
use crate::{Keyring, KeyringError, Operation, Plan, Purpose};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pii_core::audit::Act;
use pii_core::hex::Hex;
use pii_core::key::{Entropy, KeyId, Mac, MacAlgorithm, Secret, Suite};
use pii_core::seal::WrappingKey;
use std::fs;
use std::path::{Path, PathBuf};

/// The file with the key of the names. No subject's file is named so: theirs have 32 hexadecimal digits.
const INDEX: &str = "index";

/// The folder of files that are still being written: a small one, in which destroying a key finds what was left of it.
const SCRATCH: &str = "unfinished";

/// What the longest of these files is written with, and some room.
const FILE_LIMIT_BYTES: usize = 512;

/// How many bytes the key of the names has.
const INDEX_KEY_BYTES: usize = 32;

/// What the name of the file ends with that says from which day on a subject's key may be destroyed.
const PENDING: &str = ".pending";

const SUBJECT_USE: &[u8] = b"pii subject 1";

/// The keys of data subjects, in a folder.
pub struct SubjectKeys {
    folder: PathBuf,
    names: Mac,
}

impl SubjectKeys {
    /// Begins a folder.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn create(folder: &Path, ring: &Keyring, entropy: &mut dyn Entropy) -> Result<Self, KeyringError> {
        let scratch = folder.join(SCRATCH);
        fs::create_dir_all(&scratch).map_err(|error| KeyringError::file(&scratch, "create it", &error))?;
        let key = Secret::random(INDEX_KEY_BYTES, entropy)?;
        private_file::create(&folder.join(INDEX), &scratch, &wrapped(ring, INDEX, &key, entropy)?)?;
        Self::open(folder, ring)
    }

    /// Opens the folder. It is not made here: where a disk is missing, every subject would seem to be deleted.
    ///
    /// # Errors
    /// There is none, it cannot be read, or the keyring cannot open it.
    pub fn open(folder: &Path, ring: &Keyring) -> Result<Self, KeyringError> {
        let index = folder.join(INDEX);
        let algorithm = match ring.suite() {
            Suite::Any => MacAlgorithm::HmacSha256,
            Suite::Sm => MacAlgorithm::HmacSm3,
        };
        let key = unwrapped(ring, INDEX, &index)?;
        let names = Mac::new(algorithm, key.expose()).ok_or_else(|| no_subject_key(&index))?;
        Ok(Self { folder: folder.to_owned(), names })
    }

    /// The key of a subject, which wraps the data keys of what belongs to that subject alone. `None` where there is none,
    /// or none any more: what it protected is then deleted.
    ///
    /// `subject` is what the firm calls the subject (a customer number, better a token of one).
    ///
    /// # Errors
    /// The file cannot be read, or the keyring cannot open it.
    pub fn key(&self, subject: &str, ring: &Keyring) -> Result<Option<WrappingKey>, KeyringError> {
        let name = self.name(subject);
        let path = self.folder.join(&name);
        if !private_file::exists(&path)? {
            // Where not even the index is, the disk is missing and nothing was deleted.
            if !private_file::exists(&self.folder.join(INDEX))? {
                return Err(no_subject_key(&self.folder));
            }
            return Ok(None);
        }
        let secret = unwrapped(ring, &name, &path)?;
        subject_key(ring, &name, &secret).map(Some)
    }

    /// The key of a subject, a new one where there is none.
    ///
    /// # Errors
    /// As [`SubjectKeys::key`]; it cannot be written or recorded; or in a dry run there is none.
    pub fn key_or_new(
        &self,
        subject: &str,
        ring: &Keyring,
        operation: &mut Operation<'_>,
    ) -> Result<WrappingKey, KeyringError> {
        if let Some(key) = self.key(subject, ring)? {
            return Ok(key);
        }
        let name = self.name(subject);
        let path = self.folder.join(&name);
        let plan = Plan::new(Act::SubjectKeyCreated, id_of(&name), 1, vec!["a subject gets a key".to_owned()]);
        operation.carry_out(&plan, |entropy| {
            let secret = Secret::random(algorithm::wrapping(ring.suite()).key_bytes(), entropy)?;
            let written = wrapped(ring, &name, &secret, entropy)?;
            create_or_find(&path, &self.scratch(), &written)
        })?;
        let made = self.key(subject, ring)?;
        made.ok_or_else(|| KeyringError::no_key("the subject has no key, and a dry run makes none"))
    }

    /// The keys whose id this is: as a rule one. For whoever has an envelope and does not know whose it is.
    ///
    /// # Errors
    /// The folder or a file cannot be read, or the keyring cannot open it.
    pub fn keys_of(&self, id: KeyId, ring: &Keyring) -> Result<Vec<WrappingKey>, KeyringError> {
        let names = self.names()?.into_iter().filter(|name| id_of(name) == Some(id));
        names.map(|name| subject_key(ring, &name, &unwrapped(ring, &name, &self.folder.join(&name))?)).collect()
    }

    /// The names of all subjects' files, in order.
    pub(crate) fn names(&self) -> Result<Vec<String>, KeyringError> {
        let cannot = |error| KeyringError::file(&self.folder, "read it", &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(cannot)? {
            let name = entry.map_err(cannot)?.file_name();
            names.extend(name.to_str().filter(|name| is_name(name)).map(str::to_owned));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Destroys the key of a subject, and with it what only this key opens. `false` where there was none. Where people are
    /// to think twice, [`SubjectKeys::schedule`] goes before it.
    ///
    /// # Errors
    /// The file cannot be removed, that cannot be recorded, or keys are being rewrapped just now.
    pub fn destroy(&self, subject: &str, operation: &mut Operation<'_>) -> Result<bool, KeyringError> {
        let name = self.name(subject);
        let path = self.folder.join(&name);
        if !private_file::exists(&path)? {
            return Ok(false);
        }
        // Whoever rewraps keys at the same time would put it back.
        let _lock = self.lock_unless_dry(operation)?;
        let lines = vec!["the subject's key is erased: what it protected is lost for good".to_owned()];
        let plan = Plan::new(Act::SubjectKeyDestroyed, id_of(&name), 1, lines);
        let removed = operation.carry_out(&plan, |_| {
            let removed = private_file::remove(&path)?;
            private_file::remove_unfinished(&path, &self.scratch())?;
            private_file::remove(&self.pending(&name)).map(|_| removed)
        })?;
        Ok(removed.unwrap_or(true))
    }

    /// Puts all keys under the primary version of the keyring's key for subjects. The keys stay as they are. The plan's count
    /// is how many were under an older version.
    ///
    /// # Errors
    /// A file cannot be read or written, or the keyring cannot open it: those before are then under the newer version, and
    /// it can be tried again.
    pub fn rewrap(&self, ring: &Keyring, operation: &mut Operation<'_>) -> Result<Plan, KeyringError> {
        let _lock = self.lock_unless_dry(operation)?;
        let newest = ring.primary(Purpose::Subject)?.id();
        let mut older = Vec::new();
        for name in self.names()?.into_iter().chain([INDEX.to_owned()]) {
            let path = self.folder.join(&name);
            if read(&path)?.0 != newest {
                older.push((name, path));
            }
        }
        let count = older.len() as u64;
        let lines = vec![format!("{count} keys of subjects are put under the key {newest}; none of them changes")];
        let plan = Plan::new(Act::SubjectKeysRewrapped, Some(newest), count, lines);
        operation.carry_out(&plan, |entropy| {
            older.iter().try_for_each(|(name, path)| {
                let secret = unwrapped(ring, name, path)?;
                private_file::replace(path, &self.scratch(), &wrapped(ring, name, &secret, entropy)?)
            })
        })?;
        Ok(plan)
    }

    fn lock_unless_dry(&self, operation: &Operation<'_>) -> Result<Option<private_file::Lock>, KeyringError> {
        (!operation.dry_run).then(|| private_file::lock(&self.folder.join(INDEX))).transpose()
    }

    fn scratch(&self) -> PathBuf {
        self.folder.join(SCRATCH)
    }

    fn name(&self, subject: &str) -> String {
        let digest = self.names.of_parts(&[SUBJECT_USE, subject.as_bytes()]);
        Hex(&digest[..16]).to_string()
    }
}

/// Another process may make the same file at the same time: the first one's is taken by both.
fn create_or_find(path: &Path, scratch: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    match private_file::create(path, scratch, bytes) {
        Err(_) if private_file::exists(path)? => Ok(()),
        made => made,
    }
}

/// The id of a subject's key. It is drawn from the name of its file, and so is the same every time.
fn id_of(name: &str) -> Option<KeyId> {
    u32::from_str_radix(name.get(..5)?, 16).ok().and_then(KeyId::new)
}

fn is_name(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn no_subject_key(path: &Path) -> KeyringError {
    KeyringError::format(format!("{}: this is no subject's key", path.display()))
}

/// `KEY_ID base64`: the version of the keyring's key, and what it wraps, bound to the name of the file.
fn wrapped(ring: &Keyring, name: &str, secret: &Secret, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KeyringError> {
    let wrapping = ring.wrapping_key(Purpose::Subject, None)?;
    let wrapped = wrapping.wrap_secret(&context(name), secret, entropy);
    let wrapped = wrapped.map_err(|error| KeyringError::refused(error.to_string()))?;
    Ok(format!("{} {}\n", wrapping.key_id(), STANDARD.encode(wrapped)).into_bytes())
}

fn unwrapped(ring: &Keyring, name: &str, path: &Path) -> Result<Secret, KeyringError> {
    let (id, wrapped) = read(path)?;
    let opened = ring.wrapping_key(Purpose::Subject, Some(id))?.unwrap_secret(&context(name), &wrapped);
    opened.map_err(|_| KeyringError::unopened("a subject's key does not open: another keyring, or a changed file"))
}

fn read(path: &Path) -> Result<(KeyId, Vec<u8>), KeyringError> {
    let bytes = private_file::read(path, Readers::Anybody, FILE_LIMIT_BYTES)?;
    let text = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix('\n'));
    let (id, wrapped) = text.and_then(|text| text.split_once(' ')).ok_or_else(|| no_subject_key(path))?;
    let id = KeyId::parse(id).ok_or_else(|| no_subject_key(path))?;
    Ok((id, STANDARD.decode(wrapped).map_err(|_| no_subject_key(path))?))
}

fn context(name: &str) -> Vec<u8> {
    [SUBJECT_USE, b": ", name.as_bytes()].concat()
}

/// The subject's own wrapping key.
fn subject_key(ring: &Keyring, name: &str, secret: &Secret) -> Result<WrappingKey, KeyringError> {
    let id = id_of(name).ok_or_else(|| KeyringError::format("no name of a subject's key"))?;
    WrappingKey::new(algorithm::wrapping(ring.suite()), id, secret.expose())
        .map_err(|_| KeyringError::unopened("a subject's key is for another suite than the keyring"))
}
