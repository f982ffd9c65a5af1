//! From what a rule file says to what it means, or to what is wrong with it.

use super::about::About;
use super::error::RuleError;
use super::reader::Reader;
use super::schema::{ContextTable, CounterTable, ExampleTable, MaskTable, RuleFile};
use super::{Counter, Example, Rule};
use crate::finding::Role;
use crate::kind::Kind;
use crate::mask::{Mask, Profile};
use std::collections::BTreeMap;
use toml::Spanned;

const PRIORITY_LIMIT: u16 = 1000;

/// Reads one rule file.
pub(super) fn rule(reader: &Reader<'_>) -> Result<Rule, RuleError> {
    let parsed: RuleFile = reader.tables()?;
    let kind = reader.kind(&parsed.kind)?;
    let at = parsed.kind.span();
    if parsed.form.is_empty() {
        return Err(reader.missing(at, "form", "the rule finds nothing: it has no form"));
    }
    if parsed.example.is_empty() {
        return Err(reader.missing(at, "example", "the rule has no example, and examples are its tests"));
    }
    let vague = reader.vague(&parsed.context)?;
    let forms = parsed.form.iter().map(|form| reader.form(form)).collect::<Result<Vec<_>, _>>()?;
    let context = parsed.context;
    Ok(Rule {
        kind,
        file: reader.file.to_owned(),
        kind_at: at.start,
        class: reader.class(&parsed.class)?,
        name_en: parsed.name.en,
        name_zh: parsed.name.zh,
        source: parsed.source,
        priority: reader.priority(&parsed.priority)?,
        vague,
        words: reader.words_by_role([
            (context.staff_words, Role::Staff),
            (context.client_words, Role::Client),
            (context.words, Role::Unknown),
        ])?,
        after: reader.words(context.after)?,
        fields: reader.field_names(context.fields)?,
        about: About::new(&reader.words(context.about)?, &reader.field_names(context.about_fields)?),
        masks: reader.masks(&parsed.mask)?,
        fpe: parsed.fpe.as_ref().map(|fpe| reader.fpe(fpe, &forms)).transpose()?,
        forms,
        examples: parsed.example.iter().map(|e| reader.example(e)).collect(),
        counters: parsed.counter.iter().map(|c| reader.counter(c)).collect(),
    })
}

impl Reader<'_> {
    fn kind(&self, name: &Spanned<String>) -> Result<Kind, RuleError> {
        let error = || self.error(name.span(), "a kind's name is 1 to 48 of a-z, 0-9 and _ and begins with a letter");
        Kind::new(name.get_ref()).ok_or_else(|| error().hint("write \"wealth_card_no\""))
    }

    fn priority(&self, given: &Option<Spanned<u16>>) -> Result<u16, RuleError> {
        match given {
            None => Ok(0),
            Some(priority) if *priority.get_ref() <= PRIORITY_LIMIT => Ok(*priority.get_ref()),
            Some(priority) => {
                let error = self.error(priority.span(), format!("a priority is 0 to {PRIORITY_LIMIT}"));
                Err(error.hint("write 500, or more to win against the kinds of that number"))
            }
        }
    }

    fn words_by_role(&self, lists: [(Vec<Spanned<String>>, Role); 3]) -> Result<Vec<(String, Role)>, RuleError> {
        let mut all = Vec::with_capacity(lists.iter().map(|(words, _)| words.len()).sum());
        for (words, role) in lists {
            all.extend(self.words(words)?.into_iter().map(|word| (word, role)));
        }
        Ok(all)
    }

    /// Words that may stand before other things too are words or fields of the rule.
    fn vague(&self, context: &ContextTable) -> Result<Vec<String>, RuleError> {
        let lists = [&context.words, &context.client_words, &context.staff_words, &context.fields];
        let known: Vec<&str> = lists.into_iter().flatten().map(|word| word.get_ref().as_str()).collect();
        match context.vague.iter().find(|word| !known.contains(&word.get_ref().as_str())) {
            None => self.words(context.vague.clone()),
            Some(word) => {
                let what = format!("{:?} is vague, but neither a word nor a field of the rule", word.get_ref());
                Err(self.error(word.span(), what).hint("add it to `words` or `fields`, or take it out here"))
            }
        }
    }

    fn masks(&self, tables: &Spanned<BTreeMap<Spanned<String>, Spanned<MaskTable>>>) -> Result<[Mask; 3], RuleError> {
        let given = tables.get_ref();
        if let Some(name) = given.keys().find(|name| Profile::ALL.iter().all(|p| p.as_str() != name.get_ref())) {
            return Err(self.unknown(name, "profile", &Profile::ALL.map(Profile::as_str)));
        }
        let read = |profile: Profile| {
            let name = profile.as_str();
            let Some((_, table)) = given.iter().find(|(given, _)| given.get_ref() == name) else {
                let what = format!("the mask for the profile `{name}` is missing");
                return Err(self.missing(tables.span(), name, what));
            };
            let t = table.get_ref();
            let method = t.method.as_ref().map(|m| m.get_ref().as_str());
            Mask::parse(method, t.first, t.last, t.stars, t.parts, t.letter)
                .map_err(|what| self.error(table.span(), what))
        };
        Ok([read(Profile::Strict)?, read(Profile::Usual)?, read(Profile::Lenient)?])
    }

    fn example(&self, example: &Spanned<ExampleTable>) -> Example {
        let e = example.get_ref();
        Example {
            text: e.text.clone(),
            value: e.value.clone().unwrap_or_else(|| e.text.clone()),
            field: e.field.clone(),
            line: self.line(example.span()),
        }
    }

    fn counter(&self, counter: &Spanned<CounterTable>) -> Counter {
        let c = counter.get_ref();
        Counter { text: c.text.clone(), field: c.field.clone(), why: c.why.clone(), line: self.line(counter.span()) }
    }
}
