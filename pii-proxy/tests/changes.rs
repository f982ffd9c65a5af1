//! Changes of a running proxy: not in trading hours but in an emergency, kept, recorded, and with a way back; and what passes for some
//! minutes.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use support::upstream::Upstream;
use support::{PATIENCE, Proxy, records};

/// Each day a trading day, and trading all day.
const ALWAYS: &str = "trading_hours = [\"00:00-00:00\"]\nopen = [\"2026-01-01..2199-12-31\"]\n";

/// A proxy with an admin listener, a token, and a folder of versions.
struct Bed {
    proxy: Proxy,
    upstream: Upstream,
    changes: &'static str,
    admin: String,
}

impl Bed {
    fn new(changes: &'static str) -> Self {
        let upstream = Upstream::new();
        let folder = tempfile::tempdir().expect("a folder");
        let token = folder.path().join("token");
        fs::write(&token, "a-token-of-the-operators\n").expect("written");
        fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("ours");
        fs::write(folder.path().join("policy.toml"), "").expect("written");
        let text = text(&upstream, changes, "sms", 0);
        fs::write(folder.path().join("proxy.toml"), text).expect("written");
        let proxy = Proxy::started(folder, &["--config", "proxy.toml"]);
        let admin = wait_for(&proxy, |said| {
            said.lines().find_map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).ok()?;
                line["fields"]["admin"].as_str().map(str::to_owned)
            })
        });
        Self { proxy, upstream, changes, admin }
    }

    /// Writes the configuration, with another channel.
    fn write(&self, channel: &str) {
        self.write_text(&text(&self.upstream, self.changes, channel, self.port()));
    }

    fn write_text(&self, text: &str) {
        fs::write(self.config(), text).expect("written");
    }

    /// What `pii-proxy` says to a command about this proxy.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_pii-proxy"))
            .args(arguments)
            .current_dir(self.proxy.folder.path())
            .output()
            .expect("it runs");
        (output.status.code(), said(&output))
    }

    fn change(&self, command: &str, more: &[&str]) -> (Option<i32>, String) {
        let common = [command, "--config", "proxy.toml", "--by", "li", "--admin", &self.admin];
        self.run(&[&common[..], more].concat())
    }

    fn config(&self) -> PathBuf {
        self.proxy.folder.path().join("proxy.toml")
    }

    fn port(&self) -> u16 {
        self.proxy.addresses[0].port()
    }

    /// Whether a telephone number in a text passes: on `log` it is masked, and on a route that observes it is not.
    fn passes(&self) -> bool {
        let text = "{\"memo\":\"手机13800138000\"}".as_bytes();
        assert_eq!(self.proxy.post("application/json", text).status(), 200);
        let came = self.upstream.came();
        came.last().expect("it arrived").text().contains("13800138000")
    }
}

