//! Reads trails and the ledger, and counts.
//!
//! Trails are read as they stand on the disk, record by record, twice: for decisions with their outcomes, and to verify them and
//! for all else. The chain with the ledger's changes, a small one, is read before that for withdrawals. What is held is counts
//! by name, withdrawals, and decisions whose outcome is not known yet.

mod flows;
mod house;
mod ledger;
mod proof;
mod silence;
mod span;
mod tally;
mod withdrawn;

pub(super) use span::Span;

use super::model::{Ledger, Report, SCHEMA};
use crate::exit::Failure;
use flows::{Flows, Known};
use pii_core::time::Moment;
use pii_core::{Rule, RuleSet};
use pii_flow::{Begin, Store};
use pii_store::trail::{Filter, Go, TrailError, VerifyingKeys, query};
use silence::{Ends, Witnessed};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use withdrawn::Withdrawals;

/// What a report is made from.
pub(super) struct Sources<'a> {
    pub(super) trails: &'a [PathBuf],
    pub(super) store: Option<&'a Store>,
    /// Keys that may have signed the trails. Without any nobody can tell who did.
    pub(super) keys: &'a VerifyingKeys,
    pub(super) witnesses: &'a [PathBuf],
    pub(super) span: Span,
    pub(super) now: Moment,
    pub(super) rules: &'a RuleSet,
}

/// Gathers a report's figures. `progress` is told how much of `of` bytes of decisions was read.
pub(super) fn gather(sources: &Sources<'_>, mut progress: impl FnMut(u64, u64)) -> Result<Report, Failure> {
    let wrong = |error: TrailError| Failure::input(error);
    let (span, today) = (&sources.span, sources.now.day_in_china());
    let mut report = Report { schema: SCHEMA, made_at: sources.now.to_string(), ..Report::default() };
    report.period.from = span.from().map(|day| day.to_string());
    report.period.to = span.to().map(|day| day.to_string());
    report.period.today = today.to_string();
    report.keys = sources.keys.ids().map(|id| id.to_string()).collect();
    let mut withdrawals = Withdrawals::read(sources.trails).map_err(wrong)?;
    let (mut known, mut purposes) = (Known::default(), BTreeMap::new());
    if let Some(store) = sources.store {
        let storage = store.connect(Begin::No);
        let read = storage.and_then(|mut storage| ledger::read(&mut *storage, span, today)).map_err(Failure::input)?;
        known = known_to(&read.ledger);
        (report.ledger, purposes) = (Some(read.ledger), read.purposes);
    }
    let (mut flows, mut house, mut ends) = (Flows::new(known), house::Read::new(*span), Ends::new());
    for trail in sources.trails {
        let filter = Filter { from: span.begin(), until: span.end(), ..Filter::default() };
        let each = |answer: &pii_store::trail::Answer| {
            flows.take(answer);
            if Flows::left(answer) {
                withdrawals.sent(&answer.decision, answer.at);
            }
            Go::On
        };
        let read = query(&[trail], &filter, each, |read| progress(read.bytes, read.of_bytes)).map_err(wrong)?;
        let proof = proof::trail(trail, sources, (&mut house, &mut ends))?;
        report.trails.push(super::model::TrailRow { unread: read.unread, ..proof });
    }
    flows.tell(&mut report, span);
    report.withdrawals = withdrawals.tell(span);
    report.house = house.told();
    if !sources.witnesses.is_empty() {
        let witnessed = Witnessed::read(sources.witnesses, span).map_err(wrong)?;
        let given: BTreeSet<&str> = report.trails.iter().map(|trail| trail.node.as_str()).collect();
        report.nodes_without_trail = witnessed.without_trail(&given);
        report.gaps = Some(witnessed.gaps(span, sources.now, &ends));
    }
    name(&mut report, &purposes, sources.rules);
    Ok(report)
}

/// What a ledger knows of those whom flows name.
fn known_to(ledger: &Ledger) -> Known {
    let assessments = ledger.documents.iter().filter(|document| document.what.ends_with("assessment"));
    Known {
        recipients: ledger.recipients.iter().map(|party| party.id.clone()).collect(),
        assessments: assessments.map(|document| document.id.clone()).collect(),
    }
}

/// Puts names beside codes: what rules call kinds, and what the ledger calls recipients and purposes.
fn name(report: &mut Report, purposes: &BTreeMap<String, String>, rules: &RuleSet) {
    let rule_of = |kind: &str| rules.rules().iter().find(|rule| rule.kind().as_str() == kind);
    for row in &mut report.by_kind {
        let rule = rule_of(&row.kind);
        row.class = rule.map(class);
        row.name_en = rule.map(|rule| rule.names().0.to_owned());
        row.name_zh = rule.map(|rule| rule.names().1.to_owned());
    }
    for row in &mut report.by_purpose {
        row.title = purposes.get(&row.name).cloned();
    }
    let Report { ledger, by_recipient, coverage, in_clear, .. } = report;
    in_clear.iter_mut().for_each(|row| row.class = rule_of(&row.kind).map(class));
    let Some(ledger) = ledger else { return };
    let party = |id: &str| ledger.recipients.iter().find(|party| party.id == id);
    for row in by_recipient {
        row.title = party(&row.name).map(|party| party.name.clone());
    }
    for row in coverage {
        if let Some(party) = party(&row.recipient) {
            (row.title, row.role, row.overseas) = (Some(party.name.clone()), Some(party.role), party.overseas);
        }
    }
    for row in in_clear {
        let assessments = ledger.documents.iter().filter(|document| document.what.ends_with("assessment"));
        let known = assessments.into_iter().find(|document| document.id == row.assessment);
        row.assessment_until = known.map(|document| document.until.clone());
    }
}

fn class(rule: &Rule) -> u8 {
    rule.class().level()
}
