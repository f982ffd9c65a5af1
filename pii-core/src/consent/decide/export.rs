//! Whether data may go overseas.

use super::super::ask::{Ask, Basis, Decision, Outcome};
use super::super::book::Book;
use super::super::book::rows::{BasisRow, RecipientRow};
use super::super::ground::{BasisKind, ExportGroundKind, Trigger};
use super::super::party::RecipientRole;
use super::super::reason::{Reason, ReasonList, SeparateFor};
use super::Need;
use super::basis::{of_row, other_basis};
use super::consent::as_basis;
use super::provide::tell;

impl Book {
    /// Whether data may go to this recipient although it is overseas (PIPL Art. 38 to 41, 55; Regulations on Network Data
    /// Security Art. 35): a ground, all nine items told, a separate consent, an assessment, and fewer persons this year than
    /// settled. It comes on top of [`Book::may_provide`] or [`Book::may_entrust`]. A recipient in the mainland is no concern of it.
    ///
    /// Where an exemption is the ground and another basis than consent covers the flow, no consent is needed. Where none covers
    /// it, the exemption is no ground.
    #[must_use]
    pub fn export_ok(&self, ask: &Ask<'_>) -> Decision<'_> {
        let mut reasons = ReasonList::default();
        let need = self.need(ask, &mut reasons);
        let recipient = self.recipient_of(ask, &mut reasons);
        if recipient.is_some_and(|(_, _, recipient)| !recipient.is_overseas()) {
            return Decision::not_concerned();
        }
        let (Some((number, row, recipient)), Some(need)) = (recipient, need) else {
            return Decision::new(reasons, None, Outcome::Deny);
        };
        let is_authority = recipient.role == RecipientRole::Authority;
        let is_exempt = has_ground(&need, row, |kind| kind == ExportGroundKind::Exemption);
        let other = self.basis_without_consent(&need, number, is_exempt, is_authority);
        // An exemption is for what a contract, a duty or an emergency makes necessary, and for nothing else.
        let is_exempt = is_exempt && other.is_some();
        let serves = |kind| match kind {
            ExportGroundKind::ForeignAuthority => is_authority,
            ExportGroundKind::Exemption => !is_authority && is_exempt,
            ExportGroundKind::SecurityAssessment => !is_authority,
            // Whoever runs critical infrastructure needs the authority's own assessment (PIPL Art. 40).
            ExportGroundKind::Certification | ExportGroundKind::StandardContract => {
                !is_authority && !self.declared.settings.is_critical_infrastructure
            }
        };
        if !has_ground(&need, row, serves) {
            reasons.push(if is_authority { Reason::ForeignAuthority } else { Reason::NoExportGround });
        }
        let basis = match other {
            Some(basis) => Some(basis),
            None if need.is_restricted() => {
                reasons.push(Reason::Restricted);
                None
            }
            None => {
                let consent = self.consent(&need, Some(number), Some(SeparateFor::Export), &mut reasons);
                if let Some((_, notice)) = consent {
                    tell(&need, notice, recipient, true, &mut reasons, self);
                }
                consent.map(as_basis)
            }
        };
        if !self.declared.is_assessed(Trigger::Export, (need.purpose, need.kinds, Some(number)), (need.at, need.now)) {
            reasons.push(Reason::NoAssessment(Trigger::Export));
        }
        // Persons are not counted under an assessment by the authority, which looked at their number, nor under an exemption.
        let is_assessed = has_ground(&need, row, |kind| kind == ExportGroundKind::SecurityAssessment);
        if !is_assessed && !is_exempt {
            self.count(&need, &mut reasons);
        }
        Decision::new(reasons, basis, Outcome::Allow)
    }

    fn basis_without_consent<'b>(
        &'b self,
        need: &Need<'b>,
        recipient: u32,
        is_exempt: bool,
        is_authority: bool,
    ) -> Option<Basis<'b>> {
        let takes = |row: &BasisRow| match row.parts.basis {
            BasisKind::StatutoryDuty if is_authority => row.recipient == Some(recipient),
            BasisKind::StatutoryDuty | BasisKind::Contract | BasisKind::Emergency => {
                is_exempt
                    && (!need.is_restricted() || row.parts.basis == BasisKind::StatutoryDuty)
                    && (row.recipient.is_none() || row.recipient == Some(recipient))
            }
            _ => false,
        };
        other_basis(need, takes).map(of_row)
    }

    fn count(&self, need: &Need<'_>, reasons: &mut ReasonList) {
        let settings = &self.declared.settings;
        let is_sensitive = self.declared.sensitive.meets(need.kinds);
        let (persons, sensitive) = self.exports.with(need.person, is_sensitive, need.at);
        let limits = [(persons, settings.export_limit_persons), (sensitive, settings.export_limit_sensitive_persons)];
        for (count, limit) in limits {
            // 以上 includes the number itself (Civil Code Art. 1259): whoever reaches it needs the assessment.
            if count >= limit {
                reasons.push(Reason::ExportLimit);
            } else if u128::from(count) * 5 >= u128::from(limit) * 4 {
                reasons.push(Reason::ExportNearLimit);
            }
        }
    }
}

/// Whether such a ground covers it today.
pub(super) fn has_ground(need: &Need<'_>, row: &RecipientRow, serves: impl Fn(ExportGroundKind) -> bool) -> bool {
    let today = need.end_day();
    row.exports
        .iter()
        .filter(|row| row.purposes.contains(&need.purpose) && row.kinds.covers(need.kinds) && today <= row.parts.until)
        .any(|row| serves(row.parts.ground))
}
