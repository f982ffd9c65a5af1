//! What the manuals show is what the command does: every session in a `console` block is typed again, in a folder with a
//! copy of the examples, and every option that is named is one, and named.

#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{Folder, engine};

/// The manuals, and whether sessions are expected in each.
const MANUALS: [(&str, bool); 24] = [
    ("README.md", true),
    ("README.zh-CN.md", true),
    ("docs/cli.md", true),
    ("docs/cli.zh-CN.md", true),
    ("docs/policy.md", true),
    ("docs/policy.zh-CN.md", true),
    ("docs/keys.md", true),
    ("docs/keys.zh-CN.md", true),
    ("docs/consent.md", true),
    ("docs/consent.zh-CN.md", true),
    ("docs/rules.md", true),
    ("docs/rules.zh-CN.md", true),
    ("docs/audit.md", true),
    ("docs/audit.zh-CN.md", true),
    ("docs/report.md", false),
    ("docs/report.zh-CN.md", false),
    ("docs/proxy.md", false),
    ("docs/proxy.zh-CN.md", false),
    ("docs/local-api.md", false),
    ("docs/local-api.zh-CN.md", false),
    ("docs/operations.md", false),
    ("docs/operations.zh-CN.md", false),
    ("examples/README.md", false),
    ("examples/proxy/README.md", false),
];

/// Stands for any text in a line, and alone on a line for any number of lines.
const ANYTHING: &str = "…";

/// What is typed, and what is shown below it.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    line: usize,
    typed: String,
    shown: Vec<String>,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn manual(name: &str) -> String {
    fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The steps of all `console` blocks: a line that begins with `$ ` is typed, the others are shown.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_console = false;
    for (nth, line) in (1..).zip(text.lines()) {
        if line.starts_with("```") {
            is_console = line == "```console";
        } else if let (true, Some(typed)) = (is_console, line.strip_prefix("$ ")) {
            steps.push(Step { line: nth, typed: typed.to_owned(), shown: Vec::new() });
        } else if is_console {
            let step = steps.last_mut().unwrap_or_else(|| panic!("line {nth} is shown before anything is typed"));
            step.shown.push(line.to_owned());
        }
    }
    steps
}

/// Files that the text says to write: a `toml` block below a line that ends in the file's name and a colon.
fn written(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let blocks = lines.iter().enumerate().filter(|(_, line)| **line == "```toml");
    let file = |(at, _): (usize, &&str)| {
        let above = lines[..at].iter().rev().find(|line| !line.is_empty())?;
        let name = above.trim_end_matches([':', '：']).strip_suffix('`')?.rsplit('`').next()?;
        let block = lines[at + 1..].iter().take_while(|line| **line != "```");
        name.ends_with(".toml").then(|| (name.to_owned(), block.map(|line| format!("{line}\n")).collect()))
    };
    blocks.filter_map(file).collect()
}

/// Whether the lines are those that are shown.
fn agree(shown: &[String], lines: &[&str]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == ANYTHING => (0..=lines.len()).any(|skipped| agree(rest, &lines[skipped..])),
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, others)| is_like(first, line) && agree(rest, others))
        }
    }
}

/// Whether a line is the one that is shown, whatever stands in place of `…`.
fn is_like(shown: &str, line: &str) -> bool {
    let Some((head, tail)) = shown.split_once(ANYTHING) else { return shown == line };
    let Some(rest) = line.strip_prefix(head) else { return false };
    rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| is_like(tail, &rest[at..]))
}

/// A folder like the one that a reader stands in: the examples, and the command where `make` builds it.
fn readers_folder() -> Folder {
    let folder = Folder::new();
    for from in ["examples", "examples/consent"] {
        let entries = fs::read_dir(repository().join(from)).expect("the examples");
        for path in entries.map(|entry| entry.expect("readable").path()).filter(|path| path.is_file()) {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            fs::copy(&path, folder.path(&format!("{from}/{name}"))).expect("a copy");
        }
    }
    let binary = fs::canonicalize(engine().binary()).expect("the command");
    for name in ["bin/pii", "target/release/pii"] {
        symlink(&binary, folder.path(name)).expect("a link");
    }
    folder
}

