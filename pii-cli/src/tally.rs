//! Counts of what was found, without values: for `--report` and for the last line on a terminal.

use pii_core::{Class, Kind};
use pii_formats::{Output, Report};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// What was found in a piece of an input, in the order in which it came: fields beyond a limit are counted together, and
/// which ones these are must not depend on the pieces.
#[derive(Default)]
pub(crate) struct Counts {
    found: Vec<(Found, u64)>,
    places: HashMap<Found, usize>,
    uninspected: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Found {
    kind: Kind,
    class: Class,
    action: &'static str,
    is_out_of_scope: bool,
    field: String,
}

impl Counts {
    /// Of all that there is in `output`.
    pub(crate) fn of(output: &Output) -> Self {
        let mut counts = Self::default();
        output.reports.iter().for_each(|report| counts.count(report));
        counts.uninspected = output.uninspected.iter().map(|part| part.media_type.clone()).collect();
        counts
    }

    /// Whether nothing was found, and everything was read.
    pub(crate) fn are_none(&self) -> bool {
        self.found.is_empty() && self.uninspected.is_empty()
    }

    fn count(&mut self, report: &Report) {
        let &Report { kind, class, action, .. } = report;
        let is_out_of_scope = report.is_out_of_scope();
        let found = Found { kind, class, action, is_out_of_scope, field: general(&report.path) };
        match self.places.get(&found) {
            Some(&place) => self.found[place].1 += 1,
            None => {
                self.places.insert(found.clone(), self.found.len());
                self.found.push((found, 1));
            }
        }
    }
}

/// Counts of findings.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Tally {
    /// All findings.
    findings: u64,
    by_kind: BTreeMap<String, u64>,
    by_class: BTreeMap<String, u64>,
    /// What became of them: `mask`, `pass`, `drop` …
    by_action: BTreeMap<String, u64>,
    /// What the purpose does not take, by kind: whatever rule there is, it was masked, dropped or blocked.
    out_of_scope: BTreeMap<String, u64>,
    by_field: BTreeMap<String, BTreeMap<String, u64>>,
    by_file: BTreeMap<String, BTreeMap<String, u64>>,
    /// Parts that were passed on unread, by file and media type.
    not_inspected: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Field paths beyond so many are counted together: a document can have as many as it likes.
const FIELDS_LIMIT: usize = 10_000;

impl Tally {
    /// Adds what was counted in a piece of `file`.
    pub(crate) fn take(&mut self, file: &str, counts: Counts) {
        for (Found { kind, class, action, is_out_of_scope, field }, count) in counts.found {
            let kind = kind.as_str();
            self.findings += count;
            *self.by_kind.entry(kind.to_owned()).or_default() += count;
            *self.by_class.entry(class.to_string()).or_default() += count;
            if !action.is_empty() {
                *self.by_action.entry(action.to_owned()).or_default() += count;
            }
            if is_out_of_scope {
                *self.out_of_scope.entry(kind.to_owned()).or_default() += count;
            }
            let known = self.by_field.contains_key(&field) || self.by_field.len() < FIELDS_LIMIT;
            let field = if known { field } else { "(other)".to_owned() };
            *self.by_field.entry(field).or_default().entry(kind.to_owned()).or_default() += count;
            *self.by_file.entry(file.to_owned()).or_default().entry(kind.to_owned()).or_default() += count;
        }
        for media_type in counts.uninspected {
            *self.not_inspected.entry(file.to_owned()).or_default().entry(media_type).or_default() += 1;
        }
    }

    /// What to tell of the parts that were passed on unread, a line for each file.
    pub(crate) fn notices(&self) -> impl Iterator<Item = String> + '_ {
        self.not_inspected.iter().map(|(file, types)| {
            let types: Vec<String> = types.iter().map(|(media_type, count)| format!("{media_type} {count}")).collect();
            format!("{file}: passed on without being read: {}", types.join(", "))
        })
    }

    /// Adds what was counted elsewhere.
    pub(crate) fn add(&mut self, other: Self) {
        self.findings += other.findings;
        let sums = [
            (&mut self.by_kind, other.by_kind),
            (&mut self.by_class, other.by_class),
            (&mut self.by_action, other.by_action),
            (&mut self.out_of_scope, other.out_of_scope),
        ];
        for (mine, theirs) in sums {
            theirs.into_iter().for_each(|(key, count)| *mine.entry(key).or_default() += count);
        }
        let tables = [
            (&mut self.by_field, other.by_field),
            (&mut self.by_file, other.by_file),
            (&mut self.not_inspected, other.not_inspected),
        ];
        for (mine, theirs) in tables {
            for (key, counts) in theirs {
                let inner = mine.entry(key).or_default();
                counts.into_iter().for_each(|(kind, count)| *inner.entry(kind).or_default() += count);
            }
        }
    }

    /// How many findings there were.
    pub(crate) fn findings(&self) -> u64 {
        self.findings
    }

    /// `3 findings: mobile_phone 2, resident_id 1`
    pub(crate) fn summary(&self) -> String {
        let kinds: Vec<String> = self.by_kind.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        match self.findings {
            0 => "nothing found".to_owned(),
            1 => format!("1 finding: {}", kinds.join(", ")),
            n => format!("{n} findings: {}", kinds.join(", ")),
        }
    }
}

/// The path without positions in lists, and without keys that could themselves be data.
fn general(path: &str) -> String {
    if path.is_empty() {
        return "(text)".to_owned();
    }
    let mut out = String::with_capacity(path.len());
    let mut digits = 0;
    let mut in_index = false;
    for c in path.chars() {
        match c {
            '[' => in_index = true,
            ']' => {
                in_index = false;
                out.push_str("[]");
            }
            _ if in_index => {}
            _ if c.is_ascii_digit() => {
                digits += 1;
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    // A field's name with that many digits, or an address for one, is somebody's number.
    if digits >= 6 || out.contains('@') { "(field with a number)".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::general;

    #[test]
    fn paths_are_counted_by_field() {
        assert_eq!(general("$.list[3].idNo"), "$.list[].idNo");
        assert_eq!(general(""), "(text)");
        assert_eq!(general("$.13800138000"), "(field with a number)");
    }
}
