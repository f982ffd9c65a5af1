//! What a trail says of the software itself: alarms, configurations, acts on keys, stops.

use super::span::Span;
use crate::report::model::{AlarmRow, ConfigurationRow, House};
use pii_core::time::Moment;
use pii_store::trail::{Class, Content, Entry};
use std::collections::BTreeMap;

/// The most different names of alarms, parts and acts that are told apart.
const NAME_LIMIT: usize = 256;

/// What it is read from.
pub(super) const KINDS: [&str; 6] = ["alarm", "configuration", "key", "begun", "recovered", "removed"];

/// What was read of it so far, within the period. Of alarms it is known too what is open when the period begins.
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
    /// By node, whether it is not over.
    open: BTreeMap<String, bool>,
    is_within: bool,
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
        let is_within = self.span.holds(entry.at);
        match &entry.content {
            Content::Alarm(alarm) if is_within || self.is_before(entry) => {
                let Some(state) = within_limit(&mut self.alarms, alarm.about.as_str()) else { return };
                state.raised += u64::from(is_within && !alarm.over);
                state.open.insert(entry.node.clone(), !alarm.over);
                state.last = state.last.max(Some(entry.at));
                state.is_within |= is_within;
            }
            // Its writer stopped without closing it.
            Content::Recovered(_) if !is_within => self.ended(entry),
            _ if !is_within => {}
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

    /// The node's writer ended. An alarm is of the writer that raises it: the next one raises it anew where nothing has changed, and
    /// does not say that it is over where it finds all well. What ended before the period is not open in it.
    pub(super) fn ended(&mut self, entry: &Entry) {
        if self.is_before(entry) && entry.position.class == Class::System {
            for state in self.alarms.values_mut() {
                state.open.remove(&entry.node);
            }
        }
    }

    fn is_before(&self, entry: &Entry) -> bool {
        self.span.begin().is_some_and(|begin| entry.at < begin)
    }

    pub(super) fn told(self) -> House {
        let mut house = self.house;
        let last = |at: Option<Moment>| at.map(|at| at.to_string()).unwrap_or_default();
        for (about, state) in self.alarms {
            let open = state.open.values().filter(|is_open| **is_open).count() as u64;
            if open == 0 && !state.is_within {
                continue;
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::time::Date;
    use pii_store::trail::{Alarm, Cause, Checkpoint, Name, Note, Position};

    fn entry(day: u8, content: Content) -> Entry {
        let at = Moment::parse(&format!("2026-05-{day:02}T12:00:00Z")).expect("a moment");
        Entry { node: "n1".to_owned(), position: Position { class: Class::System, seq: 1 }, at, content }
    }

    fn alarm(day: u8, over: bool) -> Entry {
        let about = Name::new("witness").expect("a name");
        entry(day, Content::Alarm(Alarm { about, over, note: Note::new("no answer") }))
    }

    /// What is said of alarms from the 10th to the 20th: how many were raised, how many are open.
    fn told(entries: &[Entry]) -> Vec<(u64, u64)> {
        let mut read = Read::new(Span::new(Date::new(2026, 5, 10), Date::new(2026, 5, 20)).expect("some days"));
        for entry in entries {
            match entry.content {
                Content::Checkpoint(_) => read.ended(entry),
                _ => read.take(entry),
            }
        }
        read.told().alarms.iter().map(|row| (row.raised, row.open)).collect()
    }

    #[test]
    fn an_alarm_from_before_the_period_that_is_not_over_is_told_of() {
        assert_eq!(told(&[alarm(1, false)]), [(0, 1)]);
        assert_eq!(told(&[alarm(1, false), alarm(15, true)]), [(0, 0)], "it ended in the period");
        assert_eq!(told(&[alarm(1, false), alarm(15, false)]), [(1, 1)]);
        assert_eq!(told(&[alarm(1, false), alarm(25, true)]), [(0, 1)], "then it was open");
        assert_eq!(told(&[alarm(1, false), alarm(2, true)]), []);
        assert_eq!(told(&[alarm(25, false)]), []);
    }

    #[test]
    fn an_alarm_ends_with_the_writer_that_raised_it_where_the_next_one_does_not_raise_it() {
        let close = |day| entry(day, Content::Checkpoint(Checkpoint { cause: Cause::Close, signed: None }));
        assert_eq!(told(&[alarm(1, false), close(2)]), []);
        assert_eq!(told(&[alarm(1, false), close(2), alarm(3, false)]), [(0, 1)]);
        assert_eq!(told(&[alarm(1, false), close(15)]), [(0, 1)], "it was open when the period began");
    }
}
