//! A rule file while it is read: where in it something stands, and what is wrong in words that say what to write.

use super::embedded::Embedded;
use super::error::RuleError;
use super::field_name::{NAME_LIMIT_BYTES, normalise};
use crate::nearest::nearest;
use std::ops::Range;
use toml::Spanned;

/// What a missing key looks like where it is there.
const EXAMPLES: [(&str, &str); 17] = [
    ("kind", "kind = \"wealth_card_no\""),
    ("class", "class = 3, from 1 (least sensitive) to 4"),
    ("name", "name = { en = \"Wealth card number\", zh = \"财富卡号\" }, or in a form name = \"V and 9 digits\""),
    ("en", "en = \"Wealth card number\""),
    ("zh", "zh = \"财富卡号\""),
    ("source", "source = \"our card handbook, 4.2\""),
    ("form", "[[form]] with name, length and confidence below it"),
    ("mask", "[mask] with strict, usual and lenient below it"),
    ("confidence", "confidence = { labelled = 0.97, near = 0.9 }"),
    ("text", "text = \"您的财富卡V000000001已生效\""),
    ("why", "why = \"one digit is missing\""),
    ("method", "method = \"digits\""),
    ("pattern", "pattern = \"V[0-9]{9}\""),
    ("strict", "strict = { last = 4 }"),
    ("usual", "usual = { first = 2, last = 4 }"),
    ("lenient", "lenient = { first = 4, last = 4 }"),
    ("example", "[[example]] with a text in which a value is found"),
];

/// How TOML's reader names the types of values, and how people do.
const TYPES: [(&str, &str); 12] = [
    ("u8", "a whole number from 0 to 255"),
    ("u16", "a whole number from 0 to 65535"),
    ("usize", "a whole number, 0 or more"),
    ("f32", "a number such as 0.9"),
    ("a string", "a text in quotes"),
    ("a boolean", "true or false, without quotes"),
    ("a sequence", "a list in square brackets"),
    ("a map", "a table: key = value in braces"),
    ("struct Names", "a table: name = { en = \"…\", zh = \"…\" }"),
    ("struct ConfidenceTable", "a table: confidence = { labelled = 0.97, near = 0.9 }"),
    ("struct MaskTable", "a table: strict = { last = 4 }"),
    ("struct ContextTable", "a table: [context], and words and fields below it"),
];

/// The longest word that a message repeats: long enough for any of ours.
const QUOTED_LIMIT_CHARS: usize = 40;

/// A file while it is read, for its errors.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    /// What the build laid out, of a file that comes with this version. The tests have read those in full.
    pub(super) embedded: Option<&'static Embedded>,
}

impl<'a> Reader<'a> {
    /// A file that somebody wrote.
    pub(super) fn given(file: &'a str, text: &'a str) -> Self {
        Self { file, text, embedded: None }
    }

    /// A file that comes with this version.
    pub(super) fn embedded(embedded: &'static Embedded) -> Self {
        Self { file: embedded.name, text: embedded.text, embedded: Some(embedded) }
    }

    /// Reads the file as what its tables say.
    pub(super) fn tables<T: serde::de::DeserializeOwned>(&self) -> Result<T, RuleError> {
        // Where what was laid out cannot be read, its text says where that is.
        let laid_out = self.embedded.and_then(|embedded| T::deserialize(embedded.tables().value()).ok());
        laid_out.map_or_else(|| toml::from_str(self.text).map_err(|error| self.syntax(&error)), Ok)
    }

    pub(super) fn error(&self, span: Range<usize>, what: impl Into<String>) -> RuleError {
        RuleError::at(self.file, self.text, span.start, what)
    }

    pub(super) fn line(&self, span: Range<usize>) -> usize {
        memchr::memchr_iter(b'\n', self.text.get(..span.start).unwrap_or(self.text).as_bytes()).count() + 1
    }

    /// Something that has to be in the file and is not.
    pub(super) fn missing(&self, span: Range<usize>, key: &str, what: impl Into<String>) -> RuleError {
        let error = self.error(span, what);
        match EXAMPLES.iter().find(|(known, _)| *known == key) {
            Some((_, example)) => error.hint(format!("write {example}")),
            None => error,
        }
    }

    /// A word that is none of `known`.
    pub(super) fn unknown(&self, word: &Spanned<String>, what: &str, known: &[&str]) -> RuleError {
        let quoted: String = word.get_ref().chars().take(QUOTED_LIMIT_CHARS).collect();
        self.error(word.span(), format!("there is no {what} {quoted:?}")).hint(instead(word.get_ref(), known))
    }

    /// Words that stand before or behind a value. An empty one would stand everywhere.
    pub(super) fn words(&self, words: Vec<Spanned<String>>) -> Result<Vec<String>, RuleError> {
        match words.iter().find(|word| word.get_ref().trim().is_empty()) {
            None => Ok(words.into_iter().map(Spanned::into_inner).collect()),
            Some(word) => Err(self.error(word.span(), "an empty word would stand everywhere").hint("take it out")),
        }
    }

    /// Names of fields, which have something in them that can be compared.
    pub(super) fn field_names(&self, names: Vec<Spanned<String>>) -> Result<Vec<String>, RuleError> {
        let compares = |name: &str| normalise(name.as_bytes(), &mut [0; NAME_LIMIT_BYTES]).is_some();
        match names.iter().find(|name| self.embedded.is_none() && !compares(name.get_ref())) {
            None => Ok(names.into_iter().map(Spanned::into_inner).collect()),
            Some(name) => {
                let what = format!("a field's name has 1 to {NAME_LIMIT_BYTES} bytes beside `_`, `-`, `.` and spaces");
                Err(self.error(name.span(), what).hint("write the name as the file or the interface has it"))
            }
        }
    }

    fn syntax(&self, error: &toml::de::Error) -> RuleError {
        let what = error.message().lines().next().unwrap_or("this is no TOML").to_owned();
        let span = error.span().unwrap_or(0..0);
        let quoted = |from: &str| what.strip_prefix(from)?.split('`').next().map(str::to_owned);
        if let Some(key) = quoted("missing field `") {
            return self.missing(span, &key, format!("the key `{key}` is missing here"));
        }
        if let Some(key) = quoted("unknown field `") {
            let known: Vec<&str> = what.split('`').skip(3).step_by(2).collect();
            return self.error(span, format!("there is no key `{key}` here")).hint(instead(&key, &known));
        }
        if let Some((given, wanted)) =
            what.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
        {
            let wanted = TYPES.iter().find(|(name, _)| *name == wanted).map_or(wanted, |(_, people)| people);
            return self.error(span, format!("{given} cannot stand here")).hint(format!("write {wanted}"));
        }
        if what.contains("duplicate key") {
            return self.error(span, "this key is here twice").hint("take one of them out");
        }
        self.error(span, format!("this is no TOML: {what}"))
            .hint("write key = \"text\", key = 3 or key = [\"a\", \"b\"]")
    }
}

/// `write "length"`, or all that could be written.
fn instead(given: &str, known: &[&str]) -> String {
    match nearest(given, known.iter().copied()) {
        Some(meant) => format!("write {meant:?}"),
        None => format!("write one of {}", known.join(", ")),
    }
}
