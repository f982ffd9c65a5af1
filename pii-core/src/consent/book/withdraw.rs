//! Taking a withdrawal that is of no record but of all that somebody consented to: whatever was in the ledger before it, and
//! whatever was said before it and comes later.

use super::super::event::Withdrawal;
use super::super::fault::Fault;
use super::super::id::SubjectId;
use super::super::state::State;
use super::Book;
use super::nos::LastNo;
use crate::time::Moment;

impl Book {
    pub(super) fn take_withdrawal(&mut self, id: SubjectId, at: Moment, withdrawal: &Withdrawal) -> Result<(), Fault> {
        let to = self.withdrawn_to(withdrawal)?;
        let subject = self.people.intern(id);
        if self.people.get(subject).is_some_and(|person| person.is_erased) {
            return Err(Fault::Erased);
        }
        self.events = self.events.saturating_add(1);
        let order = self.events;
        let newest = self.newest_of(self.people.get(subject));
        // Commands end each record by an event of its own. What is still open here began while somebody withdrew.
        let open: Vec<u32> = self
            .records
            .numbered_chain(newest)
            .filter(|(_, record, _)| State::Withdrawn.can_follow(Some(record.state)) && !record.is_damaged)
            .filter(|(.., scope)| to.concerns(scope.purpose, scope.recipient))
            .map(|(number, ..)| number)
            .collect();
        let mut said_at = self.said_at_the_latest(&withdrawal.by, at);
        for number in open {
            let Some(record) = self.records.get_mut(number) else { continue };
            said_at = said_at.max(record.changed_at).max(record.answered_at);
            record.state = State::Withdrawn;
            (record.order, record.no_order, record.changed_at) = (order, order, at);
        }
        self.nos.add(subject, to, LastNo { said_at, told_at: said_at, order });
        Ok(())
    }
}
