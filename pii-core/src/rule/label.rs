//! Labels: the words and field names that say what the value beside them is.

use super::Rule;
use super::field_name::{NAME_LIMIT_BYTES, normalise, parts, seam};
use super::harmless::HarmlessWords;
use super::names::Names;
use super::words::{Script, Standing, Words};
use crate::finding::Role;
use crate::recognise::han::{Forms, is_han};
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// How many digits the number of a field has that is one of several.
pub(crate) const NUMBER_DIGITS: RangeInclusive<usize> = 1..=2;

/// The shortest name of a field that is numbered, or that a list has the plural of, in bytes.
const NUMBERED_AT_LEAST_BYTES: usize = 4;

/// What a label says: values of these kinds, or of none that is personal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Label {
    /// Rule index and role, the rule of the highest priority first.
    pub(crate) kinds: Vec<(u16, Role)>,
    /// An order number, an amount, a security code …
    pub(crate) harmless: bool,
    /// The word may stand before other things as well (`name`, 客户): what follows has to look like what it says.
    pub(crate) vague: bool,
}

impl Label {
    /// The role that the label gives to a value of `rule`; `None` when it speaks of other things.
    pub(crate) fn role_for(&self, rule: u16) -> Option<Role> {
        self.kinds.iter().find(|(kind, _)| *kind == rule).map(|(_, role)| *role)
    }

    pub(crate) fn names(&self, rule: u16) -> bool {
        self.role_for(rule).is_some()
    }
}

/// On which side of a value a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Before,
    After,
}

/// What a word in free text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct LabelKind {
    /// Index of the label that it is for what follows.
    pub(crate) before: Option<u16>,
    /// Index of the label that it is for what precedes.
    pub(crate) after: Option<u16>,
}

/// A word that was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WordHit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) label: LabelKind,
    /// The word is the name of a field (`custNo=`), not prose.
    pub(crate) is_field: bool,
}

/// All labels of a rule set.
pub(crate) struct Labels {
    labels: Vec<Label>,
    words: Words,
    word_labels: Vec<LabelKind>,
    fields: Names,
    field_labels: Vec<u16>,
}

impl std::fmt::Debug for Labels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Labels({} words, {} fields)", self.words.len(), self.fields.len())
    }
}

/// Collects labels while rules are read.
#[derive(Default)]
pub(super) struct LabelBuilder {
    words: Names,
    of_words: Vec<(u32, Side, Said)>,
    fields: Names,
    of_fields: Vec<(u32, Said)>,
    /// A word in its normal form.
    word: String,
}

/// What a file says of a word or of a field's name.
#[derive(Clone, Copy)]
enum Said {
    Kind(u16, Role),
    Vague,
    Harmless,
}

impl LabelBuilder {
    /// Takes the words and field names of a rule. `index` is its place among the rules.
    pub(super) fn rule(&mut self, index: u16, rule: &Rule) {
        for (word, role) in &rule.words {
            self.word(Side::Before, word, Said::Kind(index, *role));
        }
        for word in &rule.after {
            self.word(Side::After, word, Said::Kind(index, Role::Unknown));
        }
        for name in &rule.fields {
            self.field(name, Said::Kind(index, Role::Unknown));
        }
        for word in &rule.vague {
            if rule.words.iter().any(|(known, _)| known == word) {
                self.word(Side::Before, word, Said::Vague);
            } else {
                self.field(word, Said::Vague);
            }
        }
    }

    /// Takes what a file says is no personal data.
    pub(super) fn harmless(&mut self, file: &HarmlessWords) {
        for (side, words) in [(Side::Before, &file.words), (Side::After, &file.after)] {
            words.iter().for_each(|word| self.word(side, word, Said::Harmless));
        }
        file.fields.iter().for_each(|name| self.field(name, Said::Harmless));
    }

    /// A word is one with its traditional form, and in letters of either case.
    fn word(&mut self, side: Side, word: &str, said: Said) {
        let forms = Forms::get();
        self.word.clear();
        if word.chars().all(has_no_capital) {
            self.word.extend(word.chars().map(|c| forms.simplified(c.to_ascii_lowercase())));
        } else {
            self.word.extend(word.to_lowercase().chars().map(|c| forms.simplified(c)));
        }
        self.of_words.push((self.words.number(self.word.as_bytes()), side, said));
    }

