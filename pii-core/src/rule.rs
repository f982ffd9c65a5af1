//! The rules: what each identifier kind looks like, as data.
//!
//! A rule file says how a kind's values are written, which words stand beside them, how they are checked and masked, and
//! brings examples and counter-examples, which are tests. Nothing about a kind stands in code but its check.

mod about;
mod automaton;
mod charset;
mod embedded;
mod error;
mod field_name;
mod form;
mod fpe;
mod harmless;
mod label;
mod laid_out;
mod names;
mod needs;
mod opening;
mod parse;
mod pattern;
mod read_form;
mod reader;
mod schema;
mod set;
mod told;
mod words;

pub use error::RuleError;
pub use fpe::{Fpe, InPlace};

pub(crate) use about::About;
pub(crate) use charset::AsciiSet;
pub(crate) use field_name::{NAME_LIMIT_BYTES, normalise, parts as title_parts};
pub(crate) use form::{Confidence, Form, PatternShape, Recogniser, Shape, THRESHOLD, TokenShape};
pub(crate) use fpe::CheckCharacters;
pub(crate) use label::{Label, LabelKind, Labels, NUMBER_DIGITS, WordHit};
pub(crate) use needs::Counts;
pub(crate) use opening::{LONGEST as LONGEST_TOKEN, Opening};
pub use set::RuleSet;
pub(crate) use words::Script;

use crate::finding::Role;
use crate::kind::{Class, Kind};
use crate::mask::{Mask, Profile};

/// What one identifier kind looks like and how it is treated.
#[derive(Debug)]
pub struct Rule {
    pub(crate) kind: Kind,
    /// What errors call the rule file.
    file: String,
    /// Where the rule file names the kind, in bytes.
    kind_at: usize,
    pub(crate) class: Class,
    pub(crate) name_en: String,
    pub(crate) name_zh: String,
    pub(crate) source: String,
    pub(crate) priority: u16,
    pub(crate) forms: Vec<Form>,
    pub(crate) words: Vec<(String, Role)>,
    pub(crate) after: Vec<String>,
    pub(crate) vague: Vec<String>,
    pub(crate) fields: Vec<String>,
    pub(crate) about: About,
    pub(crate) masks: [Mask; 3],
    pub(crate) fpe: Option<Fpe>,
    pub(crate) examples: Vec<Example>,
    pub(crate) counters: Vec<Counter>,
}

/// A text in which the rule finds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The text.
    pub text: String,
    /// What is found in it.
    pub value: String,
    /// The name of the field that it stands in.
    pub field: Option<String>,
    /// Where the example stands in the rule file, from 1.
    pub line: usize,
}

/// A text in which the rule finds nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The text.
    pub text: String,
    /// The name of the field that it stands in.
    pub field: Option<String>,
    /// Why nothing is found.
    pub why: String,
    /// Where the counter-example stands in the rule file, from 1.
    pub line: usize,
}

impl Rule {
    /// Reads one rule file by itself. `file` is what errors call it.
    ///
    /// What can only be seen beside other rules (a word that several of them use) is for [`RuleSet::with`].
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and what to write instead.
    pub fn parse(file: &str, text: &str) -> Result<Self, RuleError> {
        parse::rule(&reader::Reader::given(file, text))
    }

    /// The kind that the rule finds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The rule file, as it was named when it was read.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// How sensitive the kind is. A single form may differ (a sole trader's USCC).
    #[must_use]
    pub fn class(&self) -> Class {
        self.class
    }

    /// What people call it, in English and in Chinese.
    #[must_use]
    pub fn names(&self) -> (&str, &str) {
        (&self.name_en, &self.name_zh)
    }

    /// Standard and clause, or where the format is known from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What stands in place of a value in `profile`.
    #[must_use]
    pub fn mask(&self, profile: Profile) -> &Mask {
        &self.masks[profile as usize]
    }

    /// How a value is encrypted with its format kept, if it can be.
    #[must_use]
    pub fn fpe(&self) -> Option<&Fpe> {
        self.fpe.as_ref()
    }

    /// Texts in which the rule finds something.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// Texts in which the rule finds nothing.
    #[must_use]
    pub fn counters(&self) -> &[Counter] {
        &self.counters
    }

    /// The recogniser that finds the kind's values, if code does.
    pub(crate) fn recogniser(&self) -> Option<Recogniser> {
        self.forms.iter().find_map(|form| match form.shape {
            Shape::Recogniser(recogniser) => Some(recogniser),
            _ => None,
        })
    }

    /// The names of fields that hold values of this kind, as the rule file spells them.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The words that stand before values of this kind.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|(word, _)| word.as_str())
    }
}
