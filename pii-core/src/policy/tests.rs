//! What policies decide, what they refuse to say, and how they are explained.

use super::*;
use crate::mask::{Profile, Shape};
use crate::{Class, Kind};
use proptest::prelude::*;

const KINDS: [(&str, u8); 8] = [
    ("resident_id", 3),
    ("bank_card", 3),
    ("bank_account", 3),
    ("mobile_phone", 2),
    ("person_name", 2),
    ("password", 4),
    ("verification_code", 3),
    ("uscc", 1),
];

fn kind(name: &str) -> Kind {
    Kind::new(name).expect("well spelt")
}

fn kinds() -> Vec<(Kind, Class)> {
    KINDS.iter().map(|(name, level)| (kind(name), Class::new(*level).expect("1 to 4"))).collect()
}

fn parse(toml: &str) -> Result<Policy, PolicyError> {
    Policy::parse("policy/sms.toml", toml, &kinds())
}

fn today() -> Date {
    Date::new(2026, 11, 23).expect("a day")
}

fn flow(channel: Option<&str>) -> Flow<'_> {
    Flow { channel, recipient: None, purpose: None, today: today() }
}

fn item(name: &str) -> Query<'static> {
    let level = KINDS.iter().find(|(known, _)| *known == name).map_or(2, |(_, level)| *level);
    let class = Class::new(level).expect("1 to 4");
    Query { kind: kind(name), class, role: Role::Unknown, field: None, about: false }
}

/// Asks through every door, and expects one answer.
fn decide<'p>(policy: &'p Policy, flow: &Flow<'_>, item: &Query<'_>) -> (Action, Profile, Shape, Option<usize>) {
    let compiled = policy.for_flow(flow);
    let fast = compiled.decide(item);
    let plain: Decision<'p> = policy.decide(flow, item);
    let explained = policy.explain(flow, item);
    assert_eq!(fast, plain);
    assert_eq!(explained.decision, plain);
    let won = explained.steps.iter().find(|step| step.outcome == Outcome::Won).map(|step| step.rule);
    assert_eq!(won, plain.rule);
    (plain.action, plain.profile, plain.shape.clone(), plain.rule)
}

#[test]
fn the_builtin_policy() {
    use {Action::*, Profile::*};
    let policy = Policy::builtin();
    assert_eq!(policy.warnings(), []);
    for channel in ["sms", "email", "push", "third_party", "log"] {
        assert_eq!(policy.for_flow(&flow(Some(channel))).check_keys(|_| false), Ok(()), "{channel}");
    }
    let outside = ["sms", "email", "push", "third_party"].map(Some).into_iter().chain([None, Some("who knows")]);
    for channel in outside {
        for (name, expected) in [
            ("resident_id", Mask),
            ("mobile_phone", Mask),
            ("password", Drop),
            ("uscc", Pass),
            ("verification_code", Drop),
            ("of_no_rule", Mask),
        ] {
            let (action, profile, ..) = decide(&policy, &flow(channel), &item(name));
            assert_eq!((action, profile), (expected, Strict), "{channel:?} {name}");
        }
        assert_eq!(policy.for_flow(&flow(channel)).floor_bits(), Some(19.0));
        assert_eq!(policy.for_flow(&flow(channel)).json_number(), JsonNumber::String);
    }
    for (channel, about, expected) in [
        ("sms", true, Pass),
        ("push", true, Pass),
        ("email", true, Pass),
        ("email", false, Drop),
        ("third_party", true, Drop),
        ("log", true, Drop),
    ] {
        let code = Query { about, ..item("verification_code") };
        assert_eq!(decide(&policy, &flow(Some(channel)), &code).0, expected, "{channel} {about}");
    }
    assert_eq!(decide(&policy, &flow(Some("log")), &item("resident_id")).1, Usual);
    assert_eq!(policy.for_flow(&flow(Some("log"))).floor_bits(), None);
    // An organisation's number that is a person's business is judged by its own class.
    let sole_trader = Query { class: Class::THREE, ..item("uscc") };
    assert_eq!(decide(&policy, &flow(Some("sms")), &sole_trader).0, Mask);
}

