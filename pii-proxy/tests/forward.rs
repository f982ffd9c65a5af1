//! Forward mode: a client uses the proxy as its proxy. A tunnel that is listed ends here and is looked into, another passes unread and is
//! recorded, and all others are refused.

#![cfg(unix)]

mod support;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use support::upstream::Upstream;
use support::{PROGRAM, Proxy, records};

const BODY: &str = "{\"idNo\":\"110105188702280028\"}";
const MASKED: &str = "{\"idNo\":\"1****************8\"}";

/// An authority's certificate and key, in a folder.
fn authority(folder: &Path) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(DnType::CommonName, "the firm's authority");
    let key = KeyPair::generate().expect("randomness");
    private(folder, "ca.pem", &params.self_signed(&key).expect("a certificate").pem());
    private(folder, "ca.key", &key.serialize_pem());
    let issuer = Issuer::new(params, KeyPair::generate().expect("randomness"));
    private(folder, "other.key", &issuer.key().serialize_pem());
}

fn private(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    fs::write(&file, text).expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
}

fn config(upstream: SocketAddr, forward: &str) -> String {
    format!(
        "[[listen]]\naddress = \"127.0.0.1:0\"\nforward = true\n[[listen]]\naddress = \"127.0.0.1:0\"\n[admin]\naddress = \"127.0.0.1:0\"\n\
         [[route]]\nname = \"partner\"\nhosts = [\"partner.example\", \"plain.example\"]\nupstream = \"http://{upstream}\"\nchannel = \"third_party\"\n\
         [forward]\n{forward}"
    )
}

const INTERCEPT: &str = "certificate = \"ca.pem\"\nkey = \"ca.key\"\nintercept = [\"partner.example\"]\n";

fn forward(upstream: SocketAddr, forward: &str) -> Proxy {
    let folder = tempfile::tempdir().expect("a folder");
    authority(folder.path());
    fs::write(folder.path().join("proxy.toml"), config(upstream, forward)).expect("written");
    Proxy::begun(folder, Command::new(PROGRAM).args(["--config", "proxy.toml"]))
}

/// curl by the proxy.
fn curl(proxy: &Proxy, arguments: &[&str]) -> Output {
    let by = format!("http://{}", proxy.addresses[0]);
    let ca = proxy.folder.path().join("ca.pem");
    Command::new("curl")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .args([
            "--silent",
            "--show-error",
            "--max-time",
            "20",
            "--proxy",
            &by,
            "--cacert",
            ca.to_str().expect("a plain name"),
        ])
        .args(["-H", "Content-Type: application/json", "-D", "-"])
        .args(arguments)
        .output()
        .expect("curl is there")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn what_is_in_a_tunnel_that_ends_here_is_masked() {
    let upstream = Upstream::new();
    let proxy = forward(upstream.address, INTERCEPT);
    for version in ["--http1.1", "--http2"] {
        let answer = curl(&proxy, &[version, "--data-binary", BODY, "https://partner.example/customers"]);
        assert!(answer.status.success() && told(&answer).contains("x-pii-sent: yes"), "{version}: {}", told(&answer));
        let came = upstream.take(|_| true);
        assert_eq!(came.len(), 1, "{version}");
        assert!(came[0].head.starts_with("POST /customers "), "{}", came[0].head);
        assert_eq!(came[0].text(), MASKED, "{version}");
    }
    // In clear, by the whole address.
    let answer = curl(&proxy, &["--data-binary", BODY, "http://plain.example/x"]);
    assert!(answer.status.success(), "{}", told(&answer));
    let came = upstream.only();
    assert_eq!(came.text(), MASKED);
    assert!(came.header("proxy-connection").is_none(), "{}", came.head);
}

#[test]
fn what_is_not_listed_goes_nowhere() {
    let upstream = Upstream::new();
    let proxy = forward(upstream.address, INTERCEPT);
    for target in ["https://other.example/", "https://partner.example:8443/", "https://127.0.0.1/"] {
        let answer = curl(&proxy, &["--data-binary", BODY, target]);
        assert!(!answer.status.success() && told(&answer).contains("405"), "{target}: {}", told(&answer));
    }
    let unrouted = curl(&proxy, &["--data-binary", BODY, "http://other.example/"]);
    assert!(told(&unrouted).contains("404"), "{}", told(&unrouted));
    // Only those who listen for it take a tunnel.
    let mut stream = TcpStream::connect(proxy.listened_on()[1]).expect("it listens");
    stream.write_all(b"CONNECT partner.example:443 HTTP/1.1\r\nHost: partner.example:443\r\n\r\n").expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    assert!(upstream.came().is_empty());
}

#[test]
fn a_request_in_a_tunnel_is_for_its_host() {
    let upstream = Upstream::new();
    let proxy = forward(upstream.address, INTERCEPT);
    for version in ["--http1.1", "--http2"] {
        let arguments = [version, "-H", "Host: plain.example", "--data-binary", BODY, "https://partner.example/"];
        let answer = curl(&proxy, &arguments);
        assert!(
            told(&answer).contains(" 421") && told(&answer).contains("misdirected"),
            "{version}: {}",
            told(&answer)
        );
    }
    // Nor is a tunnel opened in a tunnel, nor TLS as somebody else.
    let connect_to =
        ["--connect-to", "plain.example:443:partner.example:443", "--data-binary", BODY, "https://plain.example/"];
    let answer = curl(&proxy, &connect_to);
    assert!(!answer.status.success(), "{}", told(&answer));
    proxy.wait_for("names another host than the tunnel");
    assert!(upstream.came().is_empty());
}

#[test]
fn heads_that_could_be_read_in_two_ways_open_no_tunnel() {
    let upstream = Upstream::new();
    let proxy = forward(upstream.address, INTERCEPT);
    for head in [
        "CONNECT partner.example:443 HTTP/1.1\r\nHost: partner.example:443\r\nContent-Length: 4\r\n\r\nGET ",
        "CONNECT partner.example:443 HTTP/1.1\r\nHost: partner.example:443\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "CONNECT partner.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n",
        "CONNECT partner.example HTTP/1.1\r\nHost: partner.example\r\n\r\n",
        "CONNECT http://partner.example:443/ HTTP/1.1\r\nHost: partner.example:443\r\n\r\n",
        "CONNECT user@partner.example:443 HTTP/1.1\r\nHost: partner.example:443\r\n\r\n",
    ] {
        let answer = String::from_utf8_lossy(&proxy.raw(head.as_bytes())).into_owned();
        assert!(answer.starts_with("HTTP/1.1 4"), "{head}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{head}: {answer}");
    }
    // What comes at once behind the head of a tunnel is the tunnel's, and no request.
    let early = "CONNECT partner.example:443 HTTP/1.1\r\nHost: partner.example:443\r\n\r\nPOST /x HTTP/1.1\r\nHost: plain.example\r\nContent-Length: 0\r\n\r\n";
    let answer = String::from_utf8_lossy(&proxy.raw(early.as_bytes())).into_owned();
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    proxy.wait_for("what came is no TLS");
    assert!(upstream.came().is_empty());
}

/// A server that says back what it is told, once.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            let _ = stream.write_all(&bytes);
        }
    });
    address
}

