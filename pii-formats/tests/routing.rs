//! Where a message goes passes, and nothing else does.

use pii_core::policy::{Action, Date, Field, Flow, Policy, Reason};
use pii_core::{Engine, Kind, RuleSet};
use pii_formats::{Format, Masker, Mode, Options, Output, Report, Routing};
use pii_tests::generate::Generator;
use pii_tests::message;
use proptest::prelude::*;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::builtin()));

fn masker(rules: &str, fields: &[&str]) -> Masker {
    let set = RuleSet::builtin();
    let kinds: Vec<_> = set.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
    let policy = Policy::builtin().with("firm.toml", rules, &kinds).expect("good rules");
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
    let fields = fields.iter().map(|text| Field::parse(text).expect("names a field"));
    Masker::new(ENGINE.clone(), &policy, &flow).expect("no keys are needed").with_routing(routing(fields))
}

fn routing(fields: impl IntoIterator<Item = Field>) -> Routing {
    Routing::new(fields).with_lists([Field::parse("messages").expect("a name")])
}

fn options(format: Format) -> Options {
    Options { format: Some(format), ..Options::default() }
}

/// The masked text, after a look whether a check finds the same of it.
fn masked(masker: &Masker, format: Format, input: &str) -> (String, Vec<Report>) {
    let output = masker.mask(input.as_bytes(), &options(format)).expect("well-formed");
    let mut session = masker.session(Mode::Check, options(format));
    let mut left = Output::default();
    session.accept(output.replaced);
    session.push(&output.bytes, &mut left).expect("well-formed");
    session.finish(&mut left).expect("well-formed");
    let text = String::from_utf8(output.bytes).expect("UTF-8 stays UTF-8");
    let missed: Vec<&Report> = left.reports.iter().filter(|report| report.action != "pass").collect();
    assert!(missed.is_empty(), "{missed:?} in {text}");
    (text, output.reports)
}

fn text_of(fields: &[&str], format: Format, input: &str) -> String {
    masked(&masker("", fields), format, input).0
}

