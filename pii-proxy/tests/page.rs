//! What the page of the admin listener asks for, and who may ask.

#![cfg(unix)]

mod support;

use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use support::upstream::Upstream;
use support::{Answer, PATIENCE, Proxy};

const ID: &str = "110105188702280028";

const ROUTES: &str = "[[route]]\nname = \"sms\"\npath = \"/sms\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\n\n\
                      [[route]]\nname = \"watched\"\npath = \"/watched\"\nupstream = \"UPSTREAM\"\nchannel = \"third_party\"\n\
                      observe = { until = UNTIL, why = \"roll-out\" }\n\n[admin]\naddress = \"127.0.0.1:0\"\n";

fn started(upstream: &Upstream) -> (Proxy, String) {
    let until = pii_flow::clock::today().ok().and_then(|today| today.plus_days(7)).expect("a day");
    let proxy = Proxy::configured(upstream.address, &ROUTES.replace("UNTIL", &until.to_string()));
    let begun = std::time::Instant::now();
    loop {
        let said = proxy.said();
        let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(address) = lines.filter_map(|line| line["fields"]["admin"].as_str().map(str::to_owned)).next() {
            return (proxy, address);
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn ask(address: &str, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let request = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    // It may have answered already.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    Answer::of(&answer)
}

fn attempt(address: &str, question: &Value) -> (u16, Value) {
    let head = format!("POST /try HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n");
    let answer = ask(address, &head, &question.to_string());
    (answer.status(), serde_json::from_slice(&answer.body).expect("JSON"))
}

#[test]
fn what_would_leave_is_what_leaves() {
    let upstream = Upstream::new();
    let (proxy, admin) = started(&upstream);
    let body = format!("{{\"mobile\":\"13800138000\",\"content\":\"身份证{ID}\"}}");
    let json = json!([["Content-Type", "application/json"]]);
    let (status, tried) =
        attempt(&admin, &json!({ "route": "sms", "path": "/sms?a=1", "headers": json, "body": body }));
    assert_eq!((status, tried["outcome"].as_str()), (200, Some("changed")), "{tried}");
    let request = support::Request::post("/sms?a=1", body.as_bytes()).with("Content-Type", "application/json");
    assert_eq!(proxy.send(&request).status(), 200);
    let came = upstream.only();
    assert_eq!(tried["body"].as_str(), Some(came.text().as_str()));
    assert!(tried["url"].as_str().is_some_and(|url| url.ends_with("/sms?a=1")), "{tried}");
    let told: Vec<_> = tried["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|found| {
            let word = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
            (word("kind"), word("place"), word("action"), found["is_routing"] == true)
        })
        .collect();
    let expected = [("mobile_phone", "$.mobile", "pass", true), ("resident_id", "$.content", "mask", false)];
    assert_eq!(
        told,
        expected.map(|(kind, place, action, routes)| (kind.to_owned(), place.to_owned(), action.to_owned(), routes))
    );
    assert!(
        !tried["findings"].to_string().contains(ID) && !tried["findings"].to_string().contains("13800138000"),
        "{tried}"
    );
    // Where the route only observes, and where nothing can be changed.
    let (_, watched) = attempt(&admin, &json!({ "route": "watched", "headers": json, "body": body }));
    assert_eq!((watched["outcome"].as_str(), watched["body"].as_str()), (Some("observed"), Some(body.as_str())));
    let (_, stopped) =
        attempt(&admin, &json!({ "route": "sms", "path": format!("/sms/{ID}"), "headers": [["X-No", ID]] }));
    assert_eq!((stopped["outcome"].as_str(), stopped["why"].as_str()), (Some("stopped"), Some("found")));
    assert_eq!((stopped["place"].as_str(), stopped["status"].as_u64()), (Some("path"), Some(422)));
    assert_eq!(stopped["findings"].to_string().matches("\"block\"").count(), 2, "{stopped}");
    let (_, dots) = attempt(&admin, &json!({ "route": "sms", "path": "/sms/%2e%2e/x" }));
    assert_eq!(dots["why"].as_str(), Some("path"));
    assert_eq!(upstream.came().len(), 0, "what is tried is not sent");
}

#[test]
fn what_is_tried_is_counted_and_remembered_nowhere() {
    let upstream = Upstream::new();
    let (proxy, admin) = started(&upstream);
    let get = |path: &str| ask(&admin, &format!("GET {path} HTTP/1.1\r\nHost: {admin}\r\n"), "");
    let text = |path: &str| String::from_utf8_lossy(&get(path).body).into_owned();
    let all = || [text("/metrics"), text("/blocks"), proxy.said()];
    let before = all();
    for path in ["/sms", "/sms/110105188702280028"] {
        let (status, _) = attempt(&admin, &json!({ "route": "sms", "path": path, "body": ID }));
        assert_eq!(status, 200);
    }
    assert_eq!(all(), before);
    let state: Value = serde_json::from_slice(&get("/state").body).expect("JSON");
    assert_eq!((state["ready"].as_bool(), state["blocks"].as_array().map(Vec::len)), (Some(true), Some(0)));
    assert_eq!((&state["routes"][0]["name"], &state["routes"][0]["messages"]), (&json!("sms"), &json!({})));
    let (_folder, trail) = proxy.ended();
    let files = std::fs::read_dir(trail).expect("a trail").filter_map(|entry| std::fs::read(entry.ok()?.path()).ok());
    let text = String::from_utf8_lossy(&files.flatten().collect::<Vec<u8>>()).into_owned();
    assert!(!text.contains("\"verdict\""), "{text}");
}

#[test]
fn bad_questions_get_no_word_of_theirs_back() {
    let upstream = Upstream::new();
    let (_proxy, admin) = started(&upstream);
    let long = "x".repeat(256 << 10);
    for (question, expected) in [
        (json!({ "route": ID }), 404),
        (json!({ "route": "sms", "method": ID }), 400),
        (json!({ "route": "sms", "path": ID }), 400),
        (json!({ "route": "sms", "headers": [[format!("<{ID}>"), "1"]] }), 400),
        (json!({ "route": "sms", "headers": vec![["X-A", "1"]; 129] }), 400),
        (json!({ "route": "sms", "headers": [["X-A", "1\r\nX-B: 2"]] }), 400),
        (json!({ "route": "sms", ID: 1 }), 400),
        (json!({ "body": ID }), 400),
        (json!(ID), 400),
        (json!({ "route": "sms", "body": long }), 413),
    ] {
        let (status, answer) = attempt(&admin, &question);
        assert_eq!(status, expected, "{answer}");
        assert!(answer["title"].is_string() && !answer.to_string().contains(ID), "{answer}");
    }
}

#[test]
fn pages_of_others_and_other_names_of_this_machine_get_nothing() {
    let upstream = Upstream::new();
    let (_proxy, admin) = started(&upstream);
    let get = |path: &str, host: &str| ask(&admin, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n"), "");
    for path in ["/", "/page.js", "/state", "/routes", "/blocks", "/metrics"] {
        assert_eq!(get(path, &admin).status(), 200, "{path}");
        assert_eq!(get(path, "localhost:1").status(), 200, "{path}");
        assert_eq!(get(path, "rebound.example").status(), 421, "{path}");
    }
    assert_eq!((get("/live", "rebound.example").status(), get("/ready", "rebound.example").status()), (200, 200));
    let page = get("/", &admin);
    for header in ["default-src 'none'", "frame-ancestors 'none'", "no-store", "nosniff", "no-referrer"] {
        assert!(page.head.contains(header), "{header}: {}", page.head);
    }
    let question = json!({ "route": "sms", "body": "x" }).to_string();
    let json = "Content-Type: application/json\r\n";
    for (headers, expected) in [
        (format!("{json}Origin: http://{admin}\r\nSec-Fetch-Site: same-origin\r\n"), 200),
        (format!("{json}Origin: http://other.example\r\n"), 403),
        (format!("{json}Sec-Fetch-Site: cross-site\r\n"), 403),
        ("Content-Type: text/plain\r\n".to_owned(), 403),
        (String::new(), 403),
    ] {
        let answer = ask(&admin, &format!("POST /try HTTP/1.1\r\nHost: {admin}\r\n{headers}"), &question);
        assert_eq!(answer.status(), expected, "{headers}");
    }
    assert_eq!(ask(&admin, &format!("GET /try HTTP/1.1\r\nHost: {admin}\r\n"), "").status(), 405);
    // Nothing is changed where nobody shows a token.
    assert_eq!(ask(&admin, &format!("POST /state HTTP/1.1\r\nHost: {admin}\r\n{json}"), "{}").status(), 403);
}

/// On a terminal it stays, with the page to look at: in a pipeline nobody would end it.
#[test]
fn the_demonstration_ends_where_nobody_sits() {
    let mut demo = std::process::Command::new(env!("CARGO_BIN_EXE_pii-proxy"));
    let shown = demo.arg("demo").stdin(std::process::Stdio::null()).output().expect("it starts");
    let said = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.status.success() && said.matches("    after").count() == 4 && said.contains("stopped 422"), "{said}");
    assert!(!said.contains("Ctrl-C"), "{said}");
}
