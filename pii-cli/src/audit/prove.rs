//! `pii audit prove`: what became of a message, by its bytes.

use super::{against, decision, ended, is_for_people, tell_of_unread};
use crate::arguments::Prove;
use crate::exit::{Failure, say};
use crate::input::Input;
use crate::{input, keys, output, progress};
use pii_core::key::{KeyId, MacRun};
use pii_keys::{DigestUse, Keyring};
use pii_store::trail::{Ending, FaultKind, KeyedDigest, Proof, Report, prove, verify};
use serde_json::{Value, json};
use std::io::Read as _;
use std::process::ExitCode;

/// How much of a message is read at a time, in bytes.
const CHUNK_BYTES: usize = 256 << 10;

pub(super) fn run(arguments: &Prove) -> Result<ExitCode, Failure> {
    let (ring, _) = keys::open(&arguments.keyring, &arguments.under)?;
    let digests = digests(&ring, &input::of(&arguments.message))?;
    let keys = against::with_ring(against::public_keys(&arguments.against.keys)?, &ring);
    let heads = against::heads(&arguments.against, &arguments.trail)?;
    let bar = progress::of_folder(&arguments.trail);
    let proofs = prove(&arguments.trail, &digests, |read| bar.set_position(read.bytes)).map_err(Failure::input)?;
    bar.reset();
    let report = verify(&arguments.trail, &keys, heads.as_ref(), |bytes| bar.inc(bytes)).map_err(Failure::input)?;
    bar.finish_and_clear();
    let message = arguments.message.display();
    if proofs.found.is_empty() {
        tell_of_unread(proofs.read);
        say(format_args!(
            "pii: {message}: no decision in {} saw these bytes come or leave: another trail or keyring, or they were changed since",
            arguments.trail.display()
        ));
        return Ok(ended(false));
    }
    let (mut is_well, mut is_signed) = (true, true);
    for proof in &proofs.found {
        let place = Place::of(proof, &report);
        is_well &= place.is_sound && place.is_signed;
        is_signed &= place.is_signed;
        let shown =
            if is_for_people(arguments.output) { shown(proof, &place) } else { as_json(proof, &place).to_string() };
        output::print(shown)?;
    }
    if proofs.more > 0 {
        say(format_args!("pii: {message}: so many more decisions are about the same bytes: {}", proofs.more));
    }
    tell_of_unread(proofs.read);
    if !is_signed {
        say(
            "pii: no signature stands behind it that fits: whoever wrote it last could have written anything. A trail that is being \
             written is signed within seconds; give --keys FILE where the keyring has no key of the time",
        );
    }
    if !report.is_sound() {
        say(format_args!(
            "pii: the trail has faults: run `pii audit verify {}`, which says where",
            arguments.trail.display()
        ));
    }
    Ok(ended(is_well))
}

/// The message's digest under each version of the key.
fn digests(ring: &Keyring, message: &Input) -> Result<Vec<KeyedDigest>, Failure> {
    let all = ring.all_digests(DigestUse::Bytes);
    let mut runs: Vec<(KeyId, MacRun)> = all.iter().map(|(key, mac)| (*key, mac.begin())).collect();
    let (mut reader, mut bytes) = (message.open()?, vec![0; CHUNK_BYTES]);
    loop {
        let count = reader.read(&mut bytes).map_err(|error| Failure::system(&message.name, &error))?;
        if count == 0 {
            break;
        }
        runs.iter_mut().for_each(|(_, run)| run.update(&bytes[..count]));
    }
    Ok(runs.into_iter().map(|(key, run)| KeyedDigest { key, mac: run.finish() }).collect())
}

/// Whether the place in the trail verifies that a decision stands in.
struct Place {
    is_sound: bool,
    is_signed: bool,
    is_witnessed: bool,
}

impl Place {
    fn of(proof: &Proof, report: &Report) -> Self {
        let at = proof.decision.position;
        let chain = report.chains().iter().find(|chain| chain.class == at.class);
        let covers = |through: Option<u64>| through.is_some_and(|through| through >= at.seq);
        let is_signed = covers(chain.and_then(|chain| chain.signed_through));
        let touches = |fault: &&pii_store::trail::Fault| {
            let is_there = (fault.seq..=fault.through.max(fault.seq)).contains(&at.seq);
            // Whoever changes a record makes all hashes behind it anew: what tells is a later signature, or a witness.
            let is_of_all_before = matches!(
                fault.kind,
                FaultKind::Signature | FaultKind::Unsigned | FaultKind::Rewritten | FaultKind::Removed
            );
            fault.class == at.class && (is_there || (fault.seq >= at.seq && is_of_all_before && !is_signed))
        };
        Self {
            // Of faults beyond the first hundred nobody says where they are.
            is_sound: report.faults().iter().find(touches).is_none() && report.more_faults() == 0,
            is_signed,
            is_witnessed: covers(chain.and_then(|chain| chain.witnessed_through)),
        }
    }

    fn words(&self) -> String {
        let sound = if self.is_sound { "as it was written" } else { "NOT as it was written" };
        let signed = if self.is_signed { "signed" } else { "not signed" };
        let witnessed = if self.is_witnessed { "witnessed" } else { "not held against a witness" };
        format!("{sound}; {signed}; {witnessed}")
    }
}

fn came_or_left(proof: &Proof) -> &'static str {
    match (proof.is_input, proof.is_output) {
        (true, true) => "these bytes came, and were to leave as they are",
        (true, false) => "these bytes came",
        _ => "these bytes were to leave",
    }
}

fn shown(proof: &Proof, place: &Place) -> String {
    let pii_store::trail::Content::Decision(said) = &proof.decision.content else { return String::new() };
    let outcome = proof.outcome.map_or_else(
        || "not recorded: nobody can say whether it left".to_owned(),
        |(ending, at)| format!("{ending}, recorded {at}"),
    );
    let (position, at) = (proof.decision.position, proof.decision.at);
    [
        format!("{position} of {}, {at}: {}", proof.decision.node, came_or_left(proof)),
        format!("  decision  {} {}", said.verdict, decision::way(said)),
        format!("  found     {}", decision::items(said)),
        format!("  basis     {}", decision::basis(said)),
        format!("  policy    {}", said.policy),
        format!("  rules     {}", said.rules),
        format!("  outcome   {outcome}"),
        format!("  place     {}", place.words()),
    ]
    .join("\n")
}

fn as_json(proof: &Proof, place: &Place) -> Value {
    let pii_store::trail::Content::Decision(said) = &proof.decision.content else { return Value::Null };
    let (position, at, outcome) = (proof.decision.position, proof.decision.at, proof.outcome);
    let mut all = decision::as_json(position, at, said, outcome.map(|(ending, _): (Ending, _)| ending));
    all.insert("node".to_owned(), proof.decision.node.as_str().into());
    all.insert("outcome_at".to_owned(), outcome.map(|(_, at)| at.to_string()).into());
    all.insert("is_input".to_owned(), proof.is_input.into());
    all.insert("is_output".to_owned(), proof.is_output.into());
    let Place { is_sound, is_signed, is_witnessed } = place;
    all.insert("place".to_owned(), json!({ "sound": is_sound, "signed": is_signed, "witnessed": is_witnessed }));
    Value::Object(all)
}
