//! A flow, a question about one item in it, and what an answer says.

use super::terms::Terms;
use super::words::Action;
use crate::finding::Role;
use crate::mask::{Profile, Shape};
use crate::time::Date;
use crate::{Class, Kind};

/// One message on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Flow<'a> {
    /// The way out. `None`, or one that no policy knows: `third_party`.
    pub channel: Option<&'a str>,
    /// Who gets it.
    pub recipient: Option<&'a str>,
    /// What for. Where the policy declares purposes, what this one does not take is out of scope.
    pub purpose: Option<&'a str>,
    /// The day, by which rules expire.
    pub today: Date,
}

/// A question about one item of a flow.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// What it is.
    pub kind: Kind,
    /// How sensitive this value is; not always its kind's class.
    pub class: Class,
    /// Whose it is.
    pub role: Role,
    /// The path or name of its field, if it stands in one.
    pub field: Option<&'a str>,
    /// The message is about this value (a verification code that was asked for).
    pub about: bool,
}

/// The policy's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'p> {
    /// What is done.
    pub action: Action,
    /// Under which profile it is masked.
    pub profile: Profile,
    /// What stands for what the mask hides.
    pub shape: &'p Shape,
    /// What is said of the results of keyed actions.
    pub terms: &'p Terms,
    /// The rule that decided: an index into [`super::Policy::rules`]. Out of scope, the one that would have.
    pub rule: Option<usize>,
    /// Why.
    pub reason: Reason,
}

/// Why a decision is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A rule says so.
    Rule,
    /// No rule applies: class 4 is dropped and everything else masked under the strict profile.
    NoRule,
    /// The flow's purpose does not take it: masked under the strict profile or blocked, whatever a rule says that would have
    /// shown more of it.
    OutOfScope,
    /// It is where the message goes (a telephone number in the field that the provider reads as the receiver's), and not what the
    /// message says: it passes, whatever a rule or the purpose says.
    Routing,
    /// The policy lets it pass, and the person has not agreed to that (Order 218 Art. 33): masked under the strict profile, class 4
    /// dropped.
    Withheld,
}
