//! From what a rule file says to what it means, or to what is wrong with it.

use super::charset::AsciiSet;
use super::error::{RuleError, nearest};
use super::form::{Confidence, Form, LENGTH_LIMIT, PatternShape, Recogniser, Shape, TokenShape};
use super::schema::{ConfidenceTable, FormTable, FpeTable, Lengths, MaskTable, RuleFile};
use super::{Counter, Example, Fpe, Rule};
use crate::check;
use crate::finding::Role;
use crate::kind::{Class, Kind};
use crate::mask::{Mask, Profile};
use memchr::memmem::Finder;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use std::ops::Range;
use toml::Spanned;

/// What a pattern may grow to when it is compiled, in bytes. A rule that needs more would slow every search.
const PATTERN_SIZE_LIMIT_BYTES: usize = 1 << 20;

const FPE_METHODS: [&str; 7] = ["digits", "rank", "luhn", "alphabet", "local_part", "date", "replace"];

/// Reads one rule file.
pub(super) fn rule(file: &str, text: &str) -> Result<Rule, RuleError> {
    let reader = Reader { file, text };
    let parsed: RuleFile = toml::from_str(text).map_err(|e| reader.syntax(&e))?;
    let kind = Kind::new(parsed.kind.get_ref()).ok_or_else(|| {
        reader.error(parsed.kind.span(), "a kind's name is 1 to 48 of a-z, 0-9 and _ and begins with a letter")
    })?;
    let forms = parsed.form.iter().map(|form| reader.form(form)).collect::<Result<Vec<_>, _>>()?;
    if forms.is_empty() {
        return Err(RuleError::whole(file, "the rule finds nothing").hint("add a [[form]]"));
    }
    let words = |list: &[String], role| list.iter().map(|w| (w.clone(), role)).collect::<Vec<_>>();
    let context = &parsed.context;
    Ok(Rule {
        kind,
        class: reader.class(&parsed.class)?,
        name_en: parsed.name.en,
        name_zh: parsed.name.zh,
        source: parsed.source,
        priority: parsed.priority,
        forms,
        words: [
            words(&context.staff_words, Role::Staff),
            words(&context.client_words, Role::Client),
            words(&context.words, Role::Unknown),
        ]
        .concat(),
        after: context.after.clone(),
        vague: context.vague.clone(),
        fields: context.fields.clone(),
        masks: reader.masks(&parsed.mask)?,
        fpe: parsed.fpe.as_ref().map(|fpe| reader.fpe(fpe)).transpose()?,
        examples: parsed.example.iter().map(|e| reader.example(e)).collect(),
        counters: parsed
            .counter
            .iter()
            .map(|c| Counter {
                text: c.get_ref().text.clone(),
                field: c.get_ref().field.clone(),
                why: c.get_ref().why.clone(),
                line: reader.line(c.span()),
            })
            .collect(),
    })
}

