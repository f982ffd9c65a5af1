//! Policy: what is done with personal data on its way out.
//!
//! A [`Policy`] is a list of rules; the last one that matches a [`Flow`] and a [`Query`] decides. The built-in rules come
//! first, a firm's files behind them. What no rule matches is masked or dropped, never passed. Passing class 3 or 4 in
//! clear takes a rule that says who gets which field, what for, on what basis, on which assessment and until when; a file
//! that leaves any of that out is refused when it is read. Where purposes are declared, what a flow carries beyond its own is
//! masked or blocked, whatever a rule says.
//!
//! ```
//! use pii_core::policy::{Action, Date, Flow, Policy, Query, Role};
//! use pii_core::{Class, Kind};
//!
//! let policy = Policy::builtin();
//! let today = Date::new(2026, 11, 23).expect("a day");
//! let flow = policy.for_flow(&Flow { channel: Some("sms"), recipient: None, purpose: None, today });
//! let kind = Kind::new("resident_id").expect("well spelt");
//! let item = Query { kind, class: Class::THREE, role: Role::Unknown, field: None, about: false };
//! assert_eq!(flow.decide(&item).action, Action::Mask);
//! ```
//!
//! This module decides and does nothing: it knows no masks' output, keys, consent or clock.

mod decide;
mod error;
mod exempt;
mod explain;
mod field;
mod flow;
mod known;
mod load;
mod purposes;
mod reach;
mod read;
mod rule;
mod scope;
mod terms;
#[cfg(test)]
mod tests;
mod words;

pub use crate::finding::Role;
pub use crate::time::Date;
pub use decide::FlowPolicy;
pub use error::{PolicyError, UnknownChannel, UnknownPurpose, Warning};
pub use exempt::{Digest, Exemption};
pub use explain::{Explanation, Outcome, Step};
pub use field::{Field, FieldError};
pub use flow::{Decision, Flow, Query, Reason};
pub use load::{Defaults, Policy};
pub use purposes::{DeclaredPurpose, OutOfScope};
pub use rule::PolicyRule;
pub use scope::{SCOPE_ARTICLES, Scope};
pub(crate) use terms::PLAIN;
pub use terms::{Part, Terms};
pub use words::{Action, JsonNumber};
