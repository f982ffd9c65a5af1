//! The way of a message through the proxy: what leaves, what does not, and what is recorded of it.

#![cfg(unix)]

mod support;

use support::upstream::Upstream;
use support::{Proxy, Request, records};

const ID: &str = "110105188702280028";
const MOBILE: &str = "13800138000";

#[test]
fn a_message_is_masked_where_it_stands() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "sms");
    let body = format!("{{ \"content\" : \"尊敬的张三，您的身份证{ID}已登记\",\"n\":1.50 }}");
    let answer = proxy.post("application/json", body.as_bytes());
    assert_eq!((answer.status(), answer.header("x-pii-sent"), &answer.body[..]), (200, Some("yes"), &b"ok"[..]));
    let came = upstream.only();
    assert_eq!(came.text(), "{ \"content\" : \"尊敬的张**，您的身份证1****************8已登记\",\"n\":1.50 }");
    assert_eq!(came.header("content-length"), Some(came.body.len().to_string().as_str()));
    assert_eq!(came.header("host"), Some(upstream.address.to_string().as_str()));
}

#[test]
fn what_holds_nothing_leaves_byte_for_byte_in_its_framing() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let body = "{\"a\": [1.0, 2e5,\t\"x\\u0041\"],\r\n \"b\":\"沪深300指数收于3890.12点\"}";
    for (request, is_chunked) in [
        (Request::post("/v1?x=1&y=%20", body.as_bytes()), false),
        (Request::post("/v1?x=1&y=%20", body.as_bytes()).chunked(), true),
    ] {
        let request =
            request.with("Content-Type", "application/json").with("X-Request-Id", "7f0a").with("Cookie", "s=1; t=2");
        assert_eq!(proxy.send(&request).status(), 200);
        let came = upstream.only();
        assert_eq!(came.text(), body);
        assert!(came.head.starts_with("POST /v1?x=1&y=%20 HTTP/1.1\r\n"), "{}", came.head);
        assert_eq!((came.header("x-request-id"), came.header("cookie")), (Some("7f0a"), Some("s=1; t=2")));
        let framing = (came.header("transfer-encoding"), came.header("content-length").map(str::to_owned));
        let length = body.len().to_string();
        assert_eq!(framing, if is_chunked { (Some("chunked"), None) } else { (None, Some(length)) });
    }
    let empty = proxy.send(&Request::get("/v1/quote?code=600000"));
    assert_eq!((empty.status(), upstream.only().head.contains("GET /v1/quote?code=600000 ")), (200, true));
}

#[test]
fn an_edited_body_in_chunks_has_its_length() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "sms");
    let body = format!("phone=1&text=您的身份证{ID}");
    let request =
        Request::post("/", body.as_bytes()).with("Content-Type", "application/x-www-form-urlencoded").chunked();
    assert_eq!(proxy.send(&request).status(), 200);
    let came = upstream.only();
    assert!(came.header("transfer-encoding").is_none() && !came.text().contains(ID), "{came:?}");
    assert_eq!(came.header("content-length"), Some(came.body.len().to_string().as_str()));
}

#[test]
fn what_stands_in_a_head_is_masked_or_stops_the_message() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let masked = proxy.send(&Request::get(&format!("/q?idNo={ID}&to={MOBILE}&page=2")));
    assert_eq!(masked.status(), 200);
    let came = upstream.only();
    assert!(came.head.starts_with("GET /q?idNo=1****************8&to=138******00&page=2 "), "{}", came.head);
    for (request, place) in [
        (Request::get(&format!("/customers/{ID}")), "path"),
        (Request::get("/customers/1%310105188702280028"), "path"),
        (Request::get("/").with("X-Customer-Id", ID), "header x-customer-id"),
        (Request::get("/").with(&format!("X-{MOBILE}"), "1"), "the name of a header"),
        (Request::get("/").with("User-Agent", &format!("app/1.0 ({MOBILE})")), "header user-agent"),
        (Request::get("/").with("Cookie", &format!("s=1; mobile={MOBILE}")), "header cookie"),
    ] {
        let answer = proxy.send(&request);
        assert_eq!((answer.status(), answer.header("x-pii-sent")), (422, Some("no")), "{answer:?}");
        assert_eq!((answer.problem("place").as_str(), answer.problem("why").as_str()), (place, "found"));
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let told = format!("{}{}", proxy.said(), String::from_utf8_lossy(&answer.body));
        assert!(!told.contains(ID) && !told.contains(MOBILE), "{told}");
    }
    assert!(upstream.came().is_empty());
}

