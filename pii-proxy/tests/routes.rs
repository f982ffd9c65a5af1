//! What a route says: where a message goes, what is only observed, what passes unread, and how a configuration is changed.

#![cfg(unix)]

mod support;

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};
use support::upstream::{Manner, Upstream};
use support::{PATIENCE, Proxy, Request, records};

const ID: &str = "110105188702280028";
const MOBILE: &str = "13800138000";
const OTHER: &str = "13900139000";

/// A route that sends SMS.
const SMS: &str = "[[route]]\nname = \"sms\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\nrecipient = \"sms-vendor\"\n";

#[test]
fn where_a_message_goes_passes_and_nothing_else() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, &format!("{SMS}routing = [\"$.batch.numbers[*]\"]\n"));
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    for (media_type, body, left) in [
        (
            json,
            format!("{{\"mobile\":\"{MOBILE}\",\"content\":\"请联系{OTHER}\"}}"),
            format!("{{\"mobile\":\"{MOBILE}\",\"content\":\"请联系139******00\"}}"),
        ),
        (
            json,
            format!("{{\"mobiles\":[\"{MOBILE}\",\"+86{OTHER}\"]}}"),
            format!("{{\"mobiles\":[\"{MOBILE}\",\"+86{OTHER}\"]}}"),
        ),
        (
            json,
            format!("{{\"batch\":{{\"numbers\":[\"{MOBILE}\"]}}}}"),
            format!("{{\"batch\":{{\"numbers\":[\"{MOBILE}\"]}}}}"),
        ),
        (form, format!("mobile={MOBILE},{OTHER}&text=hi"), format!("mobile={MOBILE},{OTHER}&text=hi")),
        (json, format!("{{\"mobile\":\"call {MOBILE}\"}}"), "{\"mobile\":\"call 138******00\"}".to_owned()),
        (
            json,
            format!("{{\"customer\":{{\"mobile\":\"{MOBILE}\"}}}}"),
            "{\"customer\":{\"mobile\":\"138******00\"}}".to_owned(),
        ),
        // A batch has messages; other arrays are tables.
        (
            json,
            format!("{{\"messages\":[{{\"mobile\":\"{MOBILE}\"}},{{\"to\":\"{OTHER}\"}}]}}"),
            format!("{{\"messages\":[{{\"mobile\":\"{MOBILE}\"}},{{\"to\":\"{OTHER}\"}}]}}"),
        ),
        (
            json,
            format!("{{\"rows\":[{{\"phone\":\"{MOBILE}\"}},{{\"phone\":\"{OTHER}\"}}]}}"),
            "{\"rows\":[{\"phone\":\"138******00\"},{\"phone\":\"139******00\"}]}".to_owned(),
        ),
        ("text/csv", format!("phone,n\n{MOBILE},1\n"), "phone,n\n138******00,1\n".to_owned()),
        (json, format!("{{\"mobile\":\"{ID}\"}}"), "{\"mobile\":\"1****************8\"}".to_owned()),
    ] {
        assert_eq!(proxy.post(media_type, body.as_bytes()).status(), 200);
        assert_eq!(upstream.only().text(), left);
    }
    // Aliyun's SendSms has all of it in the query.
    let target = format!("/?PhoneNumbers={MOBILE}&TemplateParam=%7B%22phone%22%3A%22{OTHER}%22%7D");
    assert_eq!(proxy.send(&Request::get(&target)).status(), 200);
    let head = upstream.only().head;
    assert!(head.contains(&format!("PhoneNumbers={MOBILE}&")) && !head.contains(OTHER), "{head}");
}

#[test]
fn what_is_observed_leaves_as_it_came_and_is_recorded() {
    let upstream = Upstream::new();
    let until = pii_flow::clock::today().expect("a clock").plus_days(20).expect("a day");
    let observe = format!("[route.observe]\nkinds = [\"mobile_phone\"]\nuntil = {until}\nwhy = \"roll-out\"\n");
    let proxy = Proxy::configured(upstream.address, &format!("{SMS}{observe}"));
    let body = format!("您的手机{MOBILE}，身份证{ID}");
    assert_eq!(proxy.post("text/plain", body.as_bytes()).status(), 200);
    assert_eq!(upstream.only().text(), format!("您的手机{MOBILE}，身份证1****************8"));
    let (_folder, trail) = proxy.ended();
    let records = records(&trail);
    let decision = records.iter().find(|record| record["kind"] == "decision").expect("a decision");
    assert_eq!(decision["verdict"], "observe");
    let observed = decision["items"].as_array().expect("items").iter().find(|item| item["is"] == "mobile_phone");
    assert_eq!(observed.expect("it was found")["reason"], "observed");
}

