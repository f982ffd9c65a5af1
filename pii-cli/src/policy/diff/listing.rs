//! Changes, counted by kind and flow, with the places where they are.

use super::change::{Change, Direction};
use crate::arguments::Way;
use crate::exit::shown;
use crate::input::Input;
use crate::policy::sentence::place;
use comfy_table::{Cell, Color, ContentArrangement, Table, presets};
use pii_formats::Report;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many places of one change a table tells; JSON tells all of them.
const PLACES_LIMIT: usize = 10;

/// The most changes of which the places are kept: what is beyond is counted.
const KEPT_LIMIT: usize = 1_000_000;

/// Where a finding is.
pub(super) struct Place {
    file: String,
    line: u64,
    told: String,
}

impl Place {
    pub(super) fn of(input: &Input, report: &Report) -> Self {
        Self { file: input.name.clone(), line: report.line, told: place(report) }
    }
}

/// What is counted together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    direction: Direction,
    kind: &'static str,
    way: Way,
    old: String,
    new: String,
}

/// One change as a line of JSON. The names are a contract.
#[derive(Serialize)]
struct Line {
    file: String,
    line: u64,
    start: u64,
    end: u64,
    kind: &'static str,
    class: u8,
    path: String,
    channel: Option<String>,
    recipient: Option<String>,
    purpose: Option<String>,
    change: &'static str,
    old: String,
    new: String,
    old_rule: String,
    new_rule: String,
}

#[derive(Default)]
struct Counted {
    count: u64,
    places: Vec<String>,
}

/// All that changes, and how much does not.
pub(super) struct Listing {
    flows: usize,
    counts: BTreeMap<Direction, u64>,
    groups: BTreeMap<Group, Counted>,
    lines: Vec<Line>,
}

impl Listing {
    /// Of comparisons on so many flows.
    pub(super) fn new(flows: usize) -> Self {
        Self { flows, counts: BTreeMap::new(), groups: BTreeMap::new(), lines: Vec::new() }
    }

    pub(super) fn count(&self, direction: Direction) -> u64 {
        self.counts.get(&direction).copied().unwrap_or_default()
    }

    pub(super) fn take(&mut self, place: Place, way: &Way, report: &Report, change: Change) {
        let Change { direction, old, new, old_rule, new_rule } = change;
        *self.counts.entry(direction).or_default() += 1;
        if direction == Direction::Same {
            return;
        }
        let kind = report.kind.as_str();
        let group = Group { direction, kind, way: way.clone(), old: old.clone(), new: new.clone() };
        let counted = self.groups.entry(group).or_default();
        counted.count += 1;
        if counted.places.len() < PLACES_LIMIT {
            let Place { file, line, told } = &place;
            counted.places.push(shown(&format!("{file}:{line}: {kind} at {told}: {old_rule} → {new_rule}")));
        }
        if self.lines.len() < KEPT_LIMIT {
            let Way { channel, recipient, purpose } = way.clone();
            self.lines.push(Line {
                file: place.file,
                line: place.line,
                start: report.start,
                end: report.end,
                kind,
                class: report.class.level(),
                path: report.path.clone(),
                channel,
                recipient,
                purpose,
                change: direction.told(),
                old,
                new,
                old_rule,
                new_rule,
            });
        }
    }

    /// What to say of changes whose places were too many to keep.
    pub(super) fn notice(&self) -> Option<String> {
        let changes: u64 = Direction::CHANGES.into_iter().map(|direction| self.count(direction)).sum();
        (changes > self.lines.len() as u64).then(|| {
            format!("of {changes} changes the first {KEPT_LIMIT} are listed: give a smaller sample, or name --channel")
        })
    }

    /// A line for each change.
    pub(super) fn json(&self) -> String {
        // None of these fields can fail to be written.
        let lines: Vec<String> = self.lines.iter().filter_map(|line| serde_json::to_string(line).ok()).collect();
        lines.join("\n")
    }

    /// Counts, what is protected less first; then where that is; then a sentence.
    pub(super) fn table(&self) -> String {
        let mut out = String::new();
        if !self.groups.is_empty() {
            out = self.counted() + "\n";
        }
        for (group, counted) in self.groups.iter().filter(|(group, _)| group.direction == Direction::Less) {
            out += &format!("LESS PROTECTED: {}: {} → {}\n", group.told(), group.old, group.new);
            counted.places.iter().for_each(|place| out += &format!("  {place}\n"));
            if let Some(more) = counted.count.checked_sub(PLACES_LIMIT as u64).filter(|more| *more > 0) {
                out += &format!("  and {more} more (--output json lists them all)\n");
            }
        }
        out + &self.sentence()
    }

    fn counted(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(["change", "kind", "channel", "purpose", "recipient", "old", "new", "count"]);
        for (Group { direction, kind, way, old, new }, counted) in &self.groups {
            let color = match direction {
                Direction::Less => Color::Red,
                _ => Color::Reset,
            };
            let text = |word: &Option<String>| Cell::new(shown(word.as_deref().unwrap_or_default()));
            table.add_row(vec![
                Cell::new(direction.told()).fg(color),
                Cell::new(kind),
                text(&way.channel),
                text(&way.purpose),
                text(&way.recipient),
                Cell::new(old),
                Cell::new(new),
                Cell::new(counted.count),
            ]);
        }
        table.to_string()
    }

    fn sentence(&self) -> String {
        let all: u64 = self.counts.values().sum();
        let changes: Vec<String> = Direction::CHANGES
            .into_iter()
            .filter(|direction| self.count(*direction) > 0)
            .map(|direction| format!("{} {}", self.count(direction), direction.told()))
            .collect();
        let changes = if changes.is_empty() { "nothing changes".to_owned() } else { changes.join(", ") };
        let s = |count: u64| if count == 1 { "" } else { "s" };
        format!("{all} decision{} on {} way{} out: {changes}", s(all), self.flows, s(self.flows as u64))
    }
}

impl Group {
    /// `mobile_phone on sms for trade_notice to credit.example.com`
    fn told(&self) -> String {
        let part = |word: &str, name: &Option<String>| match name {
            Some(name) => shown(&format!(" {word} {name}")),
            None => String::new(),
        };
        let Way { channel, recipient, purpose } = &self.way;
        format!("{}{}{}{}", self.kind, part("on", channel), part("for", purpose), part("to", recipient))
    }
}
