//! Dates: the way they are written stays, so that a field that must hold a date still looks like one.

use super::Mask;
use super::layout::Layout;

/// Stars for a run of digits, at most: the digits of a date and a time of day, written without separators.
const RUN_LIMIT: usize = 14;

/// A run of digits or of other characters in a date.
struct Run<'a> {
    text: &'a str,
    sort: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Digits,
    Separator,
    /// Month names and whatever else might tell something.
    Other,
}

pub(super) fn date<'a>(mask: &Mask, text: &'a str) -> Layout<'a> {
    let runs = runs_of(text);
    let year = if mask.parts() > 0 { year_run(&runs) } else { None };
    let month = year.filter(|at| mask.parts() > 1 && *at == 0).and_then(|at| month_run(&runs, at));
    let mut layout = Layout::default();
    for (at, run) in runs.iter().enumerate() {
        layout = match run.sort {
            Sort::Separator => layout.shown(run.text),
            Sort::Other => layout.stars(3),
            Sort::Digits if Some(at) == year => show_year(layout, run, mask.parts()),
            Sort::Digits if Some(at) == month => layout.shown(run.text),
            Sort::Digits => layout.stars(stars_for(run)),
        };
    }
    layout
}

/// One digit or two are two stars: `1888-2-8` does not say that the day has one digit.
fn stars_for(run: &Run<'_>) -> usize {
    run.text.chars().count().clamp(2, RUN_LIMIT)
}

/// `18880228` shows its year, or year and month, and hides the rest.
fn show_year<'a>(layout: Layout<'a>, run: &Run<'a>, parts: usize) -> Layout<'a> {
    if !is_compact(run) {
        return layout.shown(run.text);
    }
    let (shown, hidden) = run.text.split_at(2 + 2 * parts);
    layout.shown(shown).stars(hidden.len())
}

/// Year, month and day without separators.
fn is_compact(run: &Run<'_>) -> bool {
    run.text.is_ascii() && run.text.len() == 8
}

/// Where the year stands: first (four digits, or the first four of eight), or last of three (`28/02/1888`). A run that
/// cannot be a year (0228) is none.
fn year_run(runs: &[Run<'_>]) -> Option<usize> {
    let numbers: Vec<usize> = (0..runs.len()).filter(|at| runs[*at].sort == Sort::Digits).collect();
    let (&first, &last) = (numbers.first()?, numbers.last()?);
    if is_year(&runs[first]) {
        return Some(first);
    }
    (numbers.len() == 3 && is_year(&runs[last]) && !is_compact(&runs[last])).then_some(last)
}

fn is_year(run: &Run<'_>) -> bool {
    let mut digits = run.text.chars().map_while(digit_value);
    let century = digits.next().zip(digits.next()).map(|(tens, ones)| tens * 10 + ones);
    (run.text.chars().count() == 4 || is_compact(run)) && matches!(century, Some(18..=21))
}

/// The number behind the year, if it can be a month. Of `18880228` the month is in the same run.
fn month_run(runs: &[Run<'_>], year: usize) -> Option<usize> {
    if runs[year].text.chars().count() != 4 {
        return None;
    }
    let mut behind = (year + 1..runs.len()).filter(|at| runs[*at].sort == Sort::Digits);
    let month = behind.next()?;
    // Of a date without a day, the month is what is hidden.
    (runs[month].text.chars().count() <= 2 && behind.next().is_some()).then_some(month)
}

fn digit_value(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| "〇一二三四五六七八九".chars().zip(0..).find(|(han, _)| *han == c).map(|(_, n)| n))
}

fn sort_of(c: char) -> Sort {
    match c {
        // Stars stand where digits stood, so that masking twice is masking once.
        '0'..='9' | '０'..='９' | '*' | '＊' => Sort::Digits,
        '〇' | '○' | '零' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '廿' | '卅' => {
            Sort::Digits
        }
        '-' | '/' | '.' | ':' | ',' | '，' | '：' | ' ' | '年' | '月' | '日' | '号' | '时' | '分' | '秒' | 'T' => {
            Sort::Separator
        }
        _ => Sort::Other,
    }
}

fn runs_of(text: &str) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let sort = sort_of(c);
        if let Some(ended) = before.filter(|ended| *ended != sort) {
            runs.push(Run { text: &text[start..at], sort: ended });
            start = at;
        }
        before = Some(sort);
    }
    if let Some(sort) = before {
        runs.push(Run { text: &text[start..], sort });
    }
    runs
}
