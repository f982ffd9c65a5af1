//! Whether somebody may be authenticated by biometrics.

use super::super::ask::{Authentication, Decision, Outcome};
use super::super::book::Book;
use super::super::ground::Trigger;
use super::super::reason::{Reason, ReasonList, SeparateFor};
use super::consent::as_basis;

impl Book {
    /// Whether a step of an authentication may use these biometrics (Order 218 Art. 35): never as the only factor, never
    /// forced, with another way at the same step, a current assessment of necessity and security and one of the impact (PIPL
    /// Art. 55 (1)), and a separate consent. A
    /// step without biometrics is no concern of it.
    #[must_use]
    pub fn authentication_allowed(&self, step: &Authentication<'_>) -> Decision<'_> {
        let kinds = self.declared.kinds.set(step.ask.kinds);
        if !step.ask.kinds.is_empty() && kinds.is_some_and(|kinds| !self.declared.biometric.meets(kinds)) {
            return Decision::not_concerned();
        }
        let mut reasons = ReasonList::default();
        if step.other_factors == 0 {
            reasons.push(Reason::BiometricSoleFactor);
        }
        if step.is_forced {
            reasons.push(Reason::BiometricForced);
        }
        if step.alternatives == 0 {
            reasons.push(Reason::NoAlternative);
        }
        // What is wrong with the step itself does not keep the rest from being looked at.
        let mut of_data = ReasonList::default();
        let need = self.need(&step.ask, &mut of_data);
        let basis = need.and_then(|need| {
            let today = need.end_day();
            let mut assessments = need.row.biometrics.iter();
            if !assessments.any(|row| row.kinds.covers(need.kinds) && today <= row.parts.until) {
                of_data.push(Reason::NoBiometricAssessment);
            }
            self.want_assessment(Trigger::Sensitive, &need, &mut of_data);
            if need.person.is_some_and(|person| person.is_restricted) {
                of_data.push(Reason::Restricted);
            }
            self.consent(&need, None, Some(SeparateFor::Biometric), &mut of_data).map(as_basis)
        });
        reasons.extend(&of_data);
        Decision::new(reasons, basis, Outcome::Allow)
    }
}
