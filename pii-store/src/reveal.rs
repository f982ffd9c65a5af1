//! Putting values back in the place of tokens and sealed values, for those who may.
//!
//! First the request: a right applies, and of the quota something is left. Then for each text: the intention is recorded,
//! rights are looked at, all that is to be opened is counted against the quota, then it is opened, the outcome is recorded,
//! and only then is anything given out. A record says actor, purpose, reason, how many values of which kinds, and no value.
//!
//! What stays as it is counts as one thing: tokens that are unknown, of a kind or scope that is not covered, or whose key
//! may not be used. Nobody learns which it was. Where nothing at all could be opened, that is a refusal, also of a text in
//! which there is nothing to open: otherwise such a text would tell whether a right or a key is what lacks.
//!
//! A vault's row knows kind and scope. A sealed value does not say its kind, and no right has to believe it: it is bound to
//! kind and purpose, so it is tried with each kind that is covered, for the purpose of the request and for none. One of
//! another kind, or that was given for another purpose, does not open. Scopes are the vault's, and say nothing of it.
//!
//! A token that was made without a vault (`pit_…`) leads back to nothing here. Digests and envelopes are no values, and are
//! passed over.

mod opening;

pub use opening::SealedPlace;

use crate::StoreError;
use crate::access::{Gate, Request, RevealError, record};
use crate::keys::SealKeys;
use crate::quota::Quota;
use crate::rights::{Act, Rights};
use crate::vault::Vault;
use opening::{Opened, Opening};
use pii_core::Kind;
use pii_core::audit::{self, Phase, Sink};
use pii_core::surrogate::{Mark, find};
use pii_core::time::Moment;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use zeroize::Zeroizing;

/// Opens what stands in texts, for those who may. See the [module](self).
pub struct Revealer<'a> {
    gate: Gate<'a>,
    vault: Option<&'a mut Vault>,
    keys: &'a dyn SealKeys,
    sink: &'a mut dyn Sink,
}

/// One actor's request, under which texts are opened.
pub struct Session<'s, 'a> {
    revealer: &'s mut Revealer<'a>,
    request: Request<'s>,
}

/// A text with values in it again, wiped when dropped.
pub struct Revealed {
    text: Zeroizing<String>,
    opened: BTreeMap<Kind, u64>,
    left: u64,
}

impl<'a> Revealer<'a> {
    /// Without a vault only sealed values can be opened.
    #[must_use]
    pub fn new(
        rights: &'a Rights,
        quota: &'a mut Quota,
        vault: Option<&'a mut Vault>,
        keys: &'a dyn SealKeys,
        sink: &'a mut dyn Sink,
    ) -> Self {
        Self { gate: Gate::new(rights, quota), vault, keys, sink }
    }

    /// Takes a request on. Nothing is counted yet.
    ///
    /// # Errors
    /// The request says too little ([`RevealError::is_request`]); no right applies, or nothing is left of the quota
    /// ([`RevealError::is_refused`]), which is recorded; the quota or the record cannot be kept.
    pub fn reveal<'s>(&'s mut self, request: Request<'s>, now: Moment) -> Result<Session<'s, 'a>, RevealError> {
        request.check()?;
        if let Err(error) = self.gate.begin(&request, Act::Reveal, now) {
            for phase in [Phase::Intended, Phase::Failed] {
                self.record(&request, phase, 0, &BTreeMap::new())?;
            }
            return Err(error);
        }
        Ok(Session { revealer: self, request })
    }

    fn record(
        &mut self,
        request: &Request<'_>,
        phase: Phase,
        count: u64,
        kinds: &BTreeMap<Kind, u64>,
    ) -> Result<(), RevealError> {
        Ok(record(self.sink, request, audit::Act::Revealed, phase, count, kinds)?)
    }
}

impl Session<'_, '_> {
    /// The text with what may be opened put in its place, as it was given once: nothing is escaped, so a field's value has to
    /// be handed over, not a document whose format has characters of its own.
    ///
    /// Each different token or sealed value counts once. `sealed` says where sealed values belong.
    ///
    /// # Errors
    /// Nothing may be opened ([`RevealError::is_refused`]): the right has expired meanwhile, the quota does not reach for all
    /// of it (nothing is counted then), not one of it opens, or there is nothing to open. The store, the keys or the audit record fail
    /// ([`RevealError::store`]). Nothing is given out then.
    pub fn text(&mut self, text: &str, sealed: &SealedPlace<'_>, now: Moment) -> Result<Revealed, RevealError> {
        let spans: Vec<(Mark, Range<usize>)> = find(text.as_bytes())
            .filter(|found| matches!(found.mark(), Mark::Token | Mark::Vault | Mark::Sealed))
            .map(|found| (found.mark(), found.span()))
            .collect();
        let mut values: HashMap<&str, Option<Opened>> = HashMap::new();
        let mut distinct: Vec<(Mark, &str)> = Vec::new();
        for (mark, span) in &spans {
            let word = text.get(span.clone()).unwrap_or_default();
            if values.insert(word, None).is_none() {
                distinct.push((*mark, word));
            }
        }
        let opened = self.open(&distinct, sealed, now)?;
        values.extend(distinct.iter().map(|(_, word)| *word).zip(opened));
        Ok(put_in(text, &spans, &values))
    }

