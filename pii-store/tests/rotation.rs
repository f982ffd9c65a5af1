//! Keys of a vault that are rotated, put out of use and destroyed.
#![cfg(unix)]

mod support;

use pii_core::audit::{Act, Phase};
use pii_core::key::Suite;
use pii_core::surrogate::find;
use pii_keys::{Purpose, SystemEntropy};
use pii_store::Rewrapped;
use support::{Place, Record, destroy, disable, entry, keyring, opened, recorded, rotate, token};

#[test]
fn new_rows_are_under_the_new_key_and_old_ones_open_while_theirs_is_enabled() {
    let (place, mut keys) = (Place::new(), keyring(Suite::Any));
    let mut record = Record::default();
    let mut vault = place.vault();
    let one = token(&mut vault, &entry("qq", "10001"), &keys);
    let old = rotate(&mut keys);
    let two = token(&mut vault, &entry("qq", "10002"), &keys);
    let new = keys.primary(Purpose::Seal).unwrap().id();
    let id_of = |token: &str| find(token.as_bytes()).next().unwrap().key_id().unwrap();
    assert_eq!((id_of(&one), id_of(&two)), (old, new));
    assert_eq!(vault.wrapped_under().unwrap(), [(old, 2), (new, 1)].into(), "a data key and the index's; a data key");
    for (token, value) in [(&one, "10001"), (&two, "10002")] {
        assert_eq!(opened(&mut vault, token, &keys).unwrap().as_deref(), Some(value));
    }
    assert_eq!(token(&mut vault, &entry("qq", "10001"), &keys), one, "an old value keeps its token");
    disable(&mut keys, old);
    assert!(opened(&mut vault, &one, &keys).is_err_and(|said| said.is_no_key()));
    assert_eq!(opened(&mut vault, &two, &keys).unwrap().as_deref(), Some("10002"));
    // The index's key is under the old one too.
    let said = vault.token(&entry("qq", "10003"), &keys, &mut SystemEntropy).unwrap_err();
    assert!(said.is_no_key(), "{said}");
    assert_eq!(
        vault.rewrap(&keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(),
        Rewrapped { moved: 0, left: 2 }
    );
}

#[test]
fn after_a_rewrap_the_old_key_is_not_needed() {
    for suite in [Suite::Any, Suite::Sm] {
        let (place, mut keys) = (Place::new(), keyring(suite));
        let mut record = Record::default();
        let mut vault = place.vault();
        let one = token(&mut vault, &entry("qq", "10001"), &keys);
        let two = token(&mut place.vault(), &entry("qq", "10002"), &keys);
        let old = rotate(&mut keys);
        let before = place.bytes();
        assert_eq!(
            vault.rewrap(&keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(),
            Rewrapped { moved: 3, left: 0 }
        );
        assert_eq!(
            vault.rewrap(&keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(),
            Rewrapped { moved: 0, left: 0 }
        );
        let done = [Phase::Intended, Phase::Done].map(|phase| (phase, 3, String::new()));
        assert_eq!(
            (record.acts, record.events),
            (vec![Act::VaultRewrapped; 2], done.to_vec()),
            "once: nothing is no act"
        );
        disable(&mut keys, old);
        destroy(&mut keys, old);
        let new = keys.primary(Purpose::Seal).unwrap().id();
        assert_eq!(vault.wrapped_under().unwrap(), [(new, 3)].into());
        for (token, value) in [(&one, "10001"), (&two, "10002")] {
            assert_eq!(opened(&mut vault, token, &keys).unwrap().as_deref(), Some(value));
        }
        assert_eq!(token(&mut vault, &entry("qq", "10002"), &keys), two);
        assert_ne!(token(&mut vault, &entry("qq", "10003"), &keys), two);
        // Envelopes from before stand nowhere any more.
        let wrapped = |bytes: &[u8]| -> Vec<String> {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.match_indices("pie_").filter_map(|(at, _)| text.get(at..at + 60).map(str::to_owned)).collect()
        };
        let after = wrapped(&place.bytes());
        assert!(wrapped(&before).iter().all(|old| !after.contains(old)) && !after.is_empty());
    }
}

#[test]
fn what_a_destroyed_key_protected_is_lost_in_backups_too() {
    let (place, mut keys) = (Place::new(), keyring(Suite::Any));
    let mut record = Record::default();
    let mut vault = place.vault();
    let one = token(&mut vault, &entry("qq", "10001"), &keys);
    let old = rotate(&mut keys);
    disable(&mut keys, old);
    destroy(&mut keys, old);
    assert!(opened(&mut vault, &one, &keys).is_err_and(|said| said.is_no_key()));
    assert_eq!(vault.rewrap(&keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap().moved, 0);
    assert!(opened(&mut place.vault(), &one, &keys).is_err());
}

#[test]
fn another_keyring_opens_nothing() {
    let (place, keys, other) = (Place::new(), keyring(Suite::Any), keyring(Suite::Any));
    let mut vault = place.vault();
    let one = token(&mut vault, &entry("qq", "10001"), &keys);
    assert!(opened(&mut vault, &one, &other).is_err());
    assert!(vault.token(&entry("qq", "10001"), &other, &mut SystemEntropy).is_err());
}
