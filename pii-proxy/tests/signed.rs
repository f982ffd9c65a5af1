//! Signed requests: what is clean passes as it was signed; what would be changed is stopped, and its application's SDK is told so in
//! its provider's words.

#![cfg(unix)]

mod support;

use support::upstream::Upstream;
use support::{Proxy, Request};

const ACS3: &str = "ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host;x-acs-action;x-acs-date,Signature=00ff";
const TC3: &str =
    "TC3-HMAC-SHA256 Credential=AK/2026-11-27/sms/tc3_request, SignedHeaders=content-type;host, Signature=00ff";
const AWS4: &str =
    "AWS4-HMAC-SHA256 Credential=AK/20261127/us-east-1/sns/aws4_request, SignedHeaders=host;x-amz-date, Signature=00ff";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// `{"text":"身份证110105188702280028"}` in a query.
const TEMPLATE: &str = "TemplateParam=%7B%22text%22%3A%22%E8%BA%AB%E4%BB%BD%E8%AF%81110105188702280028%22%7D";

fn signed(target: &str, scheme: &str, media_type: &str, body: &str) -> Request {
    Request::post(target, body.as_bytes()).with("Authorization", scheme).with("Content-Type", media_type)
}

#[test]
fn what_is_clean_passes_as_it_was_signed() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "sms");
    let target = "/?Action=SendSms&PhoneNumbers=13800138000&TemplateParam=%7B%22code%22%3A%221234%22%7D";
    assert_eq!(proxy.send(&signed(target, ACS3, FORM, "")).status(), 200);
    let body = r#"{"PhoneNumberSet":["+8613800138000"],"TemplateParamSet":["1234","\u4f60\u597d"]}"#;
    assert_eq!(proxy.send(&signed("/", TC3, JSON, body)).status(), 200);
    let came = upstream.came();
    assert_eq!(came[0].header("authorization"), Some(ACS3));
    assert!(came[0].head.starts_with(&format!("POST {target} ")), "{}", came[0].head);
    assert_eq!(came[1].header("authorization"), Some(TC3));
    assert_eq!(came[1].text(), body);
}

#[test]
fn what_would_be_changed_is_stopped_in_the_providers_words() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "sms");
    let body = r#"{"PhoneNumberSet":["+8613800138000"],"TemplateParamSet":["身份证110105188702280028"]}"#;
    let form = "Action=Publish&Message=110105188702280028";
    let older = "AccessKeyId=AK&SignatureNonce=1&SignatureMethod=HMAC-SHA1&Signature=x";
    for (request, status, media_type, part) in [
        (signed(&format!("/?Action=SendSms&{TEMPLATE}"), ACS3, FORM, ""), 422, JSON, r#""Code":"PiiProxy.signed""#),
        (signed("/", TC3, JSON, body), 200, JSON, r#"{"Response":{"Error":{"Code":"PiiProxy.signed""#),
        (signed("/", AWS4, FORM, form), 422, "application/xml; charset=utf-8", "<Code>PiiProxy.signed</Code>"),
        (signed("/", AWS4, JSON, body), 422, JSON, r#""__type":"PiiProxy.signed""#),
        (Request::get(&format!("/?{older}&Format=JSON&{TEMPLATE}")), 422, JSON, r#""Code":"PiiProxy.signed""#),
        (
            Request::post("/", format!("{older}&{TEMPLATE}").as_bytes()).with("Content-Type", FORM),
            422,
            "application/xml; charset=utf-8",
            "<Code>PiiProxy.signed</Code>",
        ),
    ] {
        let answer = proxy.send(&request);
        assert_eq!((answer.status(), answer.header("content-type")), (status, Some(media_type)), "{}", answer.head);
        assert_eq!(answer.header("x-pii-sent"), Some("no"), "{}", answer.head);
        let text = answer.text();
        assert!(text.contains(part) && text.contains("mask it before it is signed"), "{text}");
        let name = answer.header("x-pii-message").expect("a name");
        assert!(text.contains(name) || answer.header("x-amzn-requestid") == Some(name), "{text}");
        assert!(!text.contains("188702280028"), "{text}");
    }
    assert!(upstream.came().is_empty());
}

#[test]
fn whatever_else_stops_a_signed_request_is_told_in_the_same_words() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "sms");
    let answer = proxy.send(&signed("/110105188702280028", TC3, JSON, "{}"));
    assert_eq!(answer.status(), 200);
    assert!(answer.text().contains(r#"{"Response":{"Error":{"Code":"PiiProxy.found""#), "{}", answer.text());
    let answer = proxy.send(&signed("/", AWS4, "application/pdf", "%PDF-1.7"));
    assert_eq!((answer.status(), answer.header("x-amzn-errortype")), (415, Some("PiiProxy.media-type")));
    // By the parameters of a form, too.
    let older = "AccessKeyId=AK&SignatureNonce=1&SignatureMethod=HMAC-SHA1&Signature=x&Format=JSON";
    let answer = proxy.send(&Request::post("/110105188702280028", older.as_bytes()).with("Content-Type", FORM));
    assert_eq!(answer.status(), 422);
    assert!(answer.text().contains(r#""Code":"PiiProxy.found""#), "{}", answer.text());
    // What failed on its way keeps its status: it may be sent again.
    drop(upstream);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let proxy = Proxy::before(nobody, "sms");
    let answer = proxy.send(&signed("/", TC3, JSON, "{}"));
    assert_eq!((answer.status(), answer.header("x-pii-sent")), (502, Some("no")));
    assert!(answer.text().contains("PiiProxy.upstream"), "{}", answer.text());
}

#[test]
fn a_body_that_is_not_covered_is_masked() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "sms");
    let scheme = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=00ff";
    let request = signed("/", scheme, JSON, r#"{"text":"身份证110105188702280028"}"#);
    assert_eq!(proxy.send(&request.with("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")).status(), 200);
    assert!(upstream.only().text().contains("1****************8"));
    let request = signed("/", scheme, JSON, r#"{"text":"身份证110105188702280028"}"#);
    let answer = proxy.send(&request);
    assert_eq!(answer.status(), 422);
    assert!(answer.text().contains(r#""error_code":"PiiProxy.signed""#), "{}", answer.text());
    // Nobody signs a message by saying who calls.
    let bearer = signed("/", "Bearer 0a1b2c3d4e5f", JSON, r#"{"text":"身份证110105188702280028"}"#);
    assert_eq!(proxy.send(&bearer).status(), 200);
}
