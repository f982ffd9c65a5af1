//! A keyring at work in `pii mask`: what it makes, for whom, and under which right.

use super::{data_keys_of, open_for, refuse_same, wrong};
use crate::arguments::{self, By, Mask, Under};
use crate::audit_file::{self, Actor, AuditFile};
use crate::exit::Failure;
use crate::person::Whom;
use crate::trail::{self, Recording, Writing};
use crate::{line_file, rights};
use pii_core::Kind;
use pii_core::key::Suite;
use pii_core::policy::{Action, Flow, Policy};
use pii_core::transform::Transform;
use pii_flow::{Sources, Versions, clock, hash_of};
use pii_keys::{DigestUse, Keyring, Operation, SubjectKeys, SystemEntropy, Transformer};
use pii_store::trail::SUBJECT_LIMIT;
use pii_store::{Allowance, Quota, Request, RevealError, Sqlite, SubjectDigests, Vault, VaultTransformer};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whoever has the keys of the keyring on the command line, if there is one.
#[derive(Default)]
pub(crate) struct AtWork {
    transform: Option<Arc<dyn Transform>>,
    tokens: Option<(Arc<Allowance>, AuditFile)>,
    trail: Option<(Writing, Recording)>,
}

impl AtWork {
    /// Where the policy seals, the data keys that open it are on the disk first, wrapped, in a file beside the keyring. Where
    /// a store is named, tokens are its vault's.
    ///
    /// Where a trail is named, acts on keys stand in it, and so do the decisions that its [`recording`](Self::recording) is told.
    pub(crate) fn new(
        mask: &Mask,
        sources: &Sources,
        policy: &Policy,
        flow: &Flow<'_>,
        kinds: &[Kind],
    ) -> Result<Self, Failure> {
        let arguments::Keyring { keyring: Some(path), under, store, record, by } = &mask.keyring else {
            return if mask.trail.trail.is_none() { Ok(Self::default()) } else { Err(no_keyring()) };
        };
        let sealing = Sealing::of(policy, flow)?;
        let (ring, _) = open_for(path, under, suite(policy, under))?;
        let record_of_acts = by.audit.clone().unwrap_or_else(|| audit_file::of(path));
        refuse_same(own_files(&mask.keyring).iter().filter(|own| **own != record_of_acts), &record_of_acts)?;
        audit_file::warn_of_older(&record_of_acts, path, ring.generation());
        let actor = Actor::of(by.actor.as_deref());
        let whom = Whom::of(&by.about)?;
        if !whom.is_empty() && mask.trail.trail.is_none() && by.subjects.is_none() {
            return Err(Failure::usage(
                "whom the inputs are about is recorded in a trail, or has a key of their own: add --trail DIR, or --subjects FOLDER",
            ));
        }
        let trail = recorded(mask, sources, &ring, &whom)?;
        let writing = trail.as_ref().map(|(writing, _)| writing);
        let sink = || Ok::<_, Failure>(AuditFile::open(&record_of_acts, path, &actor)?.and_in(writing));
        let mut transformer = Transformer::new(&ring, &mut SystemEntropy).map_err(Failure::usage)?;
        transformer = transformer.bound_to(record.as_deref().unwrap_or_default());
        if sealing.for_subject {
            transformer = for_subject(transformer, (&ring, path), by, &whom, &actor, &mut sink()?)?;
        }
        // Who may make tokens is asked before a data key is kept.
        let purpose = mask.way.purpose.as_deref().unwrap_or_default();
        let request = Request { actor: &actor.name, purpose, reason: &by.reason };
        let tokens = match store {
            Some(store) => {
                let mut sink = sink()?;
                Some((store, Arc::new(allowance(by, request, store, kinds, &mut sink)?), sink))
            }
            None => None,
        };
        let sealed_with = transformer.envelope().filter(|_| sealing.for_firm);
        for envelope in sealed_with.into_iter().chain(transformer.subject_envelope()) {
            keep_envelope(&data_keys_of(path), &envelope.to_string())?;
        }
        let Some((store, allowance, sink)) = tokens else {
            return Ok(Self { transform: Some(Arc::new(transformer)), tokens: None, trail });
        };
        let vault = Vault::new(Sqlite::open(store).map_err(Failure::input)?);
        let transformer = VaultTransformer::new(transformer, ring, vault, Arc::clone(&allowance));
        Ok(Self { transform: Some(Arc::new(transformer)), tokens: Some((allowance, sink)), trail })
    }

    pub(crate) fn transform(&self) -> Option<Arc<dyn Transform>> {
        self.transform.clone()
    }

    /// Who records decisions, where a trail is named.
    pub(crate) fn recording(&self) -> Option<&Recording> {
        self.trail.as_ref().map(|(_, recording)| recording)
    }

    /// Records what was made, once nothing more is.
    pub(crate) fn end(self) -> Result<(), Failure> {
        let made = self.tokens.map_or(Ok(()), |(allowance, mut sink)| allowance.end(&mut sink).map_err(Failure::input));
        let closed = self.trail.map_or(Ok(()), |(writing, _)| writing.close());
        made.and(closed)
    }
}

/// A keyring at work on a policy's test cases. Nothing of what it makes leaves, so no data key is kept and nothing recorded.
pub(crate) fn for_tests(path: &Path, under: &Under, policy: &Policy) -> Result<Arc<dyn Transform>, Failure> {
    let (ring, _) = open_for(path, under, suite(policy, under))?;
    Ok(Arc::new(Transformer::new(&ring, &mut SystemEntropy).map_err(Failure::usage)?))
}

