//! Names of persons: Han names with single and compound surnames, minority names with `·`, Latin names behind a label.
//!
//! A name alone is no evidence: three Han characters may be a name, a company or three words. So free text is read only
//! beside a cue (姓名：, 尊敬的, 您好), which the engine finds, and a value only in a field or a cell of its own. This
//! module decides whether a name stands there and where it ends. It knows no cues but those that are part of the
//! language around a name, no rules and no masks.

mod after;
mod before;
mod beside;
mod key;
mod latin;
mod reading;
mod refuse;
mod run;
mod tables;
mod whole;

use super::han::simplified;
use std::ops::Range;

pub(crate) use after::after_cue;
pub(crate) use before::before_cue;
pub(crate) use beside::{beginning_at, between, ending_at, owner_before};
pub(crate) use whole::{in_row, whole};

/// How much the words before a place say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cue {
    /// A label or a field that holds a name (姓名：, 户名：, `"custName":`): what follows is a name unless it cannot be.
    Label,
    /// Words that often stand before a name (尊敬的, 客户, 请, 经办人): what follows must look like one.
    Phrase,
}

/// How a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Han, surname of one character or none that is known.
    Han,
    /// Han, surname of two characters or more.
    Compound,
    /// Han with `·`, or a long name without a surname: a minority's or a foreigner's.
    Minority,
    /// Latin letters.
    Latin,
}

/// A name that was found. Holds its place and never its text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NameMatch {
    /// Bytes of the text that was given.
    pub span: Range<usize>,
    /// 0 to 1.
    pub confidence: f32,
    /// How it is written.
    pub form: Form,
}

/// The bytes of a name that its mask may show: the surname, a compound one whole; of a minority or Latin name, and of
/// one without a known surname, the first character.
pub(crate) fn surname_len(value: &str) -> usize {
    let mut chars = ['\0'; 6];
    let mut length = 0;
    for c in value.chars() {
        if length == chars.len() {
            break;
        }
        chars[length] = simplified(c);
        length += 1;
    }
    let shown = if value.contains('·') { 1 } else { reading::surname_length(&chars[..length]).unwrap_or(1) };
    value.chars().take(shown).map(char::len_utf8).sum()
}

/// Whether all of a text is a surname and nothing more: 欧阳 in 欧阳女士, which is as good as masked.
pub(crate) fn is_surname(value: &str) -> bool {
    let chars: Vec<char> = value.chars().take(3).map(simplified).collect();
    chars.len() <= 2 && tables::surname(&chars).is_some()
}

/// The form of a Han name without a dot.
fn han_form(chars: &[char]) -> Form {
    match reading::surname_length(chars) {
        Some(length) if length > 1 => Form::Compound,
        _ if chars.len() > 4 => Form::Minority,
        _ => Form::Han,
    }
}

#[cfg(test)]
mod tests;
