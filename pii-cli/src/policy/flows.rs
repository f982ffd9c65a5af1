//! The flows that two policies are compared on.

use crate::arguments::Way;
use crate::exit::Failure;
use pii_core::policy::Policy;
use std::collections::BTreeSet;

/// The most flows. Each is one reading of all inputs under either policy.
const FLOWS_LIMIT: usize = 2048;

/// Every flow on which `old` or `new` could decide otherwise than on the others: all channels, recipients and purposes that either
/// knows, each with each, and without recipient and purpose. What a flow gets can hang on two rules, of which one names the recipient
/// and the other the purpose, so those of one rule are not enough. Narrowed to what `way` names.
pub(super) fn of(way: &Way, old: &Policy, new: &Policy) -> Result<Vec<Way>, Failure> {
    check(way, old, new)?;
    let policies = [old, new];
    let rules = || policies.iter().flat_map(|policy| policy.rules());
    let channels: BTreeSet<&str> = match &way.channel {
        Some(channel) => [channel.as_str()].into(),
        None => policies.iter().flat_map(|policy| policy.channels()).collect(),
    };
    let recipients = named_or(&way.recipient, rules().flat_map(|rule| rule.recipients()).map(String::as_str));
    let declared = policies.iter().flat_map(|policy| policy.purposes()).map(|declared| declared.purpose().code());
    let of_rules = rules().flat_map(|rule| rule.purposes()).map(String::as_str);
    let purposes = named_or(&way.purpose, declared.chain(of_rules));
    let count = channels.len() * recipients.len() * purposes.len();
    if count > FLOWS_LIMIT {
        return Err(Failure::usage(format!(
            "these policies have {count} ways to compare ({} channels, {} recipients, {} purposes, each with each), and at most \
             {FLOWS_LIMIT} are: name one by --channel, --recipient or --purpose, and compare on one after the other",
            channels.len(),
            recipients.len(),
            purposes.len(),
        )));
    }
    let mut ways = Vec::with_capacity(count);
    for channel in channels {
        for recipient in &recipients {
            let to = |purpose: &Option<String>| Way {
                channel: Some(channel.to_owned()),
                recipient: recipient.clone(),
                purpose: purpose.clone(),
            };
            ways.extend(purposes.iter().map(to));
        }
    }
    Ok(ways)
}

/// What is named on the command line, or else nothing and each of the names, in whatever case they are written.
fn named_or<'a>(named: &Option<String>, names: impl Iterator<Item = &'a str>) -> Vec<Option<String>> {
    if named.is_some() {
        return vec![named.clone()];
    }
    let mut different: Vec<&str> = Vec::new();
    for name in names.collect::<BTreeSet<_>>() {
        if !different.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            different.push(name);
        }
    }
    std::iter::once(None).chain(different.into_iter().map(|name| Some(name.to_owned()))).collect()
}

/// What the command line names has to be known to one of the policies.
fn check(way: &Way, old: &Policy, new: &Policy) -> Result<(), Failure> {
    if let Some(channel) = &way.channel {
        new.check_channel(channel)
            .or_else(|error| old.check_channel(channel).map_err(|_| error))
            .map_err(Failure::usage)?;
    }
    if let Some(purpose) = &way.purpose {
        let is_declared = [old, new].iter().any(|policy| policy.purpose(purpose).is_some());
        let error =
            [new, old].iter().find_map(|policy| policy.check_purpose(Some(purpose)).err()).filter(|_| !is_declared);
        error.map_or(Ok(()), |error| Err(Failure::usage(error)))?;
    }
    Ok(())
}
