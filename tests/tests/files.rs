//! Files, folders, pipes, links, rights and interrupts, as they are met where the command runs.

#![cfg(unix)]

mod support;

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use support::{Folder, engine};

const MOBILE: &str = "13800138000";
const MASKED: &str = "手机138******00\n";

fn line() -> String {
    format!("手机{MOBILE}\n")
}

/// The command with its arguments, to be run in `folder`.
fn pii<A: AsRef<OsStr>>(folder: &Folder, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(engine().binary());
    command.current_dir(folder.root()).args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run<A: AsRef<OsStr>>(folder: &Folder, arguments: impl IntoIterator<Item = A>) -> Output {
    pii(folder, arguments).output().expect("the command runs")
}

/// Runs a line of shell in which `pii` is the command.
fn shell(folder: &Folder, line: &str) -> Output {
    let script = format!("set -u; pii() {{ \"$PII\" \"$@\"; }}; {line}");
    let mut command = Command::new("bash");
    command.current_dir(folder.root()).env("PII", engine().binary()).args(["-c", &script]);
    command.stdin(Stdio::null()).output().expect("bash runs")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Whether rights hold at all: they do not for root, who runs the tests in many containers.
fn rights_hold(folder: &Folder) -> bool {
    let locked = folder.with("locked", "x");
    fs::set_permissions(&locked, Permissions::from_mode(0o000)).expect("rights can be set");
    fs::read(&locked).is_err()
}

#[test]
fn nobody_who_stops_reading_sees_a_complaint() {
    let folder = Folder::new();
    folder.with("a.txt", &line().repeat(20_000));
    for command in [
        "pii completions bash",
        "pii manual mask",
        "pii rules show",
        "pii policy explain mobile_phone",
        "pii scan --output json a.txt",
        "pii scan --output table a.txt",
        "pii mask a.txt",
    ] {
        let output = shell(&folder, &format!("{command} | true; echo ${{PIPESTATUS[0]}}"));
        assert_eq!(told(&output), "", "{command}");
        let code = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        // Ended by SIGPIPE, or done before the reader had gone.
        assert!(["141", "0"].contains(&code.as_str()), "{command}: {code}");
    }
}

#[test]
fn an_endless_input_ends_with_its_reader() {
    let folder = Folder::new();
    let start = Instant::now();
    let output = shell(&folder, &format!("yes 手机{MOBILE} | pii mask --format text --encoding utf-8 | head -1"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), MASKED);
    let output = shell(&folder, &format!("yes 手机{MOBILE} | pii scan --output json | head -1 | wc -l"));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "1");
    assert!(start.elapsed() < Duration::from_secs(30), "it read on");
}

#[test]
fn a_new_file_is_as_the_umask_says_and_a_replaced_one_as_it_was() {
    let folder = Folder::new();
    folder.with("a.txt", &line());
    for (umask, mode_of_new) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let output = shell(&folder, &format!("umask {umask}; rm -f new; pii mask a.txt -o new"));
        assert!(output.status.success(), "{}", told(&output));
        assert_eq!(mode(&folder.path("new")), mode_of_new, "umask {umask}");
    }
    let old = folder.with("old", "x");
    for kept in [0o640, 0o444, 0o755] {
        fs::set_permissions(&old, Permissions::from_mode(kept)).expect("rights can be set");
        assert!(run(&folder, ["mask", "a.txt", "-o", "old"]).status.success());
        assert_eq!(mode(&old), kept);
        assert_eq!(fs::read_to_string(&old).expect("text"), MASKED);
    }
}

