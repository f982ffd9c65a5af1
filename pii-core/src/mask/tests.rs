//! Every kind's mask in every profile, and what no mask may ever do.

use super::*;
use crate::Room;
use proptest::prelude::*;

/// The masks of `strict`, `usual` and `lenient`, as the rule files have them.
type Trio = [Mask; 3];

fn mask(method: &str, first: usize, last: usize, stars: Option<usize>, parts: usize, letter: bool) -> Mask {
    Mask::parse(Some(method), first, last, stars, parts, letter).expect("a mask of these tests")
}

fn keep(first: usize, last: usize) -> Mask {
    mask("keep", first, last, None, 0, false)
}

fn with(method: &str) -> Mask {
    mask(method, 0, 0, None, 0, false)
}

fn with_parts(method: &str, parts: usize) -> Mask {
    mask(method, 0, 0, None, parts, false)
}

fn masks_of(kind: &str) -> Trio {
    let id = |first, last, stars| mask("keep", first, last, Some(stars), 0, false);
    match kind {
        "resident_id" | "residence_permit" | "foreign_permanent_resident_id" => {
            [id(1, 1, 16), id(0, 4, 14), id(6, 4, 8)]
        }
        "document" => [mask("keep", 0, 2, None, 0, true), keep(1, 3), keep(2, 4)],
        "mobile_phone" => [keep(3, 2), keep(3, 4), keep(3, 4)],
        "landline_phone" => {
            let with_tail = mask("area_code", 0, 4, None, 0, false);
            [with("area_code"), with_tail, with_tail]
        }
        "bank_card" | "bank_account" => [keep(0, 4), keep(6, 4), keep(6, 4)],
        "iban" => [keep(2, 4), keep(2, 4), keep(4, 4)],
        "account" => [with("tail_of_account"), keep(2, 4), keep(4, 4)],
        "person_name" => [with("surname"), with("surname"), mask("surname", 0, 1, None, 0, false)],
        "date_of_birth" => [with("date"), with_parts("date", 1), with_parts("date", 2)],
        "email" => [with("email"), mask("email", 2, 0, None, 0, false), with("email")],
        "address" => [with("address"), with_parts("address", 3), with_parts("address", 4)],
        "wechat_id" => [mask("keep", 1, 0, Some(3), 0, false); 3],
        "qq" => [keep(2, 1); 3],
        "vehicle_plate" => [keep(0, 2); 3],
        "vin" => [keep(3, 2); 3],
        "ip_address" => [with("octets"), with("octets"), with("pass")],
        "mac_address" => [with("groups"), with("groups"), with("pass")],
        "imei" => [keep(8, 0), keep(8, 0), with("pass")],
        "credential" => [with("drop"); 3],
        "organisation" => [with("pass"); 3],
        other => panic!("no masks for {other}"),
    }
}

fn canonical_of(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect()
}

fn show(mask: &Mask, text: &str, split: Option<Split>) -> String {
    let canonical = canonical_of(text);
    apply(mask, &Value { text, canonical: &canonical, split }, &Shape::Stars, Space::free())
}

