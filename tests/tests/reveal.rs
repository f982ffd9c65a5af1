//! What comes back and for whom, by the command: rights, quotas and records; tokens of a vault; sealed values and their keys.

#![cfg(unix)]

mod support;

use pii_tests::engine::Run;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use support::ring::{Ring, cell, run, shown, told};

const ID: &str = "440524188001010014";
const TABLE: &str = "序号,姓名,身份证号,手机,账户余额\n1,张三,440524188001010014,13800138000,10.50\n2,李四,44052418800101009X,13900139000,7\n\
                     3,张三,440524188001010014,138-0013-8000,1\n";
const TEST_DATA: [&str; 4] = ["--channel", "test_data", "--format", "csv"];

#[test]
fn values_are_revealed_to_those_who_may_and_counted() {
    let ring = Ring::new("any");
    let policy = ring.0.with("seal.toml", "[[rule]]\nclass = [2, 3]\naction = \"seal\"\n");
    let rights = ring.0.with(
        "rights.toml",
        "[[right]]\nactor = \"desk\"\nact = \"reveal\"\nkinds = [\"mobile_phone\"]\npurposes = [\"complaint\"]\n\
         scopes = [\"\"]\nper_hour = 3\nexpires = 9999-12-31\n",
    );
    let [policy, rights] = [policy, rights].map(|path| path.to_str().expect("a plain name").to_owned());
    let text = "回拨13800138000，证件440524188001010014\n";
    let sealed = shown(&ring.mask(text, &["--policy", &policy, "--purpose", "complaint"]));
    assert!(!sealed.contains("138001"), "{sealed}");
    let (path, key, store) = (ring.path("ring"), ring.path("ring.key"), ring.path("quota.db"));
    let reveal = |actor: &str, purpose: &str, input: &str| {
        let keys = ["reveal", "--keyring", &path, "--key-file", &key, "--rights", &rights, "--store", &store];
        run(&[&keys[..], &["--actor", actor, "--purpose", purpose, "--reason", "case 4711"]].concat(), input)
    };
    let opened = reveal("desk", "complaint", &sealed);
    let shown_text = shown(&opened);
    assert!(shown_text.starts_with("回拨13800138000，证件pis_"), "of the kind that is covered: {shown_text}");
    assert!(told(&opened).contains("1 token or sealed value stays"), "{}", told(&opened));
    let refusals: Vec<(Option<i32>, String)> = [
        reveal("desk", "marketing", &sealed),
        reveal("somebody", "complaint", &sealed),
        // Two were counted already, and two more are more than three.
        reveal("desk", "complaint", &sealed),
    ]
    .iter()
    .map(|run| (run.code, told(run)))
    .collect();
    assert!(refusals.iter().all(|refusal| refusal.0 == Some(4) && *refusal == refusals[0]), "{refusals:#?}");
    let record = fs::read_to_string(ring.path("ring.audit.jsonl")).expect("there is a record");
    let done = record.lines().find(|line| line.contains("\"act\":\"revealed\",\"phase\":\"done\"")).expect("a record");
    let parts = "\"actor\":\"desk\",\"purpose\":\"complaint\",\"reason\":\"case 4711\",\"count\":1,\"kinds\":{\"mobile_phone\":1}}";
    assert!(done.ends_with(parts), "{done}");
    let phases = |phase: &str| record.matches(&format!("\"act\":\"revealed\",\"phase\":\"{phase}\"")).count();
    assert_eq!((phases("intended"), phases("done"), phases("failed")), (4, 1, 3), "{record}");
    assert!(!record.contains("138001") && !record.contains("pis_"), "{record}");
}

