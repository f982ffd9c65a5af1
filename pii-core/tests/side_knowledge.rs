//! The floor under masks: what a record shows of a person beside an identity number widens the number's mask, and only
//! then.

use pii_core::policy::{Date, Flow, FlowPolicy, Policy};
use pii_core::{Aside, Engine, Evidence, Finding, Item, Judgement, Place, RuleSet, Scratch, Segment, Standing};

/// One of 1,652 counties that begin with 4; 27,029 birth dates in 74 years; 1,000 sequence numbers; a check character out
/// of 11: shown first and last, 4.06×10⁹ numbers are left, 31.9 bits.
const ID: &str = "440524188001010014";

fn policy() -> FlowPolicy {
    let today = Date::new(2026, 11, 23).expect("a day");
    Policy::builtin().for_flow(&Flow { channel: Some("sms"), recipient: None, purpose: None, today })
}

/// What becomes of the ID in a text that is one record.
fn judged(text: &str) -> Judgement {
    let engine = Engine::new(RuleSet::builtin());
    let mut findings = Vec::new();
    let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("short");
    engine.find(segment, &mut Scratch::default(), &mut findings);
    let aside = engine.aside(text.as_bytes(), Evidence::none());
    of_id(&engine, &findings, text, aside)
}

fn of_id(engine: &Engine, findings: &[Finding], text: &str, aside: Aside) -> Judgement {
    let items: Vec<Item<'_>> = findings
        .iter()
        .map(|finding| Item {
            finding,
            value: &text[finding.span()],
            path: "",
            place: Place::plain(),
            width_bytes: finding.span().len(),
            standing: Standing::Usual,
        })
        .collect();
    let judgements = engine.judge(&policy(), None, &items, aside, false);
    let found = judgements.into_iter().zip(findings).find(|(_, finding)| finding.kind().as_str() == "resident_id");
    found.expect("an ID").0
}

#[test]
fn a_mask_is_widened_only_when_too_little_is_left() {
    for (text, mask, why) in [
        // 31.9 bits.
        (format!("身份证{ID}"), "4****************4", None),
        // One year of 74: 6.2 bits less.
        (format!("张三，35岁，身份证{ID}"), "4****************4", None),
        // And half of the sequence numbers: 24.7 bits.
        (format!("张三，男，35岁，身份证{ID}"), "4****************4", None),
        // The strict mask of an address shows the city: one of those whose codes begin with 4, 24 bits.
        (format!("身份证{ID}，住广东省深圳市福田区深南大道1000号"), "4****************4", None),
        // All three together leave less than 19 bits. Without the check character 3.5 bits more are left.
        (
            format!("张三，男，35岁，身份证{ID}，住广东省深圳市福田区深南大道1000号"),
            "4****************",
            Some("(an age, the sex, a place)"),
        ),
        // A county alone, without province and city, is not shown.
        (format!("张三，男，35岁，身份证{ID}，住福田区深南大道1000号"), "4****************4", None),
    ] {
        let judgement = judged(&text);
        assert_eq!(judgement.replacement.as_deref(), Some(mask), "{text}");
        let told = judgement.why.told(&policy());
        match why {
            Some(why) => assert!(told.contains(why), "{told}"),
            None => assert!(!told.contains("widened"), "{told}"),
        }
    }
}

#[test]
fn fields_of_their_own_tell_an_age_and_a_sex() {
    let engine = Engine::new(RuleSet::builtin());
    let told = |name: &str, value: &str| engine.aside(value.as_bytes(), engine.field_evidence(name.as_bytes()));
    assert_eq!(told("age", "35"), Aside { age: true, sex: false });
    assert_eq!(told("custAge", "35"), Aside { age: true, sex: false });
    assert_eq!(told("sex", "1"), Aside { age: false, sex: true });
    assert_eq!(told("性别", "女"), Aside { age: false, sex: true });
    assert_eq!(told("gender", " "), Aside::default());
    assert_eq!(told("age", "-"), Aside::default());
    assert_eq!(told("page", "35"), Aside::default());
    assert!(engine.field_evidence(b"gender").tells_aside() && !engine.field_evidence(b"amount").tells_aside());
}
