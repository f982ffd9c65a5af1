//! A store of consents, opened, and the audit trail beside it.

use crate::arguments::consent::{At, Digests, Writes};
use crate::audit_file;
use crate::exit::Failure;
use crate::store::Store;
use crate::{keys, setup, trail};
use pii_core::consent::{Actor, Code};
use pii_core::time::Moment;
use pii_keys::{Keyring, SystemEntropy};
use pii_store::ledger::NodeId;
use pii_store::trail::{Configuration, Name, Note, Options, Record, Trail, TrailError, Version};
use pii_store::{Consents, SubjectDigests};
use std::path::Path;

pub(super) use crate::store::Begin;

/// A store at work.
pub(super) struct Opened {
    pub(super) consents: Consents,
    trail: Option<Trail>,
}

impl Opened {
    /// Without keys: persons are named by their subjects.
    pub(super) fn plain(at: &At, begin: Begin) -> Result<Self, Failure> {
        Self::with(at, None, begin)
    }

    /// With the keys of a keyring, if one is named.
    pub(super) fn keyed(at: &At, digests: &Digests, begin: Begin) -> Result<Self, Failure> {
        if at.trail.is_some() && digests.keyring.is_none() {
            return Err(Failure::usage(
                "an audit trail is signed, and knows persons by keyed digests: add --keyring FILE and what it is under, the same that \
                 `pii mask --trail` has",
            ));
        }
        let ring = digests.keyring.as_ref().map(|path| keys::open(path, &digests.under)).transpose()?;
        Self::with(at, ring.as_ref().map(|(ring, _)| ring), begin)
    }

    fn with(at: &At, ring: Option<&Keyring>, begin: Begin) -> Result<Self, Failure> {
        let store = Store::of(&at.store)?;
        let trail = at.trail.as_deref().map(|folder| open_trail(folder, ring)).transpose()?;
        let node = NodeId::new("pii", &mut SystemEntropy).map_err(Failure::input)?;
        let digests = ring.map_or_else(SubjectDigests::none, SubjectDigests::of);
        let recorder = trail.as_ref().map(Trail::recorder);
        let consents = Consents::open(node, digests, recorder, move || store.connect(begin)).map_err(Failure::input)?;
        Ok(Self { consents: consents.trusting_clock(at.clock_is_right), trail })
    }

    /// Records who declared what, and why: the ledger itself has no place for that.
    pub(super) fn tell(&self, part: &str, what: &str, writes: &Writes) -> Result<(), Failure> {
        let Some(trail) = &self.trail else { return Ok(()) };
        let Some((part, what)) = Name::new(part).zip(Name::new(what)) else { return Ok(()) };
        let name = actor(writes)?;
        let note = Note::new(&format!("{name}: {}", writes.reason));
        let record = Configuration { part, version: Version::Named(what), accepted: true, note };
        let ticket = trail.append(Record::Configuration(record)).map_err(Failure::input)?;
        ticket.wait().map(|_| ()).map_err(Failure::input)
    }

    /// Ends it. What was recorded is on the disk.
    pub(super) fn close(self) -> Result<(), Failure> {
        drop(self.consents);
        self.trail.map_or(Ok(()), |trail| trail.close().map_err(Failure::input))
    }
}

fn open_trail(folder: &Path, ring: Option<&Keyring>) -> Result<Trail, Failure> {
    let first = setup::moment()?;
    let mut options = Options::new(trail::node(folder, None)?, move || setup::moment().unwrap_or(first));
    if let Some(ring) = ring {
        options = options.hashed_with(trail::hash(ring.suite()));
    }
    if let Some(key) = ring.and_then(|ring| ring.signing_key(None).ok()) {
        options = options.signed_by(key);
    }
    Trail::open(folder, options).map_err(|error: TrailError| {
        let hint = if error.is_locked() { "; give this command a folder of its own" } else { "" };
        Failure::input(format!("{error}{hint}"))
    })
}

/// Who acts, as the ledger keeps them.
pub(super) fn actor(writes: &Writes) -> Result<Code, Failure> {
    let name = audit_file::Actor::of(writes.actor.as_deref()).name.to_lowercase();
    Code::new(&name.replace(' ', "-")).ok_or_else(|| {
        Failure::usage(
            "the ledger keeps who acts as small letters, digits, `_`, `-` and `.`, a letter first: give --actor NAME",
        )
    })
}

pub(super) fn operator(writes: &Writes) -> Result<Actor, Failure> {
    Ok(Actor::Operator { name: actor(writes)? })
}

/// Now, to the second.
pub(super) fn now() -> Result<Moment, Failure> {
    setup::moment()
}
