//! The OpenAPI document says what there is; whatever is sent, nothing fails.

use super::JSON;
use super::bed::Bed;
use super::support::Request;
use pii_proxy::config::Scope;
use pii_proxy::local::{Endpoint, OPENAPI, What};
use pii_proxy::stop::Why;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

fn document() -> Value {
    serde_json::from_str(OPENAPI).expect("JSON")
}

#[test]
fn the_document_has_every_address_with_its_method_and_scope() {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), Endpoint::ALL.len());
    for endpoint in Endpoint::ALL {
        let operations = paths[endpoint.path()].as_object().unwrap_or_else(|| panic!("{endpoint:?}"));
        let method = endpoint.method().as_str().to_lowercase();
        assert_eq!(operations.keys().collect::<Vec<_>>(), [&method], "{endpoint:?}");
        assert_eq!(operations[&method]["x-pii-scope"].as_str(), endpoint.scope().map(Scope::word), "{endpoint:?}");
    }
}

#[test]
fn the_document_has_every_status() {
    let document = document();
    let told: BTreeSet<u16> = document["components"]["responses"]
        .as_object()
        .expect("responses")
        .keys()
        .map(|name| name.trim_start_matches("Problem").parse().expect("a status"))
        .collect();
    let own: BTreeSet<u16> = What::ALL.map(|what| what.status().as_u16()).into();
    assert!(own.is_subset(&told), "{own:?} {told:?}");
    // Those of the proxy's own way that have nothing to do with upstreams, routes, signatures and tunnels.
    let way = Why::ALL.map(|why| why.status().as_u16());
    assert!(
        way.iter().filter(|status| ![403, 421, 502, 504].contains(*status)).all(|status| told.contains(status)),
        "{told:?}"
    );
}

#[test]
fn every_caller_gets_the_document_and_so_does_the_command_line() {
    let bed = Bed::new();
    for caller in ["signer", "desk"] {
        assert_eq!(bed.get(caller, "/v1/openapi.json"), (200, document()));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_pii-proxy")).arg("openapi").output().expect("it runs");
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).expect("JSON"), document());
}

#[test]
fn another_address_or_method_is_told() {
    let bed = Bed::new();
    let answer = bed.ask("all", Request::get("/v1/mask"));
    assert_eq!((answer.status(), answer.header("allow")), (405, Some("POST")));
    for nowhere in ["/", "/v1", "/v1/mask/", "/v1/../v1/mask", "/v1/maskx", "/V1/mask"] {
        let answer = bed.ask("all", Request::post(nowhere, b"x"));
        assert!(matches!(answer.status(), 400 | 404), "{nowhere}: {}", answer.status());
    }
}

#[test]
fn whatever_is_sent_is_answered_for_what_it_is() {
    let bed = Bed::new();
    let config = ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() };
    let sent = (proptest::collection::vec(any::<Vec<u8>>(), 8), any::<u8>());
    let outcome = TestRunner::new(config).run(&sent, |(bodies, pick)| {
        bodies.iter().enumerate().try_for_each(|(nth, body)| is_answered(&bed, (nth, usize::from(pick)), body))
    });
    outcome.expect("whatever is sent, nothing fails");
}

/// Sends a body, and one of a known shape with a few of its bytes in it, to every address.
fn is_answered(bed: &Bed, (nth, pick): (usize, usize), body: &[u8]) -> Result<(), TestCaseError> {
    let shapes = [
        "{\"channel\":\"sms\",\"kinds\":[\"mobile_phone\"]}",
        "{\"person\":{\"known_by\":[{\"kind\":\"mobile_phone\",\"value\":\"13800138000\"}]},\"which\":\"all\"}",
        "{\"a\":[[[{\"idNo\":\"110105188702280028\"}]]]}",
    ];
    let types = [
        JSON,
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/x-ndjson",
        "text/xml",
        "multipart/form-data; boundary=b",
    ];
    let mut shaped = shapes[nth % shapes.len()].as_bytes().to_vec();
    let at = pick % shaped.len();
    shaped.splice(at..(at + body.len() % 4).min(shaped.len()), body.iter().copied().take(4));
    let media_type = types[(nth + pick) % types.len()];
    for endpoint in Endpoint::ALL {
        let target = match endpoint {
            Endpoint::Mask | Endpoint::Scan => format!("{}?channel=sms", endpoint.path()),
            other => other.path().replace("{code}", "x"),
        };
        for body in [body, &shaped] {
            let answer = bed.ask("all", Request::post(&target, body).with("Content-Type", media_type));
            let is_told = (200..500).contains(&answer.status());
            prop_assert!(is_told, "{target} {media_type} {}: {}", body.escape_ascii(), answer.head);
        }
    }
    Ok(())
}
