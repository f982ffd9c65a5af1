//! What a trail is held against: public keys, and heads that witnesses kept.

use crate::arguments::{Against, Under};
use crate::exit::Failure;
use crate::keys;
use pii_core::key::KeyId;
use pii_core::sign::VerifyingKey;
use pii_flow::told;
use pii_keys::{Keyring, Purpose};
use pii_store::trail::{Name, VerifyingKeys, WitnessHeads, node_of};
use std::fs;
use std::path::{Path, PathBuf};

/// What stands in front of each key in a file of them.
pub(super) const MARK: &str = "# key ";

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// The keys of some files.
pub(crate) fn public_keys(files: &[PathBuf]) -> Result<VerifyingKeys, Failure> {
    files.iter().try_fold(VerifyingKeys::new(), |keys, path| {
        let text = fs::read_to_string(path).map_err(|error| Failure::input(told(path.display(), &error)))?;
        with_keys_of(keys, &text).ok_or_else(|| {
            Failure::input(format!(
                "{}: no public keys as `pii audit keys` prints them: a line `{MARK}ID` and a PEM below it, for each",
                path.display()
            ))
        })
    })
}

/// Those keys and the ones of a text. `None` where it has none, or one that is none.
fn with_keys_of(mut keys: VerifyingKeys, text: &str) -> Option<VerifyingKeys> {
    let (mut id, mut pem, mut count) = (None, None::<String>, 0);
    for line in text.lines().map(str::trim) {
        if let Some(pem_so_far) = &mut pem {
            *pem_so_far += &format!("{line}\n");
            if line == END {
                keys = keys.with(id.take()?, VerifyingKey::from_pem(&pem.take()?).ok()?);
                count += 1;
            }
        } else if line == BEGIN {
            pem = Some(format!("{line}\n"));
        } else if let Some(named) = line.strip_prefix(MARK) {
            id = KeyId::parse(named.split_whitespace().next()?);
        }
    }
    (count > 0 && pem.is_none()).then_some(keys)
}

/// The public halves of the keys that a keyring signs with and may still use.
pub(super) fn keys_of(ring: &Keyring) -> Vec<(KeyId, VerifyingKey)> {
    let signing = ring.versions().iter().filter(|version| version.purpose() == Purpose::Sign);
    let keys = signing.filter_map(|version| ring.signing_key(Some(version.id())).ok());
    keys.map(|key| (key.id(), key.verifying_key())).collect()
}

/// The keys of the files, and those of a keyring.
pub(super) fn all_keys(against: &Against, keyring: Option<&Path>, under: &Under) -> Result<VerifyingKeys, Failure> {
    let known = public_keys(&against.keys)?;
    let Some(path) = keyring else { return Ok(known) };
    let (ring, _) = keys::open(path, under)?;
    Ok(with_ring(known, &ring))
}

pub(super) fn with_ring(known: VerifyingKeys, ring: &Keyring) -> VerifyingKeys {
    keys_of(ring).into_iter().fold(known, |known, (id, key)| known.with(id, key))
}

/// The heads of this trail's node, where the command line names a witness.
pub(super) fn heads(against: &Against, trail: &Path) -> Result<Option<WitnessHeads>, Failure> {
    if against.witness.is_empty() {
        return Ok(None);
    }
    let mut heads = WitnessHeads::new(node(against, trail)?);
    for path in &against.witness {
        heads.read(path).map_err(Failure::input)?;
    }
    Ok(Some(heads))
}

fn node(against: &Against, trail: &Path) -> Result<Name, Failure> {
    if let Some(node) = &against.node {
        return Ok(node.clone());
    }
    node_of(trail).map_err(Failure::input)?.ok_or_else(|| {
        Failure::usage(format!("{}: nothing in it says whose trail it is: say so by --node NAME", trail.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::key::Secret;
    use pii_core::sign::{SignAlgorithm, SigningKey};

    #[test]
    fn keys_are_read_as_they_are_printed_and_nothing_else_is() {
        let id = KeyId::new(7).expect("below the limit");
        let key = SigningKey::new(SignAlgorithm::Sm2, id, &Secret::copy_of(&[9; 32])).expect("32 bytes");
        let pem = key.verifying_key().to_pem();
        let read = |text: &str| with_keys_of(VerifyingKeys::new(), text).is_some();
        let good = format!("{MARK}{id} SM2\n{pem}");
        assert!(read(&good) && read(&format!("{good}\nother words\n{good}")));
        let cut = &good[..good.len() - 30];
        for bad in ["", "x", &pem, cut, &good.replace("MF", "MG"), &format!("{MARK}1\n{pem}"), &format!("{good}{pem}")]
        {
            assert!(!read(bad), "{bad}");
        }
    }
}
