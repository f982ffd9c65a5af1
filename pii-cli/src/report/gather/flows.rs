//! Decisions on flows, and what came of them.

use super::span::Span;
use super::tally::{OTHERS, Tally};
use crate::report::model::{
    Biometric, BlockRow, ClearRow, Counts, CoverageRow, FLOOR_BITS, KindRow, OverTime, Point, Report, Row,
};
use pii_core::policy::Action;
use pii_core::time::{Date, Moment};
use pii_flow::UNREAD;
use pii_store::trail::{Answer, Basis, Decision, Ending, Item, Name, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// So many days have a bar of their own; more are put together by month.
const DAYS_LIMIT: usize = 62;

/// Channels whose reader is the firm itself: masks there have no floor.
const INSIDE: [&str; 2] = ["log", "test_data"];

/// Channels that are told apart however many names there are.
const CHANNELS: [&str; 6] = ["sms", "email", "push", "third_party", INSIDE[0], INSIDE[1]];

/// Names that the ledger knows something of: what is concluded from that is not lost beyond the limit of names.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) recipients: BTreeSet<String>,
    pub(super) assessments: BTreeSet<String>,
}

/// What stands for a name beyond the limit: itself where something is known of it, or where there is none.
fn beyond(name: &str, is_known: bool) -> &str {
    if is_known || name.is_empty() { name } else { OTHERS }
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sent,
    Unconfirmed,
    Refused,
    Blocked,
    Replaced,
}

impl Fate {
    fn of(answer: &Answer) -> Self {
        match (answer.decision.verdict, answer.outcome) {
            (Verdict::Block, _) => Self::Blocked,
            (Verdict::Fallback, _) => Self::Replaced,
            (Verdict::Send | Verdict::Observe, Some(Ending::Sent)) => Self::Sent,
            (Verdict::Send | Verdict::Observe, Some(Ending::Refused)) => Self::Refused,
            (Verdict::Send | Verdict::Observe, Some(Ending::Unknown) | None) => Self::Unconfirmed,
        }
    }

    /// Whether it left, or may have.
    fn left(self) -> bool {
        matches!(self, Self::Sent | Self::Unconfirmed)
    }
}

/// All that is counted of flows.
pub(super) struct Flows {
    known: Known,
    totals: Counts,
    channels: Tally<Counts>,
    recipients: Tally<Counts>,
    purposes: Tally<Counts>,
    kinds: BTreeMap<&'static str, KindRow>,
    days: BTreeMap<Date, (u64, u64)>,
    blocks: Tally<u64>,
    clear: Tally<(u64, u64)>,
    coverage: Tally<CoverageRow>,
    biometric: Biometric,
    parts_not_read: u64,
    first: Option<Moment>,
    last: Option<Moment>,
}

impl Flows {
    pub(super) fn new(known: Known) -> Self {
        Self {
            known,
            totals: Counts::default(),
            channels: Tally::new(),
            recipients: Tally::new(),
            purposes: Tally::new(),
            kinds: BTreeMap::new(),
            days: BTreeMap::new(),
            blocks: Tally::new(),
            clear: Tally::new(),
            coverage: Tally::new(),
            biometric: Biometric::default(),
            parts_not_read: 0,
            first: None,
            last: None,
        }
    }

    /// Whether what was decided left, or may have.
    pub(super) fn left(answer: &Answer) -> bool {
        Fate::of(answer).left()
    }

    pub(super) fn take(&mut self, answer: &Answer) {
        let is_unread = |item: &Item| item.kind.as_str() == UNREAD;
        if answer.decision.items.iter().any(is_unread) {
            // What is in such a part nobody knows, so it is no personal data that was found.
            let mut known = answer.clone();
            known.decision.items.retain(|item| !is_unread(item));
            self.parts_not_read += u64::from(Self::left(answer));
            self.take_known(&known);
        } else {
            self.take_known(answer);
        }
    }

