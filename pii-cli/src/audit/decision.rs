//! A decision in words and as JSON.

use pii_core::time::Moment;
use pii_store::trail::{Answer, Decision, Ending, Item, Position};
use serde_json::{Map, Value};

/// `2 resident_id mask strict, 40 bits left; 1 email pass (firm.toml:12)`
pub(super) fn items(decision: &Decision) -> String {
    let items: Vec<String> = decision.items.iter().map(item).collect();
    if items.is_empty() { "nothing found".to_owned() } else { items.join("; ") }
}

fn item(item: &Item) -> String {
    let mut words = format!("{} {} {}", item.count, item.kind, how(item));
    if let Some(bits) = item.residual_bits {
        words += &format!(", {bits} bits left");
    }
    if let Some(reason) = &item.reason {
        words += &format!(" ({reason})");
    }
    words
}

/// `mask strict`
pub(super) fn how(item: &Item) -> String {
    item.profile.map_or_else(|| item.action.to_string(), |profile| format!("{} {profile}", item.action))
}

/// `on sms to vendor-a for notice`
pub(super) fn way(decision: &Decision) -> String {
    let mut words = format!("on {}", decision.channel);
    if let Some(recipient) = &decision.recipient {
        words += &format!(" to {recipient}");
    }
    if let Some(purpose) = &decision.purpose {
        words += &format!(" for {purpose}");
    }
    words
}

pub(super) fn basis(decision: &Decision) -> String {
    let parts = [
        decision.basis.as_ref().map(ToString::to_string),
        decision.consent.as_ref().map(|version| format!("consent {version}")),
        decision.notice.as_ref().map(|version| format!("notice {version}")),
        decision.assessment.as_ref().map(|name| format!("assessment {name}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "none recorded".to_owned() } else { parts.join(", ") }
}

/// What came of it, in one word.
pub(super) fn ending(outcome: Option<Ending>) -> &'static str {
    outcome.map_or("not recorded", Ending::word)
}

/// Where it stands, when it was recorded, what it says, and what came of it.
pub(super) fn as_json(
    position: Position,
    at: Moment,
    decision: &Decision,
    outcome: Option<Ending>,
) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("class".to_owned(), position.class.word().into());
    all.insert("seq".to_owned(), position.seq.into());
    all.insert("at".to_owned(), at.to_string().into());
    // A decision is an object with names for its keys.
    if let Ok(Value::Object(said)) = serde_json::to_value(decision) {
        all.extend(said);
    }
    all.insert("outcome".to_owned(), outcome.map(Ending::word).into());
    all
}

pub(super) fn line(answer: &Answer) -> String {
    let mut all = as_json(answer.position, answer.at, &answer.decision, answer.outcome);
    all.insert("node".to_owned(), answer.node.as_str().into());
    Value::Object(all).to_string()
}
