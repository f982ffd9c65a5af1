//! The rules, laid out for searching: which forms a value of some length can have, what follows a label, which patterns
//! are worth trying.

mod beginnings;
mod openings;

use crate::rule::{AsciiSet, Form, PatternShape, RuleSet, Shape};
use beginnings::Beginnings;
use openings::{Openings, PATTERNS_LIMIT};

/// A form of a rule, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FormId {
    pub(crate) rule: u16,
    pub(crate) form: u16,
}

/// A token form that a value of some length may have, with or without one of the form's prefixes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenForm {
    pub(crate) id: FormId,
    /// The index of the prefix that stands before the value.
    pub(crate) prefix: Option<u8>,
    /// Only worth testing where a label, a column or a row speaks for it.
    pub(crate) needs_support: bool,
}

/// The longest run of characters that is tried as one value, prefix and all.
pub(crate) const RUN_LIMIT: usize = 48;

/// The rules, laid out for searching.
#[derive(Debug)]
pub(crate) struct Plan {
    by_length: Vec<Vec<TokenForm>>,
    /// The same without the forms that need support.
    alone_by_length: Vec<Vec<TokenForm>>,
    /// Forms that are regular expressions. The values of those up to [`PATTERNS_LIMIT`] begin as `openings` says.
    patterns: Vec<FormId>,
    openings: Openings,
    /// Forms that are regular expressions and may have any beginning.
    open_patterns: Vec<FormId>,
    /// By rule: forms that begin behind a label.
    led: Vec<Vec<FormId>>,
    /// By rule: the lengths of its token forms, prefixes included, one bit each; and what their values begin with.
    token_lengths: Vec<u64>,
    token_begins: Vec<AsciiSet>,
    /// The values that may count without a label, their prefixes included.
    alone: Beginnings,
    /// Those of them in which separators may stand.
    alone_in_groups: Beginnings,
    /// By the mark that stands between the characters: the lengths, one bit each.
    alone_joined_by: [u64; 128],
    /// The lengths of the values that count even where letters touch them.
    firm: u64,
    /// The same for numbers that are known for what they are when nothing sets one off from the next.
    proven: u64,
    /// What some form allows between the characters of a value.
    separators: AsciiSet,
}

/// How sure a form has to be of a number by its check alone for the number to be known among others without a mark
/// between them.
const PROVEN: f32 = 0.9;

