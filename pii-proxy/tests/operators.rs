//! What operators ask: whether it is ready, what its figures are, and only those who may.

#![cfg(unix)]

mod support;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use support::upstream::Upstream;
use support::{ADMIN, Answer, PROGRAM, Proxy, Request};

const ROUTE: &str = "[[route]]\nname = \"sms\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\n";

/// With a listener for operators.
fn with_admin(upstream: &Upstream, admin: &str) -> Proxy {
    Proxy::configured(upstream.address, &format!("{ROUTE}{ADMIN}{admin}"))
}

#[test]
fn figures_begin_at_zero_and_count_each_message_once() {
    let upstream = Upstream::new();
    let proxy = with_admin(&upstream, "");
    let count = |outcome: &str| {
        let text = proxy.ask("/metrics", None).text();
        let series = format!("pii_proxy_messages_total{{route=\"sms\",outcome=\"{outcome}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&series).map(str::to_owned));
        line.unwrap_or_else(|| panic!("{outcome}: {text}")).parse::<u64>().expect("a count")
    };
    assert_eq!(["sent", "engine", "leftover", "trail", "found"].map(count), [0; 5]);
    assert_eq!(proxy.post("text/plain", b"13800138000").status(), 200);
    assert_eq!(proxy.send(&Request::get("/110105188702280028")).status(), 422);
    assert_eq!(["sent", "engine", "leftover", "trail", "found"].map(count), [1, 0, 0, 0, 1]);
    let text = proxy.ask("/metrics", None).text();
    for line in [
        "pii_proxy_items_total{route=\"sms\",kind=\"mobile_phone\",action=\"mask\"} 1",
        "pii_proxy_trail_records 1",
        "pii_proxy_in_flight 0",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn whoever_watches_needs_no_token_and_everybody_else_does() {
    let upstream = Upstream::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    fs::write(&file, "a-token-of-the-operators\n").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
    let proxy = with_admin(&upstream, &format!("token_file = {file:?}\n"));
    for path in ["/live", "/ready", "/", "/page.css", "/page.js"] {
        assert_eq!(proxy.ask(path, None).status(), 200, "{path}");
    }
    let denials: Vec<String> = ["/metrics", "/blocks", "/blocks/x", "/routes", "/state", "/try", "/nowhere"]
        .iter()
        .flat_map(|path| [proxy.ask(path, None), proxy.ask(path, Some("another"))])
        .map(|answer| format!("{} {}", answer.status(), answer.text()))
        .collect();
    assert!(denials.iter().all(|denial| denial.starts_with("401") && *denial == denials[0]), "{denials:?}");
    assert_eq!(proxy.ask("/routes", Some("a-token-of-the-operators")).status(), 200);
}

/// Many numbers, a line each, in a body that was coded to a hundredth of them.
fn numbers(count: u32) -> Vec<u8> {
    let text: String = (0..count).map(|nth| format!("手机号139{:08}\n", 12_345_678 + nth % 1000)).collect();
    let codings = pii_formats::coding::Codings::parse(b"gzip").expect("it is known");
    let coded = pii_formats::coding::encode(&codings, text.as_bytes());
    Request::post("/", &coded).with("Content-Type", "text/plain").with("Content-Encoding", "gzip").bytes()
}

#[test]
fn more_findings_than_may_be_and_too_long_a_look_stop_a_message() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, &format!("[limits]\nfindings = 5000\n{ROUTE}"));
    assert_eq!(Answer::of(&proxy.raw(&numbers(4_000))).status(), 200);
    let refused = Answer::of(&proxy.raw(&numbers(6_000)));
    assert_eq!((refused.status(), refused.text().contains("limits.findings")), (413, true), "{}", refused.text());
    let hurried = Proxy::configured(upstream.address, &format!("[timeouts]\ninspect = \"1 ms\"\n{ROUTE}"));
    let refused = Answer::of(&hurried.raw(&numbers(20_000)));
    assert_eq!((refused.status(), refused.text().contains("timeouts.inspect")), (503, true), "{}", refused.text());
    assert_eq!(hurried.post("text/plain", b"hello").status(), 200);
    assert_eq!(upstream.came().len(), 2);
}

#[test]
fn short_messages_do_not_wait_for_long_ones() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, ROUTE);
    let long = numbers(45_000);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..6).map(|_| scope.spawn(|| Answer::of(&proxy.raw(&long)).status())).collect();
        let mut waits = Vec::new();
        while !all.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            let begun = std::time::Instant::now();
            assert_eq!(proxy.post("text/plain", "手机13800138000".as_bytes()).status(), 200);
            waits.push(begun.elapsed());
        }
        let statuses: Vec<u16> = all.into_iter().map(|one| one.join().expect("it asks")).collect();
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        waits.sort_unstable();
        let median = waits[waits.len() / 2];
        assert!(median < std::time::Duration::from_millis(250), "{median:?} of {}", waits.len());
    });
}

