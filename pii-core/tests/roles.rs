//! Whose data a value is, by the cue beside it, and that a policy's `role` sees it.

use pii_core::policy::{Action, Date, Flow, Policy, Query};
use pii_core::{Class, Engine, Evidence, Finding, Kind, Role, RuleSet, Scratch, Segment};

fn find(engine: &Engine, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("short");
    engine.find(segment, &mut Scratch::default(), &mut findings);
    findings
}

#[test]
fn cues_say_whose_data_a_value_is() {
    let engine = Engine::new(RuleSet::builtin());
    for (text, kind, value, role) in [
        ("创业板权限已开通，账户0100000001，见证人工号00000001。", "customer_no", "00000001", Role::Staff),
        ("客户经理刘洋（执业编号S0000000000000）电话13800138000为您服务。", "person_name", "刘洋", Role::Staff),
        (
            "华信证券营业部客户张伟（客户号：00000001）信用账户维持担保比例130%，请跟进，手机13800138000。",
            "person_name",
            "张伟",
            Role::Client,
        ),
        (
            "华信证券营业部客户张伟（客户号：00000001）信用账户维持担保比例130%，请跟进，手机13800138000。",
            "customer_no",
            "00000001",
            Role::Client,
        ),
        ("尊敬的王小明先生，您好", "person_name", "王小明", Role::Client),
        ("基金经理李明今日路演", "person_name", "李明", Role::Staff),
        ("张三 13800138000", "person_name", "张三", Role::Unknown),
    ] {
        let findings = find(&engine, text);
        let found = findings.iter().find(|f| f.kind().as_str() == kind && &text[f.span()] == value);
        assert_eq!(found.map(Finding::role), Some(role), "{text}: {findings:?}");
    }
}

#[test]
fn a_policy_may_pass_the_firms_staff() {
    let kinds = [(Kind::new("person_name").expect("well spelt"), Class::new(2).expect("1 to 4"))];
    let policy = Policy::builtin()
        .with("staff.toml", "[[rule]]\nkind = \"person_name\"\nrole = \"staff\"\naction = \"pass\"\n", &kinds)
        .expect("a good policy");
    let today = Date::new(2026, 11, 23).expect("a day");
    let policy = policy.for_flow(&Flow { channel: Some("sms"), recipient: None, purpose: None, today });
    let engine = Engine::new(RuleSet::builtin());
    for (text, action) in [
        ("客户经理刘洋（执业编号S0000000000000）为您服务", Action::Pass),
        ("营业部客户张伟（客户号：00000001）请跟进", Action::Mask),
        ("刘洋 13800138000", Action::Mask),
    ] {
        let findings = find(&engine, text);
        let name = findings.iter().find(|f| f.kind().as_str() == "person_name").expect("a name");
        let query = Query { kind: name.kind(), class: name.class(), role: name.role(), field: None, about: true };
        assert_eq!(policy.decide(&query).action, action, "{text}");
    }
}
