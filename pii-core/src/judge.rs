//! What becomes of the findings of one record: decided by the policy, masked, and held to the floor together.

mod birth;
mod case;
mod keyed;
mod residue;
mod why;

use crate::aside::Aside;
use crate::engine::Engine;
use crate::finding::Finding;
use crate::mask::{self, Beside, Kept, Mask, Numbered, Shape, Space, Value};
use crate::place::{Coding, Place};
use crate::policy::{Action, FlowPolicy, JsonNumber};
use crate::transform::{Transform, TransformError};
use case::Case;
pub use why::Why;

/// A finding of a record, with what is needed to judge it.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    /// What was found.
    pub finding: &'a Finding,
    /// The value, as its segment's text has it.
    pub value: &'a str,
    /// The field path that it stands at; empty in free text.
    pub path: &'a str,
    /// How it is written.
    pub place: Place,
    /// How many bytes it has in the source, for places of fixed width.
    pub width_bytes: usize,
    /// What the message's own circumstances say of it.
    pub standing: Standing,
}

/// What the circumstances of a message say of a finding, before the policy is asked or after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: the policy decides.
    #[default]
    Usual,
    /// It is where the message goes, and not what it says: it passes, whatever the policy says.
    Routing,
    /// The person has not agreed that it leaves in clear (Order 218 Art. 33): where the policy lets it pass, it is masked under the
    /// strict profile, class 4 dropped.
    Withheld,
}

/// What becomes of one finding.
#[derive(Clone, PartialEq)]
pub struct Judgement {
    /// What the policy says.
    pub action: Action,
    /// What stands in the value's place. `None`: the value stays.
    pub replacement: Option<String>,
    /// How it is written where it stands in the place of a whole token.
    pub token: NewToken,
    /// Why the message may not leave although the policy lets it: a key that is not to be had.
    pub refused: Option<String>,
    /// Why, to be put into words.
    pub why: Why,
}

/// What stands in the place of a number in JSON or SQL that is replaced as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewToken {
    /// A string.
    #[default]
    String,
    /// `null`.
    Null,
    /// A number: the replacement is one.
    Number,
}

impl Engine {
    /// Whether the policy says that this value is the firm's own, or harmless: then it is no finding. Without `keys` no value is
    /// known by its digest.
    #[must_use]
    pub fn is_exempt(&self, policy: &FlowPolicy, keys: Option<&dyn Transform>, finding: &Finding, value: &str) -> bool {
        if !policy.has_exemptions() {
            return false;
        }
        let digest = || {
            let item =
                Item { finding, value, path: "", place: Place::plain(), width_bytes: 0, standing: Standing::Usual };
            keyed::digest(Case::new(self, policy, item, false), keys?)
        };
        policy.exempts(finding.kind(), &case::canonical(value), Some(&digest)).is_some()
    }

    /// Judges the findings of one record together.
    ///
    /// `aside` is what the record's texts say of the person beside its numbers ([`Engine::aside`]).
    /// `cut_short` says that the record was too long to be waited for: what else it holds is not known, so numbers are
    /// masked as if everything else stood beside them, and under the strict profile.
    ///
    /// `keys` does what takes keys. Without it nothing of the sort is passed: such values are masked in full
    /// ([`FlowPolicy::check_keys`] tells beforehand).
    #[must_use]
    pub fn judge(
        &self,
        policy: &FlowPolicy,
        keys: Option<&dyn Transform>,
        items: &[Item<'_>],
        aside: Aside,
        cut_short: bool,
    ) -> Vec<Judgement> {
        let cases: Vec<Case<'_>> = items.iter().map(|item| Case::new(self, policy, *item, cut_short)).collect();
        let beside = residue::beside(&cases, aside, cut_short);
        let masked = cases.iter().filter(|case| case.decision.action == Action::Mask);
        let mut kept = hold_floor(policy, &masked.collect::<Vec<_>>(), beside).into_iter();
        let flow = keyed::Flow { keys, purpose: policy.purpose() };
        let person = keyed::Person::of(&cases, flow, cut_short);
        let conclude = |case: &Case<'_>| {
            let kept = (case.decision.action == Action::Mask).then(|| kept.next()).flatten();
            let keyed = case.decision.action.needs_keys().then(|| keyed::transformed(case, flow, &person));
            conclude(policy, case, kept, keyed, &beside)
        };
        cases.iter().map(conclude).collect()
    }
}

/// The masks that the record's numbers get together. None where nothing has to be left to guess.
fn hold_floor(policy: &FlowPolicy, masked: &[&Case<'_>], beside: Beside) -> Vec<Kept> {
    let Some(floor_bits) = policy.floor_bits() else { return Vec::new() };
    // Only what stands beside others can be equal to one of them.
    let is_alone = masked.len() < 2;
    let value = |case: &Case<'_>| if is_alone { 0 } else { case.fingerprint() };
    let items: Vec<Numbered> = masked.iter().map(|case| Numbered { mask: case.mask, value: value(case) }).collect();
    mask::hold_floor(&items, beside, floor_bits, |nth, mask, beside| residue::bits(masked[nth], mask, beside))
}

fn conclude(
    policy: &FlowPolicy,
    case: &Case<'_>,
    kept: Option<Kept>,
    keyed: Option<Result<String, TransformError>>,
    beside: &Beside,
) -> Judgement {
    let mut action = case.decision.action;
    let is_number = case.item.place.token.is_whole();
    let mut token = match policy.json_number() {
        JsonNumber::Null if is_number => NewToken::Null,
        _ => NewToken::String,
    };
    let mut refused = None;
    let mut replacement = None;
    match keyed {
        Some(Ok(text)) => {
            if is_number && keyed::is_number(&text) {
                token = NewToken::Number;
            }
            replacement = Some(text);
        }
        Some(Err(TransformError::NoForm)) => {
            replacement = Some(masked(case, &Mask::full(), &Shape::Stars));
        }
        Some(Err(TransformError::Unavailable(why))) => {
            refused = Some(why);
            action = Action::Block;
        }
        None if matches!(action, Action::Mask | Action::Drop) => {
            let mask = kept.map_or(case.mask, |kept| kept.mask);
            replacement = Some(masked(case, &mask, case.decision.shape));
        }
        None => {}
    }
    let changes_type = is_number && token != NewToken::Number && replacement.is_some();
    if changes_type && policy.json_number() == JsonNumber::Block {
        action = Action::Block;
        replacement = None;
    }
    Judgement { action, replacement, token, refused, why: Why::of(case, kept.as_ref(), beside) }
}

fn masked(case: &Case<'_>, mask: &Mask, shape: &Shape) -> String {
    let (prefix, text) = (case.prefix_as_written(), case.parts().1);
    let value = Value { text, canonical: case.characters(), split: case.split };
    let width_bytes = case.item.width_bytes.saturating_sub(prefix.len());
    let space = Space::new(case.item.place.room, width_bytes).measured_by(measure(case.item.place));
    let shown = mask::apply(mask, &value, shape, space);
    if prefix.is_empty() { shown } else { [&prefix, shown.as_str()].concat() }
}

/// How many bytes a character has where it is written.
fn measure(place: Place) -> fn(char) -> usize {
    match place.codings().next() {
        Some(Coding::Gb18030) => |c| if c.is_ascii() { 1 } else { 2 },
        Some(Coding::Utf16Le | Coding::Utf16Be) => |c| c.len_utf16() * 2,
        _ => char::len_utf8,
    }
}
