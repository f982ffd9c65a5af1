//! Schemathesis reads the OpenAPI document of the local API and asks whatever it allows, and much that it does not.

use crate::bed::{Bed, token};
use crate::programs::{python, run};
use pii_proxy::local::OPENAPI;
use std::fs;

/// What each answer is held to. Left out are the checks that take what somebody made up for what is there: the ledger knows nobody of
/// whom a document speaks, so that a request may be as it says and still lead to nobody.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,\
                      allow_header_conformance,ignored_auth";

#[test]
fn the_local_api_keeps_to_its_document() {
    let bed = Bed::new();
    let folder = tempfile::tempdir().expect("a folder");
    let document = folder.path().join("openapi.json");
    fs::write(&document, OPENAPI).expect("written");
    let url = format!("http://{}", bed.address);
    let shown = format!("Authorization: Bearer {}", token("all"));
    let said = run(python()
        .current_dir(folder.path())
        .env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "schemathesis_hooks")
        .args(["-m", "schemathesis.cli", "run"])
        .arg(&document)
        .args(["--url", &url, "--header", &shown, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args([
            "--seed",
            "20261127",
            "--generation-deterministic",
            "--max-examples",
            "25",
            "--workers",
            "1",
            "--no-shrink",
        ])
        .args(["--warnings", "off", "--no-color"]));
    assert!(said.contains("No issues found"), "{said}");
    assert!(!bed.proxy.said().contains("a fault of this program"), "{}", bed.proxy.said());
}
