//! All rules together, compiled.

use super::error::RuleError;
use super::form::Shape;
use super::harmless::{Harmless, HarmlessFile};
use super::label::{LabelBuilder, Labels, Side};
use super::{Rule, parse};
use crate::finding::Role;
use crate::kind::Kind;
use std::sync::{Arc, OnceLock};

/// The name of the file that says what is *not* personal.
const HARMLESS_FILE: &str = "harmless.toml";

/// The rule files in `rules/`, as they were at build: name and text.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rules that an engine works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RuleSet {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    rules: Vec<Rule>,
    labels: Labels,
    harmless: Harmless,
}

impl RuleSet {
    /// The rules that come with this version.
    ///
    /// # Panics
    /// Never in a released version: the embedded rules are read by the tests.
    #[must_use]
    pub fn builtin() -> Self {
        static BUILTIN: OnceLock<RuleSet> = OnceLock::new();
        BUILTIN
            .get_or_init(|| match Self::with(&[]) {
                Ok(set) => set,
                Err(error) => panic!("the embedded rules are wrong: {error}"),
            })
            .clone()
    }

    /// The embedded rules and `files` (name and text) beside them. A file whose kind is known replaces that kind's rule.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and what to write instead.
    pub fn with(files: &[(String, String)]) -> Result<Self, RuleError> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut harmless = Vec::new();
        let embedded = EMBEDDED.iter().map(|(name, text)| (*name, *text));
        for (file, text) in embedded.chain(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
            if file.rsplit(['/', '\\']).next() == Some(HARMLESS_FILE) {
                harmless.push((file, text));
                continue;
            }
            let rule = parse::rule(file, text)?;
            match rules.iter_mut().find(|known| known.kind == rule.kind) {
                Some(known) => *known = rule,
                None => rules.push(rule),
            }
        }
        Self::compile(rules, &harmless)
    }

    fn compile(mut rules: Vec<Rule>, harmless: &[(&str, &str)]) -> Result<Self, RuleError> {
        // The order of files must make no difference to what wins a tie.
        rules.sort_by(|a, b| b.priority.cmp(&a.priority).then(a.kind.cmp(&b.kind)));
        let whole = |what: String| RuleError::whole("rules", what);
        if rules.len() > usize::from(u16::MAX) {
            return Err(whole("more than 65,535 kinds".to_owned()));
        }
        let mut builder = LabelBuilder::default();
        for (index, rule) in (0u16..).zip(&rules) {
            for (word, role) in &rule.words {
                builder.word(Side::Before, word, index, *role);
            }
            for word in &rule.after {
                builder.word(Side::After, word, index, Role::Unknown);
            }
            for word in &rule.vague {
                if rule.words.iter().any(|(known, _)| known == word) {
                    builder.vague_word(word);
                } else if rule.fields.contains(word) {
                    builder.vague_field(word);
                } else {
                    return Err(whole(format!(
                        "{}: {word:?} is vague, but neither a word nor a field of the rule",
                        rule.kind
                    )));
                }
            }
            for name in &rule.fields {
                if !builder.field(name, index, Role::Unknown) {
                    return Err(whole(format!(
                        "{}: the field name {name:?} is empty or longer than 64 bytes",
                        rule.kind
                    )));
                }
            }
        }
        let mut patterns = Vec::new();
        let mut place = (HARMLESS_FILE, "");
        for &(file, text) in harmless {
            place = (file, text);
            let parsed: HarmlessFile = toml::from_str(text).map_err(|e| {
                RuleError::at(file, text, e.span().map_or(0, |span| span.start), e.message().to_owned())
            })?;
            parsed.words.iter().for_each(|word| builder.harmless_word(Side::Before, word));
            parsed.after.iter().for_each(|word| builder.harmless_word(Side::After, word));
            parsed.fields.iter().for_each(|name| {
                builder.harmless_field(name);
            });
            patterns.extend(parsed.pattern.into_iter().map(|p| p.pattern));
        }
        let labels = builder.build(|index| rules[usize::from(index)].priority).map_err(whole)?;
        let harmless = Harmless::build(place.0, place.1, &patterns)?;
        Ok(Self { inner: Arc::new(Inner { rules, labels, harmless }) })
    }

    /// The rules, the one of the highest priority first.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.inner.rules
    }

    /// The rule for `kind`.
    #[must_use]
    pub fn rule(&self, kind: Kind) -> Option<&Rule> {
        self.rules().iter().find(|rule| rule.kind == kind)
    }

    /// What each rule file that is embedded is called, and its text.
    #[must_use]
    pub fn embedded_files() -> &'static [(&'static str, &'static str)] {
        EMBEDDED
    }

    pub(crate) fn labels(&self) -> &Labels {
        &self.inner.labels
    }

    pub(crate) fn harmless(&self) -> &Harmless {
        &self.inner.harmless
    }

    pub(crate) fn at(&self, index: u16) -> &Rule {
        &self.inner.rules[usize::from(index)]
    }

    /// Whether values of a rule go as a whole whatever they are (credentials, biometrics).
    pub(crate) fn takes_whole(&self, index: u16) -> bool {
        self.at(index).forms.iter().any(|form| matches!(form.shape, Shape::Recogniser(r) if r.takes_whole()))
    }
}
