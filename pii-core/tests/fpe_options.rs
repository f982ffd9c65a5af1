//! What is up to whoever asks for a codec: what stays, how far dates move, values that are marked; and what is replaced for good.

use pii_core::check::{self, Verdict};
use pii_core::fpe::{Algorithm, Cipher, Codec, FpeError, Keep, Options, SHIFT_LIMIT_DAYS};
use pii_core::policy::Date;
use pii_core::{Engine, Rule, RuleSet, Scratch, Segment};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::builtin()));

fn rule(kind: &str) -> &'static Rule {
    ENGINE.rules().rules().iter().find(|rule| rule.kind().as_str() == kind).expect("a kind of these rules")
}

fn codec(kind: &str, options: &Options) -> Result<Codec, FpeError> {
    let cipher = Cipher::new(Algorithm::Sm4, &[5; 16]).expect("16 bytes");
    Codec::new(rule(kind), &cipher, "tests", options)
}

fn usual(kind: &str) -> Codec {
    codec(kind, &Options::default()).expect("the rule has one")
}

fn found(kind: &str, value: &str) -> bool {
    let field = rule(kind).fields().first().expect("the kind has a field");
    let segment = Segment::new(value.as_bytes(), ENGINE.field_evidence(field.as_bytes())).expect("short");
    let mut findings = Vec::new();
    ENGINE.find(segment, &mut Scratch::default(), &mut findings);
    matches!(&findings[..], [one] if one.kind().as_str() == kind && one.span() == (0..value.len()))
}

#[test]
fn marked_values_never_pass_their_check_and_come_back() {
    let marked = Options { marked: true, ..Options::default() };
    for (kind, check, value) in [
        ("resident_id", "resident_id", "440524188001010014"),
        ("residence_permit", "residence_permit", "810000190001010018"),
        ("foreign_permanent_resident_id", "foreign_permanent_resident", "911840190001010017"),
        ("foreign_permanent_resident_id", "foreign_permanent_resident", "USA310100010118"),
        ("bank_card", "bank_card", "6228480000000000216"),
        ("hkid", "hkid", "A0000003"),
        ("taiwan_id", "taiwan_id", "A123456789"),
        ("uscc", "uscc", "91310000MA1FL0007C"),
        ("imei", "imei", "490154203237518"),
        ("vin", "vin", "1M8GDM9AXKP042788"),
        ("iban", "iban", "GB29NWBK60161331926819"),
    ] {
        let codec = codec(kind, &marked).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let check = check::named(check).expect("a check");
        let mut value = value.to_owned();
        let mut seen = BTreeSet::new();
        for _ in 0..300 {
            let result = codec.encrypt(&value).unwrap_or_else(|error| panic!("{kind} {value}: {error}"));
            assert!(check(result.as_bytes()) < Verdict::Likely, "{kind}: {result} is valid");
            assert_eq!(codec.decrypt(&result).as_deref(), Ok(&*value), "{kind}");
            assert!(codec.encrypt(&result).is_err_and(FpeError::is_value), "{kind}: what is marked is no value");
            assert!(codec.decrypt(&value).is_err_and(FpeError::is_value), "{kind}: a value is not marked");
            assert!(seen.insert(result));
            // Another valid value.
            value = usual(kind).encrypt(&value).expect("it is valid");
        }
    }
    let error = codec("resident_id", &marked).unwrap().encrypt("440524800101001").unwrap_err();
    assert!(error.is_unsupported(), "15 digits have no check character: {error}");
    for kind in ["mobile_phone", "email", "passport", "person_name", "date_of_birth"] {
        assert!(codec(kind, &marked).is_err_and(FpeError::is_unsupported), "{kind}");
    }
}

