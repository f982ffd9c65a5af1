//! From the command line to rules, a policy, a flow and what masks on it.

use crate::arguments::{EncodingArgument, Reading, Way};
use crate::exit::Failure;
use crate::input::Input;
use pii_core::policy::{Flow, Policy};
use pii_core::transform::Transform;
use pii_core::{Engine, RuleSet};
use pii_flow::{Sources, clock};
use pii_formats::{Masker, Options};
use std::path::Path;
use std::sync::Arc;

/// The rules: those built in, and those of `folder` beside them.
pub(crate) fn rules(folder: Option<&Path>) -> Result<RuleSet, Failure> {
    Ok(Sources::read(folder, None)?.rule_set()?)
}

/// The policy: the one in `file`, or the one built in.
pub(crate) fn policy(file: Option<&Path>, rules: &RuleSet) -> Result<Policy, Failure> {
    Ok(Sources::read(None, file)?.policy(rules)?)
}

/// What goes out today, on the way that the command line names: by a channel that the policy knows, and for a purpose that it
/// declares, where it declares any and requires one.
pub(crate) fn flow<'w>(way: &'w Way, policy: &Policy) -> Result<Flow<'w>, Failure> {
    let Way { channel, recipient, purpose } = way;
    channel.as_deref().map_or(Ok(()), |channel| policy.check_channel(channel)).map_err(Failure::usage)?;
    policy.check_purpose(purpose.as_deref()).map_err(Failure::usage)?;
    Ok(Flow {
        channel: channel.as_deref(),
        recipient: recipient.as_deref(),
        purpose: purpose.as_deref(),
        today: clock::today()?,
    })
}

/// How `input` is read.
pub(crate) fn options(reading: &Reading, input: &Input) -> Options {
    Options {
        format: reading.format.format(),
        charset: reading.encoding.map(EncodingArgument::charset),
        name: input.path.as_ref().map(|path| path.display().to_string()),
        ..Options::default()
    }
}

/// `keys` does what takes keys, where somebody has them.
pub(crate) fn masker(
    engine: Engine,
    policy: &Policy,
    flow: &Flow<'_>,
    keys: Option<Arc<dyn Transform>>,
) -> Result<Masker, Failure> {
    let masker = match keys {
        None => Masker::new(engine, policy, flow),
        Some(keys) => Masker::with_keys(engine, policy, flow, keys),
    };
    masker.map_err(Failure::usage)
}
