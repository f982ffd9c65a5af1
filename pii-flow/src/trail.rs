//! An audit trail, opened with what signs it and whoever witnesses it.
//!
//! What a trail is and how it is verified is `pii_store::trail`'s.

mod witness;

pub use witness::{WITHIN_LEAST, WitnessAt, within};

use crate::FlowError;
use crate::clock;
use pii_core::key::Suite;
use pii_core::sign::SigningKey;
use pii_store::trail::{HashAlgorithm, Name, Options, Trail, node_of};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a new trail's node is called where this machine's name is none that a trail takes.
const USUAL_NODE: &str = "pii";

/// Where an audit trail is, whose it is, and who witnesses it.
///
/// ```toml
/// [trail]
/// folder = "/var/lib/pii/trail"
/// node = "gateway-1"
/// witness = "https://log.example:8443/heads"
/// witness_authority = "/etc/pii/firm-ca.pem"
/// witness_within = "60 s"                       # or minutes: 5 min
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TrailTable")]
pub struct TrailAt {
    /// Its folder, begun where there is none. One process at a time writes to it.
    pub folder: PathBuf,
    /// Whose trail it is. `None`: as the trail says; in a new one the name of this machine.
    pub node: Option<Name>,
    /// Who outside this machine keeps its heads.
    pub witness: Option<WitnessAt>,
}

impl TrailAt {
    /// Opens it, and goes on where it ends. New segments are hashed with what `suite` is for; `signer` signs heads and checkpoints
    /// ([`signing_key`](crate::signing_key)), and a trail without one proves nothing.
    ///
    /// Where a witness must not be silent for long, this waits until it has answered, or that time is over.
    ///
    /// # Errors
    /// Another process writes to it ([`FlowError::is_locked`]); it cannot be read or written, or is damaged; a witness is written
    /// wrongly, or had to answer and did not.
    pub fn open(&self, suite: Suite, signer: Option<SigningKey>) -> Result<Trail, FlowError> {
        let begun = clock::moment()?;
        let node = node(&self.folder, self.node.as_ref())?;
        let mut options = Options::new(node, move || clock::moment_to_the_millisecond().unwrap_or(begun));
        options = options.hashed_with(hash_of(suite));
        if let Some(key) = signer {
            options = options.signed_by(key);
        }
        if let Some(witness) = &self.witness {
            options = witness.of(options)?;
        }
        let trail = Trail::open(&self.folder, options)
            .map_err(|error| if error.is_locked() { FlowError::locked(error) } else { FlowError::input(error) })?;
        if let Some(within) = self.witness.as_ref().and_then(|witness| witness.within) {
            trail.wait_for_witness(within).map_err(FlowError::input)?;
        }
        Ok(trail)
    }
}

/// What a trail of this suite is hashed with.
#[must_use]
pub fn hash_of(suite: Suite) -> HashAlgorithm {
    match suite {
        Suite::Sm => HashAlgorithm::Sm3,
        Suite::Any => HashAlgorithm::Sha256,
    }
}

/// Whose trail it is: as it is named, else as the trail says, else this machine's name.
fn node(folder: &Path, named: Option<&Name>) -> Result<Name, FlowError> {
    if let Some(name) = named {
        return Ok(name.clone());
    }
    if folder.is_dir()
        && let Some(name) = node_of(folder).map_err(FlowError::input)?
    {
        return Ok(name);
    }
    let machine = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = Name::new(machine.trim()).or_else(|| Name::new(USUAL_NODE));
    name.ok_or_else(|| FlowError::usage("say by --node whose trail it is"))
}

/// A table of a configuration, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrailTable {
    folder: PathBuf,
    node: Option<Name>,
    witness: Option<String>,
    witness_authority: Option<PathBuf>,
    #[serde(default, deserialize_with = "witness::within_of_table")]
    witness_within: Option<Duration>,
}

impl TryFrom<TrailTable> for TrailAt {
    type Error = &'static str;

