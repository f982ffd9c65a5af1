//! A finding on its way to its judgement: its value in the forms that deciding, counting and masking need, each made once.

use super::{Item, Standing};
use crate::Class;
use crate::engine::Engine;
use crate::fold;
use crate::mask::{Mask, Profile, Split};
use crate::policy::{Action, Decision, FlowPolicy, Query, Reason};
use crate::recognise::{address, name};
use crate::rule::{Form, Recogniser, Rule};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hasher as _};

/// A finding, its value and what is done with it.
pub(super) struct Case<'a> {
    pub(super) item: Item<'a>,
    pub(super) rule: &'a Rule,
    pub(super) form: &'a Form,
    /// The value without its disguises. Most values are borrowed as they came.
    folded: Cow<'a, str>,
    /// What stands before the value and is no part of it (`+86 `), in bytes of `folded`.
    prefix: usize,
    /// The characters of the value without what separates them. `None`: nothing does.
    unseparated: Option<String>,
    /// Where its parts end, if a recogniser finds parts.
    pub(super) split: Option<Split>,
    pub(super) decision: Decision<'a>,
    pub(super) mask: Mask,
}

/// A decision of the policy's, as the circumstances of the message leave it.
fn standing(standing: Standing, decision: Decision<'_>, class: Class) -> Decision<'_> {
    let is_withheld = standing == Standing::Withheld && decision.action == Action::Pass && class > Class::ONE;
    match standing {
        Standing::Routing => Decision { action: Action::Pass, rule: None, reason: Reason::Routing, ..decision },
        Standing::Withheld if is_withheld => {
            let action = if class == Class::FOUR { Action::Drop } else { Action::Mask };
            Decision { action, profile: Profile::Strict, reason: Reason::Withheld, ..decision }
        }
        Standing::Usual | Standing::Withheld => decision,
    }
}

impl<'a> Case<'a> {
    pub(super) fn new(engine: &'a Engine, policy: &'a FlowPolicy, item: Item<'a>, cut_short: bool) -> Self {
        let finding = item.finding;
        let rule = engine.rules().at(finding.rule);
        let query = Query {
            kind: finding.kind(),
            class: finding.class(),
            role: finding.role(),
            field: (!item.path.is_empty()).then_some(item.path),
            about: finding.about || rule.about.is_in_template(item.path),
        };
        let decision = standing(item.standing, policy.decide(&query), query.class);
        let profile = if cut_short { Profile::Strict } else { decision.profile };
        let mask = match decision.action {
            Action::Drop => Mask::drop(),
            _ => *rule.mask(profile),
        };
        let folded = fold::folded(item.value);
        let form = &rule.forms[usize::from(finding.form)];
        let prefix = form.prefix_len(&folded);
        let unseparated = unseparated(&folded[prefix..]);
        let split = split(rule, &folded);
        Self { item, rule, form, folded, prefix, unseparated, split, decision, mask }
    }

    /// Whether the value is written in other characters than it is known by: full-width digits.
    pub(super) fn is_folded(&self) -> bool {
        matches!(self.folded, Cow::Owned(_))
    }

    /// What stands before the value and is no part of it, and the value.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.folded.split_at(self.prefix)
    }

    /// What stands before the value, with its bracket as it is written: the other one stands before it and stays.
    pub(super) fn prefix_as_written(&self) -> Cow<'_, str> {
        match self.parts().0 {
            prefix if prefix.contains(')') && self.item.value.contains('）') => Cow::Owned(prefix.replace(')', "）")),
            prefix => Cow::Borrowed(prefix),
        }
    }

    /// The characters of the value as they are written, without what separates them: what a mask shows some of.
    pub(super) fn characters(&self) -> &str {
        self.unseparated.as_deref().unwrap_or(&self.folded[self.prefix..])
    }

    /// The characters in upper case: what the value is known by.
    pub(super) fn canonical(&self) -> Cow<'_, str> {
        in_upper_case(self.characters())
    }

    /// Equal for equal values within one run; says nothing of the value.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let mut buffer = [0; 64];
        for chunk in self.characters().as_bytes().chunks(buffer.len()) {
            let upper = &mut buffer[..chunk.len()];
            upper.copy_from_slice(chunk);
            upper.make_ascii_uppercase();
            hasher.write(upper);
        }
        hasher.finish()
    }
}

/// What a value is known by: folded, in upper case, without what separates the characters of a number.
pub(super) fn canonical(value: &str) -> Cow<'_, str> {
    match fold::folded(value) {
        Cow::Borrowed(value) => match unseparated(value) {
            None => in_upper_case(value),
            Some(characters) => Cow::Owned(characters.to_ascii_uppercase()),
        },
        Cow::Owned(folded) => Cow::Owned(unseparated(&folded).unwrap_or(folded).to_ascii_uppercase()),
    }
}

fn in_upper_case(characters: &str) -> Cow<'_, str> {
    if characters.bytes().any(|b| b.is_ascii_lowercase()) {
        Cow::Owned(characters.to_ascii_uppercase())
    } else {
        Cow::Borrowed(characters)
    }
}

/// `folded` without what separates its characters, if anything does.
fn unseparated(folded: &str) -> Option<String> {
    if folded.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let separator = folded.find(|c| !is_of_value(c))?;
    let mut characters = String::with_capacity(folded.len());
    characters.push_str(&folded[..separator]);
    characters.extend(folded[separator..].chars().filter(|c| is_of_value(*c)));
    Some(characters)
}

/// Whether a character is a letter or a digit. Han comes first: it is most of names and addresses, and the tables of
/// letters take long to say so.
fn is_of_value(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '\u{4E00}'..='\u{9FFF}') || c.is_alphanumeric()
}

fn split(rule: &Rule, folded: &str) -> Option<Split> {
    match rule.recogniser()? {
        Recogniser::PersonName => Some(Split::Name { surname: name::surname_len(folded) }),
        Recogniser::Address => {
            let levels = address::levels(folded);
            Some(Split::Address { city: levels.city_end, county: levels.county_end, road: levels.road_end })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_known_by_its_characters_in_upper_case() {
        for (value, expected) in [
            ("13800138000", "13800138000"),
            ("138-0013 8000", "13800138000"),
            ("１３８00138000", "13800138000"),
            ("１３８-00138000", "13800138000"),
            ("11010519491231002x", "11010519491231002X"),
            ("zhang.San@example.com", "ZHANGSANEXAMPLECOM"),
            ("阿依古丽·买买提", "阿依古丽买买提"),
            ("", ""),
        ] {
            assert_eq!(canonical(value), expected, "{value}");
        }
        assert!(matches!(canonical("13800138000"), Cow::Borrowed(_)));
        assert!(matches!(canonical("张三"), Cow::Borrowed(_)));
    }

    #[test]
    fn all_of_the_han_block_are_letters() {
        assert!(('\u{4E00}'..='\u{9FFF}').all(char::is_alphanumeric));
    }
}
