//! Heads that witnesses kept, to hold a trail against.

use super::report::{Fault, FaultKind, Faults};
use crate::trail::class::Class;
use crate::trail::hash::Hash;
use crate::trail::head::{Head, VerifyingKeys};
use crate::trail::name::Name;
use crate::trail::{TrailError, witness};
use std::collections::BTreeMap;
use std::path::Path;

/// Heads that witnesses kept of one node. Of several that say the same of a record, the first few are kept.
#[derive(Clone, Debug)]
pub struct WitnessHeads {
    node: Name,
    heads: [BTreeMap<u64, Vec<Head>>; Class::ALL.len()],
    read: u64,
}

/// So many heads are kept that say the same of a record, in case that some of them are signed by nobody.
const SAME_LIMIT: usize = 4;

/// What witnesses have of one chain.
pub(super) type OfChain = BTreeMap<u64, Vec<Head>>;

impl WitnessHeads {
    /// None yet of this node.
    #[must_use]
    pub fn new(node: Name) -> Self {
        Self { node, heads: std::array::from_fn(|_| BTreeMap::new()), read: 0 }
    }

    /// Takes a head; those of other nodes are passed over.
    pub fn add(&mut self, head: Head) {
        if head.node != self.node {
            return;
        }
        self.read += 1;
        let of_record = self.heads[head.class.index()].entry(head.seq).or_default();
        if of_record.iter().filter(|known| known.chain == head.chain).count() < SAME_LIMIT {
            of_record.push(head);
        }
    }

    /// Takes all heads of this node from a file that a witness keeps.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&mut self, path: &Path) -> Result<(), TrailError> {
        witness::heads_of(path, |head| self.add(head))
    }

    /// Whether no witness has a head of this node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.iter().all(BTreeMap::is_empty)
    }

    /// How many heads of this node it was given. None in a file that should have some: it is another node's, or unreadable.
    #[must_use]
    pub fn read_heads(&self) -> u64 {
        self.read
    }

    /// Those that these keys signed; all, where there is no key.
    pub(super) fn trusted(&self, keys: &VerifyingKeys) -> Self {
        let mut trusted = self.clone();
        if !keys.is_empty() {
            for heads in trusted.heads.iter_mut().flat_map(BTreeMap::values_mut) {
                heads.retain(|head| head.is_signed_by(keys));
            }
            trusted.heads.iter_mut().for_each(|of_chain| of_chain.retain(|_, heads| !heads.is_empty()));
        }
        trusted
    }

    pub(super) fn of_class(&self, class: Class) -> &OfChain {
        &self.heads[class.index()]
    }

    /// A head that nobody signed could be anybody's: what it says is passed over, and that is said.
    pub(super) fn unsigned_faults(&self, keys: &VerifyingKeys, faults: &mut Faults) {
        if keys.is_empty() {
            return;
        }
        for head in self.heads.iter().flat_map(|of_chain| of_chain.values().flatten()) {
            if !head.is_signed_by(keys) {
                let (kind, class, seq) = (FaultKind::Witness, head.class, head.seq);
                faults.add(Fault { kind, class, segment: String::new(), line: 0, seq, through: seq });
            }
        }
    }
}

/// Whether witnesses have a record, and with which hashes.
pub(super) fn differs(heads: &OfChain, seq: u64, chain: &Hash) -> Option<bool> {
    heads.get(&seq).map(|heads| heads.iter().any(|head| head.chain != *chain))
}
