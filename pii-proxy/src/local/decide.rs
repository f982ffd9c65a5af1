//! `POST /v1/decide`: for each kind of data what the policy does with it on the way out, and whether the person has agreed.

use super::answer;
use super::asked::{Asked, Settled};
use super::call::{Asking, Call};
use super::json::{self, present};
use super::person::{self, Person, Written};
use super::refusal::{Refusal, What};
use super::scan::rule_of;
use crate::http::Own;
use crate::stop::{Stop, Why};
use hyper::{Response, StatusCode};
use pii_core::Kind;
use pii_core::consent::{Ask, Basis, Book, Decision, Outcome};
use pii_core::policy::{Action, Query, Role};
use pii_core::purpose::Method;
use pii_core::time::Moment;
use pii_flow::clock;
use pii_store::trail::Name;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The most kinds of one question.
const KINDS: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default, deserialize_with = "present")]
    route: Option<String>,
    #[serde(default, deserialize_with = "present")]
    channel: Option<String>,
    #[serde(default, deserialize_with = "present")]
    recipient: Option<String>,
    #[serde(default, deserialize_with = "present")]
    purpose: Option<String>,
    kinds: Vec<String>,
    #[serde(default, deserialize_with = "present")]
    field: Option<String>,
    #[serde(default, deserialize_with = "present")]
    person: Option<Written>,
    #[serde(default, deserialize_with = "present")]
    method: Option<String>,
}

/// Whom the ledger is asked about, and what for.
struct Question {
    person: Written,
    method: Method,
    at: Moment,
}

pub(super) async fn decide(call: Call) -> Result<Response<Own>, Refusal> {
    let (asking, body) = call.body(json::LIMIT_BYTES, false).await?;
    let wanted: Wanted = json::read(&asking.parts.headers, &body)?;
    let Wanted { route, channel, recipient, purpose, kinds, field, person, method } = wanted;
    let settled = Asked { route, channel, recipient, purpose }.settled(&asking.table, &asking.known)?;
    if kinds.is_empty() || kinds.len() > KINDS {
        return Err(Refusal::of(What::Request, format!("ask for 1 to {KINDS} kinds")));
    }
    let known = |kind: &String| asking.table.kind(kind).ok_or_else(person::unknown_kind);
    let kinds: Vec<Kind> = kinds.iter().map(known).collect::<Result<_, _>>()?;
    let method = method.map(|word| Method::parse(&word).ok_or_else(unknown_method)).transpose()?;
    let usual = settled.route().consent.as_ref().map_or(Method::Transmit, |consent| consent.method);
    let at = clock::moment().map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
    let question = person.map(|person| Question { person, method: method.unwrap_or(usual), at });
    let settled = Arc::new(settled);
    let consents = match question {
        None => vec![None; kinds.len()],
        Some(question) => asked(&asking, &settled, question, kinds.clone()).await?,
    };
    let decisions: Vec<Value> = kinds
        .iter()
        .zip(consents)
        .map(|(kind, consent)| decision(&settled, *kind, field.as_deref(), consent))
        .collect();
    let route = settled.route();
    let name = |name: &Option<Name>| name.as_ref().map(Name::to_string);
    Ok(answer::json(
        StatusCode::OK,
        &json!({
            "channel": route.channel.as_str(),
            "recipient": name(&route.recipient),
            "purpose": name(&route.purpose),
            "decisions": decisions,
        }),
    ))
}

fn unknown_method() -> Refusal {
    let words = Method::ALL.map(Method::as_str).join(", ");
    Refusal::of(What::Unknown, format!("a method that no purpose is declared with: write one of {words}"))
}

/// What the policy does with a kind. In clear it leaves where both the policy and the person let it.
fn decision(settled: &Settled, kind: Kind, field: Option<&str>, consent: Option<Value>) -> Value {
    let masker = settled.prepared.masker();
    let class = masker.engine().rules().rule(kind).map(pii_core::Rule::class);
    let decided = class.map(|class| {
        let query = Query { kind, class, role: Role::Unknown, field, about: false };
        masker.policy().decide(&query)
    });
    let action = decided.map(|decided| decided.action);
    let is_agreed = consent.as_ref().is_none_or(|consent| consent["outcome"] == "allow");
    json!({
        "kind": kind.as_str(),
        "class": class.map(pii_core::Class::level),
        "action": action.map(Action::as_str),
        "profile": decided.filter(|_| action == Some(Action::Mask)).map(|decided| decided.profile.as_str()),
        "rule": decided.and_then(|decided| decided.rule).and_then(|rule| rule_of(masker, rule)),
        "consent": consent,
        "leaves_in_clear": action == Some(Action::Pass) && is_agreed,
    })
}

/// What the ledger says of each kind.
async fn asked(
    asking: &Asking,
    settled: &Arc<Settled>,
    question: Question,
    kinds: Vec<Kind>,
) -> Result<Vec<Option<Value>>, Refusal> {
    if settled.route().purpose.is_none() {
        return Err(Refusal::of(What::Request, "a person agrees to a purpose: say which one"));
    }
    if asking.gateway.consents.is_none() {
        return Err(Refusal::of(What::Unknown, "person: this proxy has no ledger to ask"));
    }
    let (table, settled) = (Arc::clone(&asking.table), Arc::clone(settled));
    person::with_ledger(&asking.gateway, move |consents| {
        let Question { person, method, at } = question;
        let person = Person::of(person, consents, &table)?;
        let told = consents.decide(|book| {
            let known = person.known_to(book);
            let ask = |kind: &Kind| {
                let kinds = [*kind];
                let ask = Ask {
                    who: person.who(&known),
                    purpose: settled.route().purpose.as_ref().map_or("", Name::as_str),
                    kinds: &kinds,
                    method,
                    recipient: settled.route().recipient.as_ref().map(Name::as_str),
                    channel: Some(settled.route().channel.as_str()),
                    at,
                };
                Some(told(book, &ask))
            };
            kinds.iter().map(ask).collect()
        });
        told.map_err(person::unanswered)
    })
    .await
}

fn told(book: &Book, ask: &Ask<'_>) -> Value {
    let decision: Decision<'_> = book.may_hand_over(ask);
    let outcome = match decision.outcome() {
        Outcome::Allow => "allow",
        Outcome::AllowMasked => "allow_masked",
        Outcome::Deny => "deny",
    };
    let reasons: Vec<Value> = decision
        .reasons()
        .iter()
        .map(|reason| {
            json!({
                "reason": reason.word(),
                "article": reason.article(),
                "says": reason.english(),
                "says_zh": reason.chinese(),
            })
        })
        .collect();
    json!({ "outcome": outcome, "basis": decision.basis().map(|basis| basis_of(&basis)), "reasons": reasons })
}

fn basis_of(basis: &Basis<'_>) -> Value {
    let article = basis.article();
    match *basis {
        Basis::Consent { record, notice, notice_version, is_separate, .. } => json!({
            "is": "consent", "article": article, "record": record, "notice": notice, "notice_version": notice_version,
            "separate": is_separate
        }),
        Basis::Other { id, law, .. } => json!({ "is": "other", "article": article, "id": id, "law": law }),
        Basis::Necessary => json!({ "is": "necessary", "article": article }),
    }
}
