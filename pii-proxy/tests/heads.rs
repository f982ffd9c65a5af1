//! What stands in heads: nothing personal leaves in one under whatever name, and what heads usually hold passes.

#![cfg(unix)]

mod support;

use support::upstream::{Manner, Upstream};
use support::{Proxy, Request};

const ID: &str = "110105188702280028";
const MOBILE: &str = "13800138000";

const SMS: &str = "[[route]]\nname = \"sms\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\nrecipient = \"sms-vendor\"\n";

#[test]
fn a_name_makes_nothing_of_a_number() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let json = format!("{{\"token\":\"{MOBILE}\"}}");
    let login = format!("Digest username=\"{MOBILE}\"");
    for (name, value, place) in [
        ("X-Token", MOBILE, "header x-token"),
        ("Password", MOBILE, "header password"),
        ("X-Session", ID, "header x-session"),
        ("X-Secret-Key", ID, "header x-secret-key"),
        ("X-Token", "138%300138000", "header x-token"),
        ("X-Data", &json, "header x-data"),
        // Of a time and of an amount nobody thinks of a phone.
        ("X-Timestamp", MOBILE, "header x-timestamp"),
        ("X-Amount", MOBILE, "header x-amount"),
        ("Cookie", &format!("a=1; token={MOBILE}"), "header cookie"),
        ("Cookie", &format!("timestamp={MOBILE}; b=2"), "header cookie"),
        // The transport's own names.
        ("X-Forwarded-For", MOBILE, "header x-forwarded-for"),
        ("X-Forwarded-For", &format!("10.0.0.1, _{MOBILE}"), "header x-forwarded-for"),
        ("Forwarded", &format!("for=_{MOBILE}"), "header forwarded"),
        ("Via", &format!("1.1 {MOBILE}"), "header via"),
        ("Content-Type", MOBILE, "header content-type"),
        ("Content-Encoding", MOBILE, "header content-encoding"),
        ("Authorization", MOBILE, "header authorization"),
        ("Authorization", &format!("Bearer {MOBILE}"), "header authorization"),
        ("Authorization", &login, "header authorization"),
    ] {
        let answer = proxy.send(&Request::get("/").with("Accept", "*/*").with(name, value));
        assert_eq!((answer.status(), answer.problem("why").as_str()), (422, "found"), "{name} {answer:?}");
        assert_eq!(answer.problem("place"), place);
        let told = format!("{}{}", proxy.said(), String::from_utf8_lossy(&answer.body));
        assert!(!told.contains(ID) && !told.contains(MOBILE), "{told}");
    }
    for path in [format!("/token={MOBILE}"), "/138/0013/8000".to_owned(), "/v1/%3138/0013//8000/x".to_owned()] {
        let answer = proxy.send(&Request::get(&path));
        assert_eq!((answer.status(), answer.problem("place").as_str()), (422, "path"), "{path}");
    }
    assert!(upstream.came().is_empty());
}

