//! A keyring under a key in a security module: SoftHSM 2, with a token that the test makes.
//!
//! `apt-get install softhsm2`, then `cargo test -p pii-keys --features pkcs11 --test pkcs11`.
#![cfg(feature = "pkcs11")]

mod support;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use pii_core::key::{Secret, Suite};
use pii_keys::{Change, Kek, KekError, KeyringFile, Pkcs11Kek, Pkcs11Key, Purpose, SystemEntropy, inventory};
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Record, on};

const PIN: &str = "test-pin-1";

/// Where Debian has it, and where others may.
fn module() -> PathBuf {
    std::env::var_os("SOFTHSM2_MODULE").map_or_else(|| "/usr/lib/softhsm/libsofthsm2.so".into(), PathBuf::from)
}

/// A token with one key that stays and one that can leave, in a folder of the test's own.
fn make_token(folder: &Path) {
    let pkcs11 = Pkcs11::new(module()).expect("SoftHSM 2 is installed");
    pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).expect("the first to do so");
    let slot = pkcs11.get_slots_with_token().expect("SoftHSM has a free slot")[0];
    let officer = AuthPin::new("officer-pin-1".into());
    pkcs11.init_token(slot, &officer, "pii-test").expect("a new token");
    let user = AuthPin::new(PIN.into());
    let session = pkcs11.open_rw_session(slot).expect("a session");
    session.login(UserType::So, Some(&officer)).expect("the officer's PIN");
    session.init_pin(&user).expect("the officer may");
    session.logout().expect("logged in");
    session.login(UserType::User, Some(&user)).expect("the user's PIN");
    for (label, extractable) in [("kek", false), ("loose", true), ("other", false)] {
        let template = [
            Attribute::Label(label.into()),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(!extractable),
            Attribute::Extractable(extractable),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::ValueLen(32.into()),
        ];
        session.generate_key(&Mechanism::AesKeyGen, &template).expect("AES keys");
    }
    assert!(folder.join("tokens").read_dir().expect("a folder").next().is_some(), "in the test's own folder");
}

fn kek(key: &str, pin: &str) -> Pkcs11Kek {
    let (token, pin) = ("pii-test".to_owned(), Secret::copy_of(pin.as_bytes()));
    Pkcs11Kek::new(&Pkcs11Key { module: module(), token, key: key.to_owned(), pin }).expect("the token is there")
}

fn protect(kek: &Pkcs11Kek) -> Result<Vec<u8>, KekError> {
    kek.protect(Suite::Any, &Secret::copy_of(&[9; 32]), &mut SystemEntropy)
}

/// SoftHSM finds its configuration in the environment, which a running process does not change: so the test runs itself.
#[test]
fn a_keyring_under_a_security_modules_key() {
    if let Some(folder) = std::env::var_os("PII_KEYS_TEST_TOKEN") {
        return run(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tokens")).unwrap();
    let configuration = folder.path().join("softhsm2.conf");
    let tokens = folder.path().join("tokens");
    std::fs::write(&configuration, format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display()))
        .unwrap();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["a_keyring_under_a_security_modules_key", "--exact", "--nocapture"])
        .env("SOFTHSM2_CONF", &configuration)
        .env("PII_KEYS_TEST_TOKEN", folder.path())
        .status()
        .unwrap();
    assert!(done.success());
}

fn run(folder: &Path) {
    make_token(folder);
    let hsm = kek("kek", PIN);
    let file = KeyringFile::at(folder.join("keys.ring"));
    on(1, &mut Record::default(), |operation| file.create(&hsm, Suite::Any, operation)).expect("it can be written");
    let add = Change::Add { purpose: Purpose::Token, algorithm: None };
    on(1, &mut Record::default(), |operation| file.change(&hsm, Suite::Any, &add, operation)).expect("it opens");
    let ring = file.open(&hsm, Suite::Any).expect("it opens");
    assert_eq!((ring.versions().len(), file.list().expect("it reads").provider()), (Purpose::ALL.len() + 1, "pkcs11"));
    assert_eq!(inventory(&ring, &hsm)[0].module, "outside this software");
    assert!(file.open(&hsm, Suite::Sm).is_err_and(|error| error.is_suite()));
    assert!(file.open(&kek("other", PIN), Suite::Any).is_err_and(|error| error.is_unopened()));

    let protected = protect(&hsm).expect("it encrypts");
    assert_eq!(hsm.recover(Suite::Any, &protected), Ok(Secret::copy_of(&[9; 32])));
    for at in 0..protected.len() {
        let mut changed = protected.clone();
        changed[at] ^= 1;
        assert!(hsm.recover(Suite::Any, &changed).is_err_and(|error| error.is_unopened()), "byte {at}");
    }
    assert!(hsm.recover(Suite::Any, &protected[..11]).is_err_and(|error| error.is_unopened()));

    assert!(protect(&kek("loose", PIN)).is_err_and(|error| error.is_refused()), "a key that can leave");
    assert!(protect(&kek("missing", PIN)).is_err_and(|error| error.is_refused()));
    let said = protect(&kek("kek", "wrong-pin")).expect_err("another PIN");
    assert!(said.is_refused() && !said.to_string().contains("wrong-pin"), "{said}");
    let missing =
        Pkcs11Key { module: module(), token: "none".to_owned(), key: String::new(), pin: Secret::copy_of(b"1") };
    assert!(Pkcs11Kek::new(&missing).is_err_and(|error| error.is_refused()));
    let relative = Pkcs11Key { module: "libsofthsm2.so".into(), ..missing };
    assert!(Pkcs11Kek::new(&relative).is_err_and(|error| error.is_written_wrong()));
}