    fn take_known(&mut self, answer: &Answer) {
        let (fate, decision) = (Fate::of(answer), &answer.decision);
        self.first = Some(self.first.map_or(answer.at, |first| first.min(answer.at)));
        self.last = Some(self.last.map_or(answer.at, |last| last.max(answer.at)));
        let of = |name: &Option<Name>| name.as_ref().map_or("", Name::as_str).to_owned();
        let (recipient, purpose) = (of(&decision.recipient), of(&decision.purpose));
        count(&mut self.totals, fate, decision);
        count(self.channels.of(decision.channel.as_str()), fate, decision);
        count(self.recipients.of(&recipient), fate, decision);
        count(self.purposes.of(&purpose), fate, decision);
        let (left, stopped) = self.days.entry(answer.at.day_in_china()).or_default();
        *(if fate.left() { left } else { stopped }) += 1;
        for item in &decision.items {
            self.kind(item, fate, decision);
        }
        match fate {
            Fate::Blocked | Fate::Replaced => self.block(decision),
            Fate::Sent | Fate::Unconfirmed => self.leaving(decision, &recipient, &purpose),
            Fate::Refused => {}
        }
    }

    fn kind(&mut self, item: &Item, fate: Fate, decision: &Decision) {
        let row = self.kinds.entry(item.kind.as_str()).or_default();
        if !fate.left() {
            row.stopped += item.count;
            return;
        }
        row.values += item.count;
        if is_in_clear(item, decision) {
            row.in_clear += item.count;
            return;
        }
        match item.action {
            Action::Mask => row.masked += item.count,
            Action::Fpe | Action::Token | Action::Seal | Action::Hash => row.encrypted += item.count,
            Action::Drop | Action::Block | Action::Pass => row.dropped += item.count,
        }
        if item.action == Action::Mask && !INSIDE.contains(&decision.channel.as_str()) {
            match item.residual_bits {
                Some(bits) => {
                    row.weakest_bits = Some(row.weakest_bits.map_or(bits, |weakest| weakest.min(bits)));
                    row.below_floor += u64::from(bits < FLOOR_BITS);
                }
                None => row.unmeasured += 1,
            }
        }
    }

    fn block(&mut self, decision: &Decision) {
        let stopping = decision.items.iter().find(|item| item.action == Action::Block);
        let kind = stopping.map_or("", |item| item.kind.as_str());
        let reason = stopping.and_then(|item| item.reason.as_ref()).map_or("", Name::as_str);
        *self.blocks.of_parts(&[decision.channel.as_str(), kind, reason], &[OTHERS; 3]) += 1;
    }

    fn leaving(&mut self, decision: &Decision, recipient: &str, purpose: &str) {
        let basis = decision.basis.as_ref().map(Basis::to_string).unwrap_or_default();
        let assessment = decision.assessment.as_ref().map_or("", Name::as_str);
        let observed = if decision.verdict == Verdict::Observe { "observed" } else { "" };
        for item in decision.items.iter().filter(|item| is_in_clear(item, decision)) {
            let reason = item.reason.as_ref().map_or("", Name::as_str);
            let channel = decision.channel.as_str();
            let key = [channel, recipient, purpose, item.kind.as_str(), &basis, assessment, reason, observed];
            // Whether it is a breach does not depend on how many names there are.
            let channel = beyond(channel, CHANNELS.contains(&channel));
            let assessment = beyond(assessment, self.known.assessments.contains(assessment));
            let few = [channel, OTHERS, OTHERS, key[3], beyond(&basis, false), assessment, OTHERS, observed];
            let (messages, values) = self.clear.of_parts(&key, &few);
            *messages += 1;
            *values += item.count;
        }
        let is_shown = |item: &&Item| is_in_clear(item, decision) || item.action != Action::Drop;
        if decision.items.iter().filter(is_shown).any(|item| item.kind.as_str().starts_with("biometric_")) {
            self.biometric.messages += 1;
            self.biometric.without_alternative += u64::from(decision.alternative != Some(true));
        }
        if !decision.items.is_empty() && !INSIDE.contains(&decision.channel.as_str()) {
            let few = beyond(recipient, self.known.recipients.contains(recipient));
            let row = self.coverage.of_parts(&[recipient], &[few]);
            row.messages += 1;
            *match &decision.basis {
                Some(Basis::SeparateConsent) => &mut row.separate_consent,
                Some(Basis::Consent) => &mut row.consent,
                Some(Basis::Article(_)) => &mut row.article,
                None => &mut row.no_basis,
            } += 1;
        }
    }

