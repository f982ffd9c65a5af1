//! How the proxy is now, for the page: routes and what came of their messages, time by phase, what is left, the last blocks. No value.

use crate::config::Route;
use crate::gateway::Gateway;
use crate::table::RouteAtWork;
use pii_flow::clock;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many blocks are told at once.
const BLOCKS_TOLD: usize = 50;

/// The figures of the metrics, by the names that Prometheus knows. The counters can be read in no other way.
#[derive(Default)]
struct Figures<'t> {
    gauges: BTreeMap<&'t str, f64>,
    /// By route, then by what came of them. No route is the empty one.
    messages: BTreeMap<&'t str, Map<String, Value>>,
    /// By phase: how many took at most so many seconds. The last one has no bound.
    phases: BTreeMap<&'t str, Vec<(Option<f64>, u64)>>,
}

/// All of it.
pub(crate) fn state(gateway: &Gateway) -> Value {
    let text = gateway.metrics_text();
    let figures = Figures::of(&text);
    let (table, trail) = (gateway.table(), gateway.trail_health());
    let gauge = |name: &str| figures.gauges.get(name).copied().unwrap_or_default();
    let routes: Vec<_> = table.routes().iter().map(|at_work| route(at_work, &figures)).collect();
    let (limits, asks) = (table.limits, table.routes().iter().any(|at_work| at_work.route.consent.is_some()));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "at": clock::moment().map(|moment| moment.to_string()).ok(),
        "ready": trail.records() && !gateway.is_ending(),
        "ending": gateway.is_ending(),
        "trail": {
            "records": trail.records(),
            "stopped": trail.stopped.is_some(),
            "stalled_seconds": trail.stalled_for.map(|time| time.as_secs()),
            "awaits_witness": trail.awaits_witness,
            "witness_silent_seconds": trail.witness.map(|witness| witness.silent_for.as_secs()),
        },
        "consents": { "asked": asks, "known": gateway.knows_consents() },
        "capacity": {
            "in_flight": gauge("in_flight"),
            "peak": gauge("in_flight_peak"),
            "free_requests": gauge("free_requests"),
            "requests": limits.requests - limits.critical_requests,
            "free_bytes": gauge("free_memory_bytes"),
            "bytes": limits.memory_bytes - limits.critical_bytes,
        },
        "last_reload_taken": gauge("last_reload_taken") > 0.0,
        "routes": routes,
        "unrouted": figures.messages.get(""),
        "phases": figures.phases,
        "blocks": gateway.blocks.last(BLOCKS_TOLD),
    })
}

/// A route: what it does, and what came of its messages.
fn route(at_work: &Arc<RouteAtWork>, figures: &Figures<'_>) -> Value {
    let route: &Route = &at_work.route;
    json!({
        "name": route.name.as_str(),
        "hosts": route.matcher.hosts(),
        "path": route.matcher.path(),
        "channel": route.channel.as_str(),
        "recipient": route.recipient.as_ref().map(|name| name.as_str()),
        "purpose": route.purpose.as_ref().map(|name| name.as_str()),
        "upstream": format!("{}://{}{}", route.upstream.scheme, route.upstream.authority, route.upstream.base),
        "critical": route.is_critical,
        "observes_until": route.observe.as_ref().map(|observe| observe.until.to_string()),
        "observes_kinds": route.observe.as_ref().map(|observe| observe.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()),
        "fallback": route.fallback.is_some(),
        "asks_for_consent": route.consent.is_some(),
        "masks_answers": route.responses == crate::config::Responses::Mask,
        "messages": figures.messages.get(route.name.as_str()),
    })
}

impl<'t> Figures<'t> {
    /// Reads a line such as `pii_proxy_messages_total{route="sms",outcome="sent"} 3`. Names of routes have no quotation marks.
    fn of(text: &'t str) -> Self {
        let mut figures = Self::default();
        for line in text.lines() {
            let Some((series, value)) = line.strip_prefix("pii_proxy_").and_then(|line| line.rsplit_once(' ')) else {
                continue;
            };
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let Ok(value) = value.parse::<f64>() else { continue };
            figures.take(name, labels, value);
        }
        figures
    }

    fn take(&mut self, name: &'t str, labels: &'t str, value: f64) {
        let label = |key: &str| {
            let mut words = labels.split('"');
            std::iter::from_fn(|| Some((words.next()?, words.next()?)))
                .find(|(name, _)| name.trim_start_matches(',').trim_end_matches('=') == key)
                .map(|(_, value)| value)
        };
        // Counts are below 2^53.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, written as one")]
        let count = value as u64;
        match name {
            "messages_total" => {
                if let (Some(route), Some(outcome)) = (label("route"), label("outcome")) {
                    let counts = self.messages.entry(route).or_default();
                    if count > 0 {
                        counts.insert(outcome.to_owned(), count.into());
                    }
                }
            }
            "phase_seconds_bucket" => {
                if let (Some(phase), Some(bound)) = (label("phase"), label("le")) {
                    let bound = bound.parse().ok().filter(|bound: &f64| bound.is_finite());
                    self.phases.entry(phase).or_default().push((bound, count));
                }
            }
            _ if labels.is_empty() => {
                self.gauges.insert(name, value);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Capacity;
    use crate::config::Limits;
    use crate::metrics::{Metrics, Phase};
    use pii_store::trail::{Ending, Health, Name};
    use std::time::Duration;

    #[test]
    fn figures_are_read_as_they_are_written() {
        let metrics = Metrics::default();
        let route = Name::new("sms").expect("a name");
        metrics.begin([&route]);
        let _in_flight = metrics.enter();
        metrics.ended(&route, Ending::Sent);
        metrics.ended(&route, Ending::Sent);
        metrics.took(Phase::Decide, Duration::from_micros(300));
        metrics.took(Phase::Decide, Duration::from_secs(100));
        let health = Health { stopped: None, stalled_for: None, awaits_witness: false, witness: None };
        let text = metrics.text(&Capacity::new(&Limits::default()), &health, true);
        let figures = Figures::of(&text);
        assert_eq!(Value::from(figures.messages["sms"].clone()), json!({ "sent": 2 }));
        assert_eq!(Value::from(figures.messages[""].clone()), json!({}));
        let decide = &figures.phases["decide"];
        assert_eq!(
            (decide.len(), decide[1], decide[2], decide[13]),
            (14, (Some(0.000_25), 0), (Some(0.000_5), 1), (None, 2))
        );
        assert_eq!((figures.gauges["in_flight"], figures.gauges["trail_records"]), (1.0, 1.0));
        assert!(figures.gauges["free_memory_bytes"] > 1e6);
    }
}
