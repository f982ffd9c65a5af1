//! Figures for Prometheus: how many messages, what became of them, how long each phase took, what is left of the capacity. No
//! value, no host of a client, no path.

use crate::capacity::Capacity;
use crate::refused::Refused;
use crate::stop::Why;
use crate::upstream::Reason;
use hyper::StatusCode;
use pii_store::trail::{Ending, Health, Item, Name};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Bounds of the histograms, in seconds: from what an answer on this machine takes to what nobody waits for.
const BOUNDS: [f64; 13] = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0, 10.0, 60.0];

/// A part of a request's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Until its body was there.
    Receive,
    /// Until it was inspected and decided on.
    Decide,
    /// Until the decision was on the disk.
    Record,
    /// Until the upstream's answer began.
    Upstream,
}

/// All figures.
pub struct Metrics {
    registry: Registry,
    messages: Family<Outcome, Counter>,
    items: Family<Found, Counter>,
    phases: Family<PhaseLabel, Histogram>,
    in_flight: Gauge,
    peak: Gauge,
    free_requests: Gauge,
    free_bytes: Gauge,
    refused: Family<[(&'static str, &'static str); 1], Counter>,
    upstream_failures: Family<Failed, Counter>,
    upstream_up: Family<Watched, Gauge>,
    reloads: Family<Reload, Counter>,
    last_reload_taken: Gauge,
    trail_records: Gauge,
    witness_silent: Gauge,
    consents_known: Gauge,
    suppressions: Gauge,
    local_requests: Family<Asked, Counter>,
    local_denied: Counter,
    most_in_flight: AtomicI64,
}

/// How many messages of a route came to what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Outcome {
    route: Option<Name>,
    outcome: &'static str,
}

/// What was found, and what was done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Found {
    route: Name,
    kind: &'static str,
    action: &'static str,
}

/// How often an upstream failed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Failed {
    route: Name,
    reason: &'static str,
}

/// A route whose upstream is asked how it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Watched(Name);

/// How many requests of a caller of the local API were answered how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    caller: Name,
    endpoint: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PhaseLabel(Phase);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Reload {
    is_taken: bool,
}

/// A request that is in flight, until it is dropped.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("pii_proxy");
        let phases = Family::<PhaseLabel, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
        let all = &mut registry;
        let metrics = Self {
            messages: registered(all, "messages", "Messages by route, and what came of them"),
            items: registered(all, "items", "Personal data found, by route, kind and what was done with it"),
            in_flight: registered(all, "in_flight", "Requests in flight"),
            peak: registered(all, "in_flight_peak", "The most requests in flight since the start"),
            free_requests: registered(all, "free_requests", "Requests more that could enter, critical routes aside"),
            free_bytes: registered(
                all,
                "free_memory_bytes",
                "Bytes more that bodies could take, critical routes aside",
            ),
            refused: registered(
                all,
                "connections_refused",
                "Connections that came to nothing before a request had a route",
            ),
            upstream_failures: registered(
                all,
                "upstream_failures",
                "Messages that an upstream did not take or answer, by route and reason",
            ),
            upstream_up: registered(
                all,
                "upstream_up",
                "Whether the upstream of a route is up, where the route has it asked",
            ),
            reloads: registered(all, "reloads", "Configurations that were taken, and those that were not"),
            last_reload_taken: registered(all, "last_reload_taken", "Whether the last configuration was taken"),
            trail_records: registered(all, "trail_records", "Whether the audit trail takes records in time"),
            witness_silent: registered(all, "witness_silent_seconds", "How long the trail's witness has taken nothing"),
            consents_known: registered(
                all,
                "consents_known",
                "Whether consents may be decided on; 1 where none are asked for",
            ),
            suppressions: registered(
                all,
                "suppressions",
                "Fields in which a kind passes for some minutes although the policy stops it",
            ),
            local_requests: registered(
                all,
                "local_requests",
                "Requests of the local API by caller, address and status",
            ),
            local_denied: registered(all, "local_denied", "Requests of the local API that were denied"),
            phases: phases.clone(),
            most_in_flight: AtomicI64::new(0),
            registry: Registry::default(),
        };
        registry.register_with_unit("phase", "How long each phase of a message took", Unit::Seconds, phases);
        metrics.last_reload_taken.set(1);
        Self { registry, ..metrics }
    }
}

