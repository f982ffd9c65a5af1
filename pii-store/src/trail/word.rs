//! Words that stand for a choice, as they are written in a record for good.

use pii_core::Kind;
use pii_core::key::KeyId;
use pii_core::mask::Profile;
use pii_core::policy::Action;
use pii_core::time::Moment;
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;
use std::fmt;
use std::marker::PhantomData;

/// Something that is written as one word.
pub(super) trait Word: Sized {
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

/// Reads a string by a function that checks it. What is wrong is never shown.
pub(super) fn read<'de, D, T>(deserializer: D, parse: fn(&str) -> Option<T>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    struct Checked<T>(fn(&str) -> Option<T>, PhantomData<T>);

    impl<T> Visitor<'_> for Checked<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a word as the trail writes it")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.0)(text).ok_or_else(|| E::custom("this is no word that the trail writes here"))
        }
    }

    deserializer.deserialize_str(Checked(parse, PhantomData))
}

/// For `#[serde(with = "word::one")]`.
pub(super) mod one {
    use super::{Deserializer, Serializer, Word};

    pub(in super::super) fn serialize<S: Serializer, W: Word>(word: &W, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&word.write())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>, W: Word>(deserializer: D) -> Result<W, D::Error> {
        super::read(deserializer, W::read)
    }
}

/// For `#[serde(with = "word::maybe", default, skip_serializing_if = "Option::is_none")]`.
pub(super) mod maybe {
    use super::{Deserializer, Serializer, Word};

    pub(in super::super) fn serialize<S, W>(word: &Option<W>, serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
        W: Word,
    {
        match word {
            Some(word) => serializer.serialize_str(&word.write()),
            None => serializer.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D, W>(deserializer: D) -> Result<Option<W>, D::Error>
    where
        D: Deserializer<'de>,
        W: Word,
    {
        super::read(deserializer, W::read).map(Some)
    }
}

impl Word for Kind {
    fn write(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::new(text)
    }
}

impl Word for Action {
    fn write(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

impl Word for Profile {
    fn write(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == text)
    }
}

impl Word for KeyId {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Word for Moment {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// Writes and reads an enum by a table of its words.
macro_rules! words {
    ($type:ty: $($variant:ident = $word:literal),+ $(,)?) => {
        impl $type {
            /// All of them.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word that stands in the record, for good.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|it| it.word() == text)
            }
        }

        impl $crate::trail::word::Word for $type {
            fn write(&self) -> String {
                self.word().to_owned()
            }

            fn read(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

pub(super) use words;