    /// A name that cannot be compared has no label: rule files with one are refused.
    fn field(&mut self, name: &str, said: Said) {
        let mut buffer = [0; NAME_LIMIT_BYTES];
        if let Some(len) = normalise(name.as_bytes(), &mut buffer) {
            self.of_fields.push((self.fields.number(&buffer[..len]), said));
        }
    }

    /// `priority` orders the kinds of a label that names several.
    pub(super) fn build(mut self, priority: impl Fn(u16) -> u16) -> Result<Labels, String> {
        let mut interned = Interned::new(priority);
        // What is said of a word first is said of it where two files disagree, so the sorts keep their order.
        self.of_words.sort_by_key(|(word, side, _)| (*word, *side));
        let mut word_labels = vec![LabelKind::default(); self.words.len()];
        for group in self.of_words.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let [(word, side, _), ..] = *group else { continue };
            let id = Some(interned.id(group.iter().map(|(_, _, said)| *said))?);
            match side {
                Side::Before => word_labels[word as usize].before = id,
                Side::After => word_labels[word as usize].after = id,
            }
        }
        self.of_fields.sort_by_key(|(name, _)| *name);
        let mut field_labels = Vec::with_capacity(self.fields.len());
        for group in self.of_fields.chunk_by(|a, b| a.0 == b.0) {
            field_labels.push(interned.id(group.iter().map(|(_, said)| *said))?);
        }
        // They were text before they were bytes.
        let words = self.words.iter().map(|word| std::str::from_utf8(word).unwrap_or_default());
        Ok(Labels { labels: interned.labels, words: Words::new(words), word_labels, fields: self.fields, field_labels })
    }
}

/// Characters that have no other case, or one in ASCII: nearly all that words are written in.
fn has_no_capital(c: char) -> bool {
    c.is_ascii() || is_han(c)
}

/// The labels so far, each once.
struct Interned<P> {
    priority: P,
    labels: Vec<Label>,
    ids: HashMap<Label, u16>,
    /// Built anew for each word.
    label: Label,
}

impl<P: Fn(u16) -> u16> Interned<P> {
    fn new(priority: P) -> Self {
        Self { priority, labels: Vec::new(), ids: HashMap::new(), label: Label::default() }
    }

    /// The label of a word of which all this is said.
    fn id(&mut self, said: impl Iterator<Item = Said>) -> Result<u16, String> {
        let Self { priority, labels, ids, label } = self;
        label.kinds.clear();
        (label.harmless, label.vague) = (false, false);
        for said in said {
            match said {
                Said::Kind(rule, _) if label.names(rule) => {}
                Said::Kind(rule, role) => label.kinds.push((rule, role)),
                Said::Vague => label.vague = true,
                Said::Harmless => label.harmless = true,
            }
        }
        label.kinds.sort_by_key(|(rule, _)| (std::cmp::Reverse(priority(*rule)), *rule));
        if let Some(id) = ids.get(label) {
            return Ok(*id);
        }
        let id = u16::try_from(labels.len()).map_err(|_| "more than 65,535 different labels".to_owned())?;
        labels.push(label.clone());
        ids.insert(label.clone(), id);
        Ok(id)
    }
}

