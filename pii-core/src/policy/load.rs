//! A policy: the built-in rules, and those of a firm's files behind them.

use super::error::{PolicyError, UnknownChannel, Warning};
use super::exempt::{Exemption, Matcher};
use super::field::Field;
use super::known::Known;
use super::purposes::{self, DeclaredPurpose};
use super::reach::unreachable;
use super::read::{Source, Table, only_known, shortened, tables};
use super::rule::PolicyRule;
use super::words::{CHANNELS, JsonNumber};
use crate::key::Suite;
use crate::mask::Profile;
use crate::nearest::nearest;
use crate::time::Date;
use crate::{Class, Kind};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};
use toml::de::DeTable;

/// The most rules and the most exemptions of one file. Rules are compared in pairs.
const ENTRIES_LIMIT: usize = 4096;

/// Less is allowed, with a warning.
const FLOOR_BITS: u8 = 19;

/// What is done with personal data, by channel, recipient, purpose, kind and field. Cheap to clone.
#[derive(Clone)]
pub struct Policy(Arc<Contents>);

#[derive(Clone)]
struct Contents {
    defaults: Defaults,
    purposes: Vec<DeclaredPurpose>,
    rules: Vec<PolicyRule>,
    exemptions: Vec<Exemption>,
    patterns: Vec<usize>,
    digests: HashMap<String, Vec<usize>>,
    channels: BTreeMap<String, &'static str>,
    warnings: Vec<Warning>,
    /// The file and the line that say whether a flow has to name its purpose.
    purpose_said_at: Option<(Arc<str>, usize)>,
}

/// What holds where a rule says nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The profile of rules that mask and name none.
    pub profile: Profile,
    /// The bits that must be left to guess of a number that leaves the firm.
    pub floor_bits: u8,
    /// What becomes of a JSON number that is masked.
    pub json_number: JsonNumber,
    /// Which algorithms whoever has the keys may use.
    pub crypto: Suite,
    /// Whether a flow that names no purpose may carry nothing personal, where purposes are declared.
    pub is_purpose_required: bool,
}

impl Policy {
    /// The policy that holds where a firm says nothing else (`rules/policy/default.toml` and `test-data.toml`).
    #[must_use]
    pub fn builtin() -> Self {
        static BUILTIN: LazyLock<Policy> = LazyLock::new(|| {
            let kinds: Vec<(Kind, Class)> =
                Kind::new("verification_code").map(|kind| (kind, Class::THREE)).into_iter().collect();
            let empty = Policy(Arc::new(Contents {
                defaults: Defaults {
                    profile: Profile::Strict,
                    floor_bits: FLOOR_BITS,
                    json_number: JsonNumber::String,
                    crypto: Suite::Any,
                    is_purpose_required: false,
                },
                purposes: Vec::new(),
                rules: Vec::new(),
                exemptions: Vec::new(),
                patterns: Vec::new(),
                digests: HashMap::new(),
                channels: BTreeMap::new(),
                warnings: Vec::new(),
                purpose_said_at: None,
            }));
            let files = [
                ("default.toml", include_str!("../../../rules/policy/default.toml")),
                ("test-data.toml", include_str!("../../../rules/policy/test-data.toml")),
            ];
            files.into_iter().fold(empty, |policy, (name, text)| {
                policy.with(name, text, &kinds).expect("the file is a constant, and a test reads it")
            })
        });
        BUILTIN.clone()
    }

    /// The built-in policy with a firm's file behind it. `name` is what errors call the file; `kinds` are those that
    /// rules define, each with its class.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and what to write instead.
    pub fn parse(name: &str, toml: &str, kinds: &[(Kind, Class)]) -> Result<Self, PolicyError> {
        Self::builtin().with(name, toml, kinds)
    }

