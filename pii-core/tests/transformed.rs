//! What takes keys: who is asked for it, with what, and what becomes of a value where nothing comes back.

use pii_core::policy::{Action, Date, Flow, FlowPolicy, Part, Policy, Terms};
use pii_core::transform::{Asked, Transform, TransformError};
use pii_core::{
    Aside, Engine, Evidence, Item, Judgement, NewToken, Place, Room, RuleSet, Scratch, Segment, Standing, Token,
};
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
    judged_of(policy, keys, text, place, false)
}

fn judged_of(policy: &FlowPolicy, keys: Option<&Answers>, text: &str, place: Place, cut_short: bool) -> Vec<Judgement> {
    let engine = Engine::new(RuleSet::builtin());
    let mut findings = Vec::new();
    let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("short");
    engine.find(segment, &mut Scratch::default(), &mut findings);
    let item = |finding| {
        let value = &text[pii_core::Finding::span(finding)];
        Item { finding, value, path: "", place, width_bytes: value.len(), standing: Standing::Usual }
    };
    let items: Vec<Item<'_>> = findings.iter().map(item).collect();
    engine.judge(policy, keys.map(|keys| keys as &dyn Transform), &items, Aside::default(), cut_short)
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
fn in_a_record_that_is_cut_short_no_date_is_shifted() {
    let keys = Answers::with(Ok("X"));
    let text = "手机13800138000，出生日期1880-01-01";
    let judgements = judged_of(&policy("", "test_data"), Some(&keys), text, Place::plain(), true);
    let shown: Vec<_> = judgements.iter().map(|judgement| judgement.replacement.as_deref()).collect();
    assert_eq!(shown, [Some("X"), Some("****")], "a surer number may stand where it was not read");
    assert_eq!(keys.asked().len(), 1);
}

#[test]
fn a_birth_date_is_that_of_the_pseudonym_beside_it() {
    for (text, pseudonym, shown) in [
        ("身份证440524188001010014，出生日期1880-01-01", "110105191802030020", Some("1918-02-03")),
        ("身份证440524188001010014，出生日期1880年1月1日", "110105191812030020", Some("1918年12月3日")),
        ("出生日期：18800101，身份证440524 18800101 0014", "110105 19180203 0020", Some("19180203")),
        ("身份证440524800101001，生日1980/1/1", "110105180203002", Some("1918/2/3")),
        ("居住证810000190001010018，出生日期1900-01-01", "820000191802030020", Some("1918-02-03")),
        // Another person's, a pseudonym without a date, and a number that is no ID.
        ("身份证440524188001010014，出生日期1881-01-01", "110105191802030020", None),
        ("身份证440524188001010014，出生日期1880-01-01", "110105191813030020", None),
        ("身份证440524188001010014，出生日期1880-01-01", "X", None),
        ("手机13800138000，出生日期1880-01-01", "13900139000", None),
    ] {
        let keys = Answers { answer: Ok(pseudonym), asked: Mutex::default() };
        let judgements = judged(&policy("", "test_data"), Some(&keys), text, Place::plain());
        let replaced: Vec<_> = judgements.iter().map(|judgement| judgement.replacement.as_deref()).collect();
        assert_eq!(replaced.len(), 2, "{text}");
        let date = shown.unwrap_or(pseudonym);
        assert!(replaced.contains(&Some(date)) && replaced.contains(&Some(pseudonym)), "{text}: {replaced:?}");
        let asked_for_date =
            keys.asked().iter().any(|asked| asked.written.starts_with("188") && asked.written.len() < 16);
        assert_eq!(asked_for_date, shown.is_none(), "{text}");
    }
}

#[test]
fn one_person_has_one_token_by_an_old_number_and_by_the_new_one() {
    for action in ["token", "hash"] {
        let rule = format!("[[rule]]\nclass = [2, 3]\naction = \"{action}\"\n");
        let written = |text: &str| {
            let keys = Answers::with(Ok("X"));
            judged(&policy(&rule, "test_data"), Some(&keys), text, Place::plain());
            keys.asked().remove(0).written
        };
        assert_eq!(written("身份证440524800101001"), "440524198001010013", "{action}");
        assert_eq!(written("身份证440524198001010013"), "440524198001010013", "{action}");
        assert_eq!(written("身份证440524188001010014"), "440524188001010014", "{action}");
    }
    let keys = Answers::with(Ok("110105180203002"));
    judged(&policy("", "test_data"), Some(&keys), "身份证440524800101001", Place::plain());
    assert_eq!(keys.asked()[0].written, "440524800101001", "a pseudonym is as long as the number");
}

#[test]
fn a_country_code_in_brackets_stays_whole() {
    let token = "[[rule]]\nclass = [2, 3]\naction = \"token\"\n";
    for (rules, text, shown) in [
        (token, "手机(86)13800138000", "86)X"),
        (token, "手机（86）13800138000", "86）X"),
        (token, "手机(+86)13800138000", "+86)X"),
        ("", "手机(86)13800138000", "86)X"),
    ] {
        let keys = Answers::with(Ok("X"));
        let judgement = only(judged(&policy(rules, "test_data"), Some(&keys), text, Place::plain()));
        assert_eq!(judgement.replacement.as_deref(), Some(shown), "{text}");
        assert_eq!(keys.asked()[0].written, PHONE);
    }
    let masked = only(judged(&policy("", "sms"), None, "手机(86)13800138000", Place::plain()));
    assert_eq!(masked.replacement.as_deref(), Some("86)138******00"));
}

#[test]
fn a_fraction_of_nothing_stays_a_number_and_is_no_part_of_a_word() {
    let number = Place::plain().with_token(Token::JsonValue);
    let text = "客户号100000000001.0";
    let keys = Answers::with(Ok("658471350900"));
    let judgement = only(judged(&policy("", "test_data"), Some(&keys), text, number));
    assert_eq!((judgement.replacement.as_deref(), judgement.token), (Some("658471350900.0"), NewToken::Number));
    let token = "[[rule]]\nclass = [2, 3]\naction = \"token\"\n";
    let judgement = only(judged(&policy(token, "test_data"), Some(&Answers::with(Ok("pit_x"))), text, number));
    assert_eq!((judgement.replacement.as_deref(), judgement.token), (Some("pit_x"), NewToken::String));
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
    let terms =
        Terms { scope: "uat".to_owned(), keep: vec![Part::Region, Part::Sex], is_invalid: true, is_per_subject: false };
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
