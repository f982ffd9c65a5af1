//! The kinds that other programs, policies and reports build on: their names, families, classes, and what is shown of each
//! under the profile `strict`.

use pii_core::mask::{Profile, looks_masked};
use pii_core::policy::{Date, Flow, FlowPolicy, Policy};
use pii_core::{Aside, Engine, Finding, Item, Kind, Place, RuleSet, Scratch, Segment, Standing};
use std::collections::BTreeSet;

/// Family, class, kinds.
const KINDS: [(&str, u8, &[&str]); 10] = [
    (
        "identity",
        3,
        &[
            "resident_id",
            "residence_permit",
            "foreign_permanent_resident_id",
            "passport",
            "hk_macau_pass",
            "taiwan_pass",
            "mainland_exit_permit",
            "hkid",
            "macau_id",
            "taiwan_id",
            "military_id",
            "drivers_licence",
            "social_security_no",
        ],
    ),
    ("person", 2, &["person_name", "date_of_birth"]),
    ("contact", 2, &["mobile_phone", "landline_phone", "email", "address", "wechat_id", "qq"]),
    ("finance", 3, &["bank_card", "bank_account", "iban"]),
    (
        "securities",
        3,
        &["securities_account", "unified_account", "fund_account", "futures_account", "capital_account", "customer_no"],
    ),
    ("credential", 4, &["password", "cvv", "access_token"]),
    ("credential", 3, &["verification_code"]),
    ("biometric", 4, &["biometric_image", "biometric_template", "biometric_reference"]),
    ("device", 2, &["ip_address", "mac_address", "imei", "vehicle_plate", "vin"]),
    ("organisation", 1, &["uscc", "organisation_code", "swift_bic"]),
];

#[test]
fn kinds_have_the_names_families_and_classes_that_others_build_on() {
    let expected: BTreeSet<(String, String, u8)> = KINDS
        .iter()
        .flat_map(|(family, class, kinds)| kinds.iter().map(|kind| ((*family).to_owned(), (*kind).to_owned(), *class)))
        .collect();
    let rules = RuleSet::builtin();
    let built: BTreeSet<(String, String, u8)> = RuleSet::embedded_files()
        .filter_map(|(file, _)| {
            let (folders, kind) = file.strip_suffix(".toml")?.rsplit_once('/')?;
            let rule = rules.rule(Kind::new(kind)?)?;
            let family = folders.rsplit('/').next().unwrap_or(folders);
            Some((family.to_owned(), kind.to_owned(), rule.class().level()))
        })
        .collect();
    assert_eq!(built, expected);
    assert_eq!(rules.rules().len(), expected.len(), "a kind that the table does not name");
}

/// The engine and a policy that masks everything under one profile, with no floor that would widen a mask.
struct Bench {
    engine: Engine,
    policy: FlowPolicy,
}

impl Bench {
    fn new(profile: Profile) -> Self {
        let engine = Engine::new(RuleSet::builtin());
        let kinds: Vec<_> = engine.rules().rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
        let text = format!(
            "[defaults]\nfloor_bits = 0\n\n[[rule]]\nclass = [2, 3]\naction = \"mask\"\nprofile = \"{profile}\"\n"
        );
        let policy = Policy::builtin().with("profile.toml", &text, &kinds).expect("a good policy");
        let today = Date::new(2026, 11, 23).expect("a day");
        let flow = Flow { channel: Some("log"), recipient: None, purpose: None, today };
        Self { engine, policy: policy.for_flow(&flow) }
    }

    fn findings(&self, value: &str, field: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        let evidence = self.engine.field_evidence(field.as_bytes());
        let segment = Segment::new(value.as_bytes(), evidence).expect("short");
        self.engine.find(segment, &mut Scratch::default(), &mut findings);
        findings
    }