#[test]
fn a_tunnel_that_is_listed_passes_byte_for_byte_and_is_recorded() {
    let (upstream, other) = (Upstream::new(), echo());
    let pass = |kinds: &str| {
        format!(
            "[[forward.pass]]\nname = \"bank\"\nhost = \"127.0.0.1:{}\"\nchannel = \"third_party\"\nrecipient = \"bank\"\nkinds = [{kinds}]\nwhy = \"its own TLS\"\n",
            other.port()
        )
    };
    let proxy = forward(upstream.address, &pass(""));
    let head = format!("CONNECT {other} HTTP/1.1\r\nHost: {other}\r\n\r\n");
    // The first bytes come with the head.
    let sent = [head.as_bytes(), b"\x16\x03\x01 110105188702280028 \x00\xff"].concat();
    let answer = proxy.raw(&sent);
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(&answer[end..], &sent[head.len()..]);
    proxy.wait_for("a tunnel has ended");
    let (_folder, trail) = proxy.ended();
    let all = records(&trail);
    let decision = all.iter().find(|record| record["kind"] == "decision").expect("a decision");
    assert_eq!((decision["recipient"].as_str(), decision["verdict"].as_str()), (Some("bank"), Some("send")));
    assert!(all.iter().any(|record| record["kind"] == "outcome" && record["outcome"] == "sent"), "{all:?}");

    // What is declared to pass in it is decided on.
    let proxy = forward(upstream.address, &pass("\"resident_id\""));
    let answer = proxy.raw(&sent);
    assert!(answer.starts_with(b"HTTP/1.1 422"), "{}", String::from_utf8_lossy(&answer));
    let (_folder, trail) = proxy.ended();
    assert!(records(&trail).iter().any(|record| record["verdict"] == "block"));
}