#[test]
fn a_link_as_output_is_followed_and_stays_a_link() {
    let folder = Folder::new();
    folder.with("a.txt", &line());
    folder.with("real/old", "x");
    for (link, target) in [("here", "real/old"), ("there", "real/new"), ("twice", "here")] {
        symlink(target, folder.path(link)).expect("a link");
        let output = run(&folder, ["mask", "a.txt", "-o", link]);
        assert!(output.status.success(), "{link}: {}", told(&output));
        assert!(fs::symlink_metadata(folder.path(link)).expect("it is there").is_symlink(), "{link}");
    }
    assert_eq!(names(&folder.path("real")), ["new", "old"]);
    assert_eq!(fs::read_to_string(folder.path("real/old")).expect("text"), MASKED);
    symlink("round", folder.path("round")).expect("a link");
    let output = run(&folder, ["mask", "a.txt", "-o", "round"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("round: links lead in a circle"), "{}", told(&output));
}

#[test]
fn what_an_earlier_run_wrote_is_no_input() {
    let folder = Folder::new();
    folder.with("in/a.txt", &line());
    for _ in 0..3 {
        let output = run(&folder, ["mask", "in", "-o", "in/masked", "--report", "in/report.json"]);
        assert!(output.status.success(), "{}", told(&output));
        assert_eq!(names(&folder.path("in")), ["a.txt", "masked", "report.json"]);
        assert_eq!(names(&folder.path("in/masked")), ["a.txt"]);
    }
    // A folder in its own place is masked whole.
    assert!(run(&folder, ["mask", "in", "-o", "in"]).status.success());
    assert_eq!(fs::read_to_string(folder.path("in/a.txt")).expect("text"), MASKED);
}

#[test]
fn a_file_that_is_also_standard_output_is_refused() {
    let folder = Folder::new();
    folder.with("a.txt", &line());
    let output = shell(&folder, "pii mask a.txt >> a.txt");
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("a.txt: this input is also standard output; write `-o FILE`"), "{}", told(&output));
    assert_eq!(fs::read_to_string(folder.path("a.txt")).expect("text"), line(), "it is as it was");
    assert_eq!(shell(&folder, "pii mask < a.txt >> a.txt").status.code(), Some(2));
}

#[test]
fn a_report_never_takes_the_place_of_an_input_or_an_output() {
    let folder = Folder::new();
    folder.with("a.txt", &line());
    fs::hard_link(folder.path("a.txt"), folder.path("b.txt")).expect("a second name");
    fs::create_dir(folder.path("out")).expect("a folder");
    for arguments in [
        &["mask", "a.txt", "--report", "a.txt"][..],
        &["mask", "a.txt", "--report", "./a.txt"],
        &["mask", "a.txt", "--report", "b.txt"],
        &["mask", "a.txt", "-o", "c.txt", "--report", "c.txt"],
        &["mask", "a.txt", "-o", "out", "--report", "out/a.txt"],
        &["mask", "a.txt", "-o", "c.txt", "--report", "none/r.json"],
        &["mask", "a.txt", "-o", "c.txt", "--report", "out"],
        &["mask", "a.txt", "-o", "c.txt", "--report", "a.txt/r.json"],
    ] {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
        assert!(output.stdout.is_empty(), "nothing is begun: {arguments:?}");
        assert_eq!(fs::read_to_string(folder.path("a.txt")).expect("text"), line(), "it is as it was");
        assert_eq!(names(folder.root()), ["a.txt", "b.txt", "out"]);
    }
    assert_eq!(shell(&folder, "pii mask < a.txt --report a.txt").status.code(), Some(2));
    for report in ["r.json", "r.json", "/dev/null"] {
        assert!(run(&folder, ["mask", "a.txt", "--report", report]).status.success());
    }
}

