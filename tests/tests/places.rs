//! Where outputs may go: what is open already, folders, places that nothing can stand in, and what is in the way.

#![cfg(unix)]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::{Folder, engine};

const LINE: &str = "手机13800138000\n";
const MASKED: &str = "手机138******00\n";

/// Runs a line of bash in `folder`, in which `pii` is the command. Standard output is a pipe.
fn shell(folder: &Folder, line: &str) -> Output {
    let script = format!("set -u; pii() {{ \"$PII\" \"$@\"; }}; {line}");
    let mut command = Command::new("bash");
    command.current_dir(folder.root()).env("PII", engine().binary()).args(["-c", &script]);
    command.stdin(Stdio::null()).output().expect("bash runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// All paths below the folder, and no temporary file among them.
fn paths(folder: &Folder) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.root().to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("readable").path();
            found.push(path.strip_prefix(folder.root()).expect("below").to_string_lossy().into_owned());
            folders.extend(path.is_dir().then_some(path));
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_open_already_is_written_as_it_is() {
    let folder = Folder::new();
    folder.with("a.txt", LINE);
    for line in [
        "pii mask a.txt -o -",
        "pii mask a.txt -o /dev/stdout",
        "pii mask a.txt -o /dev/stdout | cat",
        "pii mask a.txt -o /dev/fd/1 | cat",
        "pii mask a.txt -o /proc/self/fd/1 | cat",
        "pii mask a.txt -o /dev/stderr 2>&1 | cat",
        "pii mask a.txt -o /dev/fd/3 3>&1 | cat",
        "exec 3> >(cat); pii mask a.txt -o /dev/fd/3; exec 3>&-; wait $!",
        "pii mask a.txt -o >(cat); wait $!",
        "cat a.txt | pii mask -o /dev/stdout",
        "pii mask a.txt -o /dev/stdout > got; cat got",
        "pii mask a.txt -o /dev/stderr 2> got; cat got",
        "pii mask a.txt -o /dev/fd/3 3> got; cat got",
        "ln -sf /dev/stdout link; pii mask a.txt -o link | cat",
    ] {
        let output = shell(&folder, line);
        assert_eq!((out(&output).as_str(), told(&output).as_str()), (MASKED, ""), "{line}");
    }
    // What stands there already stays: the file is the shell's, and others write to it too.
    for line in [
        "(echo before; pii mask a.txt -o /dev/stdout; echo behind) > got; cat got",
        "(echo before; pii mask a.txt -o /dev/stderr; echo behind) > got 2>&1; cat got",
        "echo before > got; pii mask a.txt -o /dev/fd/3 3>> got; echo behind >> got; cat got",
    ] {
        assert_eq!(out(&shell(&folder, line)), format!("before\n{MASKED}behind\n"), "{line}");
    }
}

#[test]
fn what_is_not_open_is_told() {
    let folder = Folder::new();
    folder.with("a.txt", LINE);
    let output = shell(&folder, "pii mask a.txt -o /dev/fd/77");
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("/dev/fd/77: ") && told(&output).contains("`77> FILE`"), "{}", told(&output));
    assert_eq!(paths(&folder), ["a.txt"]);
}

#[test]
fn a_report_may_go_where_something_is_open() {
    let folder = Folder::new();
    folder.with("a.txt", LINE);
    for line in [
        "pii mask a.txt -o b.txt --report -",
        "pii mask a.txt -o b.txt --report /dev/stdout",
        "pii mask a.txt -o b.txt --report /dev/stdout > got; cat got",
        "pii mask a.txt -o b.txt --report /dev/fd/3 3>&1",
        "pii mask a.txt -o b.txt --report /dev/stderr 2>&1",
    ] {
        let output = shell(&folder, line);
        assert!(out(&output).starts_with("{\n  \"findings\": 1,"), "{line}: {}{}", out(&output), told(&output));
    }
    // Behind the output, and not in its place.
    let output = shell(&folder, "pii mask a.txt --report /dev/stdout > got; cat got");
    assert!(out(&output).starts_with(&format!("{MASKED}{{\n")), "{}", out(&output));
    assert!(!folder.root().join("-").exists());
}

#[test]
fn a_report_appears_whole_or_not_at_all() {
    let folder = Folder::new();
    folder.with("a.txt", LINE);
    folder.with("r.json", "as it was");
    // The limit on the size of files stands for a full disk: the output is a pipe, and the report has no room.
    let limited = "trap '' XFSZ; ulimit -f 0; pii mask a.txt --report";
    let output = shell(&folder, &format!("{limited} r.json"));
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(3), MASKED), "{}", told(&output));
    assert!(told(&output).contains("r.json: "), "{}", told(&output));
    assert_eq!(text(&folder, "r.json"), "as it was");
    assert_eq!(shell(&folder, &format!("{limited} new.json")).status.code(), Some(3));
    assert_eq!(paths(&folder), ["a.txt", "r.json"]);
    let output = shell(&folder, "pii mask a.txt --report r.json");
    assert!(output.status.success() && text(&folder, "r.json").starts_with("{\n"), "{}", told(&output));
    if Path::new("/dev/full").exists() {
        let output = shell(&folder, "pii mask a.txt --report /dev/full");
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(3), MASKED), "{}", told(&output));
    }
}