#[test]
fn what_is_kept_stays_and_the_rest_does_not() {
    let keep = |region, birth_year, sex| Options { keep: Keep { region, birth_year, sex }, ..Options::default() };
    for value in ["440524188001010014", "110105188702280028", "110105491231002"] {
        let is_short = value.len() == 15;
        let (year, sex) = if is_short { (6..8, 14) } else { (6..10, 16) };
        for n in 0..8 {
            let options = keep(n & 1 > 0, n & 2 > 0, n & 4 > 0);
            let codec = codec("resident_id", &options).unwrap();
            let result = codec.encrypt(value).unwrap();
            assert_eq!(codec.decrypt(&result).as_deref(), Ok(value));
            assert_eq!(options.keep.region, result[..6] == value[..6], "{options:?}");
            assert!(!options.keep.birth_year || result[year.clone()] == value[year.clone()], "{options:?}");
            let odd = |text: &str| text.as_bytes()[sex] % 2;
            assert!(!options.keep.sex || odd(&result) == odd(value), "{options:?}");
            let bits = codec.bits().expect("the same for all");
            assert_eq!(bits < 20.0, options.keep.region && options.keep.birth_year, "{options:?}: {bits}");
        }
    }
    let codec = codec("foreign_permanent_resident_id", &keep(true, true, false)).unwrap();
    for (value, same) in [("911840190001010017", [1..3, 6..10]), ("USA310100010118", [3..7, 7..9])] {
        let result = codec.encrypt(value).unwrap();
        assert!(same.into_iter().all(|part| result[part.clone()] == value[part]), "{result}");
        assert_eq!(codec.decrypt(&result).as_deref(), Ok(value));
    }
}

#[test]
fn a_kind_without_a_description_has_no_codec() {
    let cipher = Cipher::new(Algorithm::Sm4, &[5; 16]).unwrap();
    let without = ENGINE.rules().rules().iter().filter(|rule| rule.fpe().is_none());
    let mut count = 0;
    for rule in without {
        let error = Codec::new(rule, &cipher, "tests", &Options::default()).unwrap_err();
        assert!(error.is_unsupported() && error.to_string().contains(rule.kind().as_str()));
        count += 1;
    }
    assert!(count > 5);
}

/// A kind of a firm's own, and what its description says.
fn own(fpe: &str) -> Rule {
    let text = format!(
        r#"kind = "wealth_card_no"
class = 3
name = {{ en = "Wealth card number", zh = "财富卡号" }}
source = "a handbook"
[[form]]
name = "V and 9 digits"
alphabet = "0-9V"
length = [10]
matches = "V[0-9]{{9}}"
separators = " -."
confidence = {{ labelled = 0.97 }}
[[form]]
name = "18 characters"
alphabet = "0-9X"
length = [18]
check = "resident_id"
confidence = {{ valid = 0.97 }}
[context]
fields = ["wealth_card_no"]
[mask]
strict = {{ last = 4 }}
usual = {{ last = 4 }}
lenient = {{ last = 4 }}
[fpe]
{fpe}
[[example]]
text = "V000000001"
field = "wealth_card_no"
"#
    );
    Rule::parse("card.toml", &text).expect("a good rule")
}