#[test]
fn an_observation_that_is_over_observes_nothing() {
    let upstream = Upstream::new();
    let observe = "[route.observe]\nuntil = 2020-01-31\nwhy = \"roll-out\"\n";
    let proxy = Proxy::configured(upstream.address, &format!("{SMS}{observe}"));
    assert_eq!(proxy.post("text/plain", format!("手机{MOBILE}").as_bytes()).status(), 200);
    assert_eq!(upstream.only().text(), "手机138******00");
}

#[test]
fn the_route_that_says_most_takes_a_request() {
    let (one, two) = (Upstream::new(), Upstream::new());
    let second = format!(
        "[[route]]\nname = \"push\"\npath = \"/push\"\nhosts = [\"gateway.example\"]\nupstream = \"http://{}/base\"\nchannel = \"push\"\n",
        two.address
    );
    let first = SMS.replace("channel", "path = \"/sms\"\nchannel");
    let proxy = Proxy::configured(one.address, &format!("{first}{second}"));
    assert_eq!(proxy.send(&Request::get("/sms/send")).status(), 200);
    assert!(one.only().head.starts_with("GET /sms/send "));
    assert_eq!(proxy.send(&Request::get("/push?x=1")).status(), 200);
    assert!(two.only().head.starts_with("GET /base/push?x=1 "));
    for nowhere in ["/", "/smsx", "/other"] {
        let answer = proxy.send(&Request::get(nowhere));
        assert_eq!((answer.status(), answer.problem("why").as_str()), (404, "no-route"));
    }
}

#[test]
fn attachments_pass_where_the_route_says_so() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, &format!("{SMS}attachments = [\"application/pdf\"]\n"));
    assert_eq!(proxy.post("application/pdf", b"%PDF-1.7 ...").status(), 200);
    assert_eq!(upstream.only().body, b"%PDF-1.7 ...");
    let part = |media_type: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nContent-Type: {media_type}\r\n\r\n%PDF-1.7\r\n--b--\r\n"
        )
    };
    let multipart = "multipart/form-data; boundary=b";
    assert_eq!(proxy.post(multipart, part("application/pdf").as_bytes()).status(), 200);
    let refused = proxy.post(multipart, part("application/zip").replace("%PDF-1.7", "PK\u{3}\u{4}xx").as_bytes());
    assert_eq!((refused.status(), refused.problem("why").as_str()), (422, "uninspected"));
}

#[test]
fn answers_are_masked_where_the_route_says_so() {
    let body = format!("{{\"idNo\":\"{ID}\"}}");
    let says =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let upstream = Upstream::that(Manner::Says(says.into_bytes()));
    let proxy = Proxy::configured(upstream.address, &format!("{SMS}responses = \"mask\"\n"));
    let answer = proxy.send(&Request::get("/"));
    assert_eq!(String::from_utf8_lossy(&answer.body), "{\"idNo\":\"1****************8\"}");
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    let plain = Proxy::configured(upstream.address, SMS);
    assert_eq!(plain.send(&Request::get("/")).body, body.as_bytes());
}