#[test]
fn numbers_in_three_profiles() {
    for (kind, text, expected) in [
        ("resident_id", "11010518880228002X", ["1****************X", "**************002X", "110105********002X"]),
        ("resident_id", "110105 18880228 002x", ["1****************x", "**************002x", "110105********002x"]),
        ("resident_id", "110105880228002", ["1****************2", "**************8002", "110105********8002"]),
        ("residence_permit", "810000188802280021", ["8****************1", "**************0021", "810000********0021"]),
        ("document", "E12345678", ["E****78", "E****678", "E1****678"]),
        ("document", "123456789", ["****89", "1****789", "12****789"]),
        ("document", "A123456(3)", ["A****63", "A****563", "A1****63"]),
        ("mobile_phone", "138 0013 8000", ["138****00", "138****8000", "138****8000"]),
        ("landline_phone", "010-12345678", ["010-****", "010-****5678", "010-****5678"]),
        ("landline_phone", "(0755) 2345678", ["0755-****", "0755-****678", "0755-****678"]),
        ("landline_phone", "07552345678-123", ["0755-****", "0755-****678", "0755-****678"]),
        ("landline_phone", "021-1234 5678转90", ["021-****", "021-****5678", "021-****5678"]),
        ("landline_phone", "+86 10 1234 5678", ["010-****", "010-****5678", "010-****5678"]),
        ("landline_phone", "+852 2000 0000", ["+852-****", "+852-****0000", "+852-****0000"]),
        ("landline_phone", "(853) 28001234", ["+853-****", "+853-****1234", "+853-****1234"]),
        ("landline_phone", "00886-2-2000-1234", ["+886-2-****", "+886-2-****1234", "+886-2-****1234"]),
        ("landline_phone", "+886 37 123456", ["+886-37-****", "+886-37-****56", "+886-37-****56"]),
        ("landline_phone", "85220001234", ["****", "****", "****"]),
        ("landline_phone", "23456789", ["****", "****", "****"]),
        ("bank_card", "6228 4800 0000 0000 216", ["****0216", "622848****0216", "622848****0216"]),
        ("bank_card", "6250947000000014", ["****0014", "625094****0014", "625094****0014"]),
        ("bank_account", "12345678", ["****5678", "1234****", "1234****"]),
        ("iban", "GB29 NWBK 6016 1331 9268 19", ["GB****6819", "GB****6819", "GB29****6819"]),
        ("account", "A123456789", ["****789", "A1****6789", "A123****89"]),
        ("account", "180000000001", ["****0001", "18****0001", "1800****0001"]),
        ("account", "0100000001", ["****0001", "01****0001", "0100****01"]),
        ("account", "1234567", ["****7", "12****7", "123****"]),
        ("account", "123456", ["****", "12****", "12****"]),
        ("imei", "860000000000009", ["86000000****", "86000000****", "860000000000009"]),
    ] {
        assert_eq!(masks_of(kind).map(|m| show(&m, text, None)), expected, "{kind} {text}");
    }
}

#[test]
fn names_and_addresses_in_three_profiles() {
    let name = |surname| Some(Split::Name { surname });
    for (text, split, expected) in [
        ("张三", name(3), ["张**", "张**", "张**"]),
        ("张三丰", name(3), ["张**", "张**", "张**丰"]),
        ("欧阳明", name(6), ["欧阳**", "欧阳**", "欧阳**"]),
        ("阿依古丽·买买提", name(3), ["阿**", "阿**", "阿**提"]),
        ("John Smith", name(1), ["J**", "J**", "J**h"]),
        // A surname alone, a cut through a character, no split: nothing.
        ("欧阳", name(6), ["***", "***", "***"]),
        ("张三", name(2), ["***", "***", "***"]),
        ("张三", name(99), ["***", "***", "***"]),
        ("张三", None, ["***", "***", "***"]),
    ] {
        assert_eq!(masks_of("person_name").map(|m| show(&m, text, split)), expected, "{text}");
    }
    let text = "广东省深圳市南山区科技路1号2栋301室";
    let end = |part: &str| text.find(part).expect("in the text") + part.len();
    let (city, county, road) = (end("深圳市"), end("南山区"), end("科技路"));
    for (split, expected) in [
        (
            Split::Address { city, county, road },
            ["广东省深圳市***", "广东省深圳市南山区***", "广东省深圳市南山区科技路***"],
        ),
        (
            Split::Address { city, county: 0, road },
            ["广东省深圳市***", "广东省深圳市***", "广东省深圳市南山区科技路***"],
        ),
        (Split::Address { city: 0, county, road: 0 }, ["***", "广东省深圳市南山区***", "广东省深圳市南山区***"]),
        (Split::Address { city: 0, county: 0, road: 0 }, ["***", "***", "***"]),
        (Split::Address { city: 1, county: 999, road: 2 }, ["***", "***", "***"]),
    ] {
        assert_eq!(masks_of("address").map(|m| show(&m, text, Some(split))), expected, "{split:?}");
    }
    // A county that ends the address is what the mask is there to hide; a city is not.
    let whole = Split::Address { city, county, road: 0 };
    assert_eq!(show(&with_parts("address", 3), &text[..county], Some(whole)), "广东省深圳市***");
    assert_eq!(show(&with("address"), &text[..city], Some(whole)), "广东省深圳市***");
}