#[test]
fn a_name_with_a_slash_behind_it_is_a_folders() {
    let folder = Folder::new();
    folder.with("a.txt", LINE);
    for out in ["new/", "new/deeper/", "new"] {
        let output = shell(&folder, &format!("pii mask a.txt -o {out}"));
        assert!(output.status.success(), "{out}: {}", told(&output));
        assert_eq!(text(&folder, &format!("{out}/a.txt")), MASKED, "{out}");
    }
    assert!(shell(&folder, "pii mask -o new/ < a.txt").status.success());
    assert_eq!(text(&folder, "new/stdin"), MASKED);
}

#[test]
fn where_nothing_can_stand_is_told_with_what_to_do() {
    let folder = Folder::new();
    folder.with("a.txt", LINE);
    for (line, words) in [
        ("pii mask a.txt -o a.txt/x", "a.txt/x: a.txt is a file, in which nothing can stand; write to another place"),
        ("pii mask a.txt -o a.txt/x/y", "a.txt/x/y: a.txt is a file, in which nothing can stand"),
        ("pii mask a.txt -o a.txt/", "a.txt is a file, in which nothing can stand"),
        ("pii mask a.txt -o /proc/none/x", "check how it is spelt"),
    ] {
        let output = shell(&folder, line);
        assert_eq!(output.status.code(), Some(3), "{line}: {}", told(&output));
        assert!(told(&output).contains(words), "{line}: {}", told(&output));
        assert_eq!(told(&output).lines().count(), 1, "{line}: {}", told(&output));
        assert_eq!(text(&folder, "a.txt"), LINE);
    }
    assert_eq!(paths(&folder), ["a.txt"]);
}

#[test]
fn a_folder_that_takes_no_file_is_told_without_the_temporary_ones_name() {
    let folder = Folder::new();
    folder.with("a.txt", LINE);
    folder.with("shut/old.txt", "old");
    fs::set_permissions(folder.path("shut/old.txt").parent().expect("a folder"), Permissions::from_mode(0o555))
        .expect("rights can be set");
    // Rights do not hold for root, who runs the tests in many containers; /sys takes no file from root either.
    let place = if fs::write(folder.root().join("shut/x"), "x").is_err() { "shut" } else { "/sys" };
    if place == "/sys" && !Path::new("/sys").is_dir() {
        return;
    }
    for line in [format!("pii mask a.txt -o {place}/new.txt"), format!("pii mask a.txt -o {place}/")] {
        let output = shell(&folder, &line);
        assert_eq!(output.status.code(), Some(3), "{line}: {}", told(&output));
        assert!(told(&output).contains("use `> FILE` in place of `-o`"), "{line}: {}", told(&output));
        assert!(!told(&output).contains(".pii-"), "{line}: {}", told(&output));
    }
    let output = shell(&folder, &format!("pii mask a.txt --report {place}/r.json"));
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(out(&output).is_empty() && told(&output).contains("r.json: "), "nothing is begun: {}", told(&output));
    assert_eq!(text(&folder, "shut/old.txt"), "old");
    fs::set_permissions(folder.root().join("shut"), Permissions::from_mode(0o755)).expect("rights can be set");
}

#[test]
fn what_is_in_the_way_is_told_before_anything_is_begun() {
    let folder = Folder::new();
    folder.with("a.txt", LINE);
    folder.with("in/s/b.txt", LINE);
    folder.with("out/s/b.txt", LINE);
    let before = paths(&folder);
    for (line, words) in [
        ("pii mask a.txt -o /dev/stdout >> a.txt", "a.txt: this input is also standard output; write `-o FILE`"),
        ("pii mask a.txt -o /dev/fd/3 3>> a.txt", "a.txt: this input is also what is written"),
        ("pii mask a.txt ./a.txt -o out", "a.txt and ./a.txt would both become "),
        ("pii mask out/s/b.txt in -o out", "out/s/b.txt: this input would be replaced by what becomes of in/s/b.txt"),
        ("pii mask a.txt --report a.txt > /dev/null", "a.txt: this report is also an input"),
        ("pii mask a.txt -o c.txt --report ./c.txt", "./c.txt: this report is also an output"),
        ("pii mask a.txt -o /dev/fd/3 --report in/s/b.txt 3>> in/s/b.txt", "this report is also an output"),
        ("pii mask in/s/b.txt --report a.txt >> a.txt", "a.txt: this report is also an output"),
    ] {
        let output = shell(&folder, line);
        assert_eq!(output.status.code(), Some(2), "{line}: {}", told(&output));
        assert!(told(&output).contains(words), "{line}: {}", told(&output));
        assert_eq!(paths(&folder), before, "{line}");
        for name in ["a.txt", "in/s/b.txt", "out/s/b.txt"] {
            assert_eq!(text(&folder, name), LINE, "{line}: {name} is as it was");
        }
    }
    // A file in its own place, and two things in one device, are in nobody's way.
    for line in ["pii mask a.txt in/s/b.txt -o in/s", "pii mask a.txt -o /dev/null --report /dev/null"] {
        let output = shell(&folder, line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", told(&output));
    }
    assert_eq!(text(&folder, "in/s/b.txt"), MASKED);
}
