//! A verification code leaves where the message is about it, and nowhere else.

use pii_core::policy::{Action, Date, Flow, FlowPolicy, Policy};
use pii_core::{Aside, Engine, Evidence, Item, Place, RuleSet, Scratch, Segment, Standing};

fn policy(channel: &str) -> FlowPolicy {
    let today = Date::new(2026, 11, 23).expect("a day");
    Policy::builtin().for_flow(&Flow { channel: Some(channel), recipient: None, purpose: None, today })
}

/// What becomes of the code in a text, or in a field of this path.
fn action(channel: &str, text: &str, path: &str) -> Action {
    let engine = Engine::new(RuleSet::builtin());
    let field = path.rsplit('.').next().filter(|name| !name.is_empty());
    let evidence = field.map_or_else(Evidence::none, |name| engine.field_evidence(name.as_bytes()));
    let mut findings = Vec::new();
    let segment = Segment::new(text.as_bytes(), evidence).expect("short");
    engine.find(segment, &mut Scratch::default(), &mut findings);
    let finding = findings.iter().find(|found| found.kind().as_str() == "verification_code").expect("a code");
    let value = &text[finding.span()];
    let item =
        Item { finding, value, path, place: Place::plain(), width_bytes: value.len(), standing: Standing::Usual };
    engine.judge(&policy(channel), None, &[item], Aside::default(), false)[0].action
}

#[test]
fn a_message_that_hands_over_a_code_keeps_it() {
    for text in [
        "验证码482913，5分钟内有效",
        "【华信证券】您正在登录，验证码482913，切勿告诉他人",
        "驗證碼482913，5分鐘內有效",
        "482913 is your HX login code",
        "您的验证码是\n验证码：482913\n请勿泄露",
    ] {
        for channel in ["sms", "email", "push"] {
            assert_eq!(action(channel, text, ""), Action::Pass, "{text}");
        }
        assert_eq!(action("log", text, ""), Action::Drop, "{text}");
    }
}

#[test]
fn a_label_alone_says_of_no_message_that_it_is_about_the_code() {
    for text in ["验证码：482913", "login ok, verifyCode=482913", "您的订单\nverifyCode=482913"] {
        assert_eq!(action("email", text, ""), Action::Drop, "{text}");
    }
    assert_eq!(action("email", "482913", "$.verifyCode"), Action::Drop);
    assert_eq!(action("email", "482913", "$.rows[0].smsCode"), Action::Drop);
}

#[test]
fn a_template_is_filled_with_its_code() {
    assert_eq!(action("sms", "482913", "$.TemplateParam.verifyCode"), Action::Pass);
    assert_eq!(action("email", "482913", "$.personalizations[0].dynamic_template_data.otp"), Action::Pass);
    assert_eq!(action("third_party", "482913", "$.TemplateParam.verifyCode"), Action::Drop);
}
