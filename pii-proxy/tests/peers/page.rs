//! The page of the admin listener in a real browser.

use crate::programs::{python, run, tool};
use crate::support::upstream::Upstream;
use crate::support::{PATIENCE, Proxy, Request};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

const TOKEN: &str = "a-token-of-the-operators";

const ROUTES: &str = "[[route]]\nname = \"sms\"\npath = \"/sms\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\ncritical = true\n\n\
                      [[route]]\nname = \"partner\"\npath = \"/partner\"\nupstream = \"UPSTREAM\"\nchannel = \"third_party\"\n\n\
                      [admin]\naddress = \"127.0.0.1:0\"\n";

/// The address at which operators are answered.
fn page_of(proxy: &Proxy) -> String {
    let begun = Instant::now();
    loop {
        let said = proxy.said();
        let lines = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        if let Some(address) = lines.filter_map(|line| line["fields"]["admin"].as_str().map(str::to_owned)).next() {
            return format!("http://{address}/");
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn browse(what: &str, page: &str, more: &[&str]) {
    let [chromium, driver] = ["chromium", "chromedriver"].map(|name| tool(name).get_program().to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/page.py");
    run(python().arg(script).arg(chromium).arg(driver).args([what, page]).args(more));
}

#[test]
fn a_browser_shows_the_page_and_tries_messages() {
    let upstream = Upstream::new();
    let proxy = Proxy::configured(upstream.address, ROUTES);
    let page = page_of(&proxy);
    let sms = "{\"mobile\":\"13800138000\",\"content\":\"您好\"}".as_bytes();
    for _ in 0..3 {
        let request = Request::post("/sms", sms).with("Content-Type", "application/json");
        assert_eq!(proxy.send(&request).status(), 200);
    }
    let stopped = Request::post("/partner", b"x").with("Content-Type", "application/octet-stream");
    assert_eq!(proxy.send(&stopped).status(), 415);
    browse("open", &page, &[]);
    // What was tried has left nothing behind: not in the log, not in the trail, not at the upstream.
    assert_eq!(upstream.came().len(), 3);
    assert!(!proxy.said().contains("onerror"), "{}", proxy.said());
    let (_folder, trail) = proxy.ended();
    let decisions = fs::read_dir(trail).expect("a trail").filter_map(Result::ok).map(|entry| fs::read(entry.path()));
    let text: Vec<u8> = decisions.filter_map(Result::ok).flatten().collect();
    assert_eq!(
        String::from_utf8_lossy(&text).matches("\"verdict\"").count(),
        4,
        "three that left, one that was stopped"
    );
}

#[test]
fn a_browser_shows_nothing_without_the_token() {
    let upstream = Upstream::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    fs::write(&file, TOKEN).expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
    let proxy = Proxy::configured(upstream.address, &format!("{ROUTES}token_file = {file:?}\n"));
    browse("token", &page_of(&proxy), &[TOKEN]);
}
