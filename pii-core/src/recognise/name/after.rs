//! A name that begins right behind a cue.

use super::reading::{Reading, leading_word, name_first, words_cost};
use super::refuse::{is_anonymous, is_no_person, makes_organisation, title_at_end};
use super::run::Run;
use super::tables::{WORD_LIMIT, may_begin_surname, surname};
use super::whole::RARE_SURNAME;
use super::{Cue, Form, NameMatch, han_form, latin};
use crate::recognise::han::{char_at, char_before, is_han, simplified};

/// How far a phrase speaks for a name, in steps of likelihood.
const PHRASE: i32 = 4;
/// How far 尊敬的 does: hardly anything but a name, 客户 or 投资者 stands behind it.
const SALUTATION: i32 = 24;
/// How far a label does.
const LABEL: i32 = 40;
/// The most characters of one part of a minority or transliterated name.
const PART_LIMIT: usize = 15;

/// The name that begins at `at`, right behind a cue and its separators; `None` when none begins there.
///
/// `text` is folded and may hold bytes that are no UTF-8.
pub(crate) fn after_cue(text: &[u8], at: usize, strength: Cue) -> Option<NameMatch> {
    let label = strength == Cue::Label;
    if text.get(at)?.is_ascii_alphabetic() {
        return if label { latin::read(text, at) } else { None };
    }
    if !label && !may_begin_name(text, at) {
        return None;
    }
    let run = Run::forward(text, at);
    if is_masked(text, &run) {
        return None;
    }
    if run.has_dot() {
        return dotted(&run);
    }
    if goes_on_from_cue(text, at, &run) {
        return None;
    }
    if !label {
        let bonus = if text[..at].ends_with("尊敬的".as_bytes()) { SALUTATION } else { PHRASE };
        return han(run.chars(), is_closed(text, &run), bonus).map(|length| found(&run, length, 0.9));
    }
    spaced(text, &run).or_else(|| labelled(text, &run))
}

/// Whether what begins at `at` begins with a surname or has a dot in it: most of what stands behind a phrase does not, and
/// is no name then.
fn may_begin_name(text: &[u8], at: usize) -> bool {
    let is_surname = char_at(text, at).is_some_and(|(first, _)| may_begin_surname(simplified(first)));
    let has_dot = || {
        let mut behind = text[at..].chunks(3).skip_while(|bytes| matches!(bytes, [0xE3..=0xE9, _, _]));
        behind.next().is_some_and(|bytes| bytes.starts_with("·".as_bytes()) || bytes[0] >= 0xEA)
    };
    is_surname || has_dot()
}

/// Whether the cue's last character and what follows are one word, so that there was no cue: 联系人 in 联系人工客服. A
/// usual surname behind the cue is read as one all the same (联系人马超).
fn goes_on_from_cue(text: &[u8], at: usize, run: &Run) -> bool {
    let Some((last, _)) = char_before(text, at).filter(|&(c, _)| is_han(c)) else { return false };
    let mut joined = ['\0'; WORD_LIMIT];
    joined[0] = simplified(last);
    let own = run.chars().len().min(WORD_LIMIT - 1);
    joined[1..=own].copy_from_slice(&run.chars()[..own]);
    let usual = run.chars().first().is_some_and(|&c| surname(&[c]).is_some_and(|cost| cost <= RARE_SURNAME));
    !usual && leading_word(&joined[..=own]) > 0
}

/// A name in a label's value: whole when it ends at a delimiter, else as far as the words behind it allow.
fn labelled(text: &[u8], run: &Run) -> Option<NameMatch> {
    let chars = run.chars();
    let chars = &chars[..chars.len() - title_at_end(chars)];
    let read = han(chars, is_closed(text, run), LABEL);
    // Behind a name and a particle any organisation may be spoken of: 张三在某银行开户.
    let spoken = read.and_then(|length| chars.get(length..)).and_then(<[char]>::first).is_some_and(|&c| is_particle(c));
    if chars.len() < 2 || is_anonymous(run.chars()) || (!spoken && (is_no_person(chars) || is_no_person(run.chars()))) {
        return None;
    }
    if let Some(length) = read {
        // A delimiter behind two to four characters says where the name ends better than statistics do.
        let whole = chars.len() <= 3 || (chars.len() == 4 && leading_word(&chars[length..]) == 0);
        return Some(found(run, if whole { whole_length(chars, length) } else { length }, 0.95));
    }
    if run.is_cut() || surname(&chars[..1]).is_some() && leading_word(chars) > 0 {
        return None;
    }
    let length = unknown_end(chars);
    (2..=PART_LIMIT).contains(&length).then(|| found(run, length, 0.8))
}

