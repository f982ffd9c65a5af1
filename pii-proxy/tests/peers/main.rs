//! Real programs on both sides of the proxy: curl, nghttp, h2load and Python's clients before it, nginx behind it; a browser before
//! the page of its operators, and a validator before the schema of its configuration.
//!
//! A program that is missing fails the test; `scripts/tools.sh` installs them.

#![cfg(unix)]

#[path = "../local/bed.rs"]
mod bed;
mod contract;
mod frames;
mod page;
mod programs;
mod schema;
mod sdk;
#[path = "../support/mod.rs"]
mod support;

use frames::{Outcome, Request};
use programs::{Nginx, certified, curl, python, run, tool};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use support::Proxy;
use support::upstream::{Came, Manner, Upstream};

const ID: &str = "110105188702280028";
const MASKED: &str = "1****************8";

fn text() -> String {
    format!("您的身份证{ID}已登记")
}

fn json() -> String {
    format!("{{\"content\":\"{}\"}}", text())
}

fn masked_json() -> String {
    json().replace(ID, MASKED)
}

fn is_masked(came: &Came) -> bool {
    let whole = format!("{}{}", came.head, came.text());
    whole.contains(MASKED) && !whole.contains(ID)
}

fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).expect("written");
    path.display().to_string()
}

#[test]
fn curl_sends_in_every_way() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let url = format!("http://{}/", proxy.addresses[0]);
    let folder = tempfile::tempdir().expect("a folder");
    let (json, text) = (json(), text());
    let notice = format!("notice=@{};type=text/plain", file(folder.path(), "notice.txt", &text));
    let is_json = ["-H", "Content-Type: application/json", "--data-binary", &json];
    let is_form = ["--data-urlencode", &format!("content={text}"), "-d", "seq=1"];
    for (arguments, how) in [
        (&[&["--http1.1"][..], &is_json].concat()[..], "HTTP/1.1"),
        (&[&["--http2-prior-knowledge"][..], &is_json].concat(), "HTTP/2"),
        // A wish to go on in HTTP/2 that nobody has to follow.
        (&[&["--http2"][..], &is_json].concat(), "a wish for HTTP/2"),
        (&[&["-H", "Transfer-Encoding: chunked"][..], &is_json].concat(), "chunks"),
        (&is_form, "a form"),
        (&["-G", "--data-urlencode", &format!("content={text}")], "a query"),
        (&["-F", &format!("content={text}"), "-F", &notice], "a form in parts"),
    ] {
        assert_eq!(curl(&url, arguments), (200, "ok".to_owned()), "{how}");
        let came = upstream.only();
        assert!(is_masked(&came), "{how}: {}", came.head);
    }
    let masked = [&["--http2-prior-knowledge"][..], &is_json].concat();
    curl(&url, &masked);
    assert_eq!(upstream.only().text(), masked_json());
}

#[test]
fn curl_waits_for_100_continue_before_a_long_body() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let url = format!("http://{}/", proxy.addresses[0]);
    let folder = tempfile::tempdir().expect("a folder");
    let lines = format!("{}\n沪深300指数收于3890.12点\n", text()).repeat(1 << 14);
    let body = format!("@{}", file(folder.path(), "long.txt", &lines));
    let arguments = [
        "--http1.1",
        "-H",
        "Expect: 100-continue",
        "--expect100-timeout",
        "15",
        "-H",
        "Content-Type: text/plain",
        "--data-binary",
        &body,
    ];
    let begun = std::time::Instant::now();
    assert_eq!(curl(&url, &arguments), (200, "ok".to_owned()));
    assert!(begun.elapsed().as_secs() < 15, "it was not told to go on");
    let came = upstream.only();
    assert_eq!(came.text(), lines.replace(ID, MASKED));
    assert!(came.header("expect").is_none());
}

#[test]
fn curl_decodes_what_an_upstream_compressed() {
    let coded =
        pii_formats::coding::encode(&pii_formats::coding::Codings::parse(b"gzip").expect("known"), b"as it was");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", coded.len());
    let upstream = Upstream::that(Manner::Says([head.as_bytes(), &coded].concat()));
    let proxy = Proxy::before(upstream.address, "third_party");
    let url = format!("http://{}/", proxy.addresses[0]);
    assert_eq!(curl(&url, &["--compressed"]), (200, "as it was".to_owned()));
    assert!(upstream.only().header("accept-encoding").is_some_and(|codings| codings.contains("gzip")));
}

