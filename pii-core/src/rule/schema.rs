//! A rule file as it is written: one TOML file per identifier kind.
//!
//! These types hold what the file says and nothing more; [`super::Rule`] is what it means. Unknown words are errors, so
//! a misspelt key is found when the file is read and not when a message leaks.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// One rule file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    /// The kind's name: `a-z`, `0-9`, `_`.
    pub kind: Spanned<String>,
    /// 1 to 4.
    pub class: Spanned<u8>,
    /// What people call it.
    pub name: Names,
    /// Standard and clause, or where the format is known from.
    pub source: String,
    /// Wins a tie with kinds of a lower number. 0 to 1000.
    pub priority: Option<Spanned<u16>>,
    /// The ways in which a value is written.
    #[serde(default)]
    pub form: Vec<Spanned<FormTable>>,
    /// The words that say that a value of this kind stands beside them.
    #[serde(default)]
    pub context: ContextTable,
    /// What stands in place of a value, by profile: `strict`, `usual`, `lenient`.
    pub mask: Spanned<BTreeMap<Spanned<String>, Spanned<MaskTable>>>,
    /// How a value is encrypted with its format kept.
    #[serde(default)]
    pub fpe: Option<FpeTable>,
    /// Texts in which the rule finds something: tests.
    #[serde(default)]
    pub example: Vec<Spanned<ExampleTable>>,
    /// Texts in which it finds nothing: tests.
    #[serde(default)]
    pub counter: Vec<Spanned<CounterTable>>,
}

/// The kind's name in the two languages of the manuals.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub en: String,
    pub zh: String,
}

/// One way in which a value is written. Exactly one of four shapes:
///
/// - `length` (with `alphabet`, `first`, `last`): a run of letters and digits, possibly with `separators` in it;
/// - `pattern` (with `trigger`): a regular expression found anywhere;
/// - `after_label`: a regular expression that begins right behind a label (and its `:`, `=`, quote, 是, 为);
/// - `recogniser`: code (`person_name`, `address`, `biometric` …).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormTable {
    /// Shown by `--explain`.
    pub name: String,
    /// Characters of the value, as in `"0-9A-HJ-NP-Z"`. Default `0-9`.
    pub alphabet: Option<Spanned<String>>,
    /// How many characters the canonical value has: `[15, 18]`, or a range as `"6..14"` (both ends count).
    pub length: Option<Spanned<Lengths>>,
    /// Characters that may stand first. Default: the alphabet.
    pub first: Option<Spanned<String>>,
    /// Characters that may stand last. Default: the alphabet.
    pub last: Option<Spanned<String>>,
    /// The canonical value must match this too (anchored, ASCII).
    pub matches: Option<Spanned<String>>,
    /// What may stand before the value and is no part of the canonical one, such as `+86`.
    #[serde(default)]
    pub prefix: Vec<Spanned<String>>,
    /// Characters that may stand singly between the value's characters, as in `" -."`. Default: none.
    pub separators: Option<Spanned<String>>,
    /// A value without a check may begin right where a label of ASCII letters ends (`QQ10000`). Default: a value takes
    /// something between them, because `account10001` and `ref20000` are names of things.
    pub after_name: Option<Spanned<bool>>,
    /// A regular expression (bytes, ASCII classes). The group `value`, if there is one, is the value.
    pub pattern: Option<Spanned<String>>,
    /// Strings of which one must be in the text for `pattern` to be worth trying.
    #[serde(default)]
    pub trigger: Vec<Spanned<String>>,
    /// A regular expression for what stands right behind a label.
    pub after_label: Option<Spanned<String>>,
    /// A recogniser in code.
    pub recogniser: Option<Spanned<String>>,
    /// The check that the canonical value has to pass.
    pub check: Option<Spanned<String>>,
    /// The form's own class, where it differs from the kind's (a USCC that begins with 92).
    pub class: Option<Spanned<u8>>,
    /// How sure a finding is, by evidence.
    pub confidence: Spanned<ConfidenceTable>,
}

/// `[15, 18]` or `"6..14"`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Lengths {
    List(Vec<usize>),
    Range(String),
}

