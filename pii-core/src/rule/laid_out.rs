//! Reads the tables of a rule file that the build laid out (`build/rules.rs`): what TOML says, and where in the file it stands.
//!
//! The rules are read at every start, and TOML has to be looked at byte by byte. This is read value by value.

use serde::de::value::Error;
use serde::de::{DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};
use serde_spanned::de::{SpannedDeserializer, is_spanned};
use std::cell::Cell;
use std::ops::Range;

/// What is left to read.
pub(super) struct Tables<'a> {
    rest: Cell<&'a [u8]>,
}

/// The next value.
#[derive(Clone, Copy)]
pub(super) struct Value<'t, 'a>(&'t Tables<'a>);

impl<'a> Tables<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: Cell::new(bytes) }
    }

    /// All of it: one table.
    pub(super) fn value(&self) -> Value<'_, 'a> {
        Value(self)
    }

    fn bytes(&self, len: usize) -> Result<&'a [u8], Error> {
        let (bytes, rest) = self.rest.get().split_at_checked(len).ok_or_else(cut_short)?;
        self.rest.set(rest);
        Ok(bytes)
    }

    fn byte(&self) -> Result<u8, Error> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    fn eight(&self) -> Result<[u8; 8], Error> {
        self.bytes(8)?.try_into().map_err(|_| cut_short())
    }

    /// Seven bits a byte, the lowest first; all but the last have the highest bit set.
    fn number(&self) -> Result<usize, Error> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    /// What the next value is, and where it stands in the file.
    fn head(&self) -> Result<(u8, Range<usize>), Error> {
        let what = self.byte()?;
        let start = self.number()?;
        Ok((what, start..start + self.number()?))
    }
}

/// Only a build that is broken has that.
fn cut_short() -> Error {
    Error::custom("the rules that the build laid out are cut short")
}

impl<'de> Deserializer<'de> for Value<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let tables = self.0;
        match tables.head()?.0 {
            b's' => {
                let text = tables.bytes(tables.number()?)?;
                visitor.visit_borrowed_str(std::str::from_utf8(text).map_err(Error::custom)?)
            }
            b'i' => visitor.visit_i64(i64::from_le_bytes(tables.eight()?)),
            b'f' => visitor.visit_f64(f64::from_le_bytes(tables.eight()?)),
            b'b' => visitor.visit_bool(tables.byte()? != 0),
            b'a' => visitor.visit_seq(Rest { tables, left: tables.number()? }),
            b't' => visitor.visit_map(Rest { tables, left: tables.number()? }),
            _ => Err(Error::custom("the rules that the build laid out are of another version")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if !is_spanned(name) {
            return self.deserialize_any(visitor);
        }
        let at = self.0.rest.get();
        let (_, span) = self.0.head()?;
        self.0.rest.set(at);
        visitor.visit_map(SpannedDeserializer::new(self, span))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'a> IntoDeserializer<'a, Error> for Value<'_, 'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The values of a list or a table that are left.
struct Rest<'t, 'a> {
    tables: &'t Tables<'a>,
    left: usize,
}

impl<'a> SeqAccess<'a> for Rest<'_, 'a> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(Value(self.tables)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'a> MapAccess<'a> for Rest<'_, 'a> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Value(self.tables))
    }
}
