//! From what a rule file says of a form to what it means.

use super::automaton::whole;
use super::charset::AsciiSet;
use super::error::RuleError;
use super::form::{Confidence, Form, LENGTH_LIMIT, PatternShape, Recogniser, Shape, TokenShape};
use super::reader::Reader;
use super::schema::{ConfidenceTable, FormTable, Lengths};
use super::told::Told;
use crate::check;
use crate::kind::Class;
use memchr::memmem::Finder;
use std::ops::Range;
use toml::Spanned;

const SHAPES: &str = "`length`, `pattern`, `after_label` and `recogniser`";

impl Reader<'_> {
    pub(super) fn class(&self, level: &Spanned<u8>) -> Result<Class, RuleError> {
        let error = || self.error(level.span(), format!("there is no class {}", level.get_ref()));
        Class::new(*level.get_ref()).ok_or_else(|| error().hint("write 1 (least sensitive), 2, 3 or 4"))
    }

    pub(super) fn form(&self, table: &Spanned<FormTable>) -> Result<Form, RuleError> {
        let form = table.get_ref();
        self.has_one_shape(table)?;
        Ok(Form {
            name: form.name.clone(),
            shape: self.shape(form)?,
            check: form.check.as_ref().map(|name| self.check(name)).transpose()?,
            check_name: form.check.as_ref().map(|name| name.get_ref().clone()),
            confidence: self.confidence(&form.confidence)?,
            class: form.class.as_ref().map(|level| self.class(level)).transpose()?,
        })
    }

    /// One shape, and no key of another: it would say something that nobody reads.
    fn has_one_shape(&self, table: &Spanned<FormTable>) -> Result<(), RuleError> {
        let form = table.get_ref();
        let shapes =
            [form.length.is_some(), form.pattern.is_some(), form.after_label.is_some(), form.recogniser.is_some()];
        if shapes.iter().filter(|&&given| given).count() != 1 {
            let error = self.error(table.span(), format!("a form has exactly one of {SHAPES}"));
            return Err(error.hint("write each in a [[form]] of its own"));
        }
        let of_length = [
            ("alphabet", form.alphabet.as_ref()),
            ("first", form.first.as_ref()),
            ("last", form.last.as_ref()),
            ("matches", form.matches.as_ref()),
            ("separators", form.separators.as_ref()),
        ];
        let of_length = of_length.into_iter().filter_map(|(key, given)| Some((key, given?.span(), "length")));
        let of_length = of_length.chain(form.prefix.first().map(|prefix| ("prefix", prefix.span(), "length")));
        let of_length = of_length.chain(form.after_name.as_ref().map(|given| ("after_name", given.span(), "length")));
        let of_pattern = form.trigger.first().map(|trigger| ("trigger", trigger.span(), "pattern"));
        let mut stray =
            of_length.filter(|_| form.length.is_none()).chain(of_pattern.filter(|_| form.pattern.is_none()));
        match stray.next() {
            None => Ok(()),
            Some((key, span, with)) => {
                let error = self.error(span, format!("`{key}` is read only in a form with `{with}`"));
                Err(error.hint("take it out"))
            }
        }
    }

    fn shape(&self, form: &FormTable) -> Result<Shape, RuleError> {
        if let Some(length) = &form.length {
            return Ok(Shape::Token(Box::new(self.token(form, length)?)));
        }
        if let Some(pattern) = &form.pattern {
            let (regex, told) = self.telling_pattern(pattern)?;
            let Told { group, needs, opening, asks_for_ends, value_first } = told;
            let triggers = self.words(form.trigger.clone())?;
            let triggers = triggers.iter().map(|t| Finder::new(t.as_bytes()).into_owned()).collect();
            return Ok(Shape::Pattern(PatternShape {
                regex,
                group,
                triggers,
                needs,
                opening,
                asks_for_ends,
                value_first,
            }));
        }
        if let Some(pattern) = &form.after_label {
            return Ok(Shape::AfterLabel(self.finding_pattern(pattern)?.0));
        }
        let name = form.recogniser.as_ref().expect("one of the four is given, and it is none of the other three");
        let known: Vec<&str> = Recogniser::names().collect();
        Recogniser::named(name.get_ref()).map(Shape::Recogniser).ok_or_else(|| self.unknown(name, "recogniser", &known))
    }

    fn token(&self, form: &FormTable, length: &Spanned<Lengths>) -> Result<TokenShape, RuleError> {
        let alphabet = match &form.alphabet {
            Some(set) => self.set(set)?,
            None => AsciiSet::parse("0-9").expect("the digits are a set"),
        };
        let narrower = |given: &Option<Spanned<String>>| match given {
            None => Ok(alphabet),
            Some(set) => match self.set(set)? {
                inner if alphabet.holds(inner) => Ok(inner),
                _ => {
                    let what = "a character that may stand here is not in the form's `alphabet`";
                    Err(self.error(set.span(), what).hint("add it there, or take it out here"))
                }
            },
        };
        let anchored = |pattern: &Spanned<String>| self.pattern(pattern, whole(pattern.get_ref()));
        let separators = |set: &Spanned<String>| {
            let wrong = |what| self.error(set.span(), what).hint("write full-width forms as ASCII: \"-\" for \"－\"");
            AsciiSet::each_of(set.get_ref()).map_err(wrong)
        };
        Ok(TokenShape {
            alphabet,
            first: narrower(&form.first)?,
            last: narrower(&form.last)?,
            lengths: self.lengths(length)?,
            matches: form.matches.as_ref().map(anchored).transpose()?,
            prefixes: self.words(form.prefix.clone())?.into_iter().map(String::into_bytes).collect(),
            separators: form.separators.as_ref().map(separators).transpose()?.unwrap_or_default(),
            after_name: form.after_name.as_ref().is_some_and(|given| *given.get_ref()),
        })
    }

    fn set(&self, set: &Spanned<String>) -> Result<AsciiSet, RuleError> {
        let wrong = |what| self.error(set.span(), what).hint("write single characters and ranges, such as \"0-9A-Z\"");
        AsciiSet::parse(set.get_ref()).map_err(wrong)
    }

    fn lengths(&self, lengths: &Spanned<Lengths>) -> Result<u64, RuleError> {
        let wrong = |what: String| self.error(lengths.span(), what).hint("write [15, 18] or \"6..14\"");
        let bits = |range: Range<usize>| range.fold(0u64, |bits, n| bits | 1 << n);
        let fits = |n: &usize| (1..=LENGTH_LIMIT).contains(n);
        match lengths.get_ref() {
            Lengths::List(list) if !list.is_empty() && list.iter().all(fits) => {
                Ok(list.iter().fold(0, |all, &n| all | bits(n..n + 1)))
            }
            Lengths::Range(range) => {
                let ends =
                    range.split_once("..").and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
                match ends {
                    None => Err(wrong("a length is a list of numbers, or a range with both its ends".to_owned())),
                    Some((from, to)) if from <= to && fits(&from) && fits(&to) => Ok(bits(from..to + 1)),
                    Some(_) => Err(wrong(format!("a range runs upwards, from 1 at least to {LENGTH_LIMIT} at most"))),
                }
            }
            Lengths::List(_) => Err(wrong(format!("lengths are 1 to {LENGTH_LIMIT} characters, one at least"))),
        }
    }

    fn check(&self, name: &Spanned<String>) -> Result<check::Check, RuleError> {
        check::named(name.get_ref()).ok_or_else(|| self.unknown(name, "check", check::names()))
    }

    fn confidence(&self, table: &Spanned<ConfidenceTable>) -> Result<Confidence, RuleError> {
        let ConfidenceTable { valid, likely, plain, labelled, near, row, column, firm } = *table.get_ref();
        let all = [valid, likely, plain, labelled, near, row, column];
        if !all.iter().all(|c| (0.0..=1.0).contains(c)) {
            let error = self.error(table.span(), "a confidence is a number from 0 to 1");
            return Err(error.hint("write 0.97 where it is nearly sure"));
        }
        if all.iter().all(|&c| c < 0.5) {
            let error = self.error(table.span(), "with all confidences below 0.5 the form finds nothing");
            return Err(error.hint("write labelled = 0.9 if a label decides"));
        }
        Ok(Confidence { valid, likely, plain, labelled, near, row, column, firm })
    }
}