#[test]
fn dates_keep_their_shape() {
    for (text, expected) in [
        ("1888-02-28", ["****-**-**", "1888-**-**", "1888-02-**"]),
        ("1888-2-8", ["****-**-**", "1888-**-**", "1888-2-**"]),
        ("1888年2月28日", ["****年**月**日", "1888年**月**日", "1888年2月**日"]),
        ("一八八八年二月廿八日", ["****年**月**日", "一八八八年**月**日", "一八八八年二月**日"]),
        ("18880228", ["********", "1888****", "188802**"]),
        ("1888/02", ["****/**", "1888/**", "1888/**"]),
        ("28/02/1888", ["**/**/****", "**/**/1888", "**/**/1888"]),
        ("28 Feb 1888", ["** *** ****", "** *** ****", "** *** ****"]),
        ("880228", ["******", "******", "******"]),
        ("0228", ["****", "****", "****"]),
        ("一八88", ["****", "****", "****"]),
        ("一八88年2月8日", ["****年**月**日", "一八88年**月**日", "一八88年2月**日"]),
        ("1888-02-28T01:02:03", ["****-**-**T**:**:**", "1888-**-**T**:**:**", "1888-02-**T**:**:**"]),
    ] {
        assert_eq!(masks_of("date_of_birth").map(|m| show(&m, text, None)), expected, "{text}");
    }
}

#[test]
fn the_rest_in_three_profiles() {
    for (kind, text, expected) in [
        ("email", "zhangsan@example.com", ["z***@example.com", "zh***@example.com", "z***@example.com"]),
        ("email", "abc@example.com", ["a***@example.com"; 3]),
        ("email", "ab@example.com", ["*@example.com"; 3]),
        ("email", "a@example.com", ["*@example.com"; 3]),
        ("email", "zhang.san@zhangsan.cn", ["z***@***.cn", "zh***@***.cn", "z***@***.cn"]),
        ("email", "zhang@a13800138000b.cn", ["z***@***.cn", "zh***@***.cn", "z***@***.cn"]),
        ("email", "zhang@163.com", ["z***@163.com", "zh***@163.com", "z***@163.com"]),
        ("email", "a@b.comcd@d.org", ["a***@d.org", "a@***@d.org", "a***@d.org"]),
        ("email", "张三丰@例子.中国", ["张***@例子.中国"; 3]),
        // Nothing that could be taken for an address: nothing is shown.
        ("email", "zhangsan", ["***"; 3]),
        ("email", "@example.com", ["***"; 3]),
        ("email", "zhangsan@", ["***"; 3]),
        ("email", "zhangsan@[10.0.0.1]", ["***"; 3]),
        ("email", "zhangsan@13800138000", ["***"; 3]),
        ("wechat_id", "zhangsan1888", ["z***"; 3]),
        ("wechat_id", "z1", ["***"; 3]),
        ("qq", "1234567890", ["12****0"; 3]),
        ("qq", "12345", ["1****"; 3]),
        ("vehicle_plate", "京A12345", ["****45"; 3]),
        ("vin", "LSVAA0009A0000000", ["LSV****00"; 3]),
        ("ip_address", "10.20.30.40", ["10.*.*.*", "10.*.*.*", "10.20.30.40"]),
        ("ip_address", "10.20.30.40:8080", ["10.*.*.*", "10.*.*.*", "10.20.30.40:8080"]),
        ("ip_address", "2001:db8::1", ["2001:***", "2001:***", "2001:db8::1"]),
        ("ip_address", "::ffff:10.0.0.1", ["****", "****", "::ffff:10.0.0.1"]),
        ("ip_address", "10.20.30", ["****", "****", "10.20.30"]),
        ("mac_address", "00:00:5E:00:53:01", ["00:00:5E:**:**:**", "00:00:5E:**:**:**", "00:00:5E:00:53:01"]),
        ("mac_address", "00-00-5E-00-53-01", ["00-00-5E-**-**-**", "00-00-5E-**-**-**", "00-00-5E-00-53-01"]),
        ("mac_address", "0000.5E00.5301", ["0000.5E**.****", "0000.5E**.****", "0000.5E00.5301"]),
        ("mac_address", "00:00:5E:00", ["****", "****", "00:00:5E:00"]),
        ("credential", "hunter2", ["***"; 3]),
        ("organisation", "91310000MA1FL0007C", ["91310000MA1FL0007C"; 3]),
    ] {
        assert_eq!(masks_of(kind).map(|m| show(&m, text, None)), expected, "{kind} {text}");
    }
}

