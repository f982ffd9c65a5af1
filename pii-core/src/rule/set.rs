//! All rules together, compiled.

use super::embedded::EMBEDDED;
use super::error::RuleError;
use super::form::Shape;
use super::harmless::{Harmless, HarmlessWords};
use super::label::{LabelBuilder, Labels};
use super::reader::Reader;
use super::{Rule, parse};
use crate::kind::Kind;
use crate::nearest::nearest;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// The name of the file that says what is *not* personal.
const HARMLESS_FILE: &str = "harmless.toml";

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
        let embedded: Vec<Reader<'_>> = EMBEDDED.iter().map(Reader::embedded).collect();
        let given: Vec<Reader<'_>> = files.iter().map(|(file, text)| Reader::given(file, text)).collect();
        Self::read(&embedded, &given)
    }

    fn read(embedded: &[Reader<'_>], given: &[Reader<'_>]) -> Result<Self, RuleError> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut harmless = Vec::new();
        for group in [embedded, given] {
            let mut known: HashMap<Kind, &str> = HashMap::new();
            for reader in group {
                if reader.file.rsplit(['/', '\\']).next() == Some(HARMLESS_FILE) {
                    harmless.push(HarmlessWords::read(reader)?);
                    continue;
                }
                let rule = parse::rule(reader)?;
                if let Some(other) = known.insert(rule.kind, reader.file) {
                    let what = format!("the kind {} has a rule in {other} already", rule.kind);
                    return Err(reader.error(rule.kind_at..rule.kind_at, what).hint("take one of the two files out"));
                }
                match rules.iter_mut().find(|known| known.kind == rule.kind) {
                    Some(known) => *known = rule,
                    None => rules.push(rule),
                }
            }
        }
        // What no single line is to blame for is told of the last file: without it the others would do.
        let last = given.last().or(embedded.last()).map_or(("", ""), |reader| (reader.file, reader.text));
        Self::compile(rules, &harmless, given.is_empty())
            .map_err(|what| RuleError::at(last.0, last.1, 0, what).hint("take out what is not needed"))
    }

    fn compile(mut rules: Vec<Rule>, harmless: &[HarmlessWords], is_embedded: bool) -> Result<Self, String> {
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
        let harmless = Harmless::build(harmless, is_embedded)?;
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
    pub fn embedded_files() -> impl Iterator<Item = (&'static str, &'static str)> {
        EMBEDDED.iter().map(|embedded| (embedded.name, embedded.text))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::embedded::Embedded;
    use crate::rule::harmless::HarmlessFile;
    use crate::rule::schema::RuleFile;
    use serde::de::DeserializeOwned;
    use std::fmt::Debug;

    fn texts() -> impl Iterator<Item = Reader<'static>> {
        EMBEDDED.iter().map(|file| Reader::given(file.name, file.text))
    }

    /// What a file says, with where it says it: as it was laid out, and by its text.
    fn both<T: DeserializeOwned + Debug>(file: &Embedded, text: &Reader<'_>) -> [String; 2] {
        let laid_out = T::deserialize(file.tables().value()).expect("the build laid it out");
        [laid_out, text.tables::<T>().expect("a rule file")].map(|said| format!("{said:#?}"))
    }

    #[test]
    fn the_tables_that_the_build_laid_out_are_those_of_the_files() {
        for (file, text) in EMBEDDED.iter().zip(texts()) {
            let is_harmless = file.name.ends_with(HARMLESS_FILE);
            let [laid_out, written] =
                if is_harmless { both::<HarmlessFile>(file, &text) } else { both::<RuleFile>(file, &text) };
            assert_eq!(laid_out, written, "{}", file.name);
        }
    }

    #[test]
    fn what_the_build_laid_out_means_what_the_files_say() {
        let given: Vec<Reader<'_>> = texts().collect();
        // This compiles every pattern.
        let read = RuleSet::read(&[], &given).unwrap_or_else(|error| panic!("{error}"));
        let built = RuleSet::builtin();
        assert_eq!(built.rules().len(), read.rules().len());
        for (built, read) in built.rules().iter().zip(read.rules()) {
            assert_eq!(format!("{built:#?}"), format!("{read:#?}"));
        }
        assert_eq!(format!("{:?}", built.harmless()), format!("{:?}", read.harmless()));
    }
}