    fn try_from(table: TrailTable) -> Result<Self, Self::Error> {
        let TrailTable { folder, node, witness, witness_authority: authority, witness_within: within } = table;
        if witness.is_none() && (authority.is_some() || within.is_some()) {
            return Err("witness_authority and witness_within say how a witness is asked: name it by witness");
        }
        let witness = witness.map(|place| WitnessAt { place, authority, within });
        Ok(Self { folder, node, witness })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::key::{KeyId, Secret};
    use pii_core::sign::SignAlgorithm;
    use pii_store::trail::{Configuration, Note, Record, VerifyingKeys, Version, WitnessHeads, verify};

    fn at(folder: &Path, witness: Option<WitnessAt>) -> TrailAt {
        TrailAt { folder: folder.to_owned(), node: None, witness }
    }

    fn record_something(trail: &Trail) {
        let (part, version) = (Name::new("policy").expect("a name"), Name::new("v1").expect("a name"));
        let version = Version::Named(version);
        let record = Configuration { part, version, accepted: true, note: Note::new("") };
        trail.append(Record::Configuration(record)).expect("it is open").wait().expect("on the disk");
    }

    #[test]
    fn a_trail_keeps_its_node_and_has_one_writer() {
        let folder = tempfile::tempdir().expect("a folder");
        let trail = folder.path().join("trail");
        let named = TrailAt { node: Name::new("gateway-1"), ..at(&trail, None) };
        let open = named.open(Suite::Sm, None).expect("it is begun");
        record_something(&open);
        let said = at(&trail, None).open(Suite::Sm, None).expect_err("it has a writer");
        assert!(said.is_locked() && !said.is_usage(), "{said}");
        open.close().expect("it closes");
        assert_eq!(node(&trail, None).expect("it says so").as_str(), "gateway-1");
        let said = at(Path::new("/dev/null"), None).open(Suite::Sm, None).expect_err("it is no folder");
        assert!(!said.is_locked() && !said.is_usage(), "{said}");
    }

    #[test]
    fn what_signs_it_and_a_witness_have_it_proved() {
        let folder = tempfile::tempdir().expect("a folder");
        let (trail, heads) = (folder.path().join("trail"), folder.path().join("heads.jsonl"));
        let id = KeyId::new(7).expect("below the limit");
        let key = || SigningKey::new(SignAlgorithm::Sm2, id, &Secret::copy_of(&[9; 32])).expect("32 bytes");
        let witness = WitnessAt { place: format!("file:{}", heads.display()), authority: None, within: None };
        let open = at(&trail, Some(witness)).open(Suite::Sm, Some(key())).expect("it is begun");
        record_something(&open);
        assert!(open.close_and_ask_witness().expect("it closes").is_some_and(|health| health.error.is_none()));
        let known = VerifyingKeys::new().with(id, key().verifying_key());
        let mut kept = WitnessHeads::new(node(&trail, None).expect("it says so"));
        kept.read(&heads).expect("it reads");
        let report = verify(&trail, &known, Some(&kept), |_| {}).expect("it reads");
        assert!(report.is_sound() && report.is_proven() && !report.chains().is_empty(), "{report:?}");
    }

    #[test]
    fn a_table_has_no_word_for_a_witness_that_is_not_there() {
        let read = |words: &str| toml::from_str::<TrailAt>(&format!("folder = 'trail'\n{words}"));
        assert_eq!(read("").expect("it reads"), at(Path::new("trail"), None));
        let all =
            "node = 'n1'\nwitness = 'https://log.example/heads'\nwitness_authority = 'ca.pem'\nwitness_within = '60s'";
        let all = read(all).expect("it reads");
        let (place, within) = ("https://log.example/heads".to_owned(), Some(Duration::from_secs(60)));
        assert_eq!(
            (all.node, all.witness),
            (Name::new("n1"), Some(WitnessAt { place, authority: Some("ca.pem".into()), within }))
        );
        for bad in [
            "witness_within = '60s'",
            "witness_authority = 'ca.pem'",
            "witness = 'file:/mnt/heads'\nwitness_within = '19s'",
            "witness = 'file:/mnt/heads'\nwitness_within = 60",
            "node = '13800138000'",
            "wintess = 'file:/mnt/heads'",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
