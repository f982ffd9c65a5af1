//! What becomes of the findings of one record: decided by the policy, masked, and held to the floor together.

mod residue;

use crate::aside::Aside;
use crate::engine::Engine;
use crate::finding::Finding;
use crate::fold;
use crate::mask::{self, Beside, Kept, Mask, Numbered, Profile, Shape, Space, Split, Value, Widening};
use crate::offset_map::OffsetMap;
use crate::place::{Coding, Place};
use crate::policy::{Action, Decision, FlowPolicy, JsonNumber, Query};
use crate::recognise::{address, name};
use crate::rule;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

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
}

/// What becomes of one finding.
#[derive(Clone, PartialEq)]
pub struct Judgement {
    /// What the policy says.
    pub action: Action,
    /// What stands in the value's place. `None`: the value stays.
    pub replacement: Option<String>,
    /// A bare JSON `null` stands in the place of the whole token, and not a string.
    pub json_null: bool,
    /// Why, without the value.
    pub explanation: String,
}

/// A finding on its way to its judgement.
struct Case<'a> {
    item: Item<'a>,
    folded: String,
    /// What stands before the value and is no part of it (`+86 `), in bytes of `folded`.
    prefix: usize,
    /// The characters of the value as they are written, without what separates them: what a mask shows some of.
    characters: String,
    /// The same in upper case: what the value is known by.
    canonical: String,
    decision: Decision<'a>,
    mask: Mask,
}

impl Engine {
    /// Whether the policy says that this value is the firm's own, or harmless: then it is no finding.
    #[must_use]
    pub fn is_exempt(&self, policy: &FlowPolicy, finding: &Finding, value: &str) -> bool {
        policy.exempts(finding.kind(), &canonical(&folded(value)), None).is_some()
    }