    /// Puts all of it into the report.
    pub(super) fn tell(self, report: &mut Report, span: &Span) {
        report.totals = self.totals;
        let rows = |tally: Tally<Counts>| -> Vec<Row> {
            let named = |(name, counts): (Vec<String>, Counts)| Row { name: name.concat(), title: None, counts };
            tally.sorted(|counts| counts.messages).into_iter().map(named).collect()
        };
        report.by_channel = rows(self.channels);
        report.by_recipient = rows(self.recipients);
        report.by_purpose = rows(self.purposes);
        let of_kind = |(kind, row): (&str, KindRow)| KindRow { kind: kind.to_owned(), ..row };
        report.by_kind = self.kinds.into_iter().map(of_kind).collect();
        report.by_kind.sort_by_key(|row| std::cmp::Reverse(row.values + row.stopped));
        report.blocks = self.blocks.sorted(|count| *count).into_iter().map(block_row).collect();
        report.in_clear = self.clear.sorted(|(messages, _)| *messages).into_iter().map(clear_row).collect();
        let coverage = self.coverage.sorted(|row| row.messages).into_iter();
        report.coverage = coverage.map(|(name, row)| CoverageRow { recipient: name.concat(), ..row }).collect();
        report.biometric = self.biometric;
        report.parts_not_read = self.parts_not_read;
        report.over_time = over_time(&self.days, span);
        report.period.first = self.first.map(|at| at.to_string());
        report.period.last = self.last.map(|at| at.to_string());
    }
}

fn is_in_clear(item: &Item, decision: &Decision) -> bool {
    item.action == Action::Pass || decision.verdict == Verdict::Observe
}

fn count(counts: &mut Counts, fate: Fate, decision: &Decision) {
    counts.messages += 1;
    *match fate {
        Fate::Sent => &mut counts.sent,
        Fate::Unconfirmed => &mut counts.unconfirmed,
        Fate::Refused => &mut counts.refused,
        Fate::Blocked => &mut counts.blocked,
        Fate::Replaced => &mut counts.replaced,
    } += 1;
    if fate.left() {
        counts.observed += u64::from(decision.verdict == Verdict::Observe);
        for item in &decision.items {
            counts.values += item.count;
            counts.values_in_clear += if is_in_clear(item, decision) { item.count } else { 0 };
        }
    }
}

fn block_row((parts, messages): (Vec<String>, u64)) -> BlockRow {
    let [channel, kind, reason] = named(parts);
    BlockRow { channel, kind, reason, messages }
}

fn clear_row((parts, (messages, values)): (Vec<String>, (u64, u64))) -> ClearRow {
    let [channel, recipient, purpose, kind, basis, assessment, reason, observed] = named(parts);
    let (observed, class, assessment_until) = (!observed.is_empty(), None, None);
    let what = (channel, recipient, purpose, kind);
    let (channel, recipient, purpose, kind) = what;
    ClearRow {
        channel,
        recipient,
        purpose,
        kind,
        class,
        basis,
        assessment,
        reason,
        observed,
        messages,
        values,
        assessment_until,
    }
}