#[test]
fn tokens_of_a_vault_are_random_and_come_back() {
    let ring = Ring::new("sm");
    let policy = ring.0.with("token.toml", "[[rule]]\nclass = [2, 3]\naction = \"token\"\n");
    let kinds = &["person_name", "mobile_phone", "resident_id"];
    let rights = ring.0.with("rights.toml", &(right("reveal", kinds, 100) + &right("tokenise", kinds, 20)));
    let [policy, rights] = [policy, rights].map(|path| path.to_str().expect("a plain name").to_owned());
    let store = ring.path("store.db");
    let by = ["--rights", &rights, "--actor", "desk", "--purpose", "complaint", "--reason", "case 4711"];
    let masked = [&["--policy", &policy, "--store", &store], &by[..], &TEST_DATA[..]].concat();
    let out = shown(&ring.mask(TABLE, &masked));
    assert!(out.matches("piv_").count() == 9 && !out.contains(ID), "{out}");
    assert_eq!(cell(&out, 1, 2), cell(&out, 3, 2));
    assert_eq!(cell(&out, 1, 3), cell(&out, 3, 3), "in whatever way it is written");
    assert_eq!(shown(&ring.mask(TABLE, &masked)), out, "the vault remembers");
    let (path, key) = (ring.path("ring"), ring.path("ring.key"));
    let reveal = ["reveal", "--keyring", &path, "--key-file", &key, "--rights", &rights, "--store", &store];
    let request = ["--actor", "desk", "--purpose", "complaint", "--reason", "case 4711"];
    let back = shown(&run(&[&reveal[..], &request].concat(), &out));
    // What is kept is the way in which a value was written first.
    assert_eq!(back, TABLE.replace("138-0013-8000", "13800138000"));
    let refused = ring.mask(TABLE, &masked);
    assert!(refused.code == Some(4) && told(&refused).contains("quota"), "18 of 20 were made: {}", told(&refused));
    let record = fs::read_to_string(ring.path("ring.audit.jsonl")).expect("there is a record");
    let done: Vec<&str> = record.lines().filter(|line| line.contains("\"tokenised\",\"phase\":\"done\"")).collect();
    let counts = "\"count\":9,\"kinds\":{\"mobile_phone\":3,\"person_name\":3,\"resident_id\":3}}";
    assert!(done.len() == 3 && done[0].ends_with(counts), "{record}");
    assert!(done[2].contains("\"count\":2,"), "what was made before the quota was spent: {record}");
}

/// A right of the desk's.
fn right(act: &str, kinds: &[&str], per_hour: u32) -> String {
    format!(
        "[[right]]\nactor = \"desk\"\nact = \"{act}\"\nkinds = {kinds:?}\npurposes = [\"complaint\"]\nscopes = [\"\"]\n\
         per_hour = {per_hour}\nexpires = 9999-12-31\n"
    )
}

#[test]
fn tokens_of_a_vault_take_a_right() {
    let ring = Ring::new("any");
    let policy = ring.0.with("token.toml", "[[rule]]\nclass = [2, 3]\naction = \"token\"\n");
    let rights = ring.0.with("rights.toml", &right("tokenise", &["mobile_phone"], 9));
    let [policy, rights] = [policy, rights].map(|path| path.to_str().expect("a plain name").to_owned());
    let store = ring.path("store.db");
    let mask =
        |more: &[&str]| ring.mask(TABLE, &[&["--policy", &policy, "--store", &store], more, &TEST_DATA[..]].concat());
    let told_why = mask(&[]);
    assert!(told_why.code == Some(2) && told(&told_why).contains("--rights"), "{}", told(&told_why));
    let request = ["--actor", "desk", "--reason", "case 4711"];
    let with = |more: &[&str]| mask(&[&["--rights", &rights], &request[..], more].concat());
    assert_eq!(with(&[]).code, Some(2), "no purpose");
    let refusals = [
        with(&["--purpose", "marketing"]),
        // Of the kinds in the table one is covered.
        with(&["--purpose", "complaint"]),
    ];
    assert!(refusals.iter().all(|run| run.code == Some(4) && run.stdout.len() < 60), "{refusals:?}");
    assert!(refusals.iter().all(|run| told(run).contains("refused: one of these is not so")), "{}", told(&refusals[1]));
    let unlimited = shown(&mask(&["--dangerously-unlimited-tokens"]));
    assert_eq!(unlimited.matches("piv_").count(), 9);
    let record = fs::read_to_string(ring.path("ring.audit.jsonl")).expect("there is a record");
    let last = record.lines().last().expect("a line");
    assert!(
        last.contains("\"tokenised\",\"phase\":\"done\"") && last.contains("\"actor_source\":\"environment\""),
        "{last}"
    );
    assert!(!record.contains("13800138000"), "{record}");
}

/// A keyring with a policy that seals, and with rights of a desk's to open.
struct Desk {
    ring: Ring,
    policy: String,
    rights: String,
}

impl Desk {
    fn new(policy: &str, per_hour: u32) -> Self {
        let ring = Ring::new("any");
        let policy = ring.0.with("seal.toml", policy);
        let rights = ring.0.with("rights.toml", &right("reveal", &["resident_id"], per_hour));
        let [policy, rights] = [policy, rights].map(|path| path.to_str().expect("a plain name").to_owned());
        Self { ring, policy, rights }
    }