fn registered<M>(registry: &mut Registry, name: &str, help: &str) -> M
where
    M: prometheus_client::registry::Metric + Clone + Default,
{
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

impl Metrics {
    /// Begins the counts of routes at zero: the first fault of a route is a rise, which alerts are told by.
    pub fn begin<'n>(&self, routes: impl IntoIterator<Item = &'n Name>) {
        let stops = Why::ALL.map(Why::word);
        let endings = Ending::ALL.map(Ending::word);
        let outcomes = || stops.iter().chain(&endings).copied();
        let begin = |route: Option<&Name>| {
            for outcome in outcomes() {
                // Asked for, a series is there.
                let _ = self.messages.get_or_create(&Outcome { route: route.cloned(), outcome });
            }
            for (route, reason) in route.into_iter().flat_map(|route| Reason::ALL.map(|reason| (route, reason))) {
                let _ = self.upstream_failures.get_or_create(&Failed { route: route.clone(), reason: reason.word() });
            }
        };
        for sort in Refused::ALL {
            let _ = self.refused.get_or_create(&[("reason", sort.word())]);
        }
        begin(None);
        routes.into_iter().for_each(|route| begin(Some(route)));
    }

    /// Counts a request in.
    #[must_use]
    pub fn enter(&self) -> InFlight {
        let now = self.in_flight.inc() + 1;
        self.most_in_flight.fetch_max(now, Ordering::Relaxed);
        InFlight(self.in_flight.clone())
    }

    /// A connection came to nothing.
    pub fn refused(&self, sort: Refused) {
        self.refused.get_or_create(&[("reason", sort.word())]).inc();
    }

    /// An upstream did not take or answer a message of this route.
    pub fn upstream_failed(&self, route: &Name, reason: Reason) {
        self.upstream_failures.get_or_create(&Failed { route: route.clone(), reason: reason.word() }).inc();
    }

    /// Which upstreams are asked how they are, and whether they are up.
    pub fn upstreams<'n>(&self, watched: impl IntoIterator<Item = (&'n Name, bool)>) {
        // A route that is asked no more has no figure.
        self.upstream_up.clear();
        for (route, is_up) in watched {
            self.upstream_up.get_or_create(&Watched(route.clone())).set(i64::from(is_up));
        }
    }

    /// A message did not go on.
    pub fn stopped(&self, route: Option<&Name>, why: Why) {
        self.messages.get_or_create(&Outcome { route: route.cloned(), outcome: why.word() }).inc();
    }

    /// A message left, or may have.
    pub fn ended(&self, route: &Name, ending: Ending) {
        self.messages.get_or_create(&Outcome { route: Some(route.clone()), outcome: ending.word() }).inc();
    }

    /// What was decided on.
    pub fn found(&self, route: &Name, items: &[Item]) {
        for item in items {
            let label = Found { route: route.clone(), kind: item.kind.as_str(), action: item.action.as_str() };
            self.items.get_or_create(&label).inc_by(item.count);
        }
    }

    /// How long a phase took.
    pub fn took(&self, phase: Phase, time: Duration) {
        self.phases.get_or_create(&PhaseLabel(phase)).observe(time.as_secs_f64());
    }

    /// A caller of the local API was answered.
    pub fn asked(&self, caller: &Name, endpoint: &'static str, status: StatusCode) {
        let label = Asked { caller: caller.clone(), endpoint, status: status.as_u16() };
        self.local_requests.get_or_create(&label).inc();
    }

    /// Somebody who is not known, or may not have what they asked the local API for.
    pub fn denied(&self) {
        self.local_denied.inc();
    }

    /// A configuration was taken, or not.
    pub fn reloaded(&self, is_taken: bool) {
        self.reloads.get_or_create(&Reload { is_taken }).inc();
        self.last_reload_taken.set(i64::from(is_taken));
    }

    /// So many fields are let pass for now.
    pub fn suppressed(&self, count: usize) {
        self.suppressions.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// All of it as Prometheus reads it, with what the parts say now.
    #[must_use]
    pub fn text(&self, capacity: &Capacity, trail: &Health, knows_consents: bool) -> String {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.peak.set(self.most_in_flight.load(Ordering::Relaxed));
        self.free_requests.set(count(capacity.free_requests()));
        self.free_bytes.set(count(capacity.free_bytes()));
        self.trail_records.set(i64::from(trail.records()));
        self.consents_known.set(i64::from(knows_consents));
        if let Some(witness) = &trail.witness {
            self.witness_silent.set(i64::try_from(witness.silent_for.as_secs()).unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Phase {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Decide => "decide",
            Self::Record => "record",
            Self::Upstream => "upstream",
        }
    }
}

impl EncodeLabelSet for Outcome {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        let route = self.route.as_ref().map_or("", Name::as_str);
        [("route", route), ("outcome", self.outcome)].encode(encoder)
    }
}

impl EncodeLabelSet for Found {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        [("route", self.route.as_str()), ("kind", self.kind), ("action", self.action)].encode(encoder)
    }
}

