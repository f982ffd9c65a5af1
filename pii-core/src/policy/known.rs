//! The words that a policy may use besides its own: kinds and channels.

use super::error::PolicyError;
use super::read::{Source, Table, Written, unknown};
use super::words::CHANNELS;
use crate::{Class, Kind};
use std::collections::BTreeMap;

/// The kinds that rules define, and the channels that there are.
pub(super) struct Known<'a> {
    pub kinds: &'a [(Kind, Class)],
    /// A firm's own channels, each with the known one that it is like.
    pub channels: BTreeMap<String, &'static str>,
}

impl Known<'_> {
    pub(super) fn class_of(&self, kind: Kind) -> Option<Class> {
        self.kinds.iter().find(|(known, _)| *known == kind).map(|(_, class)| *class)
    }

    pub(super) fn kind(&self, source: Source<'_>, written: &Written<String>) -> Result<Kind, PolicyError> {
        match self.kinds.iter().find(|(known, _)| known.as_str() == written.value) {
            Some((kind, _)) => Ok(*kind),
            None => {
                let names = self.kinds.iter().map(|(kind, _)| kind.as_str());
                Err(source.error(written.line, unknown("kind", &written.value, names)))
            }
        }
    }

    pub(super) fn check_channel(&self, source: Source<'_>, written: &Written<String>) -> Result<(), PolicyError> {
        let name = written.value.as_str();
        if CHANNELS.contains(&name) || self.channels.contains_key(name) {
            return Ok(());
        }
        let names = CHANNELS.into_iter().chain(self.channels.keys().map(String::as_str));
        let message = unknown("channel", name, names);
        Err(source.error(written.line, format!("{message}; a channel of your own needs a [[channel]]")))
    }

    /// Whether a rule for the channel `named` holds on `channel`: it is that channel, or the one that it is like.
    pub(super) fn is_on(&self, channel: &str, named: &str) -> bool {
        channel == named || self.channels.get(channel).is_some_and(|like| *like == named)
    }

    /// `[[channel]] name, like`.
    pub(super) fn declare(&mut self, table: &Table<'_, '_>) -> Result<(), PolicyError> {
        table.only(&["name", "like"])?;
        let name = table.string("name")?.ok_or_else(|| table.error("the channel has no name: add name"))?;
        let like = table.word("like", &CHANNELS, |word| word)?;
        let like = like.ok_or_else(|| table.error("say which known channel it is like: add like = \"third_party\""))?;
        if CHANNELS.contains(&name.value.as_str()) {
            let message = format!("the channel {:?} is known already: take this [[channel]] out", name.value);
            return Err(table.source.error(name.line, message));
        }
        self.channels.insert(name.value, like);
        Ok(())
    }
}
