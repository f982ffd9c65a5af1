//! Counts of what was found, without values: for `--report` and for the last line on a terminal.

use pii_formats::{Report, Uninspected};
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts of findings.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Tally {
    /// All findings.
    findings: u64,
    by_kind: BTreeMap<String, u64>,
    by_class: BTreeMap<String, u64>,
    /// What became of them: `mask`, `pass`, `drop` …
    by_action: BTreeMap<String, u64>,
    by_field: BTreeMap<String, BTreeMap<String, u64>>,
    by_file: BTreeMap<String, BTreeMap<String, u64>>,
    /// Parts that were passed on unread, by file and media type.
    not_inspected: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Field paths beyond so many are counted together: a document can have as many as it likes.
const FIELDS_LIMIT: usize = 10_000;

impl Tally {
    /// Counts one finding in `file`.
    pub(crate) fn count(&mut self, file: &str, report: &Report) {
        let kind = report.kind.as_str();
        self.findings += 1;
        *self.by_kind.entry(kind.to_owned()).or_default() += 1;
        *self.by_class.entry(report.class.to_string()).or_default() += 1;
        if !report.action.is_empty() {
            *self.by_action.entry(report.action.to_owned()).or_default() += 1;
        }
        let field = general(&report.path);
        let known = self.by_field.contains_key(&field) || self.by_field.len() < FIELDS_LIMIT;
        let field = if known { field } else { "(other)".to_owned() };
        *self.by_field.entry(field).or_default().entry(kind.to_owned()).or_default() += 1;
        *self.by_file.entry(file.to_owned()).or_default().entry(kind.to_owned()).or_default() += 1;
    }

    /// Counts one part of `file` that was passed on unread.
    pub(crate) fn count_uninspected(&mut self, file: &str, part: &Uninspected) {
        *self.not_inspected.entry(file.to_owned()).or_default().entry(part.media_type.clone()).or_default() += 1;
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
