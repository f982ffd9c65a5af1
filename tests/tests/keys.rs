//! Keyrings by the command: what is made, what is refused, and what comes out of masking with keys.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use support::ring::{Ring, cell, run, shown, told};
use support::{Folder, engine};

const ID: &str = "440524188001010014";
const TABLE: &str = "序号,姓名,身份证号,手机,账户余额\n1,张三,440524188001010014,13800138000,10.50\n2,李四,44052418800101009X,13900139000,7\n\
                     3,张三,440524188001010014,138-0013-8000,1\n";

const TEST_DATA: [&str; 4] = ["--channel", "test_data", "--format", "csv"];

#[test]
fn joins_hold_and_nobody_is_left() {
    for suite in ["any", "sm"] {
        let ring = Ring::new(suite);
        let out = shown(&ring.mask(TABLE, &TEST_DATA));
        for value in [ID, "13800138000", "138-0013-8000", "张三", "李四"] {
            assert!(!out.contains(value), "{suite}");
        }
        assert_eq!(cell(&out, 1, 2), cell(&out, 3, 2), "one person has one number");
        assert_ne!(cell(&out, 1, 2), cell(&out, 2, 2));
        assert_eq!(cell(&out, 1, 3), cell(&out, 3, 3).replace('-', ""), "in whatever way it is written");
        assert_eq!(cell(&out, 1, 1), cell(&out, 3, 1));
        assert_eq!((cell(&out, 1, 0), cell(&out, 1, 4)), ("1", "10.50"), "what is nobody's stays");
        assert_eq!(shown(&ring.mask(TABLE, &TEST_DATA)), out, "tomorrow's dump joins with today's");
        // Every number is valid: as many are found again, with their check digits.
        let kinds = |text: &str| {
            let scanned = shown(&run(&["scan", "-", "--format", "csv", "--output", "json"], text));
            scanned
                .lines()
                .map(|line| line.split("\"kind\":").nth(1).map(|kind| kind[..20].to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(&out), kinds(TABLE));
        assert_ne!(shown(&Ring::new(suite).mask(TABLE, &TEST_DATA)), out, "another keyring, other pseudonyms");
    }
}

#[test]
fn without_a_keyring_such_a_channel_is_refused() {
    let refused = run(&["mask", "-", "--channel", "test_data"], ID);
    assert_eq!((refused.code, refused.stdout.len()), (Some(2), 0));
    assert!(told(&refused).contains("pii keys init"), "{}", told(&refused));
    // A keyring changes nothing where the policy asks for no keys.
    let ring = Ring::new("any");
    assert_eq!(shown(&ring.mask(ID, &[])), shown(&run(&["mask", "-"], ID)));
}

#[test]
fn numbers_of_json_stay_numbers() {
    let ring = Ring::new("any");
    for value in 0..40 {
        let input = format!("{{\"mobile\":{},\"n\":1}}\n", 13_800_138_000_u64 + value);
        let out = shown(&ring.mask(&input, &["--channel", "test_data", "--format", "ndjson"]));
        assert!(out.starts_with("{\"mobile\":1") && out.ends_with(",\"n\":1}\n") && out.len() == input.len(), "{out}");
        assert_ne!(out, input);
    }
}

#[test]
fn a_policy_seals_and_makes_tokens() {
    let ring = Ring::new("sm");
    for (action, mark) in [("token", "pit_"), ("hash", "pih_"), ("seal", "pis_")] {
        let policy = ring.0.with("p.toml", &format!("[[rule]]\nclass = [2, 3]\naction = \"{action}\"\n"));
        let policy = policy.to_str().expect("a plain name");
        let out = shown(&ring.mask(TABLE, &["--policy", policy, "--format", "csv", "--purpose", "complaint"]));
        assert!(out.matches(mark).count() == 9 && !out.contains(ID), "{action}: {out}");
        assert_eq!(cell(&out, 1, 2) == cell(&out, 3, 2), action != "seal", "{action}");
        // What stands there is nobody's data: it is found by nobody, and masking again changes nothing.
        assert_eq!(shown(&run(&["mask", "-", "--format", "csv"], &out)), out, "{action}");
    }
    let kept = fs::read_to_string(ring.path("ring.data-keys")).expect("the data key is kept");
    assert!(kept.lines().count() == 1 && kept.starts_with("pie_"), "only a run that seals keeps one");
}

#[test]
fn a_key_lives_and_is_destroyed_in_steps() {
    let ring = Ring::new("any");
    let before = shown(&ring.mask(TABLE, &TEST_DATA));
    let old = ring.newest("fpe");
    shown(&ring.keys(&["add"], &["--for", "fpe", "--algorithm", "AES-128"]));
    let new = ring.newest("fpe");
    assert_ne!(old, new);
    let early = ring.keys(&["promote"], &[&new]);
    assert!(early.code == Some(2) && told(&early).contains("later day"), "{}", told(&early));
    shown(&ring.keys(&["promote"], &[&new, "--at-once"]));
    assert_ne!(shown(&ring.mask(TABLE, &TEST_DATA)), before, "the new key");
    for wrong in [&["--confirm"][..], &["--on", "2999-01-01"], &[]] {
        assert_eq!(ring.keys(&["destroy"], &[&[old.as_str()], wrong].concat()).code, Some(2), "it is not disabled yet");
    }
    shown(&ring.keys(&["disable"], &[&old]));
    shown(&ring.keys(&["enable"], &[&old]));
    shown(&ring.keys(&["disable"], &[&old]));
    shown(&ring.keys(&["destroy"], &[&old, "--on", "2999-01-01", "--reason", "Art. 32"]));
    let early = ring.keys(&["destroy"], &[&old, "--confirm"]);
    assert!(early.code == Some(2) && told(&early).contains("2999-01-01"), "{}", told(&early));
    shown(&ring.keys(&["destroy"], &[&old, "--cancel"]));
    let primary = ring.keys(&["disable"], &[&new]);
    assert!(primary.code == Some(2) && told(&primary).contains("promote another first"), "{}", told(&primary));

    let record = fs::read_to_string(ring.path("ring.audit.jsonl")).expect("there is a record");
    let acts: Vec<&str> = record.lines().filter(|line| line.contains("\"phase\":\"done\"")).collect();
    let words = ["keyring_created", "key_added", "key_promoted", "key_disabled", "key_enabled", "key_disabled"];
    assert!(acts.iter().zip(words).all(|(line, word)| line.contains(word)), "{record}");
    assert!(acts.iter().any(|line| line.contains("destruction_scheduled") && line.contains("Art. 32")), "{record}");
    assert_eq!(record.lines().filter(|line| line.contains("\"phase\":\"intended\"")).count(), acts.len());
}

#[test]
fn a_dry_run_does_nothing() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).to_str().expect("a plain name").to_owned();
    let dry = run(&["keys", "init", &path("ring"), "--key-file", &path("key"), "--dry-run"], "");
    assert!(shown(&dry).starts_with("nothing was done; this would be:\n"));
    assert_eq!(fs::read_dir(folder.root()).expect("the folder").count(), 0);
    let ring = Ring::new("any");
    let bytes = fs::read(ring.path("ring")).expect("a keyring");
    shown(&ring.keys(&["add"], &["--for", "token", "--dry-run"]));
    assert_eq!(fs::read(ring.path("ring")).expect("a keyring"), bytes);
}

