//! A ledger of consents, opened with the keys that its persons are known by.

use crate::FlowError;
use crate::store::{Begin, Store};
use pii_keys::{Keyring, SystemEntropy};
use pii_store::ledger::NodeId;
use pii_store::trail::Recorder;
use pii_store::{Consents, SubjectDigests};
use serde::Deserialize;

/// Where consents are kept.
///
/// ```toml
/// [consents]
/// store = "@/etc/pii/consents.address"   # or a file of SQLite, or postgres://USER@HOST/DATABASE
/// ```
///
/// An address with a password belongs in a file of its own: a reader of TOML shows the line in which something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentsAt {
    /// The store.
    pub store: Store,
    /// Whether to write although by this machine's clock it is more than a year after the last entry. Whoever reads a table only asks
    /// a ledger, so that no table has it.
    #[serde(skip)]
    pub clock_is_right: bool,
}

impl ConsentsAt {
    /// Opens the ledger, and follows it from then on as a run of the node that is called `node`.
    ///
    /// Persons are known by the keyed digests of `ring`; without one by their subjects alone. `recorder` is of the trail that
    /// changes are recorded in.
    ///
    /// # Errors
    /// The store cannot be read or reached, is not there (with [`Begin::No`]) or holds what is no consent; `node` is empty, longer
    /// than a ledger takes or has control characters.
    pub fn open(
        &self,
        begin: Begin,
        node: &str,
        ring: Option<&Keyring>,
        recorder: Option<Recorder>,
    ) -> Result<Consents, FlowError> {
        let node = NodeId::new(node, &mut SystemEntropy).map_err(FlowError::input)?;
        let digests = ring.map_or_else(SubjectDigests::none, SubjectDigests::of);
        let store = self.store.clone();
        let consents = Consents::open(node, digests, recorder, move || store.connect(begin));
        Ok(consents.map_err(FlowError::input)?.trusting_clock(self.clock_is_right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_is_not_there_is_begun_only_where_it_may_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("consents.db");
        let at: ConsentsAt = toml::from_str(&format!("store = '{}'", path.display())).expect("it reads");
        let said = at.open(Begin::No, "n1", None, None).expect_err("there is none");
        assert!(!said.is_usage() && !path.exists(), "{said}");
        let consents = at.open(Begin::Yes, "n1", None, None).expect("it is begun");
        assert_eq!(consents.applied(), 0);
        drop(consents);
        assert!(at.open(Begin::No, "n1", None, None).is_ok());
        assert!(at.open(Begin::No, "", None, None).is_err(), "a node has a name");
    }

    #[test]
    fn a_table_says_what_it_does_not_know() {
        for bad in [
            "",
            "store = 'consents.db'\nclock = true",
            "store = 'consents.db'\nclock_is_right = true",
            "store = '@/nowhere/to/be/found'",
        ] {
            assert!(toml::from_str::<ConsentsAt>(bad).is_err(), "{bad}");
        }
    }
}
