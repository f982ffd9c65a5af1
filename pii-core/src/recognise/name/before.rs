//! A name that ends right before a cue such as 先生, 女士 or 您好.

use super::reading::{Reading, all_name, name_last};
use super::refuse::{is_no_person, is_organisation, title_at_end};
use super::run::Run;
use super::{Form, NameMatch, han_form};
use crate::recognise::han::char_before;

/// How far the cue speaks for a name that is all there is between it and a delimiter.
const ALONE: i32 = 20;
/// How far it does when other words stand before the name.
const BEHIND_WORDS: i32 = 2;

/// The name that ends at `end`, right before a cue; nothing before `floor` is looked at.
///
/// It begins at the text's start, behind punctuation, white space or a letter, or behind ordinary words (感谢王伟先生).
pub(crate) fn before_cue(text: &[u8], end: usize, floor: usize) -> Option<NameMatch> {
    let text = text.get(..end)?;
    let run = Run::backward(text, end, floor);
    // A name with two titles: 王小明先生您好.
    let count = run.chars().len() - title_at_end(run.chars());
    let chars = &run.chars()[..count];
    if chars.len() < 2 || is_masked(text, &run) {
        return None;
    }
    if run.has_dot() {
        return dotted(&run, count);
    }
    let alone = !run.is_cut() && chars.len() <= 4;
    if alone && all_name(chars).is_some_and(|gain| gain + ALONE >= 0) {
        return (!is_no_person(chars)).then(|| found(&run, 0, count, 0.9));
    }
    let Reading { length, gain } = name_last(chars)?;
    let start = count - length;
    let stands = start > 0 && gain + BEHIND_WORDS >= 0 && !is_no_person(&chars[start..]) && !is_organisation(chars);
    stands.then(|| found(&run, start, count, 0.8))
}

/// A minority's or foreigner's name; words that stand before its first part are left out.
pub(super) fn dotted(run: &Run, count: usize) -> Option<NameMatch> {
    let chars = &run.chars()[..count];
    let dot = chars.iter().position(|&c| c == '·')?;
    let words = ["尊敬的", "客户", "投资者", "感谢", "亲爱的", "股东", "联系", "用户", "会员"];
    let before: String = chars[..dot].iter().collect();
    let start = words
        .iter()
        .filter_map(|word| before.rfind(word).map(|at| before[..at + word.len()].chars().count()))
        .max()
        .unwrap_or(0);
    let whole = start < dot && chars.last() != Some(&'·') && !is_organisation(chars);
    whole.then(|| NameMatch { span: run.span(start..count), confidence: 0.9, form: Form::Minority })
}

fn found(run: &Run, start: usize, end: usize, confidence: f32) -> NameMatch {
    NameMatch { span: run.span(start..end), confidence, form: han_form(&run.chars()[start..end]) }
}

/// 张**三先生: stars right before the run.
fn is_masked(text: &[u8], run: &Run) -> bool {
    char_before(text, run.span(0..0).start).is_some_and(|(c, _)| matches!(c, '*' | '＊' | '×' | '●'))
}
