//! One value has many writings: all of them mean the same, and come out written as they were.

use pii_core::fpe::{Algorithm, Cipher, Codec, FpeError, Options};
use pii_core::{Rule, RuleSet};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);

fn rule(kind: &str) -> &'static Rule {
    RULES.rules().iter().find(|rule| rule.kind().as_str() == kind).expect("a kind of these rules")
}

fn codec(kind: &str) -> Codec {
    let cipher = Cipher::new(Algorithm::Aes256, &[9; 32]).expect("32 bytes");
    Codec::new(rule(kind), &cipher, "tests", &Options::default()).expect("the rule has one")
}

/// Letters and digits, of any width.
fn meaning(value: &str) -> String {
    let plain = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0),
        '〇'..='龥' => "〇一二三四五六七八九".chars().position(|n| n == c).map(|n| char::from(b'0' + n as u8)),
        _ => Some(c),
    };
    value.chars().filter_map(plain).filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// How a value is written: characters that count by their width, and what stands between them as it is.
fn shape(value: &str) -> String {
    let sort = |c: char| match c {
        _ if c.is_ascii_alphanumeric() => 'a',
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => 'Ａ',
        '〇' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' => '一',
        _ => c,
    };
    value.chars().map(sort).collect()
}

#[test]
fn all_writings_of_a_value_come_out_as_writings_of_one() {
    let table: [(&str, &[&str]); 13] = [
        (
            "resident_id",
            &[
                "440524188001010014",
                "440524 18800101 0014",
                "４４０５２４１８８００１０１００１４",
                "440524-18800101-0014",
            ],
        ),
        ("resident_id", &["440524800101001", "440524 800101 001", "４４０５２４８００１０１００１"]),
        ("residence_permit", &["810000190001010018", "810000 19000101 0018"]),
        (
            "mobile_phone",
            &[
                "13800138000",
                "138-0013-8000",
                "138 0013 8000",
                "１３８００１３８０００",
                "一三八〇〇一三八〇〇〇",
                "(138)0013-8000",
            ],
        ),
        ("bank_card", &["6228480000000000216", "6228 4800 0000 0000 216", "６２２８４８００００００００００２１６"]),
        ("bank_card", &["6228480000000000217", "6228 4800 0000 0000 217"]),
        ("hkid", &["AB0000017", "AB000001(7)", "AB000001（7）", "ab000001(7)", "ＡＢ０００００１（７）"]),
        ("uscc", &["91310000MA1FL0007C", "91310000 MA1FL0007 C", "91310000ma1fl0007c"]),
        ("iban", &["GB29NWBK60161331926819", "GB29 NWBK 6016 1331 9268 19"]),
        ("vehicle_plate", &["京A12345", "京A·12345", "京A 12345", "京Ａ１２３４５"]),
        ("securities_account", &["A000000001", "a000000001", "A000-000-001", "Ａ００００００００１"]),
        ("mac_address", &["00:00:5E:00:53:AF", "00-00-5e-00-53-af", "0000.5e00.53af", "00005E0053AF"]),
        ("passport", &["E00000001", "e00000001", "E 0000 0001"]),
    ];
    for (kind, writings) in table {
        let codec = codec(kind);
        let results: Vec<String> = writings.iter().map(|value| codec.encrypt(value).unwrap()).collect();
        let meanings: BTreeSet<String> = results.iter().map(|result| meaning(result)).collect();
        assert_eq!(meanings.len(), 1, "{kind}: {writings:?} became {results:?}");
        for (value, result) in writings.iter().zip(&results) {
            assert_eq!(shape(result), shape(value), "{kind}");
            assert_eq!(meaning(&codec.decrypt(result).unwrap()), meaning(value), "{kind}");
        }
    }
}

#[test]
fn a_name_in_latin_letters_is_one_name_in_capitals_or_not() {
    let codec = codec("person_name");
    for name in ["Zhang San", "Zhang San Feng", "Li, Wei", "Ouyang M", "Schmidt-Li Anna", "Lv X. Y."] {
        let one = codec.encrypt(name).unwrap();
        assert_ne!(one.to_lowercase(), name.to_lowercase());
        assert_eq!(codec.encrypt(&name.to_uppercase()), Ok(one.to_uppercase()), "{name}");
        assert_eq!(codec.encrypt(&name.to_lowercase()), Ok(one.to_lowercase()), "{name}");
        let (first, rest) = name.split_at(name.find(' ').unwrap());
        let (other_first, other_rest) = one.split_at(one.find(' ').unwrap());
        let half = codec.encrypt(&(first.to_uppercase() + rest)).unwrap();
        assert_eq!(half, other_first.to_uppercase() + other_rest, "{name}");
    }
    let keeps = Options { keep_surname: true, ..Options::default() };
    let cipher = Cipher::new(Algorithm::Aes256, &[9; 32]).expect("32 bytes");
    let codec = Codec::new(rule("person_name"), &cipher, "tests", &keeps).expect("the rule has one");
    let one = codec.encrypt("McArthur San").unwrap();
    assert!(one.starts_with("McArthur ") && !one.ends_with(" San"), "{one}");
    assert_eq!(codec.encrypt("MCARTHUR SAN"), Ok(one.to_uppercase()));
}

