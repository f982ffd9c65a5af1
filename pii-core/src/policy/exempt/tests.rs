//! What an exemption may name, and what it lets through.

use crate::Kind;
use crate::key::{KeyId, MacAlgorithm};
use crate::policy::{Date, Flow, Policy, PolicyError};
use crate::surrogate::Tokenizer;
use std::time::{Duration, Instant};

const CARD: &str = "6228480000000000216";

fn kind(name: &str) -> Kind {
    Kind::new(name).expect("well spelt")
}

fn parse(exempt: &str) -> Result<Policy, PolicyError> {
    let kinds = ["bank_card", "mobile_phone", "resident_id"].map(kind);
    let kinds: Vec<_> = kinds.into_iter().map(|kind| (kind, crate::Class::THREE)).collect();
    Policy::parse("firm.toml", exempt, &kinds)
}

fn with_pattern(pattern: &str) -> Result<Policy, PolicyError> {
    parse(&format!("[[exempt]]\npattern = '{pattern}'\nowner = \"it\"\nwhy = \"a test\"\nexpires = 2027-01-31\n"))
}

fn day(day: u8) -> Date {
    Date::new(2026, 11, day).expect("a day")
}

#[test]
fn a_pattern_of_a_whole_kind_is_refused() {
    for (pattern, what) in [
        ("[0-9]{17}[0-9X]", "resident IDs"),
        ("[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]", "resident IDs"),
        ("[1-9][0-9]{7}((0[0-9])|(1[0-2]))(([0-2][1-9])|10|20|30|31)[0-9]{3}", "resident IDs"),
        ("11[0-9]{15}[0-9X]", "resident IDs"),
        (".{18}", "resident IDs"),
        ("1[3-9][0-9]{9}", "mobile numbers"),
        ("138[0-9]{8}", "mobile numbers"),
        ("1380[0-9]{7}", "mobile numbers"),
        ("13800138000|1[0-9]{10}", "mobile numbers"),
        ("861[0-9]{10}", "mobile numbers"),
        ("62[0-9]{14}", "bank cards"),
        ("6228[0-9]+", "bank cards"),
        ("0(10|2[0-9])[0-9]{8}", "landline numbers"),
        (".{2,3}", "names"),
        ("[\u{4E00}-\u{9FA5}]{2,4}", "names"),
        (r"\p{Han}+", "names"),
        ("张.{1,2}", "names"),
        ("[A-Z]+", "names"),
        ("北京市.*", "addresses"),
        (".*(路|街).*号", "addresses"),
        (".*QQCOM", "e-mail addresses"),
        ("19[0-9]{6}", "dates of birth"),
        ("[EG][0-9]{8}", "passports"),
        ("A[0-9]{9}", "securities accounts"),
        ("[0-9]{6}", "customer numbers"),
        ("[0-9]{10}", "account numbers"),
        ("88[0-9]{10}", "account numbers"),
        ("[0-9]{4}", "codes"),
        ("京.{6}", "number plates"),
    ] {
        let refused = with_pattern(pattern).expect_err(pattern).to_string();
        let told = format!(
            "firm.toml:2: the pattern would let {what} through, whosesoever they are: write the firm's own values"
        );
        assert!(refused.starts_with(&told), "{pattern}: {refused}");
    }
}

#[test]
fn what_is_the_firms_own_may_be_written() {
    for pattern in [
        "95[0-9]{3}",
        "95588",
        "95[0-9]{3,6}",
        "12386",
        "400[0-9]{7}",
        "(400|800)[0-9]{7}",
        "4008000001|4008000002",
        "13800138000|13900139000|13700137000",
        "1380013[0-9]{4}",
        "010888[0-9]{5}",
        "6228480000000000216|6217000000000000020",
        "622848000000[0-9]{4}",
        "9900[0-9]{6}",
        "E880[0-9]{3}",
        "440524188001010014",
        "张三|李四|王小明|欧阳修",
        "(张|李)经理",
        "北京市西城区金融大街[0-9]+号.*",
        "[A-Z]+BROKERCOMCN",
    ] {
        assert!(with_pattern(pattern).is_ok(), "{pattern}: {:?}", with_pattern(pattern));
    }
}

