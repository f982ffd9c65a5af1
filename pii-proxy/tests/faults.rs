//! When something fails: the message is not lost twice, not sent twice, and nobody waits for ever.

#![cfg(unix)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::time::{Duration, Instant};
use support::upstream::{Manner, Upstream};
use support::{Answer, Proxy, Request, records};

const QUICK: &str =
    "[timeouts]\nhead = \"1 s\"\nbody = \"1 s\"\nanswer = \"1 s\"\nanswer_body = \"1 s\"\nconnect = \"1 s\"\n";
const ROUTE: &str = "[[route]]\nname = \"partner\"\nupstream = \"UPSTREAM\"\nchannel = \"third_party\"\n";

fn proxy(upstream: &Upstream) -> Proxy {
    Proxy::configured(upstream.address, &format!("{QUICK}{ROUTE}"))
}

fn post() -> Request {
    Request::post("/", b"a=1").with("Content-Type", "application/x-www-form-urlencoded")
}

/// How it ended, by the trail.
fn endings(proxy: Proxy) -> Vec<String> {
    let (_folder, trail) = proxy.ended();
    let records = records(&trail);
    let decisions = records.iter().filter(|record| record["kind"] == "decision").count();
    let outcomes: Vec<String> =
        records.iter().filter_map(|record| record["outcome"].as_str().map(str::to_owned)).collect();
    assert_eq!(decisions, outcomes.len(), "each decision has one outcome");
    outcomes
}

#[test]
fn a_post_is_sent_once_whatever_the_upstream_does() {
    for (manner, status, sent, ending) in [
        (Manner::Closes, 502, "unknown", "unknown"),
        (Manner::ClosesInBody, 502, "unknown", "unknown"),
        (Manner::Hangs, 504, "unknown", "unknown"),
    ] {
        let upstream = Upstream::that(manner.clone());
        let proxy = proxy(&upstream);
        let answer = proxy.send(&post());
        assert_eq!((answer.status(), answer.header("x-pii-sent")), (status, Some(sent)), "{manner:?} {answer:?}");
        assert_eq!(upstream.came().len(), 1, "{manner:?}");
        assert_eq!(endings(proxy), [ending], "{manner:?}");
    }
}

#[test]
fn an_upstream_that_is_not_there_was_sent_nothing() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let proxy = Proxy::configured(nobody, &format!("{QUICK}{ROUTE}"));
    let answer = proxy.send(&post());
    assert_eq!((answer.status(), answer.header("x-pii-sent")), (502, Some("no")), "{answer:?}");
    assert_eq!(endings(proxy), ["refused"]);
}

#[test]
fn a_connection_that_was_kept_and_is_gone_sends_nothing_twice() {
    // It answers once on each connection and closes it without saying so.
    let upstream = Upstream::that(Manner::SaysOnce(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()));
    let proxy = proxy(&upstream);
    for _ in 0..50 {
        let answer = proxy.send(&post());
        assert!(matches!(answer.status(), 200 | 502), "{answer:?}");
    }
    assert!(upstream.came().len() <= 50);
    assert_eq!(endings(proxy).len(), 50);
}

#[test]
fn a_client_that_is_slow_or_goes_away_sends_nothing() {
    let upstream = Upstream::new();
    let proxy = proxy(&upstream);
    let whole = post().bytes();
    // The head stops, the body stops, the body breaks off.
    let begun = Instant::now();
    let mut slow_head = proxy.connect();
    slow_head.write_all(&whole[..20]).expect("written");
    let mut slow_body = proxy.connect();
    slow_body.write_all(&whole[..whole.len() - 1]).expect("written");
    let mut broken = proxy.connect();
    broken.write_all(&whole[..whole.len() - 1]).expect("written");
    broken.shutdown(Shutdown::Write).expect("a socket");
    let mut answer = Vec::new();
    let _ = slow_body.read_to_end(&mut answer);
    assert_eq!(Answer::of(&answer).status(), 408, "{}", String::from_utf8_lossy(&answer));
    let mut nothing = Vec::new();
    let _ = slow_head.read_to_end(&mut nothing);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let mut refused = Vec::new();
    let _ = broken.read_to_end(&mut refused);
    assert!(refused.is_empty() || Answer::of(&refused).status() == 400, "{}", String::from_utf8_lossy(&refused));
    assert!(upstream.came().is_empty());
}

#[test]
fn a_client_that_closes_its_half_gets_its_answer() {
    let upstream = Upstream::new();
    let proxy = proxy(&upstream);
    let answer = Answer::of(&proxy.raw(&post().bytes()));
    assert_eq!((answer.status(), &answer.body[..]), (200, &b"ok"[..]));
}

#[test]
fn a_client_that_goes_away_takes_no_outcome_with_it() {
    let upstream = Upstream::that(Manner::Hangs);
    let proxy = proxy(&upstream);
    let mut client = proxy.connect();
    client.write_all(&post().bytes()).expect("written");
    upstream.wait_for(1);
    drop(client);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(endings(proxy), ["unknown"]);
}

#[test]
fn bodies_over_a_limit_are_refused_before_they_are_held() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, &ROUTE.replace("channel", "body = \"64 KiB\"\nchannel"));
    let body = vec![b'a'; 65 << 10];
    for request in [Request::post("/", &body), Request::post("/", &body).chunked()] {
        let answer = proxy.send(&request.with("Content-Type", "text/plain"));
        assert_eq!((answer.status(), answer.problem("why").as_str()), (413, "too-large"), "{}", answer.head);
    }
    let fits = proxy.post("text/plain", &body[..64 << 10]);
    assert_eq!((fits.status(), upstream.came().len()), (200, 1));
}

#[test]
fn what_is_in_flight_is_answered_before_the_end() {
    let upstream = Upstream::that(Manner::Hangs);
    let proxy = proxy(&upstream);
    let mut client = proxy.connect();
    client.write_all(&post().bytes()).expect("written");
    upstream.wait_for(1);
    let reader = std::thread::spawn(move || {
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer);
        Answer::of(&answer).status()
    });
    assert_eq!(endings(proxy), ["unknown"]);
    assert_eq!(reader.join().expect("it reads"), 504);
}

#[test]
fn what_the_end_leaves_unanswered_has_an_outcome() {
    let upstream = Upstream::that(Manner::Hangs);
    let proxy = Proxy::configured(upstream.address, &format!("[timeouts]\ndrain = \"300 ms\"\n{ROUTE}"));
    let mut client = proxy.connect();
    client.write_all(&post().bytes()).expect("written");
    upstream.wait_for(1);
    let begun = Instant::now();
    assert_eq!(endings(proxy), ["unknown"]);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
