//! The audit trail by the command: what `pii mask` records, what `pii audit` says of it, and what it says once somebody was at it.

#![cfg(unix)]

mod support;

use pii_tests::engine::Run;
use std::fs;
use std::path::PathBuf;
use support::ring::{Ring, run, shown, told};

/// Values of this input, in clear and as a mask would leave them whole.
const PLANTED: [&str; 5] = ["张三", "440524188001010014", "13800138000", "zhangsan1890", "13800138"];
const TABLE: &str = "序号,姓名,身份证号,手机,邮箱\n1,张三,440524188001010014,13800138000,zhangsan1890@example.com\n\
                     2,李四,44052418800101009X,13900139000,lisi1891@example.com\n";

struct Place {
    ring: Ring,
}

impl Place {
    fn new(suite: &str) -> Self {
        let place = Self { ring: Ring::new(suite) };
        place.ring.0.with("in.csv", TABLE);
        fs::write(place.path("ring.pem"), shown(&place.audit(&["keys", "{ring}"], &["--key-file", "{key}"])))
            .expect("a file");
        place
    }

    fn path(&self, name: &str) -> String {
        self.ring.path(name)
    }

    fn filled(&self, words: &[&str]) -> Vec<String> {
        let fill = |word: &&str| {
            let named = word.replace("{ring}", &self.path("ring")).replace("{key}", &self.path("ring.key"));
            named.replace("{trail}", &self.path("trail")).replace("{heads}", &self.path("heads.jsonl"))
        };
        words.iter().map(fill).collect()
    }

    fn run(&self, words: &[&str], input: &str) -> Run {
        let words = self.filled(words);
        run(&words.iter().map(String::as_str).collect::<Vec<_>>(), input)
    }

    fn audit(&self, command: &[&str], more: &[&str]) -> Run {
        self.run(&[&["audit"], command, more].concat(), "")
    }

    /// Masks with a trail and a witness.
    fn mask(&self, more: &[&str], input: &str) -> Run {
        let keys =
            ["mask", "--keyring", "{ring}", "--key-file", "{key}", "--trail", "{trail}", "--witness", "file:{heads}"];
        self.run(&[&keys, more].concat(), input)
    }

    /// The file, masked into another one.
    fn masked(&self, to: &str, more: &[&str]) -> String {
        let (from, to) = (self.path("in.csv"), self.path(to));
        let ran = self.mask(&[&[from.as_str(), "-o", &to], more].concat(), "");
        assert_eq!(ran.code, Some(0), "{}", told(&ran));
        to
    }

    fn verify(&self) -> Run {
        let pem = self.path("ring.pem");
        self.audit(&["verify", "{trail}", "--output", "json"], &["--keys", &pem, "--witness", "{heads}"])
    }

    fn prove(&self, message: &str) -> Run {
        let keys = ["--trail", "{trail}", "--keyring", "{ring}", "--key-file", "{key}", "--output", "json"];
        self.audit(&["prove", message], &[&keys[..], &["--witness", "{heads}"]].concat())
    }

    fn segments(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("trail")).expect("a trail");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        paths.sort();
        paths
    }

    fn business(&self) -> PathBuf {
        let is_business = |path: &PathBuf| path.to_string_lossy().contains("business");
        self.segments().into_iter().find(is_business).expect("decisions are business log")
    }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text.lines().next().expect("a line")).expect("JSON")
}

