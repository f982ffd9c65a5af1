//! What is recorded of each message: what was decided, on the disk before it leaves, and what came of it.

use crate::config::Route;
use crate::stop::{Stop, Why};
use pii_core::key::{KeyId, Mac};
use pii_flow::{Items, RecordedFlow, Versions};
use pii_keys::{DigestUse, Keyring, KeyringError};
use pii_store::trail::{
    Basis, Ending, KeyedDigest, Name, Outcome, Position, Record, Recorder, TrailError, Verdict, Version,
};
use std::time::Duration;

/// Gives decisions and outcomes to the trail.
#[derive(Debug)]
pub struct Recording {
    recorder: Recorder,
    /// What digests of bytes are made with, if there is a keyring.
    digests: Option<(KeyId, Mac)>,
}

/// What is recorded of a message before it leaves.
pub struct Decided<'a> {
    /// What it is called.
    pub message: &'a Name,
    /// Its route.
    pub route: &'a Route,
    /// The policy and the rules in force.
    pub versions: &'a Versions,
    /// What becomes of it.
    pub verdict: Verdict,
    /// What was found.
    pub items: &'a Items,
    /// Whom it is about, and what was decided of that.
    pub subject: Option<&'a Subject>,
    /// The body as it came.
    pub input: &'a [u8],
    /// The body as it leaves.
    pub output: &'a [u8],
}

/// Whom a message is about, as far as it was asked.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// Their digests.
    pub digests: Vec<KeyedDigest>,
    /// On which basis something leaves in clear.
    pub basis: Option<Basis>,
    /// The version of the consent.
    pub consent: Option<Version>,
    /// The version of the notice.
    pub notice: Option<Version>,
    /// The last entry of the ledger that had been applied.
    pub ledger: Option<u64>,
}

impl Recording {
    /// `ring` gives the key of digests of bytes.
    ///
    /// # Errors
    /// It has none for that.
    pub fn new(recorder: Recorder, ring: Option<&Keyring>) -> Result<Self, KeyringError> {
        let digests = ring.map(|ring| ring.digests(DigestUse::Bytes, None)).transpose()?;
        Ok(Self { recorder, digests })
    }

    /// Records a decision, and returns once it is on the disk: only then may its message leave.
    ///
    /// # Errors
    /// It cannot be recorded, or not within `limit`.
    pub async fn decided(&self, decided: &Decided<'_>, limit: Duration) -> Result<Position, Stop> {
        let record = Record::Decision(Box::new(self.decision(decided)));
        let mut ticket = self.recorder.try_append(record).map_err(|error| unrecorded(&error))?;
        match tokio::time::timeout(limit, &mut ticket).await {
            Ok(recorded) => recorded.map_err(|error| unrecorded(&error)),
            Err(_) => Err(unrecorded(&ticket.give_up())),
        }
    }

    /// Records what came of a decision. Nobody waits for it: nothing depends on it any more. Where the trail has stopped, its
    /// health says so, and nothing else leaves.
    pub fn ended(&self, decision: Position, ending: Ending) {
        self.happened(Record::Outcome(Outcome::of(decision, ending)));
    }

    /// Records what has happened anyway.
    pub fn happened(&self, record: Record) {
        let lost = |error: &TrailError| tracing::error!(%error, "what happened is not in the trail");
        match self.recorder.try_append(record.clone()) {
            Ok(_) => {}
            Err(error) if error.is_busy() => {
                let recorder = self.recorder.clone();
                // A thread of its own, since this waits as long as the disk does, and the answer does not.
                tokio::task::spawn_blocking(move || recorder.append(record).map(drop).inspect_err(lost));
            }
            Err(error) => lost(&error),
        }
    }

    fn decision(&self, decided: &Decided<'_>) -> pii_store::trail::Decision {
        let Decided { message, route, versions, verdict, items, subject, input, output } = *decided;
        let flow = RecordedFlow {
            channel: route.channel.clone(),
            recipient: route.recipient.clone(),
            purpose: route.purpose.clone(),
            versions: versions.clone(),
        };
        let mut decision = flow.decision(verdict, items);
        decision.message = Some(message.clone());
        decision.input = self.digest(input);
        decision.output = self.digest(output);
        if let Some(subject) = subject {
            let Subject { digests, basis, consent, notice, ledger } = subject.clone();
            (decision.subjects, decision.basis, decision.ledger) = (digests, basis, ledger);
            (decision.consent, decision.notice) = (consent, notice);
        }
        decision
    }

    fn digest(&self, bytes: &[u8]) -> Option<KeyedDigest> {
        let (key, mac) = self.digests.as_ref().filter(|_| !bytes.is_empty())?;
        Some(KeyedDigest { key: *key, mac: mac.of(bytes) })
    }
}

fn unrecorded(error: &TrailError) -> Stop {
    let detail = if error.is_late() || error.is_busy() {
        "the disk of the audit trail does not keep up: send the message again later"
    } else if error.is_witness() {
        "the witness of the audit trail has been silent for too long: send the message again later"
    } else {
        "the audit trail takes no more records; whoever runs the proxy has to look at it"
    };
    Stop::new(Why::Trail, detail)
}