#[test]
fn a_rewrapped_keyring_makes_the_same_pseudonyms_under_another_key() {
    let ring = Ring::new("any");
    let before = shown(&ring.mask(TABLE, &TEST_DATA));
    let newer = ring.path("newer.key");
    shown(&ring.keys(&["rewrap"], &["--to-key-file", &newer]));
    assert_eq!(ring.mask(TABLE, &TEST_DATA).code, Some(2), "the old key opens nothing");
    fs::rename(&newer, ring.path("ring.key")).expect("it takes the old one's place");
    assert_eq!(shown(&ring.mask(TABLE, &TEST_DATA)), before);
}

#[test]
fn secrets_that_others_can_read_are_refused() {
    let ring = Ring::new("any");
    fs::set_permissions(ring.path("ring.key"), fs::Permissions::from_mode(0o644)).expect("it is ours");
    let refused = ring.mask(TABLE, &TEST_DATA);
    assert!(refused.code == Some(2) && told(&refused).contains("chmod 600"), "{}", told(&refused));
    let phrase = ring.0.with("phrase", "correct horse battery staple\n");
    let phrase = phrase.to_str().expect("a plain name");
    fs::set_permissions(phrase, fs::Permissions::from_mode(0o640)).expect("it is ours");
    let refused = run(&["keys", "init", &ring.path("other"), "--passphrase-file", phrase], "");
    assert!(refused.code == Some(2) && told(&refused).contains("chmod 600"), "{}", told(&refused));
    fs::set_permissions(phrase, fs::Permissions::from_mode(0o600)).expect("it is ours");
    shown(&run(&["keys", "init", &ring.path("other"), "--passphrase-file", phrase], ""));
    let mask = ["mask", "-", "--channel", "test_data", "--keyring", &ring.path("other"), "--passphrase-file", phrase];
    assert!(!shown(&run(&mask, ID)).contains(ID));
    // Who forgets what a keyring is under is told.
    let refused = run(&["mask", "-", "--channel", "test_data", "--keyring", &ring.path("ring")], ID);
    assert!(refused.code == Some(2) && told(&refused).contains("--key-file"), "{}", told(&refused));
    let none = ring.0.with("none", "{}");
    let refused = run(&["keys", "list", none.to_str().expect("a plain name")], "");
    assert!(refused.code == Some(2) && told(&refused).contains("none: "), "{}", told(&refused));
    // A passphrase is asked for on a terminal only.
    let refused = run(&["mask", "-", "--channel", "test_data", "--keyring", &ring.path("other")], ID);
    assert!(refused.code == Some(2) && told(&refused).contains("--passphrase-file"), "{}", told(&refused));
}