#[test]
fn the_last_rule_that_matches_wins() {
    let policy = parse(
        r#"
        [defaults]
        profile = "lenient"
        floor_bits = 24
        json_number = "null"
        [[channel]]
        name = "wecom"
        like = "third_party"
        [[rule]]
        kind = ["mobile_phone", "person_name"]
        role = "staff"
        action = "pass"
        [[rule]]
        channel = "test_data"
        class = [2, 3]
        action = "mask"
        [[rule]]
        channel = "third_party"
        kind = "mobile_phone"
        recipient = "sms.example.com"
        action = "mask"
        profile = "usual"
        shape = "tail"
        [[rule]]
        channel = "wecom"
        kind = "person_name"
        field = "remark"
        action = "block"
        [[rule]]
        kind = "bank_card"
        expires = 2026-11-22
        action = "block"
        "#,
    )
    .expect("a good policy");
    assert_eq!(policy.warnings(), []);
    let own = Policy::builtin().rules().len();
    let staff = Query { role: Role::Staff, ..item("person_name") };
    let sms = flow(Some("sms"));
    assert_eq!(decide(&policy, &sms, &staff).0, Action::Pass);
    assert_eq!(decide(&policy, &sms, &Query { role: Role::Client, ..staff }).0, Action::Mask);
    assert_eq!(decide(&policy, &flow(Some("test_data")), &item("bank_card")).1, Profile::Lenient);
    let vendor = Flow { recipient: Some("SMS.example.com"), ..flow(Some("wecom")) };
    assert_eq!(
        decide(&policy, &vendor, &item("mobile_phone")),
        (Action::Mask, Profile::Usual, Shape::TailOnly, Some(own + 2))
    );
    assert_eq!(decide(&policy, &sms, &item("mobile_phone")).1, Profile::Strict);
    // The rule with a field comes after the one without, and only in that field.
    let remark = Query { field: Some("$.order.remark"), ..staff };
    assert_eq!(decide(&policy, &flow(Some("wecom")), &remark).0, Action::Block);
    assert_eq!(decide(&policy, &flow(Some("third_party")), &remark).0, Action::Pass);
    assert_eq!(decide(&policy, &flow(Some("wecom")), &Query { field: Some("$.remarks"), ..staff }).0, Action::Pass);
    // Rules end with their last day.
    assert_eq!(decide(&policy, &sms, &item("bank_card")).0, Action::Mask);
    let yesterday = Flow { today: Date::new(2026, 11, 22).expect("a day"), ..sms };
    assert_eq!(decide(&policy, &yesterday, &item("bank_card")).0, Action::Block);
    let compiled = policy.for_flow(&flow(Some("wecom")));
    assert_eq!((compiled.floor_bits(), compiled.json_number()), (Some(24.0), JsonNumber::Null));
}

const CLEARED: &str = r#"
[[rule]]
channel = "third_party"
recipient = "credit.example.com"
purpose = "identity_check"
kind = "resident_id"
field = "$.cardNo"
action = "pass"
basis = "AML Law Art. 29"
assessment = "PIA-2026-014"
expires = 2027-01-31
"#;

#[test]
fn class_3_passes_in_clear_only_where_a_rule_says_everything() {
    let policy = parse(CLEARED).expect("everything is said");
    let right =
        Flow { recipient: Some("credit.example.com"), purpose: Some("identity_check"), ..flow(Some("third_party")) };
    let id = Query { field: Some("$.cardNo"), ..item("resident_id") };
    assert_eq!(decide(&policy, &right, &id).0, Action::Pass);
    let rule = policy.rules().last().expect("the rule above");
    assert_eq!((rule.basis(), rule.assessment()), (Some("AML Law Art. 29"), Some("PIA-2026-014")));
    for wrong in [
        Flow { recipient: Some("other.example.com"), ..right },
        Flow { recipient: None, ..right },
        Flow { purpose: None, ..right },
        Flow { channel: Some("sms"), ..right },
        Flow { today: Date::new(2027, 2, 1).expect("a day"), ..right },
    ] {
        assert_eq!(decide(&policy, &wrong, &id).0, Action::Mask, "{wrong:?}");
    }
    assert_eq!(decide(&policy, &right, &Query { field: Some("$.other"), ..id }).0, Action::Mask);
    assert_eq!(decide(&policy, &right, &Query { field: None, ..id }).0, Action::Mask);
    for key in ["recipient", "purpose", "field", "basis", "assessment", "expires"] {
        let without: String =
            CLEARED.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect();
        let error = parse(&without).expect_err(key);
        assert!(error.to_string().contains(&format!("add {key:?}, or write")), "{error}");
        assert_eq!(error.line(), Some(2));
    }
}

