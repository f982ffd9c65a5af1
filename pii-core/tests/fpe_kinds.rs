//! Every kind whose rule has an `[fpe]`: values become values of the kind, each another, and come back.

use pii_core::check::{self, Verdict, hkid, iban, luhn, organisation_code, resident_id, taiwan_id, uscc, vin};
use pii_core::fpe::{Algorithm, CODECS, Cipher, Codec, Options};
use pii_core::{Engine, Rule, RuleSet, Scratch, Segment};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::builtin()));

fn cipher(key: u8) -> Cipher {
    Cipher::new(Algorithm::Aes128, &[key; 16]).expect("16 bytes")
}

fn rule(kind: &str) -> &'static Rule {
    ENGINE.rules().rules().iter().find(|rule| rule.kind().as_str() == kind).expect("a kind of these rules")
}

fn codec(rule: &Rule) -> Codec {
    Codec::new(rule, &cipher(7), "tests", &Options::default()).unwrap_or_else(|e| panic!("{}: {e}", rule.file()))
}

/// Letters of either case, and an address of IPv6 in either form, are the same.
fn meaning(value: &str) -> String {
    let plain = value.to_ascii_uppercase();
    let (address, zone) = plain.split_at(plain.find('%').unwrap_or(plain.len()));
    address.parse::<std::net::Ipv6Addr>().map_or(plain.clone(), |address| format!("{address}{zone}"))
}