    fn seal(&self, more: &[&str]) -> Run {
        self.ring.mask(ID, &[&["--policy", &self.policy, "--purpose", "complaint"], more].concat())
    }

    fn reveal(&self, input: &str, more: &[&str]) -> Run {
        let (ring, key, store) = (self.ring.path("ring"), self.ring.path("ring.key"), self.ring.path("quota.db"));
        let keys = ["reveal", "--keyring", &ring, "--key-file", &key, "--rights", &self.rights, "--store", &store];
        run(&[&keys[..], &["--reason", "case 4711"], more].concat(), input)
    }
}

const SEAL: &str = "[[rule]]\nclass = [2, 3]\naction = \"seal\"\n";
const DESK: [&str; 4] = ["--actor", "desk", "--purpose", "complaint"];

#[test]
fn a_text_with_nothing_to_open_tells_nothing_of_rights_and_keys() {
    let desk = Desk::new(SEAL, 1);
    let sealed = shown(&desk.seal(&[]));
    let refused = |run: Run| (run.code, told(&run), run.stdout);
    let first = refused(desk.reveal("nothing here\n", &DESK));
    assert_eq!(first.0, Some(4), "{}", first.1);
    assert_eq!(refused(desk.reveal("nothing here\n", &["--actor", "nobody", "--purpose", "complaint"])), first);
    assert_eq!(refused(desk.reveal("", &["--actor", "desk", "--purpose", "marketing"])), first);
    // What cannot be read is an input that cannot be read, whoever asks.
    for actor in ["desk", "nobody"] {
        let unread = desk.reveal("", &["--actor", actor, "--purpose", "complaint", &desk.ring.path("none")]);
        assert_eq!(unread.code, Some(3), "{actor}: {}", told(&unread));
    }
    assert_eq!(shown(&desk.reveal(&sealed, &DESK)), ID);
    assert_eq!(refused(desk.reveal(&sealed, &DESK)), first, "the quota is spent");
    assert_eq!(refused(desk.reveal("nothing here\n", &DESK)), first, "and with nothing to open it is the same");
}

#[test]
fn what_is_sealed_opens_for_its_purpose_and_record_alone() {
    let desk = Desk::new(SEAL, 99);
    let vague = desk.ring.mask(ID, &["--policy", &desk.policy]);
    assert!(vague.code == Some(2) && told(&vague).contains("--purpose"), "{}", told(&vague));
    assert!(!fs::exists(desk.ring.path("ring.data-keys")).expect("visible"), "refused before a data key is kept");
    let sealed = shown(&desk.seal(&["--record", "case-1"]));
    for (more, opens) in [(&["--record", "case-1"][..], true), (&["--record", "case-2"], false), (&[], false)] {
        let run = desk.reveal(&sealed, &[&DESK[..], more].concat());
        assert_eq!(run.code, Some(if opens { 0 } else { 4 }), "{more:?}: {}", told(&run));
    }
}

