//! Destroying a subject's key in two steps, and what a folder holds.
//!
//! The first step writes the day beside the key's file, under the same name; the key works on until the second one, since a
//! subject whose deletion is still thought about is still a client.

use super::{PENDING, SubjectKeys, id_of, read};
use crate::private_file::{self, Readers};
use crate::{KeyringError, Operation, Plan};
use pii_core::audit::Act;
use pii_core::key::KeyId;
use pii_core::policy::Date;
use std::path::PathBuf;

/// A day, and some room.
const LIMIT_BYTES: usize = 64;

/// A subject's key as a folder shows it: nothing that names the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectKey {
    id: KeyId,
    under: KeyId,
    pending: Option<Date>,
}

impl SubjectKey {
    /// The key's id, which is in audit records. Of very many subjects two may have the same.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The version of the keyring's key that it is under.
    #[must_use]
    pub fn under(&self) -> KeyId {
        self.under
    }

    /// From which day on it may be destroyed, where that is planned.
    #[must_use]
    pub fn pending(&self) -> Option<Date> {
        self.pending
    }
}

impl SubjectKeys {
    /// All subjects' keys, in the order of their files' names.
    ///
    /// # Errors
    /// The folder or a file cannot be read.
    pub fn list(&self) -> Result<Vec<SubjectKey>, KeyringError> {
        let key = |name: String| {
            let (under, _) = read(&self.folder.join(&name))?;
            let id = id_of(&name).ok_or_else(|| KeyringError::format("no name of a subject's key"))?;
            Ok(SubjectKey { id, under, pending: self.pending_of(&name)? })
        };
        self.names()?.into_iter().map(key).collect()
    }

    /// The first step of destruction: from that day on [`SubjectKeys::confirm`] erases the key. What it protects opens until
    /// then.
    ///
    /// # Errors
    /// There is no such key ([`KeyringError::is_no_key`]), the day is not after today, or it cannot be written or recorded.
    pub fn schedule(&self, subject: &str, on: Date, operation: &mut Operation<'_>) -> Result<Plan, KeyringError> {
        let name = self.existing(subject)?;
        if on <= operation.today {
            let today = operation.today;
            return Err(KeyringError::refused(format!("the day of destruction must be after today, {today}")));
        }
        let lines = vec![format!("the subject's key may be destroyed from {on} on; nothing is erased yet")];
        let plan = Plan::new(Act::SubjectDestructionScheduled, id_of(&name), 1, lines);
        let _lock = self.lock_unless_dry(operation)?;
        let pending = self.pending(&name);
        operation.carry_out(&plan, |_| {
            private_file::remove(&pending)?;
            private_file::create(&pending, &self.scratch(), format!("{on}\n").as_bytes())
        })?;
        Ok(plan)
    }

    /// Takes the first step back.
    ///
    /// # Errors
    /// There is no such key, nothing is scheduled, or it cannot be written or recorded.
    pub fn cancel(&self, subject: &str, operation: &mut Operation<'_>) -> Result<Plan, KeyringError> {
        let name = self.existing(subject)?;
        self.scheduled(&name)?;
        let lines = vec!["the subject's key is not to be destroyed any more".to_owned()];
        let plan = Plan::new(Act::SubjectDestructionCancelled, id_of(&name), 1, lines);
        let _lock = self.lock_unless_dry(operation)?;
        operation.carry_out(&plan, |_| private_file::remove(&self.pending(&name)))?;
        Ok(plan)
    }

    /// The second step: erases the key, and with it what only this key opens.
    ///
    /// # Errors
    /// There is no such key; nothing is scheduled, or for a later day ([`KeyringError::is_refused`]); as
    /// [`SubjectKeys::destroy`].
    pub fn confirm(&self, subject: &str, operation: &mut Operation<'_>) -> Result<Plan, KeyringError> {
        let name = self.existing(subject)?;
        let on = self.scheduled(&name)?;
        if operation.today < on {
            return Err(KeyringError::refused(format!(
                "the subject's key may be destroyed from {on} on, and not before"
            )));
        }
        self.destroy(subject, operation)?;
        let lines = vec![
            "the subject's key is erased: what only it opens is lost for good".to_owned(),
            "copies of the folder from before still hold it: rewrap the subjects' keys under a newer key, and destroy the older one"
                .to_owned(),
        ];
        Ok(Plan::new(Act::SubjectKeyDestroyed, id_of(&name), 1, lines))
    }

    fn existing(&self, subject: &str) -> Result<String, KeyringError> {
        let name = self.name(subject);
        if private_file::exists(&self.folder.join(&name))? {
            return Ok(name);
        }
        Err(KeyringError::no_key("this subject has no key in this folder: check how the subject is written"))
    }

    fn scheduled(&self, name: &str) -> Result<Date, KeyringError> {
        let none = || KeyringError::refused("a subject's key is destroyed in two steps: name a day first");
        self.pending_of(name)?.ok_or_else(none)
    }

    pub(super) fn pending(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{PENDING}"))
    }

    fn pending_of(&self, name: &str) -> Result<Option<Date>, KeyringError> {
        let path = self.pending(name);
        if !private_file::exists(&path)? {
            return Ok(None);
        }
        let bytes = private_file::read(&path, Readers::Anybody, LIMIT_BYTES)?;
        let day = std::str::from_utf8(&bytes).ok().and_then(|text| Date::parse(text.trim_end()));
        let none =
            || KeyringError::format(format!("{}: this is no day: remove it, and name a day again", path.display()));
        day.map(Some).ok_or_else(none)
    }
}
