//! What somebody has to do or look at, worked out from the figures alone.

use super::model::{Attention, ChainRow, ClearRow, CoverageRow, Ledger, Level, Report, What};

/// The class from which on data are sensitive enough for a passage in clear to need its basis and assessment.
const SENSITIVE_CLASS: u8 = 3;

/// A one-time code in a message to whom it is for is what that message is sent for, and takes no basis and no assessment of its
/// own. Elsewhere it does.
const CODE: &str = "verification_code";
const TO_PERSONS: [&str; 3] = ["sms", "email", "push"];

/// Everything that needs attention, what may be a breach first.
pub(super) fn of(report: &Report) -> Vec<Attention> {
    let mut list = List(Vec::new());
    list.flows(report);
    list.trails(report);
    match &report.ledger {
        None => list.note(Level::Look, What::NoStore, 1, None),
        Some(ledger) => {
            list.ledger(ledger);
            for row in &report.coverage {
                list.recipient(row, ledger);
            }
        }
    }
    let mut all = list.0;
    all.sort_by_key(|attention| attention.level);
    all
}

struct List(Vec<Attention>);

impl List {
    /// Notes something that was counted at least once.
    fn note(&mut self, level: Level, what: What, count: u64, about: Option<&str>) {
        if count > 0 {
            self.0.push(Attention { level, what, count, about: about.map(str::to_owned) });
        }
    }

    fn flows(&mut self, report: &Report) {
        let act = Level::Act;
        self.note(act, What::SentAfterWithdrawal, report.withdrawals.sent_after, None);
        // Of a kind that no rule knows the class is not known either, and it counts as sensitive.
        let sensitive = report.in_clear.iter().filter(|row| row.class.is_none_or(|class| class >= SENSITIVE_CLASS));
        let is_code = |row: &ClearRow| row.kind == CODE && TO_PERSONS.contains(&row.channel.as_str());
        let decided = || sensitive.clone().filter(|row| !row.observed && !is_code(row));
        let sum = |rows: &mut dyn Iterator<Item = &ClearRow>| rows.map(|row| row.messages).sum::<u64>();
        self.note(act, What::InClearWithoutBasis, sum(&mut decided().filter(|row| row.basis.is_empty())), None);
        let unassessed = sum(&mut decided().filter(|row| row.assessment.is_empty()));
        self.note(act, What::InClearWithoutAssessment, unassessed, None);
        let today = &report.period.today;
        for row in decided().filter(|row| row.assessment_until.as_ref().is_some_and(|until| until < today)) {
            self.note(act, What::AssessmentOfClearOver, row.messages, Some(&row.assessment));
        }
        for row in &report.by_kind {
            self.note(act, What::WeakMask, row.below_floor, Some(&row.kind));
        }
        self.note(act, What::BiometricWithoutAlternative, report.biometric.without_alternative, None);
        self.note(Level::Look, What::PartsNotRead, report.parts_not_read, None);
        self.note(Level::Look, What::Observed, report.totals.observed, None);
        self.note(Level::Look, What::Unconfirmed, report.totals.unconfirmed, None);
    }

    fn trails(&mut self, report: &Report) {
        for node in &report.nodes_without_trail {
            self.note(Level::Act, What::TrailNotGiven, 1, Some(node));
        }
        for trail in &report.trails {
            self.note(Level::Act, What::TrailFaults, trail.faults, Some(&trail.node));
            // What is wrong is told of once.
            if trail.faults == 0 {
                self.note(Level::Act, What::TrailUnread, trail.unread, Some(&trail.node));
            }
            // All of a chain may have been made anew, which no fault in it shows.
            let is_unsigned = |chain: &&ChainRow| chain.last > 0 && chain.signed_through.is_none();
            let unsigned = trail.chains.iter().filter(is_unsigned).count() as u64;
            if !report.keys.is_empty() {
                self.note(Level::Act, What::SignedByNobody, unsigned, Some(&trail.node));
            }
        }
        self.note(Level::Look, What::NoKeys, u64::from(report.keys.is_empty()), None);
        let house = &report.house;
        for alarm in &house.alarms {
            self.note(Level::Act, What::AlarmOpen, alarm.open, Some(&alarm.about));
        }
        for row in &house.configurations {
            self.note(Level::Look, What::ConfigurationRefused, row.refused, Some(&row.part));
        }
        self.note(Level::Look, What::Restarted, house.recovered, None);
        match &report.gaps {
            None => self.note(Level::Look, What::NoWitness, 1, None),
            Some(gaps) => {
                self.note(Level::Look, What::NodeDown, gaps.count, None);
                let open = report.trails.iter().flat_map(|trail| &trail.chains).map(|chain| chain.not_provable).sum();
                self.note(Level::Look, What::NotProvable, open, None);
            }
        }
    }

