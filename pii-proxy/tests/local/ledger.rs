//! Consents: asked for, given, decided on, taken back.

use super::MOBILE;
use super::bed::Bed;
use super::support::records;
use serde_json::{Value, json};

fn person() -> Value {
    json!({ "known_by": [{ "kind": "mobile_phone", "value": MOBILE }] })
}

fn ask() -> Value {
    json!({
        "person": person(), "purpose": "marketing", "kinds": ["mobile_phone"], "methods": ["use"], "notice": "privacy",
        "notice_version": 1
    })
}

fn decide() -> Value {
    json!({ "channel": "app", "purpose": "marketing", "kinds": ["mobile_phone"], "person": person(), "method": "use" })
}

#[test]
fn a_consent_is_asked_for_given_decided_on_and_taken_back() {
    let bed = Bed::new();
    let outcome = || {
        let mut question = decide();
        question["channel"] = json!("log");
        let (status, told) = bed.json("desk", "/v1/decide", &question);
        assert_eq!(status, 200, "{told}");
        told["decisions"][0]["consent"].clone()
    };
    assert_eq!(
        (&outcome()["outcome"], bed.json("desk", "/v1/consents/query", &json!({ "person": person() })).0),
        (&json!("deny"), 404)
    );
    let (status, asked) = bed.json("desk", "/v1/consents", &ask());
    assert_eq!(status, 201, "{asked}");
    let (record, subject) =
        (asked["record"].as_str().expect("a record"), asked["subject"].as_str().expect("a subject"));
    let lines = format!("{}\n{{}}\n", bed.receipt(record, subject));
    let imported = bed.post("desk", "/v1/consents/receipts", "application/x-ndjson", &lines);
    let imported: Value = serde_json::from_slice(&imported.body).expect("JSON");
    assert_eq!(
        (&imported["taken"], &imported["refused"], &imported["refusals"][0]["why"]),
        (&json!(1), &json!(1), &json!("form"))
    );
    let (status, stands) = bed.json("desk", "/v1/consents/query", &json!({ "person": person() }));
    assert_eq!((status, &stands["records"][0]["record"], &stands["subject"]), (200, &json!(record), &json!(subject)));
    assert_eq!(stands["records"][0]["state"], "granted");
    let given = outcome();
    assert!(
        given["outcome"] != "deny" && given["basis"]["is"] == "consent" && given["basis"]["record"] == record,
        "{given}"
    );
    let by_subject =
        json!({ "person": { "subject": subject }, "which": { "purpose": "marketing" }, "reason": "不再需要" });
    let (status, withdrawn) = bed.json("desk", "/v1/consents/withdraw", &by_subject);
    assert_eq!((status, &withdrawn["withdrawn"]), (200, &json!(1)), "{withdrawn}");
    assert_eq!(outcome()["outcome"], "deny");
    assert_eq!(outcome()["reasons"][0]["reason"], "withdrawn");
    // Once more: nothing is left, and that is no error.
    let all = json!({ "person": person(), "which": "all", "operator": "li.lei" });
    let (status, again) = bed.json("desk", "/v1/consents/withdraw", &all);
    assert_eq!((status, &again["withdrawn"]), (200, &json!(0)), "{again}");
    let said = bed.proxy.said();
    let (_folder, trail) = bed.proxy.ended();
    let all = records(&trail);
    let changes: Vec<&str> =
        all.iter().filter(|record| record["kind"] == "ledger").filter_map(|record| record["change"].as_str()).collect();
    assert!(changes.contains(&"granted") && changes.contains(&"withdrawn"), "{changes:?}");
    assert!(!said.contains(MOBILE) && !format!("{all:?}").contains(MOBILE));
}