/// As many exemptions as a file may have are read while somebody waits.
#[test]
fn a_file_full_of_patterns_is_read_in_seconds() {
    let one = |nth: usize| {
        format!("[[exempt]]\npattern = '9{nth:04}[0-9]{{3}}'\nowner = \"it\"\nwhy = \"ours\"\nexpires = 2027-01-31\n")
    };
    let all: String = (0..400).map(one).collect();
    let begun = Instant::now();
    assert!(parse(&all).is_ok());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?} for 400", begun.elapsed());
}

#[test]
fn exempt_values_are_no_findings() {
    let tokens = Tokenizer::new(MacAlgorithm::HmacSm3, KeyId::new(5).expect("a number"), &[7; 32]).expect("32 bytes");
    let digest = tokens.digest(kind("bank_card"), "", CARD);
    let policy = parse(&format!(
        "[[exempt]]\npattern = \"955[0-9]{{2}}\"\nowner = \"it\"\nwhy = \"hot line\"\nexpires = 2026-11-23\n\
         [[exempt]]\ndigest = {:?}\nowner = \"settlement\"\nwhy = \"our own account\"\nexpires = 2027-01-31\n\
         kind = \"bank_card\"\nchannel = \"sms\"\n",
        digest.to_uppercase()
    ))
    .expect("a good policy");
    assert_eq!(policy.exemptions()[1].owner(), "settlement");
    let on = |channel, today| policy.for_flow(&Flow { channel: Some(channel), recipient: None, purpose: None, today });
    let sms = on("sms", day(23));
    assert_eq!(sms.exempts(kind("mobile_phone"), "95588", None), Some(0));
    assert_eq!(sms.exempts(kind("mobile_phone"), "955880", None), None);
    assert_eq!(sms.exempts(kind("mobile_phone"), "1 95588", None), None);
    assert_eq!(on("sms", day(24)).exempts(kind("mobile_phone"), "95588", None), None);
    let made = || Some(digest.clone());
    assert_eq!(sms.exempts(kind("bank_card"), CARD, Some(&made)), Some(1));
    assert_eq!(sms.exempts(kind("bank_card"), CARD, None), None);
    assert_eq!(sms.exempts(kind("bank_card"), CARD, Some(&|| None)), None, "nobody has the key");
    let another = || Some(tokens.digest(kind("bank_card"), "", "6217000000000000020"));
    assert_eq!(sms.exempts(kind("bank_card"), "6217000000000000020", Some(&another)), None);
    // Nobody makes a digest for nothing.
    let never = || panic!("no exemption could hold");
    assert_eq!(sms.exempts(kind("resident_id"), CARD, Some(&never)), None);
    assert_eq!(on("email", day(23)).exempts(kind("bank_card"), CARD, Some(&never)), None);
    assert!(!format!("{policy:?}").contains("955"));
}

#[test]
fn only_a_digest_that_is_whole_is_taken() {
    let tokens = Tokenizer::new(MacAlgorithm::HmacSm3, KeyId::new(5).expect("a number"), &[7; 32]).expect("32 bytes");
    let read = |digest: &str| {
        parse(&format!("[[exempt]]\ndigest = {digest:?}\nowner = \"it\"\nwhy = \"ours\"\nexpires = 2027-01-31\n"))
    };
    let digest = tokens.digest(kind("bank_card"), "", CARD);
    assert!(read(&digest).is_ok());
    let damaged = digest.replacen(&digest[10..11], if &digest[10..11] == "a" { "b" } else { "a" }, 1);
    for wrong in [&damaged, &format!("{digest} "), &tokens.token(kind("bank_card"), "", CARD), &"ab".repeat(32)] {
        let refused = read(wrong).expect_err(wrong).to_string();
        assert!(refused.starts_with("firm.toml:2: the digest must be one that the firm's key makes"), "{refused}");
    }
}
