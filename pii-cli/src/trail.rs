//! An audit trail that a command adds to: opened with what signs it, closed with a word about its witness.
//!
//! What a decision says is made in [`Recording`]; acts on keys come by [`Writing::recorder`]. What a trail is and how it is
//! verified is `pii_store::trail`'s.

mod items;
mod recording;
mod versions;

pub(crate) use items::{Items, UNREAD};
pub(crate) use recording::Recording;
pub(crate) use versions::Versions;

use crate::arguments::InTrail;
use crate::exit::{Failure, say, told};
use crate::setup;
use pii_core::key::Suite;
use pii_core::sign::SigningKey;
use pii_core::time::Moment;
use pii_keys::Keyring;
use pii_store::trail::witness::{FileWitness, HttpWitness, SyslogWitness};
use pii_store::trail::{HashAlgorithm, Name, Options, Recorder, Trail, node_of};
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a new trail's node is called where this machine's name is none that a trail takes.
const USUAL_NODE: &str = "pii";

/// A trail that is open.
#[derive(Debug)]
pub(crate) struct Writing(Trail);

impl Writing {
    /// Opens the trail that the command line names, if it names one. `signer` says what signs it: nothing, for a keyring that is
    /// only being made.
    pub(crate) fn open(
        arguments: &InTrail,
        suite: Suite,
        signer: impl FnOnce() -> Result<Option<SigningKey>, Failure>,
    ) -> Result<Option<Self>, Failure> {
        let Some(folder) = &arguments.trail else { return Ok(None) };
        let begun = setup::moment()?;
        let mut options = Options::new(node(folder, arguments.node.as_ref())?, move || now().unwrap_or(begun));
        options = options.hashed_with(hash(suite));
        if let Some(key) = signer()? {
            options = options.signed_by(key);
        }
        if let Some(witness) = &arguments.witness {
            let authority = arguments.witness_authority.as_deref();
            options = witnessed(options, witness, authority, arguments.witness_within)?;
        }
        let trail = Trail::open(folder, options).map_err(Failure::input)?;
        if let Some(within) = arguments.witness_within {
            trail.wait_for_witness(within).map_err(Failure::input)?;
        }
        Ok(Some(Self(trail)))
    }

    /// A hand that gives records to it.
    pub(crate) fn recorder(&self) -> Recorder {
        self.0.recorder()
    }

    /// The trail itself.
    pub(crate) fn trail(&self) -> &Trail {
        &self.0
    }

    /// Closes it. That its witness has not taken the last heads is said, and no failure: they stand in the trail, and go out with
    /// the next ones.
    pub(crate) fn close(self) -> Result<(), Failure> {
        let folder = self.0.folder().display().to_string();
        let witness = self.0.close_and_ask_witness().map_err(Failure::input)?;
        if let Some(error) = witness.and_then(|health| health.error) {
            say(format_args!(
                "pii: {folder}: its witness has not taken the last heads ({error}): until it takes later ones, nobody can prove \
                 the end of this trail"
            ));
        }
        Ok(())
    }
}

/// What a trail of this suite is hashed with.
pub(crate) fn hash(suite: Suite) -> HashAlgorithm {
    match suite {
        Suite::Sm => HashAlgorithm::Sm3,
        Suite::Any => HashAlgorithm::Sha256,
    }
}

/// What signs, of a keyring.
pub(crate) fn signer(ring: &Keyring) -> Result<Option<SigningKey>, Failure> {
    ring.signing_key(None).map(Some).map_err(|error| {
        Failure::usage(format!(
            "{error}; an audit trail is signed: `pii keys add RING --for sign`, and on a later day `pii keys promote RING ID`"
        ))
    })
}

/// Whose trail it is: as the command line says, else as the trail does, else this machine's name.
pub(crate) fn node(folder: &Path, named: Option<&Name>) -> Result<Name, Failure> {
    if let Some(name) = named {
        return Ok(name.clone());
    }
    if folder.is_dir()
        && let Some(name) = node_of(folder).map_err(Failure::input)?
    {
        return Ok(name);
    }
    let machine = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = Name::new(machine.trim()).or_else(|| Name::new(USUAL_NODE));
    name.ok_or_else(|| Failure::usage("say by --node whose trail it is"))
}

fn witnessed(
    options: Options,
    place: &str,
    authority: Option<&Path>,
    within: Option<Duration>,
) -> Result<Options, Failure> {
    let pem = || {
        let path = authority.ok_or_else(|| {
            Failure::usage(format!(
                "{place}: give the certificate of the authority that signed its own, by --witness-authority FILE"
            ))
        })?;
        fs::read(path).map_err(|error| Failure::usage(told(path.display(), &error)))
    };
    let wrong = Failure::usage;
    if let Some(path) = place.strip_prefix("file:") {
        return Ok(options.witnessed_by(FileWitness::new(path).map_err(wrong)?, within));
    }
    if let Some(address) = place.strip_prefix("syslog-tls://") {
        return Ok(options.witnessed_by(SyslogWitness::new(address, &pem()?).map_err(wrong)?, within));
    }
    if place.starts_with("https://") {
        return Ok(options.witnessed_by(HttpWitness::with_authority(place, &pem()?).map_err(wrong)?, within));
    }
    if place.starts_with("http://") {
        return Ok(options.witnessed_by(HttpWitness::new(place).map_err(wrong)?, within));
    }
    Err(Failure::usage(
        "a witness is file:/mnt/other/heads.jsonl, https://HOST:PORT/PATH, http://HOST:PORT/PATH or syslog-tls://HOST:PORT",
    ))
}

/// This moment, to the millisecond.
fn now() -> Option<Moment> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Moment::from_unix_millis(u64::try_from(since.as_millis()).ok()?)
}