/// The length of a name that a delimiter ends, when the reading has one or two characters less.
fn whole_length(chars: &[char], read: usize) -> usize {
    // Behind two characters of name, one that is a common word and hardly ever a given name is a word: 张三男, 李明已.
    let rest = &chars[read..];
    let is_word = rest.first().is_some_and(|&c| is_particle(c));
    if is_word || leading_word(rest) == rest.len() && rest.len() > 1 { read } else { chars.len() }
}

/// Where a name without a known surname ends: at the end of the run, or before the first ordinary word of two characters.
fn unknown_end(chars: &[char]) -> usize {
    if leading_word(chars) > 0 && words_cost(chars) < 14 * super::tables::Cost::try_from(chars.len()).unwrap_or(1) {
        return 0;
    }
    (2..chars.len()).find(|&at| leading_word(&chars[at..]) > 0).unwrap_or(chars.len())
}

/// Whether no letter or digit goes on behind the run.
fn is_closed(text: &[u8], run: &Run) -> bool {
    !text.get(run.end()).is_some_and(u8::is_ascii_alphanumeric)
}

/// The length of the Han name that the characters begin with.
fn han(chars: &[char], closed: bool, bonus: i32) -> Option<usize> {
    let Reading { length, gain } = name_first(chars, closed)?;
    let (name, rest) = chars.split_at(length);
    let stands = gain + bonus >= 0 && !is_anonymous(name) && !makes_organisation(rest);
    let titled = length > 2 && is_anonymous(&chars[..length.min(chars.len())]);
    (stands && !titled && !surname_with_title(chars, length)).then_some(length)
}

/// 王经理, 李女士: the title begins within the name that was read.
fn surname_with_title(chars: &[char], length: usize) -> bool {
    (2..=4).any(|end| end > length.min(2) && end <= chars.len() && end <= length + 1 && is_anonymous(&chars[..end]))
}

/// 张 三: forms spread a short name with spaces.
fn spaced(text: &[u8], run: &Run) -> Option<NameMatch> {
    if run.chars().len() != 1 {
        return None;
    }
    surname(run.chars())?;
    let mut at = run.end();
    while at < run.end() + 4 && text.get(at) == Some(&b' ') {
        at += 1;
    }
    let own = Run::forward(text, at);
    let fits = at > run.end() && (1..=2).contains(&own.chars().len()) && leading_word(own.chars()) == 0;
    let start = run.span(0..1).start;
    (fits && !own.has_dot() && !is_no_person(own.chars())).then(|| NameMatch {
        span: start..own.end(),
        confidence: 0.8,
        form: Form::Han,
    })
}

/// A minority's or foreigner's name: parts with `·` between them, the last as far as words allow.
fn dotted(run: &Run) -> Option<NameMatch> {
    let chars = run.chars();
    let mut start = 0;
    loop {
        let part = &chars[start..];
        let length = part.iter().position(|&c| c == '·').unwrap_or(part.len());
        if length == 0 || length > PART_LIMIT {
            return None;
        }
        if length == part.len() {
            let own = last_part(part);
            let all = &chars[..start + own];
            return (start > 0 && own > 0 && !is_no_person(&chars[..start - 1]) && !makes_organisation(&part[own..]))
                .then(|| NameMatch { span: run.span(0..all.len()), confidence: 0.9, form: Form::Minority });
        }
        start += length + 1;
    }
}

/// The length of the last part of a dotted name: up to a title or the first ordinary word behind one character.
fn last_part(part: &[char]) -> usize {
    let stops = |at: usize| {
        let rest = &part[at..];
        leading_word(rest) > 0 || is_particle(rest[0])
    };
    (1..part.len()).find(|&at| stops(at)).unwrap_or(part.len()).min(PART_LIMIT)
}

/// Characters that go on behind a name and hardly ever end a given name.
pub(super) fn is_particle(c: char) -> bool {
    "男女已于的您在将因向请与及和为先是".contains(c)
}

fn found(run: &Run, length: usize, confidence: f32) -> NameMatch {
    NameMatch { span: run.span(0..length), confidence, form: han_form(&run.chars()[..length]) }
}

/// A surname, or nothing, with stars behind it: the name was masked before.
fn is_masked(text: &[u8], run: &Run) -> bool {
    let stars =
        char_at(text, run.end()).is_some_and(|(c, _)| matches!(c, '*' | '＊' | '×' | '●' | '…' | '■' | '○' | '�'));
    let chars = run.chars();
    stars && (chars.len() < 2 || (chars.len() == 2 && surname(chars).is_some()))
}