/// Whoever asks for SM gets nothing else: the policy, or the command line.
fn suite(policy: &Policy, under: &Under) -> Suite {
    if policy.defaults().crypto == Suite::Sm { Suite::Sm } else { under.crypto.suite() }
}

fn no_keyring() -> Failure {
    Failure::usage(
        "an audit trail holds keyed digests of what came and what left, and is signed: add --keyring FILE and what it is under \
         (`pii keys init` makes a keyring)",
    )
}

/// The trail that decisions are recorded in, with the digests of the inputs' data subject where one is named.
fn recorded(
    mask: &Mask,
    sources: &Sources,
    ring: &Keyring,
    whom: &Whom,
) -> Result<Option<(Writing, Recording)>, Failure> {
    if whom.len() > SUBJECT_LIMIT {
        return Err(Failure::usage(format!("a trail takes at most {SUBJECT_LIMIT} digests of one person: name fewer")));
    }
    let Some(writing) = Writing::open(&mask.trail, ring.suite(), || trail::signer(ring))? else { return Ok(None) };
    // Those under the oldest keys are left out, where there are too many.
    let subjects = whom.digests(&SubjectDigests::of(ring)).into_iter().take(SUBJECT_LIMIT).collect();
    let versions = Versions::of(sources, hash_of(ring.suite()))?;
    let digests = ring.digests(DigestUse::Bytes, None).map_err(Failure::usage)?;
    let about = (subjects, mask.basis.clone());
    let recording = Recording::new(writing.recorder(), digests, &mask.way, about, versions)?;
    Ok(Some((writing, recording)))
}

/// What a policy seals on a flow.
struct Sealing {
    for_firm: bool,
    for_subject: bool,
}

impl Sealing {
    fn of(policy: &Policy, flow: &Flow<'_>) -> Result<Self, Failure> {
        let seals = policy.for_flow(flow).check_keys(|action| action != Action::Seal).is_err();
        if seals && flow.purpose.is_none() {
            return Err(Failure::usage(
                "the policy seals values, and each one opens for the purpose that it was sealed for: name it by --purpose, in the \
                 word that the rights of those who may open it use",
            ));
        }
        let of = |is_per_subject| {
            let mut rules = policy.rules().iter().filter(|rule| rule.action() == Action::Seal);
            seals && rules.any(|rule| rule.terms().is_per_subject == is_per_subject)
        };
        Ok(Self { for_firm: of(false), for_subject: of(true) })
    }
}

fn for_subject(
    transformer: Transformer,
    (ring, keyring): (&Keyring, &Path),
    by: &By,
    whom: &Whom,
    actor: &Actor,
    sink: &mut AuditFile,
) -> Result<Transformer, Failure> {
    let (By { subjects: Some(folder), reason, .. }, Some(subject)) = (by, whom.key_name()) else {
        return Err(Failure::usage(
            "the policy seals with the key of a data subject (key = \"subject\"): say by --subjects FOLDER where these keys are, \
             and by one --subject KIND=VALUE, such as customer_no=…, whom all the inputs are about",
        ));
    };
    let keys = SubjectKeys::open(folder, ring).map_err(|error| wrong(folder, &error))?;
    let mut operation = Operation {
        today: clock::today()?,
        actor: &actor.name,
        reason,
        dry_run: false,
        sink,
        entropy: &mut SystemEntropy,
    };
    let key = keys.key_or_new(&subject, ring, &mut operation).map_err(|error| wrong(keyring, &error))?;
    transformer.for_subject(&key, &mut SystemEntropy).map_err(Failure::usage)
}

fn allowance(
    by: &By,
    request: Request<'_>,
    store: &Path,
    kinds: &[Kind],
    sink: &mut AuditFile,
) -> Result<Allowance, Failure> {
    if by.dangerously_unlimited_tokens {
        let begun = Allowance::dangerously_unlimited(&request, sink);
        Sqlite::open_or_begin(store).map_err(Failure::input)?;
        return begun.map_err(Failure::input);
    }
    let Some(rights) = &by.rights else {
        return Err(Failure::usage(
            "making tokens of a vault takes a right, because whoever can have any value's token can try out all of them: give \
             --rights FILE with a right whose act is \"tokenise\", --purpose and --reason (docs/keys.md has an example), or \
             --dangerously-unlimited-tokens",
        ));
    };
    let rights = rights::read(rights, kinds)?;
    if request.purpose.is_empty() {
        return Err(Failure::usage("making tokens takes a purpose that the right names: add --purpose"));
    }
    let quota = Quota::new(Sqlite::open_or_begin(store).map_err(Failure::input)?);
    let begun = Allowance::begin(&request, rights, quota, || clock::moment().ok(), sink);
    begun.map_err(|error: RevealError| rights::failure(&error))
}

fn keep_envelope(path: &Path, envelope: &str) -> Result<(), Failure> {
    let keep = || {
        let mut file = line_file::open(path)?;
        line_file::append(&mut file, envelope)?;
        // A new file is there for good only when its folder says so.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder)?.sync_all()
    };
    keep().map_err(|error| Failure::system(path.display(), &error))
}

/// The files without which what was masked with keys does not open again, and which no output may replace and no folder of
/// inputs may take along.
pub(crate) fn own_files(arguments: &arguments::Keyring) -> Vec<PathBuf> {
    let arguments::Keyring { keyring, under, store, by, .. } = arguments;
    let named = [keyring, store, &by.rights, &by.audit].into_iter().flatten().chain(under.files());
    let beside = keyring.iter().flat_map(|path| [data_keys_of(path), audit_file::of(path)]);
    named.cloned().chain(beside).collect()
}
