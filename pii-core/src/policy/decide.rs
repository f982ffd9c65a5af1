//! Deciding: a policy as it stands for one flow, and its answers.

use super::error::PolicyError;
use super::exempt::{Digest, Matcher, is_match};
use super::flow::{Decision, Flow, Query, Reason};
use super::load::Policy;
use super::rule::PolicyRule;
use super::scope::Scope;
use super::terms::PLAIN;
use super::words::{Action, DEFAULT_CHANNEL, JsonNumber, is_outside};
use crate::finding::Role;
use crate::mask::{Profile, Shape};
use crate::time::Date;
use crate::{Class, Kind};
use std::collections::HashMap;

/// A policy as it stands for one flow. A decision takes the same time whatever the number of rules without a field.
#[derive(Clone, Debug)]
pub struct FlowPolicy {
    policy: Policy,
    channels: Vec<String>,
    purpose: Option<String>,
    /// The declared purpose that this is: an index into [`Policy::purposes`].
    declared: Option<usize>,
    today: Date,
    named: HashMap<Kind, Column>,
    others: Column,
}

/// The rules that can decide for one kind.
#[derive(Clone, Debug)]
struct Column {
    /// The last rule without a field that applies, by class, role and `about`.
    plain: [Option<u32>; SLOTS],
    /// Rules that name a field, the last one first.
    fielded: Vec<u32>,
}

const SLOTS: usize = 4 * SLOTS_OF_CLASS_1;

/// Those of class 1 come first.
const SLOTS_OF_CLASS_1: usize = 3 * 2;

impl Policy {
    /// The policy as it stands for this flow.
    #[must_use]
    pub fn for_flow(&self, flow: &Flow<'_>) -> FlowPolicy {
        let channels = self.channels_of(flow);
        let applies: Vec<u32> = (0_u32..)
            .zip(self.rules())
            .filter(|(_, rule)| rule.differs_from_flow(flow, &channels).is_none())
            .map(|(index, _)| index)
            .collect();
        let kinds = applies.iter().flat_map(|index| &self.rules()[*index as usize].kinds);
        let named = kinds.map(|kind| (*kind, Column::of(self, &applies, Some(*kind)))).collect();
        FlowPolicy {
            channels: channels.iter().map(|channel| (*channel).to_owned()).collect(),
            purpose: flow.purpose.map(str::to_owned),
            declared: flow.purpose.and_then(|code| self.purpose_at(code)),
            today: flow.today,
            named,
            others: Column::of(self, &applies, None),
            policy: self.clone(),
        }
    }

    /// The policy's answer about one item. Where there are many items in a flow, [`Policy::for_flow`] is what to ask.
    #[must_use]
    pub fn decide(&self, flow: &Flow<'_>, item: &Query<'_>) -> Decision<'_> {
        let channels = self.channels_of(flow);
        let applies = |rule: &PolicyRule| {
            rule.differs_from_flow(flow, &channels).is_none()
                && rule.differs_from_item(item).is_none()
                && !rule.differs_in_field(item.field)
        };
        self.decision(self.rules().iter().rposition(applies), self.scope(flow), item)
    }

    /// What becomes of an item that `rule` applies to, within the scope of its flow.
    pub(super) fn decision<'p>(&'p self, rule: Option<usize>, scope: Scope<'p>, item: &Query<'_>) -> Decision<'p> {
        scope.limit(self.ruled(rule, item.class), item.kind, item.class)
    }

    /// What the rule says, or what holds where there is none.
    pub(crate) fn ruled(&self, rule: Option<usize>, class: Class) -> Decision<'_> {
        let Some((index, rule)) = rule.and_then(|index| Some((index, self.rules().get(index)?))) else {
            let action = if class == Class::FOUR { Action::Drop } else { Action::Mask };
            return Decision {
                action,
                profile: Profile::Strict,
                shape: &Shape::Stars,
                terms: &PLAIN,
                rule: None,
                reason: Reason::NoRule,
            };
        };
        Decision {
            action: rule.action,
            profile: rule.profile.unwrap_or(self.defaults().profile),
            shape: &rule.shape,
            terms: &rule.terms,
            rule: Some(index),
            reason: Reason::Rule,
        }
    }

    /// The flow's channel, and the known one that it is like.
    pub(super) fn channels_of<'a>(&'a self, flow: &Flow<'a>) -> Vec<&'a str> {
        let channel = flow.channel.unwrap_or(DEFAULT_CHANNEL);
        match self.like(channel) {
            Some(like) if like == channel => vec![channel],
            Some(like) => vec![channel, like],
            None => vec![DEFAULT_CHANNEL],
        }
    }
}