    /// This policy with one more file behind it: the last rule that matches wins.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn with(&self, name: &str, toml: &str, kinds: &[(Kind, Class)]) -> Result<Self, PolicyError> {
        let source = Source { name, text: toml };
        let document = source.parse()?;
        only_known(source, &document, "a policy", &["defaults", "channel", "purpose", "rule", "exempt"])?;
        let mut contents = Contents::clone(&self.0);
        let mut known = Known { kinds, channels: std::mem::take(&mut contents.channels) };
        for table in some_tables(source, &document, "channel")? {
            known.declare(&table)?;
        }
        contents.read_defaults(source, &document)?;
        let file: Arc<str> = Arc::from(name);
        let replaced =
            purposes::declare(&mut contents.purposes, &some_tables(source, &document, "purpose")?, &file, &known)?;
        contents.warnings.extend(replaced);
        let own = contents.rules.len();
        for table in some_tables(source, &document, "rule")? {
            purposes::check_rule(&table, &contents.purposes)?;
            contents.rules.push(PolicyRule::read(&table, &file, &known)?);
        }
        contents.warnings.extend(unreachable(&contents.rules[own..], &known));
        for rule in &contents.rules[own..] {
            let doubts = rule.fields.iter().filter_map(Field::doubt).chain(rule.terms.warning());
            let warning = |message| Warning { file: rule.file().to_owned(), line: rule.line(), message };
            contents.warnings.extend(doubts.map(warning));
        }
        for table in some_tables(source, &document, "exempt")? {
            contents.add(Exemption::read(&table, &file, &known)?);
        }
        contents.channels = known.channels;
        Ok(Self(Arc::new(contents)))
    }

    /// The rules, in the order in which they are read: the last one that matches wins.
    #[must_use]
    pub fn rules(&self) -> &[PolicyRule] {
        &self.0.rules
    }

    /// The purposes that are declared, in the order in which they are read.
    #[must_use]
    pub fn purposes(&self) -> &[DeclaredPurpose] {
        &self.0.purposes
    }

    /// The values that are no findings.
    #[must_use]
    pub fn exemptions(&self) -> &[Exemption] {
        &self.0.exemptions
    }

    /// What holds where a rule says nothing else.
    #[must_use]
    pub fn defaults(&self) -> &Defaults {
        &self.0.defaults
    }

    /// What works but is hardly what was meant.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.0.warnings
    }

    /// The channels that a flow can name: those that are always known, and those of the firm's files.
    pub fn channels(&self) -> impl Iterator<Item = &str> + Clone {
        CHANNELS.into_iter().chain(self.0.channels.keys().map(String::as_str))
    }

    /// What a flow that a person types has to pass: misspelt, a channel would be held to be a third party's, whatever
    /// was meant.
    ///
    /// # Errors
    /// The channel is neither known nor named in a file of the policy.
    pub fn check_channel(&self, channel: &str) -> Result<(), UnknownChannel> {
        if self.channels().any(|known| known == channel) {
            return Ok(());
        }
        let known: Vec<&str> = self.channels().collect();
        let meant = nearest(channel, known.iter().copied()).map(str::to_owned);
        Err(UnknownChannel { channel: shortened(channel), meant, known: known.join(", ") })
    }

    /// Rules and exemptions whose last day is before `today`: they are without effect.
    #[must_use]
    pub fn expired(&self, today: Date) -> Vec<Warning> {
        let is_over = |last: Date| (last < today).then_some(last);
        let warning = |file: &str, line, what: String| Warning { file: file.to_owned(), line, message: what };
        let rules = self.rules().iter().filter_map(|rule| {
            let last = is_over(rule.expires()?)?;
            let what = format!(
                "the last day of this rule was {last}, so the rules before it decide: take it out, or write a later \
                 day in \"expires\" when it has been assessed again"
            );
            Some(warning(rule.file(), rule.line(), what))
        });
        let exemptions = self.exemptions().iter().filter_map(|exemption| {
            let last = is_over(exemption.expires())?;
            let what = format!(
                "the last day of this exemption was {last}, so its values are findings again: take it out, or write a \
                 later day in \"expires\" when {} has confirmed it",
                exemption.owner()
            );
            Some(warning(exemption.file(), exemption.line(), what))
        });
        rules.chain(exemptions).collect()
    }

    /// The known channel that this one is, or is like.
    pub(super) fn like(&self, channel: &str) -> Option<&str> {
        let known = CHANNELS.into_iter().find(|known| *known == channel);
        known.or_else(|| self.0.channels.get(channel).copied())
    }

    /// Where the defaults say whether a flow has to name its purpose.
    pub(super) fn purpose_said_at(&self) -> Option<(&str, usize)> {
        self.0.purpose_said_at.as_ref().map(|(file, line)| (&**file, *line))
    }

    pub(super) fn pattern_exemptions(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.patterns.iter().copied()
    }

    /// Those that name a value by its digest, in no order.
    pub(super) fn digest_exemptions(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.digests.values().flatten().copied()
    }

    pub(super) fn exemptions_of(&self, digest: &str) -> &[usize] {
        self.0.digests.get(digest).map_or(&[], Vec::as_slice)
    }
}

