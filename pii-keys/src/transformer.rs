//! The keys of a keyring at work: what stands in the place of values whose action takes a key.

use crate::{Keyring, Purpose};
use pii_core::Kind;
use pii_core::fpe::{Cipher, Codec, FpeError, Keep, Options};
use pii_core::key::{Entropy, KeyId};
use pii_core::policy::{Action, Part, Terms};
use pii_core::seal::{Bound, Envelope, SealError, Sealer, WrappingKey};
use pii_core::surrogate::{Tokenizer, normalised};
use pii_core::transform::{Asked, Transform, TransformError};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// All three levels of an address's divisions: what keeping its region keeps.
const DIVISIONS: u8 = 3;

const NO_SUBJECT: &str =
    "the policy seals with the key of a data subject, and nobody says which subject this is: name one";

/// Makes pseudonyms, tokens, digests and sealed values with the primary keys of a keyring. Shared by any number of threads.
///
/// Sealed values are bound to their kind, to the flow's purpose and to the record that [`Transformer::bound_to`] names. They
/// open with the data key of this transformer, which is in its [`Transformer::envelope`], and those that a policy seals with
/// the subject's key with the one in its [`Transformer::subject_envelope`]: both have to be kept before any of them leaves.
pub struct Transformer {
    cipher: Option<(KeyId, Cipher)>,
    tokens: Option<Tokenizer>,
    digests: Option<Tokenizer>,
    sealer: Option<(Sealer, Envelope)>,
    subject: Option<(Sealer, Envelope)>,
    record: String,
    codecs: RwLock<Codecs>,
}

/// By kind, and for each by terms: what sets up slowly and is used for every value. `None`: the kind has no form.
type Codecs = HashMap<Kind, Vec<(Terms, Option<Arc<Codec>>)>>;

impl Transformer {
    /// The primary keys that the keyring has; an action whose key it lacks is not offered.
    ///
    /// # Errors
    /// There is no randomness to be had for a data key.
    pub fn new(ring: &Keyring, entropy: &mut dyn Entropy) -> Result<Self, SealError> {
        let wrapping = ring.wrapping_key(Purpose::Seal, None).ok();
        let sealer = wrapping.map(|key| Sealer::begin(&key, key.algorithm(), entropy)).transpose()?;
        Ok(Self {
            cipher: ring.cipher(None).ok(),
            tokens: ring.tokenizer(Purpose::Token, None).ok(),
            digests: ring.tokenizer(Purpose::Hash, None).ok(),
            sealer,
            subject: None,
            record: String::new(),
            codecs: RwLock::default(),
        })
    }

    /// Seals what a policy seals with the subject's key (`key = "subject"`) for the one subject whose key this is
    /// ([`SubjectKeys`](crate::SubjectKeys)). Without that, such a policy stops the message.
    ///
    /// # Errors
    /// There is no randomness to be had for a data key.
    pub fn for_subject(self, key: &WrappingKey, entropy: &mut dyn Entropy) -> Result<Self, SealError> {
        let subject = Some(Sealer::begin(key, key.algorithm(), entropy)?);
        Ok(Self { subject, ..self })
    }

    /// Binds what is sealed to a record, such as a case: it opens for nobody who does not name the same.
    #[must_use]
    pub fn bound_to(self, record: impl Into<String>) -> Self {
        Self { record: record.into(), ..self }
    }

    /// The data key of what is sealed for one subject, wrapped with that subject's key.
    #[must_use]
    pub fn subject_envelope(&self) -> Option<&Envelope> {
        self.subject.as_ref().map(|(_, envelope)| envelope)
    }

    fn seal(&self, asked: &Asked<'_>) -> Result<String, TransformError> {
        let (sealer, _) = if asked.terms.is_per_subject {
            self.subject.as_ref().ok_or_else(|| TransformError::Unavailable(NO_SUBJECT.to_owned()))?
        } else {
            self.sealer.as_ref().ok_or_else(|| lacking(Action::Seal))?
        };
        let bound = Bound { record: &self.record, field: asked.rule.kind().as_str(), purpose: asked.purpose };
        let sealed = sealer.seal(asked.written.as_bytes(), &bound);
        sealed.map(|sealed| sealed.to_string()).map_err(|error| TransformError::Unavailable(error.to_string()))
    }

