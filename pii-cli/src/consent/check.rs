//! `pii consent check`: what would be decided now.

use super::is_json;
use super::opened::{Begin, Opened, now};
use super::whose::Person;
use crate::arguments::consent::{At, Scope, Whose};
use crate::exit::Failure;
use crate::output;
use pii_core::consent::{Ask, Basis, Book, Decision, Outcome, Who};
use pii_core::time::Moment;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Exit code where it may not be done.
const DENIED: u8 = 4;

pub(super) fn run(whose: &Whose, scope: &Scope, when: Option<Moment>, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, &whose.digests, Begin::No)?;
    let person = Person::of(whose, &opened)?;
    let when = when.map_or_else(now, Ok)?;
    let decided = opened.consents.decide(|book| decide(book, &person, scope, when)).map_err(Failure::input)?;
    opened.close()?;
    let (is_allowed, report) = decided;
    if is_json(at) {
        output::print(report)?;
    } else {
        output::print(in_words(&report))?;
    }
    Ok(if is_allowed { ExitCode::SUCCESS } else { ExitCode::from(DENIED) })
}

/// Each method is asked for; the strictest outcome is what counts.
fn decide(book: &Book, person: &Person, scope: &Scope, at: Moment) -> (bool, Value) {
    let aliases = match person {
        Person::Subject(_) => Vec::new(),
        Person::KnownBy(aliases) => aliases.known_to(book),
    };
    let who = match person {
        Person::Subject(subject) => Who::Subject(*subject),
        Person::KnownBy(_) => Who::Aliases(&aliases),
    };
    let mut decisions = scope.method.iter().map(|&method| {
        book.may_hand_over(&Ask {
            who,
            purpose: scope.purpose.as_str(),
            kinds: &scope.kind,
            method,
            recipient: scope.recipient.as_ref().map(pii_core::consent::Code::as_str),
            channel: scope.channel.as_ref().map(pii_core::consent::Code::as_str),
            at,
        })
    });
    let first = decisions.next();
    let strictest =
        decisions.fold(first, |worst, one| worst.filter(|worst| worst.outcome() >= one.outcome()).or(Some(one)));
    strictest.map_or((false, Value::Null), |decision| (decision.is_allowed(), report(&decision)))
}

fn report(decision: &Decision<'_>) -> Value {
    let outcome = match decision.outcome() {
        Outcome::Allow => "allow",
        Outcome::AllowMasked => "allow_masked",
        Outcome::Deny => "deny",
    };
    let reasons: Vec<Value> = decision.reasons().iter().map(|reason| {
        json!({ "reason": reason.word(), "article": reason.article(), "says": reason.english(), "中文": reason.chinese() })
    }).collect();
    json!({ "outcome": outcome, "basis": decision.basis().map(|basis| basis_of(&basis)), "reasons": reasons })
}

fn basis_of(basis: &Basis<'_>) -> Value {
    let article = basis.article();
    match *basis {
        Basis::Consent { record, number, notice, notice_version, is_separate } => json!({
            "is": "consent", "article": article, "record": record, "version": number, "notice": notice,
            "notice_version": notice_version, "separate": is_separate
        }),
        Basis::Other { id, law, .. } => json!({ "is": "other", "article": article, "id": id, "law": law }),
        Basis::Necessary => json!({ "is": "necessary", "article": article }),
    }
}

fn in_words(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut words = text(&report["outcome"]);
    if let Some(article) = report["basis"]["article"].as_str() {
        // Writing into a string does not fail.
        let _ = write!(words, ", by {article} ({})", text(&report["basis"]["is"]));
    }
    for reason in report["reasons"].as_array().into_iter().flatten() {
        let (word, says, article) = (text(&reason["reason"]), text(&reason["says"]), text(&reason["article"]));
        let _ = write!(words, "\n  {word}: {says} ({article})");
    }
    words
}
