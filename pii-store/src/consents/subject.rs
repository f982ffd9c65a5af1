//! What a person is known by, as keyed digests.

use super::error::ConsentError;
use crate::trail::KeyedDigest;
use pii_core::Kind;
use pii_core::consent::{AliasDigest, Book, SubjectId};
use pii_core::key::{KeyId, Mac};
use pii_core::surrogate::normalised;
use pii_keys::{DigestUse, Keyring};
use std::borrow::Cow;
use std::fmt;

/// The kind whose numbers have a country.
const MOBILE: &str = "mobile_phone";

/// Makes digests of phones, IDs and accounts, under each version of the key that may be used.
#[derive(Default)]
pub struct SubjectDigests {
    /// The primary one first.
    versions: Vec<(KeyId, Mac)>,
}

impl SubjectDigests {
    /// With the keys of a keyring for [`DigestUse::Subject`].
    #[must_use]
    pub fn of(keyring: &Keyring) -> Self {
        Self { versions: keyring.all_digests(DigestUse::Subject) }
    }

    /// Without keys: nobody is found by a value, only by their subject.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Digests of a subject's number, for a trail that has nothing else to know them by.
    pub(super) fn of_number(&self, subject: SubjectId) -> Vec<AliasDigest> {
        let under = |(key, mac): &(KeyId, Mac)| AliasDigest::new(*key, mac.of_parts(&[b"subject", &subject.bytes()]));
        self.versions.iter().map(under).collect()
    }

    /// Whom a record of the audit trail is about, as changes of their consents are recorded there: by numbers and by values,
    /// those under the primary key first.
    #[must_use]
    pub fn in_trail<'v>(
        &self,
        numbers: impl IntoIterator<Item = SubjectId>,
        values: impl IntoIterator<Item = (Kind, &'v str)>,
    ) -> Vec<KeyedDigest> {
        let mut all: Vec<Vec<AliasDigest>> = numbers.into_iter().map(|number| self.of_number(number)).collect();
        all.extend(self.aliases(values).values);
        let under = |version: usize| all.iter().filter_map(move |digests| digests.get(version)).map(in_trail);
        (0..self.versions.len()).flat_map(under).collect()
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// The digests of what one person is known by. A value is first written as the engine writes it ([`normalised`]), and its
    /// kind is digested with it: a customer number is nobody's account.
    #[must_use]
    pub fn aliases<'v>(&self, values: impl IntoIterator<Item = (Kind, &'v str)>) -> Aliases {
        let digests = |(kind, value): (Kind, &str)| {
            let value = canonical(kind, value);
            let under = |(key, mac): &(KeyId, Mac)| {
                AliasDigest::new(*key, mac.of_parts(&[kind.as_str().as_bytes(), value.as_bytes()]))
            };
            self.versions.iter().map(under).collect()
        };
        Aliases { values: values.into_iter().map(digests).collect() }
    }
}

/// A value as it is digested: one text, however it is written.
#[must_use]
pub fn canonical(kind: Kind, value: &str) -> Cow<'_, str> {
    match normalised(value) {
        Cow::Borrowed(value) if kind.as_str() == MOBILE => Cow::Borrowed(without_country(value)),
        Cow::Owned(value) if kind.as_str() == MOBILE => Cow::Owned(without_country(&value).to_owned()),
        value => value,
    }
}

/// A mobile number of the mainland as it is written at home: sources write it with and without its country.
fn without_country(number: &str) -> &str {
    let rest = ["+86", "0086", "86"].iter().find_map(|country| number.strip_prefix(country));
    rest.filter(|rest| rest.len() == 11 && rest.starts_with('1')).unwrap_or(number)
}

/// A digest as the audit trail has it.
pub(super) fn in_trail(alias: &AliasDigest) -> KeyedDigest {
    KeyedDigest { key: alias.key(), mac: alias.bytes() }
}

/// How many keys, and none of them.
impl fmt::Debug for SubjectDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectDigests({} versions)", self.versions.len())
    }
}

/// What one person is known by: of each value its digests, that under the primary key first.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    values: Vec<Vec<AliasDigest>>,
}

/// Whom aliases lead to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Leads {
    ToNobody,
    To(SubjectId),
    /// Some of them to this one, others to nobody.
    PartlyTo(SubjectId),
    Astray,
}

impl Aliases {
    /// The digests to ask a book for: of each value the one that it knows, whichever key made it.
    #[must_use]
    pub fn known_to(&self, book: &Book) -> Vec<AliasDigest> {
        let choice = |versions: &Vec<AliasDigest>| match versions.as_slice() {
            // What there is one of need not be looked up twice.
            [only] => Some(*only),
            several => known(several, book).or_else(|| several.first().copied()),
        };
        self.values.iter().filter_map(choice).collect()
    }

    /// All digests.
    pub(super) fn all(&self) -> Vec<AliasDigest> {
        self.values.iter().flatten().copied().collect()
    }

    /// The digests of values that lead nowhere yet, under the primary key.
    pub(super) fn new_to(&self, book: &Book) -> impl Iterator<Item = AliasDigest> {
        self.values
            .iter()
            .filter(move |versions| known(versions, book).is_none())
            .filter_map(|all| all.first().copied())
    }

    pub(super) fn lead(&self, book: &Book) -> Leads {
        let (mut found, mut is_unknown) = (None, false);
        for versions in &self.values {
            let Some(alias) = known(versions, book) else {
                is_unknown = true;
                continue;
            };
            match book.subject_of(&[alias]) {
                Some(subject) if found.is_none_or(|other| other == subject) => found = Some(subject),
                _ => return Leads::Astray,
            }
        }
        match found {
            None => Leads::ToNobody,
            Some(subject) if is_unknown => Leads::PartlyTo(subject),
            Some(subject) => Leads::To(subject),
        }
    }

    /// The subject that all of these lead to.
    ///
    /// # Errors
    /// They lead to nobody, to several, or only some of them to somebody.
    pub fn subject(&self, book: &Book) -> Result<SubjectId, ConsentError> {
        match self.lead(book) {
            Leads::To(subject) => Ok(subject),
            Leads::ToNobody => Err(ConsentError::NOBODY),
            Leads::PartlyTo(_) => Err(ConsentError::NOT_ALL),
            Leads::Astray => Err(ConsentError::UNCLEAR),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Vec::is_empty)
    }
}

fn known(versions: &[AliasDigest], book: &Book) -> Option<AliasDigest> {
    versions.iter().find(|alias| book.knows(alias)).copied()
}