impl Plan {
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let mut plan = Self {
            by_length: vec![Vec::new(); RUN_LIMIT + 1],
            alone_by_length: vec![Vec::new(); RUN_LIMIT + 1],
            patterns: Vec::new(),
            openings: Openings::new(),
            open_patterns: Vec::new(),
            led: vec![Vec::new(); rules.rules().len()],
            token_lengths: vec![0; rules.rules().len()],
            token_begins: vec![AsciiSet::default(); rules.rules().len()],
            alone: Beginnings::none(),
            alone_in_groups: Beginnings::none(),
            alone_joined_by: [0; 128],
            firm: 0,
            proven: 0,
            separators: AsciiSet::default(),
        };
        for (rule, r) in (0u16..).zip(rules.rules()) {
            for (form, f) in (0u16..).zip(&r.forms) {
                let id = FormId { rule, form };
                match &f.shape {
                    Shape::Token(shape) => {
                        let needs_support = !f.stands_alone();
                        plan.add(TokenForm { id, prefix: None, needs_support }, shape.lengths, 0, shape.first);
                        plan.separators = plan.separators.union(shape.separators);
                        plan.firm |= if f.confidence.firm { shape.lengths } else { 0 };
                        plan.proven |= if is_proven(f) { shape.lengths } else { 0 };
                        for (nth, prefix) in (0u8..).zip(&shape.prefixes) {
                            let mut digits = prefix.iter().filter(|b| b.is_ascii_alphanumeric());
                            let first = digits.clone().take(1).fold(AsciiSet::default(), |set, b| set.with(*b));
                            let longer_by = digits.by_ref().count();
                            plan.add(
                                TokenForm { id, prefix: Some(nth), needs_support },
                                shape.lengths,
                                longer_by,
                                first,
                            );
                        }
                    }
                    Shape::Pattern(shape) => plan.pattern(id, shape),
                    Shape::AfterLabel(_) | Shape::Recogniser(_) => plan.led[usize::from(rule)].push(id),
                }
            }
        }
        plan.alone_beginnings(rules);
        plan
    }

    fn alone_beginnings(&mut self, rules: &RuleSet) {
        for (length, candidates) in self.alone_by_length.iter().enumerate() {
            for candidate in candidates {
                let form = &rules.at(candidate.id.rule).forms[usize::from(candidate.id.form)];
                let Shape::Token(shape) = &form.shape else { continue };
                let prefix = candidate.prefix.map_or(&[][..], |nth| &shape.prefixes[usize::from(nth)]);
                let prefix: Vec<u8> = prefix.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
                let begins = |first: u8, second: u8| match *prefix {
                    [] => shape.may_begin_with(first, second),
                    [only] => only == first && shape.first.has(second),
                    [one, other, ..] => one == first && other == second,
                };
                self.alone.add(length, begins);
                if shape.separators.len() > 0 {
                    self.alone_in_groups.add(length, begins);
                }
                for (mark, lengths) in (0..128).zip(&mut self.alone_joined_by) {
                    *lengths |= u64::from(shape.separators.has(mark)) << length;
                }
            }
        }
    }

    fn add(&mut self, form: TokenForm, lengths: u64, longer_by: usize, first: AsciiSet) {
        for length in (0..64).filter(|n| lengths >> n & 1 == 1) {
            let length = length + longer_by;
            if let Some(list) = self.by_length.get_mut(length) {
                list.push(form);
                let rule = usize::from(form.id.rule);
                self.token_lengths[rule] |= 1 << length;
                self.token_begins[rule] = self.token_begins[rule].union(first);
                if !form.needs_support {
                    self.alone_by_length[length].push(form);
                }
            }
        }
    }

    fn pattern(&mut self, id: FormId, shape: &PatternShape) {
        match &shape.opening {
            Some(opening) if self.patterns.len() < PATTERNS_LIMIT => {
                self.openings.add(self.patterns.len(), opening);
                self.patterns.push(id);
            }
            _ => self.open_patterns.push(id),
        }
    }

    /// The patterns that may have a value in a line of these tokens. `may_begin` is asked about one that may begin with
    /// the token at a place.
    pub(crate) fn patterns_among(
        &self,
        text: &[u8],
        tokens: impl Iterator<Item = (usize, usize)>,
        may_begin: impl Fn(FormId, usize) -> bool,
    ) -> impl Iterator<Item = FormId> + '_ {
        let mut possible = 0;
        for (start, end) in tokens {
            let mut opened = self.openings.at(text, start, end) & !possible;
            while opened != 0 {
                let nth = opened.trailing_zeros();
                opened &= opened - 1;
                possible |= u64::from(may_begin(self.patterns[nth as usize], start)) << nth;
            }
        }
        let opened = self.patterns.iter().enumerate().filter(move |(nth, _)| possible >> nth & 1 == 1);
        opened.map(|(_, id)| id).chain(&self.open_patterns).copied()
    }

    /// The patterns whose values may begin with the token at `start..end` of a line or of a document in it, one bit each.
    #[inline]
    pub(crate) fn opened_in_document(&self, text: &[u8], start: usize, end: usize) -> u64 {
        self.openings.at_in_document(text, start, end)
    }

    /// All patterns of which a value has a beginning, in the order of their bits.
    pub(crate) fn opened_patterns(&self) -> &[FormId] {
        &self.patterns
    }

    /// Whether there are patterns that may have any beginning.
    pub(crate) fn has_open_patterns(&self) -> bool {
        !self.open_patterns.is_empty()
    }

    /// The token forms that a run of `length` characters may have.
    pub(crate) fn of_length(&self, length: usize) -> &[TokenForm] {
        self.by_length.get(length).map_or(&[], Vec::as_slice)
    }

    /// Those of them that may count without any label, column or row.
    pub(crate) fn alone_of_length(&self, length: usize) -> &[TokenForm] {
        self.alone_by_length.get(length).map_or(&[], Vec::as_slice)
    }

    /// What the runs that may count without any label begin with, and their lengths.
    pub(crate) fn alone(&self) -> &Beginnings {
        &self.alone
    }

    /// The same of those that may count in groups.
    pub(crate) fn alone_in_groups(&self) -> &Beginnings {
        &self.alone_in_groups
    }

    /// Whether some form whose values count without any label allows this character between theirs.
    pub(crate) fn separates_alone(&self, joint: u8) -> bool {
        self.alone_lengths_joined_by(joint) != 0
    }

    /// The lengths, one bit each, of the values that count without any label and may have this character between theirs.
    pub(crate) fn alone_lengths_joined_by(&self, joint: u8) -> u64 {
        self.alone_joined_by.get(usize::from(joint)).copied().unwrap_or(0)
    }

    /// Whether a number of `length` characters may count although letters touch it and no label does.
    pub(crate) fn may_be_firm(&self, length: usize) -> bool {
        length <= RUN_LIMIT && self.firm >> length & 1 == 1
    }

    /// The lengths of the numbers that [`is_proven`] speaks of.
    pub(crate) fn proven_lengths(&self) -> impl Iterator<Item = usize> + '_ {
        (1..=RUN_LIMIT).filter(|length| self.proven >> length & 1 == 1)
    }

    /// Whether some form allows this character between the characters of a value.
    pub(crate) fn separates(&self, joint: u8) -> bool {
        self.separators.has(joint)
    }

    /// The lengths of the token forms of `rule`, prefixes included, one bit each.
    pub(crate) fn token_lengths(&self, rule: u16) -> u64 {
        self.token_lengths.get(usize::from(rule)).copied().unwrap_or(0)
    }

    /// The same lengths where a value that begins with `first`, in upper case, may have one of the forms.
    pub(crate) fn token_lengths_from(&self, rule: u16, first: u8) -> u64 {
        let begins = self.token_begins.get(usize::from(rule)).is_some_and(|begins| begins.has(first));
        if begins { self.token_lengths(rule) } else { 0 }
    }

    /// The forms of `rule` that begin behind a label.
    pub(crate) fn led_by(&self, rule: u16) -> &[FormId] {
        self.led.get(usize::from(rule)).map_or(&[], Vec::as_slice)
    }
}

/// Whether a number of this form, alone, is proven by its check, so that it is known beside another of its sort with
/// nothing between the two.
pub(crate) fn is_proven(form: &Form) -> bool {
    let Shape::Token(shape) = &form.shape else { return false };
    form.check.is_some() && form.confidence.valid >= PROVEN && shape.is_number()
}