#[test]
fn what_a_client_takes_back_while_it_is_looked_into_is_not_sent() {
    let upstream = Upstream::new();
    let route = "[[route]]\nname = \"all\"\nupstream = \"UPSTREAM\"\nchannel = \"third_party\"\n";
    let proxy = Proxy::configured(upstream.address, &format!("{route}[admin]\naddress = \"127.0.0.1:0\"\n"));
    let lines: String = (0..40_000).map(|nth| format!("手机号139{:08}\n", 12_345_678 + nth % 500)).collect();
    let gzip = pii_formats::coding::Codings::parse(b"gzip").expect("known");
    let coded = pii_formats::coding::encode(&gzip, lines.as_bytes());
    assert!(coded.len() < 16_000, "it fits into one frame: {}", coded.len());
    let request = Request::post(&coded).without("content-type").with("content-type", "text/plain");
    let request = request.with("content-encoding", "gzip");
    assert_eq!(request.sent_to(proxy.addresses[0]), Outcome::Answered(200));
    upstream.only();
    let stopped = "pii_proxy_messages_total{route=\"all\",outcome=\"slow-client\"}";
    let received = || proxy.figure("pii_proxy_phase_seconds_count{phase=\"receive\"}");
    let open = request.cancelled_at(proxy.addresses[0], || proxy.wait_until(|| received() == Some(2)));
    proxy.wait_until(|| proxy.figure(stopped) == Some(1));
    assert!(upstream.came().is_empty(), "it was sent all the same");
    drop(open);
}

#[test]
fn http2_over_tls() {
    let upstream = Upstream::new();
    let folder = tempfile::tempdir().expect("a folder");
    let authority = certified(folder.path());
    let config = format!(
        "[[listen]]\naddress = \"127.0.0.1:0\"\ntls = {{ certificate = \"proxy.pem\", key = \"proxy.key\" }}\n\n\
         [[route]]\nname = \"all\"\nupstream = \"http://{}\"\nchannel = \"third_party\"\n",
        upstream.address
    );
    file(folder.path(), "proxy.toml", &config);
    let body = file(folder.path(), "body.json", &json());
    let proxy = Proxy::started(folder, &["--config", "proxy.toml"]);
    let url = format!("https://localhost:{}/", proxy.addresses[0].port());
    let is_json = ["-H", "Content-Type: application/json", "--data-binary", &json(), "--cacert", &authority];
    for version in ["--http1.1", "--http2"] {
        let told = [&[version, "-w", "\n%{http_version}"][..], &is_json].concat();
        let (status, said) = curl(&url, &told);
        let expected = if version == "--http2" { "ok\n2" } else { "ok\n1.1" };
        assert_eq!((status, said.as_str()), (200, expected));
        assert_eq!(upstream.only().text(), masked_json(), "{version}");
    }
    run(tool("nghttp").args(["-n", "-d", &body, "-H", "content-type: application/json", &url]));
    assert_eq!(upstream.only().text(), masked_json());
}

#[test]
fn nghttp_and_h2load_speak_http2_in_clear() {
    const REQUESTS: usize = 2_000;
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let url = format!("http://{}/", proxy.addresses[0]);
    let folder = tempfile::tempdir().expect("a folder");
    let body = file(folder.path(), "body.json", &json());
    let told = run(tool("nghttp").args(["-v", "-d", &body, "-H", "content-type: application/json", &url]));
    assert!(told.contains(":status: 200") && told.contains("x-pii-sent: yes"), "{told}");
    assert_eq!(upstream.only().text(), masked_json());
    let count = REQUESTS.to_string();
    let arguments = ["-n", &count, "-c", "4", "-m", "16", "-d", &body, "-H", "content-type: application/json", &url];
    let told = run(tool("h2load").args(arguments));
    assert!(told.contains("2000 succeeded, 0 failed") && told.contains("2000 2xx"), "{told}");
    let came = upstream.take(|_| true);
    assert_eq!(came.len(), REQUESTS);
    assert!(came.iter().all(|came| came.text() == masked_json()));
}

#[test]
fn python_sends_in_every_way() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let url = format!("http://{}/", proxy.addresses[0]);
    run(python().arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/clients.py")).args([&url, &text()]));
    let came = upstream.take(|_| true);
    let mut cases = BTreeMap::new();
    for came in &came {
        let case = came.header("x-case").expect("every request has its name").to_owned();
        assert!(is_masked(came), "{case}: {}", came.head);
        *cases.entry(case).or_insert(0) += 1;
    }
    let clients = ["httpx", "httpx-two", "requests"];
    let expected: Vec<String> = clients
        .iter()
        .flat_map(|client| ["files", "form", "json", "query", "streamed"].map(|case| format!("{client}-{case}")))
        .collect();
    assert!(cases.keys().eq(expected.iter().collect::<std::collections::BTreeSet<_>>()), "{cases:?}");
    assert!(cases.values().all(|count| *count == 1), "{cases:?}");
}

