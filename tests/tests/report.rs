//! The compliance officer's report: its figures are those of what was recorded, and its page holds nothing from elsewhere.

#![cfg(unix)]

#[path = "support/recorded.rs"]
mod recorded;
mod support;

use pii_core::policy::Action;
use pii_store::trail::{Basis, Change, Decision, Ending, Verdict};
use quick_xml::Reader;
use quick_xml::events::Event;
use recorded::{Recorded, decision, item, ledger, name, signing_key, to_bank};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant, SystemTime};
use support::{Folder, amount, engine};

fn report(arguments: &[&str]) -> Output {
    Command::new(engine().binary()).arg("report").args(arguments).output().expect("the command runs")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

fn shown(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn figures(arguments: &[&str]) -> Value {
    let output = report(&[arguments, &["--output", "json"]].concat());
    serde_json::from_str(&shown(&output)).expect("JSON")
}

/// What needs attention, and how much of it.
fn worries(figures: &Value) -> Vec<(&str, u64)> {
    let list = figures["attention"].as_array().expect("a list");
    list.iter().map(|it| (it["what"].as_str().expect("a word"), it["count"].as_u64().expect("a number"))).collect()
}

/// Everything that people should see, in one trail.
fn eventful(folder: &Folder) -> (PathBuf, PathBuf, PathBuf) {
    let (trail, witness) = (folder.path("n1"), folder.path("heads.jsonl"));
    let mut recorded = Recorded::begin(&trail, Some(&witness));
    for _ in 0..3 {
        let items = vec![item("mobile_phone", 2, Action::Mask), item("capital_account", 1, Action::Token)];
        recorded.decided(decision("sms", "sms-a", items), Some(Ending::Sent));
    }
    let weak = pii_store::trail::Item { residual_bits: Some(11), ..item("resident_id", 1, Action::Mask) };
    recorded.decided(decision("sms", "sms-a", vec![weak]), Some(Ending::Refused));
    let weak = pii_store::trail::Item { residual_bits: Some(12), ..item("resident_id", 1, Action::Mask) };
    recorded.decided(decision("sms", "sms-a", vec![weak]), None);
    let mut password = item("password", 1, Action::Block);
    password.reason = Some(name("default.toml:30"));
    let blocked = decision("email", "mail-c", vec![password]);
    recorded.decided(Decision { verdict: Verdict::Block, ..blocked }, None);
    recorded.changed(Change::Granted, 1, 0);
    recorded.changed(Change::Granted, 2, 0);
    recorded.at(100);
    recorded.decided(to_bank(1, Some(Basis::SeparateConsent)), Some(Ending::Sent));
    recorded.decided(to_bank(2, Some(Basis::SeparateConsent)), Some(Ending::Sent));
    recorded.decided(to_bank(3, None), Some(Ending::Sent));
    recorded.at(163);
    recorded.changed(Change::Withdrawn, 1, 160);
    recorded.changed(Change::Withdrawn, 2, 160);
    // The same acts, as the ledger has them beside each record's own entry; and a no, which takes nothing back.
    recorded.changed(Change::Withdrawn, 1, 160);
    recorded.changed(Change::Withdrawn, 2, 160);
    recorded.changed(Change::Refused, 7, 160);
    recorded.at(220);
    // The second one's is sent all the same.
    recorded.decided(to_bank(2, Some(Basis::SeparateConsent)), Some(Ending::Sent));
    let clear = decision("third_party", "credit-d", vec![item("resident_id", 1, Action::Pass)]);
    recorded.decided(clear, Some(Ending::Sent));
    recorded.alarm("witness", false);
    recorded.configured("policy", true);
    recorded.configured("policy", false);
    // A day later.
    recorded.at(86_400);
    recorded.decided(decision("test_data", "uat", vec![item("mobile_phone", 9, Action::Fpe)]), Some(Ending::Sent));
    recorded.close();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let store = ledger(folder.path("consents.db"), recorded::at(now));
    (trail, witness, store)
}

#[test]
fn the_figures_are_those_of_what_was_recorded() {
    let folder = Folder::new();
    let (trail, _, store) = eventful(&folder);
    let figures = figures(&["--trail", text(&trail), "--store", text(&store)]);
    let totals = &figures["totals"];
    let count = |field: &str| totals[field].as_u64().expect("a number");
    let fates = ["messages", "sent", "unconfirmed", "refused", "blocked", "replaced"].map(count);
    assert_eq!(fates, [12, 9, 1, 1, 1, 0]);
    // 3 messages of 3, one of 1 that may have left, 4 of 2 to the bank, 1 in clear, 9 of test data.
    assert_eq!((count("values"), count("values_in_clear")), (28, 1));
    let row = |table: &str, field: &str, name: &str| -> Value {
        let rows = figures[table].as_array().expect("a table");
        rows.iter().find(|row| row[field] == name).cloned().unwrap_or_else(|| panic!("{table} has no {name}"))
    };
    assert_eq!(row("by_channel", "name", "sms")["messages"], 5);
    assert_eq!(row("by_recipient", "name", "bank-b")["title"], "乙银行");
    assert_eq!(row("by_purpose", "name", "trade_notice")["title"], "成交提醒");
    let phone = row("by_kind", "kind", "mobile_phone");
    assert_eq!((&phone["masked"], &phone["encrypted"], &phone["name_zh"]), (&6.into(), &9.into(), &"手机号码".into()));
    let id = row("by_kind", "kind", "resident_id");
    // The refused one was weaker, and did not leave.
    assert_eq!((&id["weakest_bits"], &id["below_floor"], &id["in_clear"]), (&12.into(), &1.into(), &1.into()));
    assert_eq!(row("blocks", "kind", "password")["reason"], "default.toml:30");
    let bank = row("coverage", "recipient", "bank-b");
    assert_eq!((&bank["messages"], &bank["separate_consent"], &bank["no_basis"]), (&4.into(), &3.into(), &1.into()));
    assert_eq!(figures["over_time"]["points"].as_array().map(Vec::len), Some(2), "two days in China");
    let told = &figures["withdrawals"];
    assert_eq!((&told["count"], &told["at_once"], &told["sent_after"]), (&2.into(), &1.into(), &1.into()));
    assert_eq!((&told["longest_after_seconds"], &told["recorded_after_seconds_longest"]), (&60.into(), &3.into()));
    assert_eq!(told["last_sent_before_seconds"], 60);
    let documents = figures["ledger"]["documents"].as_array().expect("a list");
    let states: Vec<_> = documents.iter().map(|it| (it["id"].as_str(), it["state"].as_str())).collect();
    let pair = |id, state| (Some(id), Some(state));
    assert_eq!(states[..2], [pair("pia-2", "expired"), pair("ht-2", "expiring")], "{states:?}");
}

#[test]
fn what_needs_attention_is_said() {
    let folder = Folder::new();
    let (trail, witness, store) = eventful(&folder);
    let trail = text(&trail);
    let all = figures(&["--trail", trail, "--store", text(&store), "--witness", text(&witness)]);
    let worries_of_all = worries(&all);
    for worry in [
        ("sent_after_withdrawal", 1),
        ("in_clear_without_basis", 1),
        ("in_clear_without_assessment", 1),
        ("weak_mask", 1),
        ("without_separate_consent", 1),
        ("alarm_open", 1),
        ("configuration_refused", 1),
        ("unconfirmed", 1),
        ("requests_overdue", 1),
        ("document_over", 1),
        ("document_ending", 1),
        ("no_assessment", 1),
    ] {
        assert!(worries_of_all.contains(&worry), "{worry:?} is not in {worries_of_all:?}");
    }
    let is_none = |what: &str| worries_of_all.iter().all(|(other, _)| *other != what);
    assert!(is_none("trail_faults") && is_none("no_witness") && is_none("no_store") && is_none("not_supervised"));
    let page = shown(&report(&["--trail", trail, "--store", text(&store), "--lang", "zh"]));
    assert!(page.contains("仍依该同意发送了 1 条消息，最晚在其后 1 分。"), "{page}");
    assert!(page.contains("向“乙银行（bank-b）”发送的 1 条消息没有单独同意"), "{page}");
    // What is before the period is not of it.
    let later = figures(&["--trail", trail, "--from", "2026-11-24"]);
    assert_eq!(later["totals"]["messages"], 1);
    assert!(worries(&later).iter().all(|(what, _)| !what.contains("clear") && !what.contains("withdrawal")));
}

#[test]
fn a_trail_that_was_changed_is_said_to_be() {
    let folder = Folder::new();
    let trail = folder.path("n1");
    let recorded = Recorded::begin(&trail, None);
    recorded.decided(decision("sms", "sms-a", vec![item("mobile_phone", 1, Action::Mask)]), Some(Ending::Sent));
    recorded.close();
    let sound = figures(&["--trail", text(&trail)]);
    assert_eq!(sound["trails"][0]["is_sound"], true);
    assert_eq!(worries(&sound), [("no_keys", 1), ("no_witness", 1), ("no_store", 1)]);
    let segment = std::fs::read_dir(&trail).expect("a folder").map(|entry| entry.expect("an entry").path());
    let business = segment.into_iter().find(|path| text(path).contains("business")).expect("a segment");
    let lines = std::fs::read_to_string(&business).expect("text").replace("\"sms-a\"", "\"sms-b\"");
    std::fs::write(&business, lines).expect("written");
    let changed = figures(&["--trail", text(&trail)]);
    assert_eq!(worries(&changed)[0], ("trail_faults", 1));
    assert_eq!(changed["trails"][0]["first_faults"][0]["kind"], "changed");
    assert!(shown(&report(&["--trail", text(&trail)])).contains("记录被改动"));
}

#[test]
fn signatures_are_looked_at_with_the_keys_that_are_given_and_only_then() {
    let folder = Folder::new();
    let trail = folder.path("n1");
    let ((key, printed), (_, other)) = (signing_key(7), signing_key(8));
    let id = key.id().to_string();
    let recorded = Recorded::begin_signed(&trail, None, Some(key));
    recorded.decided(decision("sms", "sms-a", vec![item("mobile_phone", 1, Action::Mask)]), Some(Ending::Sent));
    recorded.alarm("witness", true);
    recorded.close();
    let (right, wrong) = (folder.with("right.pem", &printed), folder.with("wrong.pem", &other));

    let unseen = figures(&["--trail", text(&trail)]);
    assert_eq!((&unseen["keys"], &unseen["trails"][0]["chains"][0]["signed_by"]), (&json!([]), &json!([])));
    assert!(worries(&unseen).contains(&("no_keys", 1)));
    let page = shown(&report(&["--trail", text(&trail), "--lang", "zh"]));
    assert!(page.contains("未提供审计公钥，签名没有核对") && !page.contains(&id), "{page}");

    let with = |keys: &Path| figures(&["--trail", text(&trail), "--keys", text(keys)]);
    let seen = with(&right);
    assert_eq!((&seen["keys"], &seen["trails"][0]["is_sound"]), (&json!([id]), &json!(true)));
    let chains = seen["trails"][0]["chains"].as_array().expect("chains");
    assert_eq!(chains.len(), 2);
    assert!(
        chains.iter().all(|chain| chain["signed_by"] == json!([id]) && chain["signed_through"].is_u64()),
        "{chains:?}"
    );
    let has = |figures: &Value, what: &str| worries(figures).iter().any(|(worry, _)| *worry == what);
    assert!(!has(&seen, "no_keys") && !has(&seen, "signed_by_nobody") && !has(&seen, "trail_faults"));
    for (lang, words) in [("zh", format!("签名已用以下公钥核对（编号）：{id}")), ("en", format!("public keys {id}"))]
    {
        let page = shown(&report(&["--trail", text(&trail), "--keys", text(&right), "--lang", lang]));
        assert!(page.contains(&words) && !page.contains("signatures were not looked at"), "{page}");
    }

    let seen = with(&wrong);
    assert!(has(&seen, "trail_faults") && worries(&seen).contains(&("signed_by_nobody", 2)), "{:?}", worries(&seen));
    assert!(shown(&report(&["--trail", text(&trail), "--keys", text(&wrong)])).contains("无有效签名"));
    let none = report(&["--trail", text(&trail), "--keys", text(&folder.with("empty.pem", ""))]);
    assert_eq!(none.status.code(), Some(3), "a file without keys is none");
}

#[test]
fn what_nobody_read_and_one_time_codes_are_told_for_what_they_are() {
    let folder = Folder::new();
    let trail = folder.path("n1");
    let recorded = Recorded::begin(&trail, None);
    let code = |channel| decision(channel, "sms-a", vec![item("verification_code", 1, Action::Pass)]);
    recorded.decided(code("sms"), Some(Ending::Sent));
    let parts = vec![item("mobile_phone", 1, Action::Mask), item("uninspected_part", 2, Action::Pass)];
    recorded.decided(decision("email", "mail-c", parts.clone()), Some(Ending::Sent));
    recorded.decided(decision("email", "mail-c", parts), Some(Ending::Refused));
    recorded.close();
    let seen = figures(&["--trail", text(&trail)]);
    assert_eq!(worries(&seen)[..1], [("parts_not_read", 1)], "{:?}", worries(&seen));
    assert_eq!((&seen["totals"]["values"], &seen["totals"]["values_in_clear"]), (&2.into(), &1.into()));
    // The same code to somebody else is no message to a person.
    let recorded = Recorded::begin(&trail, None);
    recorded.decided(code("third_party"), Some(Ending::Sent));
    recorded.close();
    let seen = figures(&["--trail", text(&trail)]);
    assert_eq!(worries(&seen)[..2], [("in_clear_without_basis", 1), ("in_clear_without_assessment", 1)]);
}

#[test]
fn a_node_that_ended_in_order_was_not_down() {
    let folder = Folder::new();
    let (trail, heads) = (folder.path("n1"), folder.path("heads.jsonl"));
    let run = |day: u64| {
        let recorded = Recorded::begin_at(&trail, Some(&heads), day * 86_400);
        recorded.decided(decision("sms", "sms-a", vec![item("mobile_phone", 1, Action::Mask)]), Some(Ending::Sent));
        recorded
    };
    run(0).close();
    run(1).close();
    let seen = figures(&["--trail", text(&trail), "--witness", text(&heads)]);
    assert_eq!((&seen["gaps"]["count"], &seen["gaps"]["ended_in_order"]), (&0.into(), &1.into()));
    // One that goes on for hours, and of which nobody hears, was down or cut off.
    let recorded = run(2);
    recorded.at(2 * 86_400 + 7200);
    recorded.alarm("witness", true);
    recorded.close();
    let seen = figures(&["--trail", text(&trail), "--witness", text(&heads)]);
    assert_eq!((&seen["gaps"]["count"], &seen["gaps"]["ended_in_order"]), (&1.into(), &2.into()), "{}", seen["gaps"]);
    assert!(worries(&seen).contains(&("node_down", 1)));
}

#[test]
fn of_a_trail_that_is_gone_nobody_says_that_nothing_is_missing() {
    let folder = Folder::new();
    let (first, second, heads) = (folder.path("n1"), folder.path("n2"), folder.path("heads.jsonl"));
    for trail in [&first, &second] {
        let node = trail.file_name().and_then(std::ffi::OsStr::to_str).expect("a name");
        let recorded = Recorded::begin_node(node, trail, &heads);
        recorded.decided(decision("sms", "sms-a", vec![item("mobile_phone", 1, Action::Mask)]), Some(Ending::Sent));
        recorded.close();
    }
    let whole = ["--trail", text(&first), "--trail", text(&second), "--witness", text(&heads)];
    let is_said = |what: &str, figures: &Value| worries(figures).iter().any(|(worry, _)| *worry == what);
    let seen = figures(&whole);
    assert!(!is_said("trail_not_given", &seen) && !is_said("trail_faults", &seen), "{:?}", worries(&seen));
    assert!(shown(&report(&[&whole[..], &["--lang", "en"]].concat())).contains("Nothing is missing"));

    let one = ["--trail", text(&first), "--witness", text(&heads)];
    let seen = figures(&one);
    assert_eq!(worries(&seen)[0], ("trail_not_given", 1));
    assert_eq!((&seen["attention"][0]["about"], &seen["attention"][0]["level"]), (&json!("n2"), &json!("act")));
    let page = shown(&report(&[&one[..], &["--lang", "en"]].concat()));
    assert!(page.contains("heads of the node n2") && !page.contains("Nothing is missing"), "{page}");

    for file in std::fs::read_dir(&second).expect("a folder") {
        std::fs::remove_file(file.expect("an entry").path()).expect("removed");
    }
    let wiped = report(&whole);
    let said = String::from_utf8_lossy(&wiped.stderr).into_owned();
    assert_eq!(wiped.status.code(), Some(3), "{said}");
    assert!(said.contains("n2: no trail in this folder") && wiped.stdout.is_empty(), "{said}");
}

#[test]
fn a_node_that_was_not_heard_of_again_was_silent_to_the_end_of_the_period() {
    let folder = Folder::new();
    let (trail, heads) = (folder.path("n1"), folder.path("heads.jsonl"));
    let recorded = Recorded::begin(&trail, Some(&heads));
    recorded.decided(decision("sms", "sms-a", vec![item("mobile_phone", 1, Action::Mask)]), Some(Ending::Sent));
    recorded.at(86_400);
    recorded.alarm("consent_store", false);
    recorded.close();
    // The heads of its end never came, so the last ones are of the day before.
    let kept = std::fs::read_to_string(&heads).expect("heads").replace("2026-11-24T", "2026-11-23T");
    let heads = folder.with("first-day.jsonl", &kept);
    let of = |day| ["--trail", text(&trail), "--witness", text(&heads), "--from", day, "--to", day];
    let has_begun = SystemTime::now() > SystemTime::UNIX_EPOCH + Duration::from_secs(recorded::TEN_O_CLOCK + 6 * 3600);
    let seen = figures(&of("2026-11-24"));
    assert_eq!(seen["gaps"]["count"], u64::from(has_begun), "{}", seen["gaps"]);
    assert!(!shown(&report(&[&of("2026-11-24")[..], &["--lang", "en"]].concat())).contains("No node was silent"));
    assert!(worries(&seen).contains(&("alarm_open", 1)), "{:?}", worries(&seen));
    assert!(worries(&figures(&of("2026-11-25"))).iter().all(|(what, _)| *what != "alarm_open"), "its writer has ended");
}

/// How long a large trail takes: `--ignored --nocapture`, with RECORDS.
#[test]
#[ignore = "a figure, by hand"]
#[allow(clippy::print_stderr, reason = "a figure to be read with --nocapture")]
fn a_large_trail_is_read_in_seconds() {
    let folder = Folder::new();
    let trail = folder.path("n1");
    let recorded = Recorded::begin_signed(&trail, None, Some(signing_key(7).0));
    let messages = amount("RECORDS", 200_000) / 2;
    let one = |n: usize| {
        let items = vec![item("mobile_phone", 1, Action::Mask), item("person_name", 1, Action::Mask)];
        decision(["sms", "email", "push"][n % 3], ["sms-a", "mail-c"][n % 2], items)
    };
    recorded.decided_many((0..messages).map(one));
    recorded.close();
    let bytes: u64 =
        std::fs::read_dir(&trail).expect("a folder").flatten().map(|it| it.metadata().expect("there").len()).sum();
    for _ in 0..3 {
        let begun = Instant::now();
        let figures = figures(&["--trail", text(&trail)]);
        assert_eq!(figures["totals"]["sent"], messages);
        eprintln!("{} records, {} MB: {:?}", 2 * messages, bytes >> 20, begun.elapsed());
    }
}

/// The text of a page, with its elements seen to be closed.
fn read(page: &str) -> String {
    let mut reader = Reader::from_str(page);
    let mut text = String::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("at {}: {error}", reader.error_position())) {
            Event::Eof => return text,
            Event::Text(content) => text.push_str(&content.decode().expect("UTF-8")),
            Event::Start(element) | Event::Empty(element) => {
                let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
                assert!(!["script", "link", "img", "iframe", "object"].contains(&name.as_str()), "<{name}>");
                for attribute in element.attributes() {
                    let attribute = attribute.expect("an attribute as XML has them");
                    let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                    assert!(!key.starts_with("on") && key != "src" && key != "href", "{key} in <{name}>");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn a_page_is_whole_and_asks_for_nothing_from_elsewhere() {
    let folder = Folder::new();
    let (trail, witness, store) = eventful(&folder);
    let out = folder.path("report.html");
    let firm = "甲证券<script>alert(1)</script>";
    let arguments = ["--trail", text(&trail), "--store", text(&store), "--witness", text(&witness)];
    shown(&report(&[&arguments[..], &["--firm", firm, "-o", text(&out)]].concat()));
    let page = std::fs::read_to_string(&out).expect("a page");
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("url("), "nothing is fetched");
    let seen = read(&page);
    for wanted in ["投资者个人信息外发合规报告", "乙银行（bank-b）", "手机号码", "第三十三条", "Art. 33", "bank-b"]
    {
        assert!(seen.contains(wanted), "{wanted} is missing");
    }
    assert!(page.contains("lang=\"zh-CN\"") && page.contains("lang=\"en\""));
    for digest in ["0101010101", "0202020202"] {
        assert!(!page.contains(digest), "no digest of a person");
    }
    let chinese = read(&shown(&report(&[&arguments[..], &["--lang", "zh"]].concat())));
    let content = chinese.split_once("</style>").map_or(chinese.as_str(), |(_, content)| content);
    for word in ["message", "recipient", "consent", "record", "class"] {
        let plain = content.split_once("摘要").expect("a summary").1;
        assert!(!plain.contains(word), "{word} stands in the Chinese text");
    }
}

#[test]
fn a_period_without_records_is_a_page_that_says_so() {
    let folder = Folder::new();
    let trail = folder.path("n1");
    let recorded = Recorded::begin(&trail, None);
    let empty = report(&["--trail", text(&trail)]);
    assert_eq!(empty.status.code(), Some(3), "nothing at all is no trail in which nothing left");
    recorded.configured("policy", true);
    recorded.close();
    let page = shown(&report(&["--trail", text(&trail)]));
    assert!(read(&page).contains("本期没有外发记录"));
    assert!(page.contains("Nothing was recorded as leaving"));
    let missing = report(&["--trail", text(&folder.path("nowhere"))]);
    assert_eq!(missing.status.code(), Some(3));
    let turned = report(&["--trail", text(&trail), "--from", "2026-02-01", "--to", "2026-01-01"]);
    assert_eq!(turned.status.code(), Some(2));
}