#[test]
fn a_file_is_recorded_verified_and_proven() {
    for suite in ["any", "sm"] {
        let place = Place::new(suite);
        let out = place.masked("out.csv", &["--recipient", "vendor-a", "--purpose", "notice"]);
        let report = json(&shown(&place.verify()));
        assert_eq!((report["sound"].as_bool(), report["proven"].as_bool()), (Some(true), Some(true)), "{report}");
        assert!(report["chains"][0]["signed_through"].as_u64() > Some(2), "{report}");
        for (message, is_input) in [(place.path("in.csv"), true), (out.clone(), false)] {
            let proof = json(&shown(&place.prove(&message)));
            assert_eq!((proof["is_input"].as_bool(), proof["is_output"].as_bool()), (Some(is_input), Some(!is_input)));
            assert_eq!((proof["verdict"].as_str(), proof["outcome"].as_str()), (Some("send"), Some("sent")));
            assert_eq!(
                (proof["channel"].as_str(), proof["recipient"].as_str()),
                (Some("third_party"), Some("vendor-a"))
            );
            let place = &proof["place"];
            assert!(["sound", "signed", "witnessed"].iter().all(|word| place[word] == true), "{place}");
            let items = proof["items"].as_array().expect("a list");
            let id = items.iter().find(|item| item["is"] == "resident_id").expect("there are two");
            assert_eq!(
                (id["count"].as_u64(), id["action"].as_str(), id["profile"].as_str()),
                (Some(2), Some("mask"), Some("strict"))
            );
            assert!(id["residual_bits"].as_u64().is_some_and(|bits| (15..60).contains(&bits)), "{id}");
        }
        // One byte more, and it is another message.
        fs::write(&out, fs::read_to_string(&out).expect("it is there") + "\n").expect("writable");
        let other = place.prove(&out);
        assert!(other.code == Some(1) && told(&other).contains("no decision"), "{}", told(&other));
    }
}

#[test]
fn no_value_is_in_a_trail_or_at_its_witness() {
    let place = Place::new("any");
    place.ring.0.with("pass.toml", "[[rule]]\nkind = \"mobile_phone\"\naction = \"pass\"\n");
    let policy = place.path("pass.toml");
    place.masked("a.csv", &["--reason", "asked by 13800138000"]);
    place.masked("b.csv", &["--policy", &policy]);
    place.mask(&["--format", "text"], "客户张三，手机13800138000，邮箱zhangsan1890@example.com\n");
    place.mask(&["--format", "json"], "{\"手机\":\"13800138000\"");
    let mut files = place.segments();
    files.push(place.path("heads.jsonl").into());
    assert!(files.len() > 1);
    for file in files {
        let text = fs::read_to_string(&file).expect("UTF-8");
        assert!(text.lines().count() > 2, "{}", file.display());
        for value in PLANTED {
            assert!(!text.contains(value), "{value} in {}", file.display());
        }
        assert!(!text.contains("csv"), "the name of a file may be a person's");
    }
}

#[test]
fn what_was_done_to_a_trail_is_found_and_named() {
    let place = Place::new("any");
    place.masked("a.csv", &["--recipient", "vendor-a"]);
    place.masked("b.csv", &["--recipient", "vendor-a"]);
    let file = place.business();
    let good = fs::read_to_string(&file).expect("UTF-8");
    let lines: Vec<&str> = good.lines().collect();
    let without = |nth: usize| [&lines[..nth], &lines[nth + 1..]].concat().join("\n") + "\n";
    let swapped = {
        let mut lines = lines.clone();
        lines.swap(1, 2);
        lines.join("\n") + "\n"
    };
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    for (text, kind, line) in [
        (good.replacen("vendor-a", "vendor-b", 1), "changed", 2),
        (without(2), "removed", 3),
        (swapped, "reordered", 2),
        (lines[..lines.len() - 2].join("\n") + "\n", "truncated", lines.len() as u64 - 1),
        (good[..good.len() - 9].to_owned(), "torn", lines.len() as u64),
    ] {
        fs::write(&file, text).expect("writable");
        let verified = place.verify();
        assert_eq!(verified.code, Some(1), "{kind}");
        let report = json(&String::from_utf8(verified.stdout.clone()).expect("UTF-8"));
        let faults = report["faults"].as_array().expect("a list");
        let is_named = faults.iter().any(|fault| {
            fault["kind"] == kind && fault["segment"] == name.as_str() && fault["line"].as_u64() == Some(line)
        });
        assert!(is_named, "{kind} on line {line}: {report}");
        assert!(told(&verified).contains("keep a copy"), "{}", told(&verified));
    }
    // The place of a decision that was changed does not verify.
    fs::write(&file, good.replacen("vendor-a", "vendor-b", 1)).expect("writable");
    let proof = place.prove(&place.path("a.csv"));
    assert_eq!(proof.code, Some(1), "both decisions are about these bytes, and one was changed");
    assert!(String::from_utf8_lossy(&proof.stdout).contains("\"sound\":false"));
    fs::write(&file, good).expect("writable");
    assert_eq!(place.verify().code, Some(0));
}