    /// Judges the findings of one record together.
    ///
    /// `aside` is what the record's texts say of the person beside its numbers ([`Engine::aside`]).
    /// `cut_short` says that the record was too long to be waited for: what else it holds is not known, so numbers are
    /// masked as if everything else stood beside them, and under the strict profile.
    #[must_use]
    pub fn judge(&self, policy: &FlowPolicy, items: &[Item<'_>], aside: Aside, cut_short: bool) -> Vec<Judgement> {
        let cases: Vec<Case<'_>> = items.iter().map(|item| self.case(policy, *item, cut_short)).collect();
        let beside = residue::beside(self.rules(), &cases, aside, cut_short);
        let kept = self.hold_floor(policy, &cases, beside);
        cases.iter().zip(kept).map(|(case, kept)| self.conclude(policy, case, kept, &beside)).collect()
    }

    fn case<'a>(&self, policy: &'a FlowPolicy, item: Item<'a>, cut_short: bool) -> Case<'a> {
        let finding = item.finding;
        let rule = self.rules().at(finding.rule);
        let query = Query {
            kind: finding.kind(),
            class: finding.class(),
            role: finding.role(),
            field: (!item.path.is_empty()).then_some(item.path),
            about: finding.about || rule.about.is_in_template(item.path),
        };
        let decision = policy.decide(&query);
        let profile = if cut_short { Profile::Strict } else { decision.profile };
        let mask = match decision.action {
            Action::Drop => Mask::drop(),
            _ => *rule.mask(profile),
        };
        let folded = folded(item.value);
        let form = &rule.forms[usize::from(finding.form)];
        let prefix = form.prefix_len(&folded);
        let characters = characters(&folded[prefix..]);
        let canonical = characters.to_ascii_uppercase();
        Case { item, folded, prefix, characters, canonical, decision, mask }
    }

    /// The masks that the record's numbers get together.
    fn hold_floor(&self, policy: &FlowPolicy, cases: &[Case<'_>], beside: Beside) -> Vec<Option<Kept>> {
        let Some(floor_bits) = policy.floor_bits() else { return vec![None; cases.len()] };
        let masked: Vec<usize> = (0..cases.len()).filter(|&i| cases[i].decision.action == Action::Mask).collect();
        let items: Vec<Numbered> =
            masked.iter().map(|&i| Numbered { mask: cases[i].mask, value: fingerprint(&cases[i].canonical) }).collect();
        let kept = mask::hold_floor(&items, beside, floor_bits, |nth, mask, beside| {
            self.bits_left(&cases[masked[nth]], mask, beside)
        });
        let mut all = vec![None; cases.len()];
        masked.into_iter().zip(kept).for_each(|(index, kept)| all[index] = Some(kept));
        all
    }

    fn bits_left(&self, case: &Case<'_>, mask: &Mask, beside: &Beside) -> f64 {
        let rule = self.rules().at(case.item.finding.rule);
        residue::bits(&rule.forms[usize::from(case.item.finding.form)], &case.canonical, mask, beside)
    }

    fn conclude(&self, policy: &FlowPolicy, case: &Case<'_>, kept: Option<Kept>, beside: &Beside) -> Judgement {
        let mut action = case.decision.action;
        let is_json_number = case.item.place.token.is_whole();
        let json_null = is_json_number && policy.json_number() == JsonNumber::Null;
        if is_json_number && policy.json_number() == JsonNumber::Block && action != Action::Pass {
            action = Action::Block;
        }
        let mask = kept.map_or(case.mask, |kept| kept.mask);
        let replacement = match action {
            Action::Pass | Action::Block => None,
            Action::Mask | Action::Drop => Some(self.masked(case, &mask, case.decision.shape)),
            // A policy with actions that need keys is refused when a flow is made of it; should one come this far, it
            // hides the value.
            Action::Fpe | Action::Token | Action::Seal | Action::Hash => {
                Some(self.masked(case, &Mask::full(), &Shape::Stars))
            }
        };
        let side = || residue::told(beside, |beside| self.bits_left(case, &case.mask, beside));
        let widened = kept.and_then(|kept| kept.widened).map(|widening| told(&widening, side)).unwrap_or_default();
        let explanation = format!("{}{widened}", reason(policy, &case.decision));
        Judgement { action, replacement, json_null, explanation }
    }

    fn masked(&self, case: &Case<'_>, mask: &Mask, shape: &Shape) -> String {
        let rule = self.rules().at(case.item.finding.rule);
        let (prefix, text) = case.folded.split_at(case.prefix);
        let value = Value { text, canonical: &case.characters, split: split(rule, case) };
        let width_bytes = case.item.width_bytes.saturating_sub(prefix.len());
        let space = Space::new(case.item.place.room, width_bytes).measured_by(measure(case.item.place));
        format!("{prefix}{}", mask::apply(mask, &value, shape, space))
    }
}

/// The value without its disguises.
fn folded(value: &str) -> String {
    let (mut out, mut map) = (Vec::new(), OffsetMap::default());
    fold::fold(value.as_bytes(), &mut out, &mut map);
    String::from_utf8_lossy(&out).into_owned()
}

/// Upper case, without what separates the characters of a number.
fn canonical(folded: &str) -> String {
    characters(folded).to_ascii_uppercase()
}

fn characters(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Equal for equal values within one run; says nothing of the value.
fn fingerprint(canonical: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    canonical.hash(&mut hasher);
    hasher.finish()
}

fn split(rule: &rule::Rule, case: &Case<'_>) -> Option<Split> {
    match rule.recogniser()? {
        rule::Recogniser::PersonName => Some(Split::Name { surname: name::surname_len(&case.folded) }),
        rule::Recogniser::Address => {
            let levels = address::levels(&case.folded);
            Some(Split::Address { city: levels.city_end, county: levels.county_end, road: levels.road_end })
        }
        _ => None,
    }
}

/// How many bytes a character has where it is written.
fn measure(place: Place) -> fn(char) -> usize {
    match place.codings().next() {
        Some(Coding::Gb18030) => |c| if c.is_ascii() { 1 } else { 2 },
        Some(Coding::Utf16Le | Coding::Utf16Be) => |c| c.len_utf16() * 2,
        _ => char::len_utf8,
    }
}

/// What decided, as people look it up.
fn reason(policy: &FlowPolicy, decision: &Decision<'_>) -> String {
    let rule = decision.rule.and_then(|index| policy.policy().rules().get(index));
    let place = rule
        .map_or_else(|| "no rule of the policy applies".to_owned(), |rule| format!("{}:{}", rule.file(), rule.line()));
    match decision.action {
        Action::Mask => format!("{place}: {} {}", decision.action, decision.profile),
        action => format!("{place}: {action}"),
    }
}

fn told(widening: &Widening, side: impl Fn() -> String) -> String {
    let why = match widening.why {
        mask::WhyWider::TooWeak => "the mask alone leaves too little".to_owned(),
        mask::WhyWider::SideKnowledge => format!("too little is left beside what else the record shows ({})", side()),
        mask::WhyWider::TwoMasks => "the same value had two masks".to_owned(),
    };
    format!("; widened from {:.1} to {:.1} bits: {why}", widening.bits_before, widening.bits_after)
}