#[test]
fn a_configuration_is_changed_and_a_bad_one_is_not_taken() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, SMS);
    let file = proxy.folder.path().join("proxy.toml");
    let text = fs::read_to_string(&file).expect("written");
    let reload = |text: &str, told: &str| {
        fs::write(&file, text).expect("written");
        let before = proxy.said().matches(told).count();
        proxy.signal("HUP");
        let begun = Instant::now();
        while proxy.said().matches(told).count() == before {
            assert!(begun.elapsed() < PATIENCE, "{}", proxy.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    reload(&text.replace("channel = \"sms\"", "channel = \"log\""), "another configuration is in force");
    proxy.wait_for("routes changed: sms");
    assert!(!proxy.said().contains("start the proxy again"), "{}", proxy.said());
    assert_eq!(proxy.post("text/plain", format!("手机{MOBILE}").as_bytes()).status(), 200);
    assert_eq!(upstream.only().text(), "手机138****8000");
    reload("[[route]]\nname = 1\n", "the one before stays in force");
    assert_eq!(proxy.post("text/plain", format!("手机{MOBILE}").as_bytes()).status(), 200);
    assert_eq!(upstream.only().text(), "手机138****8000");
    // What takes a restart is told, and is left as it was.
    let other = text.replace("[[listen]]\n", "[[listen]]\nhttp2 = false\n");
    reload(&format!("{other}[limits]\nrequests = 900\n"), "start the proxy again for them");
    assert!(proxy.said().contains("[[listen]], [limits]"), "{}", proxy.said());
}

#[test]
fn what_is_wrong_is_said_with_its_line_before_anything_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = |text: &str| {
        fs::write(folder.path().join("p.toml"), text).expect("written");
        let output = Command::new(env!("CARGO_BIN_EXE_pii-proxy"))
            .args(["--check", "--config", "p.toml"])
            .current_dir(folder.path())
            .output()
            .expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let good = format!("[[listen]]\naddress = \"127.0.0.1:0\"\n{}", SMS.replace("UPSTREAM", "http://127.0.0.1:9"));
    assert_eq!(said(&good).0, Some(0), "{}", said(&good).1);
    // Both spellings of times.
    let times = "[timeouts]\nbody = \"9s\"\nhead = \"9 s\"\nidle = \"2m\"\ndrain = \"1 min\"\n";
    let trail = "[trail]\nfolder = \"t\"\nwitness = \"file:/nowhere\"\nwitness_within = \"2 min\"\n";
    let both = said(&format!("{times}{trail}{good}"));
    assert_eq!(both.0, Some(0), "{}", both.1);
    for (from, to, line, words) in [
        ("channel = \"sms\"", "chanel = \"sms\"", "p.toml:6:", "unknown field `chanel`"),
        ("channel = \"sms\"", "channel = \"smss\"", "p.toml:6: route \"sms\"", "unknown channel"),
        ("http://127.0.0.1:9", "127.0.0.1:9", "p.toml:5:", "https://sms.example.com"),
        ("127.0.0.1:0", "localhost", "p.toml:2:", "127.0.0.1:8080"),
        ("sms-vendor", "13800138000", "p.toml:7:", "at most ten digits"),
        ("name = \"sms\"", "name = \"sms\"\nbody = \"5\"", "p.toml:5:", "512 KiB"),
        ("name = \"sms\"", "name = \"sms\"\nrouting = [\"$.a[\"]", "p.toml:5:", "names no field"),
        ("[[route]]", "[admin]\naddress = \"0.0.0.0:9\"\n[[route]]", "p.toml:4:", "token_file"),
        (
            "[[route]]\nname = \"sms\"",
            "[[route]]\nname = \"sms\"\nobserve = { until = 2099-01-31, why = \"x\" }",
            "p.toml:3: route \"sms\"",
            "30 days at most",
        ),
        (
            "[[route]]\nname = \"sms\"",
            "[[route]]\nname = \"sms\"\nopaque = [{ field = \"a\", kinds = [\"residentid\"] }]",
            "p.toml:5: route \"sms\"",
            "residentid",
        ),
        ("[[route]]", "[timeouts]\nbody = \"2 h\"\n[[route]]", "p.toml:4:", "at most an hour"),
        // Across tables.
        ("[[route]]", "[limits]\nratio = 9\nrequests = 9\n[[route]]", "p.toml:5:", "critical_requests"),
        (
            "[[route]]",
            "[limits]\nconnections = 9\ncritical_connections = 9\n[[route]]",
            "p.toml:5:",
            "critical_connections",
        ),
        ("[[route]]", "[limits]\nmemory = \"70 MiB\"\n[[route]]", "p.toml:4:", "three times its body"),
        ("[[route]]", "[consents]\nstore = \"c.db\"\n[[route]]", "p.toml:3:", "[keyring]"),
        (
            "name = \"sms\"",
            "name = \"sms\"\nconsent = { header = \"X-Who\", kind = \"email\" }",
            "p.toml:3:",
            "[consents]",
        ),
        ("name = \"sms\"", "name = \"sms\"\n\nbody = \"5 MiB\"", "p.toml:6:", "[limits] body"),
        ("name = \"sms\"", "name = \"sms\"\nhealth = { path = \"up\" }", "p.toml:5:", "beginning of a path"),
        ("[[route]]", "[consents]\nstore = \"c.db\"\nclock_is_right = true\n[[route]]", "p.toml:5:", "clock_is_right"),
    ] {
        let (code, told) = said(&good.replace(from, to));
        assert_eq!(code, Some(2), "{to}: {told}");
        assert!(told.contains(line) && told.contains(words), "{to}: {told}");
    }
    assert!(!folder.path().join("pii-proxy-trail").exists());
}

/// A policy that stops messages with an ID.
fn blocking(upstream: &Upstream, more: &str) -> Proxy {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("policy.toml"), "[[rule]]\nkind = \"resident_id\"\naction = \"block\"\n")
        .expect("written");
    let route = SMS.replace("UPSTREAM", &format!("http://{}", upstream.address));
    let text = format!("policy = \"policy.toml\"\n[[listen]]\naddress = \"127.0.0.1:0\"\n{route}{more}");
    fs::write(folder.path().join("proxy.toml"), text).expect("written");
    Proxy::started(folder, &["--config", "proxy.toml"])
}

#[test]
fn a_text_without_variables_goes_in_place_of_what_is_stopped() {
    let upstream = Upstream::new();
    let fallback = "[route.fallback]\nfield = \"content\"\ntext = \"您有重要通知，请登录APP查看\"\n";
    let proxy = blocking(&upstream, fallback);
    let body = format!("{{\"mobile\":\"{MOBILE}\", \"content\":\"您的身份证{ID}\",\"n\":1.50}}");
    assert_eq!(proxy.post("application/json", body.as_bytes()).status(), 200);
    let left = format!("{{\"mobile\":\"{MOBILE}\", \"content\":\"您有重要通知，请登录APP查看\",\"n\":1.50}}");
    assert_eq!(upstream.only().text(), left);
    // Where something else stops it, or the field is not there, it is stopped.
    for body in [format!("{{\"content\":\"{ID}\",\"note\":\"{ID}\"}}"), format!("{{\"text\":\"{ID}\"}}")] {
        let answer = proxy.post("application/json", body.as_bytes());
        assert_eq!((answer.status(), answer.problem("why").as_str()), (422, "found"), "{answer:?}");
    }
    assert!(upstream.came().is_empty());
    let (_folder, trail) = proxy.ended();
    let verdicts: Vec<String> =
        records(&trail).iter().filter_map(|record| record["verdict"].as_str().map(str::to_owned)).collect();
    assert_eq!(verdicts, ["fallback", "block", "block"]);
}

#[test]
fn why_a_message_was_stopped_is_told() {
    let upstream = Upstream::new();
    let proxy = blocking(&upstream, "[admin]\naddress = \"127.0.0.1:0\"\n");
    let answer = proxy.post("application/json", format!("{{\"customer\":{{\"idNo\":\"{ID}\"}}}}").as_bytes());
    let name = answer.header("x-pii-message").expect("a name").to_owned();
    let admin = proxy.said();
    let admin = admin.lines().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        line["fields"]["admin"].as_str().map(str::to_owned)
    });
    let admin = admin.expect("it answers operators");
    let why = |name: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_pii-proxy")).args(["why", name, "--admin", &admin]).output();
        let output = output.expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, told) = why(&name);
    assert_eq!(code, Some(0), "{told}");
    for words in ["$.customer.idNo", "resident_id", "policy.toml:1", &name] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains(ID), "{told}");
    assert_eq!(why("mnobody").0, Some(3));
}