#[test]
fn a_pass_without_conditions_never_reaches_class_3() {
    let policy = parse("[[rule]]\nkind = \"uscc\"\naction = \"pass\"\n[[rule]]\nclass = [1, 2]\naction = \"pass\"")
        .expect("low classes");
    let sole_trader = Query { class: Class::THREE, ..item("uscc") };
    assert_eq!(decide(&policy, &flow(None), &sole_trader).0, Action::Mask);
    assert_eq!(decide(&policy, &flow(None), &item("mobile_phone")).0, Action::Pass);
    for toml in [
        "[[rule]]\naction = \"pass\"",
        "[[rule]]\nclass = [2, 3]\naction = \"pass\"",
        "[[rule]]\nclass = 4\naction = \"pass\"",
        "[[rule]]\nkind = [\"uscc\", \"password\"]\naction = \"pass\"",
        "[[rule]]\nkind = \"verification_code\"\naction = \"pass\"",
        "[[rule]]\nkind = \"verification_code\"\nwhen = \"about\"\naction = \"pass\"",
        "[[rule]]\nkind = \"verification_code\"\nwhen = \"about\"\nchannel = [\"sms\", \"log\"]\naction = \"pass\"",
    ] {
        let error = parse(toml).expect_err(toml).to_string();
        assert!(error.starts_with("policy/sms.toml:1: passing class 3 or 4 in clear takes"), "{error}");
    }
}

