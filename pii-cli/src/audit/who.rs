//! Who got what: decisions counted together by recipient, channel, purpose, basis, kind and how it was masked.

use super::{decision, table};
use crate::exit::Failure;
use crate::output;
use pii_store::trail::{Answer, Ending, Verdict};
use serde_json::json;
use std::collections::BTreeMap;

/// How a value left whose route only observes.
const AS_IT_WAS: &str = "pass, observed only";

/// So many different rows are counted: a trail may name as many recipients as it likes.
const ROWS_LIMIT: usize = 100_000;

/// What was given to whom. What was not sent was given to nobody.
#[derive(Default)]
pub(super) struct Whos(BTreeMap<Row, Amount>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    recipient: String,
    channel: String,
    purpose: String,
    basis: String,
    kind: String,
    how: String,
}

#[derive(Default)]
struct Amount {
    messages: u64,
    values: u64,
}

impl Whos {
    pub(super) fn add(&mut self, answer: &Answer) -> Result<(), Failure> {
        let said = &answer.decision;
        // Of what another text took the place of, nothing left.
        let left =
            !matches!(said.verdict, Verdict::Block | Verdict::Fallback) && answer.outcome != Some(Ending::Refused);
        if !left {
            return Ok(());
        }
        for item in &said.items {
            let row = Row {
                recipient: said.recipient.as_ref().map(ToString::to_string).unwrap_or_default(),
                channel: said.channel.to_string(),
                purpose: said.purpose.as_ref().map(ToString::to_string).unwrap_or_default(),
                basis: decision::basis(said),
                kind: item.kind.to_string(),
                how: if said.verdict == Verdict::Observe { AS_IT_WAS.to_owned() } else { decision::how(item) },
            };
            let amount = self.0.entry(row).or_default();
            amount.messages += 1;
            amount.values += item.count;
        }
        if self.0.len() > ROWS_LIMIT {
            return Err(Failure::usage(format!(
                "more than {ROWS_LIMIT} different answers: ask about less, by --from, --until, --recipient or --kind"
            )));
        }
        Ok(())
    }

    pub(super) fn told(&self, is_for_people: bool) -> Result<(), Failure> {
        if !is_for_people {
            return self.0.iter().try_for_each(|(row, amount)| output::print(line(row, amount)));
        }
        let mut table = table(["recipient", "channel", "purpose", "basis", "kind", "how", "messages", "values"]);
        for (row, amount) in &self.0 {
            let Row { recipient, channel, purpose, basis, kind, how } = row;
            let (messages, values) = (amount.messages.to_string(), amount.values.to_string());
            table.add_row([recipient, channel, purpose, basis, kind, how, &messages, &values]);
        }
        output::print(table)
    }
}

fn line(row: &Row, amount: &Amount) -> String {
    json!({
        "recipient": row.recipient, "channel": row.channel, "purpose": row.purpose, "basis": row.basis,
        "kind": row.kind, "how": row.how, "messages": amount.messages, "values": amount.values,
    })
    .to_string()
}
