//! `pii policy` as an operator meets it: purposes and what is beyond them, messages explained, tests that say in which direction
//! an output differs, and two policies held against each other.

#![cfg(unix)]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::{Folder, engine};

const MOBILE: &str = "13800138000";
const ID: &str = "440524188001010014";
const CARD: &str = "6228480000000000216";

const PURPOSES: &str = r#"
[[purpose]]
code = "trade_notice"
text = "成交提醒"
service = "证券经纪"
necessary = true
kinds = ["mobile_phone", "person_name"]
methods = ["use", "transmit"]
retention = "20 years"

[[purpose]]
code = "marketing"
text = "产品推介"
service = "产品推介"
necessary = false
kinds = "person_name"
methods = "use"
retention = "1 year"
out_of_scope = "block"
"#;

const PASSES_PHONES: &str = "[[rule]]\nkind = \"mobile_phone\"\naction = \"pass\"\n";

fn run(folder: &Folder, line: &str) -> Output {
    let mut command = Command::new(engine().binary());
    command.current_dir(folder.root()).args(line.split_whitespace()).stdin(Stdio::null()).output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// Neither way holds a value.
fn shows_no_value(output: &Output) {
    let all = out(output) + &told(output);
    assert!(![MOBILE, ID, CARD].iter().any(|value| all.contains(value)), "{all}");
}

fn message() -> String {
    format!("{{\"name\":\"张三\",\"mobile\":\"{MOBILE}\",\"idNo\":\"{ID}\",\"bankCard\":\"{CARD}\"}}\n")
}

#[test]
fn what_a_purpose_does_not_take_is_masked_and_counted() {
    let folder = Folder::new();
    folder.with("p.toml", &format!("{PURPOSES}{PASSES_PHONES}"));
    folder.with("a.json", &message());
    let masked = run(&folder, "mask a.json --policy p.toml --purpose trade_notice --report r.json --explain");
    assert_eq!(masked.status.code(), Some(0), "{}", told(&masked));
    assert!(out(&masked).contains(MOBILE) && !out(&masked).contains(ID), "the purpose takes the one");
    let beyond = "resident_id at $.idNo: mask: ";
    let reason = "mask; out of scope of purpose trade_notice (Order 218 Art. 31 ¶1, PIPL Art. 6): mask strict";
    assert!(told(&masked).lines().any(|line| line.contains(beyond) && line.contains(reason)), "{}", told(&masked));
    let report = fs::read_to_string(folder.path("r.json")).expect("the report");
    let counts = report.split("\"out_of_scope\": {").nth(1).and_then(|rest| rest.split('}').next()).expect("counts");
    let counts: String = counts.split_whitespace().collect();
    assert_eq!(counts, "\"bank_card\":1,\"resident_id\":1");

    // A purpose that has the message stopped, and one that does not take what a rule would pass.
    let blocked = run(&folder, "mask a.json --policy p.toml --purpose marketing");
    assert_eq!(blocked.status.code(), Some(4), "{}", told(&blocked));
    shows_no_value(&blocked);
    let misspelt = run(&folder, "mask a.json --policy p.toml --purpose trade_notise");
    assert_eq!((misspelt.status.code(), out(&misspelt)), (Some(2), String::new()));
    let words = "pii: unknown purpose \"trade_notise\": write \"trade_notice\", or another of trade_notice, marketing";
    assert!(told(&misspelt).starts_with(words), "{}", told(&misspelt));
    // One that is required, and missing.
    folder.with("strict.toml", &format!("[defaults]\npurpose = \"required\"\n{PURPOSES}{PASSES_PHONES}"));
    let unnamed = run(&folder, "mask a.json --policy strict.toml");
    assert_eq!((unnamed.status.code(), out(&unnamed)), (Some(2), String::new()));
    assert!(told(&unnamed).contains("requires that each flow names its purpose: write one of trade_notice, marketing"));
    assert!(out(&run(&folder, "mask a.json --policy strict.toml --purpose trade_notice")).contains(MOBILE));
    // Where none are declared, a purpose is a name in rules.
    folder.with("none.toml", PASSES_PHONES);
    assert!(out(&run(&folder, "mask a.json --policy none.toml --purpose marketing")).contains(MOBILE));
}

#[test]
fn check_tells_the_purposes_and_what_is_odd_about_them() {
    let folder = Folder::new();
    folder.with("p.toml", PURPOSES);
    let good = run(&folder, "policy check p.toml");
    assert_eq!((good.status.code(), told(&good)), (Some(0), String::new()));
    assert_eq!(
        out(&good),
        "purpose trade_notice: necessary for 证券经纪; use, transmit, kept for 20 years; mobile_phone, person_name; what is \
         beyond it is masked\n\
         purpose marketing: not necessary for 产品推介; use, kept for 1 year; person_name; what is beyond it stops the message\n\
         9 rules, 2 purposes, 0 exemptions, 0 warnings\n"
    );
    let odd = PURPOSES.replace("\"20 years\"", "\"30 years\"").replace("\"person_name\"\nmethods", "\"face\"\nmethods");
    folder.with("odd.toml", &odd.replace("\"face\"", "[\"password\"]"));
    let odd = run(&folder, "policy check odd.toml");
    assert_eq!(odd.status.code(), Some(0));
    assert!(
        told(&odd).contains("warning: odd.toml:2: the purpose \"trade_notice\" keeps data for 30 years"),
        "{}",
        told(&odd)
    );
    assert!(
        told(&odd).contains("warning: odd.toml:11: the purpose \"marketing\" takes class 4 (password)"),
        "{}",
        told(&odd)
    );
    folder.with("wrong.toml", &PURPOSES.replace("mobile_phone", "mobile_fone"));
    let wrong = run(&folder, "policy check wrong.toml");
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(told(&wrong), "pii: wrong.toml:7: unknown kind \"mobile_fone\": write \"mobile_phone\"\n");
}

#[test]
fn explain_says_what_the_purpose_has_to_do_with_it() {
    let folder = Folder::new();
    folder.with("p.toml", &format!("{PURPOSES}{PASSES_PHONES}"));
    let explain = |rest: &str| out(&run(&folder, &format!("policy explain --policy p.toml {rest}")));
    let beyond = explain("mobile_phone --purpose marketing");
    assert!(beyond.contains("p.toml:20: would decide (pass), but for the purpose\n"), "{beyond}");
    assert!(beyond.contains("p.toml:11: mobile_phone is out of scope of purpose marketing (Order 218"), "{beyond}");
    assert!(beyond.ends_with("third_party: does not leave, and neither does the message that holds it\n"), "{beyond}");
    let within = explain("mobile_phone --purpose trade_notice");
    assert!(within.contains("p.toml:20: decides\np.toml:2: purpose trade_notice takes mobile_phone\n"), "{within}");
    assert!(explain("uscc --purpose marketing").contains("no personal information, so no purpose limits it"));
    assert!(!explain("mobile_phone").contains("purpose"));
}

#[test]
fn a_message_is_explained_without_a_value() {
    let folder = Folder::new();
    folder.with("p.toml", &format!("{PURPOSES}{PASSES_PHONES}"));
    folder.with("a.json", &message());
    let explained = run(&folder, "policy explain --file a.json --policy p.toml --channel sms --purpose trade_notice");
    assert_eq!(explained.status.code(), Some(0), "{}", told(&explained));
    shows_no_value(&explained);
    let text = out(&explained);
    assert!(text.contains("a.json:1: mobile_phone (class 2) at $.mobile (bytes 27-38): passes in clear\n"), "{text}");
    assert!(text.contains("p.toml:20: pass\n"), "{text}");
    assert!(
        text.contains("out of scope of purpose trade_notice (Order 218 Art. 31 ¶1, PIPL Art. 6): mask strict"),
        "{text}"
    );
    let last =
        "4 findings: mask 3, pass 1; on sms for trade_notice, which takes mobile_phone, person_name; 2 out of scope\n";
    assert!(text.ends_with(last), "{text}");
    // What is blocked, and what takes a key that nobody has, is explained like anything else.
    let blocked = run(&folder, "policy explain --file a.json --policy p.toml --purpose marketing");
    assert_eq!(blocked.status.code(), Some(0), "{}", told(&blocked));
    assert!(
        out(&blocked).ends_with("3 out of scope, which stops the message; the message does not leave\n"),
        "{}",
        out(&blocked)
    );
    let keyed = out(&run(&folder, "policy explain --file a.json --channel test_data"));
    assert!(keyed.contains("becomes another value of the same format, encrypted"), "{keyed}");
    assert_eq!(run(&folder, "policy explain").status.code(), Some(2));
    assert_eq!(run(&folder, "policy explain mobile_phone --file a.json").status.code(), Some(2));
    assert_eq!(run(&folder, "policy explain --file none.json").status.code(), Some(3));
}

/// Three folders, each with a flow of its own.
fn cases() -> Folder {
    let folder = Folder::new();
    folder.with("p.toml", &format!("{PURPOSES}{PASSES_PHONES}"));
    folder.with("t/plain.in.txt", &format!("手机{MOBILE}，身份证{ID}\n"));
    folder.with("t/plain.out.txt", &format!("手机{MOBILE}，身份证4****************4\n"));
    folder.with("t/log/flow.toml", "channel = \"log\"\n");
    folder.with("t/log/a.in.txt", &format!("身份证{ID}\n"));
    folder.with("t/log/a.out.txt", "身份证**************0014\n");
    folder.with("t/log/notice/flow.toml", "purpose = \"trade_notice\"\n");
    folder.with("t/log/notice/a.in.txt", &format!("身份证{ID}\n"));
    folder.with("t/log/notice/a.out.txt", "身份证4****************4\n");
    folder.with("t/marketing/flow.toml", "channel = \"sms\"\npurpose = \"marketing\"\n");
    folder.with("t/marketing/a.in.json", &message());
    folder.with("t/marketing/a.blocked.json", "");
    folder
}

#[test]
fn one_test_runs_many_flows() {
    let folder = cases();
    let test = || run(&folder, "policy test t --policy p.toml");
    let all = test();
    assert_eq!((out(&all), told(&all)), ("4 inputs: all as expected\n".to_owned(), String::new()));
    for (name, content, words) in [
        ("t/log/flow.toml", "channel = \"logs\"\n", "pii: t/log/flow.toml: unknown channel \"logs\": write \"log\""),
        ("t/log/flow.toml", "chanel = \"log\"\n", "pii: t/log/flow.toml:1: unknown field `chanel`"),
        (
            "t/marketing/flow.toml",
            "purpose = \"markting\"\n",
            "pii: t/marketing/flow.toml: unknown purpose \"markting\"",
        ),
    ] {
        let before = fs::read(folder.path(name)).expect("it is there");
        folder.with(name, content);
        let wrong = test();
        assert_eq!(wrong.status.code(), Some(2), "{}", told(&wrong));
        assert!(told(&wrong).starts_with(words), "{}", told(&wrong));
        fs::write(folder.path(name), before).expect("as it was");
    }
}

#[test]
fn a_test_says_in_which_direction_an_output_differs() {
    let folder = cases();
    let expect = |name: &str, content: &str| folder.with(name, content);
    let test = |summary: &str, words: &[&str]| {
        let output = run(&folder, "policy test t --policy p.toml");
        assert_eq!(output.status.code(), Some(4), "{}", told(&output));
        shows_no_value(&output);
        let text = told(&output);
        assert!(text.starts_with(&format!("pii: {summary}\n")), "{text}");
        words.iter().for_each(|words| assert!(text.contains(words), "{words}: {text}"));
    };
    // A number that a rule passes, and a name that nothing finds.
    expect("t/plain.out.txt", "手机138******00，身份证4****************4\n");
    test(
        "1 of 4 inputs differ: 1 left in clear",
        &[
            "t/plain.in.txt:1: left in clear, expected to be masked: mobile_phone at bytes 6-17: ",
            "; p.toml:20: pass\n",
        ],
    );
    expect("t/plain.in.txt", &format!("手机{MOBILE}，暗号天王盖地虎\n"));
    expect("t/plain.out.txt", &format!("手机{MOBILE}，暗号***\n"));
    test(
        "1 of 4 inputs differ: 1 left in clear",
        &["t/plain.in.txt:1: left in clear, expected to be masked: bytes 26-41: nothing is found there\n"],
    );
    // A number that was to stay, and one that was to show more.
    expect("t/plain.in.txt", &format!("手机{MOBILE}\n身份证{ID}\n"));
    expect("t/plain.out.txt", &format!("手机{MOBILE}\n身份证{ID}\n"));
    expect("t/log/a.out.txt", "身份证4****************4\n");
    test(
        "2 of 4 inputs differ: 1 changed needlessly, 1 changed otherwise",
        &[
            "t/plain.in.txt:2: changed needlessly, expected to stay: resident_id at bytes 27-45: ",
            "t/log/a.in.txt:1: changed into something else than expected: resident_id at bytes 9-27: ",
        ],
    );
}

#[test]
fn a_test_expects_messages_to_be_blocked() {
    let folder = cases();
    fs::rename(folder.path("t/marketing/a.blocked.json"), folder.path("t/marketing/a.out.json")).expect("renamed");
    folder.with("t/plain.blocked.txt", "");
    let output = run(&folder, "policy test t --policy p.toml");
    assert_eq!(output.status.code(), Some(4));
    let text = told(&output);
    assert!(text.starts_with("pii: 2 of 4 inputs differ: 1 left in clear, 1 changed needlessly\n"), "{text}");
    assert!(text.contains("t/plain.in.txt:1: left in clear, expected to be masked: the message leaves"), "{text}");
    assert!(text.contains("a.in.json:1: changed needlessly, expected to stay: the message is blocked"), "{text}");
    shows_no_value(&output);
}

fn differ(folder: &Folder, old: &str, new: &str, rest: &str) -> Output {
    folder.with("old.toml", old);
    folder.with("new.toml", new);
    folder.with("in/a.json", &message());
    let output = run(folder, &format!("policy diff old.toml new.toml in {rest}"));
    shows_no_value(&output);
    output
}

#[test]
fn policies_that_say_the_same_do_not_differ() {
    let folder = Folder::new();
    let same = differ(&folder, "", "# nothing\n[[rule]]\nclass = 4\naction = \"drop\"\n", "--fail");
    assert_eq!((same.status.code(), told(&same)), (Some(0), String::new()));
    assert_eq!(out(&same), "24 decisions on 6 ways out: nothing changes\n");
    assert_eq!(out(&differ(&folder, "", "", "--output json")), "");
}

#[test]
fn what_would_be_less_protected_is_told_loudly() {
    let folder = Folder::new();
    let worse = differ(&folder, "", PASSES_PHONES, "--channel sms");
    assert_eq!(worse.status.code(), Some(0));
    let text = out(&worse);
    assert!(text.contains("LESS PROTECTED: mobile_phone on sms: mask strict → pass\n"), "{text}");
    assert!(
        text.contains("  in/a.json:1: mobile_phone at $.mobile (bytes 27-38): default.toml:21 → new.toml:1\n"),
        "{text}"
    );
    assert!(text.ends_with("4 decisions on 1 way out: 1 less protected\n"), "{text}");
    assert_eq!(differ(&folder, "", PASSES_PHONES, "--channel sms --fail").status.code(), Some(1));
    let better = differ(&folder, PASSES_PHONES, "", "--channel sms --fail");
    assert_eq!(better.status.code(), Some(0), "what is more protected is no reason to fail");
    assert!(out(&better).ends_with("4 decisions on 1 way out: 1 more protected\n") && !out(&better).contains("LESS"));

    // Masks of one action, values that are nobody's, and what encryption keeps. Of a mobile number two profiles show the same.
    let rule = |text: &str| format!("[[rule]]\nkind = [\"resident_id\", \"mobile_phone\"]\n{text}\n");
    let exempt = format!("[[exempt]]\npattern = \"{CARD}\"\nowner = \"it\"\nwhy = \"a test\"\nexpires = 9999-12-31\n");
    let keep = |parts: &str| rule(&format!("action = \"fpe\"\nkeep = {parts}"));
    for (old, new, sentence) in [
        (String::new(), rule("action = \"mask\"\nprofile = \"lenient\""), "1 less protected"),
        (rule("action = \"mask\"\nprofile = \"lenient\""), String::new(), "1 more protected"),
        (String::new(), exempt.clone(), "1 less protected"),
        (rule("action = \"drop\""), rule("action = \"hash\""), "2 less protected"),
        (rule("action = \"hash\""), rule("action = \"block\""), "2 more protected"),
        (rule("action = \"seal\""), rule("action = \"hash\""), "2 otherwise"),
        (String::new(), rule("action = \"mask\"\nprofile = \"usual\"\nshape = \"char:×\""), "2 otherwise"),
        (keep("[\"sex\"]"), keep("[\"sex\", \"region\"]"), "2 less protected"),
        (keep("[\"sex\", \"region\"]"), keep("[\"sex\"]"), "2 more protected"),
    ] {
        let text = out(&differ(&folder, &old, &new, "--channel log"));
        assert!(text.ends_with(&format!("4 decisions on 1 way out: {sentence}\n")), "{old} → {new}: {text}");
    }
    let text = out(&differ(&folder, "", &exempt, "--channel sms"));
    assert!(text.contains("bank_card on sms: mask strict → exempt\n"), "{text}");
}

#[test]
fn all_ways_that_either_policy_names_are_compared() {
    let folder = Folder::new();
    let cleared = "[[channel]]\nname = \"wecom\"\nlike = \"third_party\"\n[[rule]]\nrecipient = \"credit.example.com\"\n\
                   purpose = \"identity_check\"\nkind = \"resident_id\"\nfield = \"$.idNo\"\naction = \"pass\"\n\
                   basis = \"an article\"\nassessment = \"PIA-1\"\nexpires = 9999-12-31\n";
    let json = out(&differ(&folder, "", cleared, "--output json"));
    let channels = ["email", "log", "push", "sms", "test_data", "third_party", "wecom"];
    assert_eq!(json.lines().count(), channels.len(), "{json}");
    for (line, channel) in json.lines().zip(channels) {
        let told = format!(
            "\"kind\":\"resident_id\",\"class\":3,\"path\":\"$.idNo\",\"channel\":\"{channel}\",\"recipient\":\
             \"credit.example.com\",\"purpose\":\"identity_check\",\"change\":\"less protected\","
        );
        assert!(line.contains(&told) && line.contains("\"new\":\"pass\""), "{line}");
        assert!(line.starts_with("{\"file\":\"in/a.json\",\"line\":1,\"start\":48,\"end\":66,"), "{line}");
    }
    // A purpose that is declared now: what is beyond it is masked more strictly, or stops the message.
    let text = out(&differ(&folder, PASSES_PHONES, &format!("{PURPOSES}{PASSES_PHONES}"), "--channel sms"));
    assert!(text.contains("block, out of scope"), "{text}");
    assert!(text.ends_with("12 decisions on 3 ways out: 3 more protected\n"), "{text}");
    for wrong in ["--channel wecmo", "--purpose markting"] {
        let refused = differ(&folder, PURPOSES, "", wrong);
        assert_eq!(refused.status.code(), Some(2), "{}", out(&refused));
    }
    // One input that cannot be read does not hide the others.
    folder.with("in/b.json", "{");
    let failed = differ(&folder, "", PASSES_PHONES, "--channel sms --fail");
    assert_eq!(failed.status.code(), Some(3));
    assert!(told(&failed).contains("in/b.json") && out(&failed).contains("LESS PROTECTED"), "{}", out(&failed));
}

/// Each of two rules decides on a part of the flows alone; on a recipient and a purpose together both have a say.
#[test]
fn what_two_rules_decide_together_is_compared() {
    let folder = Folder::new();
    let to_recipient = "[[rule]]\nrecipient = \"R\"\nkind = \"mobile_phone\"\naction = \"pass\"\n";
    let for_purpose = "[[rule]]\npurpose = \"marketing\"\nkind = \"mobile_phone\"\naction = \"mask\"\n";
    let takes_more = PURPOSES.replace("kinds = \"person_name\"", "kinds = [\"person_name\", \"mobile_phone\"]");
    let [declared, more] = [PURPOSES, &takes_more].map(|purposes| {
        let purposes = purposes.replace("out_of_scope = \"block\"", "out_of_scope = \"mask\"");
        purposes + to_recipient
    });
    let [before, behind] = [[to_recipient, for_purpose], [for_purpose, to_recipient]].map(|rules| rules.concat());
    for (old, new) in [(&declared, &more), (&before, &behind)] {
        let worse = differ(&folder, old, new, "--fail --output json --channel sms");
        assert_eq!(worse.status.code(), Some(1), "{}", out(&worse));
        let less: Vec<String> =
            out(&worse).lines().filter(|line| line.contains("less protected")).map(str::to_owned).collect();
        let way = "\"channel\":\"sms\",\"recipient\":\"R\",\"purpose\":\"marketing\",";
        assert!(less.len() == 1 && less[0].contains("\"mobile_phone\"") && less[0].contains(way), "{less:?}");
        assert_eq!(
            differ(&folder, new, old, "--fail --channel sms").status.code(),
            Some(0),
            "nothing is less protected"
        );
    }
    // One name in two cases is one; too many are refused, and not left out.
    let text = out(&differ(&folder, to_recipient, &to_recipient.replace("\"R\"", "\"r\""), "--channel sms"));
    assert_eq!(text, "8 decisions on 2 ways out: nothing changes\n");
    let rule = |key: &str, nth: usize| format!("[[rule]]\n{key} = \"{key}-{nth}\"\nkind = \"qq\"\naction = \"drop\"\n");
    let many: String = (0..20).map(|nth| rule("recipient", nth) + &rule("purpose", nth)).collect();
    let refused = differ(&folder, "", &many, "--fail");
    assert_eq!(refused.status.code(), Some(2), "{}", out(&refused));
    let words =
        "2646 ways to compare (6 channels, 21 recipients, 21 purposes, each with each), and at most 2048 are: name one";
    assert!(told(&refused).contains(words), "{}", told(&refused));
    assert_eq!(differ(&folder, "", &many, "--fail --channel sms").status.code(), Some(0));
}

#[test]
fn check_warns_of_what_can_never_have_been_meant() {
    let folder = Folder::new();
    let firm = "[defaults]\npurpose = \"required\"\n[[channel]]\nname = \"wecom\"\nlike = \"third_party\"\n\
                [[rule]]\nchannel = \"wecom\"\nkind = \"mobile_phone\"\naction = \"drop\"\n\
                [[rule]]\nchannel = \"third_party\"\nkind = \"mobile_phone\"\naction = \"pass\"\n\
                [[rule]]\nfield = \"customer.idNo\"\nkind = \"resident_id\"\naction = \"drop\"\n";
    folder.with("firm.toml", firm);
    let checked = run(&folder, "policy check firm.toml");
    assert_eq!(checked.status.code(), Some(0), "{}", told(&checked));
    for warning in [
        "warning: firm.toml:2: a purpose is required, and no [[purpose]] declares any, so this limits nothing",
        "warning: firm.toml:6: this rule never applies: the rule of line 10 applies wherever it does",
        "warning: firm.toml:14: the field \"customer.idNo\" is one whose whole name that is",
    ] {
        assert!(told(&checked).contains(warning), "{}", told(&checked));
    }
    assert!(out(&checked).ends_with(", 3 warnings\n"), "{}", out(&checked));
}

#[test]
fn an_exemption_of_all_ids_is_refused() {
    let folder = Folder::new();
    folder.with("a.json", &message());
    let who = "owner = \"it\"\nwhy = \"a test\"\nexpires = 9999-12-31\n";
    for pattern in ["[0-9]{17}[0-9X]", "1[3-9][0-9]{9}", ".{18}", ".{2,3}"] {
        folder.with("p.toml", &format!("[[exempt]]\npattern = '{pattern}'\n{who}"));
        let refused = run(&folder, "mask a.json --policy p.toml");
        assert_eq!((refused.status.code(), out(&refused)), (Some(2), String::new()), "{pattern}");
        assert!(told(&refused).starts_with("pii: p.toml:2: the pattern would let "), "{pattern}: {}", told(&refused));
    }
    folder.with("p.toml", &format!("[[exempt]]\npattern = '{ID}|{CARD}'\n{who}"));
    let masked = out(&run(&folder, "mask a.json --policy p.toml"));
    assert!(masked.contains(ID) && masked.contains(CARD) && !masked.contains(MOBILE), "{masked}");
}

#[test]
fn the_example_of_a_broker_is_a_good_policy() {
    let folder = Folder::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let [policy, request] = ["brokerage.toml", "openaccount.json"];
    fs::copy(examples.join(request), folder.path(request)).expect("a copy");
    // Its one date is a day to come for whoever reads it, and not for whoever runs this years later.
    let text = fs::read_to_string(examples.join(policy)).expect("the example").replace("2027-11-30", "9999-12-31");
    folder.with(policy, &text);
    let checked = run(&folder, &format!("policy check {policy}"));
    assert!(
        out(&checked).ends_with("10 rules, 4 purposes, 0 exemptions, 0 warnings\n"),
        "{}{}",
        out(&checked),
        told(&checked)
    );
    let way = "--purpose aml_screening --recipient screening.example.com";
    let masked = run(&folder, &format!("mask {request} --policy {policy} {way}"));
    assert!(out(&masked).contains(ID) && !out(&masked).contains(CARD), "{}", told(&masked));
    let marketing = run(&folder, &format!("mask {request} --policy {policy} --purpose marketing"));
    assert_eq!(marketing.status.code(), Some(4));
}
