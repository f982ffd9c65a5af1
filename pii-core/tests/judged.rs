//! What stands in the place of a value: the input's own characters, as its place and its record allow.

use pii_core::policy::{Action, Date, Flow, FlowPolicy, Policy};
use pii_core::{
    Aside, Engine, Evidence, Item, Judgement, NewToken, Place, Room, RuleSet, Scratch, Segment, Standing, Token,
};

fn policy(channel: &str) -> FlowPolicy {
    let today = Date::new(2026, 11, 23).expect("a day");
    Policy::builtin().for_flow(&Flow { channel: Some(channel), recipient: None, purpose: None, today })
}

/// What becomes of the findings in a text, each of them at `place`.
fn judged(text: &str, place: Place, cut_short: bool) -> Vec<Judgement> {
    let engine = Engine::new(RuleSet::builtin());
    let mut findings = Vec::new();
    let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("short");
    engine.find(segment, &mut Scratch::default(), &mut findings);
    let item = |finding| {
        let value = &text[pii_core::Finding::span(finding)];
        Item { finding, value, path: "", place, width_bytes: value.len(), standing: Standing::Usual }
    };
    let items: Vec<Item<'_>> = findings.iter().map(item).collect();
    engine.judge(&policy("log"), None, &items, Aside::default(), cut_short)
}

fn shown(text: &str, place: Place, cut_short: bool) -> Vec<String> {
    let judgements = judged(text, place, cut_short);
    judgements.into_iter().map(|judgement| judgement.replacement.unwrap_or_default()).collect()
}

#[test]
fn a_mask_shows_characters_as_they_are_written() {
    for (text, expected) in [
        ("微信号zhangsan1890", &["zh***"][..]),
        ("微信号ZhangSan1890", &["Zh***"]),
        ("护照e12345678", &["e*****678"]),
        ("护照E12345678", &["E*****678"]),
        ("身份证11010519491231002x", &["**************002x"]),
        ("身份证11010519491231002X", &["**************002X"]),
        // Digits are plain ones, and separators and what is invisible go.
        ("138-0013-8000", &["138****8000"]),
        ("１３８００１３８０００", &["138****8000"]),
        ("138\u{200B}00138000", &["138****8000"]),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪", &["138****8000"]),
        ("一三八〇〇一三八〇〇〇", &["138****8000"]),
        // What stands before a number stays as it is.
        ("+86 13800138000", &["+86 138****8000"]),
    ] {
        assert_eq!(shown(text, Place::plain(), false), expected, "{text}");
    }
}

#[test]
fn the_same_value_has_the_same_mask_however_it_is_written() {
    let masks = shown("身份证11010519491231002x，身份证11010519491231002X", Place::plain(), false);
    assert_eq!(masks, ["**************002x", "**************002X"]);
    let masks = shown("手机13800138000，138-0013-8000", Place::plain(), false);
    assert_eq!(masks, ["138****8000", "138****8000"]);
}

#[test]
fn a_record_that_is_cut_short_shows_less() {
    assert_eq!(shown("身份证440524188001010014", Place::plain(), false), ["**************0014"]);
    let short = shown("身份证440524188001010014", Place::plain(), true);
    assert!(short[0].len() == 18 && short[0].matches('*').count() > 14, "{short:?}");
}

#[test]
fn a_place_says_how_much_room_there_is() {
    let narrow = shown("微信号a12345", Place::plain().with_room(Room::Exactly), false);
    assert_eq!(narrow[0].len(), "a12345".len());
    let number = judged("13800138000", Place::plain().with_token(Token::JsonValue), false);
    assert_eq!(number[0].action, Action::Mask);
    assert_eq!(number[0].token, NewToken::String);
}