#[test]
fn what_the_rules_do_not_allow_says_so_without_a_value() {
    let bed = Bed::new();
    let with = |key: &str, value: Value| {
        let mut body = ask();
        body[key] = value;
        body
    };
    let unknown = "13912345678";
    for (target, body, status, why) in [
        ("/v1/consents", with("purpose", json!("other")), 409, "rules"),
        ("/v1/consents", with("methods", json!(["provide"])), 409, "rules"),
        ("/v1/consents", with("notice_version", json!(2)), 422, "unknown"),
        ("/v1/consents", with("kinds", json!(["x13912345678"])), 422, "unknown"),
        ("/v1/consents", with("kinds", json!([])), 400, "request"),
        ("/v1/consents", with("purpose", json!(unknown)), 400, "request"),
        ("/v1/consents", with(unknown, json!(1)), 400, "request"),
        ("/v1/consents", with("person", json!({ "known_by": [] })), 400, "request"),
        (
            "/v1/consents",
            with("person", json!({ "known_by": [{ "kind": "mobile_phone", "value": " " }] })),
            400,
            "request",
        ),
        (
            "/v1/consents/query",
            json!({ "person": { "known_by": [{ "kind": "mobile_phone", "value": unknown }] } }),
            404,
            "nobody",
        ),
        ("/v1/consents/withdraw", json!({ "person": { "subject": "0".repeat(32) }, "which": "all" }), 404, "nobody"),
        ("/v1/consents/withdraw", json!({ "person": person() }), 400, "request"),
        ("/v1/decide", json!({ "channel": "sms", "kinds": ["mobile_phone"], "person": person() }), 400, "request"),
        ("/v1/decide", json!({ "channel": unknown, "kinds": ["mobile_phone"] }), 422, "unknown"),
        ("/v1/decide", json!({ "channel": "sms", "route": "sms", "kinds": ["mobile_phone"] }), 400, "request"),
        ("/v1/decide", json!({ "channel": "sms", "kinds": ["mobile_phone"], "method": unknown }), 422, "unknown"),
        ("/v1/decide", json!({ "channel": "sms", "kinds": ["mobile_phone"], "field": null }), 400, "request"),
    ] {
        let (told, problem) = bed.json("desk", target, &body);
        assert_eq!((told, problem["why"].as_str()), (status, Some(why)), "{body} {problem}");
        assert!(!problem.to_string().contains(unknown), "{problem}");
    }
    let wrong_type = bed.post("desk", "/v1/decide", "text/plain", "{}");
    assert_eq!((wrong_type.status(), wrong_type.problem("why").as_str()), (415, "type"));
    assert!(!bed.proxy.said().contains(unknown));
}

#[test]
fn the_policy_says_what_it_does_with_each_kind() {
    let bed = Bed::new();
    let question = json!({ "route": "sms", "kinds": ["mobile_phone", "password", "uscc"] });
    let (status, told) = bed.json("desk", "/v1/decide", &question);
    assert_eq!((status, &told["channel"], &told["recipient"]), (200, &json!("sms"), &json!("sms-vendor")), "{told}");
    let actions: Vec<&str> =
        told["decisions"].as_array().expect("some").iter().filter_map(|one| one["action"].as_str()).collect();
    assert_eq!(actions, ["mask", "drop", "pass"]);
    assert_eq!((&told["decisions"][0]["profile"], &told["decisions"][0]["consent"]), (&json!("strict"), &Value::Null));
    assert_eq!(
        (&told["decisions"][0]["leaves_in_clear"], &told["decisions"][2]["leaves_in_clear"]),
        (&json!(false), &json!(true))
    );
    // The policy would let it pass to this partner, and nobody agreed.
    let question = json!({
        "route": "identity", "kinds": ["resident_id"], "field": "$.idNo",
        "person": { "known_by": [{ "kind": "resident_id", "value": "110105188702280028" }] }
    });
    let (_, told) = bed.json("desk", "/v1/decide", &question);
    let decision = &told["decisions"][0];
    assert_eq!((&decision["action"], &decision["leaves_in_clear"]), (&json!("pass"), &json!(false)), "{told}");
    assert!(
        decision["rule"].as_str().expect("a rule").starts_with("policy.toml:")
            && !told.to_string().contains("110105188702280028")
    );
}

#[test]
fn purposes_are_told() {
    let bed = Bed::new();
    let (status, all) = bed.get("desk", "/v1/purposes");
    assert_eq!((status, &all["purposes"][0]["code"]), (200, &json!("marketing")), "{all}");
    let (status, one) = bed.get("desk", "/v1/purposes/marketing");
    assert_eq!((status, &one), (200, &all["purposes"][0]));
    assert_eq!(bed.get("desk", "/v1/purposes/other").1["why"], "missing");
    assert_eq!(bed.get("desk", "/v1/purposes?phone=13800138000").0, 400);
    assert_eq!(bed.get("desk", "/v1/purposes/").0, 404);
}
