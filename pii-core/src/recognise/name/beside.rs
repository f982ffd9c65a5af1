//! A name without a cue that touches somebody's number, e-mail address or postal address: `张三 13800138000`.
//!
//! The number says that a person is spoken of and not who, and firms and places have telephones too. So only what hardly
//! can be anything but a name counts: a usual surname, characters of given names, and no word of the tables.

use super::after::is_particle;
use super::before::{before_cue, dotted};
use super::reading::{Reading, all_name, are_words, leading_word, name_first, name_last};
use super::refuse::{is_no_person, is_organisation, makes_organisation};
use super::run::Run;
use super::tables::is_no_name_alone;
use super::whole::stands_alone;
use super::{NameMatch, han_form};
use crate::recognise::han::char_before;

/// How much likelier than words a name must be that no delimiter sets off from other words, in steps. Between two
/// delimiters the whole run has to be the name, which is evidence of its own.
const AMONG_WORDS: i32 = 14;
/// How far a cue before and a number behind speak for a name, in steps.
const BOTH_SIDES: i32 = 24;
/// The most characters of a name without a dot.
const LENGTH_LIMIT: usize = 4;

/// The name that ends at `end`, before what belongs to a person and to no firm: an identity, an account.
pub(crate) fn owner_before(text: &[u8], end: usize) -> Option<NameMatch> {
    let found = before_cue(text, end, 0)?;
    let run = Run::forward(&text[..found.span.end], found.span.start);
    (!is_no_name_alone(run.chars())).then_some(found)
}

/// The name that fills all between a cue at `start` and the connectors of a number at `end`. Both together are evidence
/// enough for a name that is an ordinary word or a place as well: 客户高安（资金账号….
pub(crate) fn between(text: &[u8], start: usize, end: usize) -> Option<NameMatch> {
    let run = Run::forward(text.get(..end)?, start);
    let chars = run.chars();
    let fits = run.end() == end && chars.len() <= LENGTH_LIMIT && !is_no_person(chars);
    (fits && all_name(chars)? + BOTH_SIDES >= 0).then(|| found(&run, 0, chars.len()))
}

/// The name that ends at `end`, before a number that may be a firm's.
pub(crate) fn ending_at(text: &[u8], end: usize) -> Option<NameMatch> {
    let text = text.get(..end)?;
    let run = Run::backward(text, end, 0);
    let before = char_before(text, run.span(0..0).start).map(|(c, _)| c);
    if before.is_some_and(|c| matches!(c, '*' | '＊' | '×' | '●')) {
        return None;
    }
    let chars = run.chars();
    if run.has_dot() {
        return dotted(&run, chars.len());
    }
    let delimited = !run.is_cut() && !before.is_some_and(|c| c.is_ascii_alphanumeric());
    if delimited && chars.len() <= LENGTH_LIMIT && stands_alone(chars) {
        return Some(found(&run, 0, chars.len()));
    }
    let Reading { length, gain } = name_last(chars)?;
    let start = chars.len() - length;
    let (words, name) = chars.split_at(start);
    let told = !words.is_empty() && gain >= AMONG_WORDS && are_words(words);
    let stands = told && stands_alone(name) && !is_organisation(chars);
    stands.then(|| found(&run, start, chars.len()))
}

/// The name that begins at `at`, behind a number.
pub(crate) fn beginning_at(text: &[u8], at: usize) -> Option<NameMatch> {
    let run = Run::forward(text, at);
    let chars = run.chars();
    let behind = text.get(run.end()).copied();
    if run.has_dot() || behind.is_some_and(|b| b == b'*') {
        return None;
    }
    let delimited = !run.is_cut() && !behind.is_some_and(|b| b.is_ascii_alphanumeric());
    // 张三收 on a parcel.
    let alone = chars.strip_suffix(&['收']).unwrap_or(chars);
    if delimited && alone.len() <= LENGTH_LIMIT && stands_alone(alone) {
        return Some(found(&run, 0, alone.len()));
    }
    let Reading { length, gain } = name_first(chars, delimited)?;
    let (name, words) = chars.split_at(length);
    let goes_on = leading_word(words) > 0 || words.first().is_some_and(|&c| is_particle(c));
    let stands = goes_on && gain >= AMONG_WORDS && stands_alone(name);
    (stands && !makes_organisation(words) && !is_no_person(chars)).then(|| found(&run, 0, length))
}

fn found(run: &Run, start: usize, end: usize) -> NameMatch {
    NameMatch { span: run.span(start..end), confidence: 0.7, form: han_form(&run.chars()[start..end]) }
}