#[test]
fn every_complaint_says_what_to_write() {
    let rule = |lines: &str| format!("# a policy\n[[rule]]\n{lines}\n");
    let exempt = |lines: &str| format!("[[exempt]]\nowner = \"it\"\nwhy = \"ours\"\nexpires = 2027-01-31\n{lines}\n");
    let cases: Vec<(String, usize, &str)> = vec![
        (rule("action = \"maks\""), 3, "unknown action \"maks\": write \"mask\""),
        (
            rule("action = \"erase\""),
            3,
            "unknown action \"erase\": write one of pass, mask, fpe, token, seal, hash, drop, block",
        ),
        (rule("class = 3"), 2, "the rule says nothing: add action = \"mask\""),
        (rule("action = [\"mask\", \"drop\"]"), 3, "\"action\" must be one string, not a list"),
        (rule("action = \"mask\"\nchanel = \"sms\""), 4, "unknown key in [[rule]] \"chanel\": write \"channel\""),
        (
            rule("action = \"mask\"\nchannel = \"smss\""),
            4,
            "unknown channel \"smss\": write \"sms\"; a channel of your own needs a [[channel]]",
        ),
        (
            rule("action = \"mask\"\nkind = [\"uscc\",\n\"residentid\"]"),
            5,
            "unknown kind \"residentid\": write \"resident_id\"",
        ),
        (
            rule("action = \"mask\"\nkind = \"uscc\"\nclass = 1"),
            2,
            "a rule names kinds or classes: take \"class\" out, or \"kind\"",
        ),
        (rule("action = \"mask\"\nclass = 5"), 4, "\"class\" must be 1, 2, 3 or 4"),
        (
            rule("action = \"mask\"\nclass = \"3\""),
            4,
            "\"class\" must be a whole number or a list of them, and not empty",
        ),
        (
            rule("action = \"mask\"\nkind = []"),
            4,
            "\"kind\" is an empty list, which matches nothing: take it out to match everything",
        ),
        (
            rule("action = \"mask\"\npurpose = \" \""),
            4,
            "\"purpose\" must be a string or a list of strings, and not empty",
        ),
        (rule("action = \"mask\"\nrole = \"clint\""), 4, "unknown role \"clint\": write \"client\""),
        (rule("action = \"mask\"\nwhen = \"abuot\""), 4, "unknown when \"abuot\": write \"about\""),
        (rule("action = \"mask\"\nprofile = \"strickt\""), 4, "unknown profile \"strickt\": write \"strict\""),
        (rule("action = \"mask\"\nshape = \"tial\""), 4, "unknown shape \"tial\": write \"tail\""),
        (
            rule("action = \"block\"\nprofile = \"usual\""),
            4,
            "\"profile\" goes with action = \"mask\", not with \"block\": take it out",
        ),
        (
            rule("action = \"token\"\nshape = \"tail\""),
            4,
            "\"shape\" goes with action = \"mask\", not with \"token\": take it out",
        ),
        (
            rule("action = \"mask\"\nfield = [\"remark\",\n\"$.a[\"]"),
            5,
            "\"$.a[\" names no field: its [ has no ]; write \"$.customer.idNo\", \"$.rows[*].idNo\", \"$[\\\"ID no\\\"]\", or \
             \"idNo\" for every field of that name",
        ),
        (
            rule("action = \"mask\"\nexpires = \"2026-02-30\""),
            4,
            "\"expires\" must be a day that exists, such as 2027-01-31",
        ),
        (rule("action = \"mask\"\nexpires = 2026"), 4, "\"expires\" must be a day that exists, such as 2027-01-31"),
        ("rule = 1".into(), 1, "\"rule\" must be a table: write [[rule]] and its keys below"),
        ("[[rules]]\naction = \"mask\"".into(), 1, "unknown key in a policy \"rules\": write \"rule\""),
        ("[defaults]\nprofile = \"loose\"".into(), 2, "unknown profile \"loose\": write one of strict, usual, lenient"),
        ("[defaults]\ncrypto = \"sm4\"".into(), 2, "unknown crypto \"sm4\": write \"sm\""),
        ("[defaults]\njson_number = \"nul\"".into(), 2, "unknown json_number \"nul\": write \"null\""),
        ("[defaults]\nfloor_bits = 65".into(), 2, "\"floor_bits\" must be 0 to 64; the usual floor is 19"),
        ("[defaults]\nfloor_bits = \"19\"".into(), 2, "\"floor_bits\" must be a whole number"),
        ("[[channel]]\nlike = \"sms\"".into(), 1, "the channel has no name: add name"),
        ("[[channel]]\nname = \"wecom\"".into(), 1, "say which known channel it is like: add like = \"third_party\""),
        (
            "[[channel]]\nname = \"wecom\"\nlike = \"thirdparty\"".into(),
            3,
            "unknown like \"thirdparty\": write \"third_party\"",
        ),
        (
            "[[channel]]\nname = \"sms\"\nlike = \"log\"".into(),
            2,
            "the channel \"sms\" is known already: take this [[channel]] out",
        ),
        (exempt(""), 1, "an exemption has either a pattern or a digest: write one of them"),
        (exempt("pattern = \"(\""), 5, "the pattern is no regular expression"),
        (exempt("pattern = '\\w{1000}{100}'"), 5, "the pattern is too large: write several exemptions"),
        (
            exempt("pattern = \"[0-9]+\""),
            5,
            "the pattern would let resident IDs through, whosesoever they are: write the firm's own values, spelt out \
             (\"4008000001|4008000002\"), or what they begin with (\"95[0-9]{3}\")",
        ),
        (
            exempt("pattern = \"955(88)?|\""),
            5,
            "the pattern matches what is empty too: write the firm's own values, spelt out (\"4008000001|4008000002\"), or what \
             they begin with (\"95[0-9]{3}\")",
        ),
        (
            exempt("digest = \"abc\""),
            5,
            "the digest must be one that the firm's key makes of the value, \"pih_…\": mask the value under a rule with action = \
             \"hash\" and no scope, and take what stands in its place",
        ),
        ("[[exempt]]\npattern = \"95588\"".into(), 1, "an exemption needs owner: add owner = \"who answers for it\""),
        (
            "[[exempt]]\npattern = \"95588\"\nowner = \"it\"".into(),
            1,
            "an exemption needs why: add why = \"our own hot line\"",
        ),
        (
            "[[exempt]]\npattern = \"95588\"\nowner = \"it\"\nwhy = \"ours\"".into(),
            1,
            "an exemption needs expires: add expires = 2027-01-31",
        ),
    ];
    for (toml, line, message) in cases {
        let error = parse(&toml).expect_err(message);
        assert_eq!(error.to_string(), format!("policy/sms.toml:{line}: {message}"));
        assert_eq!((error.file(), error.line()), ("policy/sms.toml", Some(line)));
        assert!(!error.is_missing_keys());
    }
    let error = parse("[[rule]]\naction = mask\n").expect_err("no TOML").to_string();
    assert!(error.starts_with("policy/sms.toml:2: this is no TOML: "), "{error}");
    let many = "[[rule]]\naction = \"mask\"\n".repeat(4097);
    let error = parse(&many).expect_err("too many").to_string();
    assert_eq!(error, "policy/sms.toml:8193: a file has at most 4096 [[rule]]: split it into several");
}

