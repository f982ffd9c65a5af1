//! Decisions of `pii mask` in a trail: on the disk before an output takes its place, what came of it after.

use crate::arguments::Way;
use crate::exit::Failure;
use pii_core::key::{KeyId, Mac, MacRun};
use pii_flow::{Items, RecordedFlow, Versions};
use pii_store::trail::{Basis, Decision, Ending, KeyedDigest, Name, Outcome, Position, Record, Recorder, Verdict};

/// The way out that is meant where none is named.
const USUAL_CHANNEL: &str = "third_party";

/// Records what becomes of each input of a run.
#[derive(Debug)]
pub(crate) struct Recording {
    recorder: Recorder,
    key: KeyId,
    mac: Mac,
    flow: RecordedFlow,
    subjects: Vec<KeyedDigest>,
    basis: Option<Basis>,
}

/// The digest of an input, as it is read.
pub(crate) struct Came(MacRun);

/// The digest of an output and the counts of what was found, as it is made.
pub(crate) struct Left {
    digest: MacRun,
    items: Items,
}

impl Came {
    pub(crate) fn saw(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

impl Left {
    pub(crate) fn made(&mut self, bytes: &[u8], items: Items) {
        self.digest.update(bytes);
        self.items.add(items);
    }
}

impl Recording {
    /// `digests` is the keyed hash of bytes. Of a recipient or a purpose whose name no trail takes nothing is recorded: it is
    /// refused.
    pub(crate) fn new(
        recorder: Recorder,
        (key, mac): (KeyId, Mac),
        way: &Way,
        (subjects, basis): (Vec<KeyedDigest>, Option<Basis>),
        versions: Versions,
    ) -> Result<Self, Failure> {
        let name = |option: &str, given: &Option<String>| {
            let wrong = || {
                Failure::usage(format!(
                    "{option}: this name cannot stand in an audit trail, which has no room for numbers of persons: write a letter, and \
                     then letters, digits and any of _ - . : /, with at most ten digits, eight of them in a row"
                ))
            };
            given.as_deref().map(|given| Name::new(given).ok_or_else(wrong)).transpose()
        };
        let usual = Some(USUAL_CHANNEL.to_owned());
        let channel = name("--channel", if way.channel.is_some() { &way.channel } else { &usual })?;
        let flow = RecordedFlow {
            channel: channel.ok_or_else(|| Failure::usage("name the channel by --channel"))?,
            recipient: name("--recipient", &way.recipient)?,
            purpose: name("--purpose", &way.purpose)?,
            versions,
        };
        Ok(Self { recorder, key, mac, flow, subjects, basis })
    }

    /// What is gathered of an input on its way.
    pub(crate) fn begin(&self) -> (Came, Left) {
        (Came(self.mac.begin()), Left { digest: self.mac.begin(), items: Items::default() })
    }

    /// Records what was decided on an input, lets its output go, and records what came of that. An output that cannot be
    /// recorded does not go.
    ///
    /// `masked` is what came of masking it. `is_held_back` says that its output goes to somewhere that may take a part of it.
    pub(crate) fn conclude(
        &self,
        (came, left): (Came, Left),
        masked: Result<(), Failure>,
        is_held_back: bool,
        go: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Left { digest, items } = left;
        if let Err(failure) = masked {
            // What was counted before it failed. Nothing of it left, and what was read of it may be a part.
            let at = self.decided(Verdict::Block, &items, None)?;
            return self.ended(at, Ending::Refused).and(Err(failure));
        }
        let at = self.decided(Verdict::Send, &items, Some((came.0, digest)))?;
        let gone = go();
        let ending = match &gone {
            Ok(()) => Ending::Sent,
            Err(_) if is_held_back => Ending::Unknown,
            Err(_) => Ending::Refused,
        };
        let recorded = self.ended(at, ending);
        gone.and(recorded)
    }

    fn decided(&self, verdict: Verdict, items: &Items, bytes: Option<(MacRun, MacRun)>) -> Result<Position, Failure> {
        let digest = |run: MacRun| KeyedDigest { key: self.key, mac: run.finish() };
        let (input, output) = bytes.map(|(input, output)| (digest(input), digest(output))).unzip();
        let (subjects, basis) = (self.subjects.clone(), self.basis.clone());
        let decision = Decision { subjects, basis, input, output, ..self.flow.decision(verdict, items) };
        self.on_the_disk(Record::Decision(Box::new(decision)))
    }

    fn ended(&self, decision: Position, ending: Ending) -> Result<(), Failure> {
        self.on_the_disk(Record::Outcome(Outcome::of(decision, ending))).map(|_| ())
    }

    fn on_the_disk(&self, record: Record) -> Result<Position, Failure> {
        self.recorder.append(record).and_then(|ticket| ticket.wait()).map_err(Failure::input)
    }
}