#[test]
fn a_keyring_with_other_algorithms_is_refused_where_sm_is_asked_for() {
    let ring = Ring::new("any");
    let refused = ring.mask(TABLE, &[&TEST_DATA[..], &["--crypto", "sm"]].concat());
    assert_eq!((refused.code, refused.stdout.len()), (Some(2), 0));
    // The policy can ask for it too.
    let policy = ring.0.with("p.toml", "[defaults]\ncrypto = \"sm\"\n");
    let policy = ["--policy", policy.to_str().expect("a plain name")];
    let refused = ring.mask(TABLE, &[&TEST_DATA[..], &policy].concat());
    assert_eq!((refused.code, refused.stdout.len()), (Some(2), 0));
    let sm = Ring::new("sm");
    shown(&sm.mask(TABLE, &[&TEST_DATA[..], &policy].concat()));
    shown(&sm.mask(TABLE, &[&TEST_DATA[..], &["--crypto", "sm"]].concat()));
    let other = sm.keys(&["add"], &["--for", "fpe", "--algorithm", "AES-256", "--crypto", "sm"]);
    assert!(other.code == Some(2) && told(&other).contains("SM4"), "{}", told(&other));
    let (ring, key) = (sm.path("ring"), sm.path("ring.key"));
    let listed = shown(&run(&["crypto", "inventory", &ring, "--key-file", &key], ""));
    assert!(listed.lines().skip(1).all(|line| line.split('\t').nth(1) == Some("commercial")), "{listed}");
    assert!(listed.contains("GB/T 32907") && listed.contains("GB/T 32905"), "{listed}");
}

#[test]
fn an_output_with_pseudonyms_is_verified() {
    let ring = Ring::new("any");
    let verified = [&TEST_DATA[..], &["--verify"]].concat();
    assert_eq!(shown(&ring.mask(TABLE, &verified)), shown(&ring.mask(TABLE, &TEST_DATA)));
}

#[test]
fn an_older_keyring_in_place_of_a_newer_one_is_told() {
    let ring = Ring::new("any");
    fs::copy(ring.path("ring"), ring.path("older")).expect("a copy");
    shown(&ring.keys(&["add"], &["--for", "token"]));
    let known = ring.mask(ID, &TEST_DATA);
    assert_eq!(told(&known), "");
    fs::copy(ring.path("older"), ring.path("ring")).expect("put back");
    let older = ring.mask(ID, &TEST_DATA);
    assert!(older.code == Some(0) && told(&older).contains("an older copy stands in its place"), "{}", told(&older));
    let changed = ring.keys(&["add"], &["--for", "hash", "--dry-run"]);
    assert!(
        told(&changed).contains("saved 0 times before") && told(&changed).contains("saved 1 times"),
        "{}",
        told(&changed)
    );
}