#[test]
fn what_cannot_be_read_does_not_leave() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let text = format!("idNo={ID}");
    for (media_type, body, status, why) in [
        ("application/json", b"{\"a\":" as &[u8], 422, "contradiction"),
        ("application/json", b"\x1F\x8B\x08\0\0\0\0\0", 422, "contradiction"),
        ("application/x-www-form-urlencoded", b"{\"idNo\":\"1\"}", 422, "contradiction"),
        ("application/json; charset=utf-8", b"{\"a\":\"\xD5\xC5\xC8\xFD\"}", 422, "contradiction"),
        (
            "multipart/form-data; boundary=b",
            b"--c\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--c--\r\n",
            422,
            "contradiction",
        ),
        ("application/xml", b"<!DOCTYPE r [<!ENTITY a \"138\">]><r><phone>&a;00138000</phone></r>", 422, "uninspected"),
        ("application/octet-stream", text.as_bytes(), 415, "media-type"),
        ("image/png", text.as_bytes(), 415, "media-type"),
        ("text/plain; charset=utf-7", text.as_bytes(), 415, "media-type"),
        ("nonsense", text.as_bytes(), 415, "media-type"),
    ] {
        let answer = proxy.post(media_type, body);
        assert_eq!((answer.status(), answer.problem("why").as_str()), (status, why), "{media_type} {answer:?}");
    }
    let untyped = proxy.send(&Request::post("/", text.as_bytes()));
    assert_eq!((untyped.status(), untyped.problem("why").as_str()), (415, "media-type"));
    let coded =
        Request::post("/", text.as_bytes()).with("Content-Type", "text/plain").with("Content-Encoding", "compress");
    assert_eq!(proxy.send(&coded).status(), 415);
    assert!(upstream.came().is_empty());
}

#[test]
fn each_message_has_its_decision_and_its_outcome() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "sms");
    let sent = proxy.post("text/plain", format!("您的手机{MOBILE}已绑定").as_bytes());
    let stopped = proxy.send(&Request::get(&format!("/customers/{ID}")));
    let names = [&sent, &stopped].map(|answer| answer.header("x-pii-message").expect("a name").to_owned());
    let (_folder, trail) = proxy.ended();
    let records = records(&trail);
    let of = |name: &String| {
        records.iter().find(|record| record["message"] == *name).unwrap_or_else(|| panic!("{records:?}"))
    };
    let decisions = names.each_ref().map(of);
    assert_eq!(decisions.map(|decision| decision["verdict"].as_str().expect("a word")), ["send", "block"]);
    assert_eq!(decisions[0]["items"][0]["is"], "mobile_phone");
    for (decision, outcome) in decisions.into_iter().zip(["sent", "refused"]) {
        let ended = records.iter().find(|record| record["decision"] == decision["seq"]).expect("an outcome");
        assert_eq!(ended["outcome"], outcome);
    }
    let text = std::fs::read_to_string(
        std::fs::read_dir(&trail)
            .expect("a folder")
            .map(|entry| entry.expect("one").path())
            .find(|path| path.extension().is_some())
            .expect("a segment"),
    )
    .expect("text");
    assert!(!text.contains(MOBILE) && !text.contains(ID));
}
