//! What is found by shape and behind labels, and what is not: for whoever works on `locate/`.

use pii_core::{Engine, Evidence, RuleSet, Scratch, Segment};
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::builtin()));

/// Kinds and values in a text, which stands in a field where one is named.
fn found(text: &str, field: Option<&str>) -> Vec<String> {
    let evidence = field.map_or_else(Evidence::none, |name| ENGINE.field_evidence(name.as_bytes()));
    let segment = Segment::new(text.as_bytes(), evidence).expect("short");
    let mut findings = Vec::new();
    ENGINE.find(segment, &mut Scratch::default(), &mut findings);
    findings.iter().map(|finding| format!("{} {}", finding.kind(), &text[finding.span()])).collect()
}

#[track_caller]
fn check(table: &[(&str, &[&str])]) {
    for (text, expected) in table {
        assert_eq!(found(text, None), *expected, "{text}");
    }
}

#[test]
fn a_number_may_be_cut_in_the_ways_that_people_cut_it() {
    check(&[
        ("13800138000", &["mobile_phone 13800138000"]),
        ("8613800138000", &["mobile_phone 8613800138000"]),
        ("+86 138 0013 8000", &["mobile_phone +86 138 0013 8000"]),
        ("138-0013-8000", &["mobile_phone 138-0013-8000"]),
        ("138.0013.8000", &["mobile_phone 138.0013.8000"]),
        ("440524 18800101 0014", &["resident_id 440524 18800101 0014"]),
        ("440524-18800101-0014", &["resident_id 440524-18800101-0014"]),
        ("6228 4800 0000 0000 216", &["bank_card 6228 4800 0000 0000 216"]),
        ("GB29 NWBK 6016 1331 9268 19", &["iban GB29 NWBK 6016 1331 9268 19"]),
        // Other marks only behind a label, and always the same ones.
        ("手机138~0013~8000", &["mobile_phone 138~0013~8000"]),
        ("138~0013~8000", &[]),
        ("138/0013/8000", &[]),
        ("资金账号8800-1234-56", &["capital_account 8800-1234-56"]),
        ("资金账号 88,0012,3456", &[]),
        // Groups that are none.
        ("手机13 8001 38000", &[]),
        ("62284800 00000000216", &[]),
    ]);
}

#[test]
fn what_a_number_is_a_piece_of_is_no_number() {
    check(&[
        ("138001380001", &[]),
        ("12800138000", &[]),
        ("2026-13800138000", &[]),
        ("13800138000-2", &[]),
        ("13800138000.5", &[]),
        ("13800138000元", &[]),
        ("订单号13800138000", &[]),
        ("流水号6228480000000000216", &[]),
        ("550e8400-e29b-41d4-a716-138001380000", &[]),
        ("138****8000", &[]),
        ("440524********0014", &[]),
        // Without a label, only a check speaks for one.
        ("8800123456", &[]),
        ("6228480000000000216", &["bank_card 6228480000000000216"]),
        ("6228480000000000217", &[]),
        ("440524188001010014", &["resident_id 440524188001010014"]),
        ("440524188001010015", &[]),
        ("身份证440524188001010015", &["resident_id 440524188001010015"]),
    ]);
}

#[test]
fn letters_and_numbers_that_touch_a_number() {
    check(&[
        ("m13800138000", &[]),
        ("zh13800138000", &[]),
        ("a13800138000b", &[]),
        ("mobile13800138000", &["mobile_phone 13800138000"]),
        ("order440524188001010014x", &["resident_id 440524188001010014"]),
        ("ab13800138000cd440524188001010014", &["resident_id 440524188001010014"]),
        ("44052418800101001413800138000", &["resident_id 440524188001010014", "mobile_phone 13800138000"]),
        ("1380013800013900139000", &["mobile_phone 13800138000", "mobile_phone 13900139000"]),
        ("沪A0100000001，深B账户0100000002", &["securities_account 0100000001", "securities_account 0100000002"]),
    ]);
}

#[test]
fn a_label_speaks_for_a_list_and_across_a_bridge() {
    let both: &[&str] = &["capital_account 8800123456", "capital_account 8800123457"];
    for text in ["资金账号：8800123456/8800123457", "资金账号8800123456和8800123457", "资金账号8800123456、8800123457"]
    {
        check(&[(text, both)]);
    }
    for text in [
        "资金账号为：8800123456",
        "資金賬號號碼為：8800123456",
        "资金账号（10位）：8800123456",
        "资金账号2：8800123456",
        "<td>资金账号</td><td>8800123456</td>",
    ] {
        check(&[(text, &both[..1])]);
    }
    for text in
        ["custNo=1000012345", "\"custNo\":\"1000012345\"", "<custNo>1000012345</custNo>", "cust_no_2=1000012345"]
    {
        check(&[(text, &["customer_no 1000012345"])]);
    }
    check(&[("资金账号影像不清晰8800123456", &[]), ("资金账号余额8800123456", &[]), ("custNo 1000012345", &[])]);
}

#[test]
fn what_labels_lead_to() {
    check(&[
        ("客户：张三", &["person_name 张三"]),
        ("客户张三，您好", &["person_name 张三"]),
        ("name: Zhang San", &["person_name Zhang San"]),
        ("name: closePosition", &[]),
        ("\"name\":\"张裕A\"", &[]),
        ("姓名：张**", &[]),
        ("张三先生您好", &["person_name 张三"]),
        ("王先生", &[]),
        ("密码：hunter2", &["password hunter2"]),
        ("password=hunter2&x=1", &["password hunter2"]),
        ("密码错误", &[]),
        ("密码：******", &[]),
        ("加微信zhangsan1890", &["wechat_id zhangsan1890"]),
        ("微信支付", &[]),
        ("地址：学府街18号3单元201室", &["address 学府街18号3单元201室"]),
        ("地址空间不足", &[]),
        ("生日1890年1月2日", &["date_of_birth 1890年1月2日"]),
        ("1890-01-02", &[]),
    ]);
}

