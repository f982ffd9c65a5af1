//! Finds candidates in one line of folded text and weighs them where they stand.
//!
//! Three ways lead to a candidate: the shape of a token (or a chain of tokens joined by separators), a label that says
//! what follows, and a pattern. All of them end in [`crate::validate`].

mod again;
mod bridge;
mod context;
mod embedded;
mod keys;
mod led;
mod numbers;
mod owner;
mod pattern;
mod row;
mod run;
mod shared;
mod taken;
mod token;

use crate::evidence::Evidence;
use crate::finding::Finding;
use crate::plan::{FormId, Plan};
use crate::recognise::{address, biometric};
use crate::rule::{Form, Recogniser, RuleSet, Shape, WordHit};
use context::Context;
use token::Token;

pub(crate) use embedded::NAME_LETTERS;
pub(crate) use numbers::HEAD_LETTERS;

/// Memory that is used again for every line.
#[derive(Default)]
pub(crate) struct Buffers {
    hits: Vec<WordHit>,
    tokens: Vec<Token>,
    addresses: Vec<address::AddressMatch>,
    biometrics: Vec<biometric::BiometricMatch>,
    /// What a closer look at one place found.
    found: Vec<Finding>,
}

/// The rules to search by.
#[derive(Clone, Copy)]
pub(crate) struct Searcher<'e> {
    pub(crate) rules: &'e RuleSet,
    pub(crate) plan: &'e Plan,
    pub(crate) recognised: &'e Recognised,
}

/// Which rule's form each recogniser that works without a label feeds.
#[derive(Debug, Default)]
pub(crate) struct Recognised {
    pub(crate) name: Option<FormId>,
    pub(crate) address: Option<FormId>,
    template: Option<FormId>,
    image: Option<FormId>,
    voice: Option<FormId>,
    embedding: Option<FormId>,
}

impl Recognised {
    pub(crate) fn of(rules: &RuleSet) -> Self {
        let form = |wanted: Recogniser| {
            (0u16..).zip(rules.rules()).find_map(|(rule, r)| {
                let is = |f: &Form| matches!(f.shape, Shape::Recogniser(named) if named == wanted);
                (0u16..).zip(&r.forms).find(|(_, f)| is(f)).map(|(form, _)| FormId { rule, form })
            })
        };
        Self {
            name: form(Recogniser::PersonName),
            address: form(Recogniser::Address),
            template: form(Recogniser::BiometricTemplate),
            image: form(Recogniser::BiometricImage),
            voice: form(Recogniser::BiometricVoice),
            embedding: form(Recogniser::BiometricEmbedding),
        }
    }

    fn biometric(&self, what: biometric::What) -> Option<FormId> {
        match what {
            biometric::What::Template => self.template,
            biometric::What::Image => self.image,
            biometric::What::Voice => self.voice,
            biometric::What::Embedding => self.embedding,
        }
    }
}

impl Searcher<'_> {
    /// Appends the candidates of one line that count, overlaps and all.
    pub(crate) fn line(&self, text: &[u8], evidence: Evidence, buffers: &mut Buffers, out: &mut Vec<Finding>) {
        let Buffers { hits, tokens, addresses, biometrics, .. } = buffers;
        hits.clear();
        tokens.clear();
        token::tokens(text, tokens);
        self.rules.labels().words_in(text, hits);
        keys::keys_in(text, tokens, self.rules.labels(), hits);
        let context = Context { text, hits, evidence, labels: self.rules.labels() };
        let from = out.len();
        numbers::find(self, &context, tokens, out);
        pattern::find(self, &context, tokens, out);
        led::find(self, &context, out);
        self.unlabelled(text, addresses, biometrics, out);
        shared::settle(self, text, from, out);
        row::find(self, &context, from, out);
        again::find(text, tokens, from, out);
        owner::find(self, &context, from, out);
        owner::find_listed(self, &context, from, out);
        again::find(text, tokens, from, out);
    }

    /// Whether a label leads to values by itself: that of a kind whose values have other forms than patterns.
    pub(crate) fn leads_to_values(&self, label: u16) -> bool {
        let has_other_forms =
            |rule: u16| self.rules.at(rule).forms.iter().any(|form| !matches!(form.shape, Shape::Pattern(_)));
        self.rules.labels().get(label).kinds.iter().any(|(rule, _)| has_other_forms(*rule))
    }

    /// Whether a word or the name of a field leads to something in a line of which nothing else is known.
    pub(crate) fn leads_somewhere(&self, text: &[u8], hit: WordHit, buffers: &mut Buffers) -> bool {
        let Buffers { hits, tokens, found, .. } = buffers;
        hits.clear();
        hits.push(hit);
        found.clear();
        let context = Context { text, hits, evidence: Evidence::none(), labels: self.rules.labels() };
        led::find(self, &context, found);
        if found.is_empty() {
            tokens.clear();
            token::tokens_near(text, hit.start..hit.end + context::REACH_BYTES + 1, tokens);
            if numbers::may_fit(tokens, self.lengths_behind(hit)) {
                numbers::find_spoken_of(self, &context, tokens, found);
            }
        }
        !found.is_empty()
    }

    /// The lengths, one bit each, of what has the form of a token of a kind that a word is the label of.
    fn lengths_behind(&self, hit: WordHit) -> u64 {
        let kinds = hit.label.before.map_or(&[][..], |id| &self.rules.labels().get(id).kinds);
        kinds.iter().fold(0, |all, (rule, _)| all | self.plan.token_lengths(*rule))
    }

    /// Addresses and biometric data are known by their own shape.
    fn unlabelled(
        &self,
        text: &[u8],
        addresses: &mut Vec<address::AddressMatch>,
        biometrics: &mut Vec<biometric::BiometricMatch>,
        out: &mut Vec<Finding>,
    ) {
        if let Some(id) = self.recognised.address {
            addresses.clear();
            address::find(text, addresses);
            for found in addresses.drain(..) {
                led::push(self, id, found.span, found.confidence, crate::finding::Support::Alone, out);
            }
        }
        biometrics.clear();
        biometric::find(text, biometrics);
        for found in biometrics.drain(..) {
            if let Some(id) = self.recognised.biometric(found.what) {
                led::push(self, id, found.span, found.confidence, crate::finding::Support::Alone, out);
            }
        }
    }
}
