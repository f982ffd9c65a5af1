//! `--jobs`: how many workers there are changes nothing that can be seen. The inputs are long enough to be cut into pieces.

#![cfg(unix)]

mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use support::{Folder, engine};

/// Several pieces.
const BYTES: usize = 1 << 20;

/// As many lines of `line(nth)` as an input has.
fn lines(line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut nth = 0;
    while text.len() < BYTES {
        text += &line(nth);
        nth += 1;
    }
    text
}

/// Few findings among much that has none, so that unoptimised builds can read it.
fn filler(nth: usize) -> String {
    format!("{} {nth}", "今日沪深两市震荡上行 ".repeat(1 + nth % 30))
}

/// Inputs by name.
fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let ndjson = lines(|nth| match nth % 40 {
        0 => format!("{{\"mobile\":\"138{:08}\",\"n\":{nth}}}\r\n", nth),
        1 => "\n".to_owned(),
        _ => format!("{{\"note\":\"{}\"}}\n", filler(nth)),
    });
    let csv = lines(|nth| match nth % 40 {
        0 => format!("张三,\"8800\n{:06}\",\"a \"\"{nth}\"\"\n\nb\"\n", nth % 1_000_000),
        1 => format!("李四,8800{:06},5\" x\n", nth % 1_000_000),
        _ => format!(",,{}\n", filler(nth)),
    });
    let text = lines(|nth| match nth % 40 {
        0 => "资金账号\n8800123456\n".to_owned(),
        1 => format!("姓名：\r\n张三\r\n\r\n手机138{nth:08}\n"),
        2 => "BEGIN:VCARD\nFN:张三\nNOTE:x\n y\nTEL:13800138000\nEND:VCARD\n".to_owned(),
        _ => filler(nth) + "\n",
    });
    let mark = "\u{feff}";
    vec![
        ("a.ndjson", ndjson.clone().into()),
        ("a.csv", format!("{mark}姓名,资金账号,备注\n{csv}").into()),
        ("gbk.csv", encoding_rs::GBK.encode(&format!("姓名,资金账号,备注\n{csv}")).0.into_owned()),
        ("a.txt", text.clone().into()),
        ("utf16.txt", text.encode_utf16().take(200_000).flat_map(u16::to_le_bytes).collect()),
        ("no-end.txt", text.trim_end().replacen('\n', "", 3).into()),
        (
            "a.json",
            format!("[{}]", ndjson.trim_end().replace("}\r\n", "},").replace("}\n", "},").replace("\n", "")).into(),
        ),
        // An error behind much that is right, and one that is only seen at the end.
        ("wrong.ndjson", (ndjson.clone() + "{\"mobile\":13800138000,\n" + &ndjson).into()),
        ("open.csv", format!("姓名,资金账号,备注\n{csv}张三,\"8800123456,\n").into()),
    ]
}

fn run(folder: &Folder, line: &str) -> Output {
    let mut command = Command::new("bash");
    command.current_dir(folder.root()).env("PII", engine().binary()).args(["-c", line]).stdin(Stdio::null());
    command.output().expect("bash runs")
}

fn same(one: &Output, other: &Output, what: &str) {
    assert_eq!(one.status.code(), other.status.code(), "{what}");
    assert_eq!(String::from_utf8_lossy(&one.stderr), String::from_utf8_lossy(&other.stderr), "{what}");
    assert!(one.stdout == other.stdout, "{what}: another output");
}

