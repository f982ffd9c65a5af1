//! The ways in which a value is written.

use super::charset::AsciiSet;
use super::needs::Needs;
use super::opening::Opening;
use super::pattern::Pattern;
use crate::check::Check;
use crate::kind::Class;

/// The longest canonical value of a token form, in characters. One bit of a `u64` each.
pub(crate) const LENGTH_LIMIT: usize = 40;

/// One way in which a value is written.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// Shown by `--explain`.
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) check: Option<Check>,
    pub(crate) check_name: Option<String>,
    pub(crate) confidence: Confidence,
    /// Where a form is more or less sensitive than its kind.
    pub(crate) class: Option<Class>,
}

/// Below this a candidate is no finding.
pub(crate) const THRESHOLD: f32 = 0.5;

impl Form {
    /// Whether a value can count where nothing speaks for it but its form and its check.
    pub(crate) fn stands_alone(&self) -> bool {
        let Confidence { valid, likely, plain, .. } = self.confidence;
        let own = if self.check.is_some() { valid.max(likely) } else { plain };
        own >= THRESHOLD
    }

    /// How many bytes at the beginning of a value found in this form are one of the form's prefixes and what separates it
    /// from the rest: 4 of `+86 138…`.
    pub(crate) fn prefix_len(&self, value: &str) -> usize {
        let Shape::Token(shape) = &self.shape else { return 0 };
        let ends = shape.prefixes.iter().filter_map(|prefix| {
            let rest = value.as_bytes().strip_prefix(prefix.as_slice())?;
            // The bracket of `(86)138…` was opened before the value, and stays where it is.
            let blank = rest.iter().take_while(|b| shape.separators.has(**b) || **b == b')').count();
            let canonical: Vec<u8> =
                rest[blank..].iter().filter(|b| !shape.separators.has(**b)).map(u8::to_ascii_uppercase).collect();
            shape.fits(&canonical).then_some(prefix.len() + blank)
        });
        ends.max().unwrap_or(0)
    }
}

/// What a form looks like.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Token(Box<TokenShape>),
    Pattern(PatternShape),
    /// Begins right behind a label.
    AfterLabel(Pattern),
    Recogniser(Recogniser),
}

/// A run of letters and digits of certain lengths.
#[derive(Clone, Debug)]
pub(crate) struct TokenShape {
    pub(crate) alphabet: AsciiSet,
    pub(crate) first: AsciiSet,
    pub(crate) last: AsciiSet,
    /// Bit `n`: a canonical value may have `n` characters.
    pub(crate) lengths: u64,
    pub(crate) matches: Option<Pattern>,
    pub(crate) prefixes: Vec<Vec<u8>>,
    pub(crate) separators: AsciiSet,
    /// A value may touch the letters of its label even where it has no check.
    pub(crate) after_name: bool,
}

/// A regular expression found anywhere.
#[derive(Clone, Debug)]
pub(crate) struct PatternShape {
    pub(crate) regex: Pattern,
    /// The group that is the value; 0 is the whole match.
    pub(crate) group: usize,
    pub(crate) triggers: Vec<memchr::memmem::Finder<'static>>,
    /// What a text needs to hold a match.
    pub(crate) needs: Needs,
    /// How the first token of its values looks, where all of them have one.
    pub(crate) opening: Option<Opening>,
    /// It asks where a text begins or ends, so that a match in a part of a line need be none in the line.
    pub(crate) asks_for_ends: bool,
    /// Nothing stands in a match before its value, and none asks where a text begins or ends.
    pub(crate) value_first: bool,
}

/// Finders in code, as rules name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recogniser {
    PersonName,
    Address,
    /// Whatever stands behind a label or in a field that says so: the whole value.
    Biometric,
    BiometricTemplate,
    BiometricImage,
    BiometricVoice,
    BiometricEmbedding,
}

/// The recognisers by name.
const RECOGNISERS: [(&str, Recogniser); 7] = [
    ("person_name", Recogniser::PersonName),
    ("address", Recogniser::Address),
    ("biometric", Recogniser::Biometric),
    ("biometric_template", Recogniser::BiometricTemplate),
    ("biometric_image", Recogniser::BiometricImage),
    ("biometric_voice", Recogniser::BiometricVoice),
    ("biometric_embedding", Recogniser::BiometricEmbedding),
];

impl Recogniser {
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        RECOGNISERS.iter().map(|(name, _)| *name)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        RECOGNISERS.iter().find(|(known, _)| *known == name).map(|(_, recogniser)| *recogniser)
    }

    /// Whether values go as a whole, arrays and objects too.
    pub(crate) fn takes_whole(self) -> bool {
        !matches!(self, Self::PersonName | Self::Address)
    }
}

/// How sure a finding is, by evidence; see the rule file's `confidence`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Confidence {
    pub(crate) valid: f32,
    pub(crate) likely: f32,
    pub(crate) plain: f32,
    pub(crate) labelled: f32,
    pub(crate) near: f32,
    pub(crate) row: f32,
    pub(crate) column: f32,
    pub(crate) firm: bool,
}

impl PatternShape {
    /// Whether a value may begin with the letters or digits that begin at `at`, or with what leads to them. Also where the
    /// place does not tell.
    #[inline]
    pub(crate) fn may_begin_around(&self, text: &[u8], at: usize) -> bool {
        !self.value_first || self.regex.may_begin_around(text, at)
    }
}

impl TokenShape {
    /// Whether values are digits, and perhaps the X of a check character.
    pub(crate) fn is_number(&self) -> bool {
        let characters = AsciiSet::parse("0-9X").expect("the digits and X are a set");
        characters.holds(self.alphabet)
    }

    /// Whether values have one length only.
    pub(crate) fn has_one_length(&self) -> bool {
        self.lengths.is_power_of_two()
    }

    /// Whether a canonical value of two characters or more may begin with these two.
    pub(crate) fn may_begin_with(&self, first: u8, second: u8) -> bool {
        self.first.has(first)
            && self.alphabet.has(second)
            && self.matches.as_ref().is_none_or(|regex| regex.may_begin_with(&[first, second]))
    }

    /// Whether a value may begin and end as this does, which tells most that do not fit.
    #[inline]
    pub(crate) fn has_ends_of(&self, canonical: &[u8]) -> bool {
        matches!(canonical, [first, .., last] if self.first.has(*first) && self.last.has(*last))
            || matches!(canonical, [only] if self.first.has(*only) && self.last.has(*only))
    }

    /// Whether a canonical value has this form. The check comes after.
    pub(crate) fn fits(&self, canonical: &[u8]) -> bool {
        let length = canonical.len();
        length <= LENGTH_LIMIT
            && self.lengths >> length & 1 == 1
            && self.has_ends_of(canonical)
            // The automaton leaves what it does not know after a few characters.
            && self.matches.as_ref().is_none_or(|regex| regex.begins(canonical))
            && canonical.iter().all(|&b| self.alphabet.has(b))
    }
}
