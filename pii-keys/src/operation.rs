//! Who changes a keyring, when and why.

use crate::{KeyringError, Plan};
use pii_core::audit::{Event, Phase, Sink};
use pii_core::key::Entropy;
use pii_core::policy::Date;

/// Who changes something, when and why, and where that is recorded.
pub struct Operation<'a> {
    /// Today.
    pub today: Date,
    /// Who, as the audit record shall call them.
    pub actor: &'a str,
    /// Why, in their words.
    pub reason: &'a str,
    /// Only say what would be done: nothing is written and nothing recorded.
    pub dry_run: bool,
    /// Where it is recorded.
    pub sink: &'a mut dyn Sink,
    /// Where new keys come from.
    pub entropy: &'a mut dyn Entropy,
}

impl Operation<'_> {
    /// Does what a plan says, recorded before and after. In a dry run it does nothing.
    ///
    /// The record that it was done comes after the fact, so its failing cannot undo it; the one before was kept, and shows
    /// an act without an outcome.
    pub(crate) fn carry_out<T>(
        &mut self,
        plan: &Plan,
        act: impl FnOnce(&mut dyn Entropy) -> Result<T, KeyringError>,
    ) -> Result<Option<T>, KeyringError> {
        if self.dry_run {
            return Ok(None);
        }
        self.record(plan, Phase::Intended)?;
        let done = act(self.entropy);
        let recorded = self.record(plan, if done.is_ok() { Phase::Done } else { Phase::Failed });
        let done = done?;
        recorded
            .map(|()| Some(done))
            .map_err(|_| KeyringError::refused("it was done, but the audit record of its outcome could not be written"))
    }

    fn record(&mut self, plan: &Plan, phase: Phase) -> Result<(), KeyringError> {
        let event = Event {
            key: plan.key,
            count: plan.count,
            generation: plan.generation,
            ..Event::new(plan.act, phase, self.actor, self.reason)
        };
        Ok(self.sink.record(&event)?)
    }
}
