//! Whether a processor may process for the firm.

use super::super::ask::{Ask, Decision, Outcome};
use super::super::book::Book;
use super::super::book::rows::RecipientRow;
use super::super::ground::Trigger;
use super::super::id::Code;
use super::super::party::{Recipient, RecipientRole};
use super::super::reason::{Reason, ReasonList};
use super::Need;

impl Book {
    /// Whether this processor may be given the data to process for the firm (PIPL Art. 21, 55): the firm may process them
    /// itself, a contract covers it, its work was looked at, and an assessment is on file. No consent for the processor is
    /// needed. What goes to it is masked nevertheless (Order 218 Art. 34).
    #[must_use]
    pub fn may_entrust(&self, ask: &Ask<'_>) -> Decision<'_> {
        let mut reasons = ReasonList::default();
        let need = self.need(ask, &mut reasons);
        let (Some((number, row, recipient)), Some(need)) = (self.recipient_of(ask, &mut reasons), need) else {
            return Decision::new(reasons, None, Outcome::Deny);
        };
        if recipient.role != RecipientRole::Processor {
            reasons.push(Reason::RecipientNotProcessor);
        }
        let basis = self.own_basis(&need, Some(number), &mut reasons);
        self.look_at_processor(&need, (number, row, recipient), &mut reasons);
        if !self.declared.is_assessed(Trigger::Entrust, (need.purpose, need.kinds, Some(number)), (need.at, need.now)) {
            reasons.push(Reason::NoAssessment(Trigger::Entrust));
        }
        reasons.push(Reason::MaskingStays);
        let decision = Decision::new(reasons, basis, Outcome::AllowMasked);
        if self.declared.settings.article_33_covers_processors { decision.and(self.may_provide(ask)) } else { decision }
    }

    /// The recipient that is asked about.
    pub(super) fn recipient_of(
        &self,
        ask: &Ask<'_>,
        reasons: &mut ReasonList,
    ) -> Option<(u32, &RecipientRow, &Recipient)> {
        let found = ask.recipient.and_then(|code| self.declared.recipients.find(code));
        let found = found.and_then(|(number, row)| Some((number, row, row.recipient.as_ref()?)));
        if found.is_none() {
            reasons.push(Reason::RecipientUnknown);
        }
        found
    }

    /// Contract and supervision. A processor's processor works under the contract of the one that it works for, which names
    /// it.
    fn look_at_processor(
        &self,
        need: &Need<'_>,
        (_, row, recipient): (u32, &RecipientRow, &Recipient),
        reasons: &mut ReasonList,
    ) {
        let main = recipient.under.as_ref().map(|code| self.declared.recipients.find(code.as_str()));
        let (row, sub) = match main {
            None => (Some(row), None),
            Some(main) => (main.map(|(_, row)| row), Some(&recipient.id)),
        };
        let Some(row) = row else {
            reasons.push(Reason::NoContract);
            return;
        };
        if !has_contract(need, row, None) {
            reasons.push(Reason::NoContract);
        } else if sub.is_some() && !has_contract(need, row, sub) {
            reasons.push(Reason::SubProcessorNotAgreed);
        }
        let every = self.declared.settings.supervise_every;
        let today = need.at.day_in_china();
        let is_supervised = row
            .supervision
            .as_ref()
            .is_some_and(|last| last.is_satisfactory && last.on <= today && need.end_day() <= every.from(last.on));
        if !is_supervised {
            reasons.push(Reason::NoSupervision);
        }
    }
}

/// Whether a contract covers it today, and names this processor's processor.
pub(super) fn has_contract(need: &Need<'_>, row: &RecipientRow, sub: Option<&Code>) -> bool {
    let today = need.at.day_in_china();
    row.contracts.iter().any(|row| {
        row.kinds.covers(need.kinds)
            && row.methods.has(need.method)
            && row.purposes.contains(&need.purpose)
            && row.parts.from <= today
            && need.end_day() <= row.parts.until
            && sub.is_none_or(|sub| row.parts.sub_processors.contains(sub))
    })
}