    /// What is shown of a value that stands in a field.
    fn shown(&self, kind: &str, value: &str, field: &str) -> String {
        let findings = self.findings(value, field);
        let kinds: Vec<&str> = findings.iter().map(|finding| finding.kind().as_str()).collect();
        assert_eq!(kinds, [kind], "{value} in the field {field}");
        let items = [Item {
            finding: &findings[0],
            value: &value[findings[0].span()],
            path: field,
            place: Place::plain(),
            width_bytes: findings[0].span().len(),
            standing: Standing::Usual,
        }];
        let judgements = self.engine.judge(&self.policy, None, &items, Aside::default(), false);
        let mut shown = value.to_owned();
        if let Some(replacement) = &judgements[0].replacement {
            shown.replace_range(findings[0].span(), replacement);
        }
        shown
    }
}

/// Kind, field, value, and what `strict`, `usual` and `lenient` show of it.
const MASKS: &[(&str, &str, &str, [&str; 3])] = &[
    ("resident_id", "id_no", "440524188001010014", ["4****************4", "**************0014", "440524********0014"]),
    ("resident_id", "id_no", "11010519491231002x", ["1****************x", "**************002x", "110105********002x"]),
    (
        "resident_id",
        "id_no",
        "110105 18870228 0028",
        ["1****************8", "**************0028", "110105********0028"],
    ),
    (
        "resident_id",
        "id_no",
        "４４０５２４１８８００１０１００１４",
        ["4****************4", "**************0014", "440524********0014"],
    ),
    ("resident_id", "id_no", "440524800101001", ["4****************1", "**************1001", "440524********1001"]),
    (
        "residence_permit",
        "residence_permit_no",
        "810000190001010018",
        ["8****************8", "**************0018", "810000********0018"],
    ),
    (
        "foreign_permanent_resident_id",
        "frp_no",
        "911840190001010017",
        ["9****************7", "**************0017", "911840********0017"],
    ),
    ("passport", "passport_no", "E00000001", ["E******01", "E*****001", "E0***001"]),
    ("passport", "passport_no", "e00000001", ["e******01", "e*****001", "e0***001"]),
    ("hk_macau_pass", "hk_macau_pass", "H0000000100", ["H******00", "H*****100", "H0***0100"]),
    ("taiwan_pass", "taiwan_pass", "00000001", ["******01", "0*****001", "00***01"]),
    ("mainland_exit_permit", "exit_permit", "C00000001", ["C******01", "C*****001", "C0***001"]),
    ("hkid", "hkid", "A000000(3)", ["A******03", "A*****003", "A0***03"]),
    ("macau_id", "macau_id", "1000000(0)", ["******00", "1*****000", "10***00"]),
    ("taiwan_id", "taiwan_id", "A123456789", ["A******89", "A*****789", "A1***6789"]),
    ("military_id", "military_id", "军字第12345678号", ["******8号", "军*****78号", "军字***678号"]),
    ("drivers_licence", "driver_file_no", "440300000001", ["******01", "4*****001", "44***0001"]),
    ("social_security_no", "social_security_no", "A00000001", ["A******01", "A*****001", "A0***001"]),
    ("person_name", "cust_name", "张三", ["张**", "张**", "张*"]),
    ("person_name", "cust_name", "王小明", ["王**", "王**", "王*"]),
    ("person_name", "cust_name", "欧阳明", ["欧阳**", "欧阳**", "欧*"]),
    ("person_name", "cust_name", "阿依古丽·买买提", ["阿**", "阿**", "阿*提"]),
    ("person_name", "cust_name", "John Smith", ["J**", "J**", "J*h"]),
    ("date_of_birth", "birthday", "1890-01-01", ["****-**-**", "1890-**-**", "1890-01-**"]),
    ("date_of_birth", "birthday", "1890/1/1", ["****/**/**", "1890/**/**", "1890/1/**"]),
    ("date_of_birth", "birthday", "18900101", ["********", "1890****", "189001**"]),
    ("date_of_birth", "birthday", "1890年1月1日", ["****年**月**日", "1890年**月**日", "1890年1月**日"]),
    ("date_of_birth", "birthday", "01/01/1890", ["**/**/****", "**/**/1890", "**/**/1890"]),
    ("mobile_phone", "mobile", "13800138000", ["138******00", "138****8000", "138****8000"]),
    ("mobile_phone", "mobile", "138 0013 8000", ["138******00", "138****8000", "138****8000"]),
    ("mobile_phone", "mobile", "１３８００１３８０００", ["138******00", "138****8000", "138****8000"]),
    ("mobile_phone", "mobile", "+86 13800138000", ["+86 138******00", "+86 138****8000", "+86 138****8000"]),
    ("landline_phone", "office_tel", "010-60000000", ["010-****", "010-****0000", "010-****0000"]),
    ("landline_phone", "office_tel", "０１０－６００００００１", ["010-****", "010-****0001", "010-****0001"]),
    ("landline_phone", "office_tel", "(0755)20000001", ["0755-****", "0755-****0001", "0755-****0001"]),
    ("landline_phone", "office_tel", "0431-2000001", ["0431-****", "0431-****001", "0431-****001"]),
    ("landline_phone", "office_tel", "+852 2000 0001", ["+852-****", "+852-****0001", "+852-****0001"]),
    ("landline_phone", "office_tel", "+853-28000001", ["+853-****", "+853-****0001", "+853-****0001"]),
    ("landline_phone", "office_tel", "+886 2 2000 0001", ["+886-2-****", "+886-2-****0001", "+886-2-****0001"]),
    ("landline_phone", "office_tel", "60000001", ["****", "****", "****"]),
    ("email", "email", "zhangsan@example.com", ["z***@example.com", "zh***@example.com", "z***@example.com"]),
    ("email", "email", "ab@example.com", ["*@example.com", "*@example.com", "*@example.com"]),
    ("email", "email", "a@example.com", ["*@example.com", "*@example.com", "*@example.com"]),
    ("email", "email", "ABC@EXAMPLE.COM", ["A***@EXAMPLE.COM", "A***@EXAMPLE.COM", "A***@EXAMPLE.COM"]),
    (
        "address",
        "address",
        "广东省深圳市福田区深南大道1000号",
        ["广东省深圳市***", "广东省深圳市福田区***", "广东省深圳市福田区深南大道***"],
    ),
    (
        "address",
        "address",
        "上海市浦东新区世纪大道1号",
        ["上海市***", "上海市浦东新区***", "上海市浦东新区世纪大道***"],
    ),
    ("wechat_id", "wechat", "zhangsan1890", ["z***", "zh***", "zh***90"]),
    ("qq", "qq", "1234567890", ["***90", "1***90", "12***90"]),
    ("bank_card", "bank_card", "6228480000000000216", ["********0216", "622848******0216", "622848******0216"]),
    ("bank_card", "bank_card", "6228 4800 0000 0000 216", ["********0216", "622848******0216", "622848******0216"]),
    ("bank_account", "bank_account", "110000000001", ["****0001", "1100****0001", "110000****01"]),
    ("iban", "iban", "GB29NWBK60161331926819", ["GB********6819", "GB29******6819", "GB29NW****6819"]),
    ("securities_account", "stock_account", "A000000001", ["****001", "A0****0001", "A000****01"]),
    ("securities_account", "stock_account", "a000000001", ["****001", "a0****0001", "a000****01"]),
    ("securities_account", "stock_account", "0100000001", ["****0001", "01****0001", "0100****01"]),
    ("unified_account", "ymt_code", "180000000001", ["****0001", "18****0001", "1800****0001"]),
    ("fund_account", "fund_acc", "980000000001", ["****0001", "98****0001", "9800****0001"]),
    ("futures_account", "trading_code", "001200000001", ["****0001", "00****0001", "0012****0001"]),
    ("capital_account", "zjzh", "12345678", ["****78", "12****78", "1234****"]),
    ("capital_account", "zjzh", "123456", ["****", "12****", "12****"]),
    ("capital_account", "zjzh", "1234567", ["****7", "12****7", "123****"]),
    ("customer_no", "cust_no", "00000001", ["****01", "00****01", "0000****"]),
    ("password", "password", "Abc12345", ["***", "***", "***"]),
    ("cvv", "cvv", "123", ["***", "***", "***"]),
    ("access_token", "access_token", "a1b2c3d4e5f6", ["***", "***", "***"]),
    ("verification_code", "verify_code", "123456", ["***", "***", "***"]),
    ("biometric_image", "face_img", "https://oss.example.com/face/a8f3.jpg", ["***", "***", "***"]),
    ("biometric_template", "face_feature", "[0.12,-0.33,0.9]", ["***", "***", "***"]),
    ("biometric_reference", "face_id", "f1e2d3c4b5a60718", ["***", "***", "***"]),
    ("ip_address", "ip", "203.0.113.7", ["203.*.*.*", "203.*.*.*", "203.0.113.7"]),
    ("ip_address", "ip", "2001:db8::1", ["2001:***", "2001:***", "2001:db8::1"]),
    ("mac_address", "mac", "00:00:5E:00:53:01", ["00:00:5E:**:**:**", "00:00:5E:**:**:**", "00:00:5E:00:53:01"]),
    ("imei", "imei", "860000000000009", ["86000000*******", "86000000*******", "860000000000009"]),
    ("vehicle_plate", "plate_no", "粤B00001", ["粤B****1", "粤B0***", "粤B0**"]),
    ("vehicle_plate", "plate_no", "沪AD00001", ["沪A****1", "沪AD***1", "沪AD**1"]),
    ("vehicle_plate", "plate_no", "苏A00001F", ["苏A****F", "苏A0***F", "苏A0**F"]),
    ("vin", "vin", "LSVAA0009A0000000", ["LSV******00", "LSV*****0000", "LSVAA0*****0000"]),
    ("vin", "vin", "lsvaa0009a0000000", ["lsv******00", "lsv*****0000", "lsvaa0*****0000"]),
    ("uscc", "uscc", "91350100M000100Y43", ["91350100M000100Y43", "91350100M000100Y43", "91350100M000100Y43"]),
    ("uscc", "uscc", "92330106MA27XL0X25", ["92**************25", "92************0X25", "923301******0X25"]),
    ("organisation_code", "org_code", "MA1FL0007", ["MA1FL0007", "MA1FL0007", "MA1FL0007"]),
    ("swift_bic", "bic", "PCBCCNBJ", ["PCBCCNBJ", "PCBCCNBJ", "PCBCCNBJ"]),
];

