//! The providers' own SDKs before the proxy: without a key they raise their usual error, with one what leaves has a signature that
//! they would have made themselves.

use super::programs::python;
use super::support::upstream::{Came, Upstream};
use super::support::{PROGRAM, Proxy};
use super::{ID, MASKED, text};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

const PROVIDERS: [(&str, &str); 3] = [("tencent", "tc3"), ("aliyun", "acs3"), ("aws", "aws4")];

/// What an application signs with, and what the gateway knows.
const APP: (&str, &str) = ("APPKEY1880", "the secret of an application");
const GATEWAY: (&str, &str) = ("GATEWAYKEY1881", "the secret of an account");

fn sdk(arguments: &[&str], input: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/sdk.py");
    let mut child = python()
        .arg(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

fn send(provider: &str, proxy: &Proxy, (key, secret): (&str, &str), text: &str) -> serde_json::Value {
    let said = sdk(&["send", provider, &proxy.addresses[0].to_string(), key, secret, text], "");
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"))
}

#[test]
fn sdks_raise_their_own_errors_for_what_would_be_changed() {
    let upstream = Upstream::new();
    for (provider, _) in PROVIDERS {
        let proxy = Proxy::before(upstream.address, "sms");
        let error = send(provider, &proxy, APP, &text());
        assert_eq!(error["code"], "PiiProxy.signed", "{provider}: {error}");
        let message = error["message"].as_str().expect("words");
        assert!(message.contains("mask it before it is signed") && !message.contains(ID), "{provider}: {message}");
        let name = error["request"].as_str().unwrap_or_else(|| panic!("{provider}: {error}"));
        proxy.wait_for(name);
    }
    assert!(upstream.came().is_empty());
}

#[test]
fn what_was_masked_leaves_with_a_signature_that_the_provider_would_take() {
    for (provider, scheme) in PROVIDERS {
        let upstream = Upstream::new();
        let proxy = signing(&upstream, scheme);
        send(provider, &proxy, APP, &text());
        let came = upstream.only();
        let arrived = format!("{}{}", came.head, came.text());
        assert!(arrived.contains(MASKED) || arrived.contains(&MASKED.replace('*', "%2A")), "{provider}: {arrived}");
        assert!(!arrived.contains(ID) && !arrived.contains(APP.0), "{provider}: {arrived}");
        let expected = sdk(&["check", provider, GATEWAY.0, GATEWAY.1], &told(&came));
        assert_eq!(came.header("authorization"), Some(expected.as_str()), "{provider}: {arrived}");
        // What an application did not sign goes nowhere, and its SDK says so.
        let error = send(provider, &proxy, (APP.0, "another secret"), "1234");
        assert_eq!(error["code"], "PiiProxy.signature", "{provider}: {error}");
        assert!(upstream.came().is_empty(), "{provider}");
    }
}

fn signing(upstream: &Upstream, scheme: &str) -> Proxy {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, (_, secret)) in [("app.secret", APP), ("gateway.secret", GATEWAY)] {
        let file = folder.path().join(name);
        fs::write(&file, format!("{secret}\n")).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
    }
    let config = format!(
        "[[listen]]\naddress = \"127.0.0.1:0\"\n[[route]]\nname = \"sms\"\nupstream = \"http://{}\"\nchannel = \"sms\"\n\
         [route.sign]\nscheme = \"{scheme}\"\naccess_key = \"{}\"\nsecret_file = \"app.secret\"\n\
         with = {{ access_key = \"{}\", secret_file = \"gateway.secret\" }}\n",
        upstream.address, APP.0, GATEWAY.0
    );
    fs::write(folder.path().join("proxy.toml"), config).expect("written");
    let mut command = std::process::Command::new(PROGRAM);
    Proxy::begun(folder, command.args(["--config", "proxy.toml"]))
}

/// A request as the script reads it.
fn told(came: &Came) -> String {
    let mut words = came.head.split(' ');
    let (method, target) = (words.next().expect("a method"), words.next().expect("a target"));
    let fields = came.head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let headers: serde_json::Map<_, _> =
        fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().into())).collect();
    serde_json::json!({ "method": method, "target": target, "headers": headers, "body": came.text() }).to_string()
}
