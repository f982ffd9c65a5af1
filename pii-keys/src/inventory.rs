//! Which algorithm is used with which key, in which module, for what.

use crate::kek::Kek;
use crate::{Keyring, Purpose, State};
use pii_core::key::{Described, KeyId};
use std::fmt;

/// A line of the inventory, as an assessment of commercial cryptography (密评) asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryEntry {
    /// The algorithm, its standards, and whether it is a Chinese commercial one.
    pub algorithm: Described,
    /// The version of the key; `None` for what a keyring is under.
    pub key: Option<KeyId>,
    /// What may be done with that version.
    pub state: Option<State>,
    /// The module that computes it. None of them is a certified product.
    pub module: &'static str,
    /// What it protects.
    pub used_for: &'static str,
}

/// The inventory of a keyring and of what it is under. Destroyed versions are in it too: what they protected may still be
/// stored.
#[must_use]
pub fn inventory(ring: &Keyring, kek: &dyn Kek) -> Vec<InventoryEntry> {
    let of_kek = kek.described(ring.suite()).into_iter().map(|algorithm| InventoryEntry {
        algorithm,
        key: None,
        state: None,
        module: if matches!(kek.provider(), "vault" | "pkcs11") { "outside this software" } else { "pii-keys" },
        used_for: "key-encryption key of the keyring",
    });
    let of_versions = ring.versions().iter().map(|version| {
        let (module, used_for) = use_of(version.purpose());
        InventoryEntry {
            algorithm: version.algorithm().described(),
            key: Some(version.id()),
            state: Some(version.state()),
            module,
            used_for,
        }
    });
    of_kek.chain(of_versions).collect()
}

fn use_of(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Fpe => ("pii-core fpe", "format-preserving encryption (pseudonyms)"),
        Purpose::Token => ("pii-core surrogate", "deterministic tokens (pseudonyms)"),
        Purpose::Hash => {
            ("pii-core surrogate", "keyed digests, and those of bytes and data subjects in audit trails and ledgers")
        }
        Purpose::Seal => ("pii-core seal", "wrapping data keys of sealed values"),
        Purpose::Subject => ("pii-core seal", "wrapping keys of data subjects"),
        Purpose::Sign => ("pii-core sign", "signing the heads of audit trails"),
    }
}

impl fmt::Display for InventoryEntry {
    /// Fields between tabulators: algorithm, commercial or not, standards, key, state, module, use.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Described { name, standard, is_commercial } = self.algorithm;
        let commercial = if is_commercial { "commercial" } else { "other" };
        let key = self.key.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let state = self.state.map_or("-", State::word);
        write!(f, "{name}\t{commercial}\t{standard}\t{key}\t{state}\t{}\t{}", self.module, self.used_for)
    }
}