/// How sure a finding is, 0 to 1, by what speaks for it. Below 0.5 it is no finding. What is not said counts 0.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfidenceTable {
    /// The check says *valid* and no label stands beside it.
    #[serde(default)]
    pub valid: f32,
    /// The check says *likely* and no label stands beside it.
    #[serde(default)]
    pub likely: f32,
    /// The form has no check, and no label stands beside it.
    #[serde(default)]
    pub plain: f32,
    /// A label or a field name says that it is one, whatever the check says.
    #[serde(default)]
    pub labelled: f32,
    /// A label stands in the same clause, but not right beside it.
    #[serde(default)]
    pub near: f32,
    /// It stands in a line or row that holds other personal data.
    #[serde(default)]
    pub row: f32,
    /// It is a cell of a column whose other cells are of this kind.
    #[serde(default)]
    pub column: f32,
    /// It counts even where the nearest label says that it is something else: a check that chance does not pass.
    #[serde(default)]
    pub firm: bool,
}

/// Words around a value. In words, ASCII letters match in either case.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextTable {
    /// Words that stand before a value (身份证号, passport no).
    #[serde(default)]
    pub words: Vec<Spanned<String>>,
    /// The same, and the value is a client's (客户姓名).
    #[serde(default)]
    pub client_words: Vec<Spanned<String>>,
    /// The same, and the value is a member of staff's (客户经理).
    #[serde(default)]
    pub staff_words: Vec<Spanned<String>>,
    /// Words that stand right behind a value (先生, 您好).
    #[serde(default)]
    pub after: Vec<Spanned<String>>,
    /// Words and field names, listed above as well, that may stand before other things too (客户, `name`): only what looks
    /// like a value of the kind counts behind them.
    #[serde(default)]
    pub vague: Vec<Spanned<String>>,
    /// Names of fields, in any case and with or without `_`, `-` and `.`: `id_no` is `idNo` is `IDNO`.
    #[serde(default)]
    pub fields: Vec<Spanned<String>>,
    /// Words of a message that is about the value in it (5分钟内有效): policies ask with `when = "about"`.
    #[serde(default)]
    pub about: Vec<Spanned<String>>,
    /// Names of fields that hold what such a message's template is filled with.
    #[serde(default)]
    pub about_fields: Vec<Spanned<String>>,
}

/// What stands in place of a value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MaskTable {
    /// `keep` (default), `surname`, `email`, `address`, `date`, `area_code`, `octets`, `groups`, `tail_of_account`, `drop`, `pass`.
    #[serde(default)]
    pub method: Option<Spanned<String>>,
    /// Characters shown at the beginning.
    #[serde(default)]
    pub first: usize,
    /// Characters shown at the end.
    #[serde(default)]
    pub last: usize,
    /// How many stars stand for the rest in free text, whatever its length.
    #[serde(default)]
    pub stars: Option<usize>,
    /// For methods that keep whole parts: how many (octets of an address, levels of a place).
    #[serde(default)]
    pub parts: usize,
    /// Show the leading letter too (passports).
    #[serde(default)]
    pub letter: bool,
}

/// How a value is encrypted with its format kept.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FpeTable {
    /// `digits`, `alphabet`, or a method that knows its kind: `resident_id`, `bank_card`, `email`, `date` …
    pub method: Spanned<String>,
    /// Characters that stay at the beginning (a prefix, a TA code).
    #[serde(default)]
    pub keep_first: Option<Spanned<usize>>,
    /// What stands behind so many characters stays, and is no part of what the value means.
    #[serde(default)]
    pub keep_behind: Option<Spanned<usize>>,
    /// Beginnings that stay whole.
    #[serde(default)]
    pub keep_prefix: Vec<Spanned<String>>,
    /// The alphabet of `alphabet`.
    #[serde(default)]
    pub alphabet: Option<Spanned<String>>,
    /// Which check characters the value has.
    #[serde(default)]
    pub check: Option<Spanned<String>>,
}

/// A text in which the rule finds something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExampleTable {
    pub text: String,
    /// What is found. Default: the whole text.
    #[serde(default)]
    pub value: Option<String>,
    /// The name of the field that the text stands in, if any.
    #[serde(default)]
    pub field: Option<String>,
}

/// A text in which the rule finds nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CounterTable {
    pub text: String,
    #[serde(default)]
    pub field: Option<String>,
    /// Why not.
    pub why: String,
}