impl Contents {
    fn read_defaults(&mut self, source: Source<'_>, document: &DeTable<'_>) -> Result<(), PolicyError> {
        for table in tables(source, document, "defaults")? {
            table.only(&["profile", "floor_bits", "json_number", "crypto", "purpose"])?;
            let defaults = &mut self.defaults;
            defaults.profile = table.word("profile", &Profile::ALL, Profile::as_str)?.unwrap_or(defaults.profile);
            let number = table.word("json_number", &JsonNumber::ALL, JsonNumber::as_str)?;
            defaults.json_number = number.unwrap_or(defaults.json_number);
            let crypto = table.word("crypto", &[Suite::Any, Suite::Sm], Suite::word)?;
            defaults.crypto = crypto.unwrap_or(defaults.crypto);
            let word = |is_required: bool| if is_required { "required" } else { "optional" };
            if let Some(is_required) = table.word("purpose", &[true, false], word)? {
                defaults.is_purpose_required = is_required;
                self.purpose_said_at = Some((Arc::from(source.name), table.line_of("purpose")));
            }
            if let Some(bits) = table.number("floor_bits")? {
                let in_range = u8::try_from(bits.value).ok().filter(|bits| *bits <= 64);
                let complaint = || source.error(bits.line, "\"floor_bits\" must be 0 to 64; the usual floor is 19");
                defaults.floor_bits = in_range.ok_or_else(complaint)?;
                self.warn_of_low_floor(source, bits.line);
            }
        }
        Ok(())
    }

    fn warn_of_low_floor(&mut self, source: Source<'_>, line: usize) {
        if self.defaults.floor_bits < FLOOR_BITS {
            let message = format!("a floor of less than {FLOOR_BITS} bits lets masked numbers be guessed");
            self.warnings.push(Warning { file: source.name.to_owned(), line, message });
        }
    }

    fn add(&mut self, exemption: Exemption) {
        let index = self.exemptions.len();
        match &exemption.matcher {
            Matcher::Pattern(_) => self.patterns.push(index),
            Matcher::Digest(digest) => self.digests.entry(digest.clone()).or_default().push(index),
        }
        self.exemptions.push(exemption);
    }
}

fn some_tables<'a, 'i>(
    source: Source<'a>,
    document: &'a DeTable<'i>,
    what: &'a str,
) -> Result<Vec<Table<'a, 'i>>, PolicyError> {
    let tables = tables(source, document, what)?;
    match tables.get(ENTRIES_LIMIT) {
        Some(table) => {
            Err(table.error(format!("a file has at most {ENTRIES_LIMIT} [[{what}]]: split it into several")))
        }
        None => Ok(tables),
    }
}

impl std::fmt::Debug for Policy {
    /// Counts only: exemptions hold the firm's own numbers.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy")
            .field("rules", &self.0.rules.len())
            .field("exemptions", &self.0.exemptions.len())
            .finish_non_exhaustive()
    }
}