/// The parts of a name, as many as it was made of.
fn named<const N: usize>(parts: Vec<String>) -> [String; N] {
    let mut parts = parts.into_iter();
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// A point for each day that has something, and for those between; or for each month.
fn over_time(days: &BTreeMap<Date, (u64, u64)>, span: &Span) -> OverTime {
    let (Some(first), Some(last)) = (days.keys().next(), days.keys().next_back()) else { return OverTime::default() };
    let (first, last) = (span.from().unwrap_or(*first), span.to().unwrap_or(*last));
    let length = usize::try_from(last.unix_days() - first.unix_days() + 1).unwrap_or(usize::MAX);
    let by_month = length > DAYS_LIMIT;
    let mut points: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    if !by_month {
        let between = (0..=last.unix_days() - first.unix_days()).filter_map(|day| first.plus_days(day));
        points.extend(between.map(|day| (day.to_string(), (0, 0))));
    }
    for (day, (left, stopped)) in days {
        let name = day.to_string();
        let point = points.entry(if by_month { name[..7].to_owned() } else { name }).or_default();
        (point.0, point.1) = (point.0 + left, point.1 + stopped);
    }
    let point = |(at, (left, stopped))| Point { at, left, stopped };
    OverTime { by_month, points: points.into_iter().map(point).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::Kind;
    use pii_store::trail::{Class, Position, Version};

    /// More names than are told apart.
    const MANY: usize = 4100;

    fn name(text: &str) -> Name {
        Name::new(text).expect("a name")
    }

    fn sent(recipient: &str, basis: Option<Basis>, assessment: Option<&str>) -> Answer {
        let version = || Version::Named(name("v1"));
        let kind = Kind::new("resident_id").expect("a kind");
        let item = Item { kind, count: 1, action: Action::Pass, profile: None, residual_bits: None, reason: None };
        let decision = Decision {
            message: None,
            channel: name("third_party"),
            recipient: Some(name(recipient)),
            purpose: None,
            subjects: Vec::new(),
            verdict: Verdict::Send,
            items: vec![item],
            basis,
            assessment: assessment.map(name),
            alternative: None,
            policy: version(),
            rules: version(),
            consent: None,
            notice: None,
            ledger: None,
            input: None,
            output: None,
        };
        let position = Position { class: Class::Business, seq: 1 };
        let at = Moment::parse("2026-06-01T00:00:00Z").expect("a moment");
        Answer { node: "n1".to_owned(), position, at, decision, outcome: Some(Ending::Sent) }
    }

    fn told(flows: Flows) -> Report {
        let mut report = Report::default();
        flows.tell(&mut report, &Span::default());
        report
    }

    #[test]
    fn what_is_a_breach_is_told_beyond_the_limit_of_names() {
        let mut flows = Flows::new(Known { assessments: ["pia-7".to_owned()].into(), ..Known::default() });
        let article = || Some(Basis::Article(name("AML-29")));
        for of in 0..MANY {
            flows.take(&sent(&format!("r-{of}"), article(), Some("pia-1")));
        }
        flows.take(&sent("late", None, Some("pia-1")));
        flows.take(&sent("late", article(), None));
        flows.take(&sent("late", article(), Some("pia-7")));
        let observed = sent("late", None, None);
        flows.take(&Answer { decision: Decision { verdict: Verdict::Observe, ..observed.decision }, ..observed });
        let report = told(flows);
        assert_eq!(report.in_clear.iter().map(|row| row.messages).sum::<u64>(), MANY as u64 + 4, "nothing is lost");
        assert!(report.in_clear.iter().all(|row| row.kind == "resident_id" && row.channel == "third_party"));
        let count = |of: fn(&&ClearRow) -> bool| report.in_clear.iter().filter(of).map(|row| row.messages).sum::<u64>();
        assert_eq!(count(|row| row.basis.is_empty() && !row.observed), 1);
        assert_eq!(count(|row| row.assessment.is_empty() && !row.observed), 1);
        assert_eq!(count(|row| row.assessment == "pia-7"), 1, "the ledger says until when");
        assert_eq!(count(|row| row.observed), 1);
        assert!(report.in_clear.len() <= MANY + 5);
    }

    #[test]
    fn recipients_that_the_ledger_knows_are_told_apart_beyond_the_limit() {
        let mut flows = Flows::new(Known { recipients: ["bank-b".to_owned()].into(), ..Known::default() });
        for of in 0..MANY {
            flows.take(&sent(&format!("r-{of}"), Some(Basis::SeparateConsent), None));
        }
        flows.take(&sent("bank-b", None, None));
        let report = told(flows);
        let of = |name: &str| report.coverage.iter().find(|row| row.recipient == name);
        assert_eq!(of("bank-b").map(|row| (row.messages, row.no_basis)), Some((1, 1)));
        assert_eq!(of(OTHERS).map(|row| (row.messages, row.no_basis)), Some((4, 0)));
    }
}
