//! What takes keys: who is asked for it, with what, and what becomes of a value where nothing comes back.

use pii_core::policy::{Action, Date, Flow, FlowPolicy, Part, Policy, Terms};
use pii_core::transform::{Asked, Transform, TransformError};
use pii_core::{Aside, Engine, Evidence, Item, Judgement, NewToken, Place, Room, RuleSet, Scratch, Segment, Token};
use std::sync::Mutex;

/// Answers with what it was told to, and notes what it was asked.
struct Answers {
    answer: Result<&'static str, TransformError>,
    asked: Mutex<Vec<Question>>,
}

#[derive(Debug, PartialEq)]
struct Question {
    action: Action,
    written: String,
    canonical: String,
    subject: String,
    terms: Terms,
}

impl Answers {
    fn with(answer: Result<&'static str, TransformError>) -> Self {
        Self { answer, asked: Mutex::default() }
    }

    fn asked(self) -> Vec<Question> {
        self.asked.into_inner().expect("nothing panics")
    }
}

impl Transform for Answers {
    fn offers(&self, _: Action) -> bool {
        true
    }

    fn transform(&self, asked: &Asked<'_>) -> Result<String, TransformError> {
        let Asked { action, written, canonical, subject, terms, .. } = *asked;
        assert!(!format!("{asked:?}").contains(written), "a value in Debug output");
        let [text, known, person] = [written, canonical, subject].map(str::to_owned);
        let question = Question { action, written: text, canonical: known, subject: person, terms: terms.clone() };
        self.asked.lock().expect("nothing panics").push(question);
        self.answer.clone().map(str::to_owned)
    }
}

fn policy(toml: &str, channel: &str) -> FlowPolicy {
    let today = Date::new(2026, 11, 23).expect("a day");
    let policy = Policy::parse("firm.toml", toml, &[]).expect("a good policy");
    policy.for_flow(&Flow { channel: Some(channel), recipient: None, purpose: None, today })
}

fn judged(policy: &FlowPolicy, keys: Option<&Answers>, text: &str, place: Place) -> Vec<Judgement> {
    let engine = Engine::new(RuleSet::builtin());
    let mut findings = Vec::new();
    let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("short");
    engine.find(segment, &mut Scratch::default(), &mut findings);
    let item = |finding| {
        let value = &text[pii_core::Finding::span(finding)];
        Item { finding, value, path: "", place, width_bytes: value.len() }
    };
    let items: Vec<Item<'_>> = findings.iter().map(item).collect();
    engine.judge(policy, keys.map(|keys| keys as &dyn Transform), &items, Aside::default(), false)
}

fn only(mut judgements: Vec<Judgement>) -> Judgement {
    assert_eq!(judgements.len(), 1);
    judgements.remove(0)
}

const PHONE: &str = "13800138000";

#[test]
fn a_value_is_asked_for_as_it_is_written_and_known() {
    let policy = policy("", "test_data");
    for (text, written, shown) in [
        ("13800138000", "13800138000", "X"),
        ("138-0013-8000", "138-0013-8000", "X"),
        ("１３８００１３８０００", "１３８００１３８０００", "X"),
        ("+86 13800138000", "13800138000", "+86 X"),
    ] {
        let keys = Answers::with(Ok("X"));
        let judgement = only(judged(&policy, Some(&keys), text, Place::plain()));
        assert_eq!((judgement.action, judgement.replacement.as_deref()), (Action::Fpe, Some(shown)), "{text}");
        let terms = Terms { scope: "test-data".to_owned(), ..Terms::default() };
        let [written, canonical, subject] = [written, PHONE, PHONE].map(str::to_owned);
        assert_eq!(keys.asked(), [Question { action: Action::Fpe, written, canonical, subject, terms }]);
    }
}

#[test]
fn a_disguise_without_a_form_is_let_go() {
    let keys = Answers::with(Err(TransformError::NoForm));
    let judgement = only(judged(&policy("", "test_data"), Some(&keys), "①③⑧⓪⓪①③⑧⓪⓪⓪", Place::plain()));
    assert_eq!(judgement.replacement.as_deref(), Some("****"));
    let written: Vec<String> = keys.asked().into_iter().map(|asked| asked.written).collect();
    assert_eq!(written, ["①③⑧⓪⓪①③⑧⓪⓪⓪", PHONE]);
}

#[test]
fn the_surest_number_of_a_record_names_its_person() {
    let keys = Answers::with(Ok("X"));
    let text = "客户张三，手机13800138000，身份证440524188001010014，出生日期1880-01-01";
    assert_eq!(judged(&policy("", "test_data"), Some(&keys), text, Place::plain()).len(), 4);
    assert!(keys.asked().iter().all(|asked| asked.subject == "44052418800101001"));
}