#[test]
fn what_nobody_can_read_takes_a_declaration() {
    let upstream = Upstream::new();
    // Every byte value, shuffled: no text and nothing that is known.
    let noise: Vec<u8> = (0..768_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let sealed = base64(&noise);
    let body = format!("{{\"data\":\"{sealed}\"}}");
    let proxy = Proxy::configured(upstream.address, SMS);
    let answer = proxy.post("application/json", body.as_bytes());
    assert_eq!(
        (answer.status(), answer.problem("why").as_str(), answer.problem("place").as_str()),
        (422, "uninspected", "$.data")
    );
    let opaque = "[[route.opaque]]\nfield = \"data\"\nkinds = [\"uscc\"]\n";
    let declared = Proxy::configured(upstream.address, &format!("{SMS}{opaque}"));
    assert_eq!(declared.post("application/json", body.as_bytes()).status(), 200);
    assert_eq!(upstream.only().text(), body);
    let personal = Proxy::configured(upstream.address, &format!("{SMS}{}", opaque.replace("uscc", "resident_id")));
    let answer = personal.post("application/json", body.as_bytes());
    assert_eq!((answer.status(), answer.problem("why").as_str()), (422, "found"), "the policy lets no ID pass there");
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (triples, rest) = bytes.as_chunks::<3>();
    assert!(rest.is_empty());
    let four = |[a, b, c]: &[u8; 3]| {
        let all = u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c);
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(all >> shift) as usize & 63]))
    };
    triples.iter().flat_map(four).collect()
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, &SMS.replace("channel", "path = \"/sms\"\nchannel"));
    // A path is the route's however it is written.
    assert_eq!(proxy.send(&Request::get("//%73ms/x")).status(), 200);
    assert!(upstream.only().head.starts_with("GET //%73ms/x "));
    for path in ["/sms/../partner", "/sms/%2e%2e/partner", "/sms/./x"] {
        let answer = proxy.send(&Request::get(path));
        assert_eq!((answer.status(), answer.problem("why").as_str()), (400, "path"), "{path}");
    }
    assert!(upstream.came().is_empty());
}

