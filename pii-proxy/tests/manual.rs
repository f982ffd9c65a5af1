//! The manuals and the alert rules name what there is: each word of an answer with its status, each figure, each key of the
//! configuration, and each alert has its section.

use pii_core::Kind;
use pii_core::policy::Action;
use pii_proxy::capacity::Capacity;
use pii_proxy::config::{Config, Limits, Scope};
use pii_proxy::local::{Endpoint, What};
use pii_proxy::metrics::{Metrics, Phase};
use pii_proxy::refused::Refused;
use pii_proxy::stop::Why;
use pii_proxy::upstream::Reason;
use pii_store::trail::{Ending, Health, Item, Name};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

const MANUALS: [&str; 2] = ["docs/proxy.md", "docs/proxy.zh-CN.md"];
const LOCAL: [&str; 2] = ["docs/local-api.md", "docs/local-api.zh-CN.md"];
const OPERATIONS: [&str; 2] = ["docs/operations.md", "docs/operations.zh-CN.md"];
const ALERTS: &str = "packaging/alerts.yml";

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).expect("it is there")
}

/// The words of a text that are the names of figures.
fn figures_in(text: &str) -> BTreeSet<String> {
    let is_of_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let starts = text.match_indices("pii_proxy_").map(|(at, _)| at);
    starts.map(|at| text[at..].chars().take_while(|c| is_of_name(*c)).collect()).collect()
}

/// The figures of a proxy in which everything has happened once. A histogram has one name.
fn figures() -> BTreeSet<String> {
    let metrics = Metrics::default();
    let route = Name::new("sms").expect("a name");
    let kind = Kind::new("mobile_phone").expect("a kind");
    let item = Item { kind, count: 1, action: Action::Mask, profile: None, residual_bits: None, reason: None };
    metrics.ended(&route, Ending::Sent);
    metrics.found(&route, &[item]);
    metrics.took(Phase::Decide, Duration::from_millis(1));
    metrics.reloaded(true);
    metrics.upstreams([(&route, true)]);
    metrics.upstream_failed(&route, Reason::Refused);
    metrics.refused(Refused::Tls);
    metrics.asked(&Name::new("signer").expect("a name"), "/v1/mask", hyper::StatusCode::OK);
    metrics.denied();
    let health = Health { stopped: None, stalled_for: None, awaits_witness: false, witness: None };
    let told = metrics.text(&Capacity::new(&Limits::default()), &health, true);
    let samples: String = told.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let plain =
        |name: &String| ["_bucket", "_sum", "_count"].iter().fold(name.clone(), |name, end| name.replace(end, ""));
    figures_in(&samples).iter().map(plain).collect()
}

/// The keys that a table of the configuration may have, as the error tells that meets another one.
fn keys_of(table: &str) -> Vec<String> {
    let listen = "[[listen]]\naddress = \"127.0.0.1:0\"\n";
    let route = "[[route]]\nname = \"a\"\nupstream = \"http://127.0.0.1:1\"\nchannel = \"sms\"\n";
    let text = match table {
        "" => format!("nonsense = 1\n{listen}{route}"),
        "[[route]]" => format!("{listen}{route}nonsense = 1\n"),
        "[[listen]]" => format!("{listen}nonsense = 1\n{route}"),
        table => format!("{listen}{route}{table}\nnonsense = 1\n"),
    };
    let error = Config::parse("p.toml", &text).map(|_| ()).expect_err("it has a key that nobody knows").to_string();
    let (_, expected) = error.split_once("expected ").unwrap_or_else(|| panic!("{table}: {error}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn each_word_of_an_answer_is_told_with_its_status() {
    for manual in MANUALS {
        let text = text(manual);
        for why in Why::ALL {
            let row = format!("| `{}` | {} | ", why.word(), why.status().as_u16());
            assert_eq!(text.matches(&row).count(), 1, "{manual}: {row}");
        }
    }
}

#[test]
fn each_word_of_the_local_api_is_told_with_its_status() {
    for manual in LOCAL {
        let text = text(manual);
        for what in What::ALL {
            let row = format!("| `{}` | {} | ", what.word(), what.status().as_u16());
            assert_eq!(text.matches(&row).count(), 1, "{manual}: {row}");
        }
        for endpoint in Endpoint::ALL {
            let told = format!("`{} {}`", endpoint.method(), endpoint.path());
            assert!(text.contains(&told), "{manual}: {told}");
        }
        for scope in Scope::ALL {
            assert!(text.contains(&format!("| `{}` |", scope.word())), "{manual}: {scope:?}");
        }
    }
}

#[test]
fn each_figure_is_told_and_no_other() {
    let figures = figures();
    assert!(figures.len() > 10, "{figures:?}");
    for manual in MANUALS {
        assert_eq!(figures_in(&text(manual)), figures, "{manual}");
    }
    for path in [ALERTS, OPERATIONS[0], OPERATIONS[1]] {
        let named: BTreeSet<String> = figures_in(&text(path)).iter().map(|name| name.replace("_bucket", "")).collect();
        assert!(!named.is_empty(), "{path}");
        assert_eq!(named.difference(&figures).collect::<Vec<_>>(), Vec::<&String>::new(), "{path}");
    }
}

#[test]
fn each_key_of_the_configuration_is_told() {
    let tables = [
        "",
        "[[listen]]",
        "[admin]",
        "[local]",
        "[[local.caller]]",
        "[limits]",
        "[timeouts]",
        "[changes]",
        "[traces]",
        "[forward]",
        "[[forward.pass]]",
        "[[route]]",
        "[route.observe]",
        "[route.consent]",
        "[route.health]",
        "[route.sign]",
    ];
    let keys: Vec<(&str, String)> =
        tables.iter().flat_map(|table| keys_of(table).into_iter().map(move |key| (*table, key))).collect();
    assert!(keys.len() > 40, "{keys:?}");
    for manual in MANUALS {
        let text = text(manual);
        for (table, key) in &keys {
            let told = [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`"), format!("`{key}.")];
            let is_told = told.iter().any(|told| text.contains(told));
            assert!(is_told, "{manual}: {table} {key}");
        }
    }
}

#[test]
fn each_alert_has_its_section() {
    let alerts = text(ALERTS);
    let names: Vec<&str> = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let anchors: Vec<&str> =
        alerts.lines().filter_map(|line| line.trim().strip_prefix("runbook: docs/operations.md#")).collect();
    assert!(names.len() > 8 && names.len() == anchors.len(), "{names:?} {anchors:?}");
    for operations in OPERATIONS {
        let text = text(operations);
        for (name, anchor) in names.iter().zip(&anchors) {
            assert!(text.contains(&format!("<a id=\"{anchor}\"></a>")), "{operations}: {anchor}");
            assert!(text.contains(name), "{operations}: {name}");
        }
    }
}
