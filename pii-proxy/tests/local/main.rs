//! The local API: what it answers, to whom, and what it never says.

#![cfg(unix)]

mod access;
mod bed;
mod contract;
mod ledger;
#[path = "../support/mod.rs"]
mod support;

use bed::Bed;
use serde_json::json;
use support::{Answer, Request, records};

const ID: &str = "110105188702280028";
const MOBILE: &str = "13800138000";
const JSON: &str = "application/json";

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// A program asks for the masked body, signs that, and sends it: the proxy lets it through byte for byte.
#[test]
fn what_is_masked_here_and_signed_passes_the_proxy_unchanged() {
    let bed = Bed::new();
    let form = "application/x-www-form-urlencoded";
    let multipart = "multipart/form-data; boundary=b";
    let part = format!("--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n证件{ID}\r\n--b--\r\n");
    for (media_type, body) in [
        (JSON, format!("{{\"mobile\":\"{MOBILE}\",  \"content\":\"证件{ID}\"}}")),
        (JSON, "{\"index\": 3890.12}".to_owned()),
        ("text/plain; charset=utf-8", format!("您的证件{ID}已登记")),
        (form, format!("mobile={MOBILE}&content=%E8%AF%81%E4%BB%B6{ID}")),
        ("text/xml", format!("<sms><mobile>{MOBILE}</mobile><content>证件{ID}</content></sms>")),
        (multipart, part),
    ] {
        assert_eq!(bed.proxy.post(media_type, body.as_bytes()).status(), 200, "{media_type}");
        let left = bed.upstream.only().body;
        for target in ["/v1/mask?route=sms", "/v1/mask?channel=sms&recipient=sms-vendor"] {
            let answer = bed.post("signer", target, media_type, &body);
            assert_eq!(
                (answer.status(), text(&answer)),
                (200, String::from_utf8_lossy(&left).into_owned()),
                "{media_type}"
            );
            assert_eq!(answer.header("content-type"), Some(media_type));
            let changed = if left == body.as_bytes() { "no" } else { "yes" };
            assert_eq!((answer.header("x-pii-changed"), answer.header("x-pii-verdict")), (Some(changed), Some("send")));
            let signed =
                Request::post("/", &answer.body).with("Content-Type", media_type).with("X-Signature", "c2lnbmVk");
            assert_eq!(bed.proxy.send(&signed).status(), 200);
            assert_eq!(bed.upstream.only().body, answer.body, "{media_type} was signed and is another one now");
        }
    }
}

#[test]
fn a_coded_body_comes_back_in_its_coding() {
    let bed = Bed::new();
    let codings = pii_formats::coding::Codings::parse(b"gzip").expect("it is known");
    let body = pii_formats::coding::encode(&codings, format!("证件{ID}").as_bytes());
    let request = Request::post("/v1/mask?channel=sms", &body)
        .with("Content-Type", "text/plain")
        .with("Content-Encoding", "gzip");
    let answer = bed.ask("signer", request);
    assert_eq!((answer.status(), answer.header("content-encoding")), (200, Some("gzip")), "{answer:?}");
    let limits = pii_formats::coding::Limits { decoded_bytes: 1 << 20, ratio: 100 };
    let plain = pii_formats::coding::decode(&codings, &answer.body, &limits).expect("gzip");
    assert_eq!(String::from_utf8_lossy(&plain.bytes), "证件1****************8");
}

#[test]
fn what_must_not_leave_is_refused_as_the_proxy_refuses_it() {
    let bed = Bed::new();
    for (media_type, body, status, why) in [
        ("application/pdf", "%PDF-1.7", 415, "media-type"),
        (JSON, "{\"a\":", 422, "contradiction"),
        (JSON, "{\"idNo\":\"110105188702280028\",\"idNo\":\"110105188702280028\"} x", 422, "contradiction"),
    ] {
        let here = bed.post("signer", "/v1/mask?route=sms", media_type, body);
        let there = bed.proxy.post(media_type, body.as_bytes());
        assert_eq!((here.status(), here.problem("why").as_str()), (status, why), "{}", text(&here));
        assert_eq!((there.status(), there.problem("why").as_str()), (status, why));
        for key in ["type", "title", "detail", "place", "sent"] {
            assert_eq!(here.problem(key), there.problem(key), "{key}");
        }
        assert!(!text(&here).contains(ID));
    }
    assert_eq!(bed.post("signer", "/v1/mask?route=sms", JSON, "").problem("why"), "request");
    let untyped = bed.ask("signer", Request::post("/v1/mask?route=sms", b"x"));
    assert_eq!((untyped.status(), untyped.problem("why").as_str()), (415, "media-type"));
}

