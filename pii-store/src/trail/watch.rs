//! Sends heads to the witness, also when nothing happens, and sees to it that its silence is noticed.

use super::TrailError;
use super::class::Class;
use super::head::Head;
use super::name::{Name, Note};
use super::record::{Alarm, Content};
use super::recorder::Recorder;
use super::witness::Witness;
use super::writer::Shared;
use pii_core::time::Moment;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How a trail is.
#[derive(Clone, Debug)]
pub struct Health {
    /// Why nothing is recorded any more.
    pub stopped: Option<TrailError>,
    /// For how long the disk has not answered, where somebody gave up waiting for it ([`Ticket::wait_for`](super::Ticket::wait_for)):
    /// what they had recorded may be on the disk one day or not. `None` again once the disk answers.
    pub stalled_for: Option<Duration>,
    /// Whether nothing new is recorded until its witness answers: it has been silent for longer than it may be.
    pub awaits_witness: bool,
    /// How its witness is; `None` where it has none.
    pub witness: Option<WitnessHealth>,
}

impl Health {
    /// Whether what is given to it is recorded, and in time.
    #[must_use]
    pub fn records(&self) -> bool {
        self.stopped.is_none() && self.stalled_for.is_none() && !self.awaits_witness
    }
}

/// How a witness is.
#[derive(Clone, Debug)]
pub struct WitnessHealth {
    /// When it last took heads.
    pub last_taken: Option<Moment>,
    /// How long ago that was, or the beginning where it never did.
    pub silent_for: Duration,
    /// Why it does not take them now.
    pub error: Option<TrailError>,
}

/// What is known of a witness.
pub(crate) struct Watched {
    state: Mutex<State>,
    woken: Condvar,
    /// Heads were sent, whatever came of it.
    sent: Condvar,
}

struct State {
    last_taken: Option<Moment>,
    since: Instant,
    error: Option<TrailError>,
    ends: bool,
}

impl Watched {
    pub(crate) fn new() -> Self {
        let state = State { last_taken: None, since: Instant::now(), error: None, ends: false };
        Self { state: Mutex::new(state), woken: Condvar::new(), sent: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn health(&self) -> WitnessHealth {
        let state = self.lock();
        let (last_taken, error) = (state.last_taken, state.error.clone());
        WitnessHealth { last_taken, silent_for: state.since.elapsed(), error }
    }

    /// # Errors
    /// The witness has been silent for longer.
    pub(crate) fn check(&self, fail_after: Duration) -> Result<(), TrailError> {
        let state = self.lock();
        let silent_for = state.since.elapsed();
        if silent_for <= fail_after {
            return Ok(());
        }
        Err(TrailError::witness(silent_for.as_secs(), state.error.as_ref()))
    }

    /// Waits until it has taken what there was when the trail was opened.
    ///
    /// # Errors
    /// It takes nothing for so long.
    pub(crate) fn wait_for_heads(&self, limit: Duration) -> Result<(), TrailError> {
        let until = Instant::now() + limit;
        let mut state = self.lock();
        while state.last_taken.is_none() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TrailError::witness(limit.as_secs(), state.error.as_ref()));
            }
            state = self.sent.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    /// Sends once more, and ends.
    pub(crate) fn end(&self) {
        self.lock().ends = true;
        self.woken.notify_all();
    }

    /// Waits; says whether it is to end.
    fn wait(&self, every: Duration) -> bool {
        let until = Instant::now() + every;
        let mut state = self.lock();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if state.ends || left == Duration::ZERO {
                return state.ends;
            }
            state = self.woken.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Notes what came of sending. Says whether that is news.
    fn note(&self, sent: Result<(), TrailError>, now: Moment) -> Option<Result<(), TrailError>> {
        let mut state = self.lock();
        let was_well = state.error.is_none();
        match &sent {
            Ok(()) => (state.last_taken, state.since, state.error) = (Some(now), Instant::now(), None),
            Err(error) => state.error = Some(error.clone()),
        }
        self.sent.notify_all();
        (was_well != sent.is_ok()).then_some(sent)
    }
}

/// Sends heads until the trail is closed.
pub(crate) fn run(shared: &Arc<Shared>, watched: &Watched, mut witness: Box<dyn Witness>) {
    let recorder = Recorder::unwatched(Arc::clone(shared));
    // At once: what a restart found is witnessed before anything is added.
    let mut ends = false;
    loop {
        let now = (shared.settings.clock)();
        let heads = heads(shared, now);
        let sent = if heads.is_empty() { Ok(()) } else { witness.send(&heads) };
        if let Some(news) = watched.note(sent, now) {
            alarm(&recorder, news);
        }
        if ends {
            return;
        }
        ends = watched.wait(shared.settings.every);
    }
}

fn heads(shared: &Shared, at: Moment) -> Vec<Head> {
    let head = |(tip, class): (Option<_>, Class)| {
        let (seq, chain) = tip?;
        let head = Head { node: shared.settings.node.clone(), class, seq, chain, at, signed: None };
        Some(match &shared.settings.signer {
            Some(key) => head.sign(key),
            None => head,
        })
    };
    shared.tips().into_iter().zip(Class::ALL).filter_map(head).collect()
}

/// Records that the witness went silent, or came back. Where that cannot be recorded, nothing else can either.
fn alarm(recorder: &Recorder, news: Result<(), TrailError>) {
    let Some(about) = Name::new("witness") else {
        return;
    };
    let note = match &news {
        Ok(()) => Note::new("it takes heads again"),
        Err(error) => Note::new(&error.to_string()),
    };
    let alarm = Content::Alarm(Alarm { about, over: news.is_ok(), note });
    let _ticket = recorder.push(Class::System, &alarm, false, false);
}