#[test]
fn files_that_are_no_text_pass_as_they_are_and_are_told() {
    let folder = Folder::new();
    let text = format!("姓名,手机\n张三,{MOBILE}\n").repeat(200);
    let stored = [b"PK\x03\x04\x0A\0\0\0\0\0".as_slice(), text.as_bytes()].concat();
    let noise: Vec<u8> = (0..300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (name, bytes, media_type) in [
        ("a.csv", &stored, "application/zip"),
        ("a.bin", &noise, "application/octet-stream"),
        ("a.pdf", &format!("%PDF-1.4\n{text}").into_bytes(), "application/pdf"),
    ] {
        fs::write(folder.path(name), bytes).expect("a file");
        let output = run(&folder, ["mask", name, "--report", "r.json", "--verify"]);
        assert!(output.status.success() && output.stdout == *bytes, "{name}: {}", told(&output));
        assert_eq!(told(&output), format!("{name}: passed on without being read: {media_type} 1\n"));
        assert!(fs::read_to_string(folder.path("r.json")).expect("text").contains(media_type));
        let scanned = run(&folder, ["scan", name]);
        assert!(scanned.stdout.is_empty() && told(&scanned).contains(media_type), "{name}");
        assert_ne!(run(&folder, ["mask", "--format", "text", name]).stderr, output.stderr, "{name}");
    }
}

#[test]
fn pipes_are_read_and_written_as_they_are() {
    let folder = Folder::new();
    folder.with("a.txt", &line());
    let output = shell(&folder, &format!("pii mask <(echo 手机{MOBILE})"));
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(0), MASKED));
    let output = shell(&folder, "mkfifo in out; cat out > got & cat a.txt > in & pii mask in -o out; wait; cat got");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(0), MASKED));
    // A pipe in a folder is not read: it might never end.
    let output = run(&folder, ["scan", "--output", "json", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = Folder::new();
    folder.with("a.txt", &line().repeat(10_000));
    let full = "No space left on device";
    for line in
        ["pii mask a.txt > /dev/full", "pii mask a.txt -o /dev/full", "pii scan --output json a.txt > /dev/full"]
    {
        let output = shell(&folder, line);
        assert_eq!(output.status.code(), Some(3), "{line}: {}", told(&output));
        assert!(told(&output).contains(full) && told(&output).contains("make room"), "{line}: {}", told(&output));
    }
    for line in ["pii rules show > /dev/full", "pii completions zsh > /dev/full", "pii manual > /dev/full"] {
        let output = shell(&folder, line);
        assert_eq!(output.status.code(), Some(3), "{line}");
        assert!(!told(&output).contains("panicked"), "{line}: {}", told(&output));
    }
    // The limit on the size of files stands for a disk on which half of the output has room.
    let output = shell(&folder, "trap '' XFSZ; ulimit -f 8; pii mask a.txt -o out");
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("out: "), "{}", told(&output));
    assert_eq!(names(folder.root()), ["a.txt"]);
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_is_done() {
    let folder = Folder::new();
    if !rights_hold(&folder) {
        return;
    }
    folder.with("in/a.txt", &line());
    folder.with("in/shut/b.txt", &line());
    folder.with("in/unreadable.txt", &line());
    let shut = |mode| fs::set_permissions(folder.path("in/shut"), Permissions::from_mode(mode)).expect("rights");
    shut(0);
    fs::set_permissions(folder.path("in/unreadable.txt"), Permissions::from_mode(0o000)).expect("rights can be set");
    let output = run(&folder, ["mask", "in", "-o", "out"]);
    shut(0o755);
    assert_eq!(output.status.code(), Some(3));
    for name in ["in/shut: ", "in/unreadable.txt: "] {
        assert!(told(&output).contains(name), "{}", told(&output));
    }
    assert!(told(&output).contains("have it granted"), "{}", told(&output));
    assert_eq!(names(&folder.path("out")), ["a.txt"]);
}

#[test]
fn links_that_lead_nowhere_are_named_and_circles_are_not_walked() {
    let folder = Folder::new();
    folder.with("in/a.txt", &line());
    symlink("..", folder.path("in/up")).expect("a link");
    symlink("missing.txt", folder.path("in/dangling")).expect("a link");
    symlink("round", folder.path("in/round")).expect("a link");
    symlink("a.txt", folder.path("in/b.txt")).expect("a link");
    let output = run(&folder, ["mask", "in", "-o", "out"]);
    assert_eq!(output.status.code(), Some(3));
    for name in ["in/dangling: ", "in/round: "] {
        assert!(told(&output).contains(name), "{}", told(&output));
    }
    assert_eq!(names(&folder.path("out")), ["a.txt", "b.txt"]);
    assert_eq!(fs::read_to_string(folder.path("in/a.txt")).expect("text"), line());
}

#[test]
fn missing_files_are_named_and_the_rest_is_done() {
    let folder = Folder::new();
    folder.with("a.txt", &line());
    let output = run(&folder, ["scan", "--output", "json", "none.txt", "a.txt", "no/where"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("none.txt: ") && told(&output).contains("no/where: "), "{}", told(&output));
    assert!(told(&output).contains("check how it is spelt"), "{}", told(&output));
    assert_eq!(output.stdout.iter().filter(|&&b| b == b'\n').count(), 1);
}

#[test]
fn a_folder_without_files_is_told() {
    let folder = Folder::new();
    fs::create_dir(folder.path("empty")).expect("a folder");
    folder.with("hidden/.a.txt", &line());
    for name in ["empty", "hidden"] {
        let output = run(&folder, ["mask", name, "-o", "out"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(told(&output).contains("no files to read"), "{name}: {}", told(&output));
    }
}

#[test]
fn names_that_are_no_text_or_command_the_terminal_are_taken() {
    let folder = Folder::new();
    let names: [&[u8]; 3] = [b"\xff\xfe.txt", "空 格\n行.txt".as_bytes(), b"\x1b[31mred.json"];
    for name in names {
        let content = if name.ends_with(b"json") { "{".to_owned() } else { line() };
        fs::create_dir_all(folder.path("in")).expect("a folder");
        fs::write(folder.path("in").join(OsStr::from_bytes(name)), content).expect("a file");
    }
    let output = run(&folder, ["mask", "in", "-o", "out"]);
    assert_eq!(output.status.code(), Some(3), "the last one is no JSON");
    assert!(!output.stderr.contains(&0x1b), "{}", told(&output));
    for name in &names[..2] {
        let written = fs::read_to_string(folder.path("out").join(OsStr::from_bytes(name))).expect("text");
        assert_eq!(written, MASKED);
    }
}

#[test]
fn files_are_read_to_their_end_wherever_that_is() {
    let folder = Folder::new();
    for name in ["a.txt", "a.csv", "a.ndjson", "a.log"] {
        folder.with(name, "");
        let output = run(&folder, ["mask", name, "-o", "out"]);
        assert!(output.status.success(), "{name}: {}", told(&output));
        assert_eq!(fs::metadata(folder.path("out")).expect("it is there").len(), 0, "{name}");
    }
    // A file that says it is empty and is not, as those of /proc are.
    if Path::new("/proc/self/status").exists() {
        let output = run(&folder, ["mask", "--format", "text", "/proc/self/status"]);
        assert!(output.status.success() && output.stdout.starts_with(b"Name:\tpii"), "{}", told(&output));
    }
}

/// `pii mask - -o out` that has read something and waits for more.
fn waiting(folder: &Folder) -> Child {
    // Signals are as a terminal has them, also where these tests are run by `nohup`.
    let mut command = Command::new("env");
    command.current_dir(folder.root()).arg("--default-signal").arg(engine().binary());
    command.args(["mask", "--format", "text", "--encoding", "utf-8", "-", "-o", "out"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the command runs");
    let input = child.stdin.as_mut().expect("it was asked for");
    input.write_all(line().repeat(1000).as_bytes()).expect("it reads");
    let start = Instant::now();
    while names(folder.root()).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20), "no output is begun");
        thread::sleep(Duration::from_millis(10));
    }
    child
}

#[test]
fn an_interrupt_leaves_nothing_behind() {
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let folder = Folder::new();
        let mut child = waiting(&folder);
        // `wait` would close it, and the input's end might be seen before the signal.
        let open_input = child.stdin.take();
        let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let status = child.wait().expect("it ends");
        drop(open_input);
        assert_eq!(status.signal(), Some(number), "{signal}: {status}");
        assert_eq!(names(folder.root()), [""; 0], "{signal}");
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_read_as_it_comes() {
    let folder = Folder::new();
    let grown = folder.with("grows.txt", &line());
    let mut child = waiting(&folder);
    fs::write(&grown, "").expect("the file is emptied");
    let mut input = child.stdin.take().expect("it was asked for");
    input.write_all("手机13".as_bytes()).expect("it reads");
    input.write_all("900001234".as_bytes()).expect("it reads");
    drop(input);
    let mut complaints = String::new();
    child.stderr.take().expect("it was asked for").read_to_string(&mut complaints).expect("text");
    assert!(child.wait().expect("it ends").success(), "{complaints}");
    let out = fs::read_to_string(folder.path("out")).expect("text");
    assert_eq!(out, MASKED.repeat(1000) + "手机139******34");
}

#[test]
fn findings_come_in_the_order_of_inputs_whatever_the_number_of_jobs() {
    let folder = Folder::new();
    for nth in 0..40 {
        // The first ones are the longest.
        folder.with(&format!("in/{nth:02}.txt"), &line().repeat(2000 / (nth + 1)));
    }
    let scan = |jobs: &str| run(&folder, ["scan", "--output", "json", "--jobs", jobs, "in"]).stdout;
    let one = scan("1");
    assert!(one.iter().filter(|&&b| b == b'\n').count() > 4000);
    assert!(scan("8") == one && scan("3") == one, "another order");
}

#[test]
fn rules_for_a_recipient_apply_where_one_is_named() {
    let folder = Folder::new();
    folder.with(
        "p.toml",
        "[[rule]]\nkind = \"mobile_phone\"\nrecipient = \"bank.example.com\"\npurpose = \"payment\"\naction = \"pass\"\n",
    );
    folder.with("a.txt", &line());
    folder.with("t/a.in.txt", &line());
    folder.with("t/a.out.txt", &line());
    let with = |head: &[&str], way: &[&str]| run(&folder, [head, &["--policy", "p.toml"], way].concat());
    let way = ["--recipient", "bank.example.com", "--purpose", "payment"];
    assert_eq!(with(&["mask", "a.txt"], &[]).stdout, MASKED.as_bytes());
    assert_eq!(with(&["mask", "a.txt"], &way[..2]).stdout, MASKED.as_bytes());
    assert_eq!(with(&["mask", "a.txt"], &way).stdout, line().as_bytes());
    assert_eq!(with(&["policy", "test", "t"], &way).status.code(), Some(0));
    assert_eq!(with(&["policy", "test", "t"], &[]).status.code(), Some(4));
}

#[test]
fn a_wrong_rule_or_policy_file_is_told_with_its_line() {
    let folder = Folder::new();
    let gbk = [b"kind = \"a\"\nname = \"".as_slice(), &[0xD5, 0xC5], b"\"\n"].concat();
    fs::write(folder.path("gbk/a.toml"), &gbk).expect("a file");
    folder.with("misspelt/a.toml", "kind = \"a\"\nclas = 3\n");
    folder.with("bad.toml", "[[rule]]\nkind = \"mobile_phon\"\naction = \"mask\"\n");
    fs::write(folder.path("gbk.toml"), &gbk).expect("a file");
    symlink("..", folder.path("misspelt/up")).expect("a link");
    for (arguments, words) in [
        (["rules", "check", "--rules", "gbk"], "gbk/a.toml:2: this is not UTF-8; save the file as UTF-8"),
        (["rules", "check", "--rules", "misspelt"], "a.toml:2:1: there is no key `clas` here; write \"class\""),
        (["rules", "check", "--rules", "none"], "none: "),
        (["mask", "--policy", "bad.toml", "-"], "bad.toml:2: unknown kind \"mobile_phon\": write \"mobile_phone\""),
        (["mask", "--policy", "gbk.toml", "-"], "gbk.toml:2: this is not UTF-8"),
    ] {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(told(&output).contains(words), "{arguments:?}: {}", told(&output));
    }
    // A byte order mark, as some editors write one, is no mistake.
    folder.with("marked.toml", "\u{feff}[[rule]]\nkind = \"mobile_phone\"\naction = \"block\"\n");
    assert_eq!(run(&folder, ["policy", "check", "marked.toml"]).status.code(), Some(0));
}

#[test]
fn there_is_help_beside_which_nothing_is_needed() {
    let folder = Folder::new();
    for command in ["scan", "mask", "rules", "policy", "completions", "manual"] {
        let output = run(&folder, [command, "--help"]);
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert!(output.stderr.is_empty() && !output.stdout.contains(&0x1b), "{command}: no colour in a pipe");
    }
    let help = String::from_utf8_lossy(&run(&folder, ["mask", "--help"]).stdout).into_owned();
    for word in ["Examples:", "--recipient", "--purpose", "--report", "--verify", "standard input"] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&folder, ["completions", shell]);
        assert!(output.status.success() && output.stdout.len() > 1000, "{shell}");
    }
    let page = String::from_utf8_lossy(&run(&folder, ["manual", "mask"]).stdout).into_owned();
    assert!(page.starts_with(".ie") && page.contains("recipient") && page.contains("Examples"), "{page}");
    assert_eq!(run(&folder, ["manual", "nothing"]).status.code(), Some(2));
}
