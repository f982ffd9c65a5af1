//! A store of consents, opened, and the audit trail beside it.

use crate::arguments::consent::{At, Digests, Writes};
use crate::audit_file;
use crate::exit::Failure;
use crate::keys;
use pii_core::consent::{Actor, Code};
use pii_core::key::Suite;
use pii_core::time::Moment;
use pii_flow::{TrailAt, clock, signing_key};
use pii_keys::Keyring;
use pii_store::Consents;
use pii_store::trail::{Configuration, Name, Note, Record, Trail, Version};
use std::path::Path;

pub(super) use pii_flow::Begin;

/// What the ledger calls a run of this command.
const NODE: &str = "pii";

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
        let ledger = at.consents()?;
        let trail = at.trail.as_deref().map(|folder| open_trail(folder, ring)).transpose()?;
        let consents = ledger.open(begin, NODE, ring, trail.as_ref().map(Trail::recorder))?;
        Ok(Self { consents, trail })
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
    let at = TrailAt { folder: folder.to_owned(), node: None, witness: None };
    let signer = ring.and_then(|ring| signing_key(ring).ok());
    at.open(ring.map_or(Suite::Any, Keyring::suite), signer).map_err(|error| {
        if error.is_locked() {
            return Failure::input(format!("{error}; give this command a folder of its own"));
        }
        error.into()
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
    Ok(clock::moment()?)
}