/// Whatever the kind, letters of either case are the same and come out in the case that was there.
#[test]
fn capitals_change_no_value() {
    for (kind, value) in [
        ("email", "Zhang.San01@Example.com"),
        ("passport", "e12345678"),
        ("mac_address", "00:00:5e:00:53:af"),
        ("vin", "LSVAA0009A0000000"),
        ("iban", "gb29nwbk60161331926819"),
    ] {
        let codec = codec(kind);
        let upper = codec.encrypt(&value.to_uppercase()).unwrap();
        assert_eq!(codec.encrypt(&value.to_lowercase()).map(|result| result.to_uppercase()), Ok(upper), "{kind}");
    }
}

/// A number in groups of which one in ten passes Luhn comes out as somebody's card no more often than it is one.
#[test]
fn what_is_no_card_becomes_none() {
    let is_card = |value: &str| pii_core::check::bank_card::check(value.as_bytes()) > pii_core::check::Verdict::Invalid;
    let codec = codec("bank_account");
    let mut cards = 0;
    for n in 0..2000 {
        let value = format!("6222{:012}", n * 7919);
        let result = codec.encrypt(&value).unwrap();
        assert_eq!(is_card(&result), is_card(&value), "{value} became {result}");
        assert_eq!(codec.decrypt(&result).as_deref(), Ok(value.as_str()));
        cards += usize::from(is_card(&value));
    }
    assert!((100..300).contains(&cards), "{cards}: both sorts were tried");
}

#[test]
fn a_number_and_its_country_code_are_one_number() {
    for (kind, writings) in [
        ("mobile_phone", &["13800138000", "+86 138 0013 8000", "008613800138000", "8613800138000", "013800138000"][..]),
        ("mobile_phone", &["+852 6000 0000", "(+852) 60000000", "00852 6000 0000", "852-6000-0000"]),
        (
            "landline_phone",
            &["010-60000000", "01060000000", "(010)6000 0000", "+86 10 60000000", "86-10-60000000", "010-60000000-801"],
        ),
        ("landline_phone", &["+886 2 2000 0000", "(886) 2 20000000", "+886 (0)2 2000 0000"]),
    ] {
        let codec = codec(kind);
        let tails: BTreeSet<String> = writings
            .iter()
            .map(|value| {
                let result = codec.encrypt(value).unwrap();
                assert_eq!(codec.decrypt(&result).unwrap(), *value);
                let digits = meaning(result.strip_suffix("-801").unwrap_or(&result));
                digits[digits.len() - 8..].to_owned()
            })
            .collect();
        assert_eq!(tails.len(), 1, "{kind}: {writings:?} became {tails:?}");
    }
}

/// Renewals of a travel permit have the same number, and another count behind it.
#[test]
fn renewals_stay_together() {
    for (kind, first, second) in
        [("hk_macau_pass", "H0000000100", "H0000000102"), ("taiwan_pass", "0000000101(B)", "0000000102")]
    {
        let codec = codec(kind);
        let [one, other] = [first, second].map(|value| codec.encrypt(value).unwrap());
        assert_eq!(one[..8], other[..8], "{kind}");
        assert_eq!(one[9..], first[9..]);
        assert_ne!(one[..8], first[..8]);
    }
}

#[test]
fn the_person_of_an_old_number_is_the_person_of_the_new_one() {
    let codec = codec("resident_id");
    let mut met = 0;
    for n in 0..500 {
        let short = format!("440524{:02}{:02}{:02}{:03}", n % 100, 1 + n % 12, 1 + n % 28, n);
        let body = format!("{}19{}", &short[..6], &short[6..]);
        let check = pii_core::check::resident_id::check_char(body.as_bytes()).unwrap();
        let long = codec.encrypt(&format!("{body}{}", char::from(check))).unwrap();
        let short = codec.encrypt(&short).unwrap();
        assert_eq!(short, format!("{}{}", &long[..6], &long[8..17]));
        assert_eq!(&long[6..8], "19");
        met += usize::from(pii_core::check::resident_id::check(short.as_bytes()) >= pii_core::check::Verdict::Likely);
    }
    assert_eq!(met, 500);
}

