//! Labels: the words and field names that say what the value beside them is.

use super::Rule;
use super::field_name::{NAME_LIMIT_BYTES, normalise, parts, seam};
use super::harmless::HarmlessWords;
use super::words::{Standing, Words};
use crate::finding::Role;
use crate::recognise::han::Forms;
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// How many digits the number of a field has that is one of several.
const NUMBER_DIGITS: RangeInclusive<usize> = 1..=2;

/// The shortest name of a field that is numbered, or that a list has the plural of, in bytes.
const NUMBERED_AT_LEAST_BYTES: usize = 4;

/// What a label says: values of these kinds, or of none that is personal.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    fields: HashMap<Box<[u8]>, u16>,
}

impl std::fmt::Debug for Labels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Labels({} words, {} fields)", self.words.len(), self.fields.len())
    }
}

/// Collects labels while rules are read.
#[derive(Default)]
pub(super) struct LabelBuilder {
    words: HashMap<(Side, String), Label>,
    fields: HashMap<Box<[u8]>, Label>,
}

impl LabelBuilder {
    /// Takes the words and field names of a rule. `index` is its place among the rules.
    pub(super) fn rule(&mut self, index: u16, rule: &Rule) {
        for (word, role) in &rule.words {
            self.word(Side::Before, word, index, *role);
        }
        for word in &rule.after {
            self.word(Side::After, word, index, Role::Unknown);
        }
        for name in &rule.fields {
            self.field(name, |label| add(label, index, Role::Unknown));
        }
        for word in &rule.vague {
            if rule.words.iter().any(|(known, _)| known == word) {
                self.word_entry(Side::Before, word).vague = true;
            } else {
                self.field(word, |label| label.vague = true);
            }
        }
    }

    /// Takes what a file says is no personal data.
    pub(super) fn harmless(&mut self, file: &HarmlessWords) {
        for (side, words) in [(Side::Before, &file.words), (Side::After, &file.after)] {
            words.iter().for_each(|word| self.harmless_word(side, word));
        }
        file.fields.iter().for_each(|name| self.field(name, |label| label.harmless = true));
    }

    fn word(&mut self, side: Side, word: &str, rule: u16, role: Role) {
        add(self.word_entry(side, word), rule, role);
    }

    /// The label of a word, which is one with its traditional form.
    fn word_entry(&mut self, side: Side, word: &str) -> &mut Label {
        self.words.entry((side, Forms::get().simplified_word(&word.to_lowercase()))).or_default()
    }

    fn harmless_word(&mut self, side: Side, word: &str) {
        self.word_entry(side, word).harmless = true;
    }

    /// A name that cannot be compared has no label: rule files with one are refused.
    fn field(&mut self, name: &str, note: impl FnOnce(&mut Label)) {
        if let Some(label) = self.entry(name) {
            note(label);
        }
    }

    fn entry(&mut self, name: &str) -> Option<&mut Label> {
        let mut buffer = [0; NAME_LIMIT_BYTES];
        let len = normalise(name.as_bytes(), &mut buffer)?;
        Some(self.fields.entry(buffer[..len].into()).or_default())
    }

    /// `priority` orders the kinds of a label that names several.
    pub(super) fn build(self, priority: impl Fn(u16) -> u16) -> Result<Labels, String> {
        let mut labels =
            Labels { labels: Vec::new(), words: Words::default(), word_labels: Vec::new(), fields: HashMap::new() };
        let mut words: HashMap<String, LabelKind> = HashMap::new();
        let mut sorted: Vec<_> = self.words.into_iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        for ((side, word), label) in sorted {
            let id = labels.intern(label, &priority)?;
            let kind = words.entry(word).or_default();
            match side {
                Side::Before => kind.before = Some(id),
                Side::After => kind.after = Some(id),
            }
        }
        let mut fields: Vec<_> = self.fields.into_iter().collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, label) in fields {
            let id = labels.intern(label, &priority)?;
            labels.fields.insert(name, id);
        }
        let mut sorted: Vec<(String, LabelKind)> = words.into_iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        labels.word_labels = sorted.iter().map(|(_, label)| *label).collect();
        labels.words = Words::new(sorted.iter().map(|(word, _)| word.as_str()));
        Ok(labels)
    }
}

fn add(label: &mut Label, rule: u16, role: Role) {
    if !label.names(rule) {
        label.kinds.push((rule, role));
    }
}

impl Labels {
    fn intern(&mut self, mut label: Label, priority: &impl Fn(u16) -> u16) -> Result<u16, String> {
        label.kinds.sort_by_key(|(rule, _)| (std::cmp::Reverse(priority(*rule)), *rule));
        let at = self.labels.iter().position(|known| *known == label).unwrap_or_else(|| {
            self.labels.push(label);
            self.labels.len() - 1
        });
        u16::try_from(at).map_err(|_| "more than 65,535 different labels".to_owned())
    }

    /// The names of fields, in their normal form, and their labels.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&[u8], u16)> {
        self.fields.iter().map(|(name, id)| (&**name, *id))
    }

    /// The words, in small letters and simplified characters, and their labels.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&[u8], LabelKind)> {
        self.words.iter().map(|(text, id)| (text, self.word_labels[id]))
    }

    /// Calls `found` for every word that ends with the character at `at`, or with ASCII behind it, inside longer words too.
    /// `characters`: the one before, if it is above 127, and the one there, both in their simplified form.
    pub(crate) fn words_ending_at(
        &self,
        text: &[u8],
        at: usize,
        characters: (u32, u32),
        mut found: impl FnMut(WordHit),
    ) {
        self.words.ending_at(text, at, characters, |word| self.hit(text, word).into_iter().for_each(&mut found));
    }

    /// The same for the words all in ASCII that begin at `at`.
    pub(crate) fn words_beginning_at(&self, text: &[u8], at: usize, mut found: impl FnMut(WordHit)) {
        self.words.beginning_at(text, at, |word| self.hit(text, word).into_iter().for_each(&mut found));
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
        self.fields.get(&buffer[..len]).copied()
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
        let known = |name: &[u8]| self.fields.get(name).copied();
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
    hits[first..].sort_unstable_by_key(|hit| (hit.end, hit.start));
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
