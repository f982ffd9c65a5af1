//! What purposes are declared as, and what becomes of data beyond them.

use crate::mask::{Profile, Shape};
use crate::policy::{Action, Date, Flow, OutOfScope, Policy, PolicyError, Query, Reason, Role, Scope, Warning};
use crate::purpose::Method;
use crate::{Class, Kind};

const KINDS: [(&str, u8); 7] = [
    ("resident_id", 3),
    ("bank_card", 3),
    ("mobile_phone", 2),
    ("person_name", 2),
    ("password", 4),
    ("biometric_image", 4),
    ("uscc", 1),
];

const NOTICE: &str = r#"
[[purpose]]
code      = "trade_notice"
text      = "成交与交收提醒"
service   = "证券交易"
necessary = true
kinds     = ["mobile_phone", "person_name"]
methods   = ["use", "transmit"]
retention = "20 years"
"#;

fn kind(name: &str) -> Kind {
    Kind::new(name).expect("well spelt")
}

fn kinds() -> Vec<(Kind, Class)> {
    KINDS.iter().map(|(name, level)| (kind(name), Class::new(*level).expect("1 to 4"))).collect()
}

fn parse(toml: &str) -> Result<Policy, PolicyError> {
    Policy::parse("firm.toml", toml, &kinds())
}

fn today() -> Date {
    Date::new(2026, 11, 23).expect("a day")
}

fn flow<'a>(channel: &'a str, purpose: Option<&'a str>) -> Flow<'a> {
    Flow { channel: Some(channel), recipient: None, purpose, today: today() }
}

fn item(name: &str) -> Query<'static> {
    let level = KINDS.iter().find(|(known, _)| *known == name).map_or(2, |(_, level)| *level);
    let class = Class::new(level).expect("1 to 4");
    Query { kind: kind(name), class, role: Role::Unknown, field: None, about: false }
}

/// Asks through every door, and expects one answer.
fn decide(policy: &Policy, flow: &Flow<'_>, item: &Query<'_>) -> (Action, Profile, Reason) {
    let plain = policy.decide(flow, item);
    assert_eq!(policy.for_flow(flow).decide(item), plain);
    assert_eq!(policy.explain(flow, item).decision, plain);
    (plain.action, plain.profile, plain.reason)
}

fn told(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(Warning::to_string).collect()
}

#[test]
fn a_purpose_is_read_as_it_is_declared() {
    let policy = parse(&NOTICE.replace("\"20 years\"", "\"P6M\"\nout_of_scope = \"block\"")).expect("a good policy");
    let declared = policy.purpose("Trade_Notice").expect("upper or lower case");
    let purpose = declared.purpose();
    assert_eq!((declared.file(), declared.line(), declared.out_of_scope()), ("firm.toml", 2, OutOfScope::Block));
    assert_eq!((purpose.text(), purpose.service(), purpose.is_necessary()), ("成交与交收提醒", "证券交易", true));
    assert_eq!(purpose.methods(), [Method::Use, Method::Transmit]);
    assert_eq!(purpose.retention().to_string(), "6 months");
    assert_eq!(purpose.kinds(), [kind("mobile_phone"), kind("person_name")]);
    assert_eq!(policy.purposes().len(), 1);
    assert_eq!(told(policy.warnings()), [""; 0]);
    assert!(Policy::builtin().purposes().is_empty());
}