#[test]
fn mistyped_values_become_mistyped_ones() {
    for (kind, values) in [
        (
            "resident_id",
            &[
                "110105188702280020",
                "11010518870228002",
                "1101051887022800288",
                "110105491331002",
                "110105188713010028",
            ][..],
        ),
        ("residence_permit", &["820000190002020021", "810000190013010018", "83000019000230003X"]),
        ("foreign_permanent_resident_id", &["911840190001010015", "USA310100010119"]),
        ("bank_card", &["6228480000000000217", "622848000000", "6228480000000000000000"]),
        ("hkid", &["A0000004"]),
        ("uscc", &["91310000MA1FL00070", "91310000MA1FL0007"]),
        ("vin", &["LSVAA0001A0000000"]),
        ("imei", &["490154203237519", "49015420323751", "A0000004123456"]),
        ("mobile_phone", &["1380013800", "138001380001"]),
    ] {
        let rule = rule(kind);
        let codec = codec(kind);
        for value in values {
            let result = codec.encrypt(value).unwrap_or_else(|error| panic!("{kind} {value}: {error}"));
            assert_ne!(result, *value);
            assert_eq!(result.len(), value.len());
            assert_eq!(codec.decrypt(&result).as_deref(), Ok(*value));
            let check = pii_core::check::named(rule.kind().as_str()).filter(|_| kind != "mobile_phone");
            let is_valid = |value: &str| check.is_some_and(|c| c(value.as_bytes()) >= pii_core::check::Verdict::Likely);
            assert_eq!(is_valid(&result), is_valid(value), "{kind}: {result}");
        }
    }
}

#[test]
fn one_to_one_over_all_values_of_a_form() {
    let all = |count: u32, write: &dyn Fn(u32) -> String| (0..count).map(write).collect::<Vec<String>>();
    for (kind, values) in [
        ("vehicle_plate", all(100_000, &|n| format!("京A{n:05}"))),
        ("qq", all(90_000, &|n| (10_000 + n).to_string())),
        ("ip_address", all(65_536, &|n| format!("192.168.{}.{}", n >> 8, n & 255))),
        ("ip_address", all(256, &|n| format!("203.0.113.{n}"))),
        (
            "email",
            all(17_576, &|n| {
                let letters = [n / 676, n / 26 % 26, n % 26].map(|at| char::from(b'a' + at as u8));
                format!("{}@example.com", String::from_iter(letters))
            }),
        ),
        ("bank_account", all(10_000, &|n| format!("3100{n:04}"))),
    ] {
        let codec = codec(kind);
        let given: Vec<&str> = values.iter().map(String::as_str).collect();
        let results: Vec<String> = codec.encrypt_each(&given).into_iter().map(Result::unwrap).collect();
        assert!(results.iter().zip(&values).all(|(result, value)| result != value), "{kind}: nothing maps to itself");
        let [distinct, given] = [&results, &values].map(|list| list.iter().collect::<BTreeSet<_>>());
        assert_eq!(distinct, given, "{kind}");
    }
}

/// No value comes out with a beginning that would stay on the way back.
#[test]
fn a_beginning_that_stays_is_not_come_by() {
    let codec = codec("wechat_id");
    for n in 0..40_000_u32 {
        let letter = |by: u32| char::from(b'a' + (n / by % 26) as u8);
        let value = format!("w{}{}{}_a{}", letter(1), letter(26), letter(676), n % 10);
        let result = codec.encrypt(&value).unwrap();
        assert_eq!(result.starts_with("wxid_"), value.starts_with("wxid_"), "{value}");
        assert_eq!(codec.decrypt(&result), Ok(value));
    }
}

#[test]
fn columns_are_what_their_values_are() {
    for (kind, values) in [
        (
            "resident_id",
            &[
                "440524188001010014",
                "440524800101001",
                "110105188702280020",
                "11010519491231002x",
                "no",
                "４４０５２４１８８００１０１００１４",
            ][..],
        ),
        ("bank_card", &["6228480000000000216", "6228 4800 0000 0000 216", "6228480000000000217", ""]),
        ("mobile_phone", &["13800138000", "+86 138 0013 8000", "12", "13900139000"]),
        ("qq", &["10000", "1"]),
    ] {
        let codec = codec(kind);
        let one_by_one: Vec<_> = values.iter().map(|value| codec.encrypt(value)).collect();
        assert_eq!(codec.encrypt_each(values), one_by_one, "{kind}");
        assert!(one_by_one.iter().any(Result::is_err) || kind == "resident_id");
        let encrypted: Vec<&str> = one_by_one.iter().flatten().map(String::as_str).collect();
        let back: Vec<_> = encrypted.iter().map(|value| codec.decrypt(value)).collect();
        assert_eq!(codec.decrypt_each(&encrypted), back, "{kind}");
    }
}