#[test]
fn destroying_a_subjects_key_deletes_what_was_sealed_with_it() {
    let desk = Desk::new("[[rule]]\nclass = [2, 3]\naction = \"seal\"\nkey = \"subject\"\n", 99);
    let folder = desk.ring.path("subjects");
    let subjects = ["--subjects", folder.as_str()];
    let nobody = desk.seal(&[]);
    assert!(nobody.code == Some(2) && told(&nobody).contains("--subject KIND=VALUE"), "{}", told(&nobody));
    let one = [&subjects[..], &["--subject", "customer_no=100301"]].concat();
    assert_eq!(desk.seal(&one).code, Some(2), "there is no such folder, and none is made");
    shown(&desk.ring.keys(&["subject", "init"], &subjects));
    let sealed = shown(&desk.seal(&[&one[..], &["--reason", "statements"]].concat()));
    let other = shown(&desk.seal(&[&subjects[..], &["--subject", "customer_no=100302"]].concat()));
    assert!(sealed.starts_with("pis_") && !sealed.contains(ID));
    let open = |sealed: &str, more: &[&str]| desk.reveal(sealed, &[&DESK[..], more].concat());
    assert_eq!(open(&sealed, &[]).code, Some(4), "without the folder");
    assert_eq!(shown(&open(&sealed, &subjects)), ID);
    assert!(shown(&desk.ring.keys(&["subject", "list"], &subjects)).contains("keys: 2"));

    let destroy = |more: &[&str]| desk.ring.keys(&["subject", "destroy"], &[&one[..], more].concat());
    for wrong in [&[][..], &["--confirm"], &["--cancel"], &["--on", "2020-01-01"]] {
        assert_eq!(destroy(wrong).code, Some(2), "{wrong:?}");
    }
    assert!(shown(&destroy(&["--on", "2999-01-01", "--dry-run"])).starts_with("nothing was done"));
    assert_eq!(destroy(&["--cancel"]).code, Some(2), "nothing was scheduled");
    shown(&destroy(&["--on", "2999-01-01"]));
    assert!(shown(&desk.ring.keys(&["subject", "list"], &subjects)).contains("2999-01-01"));
    let early = destroy(&["--confirm"]);
    assert!(early.code == Some(2) && told(&early).contains("2999-01-01"), "{}", told(&early));
    assert_eq!(shown(&open(&sealed, &subjects)), ID, "nothing is erased yet");
    // The day has come: the one that is written down is today's.
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|extension| extension == "pending") {
            fs::write(path, "2026-01-01\n").expect("ours");
        }
    }
    assert!(shown(&destroy(&["--confirm", "--dry-run"])).starts_with("nothing was done"));
    assert_eq!(shown(&open(&sealed, &subjects)), ID, "a dry run erases nothing");
    shown(&destroy(&["--confirm", "--reason", "Art. 32"]));
    let gone = open(&sealed, &subjects);
    let nothing = open("nothing here", &subjects);
    assert_eq!((gone.code, told(&gone)), (nothing.code, told(&nothing)), "the refusal that there is for all");
    assert_eq!(shown(&open(&other, &subjects)), ID, "the other's opens");
    assert!(shown(&desk.ring.keys(&["subject", "rewrap"], &subjects)).contains("0 keys"));

    let record = fs::read_to_string(desk.ring.path("ring.audit.jsonl")).expect("there is a record");
    for act in ["subject_key_created", "subject_destruction_scheduled", "subject_key_destroyed"] {
        let done = format!("\"act\":\"{act}\",\"phase\":\"done\"");
        assert!(record.lines().any(|line| line.contains(&done) && line.contains("\"key\":")), "{act}: {record}");
    }
    assert!(!record.contains("100301"), "it names no subject: {record}");
}

#[test]
fn an_output_that_is_refused_leaves_no_data_key_behind() {
    let desk = Desk::new(SEAL, 1);
    let refused = desk.seal(&["-o", &desk.ring.path("ring")]);
    assert_eq!(refused.code, Some(2), "{}", told(&refused));
    assert!(!fs::exists(desk.ring.path("ring.data-keys")).expect("visible"));
}

#[test]
fn a_line_that_was_cut_short_takes_no_other_with_it() {
    let ring = Ring::new("any");
    let policy = ring.0.with("seal.toml", "[[rule]]\nclass = [2, 3]\naction = \"seal\"\n");
    let rights = ring.0.with(
        "rights.toml",
        "[[right]]\nactor = \"desk\"\nact = \"reveal\"\nkinds = [\"resident_id\"]\npurposes = [\"complaint\"]\n\
         scopes = [\"\"]\nper_hour = 9\nexpires = 9999-12-31\n",
    );
    let [policy, rights] = [policy, rights].map(|path| path.to_str().expect("a plain name").to_owned());
    fs::write(ring.path("ring.data-keys"), "pie_cut").expect("as a full disk leaves it");
    let sealed = shown(&ring.mask(ID, &["--policy", &policy, "--purpose", "complaint"]));
    let (path, key, store) = (ring.path("ring"), ring.path("ring.key"), ring.path("quota.db"));
    let request = ["--actor", "desk", "--purpose", "complaint", "--reason", "case 4711"];
    let reveal = ["reveal", "--keyring", &path, "--key-file", &key, "--rights", &rights, "--store", &store];
    let opened = run(&[&reveal[..], &request].concat(), &sealed);
    assert_eq!(shown(&opened), ID);
    assert!(told(&opened).contains("open nothing: 1"), "{}", told(&opened));
    fs::set_permissions(&rights, fs::Permissions::from_mode(0o666)).expect("it is ours");
    let refused = run(&[&reveal[..], &request].concat(), &sealed);
    assert!(refused.code == Some(2) && told(&refused).contains("chmod go-w"), "{}", told(&refused));
}