#[test]
fn the_receiver_of_an_sms_passes_and_its_text_is_masked() {
    let input = r#"{"mobile":"13800138000","content":"您尾号1234的手机13800138000已绑定，证件110105188702280028"}"#;
    let (text, reports) = masked(&masker("", &["mobile"]), Format::Json, input);
    assert!(text.starts_with(r#"{"mobile":"13800138000","content":"您尾号1234的手机138"#), "{text}");
    assert_eq!(text.matches("13800138000").count(), 1, "{text}");
    assert!(!text.contains("110105188702280028"), "{text}");
    let told: Vec<_> = reports.iter().map(|r| (r.kind.as_str(), r.action, r.is_routing())).collect();
    let expected = [("mobile_phone", "pass", true), ("mobile_phone", "mask", false), ("resident_id", "mask", false)];
    assert_eq!(told, expected);
    // Without the list, and before the list was there.
    assert!(!text_of(&[], Format::Json, input).contains("13800138000"));
}

#[test]
fn the_mask_in_the_text_is_the_one_without_routing() {
    for tail in [r#""a":"手机13800138000，备用13900139000""#, r#""a":"13800138000","b":{"mobile":"13800138000"}"#]
    {
        let of = |routing: &[&str]| {
            let text = text_of(routing, Format::Json, &format!(r#"{{"mobile":"13800138000",{tail}}}"#));
            text[text.find("\"a\"").expect("it is there")..].to_owned()
        };
        assert_eq!(of(&["mobile"]), of(&[]));
    }
}

#[test]
fn fields_are_met_near_the_top_and_by_paths() {
    let kept = |fields: &[&str], format: Format, input: &str| text_of(fields, format, input) == input;
    for (fields, format, input, passes) in [
        (&["mobile"][..], Format::Json, r#"{"mobile":13800138000}"#, true),
        (&["mobile"], Format::Json, r#"{"mobile":"13800138000,13900139000"}"#, true),
        (&["mobile"], Format::Json, r#"{"mobile":"+8613800138000"}"#, true),
        (&["mobile"], Format::Json, r#"{"mobile":"8613800138000;0086 13900139000"}"#, true),
        (&["mobile"], Format::Json, r#"{"mobile":"call 13800138000"}"#, false),
        (&["mobile"], Format::Json, r#"{"mobile":"13800138000 张三先生"}"#, false),
        (&["mobile"], Format::Json, r#"{"mobile":"13800138000,110105188702280028"}"#, false),
        (&["mobile"], Format::Json, r#"{"mobile":"110105188702280028"}"#, false),
        (&["mobiles"], Format::Json, r#"{"mobiles":["13800138000","13900139000"]}"#, true),
        (&["mobiles"], Format::Json, r#"{"mobiles":[13800138000,13900139000]}"#, true),
        (&["mobiles"], Format::Json, r#"{"mobiles":["13800138000","call 13900139000"]}"#, false),
        (&["tel"], Format::Json, r#"{"tel":"021-68888888"}"#, true),
        (&["registration_id"], Format::Json, r#"{"registration_id":["13800138000",{"a":"13800138000"}]}"#, false),
        (&["mobile"], Format::Json, r#"[{"mobile":"13800138000"},{"mobile":"13900139000"}]"#, true),
        (&["mobile"], Format::Json, r#"{"messages":[{"mobile":"13800138000"},{"mobile":13900139000}]}"#, true),
        (&["mobile"], Format::Json, r#"{"rows":[{"mobile":"13800138000"},{"mobile":13900139000}]}"#, false),
        (&["$.rows[*].mobile"], Format::Json, r#"{"rows":[{"mobile":"13800138000"}]}"#, true),
        (&["mobile"], Format::Csv, "mobile,n\n13800138000,1\n13900139000,2\n", false),
        (&["mobile"], Format::Ndjson, "{\"mobile\":\"13800138000\"}\n{\"mobile\":\"13900139000\"}\n", true),
        (&["mobile"], Format::Json, r#"{"customer":{"mobile":"13800138000"}}"#, false),
        (&["$.customer.mobile"], Format::Json, r#"{"customer":{"mobile":"13800138000"}}"#, true),
        (&["$.customer.mobile"], Format::Json, r#"{"mobile":"13800138000"}"#, false),
        (
            &["$.personalizations[*].to[*].email"],
            Format::Json,
            r#"{"personalizations":[{"to":[{"email":"zhangsan@example.com"},{"email":"li@example.com"}]}]}"#,
            true,
        ),
        (&["mobile"], Format::Form, "mobile=13800138000&x=1", true),
        (&["mobile"], Format::Form, "mobile=13800138000%2C13900139000&x=1", true),
        (&["mobile"], Format::Form, "mobile=%2B8613800138000", true),
        (&["mobile"], Format::Form, "mobile[]=13800138000&mobile[]=13900139000", true),
        (&["mobile"], Format::Form, "text=13800138000&x=1", false),
        (&["user[mobile]"], Format::Form, "user[mobile]=13800138000", true),
        (&["mobile"], Format::Form, "user[mobile]=13800138000", false),
        (&["mobile"], Format::Xml, "<request><mobile>13800138000</mobile></request>", true),
        (&["mobile"], Format::Xml, "<request><a><mobile>13800138000</mobile></a></request>", false),
        (&["/request/a/mobile"], Format::Xml, "<request><a><mobile>13800138000</mobile></a></request>", true),
        (
            &["to"],
            Format::Multipart,
            "--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nzhangsan@example.com\r\n--b--\r\n",
            true,
        ),
        // The name of a key is no field's value.
        (&["13800138000"], Format::Json, r#"{"13800138000":"x"}"#, false),
        // What is no finding passes as anything does.
        (&["mobile"], Format::Json, r#"{"mobile":"oZ1-2"}"#, true),
    ] {
        assert_eq!(kept(fields, format, input), passes, "{fields:?} {input}");
    }
}

#[test]
fn nothing_inside_a_carrier_routes() {
    for (format, input) in [
        (Format::Form, r#"PhoneNumbers=13800138000&TemplateParam={"mobile":"13900139000"}"#),
        (Format::Form, "PhoneNumbers=13800138000&TemplateParam=%7B%22mobile%22%3A%2213900139000%22%7D"),
        (Format::Json, r#"{"PhoneNumbers":"13800138000","TemplateParam":"{\"mobile\":\"13900139000\"}"}"#),
        (Format::Json, r#"{"PhoneNumbers":"13800138000","TemplateParam":"mobile=13900139000&a=1"}"#),
        // {"mobile":"13900139000"}
        (Format::Json, r#"{"PhoneNumbers":"13800138000","a":"eyJtb2JpbGUiOiIxMzkwMDEzOTAwMCJ9"}"#),
        (Format::Text, r#"13800138000 {"mobile":"13900139000"}"#),
    ] {
        let fields = ["PhoneNumbers", "mobile", "$.mobile", "TemplateParam"];
        let text = text_of(&fields, format, input);
        assert_eq!(text.contains("13800138000"), format != Format::Text, "{text}");
        assert!(!text.contains("13900139000") && !text.contains("eyJtb2JpbGUiOiIxMzkwMDEzOTAwMCJ9"), "{text}");
    }
    // The document itself, in the string of a field that is listed.
    let text = text_of(&["mobile"], Format::Json, r#"{"mobile":"[\"13800138000\"]"}"#);
    assert!(!text.contains("13800138000"), "{text}");
}

#[test]
fn what_another_text_gives_away_passes_where_the_message_goes() {
    for input in [
        r#"{"to":"wx_zhang_1887","text":"微信号：wx_zhang_1887"}"#,
        r#"{"text":"微信号：wx_zhang_1887","to":"wx_zhang_1887"}"#,
    ] {
        let text = text_of(&["to"], Format::Json, input);
        assert!(text.contains(r#""to":"wx_zhang_1887""#) && text.matches("wx_zhang_1887").count() == 1, "{text}");
        let text = text_of(&[], Format::Json, input);
        assert!(!text.contains("wx_zhang_1887"), "{text}");
    }
}

#[test]
fn routing_has_the_last_word_and_is_explained() {
    let rule = "[[rule]]\nchannel = \"sms\"\nkind = \"mobile_phone\"\naction = \"block\"\n";
    let masker = masker(rule, &["mobile"]);
    let input = r#"{"mobile":"13800138000"}"#;
    let (text, reports) = masked(&masker, Format::Json, input);
    assert_eq!(text, input);
    assert_eq!(masker.explain(&reports[0]).rsplit("; ").next(), Some("it is where the message goes: pass"));
    let decision = masker.decision(&reports[0]).expect("it was decided");
    assert_eq!((decision.action, decision.reason, decision.rule), (Action::Pass, Reason::Routing, None));
    let blocked = masker.mask(br#"{"mobile":"13800138000","text":"13800138000"}"#, &options(Format::Json));
    assert!(blocked.is_err_and(|error| error.is_blocked()));
}

#[test]
fn other_kinds_may_route() {
    let kinds = [Kind::new("email").expect("well spelt")];
    let routing = Routing::new([Field::parse("to").expect("a name")]).with_kinds(kinds);
    let masker = masker("", &[]).with_routing(routing);
    let input = r#"[{"to":"zhangsan@example.com"},{"to":"13800138000"}]"#;
    let text = masked(&masker, Format::Json, input).0;
    assert!(text.contains("zhangsan@example.com") && !text.contains("13800138000"), "{text}");
}

#[test]
fn a_field_holds_its_own_kinds() {
    let kinds = |names: &[&str]| names.iter().map(|name| Kind::new(name).expect("well spelt")).collect::<Vec<_>>();
    let field = |name| [Field::parse(name).expect("a name")];
    let key = Routing::new(field("key")).with_kinds(kinds(&["access_token"]));
    let masker = masker("", &[]).with_routing(key.and(Routing::new(field("to")).with_kinds(kinds(&["mobile_phone"]))));
    let token = "566cc69da782ec33a3c5b4b0a7d1f8e29b0c4d5e6f708192";
    let text = masked(&masker, Format::Form, &format!("to=13800138000&key={token}")).0;
    assert_eq!(text, format!("to=13800138000&key={token}"));
    let text = masked(&masker, Format::Form, &format!("key=13800138000&to={token}")).0;
    assert!(!text.contains("13800138000"), "{text}");
}

#[test]
fn an_exempt_receiver_stands_beside_others() {
    let rule = "[[exempt]]\nkind = \"mobile_phone\"\npattern = \"13900139000\"\nowner = \"it\"\nwhy = \"a test\"\nexpires = 2027-01-01\n";
    let masker = masker(rule, &["mobile"]);
    let input = r#"{"mobile":"13800138000,13900139000"}"#;
    assert_eq!(masked(&masker, Format::Json, input).0, input);
}

#[test]
fn where_the_input_is_cut_makes_no_difference() {
    let masker = masker("", &["mobile"]);
    let filler = "x".repeat(100);
    for input in [
        format!(r#"{{"mobile":"13800138000","content":"{filler}13800138000"}}"#),
        // Too long to be waited for.
        format!(r#"{{"mobile":"13800138000","content":["{}13800138000"]}}"#, "无事 ".repeat(200_000)),
        format!(r#"{{"content":["{}13900139000"],"mobile":"13800138000"}}"#, "无事 ".repeat(200_000)),
    ] {
        let whole = masked(&masker, Format::Json, &input).0;
        assert!(whole.contains(r#""mobile":"13800138000""#));
        let mut session = masker.session(Mode::Mask, options(Format::Json));
        let mut output = Output::default();
        for chunk in input.as_bytes().chunks(if input.len() > 1000 { 10_007 } else { 3 }) {
            session.push(chunk, &mut output).expect("well-formed");
        }
        session.finish(&mut output).expect("well-formed");
        assert!(output.bytes == whole.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn without_fields_nothing_changes(seed: u64) {
        let plain = masker("", &[]);
        let routed = plain.clone().with_routing(Routing::default());
        let elsewhere = plain.clone().with_routing(Routing::new([Field::parse("$.nowhere").expect("a path")]));
        let mut g = Generator::new(seed);
        let text = message::next(&mut g).document.text().to_owned();
        let json = serde_json::json!({ "mobile": "13800138000", "content": text, "to": ["13900139000"] }).to_string();
        let expected = plain.mask(json.as_bytes(), &options(Format::Json)).expect("well-formed");
        for other in [routed, elsewhere] {
            let output = other.mask(json.as_bytes(), &options(Format::Json)).expect("well-formed");
            prop_assert_eq!(&output.bytes, &expected.bytes);
            prop_assert_eq!(&output.reports, &expected.reports);
        }
    }
}
