//! The command as somebody meets it who does not know it yet: words misspelt, rules half written, files that turn out to be
//! something else.

#![cfg(unix)]

mod support;

use std::fs;
use std::process::{Command, Output, Stdio};

use support::{Folder, engine};

const MOBILE: &str = "13800138000";

fn run(folder: &Folder, arguments: &[&str]) -> Output {
    let mut command = Command::new(engine().binary());
    command.current_dir(folder.root()).args(arguments).stdin(Stdio::null()).output().expect("the command runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_channel_that_nobody_knows_is_refused() {
    let folder = Folder::new();
    folder.with("a.txt", &format!("手机{MOBILE}\n"));
    folder.with("own.toml", "[[channel]]\nname = \"wecom\"\nlike = \"log\"\n");
    folder.with("t/a.in.txt", "x");
    folder.with("t/a.out.txt", "x");
    let ways: [&[&str]; 3] = [&["mask", "a.txt"], &["policy", "explain", "mobile_phone"], &["policy", "test", "t"]];
    for way in ways {
        for (channel, words) in [
            (
                "smss",
                "pii: unknown channel \"smss\": write \"sms\", or another of sms, email, push, third_party, log, test_data",
            ),
            ("wecom", "pii: unknown channel \"wecom\": write one of sms, email, push, third_party, log, test_data"),
        ] {
            let output = run(&folder, &[way, &["--channel", channel]].concat());
            assert_eq!(output.status.code(), Some(2), "{way:?}: {}", told(&output));
            assert!(told(&output).contains(words) && out(&output).is_empty(), "{way:?}: {}", told(&output));
        }
        for known in [&["--channel", "log"][..], &["--channel", "wecom", "--policy", "own.toml"]] {
            let output = run(&folder, &[way, known].concat());
            assert_eq!(output.status.code(), Some(0), "{way:?} {known:?}: {}", told(&output));
        }
    }
}

#[test]
fn policy_check_says_what_mask_would_refuse_and_what_is_over() {
    let folder = Folder::new();
    folder.with("keys.toml", "# ours\n[[rule]]\nkind = \"bank_card\"\naction = \"fpe\"\n");
    folder.with("path.toml", "[[rule]]\nkind = \"bank_card\"\nfield = \"$.a[\"\naction = \"drop\"\n");
    folder.with("over.toml", "\n[[rule]]\nkind = \"bank_card\"\nexpires = 2020-01-01\naction = \"drop\"\n");
    // What takes keys is well written, and masking is refused until there are some.
    for (file, code, masking, words) in [
        ("keys.toml", 0, 2, "keys.toml:2: \"fpe\" takes a key: give `pii mask` a keyring that has one, by --keyring"),
        ("path.toml", 2, 2, "pii: path.toml:3: \"$.a[\" names no field: its [ has no ]; write \"$.customer.idNo\""),
        ("over.toml", 0, 0, "warning: over.toml:2: the last day of this rule was 2020-01-01"),
    ] {
        let output = run(&folder, &["policy", "check", file]);
        assert_eq!(output.status.code(), Some(code), "{file}: {}", told(&output));
        assert!(told(&output).starts_with(words), "{file}: {}", told(&output));
        let masked = run(&folder, &["mask", "--policy", file, "-"]);
        assert_eq!(masked.status.code(), Some(masking), "{file}: {}", told(&masked));
    }
    assert_eq!(out(&run(&folder, &["policy", "check", "over.toml"])), "10 rules, 0 exemptions, 1 warning\n");
}

#[test]
fn policy_explain_ends_with_a_sentence_for_every_action() {
    let folder = Folder::new();
    folder.with(
        "p.toml",
        "[[rule]]\nkind = \"bank_card\"\naction = \"block\"\n\
         [[rule]]\nkind = \"qq\"\naction = \"mask\"\nshape = \"tail\"\n\
         [[rule]]\nkind = \"person_name\"\naction = \"mask\"\nshape = \"word:客户\"\n\
         [[rule]]\nkind = \"mobile_phone\"\naction = \"mask\"\nprofile = \"usual\"\nshape = \"char:×\"\n\
         [[rule]]\nkind = \"iban\"\naction = \"token\"\n\
         [[rule]]\nkind = \"resident_id\"\nrecipient = \"credit.example.com\"\npurpose = \"identity_check\"\n\
         field = \"$.cardNo\"\naction = \"pass\"\nbasis = \"Anti-Money Laundering Law, Art. 29\"\n\
         assessment = \"PIA-2026-014\"\nexpires = 9999-12-31\n",
    );
    let way = ["--recipient", "credit.example.com", "--purpose", "identity_check", "--field", "$.cardNo"];
    for (kind, sentence) in [
        ("bank_card", "does not leave, and neither does the message that holds it"),
        ("qq", "is masked under the profile strict: shows the last 2 characters, and only the end of that is written"),
        ("person_name", "is masked: the word 客户 stands in its place"),
        (
            "mobile_phone",
            "is masked under the profile usual: shows the first 3 characters and the last 4 characters, with × in place of the rest",
        ),
        ("iban", "becomes a token, with the keyring that `pii mask --keyring` is given"),
        (
            "resident_id",
            "passes in clear until 9999-12-31 (basis: Anti-Money Laundering Law, Art. 29; assessment: PIA-2026-014)",
        ),
        ("password", "is taken out: *** stands in its place"),
        ("uscc", "passes in clear"),
        ("address", "is masked under the profile strict: shows the place down to the city"),
    ] {
        let output = run(&folder, &[&["policy", "explain", kind, "--policy", "p.toml"][..], &way].concat());
        assert_eq!(output.status.code(), Some(0), "{kind}: {}", told(&output));
        assert_eq!(out(&output).lines().last(), Some(format!("{kind} on third_party: {sentence}").as_str()));
    }
}

#[test]
fn an_example_that_does_not_hold_is_named_with_its_file() {
    let folder = Folder::new();
    let rule = include_str!("../../rules/contact/qq.toml");
    folder.with("good/qq.toml", rule);
    let wrong = "\n[[example]]\ntext = \"加QQ10000\"\nvalue = \"10001\"\n[[counter]]\ntext = \"10000\"\nfield = \"qq\"\nwhy = \"ours\"\n";
    folder.with("wrong/chat_no.toml", &format!("{rule}{wrong}"));
    let good = run(&folder, &["rules", "check", "--rules", "good"]);
    assert_eq!((good.status.code(), told(&good).as_str()), (Some(0), ""));
    let output = run(&folder, &["rules", "check", "--rules", "wrong"]);
    assert_eq!(output.status.code(), Some(2));
    let lines = rule.lines().count();
    let count = |what: &str| rule.lines().filter(|line| *line == what).count() + 1;
    for words in [
        "warning: wrong/chat_no.toml: this file holds the kind \"qq\": call it qq.toml, or write the kind".to_owned(),
        format!(
            "\n  wrong/chat_no.toml:{}: qq: example {}, \"加QQ10000\", has to find \"10001\" and finds qq \"10000\"\n",
            lines + 2,
            count("[[example]]")
        ),
        format!(
            "\n  wrong/chat_no.toml:{}: qq: counter-example {}, \"10000\" in the field \"qq\", has to find no qq and finds qq",
            lines + 5,
            count("[[counter]]")
        ),
    ] {
        assert!(told(&output).contains(&words), "{words:?} is not in {}", told(&output));
    }
}

#[test]
fn rules_of_the_firm_count_in_every_policy_command() {
    let folder = Folder::new();
    let rule = include_str!("../../rules/contact/qq.toml").replace("\"qq\"\nclass", "\"chat_no\"\nclass");
    let rule = rule.replacen("kind     = \"qq\"", "kind     = \"chat_no\"", 1);
    folder.with("r/chat_no.toml", &rule);
    folder.with("p.toml", "[[rule]]\nkind = \"chat_no\"\naction = \"drop\"\n");
    folder.with("t/a.in.txt", "x\n");
    folder.with("t/a.out.txt", "x\n");
    for command in
        [&["check", "p.toml"][..], &["explain", "chat_no", "--policy", "p.toml"], &["test", "t", "--policy", "p.toml"]]
    {
        let with = run(&folder, &[&["policy"], command, &["--rules", "r"]].concat());
        assert_eq!(with.status.code(), Some(0), "{command:?}: {}", told(&with));
        let without = run(&folder, &[&["policy"], command].concat());
        assert_eq!(without.status.code(), Some(2), "{command:?}");
        assert!(told(&without).contains("unknown kind \"chat_no\""), "{}", told(&without));
    }
}

#[test]
fn every_command_has_a_page() {
    let folder = Folder::new();
    for (command, name) in [
        (&["manual"][..], "pii"),
        (&["manual", "mask"], "pii-mask"),
        (&["manual", "policy"], "pii-policy"),
        (&["manual", "policy", "check"], "pii-policy-check"),
        (&["manual", "rules", "show"], "pii-rules-show"),
    ] {
        let output = run(&folder, command);
        assert!(out(&output).contains(&format!("\n.TH {name} 1 ")), "{command:?}: {}{}", out(&output), told(&output));
    }
    for (command, words) in [
        (&["manual", "polcy"][..], "there is no command \"polcy\" here; write one of scan, mask, rules, policy"),
        (&["manual", "policy", "show"], "there is no command \"show\" here; write one of check, explain, test"),
        (&["manual", "mask", "all"], "there is no command \"all\" here; `pii mask` has no commands of its own"),
    ] {
        let output = run(&folder, command);
        assert_eq!(output.status.code(), Some(2));
        assert!(told(&output).contains(words), "{}", told(&output));
    }
}

#[test]
fn a_table_comes_in_pieces_and_loses_nothing() {
    let folder = Folder::new();
    let lines = 12_001;
    folder.with("a.txt", &format!("手机{MOBILE}\n").repeat(lines));
    let output = run(&folder, &["scan", "--output", "table", "a.txt"]);
    let text = out(&output);
    assert_eq!(text.lines().filter(|line| line.starts_with(" a.txt ")).count(), lines);
    assert_eq!(text.lines().filter(|line| line.starts_with(" file ")).count(), 3, "5,000, 5,000 and 2,001");
    assert!(text.ends_with("\n12001 findings: mobile_phone 12001\n"));
    // Exactly as many as one piece takes: no piece without rows.
    folder.with("a.txt", &format!("手机{MOBILE}\n").repeat(5_000));
    let text = out(&run(&folder, &["scan", "--output", "table", "a.txt"]));
    assert_eq!(text.lines().filter(|line| line.starts_with(" file ")).count(), 1);
}

#[test]
fn a_table_hands_no_command_to_the_terminal() {
    let folder = Folder::new();
    let name = "\u{1b}[31mred.txt";
    folder.with(name, &format!("手机{MOBILE}\npassword=\u{1b}[2Jxyzzy9\n"));
    let output = run(&folder, &["scan", "--output", "table", "--show-values", "--explain", name]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(out(&output).contains("mobile_phone") && !output.stdout.contains(&0x1b), "{}", out(&output));
}

#[test]
fn words_are_taken_in_any_case_and_kinds_that_are_misspelt_are_known() {
    let folder = Folder::new();
    folder.with("a.txt", "{\"mobile\":13800138000}\n{\"mobile\":13800138000}\n");
    for arguments in [
        &["mask", "--format", "NDJSON", "a.txt"][..],
        &["mask", "--format", "jsonl", "a.txt"],
        &["mask", "--encoding", "UTF-8", "--format", "ndjson", "a.txt"],
        &["mask", "--encoding", "GBK", "--format", "ndjson", "a.txt"],
    ] {
        let output = run(&folder, arguments);
        assert_eq!(out(&output), "{\"mobile\":\"138******00\"}\n".repeat(2), "{arguments:?}: {}", told(&output));
    }
    for command in [&["rules", "show"], &["policy", "explain"]] {
        let output = run(&folder, &[&command[..], &["mobile_phon"]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(told(&output), "pii: there is no kind \"mobile_phon\": write \"mobile_phone\"\n");
        let output = run(&folder, &[&command[..], &["shoe_size"]].concat());
        assert_eq!(told(&output), "pii: there is no kind \"shoe_size\"; `pii rules show` lists them\n");
    }
}

#[test]
fn names_that_begin_with_a_dash_are_taken_where_they_are_told_apart() {
    let folder = Folder::new();
    folder.with("-x.txt", &format!("手机{MOBILE}\n"));
    for arguments in [&["mask", "--", "-x.txt"][..], &["mask", "./-x.txt"], &["mask", "--out=-", "--", "-x.txt"]] {
        let output = run(&folder, arguments);
        assert_eq!(out(&output), "手机138******00\n", "{arguments:?}: {}", told(&output));
    }
    assert!(run(&folder, &["mask", "--out=-y.txt", "--", "-x.txt"]).status.success());
    assert_eq!(fs::read_to_string(folder.path("-y.txt")).expect("text"), "手机138******00\n");
    let output = run(&folder, &["mask", "-x.txt"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("use '-- -x.txt'") || told(&output).contains("use '-- -x'"), "{}", told(&output));
}

#[test]
fn a_file_where_a_folder_is_meant_and_the_other_way_round_are_told() {
    let folder = Folder::new();
    folder.with("a.txt", "x\n");
    folder.with("d/a.txt", "x\n");
    for (arguments, code, words) in [
        (&["rules", "check", "--rules", "a.txt"][..], 2, "name a folder: this, or a part of the path, is a file"),
        (&["policy", "test", "a.txt"], 3, "name a folder: this, or a part of the path, is a file"),
        (&["policy", "check", "d"], 2, "name a file in this folder"),
        (&["mask", "--policy", "d", "a.txt"], 2, "name a file in this folder"),
        (&["mask", "a.txt", "--report", "d"], 2, "name a file in this folder"),
        (&["mask", "a.txt/b"], 3, "name a folder: this, or a part of the path, is a file"),
    ] {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(words), "{arguments:?}: {}", told(&output));
    }
}

#[test]
fn a_long_run_ends_when_it_is_interrupted_and_goes_on_where_it_is_told_to() {
    let folder = Folder::new();
    folder.with("a.txt", &format!("手机{MOBILE}\n"));
    // It reads a pipe that nobody closes, so it is at work when the signal comes.
    let line = |signal: &str, before: &str| {
        let script = format!(
            "rm -rf o; mkdir o; mkfifo -m 600 p; exec 9<>p; cat a.txt >&9; {before} \"$PII\" mask --format text --encoding utf-8 \
             p a.txt -o o 2>err & for i in $(seq 200); do [ -e o/a.txt ] && ls -A o | grep -q pii- && break; sleep 0.05; done; \
             kill -s {signal} $!; sleep 0.3; kill -0 $! 2>/dev/null && echo alive; kill -s TERM $! 2>/dev/null; \
             wait $!; echo $?; rm p; ls -A o"
        );
        let mut command = Command::new("bash");
        command.current_dir(folder.root()).env("PII", engine().binary());
        out(&command.args(["-c", &script]).output().expect("bash runs"))
    };
    // Signals are as a terminal has them, also where these tests are run by `nohup`.
    let usual = "env --default-signal";
    assert_eq!(line("HUP", usual), "129\na.txt\n", "what was done stays, and nothing half");
    assert_eq!(line("TERM", usual), "143\na.txt\n");
    assert_eq!(line("HUP", "nohup"), "alive\n143\na.txt\n");
    // A job in the background of a script is not for its terminal's Ctrl-C to end.
    assert_eq!(line("INT", ""), "alive\n143\na.txt\n");
}

#[test]
fn who_types_is_told_that_it_waits() {
    // `script` gives the command a terminal; without it there is nothing to try this with.
    if Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let folder = Folder::new();
    let typed = |line: &str| {
        let mut command = Command::new("bash");
        command.current_dir(folder.root()).env("PII", engine().binary());
        out(&command.args(["-c", line]).output().expect("bash runs"))
    };
    let text = typed("printf '手机13800138000\\n\\004' | timeout 60 script -qec '\"$PII\" mask' /dev/null");
    assert!(text.contains("Ctrl-D on a line of its own ends it") && text.contains("手机138******00"), "{text}");
    let text = typed("printf '手机13800138000\\n' | \"$PII\" mask 2>&1");
    assert_eq!(text, "手机138******00\n", "not where a pipe is read");
}

/// What `make run` runs behind the build, on all that lies in `examples/`.
#[test]
fn the_examples_run_to_their_end() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/run.sh");
    let ran = Command::new(script).arg(engine().binary()).stdin(Stdio::null()).output().expect("the script runs");
    assert!(ran.status.success(), "{}", told(&ran));
    assert!(out(&ran).contains("12 examples, "), "{}", out(&ran));
}
