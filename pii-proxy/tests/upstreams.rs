//! Upstreams that are not there, are not who they should be, or are not well: what is told, and what is done meanwhile.

#![cfg(unix)]

mod support;

use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use support::upstream::{Manner, Upstream};
use support::{ADMIN, PROGRAM, Proxy, Request};

/// Somebody who has each connection handled so.
fn somebody(handle: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(handle));
    address
}

/// Nobody listens there.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address")
}

/// An upstream with a certificate for this name, in PEM.
fn certified(name: &str) -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    let config = Arc::new(config);
    let address = somebody(move |mut stream| {
        let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).expect("a server");
        while tls.is_handshaking() && tls.complete_io(&mut stream).is_ok() {}
    });
    (address, made.cert.pem())
}

/// Answers whatever comes with these bytes. What is unread when a connection is closed resets it, and takes them with it.
fn says(mut stream: TcpStream, bytes: &[u8]) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(bytes);
}

#[test]
fn why_an_upstream_is_not_reached_is_told_and_counted() {
    let silent = somebody(|stream| {
        thread::spawn(move || {
            thread::sleep(Duration::from_secs(10));
            drop(stream);
        });
    });
    let plain = somebody(|stream| says(stream, b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    let no_http = somebody(|stream| says(stream, b"220 mail.example ESMTP\r\n"));
    let ((other, other_pem), (unknown, _)) = (certified("other.example"), certified("localhost"));
    let far = format!("http://{}.example:9", "a".repeat(64));
    let cases = [
        ("refused", format!("http://{}", nobody()), "refused", "connection refused", "no"),
        ("name", far, "name", "no such host", "no"),
        ("handshake", format!("https://{silent}"), "slow-connect", "the handshake of TLS timed out", "no"),
        ("plain", format!("https://{plain}"), "tls", "what came is no TLS", "no"),
        ("other", format!("https://localhost:{}", other.port()), "tls", "not valid for this name", "no"),
        ("unknown", format!("https://localhost:{}", unknown.port()), "tls", "an authority that is not trusted", "no"),
        ("protocol", format!("http://{no_http}"), "protocol", "no HTTP", "unknown"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("other.pem"), other_pem).expect("written");
    let mut text = format!("[[listen]]\naddress = \"127.0.0.1:0\"\n{ADMIN}[timeouts]\nconnect = \"1 s\"\n");
    for (path, upstream, ..) in &cases {
        let authority = if upstream.starts_with("https") { "upstream_authority = \"other.pem\"\n" } else { "" };
        text.push_str(&format!(
            "[[route]]\nname = \"{path}\"\npath = \"/{path}\"\nupstream = \"{upstream}\"\nchannel = \"sms\"\n{authority}"
        ));
    }
    fs::write(folder.path().join("proxy.toml"), text).expect("written");
    let proxy = Proxy::started(folder, &["--config", "proxy.toml"]);
    for (path, upstream, reason, words, sent) in &cases {
        let begun = Instant::now();
        let answer = proxy.send(&Request::get(&format!("/{path}")));
        assert_eq!((answer.status(), answer.header("x-pii-sent")), (502, Some(*sent)), "{path}: {}", answer.text());
        assert!(answer.problem("detail").contains(words), "{path}: {}", answer.text());
        assert!(begun.elapsed() < Duration::from_secs(6), "{path}: {:?}", begun.elapsed());
        let told = proxy.ask(&format!("/blocks/{}", answer.header("x-pii-message").expect("a name")), None).text();
        assert!(told.contains(words), "{path}: {told}");
        proxy.wait_for(words);
        assert!(!told.contains(upstream.as_str()), "{path}: {told}");
        let series =
            |route: &str| format!("pii_proxy_upstream_failures_total{{route=\"{route}\",reason=\"{reason}\"}}");
        assert_eq!(proxy.figure(&series(path)), Some(1), "{path}");
    }
}

#[test]
fn an_upstream_in_clear_takes_no_certificates() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |upstream: &str| {
        let route = format!("[[route]]\nname = \"a\"\nupstream = \"{upstream}\"\nchannel = \"sms\"\n");
        fs::write(folder.path().join("p.toml"), format!("[[listen]]\naddress = \"127.0.0.1:0\"\n{route}"))
            .expect("written");
        fs::write(folder.path().join("empty.pem"), "").expect("written");
        let output = Command::new(PROGRAM)
            .args(["--check", "--config", "p.toml"])
            .current_dir(folder.path())
            .env("SSL_CERT_FILE", folder.path().join("empty.pem"))
            .env_remove("SSL_CERT_DIR")
            .output()
            .expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(check("http://127.0.0.1:9").0, Some(0));
    let (code, said) = check("https://127.0.0.1:9");
    assert!(code == Some(2) && said.contains("trusts no authority"), "{said}");
}

#[test]
fn while_an_upstream_is_down_nobody_waits_for_it() {
    let address = nobody();
    let route = "[[route]]\nname = \"partner\"\nupstream = \"UPSTREAM/base\"\nchannel = \"third_party\"\n";
    let health = "[route.health]\npath = \"/healthz\"\nevery = \"1 s\"\nfails = 2\n";
    let proxy = Proxy::configured(address, &format!("{route}{health}{ADMIN}"));
    let up = "pii_proxy_upstream_up{route=\"partner\"}";
    proxy.wait_until(|| proxy.figure(up) == Some(0));
    let ready = proxy.ask("/ready", None);
    assert_eq!(ready.status(), 200, "the proxy is ready, and the route is not");
    assert!(ready.text().contains("\"degraded\":[\"partner\"]"), "{}", ready.text());
    let answer = proxy.send(&Request::get("/"));
    let told = (answer.status(), answer.problem("why"), answer.header("x-pii-sent"), answer.header("retry-after"));
    assert_eq!(told, (503, "upstream-down".to_owned(), Some("no"), Some("5")));
    assert!(proxy.said().contains("an upstream is down"));
    // It is not forgotten when the configuration is read again.
    proxy.signal("HUP");
    proxy.wait_for("another configuration is in force");
    assert_eq!(proxy.send(&Request::get("/")).status(), 503);
    let upstream = Upstream::at(address, Manner::Says(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()));
    proxy.wait_for("an upstream is up again");
    assert_eq!(proxy.send(&Request::get("/x")).status(), 404);
    let asked = upstream.take(|came| came.head.starts_with("GET /base/healthz HTTP/1.1\r\n"));
    assert!(!asked.is_empty() && upstream.only().head.starts_with("GET /base/x "));
    assert!(proxy.ask("/routes", None).text().contains("\"up\":true"));
}

#[test]
fn an_upstream_that_says_that_it_is_not_well_is_down() {
    let upstream =
        Upstream::that(Manner::Says(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".to_vec()));
    let route = "[[route]]\nname = \"partner\"\nupstream = \"UPSTREAM\"\nchannel = \"third_party\"\n";
    let health = "health = { path = \"/healthz\", every = \"1 s\", fails = 1 }\n";
    let proxy = Proxy::configured(upstream.address, &format!("{route}{health}{ADMIN}"));
    proxy.wait_for("an upstream is down");
    assert_eq!(proxy.send(&Request::get("/")).problem("why"), "upstream-down");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_in_clear_is_spoken_to_in_http2_where_the_route_says_so() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = hyper::service::service_fn(|_| async {
                Ok::<_, Infallible>(hyper::Response::new(Full::new(bytes::Bytes::from_static(b"two"))))
            });
            let http2 = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            tokio::spawn(http2.serve_connection(TokioIo::new(stream), service));
        }
    });
    let route = "[[route]]\nname = \"a\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\nupstream_http2 = true\n";
    let answer = tokio::task::block_in_place(|| Proxy::configured(address, route).post("text/plain", b"x"));
    assert_eq!((answer.status(), answer.text().as_str()), (200, "two"));
}
