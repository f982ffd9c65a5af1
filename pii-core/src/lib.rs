//! Finds, judges and masks investors' personal information.
//!
//! China's securities, futures and fund firms have to mask their clients' ID numbers, accounts, phones and names wherever
//! data leaves the firm. This crate is the part of that work that needs no files, no network and no clock: it is handed a
//! text, says what in it is personal, what becomes of it, and what stands in its place.
//!
//! The nouns, in the order in which a text meets them:
//!
//! - A [`RuleSet`] says what each [`Kind`] of data looks like, as data: one TOML file per kind, with its words, field names,
//!   checks ([`check`]), masks and examples.
//! - An [`Engine`] is a rule set laid out for searching. It takes a [`Segment`], a decoded piece of text with the
//!   [`Evidence`] of its field or column, and gives [`Finding`]s: kind, class, place and [`Reasons`], never the value.
//! - A [`policy::Policy`] decides for a [`policy::Flow`] (channel, recipient, purpose, day) what becomes of each finding.
//! - The findings of one record are judged together as [`Item`]s, because what is safe alone may not be beside a birth
//!   date, an age or a sex ([`Aside`]). Out comes a [`Judgement`], with the text that replaces the value: a [`mask`], widened until enough of the
//!   number is left to guess ([`residual`]).
//! - What takes keys (another value of the same form, a token, a sealed value, a digest) comes from whoever has them, by
//!   [`transform::Transform`]; [`fpe`] is the cipher work.
//! - An [`OffsetMap`] leads from a text back to the bytes that it was decoded from, and a [`Place`] says how it is written
//!   there, so that codecs can put the replacement in.
//!
//! ```
//! use pii_core::policy::{Date, Flow, Policy};
//! use pii_core::{Engine, Evidence, Item, Place, RuleSet, Scratch, Segment, Standing};
//!
//! let text = "客户张三，身份证440524188001010014";
//! let engine = Engine::new(RuleSet::builtin());
//! let mut findings = Vec::new();
//! let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("far below 64 MiB");
//! engine.find(segment, &mut Scratch::default(), &mut findings);
//! let kinds: Vec<&str> = findings.iter().map(|finding| finding.kind().as_str()).collect();
//! assert_eq!(kinds, ["person_name", "resident_id"]);
//!
//! let today = Date::new(2026, 11, 23).expect("a day");
//! let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
//! let policy = Policy::builtin().for_flow(&flow);
//! let mut items = Vec::new();
//! for finding in &findings {
//!     let value = &text[finding.span()];
//!     items.push(Item { finding, value, path: "", place: Place::plain(), width_bytes: value.len(), standing: Standing::Usual });
//! }
//! let aside = engine.aside(text.as_bytes(), Evidence::none());
//! let mut masked = text.to_owned();
//! // From the last to the first, so that the places before an edit stay where they are.
//! for (finding, judgement) in findings.iter().zip(engine.judge(&policy, None, &items, aside, false)).rev() {
//!     masked.replace_range(finding.span(), &judgement.replacement.expect("both are masked"));
//! }
//! assert_eq!(masked, "客户张**，身份证4****************4");
//! ```
//!
//! What it deliberately does not know: formats and charsets (`pii-formats` does), files, sockets, the clock, randomness,
//! keys and storage. Time comes in with the flow. No text is kept between calls, and no error, `Debug` output or panic
//! holds a value.

mod aside;
pub mod audit;
mod base32;
pub mod check;
pub mod consent;
mod engine;
mod evidence;
mod finding;
mod fold;
pub mod fpe;
pub mod hex;
mod judge;
pub mod key;
mod kind;
mod locate;
pub mod mask;
pub mod nearest;
mod number_map;
mod occurrences;
mod offset_map;
mod originals;
mod place;
mod plan;
pub mod policy;
pub mod purpose;
mod recognise;
pub mod region;
pub mod residual;
mod resolve;
mod rule;
pub mod seal;
mod segment;
mod sieve;
pub mod sign;
pub mod surrogate;
pub mod time;
pub mod transform;
mod validate;

pub use aside::Aside;
pub use engine::{BrokenExample, Engine, LABEL_LINE_LIMIT_BYTES, Scratch, VALUE_LINE_LIMIT_BYTES};
pub use evidence::Evidence;
pub use finding::{Finding, Reasons, Role, Support};
pub use judge::{Item, Judgement, NewToken, Standing, Why};
pub use kind::{Class, KIND_LIMIT_BYTES, Kind};
pub use occurrences::Occurrences;
pub use offset_map::OffsetMap;
pub use originals::{ORIGINALS_LIMIT_BYTES, Originals, SHORTEST_VALUE_BYTES};
pub use place::{CODING_LIMIT, Coding, Place, Room, Token};
pub use rule::{Counter, Example, Fpe, InPlace, Rule, RuleError, RuleSet};
pub use segment::{SEGMENT_LIMIT_BYTES, Segment};