/// Of a gateway, an SDK, a browser, a tracer, a signed interface.
const USUAL: [(&str, &str); 52] = [
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"),
    ("Accept-Charset", "utf-8"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8"),
    ("Age", "1380013800"),
    ("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    ("Cache-Control", "no-cache, max-age=0"),
    ("Content-Language", "zh-CN"),
    ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
    ("Date", "Fri, 27 Nov 2026 03:04:05 GMT"),
    ("DNT", "1"),
    ("ETag", "\"33a64df551425fcc55e4d42a148795d9f25f89d4\""),
    ("Forwarded", "for=192.0.2.60;proto=http;by=203.0.113.43"),
    ("If-Modified-Since", "Wed, 21 Oct 2026 07:28:00 GMT"),
    ("If-None-Match", "W/\"67ab43-1700000000\", \"5f3b-6a1c\""),
    ("Idempotency-Key", "8e03978e-40d5-43e8-bc93-6894a57f9324"),
    ("Origin", "https://www.example.com"),
    ("Pragma", "no-cache"),
    ("Range", "bytes=200-1000, 2000-6576"),
    ("Referer", "https://www.example.com/list?page=2&sort=time"),
    ("Sec-CH-UA", "\"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\""),
    ("Sec-Fetch-Mode", "cors"),
    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
    ("uber-trace-id", "7f0a2b3c4d5e6f70:1a2b3c4d5e6f7080:0:1"),
    ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"),
    ("Via", "1.1 10.0.0.138:8080 (squid/6.10), 2.0 fred"),
    ("X-Acs-Action", "SendSms"),
    ("X-Acs-Content-Sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("X-Acs-Date", "2026-11-27T03:04:05Z"),
    ("X-Acs-Signature-Nonce", "3156853299f313e23d1673dc12e1703d"),
    ("X-Amz-Date", "20261127T030405Z"),
    ("X-Amz-Trace-Id", "Root=1-67891233-abcdef012345678912345678;Sampled=1"),
    ("X-Api-Key", "AK1a2B3c4D5e6F7g8H9i0J"),
    ("X-B3-TraceId", "80f198ee56343ba864fe8b2a57d3eff7"),
    ("X-B3-SpanId", "e457b5a2e4d86bd1"),
    ("X-Ca-Nonce", "c9f15cbf-f4ac-4a6c-b54d-f51abf4b5b44"),
    ("X-Ca-Timestamp", "1700000000000"),
    ("X-Client-Version", "8.1.23.20261127"),
    ("X-Correlation-Id", "1994012345678901234"),
    ("X-Forwarded-For", "203.0.113.195, 70.41.3.18:4711, 2001:db8::1"),
    ("X-Forwarded-Proto", "https"),
    ("X-Nonce", "1700000000123456789"),
    ("X-Real-IP", "203.0.113.195"),
    ("X-Request-Id", "7f000001-8c4d-11ee-b9d1-0242ac120002"),
    ("X-Request-Start", "t=1700000000.123"),
    ("X-Sequence", "202611270304050001"),
    ("X-Snowflake", "734512345678901248"),
    ("X-Tc-Timestamp", "1700000000"),
    ("X-Tc-Version", "2021-01-11"),
    ("X-Trace-Id", "0a1b2c3d17000000001234567"),
    (
        "X-WSSE",
        "UsernameToken Username=\"app\",PasswordDigest=\"6yzc5pQ=\",Nonce=\"b1d0\",Created=\"2026-11-27T03:04:05Z\"",
    ),
];

#[test]
fn usual_headers_pass() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    for (name, value) in USUAL {
        let answer = proxy.send(&Request::get("/v1/2026/11/27/list").with(name, value));
        assert_eq!(answer.status(), 200, "{name}: {value} {answer:?}");
        assert_eq!(upstream.only().header(&name.to_ascii_lowercase()), Some(value));
    }
    let all = USUAL.iter().fold(Request::get("/"), |request, (name, value)| request.with(name, value));
    assert_eq!(proxy.send(&all).status(), 200);
    let cookies =
        Request::get("/").with("Cookie", "sid=5f3b6a1c0d9e; ts=1700000000000; _ga=GA1.2.1380013800.1700000000");
    assert_eq!(proxy.send(&cookies).status(), 200);
}

#[test]
fn numbers_of_snowflakes_pass() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    // As the usual generators count: milliseconds, a node, a sequence.
    for nth in 0..40_u64 {
        let id = ((1_700_000_000_000 + nth * 86_400_017 - 1_288_834_974_657) << 22) | (nth * 977 % 4096);
        let answer = proxy.send(&Request::get("/").with("X-Request-Id", &id.to_string()));
        assert_eq!(answer.status(), 200, "{id} {answer:?}");
    }
}

#[test]
fn a_key_in_a_query_is_no_phone() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, &format!("{SMS}routing = [\"key\"]\n"));
    let token = "566cc69da782ec33a3c5b4b0a7d1f8e29b0c4d5e6f708192";
    for (query, left) in [
        (format!("to={MOBILE}&key={token}"), Some(format!("to={MOBILE}&key={token}"))),
        (format!("key={MOBILE}"), None),
        (format!("access_token={MOBILE}"), None),
        (format!("Signature={MOBILE}&phone={MOBILE}"), None),
    ] {
        let answer = proxy.send(&Request::get(&format!("/?{query}")));
        assert_eq!(answer.status(), 200, "{query} {answer:?}");
        let head = upstream.only().head;
        let came = head.split([' ', '?']).nth(2).expect("a query");
        match left {
            Some(left) => assert_eq!(came, left),
            None => assert!(!came.replace(&format!("phone={MOBILE}"), "").contains(MOBILE), "{came}"),
        }
    }
}

#[test]
fn the_headers_of_a_masked_answer_are_looked_at() {
    let plain =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Fri, 27 Nov 2026 03:04:05 GMT\r\nServer: x/1.2\r\n";
    for (more, passes) in [
        ("Location: /list?page=2\r\nSet-Cookie: sid=5f3b6a1c0d9e; Path=/; Max-Age=86400\r\n".to_owned(), true),
        (format!("Location: https://x.example/{ID}\r\n"), false),
        (format!("Set-Cookie: token={MOBILE}; Path=/\r\n"), false),
        (format!("X-Customer: {ID}\r\n"), false),
    ] {
        for body in ["", "ok"] {
            let says = format!("{plain}{more}Content-Length: {}\r\n\r\n{body}", body.len());
            let upstream = Upstream::that(Manner::Says(says.into_bytes()));
            let proxy = Proxy::configured(upstream.address, &format!("{SMS}responses = \"mask\"\n"));
            let answer = proxy.send(&Request::get("/"));
            assert_eq!(answer.header("x-pii-sent"), Some("yes"));
            if passes {
                assert_eq!((answer.status(), &answer.body[..]), (200, body.as_bytes()), "{answer:?}");
                continue;
            }
            assert_eq!((answer.status(), answer.problem("why").as_str()), (502, "answer"), "{answer:?}");
            assert!(answer.problem("place").starts_with("answer header "), "{answer:?}");
            assert!(!answer.head.contains(ID) && !answer.head.contains(MOBILE), "{answer:?}");
        }
    }
}
