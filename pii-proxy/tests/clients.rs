//! Clients that are silent, do not read, come in numbers or speak something else: each costs what it should, and no more.

#![cfg(unix)]

mod support;

use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::upstream::{Manner, Upstream};
use support::{ADMIN, Answer, PATIENCE, PROGRAM, Proxy, Request};

const ROUTE: &str = "[[route]]\nname = \"sms\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\n";

/// A certificate for `localhost` in the proxy's folder, and a listener that shows it.
const TLS: &str = "[[listen]]\naddress = \"127.0.0.1:0\"\ntls = { certificate = \"proxy.pem\", key = \"proxy.key\" }\n";

/// With a listener of TLS alone; and a client's configuration that trusts it.
fn with_tls(upstream: &Upstream, more: &str) -> (Proxy, Arc<rustls::ClientConfig>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("proxy.pem"), made.cert.pem()).expect("written");
    fs::write(folder.path().join("proxy.key"), made.signing_key.serialize_pem()).expect("written");
    let route = ROUTE.replace("UPSTREAM", &format!("http://{}", upstream.address));
    fs::write(folder.path().join("proxy.toml"), format!("{TLS}{route}{more}")).expect("written");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Proxy::started(folder, &["--config", "proxy.toml"]), Arc::new(client))
}

/// The reasons of connections that came to nothing, as far as they are in the log.
fn logged(proxy: &Proxy, reason: &str) -> Vec<serde_json::Value> {
    let said = proxy.said();
    let lines = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    lines.map(|line| line["fields"].clone()).filter(|fields| fields["reason"] == reason).collect()
}

fn refused(proxy: &Proxy, reason: &str) -> Option<u64> {
    proxy.figure(&format!("pii_proxy_connections_refused_total{{reason=\"{reason}\"}}"))
}

#[test]
fn a_client_that_says_nothing_is_not_waited_for() {
    let upstream = Upstream::new();
    let more = format!("{ADMIN}[timeouts]\nidle = \"1 s\"\nhead = \"10 s\"\n");
    let plain = Proxy::configured(upstream.address, &format!("{ROUTE}{more}"));
    let (secured, client) = with_tls(&upstream, &more);
    let begun = Instant::now();
    let mut silent = plain.connect();
    let mut answer = Vec::new();
    assert_eq!(silent.read_to_end(&mut answer).expect("it is closed"), 0);
    let mut behind_tls = secured.connect();
    let name = "localhost".try_into().expect("a name");
    let mut tls = rustls::ClientConnection::new(client, name).expect("a client");
    while tls.is_handshaking() {
        tls.complete_io(&mut behind_tls).expect("a handshake");
    }
    let _ = behind_tls.read_to_end(&mut answer);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert_eq!((refused(&plain, "silent"), refused(&secured, "silent")), (Some(1), Some(1)));
    // One that comes late is answered, and so is the next request on its connection.
    let mut late = plain.connect();
    std::thread::sleep(Duration::from_millis(500));
    late.write_all(&Request::get("/").bytes()).expect("written");
    answer.clear();
    late.read_to_end(&mut answer).expect("an answer");
    assert_eq!(Answer::of(&answer).status(), 200);
}

#[test]
fn places_are_kept_for_a_listener_that_is_critical() {
    let upstream = Upstream::new();
    let critical = "[[listen]]\naddress = \"127.0.0.1:0\"\ncritical = true\n";
    let limits = "[limits]\nconnections = 4\ncritical_connections = 1\n";
    let proxy = Proxy::configured(upstream.address, &format!("{ROUTE}{critical}{limits}{ADMIN}"));
    proxy.wait_for("answers operators");
    let addresses = proxy.listened_on();
    let silent: Vec<_> = (0..4).map(|_| TcpStream::connect(addresses[0]).expect("it listens")).collect();
    let ask = |address, patience| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(patience)).expect("a socket");
        stream.write_all(&Request::get("/").bytes()).expect("written");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::of(&answer).status()
    };
    assert_eq!(ask(addresses[0], Duration::from_millis(500)), 0, "there is no place");
    for _ in 0..3 {
        assert_eq!(ask(addresses[1], PATIENCE), 200);
    }
    drop(silent);
    assert_eq!(ask(addresses[0], PATIENCE), 200);
}

/// An answer that no socket takes whole.
fn long_answer() -> Upstream {
    let body = vec![b'a'; 32 << 20];
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n", body.len());
    Upstream::that(Manner::Says([head.as_bytes(), &body].concat()))
}

