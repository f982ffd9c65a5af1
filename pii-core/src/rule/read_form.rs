//! From what a rule file says of a form to what it means.

use super::charset::AsciiSet;
use super::error::RuleError;
use super::form::{Confidence, Form, LENGTH_LIMIT, PatternShape, Recogniser, Shape, TokenShape};
use super::needs::{Needs, is_value, with_value};
use super::opening::Opening;
use super::reader::Reader;
use super::schema::{ConfidenceTable, FormTable, Lengths};
use crate::check;
use crate::kind::Class;
use memchr::memmem::Finder;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_syntax::hir::{Hir, HirKind};
use std::ops::Range;
use toml::Spanned;

/// What a pattern may grow to when it is compiled, in bytes. A rule that needs more would slow every search.
const PATTERN_SIZE_LIMIT_BYTES: usize = 1 << 20;

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
            let (regex, parsed) = self.finding_regex(pattern)?;
            let group = match parsed.kind() {
                // All of a match is its value, and no group has to be looked for.
                HirKind::Capture(group) if is_value(group) => 0,
                _ => regex.group_info().to_index(regex_automata::PatternID::ZERO, "value").unwrap_or(0),
            };
            let triggers = self.words(&form.trigger)?;
            let triggers = triggers.iter().map(|t| Finder::new(t.as_bytes()).into_owned()).collect();
            let (needs, opening) = (Needs::of(&parsed), Opening::of(&parsed));
            let asks_for_ends = !parsed.properties().look_set().is_empty();
            let longest_match =
                with_value(&parsed).iter().try_fold(0, |most, part| Some(part.properties().maximum_len()?.max(most)));
            return Ok(Shape::Pattern(PatternShape {
                regex,
                group,
                triggers,
                needs,
                opening,
                asks_for_ends,
                longest_match,
            }));
        }
        if let Some(pattern) = &form.after_label {
            return Ok(Shape::AfterLabel(self.finding_regex(pattern)?.0));
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
        let anchored = |pattern: &Spanned<String>| self.regex(pattern, &format!("^(?:{})$", pattern.get_ref()));
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
            prefixes: self.words(&form.prefix)?.into_iter().map(String::into_bytes).collect(),
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

    /// A regular expression that finds something where there is something, and how it reads.
    fn finding_regex(&self, pattern: &Spanned<String>) -> Result<(Regex, Hir), RuleError> {
        let regex = self.regex(pattern, pattern.get_ref())?;
        let parsed = syntax::parse_with(pattern.get_ref(), &dialect()).map_err(|_| {
            // It was read a moment ago to be compiled.
            self.error(pattern.span(), "this is no regular expression that can be used")
        })?;
        if parsed.properties().minimum_len() == Some(0) {
            let error = self.error(pattern.span(), "this pattern also finds nothing at all, everywhere");
            return Err(error.hint("write + for *, or {1,9} for {0,9}"));
        }
        Ok((regex, parsed))
    }

    pub(super) fn regex(&self, at: &Spanned<String>, pattern: &str) -> Result<Regex, RuleError> {
        Regex::builder()
            .syntax(dialect())
            .configure(Regex::config().utf8_empty(false).nfa_size_limit(Some(PATTERN_SIZE_LIMIT_BYTES)))
            .build(pattern)
            .map_err(|error| {
                let what = format!("this is no regular expression that can be used: {}", detail(&error));
                self.error(at.span(), what).hint("no look-around and no back-references; `\\\\.` in \"…\" or '\\.'")
            })
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

/// Han are written as they are, and text that is no UTF-8 is searched too.
fn dialect() -> syntax::Config {
    syntax::Config::new().utf8(false).unicode(true)
}

fn detail(error: &regex_automata::meta::BuildError) -> String {
    use std::error::Error as _;
    let detail = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    detail.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("").trim().to_owned()
}