impl FlowPolicy {
    /// The policy's answer about one item. Allocates nothing.
    #[must_use]
    pub fn decide(&self, item: &Query<'_>) -> Decision<'_> {
        let rules = self.policy.rules();
        let column = self.named.get(&item.kind).unwrap_or(&self.others);
        let plain = column.plain[slot(item.class, item.role, item.about)];
        let applies = |index: &&u32| {
            let rule = &rules[**index as usize];
            rule.differs_from_item(item).is_none() && !rule.differs_in_field(item.field)
        };
        let later = column.fielded.iter().take_while(|index| plain.is_none_or(|plain| **index > plain));
        let winner = later.copied().find(|index| applies(&index)).or(plain);
        self.policy.decision(winner.map(|index| index as usize), self.scope(), item)
    }

    /// The exemption by which a value is no finding: an index into [`Policy::exemptions`]. `digest` is asked only if an exemption
    /// by digest could hold for it; without it, those exempt nothing.
    #[must_use]
    pub fn exempts(&self, kind: Kind, canonical: &str, digest: Option<Digest<'_>>) -> Option<usize> {
        let applies = |index: &usize| self.policy.exemptions()[*index].applies(kind, &self.channels, self.today);
        let by_pattern = self.policy.pattern_exemptions().filter(applies).find(|index| {
            let Matcher::Pattern(regex) = &self.policy.exemptions()[*index].matcher else { return false };
            is_match(regex, canonical)
        });
        by_pattern.or_else(|| {
            self.policy.digest_exemptions().find(applies)?;
            let listed = self.policy.exemptions_of(&digest?()?.to_ascii_lowercase());
            listed.iter().copied().find(applies)
        })
    }

    /// Whether any value is exempt.
    pub(crate) fn has_exemptions(&self) -> bool {
        !self.policy.exemptions().is_empty()
    }

    /// What the flow is for; empty where nobody says.
    #[must_use]
    pub fn purpose(&self) -> &str {
        self.purpose.as_deref().unwrap_or_default()
    }

    /// What that lets the flow carry.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        match self.declared {
            Some(at) => Scope::Declared(&self.policy.purposes()[at]),
            None => self.policy.scope_undeclared(self.purpose.is_some()),
        }
    }

    /// Whether whoever has the keys can do all that the policy asks of this flow.
    ///
    /// # Errors
    /// A rule that would decide about something in the flow, and whose action takes keys that are not there.
    pub fn check_keys(&self, offers: impl Fn(Action) -> bool) -> Result<(), PolicyError> {
        let deciding = self.deciding();
        let lacking = |index: &u32| {
            let rule = &self.policy.rules()[*index as usize];
            rule.action().needs_keys() && !offers(rule.action())
        };
        match deciding.filter(lacking).min() {
            None => Ok(()),
            Some(index) => {
                let rule = &self.policy.rules()[index as usize];
                Err(PolicyError::needs_keys(rule.file(), rule.line(), rule.action()))
            }
        }
    }

    /// The rules that can decide about something in the flow. What is out of its scope is masked or blocked without them, but for
    /// class 1, which no purpose limits.
    fn deciding(&self) -> impl Iterator<Item = u32> + '_ {
        let scope = self.scope();
        let takes = move |kind: &Kind| scope.takes(*kind, Class::FOUR);
        let named = self.named.iter().map(move |(kind, column)| (takes(kind), column));
        let takes_others = match scope {
            Scope::Unlimited => true,
            Scope::Declared(declared) => declared.purpose().kinds().iter().any(|kind| !self.named.contains_key(kind)),
            Scope::Undeclared => false,
        };
        let reaches = move |index: &u32| self.policy.rules()[*index as usize].reaches_class_1;
        named.chain([(takes_others, &self.others)]).flat_map(move |(takes_it, column)| {
            let slots = if takes_it { SLOTS } else { SLOTS_OF_CLASS_1 };
            let rules = column.plain[..slots].iter().flatten().chain(&column.fielded).copied();
            rules.filter(move |index| takes_it || reaches(index))
        })
    }

    /// The bits that must be left to guess of a number, where the channel leads out of the firm.
    #[must_use]
    pub fn floor_bits(&self) -> Option<f64> {
        let known = self.channels.last().map_or(DEFAULT_CHANNEL, String::as_str);
        is_outside(known).then_some(f64::from(self.policy.defaults().floor_bits))
    }

    /// What becomes of a JSON number that is masked.
    #[must_use]
    pub fn json_number(&self) -> JsonNumber {
        self.policy.defaults().json_number
    }

    /// The policy that this comes from: its rules and exemptions, by the indexes in decisions.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl Column {
    fn of(policy: &Policy, applies: &[u32], kind: Option<Kind>) -> Self {
        let mut column = Self { plain: [None; SLOTS], fielded: Vec::new() };
        for index in applies {
            let rule = &policy.rules()[*index as usize];
            if !rule.kinds.is_empty() && !kind.is_some_and(|kind| rule.kinds.contains(&kind)) {
                continue;
            }
            if !rule.fields.is_empty() {
                column.fielded.insert(0, *index);
                continue;
            }
            for class in (1..=4).filter_map(Class::new).filter(|class| rule.classes[usize::from(class.level()) - 1]) {
                for role in Role::ALL.into_iter().filter(|role| rule.role.is_none_or(|wanted| wanted == *role)) {
                    for about in [false, true].into_iter().filter(|about| *about || !rule.about) {
                        column.plain[slot(class, role, about)] = Some(*index);
                    }
                }
            }
        }
        column
    }
}

fn slot(class: Class, role: Role, about: bool) -> usize {
    let role = match role {
        Role::Client => 0,
        Role::Staff => 1,
        Role::Unknown => 2,
    };
    (usize::from(class.level()) - 1) * SLOTS_OF_CLASS_1 + role * 2 + usize::from(about)
}