impl Labels {
    /// The names of fields, in their normal form, and their labels.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&[u8], u16)> {
        self.fields.iter().zip(self.field_labels.iter().copied())
    }

    /// The words, in small letters and simplified characters, and their labels.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&[u8], LabelKind)> {
        self.words.iter().map(|(text, id)| (text, self.word_labels[id]))
    }

    /// Calls `found` for every word that ends with the character at `at`, or with ASCII behind it, inside longer words too.
    /// `characters`: the one before, if it is above 127, and the one there, both in their simplified form. `script`: that of
    /// the line up to there.
    pub(crate) fn words_ending_at(
        &self,
        text: &[u8],
        at: usize,
        characters: (u32, u32),
        script: Script,
        mut found: impl FnMut(WordHit),
    ) {
        let mut hit = |word| self.hit(text, word).into_iter().for_each(&mut found);
        self.words.ending_at(text, at, characters, script, &mut hit);
    }

    /// The same for the words all in ASCII that begin at `at`.
    pub(crate) fn words_beginning_at(&self, text: &[u8], at: usize, mut found: impl FnMut(WordHit)) {
        self.words.beginning_at(text, at, &mut |word| self.hit(text, word).into_iter().for_each(&mut found));
    }

    /// The word that stands in the text, unless it is a piece of a longer one.
    fn hit(&self, text: &[u8], Standing { end, start, id }: Standing) -> Option<WordHit> {
        let hit = WordHit { start, end, label: self.word_labels[id], is_field: false };
        ends_cleanly(text, start, end).then_some(hit)
    }

    pub(crate) fn get(&self, id: u16) -> &Label {
        &self.labels[usize::from(id)]
    }

    /// The label that a field's name as a whole is listed for.
    pub(crate) fn of_listed_field(&self, name: &[u8]) -> Option<u16> {
        let mut buffer = [0; NAME_LIMIT_BYTES];
        let len = normalise(name, &mut buffer)?;
        self.of_normal_field(&buffer[..len])
    }

    /// The label that a name in its normal form is listed for.
    fn of_normal_field(&self, name: &[u8]) -> Option<u16> {
        self.fields.find(name).map(|number| self.field_labels[number as usize])
    }

    /// The label that a field's name in running text stands for, the first one where it stands for two. What follows the name
    /// of a list there is as often an object as a value, so the plural says nothing.
    pub(crate) fn of_field(&self, name: &[u8]) -> Option<u16> {
        self.of_one(name)[0]
    }

    /// The labels that a field's name or a column's title stands for, in the plural too.
    pub(crate) fn of_title(&self, name: &[u8]) -> [Option<u16>; 2] {
        match self.of_one(name) {
            [None, None] => [singular(name).find_map(|one| self.of_listed_field(one)), None],
            labels => labels,
        }
    }

    /// The labels that a field's name or a column's title stands for: two where it says so in its brackets or in two
    /// languages. A remark adds a kind but takes none away: 姓名（代码） is a name still, and 代码（客户号） a customer's.
    fn of_one(&self, name: &[u8]) -> [Option<u16>; 2] {
        if let Some(id) = self.of_listed_field(name).or_else(|| self.of_listed_field(unnumbered(name)?)) {
            return [Some(id), None];
        }
        let labels: Vec<u16> = parts(name).iter().filter_map(|part| self.of_part(part)).collect();
        let mut personal = labels.iter().copied().filter(|id| !self.get(*id).kinds.is_empty());
        let Some(first) = personal.next() else { return [labels.first().copied(), None] };
        let says_more = |id: &u16| self.get(*id).kinds.iter().any(|(rule, _)| !self.get(first).names(*rule));
        [Some(first), personal.find(says_more)]
    }

    /// The label of a part in its normal form.
    fn of_part(&self, part: &[u8]) -> Option<u16> {
        let known = |name: &[u8]| self.of_normal_field(name);
        let bilingual = || {
            let (chinese, latin) = seam(part)?;
            known(latin)?;
            known(chinese).or_else(|| self.of_field_ending(chinese))
        };
        let whole = |part| known(part).or_else(bilingual).or_else(|| self.of_field_ending(part));
        whole(part).or_else(|| whole(unnumbered(part)?))
    }

    /// The label of a Chinese name that ends in a word: 北交所证券账户 ends in 证券账户.
    fn of_field_ending(&self, name: &[u8]) -> Option<u16> {
        if name.is_ascii() {
            return None;
        }
        let mut hits = Vec::new();
        self.words_in(name, &mut hits);
        hits.last().filter(|hit| hit.end == name.len()).and_then(|hit| hit.label.before)
    }

    /// The words in `text`, appended to `hits` in order. A word inside a longer one does not count; of two that overlap,
    /// the later one does: 您的客户号 is 您的 and 客户号, not 您的客户 and 号.
    pub(crate) fn words_in(&self, text: &[u8], hits: &mut Vec<WordHit>) {
        let first = hits.len();
        self.words.find(text, |word| hits.extend(self.hit(text, word)));
        settle(hits, first);
    }
}

