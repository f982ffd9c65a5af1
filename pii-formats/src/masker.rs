//! The entry for bytes.

use crate::decide::{Decider, Mode, Observed};
use crate::error::Error;
use crate::report::Report;
use crate::routing::Routing;
use crate::session::{Options, Output, Session};
use pii_core::policy::{Decision, Field, Flow, FlowPolicy, Policy, PolicyError};
use pii_core::transform::Transform;
use pii_core::{Engine, Kind};
use std::sync::Arc;

/// Finds and masks in bytes of any format. Cheap to clone, and shared by any number of threads.
///
/// ```
/// use pii_core::policy::{Date, Flow, Policy};
/// use pii_core::{Engine, RuleSet};
/// use pii_formats::{Masker, Options};
///
/// let today = Date::new(2026, 11, 23).expect("a day");
/// let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
/// let masker = Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow)?;
/// let masked = masker.mask("客户张三，身份证11010519491231002X".as_bytes(), &Options::default())?;
/// assert_eq!(String::from_utf8_lossy(&masked.bytes), "客户张**，身份证1****************X");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Masker {
    decider: Decider,
}

impl Masker {
    /// A masker that works by `engine`'s rules and by `policy` as it stands for `flow`.
    ///
    /// # Errors
    /// The policy asks for something that takes keys, on a channel where they are not at hand.
    pub fn new(engine: Engine, policy: &Policy, flow: &Flow<'_>) -> Result<Self, PolicyError> {
        Self::decided_by(engine, policy.for_flow(flow), None)
    }

    /// The same, with whoever has the keys that the policy may ask for.
    ///
    /// # Errors
    /// As [`Masker::new`], for keys that `keys` does not have.
    pub fn with_keys(
        engine: Engine,
        policy: &Policy,
        flow: &Flow<'_>,
        keys: Arc<dyn Transform>,
    ) -> Result<Self, PolicyError> {
        Self::decided_by(engine, policy.for_flow(flow), Some(keys))
    }

    /// A masker for what would be decided, on channels too whose policy takes keys: [`Masker::decide`]. It has none, so with it a
    /// session that writes masks in full what a key would have made something of.
    #[must_use]
    pub fn deciding(engine: Engine, policy: &Policy, flow: &Flow<'_>) -> Self {
        Self { decider: Decider::new(engine, policy.for_flow(flow), None) }
    }

    /// The same masker, by which what stands in the fields of `routing` passes: where the message goes.
    #[must_use]
    pub fn with_routing(mut self, routing: Routing) -> Self {
        self.decider.routing = Some(routing).filter(|routing| !routing.is_empty()).map(Arc::new);
        self
    }

    /// The same masker for a message about somebody who has not agreed that these kinds leave in clear: where the policy lets one
    /// pass, it is masked under the strict profile.
    #[must_use]
    pub fn withholding(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.decider.withheld = kinds.into_iter().collect();
        self
    }

    /// The same masker, by which kinds that are observed are decided on, reported, and left as they are.
    #[must_use]
    pub fn observing(mut self, observed: Observed) -> Self {
        self.decider.observed = observed;
        self
    }

    /// The same masker, by which a kind in a field is decided on, reported, and left as it is: for minutes in which messages have
    /// to go that are stopped wrongly.
    #[must_use]
    pub fn suppressing(mut self, suppressed: impl IntoIterator<Item = (Kind, Field)>) -> Self {
        self.decider.suppressed = suppressed.into_iter().collect();
        self
    }

    fn decided_by(engine: Engine, policy: FlowPolicy, keys: Option<Arc<dyn Transform>>) -> Result<Self, PolicyError> {
        policy.check_keys(|action| keys.as_ref().is_some_and(|keys| keys.offers(action)))?;
        Ok(Self { decider: Decider::new(engine, policy, keys) })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.decider.engine
    }

    /// Why a finding counts and what was decided, in words and without the value. `report` is of one of this masker's
    /// sessions.
    #[must_use]
    pub fn explain(&self, report: &Report) -> String {
        let found = self.decider.engine.explain(&report.finding);
        match &report.why {
            None => found,
            Some(why) => format!("{found}; {}", why.told(&self.decider.policy)),
        }
    }

    /// What the policy decided about a finding. `None` of a session that only scans.
    #[must_use]
    pub fn decision(&self, report: &Report) -> Option<Decision<'_>> {
        report.why.map(|why| why.decision(&self.decider.policy))
    }

    /// The policy, as it stands for the flow.
    #[must_use]
    pub fn policy(&self) -> &FlowPolicy {
        &self.decider.policy
    }

    /// A session for one input, to be fed by chunks.
    #[must_use]
    pub fn session(&self, mode: Mode, options: Options) -> Session<'_> {
        Session::new(&self.decider, mode, options)
    }

    /// Masks a whole input.
    ///
    /// # Errors
    /// As [`Session::push`]. Nothing is returned of an input that fails.
    pub fn mask(&self, input: &[u8], options: &Options) -> Result<Output, Error> {
        self.whole(Mode::Mask, input, options)
    }

    /// Says what is in a whole input.
    ///
    /// # Errors
    /// As [`Session::push`].
    pub fn scan(&self, input: &[u8], options: &Options) -> Result<Vec<Report>, Error> {
        self.whole(Mode::Scan, input, options).map(|output| output.reports)
    }

    /// Says what would become of what is in a whole input: also of what the policy blocks, and of what takes keys.
    ///
    /// # Errors
    /// As [`Session::push`], but for what the policy blocks.
    pub fn decide(&self, input: &[u8], options: &Options) -> Result<Vec<Report>, Error> {
        self.whole(Mode::Decide, input, options).map(|output| output.reports)
    }

    fn whole(&self, mode: Mode, input: &[u8], options: &Options) -> Result<Output, Error> {
        let mut output = Output::default();
        let mut session = self.session(mode, options.clone());
        session.push(input, &mut output)?;
        session.finish(&mut output)?;
        Ok(output)
    }
}