#[test]
fn every_complaint_says_what_to_write() {
    let without = |key: &str| {
        NOTICE.lines().filter(|line| !line.starts_with(key)).fold(String::new(), |all, line| all + line + "\n")
    };
    let with = |key: &str, value: &str| without(key) + &format!("{key} = {value}\n");
    for (toml, line, expected) in [
        (without("code"), 2, "a purpose needs code: add code = \"trade_notice\""),
        (without("text"), 2, "a purpose needs text: add text = \""),
        (without("service"), 2, "a purpose needs service: add"),
        (without("necessary"), 2, "a purpose needs necessary: add necessary = true if"),
        (without("kinds"), 2, "a purpose without kinds takes no data: name the kinds that it needs, such as kinds = "),
        (without("methods"), 2, "a purpose without methods does nothing: say what is done"),
        (without("retention"), 2, "a purpose needs retention: add retention = \"20 years\""),
        (with("kinds", "[]"), 9, "a purpose without kinds takes no data"),
        (with("methods", "[]"), 9, "a purpose without methods does nothing"),
        (with("kinds", "[\"mobil_phone\"]"), 9, "unknown kind \"mobil_phone\": write \"mobile_phone\""),
        (with("kinds", "\"contact\""), 9, "unknown kind \"contact\": write one of resident_id"),
        (with("methods", "\"transmitt\""), 9, "unknown methods \"transmitt\": write \"transmit\""),
        (with("necessary", "\"yes\""), 9, "\"necessary\" must be true or false, without quotes"),
        (with("retention", "\"20 yrs\""), 9, "\"retention\" must be a length of time, such as"),
        (with("code", "\"交易\""), 2, "a purpose's code has small letters"),
        (with("out_of_scope", "\"pass\""), 10, "unknown out_of_scope \"pass\": write one of mask, block"),
        (with("kind", "\"uscc\""), 9, "unknown key in [[purpose]] \"kind\": write \"kinds\""),
        (format!("{NOTICE}{NOTICE}"), 11, "the purpose \"trade_notice\" is declared on line 2 already"),
        (
            format!("{NOTICE}[[rule]]\npurpose = \"trade_notise\"\naction = \"mask\"\n"),
            11,
            "unknown purpose \"trade_notise\": write \"trade_notice\"; one of your own needs a [[purpose]]",
        ),
    ] {
        let error = parse(&toml).expect_err(expected);
        assert_eq!(error.line(), Some(line), "{error}");
        assert!(error.to_string().starts_with(&format!("firm.toml:{line}: {expected}")), "{error}");
    }
}

#[test]
fn what_a_purpose_does_not_take_is_masked_whatever_a_rule_says() {
    use {Action::*, Profile::*, Reason::*};
    let policy = parse(&format!(
        "{NOTICE}[[rule]]\nchannel = \"log\"\nclass = [1, 2]\naction = \"pass\"\n\
         [[rule]]\nchannel = \"push\"\nclass = [2, 3, 4]\naction = \"seal\"\n\
         [[rule]]\nchannel = \"email\"\nkind = \"bank_card\"\naction = \"block\"\n\
         [[rule]]\nchannel = \"email\"\nkind = \"resident_id\"\naction = \"mask\"\nprofile = \"lenient\"\nshape = \"tail\"\n"
    ))
    .expect("a good policy");
    for (channel, name, without, with) in [
        ("log", "mobile_phone", (Pass, Strict, Rule), (Pass, Strict, Rule)),
        ("log", "resident_id", (Mask, Usual, Rule), (Mask, Strict, OutOfScope)),
        ("log", "password", (Drop, Strict, Rule), (Drop, Strict, OutOfScope)),
        ("log", "uscc", (Pass, Strict, Rule), (Pass, Strict, Rule)),
        ("push", "person_name", (Seal, Strict, Rule), (Seal, Strict, Rule)),
        ("push", "bank_card", (Seal, Strict, Rule), (Mask, Strict, OutOfScope)),
        ("push", "password", (Seal, Strict, Rule), (Drop, Strict, OutOfScope)),
        ("email", "bank_card", (Block, Strict, Rule), (Block, Strict, OutOfScope)),
        ("email", "resident_id", (Mask, Lenient, Rule), (Mask, Strict, OutOfScope)),
        ("sms", "of_no_rule", (Mask, Strict, Rule), (Mask, Strict, OutOfScope)),
    ] {
        assert_eq!(decide(&policy, &flow(channel, None), &item(name)), without, "{channel} {name}");
        for purpose in ["trade_notice", "TRADE_NOTICE"] {
            assert_eq!(decide(&policy, &flow(channel, Some(purpose)), &item(name)), with, "{channel} {name}");
        }
    }
    // Templates that refuse stars get the shape that they have.
    let decision = policy.decide(&flow("email", Some("trade_notice")), &item("resident_id"));
    assert_eq!((decision.shape, decision.rule), (&Shape::TailOnly, Some(policy.rules().len() - 1)));
    // A person's business is personal, whatever its kind's class is.
    let sole_trader = Query { class: Class::THREE, ..item("uscc") };
    assert_eq!(decide(&policy, &flow("log", Some("trade_notice")), &sole_trader), (Mask, Strict, OutOfScope));
}