#[test]
fn a_tunnel_that_is_open_at_the_end_is_recorded_as_unknown() {
    let (upstream, other) = (Upstream::new(), echo());
    let pass = format!(
        "[[forward.pass]]\nname = \"bank\"\nhost = \"127.0.0.1:{}\"\nchannel = \"third_party\"\nwhy = \"its own TLS\"\n[timeouts]\ndrain = \"500 ms\"\n",
        other.port()
    );
    let proxy = forward(upstream.address, &pass);
    let mut stream = proxy.connect();
    stream.write_all(format!("CONNECT {other} HTTP/1.1\r\nHost: {other}\r\n\r\n").as_bytes()).expect("written");
    let mut head = [0; 12];
    stream.read_exact(&mut head).expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 200");
    let (_folder, trail) = proxy.ended();
    let all = records(&trail);
    assert!(all.iter().any(|record| record["kind"] == "outcome" && record["outcome"] == "unknown"), "{all:?}");
    drop(stream);
}

#[test]
fn a_tunnel_that_leads_to_nobody_has_its_outcome() {
    let upstream = Upstream::new();
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let pass = format!(
        "[[forward.pass]]\nname = \"bank\"\nhost = \"{nobody}\"\nchannel = \"third_party\"\nwhy = \"its own TLS\"\n"
    );
    let proxy = forward(upstream.address, &pass);
    let head = format!("CONNECT {nobody} HTTP/1.1\r\nHost: {nobody}\r\n\r\n");
    let answer = String::from_utf8_lossy(&proxy.raw(head.as_bytes())).into_owned();
    assert!(answer.starts_with("HTTP/1.1 502") && answer.contains("x-pii-sent: no"), "{answer}");
    let (_folder, trail) = proxy.ended();
    let all = records(&trail);
    let count = |kind: &str| all.iter().filter(|record| record["kind"] == kind).count();
    assert_eq!((count("decision"), count("outcome")), (1, 1), "{all:?}");
    assert!(all.iter().any(|record| record["outcome"] == "refused"), "{all:?}");
}

#[test]
fn whoever_does_not_trust_the_authority_is_told_of() {
    let upstream = Upstream::new();
    let proxy = forward(upstream.address, INTERCEPT);
    let by = format!("http://{}", proxy.addresses[0]);
    let status = Command::new("curl")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .args(["--silent", "--max-time", "20", "--proxy", &by, "https://partner.example/"])
        .status();
    assert!(!status.expect("curl is there").success());
    proxy.wait_for("give it the authority's, such as that of [forward]");
    assert!(upstream.came().is_empty());
}

#[test]
fn what_is_listed_changes_by_a_reload() {
    let upstream = Upstream::new();
    let proxy = forward(upstream.address, INTERCEPT);
    let send = || told(&curl(&proxy, &["--data-binary", BODY, "https://plain.example/"]));
    assert!(send().contains("405"), "{}", send());
    let other = INTERCEPT.replace("[\"partner.example\"]", "[\"*.example\"]");
    fs::write(proxy.folder.path().join("proxy.toml"), config(upstream.address, &other)).expect("written");
    proxy.signal("HUP");
    proxy.wait_for("[forward]");
    assert!(send().contains("x-pii-sent: yes"), "{}", send());
    assert_eq!(upstream.came()[0].text(), MASKED);
}

#[test]
fn what_cannot_be_is_said_before_it_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    authority(folder.path());
    let nobody = "127.0.0.1:9".parse().expect("an address");
    let check = |text: &str| {
        fs::write(folder.path().join("proxy.toml"), text).expect("written");
        let mut command = Command::new(PROGRAM);
        let output =
            command.args(["--check", "--config", "proxy.toml"]).current_dir(folder.path()).output().expect("it runs");
        (output.status.code(), told(&output))
    };
    assert_eq!(check(&config(nobody, INTERCEPT)).0, Some(0));
    for (forward, part) in [
        (INTERCEPT.replace("ca.key", "other.key"), "the key is not that of the authority's certificate"),
        (INTERCEPT.replace("partner.example", "other.example"), "no route takes what is sent to"),
        (INTERCEPT.replace("key = \"ca.key\"\n", ""), "write certificate and key"),
        (INTERCEPT.replace("partner.example", "a b"), "write a host"),
        (
            "[[forward.pass]]\nname = \"bank\"\nhost = \"b.example\"\nchannel = \"third_party\"\nwhy = \" \"\n"
                .to_owned(),
            "say by `why`",
        ),
        (
            "[[forward.pass]]\nname = \"bank\"\nhost = \"b.example\"\nchannel = \"nowhere\"\nwhy = \"x\"\n".to_owned(),
            "nowhere",
        ),
    ] {
        let (code, said) = check(&config(nobody, &forward));
        assert!(code == Some(2) && said.contains(part), "{part}: {said}");
    }
    let (code, said) = check(&config(nobody, INTERCEPT).replace("forward = true\n", ""));
    assert!(code == Some(2) && said.contains("write forward = true"), "{said}");
}