#[test]
fn without_a_form_or_room_a_value_is_masked_in_full() {
    let policy = policy("", "test_data");
    let none = Answers::with(Err(TransformError::NoForm));
    let long = Answers::with(Ok("a token that is longer than the number"));
    let narrow = Place::plain().with_room(Room::Exactly);
    for (keys, place) in [(Some(&none), Place::plain()), (Some(&long), narrow), (None, Place::plain())] {
        let judgement = only(judged(&policy, keys, PHONE, place));
        let shown = judgement.replacement.expect("something stands there");
        assert!(!shown.is_empty() && shown.bytes().all(|b| b == b'*'), "{shown}");
        assert_eq!(judgement.refused, None);
    }
}

#[test]
fn a_key_that_is_not_to_be_had_stops_the_message() {
    let why = "the key is disabled";
    let keys = Answers::with(Err(TransformError::Unavailable(why.to_owned())));
    let judgement = only(judged(&policy("", "test_data"), Some(&keys), PHONE, Place::plain()));
    assert_eq!((judgement.action, judgement.replacement), (Action::Block, None));
    assert_eq!(judgement.refused.as_deref(), Some(why));
}

#[test]
fn a_number_stays_a_number_where_it_can() {
    let number = Place::plain().with_token(Token::JsonValue);
    for (answer, token) in [
        ("19912345678", NewToken::Number),
        ("01912345678", NewToken::String),
        ("0", NewToken::Number),
        ("1e5", NewToken::String),
        ("", NewToken::String),
    ] {
        let judgement = only(judged(&policy("", "test_data"), Some(&Answers::with(Ok(answer))), PHONE, number));
        assert_eq!(judgement.token, token, "{answer}");
        assert_eq!(judgement.replacement.as_deref(), Some(answer));
    }
    let strict = policy("[defaults]\njson_number = \"block\"\n", "test_data");
    let kept = only(judged(&strict, Some(&Answers::with(Ok("19912345678"))), PHONE, number));
    assert_eq!(kept.action, Action::Fpe);
    let changed = only(judged(&strict, Some(&Answers::with(Ok("0199"))), PHONE, number));
    assert_eq!((changed.action, changed.replacement), (Action::Block, None));
}

#[test]
fn a_firm_that_masks_test_data_needs_no_keys() {
    let nobody = |_: Action| false;
    let error = policy("", "test_data").check_keys(nobody).expect_err("the built-in policy encrypts");
    assert!(error.is_missing_keys() && error.file() == "test-data.toml");
    let masks = "[[rule]]\nchannel = \"test_data\"\nclass = [2, 3]\naction = \"mask\"\n";
    assert_eq!(policy(masks, "test_data").check_keys(nobody), Ok(()));
    assert_eq!(policy("", "sms").check_keys(nobody), Ok(()));
}

#[test]
fn terms_reach_whoever_has_the_keys() {
    let rule = "[[rule]]\nclass = [2, 3]\naction = \"fpe\"\nscope = \"uat\"\nkeep = [\"region\", \"sex\"]\nresult = \"invalid\"\n";
    let keys = Answers::with(Ok("X"));
    judged(&policy(rule, "test_data"), Some(&keys), PHONE, Place::plain());
    let terms = Terms { scope: "uat".to_owned(), keep: vec![Part::Region, Part::Sex], is_invalid: true };
    assert_eq!(keys.asked()[0].terms, terms);
}

#[test]
fn terms_say_what_is_wrong_with_them() {
    let read = |toml: &str| Policy::parse("firm.toml", toml, &[]);
    for (key, action, message) in [
        ("keep = \"region\"", "token", "2: \"keep\" goes with action = \"fpe\", not with \"token\": take it out"),
        ("result = \"invalid\"", "hash", "2: \"result\" goes with action = \"fpe\", not with \"hash\": take it out"),
        ("scope = \"uat\"", "mask", "2: \"scope\" goes with an action that needs keys, not with \"mask\": take it out"),
        ("keep = \"regoin\"", "fpe", "2: unknown keep \"regoin\": write \"region\""),
        ("result = \"false\"", "fpe", "2: unknown result \"false\": write one of valid, invalid"),
    ] {
        let error = read(&format!("[[rule]]\n{key}\naction = \"{action}\"\n")).expect_err(key).to_string();
        assert_eq!(error, format!("firm.toml:{message}"));
    }
    let kept = read("[[rule]]\naction = \"fpe\"\nkeep = [\"region\", \"birth_year\"]\n").expect("it can be meant");
    let warnings: Vec<String> = kept.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "firm.toml:1: keeping region and birth_year leaves about 18 of the 39 bits of an ID number to guess for who knows it \
          of a person"
        ]
    );
}
