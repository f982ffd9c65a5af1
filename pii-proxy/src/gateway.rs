//! What all requests share: the table of routes, what is left of memory, the trail, the names of messages.

use crate::blocks::Blocks;
use crate::capacity::Capacity;
use crate::learning::Learning;
use crate::message::Prepared;
use crate::metrics::Metrics;
use crate::number::Numbers;
use crate::record::Recording;
use crate::stop::{Stop, Why};
use crate::suppression::Suppressions;
use crate::table::{RouteAtWork, Table};
use crate::traces::Traces;
use crate::under_way::UnderWay;
use pii_core::policy::Date;
use pii_store::Consents;
use pii_store::trail::{Health, Trail, TrailError};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

/// What all requests share.
pub struct Gateway {
    table: RwLock<Arc<Table>>,
    /// What is left.
    pub capacity: Capacity,
    /// The names of messages.
    pub numbers: Numbers,
    /// Where decisions go.
    pub recording: Recording,
    /// Who agreed to what, if a route asks.
    pub consents: Option<Consents>,
    /// Figures.
    pub metrics: Metrics,
    /// Why messages were stopped.
    pub blocks: Blocks,
    /// What passes for some minutes.
    pub suppressions: Suppressions,
    /// What requests look like, while somebody wants to know.
    pub learning: Learning,
    /// Where traces go.
    pub traces: Traces,
    /// Messages under way.
    pub under_way: UnderWay,
    trail: Trail,
    is_ending: AtomicBool,
}

impl Gateway {
    /// With this table for the beginning.
    #[must_use]
    pub fn new(
        table: Table,
        numbers: Numbers,
        (trail, recording): (Trail, Recording),
        consents: Option<Consents>,
        traces: Traces,
    ) -> Self {
        let capacity = Capacity::new(&table.limits);
        let (metrics, blocks, is_ending) = (Metrics::default(), Blocks::default(), AtomicBool::new(false));
        metrics.begin(table.routes().iter().map(|at_work| &at_work.route.name));
        let (table, suppressions) = (RwLock::new(Arc::new(table)), Suppressions::default());
        let (learning, under_way) = (Learning::default(), UnderWay::default());
        Self {
            table,
            capacity,
            numbers,
            recording,
            consents,
            metrics,
            blocks,
            suppressions,
            learning,
            traces,
            under_way,
            trail,
            is_ending,
        }
    }

    /// How the trail is.
    #[must_use]
    pub fn trail_health(&self) -> Health {
        self.trail.health()
    }

    /// Whether consents may be decided on, where there are any.
    #[must_use]
    pub fn knows_consents(&self) -> bool {
        self.consents.as_ref().is_none_or(|consents| consents.permit().is_ok())
    }

    /// Who agreed to what.
    ///
    /// # Errors
    /// The proxy was started without.
    pub fn asked_consents(&self) -> Result<&Consents, Stop> {
        let nobody = || Stop::new(Why::Consents, "the proxy was started without a consent store: start it again");
        self.consents.as_ref().ok_or_else(nobody)
    }

    /// A route's policy as it stands on `today`, with what is let pass there for some minutes, as far as that holds `now`.
    ///
    /// # Errors
    /// As [`Table::prepared`].
    pub fn prepared(
        &self,
        table: &Table,
        at_work: &RouteAtWork,
        (today, now): (Date, Instant),
    ) -> Result<Arc<Prepared>, Stop> {
        let prepared = table.prepared(at_work, today).map_err(|what| Stop::new(Why::Engine, what))?;
        let suppressed = self.suppressions.on(&at_work.route.name, now);
        Ok(if suppressed.is_empty() { prepared } else { Arc::new(prepared.suppressing(&suppressed)) })
    }

    /// The figures, as Prometheus reads them.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.metrics.suppressed(self.suppressions.all().len());
        let table = self.table();
        let watched = table.routes().iter().filter(|at_work| at_work.route.health.is_some());
        self.metrics.upstreams(watched.map(|at_work| (&at_work.route.name, !at_work.is_down())));
        self.metrics.text(&self.capacity, &self.trail_health(), self.knows_consents())
    }

    /// From here on nobody should send anything more here.
    pub fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
    }

    /// Whether the proxy is about to end.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }

    /// Closes the trail: what was given to it is on the disk.
    ///
    /// # Errors
    /// Something could not be written.
    pub fn close(self) -> Result<(), TrailError> {
        self.traces.close();
        drop(self.consents);
        drop(self.recording);
        self.trail.close()
    }

    /// The table in force. Whoever has begun with one ends with it.
    #[must_use]
    pub fn table(&self) -> Arc<Table> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another table in force.
    pub fn change(&self, table: Table) {
        self.metrics.begin(table.routes().iter().map(|at_work| &at_work.route.name));
        table.take_over(&self.table());
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gateway({:?})", self.table())
    }
}
