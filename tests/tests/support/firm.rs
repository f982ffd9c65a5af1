//! A firm that keeps consents: a keyring, declarations, an app that signs, and commands on its store.

#![allow(dead_code, reason = "each test file takes what it needs")]

use super::ring::{Ring, run, shown, told};
use pii_tests::engine::Run;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const PHONE: &str = "13800138000";
pub(crate) const SUBJECT: &str = "5f1b6c7a9d0e4c3b8a2f1e0d9c8b7a61";

pub(crate) struct Firm {
    pub(crate) ring: Ring,
    /// What `--store` says.
    pub(crate) store: String,
}

pub(crate) fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/consent").join(name).display().to_string()
}

fn openssl(arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).output().expect("openssl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

impl Firm {
    /// With its store in a file.
    pub(crate) fn new() -> Self {
        let ring = Ring::new("any");
        let store = ring.path("consents.db");
        Self::with(ring, store)
    }

    /// With its store somewhere else.
    pub(crate) fn on(store: &str) -> Self {
        Self::with(Ring::new("any"), store.to_owned())
    }

    fn with(ring: Ring, store: String) -> Self {
        let firm = Self { ring, store };
        let (key, pem) = (firm.path("app.key"), firm.path("app.pem"));
        openssl(&["genpkey", "-algorithm", "ed25519", "-out", &key]);
        openssl(&["pkey", "-in", &key, "-pubout", "-out", &pem]);
        firm.ring.0.with("who.txt", &format!("mobile_phone = {PHONE}\n"));
        shown(&firm.pii(&["declare", &example("firm.toml")], &["--actor", "wang.wu", "--reason", "approved"]));
        shown(&firm.pii(&["source", "add", "app", "--name", "手机应用", "--key", &pem], &[]));
        firm
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.ring.path(name)
    }

    /// A command on the store.
    pub(crate) fn pii(&self, command: &[&str], more: &[&str]) -> Run {
        run(&[command, &["--store", &self.store, "--output", "json"], more].concat(), "")
    }

    /// A command on the store, with keys.
    pub(crate) fn keyed(&self, command: &[&str], more: &[&str]) -> Run {
        let (ring, key) = (self.path("ring"), self.path("ring.key"));
        self.pii(command, &[&["--keyring", &ring, "--key-file", &key], more].concat())
    }

    /// The same about the person.
    pub(crate) fn about(&self, command: &[&str], more: &[&str]) -> Run {
        let who = self.path("who.txt");
        self.keyed(command, &[&["--alias-file", &who], more].concat())
    }

    /// A line that a source signed, of the example's texts as `change` leaves them.
    pub(crate) fn line(&self, source: &str, change: impl Fn(String) -> String) -> String {
        let text = |name: &str| change(fs::read_to_string(example(name)).expect("an example"));
        let receipt = self.ring.0.with("receipt.json", &text("receipt.json"));
        let identity = self.ring.0.with("identity.json", &text("identity.json"));
        let mut command = Command::new("sh");
        command.args([&example("sign.sh"), &self.path("app.key"), source]).args([receipt, identity]);
        let output = command.output().expect("sh runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    pub(crate) fn import(&self, lines: &str) -> Run {
        let file = self.ring.0.with("lines.jsonl", lines);
        self.keyed(&["consent", "import", file.to_str().expect("a plain name")], &[])
    }

    pub(crate) fn check(&self, more: &[&str]) -> (Option<i32>, serde_json::Value) {
        let asked = ["consent", "check", "--purpose", "fund_news", "--kind", "mobile_phone"];
        let checked = self.about(&asked, more);
        let report = serde_json::from_slice(&checked.stdout);
        (checked.code, report.unwrap_or_else(|_| panic!("{}", told(&checked))))
    }
}

/// Lines, and how many were imported, there before, refused.
pub(crate) fn counts(run: &Run) -> [u64; 4] {
    let report: serde_json::Value = serde_json::from_str(&shown(run)).expect("JSON");
    ["lines", "imported", "there", "refused"].map(|name| report[name].as_u64().expect("a count"))
}