    fn ledger(&mut self, ledger: &Ledger) {
        self.note(Level::Act, What::LedgerBroken, u64::from(!ledger.is_sound), None);
        self.note(Level::Act, What::RequestsOverdue, ledger.requests.overdue, None);
        self.note(Level::Act, What::IncidentNotTold, ledger.incidents.not_told, None);
        self.note(Level::Look, What::LedgerNotTaken, ledger.not_taken, None);
        for document in &ledger.documents {
            match document.state {
                "expired" => self.note(Level::Act, What::DocumentOver, 1, Some(&document.id)),
                "expiring" => self.note(Level::Look, What::DocumentEnding, 1, Some(&document.id)),
                _ => {}
            }
        }
    }

    fn recipient(&mut self, row: &CoverageRow, ledger: &Ledger) {
        let about = Some(row.recipient.as_str());
        let Some(party) = ledger.recipients.iter().find(|party| party.id == row.recipient) else {
            return self.note(Level::Look, What::RecipientUnknown, row.messages, about);
        };
        if party.role == "independent" {
            let uncovered = row.consent + row.no_basis;
            self.note(Level::Act, What::WithoutSeparateConsent, uncovered, about);
        }
        if party.role != "authority" {
            self.note(Level::Act, What::NoContract, u64::from(!party.has_contract), about);
            self.note(Level::Act, What::NoAssessment, u64::from(!party.has_assessment), about);
        }
        if party.role == "processor" && party.is_satisfactory != Some(true) {
            self.note(Level::Look, What::NotSupervised, 1, about);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::Gaps;

    fn quiet() -> Report {
        let mut report = Report { ledger: Some(Ledger { is_sound: true, ..Ledger::default() }), ..Report::default() };
        report.gaps = Some(Gaps::default());
        report.keys = vec!["00000001".to_owned()];
        report.period.today = "2026-11-27".to_owned();
        report
    }

    fn clear(class: Option<u8>, basis: &str, assessment: &str) -> ClearRow {
        ClearRow {
            channel: "third_party".to_owned(),
            recipient: "credit-a".to_owned(),
            purpose: String::new(),
            kind: "resident_id".to_owned(),
            class,
            basis: basis.to_owned(),
            assessment: assessment.to_owned(),
            reason: String::new(),
            observed: false,
            messages: 3,
            values: 3,
            assessment_until: None,
        }
    }

    #[test]
    fn nothing_is_told_of_where_nothing_is_wrong() {
        assert_eq!(of(&quiet()), []);
    }

    #[test]
    fn what_leaves_in_clear_has_its_basis_and_assessment() {
        let told = |row: ClearRow| -> Vec<What> {
            let report = Report { in_clear: vec![row], ..quiet() };
            of(&report).into_iter().map(|attention| attention.what).collect()
        };
        assert_eq!(told(clear(Some(3), "AML-29", "PIA-7")), []);
        assert_eq!(told(clear(Some(2), "", "")), [], "a phone number of a routing field");
        assert_eq!(told(clear(Some(3), "", "PIA-7")), [What::InClearWithoutBasis]);
        assert_eq!(told(clear(None, "AML-29", "")), [What::InClearWithoutAssessment], "nobody knows its class");
        let code = |channel: &str| {
            let (kind, channel) = (CODE.to_owned(), channel.to_owned());
            told(ClearRow { kind, channel, ..clear(Some(3), "", "") })
        };
        assert_eq!(code("sms"), []);
        assert_eq!(code("third_party"), [What::InClearWithoutBasis, What::InClearWithoutAssessment]);
        let over = ClearRow { assessment_until: Some("2026-11-26".to_owned()), ..clear(Some(3), "AML-29", "PIA-7") };
        assert_eq!(told(over), [What::AssessmentOfClearOver]);
        let last_day = ClearRow { assessment_until: Some("2026-11-27".to_owned()), ..clear(Some(3), "x", "PIA-7") };
        assert_eq!(told(last_day), []);
    }
}