impl EncodeLabelSet for Failed {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        [("route", self.route.as_str()), ("reason", self.reason)].encode(encoder)
    }
}

impl EncodeLabelSet for Watched {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        [("route", self.0.as_str())].encode(encoder)
    }
}

impl EncodeLabelSet for Asked {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        [("caller", self.caller.as_str()), ("endpoint", self.endpoint), ("status", &self.status.to_string())]
            .encode(encoder)
    }
}

impl EncodeLabelSet for PhaseLabel {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        [("phase", self.0.word())].encode(encoder)
    }
}

impl EncodeLabelSet for Reload {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        [("taken", if self.is_taken { "yes" } else { "no" })].encode(encoder)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metrics({} in flight)", self.in_flight.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::default();
        let route = Name::new("sms").expect("a name");
        {
            let _one = metrics.enter();
            metrics.stopped(None, Why::NoRoute);
            metrics.ended(&route, Ending::Sent);
            metrics.took(Phase::Decide, Duration::from_micros(300));
            metrics.upstream_failed(&route, Reason::Tls);
            metrics.refused(Refused::Framing);
            metrics.upstreams([(&route, false)]);
            metrics.asked(&Name::new("signer").expect("a name"), "/v1/mask", StatusCode::OK);
            metrics.denied();
        }
        let health = Health { stopped: None, stalled_for: None, awaits_witness: false, witness: None };
        let text = metrics.text(&Capacity::new(&Limits::default()), &health, true);
        for line in [
            "pii_proxy_messages_total{route=\"\",outcome=\"no-route\"} 1",
            "pii_proxy_messages_total{route=\"sms\",outcome=\"sent\"} 1",
            "pii_proxy_phase_seconds_bucket{le=\"0.0005\",phase=\"decide\"} 1",
            "pii_proxy_local_requests_total{caller=\"signer\",endpoint=\"/v1/mask\",status=\"200\"} 1",
            "pii_proxy_local_denied_total 1",
            "pii_proxy_in_flight 0",
            "pii_proxy_upstream_failures_total{route=\"sms\",reason=\"tls\"} 1",
            "pii_proxy_connections_refused_total{reason=\"framing\"} 1",
            "pii_proxy_upstream_up{route=\"sms\"} 0",
            "pii_proxy_in_flight_peak 1",
            "pii_proxy_trail_records 1",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
