//! Whether data may be given to another who decides what to do with them.

use super::super::ask::{Ask, Basis, Decision, Outcome};
use super::super::book::Book;
use super::super::book::rows::{BasisRow, NoticeRow, RecipientRow};
use super::super::ground::{BasisKind, ExportGroundKind, Trigger};
use super::super::notice::Item;
use super::super::party::{Recipient, RecipientRole};
use super::super::reason::{Reason, ReasonList, SeparateFor};
use super::Need;
use super::basis::{of_row, other_basis};
use super::consent::as_basis;
use super::entrust::has_contract;
use super::export::has_ground;

impl Book {
    /// Whether data may be given to this recipient (Order 218 Art. 33; PIPL Art. 23, 55): under a statutory duty that names it, or
    /// with all items told, a separate consent for it, an assessment and a contract. An authority is given data under a duty
    /// and not otherwise, a foreign one with approval (PIPL Art. 41).
    #[must_use]
    pub fn may_provide(&self, ask: &Ask<'_>) -> Decision<'_> {
        let mut reasons = ReasonList::default();
        let need = self.need(ask, &mut reasons);
        let (Some(recipient), Some(need)) = (self.recipient_of(ask, &mut reasons), need) else {
            return Decision::new(reasons, None, Outcome::Deny);
        };
        let basis = self.basis_to_provide(&need, recipient, &mut reasons);
        Decision::new(reasons, basis, Outcome::Allow)
    }

    fn basis_to_provide<'b>(
        &'b self,
        need: &Need<'b>,
        (number, row, recipient): (u32, &'b RecipientRow, &Recipient),
        reasons: &mut ReasonList,
    ) -> Option<Basis<'b>> {
        let is_authority = recipient.role == RecipientRole::Authority;
        if is_authority && recipient.is_overseas() {
            let is_approved = |kind| kind == ExportGroundKind::ForeignAuthority;
            if !has_ground(need, row, is_approved) {
                reasons.push(Reason::ForeignAuthority);
            }
        }
        // A duty that names nobody lets the firm process; it does not say to whom data go.
        let names_it = |row: &BasisRow| row.parts.basis == BasisKind::StatutoryDuty && row.recipient == Some(number);
        if let Some(duty) = other_basis(need, names_it) {
            return Some(of_row(duty));
        }
        if is_authority {
            reasons.push(Reason::NoStatutoryDuty);
            return None;
        }
        if need.is_restricted() {
            reasons.push(Reason::Restricted);
            return None;
        }
        let consent = self.consent(need, Some(number), Some(SeparateFor::Recipient), reasons);
        if let Some((_, notice)) = consent {
            tell(need, notice, recipient, false, reasons, self);
        }
        if !self.declared.is_assessed(Trigger::Provide, (need.purpose, need.kinds, Some(number)), (need.at, need.now)) {
            reasons.push(Reason::NoAssessment(Trigger::Provide));
        }
        if !has_contract(need, row, None) {
            reasons.push(Reason::NoContract);
        }
        consent.map(as_basis)
    }
}

/// Whether a notice tells all of a recipient that it has to.
pub(super) fn tell(
    need: &Need<'_>,
    notice: &NoticeRow,
    recipient: &Recipient,
    overseas: bool,
    reasons: &mut ReasonList,
    book: &Book,
) {
    let Some(told) = notice.notice.disclosure(recipient.id.as_str(), need.purpose_code) else {
        reasons.push(Reason::RecipientNotTold);
        return;
    };
    told.missing(overseas).for_each(|item| reasons.push(Reason::NotTold(item)));
    if told.name.as_ref().is_some_and(|name| *name != recipient.name) {
        reasons.push(Reason::RecipientChanged);
    }
    if !book.declared.kinds.set(&told.kinds).is_some_and(|kinds| kinds.covers(need.kinds)) {
        reasons.push(Reason::NotTold(Item::Kinds));
    }
    if !told.methods.contains(&need.method) {
        reasons.push(Reason::NotTold(Item::Methods));
    }
}
