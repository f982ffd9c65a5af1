//! Whether a service may be refused to somebody who does not agree.

use super::super::ask::{Basis, Decision, Outcome};
use super::super::book::Book;
use super::super::ground::BasisKind;
use super::super::reason::{Reason, ReasonList};
use super::basis::of_row;
use crate::Kind;
use crate::time::Moment;

impl Book {
    /// Whether a service may be refused because consent to this purpose was refused or withdrawn (Order 218 Art. 31 ¶2, PIPL
    /// Art. 16): only where the purpose is necessary for the service, or a law makes the firm process all of these kinds of data.
    #[must_use]
    pub fn may_refuse_service(&self, purpose: &str, kinds: &[Kind], at: Moment) -> Decision<'_> {
        let mut reasons = ReasonList::default();
        let row = self.declared.purposes.find(purpose).and_then(|(_, row)| Some((row, row.purpose.as_ref()?)));
        let Some((row, published)) = row else {
            reasons.push(Reason::PurposeUnknown);
            return Decision::new(reasons, None, Outcome::Deny);
        };
        let Some(kinds) = self.declared.kinds.set(kinds).filter(|kinds| row.kinds.covers(*kinds)) else {
            reasons.push(Reason::KindOutsidePurpose);
            return Decision::new(reasons, None, Outcome::Deny);
        };
        let today = self.now(at).day_in_china();
        let duty = row.bases.iter().find(|row| {
            row.parts.basis == BasisKind::StatutoryDuty
                && row.recipient.is_none()
                && row.kinds.covers(kinds)
                && today <= row.parts.until
        });
        let basis = if published.is_necessary() { Some(Basis::Necessary) } else { duty.map(of_row) };
        if basis.is_none() {
            reasons.push(Reason::ServiceNotRefusable);
        }
        Decision::new(reasons, basis, Outcome::Allow)
    }
}