#[test]
fn what_is_held_is_bounded_for_coded_bodies_too() {
    let upstream = Upstream::new();
    let limits = "[limits]\nbody = \"1 MiB\"\nmemory = \"4 MiB\"\ncritical_memory = \"512 KiB\"\n";
    let proxy = Proxy::configured(upstream.address, &format!("{limits}{ROUTE}"));
    let text: String =
        (0..25_000).map(|nth: u32| format!("第{}条：行情平稳。\n", nth.wrapping_mul(7_919) % 9_973)).collect();
    let codings = pii_formats::coding::Codings::parse(b"gzip").expect("it is known");
    let coded = pii_formats::coding::encode(&codings, text.as_bytes());
    assert!(coded.len() < text.len() / 3 && text.len() < 1 << 20, "{} of {}", coded.len(), text.len());
    let request =
        Request::post("/", &coded).with("Content-Type", "text/plain").with("Content-Encoding", "gzip").bytes();
    // Whose bodies have not come whole hold room for what has come; of those that have, only so many fit.
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..24).map(|_| scope.spawn(|| Answer::of(&proxy.raw(&request)).status())).collect();
        all.into_iter().map(|one| one.join().expect("it asks")).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert!(statuses.contains(&200), "{statuses:?}");
    assert!(proxy.memory_kib() < 96 << 10, "{} KiB", proxy.memory_kib());
}

#[test]
fn a_length_that_is_only_said_holds_no_memory() {
    let upstream = Upstream::new();
    let limits = "[limits]\nbody = \"1 MiB\"\nmemory = \"4 MiB\"\ncritical_memory = \"512 KiB\"\n";
    let proxy = Proxy::configured(upstream.address, &format!("{limits}{ROUTE}{ADMIN}"));
    let free = proxy.figure("pii_proxy_free_memory_bytes").expect("it is there");
    let head = "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n";
    let mut idle: Vec<_> = (0..8).map(|_| proxy.connect()).collect();
    idle.iter_mut().for_each(|client| client.write_all(head.as_bytes()).expect("written"));
    proxy.wait_until(|| proxy.figure("pii_proxy_in_flight") == Some(8));
    assert_eq!(proxy.figure("pii_proxy_free_memory_bytes"), Some(free));
    assert_eq!(proxy.post("text/plain", &[b'a'; 600 << 10]).status(), 200);
    // What has come is held, in steps.
    idle[0].write_all(&[b'a'; 100]).expect("written");
    proxy.wait_until(|| proxy.figure("pii_proxy_free_memory_bytes") == Some(free - ((3 * 64) << 10)));
}

#[test]
fn what_is_only_observed_says_why() {
    let upstream = Upstream::new();
    let until = pii_flow::clock::today().expect("a clock").plus_days(20).expect("a day");
    let observe = format!("[route.observe]\nuntil = {until}\nwhy = \"roll-out\"\n");
    let proxy = Proxy::configured(upstream.address, &format!("{ROUTE}{observe}{ADMIN}"));
    let routes: serde_json::Value = serde_json::from_str(&proxy.ask("/routes", None).text()).expect("JSON");
    assert_eq!(routes[0]["observes_why"], "roll-out");
    assert_eq!(routes[0]["up"], serde_json::Value::Null, "nobody asks it");
}

