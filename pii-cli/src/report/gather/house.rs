//! What a trail says of the software itself: alarms, configurations, acts on keys, stops.

use super::span::Span;
use crate::report::model::{AlarmRow, ConfigurationRow, House};
use pii_core::time::Moment;
use pii_store::trail::{Content, Entry};
use std::collections::BTreeMap;

/// The most different names of alarms, parts and acts that are told apart.
const NAME_LIMIT: usize = 256;

/// What it is read from.
pub(super) const KINDS: [&str; 6] = ["alarm", "configuration", "key", "begun", "recovered", "removed"];

/// What was read of it so far, within the period.
#[derive(Default)]
pub(super) struct Read {
    span: Span,
    house: House,
    alarms: BTreeMap<String, AlarmState>,
    configurations: BTreeMap<String, ConfigurationState>,
}

#[derive(Default)]
struct AlarmState {
    raised: u64,
    /// By node, whether it is over.
    open: BTreeMap<String, bool>,
    last: Option<Moment>,
}

#[derive(Default)]
struct ConfigurationState {
    taken: u64,
    refused: u64,
    last: Option<Moment>,
}

impl Read {
    pub(super) fn new(span: Span) -> Self {
        Self { span, ..Self::default() }
    }

    pub(super) fn take(&mut self, entry: &Entry) {
        if !self.span.holds(entry.at) {
            return;
        }
        match &entry.content {
            Content::Alarm(alarm) => {
                let Some(state) = within_limit(&mut self.alarms, alarm.about.as_str()) else { return };
                state.raised += u64::from(!alarm.over);
                state.open.insert(entry.node.clone(), !alarm.over);
                state.last = state.last.max(Some(entry.at));
            }
            Content::Configuration(configuration) => {
                let part = configuration.part.as_str();
                let Some(state) = within_limit(&mut self.configurations, part) else { return };
                *(if configuration.accepted { &mut state.taken } else { &mut state.refused }) += 1;
                state.last = state.last.max(Some(entry.at));
            }
            Content::Key(act) if act.phase.as_str() == "done" => {
                if let Some(count) = within_limit(&mut self.house.key_acts, act.act.as_str()) {
                    *count += 1;
                }
            }
            Content::Begun(begun) => {
                self.house.segments += 1;
                self.house.segments_with_signer += u64::from(begun.signer.is_some());
                *self.house.hashes.entry(begun.hash.to_string()).or_default() += 1;
            }
            Content::Recovered(_) => self.house.recovered += 1,
            Content::Removed(_) => self.house.removed += 1,
            _ => {}
        }
    }

    pub(super) fn told(self) -> House {
        let mut house = self.house;
        let last = |at: Option<Moment>| at.map(|at| at.to_string()).unwrap_or_default();
        for (about, state) in self.alarms {
            let open = state.open.values().filter(|is_open| **is_open).count() as u64;
            house.alarms.push(AlarmRow { about, raised: state.raised, open, last: last(state.last) });
        }
        for (part, state) in self.configurations {
            let (taken, refused, last) = (state.taken, state.refused, last(state.last));
            house.configurations.push(ConfigurationRow { part, taken, refused, last });
        }
        house
    }
}

/// What is kept for a name, while there is room for another one.
fn within_limit<'m, V: Default>(all: &'m mut BTreeMap<String, V>, name: &str) -> Option<&'m mut V> {
    if all.len() >= NAME_LIMIT && !all.contains_key(name) {
        return None;
    }
    Some(all.entry(name.to_owned()).or_default())
}