/// A real server reads what the proxy writes, and answers in its own ways.
#[test]
fn nginx_takes_what_leaves() {
    let behind = Upstream::that(Manner::Says(
        [b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 600\r\n\r\n".as_slice(), &[b'o'; 600]]
            .concat(),
    ));
    let nginx = Nginx::before(behind.address);
    let proxy = Proxy::before(nginx.address, "third_party");
    let url = format!("http://{}/v1/notices?seq=1", proxy.addresses[0]);
    let (json, clean) = (json(), "{\"index\": 3890.12}");
    let is_json = ["-H", "Content-Type: application/json", "--data-binary"];
    for (arguments, expected) in [
        (&["--compressed"][..], masked_json()),
        (&["-H", "Transfer-Encoding: chunked"], masked_json()),
        (&["--http2-prior-knowledge"], masked_json()),
        (&["-H", "Transfer-Encoding: chunked"], clean.to_owned()),
    ] {
        let body = if expected == clean { clean } else { &json };
        let sent = [arguments, &is_json, &[body]].concat();
        // nginx has compressed the answer for the first of them, and curl has decoded it.
        assert_eq!(curl(&url, &sent), (200, "o".repeat(600)), "{arguments:?}");
        let came = behind.only();
        assert_eq!(came.text(), expected, "{arguments:?}");
        assert!(came.head.starts_with("POST /v1/notices?seq=1 "), "{}", came.head);
    }
}

/// What no library would write: nothing of it reaches the upstream, let alone twice.
#[test]
fn tricks_with_frames_are_refused() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let body = json();
    let good = Request::post(body.as_bytes());
    assert_eq!(good.sent_to(proxy.addresses[0]), Outcome::Answered(200));
    assert_eq!(upstream.only().text(), masked_json());
    let length = body.len();
    let smuggled = "x\r\n\r\nPOST / HTTP/1.1\r\nhost: b.example";
    let cases = [
        ("another host", good.clone().with("host", "other.example")),
        ("two hosts", good.clone().without(":authority").with("host", "a.example").with("host", "b.example")),
        ("a second host", good.clone().with("host", "gateway.example").with("host", "b.example")),
        ("two authorities", good.clone().with_first(":authority", "other.example")),
        ("two paths", good.clone().with_first(":path", "/other")),
        ("two methods", good.clone().with_first(":method", "GET")),
        ("no path", good.clone().without(":path")),
        ("an empty path", good.clone().without(":path").with_first(":path", "")),
        ("no method", good.clone().without(":method")),
        ("a path with a space", good.clone().without(":path").with_first(":path", "/ HTTP/1.1")),
        ("a path with a line", good.clone().without(":path").with_first(":path", "/\r\nX-A: 1")),
        ("a status", good.clone().with_first(":status", "200")),
        ("an unknown pseudo-header", good.clone().with_first(":query", "a=1")),
        ("a pseudo-header behind a header", good.clone().without(":path").with(":path", "/")),
        ("a name in capitals", good.clone().with("X-Request-Id", "1")),
        ("a name with a colon", good.clone().with("x:y", "1")),
        ("a name with a space", good.clone().with("x y", "1")),
        ("a name with a line", good.clone().with("x: 1\r\ny", "1")),
        ("a value with a line", good.clone().with("x-a", smuggled)),
        ("a value with a zero", good.clone().with("x-a", "a\0b")),
        ("connection", good.clone().with("connection", "close")),
        ("keep-alive", good.clone().with("keep-alive", "timeout=5")),
        ("proxy-connection", good.clone().with("proxy-connection", "keep-alive")),
        ("transfer-encoding", good.clone().with("transfer-encoding", "chunked")),
        ("upgrade", good.clone().with("upgrade", "websocket")),
        ("te", good.clone().with("te", "gzip")),
        ("a length that is too long", good.clone().with("content-length", &(length + 1).to_string())),
        ("a length that is too short", good.clone().with("content-length", &(length - 1).to_string())),
        ("a length of nothing", good.clone().with("content-length", "0")),
        ("a length that is none", good.clone().with("content-length", "+5")),
        (
            "two lengths",
            good.clone().with("content-length", &length.to_string()).with("content-length", &(length + 1).to_string()),
        ),
        ("a trailer", good.clone().with_trailer("x-check", "1")),
        ("a pseudo-header as a trailer", good.clone().with_trailer(":path", "/other")),
        ("a tunnel", good.clone().without(":method").with_first(":method", "CONNECT")),
        (
            "the tunnel of a protocol",
            good.clone().without(":method").with_first(":protocol", "websocket").with_first(":method", "CONNECT"),
        ),
    ];
    let mut passed = Vec::new();
    for (name, request) in cases {
        let outcome = request.sent_to(proxy.addresses[0]);
        let is_refused = match outcome {
            Outcome::Answered(status) => (400..500).contains(&status),
            Outcome::Reset | Outcome::Closed => true,
        };
        let came = upstream.take(|_| true);
        if !is_refused || !came.is_empty() {
            passed.push(format!("{name}: {outcome:?}, {} arrived", came.len()));
        }
    }
    assert!(passed.is_empty(), "{passed:#?}");
    // The request had ended: what stands behind it is no part of it, and no request of its own.
    let _ = good.with_data_behind(body.as_bytes()).sent_to(proxy.addresses[0]);
    let came = upstream.take(|_| true);
    assert!(came.len() <= 1 && came.iter().all(|came| came.text() == masked_json()), "{}", came.len());
    assert_eq!(Request::post(body.as_bytes()).sent_to(proxy.addresses[0]), Outcome::Answered(200));
}