#[test]
fn what_is_no_value_is_told_without_it() {
    for (kind, wrong) in [
        ("resident_id", &["", "xyz", "1101", "张三"][..]),
        ("email", &["", "@example.com", "zhangsan", "zhangsan@"]),
        ("ip_address", &["300.1.2.3", "1.2.3", "::g"]),
        ("mac_address", &["00:00:00:00:00:00", "00:00:5E:00:53", "xyz"]),
        ("date_of_birth", &["1890-02-30", "1890-13-01", "02/13/1890", "1700-01-01", "soon", "13月1日"]),
        ("vehicle_plate", &["京I00000", "京A0000", "A00000"]),
        ("passport", &["ABCDEFGH", "12"]),
        ("person_name", &["", "12345"]),
        ("address", &["", "——"]),
        ("landline_phone", &["12", "+1 212 555 1234", ""]),
        ("mobile_phone", &["", "13"]),
    ] {
        let codec = codec(kind);
        for value in wrong {
            let error: FpeError = codec.encrypt_for("one", value).expect_err(kind);
            assert!(error.is_value() || error.is_small_domain(), "{kind} {value}: {error}");
            assert!(value.is_empty() || !format!("{error:?} {error}").contains(value), "{kind}");
        }
        assert_eq!(format!("{codec:?}"), format!("Codec({kind})"));
    }
    // One letter is one of 26.
    for (kind, small) in [("email", "a@example.com"), ("email", "7@example.com"), ("wechat_id", "wxid_-----")] {
        let error = codec(kind).encrypt(small).expect_err(kind);
        assert!(error.is_small_domain() || error.is_value(), "{kind}: {error}");
    }
}

proptest! {
    #[test]
    fn any_local_part_comes_back(local in "[a-zA-Z0-9][a-zA-Z0-9._+-]{1,63}", domain in "[a-z]{1,9}\\.(com|cn)") {
        let codec = codec("email");
        let value = format!("{local}@{domain}");
        match codec.encrypt(&value) {
            Ok(result) => {
                prop_assert_eq!(shape(&result), shape(&value));
                let same_sorts = result.chars().zip(value.chars()).all(|(one, other)| {
                    (one.is_ascii_digit(), one.is_ascii_uppercase(), one.is_ascii_lowercase())
                        == (other.is_ascii_digit(), other.is_ascii_uppercase(), other.is_ascii_lowercase())
                });
                prop_assert!(same_sorts && result.ends_with(&value[local.len()..]));
                prop_assert_eq!(codec.decrypt(&result).unwrap(), value);
            }
            Err(error) => prop_assert!(error.is_small_domain()),
        }
    }

    #[test]
    fn any_address_of_the_network_comes_back(bits: u32, groups: [u16; 8]) {
        let codec = codec("ip_address");
        let one = std::net::Ipv4Addr::from_bits(bits).to_string();
        prop_assert_eq!(codec.decrypt(&codec.encrypt(&one).unwrap()).unwrap(), one);
        let other = std::net::Ipv6Addr::from(groups).to_string();
        let back = codec.decrypt(&codec.encrypt(&other).unwrap()).unwrap();
        prop_assert_eq!(back.parse::<std::net::Ipv6Addr>().unwrap(), std::net::Ipv6Addr::from(groups));
    }

    #[test]
    fn any_text_is_a_value_or_an_error(text in "\\PC{0,40}", digits in "[0-9A-Za-z+() .:/-]{0,30}") {
        for rule in RULES.rules().iter().filter(|rule| rule.fpe().is_some()) {
            let cipher = Cipher::new(Algorithm::Aes128, &[9; 16]).expect("16 bytes");
            let codec = Codec::new(rule, &cipher, "tests", &Options::default()).unwrap();
            for value in [&text, &digits] {
                if let Ok(result) = codec.encrypt_for("one", value) {
                    prop_assert!(!codec.is_reversible() || codec.decrypt_for("one", &result).is_ok(), "{} {}", rule.file(), value);
                }
            }
        }
    }
}