#[test]
fn what_a_field_holds() {
    for (field, text, expected) in [
        ("capital_account", "8800123456", &["capital_account 8800123456"][..]),
        ("capital_account_2", "8800123456", &["capital_account 8800123456"]),
        ("order_no", "13800138000", &[]),
        ("order_no", "440524188001010014", &["resident_id 440524188001010014"]),
        ("amount", "13800138000", &[]),
        ("full_name", " 张三 ", &["person_name 张三"]),
        ("full_name", "张三（投资者）", &["person_name 张三"]),
        ("full_name", "张三(13800138000)", &["person_name 张三", "mobile_phone 13800138000"]),
        ("full_name", "某某证券股份有限公司", &[]),
        ("full_name", "某某证券（代持）", &[]),
        ("full_name", "（投资者）", &[]),
        ("full_name", "未知", &[]),
        ("name", "closePosition", &[]),
        ("name", "Zhang San", &["person_name Zhang San"]),
        ("address", "学府街18号", &["address 学府街18号"]),
        ("address", "无", &[]),
        ("pwd", "a b c", &["password a b c"]),
        ("jwt", "abc", &["access_token abc"]),
        ("pin12", "8800123456", &[]),
        ("date_of_birth", "1890-01-02", &["date_of_birth 1890-01-02"]),
        ("date_of_birth", "1890", &[]),
        ("faceFeature", "[0.12,0.53,-0.2]", &["biometric_template [0.12,0.53,-0.2]"]),
        ("faceFeature", "通过", &[]),
    ] {
        assert_eq!(found(text, Some(field)), expected, "{field}: {text}");
    }
}

#[test]
fn names_beside_numbers() {
    check(&[
        ("张三 13800138000", &["person_name 张三", "mobile_phone 13800138000"]),
        ("张三,13800138000", &["person_name 张三", "mobile_phone 13800138000"]),
        ("13800138000;王五", &["mobile_phone 13800138000", "person_name 王五"]),
        ("张三（男，35岁）13800138000", &["person_name 张三", "mobile_phone 13800138000"]),
        ("客服 13800138000", &["mobile_phone 13800138000"]),
        ("客服;13800138000;投诉", &["mobile_phone 13800138000"]),
        ("有限公司 13800138000", &["mobile_phone 13800138000"]),
        ("参会人员：张三、李四、王小明", &["person_name 张三", "person_name 李四", "person_name 王小明"]),
    ]);
}

#[test]
fn disguised_numbers() {
    for text in [
        "①③⑧⓪⓪①③⑧⓪⓪⓪",
        "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0",
        "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
        "1\u{336}38\u{336}00138000",
        "138\u{3164}0013\u{115F}8000",
        "138\0\u{30}013\0\u{38}000",
        "1\u{2800}3\u{2800}8\u{2800}0\u{2800}0\u{2800}1\u{2800}3\u{2800}8\u{2800}0\u{2800}0\u{2800}0",
    ] {
        check(&[(text, &[&format!("mobile_phone {text}")])]);
    }
    let items = "①13800138000②13900139000③13700137000";
    check(&[
        (items, &["mobile_phone 13800138000", "mobile_phone 13900139000", "mobile_phone 13700137000"]),
        ("①②③ 详见附件", &[]),
        ("13800138000\u{0}13900139000", &["mobile_phone 13800138000", "mobile_phone 13900139000"]),
    ]);
}

#[test]
fn a_unit_belongs_to_quantities_only() {
    check(&[
        ("6228480000000000216 %31", &["bank_card 6228480000000000216"]),
        ("成交13800138000股", &[]),
        ("涨幅 13800138000%", &[]),
    ]);
}

#[test]
fn under_a_label_of_several_kinds_a_number_in_groups_is_whole() {
    check(&[
        ("账号6228 4800 0000 0002", &["bank_account 6228 4800 0000 0002"]),
        ("账号：6228 4800 0000 0007", &["bank_card 6228 4800 0000 0007"]),
        ("账号6228-4800-0000-0002，户名", &["bank_account 6228-4800-0000-0002"]),
        ("账号 1234 5678 9012 3456 789", &["bank_account 1234 5678 9012 3456 789"]),
        // Two numbers side by side are no groups of one.
        ("账号1234 5678 20261123", &["capital_account 1234 5678"]),
        ("资金账号8800 1234 5678", &["capital_account 8800 1234 5678"]),
        ("手机138 0013 8000 1234", &["mobile_phone 138 0013 8000"]),
    ]);
}

#[test]
fn an_address_behind_a_label_of_names_is_an_address() {
    let address = "市锦江区滨海大道1745弄26号2906室";
    for label in ["person_name: ", "姓名：", "开户人姓名 "] {
        assert_eq!(found(&format!("{label}{address}，"), None), [format!("address {address}")], "{label}");
    }
    check(&[
        ("姓名：成都市锦江区滨海大道1745弄26号2906室", &["address 成都市锦江区滨海大道1745弄26号2906室"]),
        // A name right before an address stays one.
        (
            "收件人张三四川省成都市锦江区滨海大道1745弄26号2906室",
            &["person_name 张三", "address 四川省成都市锦江区滨海大道1745弄26号2906室"],
        ),
        (
            "收件人：张三 成都市锦江区滨海大道1745弄26号2906室",
            &["person_name 张三", "address 成都市锦江区滨海大道1745弄26号2906室"],
        ),
    ]);
}