fn text(upstream: &Upstream, changes: &str, channel: &str, port: u16) -> String {
    format!(
        "policy = \"policy.toml\"\n[[listen]]\naddress = \"127.0.0.1:{port}\"\n[admin]\naddress = \"127.0.0.1:0\"\n\
         token_file = \"token\"\n[changes]\nversions = \"versions\"\n{changes}[[route]]\nname = \"sms\"\n\
         upstream = \"http://{}\"\nchannel = \"{channel}\"\n",
        upstream.address
    )
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn wait_for<T>(proxy: &Proxy, look: impl Fn(&str) -> Option<T>) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = look(&proxy.said()) {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{}", proxy.said());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A policy under which telephone numbers pass on `sms`.
const LENIENT: &str = "[[rule]]\nchannel = \"sms\"\nkind = \"mobile_phone\"\naction = \"pass\"\n";

#[test]
fn a_change_is_taken_kept_recorded_and_taken_back() {
    let bed = Bed::new("");
    let policy = bed.proxy.folder.path().join("policy.toml");
    assert!(!bed.passes());
    fs::write(&policy, LENIENT).expect("written");
    let (code, told) = bed.change("apply", &["--reason", "numbers pass"]);
    assert_eq!((code, told.contains("kept as version 2")), (Some(0), true), "{told}");
    assert!(bed.passes());
    let (code, told) = bed.run(&["versions", "--config", "proxy.toml"]);
    assert_eq!(code, Some(0), "{told}");
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines.len() == 2 && lines[0].contains("start") && lines[1].contains("li  numbers pass"), "{told}");
    // Whoever has edited meanwhile finds it beside the file.
    fs::write(&policy, "# edited\n").expect("written");
    let (code, told) = bed.change("rollback", &["--reason", "it was wrong"]);
    assert_eq!((code, told.contains("as in version 1")), (Some(0), true), "{told}");
    assert_eq!(fs::read_to_string(&policy).expect("it is there"), "");
    let beside = bed.proxy.folder.path().join("policy.toml.before-rollback");
    assert_eq!(fs::read_to_string(beside).expect("it is there"), "# edited\n");
    assert!(!bed.passes());
    let (folder, trail) = bed.proxy.ended();
    let notes = notes(&trail);
    for expected in ["the proxy was started (by start)", "numbers pass (by li)", "it was wrong (by li)"] {
        assert_eq!(notes.iter().filter(|(note, _)| note == expected).count(), 3, "{expected}: {notes:?}");
    }
    drop(folder);
}

/// The notes of all changes of the configuration in a trail, and whether they were taken.
fn notes(trail: &Path) -> Vec<(String, bool)> {
    let of = |record: &serde_json::Value| {
        (record["kind"] == "configuration").then(|| {
            (record["note"].as_str().expect("words").to_owned(), record["accepted"].as_bool().expect("yes or no"))
        })
    };
    records(trail).iter().filter_map(of).collect()
}

#[test]
fn a_bad_file_changes_nothing_and_is_recorded() {
    let bed = Bed::new("");
    bed.write_text("nonsense");
    let (code, told) = bed.change("apply", &["--reason", "x"]);
    assert_eq!((code, told.contains("proxy.toml:1")), (Some(2), true), "{told}");
    bed.proxy.signal("HUP");
    wait_for(&bed.proxy, |said| said.contains("the configuration was not taken").then_some(()));
    assert!(!bed.passes());
    // The way back is found without the file.
    let (code, told) = bed.change("rollback", &["--reason", "x", "--versions", "versions", "--to", "1"]);
    assert_eq!((code, told.contains("as in version 1")), (Some(0), true), "{told}");
    assert!(fs::read_to_string(bed.config()).expect("it is there").contains("[[route]]"));
    let (folder, trail) = bed.proxy.ended();
    assert!(notes(&trail).contains(&("SIGHUP (by signal)".to_owned(), false)), "{:?}", notes(&trail));
    drop(folder);
}

#[test]
fn in_trading_hours_only_an_emergency_changes_something() {
    let bed = Bed::new(ALWAYS);
    bed.write("third_party");
    let (code, told) = bed.change("apply", &["--reason", "a new channel"]);
    assert_eq!((code, told.contains("there is trading")), (Some(4), true), "{told}");
    bed.proxy.signal("HUP");
    wait_for(&bed.proxy, |said| said.contains("there is trading").then_some(()));
    let (code, told) = bed.change("apply", &["--emergency", "it leaks"]);
    assert_eq!(code, Some(0), "{told}");
    bed.write("nothing_like_it");
    let (code, _) = bed.change("rollback", &["--reason", "x"]);
    assert_eq!(code, Some(4));
    assert!(fs::read_to_string(bed.config()).expect("it is there").contains("nothing_like_it"), "nothing is written");
    let (code, told) = bed.change("rollback", &["--emergency", "it does not work"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(fs::read_to_string(bed.config()).expect("it is there").contains("\"sms\""));
    let (folder, trail) = bed.proxy.ended();
    let notes = notes(&trail);
    assert!(notes.contains(&("emergency: it leaks (by li)".to_owned(), true)), "{notes:?}");
    drop(folder);
}

#[test]
fn a_kind_in_a_field_passes_for_some_minutes_and_the_alarm_tells() {
    let bed = Bed::new("");
    assert!(!bed.passes());
    let asked = |kind: &str, approver: &str, token: bool| {
        let mut arguments = vec!["suppress", "--route", "sms", "--kind", kind, "--field", "$.memo", "--minutes", "5"];
        arguments.extend(["--reason", "orders wait", "--by", "li", "--approver", approver, "--admin", &bed.admin]);
        if token {
            arguments.extend(["--admin-token-file", "token"]);
        }
        bed.run(&arguments)
    };
    for (kind, approver, token, code, words) in [
        ("mobile_phone", "wang", false, 2, "token"),
        ("mobile_phone", "LI", true, 4, "somebody else"),
        ("password", "wang", true, 4, "class 4"),
    ] {
        let (got, told) = asked(kind, approver, token);
        assert_eq!((got, told.contains(words)), (Some(code), true), "{told}");
        assert!(!bed.passes());
    }
    let (code, told) = asked("mobile_phone", "wang", true);
    assert_eq!(code, Some(0), "{told}");
    assert!(bed.passes());
    let other = "{\"memo\":\"证件110105188702280028\",\"text\":\"手机13800138000\"}".as_bytes();
    assert_eq!(bed.proxy.post("application/json", other).status(), 200);
    let arrived = bed.upstream.came().last().expect("it arrived").text();
    assert!(!arrived.contains("13800138000") && !arrived.contains("110105188702280028"), "{arrived}");
    let (folder, trail) = bed.proxy.ended();
    let all = records(&trail);
    let alarm = all.iter().find(|record| record["kind"] == "alarm").expect("it is recorded");
    assert!(alarm["note"].as_str().is_some_and(|note| note.contains("approved by wang")), "{alarm}");
    let observed = all.iter().filter(|record| record["kind"] == "decision" && record["verdict"] == "observe").count();
    assert_eq!(observed, 1, "{all:?}");
    drop(folder);
}

#[test]
fn nothing_is_changed_without_a_token() {
    let upstream = Upstream::new();
    let route =
        "[[route]]\nname = \"sms\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\n[admin]\naddress = \"127.0.0.1:0\"\n";
    let proxy = Proxy::configured(upstream.address, route);
    let admin = wait_for(&proxy, |said| {
        let at = said.find("\"admin\":\"")? + 9;
        said[at..].split('"').next().map(str::to_owned)
    });
    let output = Command::new(env!("CARGO_BIN_EXE_pii-proxy"))
        .args(["apply", "--config", "proxy.toml", "--by", "li", "--reason", "x", "--admin", &admin])
        .current_dir(proxy.folder.path())
        .output()
        .expect("it runs");
    assert_eq!((output.status.code(), said(&output).contains("token_file")), (Some(4), true), "{}", said(&output));
}