/// Whoever changes a record makes all hashes behind it anew, and cannot sign them.
#[test]
fn a_record_behind_which_nothing_is_signed_is_proven_to_be_nothing() {
    let place = Place::new("any");
    let message = place.masked("a.csv", &[]);
    let file = place.business();
    let good = fs::read_to_string(&file).expect("UTF-8");
    let proof = place.prove(&message);
    assert_eq!((proof.code, json(&shown(&proof))["place"]["signed"].as_bool()), (Some(0), Some(true)));
    let decided = good.lines().position(|line| line.contains("\"decision\"")).expect("a decision");
    let cut: String = good.lines().take(decided + 1).map(|line| format!("{line}\n")).collect();
    fs::write(&file, cut).expect("writable");
    let keys = ["--trail", "{trail}", "--keyring", "{ring}", "--key-file", "{key}", "--output", "json"];
    let proof = place.audit(&["prove", &message], &keys);
    assert_eq!(proof.code, Some(1), "{}", told(&proof));
    assert!(told(&proof).contains("no signature stands behind it"), "{}", told(&proof));
    assert_eq!(json(&String::from_utf8_lossy(&proof.stdout))["place"]["signed"], false);
}

#[test]
fn what_is_no_trail_answers_nothing() {
    let place = Place::new("any");
    fs::create_dir(place.path("empty")).expect("a folder");
    let asked = place.audit(&["query", &place.path("empty")], &["--question", "after-withdrawal"]);
    assert_eq!(asked.code, Some(3), "{}", told(&asked));
    assert!(told(&asked).contains("no trail"), "{}", told(&asked));
    place.masked("a.csv", &[]);
    let asked = place.audit(&["query", "{trail}"], &["--question", "after-withdrawal"]);
    assert!(told(&asked).contains("no change of any consent stands in these trails"), "{}", told(&asked));
}

#[test]
fn an_end_that_was_cut_off_shows_where_a_witness_has_it_and_only_there() {
    let place = Place::new("any");
    place.masked("a.csv", &[]);
    place.masked("b.csv", &[]);
    let file = place.business();
    let good = fs::read_to_string(&file).expect("UTF-8");
    // Up to the end of the first run, which was signed.
    let closed = good.lines().position(|line| line.contains("\"cause\":\"close\"")).expect("it was closed");
    let cut: String = good.lines().take(closed + 1).map(|line| format!("{line}\n")).collect();
    assert!(cut.len() < good.len());
    fs::write(&file, cut).expect("writable");
    let pem = place.path("ring.pem");
    let alone = place.audit(&["verify", "{trail}"], &["--keys", &pem, "--output", "table"]);
    assert!(shown(&alone).contains("tail not provable"), "{}", shown(&alone));
    let witnessed = place.audit(&["verify", "{trail}"], &["--keys", &pem, "--witness", "{heads}", "--output", "table"]);
    let text = String::from_utf8(witnessed.stdout.clone()).expect("UTF-8");
    assert!(witnessed.code == Some(1) && text.contains("cut off"), "{text}");
    // Other keys signed none of it.
    let other = Place::new("any");
    let theirs = other.path("ring.pem");
    let unsigned = place.audit(&["verify", "{trail}"], &["--keys", &theirs]);
    assert!(unsigned.code == Some(1) && told(&unsigned).contains("none of these keys"), "{}", told(&unsigned));
}