/// Types `line` in the reader's folder. What is printed comes on both ways, in the order in which it is printed.
fn typed(folder: &Folder, line: &str) -> String {
    let path = format!("{}:{}", folder.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.current_dir(folder.root()).env("PATH", path).env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    let output = command.args(["-c", &format!("exec 2>&1; {line}")]).output().expect("bash runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn sessions_in_the_manuals_are_what_the_command_says() {
    let mut wrong = Vec::new();
    for (name, has_sessions) in MANUALS {
        let text = manual(name);
        let folder = readers_folder();
        for (file, content) in written(&text) {
            folder.with(&file, &content);
        }
        let mut count = 0;
        // `make` builds what is tested here.
        for step in steps(&text).iter().filter(|step| !step.typed.starts_with("make ")) {
            let printed = typed(&folder, &step.typed);
            count += usize::from(step.typed.contains("pii "));
            if !agree(&step.shown, &printed.lines().collect::<Vec<_>>()) {
                wrong.push(format!("{name}:{}: $ {}\n{printed}", step.line, step.typed));
            }
        }
        assert_eq!(count > 0, has_sessions, "{name} has {count} sessions");
    }
    assert!(wrong.is_empty(), "these print something else than is shown:\n\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_sessions_reads() {
    let text = "x\n```console\n$ a\n1\n…\n2\n$ b\n```\n$ c\n```toml\nd\n```\n";
    let step = |line, typed: &str, shown: &[&str]| Step {
        line,
        typed: typed.to_owned(),
        shown: shown.iter().map(|line| (*line).to_owned()).collect(),
    };
    assert_eq!(steps(text), [step(3, "a", &["1", "…", "2"]), step(7, "b", &[])]);
    let shown = &steps(text)[0].shown;
    for (lines, expected) in [
        (&["1", "2"][..], true),
        (&["1", "x", "2"], true),
        (&["1", "x", "2", "2"], true),
        (&["1", "x"], false),
        (&["x", "1", "2"], false),
        (&[], false),
    ] {
        assert_eq!(agree(shown, lines), expected, "{lines:?}");
    }
    for (shown, line, expected) in [
        ("a … c", "a b c", true),
        ("a … c", "a  c", true),
        ("a … c", "a c", false),
        ("a…", "ab", true),
        ("a", "ab", false),
        ("…c…", "abcd", true),
    ] {
        assert_eq!(is_like(shown, line), expected, "{shown} {line}");
    }
    let files = written(
        "Write `d/a.toml`:\n\n```toml\nb = 1\n```\nand `x`:\n```toml\nc = 1\n```\n写 `e.toml`：\n```toml\n```\n",
    );
    assert_eq!(files, [("d/a.toml".to_owned(), "b = 1\n".to_owned()), ("e.toml".to_owned(), String::new())]);
}

/// The options that a command takes, as its help lists them.
fn options_of(command: &[&str]) -> BTreeSet<String> {
    let arguments = command.iter().copied().chain(["--help"]);
    let run = engine().run(arguments, b"").unwrap_or_else(|error| panic!("{error}"));
    let help = String::from_utf8(run.stdout).expect("UTF-8");
    let listed = help.lines().filter(|line| line.trim_start().starts_with('-'));
    listed.flat_map(options_in).collect()
}

/// The long options in a text.
fn options_in(text: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
    let starts =
        text.match_indices("--").filter(|(at, _)| !text[..*at].ends_with(|c: char| c == '-' || c.is_alphanumeric()));
    let names = starts.map(|(at, _)| text[at..].chars().take_while(|c| is_name(*c)).collect::<String>());
    names.filter(|name| name.len() > 2).collect()
}

const COMMANDS: [&[&str]; 49] = [
    &["scan"],
    &["mask"],
    &["rules", "check"],
    &["rules", "show"],
    &["policy", "check"],
    &["policy", "explain"],
    &["policy", "test"],
    &["policy", "diff"],
    &["keys", "init"],
    &["keys", "list"],
    &["keys", "add"],
    &["keys", "promote"],
    &["keys", "disable"],
    &["keys", "enable"],
    &["keys", "destroy"],
    &["keys", "rewrap"],
    &["crypto", "inventory"],
    &["reveal"],
    &["declare"],
    &["source", "add"],
    &["source", "list"],
    &["source", "end"],
    &["purpose", "publish"],
    &["purpose", "list"],
    &["purpose", "show"],
    &["recipient", "list"],
    &["recipient", "show"],
    &["consent", "import"],
    &["consent", "ask"],
    &["consent", "withdraw"],
    &["consent", "show"],
    &["consent", "check"],
    &["consent", "export"],
    &["subject", "id"],
    &["subject", "delete"],
    &["subject", "request"],
    &["subject", "answer"],
    &["subject", "requests"],
    &["store", "backup"],
    &["store", "check"],
    &["audit", "verify"],
    &["audit", "prove"],
    &["audit", "query"],
    &["audit", "retain"],
    &["audit", "export"],
    &["audit", "keys"],
    &["report"],
    &["completions"],
    &["manual"],
];

#[test]
fn commands_in_the_manuals_have_the_options_that_they_are_given() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, _) in MANUALS {
        let text = manual(name);
        let lines = text.lines().map(|line| line.trim_start().trim_start_matches("$ "));
        for line in lines.filter(|line| line.starts_with("pii ") || line.contains("| pii ")) {
            let line = &line[line.find("pii ").unwrap_or_default()..];
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            let Some(command) = COMMANDS.iter().find(|command| words.starts_with(command)) else { continue };
            let known = options_of(command);
            count += 1;
            let given = line.split([';', '|']).next().unwrap_or(line);
            wrong.extend(
                options_in(given)
                    .into_iter()
                    .filter(|option| !known.contains(option))
                    .map(|option| format!("{name}: {line}: {option}")),
            );
        }
    }
    assert!(count > 30, "{count} commands in the manuals: the test reads too little");
    assert!(wrong.is_empty(), "these options are not there:\n{}", wrong.join("\n"));
}

#[test]
fn every_option_is_in_the_manuals_the_pages_and_the_completions() {
    let print = |arguments: &[&str]| {
        let run = engine().run(arguments.iter().copied(), b"").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(run.code, Some(0), "{arguments:?}");
        String::from_utf8(run.stdout).expect("UTF-8")
    };
    let mut texts: Vec<(&str, String)> =
        ["bash", "zsh", "fish"].map(|shell| (shell, print(&["completions", shell]))).into();
    let manuals = [
        ("docs/cli.md", ["docs/keys.md", "docs/consent.md", "docs/audit.md"]),
        ("docs/cli.zh-CN.md", ["docs/keys.zh-CN.md", "docs/consent.zh-CN.md", "docs/audit.zh-CN.md"]),
    ];
    texts.extend(manuals.map(|(all, others)| (all, manual(all) + &others.map(manual).concat())));
    for command in COMMANDS {
        let page = print(&[&["manual"], command].concat()).replace("\\-", "-").replace("\\fB", " ");
        let options = options_of(command);
        assert!(options.contains("--help"), "{command:?}: the test reads no options");
        for option in options.iter().filter(|option| *option != "--help") {
            assert!(options_in(&page).contains(option), "{option} is not on the page of {command:?}");
            for (name, text) in &texts {
                // fish lists long options without their dashes.
                let is_there = text.contains(option.as_str()) || text.contains(&format!("-l {}", &option[2..]));
                assert!(is_there, "{option} of {command:?} is not in {name}");
            }
        }
    }
}