#[test]
fn one_large_input_gives_the_same_with_any_number_of_workers() {
    let folder = Folder::new();
    for (name, bytes) in inputs() {
        fs::write(folder.path(name), bytes).expect("a file");
        let mask = |jobs: usize, from: &str| {
            let report = folder.path(&format!("{jobs}.report"));
            let line = format!("cat {name} | $PII mask --explain --report {} --jobs {jobs} {from}", report.display());
            let line = if from == "-" { line } else { line.replace(&format!("cat {name} | "), "") };
            let output = run(&folder, &line);
            (output, fs::read_to_string(report).expect("a report"))
        };
        let (one, report) = mask(1, name);
        assert!(report.contains("mobile_phone") || report.contains("capital_account"), "{name}: {report}");
        let is_wrong = ["wrong.ndjson", "open.csv"].contains(&name);
        assert_eq!(one.status.code(), Some(if is_wrong { 3 } else { 0 }), "{name}");
        for jobs in [2, 5] {
            let (made, counted) = mask(jobs, name);
            same(&made, &one, &format!("{name} with {jobs}"));
            assert_eq!(counted, report, "{name} with {jobs}");
        }
        let piped = mask(3, "-").0;
        assert_eq!(piped.status.code(), one.status.code(), "{name} through a pipe");
        // Without its name this one is read as text.
        if name != "gbk.csv" {
            assert!(piped.stdout == one.stdout, "{name} through a pipe: another output");
        }
    }
}

#[test]
fn what_is_verified_and_what_is_blocked_is_the_same() {
    let folder = Folder::new();
    folder.with("p.toml", "[[rule]]\nkind = \"iban\"\naction = \"block\"\n");
    for (name, bytes) in inputs().into_iter().filter(|(name, _)| ["a.ndjson", "a.csv", "a.txt"].contains(name)) {
        fs::write(folder.path(name), &bytes).expect("a file");
        let plain = run(&folder, &format!("$PII mask --jobs 1 {name}"));
        same(&run(&folder, &format!("$PII mask --verify --jobs 3 {name}")), &plain, name);
        let row = match name {
            "a.ndjson" => "{\"mobile\":13800138000,\"iban\":\"DE89370400440532013000\"}\n",
            "a.csv" => "张三,DE89370400440532013000,13800138000\n",
            _ => "手机13800138000，IBAN DE89370400440532013000\n",
        };
        let blocked = format!("blocked-{name}");
        fs::write(folder.path(&blocked), [&bytes, row.as_bytes(), &bytes].concat()).expect("a file");
        let one = run(&folder, &format!("$PII mask --policy p.toml --jobs 1 {blocked}"));
        assert_eq!(one.status.code(), Some(4), "{name}");
        assert!(one.stdout == plain.stdout, "{name}: what stands before the record goes out, and nothing of it");
        same(&run(&folder, &format!("$PII mask --policy p.toml --jobs 4 {blocked}")), &one, &blocked);
    }
}

#[test]
fn findings_of_large_and_small_inputs_keep_their_order() {
    let folder = Folder::new();
    for (name, bytes) in inputs() {
        fs::write(folder.path(&format!("in/0-{name}")), &bytes).expect("a file");
        fs::write(folder.path(&format!("in/1-{name}")), &bytes[..3000]).expect("a file");
    }
    let scan = |jobs: usize| run(&folder, &format!("$PII scan --output json --explain --jobs {jobs} in"));
    let one = scan(1);
    assert!(one.stdout.iter().filter(|&&b| b == b'\n').count() > 1000);
    for jobs in [2, 6] {
        same(&scan(jobs), &one, &format!("with {jobs}"));
    }
}

#[test]
fn what_has_arrived_does_not_wait_for_more() {
    let mut command = Command::new(engine().binary());
    command.args(["mask", "--format", "text", "--encoding", "utf-8", "--jobs", "4", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command runs");
    let (mut input, mut output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let line = "手机13800138000\n";
    let (first, second) = (line.repeat(20_000), line.repeat(3));
    let (sender, receiver) = mpsc::channel();
    let (long, short) = (first.len(), second.len());
    thread::spawn(move || {
        for len in [long, short] {
            let mut masked = vec![0; len];
            output.read_exact(&mut masked).expect("as many bytes as were written");
            sender.send(masked).expect("the test waits");
        }
    });
    for part in [first, second] {
        input.write_all(part.as_bytes()).expect("it reads");
        // The input stays open. A label may speak for the next line, and these lines are none.
        let masked = receiver.recv_timeout(Duration::from_secs(60)).expect("it waits for more");
        assert_eq!(String::from_utf8_lossy(&masked), part.replace("13800138000", "138******00"));
    }
    drop(input);
    assert!(child.wait().expect("it ends").success());
}
