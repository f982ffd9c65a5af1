//! The flows that two policies are compared on.

use crate::arguments::Way;
use crate::exit::Failure;
use pii_core::policy::Policy;
use std::collections::BTreeSet;

/// The most flows. Each is one reading of all inputs under either policy.
const FLOWS_LIMIT: usize = 512;

/// Who gets something, and what for.
type Errand = (Option<String>, Option<String>);

/// Every flow on which `old` or `new` could decide otherwise than on the others: all channels that either knows, without recipient
/// and purpose, for each declared purpose, and for each recipient and purpose that stand together in a rule. Narrowed to what
/// `way` names.
pub(super) fn of(way: &Way, old: &Policy, new: &Policy) -> Result<Vec<Way>, Failure> {
    check(way, old, new)?;
    let policies = [old, new];
    let channels: BTreeSet<&str> = match &way.channel {
        Some(channel) => [channel.as_str()].into(),
        None => policies.iter().flat_map(|policy| policy.channels()).collect(),
    };
    let mut errands: BTreeSet<Errand> = BTreeSet::new();
    errands.insert((way.recipient.clone(), way.purpose.clone()));
    for policy in policies {
        let declared = policy.purposes().iter().map(|declared| Some(declared.purpose().code().to_owned()));
        errands.extend(declared.map(|code| (way.recipient.clone(), way.purpose.clone().or(code))));
        for rule in policy.rules() {
            for recipient in some(&way.recipient, rule.recipients()) {
                errands.extend(some(&way.purpose, rule.purposes()).map(|purpose| (recipient.clone(), purpose)));
            }
        }
    }
    if channels.len() * errands.len() > FLOWS_LIMIT {
        let message = "these policies have more than {} ways to compare: say --channel, --recipient or --purpose";
        return Err(Failure::usage(message.replace("{}", &FLOWS_LIMIT.to_string())));
    }
    let on = |channel: &str| {
        let channel = Some(channel.to_owned());
        errands
            .iter()
            .map(move |(recipient, purpose)| Way {
                channel: channel.clone(),
                recipient: recipient.clone(),
                purpose: purpose.clone(),
            })
            .collect::<Vec<_>>()
    };
    Ok(channels.into_iter().flat_map(on).collect())
}

/// What is named on the command line, or else what a rule names, each in turn; nothing, where neither does.
fn some<'a>(named: &'a Option<String>, of_rule: &'a [String]) -> impl Iterator<Item = Option<String>> + 'a {
    let of_rule = if named.is_some() { &[] } else { of_rule };
    let none = of_rule.is_empty().then(|| named.clone());
    none.into_iter().chain(of_rule.iter().cloned().map(Some))
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