#[test]
fn every_example_of_every_rule_is_encrypted_and_comes_back() {
    let rules = RuleSet::builtin();
    let mut kinds = 0;
    let mut wrong = Vec::new();
    for rule in rules.rules().iter().filter(|rule| rule.fpe().is_some()) {
        kinds += 1;
        let codec = codec(rule);
        for example in rule.examples() {
            let encrypted = match codec.encrypt_for("customer 1", &example.value) {
                Ok(encrypted) => encrypted,
                Err(error) => {
                    wrong.push(format!("{}:{}: {}: {error}", rule.file(), example.line, example.value));
                    continue;
                }
            };
            if encrypted == example.value {
                wrong.push(format!("{}:{}: {} is as it was", rule.file(), example.line, example.value));
            }
            match codec.decrypt_for("customer 1", &encrypted) {
                Ok(back) if meaning(&back) == meaning(&example.value) => {}
                Err(error) if !codec.is_reversible() && error.is_unsupported() => {}
                other => wrong.push(format!(
                    "{}:{}: {} is {encrypted}, and comes back as {other:?}",
                    rule.file(),
                    example.line,
                    example.value
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {kinds} kinds' examples:\n{}", wrong.len(), wrong.join("\n"));
    assert!(kinds > 30, "{kinds}");
}

/// How many values of each sort are tried.
const VALUES: u64 = 1000;

/// Numbers that are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) % bound
    }

    fn of(&mut self, characters: &str) -> char {
        let at = self.below(characters.chars().count() as u64);
        characters.chars().nth(at as usize).expect("below the count")
    }

    /// `#` is a digit, `%` a digit from 2 to 8, `$` a capital letter but I and O, `&` one that numbers of
    /// organisations and vehicles have, `~` a small one, `^` a hexadecimal digit.
    fn filled(&mut self, template: &str) -> String {
        let fill = |c| match c {
            '#' => self.of("0123456789"),
            '%' => self.of("2345678"),
            '$' => self.of("ABCDEFGHJKLMNPQRSTUVWXYZ"),
            '&' => self.of("ABCDEFGHJKLMNPRTUWXY"),
            '~' => self.of("abcdefghijklmnopqrstuvwxyz"),
            '^' => self.of("0123456789ABCDEF"),
            other => other,
        };
        template.chars().map(fill).collect()
    }

    /// A day of 1880 to 1899.
    fn day(&mut self) -> String {
        format!("{}{:02}{:02}", 1880 + self.below(20), 1 + self.below(12), 1 + self.below(28))
    }
}

/// The value of a template with its check characters.
fn value(kind: &str, template: &str, numbers: &mut Numbers) -> String {
    let day = numbers.day();
    let filled = numbers.filled(&template.replace("DATE", &day).replace("SHORT", &day[2..]));
    let letter = |character: Option<u8>| char::from(character.expect("a body of the right form"));
    let with = |last: Option<u8>| format!("{filled}{}", letter(last));
    let body = filled.as_bytes();
    match kind {
        "resident_id" if body.len() == 17 => with(resident_id::check_char(body)),
        "residence_permit" => with(resident_id::check_char(body)),
        "foreign_permanent_resident_id" => with(check::foreign_permanent_resident::check_char(body)),
        "hkid" if filled.contains('(') => filled.replace('(', &format!("({})", letter(hkid::check_char(&body[..7])))),
        "hkid" => with(hkid::check_char(body)),
        "taiwan_id" => with(taiwan_id::check_char(body)),
        "bank_card" | "imei" => with(luhn::check_char(body)),
        "uscc" => {
            let body = with(organisation_code::check_char(&body[8..]));
            format!("{body}{}", letter(uscc::check_char(body.as_bytes())))
        }
        "vin" => format!("{}{}{}", &filled[..8], letter(vin::check_char(body)), &filled[9..]),
        "iban" => {
            let country = body[..2].try_into().expect("two letters");
            let [tens, ones] = iban::check_digits(country, &body[4..]).expect("an account");
            format!("{}{}{}{}", &filled[..2], char::from(tens), char::from(ones), &filled[4..])
        }
        _ => filled,
    }
}

/// A check, what its kind's values look like, and whether the engine finds them as this kind behind a label.
const KINDS: [(&str, Option<&str>, &[&str]); 31] = [
    ("resident_id", Some("resident_id"), &["110105DATE###", "440524DATE###", "110105SHORT###"]),
    ("residence_permit", Some("residence_permit"), &["810000DATE###", "830000DATE###"]),
    (
        "foreign_permanent_resident_id",
        Some("foreign_permanent_resident"),
        &["911840DATE###", "USA3101SHORT#", "931999DATE###"],
    ),
    ("passport", None, &["E########", "E$#######", "G########", "DE#######", "X#######Z"]),
    ("hk_macau_pass", None, &["H########", "M##########"]),
    ("taiwan_pass", None, &["########", "##########(B)", "##########"]),
    ("mainland_exit_permit", None, &["C########", "C$#######", "L########", "W########"]),
    ("hkid", Some("hkid"), &["A######", "$$######", "K######("]),
    ("macau_id", None, &["1#######", "5######(#)", "7#######"]),
    ("taiwan_id", Some("taiwan_id"), &["A1#######", "Z2#######"]),
    ("drivers_licence", None, &["3100########"]),
    ("social_security_no", None, &["A########", "########X", "3101########"]),
    ("mobile_phone", None, &["13#########", "+86 188 #### ####", "+852 6### ####", "1440#########", "130########"]),
    ("landline_phone", None, &["010-%#######", "0431-%######", "(0755)%#######", "%### ####", "021-%#######-8001"]),
    (
        "email",
        None,
        &["~~~~~~@example.com", "~~~.~~##@example.org", "~#~#~#-~~~+~~@mail.example.com.cn", "~~@example.com"],
    ),
    ("qq", None, &["%####", "%#####", "%##########"]),
    ("wechat_id", None, &["wxid_~~~###~~~###", "~~~~~_##", "o~~~$$$###~~~$$$###~~~$$$###"]),
    (
        "bank_card",
        Some("bank_card"),
        &["622848############", "621700############", "436742#########", "622102###########"],
    ),
    ("bank_account", None, &["3100############", "3100####", "1001###################"]),
    ("iban", Some("iban"), &["GB00NWBK##############", "DE00##################", "MT00MALT#####$$##$$##$$##$$##$$"]),
    ("securities_account", None, &["A#########", "C9########", "01########", "2#########"]),
    ("unified_account", None, &["1###########"]),
    ("fund_account", None, &["98##########", "47$#########"]),
    ("futures_account", None, &["########", "0012########"]),
    ("capital_account", None, &["########", "############", "%####"]),
    ("customer_no", None, &["%#####", "S#############"]),
    ("imei", Some("imei"), &["86000000######", "49015420######"]),
    ("vin", Some("vin"), &["LSVAA000#A&&#####"]),
    ("vehicle_plate", None, &["京A#####", "沪AD#####", "苏A#####F", "粤B####挂", "京A$$###", "川A#$#$#"]),
    ("mac_address", Some("mac"), &["00:00:5E:^^:^^:^^", "0a-00-5e-##-##-##", "3C5AB4^^^^^^"]),
    ("uscc", Some("uscc"), &["91310000MA1F&###", "91440300########", "92310000MA&&&###"]),
];

/// Letters and digits.
fn canonical(value: &str) -> Vec<u8> {
    value.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase()).collect()
}

/// Whether the engine finds all of a value as one of its kind, in a field of that name.
fn is_found(rule: &Rule, value: &str) -> bool {
    let field = rule.fields().first().expect("the kind has a field");
    let segment = Segment::new(value.as_bytes(), ENGINE.field_evidence(field.as_bytes())).expect("short");
    let mut findings = Vec::new();
    ENGINE.find(segment, &mut Scratch::default(), &mut findings);
    matches!(&findings[..], [one] if one.kind() == rule.kind() && one.span() == (0..value.len()))
}

#[test]
fn values_of_every_kind_stay_values_of_it() {
    let mut numbers = Numbers(1);
    let mut wrong = Vec::new();
    for (kind, check, templates) in KINDS {
        let rule = rule(kind);
        let codec = codec(rule);
        for template in templates {
            let verdict = |value: &str| {
                let whole = if kind == "mac_address" { value.as_bytes().to_vec() } else { canonical(value) };
                check.and_then(check::named).map(|check| check(&whole))
            };
            // Cards that could be resident IDs are none.
            let is_valid = |value: &String| verdict(value).is_none_or(|verdict| verdict >= Verdict::Likely);
            let mut plain: BTreeSet<String> = (0..VALUES).map(|_| value(kind, template, &mut numbers)).collect();
            let all = plain.len();
            plain.retain(is_valid);
            assert!(plain.len() * 10 > all * 9, "{kind} {template}");
            let (mut same, mut lost, mut shape) = (0, 0, 0);
            let mut results = BTreeSet::new();
            for value in &plain {
                let result = codec.encrypt(value).unwrap_or_else(|error| panic!("{kind}: {value}: {error}"));
                let back = codec.decrypt(&result).unwrap_or_else(|error| panic!("{kind}: {result}: {error}"));
                assert_eq!(back, *value, "{kind}: {result}");
                assert_eq!(verdict(&result), verdict(value), "{kind}: {value} became {result}");
                same += usize::from(result == *value);
                lost += usize::from(is_found(rule, value) && !is_found(rule, &result));
                shape += usize::from(result.chars().count() != value.chars().count());
                results.insert(result);
            }
            assert_eq!(results.len(), plain.len(), "{kind}: two values became one");
            let few = plain.len() / 100;
            if same > 1 || lost > few || shape > 0 {
                wrong.push(format!("{kind} {template}: {same} the same, {lost} not found, {shape} longer or shorter"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn key_scope_and_kind_change_the_result() {
    let mut numbers = Numbers(2);
    for (kind, _, templates) in KINDS {
        let rule = rule(kind);
        let make = |key, scope| Codec::new(rule, &cipher(key), scope, &Options::default()).unwrap();
        let codecs = [make(1, "a"), make(2, "a"), make(1, "b")];
        let again = make(1, "a");
        let mut differences = BTreeMap::new();
        for value in (0..40).map(|_| value(kind, templates[0], &mut numbers)) {
            let [one, key, scope] = codecs.each_ref().map(|codec| codec.encrypt(&value).unwrap());
            assert_eq!(again.encrypt(&value).unwrap(), one, "{kind}");
            *differences.entry("key").or_insert(0) += usize::from(one != key);
            *differences.entry("scope").or_insert(0) += usize::from(one != scope);
        }
        assert!(differences.values().all(|&count| count >= 39), "{kind}: {differences:?} of 40");
    }
}

/// A change of any of these means that nothing that was enciphered before can be deciphered, nor joined with: it takes another
/// [`CODECS`], or should not be made.
#[test]
fn results_are_fixed_for_good() {
    let fixed = [
        ("residence_permit", "810000190001010018", "820000191505126862"),
        ("residence_permit", "830000 19000303 0032", "810000 19410606 7430"),
        ("foreign_permanent_resident_id", "911840190001010017", "934598199003139565"),
        ("foreign_permanent_resident_id", "USA310100010118", "GNQ500251101181"),
        ("resident_id", "11010519491231002X", "142730190006272576"),
        ("resident_id", "110105491231002", "142730000627257"),
        ("resident_id", "110105 18870228 0028", "442727 18331209 7371"),
        ("uscc", "91310000MA1FL0007C", "91310000XG9CW460XE"),
        ("iban", "GB29NWBK60161331926819", "GB40NWBK24738794478911"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE70 3704 9203 9414 6580 02"),
        ("bank_card", "6228480000000000216", "6228486293891182391"),
        ("bank_card", "6250 9470 0000 0014", "6250 9454 6735 7877"),
        ("bank_card", "6200000000000005", "6200000144005738"),
        ("imei", "860000000000009", "860000002879269"),
        ("hk_macau_pass", "H00000001", "H38708534"),
        ("hk_macau_pass", "H0000000100", "H3870853400"),
        ("mainland_exit_permit", "C00000001", "C47500692"),
        ("hkid", "A000000(3)", "A752851(8)"),
        ("hkid", "AB0000017", "AB2250274"),
        ("hkid", "A0000003", "A7528518"),
        ("taiwan_id", "A100000001", "A185798304"),
        ("passport", "E00000001", "E45799387"),
        ("taiwan_pass", "00000001", "63766248"),
        ("taiwan_pass", "0000000101(B)", "6376624801(B)"),
        ("taiwan_pass", "0000000101", "6376624801"),
        ("macau_id", "1000000(0)", "1277849(0)"),
        ("macau_id", "50000001", "58271715"),
        ("drivers_licence", "310000000001", "310013164056"),
        ("social_security_no", "A00000001", "A45981468"),
        ("social_security_no", "100000000001", "156900902111"),
        ("email", "zhangsan@example.com", "znwqmurm@example.com"),
        ("email", "li_si.01@mail.example.com.cn", "du_ju.02@mail.example.com.cn"),
        ("email", "wangwu@example.org", "ztmuen@example.org"),
        ("mobile_phone", "13000000000", "13081020833"),
        ("mobile_phone", "+8619200000000", "+8619256113052"),
        ("mobile_phone", "138-0013-8000", "138-9640-4381"),
        ("landline_phone", "010-60000000", "010-76417700"),
        ("landline_phone", "(0755)20000000", "(0755)61461832"),
        ("landline_phone", "021-60000000-8001", "021-31986572-8001"),
        ("securities_account", "A000000001", "A047060234"),
        ("unified_account", "180000000001", "188558309902"),
        ("fund_account", "980000000001", "988463864611"),
        ("fund_account", "00000000000000001", "00471097022404097"),
        ("customer_no", "100000000001", "658471350900"),
        ("customer_no", "100001", "319218"),
        ("customer_no", "S0000000000000", "S4745532316582"),
        ("futures_account", "001200000001", "457124592906"),
        ("futures_account", "00000001", "43965502"),
        ("capital_account", "12345678", "62899475"),
        ("capital_account", "880012345678", "387644759166"),
        ("capital_account", "2000100200", "4416645008"),
        ("bank_account", "310066661018000000001", "310087101626318909544"),
        ("bank_account", "44250100000000001", "44250008771735369"),
        ("bank_account", "1001000000000000", "1001206991741822"),
        ("person_name", "张三", "何洁"),
        ("person_name", "欧阳明", "太史红"),
        ("person_name", "阿依古丽·买买提", "布吉哈赛·库拉奇"),
        ("date_of_birth", "1890-01-02", "1889-11-08"),
        ("date_of_birth", "18900102", "18891108"),
        ("date_of_birth", "1890年1月2日", "1889年11月8日"),
        (
            "address",
            "广东省深圳市福田区深南大道1001号金色家园3栋2单元1502室",
            "新疆维吾尔自治区乌鲁木齐市新市区竹园大道5893号嘉和家园8栋9单元4953室",
        ),
        ("address", "北京市朝阳区建国路88号", "湖北省荆州市松滋市瑞景路71号"),
        ("address", "上海市浦东新区世纪大道100号", "浙江省温州市鹿城区兰亭大道219号"),
        ("mac_address", "00:00:5E:00:53:01", "00:00:5E:8D:BB:A5"),
        ("mac_address", "00005E005301", "00005E8DBBA5"),
        ("ip_address", "203.0.113.7", "203.0.113.17"),
        ("ip_address", "10.0.0.1", "10.98.167.75"),
        ("ip_address", "2001:db8::8a2e:370:7334", "2001:db8:ca6c:3438:a1d2:afc9:ade7:7fac"),
        ("vin", "LSVAA0009A0000000", "LSVAA0009A0655189"),
        ("vin", "VINLSVAA0009A0000000", "VINLSVAA0009A0655189"),
        ("vehicle_plate", "京A00000", "京A21474"),
        ("vehicle_plate", "苏A00000F", "苏A08778A"),
        ("vehicle_plate", "粤Z000A港", "粤Z905W港"),
        ("wechat_id", "wxid_00000", "wxid_99638"),
        ("wechat_id", "a-b_c1", "a-u_b0"),
        ("wechat_id", "zhang_san01", "zvfna_blb51"),
        ("qq", "10000", "55647"),
        ("qq", "12345678901", "88433091659"),
        ("qq", "1000000", "6454933"),
    ];
    assert_eq!(CODECS, "codecs-v2");
    let changed = fixed.iter().filter_map(|(kind, value, result)| {
        let now = codec(rule(kind)).encrypt_for("customer 1", value);
        (now.as_deref() != Ok(*result)).then(|| format!("{value:?}, {now:?}"))
    });
    let changed: Vec<String> = changed.collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    let kinds = ENGINE.rules().rules().iter().filter(|rule| rule.fpe().is_some()).count();
    assert_eq!(fixed.iter().map(|(kind, _, _)| kind).collect::<BTreeSet<_>>().len(), kinds, "every kind is here");
}

#[test]
fn codecs_are_shared_by_threads() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    is_shared(&codec(rule("qq")));
}