#[test]
fn a_purpose_can_have_the_message_stopped() {
    let policy = parse(&format!("{NOTICE}out_of_scope = \"block\"\n")).expect("a good policy");
    let notice = flow("sms", Some("trade_notice"));
    for (name, expected) in [
        ("mobile_phone", Action::Mask),
        ("resident_id", Action::Block),
        // Nothing of it would leave.
        ("password", Action::Drop),
        ("uscc", Action::Pass),
    ] {
        assert_eq!(decide(&policy, &notice, &item(name)).0, expected, "{name}");
        assert_ne!(decide(&policy, &flow("sms", None), &item(name)).0, Action::Block);
    }
}

#[test]
fn nothing_is_in_the_scope_of_a_purpose_that_nobody_declared() {
    let rule = "[[rule]]\nclass = [1, 2]\naction = \"pass\"\n";
    let declares = parse(&format!("{NOTICE}{rule}")).expect("a good policy");
    let stranger = flow("sms", Some("marketing"));
    assert!(matches!(declares.scope(&stranger), Scope::Undeclared));
    assert_eq!(
        decide(&declares, &stranger, &item("mobile_phone")),
        (Action::Mask, Profile::Strict, Reason::OutOfScope)
    );
    assert_eq!(decide(&declares, &stranger, &item("uscc")).0, Action::Pass);
    assert_eq!(decide(&declares, &flow("sms", None), &item("mobile_phone")).0, Action::Pass);
    let misspelt = declares.check_purpose(Some("trade_notise")).expect_err("unknown").to_string();
    assert_eq!(
        misspelt,
        "unknown purpose \"trade_notise\": write \"trade_notice\", or another of trade_notice; a purpose of your own needs a \
         [[purpose]] in the policy file"
    );
    assert!(declares.check_purpose(Some(&"x".repeat(4000))).expect_err("unknown").to_string().len() < 300);
    assert_eq!(declares.check_purpose(Some("trade_notice")), Ok(()));
    // Where a purpose is required, a flow without one is as one whose purpose nobody declared.
    assert_eq!(declares.check_purpose(None), Ok(()));
    let strict = format!("[defaults]\npurpose = \"required\"\n{NOTICE}{rule}");
    let strict = parse(&strict).expect("a good policy");
    assert!(matches!(strict.scope(&flow("sms", None)), Scope::Undeclared));
    assert_eq!(
        decide(&strict, &flow("sms", None), &item("mobile_phone")),
        (Action::Mask, Profile::Strict, Reason::OutOfScope)
    );
    assert_eq!(decide(&strict, &flow("sms", None), &item("uscc")).0, Action::Pass);
    assert_eq!(decide(&strict, &flow("sms", Some("trade_notice")), &item("mobile_phone")).0, Action::Pass);
    assert_eq!(
        strict.check_purpose(None).expect_err("required").to_string(),
        "the policy requires that each flow names its purpose: write one of trade_notice; a purpose of your own needs a \
         [[purpose]] in the policy file"
    );
    let without = parse(&format!("[defaults]\npurpose = \"required\"\n{rule}")).expect("a good policy");
    assert_eq!(without.check_purpose(None), Ok(()), "there is none to name");
    assert_eq!(decide(&without, &flow("sms", None), &item("mobile_phone")).0, Action::Pass);
    // Where nobody declares purposes they are names in rules, as before.
    let none = parse(rule).expect("a good policy");
    assert_eq!(none.check_purpose(Some("marketing")), Ok(()));
    assert_eq!(decide(&none, &stranger, &item("mobile_phone")).0, Action::Pass);
}

#[test]
fn keys_are_asked_for_only_where_the_scope_lets_them_work() {
    let policy = parse(&format!("{NOTICE}[[rule]]\nkind = \"bank_card\"\naction = \"seal\"\n")).expect("a good policy");
    assert!(policy.for_flow(&flow("sms", None)).check_keys(|_| false).is_err());
    assert_eq!(policy.for_flow(&flow("sms", Some("trade_notice"))).check_keys(|_| false), Ok(()));
    assert_eq!(policy.for_flow(&flow("sms", Some("unheard_of"))).check_keys(|_| false), Ok(()));
    for rule in
        ["kind = \"mobile_phone\"", "class = 2", "class = 1", "kind = \"uscc\"", "kind = \"uscc\"\nfield = \"a\""]
    {
        let policy = parse(&format!("{NOTICE}[[rule]]\n{rule}\naction = \"seal\"\n")).expect("a good policy");
        assert!(policy.for_flow(&flow("sms", Some("trade_notice"))).check_keys(|_| false).is_err(), "{rule}");
    }
}

