//! The hand that records are given to. There can be many of them.

use super::TrailError;
use super::class::Class;
use super::line;
use super::queue::{NewEntry, Ticket};
use super::record::{Content, KeyAct, Record};
use super::watch::Watched;
use super::writer::Shared;
use pii_core::audit::{AuditError, Event, Sink};
use std::fmt;
use std::sync::Arc;

/// Gives records to a trail. It goes on until the trail is closed.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
    watched: Option<Arc<Watched>>,
}

impl Recorder {
    pub(crate) fn new(shared: Arc<Shared>, watched: Option<Arc<Watched>>) -> Self {
        Self { shared, watched }
    }

    /// For what is recorded of the witness itself.
    pub(crate) fn unwatched(shared: Arc<Shared>) -> Self {
        Self { shared, watched: None }
    }

    /// Gives a record to the trail. Where the disk does not keep up it waits, however long that takes: whoever has to answer in
    /// time takes [`Recorder::try_append`] and [`Ticket::wait_for`].
    ///
    /// # Errors
    /// The trail has stopped; its witness has been silent for too long; the record is over a limit.
    pub fn append(&self, record: Record) -> Result<Ticket, TrailError> {
        let class = record.class();
        self.given(class, record, true)
    }

    /// As [`Recorder::append`], but where the disk does not keep up it refuses.
    ///
    /// # Errors
    /// As [`Recorder::append`], and [`TrailError::is_busy`].
    pub fn try_append(&self, record: Record) -> Result<Ticket, TrailError> {
        let class = record.class();
        self.given(class, record, false)
    }

    /// As [`Recorder::append`], for something that is kept longer than it has to be: evidence of an account, say.
    ///
    /// # Errors
    /// As [`Recorder::append`], and where the class is kept shorter; an outcome goes where its decision is.
    pub fn append_as(&self, class: Class, record: Record) -> Result<Ticket, TrailError> {
        let least = record.class();
        if class < least || (matches!(record, Record::Outcome(_)) && class != least) {
            return Err(TrailError::limit(format!(
                "such a record is kept as {least} at least, an outcome as its decision"
            )));
        }
        self.given(class, record, true)
    }

    fn given(&self, class: Class, record: Record, may_wait: bool) -> Result<Ticket, TrailError> {
        if let Some(over) = record.over_limit() {
            return Err(TrailError::limit(over));
        }
        // What came of a decision that was recorded is recorded whatever the witness does: it is nothing new that leaves.
        let is_new = !matches!(record, Record::Outcome(_));
        if let (Some(watched), Some(fail_after), true) = (&self.watched, self.shared.settings.fail_after, is_new) {
            watched.check(fail_after)?;
        }
        self.push(class, &Content::from(record), may_wait, false)
    }

    pub(crate) fn push(
        &self,
        class: Class,
        content: &Content,
        may_wait: bool,
        wants_checkpoint: bool,
    ) -> Result<Ticket, TrailError> {
        let settings = &self.shared.settings;
        let content = &line::content(content)?;
        let new = NewEntry { class, at: line::time((settings.clock)()), content, wants_checkpoint };
        self.shared.queue.push(&new, settings.waiting_bytes, may_wait)
    }
}

/// Acts on keys are recorded when this returns.
impl Sink for Recorder {
    fn record(&mut self, event: &Event<'_>) -> Result<(), AuditError> {
        let act = KeyAct::of(event).ok_or(AuditError)?;
        let ticket = self.append(Record::Key(act)).map_err(|_| AuditError)?;
        ticket.wait().map(|_| ()).map_err(|_| AuditError)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({})", self.shared.settings.node)
    }
}
