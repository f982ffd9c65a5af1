//! The Debian package, made of the proxy that the tests have: what it has in it, and what installing it does.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn run(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complained}");
    String::from_utf8(output.stdout).expect("text")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_package_has_all_that_a_service_needs_and_starts_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut script = Command::new(root().join("packaging/deb.sh"));
    let made = run(script.arg(env!("CARGO_BIN_EXE_pii-proxy")).arg(folder.path()).env("DEB_LEVEL", "0"));
    let package = made.trim();
    let contents = run(Command::new("dpkg-deb").args(["--contents", package]));
    for (mode, path) in [
        ("-rwxr-xr-x root/root", "./usr/bin/pii-proxy"),
        ("-rw-r--r-- root/root", "./lib/systemd/system/pii-proxy.service"),
        ("-rw-r--r-- root/root", "./usr/lib/sysusers.d/pii-proxy.conf"),
        ("-rw-r--r-- root/root", "./etc/pii-proxy/example.toml"),
        ("-rw-r--r-- root/root", "./usr/share/pii-proxy/pii-proxy.schema.json"),
        ("-rw-r--r-- root/root", "./usr/share/pii-proxy/alerts.yml"),
        ("-rw-r--r-- root/root", "./usr/share/doc/pii-proxy/operations.zh-CN.md"),
        ("-rw-r--r-- root/root", "./usr/share/doc/pii-proxy/copyright"),
        ("-rw-r--r-- root/root", "./usr/share/doc/pii-proxy/examples/sms-aliyun.toml"),
    ] {
        let is_there = contents.lines().any(|line| line.starts_with(mode) && line.ends_with(&format!(" {path}")));
        assert!(is_there, "{mode} {path}\n{contents}");
    }
    assert!(!contents.contains("./etc/pii-proxy/proxy.toml"), "a configuration that nobody wrote would be started");
    let info = run(Command::new("dpkg-deb").args(["--info", package]));
    let version = env!("CARGO_PKG_VERSION");
    for line in ["Package: pii-proxy", &format!("Version: {version}"), "Depends: libc6 (>= 2."] {
        assert!(info.contains(line), "{line}\n{info}");
    }
    let field = |name: &str| run(Command::new("dpkg-deb").args(["--info", package, name]));
    assert_eq!(field("conffiles"), "/etc/pii-proxy/example.toml\n");
    let installs = field("postinst");
    assert!(installs.contains("systemd-sysusers pii-proxy.conf"), "{installs}");
    let mut does = installs.lines().filter(|line| !line.trim_start().starts_with("echo"));
    assert!(does.all(|line| !line.contains("systemctl enable") && !line.contains("systemctl start")));
    assert!(!field("postrm").contains("rm "), "the trail is evidence, and stays");
}

#[test]
fn the_example_is_a_configuration() {
    let example = root().join("packaging/pii-proxy.example.toml");
    run(Command::new(env!("CARGO_BIN_EXE_pii-proxy")).arg("--check").arg("--config").arg(example));
}
