//! A route made ready: its policy as it stands today, and what reads and masks by it.

use super::routing;
use crate::config::Route;
use pii_core::policy::{Action, Date, Field, FieldError, Flow, Policy, PolicyError, Query, Role};
use pii_core::transform::Transform;
use pii_core::{Engine, Kind};
use pii_formats::{Masker, Observed};
use std::fmt;
use std::sync::Arc;

/// Why a route cannot be made ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPrepared(String);

/// A route's masker for one day: rules of a policy end at midnight in China.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) masker: Masker,
    /// The same for a query, in which a key passes.
    pub(super) of_query: Masker,
    day: Date,
    withheld: Vec<Kind>,
}

impl Prepared {
    /// Makes a route ready for `day`. `keys` does what takes keys, where somebody has them.
    ///
    /// # Errors
    /// The policy asks on this route for keys that are not at hand, or a field of `routing` is none.
    pub fn new(
        route: &Route,
        engine: &Engine,
        policy: &Policy,
        keys: Option<Arc<dyn Transform>>,
        day: Date,
    ) -> Result<Self, NotPrepared> {
        let flow = Flow {
            channel: Some(route.channel.as_str()),
            recipient: route.recipient.as_ref().map(|name| name.as_str()),
            purpose: route.purpose.as_ref().map(|name| name.as_str()),
            today: day,
        };
        let masker = match keys {
            Some(keys) => Masker::with_keys(engine.clone(), policy, &flow, keys)?,
            None => Masker::new(engine.clone(), policy, &flow)?,
        };
        let masker = masker.observing(observed(route, day));
        let of_query = masker.clone().with_routing(routing::of_query(route)?);
        Ok(Self { masker: masker.with_routing(routing::of_body(route)?), of_query, day, withheld: Vec::new() })
    }

    /// The same for a message about somebody who has not agreed that these kinds leave in clear.
    #[must_use]
    pub fn withholding(&self, kinds: Vec<Kind>) -> Self {
        let withholding = |masker: &Masker| masker.clone().withholding(kinds.iter().copied());
        Self {
            masker: withholding(&self.masker),
            of_query: withholding(&self.of_query),
            day: self.day,
            withheld: kinds,
        }
    }

    /// The same, with kinds in fields that leave as they are for now.
    #[must_use]
    pub fn suppressing(&self, suppressed: &[(Kind, Field)]) -> Self {
        let suppressing = |masker: &Masker| masker.clone().suppressing(suppressed.iter().cloned());
        Self { masker: suppressing(&self.masker), of_query: suppressing(&self.of_query), ..self.clone() }
    }

    /// Whether something of this kind, in a field that nobody can read, may leave as it is.
    pub(crate) fn lets_pass(&self, kind: Kind, field: &str) -> bool {
        let Some(rule) = self.masker.engine().rules().rule(kind) else { return false };
        let query = Query { kind, class: rule.class(), role: Role::Unknown, field: Some(field), about: false };
        !self.withheld.contains(&kind) && self.masker.policy().decide(&query).action == Action::Pass
    }

    /// The day that it is for.
    #[must_use]
    pub fn day(&self) -> Date {
        self.day
    }

    /// What finds and decides.
    #[must_use]
    pub fn masker(&self) -> &Masker {
        &self.masker
    }
}

/// What is only observed on this day.
fn observed(route: &Route, day: Date) -> Observed {
    match route.observe.as_ref().filter(|observe| day <= observe.until) {
        None => Observed::Nothing,
        Some(observe) if observe.kinds.is_empty() => Observed::Everything,
        Some(observe) => Observed::Kinds(observe.kinds.as_slice().into()),
    }
}

impl From<PolicyError> for NotPrepared {
    fn from(error: PolicyError) -> Self {
        Self(error.to_string())
    }
}

impl From<FieldError> for NotPrepared {
    fn from(error: FieldError) -> Self {
        Self(format!("routing: {error}"))
    }
}

impl fmt::Display for NotPrepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotPrepared {}