    /// The wrapped data key that opens what is sealed here, if anything is.
    #[must_use]
    pub fn envelope(&self) -> Option<&Envelope> {
        self.sealer.as_ref().map(|(_, envelope)| envelope)
    }

    /// The key that an action uses, for whoever records what was masked with what: a pseudonym has no room for it.
    #[must_use]
    pub fn key_of(&self, action: Action) -> Option<KeyId> {
        match action {
            Action::Fpe => self.cipher.as_ref().map(|(id, _)| *id),
            Action::Token => self.tokens.as_ref().map(Tokenizer::key_id),
            Action::Hash => self.digests.as_ref().map(Tokenizer::key_id),
            Action::Seal => self.envelope().map(Envelope::key_id),
            Action::Pass | Action::Mask | Action::Drop | Action::Block => None,
        }
    }

    fn codec(&self, asked: &Asked<'_>) -> Result<Arc<Codec>, TransformError> {
        let known = |codecs: &Codecs| {
            let of_kind = codecs.get(&asked.kind())?;
            of_kind.iter().find(|(terms, _)| terms == asked.terms).map(|(_, codec)| codec.clone())
        };
        // Nothing panics while it holds the lock, and what is there is whole at any time.
        let found = known(&self.codecs.read().unwrap_or_else(PoisonError::into_inner));
        let codec = match found {
            Some(codec) => codec,
            None => {
                let (_, cipher) = self.cipher.as_ref().ok_or_else(|| lacking(Action::Fpe))?;
                let made = Codec::new(asked.rule, cipher, &asked.terms.scope, &options(asked.terms));
                let made = made.ok().map(Arc::new);
                let mut codecs = self.codecs.write().unwrap_or_else(PoisonError::into_inner);
                // Somebody else may have been faster; a second one of the same does no harm.
                codecs.entry(asked.kind()).or_default().push((asked.terms.clone(), made.clone()));
                made
            }
        };
        codec.ok_or(TransformError::NoForm)
    }
}

impl Transform for Transformer {
    fn offers(&self, action: Action) -> bool {
        self.key_of(action).is_some()
    }

    fn transform(&self, asked: &Asked<'_>) -> Result<String, TransformError> {
        let (kind, scope) = (asked.kind(), &asked.terms.scope);
        match asked.action {
            Action::Fpe => self.codec(asked)?.encrypt_for(asked.subject, asked.written).map_err(without_form),
            Action::Token => {
                let tokens = self.tokens.as_ref().ok_or_else(|| lacking(Action::Token))?;
                Ok(tokens.token(kind, scope, &normalised(asked.written)))
            }
            Action::Hash => {
                let digests = self.digests.as_ref().ok_or_else(|| lacking(Action::Hash))?;
                Ok(digests.digest(kind, scope, &normalised(asked.written)))
            }
            Action::Seal => self.seal(asked),
            Action::Pass | Action::Mask | Action::Drop | Action::Block => Err(lacking(asked.action)),
        }
    }
}

impl fmt::Debug for Transformer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = Action::ALL.into_iter().filter_map(|action| Some((action.as_str(), self.key_of(action)?)));
        f.debug_map().entries(keys).finish()
    }
}

fn options(terms: &Terms) -> Options {
    let keep = Keep {
        region: terms.keeps(Part::Region),
        birth_year: terms.keeps(Part::BirthYear),
        sex: terms.keeps(Part::Sex),
    };
    Options {
        keep,
        keep_divisions: if keep.region { DIVISIONS } else { 0 },
        marked: terms.is_invalid,
        ..Options::default()
    }
}

/// What a codec refuses is a matter of the value: the options were right when it was made, or there is none.
fn without_form(_: FpeError) -> TransformError {
    TransformError::NoForm
}

fn lacking(action: Action) -> TransformError {
    TransformError::Unavailable(format!("the keyring has no primary key for the action \"{action}\""))
}