#[test]
fn the_keys_of_webhooks_pass_in_the_query() {
    let upstream = Upstream::new();
    let third_party = SMS.replace("channel = \"sms\"", "channel = \"third_party\"");
    let proxy = Proxy::configured(upstream.address, &third_party);
    let target =
        "/robot/send?access_token=566cc69da782ec33a3c5b4b0a7d1f8e29b0c4d5e6f708192a3b4c5d6e7f80911&mobile=13800138000";
    let message = Request::post(target, b"{}").with("Content-Type", "application/json");
    assert_eq!(proxy.send(&message).status(), 200);
    let head = upstream.only().head;
    assert!(head.contains("566cc69da782ec33") && head.contains("mobile=138******00"), "{head}");
}

#[test]
fn an_empty_post_says_that_it_has_no_body() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, SMS);
    assert_eq!(proxy.send(&Request::post("/?Action=SendSms", b"")).status(), 200);
    assert_eq!(upstream.only().header("content-length"), Some("0"));
}

#[test]
fn a_reload_does_not_bring_a_question_that_nobody_can_answer() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, SMS);
    let file = proxy.folder.path().join("proxy.toml");
    let text = fs::read_to_string(&file).expect("written");
    let asking = format!(
        "{text}\n[route.consent]\nheader = \"X-Who\"\nkind = \"customer_no\"\n[consents]\nstore = \"c.db\"\n[keyring]\npath = \"r\"\nkey_file = \"k\"\n"
    );
    fs::write(&file, asking).expect("written");
    proxy.signal("HUP");
    let begun = Instant::now();
    while !proxy.said().contains("started without a consent store") {
        assert!(begun.elapsed() < PATIENCE, "{}", proxy.said());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(proxy.post("text/plain", b"x").status(), 200);
}

#[test]
fn what_only_seems_to_say_where_a_message_goes_is_masked() {
    let upstream = Upstream::new();
    let push = SMS.replace("channel = \"sms\"", "channel = \"push\"");
    let email = SMS.replace("channel = \"sms\"", "channel = \"email\"");
    for (route, body, personal) in [
        (push.as_str(), "{\"token\":\"6222021234567890128\"}", "6222021234567890128"),
        (&push, "{\"token\":\"Zhang13800138000\"}", MOBILE),
        (SMS, "{\"token\":\"姓名张三\"}", "张三"),
        (&email, "{\"to\":\"a@b.cn\",\"mobile\":\"13800138000\"}", MOBILE),
    ] {
        let proxy = Proxy::configured(upstream.address, route);
        let answer = proxy.post("application/json", body.as_bytes());
        let arrived = if answer.status() == 200 { upstream.only().text() } else { String::new() };
        assert!(!arrived.contains(personal), "{body} {arrived}");
    }
}

#[test]
fn what_is_said_beside_a_body_is_looked_at_too() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, &format!("{SMS}attachments = [\"application/pdf\"]\n"));
    let named = Request::post("/", b"%PDF-1.7").with("Content-Type", &format!("application/pdf; name=\"{ID}.pdf\""));
    assert_eq!(proxy.send(&named).problem("place"), "header content-type");
    // What is no PDF is read as what it is.
    assert_eq!(proxy.post("application/pdf", format!("{{\"idNo\":\"{ID}\"}}").as_bytes()).status(), 200);
    assert_eq!(upstream.only().text(), "{\"idNo\":\"1****************8\"}");
    for body in [
        format!("身份证{ID}").chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>(),
        MOBILE.chars().flat_map(|c| [c as u8, 0]).chain(*b"\0\0\0").collect(),
    ] {
        let before = upstream.came().len();
        let _ = proxy.post("text/plain", &body);
        for came in upstream.came().split_off(before) {
            let text: String =
                came.body.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
            assert!(!text.contains(ID) && !text.contains(MOBILE), "{text}");
        }
    }
    let method = proxy.raw(format!("X{MOBILE} / HTTP/1.1\r\nHost: gateway.example\r\n\r\n").as_bytes());
    assert_eq!(support::Answer::of(&method).status(), 405);
    let before = upstream.came().len();
    let digest = Request::post("/", MOBILE.as_bytes()).with("Content-Type", "text/plain").with("Content-MD5", "AAAA");
    assert_eq!(proxy.send(&digest).status(), 200);
    let came = upstream.came().split_off(before);
    assert!(came[0].header("content-md5").is_none() && came[0].text() == "138******00", "{came:?}");
}