#[test]
fn of_two_files_the_later_ones_purpose_holds() {
    let first = parse(NOTICE).expect("a good policy");
    let both = first.with("b.toml", &NOTICE.replace(", \"person_name\"", ""), &kinds()).expect("a good policy");
    assert_eq!(
        told(both.warnings()),
        ["b.toml:2: this replaces the purpose \"trade_notice\" of firm.toml:2: take that one out if this is meant"]
    );
    assert_eq!(both.purposes().len(), 1);
    assert!(!both.purpose("trade_notice").expect("declared").purpose().takes(kind("person_name")));
    // A file behind one that declares purposes can name them.
    let rule = "[[rule]]\npurpose = \"trade_notice\"\naction = \"mask\"\n";
    assert!(first.with("b.toml", rule, &kinds()).is_ok());
    assert!(first.with("b.toml", &rule.replace("trade_notice", "other"), &kinds()).is_err());
}

#[test]
fn what_is_odd_about_purposes_is_noted() {
    let odd = NOTICE
        .replace("\"20 years\"", "\"241 months\"")
        .replace("[\"mobile_phone\"", "[\"password\", \"biometric_image\", \"mobile_phone\"");
    let policy = parse(&odd).expect("a good policy");
    let [class_4, long] = &told(policy.warnings())[..] else { panic!("{:?}", policy.warnings()) };
    assert!(
        class_4
            .starts_with("firm.toml:2: the purpose \"trade_notice\" takes class 4 (biometric_image, password): leave"),
        "{class_4}"
    );
    assert!(
        long.starts_with("firm.toml:2: the purpose \"trade_notice\" keeps data for 241 months: more than 20"),
        "{long}"
    );
    for fine in ["\"240 months\"", "\"20 years\"", "\"7305 days\""] {
        assert_eq!(parse(&NOTICE.replace("\"20 years\"", fine)).expect("good").warnings(), [], "{fine}");
    }
}

#[test]
fn rules_and_purposes_that_miss_each_other_are_noted() {
    let doubts = |policy: &Policy| told(&policy.purpose_doubts(today()));
    let rule = "[[rule]]\npurpose = \"trade_notise\"\nkind = \"uscc\"\naction = \"mask\"\n";
    let before = parse(rule).expect("a good policy");
    assert!(doubts(&before)[0].starts_with("firm.toml:1: no [[purpose]] declares \"trade_notise\""), "{before:?}");
    let both = before.with("b.toml", NOTICE, &kinds()).expect("a good policy");
    assert_eq!(
        doubts(&both),
        [
            "firm.toml:1: this rule never lets anything pass: no [[purpose]] declares \"trade_notise\": add one, or write \
          \"trade_notice\""
        ]
    );
    let provides = NOTICE.replace("\"use\"", "\"provide\"");
    let alone = &doubts(&parse(&provides).expect("good"))[0];
    assert!(alone.starts_with("firm.toml:2: the purpose \"trade_notice\" provides data to others"), "{alone}");
    assert_eq!(doubts(&parse(NOTICE).expect("good")), [""; 0]);
    let rule = |last: &str| {
        format!("[[rule]]\npurpose = \"trade_notice\"\nkind = \"uscc\"\naction = \"mask\"\nexpires = {last}\n")
    };
    let over = &doubts(&parse(&format!("{provides}{}", rule("2026-11-22"))).expect("good"))[0];
    assert!(over.starts_with("firm.toml:2: every rule that names the purpose \"trade_notice\" has had"), "{over}");
    assert_eq!(
        doubts(&parse(&format!("{provides}{}{}", rule("2026-11-22"), rule("2026-11-23"))).expect("good")),
        [""; 0]
    );
}

#[test]
fn a_purpose_that_is_required_and_never_declared_is_noted() {
    let doubts = |policy: &Policy| told(&policy.purpose_doubts(today()));
    let required = "# a policy\n[defaults]\nfloor_bits = 20\npurpose = \"required\"\n";
    let alone = parse(required).expect("a good policy");
    assert_eq!(
        doubts(&alone),
        [
            "firm.toml:4: a purpose is required, and no [[purpose]] declares any, so this limits nothing: add one for each flow, \
             or write purpose = \"optional\""
        ]
    );
    let declared = alone.with("b.toml", NOTICE, &kinds()).expect("a good policy");
    assert_eq!(doubts(&declared), [""; 0]);
    let taken_back = alone.with("b.toml", "[defaults]\npurpose = \"optional\"\n", &kinds()).expect("a good policy");
    assert_eq!(doubts(&taken_back), [""; 0]);
}
