//! Traces by OpenTelemetry: a message is a span with its phases below it, part of its client's trace, without a value; a collector
//! that is gone holds nothing up.

#![cfg(unix)]

mod support;

use std::time::Duration;
use support::upstream::{Came, Upstream};
use support::{Proxy, Request};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn traced(upstream: &Upstream, endpoint: &str, share: &str) -> Proxy {
    let route = "[[route]]\nname = \"partner\"\nupstream = \"UPSTREAM\"\nchannel = \"third_party\"\n";
    let traces = format!("[traces]\nendpoint = \"{endpoint}\"\nshare = {share}\n");
    Proxy::configured(upstream.address, &format!("{route}{traces}"))
}

fn message() -> Request {
    Request::post("/customers", "{\"idNo\":\"110105188702280028\"}".as_bytes()).with("Content-Type", "application/json")
}

/// What the collector was sent: protobuf, in which words stand as they are.
fn has(came: &[Came], bytes: &[u8]) -> bool {
    came.iter().any(|came| came.body.windows(bytes.len()).any(|window| window == bytes))
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("digits")).collect()
}

#[test]
fn a_message_and_its_phases_are_told_without_a_value() {
    let (upstream, collector) = (Upstream::new(), Upstream::new());
    let proxy = traced(&upstream, &format!("http://{}/v1/traces", collector.address), "0.0");
    // Nobody asked for this one.
    assert_eq!(proxy.send(&message()).status(), 200);
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let answer = proxy.send(&message().with("traceparent", &parent));
    assert_eq!(answer.status(), 200);
    let name = answer.header("x-pii-message").expect("a name").to_owned();
    upstream.wait_for(2);
    // It leaves as it came.
    assert_eq!(upstream.came()[1].header("traceparent"), Some(parent.as_str()));
    drop(proxy.ended());
    collector.wait_for(1);
    let came = collector.came();
    assert!(came[0].head.starts_with("POST /v1/traces ") && came[0].head.contains("x-protobuf"), "{}", came[0].head);
    for word in [
        "pii-proxy",
        "message",
        "receive",
        "decide",
        "record",
        "upstream",
        "pii.message",
        "pii.route",
        "partner",
        name.as_str(),
    ] {
        assert!(has(&came, word.as_bytes()), "{word}");
    }
    assert!(has(&came, &bytes(TRACE)) && has(&came, &bytes("b7ad6b7169203331")), "it is a part of its client's trace");
    for word in ["110105188702280028", "1****************8", "/customers", "idNo"] {
        assert!(!has(&came, word.as_bytes()), "{word}");
    }
}

#[test]
fn a_collector_that_is_gone_holds_nothing_up() {
    let upstream = Upstream::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let proxy = traced(&upstream, &format!("http://{nobody}/v1/traces"), "1.0");
    for _ in 0..600 {
        assert_eq!(proxy.send(&message()).status(), 200);
    }
    proxy.wait_for("the collector does not take the traces");
    let begun = std::time::Instant::now();
    drop(proxy.ended());
    assert!(begun.elapsed() < Duration::from_secs(10));
}
