//! Tidiness as an ordinary test: no loops between modules, and no function or file that has crept past what is read in one
//! go. The bounds only ever go down.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of the longest function. A longer one is a table or a state machine, and then says so below.
const FUNCTION_LINES: usize = 60;

/// Lines of a file without its tests.
const FILE_LINES: usize = 420;

const CRATES: [&str; 7] = ["pii-core", "pii-formats", "pii-keys", "pii-store", "pii-flow", "pii-proxy", "pii-cli"];

struct Source {
    /// `locate/numbers.rs`
    name: String,
    text: String,
}

fn sources(krate: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 5, "{krate} has no sources here");
    let name = |path: &PathBuf| path.strip_prefix(&root).expect("found below").to_string_lossy().replace('\\', "/");
    files.iter().map(|path| Source { name: name(path), text: fs::read_to_string(path).expect("readable") }).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The part of a file before its tests.
fn production(source: &Source) -> &str {
    let is_test_file = ["tests.rs", "recording.rs"].iter().any(|name| source.name.ends_with(name));
    if is_test_file { "" } else { source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("") }
}

/// The first part of a module's path: what `lib.rs` declares.
fn module(name: &str) -> &str {
    name.split('/').next().unwrap_or(name).trim_end_matches(".rs")
}

/// The top-level modules that a text names by `crate::`.
fn named<'t>(text: &'t str, known: &BTreeSet<String>) -> BTreeSet<&'t str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let paths = code.flat_map(|line| line.match_indices("crate::").map(move |(at, _)| &line[at + "crate::".len()..]));
    let mut found = BTreeSet::new();
    for path in paths {
        let end =
            path.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')).unwrap_or(path.len());
        if known.contains(&path[..end]) {
            found.insert(&path[..end]);
        }
    }
    found
}

#[test]
fn modules_make_no_loops() {
    for krate in CRATES {
        let sources = sources(krate);
        let known: BTreeSet<String> = sources.iter().map(|source| module(&source.name).to_owned()).collect();
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for source in sources.iter().filter(|source| !matches!(source.name.as_str(), "lib.rs" | "main.rs")) {
            let from = module(&source.name);
            let to = named(production(source), &known).into_iter().filter(|to| *to != from);
            edges.entry(from).or_default().extend(to);
        }
        assert!(edges.values().any(|to| !to.is_empty()), "{krate}: no module names another: the test reads nothing");
        for start in edges.keys() {
            let mut path = vec![*start];
            if let Some(cycle) = cycle(start, start, &edges, &mut path, &mut BTreeSet::new()) {
                panic!("{krate}: modules in a loop: {}", cycle.join(" → "));
            }
        }
    }
}

fn cycle<'a>(
    start: &str,
    at: &'a str,
    edges: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    path: &mut Vec<&'a str>,
    seen: &mut BTreeSet<&'a str>,
) -> Option<Vec<String>> {
    for next in edges.get(at).into_iter().flatten() {
        if *next == start {
            return Some(path.iter().chain([next]).map(|name| (*name).to_owned()).collect());
        }
        if seen.insert(next) {
            path.push(next);
            if let Some(found) = cycle(start, next, edges, path, seen) {
                return Some(found);
            }
            path.pop();
        }
    }
    None
}

#[test]
fn nothing_has_crept_past_one_reading() {
    let mut long = Vec::new();
    for krate in CRATES {
        for source in sources(krate) {
            let text = production(&source);
            let lines = text.lines().count();
            if lines > FILE_LINES {
                long.push(format!("{krate}/src/{}: {lines} lines", source.name));
            }
            long.extend(
                functions(text)
                    .into_iter()
                    .filter(|(_, lines)| *lines > FUNCTION_LINES)
                    .map(|(name, lines)| format!("{krate}/src/{}: `{name}` has {lines} lines", source.name)),
            );
        }
    }
    assert!(long.is_empty(), "longer than it should be:\n{}", long.join("\n"));
}

/// The functions of a text that is formatted by rustfmt, and how many lines each has.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let head = code.split("fn ").next().unwrap_or("");
        let is_function = code.contains("fn ")
            && head.split_whitespace().all(|word| {
                matches!(word, "pub" | "const" | "async" | "unsafe" | "extern") || word.starts_with("pub(")
            });
        if !is_function || line.trim_end().ends_with(';') {
            continue;
        }
        let closing = format!("{}}}", " ".repeat(indent));
        let length = lines[start..].iter().position(|line| *line == closing).map_or(1, |at| at + 1);
        let name = code.split("fn ").nth(1).unwrap_or("").split(['(', '<']).next().unwrap_or("").to_owned();
        found.push((name, length));
    }
    found
}

#[test]
fn the_counter_counts() {
    let text = "fn one() {\n    2\n}\n\nimpl A {\n    pub(crate) fn two(a: u8) -> u8 {\n        if a {\n        }\n        a\n    }\n}\n";
    assert_eq!(functions(text), [("one".to_owned(), 3), ("two".to_owned(), 5)]);
}
