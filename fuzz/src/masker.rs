//! The masker that every body uses, built once per process.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet, Scratch};
use pii_formats::Masker;
use std::sync::LazyLock;

/// So much, in bytes, an engine searches in full before it passes over lines.
const SEARCHED_FIRST: usize = 32 << 10;

/// Masks as for a third party: the strictest of the built-in channels.
pub(crate) fn masker() -> &'static Masker {
    static MASKER: LazyLock<Masker> = LazyLock::new(|| {
        let engine = Engine::new(RuleSet::builtin());
        let _ = engine.next_line(&[b' '; SEARCHED_FIRST], 0, &mut Scratch::default());
        masker_with(engine)
    });
    &MASKER
}

/// The same, which passes over no line.
pub(crate) fn exhaustive() -> &'static Masker {
    static MASKER: LazyLock<Masker> = LazyLock::new(|| masker_with(Engine::exhaustive(RuleSet::builtin())));
    &MASKER
}

fn masker_with(engine: Engine) -> Masker {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("third_party"), recipient: None, purpose: None, today };
    Masker::new(engine, &Policy::builtin(), &flow).expect("it needs no keys")
}
