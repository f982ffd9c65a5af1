//! Why messages were stopped, for whoever asks at night: the last ones, without values.

use crate::stop::Stop;
use crate::upstream::Sent;
use pii_core::time::Moment;
use pii_store::trail::Name;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many are remembered. The log has all of them.
const REMEMBERED: usize = 4096;

/// Why a message was stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Block {
    /// What the message is called.
    pub message: String,
    /// When it was stopped.
    pub at: String,
    /// Its route, if it had one.
    pub route: Option<String>,
    /// What is the matter, in a word.
    pub why: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// Whether the message left: `no`, `yes` or `unknown`.
    pub sent: &'static str,
    /// What was found, where that is why.
    pub kind: Option<&'static str>,
    /// Where: a path without values.
    pub place: Option<String>,
    /// Which rule of the policy says so.
    pub rule: Option<String>,
    /// In words, and what to do.
    pub detail: String,
}

/// The last ones.
#[derive(Debug, Default)]
pub struct Blocks(Mutex<VecDeque<Block>>);

impl Block {
    /// Of this message.
    pub(crate) fn of(message: &Name, route: Option<&Name>, (stop, sent): (&Stop, Sent), at: Option<Moment>) -> Self {
        Self {
            message: message.to_string(),
            at: at.map(|at| at.to_string()).unwrap_or_default(),
            route: route.map(Name::to_string),
            why: stop.why.word(),
            status: stop.why.status().as_u16(),
            sent: sent.word(),
            kind: stop.kind.map(|kind| kind.as_str()),
            place: stop.place.clone(),
            rule: stop.rule.clone(),
            detail: stop.detail.clone().into_owned(),
        }
    }

    /// Logs it: what `pii-proxy why --log` finds once the proxy has ended.
    pub fn log(&self, what: &str) {
        tracing::warn!(
            message_name = self.message,
            route = self.route,
            why = self.why,
            kind = self.kind,
            place = self.place,
            rule = self.rule,
            detail = self.detail,
            sent = self.sent,
            "{what}"
        );
    }
}

impl Blocks {
    /// Remembers one.
    pub fn put(&self, block: Block) {
        let mut all = self.lock();
        if all.len() == REMEMBERED {
            all.pop_front();
        }
        all.push_back(block);
    }

    /// That of the message which is called so.
    #[must_use]
    pub fn of(&self, message: &str) -> Option<Block> {
        self.lock().iter().rev().find(|block| block.message == message).cloned()
    }

    /// The last `count`, the newest first.
    #[must_use]
    pub fn last(&self, count: usize) -> Vec<Block> {
        self.lock().iter().rev().take(count).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Block>> {
        // No code that may panic runs under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Why;

    #[test]
    fn the_last_ones_are_remembered() {
        let blocks = Blocks::default();
        let stop = Stop::new(Why::Found, "take it out").at("$.idNo");
        for nth in 0..=REMEMBERED {
            let name = Name::new(&format!("m{nth}")).expect("a name");
            blocks.put(Block::of(&name, None, (&stop, Sent::No), None));
        }
        assert!(blocks.of("m0").is_none());
        assert_eq!(blocks.of("m1").and_then(|block| block.place).as_deref(), Some("$.idNo"));
        assert_eq!(blocks.last(2).iter().map(|block| block.message.as_str()).collect::<Vec<_>>(), ["m4096", "m4095"]);
    }
}