#[test]
fn each_decision_is_in_the_trail_under_its_caller_s_name() {
    let bed = Bed::new();
    let answer = bed.post("signer", "/v1/mask?route=sms", "text/plain", &format!("证件{ID}"));
    let name = answer.header("x-pii-message").expect("it has a name").to_owned();
    assert!(name.starts_with("signer/m"), "{name}");
    let blocked = bed.post("signer", "/v1/mask?channel=third_party", JSON, "{");
    let refused = blocked.header("x-pii-message").expect("it has a name").to_owned();
    let _ = bed.post("signer", "/v1/scan?route=sms", "text/plain", &format!("证件{ID}"));
    let (_folder, trail) = bed.proxy.ended();
    let records = records(&trail);
    let decisions: Vec<_> = records.iter().filter(|record| record["kind"] == "decision").collect();
    assert_eq!(decisions.len(), 2, "nothing leaves by a scan: {decisions:?}");
    let of = |name: &str| decisions.iter().find(|record| record["message"] == name).expect("it is recorded");
    let (sent, block) = (of(&name), of(&refused));
    assert_eq!(
        (&sent["verdict"], &sent["channel"], &sent["recipient"]),
        (&json!("send"), &json!("sms"), &json!("sms-vendor"))
    );
    assert!(sent["input"].is_object() || sent["input"].is_string(), "{sent}");
    assert_eq!((&block["verdict"], &block["channel"]), (&json!("block"), &json!("third_party")));
    let outcomes: Vec<_> = records.iter().filter_map(|record| record["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["sent", "refused"]);
}

#[test]
fn a_scan_says_what_is_where_and_never_its_value() {
    let bed = Bed::new();
    let body = format!("{{\"mobile\":\"{MOBILE}\",\"13900139000\":\"x\",\"content\":\"证件{ID}，张三丰\"}}");
    let answer = bed.post("signer", "/v1/scan?channel=sms", JSON, &body);
    let said = text(&answer);
    assert_eq!(answer.status(), 200, "{said}");
    for value in [ID, MOBILE, "13900139000", "张三丰"] {
        assert!(!said.contains(value), "{said}");
    }
    let told: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let findings = told["findings"].as_array().expect("findings");
    let found = findings.iter().find(|found| found["kind"] == "resident_id").expect("it is found");
    let place = |key: &str| usize::try_from(found[key].as_u64().expect("a number")).expect("a place");
    assert_eq!(&body[place("start")..place("end")], ID);
    assert_eq!((&found["path"], &found["action"], &found["class"]), (&json!("$.content"), &json!("mask"), &json!(3)));
    let receiver = findings.iter().find(|found| found["kind"] == "mobile_phone" && found["path"] == "$.mobile");
    assert_eq!(receiver.expect("it is found")["routing"], true);
    assert_eq!(told["count"], findings.len());
    // As the policy stands for another way out.
    let (status, told) = bed.json("signer", "/v1/scan?channel=log", &json!({ "password": "correct-horse" }));
    assert_eq!((status, &told["findings"][0]["action"]), (200, &json!("drop")), "{told}");
}

#[test]
fn a_person_s_consent_is_asked_for_as_on_the_route() {
    let bed = Bed::new();
    // The policy lets it pass there, and nobody agreed.
    let body = format!("{{\"idNo\":\"{ID}\"}}");
    let answer = bed.post("signer", "/v1/mask?route=identity", JSON, &body);
    assert_eq!((answer.status(), text(&answer)), (200, "{\"idNo\":\"1****************8\"}".to_owned()));
    let (_folder, trail) = bed.proxy.ended();
    let records = records(&trail);
    let decision = records.iter().find(|record| record["kind"] == "decision").expect("it is recorded");
    assert!(decision["ledger"].is_number() && decision["subjects"].is_array(), "{decision}");
}
