//! All rules together, compiled.

use super::error::RuleError;
use super::form::Shape;
use super::harmless::{Harmless, HarmlessWords};
use super::label::{LabelBuilder, Labels};
use super::{Rule, parse};
use crate::kind::Kind;
use crate::mask::nearest::nearest;
use std::collections::HashMap;
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

    /// The embedded rules and `files` (name and text) beside them. A file whose kind is embedded replaces that rule.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and what to write instead.
    pub fn with(files: &[(String, String)]) -> Result<Self, RuleError> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut harmless = Vec::new();
        let embedded: Vec<(&str, &str)> = EMBEDDED.to_vec();
        let given: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        for group in [&embedded, &given] {
            let mut known: HashMap<Kind, &str> = HashMap::new();
            for &(file, text) in group {
                if file.rsplit(['/', '\\']).next() == Some(HARMLESS_FILE) {
                    harmless.push(HarmlessWords::read(file, text)?);
                    continue;
                }
                let rule = parse::rule(file, text)?;
                if let Some(other) = known.insert(rule.kind, file) {
                    let what = format!("the kind {} has a rule in {other} already", rule.kind);
                    return Err(RuleError::at(file, text, rule.kind_at, what).hint("take one of the two files out"));
                }
                match rules.iter_mut().find(|known| known.kind == rule.kind) {
                    Some(known) => *known = rule,
                    None => rules.push(rule),
                }
            }
        }
        let (file, text) = given.last().or(embedded.last()).copied().unwrap_or(("", ""));
        // What no single line is to blame for is told of the last file: without it the others would do.
        Self::compile(rules, &harmless)
            .map_err(|what| RuleError::at(file, text, 0, what).hint("take out what is not needed"))
    }

    fn compile(mut rules: Vec<Rule>, harmless: &[HarmlessWords]) -> Result<Self, String> {
        // The order of files must make no difference to what wins a tie.
        rules.sort_by(|a, b| b.priority.cmp(&a.priority).then(a.kind.cmp(&b.kind)));
        if rules.len() > usize::from(u16::MAX) {
            return Err("more than 65,535 kinds".to_owned());
        }
        let mut builder = LabelBuilder::default();
        for (index, rule) in (0u16..).zip(&rules) {
            builder.rule(index, rule);
        }
        for file in harmless {
            builder.harmless(file);
        }
        let labels = builder.build(|index| rules[usize::from(index)].priority)?;
        let harmless = Harmless::build(harmless)?;
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

    /// The rule for the kind that somebody calls `name`.
    ///
    /// # Errors
    /// There is none: says what to write instead.
    pub fn named(&self, name: &str) -> Result<&Rule, String> {
        let rule = self.rules().iter().find(|rule| rule.kind.as_str() == name);
        rule.ok_or_else(|| match nearest(name, self.rules().iter().map(|rule| rule.kind.as_str())) {
            Some(meant) => format!("there is no kind {name:?}: write {meant:?}"),
            None => format!("there is no kind {name:?}; `pii rules show` lists them"),
        })
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
