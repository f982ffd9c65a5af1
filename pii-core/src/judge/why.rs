//! Why a finding was decided as it was: kept as it came about, and put into words only where somebody asks.

use super::case::Case;
use super::residue;
use crate::Class;
use crate::mask::{Beside, Kept, Profile, WhyWider};
use crate::policy::{Action, Decision, FlowPolicy, Reason, SCOPE_ARTICLES, Scope};
use std::fmt::{self, Write as _};

/// Why a finding was decided as it was. Holds no value and no text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Why {
    /// The rule of the policy that decided, by its place in the policy.
    rule: Option<usize>,
    action: Action,
    profile: Profile,
    reason: Reason,
    /// What is left to guess, where that was counted.
    residual_bits: Option<f64>,
    widened: Option<Widened>,
}

/// What the floor changed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Widened {
    why: WhyWider,
    bits_before: f64,
    bits_after: f64,
    /// What of [`SIDE`] speaks of the value.
    side: [bool; SIDE.len()],
}

/// What a record may show of a person beside a number, in words.
const SIDE: [&str; 4] = ["a birth date", "an age", "the sex", "a place"];

impl Why {
    /// Which of what stands beside a value made its mask wider is counted now: later the value is gone.
    pub(super) fn of(case: &Case<'_>, kept: Option<&Kept>, beside: &Beside) -> Self {
        let Decision { action, profile, rule, reason, .. } = case.decision;
        let widened = kept.and_then(|kept| kept.widened).map(|widening| Widened {
            why: widening.why,
            bits_before: widening.bits_before,
            bits_after: widening.bits_after,
            side: match widening.why {
                WhyWider::SideKnowledge => residue::speaking(beside, |beside| residue::bits(case, &case.mask, beside)),
                WhyWider::TooWeak | WhyWider::TwoMasks => [false; SIDE.len()],
            },
        });
        let residual_bits = kept.map(|kept| kept.bits).filter(|bits| bits.is_finite());
        Self { rule, action, profile, reason, residual_bits, widened }
    }

    /// How many bits of a masked number are left to guess, beside what else its record shows. `None` where nothing was counted:
    /// of what is no number, of what is not masked, and where the policy holds no floor.
    #[must_use]
    pub fn residual_bits(&self) -> Option<f64> {
        self.residual_bits
    }

    /// Whether the flow's purpose does not take it.
    #[must_use]
    pub fn is_out_of_scope(&self) -> bool {
        self.reason == Reason::OutOfScope
    }

    /// Whether it passes because it is where the message goes.
    #[must_use]
    pub fn is_routing(&self) -> bool {
        self.reason == Reason::Routing
    }

    /// What was decided under `policy`, the one that it was decided by.
    #[must_use]
    pub fn decision<'p>(&self, policy: &'p FlowPolicy) -> Decision<'p> {
        let Self { rule, action, profile, reason, .. } = *self;
        Decision { action, profile, reason, ..policy.policy().ruled(rule, Class::ONE) }
    }

    /// In words, as people look it up: the rule of `policy`, the one that it was decided by, and what the floor changed.
    #[must_use]
    pub fn told(&self, policy: &FlowPolicy) -> String {
        let mut out = String::new();
        // Writing to memory does not fail.
        let _ = self.write(policy, &mut out);
        out
    }

    fn write(&self, policy: &FlowPolicy, out: &mut String) -> fmt::Result {
        match (self.rule.and_then(|index| policy.policy().rules().get(index)), self.reason) {
            (Some(rule), Reason::OutOfScope) => write!(out, "{}:{}: {}", rule.file(), rule.line(), rule.action())?,
            (_, Reason::Withheld) => write!(out, "the person has not agreed that it leaves in clear: {}", self.action)?,
            (Some(rule), _) => write!(out, "{}:{}: {}", rule.file(), rule.line(), self.action)?,
            (_, Reason::Routing) => write!(out, "it is where the message goes: {}", self.action)?,
            (None, Reason::OutOfScope) => out.push_str("no rule of the policy applies"),
            (None, _) => write!(out, "no rule of the policy applies: {}", self.action)?,
        }
        if self.reason == Reason::OutOfScope {
            match policy.scope() {
                Scope::Declared(declared) => write!(out, "; out of scope of purpose {}", declared.purpose().code())?,
                _ => out.push_str("; out of scope of a purpose that nobody declared"),
            }
            write!(out, " ({SCOPE_ARTICLES}): {}", self.action)?;
        }
        if self.action == Action::Mask {
            write!(out, " {}", self.profile)?;
        }
        let Some(widened) = &self.widened else { return Ok(()) };
        write!(out, "; widened from {:.1} to {:.1} bits: ", widened.bits_before, widened.bits_after)?;
        match widened.why {
            WhyWider::TooWeak => out.push_str("the mask alone leaves too little"),
            WhyWider::TwoMasks => out.push_str("the same value had two masks"),
            WhyWider::SideKnowledge => {
                let speaking = SIDE.iter().zip(widened.side).filter(|(_, speaks)| *speaks).map(|(name, _)| *name);
                let side = speaking.collect::<Vec<_>>().join(", ");
                write!(out, "too little is left beside what else the record shows ({side})")?;
            }
        }
        Ok(())
    }
}
