//! A flow as decisions record it: what is the same for all of its messages.

use crate::items::Items;
use crate::versions::Versions;
use pii_store::trail::{Decision, Name, Verdict};

/// A flow as its decisions record it.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedFlow {
    /// The way out.
    pub channel: Name,
    /// Who gets it.
    pub recipient: Option<Name>,
    /// What for.
    pub purpose: Option<Name>,
    /// The policy and the rules in force.
    pub versions: Versions,
}

impl RecordedFlow {
    /// What is recorded of a message with these items. Whom it is about, on which basis it leaves and the digests of its bytes
    /// are whose who knows them, and left out here.
    #[must_use]
    pub fn decision(&self, verdict: Verdict, items: &Items) -> Decision {
        let Versions { policy, rules } = self.versions.clone();
        Decision {
            message: None,
            channel: self.channel.clone(),
            recipient: self.recipient.clone(),
            purpose: self.purpose.clone(),
            subjects: Vec::new(),
            verdict,
            items: items.recorded(),
            basis: None,
            assessment: None,
            alternative: None,
            policy,
            rules,
            consent: None,
            notice: None,
            ledger: None,
            input: None,
            output: None,
        }
    }
}