#[test]
fn a_trial_names_what_the_keyring_would_be_under() {
    let ring = Ring::new("any");
    let dry = shown(&ring.keys(&["rewrap"], &["--to-key-file", &ring.path("newer.key"), "--dry-run"]));
    assert!(dry.contains("from file under file"), "{dry}");
    assert!(!fs::exists(ring.path("newer.key")).expect("visible"));
}

/// SoftHSM2, which `scripts/tools.sh` installs, stands for a module.
#[test]
fn a_keyring_lies_under_a_key_of_a_security_module() {
    let folder = Folder::new();
    let configuration = format!("directories.tokendir = {}\nobjectstore.backend = file\n", folder.root().display());
    let configuration = folder.with("softhsm2.conf", &configuration);
    let text = |name: &str| folder.path(name).to_str().expect("a plain name").to_owned();
    fs::write(text("key.bin"), [7; 32]).expect("a file");
    let tool = |arguments: &str| {
        let line = format!("softhsm2-util {arguments} --pin 87654321");
        let done = Command::new("bash").args(["-c", &line]).env("SOFTHSM2_CONF", &configuration).output();
        let done = done.expect("bash runs");
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    };
    tool("--init-token --free --label pii --so-pin 12345678");
    tool(&format!("--import {} --aes --token pii --label kek --id 01", text("key.bin")));
    fs::write(text("pin"), "87654321\n").expect("a file");
    fs::set_permissions(text("pin"), fs::Permissions::from_mode(0o600)).expect("it is ours");
    let modules = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/libsofthsm2.so"];
    let module = modules.into_iter().find(|path| fs::exists(path).is_ok_and(|exists| exists));
    let module = module.expect("SoftHSM2 is installed: scripts/tools.sh");
    let pii = |command: &[&str], input: &str| {
        let under = ["--pkcs11-module", module, "--pkcs11-token", "pii", "--pkcs11-key", "kek", "--pkcs11-pin-file"];
        let input = folder.with("input", input);
        let mut run = Command::new(engine().binary());
        run.args(command).args(under).arg(text("pin")).env("SOFTHSM2_CONF", &configuration);
        let output = run.stdin(fs::File::open(input).expect("it is there")).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let ring = text("ring");
    pii(&["keys", "init", &ring], "");
    let masked = pii(&["mask", "-", "--channel", "test_data", "--keyring", &ring], ID);
    assert!(masked.len() == ID.len() && masked != ID);
}

#[test]
fn files_with_keys_are_neither_masked_nor_written_over() {
    let ring = Ring::new("any");
    let policy = ring.0.with("seal.toml", "[[rule]]\nclass = [2, 3]\naction = \"seal\"\n");
    let policy = policy.to_str().expect("a plain name");
    shown(&ring.mask(ID, &["--policy", policy, "--purpose", "complaint"]));
    let before = fs::read(ring.path("ring")).expect("a keyring");
    for name in ["ring", "ring.key", "ring.data-keys", "ring.audit.jsonl"] {
        for option in ["-o", "--report"] {
            let refused = ring.mask(ID, &["--policy", policy, "--purpose", "complaint", option, &ring.path(name)]);
            assert!(refused.code == Some(2) && told(&refused).contains(name), "{option} {name}: {}", told(&refused));
        }
    }
    let folder = ring.0.root().to_str().expect("a plain name").to_owned();
    let (path, key) = (ring.path("ring"), ring.path("ring.key"));
    let all = run(&["mask", &folder, "-o", &format!("{folder}-masked/"), "--keyring", &path, "--key-file", &key], "");
    assert!(all.code == Some(2) && told(&all).contains("ring"), "{}", told(&all));
    assert_eq!(ring.keys(&["add"], &["--for", "token", "--audit", &path]).code, Some(2));
    assert_eq!(fs::read(ring.path("ring")).expect("a keyring"), before);
}