#[test]
fn questions_are_answered_and_those_that_must_be_none_are_faults() {
    let place = Place::new("any");
    place.ring.0.with("pass.toml", "[[rule]]\nkind = \"email\"\naction = \"pass\"\n");
    let policy = place.path("pass.toml");
    place.masked("a.csv", &["--recipient", "vendor-a"]);
    place.masked("b.csv", &["--recipient", "vendor-b", "--policy", &policy]);
    let ask = |more: &[&str]| place.audit(&["query", "{trail}", "--output", "json"], more);
    let count = |run: &Run| String::from_utf8_lossy(&run.stdout).lines().count();
    assert_eq!(count(&ask(&[])), 2);
    assert_eq!(count(&ask(&["--recipient", "vendor-b", "--kind", "email", "--action", "pass"])), 1);
    assert_eq!(count(&ask(&["--from", "2999-01-01"])), 0);
    assert_eq!(count(&ask(&["--until", "1999-01-01"])), 0);
    let none = ask(&["--question", "after-withdrawal"]);
    assert_eq!((none.code, count(&none)), (Some(0), 0));
    let clear = ask(&["--question", "in-clear"]);
    assert_eq!((clear.code, count(&clear)), (Some(0), 1));
    assert!(shown(&clear).contains("\"reason\":\"pass.toml:1\""), "{}", shown(&clear));
    let unassessed = ask(&["--question", "without-assessment"]);
    assert_eq!((unassessed.code, count(&unassessed)), (Some(1), 2));
    let who = shown(&ask(&["--question", "who-got-what"]));
    let phones = who.lines().map(json).find(|row| row["recipient"] == "vendor-a" && row["kind"] == "mobile_phone");
    let phones = phones.expect("a row");
    assert_eq!(
        (phones["values"].as_u64(), phones["messages"].as_u64(), phones["how"].as_str()),
        (Some(2), Some(1), Some("mask strict"))
    );
    let table = shown(&place.audit(&["query", "{trail}", "--output", "table"], &[]));
    assert!(table.contains("decisions: 2") && table.contains("vendor-b"), "{table}");
}

#[test]
fn standard_output_waits_for_its_record_and_a_broken_input_is_recorded_as_blocked() {
    let place = Place::new("any");
    let out = shown(&place.mask(&["--format", "text"], "手机13800138000\n"));
    assert_eq!(out, "手机138******00\n");
    let message = place.ring.0.with("out.txt", &out).to_str().expect("a plain name").to_owned();
    assert_eq!(json(&shown(&place.prove(&message)))["outcome"], "sent");
    let broken = place.mask(&["--format", "ndjson"], "{\"手机\":\"13800138000\"}\n{\"手机\":");
    assert!(broken.code == Some(3) && broken.stdout.is_empty(), "nothing of it has left");
    let last = shown(&place.audit(&["query", "{trail}", "--output", "json"], &[]));
    let last = json(last.lines().last().expect("a line"));
    assert_eq!((last["verdict"].as_str(), last["outcome"].as_str()), (Some("block"), Some("refused")));
    assert!(last.get("input").is_none() && last.get("output").is_none(), "{last}");
}

#[test]
fn what_cannot_be_recorded_does_not_leave() {
    let place = Place::new("any");
    let (from, to) = (place.path("in.csv"), place.path("out.csv"));
    let bare = run(&["mask", &from, "-o", &to, "--trail", &place.path("trail")], "");
    assert!(bare.code == Some(2) && told(&bare).contains("add --keyring"), "{}", told(&bare));
    let named = place.mask(&[&from, "-o", &to, "--recipient", "13800138000"], "");
    assert!(named.code == Some(2) && !told(&named).contains("13800138000"), "{}", told(&named));
    place.ring.0.with("no-folder", "a file");
    let blocked = place.run(
        &["mask", &from, "-o", &to, "--keyring", "{ring}", "--key-file", "{key}", "--trail", &place.path("no-folder")],
        "",
    );
    assert_eq!(blocked.code, Some(3), "{}", told(&blocked));
    let witness = place.run(
        &[
            "mask",
            &from,
            "-o",
            &to,
            "--keyring",
            "{ring}",
            "--key-file",
            "{key}",
            "--trail",
            "{trail}",
            "--witness",
            "x",
        ],
        "",
    );
    assert!(witness.code == Some(2) && told(&witness).contains("file:/"), "{}", told(&witness));
    assert!(!PathBuf::from(&to).exists(), "no output without its record");
}

#[test]
fn acts_on_keys_stand_in_the_same_trail() {
    let place = Place::new("any");
    place.masked("a.csv", &[]);
    let added = place.ring.keys(&["add"], &["--for", "token", "--reason", "yearly", "--trail", &place.path("trail")]);
    assert_eq!(added.code, Some(0), "{}", told(&added));
    let text = fs::read_to_string(place.business()).expect("UTF-8");
    for phase in ["intended", "done"] {
        assert!(text.contains(&format!("\"kind\":\"key\",\"act\":\"key_added\",\"phase\":\"{phase}\"")), "{text}");
    }
    assert!(fs::read_to_string(place.path("ring.audit.jsonl")).expect("the file too").contains("key_added"));
    // No witness was named that time: the tail is what nobody can prove.
    let pem = place.path("ring.pem");
    let verified = place.audit(&["verify", "{trail}", "--output", "json"], &["--keys", &pem, "--witness", "{heads}"]);
    let report = json(&shown(&verified));
    assert_eq!((report["sound"].as_bool(), report["proven"].as_bool()), (Some(true), Some(false)), "{report}");
}

