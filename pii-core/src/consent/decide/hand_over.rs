//! Whether data may leave for a recipient, whatever it is to the firm.

use super::super::ask::{Ask, Decision};
use super::super::book::Book;
use super::super::party::RecipientRole;

impl Book {
    /// The question for whoever sends: [`Book::may_entrust`] for a processor, [`Book::may_provide`] for all others, and
    /// [`Book::export_ok`] besides where data leave the mainland. Without a recipient: [`Book::may_process`].
    #[must_use]
    pub fn may_hand_over(&self, ask: &Ask<'_>) -> Decision<'_> {
        let Some(code) = ask.recipient else { return self.may_process(ask) };
        let recipient = self.recipient(code);
        let decision = match recipient.map(|recipient| recipient.role) {
            Some(RecipientRole::Processor) => self.may_entrust(ask),
            _ => self.may_provide(ask),
        };
        if recipient.is_none_or(|recipient| recipient.is_overseas()) {
            decision.and(self.export_ok(ask))
        } else {
            decision
        }
    }
}