#[test]
fn short_values_show_less_the_end_first() {
    let cases = [
        ("", "****"),
        ("1", "****"),
        ("1234", "****"),
        ("12345", "1****"),
        ("1234567", "123****"),
        ("12345678", "123****8"),
    ];
    for (text, expected) in cases {
        assert_eq!(show(&keep(3, 4), text, None), expected, "{text}");
    }
    for (text, expected) in [("", "****"), ("A", "****"), ("AB", "A****"), ("ABC", "A****"), ("ABCD", "A****D")] {
        assert_eq!(show(&keep(1, 1), text, None), expected, "{text}");
    }
}

#[test]
fn lines_stay_lines() {
    let value = Value { text: "1380013\r\n8000", canonical: "13800138000", split: None };
    assert_eq!(apply(&keep(3, 2), &value, &Shape::Stars, Space::free()), "138****00\r\n");
    assert_eq!(apply(&keep(3, 2), &value, &Shape::Stars, Space::new(Room::Exactly, 13)), "138******00\r\n");
}

#[test]
fn letters_as_mask_characters_hide_what_they_would_complete() {
    let shape = Shape::Char('X');
    let written = |mask: &Mask, text: &str| {
        apply(mask, &Value { text, canonical: text, split: Some(Split::Name { surname: 3 }) }, &shape, Space::free())
    };
    assert_eq!(written(&with("email"), "zhangsan@example.com"), "XXXX");
    assert_eq!(written(&keep(1, 0), "ZHANGSAN"), "XXXX");
    assert_eq!(written(&keep(3, 2), "13800138000"), "138XXXX00");
    assert_eq!(written(&with("surname"), "张三"), "张XX");
}

/// Values of each kind, with the parts that a recogniser would find.
fn values() -> impl Strategy<Value = (&'static str, String, Option<Split>)> {
    let of = |kind: &'static str, pattern: &'static str| {
        proptest::string::string_regex(pattern)
            .expect("a pattern of these tests")
            .prop_map(move |text| (kind, text, None))
    };
    prop_oneof![
        of("resident_id", "[1-8][0-9]{5}18[89][0-9](0[1-9]|1[0-2])(0[1-9]|2[0-8])[0-9]{3}[0-9X]"),
        of("document", "[A-Z]{0,2}[0-9]{6,9}(\\([0-9A]\\))?"),
        of("mobile_phone", "1[3-9][0-9] ?[0-9]{4} ?[0-9]{4}"),
        of("landline_phone", "0(10|2[0-9]|[3-9][0-9]{2})-?[2-8][0-9]{6,7}(-[0-9]{1,4})?"),
        of("bank_card", "62[0-9]{13,17}"),
        of("account", "[A-F]?[0-9]{6,14}"),
        of("email", "[a-z0-9.]{1,12}@[a-z]{1,8}\\.(cn|com)"),
        of("date_of_birth", "18[89][0-9][-/.]?[01][0-9][-/.]?[0-3][0-9]"),
        of("wechat_id", "[a-z][-_a-z0-9]{5,19}"),
        of("qq", "[1-9][0-9]{4,10}"),
        of("vehicle_plate", "[京沪苏粤][A-H][0-9A-H]{5,6}"),
        of("vin", "[A-HJ-NPR-Z0-9]{17}"),
        of("ip_address", "[1-9][0-9]?(\\.[1-9][0-9]{0,2}){3}"),
        of("mac_address", "([0-9A-F]{2}:){5}[0-9A-F]{2}"),
        of("credential", "[!-~]{1,30}"),
        "[张王李][三四五六]{1,3}".prop_map(|text| ("person_name", text, Some(Split::Name { surname: 3 }))),
    ]
}

fn all_masks() -> impl Strategy<Value = Mask> {
    let methods =
        ["keep", "surname", "email", "address", "date", "area_code", "octets", "groups", "tail_of_account", "drop"];
    let numbers = (0..6_usize, 0..5_usize, proptest::option::of(1..20_usize), 0..5_usize, any::<bool>());
    (proptest::sample::select(methods.to_vec()), numbers).prop_map(|(word, n)| {
        // What the method does not read is left out.
        Mask::parse(Some(word), n.0, n.1, n.2, n.3, n.4).unwrap_or_else(|_| with(word))
    })
}

