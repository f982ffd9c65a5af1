//! The command with a keyring.

#![allow(dead_code, reason = "each test file takes what it needs")]

use super::{Folder, engine};
use pii_tests::engine::Run;

/// A folder with a keyring under a key file.
pub(crate) struct Ring(pub(crate) Folder);

impl Ring {
    pub(crate) fn new(suite: &str) -> Self {
        let ring = Self(Folder::new());
        let made = ring.keys(&["init"], &["--crypto", suite]);
        assert_eq!(made.code, Some(0), "{}", told(&made));
        ring
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path(name).to_str().expect("temporary files have plain names").to_owned()
    }

    /// `pii keys …` on the keyring: the words of the command, and what comes behind the keyring.
    pub(crate) fn keys(&self, command: &[&str], more: &[&str]) -> Run {
        let (ring, key) = (self.path("ring"), self.path("ring.key"));
        let middle = [ring.as_str(), "--key-file", &key];
        run(&[&["keys"], command, &middle, more].concat(), "")
    }

    pub(crate) fn mask(&self, input: &str, more: &[&str]) -> Run {
        let (ring, key) = (self.path("ring"), self.path("ring.key"));
        let usual = ["mask", "-", "--keyring", &ring, "--key-file", &key];
        run(&[&usual, more].concat(), input)
    }

    /// The id of the newest key for a purpose.
    pub(crate) fn newest(&self, purpose: &str) -> String {
        let listed = run(&["keys", "list", &self.path("ring")], "");
        let text = String::from_utf8(listed.stdout).expect("UTF-8");
        let newest = text.lines().rfind(|line| line.split_whitespace().nth(1) == Some(purpose));
        newest.and_then(|line| line.split_whitespace().next()).expect("there is one").to_owned()
    }
}

pub(crate) fn run(arguments: &[&str], input: &str) -> Run {
    engine().run(arguments.iter().copied(), input.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn shown(run: &Run) -> String {
    assert_eq!(run.code, Some(0), "{}", told(run));
    String::from_utf8(run.stdout.clone()).expect("UTF-8")
}

pub(crate) fn told(run: &Run) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

pub(crate) fn cell(table: &str, row: usize, column: usize) -> &str {
    table.lines().nth(row).and_then(|line| line.split(',').nth(column)).expect("there is such a cell")
}