/// A file while it is read, for its errors.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn error(&self, span: Range<usize>, what: impl Into<String>) -> RuleError {
        RuleError::at(self.file, self.text, span.start, what)
    }

    fn syntax(&self, error: &toml::de::Error) -> RuleError {
        let what = error.message().lines().next().unwrap_or("not TOML").to_owned();
        match error.span() {
            Some(span) => self.error(span, what),
            None => RuleError::whole(self.file, what),
        }
    }

    fn line(&self, span: Range<usize>) -> usize {
        self.error(span, "").line().unwrap_or(1)
    }

    fn class(&self, level: &Spanned<u8>) -> Result<Class, RuleError> {
        Class::new(*level.get_ref()).ok_or_else(|| self.error(level.span(), "a class is 1, 2, 3 or 4"))
    }

    fn form(&self, table: &Spanned<FormTable>) -> Result<Form, RuleError> {
        let form = table.get_ref();
        let shapes =
            [form.length.is_some(), form.pattern.is_some(), form.after_label.is_some(), form.recogniser.is_some()];
        if shapes.iter().filter(|&&given| given).count() != 1 {
            let what = "a form has exactly one of `length`, `pattern`, `after_label` and `recogniser`";
            return Err(self.error(table.span(), what));
        }
        Ok(Form {
            name: form.name.clone(),
            shape: self.shape(form)?,
            check: form.check.as_ref().map(|name| self.check(name)).transpose()?,
            check_name: form.check.as_ref().map(|name| name.get_ref().clone()),
            confidence: self.confidence(table, &form.confidence)?,
            class: form.class.as_ref().map(|level| self.class(level)).transpose()?,
        })
    }

    fn shape(&self, form: &FormTable) -> Result<Shape, RuleError> {
        if let Some(length) = &form.length {
            return Ok(Shape::Token(Box::new(self.token(form, length)?)));
        }
        if let Some(pattern) = &form.pattern {
            let regex = self.regex(pattern, pattern.get_ref())?;
            let group = regex.group_info().to_index(regex_automata::PatternID::ZERO, "value").unwrap_or(0);
            let triggers = form.trigger.iter().map(|t| Finder::new(t.as_bytes()).into_owned()).collect();
            return Ok(Shape::Pattern(PatternShape { regex, group, triggers }));
        }
        if let Some(pattern) = &form.after_label {
            return Ok(Shape::AfterLabel(self.regex(pattern, pattern.get_ref())?));
        }
        let name = form.recogniser.as_ref().expect("one of the four is given, and it is none of the other three");
        Recogniser::named(name.get_ref()).map(Shape::Recogniser).ok_or_else(|| {
            self.error(name.span(), format!("there is no recogniser {:?}", name.get_ref()))
                .hint(format!("write one of {}", Recogniser::names().collect::<Vec<_>>().join(", ")))
        })
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
                _ => Err(self.error(set.span(), "a character that may stand here is not in the form's `alphabet`")),
            },
        };
        Ok(TokenShape {
            alphabet,
            first: narrower(&form.first)?,
            last: narrower(&form.last)?,
            lengths: self.lengths(length)?,
            matches: form
                .matches
                .as_ref()
                .map(|pattern| self.regex(pattern, &format!("^(?:{})$", pattern.get_ref())))
                .transpose()?,
            prefixes: form.prefix.iter().map(|p| p.clone().into_bytes()).collect(),
            separators: AsciiSet::each_of(&form.separators).map_err(|what| self.error(length.span(), what))?,
        })
    }

    fn set(&self, set: &Spanned<String>) -> Result<AsciiSet, RuleError> {
        AsciiSet::parse(set.get_ref()).map_err(|what| self.error(set.span(), what))
    }

    fn lengths(&self, lengths: &Spanned<Lengths>) -> Result<u64, RuleError> {
        let list: Vec<usize> = match lengths.get_ref() {
            Lengths::List(list) => list.clone(),
            Lengths::Range(range) => {
                let ends =
                    range.split_once("..").and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
                let Some((from, to)) = ends else {
                    return Err(self
                        .error(lengths.span(), "a length is a list or a range")
                        .hint("write [15, 18] or \"6..14\""));
                };
                (from..=to).collect()
            }
        };
        let fits = |&n: &usize| (1..=LENGTH_LIMIT).contains(&n);
        if list.is_empty() || !list.iter().all(fits) {
            let what = format!("lengths are 1 to {LENGTH_LIMIT} characters, the smaller end of a range first");
            return Err(self.error(lengths.span(), what));
        }
        Ok(list.iter().fold(0, |bits, n| bits | 1 << n))
    }

    fn regex(&self, at: &Spanned<String>, pattern: &str) -> Result<Regex, RuleError> {
        Regex::builder()
            // Classes such as \d and \w are ASCII: text is folded before it is searched. Han are written as they are.
            .syntax(syntax::Config::new().utf8(false).unicode(true))
            .configure(Regex::config().utf8_empty(false).nfa_size_limit(Some(PATTERN_SIZE_LIMIT_BYTES)))
            .build(pattern)
            .map_err(|e| self.error(at.span(), format!("not a usable regular expression: {}", first_line(&e))))
    }

    fn check(&self, name: &Spanned<String>) -> Result<check::Check, RuleError> {
        check::named(name.get_ref()).ok_or_else(|| {
            let error = self.error(name.span(), format!("there is no check {:?}", name.get_ref()));
            match nearest(name.get_ref(), check::names().iter().copied()) {
                Some(known) => error.hint(format!("write {known:?}")),
                None => error.hint(format!("write one of {}", check::names().join(", "))),
            }
        })
    }

    fn confidence(&self, form: &Spanned<FormTable>, table: &ConfidenceTable) -> Result<Confidence, RuleError> {
        let all = [table.valid, table.likely, table.plain, table.labelled, table.near, table.row, table.column];
        if !all.iter().all(|c| (0.0..=1.0).contains(c)) || all.iter().all(|&c| c < 0.5) {
            let what = "confidences are 0 to 1, and one of them at least 0.5, or the form finds nothing";
            return Err(self.error(form.span(), what));
        }
        let ConfidenceTable { valid, likely, plain, labelled, near, row, column, firm } = *table;
        Ok(Confidence { valid, likely, plain, labelled, near, row, column, firm })
    }

    fn masks(&self, tables: &std::collections::BTreeMap<String, Spanned<MaskTable>>) -> Result<[Mask; 3], RuleError> {
        let names = ["strict", "usual", "lenient"];
        if let Some((name, table)) = tables.iter().find(|(name, _)| !names.contains(&name.as_str())) {
            return Err(self
                .error(table.span(), format!("there is no profile {name:?}"))
                .hint("write strict, usual or lenient"));
        }
        let read = |profile: Profile| {
            let name = names[profile as usize];
            let Some(table) = tables.get(name) else {
                return Err(RuleError::whole(self.file, format!("the mask for the profile {name} is missing")));
            };
            let t = table.get_ref();
            let method = t.method.as_ref().map(|m| m.get_ref().as_str());
            Mask::parse(method, t.first, t.last, t.stars, t.parts, t.letter)
                .map_err(|what| self.error(table.span(), what))
        };
        Ok([read(Profile::Strict)?, read(Profile::Usual)?, read(Profile::Lenient)?])
    }

    fn fpe(&self, table: &FpeTable) -> Result<Fpe, RuleError> {
        let method = table.method.get_ref().as_str();
        if !FPE_METHODS.contains(&method) {
            return Err(self
                .error(table.method.span(), format!("there is no method {method:?}"))
                .hint(format!("write one of {}", FPE_METHODS.join(", "))));
        }
        Ok(Fpe { method: method.to_owned(), keep_first: table.keep_first, alphabet: table.alphabet.clone() })
    }

    fn example(&self, example: &Spanned<super::schema::ExampleTable>) -> Example {
        let e = example.get_ref();
        Example {
            text: e.text.clone(),
            value: e.value.clone().unwrap_or_else(|| e.text.clone()),
            field: e.field.clone(),
            line: self.line(example.span()),
        }
    }
}

fn first_line(error: &regex_automata::meta::BuildError) -> String {
    use std::error::Error as _;
    let detail = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    detail.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("").trim().to_owned()
}
