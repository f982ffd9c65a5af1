//! What becomes of a value and of what is beyond a purpose, as somebody reads it who answers for it.

use pii_core::mask::Shape;
use pii_core::policy::{Action, Decision, OutOfScope, PolicyRule, Reason, SCOPE_ARTICLES, Scope};
use pii_core::{Kind, Rule};
use pii_formats::Report;

/// What becomes of a value.
pub(super) fn what_happens(decision: &Decision<'_>, rule: &Rule, by: Option<&PolicyRule>) -> String {
    match decision.action {
        Action::Mask => {
            let shape = match decision.shape {
                Shape::Stars => String::new(),
                Shape::Char(c) => format!(", with {c} in place of the rest"),
                Shape::TailOnly => ", and only the end of that is written".to_owned(),
                Shape::Word(word) => return format!("is masked: the word {word} stands in its place"),
            };
            let shown = rule.mask(decision.profile).shows();
            format!("is masked under the profile {}: shows {shown}{shape}", decision.profile)
        }
        Action::Pass => {
            let said = by.map(|by| (by.basis(), by.assessment(), by.expires()));
            match said {
                Some((Some(basis), Some(assessment), Some(last))) => {
                    format!("passes in clear until {last} (basis: {basis}; assessment: {assessment})")
                }
                _ => "passes in clear".to_owned(),
            }
        }
        Action::Drop => "is taken out: *** stands in its place".to_owned(),
        Action::Block => "does not leave, and neither does the message that holds it".to_owned(),
        Action::Fpe if rule.fpe().is_none() => {
            "is masked in full: its rule describes no form that encryption keeps".to_owned()
        }
        keyed => format!(
            "becomes {}, with the keyring that `pii mask --keyring` is given",
            match keyed {
                Action::Fpe => "another value of the same format, encrypted",
                Action::Token => "a token",
                Action::Seal => "encrypted text",
                _ => "a keyed digest",
            }
        ),
    }
}

/// What the flow's purpose says of a kind; nothing where none limits it.
pub(super) fn of_scope(scope: &Scope<'_>, kind: Kind, decision: &Decision<'_>) -> Option<String> {
    let is_beyond = decision.reason == Reason::OutOfScope;
    match scope {
        Scope::Unlimited => None,
        Scope::Declared(declared) => {
            let (file, line, code) = (declared.file(), declared.line(), declared.purpose().code());
            Some(match (is_beyond, declared.out_of_scope()) {
                (true, OutOfScope::Mask) => format!(
                    "{file}:{line}: {kind} is out of scope of purpose {code} ({SCOPE_ARTICLES}): masked under the profile strict, \
                     or as a rule says that shows less"
                ),
                (true, OutOfScope::Block) => format!(
                    "{file}:{line}: {kind} is out of scope of purpose {code} ({SCOPE_ARTICLES}): the message does not leave, \
                     unless a rule drops it"
                ),
                (false, _) if declared.purpose().takes(kind) => format!("{file}:{line}: purpose {code} takes {kind}"),
                (false, _) => format!("{file}:{line}: {kind} is no personal information, so no purpose limits it"),
            })
        }
        Scope::Undeclared => {
            Some(format!("no [[purpose]] declares the flow's purpose: out of scope ({SCOPE_ARTICLES})"))
        }
    }
}

/// The bytes that it stands in, and its field, if it has one.
pub(super) fn place(report: &Report) -> String {
    let bytes = format!("bytes {}-{}", report.start, report.end);
    if report.path.is_empty() { bytes } else { format!("{} ({bytes})", report.path) }
}