#[test]
fn masks_show_what_the_contract_says() {
    let benches = Profile::ALL.map(Bench::new);
    let mut wrong = Vec::new();
    for (kind, field, value, expected) in MASKS {
        let shown = benches.each_ref().map(|bench| bench.shown(kind, value, field));
        if shown != *expected {
            wrong.push(format!("{kind} {value}: {shown:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let tried: BTreeSet<&str> = MASKS.iter().map(|(kind, ..)| *kind).collect();
    let all: BTreeSet<&str> = KINDS.iter().flat_map(|(_, _, kinds)| kinds.iter().copied()).collect();
    assert_eq!(tried, all, "kinds without a mask in the table");
}

/// What is masked already is no finding, in the styles of other systems too.
#[test]
fn masked_values_are_left_alone() {
    let bench = Bench::new(Profile::Strict);
    for (kind, field, value, shown) in MASKS {
        let strict = shown[0];
        if strict == *value {
            continue;
        }
        assert!(looks_masked(strict.as_bytes()), "{kind}: {strict}");
        for mark in ["*", "＊", "×", "●"] {
            let masked = strict.replace('*', mark);
            let findings = bench.findings(&masked, field);
            assert!(findings.is_empty(), "{kind} {masked} is found again as {}", findings[0].kind());
        }
    }
}

#[test]
fn an_individuals_business_is_a_person() {
    let bench = Bench::new(Profile::Strict);
    for (code, class) in [("91350100M000100Y43", 1), ("92330106MA27XL0X25", 3)] {
        let found = bench.findings(code, "uscc");
        let classes: Vec<(&str, u8)> = found.iter().map(|f| (f.kind().as_str(), f.class().level())).collect();
        assert_eq!(classes, [("uscc", class)], "{code}");
    }
}
