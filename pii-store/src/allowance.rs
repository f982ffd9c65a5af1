//! Tokens for whole files, under a right: its quota is taken in batches, so that millions of values do not each take a write
//! to the disk.
//!
//! What is taken and not used at the end stays counted: at most a hundredth of an hour's quota, and never more than 10,000.
//! Each value counts, whether it had a token or not.

use crate::StoreError;
use crate::access::{Gate, Request, RevealError, record};
use crate::quota::Quota;
use crate::rights::{Act, Rights};
use pii_core::Kind;
use pii_core::audit::{self, AuditError, Phase, Sink};
use pii_core::time::Moment;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// A batch is this part of an hour's quota.
const BATCHES_PER_HOUR: u64 = 100;

/// The largest batch.
const BATCH_LIMIT: u64 = 10_000;

/// What somebody may make tokens of, for as long as one run takes. Shared by any number of threads.
pub struct Allowance {
    actor: String,
    purpose: String,
    reason: String,
    /// `None`: whoever runs it has said that nothing is to limit it.
    limits: Option<Limits>,
    state: Mutex<State>,
}

struct Limits {
    rights: Rights,
    clock: fn() -> Option<Moment>,
}

#[derive(Default)]
struct State {
    quota: Option<Quota>,
    /// How many more may be made before the quota is asked again.
    left: u64,
    /// What was seen to be covered since then.
    covered: HashSet<(Kind, String)>,
    made: BTreeMap<Kind, u64>,
}

impl Allowance {
    /// Takes a request on, and records that. `clock` says what time it is whenever a batch is taken.
    ///
    /// # Errors
    /// No right applies, or nothing is left of its quota ([`RevealError::is_refused`], which is recorded); the request says
    /// too little; the quota or the record cannot be kept.
    pub fn begin(
        request: &Request<'_>,
        rights: Rights,
        mut quota: Quota,
        clock: fn() -> Option<Moment>,
        sink: &mut dyn Sink,
    ) -> Result<Self, RevealError> {
        request.check()?;
        let none = BTreeMap::new();
        record(sink, request, audit::Act::Tokenised, Phase::Intended, 0, &none)?;
        let begun =
            moment(clock).and_then(|now| Gate::new(&rights, &mut quota).begin(request, Act::Tokenise, now).map(|_| ()));
        if let Err(error) = begun {
            record(sink, request, audit::Act::Tokenised, Phase::Failed, 0, &none)?;
            return Err(error);
        }
        let state = State { quota: Some(quota), ..State::default() };
        Ok(Self::of(request, Some(Limits { rights, clock }), state))
    }

    /// Without right and quota: whoever can run this can try out values. It is recorded all the same.
    ///
    /// # Errors
    /// It cannot be recorded.
    pub fn dangerously_unlimited(request: &Request<'_>, sink: &mut dyn Sink) -> Result<Self, AuditError> {
        record(sink, request, audit::Act::Tokenised, Phase::Intended, 0, &BTreeMap::new())?;
        Ok(Self::of(request, None, State::default()))
    }

    fn of(request: &Request<'_>, limits: Option<Limits>, state: State) -> Self {
        let [actor, purpose, reason] = [request.actor, request.purpose, request.reason].map(str::to_owned);
        Self { actor, purpose, reason, limits, state: Mutex::new(state) }
    }

    fn request(&self) -> Request<'_> {
        Request { actor: &self.actor, purpose: &self.purpose, reason: &self.reason }
    }

    /// Counts one value.
    pub(crate) fn spend(&self, kind: Kind, scope: &str) -> Result<(), RevealError> {
        // What is counted is whole at any time.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limits) = &self.limits {
            let state = &mut *state;
            if state.left == 0 {
                state.left = self.batch(limits, state.quota.as_mut())?;
                state.covered.clear();
            }
            let asked = (kind, scope.to_owned());
            if !state.covered.contains(&asked) {
                let grant = limits.rights.grant(
                    &self.actor,
                    Act::Tokenise,
                    &self.purpose,
                    moment(limits.clock)?.day_in_china(),
                );
                if !grant.is_some_and(|grant| grant.covers(kind, scope)) {
                    return Err(RevealError::refused());
                }
                state.covered.insert(asked);
            }
            state.left -= 1;
        }
        *state.made.entry(kind).or_insert(0) += 1;
        Ok(())
    }

    /// Takes a batch of the quota; where it is nearly spent, one.
    fn batch(&self, limits: &Limits, quota: Option<&mut Quota>) -> Result<u64, RevealError> {
        let (request, now) = (self.request(), moment(limits.clock)?);
        let mut gate = Gate::new(&limits.rights, quota.ok_or_else(RevealError::refused)?);
        let per_hour = gate.grant(&request, Act::Tokenise, now)?.per_hour();
        let batch = (per_hour / BATCHES_PER_HOUR).clamp(1, BATCH_LIMIT);
        match gate.spend(&request, Act::Tokenise, batch, per_hour, now) {
            Ok(()) => Ok(batch),
            Err(error) if error.is_refused() => gate.spend(&request, Act::Tokenise, 1, per_hour, now).map(|()| 1),
            Err(error) => Err(error),
        }
    }

    /// Records how many values of which kinds got tokens.
    ///
    /// # Errors
    /// It cannot be recorded. The intention was.
    pub fn end(&self, sink: &mut dyn Sink) -> Result<(), AuditError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let count = state.made.values().sum();
        record(sink, &self.request(), audit::Act::Tokenised, Phase::Done, count, &state.made)
    }
}

fn moment(clock: fn() -> Option<Moment>) -> Result<Moment, RevealError> {
    clock()
        .ok_or_else(|| StoreError::unusable("this computer's clock shows no time that can be counted: set it").into())
}

impl fmt::Debug for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Allowance({:?}, limited: {})", self.request(), self.limits.is_some())
    }
}