/// The name of a field without its number, where it is one of several: `phone2`, 资金账号1. In short Latin names a number
/// means other things as often: `pin12` is of a chip, and `md5` a digest.
fn unnumbered(name: &[u8]) -> Option<&[u8]> {
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let (stem, number) = name.split_at(name.len() - digits);
    let is_long = stem.iter().filter(|b| !matches!(b, b'_' | b'-')).count() >= NUMBERED_AT_LEAST_BYTES;
    (NUMBER_DIGITS.contains(&number.len()) && is_long).then_some(stem)
}

/// What one of them may be called, where a field has a list: `phones`, `addresses`.
fn singular(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    ["s", "es"].into_iter().filter_map(|ending| {
        let (stem, tail) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
        let is_plural = tail.eq_ignore_ascii_case(ending.as_bytes());
        (is_plural && stem.len() >= NUMBERED_AT_LEAST_BYTES && stem.is_ascii()).then_some(stem)
    })
}

/// Leaves of `hits[first..]` those that count, in order.
fn settle(hits: &mut Vec<WordHit>, first: usize) {
    hits[first..].sort_by_key(|hit| (hit.end, hit.start));
    let mut kept = first;
    for at in first..hits.len() {
        let hit = hits[at];
        while kept > first && hits[kept - 1].start >= hit.start {
            kept -= 1;
        }
        match hits[first..kept].last() {
            Some(last) if last.end >= hit.end => continue,
            Some(last) if last.end > hit.start => kept -= 1,
            _ => {}
        }
        hits[kept] = hit;
        kept += 1;
    }
    hits.truncate(kept);
}

/// Whether a word that ends in an ASCII letter is not a piece of a longer one: `ip` in `ipo`, but not in `ip10.0.0.1`.
fn ends_cleanly(text: &[u8], start: usize, end: usize) -> bool {
    // 沪A ends in a letter of its own, and the account behind it may begin with one: 沪AA000000001.
    let in_han = !text[start].is_ascii() && text.get(end + 1).is_some_and(u8::is_ascii_digit);
    in_han || end >= text.len() || !(text[end - 1].is_ascii_alphabetic() && text[end].is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use crate::rule::RuleSet;

    /// The kinds that a title stands for.
    fn kinds(title: &str) -> Vec<&'static str> {
        let rules = RuleSet::builtin();
        let labels = rules.labels().of_title(title.as_bytes()).into_iter().flatten();
        let kinds = labels.flat_map(|id| &rules.labels().get(id).kinds);
        kinds.map(|(rule, _)| rules.at(*rule).kind.as_str()).collect()
    }

    #[test]
    fn remarks_widths_and_languages_hide_no_title() {
        for title in [
            "资金账号",
            "资金账号（10位）",
            "资金账号(必填)",
            "＊资金账号",
            "資金賬號",
            "资金\u{A0}账号",
            "资金账号\u{200B}",
            "【必填】资金账号",
            "ｚｊｚｈ",
            "user[zjzh]",
            "客户资金账号（必填）",
            "资金账号2",
            "资金账号1（必填）",
            "资金账号(2)",
            "客户资金账号12",
            "capital_account_2",
            "capitalAccounts",
            "CAPITAL_ACCOUNTS",
        ] {
            assert!(kinds(title).contains(&"capital_account"), "{title}");
        }
        for title in
            ["names", "姓名/Name", "姓名 Name", "Name/姓名", "姓名（Name）", "客户姓名（必填）", "姓名（代码）"]
        {
            assert!(kinds(title).contains(&"person_name"), "{title}");
        }
    }

    #[test]
    fn a_title_in_brackets_counts_beside_the_one_before_them() {
        let both = kinds("证件号码(统一社会信用代码)");
        assert!(both.contains(&"resident_id") && both.contains(&"uscc"));
        let both = kinds("客户姓名（资金账号）");
        assert!(both.contains(&"person_name") && both.contains(&"capital_account"));
        assert!(kinds("代码（资金账号）").contains(&"capital_account"));
    }

    #[test]
    fn other_titles_stay_others() {
        for title in [
            "产品名称（必填）",
            "备注（选填）",
            "list[0]",
            "/users/name",
            "产品 Name",
            "金额(元)",
            "pin12",
            "status",
            "pins",
            "资金账号2000",
            "2",
        ] {
            assert_eq!(kinds(title), [""; 0], "{title}");
        }
    }
}