#[test]
fn nothing_is_removed_early_and_all_of_it_is_exported() {
    let place = Place::new("any");
    place.masked("a.csv", &["--recipient", "vendor-a"]);
    let planned = shown(&place.audit(&["retain", "{trail}", "--dry-run"], &[]));
    assert!(
        planned.contains("0 segments") && planned.contains("5 years") && planned.contains("still written"),
        "{planned}"
    );
    let name = place.business().file_name().expect("a name").to_string_lossy().into_owned();
    let early =
        place.audit(&["retain", "{trail}", "--through", &name], &["--keyring", "{ring}", "--key-file", "{key}"]);
    assert!(early.code == Some(2) && told(&early).contains("nothing is removed"), "{}", told(&early));
    let all = place.path("all.jsonl");
    shown(&place.audit(&["export", "{trail}", "--format", "jsonl", "-o", &all], &[]));
    let exported = fs::read_to_string(&all).expect("it was written");
    assert_eq!(exported, fs::read_to_string(place.business()).expect("UTF-8"));
    let csv = shown(&place.audit(&["export", "{trail}", "--format", "csv"], &[]));
    assert!(
        csv.starts_with("class,seq,at,channel,recipient") && csv.contains(",vendor-a,") && csv.lines().count() == 2,
        "{csv}"
    );
    let narrowed = place.audit(&["export", "{trail}", "--format", "jsonl", "--kind", "email"], &[]);
    assert_eq!(narrowed.code, Some(2), "{}", told(&narrowed));
}

#[test]
fn a_data_subject_is_found_by_whoever_has_the_key() {
    let place = Place::new("any");
    let people = place.path("people");
    let made = place.run(&["keys", "subject", "init", "{ring}", "--key-file", "{key}", "--subjects", &people], "");
    assert_eq!(made.code, Some(0), "{}", told(&made));
    place.masked("a.csv", &["--subjects", &people, "--subject", "customer_no=C-100301", "--reason", "case 4711"]);
    place.masked("b.csv", &[]);
    let ask = |subject: &str| {
        let keys = ["--subject", subject, "--keyring", "{ring}", "--key-file", "{key}", "--output", "json"];
        shown(&place.audit(&["query", "{trail}"], &keys)).lines().count()
    };
    assert_eq!((ask("customer_no=C-100301"), ask("customer_no=C-100302"), ask("qq=C-100301")), (1, 0, 0));
    assert!(!fs::read_to_string(place.business()).expect("UTF-8").contains("100301"));
}

#[test]
fn commands_about_no_trail_say_so() {
    let place = Place::new("any");
    place.ring.0.path("empty/x");
    let empty = place.path("empty");
    for command in [&["verify", &empty][..], &["retain", &empty, "--dry-run"]] {
        let ran = place.audit(command, &[]);
        assert!(ran.code == Some(3) && told(&ran).contains("no trail"), "{command:?}: {}", told(&ran));
    }
    let missing = place.audit(&["query", "{trail}"], &[]);
    assert_eq!(missing.code, Some(3), "{}", told(&missing));
    let keys = place.path("in.csv");
    place.masked("a.csv", &[]);
    let wrong = place.audit(&["verify", "{trail}", "--keys", &keys], &[]);
    assert!(wrong.code == Some(3) && told(&wrong).contains("no public keys"), "{}", told(&wrong));
}

#[test]
fn a_witness_may_be_silent_for_as_long_as_is_said_and_no_less_than_it_takes() {
    let place = Place::new("any");
    place.masked("a.csv", &["--witness-within", "20s"]);
    let again = place.masked("b.csv", &["--witness-within", "5m"]);
    assert!(place.verify().code == Some(0) && PathBuf::from(again).exists());
    for bad in ["19s", "60", "0m", "1h", "99999999999999999999m"] {
        let refused = place.mask(&["--witness-within", bad], "");
        assert!(refused.code == Some(2) && told(&refused).contains("from 20 s on"), "{bad}: {}", told(&refused));
    }
}
