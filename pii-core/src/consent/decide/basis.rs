//! Whether the firm may process: another basis, or consent.

use super::super::ask::{Ask, Basis, Decision, Outcome};
use super::super::book::Book;
use super::super::book::rows::BasisRow;
use super::super::ground::{BasisKind, Trigger};
use super::super::reason::{Reason, ReasonList, SeparateFor};
use super::Need;
use super::consent::as_basis;
use crate::purpose::Method;

impl Book {
    /// Whether the firm may process data itself (Order 218 Art. 31 ¶1; PIPL Art. 13, 28 to 31, 55): inside the purpose, on
    /// another basis than consent or on a consent that covers it, and, where the data are sensitive or published, with an
    /// assessment on file. What a law or an emergency demands does not wait for one. Who the recipient is is not looked at, only
    /// whether there is one.
    #[must_use]
    pub fn may_process(&self, ask: &Ask<'_>) -> Decision<'_> {
        let mut reasons = ReasonList::default();
        // To give data to somebody takes somebody (Order 218 Art. 33; PIPL Art. 23).
        if ask.method == Method::Provide && ask.recipient.is_none() {
            reasons.push(Reason::RecipientUnknown);
        }
        let basis = self.need(ask, &mut reasons).and_then(|need| {
            let basis = self.own_basis(&need, None, &mut reasons);
            self.want_assessments(&need, basis.as_ref(), &mut reasons);
            basis
        });
        Decision::new(reasons, basis, Outcome::Allow)
    }

    /// PIPL Art. 55 (1) and (3), for what the firm does itself.
    fn want_assessments(&self, need: &Need<'_>, basis: Option<&Basis<'_>>, reasons: &mut ReasonList) {
        if matches!(basis, Some(Basis::Other { kind: BasisKind::StatutoryDuty | BasisKind::Emergency, .. })) {
            return;
        }
        let is_sensitive = self.declared.sensitive.meets(need.kinds) || need.is_child && need.person.is_some();
        let wanted = [(Trigger::Sensitive, is_sensitive), (Trigger::Publish, need.method == Method::Publish)];
        for (trigger, _) in wanted.into_iter().filter(|(_, is_wanted)| *is_wanted) {
            self.want_assessment(trigger, need, reasons);
        }
    }

    /// That an assessment for this is on file, whoever gets the data.
    pub(super) fn want_assessment(&self, trigger: Trigger, need: &Need<'_>, reasons: &mut ReasonList) {
        let about = (need.purpose, need.kinds, None);
        if !self.declared.is_assessed(trigger, about, (need.at, need.now)) {
            reasons.push(Reason::NoAssessment(trigger));
        }
    }

    /// What lets the firm process. For biometric data that leave it, a separate consent has to name the transfer: its method,
    /// and the recipient where there is one (Measures on Facial Recognition).
    pub(super) fn own_basis<'b>(
        &'b self,
        need: &Need<'b>,
        recipient: Option<u32>,
        reasons: &mut ReasonList,
    ) -> Option<Basis<'b>> {
        let is_restricted = need.is_restricted();
        let is_biometric_transfer = need.is_transfer() && self.declared.biometric.meets(need.kinds);
        let takes = |row: &BasisRow| {
            let is_for_it = row.recipient.is_none() || row.recipient == recipient;
            is_for_it
                && match row.parts.basis {
                    BasisKind::StatutoryDuty => true,
                    BasisKind::OtherLaw => !is_restricted,
                    _ => !is_restricted && !is_biometric_transfer && need.method != Method::Publish,
                }
        };
        if let Some(row) = other_basis(need, takes) {
            return Some(of_row(row));
        }
        if is_restricted {
            reasons.push(Reason::Restricted);
            return None;
        }
        let separate = if is_biometric_transfer {
            Some(SeparateFor::Biometric)
        } else {
            (need.method == Method::Publish).then_some(SeparateFor::Publication)
        };
        let named = recipient.filter(|_| is_biometric_transfer);
        let (record, notice) = self.consent(need, named, separate, reasons)?;
        // Whoever wants this recipient to have nothing of theirs is heard, although a processor needs no consent of its own.
        let no = recipient.and_then(|to| self.nos.find(need.subject, need.purpose, Some(to)));
        if no.is_some_and(|no| no.order > record.order) {
            reasons.push(Reason::Withdrawn);
            return None;
        }
        Some(as_basis((record, notice)))
    }
}

/// Another basis than consent that covers it today. What rests on the person takes a known one.
pub(super) fn other_basis<'b>(need: &Need<'b>, takes: impl Fn(&BasisRow) -> bool) -> Option<&'b BasisRow> {
    let today = need.end_day();
    need.row.bases.iter().find(|row| {
        // Whoever is not known has no contract, and made nothing public.
        let is_personal = matches!(row.parts.basis, BasisKind::Contract | BasisKind::PublicData);
        (need.person.is_some() || !is_personal)
            && row.kinds.covers(need.kinds)
            && row.methods.has(need.method)
            && today <= row.parts.until
            && takes(row)
    })
}

pub(super) fn of_row(row: &BasisRow) -> Basis<'_> {
    Basis::Other { id: row.parts.id.as_str(), law: &row.parts.article, kind: row.parts.basis }
}
