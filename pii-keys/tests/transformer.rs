//! A keyring at work on what an engine finds.

use pii_core::key::Suite;
use pii_core::policy::{Action, Date, Flow, Policy};
use pii_core::seal::{Bound, Sealed};
use pii_core::surrogate::{self, Mark};
use pii_core::transform::Transform as _;
use pii_core::{Aside, Engine, Evidence, Finding, Item, Place, RuleSet, Scratch, Segment, Standing};
use pii_keys::{Keyring, Purpose, SystemEntropy, Transformer};

fn ring(suite: Suite) -> Keyring {
    Keyring::new(suite, Date::new(2026, 11, 23).expect("a day"), &mut SystemEntropy).expect("there is randomness")
}

fn working(ring: &Keyring) -> Transformer {
    Transformer::new(ring, &mut SystemEntropy).expect("there is randomness")
}

fn findings(engine: &Engine, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("short");
    engine.find(segment, &mut Scratch::default(), &mut findings);
    findings
}

/// The text with what is found in it replaced.
fn masked(text: &str, action: Action, keys: &Transformer) -> String {
    let engine = Engine::new(RuleSet::builtin());
    let toml = format!("[[rule]]\nclass = [1, 2, 3]\naction = \"{action}\"\nscope = \"uat\"\n");
    let policy = Policy::parse("firm.toml", &toml, &[]).expect("a good policy");
    let today = Date::new(2026, 11, 23).expect("a day");
    let policy =
        policy.for_flow(&Flow { channel: Some("test_data"), recipient: None, purpose: Some("complaint"), today });
    let findings = findings(&engine, text);
    let item = |finding| {
        let value = &text[Finding::span(finding)];
        Item { finding, value, path: "", place: Place::plain(), width_bytes: value.len(), standing: Standing::Usual }
    };
    let items: Vec<Item<'_>> = findings.iter().map(item).collect();
    let mut out = text.to_owned();
    let judgements = engine.judge(&policy, Some(keys), &items, Aside::default(), false);
    for (finding, judgement) in findings.iter().zip(judgements).rev() {
        assert_eq!(judgement.action, action);
        out.replace_range(finding.span(), &judgement.replacement.expect("something stands there"));
    }
    out
}

const TEXT: &str =
    "客户张三，身份证440524188001010014，手机+86 138-0013-8000，邮箱zhangsan@example.com，生日1880-01-01";

#[test]
fn pseudonyms_are_values_of_the_same_kinds_and_equal_for_equal_values() {
    for suite in [Suite::Any, Suite::Sm] {
        let ring = ring(suite);
        let keys = working(&ring);
        let once = masked(TEXT, Action::Fpe, &keys);
        let engine = Engine::new(RuleSet::builtin());
        let kinds = |text: &str| findings(&engine, text).iter().map(|f| f.kind().as_str()).collect::<Vec<_>>();
        assert_eq!(kinds(&once), kinds(TEXT), "{suite}");
        assert!(!once.contains("440524188001010014") && !once.contains("138-0013-8000"), "{suite}");
        assert!(once.contains("手机+86 138-") && once.contains("@example.com"), "the forms are kept: {suite}");
        assert_eq!(masked(TEXT, Action::Fpe, &working(&ring)), once, "the same keys, another day");
        assert_ne!(masked(TEXT, Action::Fpe, &working(&self::ring(suite))), once, "other keys");
    }
}

#[test]
fn tokens_and_digests_are_found_again_and_equal_for_equal_values() {
    let ring = ring(Suite::Any);
    let keys = working(&ring);
    for (action, mark) in [(Action::Token, Mark::Token), (Action::Hash, Mark::Digest)] {
        let text = "手机13800138000，又一次+86 138 0013 8000，另一个13900139000";
        let out = masked(text, action, &keys);
        let found: Vec<_> = surrogate::find(out.as_bytes()).collect();
        assert!(
            found.len() == 3 && found.iter().all(|found| found.mark() == mark && found.key_id() == keys.key_of(action))
        );
        let words: Vec<&str> = found.iter().map(|found| &out[found.span()]).collect();
        assert!(words[0] == words[1] && words[1] != words[2], "{action}");
        // What stands there is nobody's data any more.
        assert_eq!(findings(&Engine::new(RuleSet::builtin()), &out), []);
    }
}

#[test]
fn sealed_values_open_with_the_envelope() {
    for suite in [Suite::Any, Suite::Sm] {
        let ring = ring(suite);
        let keys = working(&ring);
        let out = masked("手机+86 138 0013 8000", Action::Seal, &keys);
        let found = surrogate::find(out.as_bytes()).next().expect("one sealed value");
        let sealed = Sealed::parse(&out[found.span()]).expect("it is one");
        let envelope = keys.envelope().expect("there is a key for sealing");
        let opener = ring.wrapping_key(Purpose::Seal, Some(envelope.key_id())).expect("it is there").open(envelope);
        let bound = Bound { record: "", field: "mobile_phone", purpose: "complaint" };
        let value = opener.expect("its own envelope").open(&sealed, &bound).expect("it is sealed for this");
        assert_eq!(value.as_slice(), "+86 138 0013 8000".as_bytes());
    }
}

#[test]
fn what_the_keyring_lacks_is_not_offered() {
    let ring = ring(Suite::Any);
    let keys = working(&ring);
    for action in Action::ALL {
        assert_eq!(keys.offers(action), action.needs_keys(), "{action}");
    }
    assert!(!format!("{keys:?}").contains("Secret"));
}
