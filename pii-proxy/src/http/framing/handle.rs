//! What a connection and the service above it know of each other.

use super::Fault;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Instant;

/// The service's side of a [`Guarded`](super::Guarded) connection. Clones are of the same connection.
#[derive(Clone, Debug, Default)]
pub struct Handle {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    fault: Option<Fault>,
    has_begun: bool,
    head_began: Option<Instant>,
    switching: Switching,
    /// Whoever reads the connection and waits for a decision.
    reader: Option<Waker>,
}

/// How far a change of protocol has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Switching {
    /// The last head did not ask for one, or the server answered it without.
    #[default]
    None,
    Asked,
    Granted,
}

impl Handle {
    /// Why the connection ends, once it does. A service that has read a request's whole body asks before it sends anything
    /// on: what it read of a body with a fault is not what the client meant.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.shared().fault
    }

    /// Since when a head is incomplete, so that whoever listens can give up on a slow one; the server's own time-out for
    /// heads sees nothing of a head before it is complete. Between messages and in a body there is none.
    #[must_use]
    pub fn head_began(&self) -> Option<Instant> {
        self.shared().head_began
    }

    /// Whether anything has come at all: the server has no time-out of its own before the first byte.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.shared().has_begun
    }

    /// Makes the connection a tunnel: from here on everything is passed on unread. To be called before the answer that
    /// accepts CONNECT or the upgrade is returned; once that answer is being written it is too late.
    ///
    /// # Errors
    /// The connection is not exactly behind a head with CONNECT, or with `Upgrade` and without a body.
    pub fn tunnel(&self) -> Result<(), NotBehindHead> {
        if self.decide(Switching::Granted) { Ok(()) } else { Err(NotBehindHead) }
    }

    pub(super) fn fail(&self, fault: Fault) {
        let mut shared = self.shared();
        (shared.fault, shared.head_began) = (Some(fault), None);
    }

    pub(super) fn begin(&self) {
        self.shared().has_begun = true;
    }

    pub(super) fn set_head_began(&self, at: Option<Instant>) {
        self.shared().head_began = at;
    }

    /// A head that asks for another protocol is about to be passed on.
    pub(super) fn ask(&self) {
        self.shared().switching = Switching::Asked;
    }

    /// The time for a decision is over.
    pub(super) fn stop_asking(&self) {
        self.decide(Switching::None);
    }

    /// Decides what is asked, if anything is, and wakes whoever waits for it.
    fn decide(&self, decision: Switching) -> bool {
        let mut shared = self.shared();
        if shared.switching != Switching::Asked || shared.fault.is_some() {
            return false;
        }
        shared.switching = decision;
        let reader = shared.reader.take();
        drop(shared);
        reader.into_iter().for_each(Waker::wake);
        true
    }

    /// How far a change of protocol has come; whoever waits for the decision is woken by it.
    pub(super) fn poll_switching(&self, reader: &Waker) -> Switching {
        let mut shared = self.shared();
        if shared.switching == Switching::Asked {
            shared.reader = Some(reader.clone());
        }
        shared.switching
    }

    /// Nothing that holds the lock can panic half-way, so what a poisoned one guards is whole.
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection cannot become a tunnel where it is: only exactly behind a head that asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotBehindHead;

impl fmt::Display for NotBehindHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is not behind a head that asks for a tunnel")
    }
}

impl std::error::Error for NotBehindHead {}