    /// Opens what may be opened of `words`, recorded before and after.
    fn open(
        &mut self,
        words: &[(Mark, &str)],
        sealed: &SealedPlace<'_>,
        now: Moment,
    ) -> Result<Vec<Option<Opened>>, RevealError> {
        let (asked, unknown) = (words.len() as u64, BTreeMap::new());
        self.revealer.record(&self.request, Phase::Intended, asked, &unknown)?;
        match self.granted_and_counted(words, sealed, now) {
            Ok(opened) => {
                let kinds = kinds_of(opened.iter().flatten());
                let count = kinds.values().sum();
                self.revealer.record(&self.request, Phase::Done, count, &kinds)?;
                Ok(opened)
            }
            Err(error) => {
                self.revealer.record(&self.request, Phase::Failed, asked, &unknown)?;
                Err(error)
            }
        }
    }

    fn granted_and_counted(
        &mut self,
        words: &[(Mark, &str)],
        sealed: &SealedPlace<'_>,
        now: Moment,
    ) -> Result<Vec<Option<Opened>>, RevealError> {
        let (request, revealer) = (&self.request, &mut *self.revealer);
        let grant = revealer.gate.grant(request, Act::Reveal, now)?;
        revealer.gate.spend(request, Act::Reveal, words.len() as u64, grant.per_hour(), now)?;
        let vault = revealer.vault.as_deref_mut();
        let mut opening = Opening::new(&grant, request.purpose, revealer.keys, sealed, vault);
        let opened = words.iter().map(|(mark, word)| opening.open(*mark, word));
        let opened = opened.collect::<Result<Vec<_>, StoreError>>()?;
        if opened.iter().any(Option::is_some) { Ok(opened) } else { Err(RevealError::refused()) }
    }
}

fn kinds_of<'o>(opened: impl Iterator<Item = &'o Opened>) -> BTreeMap<Kind, u64> {
    let mut kinds = BTreeMap::new();
    for one in opened {
        *kinds.entry(one.kind).or_insert(0) += 1;
    }
    kinds
}

/// `bank_card:2,qq:1`
fn written(kinds: &BTreeMap<Kind, u64>) -> String {
    kinds.iter().map(|(kind, count)| format!("{kind}:{count}")).collect::<Vec<_>>().join(",")
}

fn put_in(text: &str, spans: &[(Mark, Range<usize>)], values: &HashMap<&str, Option<Opened>>) -> Revealed {
    let value_of = |span: &Range<usize>| values.get(text.get(span.clone())?)?.as_ref();
    let more: usize = spans.iter().filter_map(|(_, span)| value_of(span)).map(|opened| opened.value.len()).sum();
    // Of its whole length at once: a text that grows leaves values behind.
    let mut out = Zeroizing::new(String::with_capacity(text.len() + more));
    let mut from = 0;
    for (_, span) in spans {
        if let Some(opened) = value_of(span) {
            out.push_str(text.get(from..span.start).unwrap_or_default());
            out.push_str(&opened.value);
            from = span.end;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    let opened = kinds_of(values.values().flatten());
    let left = values.values().filter(|value| value.is_none()).count() as u64;
    Revealed { text: out, opened, left }
}

impl Revealed {
    /// The text, with values in clear.
    #[must_use]
    pub fn dangerously_text(&self) -> &str {
        &self.text
    }

    /// How many different values of each kind it has now.
    #[must_use]
    pub fn opened(&self) -> &BTreeMap<Kind, u64> {
        &self.opened
    }

    /// How many different tokens and sealed values stayed as they are.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left
    }
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revealed({}, {} left)", written(&self.opened), self.left)
    }
}

impl fmt::Debug for Revealer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revealer({:?}, {:?})", self.gate, self.vault)
    }
}

impl fmt::Debug for Session<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({:?})", self.request)
    }
}