#[test]
fn an_answer_that_nobody_reads_is_in_flight_and_ends() {
    let upstream = long_answer();
    let more = format!("{ADMIN}[timeouts]\nwrite = \"1 s\"\n");
    let proxy = Proxy::configured(upstream.address, &format!("{ROUTE}{more}"));
    let free = proxy.figure("pii_proxy_free_requests").expect("it is there");
    let mut client = proxy.connect();
    client.write_all(&Request::get("/").bytes()).expect("written");
    let sent = "pii_proxy_messages_total{route=\"sms\",outcome=\"sent\"}";
    proxy.wait_until(|| proxy.figure(sent) == Some(1));
    assert_eq!(proxy.figure("pii_proxy_in_flight"), Some(1), "its answer has not ended");
    assert_eq!(proxy.figure("pii_proxy_free_requests"), Some(free - 1));
    proxy.wait_until(|| proxy.figure("pii_proxy_in_flight") == Some(0));
    assert_eq!(proxy.figure("pii_proxy_free_requests"), Some(free));
    proxy.wait_until(|| refused(&proxy, "unread") == Some(1));
    let mut answer = Vec::new();
    let _ = client.read_to_end(&mut answer);
    assert!(answer.len() < 32 << 20, "{} bytes came", answer.len());
    // Whoever reads slowly, and reads, gets all of it.
    let mut slow = proxy.connect();
    slow.write_all(&Request::get("/").bytes()).expect("written");
    let (mut buffer, mut came) = (vec![0; 1 << 20], 0);
    loop {
        match slow.read(&mut buffer).expect("it goes on") {
            0 => break,
            count => came += count,
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(came > 32 << 20, "{came} bytes came");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_nobody_reads_ends_and_its_neighbours_go_on() {
    let upstream = long_answer();
    let more = format!("{ADMIN}[timeouts]\nwrite = \"1 s\"\n");
    let proxy = Proxy::configured(upstream.address, &format!("{ROUTE}{more}"));
    let stream = tokio::net::TcpStream::connect(proxy.addresses[0]).await.expect("it listens");
    let mut builder = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(64 << 10).initial_connection_window_size(64 << 20);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.expect("HTTP/2");
    tokio::spawn(connection);
    let get = || hyper::Request::get(format!("http://{}/", proxy.addresses[0])).body(Empty::<bytes::Bytes>::new());
    let unread = sender.send_request(get().expect("a request")).await.expect("an answer");
    assert_eq!(unread.status(), 200);
    assert_eq!(proxy.figure("pii_proxy_in_flight"), Some(1));
    tokio::task::block_in_place(|| proxy.wait_until(|| proxy.figure("pii_proxy_in_flight") == Some(0)));
    assert!(unread.into_body().collect().await.is_err(), "it is not whole");
    let read = sender.send_request(get().expect("a request")).await.expect("an answer");
    assert_eq!(read.into_body().collect().await.expect("it is whole").to_bytes().len(), 32 << 20);
}

#[test]
fn what_is_no_request_is_counted_and_logged_now_and_then() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, &format!("{ROUTE}{ADMIN}"));
    for _ in 0..30 {
        assert_eq!(Answer::of(&proxy.raw(b"GET / HTTP/1.1\nHost: a.example\n\n")).status(), 400);
    }
    proxy.wait_until(|| refused(&proxy, "framing") == Some(30));
    let lines = logged(&proxy, "framing");
    assert!((1..10).contains(&lines.len()), "{lines:?}");
    assert_eq!((lines[0]["what"].as_str(), lines[0]["left_out"].as_u64()), (Some("bare-lf"), Some(0)));
    assert!(lines[0]["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")), "{lines:?}");
    let (secured, _) = with_tls(&upstream, ADMIN);
    let _ = secured.raw(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
    secured.wait_until(|| refused(&secured, "tls") == Some(1));
    assert_eq!(logged(&secured, "tls")[0]["what"], "what came is no TLS");
}

#[test]
fn a_system_that_gives_no_connections_is_told() {
    let upstream = Upstream::new();
    let folder = tempfile::tempdir().expect("a folder");
    let route = ROUTE.replace("UPSTREAM", &format!("http://{}", upstream.address));
    let text = format!("[[listen]]\naddress = \"127.0.0.1:0\"\n{route}{ADMIN}");
    fs::write(folder.path().join("proxy.toml"), text).expect("written");
    let few_files = format!("ulimit -n 64; exec {PROGRAM} --config proxy.toml");
    let proxy = Proxy::begun(folder, Command::new("sh").args(["-c", &few_files]));
    proxy.wait_for("answers operators");
    let many: Vec<_> = (0..80).map(|_| proxy.connect()).collect();
    proxy.wait_until(|| !logged(&proxy, "accept").is_empty());
    std::thread::sleep(Duration::from_millis(1500));
    drop(many);
    proxy.wait_until(|| refused(&proxy, "accept").is_some_and(|count| count > 5));
    assert!(logged(&proxy, "accept").len() < 6, "{}", proxy.said());
    assert_eq!(proxy.send(&Request::get("/")).status(), 200);
}
