//! Surrogates in texts that the engine masks: it leaves them alone, so that they can be found and opened again.

use pii_core::key::{KeyId, Mac, MacAlgorithm};
use pii_core::seal::{Bound, SealAlgorithm, Sealer, WrappingKey};
use pii_core::surrogate::{Tokenizer, find};
use pii_core::{Engine, Evidence, Kind, RuleSet, Scratch, Segment};

/// How many tokens a test makes.
const TOKENS: u32 = 20_000;

struct Hashed(Mac, u64);

impl pii_core::key::Entropy for Hashed {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), pii_core::key::EntropyError> {
        for byte in bytes {
            self.1 += 1;
            *byte = self.0.of(&self.1.to_be_bytes())[0];
        }
        Ok(())
    }
}

fn tokens() -> impl Iterator<Item = String> {
    let kind = Kind::new("resident_id").expect("as it was made here");
    (0..TOKENS).map(move |number| {
        let id = KeyId::new(number.wrapping_mul(51_787) % pii_core::key::KEY_ID_LIMIT).expect("as it was made here");
        Tokenizer::new(MacAlgorithm::HmacSha256, id, &[7; 32]).expect("as it was made here").token(
            kind,
            "",
            &number.to_string(),
        )
    })
}

fn sealed() -> impl Iterator<Item = String> {
    let wrapping = WrappingKey::new(SealAlgorithm::Sm4Gcm, KeyId::new(1).expect("as it was made here"), &[7; 16])
        .expect("as it was made here");
    let mut entropy = Hashed(Mac::new(MacAlgorithm::HmacSha256, &[9; 32]).expect("as it was made here"), 0);
    (0..TOKENS / 20).flat_map(move |_| {
        let (sealer, envelope) =
            Sealer::begin(&wrapping, SealAlgorithm::Sm4Gcm, &mut entropy).expect("as it was made here");
        let bound = Bound { record: "", field: "", purpose: "" };
        [sealer.seal("张三".as_bytes(), &bound).expect("as it was made here").to_string(), envelope.to_string()]
    })
}

/// Tokens with nothing but digits behind the mark, as chance never gives them.
fn all_digits() -> impl Iterator<Item = String> {
    let mac = Mac::new(MacAlgorithm::HmacSha256, &[5; 32]).expect("as it was made here");
    (0..2000_u64).map(move |number| {
        let digits: String =
            mac.of(&number.to_be_bytes())[..29].iter().map(|byte| char::from(b'2' + byte % 6)).collect();
        // The last character of the body has three bits of a token and two zeros: 4 is the one digit that can stand there.
        let checks = (0..36).filter_map(|value| char::from_digit(value, 36));
        let mut written = checks.map(|check| format!("pit_{digits}4{check}"));
        written.find(|text| find(text.as_bytes()).next().is_some()).expect("as it was made here")
    })
}

/// Words before a surrogate. Not those of credentials: whatever stands behind 密码 is taken for one.
const LEADS: [&str; 20] = [
    "",
    "客户",
    "身份证号：",
    "姓名：",
    "客户姓名 ",
    "手机号 ",
    "电话：",
    "银行卡号:",
    "尾号",
    "资金账号：",
    "客户号：",
    "股东账户：",
    "微信号：",
    "QQ：",
    "邮箱：",
    "地址：",
    "护照号：",
    "车牌号：",
    "VIN:",
    "name=",
];

/// Names of fields and columns.
const FIELDS: [&str; 10] =
    ["idNo", "khxm", "zjzh", "mobile", "bankCard", "email", "address", "customerNo", "证件号码", "wechat"];

fn kinds(engine: &Engine, scratch: &mut Scratch, text: &str, evidence: Evidence) -> Vec<&'static str> {
    let mut found = Vec::new();
    engine.find(Segment::new(text.as_bytes(), evidence).expect("as it was made here"), scratch, &mut found);
    found.iter().map(|finding| finding.kind().as_str()).collect()
}

#[test]
fn the_engine_leaves_surrogates_alone() {
    let (engine, mut scratch) = (Engine::new(RuleSet::builtin()), Scratch::default());
    for surrogate in tokens().chain(sealed()).chain(all_digits()) {
        for lead in LEADS {
            let text = format!("{lead}{surrogate}，已登记");
            assert_eq!(kinds(&engine, &mut scratch, &text, Evidence::none()), [""; 0], "{text}");
        }
        for field in FIELDS {
            let found = kinds(&engine, &mut scratch, &surrogate, engine.field_evidence(field.as_bytes()));
            assert_eq!(found, [""; 0], "{field}: {surrogate}");
        }
    }
}

#[test]
fn surrogates_are_found_in_any_text() {
    for surrogate in tokens().take(500).chain(sealed().take(500)) {
        for text in [surrogate.clone(), format!("客户{surrogate}的"), format!("{{\"a\":\"{surrogate}\"}}")] {
            let spans: Vec<_> = find(text.as_bytes()).map(|found| text[found.span()].to_owned()).collect();
            assert_eq!(spans.concat(), surrogate);
        }
    }
}

/// A token that a policy put in the place of a password is no password.
#[test]
fn a_surrogate_is_nobodys_data_whatever_is_said_of_it() {
    let id = KeyId::parse("k7hm").expect("four characters");
    let tokens = Tokenizer::new(MacAlgorithm::HmacSm3, id, &[7; 32]).expect("32 bytes");
    let token = tokens.token(Kind::new("password").expect("a name"), "", "hunter2");
    let engine = Engine::new(RuleSet::builtin());
    let found = |text: &str| {
        let mut findings = Vec::new();
        let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("short");
        engine.find(segment, &mut Scratch::default(), &mut findings);
        findings.iter().map(|finding| text[finding.span()].to_owned()).collect::<Vec<_>>()
    };
    for label in ["密码：", "password=", "access_token: ", "微信号：", "token=", "客户姓名："] {
        assert_eq!(found(&format!("{label}{token}")), [""; 0], "{label}");
        let both = format!("手机13800138000 {label}{token}，电话13900139000");
        assert_eq!(found(&both), ["13800138000", "13900139000"], "{label}");
    }
    // What only looks like one is treated as ever.
    let other = token.replace("pit_", "pix_");
    assert_eq!(found(&format!("密码：{other}")), [other]);
}
