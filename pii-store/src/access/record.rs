//! What somebody does with values, on the record: before it is done, and what came of it.

use super::Request;
use crate::{RevealError, StoreError};
use pii_core::Kind;
use pii_core::audit::{Act, AuditError, Event, Phase, Sink};
use std::collections::BTreeMap;
use std::fmt;

/// Somebody's request, and where it is recorded.
pub struct Recorded<'r> {
    request: Request<'r>,
    sink: &'r mut dyn Sink,
}

impl<'r> Recorded<'r> {
    /// # Errors
    /// The request says too little ([`RevealError::is_request`]). Nothing is recorded yet.
    pub fn new(request: Request<'r>, sink: &'r mut dyn Sink) -> Result<Self, RevealError> {
        request.check()?;
        Ok(Self { request, sink })
    }

    /// Records one phase of an act on `count` things.
    pub(crate) fn phase(&mut self, act: Act, phase: Phase, count: u64) -> Result<(), AuditError> {
        self.sink.record(&Event { count, ..event(&self.request, act, phase) })
    }

    /// Does something that is recorded before and after. `planned` is on how many things, as far as that is known, and
    /// `count` on how many it was.
    pub(crate) fn carry_out<T>(
        &mut self,
        act: Act,
        planned: u64,
        count: impl FnOnce(&T) -> u64,
        doing: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.phase(act, Phase::Intended, planned)?;
        let done = doing();
        match &done {
            Ok(one) => self.phase(act, Phase::Done, count(one))?,
            Err(_) => self.phase(act, Phase::Failed, planned)?,
        }
        done
    }
}

/// What a request says of an event.
fn event<'r>(request: &Request<'r>, act: Act, phase: Phase) -> Event<'r> {
    Event { purpose: request.purpose, ..Event::new(act, phase, request.actor, request.reason) }
}

/// Records one phase of an act on values, with their kinds as far as they are known.
pub(crate) fn record(
    sink: &mut dyn Sink,
    request: &Request<'_>,
    act: Act,
    phase: Phase,
    count: u64,
    kinds: &BTreeMap<Kind, u64>,
) -> Result<(), AuditError> {
    let kinds: Vec<(Kind, u64)> = kinds.iter().map(|(kind, count)| (*kind, *count)).collect();
    sink.record(&Event { count, kinds: &kinds, ..event(request, act, phase) })
}

impl fmt::Debug for Recorded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorded({:?})", self.request)
    }
}