#[test]
fn a_firms_own_kind_has_a_codec() {
    let cipher = Cipher::new(Algorithm::Aes256, &[5; 32]).unwrap();
    let rule = own("method = \"digits\"\nkeep_first = 3");
    let codec = Codec::new(&rule, &cipher, "tests", &Options::default()).unwrap();
    for value in ["V000000001", "v00-0000-001", "Ｖ０００００００１２"] {
        let result = codec.encrypt(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_ne!(result, value);
        assert_eq!(result.chars().take(3).collect::<String>(), value.chars().take(3).collect::<String>());
        assert_eq!(codec.decrypt(&result).as_deref(), Ok(value));
    }
    // Valid resident IDs among all digits: nobody waits until one is met.
    let error = codec.encrypt("440524188001010014").unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    // Two digits are a hundred values, one is too few.
    let with = |fpe: &str| Codec::new(&own(fpe), &cipher, "tests", &Options::default()).unwrap();
    let two = with("method = \"digits\"\nkeep_first = 8");
    let all: BTreeSet<String> = (0..100).map(|n| two.encrypt(&format!("V0000000{n:02}")).unwrap()).collect();
    assert_eq!(all.len(), 100);
    let one = with("method = \"digits\"\nkeep_first = 9").encrypt("V000000001").unwrap_err();
    assert!(one.is_small_domain(), "{one}");
}

/// Days since the epoch of the proleptic Gregorian calendar: what the shift is counted in.
fn day(text: &str) -> i64 {
    let first = Date::parse(text).expect("a date");
    (-62_000..48_000).find(|&days| Date::from_unix_days(days) == Some(first)).expect("1800 to 2099")
}

#[test]
fn a_persons_dates_move_together() {
    let codec = usual("date_of_birth");
    assert!(codec.takes_subject());
    assert!(codec.encrypt("1890-01-02").is_err_and(FpeError::is_subject));
    assert!(codec.encrypt_for("", "1890-01-02").is_err_and(FpeError::is_subject), "nobody's");
    let mut shifts = BTreeSet::new();
    for person in 0..100 {
        let subject = format!("customer {person}");
        let shift = |text: &str| day(&codec.encrypt_for(&subject, text).unwrap()) - day(text);
        let first = shift("1890-01-02");
        assert!(first != 0 && first.abs() <= 180, "{first}");
        assert_eq!(
            [shift("1892-02-29"), shift("1899-12-31"), shift("1880-01-01")],
            [first; 3],
            "order and distance hold"
        );
        shifts.insert(first);
    }
    assert!(shifts.len() > 60, "{} shifts of 360", shifts.len());
    assert!(*shifts.first().unwrap() < 0 && *shifts.last().unwrap() > 0);
    for (days, is_good) in [(0, false), (1, true), (SHIFT_LIMIT_DAYS, true), (SHIFT_LIMIT_DAYS + 1, false)] {
        let made = codec_of_days(days);
        assert_eq!(made.is_ok(), is_good);
        assert!(made.is_ok() || made.is_err_and(FpeError::is_limit));
    }
}

/// What stands beside a date would stay in clear.
#[test]
fn a_date_with_more_beside_it_is_none() {
    let codec = usual("date_of_birth");
    for text in [
        "1890-03-05,440524188001010014",
        "1890-03-05 13800138000",
        "1890-03-05;李四",
        "1890-03-05,1890-04-05",
        "1890-03-05至1890-04-05",
        "5 Mar 1890, 6 Apr 1891",
        "18900305-18910406",
        "3月5日4月6日",
        "1890-03-05 10:30:00 13800138000",
        "1890-03-05T1:2:3:4",
    ] {
        assert!(codec.encrypt_for("one", text).is_err_and(FpeError::is_value), "{text}");
    }
    for (text, time) in [("1890-03-05T16:00:00.000Z", "T00:00:00.000Z"), ("1890-03-05 08:15+08:00", " 00:00+00:00")] {
        let result = codec.encrypt_for("one", text).expect("a date with a time of day");
        assert!(result.ends_with(time), "{result}");
    }
}

#[test]
fn dates_come_out_as_they_are_written_and_come_back() {
    let codec = usual("date_of_birth");
    for subject in ["one", "two", "three", "four", "five"] {
        for (text, shape) in [
            ("1890-01-02", "0000-00-00"),
            ("1890/01/02", "0000/00/00"),
            ("18900102", "00000000"),
            ("02/01/1890", "00/00/0000"),
            ("1890-01-02 10:30:00", "0000-00-00 00:00:00"),
            ("1890-01-02T10:30:00Z", "0000-00-00T00:00:00Z"),
            ("1890-01", "0000-00"),
            ("189001", "000000"),
            ("1890", "0000"),
            ("１８９０－０１－０２", "００００－００－００"),
        ] {
            let result = codec.encrypt_for(subject, text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let digits = |c: char| match c {
                '0'..='9' => '0',
                '０'..='９' => '０',
                _ => c,
            };
            assert_eq!(result.chars().map(digits).collect::<String>(), shape, "{text} became {result}");
            assert_ne!(result, text);
            let without_time = |text: &str| {
                let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
                date.to_owned() + &time.replace(|c: char| c.is_ascii_digit(), "0")
            };
            assert_eq!(without_time(&result), result, "a time of day becomes none");
            assert_eq!(codec.decrypt_for(subject, &result), Ok(without_time(text)), "{result}");
        }
        for text in [
            "1890年1月2日",
            "1890年01月02日",
            "1890/1/2",
            "1月2日",
            "1885年3月",
            "2 Jan 1890",
            "January 2, 1890",
            "2nd JAN 1890",
            "2-jan-1890",
        ] {
            let result = codec.encrypt_for(subject, text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_ne!(result, text);
            let back = codec.decrypt_for(subject, &result).unwrap();
            // Where both numbers have two digits, nothing says whether others would have a zero.
            let plain = |text: &str| {
                text.replace("/0", "/").replace("年0", "年").replace("月0", "月").replace("January", "Jan")
            };
            assert_eq!(plain(&back), plain(text), "{result}");
        }
    }
}

#[test]
fn names_become_names() {
    let codec = usual("person_name");
    assert!(!codec.is_reversible());
    let mut seen = BTreeSet::new();
    for name in [
        "张三",
        "李建国",
        "王秀英",
        "欧阳明",
        "诸葛亮明",
        "阿依古丽·买买提",
        "陈",
        "张伟",
        "司马相如",
        "Zhang San",
        "LI SI",
        "J. Wang",
    ] {
        let result = codec.encrypt(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(codec.encrypt(name), Ok(result.clone()), "the same every time");
        assert_ne!(result, name);
        let is_latin = name.is_ascii();
        assert!(is_latin || result.chars().count() == name.chars().count(), "{name} became {result}");
        assert_eq!(result.chars().position(|c| c == '·'), name.chars().position(|c| c == '·'));
        assert_eq!(is_latin, result.is_ascii());
        assert!(codec.decrypt(&result).is_err_and(FpeError::is_unsupported));
        seen.insert(result);
    }
    assert_eq!(seen.len(), 12);
    assert_eq!(codec.encrypt("張偉"), codec.encrypt("张伟"), "traditional characters mean the same");
    assert_eq!(codec.encrypt("LI SI").unwrap().to_ascii_uppercase(), codec.encrypt("LI SI").unwrap());
}

#[test]
fn surname_and_sex_stay_where_they_are_asked_to() {
    let kept = Options { keep_surname: true, ..Options::default() };
    let codec = self::codec("person_name", &kept).unwrap();
    for (name, surname) in [("李建国", "李"), ("欧阳明", "欧阳"), ("張三", "張"), ("Zhang San", "Zhang ")] {
        let result = codec.encrypt(name).unwrap();
        assert!(result.starts_with(surname) && result != name, "{result}");
    }
    let women: Vec<char> = "芳娜敏静娟燕丽娥玲凤莉".chars().filter(|c| *c != '敏' && *c != '燕').collect();
    let men: Vec<char> = "伟强军刚勇杰涛磊".chars().collect();
    let kept = Options { keep: Keep { sex: true, ..Keep::default() }, ..Options::default() };
    let codec = self::codec("person_name", &kept).unwrap();
    let names = |of: &[char]| {
        let surnames = "王李张刘陈杨黄吴周孙".chars();
        surnames.flat_map(|s| of.iter().map(move |g| format!("{s}{g}"))).collect::<Vec<String>>()
    };
    let results = |of: &[char]| names(of).iter().map(|name| codec.encrypt(name).unwrap()).collect::<Vec<String>>();
    let [women, men] = [results(&women), results(&men)]
        .map(|names| names.iter().filter_map(|name| name.chars().last()).collect::<BTreeSet<char>>());
    assert!(women.len() > 20 && men.len() > 20);
    assert!(women.is_disjoint(&men), "{:?}", women.intersection(&men));
}

/// What comes out looks like people: most are found in a column of names.
#[test]
fn names_that_come_out_are_found_again() {
    let codec = usual("person_name");
    let surnames = "王李张刘陈杨黄吴周孙徐马朱胡郭何林高罗郑".chars();
    let names = surnames.flat_map(|s| ["伟", "秀英", "建国", "静", "志强"].map(|given| format!("{s}{given}")));
    let results: Vec<String> = names.map(|name| codec.encrypt(&name).unwrap()).collect();
    let lost: Vec<&String> = results.iter().filter(|name| !found("person_name", name)).collect();
    assert!(lost.is_empty(), "{lost:?} of {}", results.len());
    let surnames: BTreeSet<char> = results.iter().filter_map(|name| name.chars().next()).collect();
    assert!(surnames.len() > 25, "{surnames:?}");
}

#[test]
fn addresses_become_addresses() {
    let whole = "广东省深圳市福田区深南大道1001号金色家园3栋2单元1502室";
    let codec = usual("address");
    let result = codec.encrypt(whole).unwrap();
    assert_eq!(codec.encrypt(whole).as_deref(), Ok(&*result));
    for part in ["深圳", "福田", "深南", "1001", "金色", "1502"] {
        assert!(!result.contains(part), "{result}");
    }
    for part in ["大道", "号", "家园", "栋", "单元", "室"] {
        assert!(result.contains(part), "{result}");
    }
    assert!(found("address", &result), "{result}");
    for (levels, begins) in [(1, "广东省"), (2, "广东省深圳市"), (3, "广东省深圳市福田区")] {
        let options = Options { keep_divisions: levels, ..Options::default() };
        let result = self::codec("address", &options).unwrap().encrypt(whole).unwrap();
        assert!(result.starts_with(begins) && !result.contains("1001") && !result.contains("深南"), "{result}");
        assert!(found("address", &result), "{result}");
    }
    for address in [
        "北京市朝阳区建国路88号",
        "上海市浦东新区世纪大道100号",
        "深圳市南山区科技园南路2号",
        "浙江杭州西湖区文三路12号",
        "內蒙古自治區呼和浩特市新城區新華大街1號",
        "江苏省 南京市 玄武区 中山路 5号",
        "建国门外大街甲6号SK大厦12层",
        "Room 1201, No. 88 Jianguo Road, Beijing",
    ] {
        let result = codec.encrypt(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        assert_eq!(digits(&result), digits(address), "{address} became {result}");
        for part in ["建国", "朝阳", "世纪", "科技", "文三", "西湖", "新华", "Jianguo", "Beijing", "南京"]
        {
            assert!(!address.contains(part) || !result.contains(part), "{address} became {result}");
        }
        assert!(codec.decrypt(&result).is_err_and(FpeError::is_unsupported));
    }
    for n in 1..=9 {
        assert_ne!(codec.encrypt(&format!("{n}号")), Ok(format!("{n}号")));
    }
    let keep_all = Options { keep_divisions: 3, ..Options::default() };
    let kept = self::codec("address", &keep_all).unwrap().encrypt("广东省深圳市福田区");
    assert_eq!(kept.as_deref(), Ok("广东省深圳市福田区"), "all that is there is kept");
    assert_eq!(
        codec.encrypt("北京市朝阳区建国路88号").unwrap(),
        codec.encrypt("北京市 朝阳区 建国路88号").unwrap().replace(' ', ""),
        "blanks mean nothing"
    );
}

/// The divisions that come out are parts of each other.
#[test]
fn divisions_that_come_out_belong_together() {
    let tree = include_str!("../data/division_tree.txt");
    let mut whole = BTreeSet::new();
    let mut province = "";
    for line in tree.lines() {
        if let Some(name) = line.strip_prefix('1') {
            province = name;
        } else if let Some(names) = line.strip_prefix('2') {
            let mut names = names.split(' ');
            let city = names.next().unwrap_or_default();
            whole.extend(names.map(|county| format!("{province}{city}{county}")));
        }
    }
    assert!(whole.len() > 2500);
    let codec = usual("address");
    for n in 0..500 {
        let result = codec.encrypt(&format!("广东省深圳市福田区深南路{n}号")).unwrap();
        let division = whole.iter().any(|division| result.starts_with(division.as_str()));
        assert!(division, "{result}");
    }
}

proptest! {
    #[test]
    fn any_day_comes_back(days in -62_000i64..47_000, subject in "[a-z0-9]{1,12}") {
        let codec = usual("date_of_birth");
        let date = Date::from_unix_days(days).expect("in range").to_string();
        if let Ok(result) = codec.encrypt_for(&subject, &date) {
            prop_assert!(Date::parse(&result).is_some());
            prop_assert_eq!(codec.decrypt_for(&subject, &result).unwrap(), date);
        }
    }
}

fn codec_of_days(shift_days: u16) -> Result<Codec, FpeError> {
    codec("date_of_birth", &Options { shift_days, ..Options::default() })
}
