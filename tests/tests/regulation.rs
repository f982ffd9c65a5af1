//! The map from articles to code and tests names what is there, and says the same in both languages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("the map is there")
}

/// What stands between backticks in the rows of its tables.
fn named(map: &str) -> BTreeSet<String> {
    let rows = map.lines().filter(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn is_path(name: &str) -> bool {
    name.contains('/') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b))
}

/// Names of functions: tests have many words, and so has nothing else in the map.
fn is_function(name: &str) -> bool {
    name.contains('_') && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// All code of the workspace, in one text.
fn code(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() && name != "target" && name != ".git" {
            code(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            *all += &fs::read_to_string(&path).expect("a text");
        }
    }
}

#[test]
fn files_and_tests_of_the_map_are_there() {
    let mut all = String::new();
    code(&root(), &mut all);
    // Words of policies and names of channels are in the map too.
    let others = ["third_party", "test_data"];
    let named = named(&text("docs/regulation.md"));
    let (paths, functions): (Vec<_>, Vec<_>) = named.iter().partition(|name| is_path(name));
    let missing = paths.iter().filter(|path| !root().join(path).exists());
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&&String>::new());
    let functions: Vec<_> =
        functions.into_iter().filter(|name| is_function(name) && !others.contains(&name.as_str())).collect();
    let missing = functions.iter().filter(|name| !all.contains(&format!("fn {name}(")));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&&String>::new());
    assert!(
        paths.len() > 30 && functions.len() > 30,
        "{} files and {} tests were looked for",
        paths.len(),
        functions.len()
    );
}

#[test]
fn both_languages_name_the_same() {
    let names = |path| {
        named(&text(path)).into_iter().filter(|name| is_path(name) || is_function(name)).collect::<BTreeSet<_>>()
    };
    assert_eq!(names("docs/regulation.md"), names("docs/regulation.zh-CN.md"));
}