#[test]
fn actions_with_keys_are_read_and_wait_for_keys() {
    for action in ["fpe", "token", "seal", "hash"] {
        let policy = parse(&format!("[[rule]]\nclass = 3\naction = {action:?}\n")).expect("it is well written");
        assert_eq!(decide(&policy, &flow(None), &item("bank_card")).0.as_str(), action);
        let compiled = policy.for_flow(&flow(None));
        let error = compiled.check_keys(|_| false).expect_err(action);
        assert!(error.is_missing_keys());
        assert_eq!(compiled.check_keys(|offered| offered.as_str() == action), Ok(()));
        let message = format!(
            "policy/sms.toml:1: the action {action:?} needs a key for it: give a keyring that has one (`pii keys init` \
             makes a keyring), or write \"mask\" or \"drop\""
        );
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_rule_that_seals_can_ask_for_the_subjects_own_key() {
    let read =
        |action: &str, key: &str| parse(&format!("[[rule]]\nclass = 3\naction = \"{action}\"\nkey = \"{key}\"\n"));
    for (key, is_per_subject) in [("subject", true), ("firm", false)] {
        let policy = read("seal", key).expect("it is well written");
        let own = policy.rules().iter().find(|rule| rule.file() == "policy/sms.toml").expect("the rule");
        assert_eq!(own.terms().is_per_subject, is_per_subject);
    }
    let wrong = read("token", "subject").expect_err("a token has no such key").to_string();
    assert_eq!(wrong, "policy/sms.toml:4: \"key\" goes with action = \"seal\", not with \"token\": take it out");
    assert!(read("seal", "subjekt").expect_err("no such word").to_string().contains("write \"subject\""));
}

#[test]
fn rules_that_never_apply_are_noted() {
    let warnings =
        |toml: &str| parse(toml).expect("a good policy").warnings().iter().map(Warning::to_string).collect::<Vec<_>>();
    let early = "[[rule]]\nchannel = \"sms\"\nkind = \"mobile_phone\"\naction = \"block\"\n";
    let never = "policy/sms.toml:1: this rule never applies: the rule of line 5 applies wherever it does, and the last \
                 one wins; move it below, or take it out";
    for (late, noted) in [
        ("action = \"drop\"", true),
        ("class = [2, 3]\naction = \"drop\"", true),
        ("channel = [\"sms\", \"email\"]\naction = \"drop\"", true),
        ("kind = [\"uscc\", \"mobile_phone\"]\naction = \"drop\"", true),
        ("class = 3\naction = \"drop\"", false),
        ("channel = \"email\"\naction = \"drop\"", false),
        ("role = \"staff\"\naction = \"drop\"", false),
        ("recipient = \"a\"\naction = \"drop\"", false),
        ("purpose = \"a\"\naction = \"drop\"", false),
        ("field = \"a\"\naction = \"drop\"", false),
        ("when = \"about\"\naction = \"drop\"", false),
        ("expires = 2027-01-31\naction = \"drop\"", false),
    ] {
        let found = warnings(&format!("{early}[[rule]]\n{late}\n"));
        assert_eq!(found, if noted { vec![never.to_owned()] } else { vec![] }, "{late}");
    }
    // As flows are compared with rules: in any case, names of fields by their letters, a channel by the one that it is like.
    let both = |early: &str, late: &str| {
        let channels =
            "[[channel]]\nname = \"wecom\"\nlike = \"third_party\"\n[[channel]]\nname = \"feed\"\nlike = \"log\"\n";
        let rules =
            [early, late].map(|lines| format!("[[rule]]\n{lines}\nkind = \"mobile_phone\"\naction = \"mask\"\n"));
        warnings(&(channels.to_owned() + &rules.concat())).len()
    };
    for (early, late, noted) in [
        ("recipient = \"Bank.example.com\"", "recipient = \"bank.EXAMPLE.com\"", 1),
        ("recipient = \"bank.example.com\"", "recipient = \"bank.example.org\"", 0),
        ("purpose = \"KYC\"", "purpose = [\"other\", \"kyc\"]", 1),
        ("field = \"idNo\"", "field = \"ID_NO\"", 1),
        ("field = \"$.a.idNo\"", "field = \"id_no\"", 1),
        ("field = \"idNo\"", "field = \"$.a.idNo\"", 0),
        ("channel = \"wecom\"", "channel = \"third_party\"", 1),
        ("channel = \"third_party\"", "channel = \"wecom\"", 0),
        ("channel = [\"wecom\", \"sms\"]", "channel = \"third_party\"", 0),
        ("channel = \"feed\"", "channel = \"third_party\"", 0),
    ] {
        assert_eq!(both(early, late), noted, "{early} {late}");
    }
    assert_eq!(
        warnings("[defaults]\nfloor_bits = 12"),
        ["policy/sms.toml:2: a floor of less than 19 bits lets masked numbers be guessed"]
    );
}

#[test]
fn fields_that_no_object_has_are_noted() {
    let rule = |field: &str| format!("[[rule]]\nkind = \"mobile_phone\"\nfield = {field}\naction = \"drop\"\n");
    let warnings = |field: &str| parse(&rule(field)).expect("a good policy").warnings().len();
    let dotted = parse(&rule("\"customer.mobile\"")).expect("a column may have that name");
    let told = dotted.warnings()[0].to_string();
    assert!(
        told.starts_with("policy/sms.toml:1: the field \"customer.mobile\" is one whose whole name that is"),
        "{told}"
    );
    assert!(
        told.ends_with(
            "write \"$.customer.mobile\", its path from the top, or \"mobile\" for every field of that name"
        ),
        "{told}"
    );
    assert_eq!(["\"mobile\"", "\"$.customer.mobile\"", "[\"a.b\", \"c\", \"d.e\"]"].map(warnings), [0, 0, 2]);
}

#[test]
fn rules_and_exemptions_whose_last_day_is_over_are_noted() {
    let policy = parse(
        "[[rule]]\nkind = \"bank_card\"\naction = \"drop\"\nexpires = 2026-11-22\n\
         [[rule]]\nclass = 2\naction = \"mask\"\n\
         [[exempt]]\npattern = \"95588\"\nowner = \"service desk\"\nwhy = \"hot line\"\nexpires = 2026-11-23\n",
    )
    .expect("a good policy");
    let on = |day| policy.expired(Date::new(2026, 11, day).expect("a day"));
    let told = |day| on(day).iter().map(Warning::to_string).collect::<Vec<_>>();
    assert_eq!(on(22), []);
    let rule = "policy/sms.toml:1: the last day of this rule was 2026-11-22, so the rules before it decide: take it out, or \
                write a later day in \"expires\" when it has been assessed again";
    let exemption = "policy/sms.toml:8: the last day of this exemption was 2026-11-23, so its values are findings again: \
                     take it out, or write a later day in \"expires\" when service desk has confirmed it";
    assert_eq!(told(23), [rule]);
    assert_eq!(told(24), [rule, exemption]);
    assert_eq!(policy.warnings(), [], "without a day nothing is over");
    assert_eq!(Policy::builtin().expired(Date::new(9999, 12, 31).expect("a day")), []);
}

#[test]
fn channels_are_those_that_are_known_and_those_of_the_file() {
    let policy = parse("[[channel]]\nname = \"wecom\"\nlike = \"third_party\"\n").expect("a good policy");
    let known = "sms, email, push, third_party, log, test_data";
    let own = "; a channel of your own needs a [[channel]] in the policy file";
    for channel in ["sms", "email", "push", "third_party", "log", "test_data"] {
        assert_eq!(Policy::builtin().check_channel(channel), Ok(()));
        assert_eq!(policy.check_channel(channel), Ok(()));
    }
    assert_eq!(policy.check_channel("wecom"), Ok(()));
    for (policy, channel, expected) in [
        (&policy, "wecmo", format!("unknown channel \"wecmo\": write \"wecom\", or another of {known}, wecom{own}")),
        (&policy, "fax", format!("unknown channel \"fax\": write one of {known}, wecom{own}")),
        (&Policy::builtin(), "wecom", format!("unknown channel \"wecom\": write one of {known}{own}")),
        (&Policy::builtin(), "SMS", format!("unknown channel \"SMS\": write \"sms\", or another of {known}{own}")),
        (&Policy::builtin(), "", format!("unknown channel \"\": write one of {known}{own}")),
    ] {
        assert_eq!(policy.check_channel(channel).map_err(|error| error.to_string()), Err(expected));
    }
    let long = Policy::builtin().check_channel(&"x".repeat(4000)).expect_err("unknown").to_string();
    assert!(long.len() < 300, "{long}");
}

#[test]
fn explanations_name_the_key_that_differs() {
    let policy = parse(CLEARED).expect("everything is said");
    let explained = policy.explain(&flow(Some("sms")), &item("resident_id"));
    let outcomes: Vec<Outcome> = explained.steps.iter().map(|step| step.outcome).collect();
    use Outcome::*;
    assert_eq!(
        outcomes,
        [
            Differs("class"),
            Overruled,
            Won,
            Differs("channel"),
            Differs("class"),
            Differs("kind"),
            Differs("kind"),
            // Those for test data, and the firm's own.
            Differs("channel"),
            Differs("channel"),
            Differs("channel")
        ]
    );
    let last = explained.steps.last().expect("there are rules");
    assert_eq!((last.file, last.line), ("policy/sms.toml", 2));
    let right = Flow { recipient: Some("credit.example.com"), purpose: Some("identity_check"), ..flow(None) };
    for (flow, field, differs) in [
        (Flow { recipient: None, ..right }, "$.cardNo", Differs("recipient")),
        (Flow { purpose: None, ..right }, "$.cardNo", Differs("purpose")),
        (Flow { today: Date::new(2030, 1, 1).expect("a day"), ..right }, "$.cardNo", Differs("expires")),
        (right, "$.idNo", Differs("field")),
        (right, "$.cardNo", Won),
    ] {
        let explained = policy.explain(&flow, &Query { field: Some(field), ..item("resident_id") });
        assert_eq!(explained.steps.last().map(|step| step.outcome), Some(differs));
    }
}

#[test]
fn files_stack_up() {
    let first = parse("[[rule]]\nkind = \"person_name\"\naction = \"drop\"").expect("good");
    let both = first
        .with("b.toml", "[[rule]]\nkind = \"person_name\"\nchannel = \"sms\"\naction = \"block\"", &kinds())
        .expect("good");
    assert_eq!(decide(&both, &flow(Some("sms")), &item("person_name")).0, Action::Block);
    assert_eq!(decide(&both, &flow(Some("push")), &item("person_name")).0, Action::Drop);
    assert_eq!(both.rules().last().map(PolicyRule::file), Some("b.toml"));
    // What a later file covers was meant to be overruled.
    assert_eq!(first.with("b.toml", "[[rule]]\naction = \"block\"", &kinds()).expect("good").warnings(), []);
}

#[test]
fn the_manuals_examples_are_good_policies() {
    for manual in [include_str!("../../../docs/policy.md"), include_str!("../../../docs/policy.zh-CN.md")] {
        let examples: Vec<&str> =
            manual.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert_eq!(examples.len(), 7);
        for example in examples {
            assert_eq!(parse(example).expect(example).warnings(), []);
        }
    }
}

/// Policies of random rules, all of which may be written.
fn policies() -> impl Strategy<Value = String> {
    let one_of = |words: &'static [&'static str]| proptest::option::of(proptest::sample::select(words));
    let rule = (
        one_of(&["\"sms\"", "\"log\"", "[\"third_party\", \"sms\"]"]),
        one_of(&["kind = \"mobile_phone\"", "class = 3", "class = [2, 4]", "kind = [\"person_name\", \"uscc\"]"]),
        one_of(&["\"remark\"", "[\"$.a\", \"remark\"]"]),
        one_of(&["\"staff\"", "\"client\""]),
        one_of(&["\"about\""]),
        one_of(&["2026-11-22", "2026-11-24"]),
        proptest::sample::select(&["mask", "drop", "block", "hash"][..]),
    );
    let written = rule.prop_map(|(channel, what, field, role, when, expires, action)| {
        let mut lines = format!("[[rule]]\naction = {action:?}\n");
        let keys = [("channel", channel), ("field", field), ("role", role), ("when", when), ("expires", expires)];
        for (key, value) in keys {
            lines += &value.map_or(String::new(), |value| format!("{key} = {value}\n"));
        }
        lines + what.unwrap_or_default() + "\n"
    });
    proptest::collection::vec(written, 0..12).prop_map(|rules| rules.concat())
}

proptest! {
    #[test]
    fn the_compiled_policy_decides_as_the_written_one(
        toml in policies(),
        channel in proptest::option::of(proptest::sample::select(&["sms", "log", "push"][..])),
        name in proptest::sample::select(&["mobile_phone", "person_name", "resident_id", "uscc", "of_no_rule"][..]),
        level in 1..=4_u8, role in 0..3_usize, about in any::<bool>(),
        field in proptest::option::of(proptest::sample::select(&["$.a", "$.b.remark", "c"][..])),
    ) {
        let policy = parse(&toml).expect("all of these may be written");
        let class = Class::new(level).expect("1 to 4");
        let item = Query { kind: kind(name), class, role: Role::ALL[role], field, about };
        decide(&policy, &flow(channel), &item);
    }

    #[test]
    fn no_file_is_too_strange(toml in any::<String>(), junk in "[\\[\\]a-z=\"0-9\n ]{0,80}") {
        let _ = parse(&toml);
        if let Err(error) = parse(&format!("[[rule]]\n{junk}")) {
            prop_assert!(error.line().is_some_and(|line| line >= 1));
        }
    }

    #[test]
    fn class_3_and_4_never_pass_by_accident(
        toml in policies(), level in 3..=4_u8, role in 0..3_usize,
        low in proptest::sample::select(&["class = [1, 2]", "kind = \"uscc\"", "kind = [\"mobile_phone\", \"person_name\"]"][..]),
        name in proptest::sample::select(&["mobile_phone", "resident_id", "uscc"][..]),
    ) {
        let policy = parse(&format!("{toml}[[rule]]\n{low}\naction = \"pass\"\n")).expect("all of these may be written");
        let class = Class::new(level).expect("3 or 4");
        let item = Query { kind: kind(name), class, role: Role::ALL[role], field: Some("$.a"), about: true };
        prop_assert_ne!(decide(&policy, &flow(Some("sms")), &item).0, Action::Pass);
    }
}
