//! What a flow may carry: what its purpose takes, where purposes are declared.
//!
//! Order 218 Art. 31 ¶1 and PIPL Art. 6 keep processing inside the purpose and the scope that were declared. What is personal in
//! a flow and beyond its purpose is out of scope, whatever a rule says. Data of organisations (class 1) are no personal
//! information, and no purpose limits them.

#[cfg(test)]
mod tests;

use super::error::{UnknownPurpose, Warning};
use super::flow::{Decision, Flow, Reason};
use super::load::Policy;
use super::purposes::{DeclaredPurpose, OutOfScope};
use super::read::shortened;
use super::rule::PolicyRule;
use super::words::Action;
use crate::mask::Profile;
use crate::nearest::nearest;
use crate::purpose::Method;
use crate::time::Date;
use crate::{Class, Kind};

/// Where a purpose is kept to, as reports and explanations cite it.
pub const SCOPE_ARTICLES: &str = "Order 218 Art. 31 ¶1, PIPL Art. 6";

/// What a flow's purpose lets it carry.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'p> {
    /// Everything: the flow names no purpose, or the policy declares none.
    Unlimited,
    /// What this purpose takes.
    Declared(&'p DeclaredPurpose),
    /// Nothing personal: the policy declares purposes, and not the one that the flow names; or the flow has to name one, and does not.
    Undeclared,
}

impl Policy {
    /// The purpose that is declared under this code, in upper or lower case.
    #[must_use]
    pub fn purpose(&self, code: &str) -> Option<&DeclaredPurpose> {
        self.purpose_at(code).map(|at| &self.purposes()[at])
    }

    /// The same: an index into [`Policy::purposes`].
    pub(super) fn purpose_at(&self, code: &str) -> Option<usize> {
        self.purposes().iter().position(|declared| declared.purpose().code().eq_ignore_ascii_case(code))
    }

    /// What a flow that a person types has to pass: where purposes are declared, one that is misspelt, or missing where it is
    /// required, would have everything masked.
    ///
    /// # Errors
    /// Purposes are declared, and this is none of them; or there is none, and the policy requires one.
    pub fn check_purpose(&self, purpose: Option<&str>) -> Result<(), UnknownPurpose> {
        let is_known = match purpose {
            Some(purpose) => self.purposes().is_empty() || self.purpose(purpose).is_some(),
            None => !self.requires_purpose(),
        };
        if is_known {
            return Ok(());
        }
        let known: Vec<&str> = self.purposes().iter().map(|declared| declared.purpose().code()).collect();
        let meant = purpose.and_then(|purpose| nearest(purpose, known.iter().copied())).map(str::to_owned);
        Err(UnknownPurpose { purpose: purpose.map(shortened), meant, known: known.join(", ") })
    }

    /// Whether a flow has to name its purpose: the policy says so, and declares any.
    fn requires_purpose(&self) -> bool {
        self.defaults().is_purpose_required && !self.purposes().is_empty()
    }

    /// What a flow may carry whose purpose is not declared, or that names none.
    pub(super) fn scope_undeclared(&self, is_named: bool) -> Scope<'_> {
        let is_limited = if is_named { !self.purposes().is_empty() } else { self.requires_purpose() };
        if is_limited { Scope::Undeclared } else { Scope::Unlimited }
    }

    /// What the flow's purpose lets it carry.
    #[must_use]
    pub fn scope(&self, flow: &Flow<'_>) -> Scope<'_> {
        match flow.purpose.map(|code| self.purpose(code)) {
            Some(Some(declared)) => Scope::Declared(declared),
            other => self.scope_undeclared(other.is_some()),
        }
    }

    /// What is odd about purposes and the rules that name them, as they stand together on this day.
    #[must_use]
    pub fn purpose_doubts(&self, today: Date) -> Vec<Warning> {
        let mut doubts = Vec::new();
        if let Some((file, line)) = self.purpose_said_at()
            && self.defaults().is_purpose_required
            && self.purposes().is_empty()
        {
            let message = "a purpose is required, and no [[purpose]] declares any, so this limits nothing: add one for each flow, \
                           or write purpose = \"optional\"";
            doubts.push(Warning { file: file.to_owned(), line, message: message.to_owned() });
        }
        for rule in self.rules() {
            let stranger = rule.purposes.iter().find(|named| self.purpose(named).is_none());
            if let Some(named) = stranger {
                doubts.push(Warning {
                    file: rule.file().to_owned(),
                    line: rule.line(),
                    message: self.undeclared(named),
                });
            }
        }
        for declared in self.purposes() {
            let code = declared.purpose().code();
            let mut naming = self.rules().iter().filter(|rule| rule.names_purpose(code)).peekable();
            let is_named = naming.peek().is_some();
            if is_named && naming.all(|rule| rule.expires.is_some_and(|last| last < today)) {
                doubts.push(declared.warning(format!(
                    "every rule that names the purpose {code:?} has had its last day, so it is treated as any other flow: \
                     renew one of them, or take the purpose out"
                )));
            } else if !is_named && declared.purpose().methods().contains(&Method::Provide) {
                doubts.push(declared.warning(format!(
                    "the purpose {code:?} provides data to others, and no rule names it: what it provides is masked as on any \
                     other flow; write a rule if the recipient needs more, or take \"provide\" out"
                )));
            }
        }
        doubts
    }

    fn undeclared(&self, named: &str) -> String {
        let named = shortened(named);
        if self.purposes().is_empty() {
            return format!(
                "no [[purpose]] declares {named:?}, so nothing says what a flow for it may carry: add one, and what is beyond \
                 it is masked"
            );
        }
        let codes = self.purposes().iter().map(|declared| declared.purpose().code());
        let instead = nearest(&named, codes).map_or_else(String::new, |meant| format!(", or write {meant:?}"));
        format!("this rule never lets anything pass: no [[purpose]] declares {named:?}: add one{instead}")
    }
}

impl PolicyRule {
    fn names_purpose(&self, code: &str) -> bool {
        self.purposes.iter().any(|named| named.eq_ignore_ascii_case(code))
    }
}

impl<'p> Scope<'p> {
    /// Whether the flow may carry an item of this kind and class.
    #[must_use]
    pub fn takes(&self, kind: Kind, class: Class) -> bool {
        class == Class::ONE
            || match self {
                Self::Unlimited => true,
                Self::Declared(declared) => declared.purpose().takes(kind),
                Self::Undeclared => false,
            }
    }

    /// What becomes of an item that a rule has decided about. What is beyond the scope is masked or blocked; a rule that
    /// drops or blocks it has its way, and so has the shape that a rule masks in.
    pub(super) fn limit(&self, decision: Decision<'p>, kind: Kind, class: Class) -> Decision<'p> {
        if self.takes(kind, class) {
            return decision;
        }
        let blocks = matches!(self, Self::Declared(declared) if declared.out_of_scope() == OutOfScope::Block);
        let action = match decision.action {
            stays @ (Action::Drop | Action::Block) => stays,
            _ if blocks => Action::Block,
            Action::Mask => Action::Mask,
            _ if class == Class::FOUR => Action::Drop,
            _ => Action::Mask,
        };
        Decision { action, profile: Profile::Strict, reason: Reason::OutOfScope, ..decision }
    }
}