/// What `pii-proxy why` prints, and its status.
fn why(arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let mut child = Command::new(PROGRAM)
        .arg("why")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn why_is_told_by_the_log_of_a_proxy_that_has_ended() {
    let upstream = Upstream::new();
    let proxy = with_admin(&upstream, "");
    let stopped = proxy.send(&Request::get("/110105188702280028"));
    let name = stopped.header("x-pii-message").expect("a name").to_owned();
    proxy.post("text/plain", b"13800138000");
    let admin = proxy.ask("/blocks", None);
    assert!(admin.text().contains("\"sent\":\"no\""), "{}", admin.text());
    let (code, running) = why(&[&name, "--admin", &proxy.admin()], "");
    assert_eq!(code, Some(0), "{running}");
    proxy.wait_for(&name);
    let log = proxy.said();
    let (folder, _) = proxy.ended();
    let file = folder.path().join("proxy.log");
    fs::write(&file, &log).expect("written");
    let file = file.to_str().expect("a plain name");
    let (code, ended) = why(&[&name, "--log", file], "");
    assert_eq!(code, Some(0), "{ended}");
    let without_time = |text: &str| text.lines().filter(|line| !line.starts_with("at ")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_time(&running), without_time(&ended));
    for part in ["found       resident_id", "where       path", "left        no", "what to do  "] {
        assert!(ended.contains(part), "{part}: {ended}");
    }
    // As the journal shows it, with a time and a host before each line.
    let journal: String = log.lines().map(|line| format!("Nov 27 21:00:00 gateway pii-proxy[7]: {line}\n")).collect();
    assert_eq!(why(&[&name, "--log", "-"], &journal), (Some(0), ended));
    let (code, said) = why(&["m-nobody", "--log", file], "");
    assert_eq!(code, Some(3));
    assert!(said.contains("m-nobody: no message that is called so was stopped"), "{said}");
}

#[test]
fn a_draft_of_routes_is_learned_from_requests() {
    let upstream = Upstream::new();
    let routes =
        "[[route]]\nname = \"partner\"\npath = \"/partner\"\nupstream = \"UPSTREAM\"\nchannel = \"third_party\"\n";
    let proxy = Proxy::configured(upstream.address, &format!("{routes}{ADMIN}"));
    let admin = proxy.admin();
    let learn = |arguments: &[&str]| {
        let output =
            Command::new(PROGRAM).arg("learn").args(["--admin", &admin]).args(arguments).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, nothing) = learn(&["--minutes", "0"]);
    assert_eq!(code, Some(3));
    assert!(nothing.contains("give --minutes N"), "{nothing}");
    let (code, wrong) = learn(&["--minutes", "61"]);
    assert_eq!((code, wrong.contains("1 to 60 minutes")), (Some(4), true), "{wrong}");

    let mut learning = Command::new(PROGRAM)
        .args(["learn", "--minutes", "1", "--admin", &admin])
        .stdout(Stdio::null())
        .spawn()
        .expect("it runs");
    proxy.wait_for("learns what requests look like");
    let json = |body: &str| Request::post("/partner/orders", body.as_bytes()).with("Content-Type", "application/json");
    for _ in 0..3 {
        let body = "{\"list\":[{\"idNo\":\"110105188702280028\"},{\"idNo\":\"110105188702280028\"}]}";
        assert_eq!(proxy.send(&json(body)).status(), 200);
        let by_header = json("{}").with("X-Customer", "110105188702280028");
        assert_eq!(proxy.send(&by_header).status(), 422);
        assert_eq!(proxy.send(&Request::get("/nowhere/110105188702280028")).status(), 404);
    }
    let (code, draft) = learn(&["--minutes", "0"]);
    learning.kill().expect("it runs");
    learning.wait().expect("it ends");
    assert_eq!(code, Some(0), "{draft}");
    for part in [
        "# Drafted from 9 requests.",
        "# 6 requests: POST application/json",
        "# Route \"partner\" takes them now.",
        "$.list[*].idNo                   resident_id                   6  is masked",
        "header x-customer                resident_id                   3  stops the message",
        "# trusted_headers = [\"x-customer\"]",
        "path     = \"/partner/orders\"",
        "path     = \"/nowhere\"",
    ] {
        assert!(draft.contains(part), "{part}\n{draft}");
    }
    assert!(!draft.contains("110105188702280028") && !draft.contains("188702"), "{draft}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("draft.toml");
    let file_name = file.to_str().expect("a plain name");
    assert_eq!(learn(&["--minutes", "0", "--output", file_name]).0, Some(0));
    assert!(fs::read_to_string(&file).expect("written").contains("/partner/orders"));
    assert_eq!(learn(&["--minutes", "0", "--output", file_name]).0, Some(3), "what is there is not written over");
}