fn shapes() -> impl Strategy<Value = Shape> {
    proptest::sample::select(vec![
        Shape::Stars,
        Shape::Char('×'),
        Shape::Char('X'),
        Shape::TailOnly,
        Shape::Word("客户".into()),
    ])
}

/// Anything, and mixtures of what the methods look for.
fn strange_texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9一八〇廿年月日*＊×xX@.:/ \\-张()+#转\n]{0,24}",
        "[18八一28]{1,10}[年-]?[0-9]{0,2}"
    ]
}

fn digits_of(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

proptest! {
    #[test]
    fn a_mask_is_never_taken_for_the_value(
        (kind, text, split) in values(), profile in 0..2_usize, shape in shapes(),
    ) {
        let mask = masks_of(kind)[profile];
        let canonical = canonical_of(&text);
        let value = Value { text: &text, canonical: &canonical, split };
        let masked = apply(&mask, &value, &shape, Space::free());
        prop_assert_ne!(&masked, &text);
        match shape {
            Shape::Stars | Shape::Char(_) => prop_assert!(looks_masked(masked.as_bytes()), "{masked}"),
            Shape::TailOnly => prop_assert!(masked.len() <= 4, "{masked}"),
            Shape::Word(_) => prop_assert_eq!(&masked, "客户"),
        }
        // An e-mail's domain and the letters around a number may stay; of digits, four at least are gone.
        if matches!(kind, "resident_id" | "mobile_phone" | "landline_phone" | "bank_card" | "account" | "qq") {
            prop_assert!(digits_of(&masked) + 4 <= digits_of(&text), "{masked}");
        }
        if kind == "date_of_birth" && profile == 0 {
            prop_assert_eq!(digits_of(&masked), usize::from(shape == Shape::TailOnly));
        }
    }

    #[test]
    fn masking_twice_shows_no_more((kind, text, split) in values(), profile in 0..2_usize) {
        let mask = masks_of(kind)[profile];
        let once = show(&mask, &text, split);
        let twice = show(&mask, &once, split.filter(|_| once.starts_with(['张', '王', '李'])));
        let clear = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        prop_assert!(clear(&twice) <= clear(&once), "{once} became {twice}");
        if matches!(kind, "resident_id" | "mobile_phone" | "person_name" | "email" | "date_of_birth" | "mac_address") {
            prop_assert_eq!(once, twice);
        }
    }

    #[test]
    fn the_room_is_kept(
        (kind, text, split) in values(), profile in 0..2_usize, width in 0..40_usize, shape in shapes(),
    ) {
        let mask = masks_of(kind)[profile];
        let canonical = canonical_of(&text);
        let value = Value { text: &text, canonical: &canonical, split };
        let free = apply(&mask, &value, &shape, Space::free());
        let exact = apply(&mask, &value, &shape, Space::new(Room::Exactly, width));
        prop_assert_eq!(exact.len(), width);
        let bounded = apply(&mask, &value, &shape, Space::new(Room::AtMost, width));
        prop_assert!(bounded.len() <= width);
        prop_assert!(digits_of(&exact) <= digits_of(&free) && digits_of(&bounded) <= digits_of(&free));
    }

    #[test]
    fn no_text_is_too_strange(
        text in strange_texts(), mask in all_masks(), shape in shapes(),
        at in (0..40_usize, 0..40_usize, 0..40_usize), name in any::<bool>(), width in 0..40_usize,
    ) {
        let split = if name { Split::Name { surname: at.0 } } else { Split::Address { city: at.0, county: at.1, road: at.2 } };
        let value = Value { text: &text, canonical: &text, split: Some(split) };
        let masked = apply(&mask, &value, &shape, Space::free());
        prop_assert!(!masked.is_empty() || text.is_empty());
        let breaks = text.matches(['\n', '\r']).count();
        let bounded = apply(&mask, &value, &shape, Space::new(Room::AtMost, width));
        prop_assert!(bounded.len() <= width.max(breaks));
        prop_assert!(digits_of(&text) <= SHOWN_LIMIT || !looks_masked(text.as_bytes()));
    }
}
