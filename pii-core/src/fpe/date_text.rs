//! Dates as they are written: `1890-01-02`, `18900102`, `1890年1月2日`, `2/1/1890`, `2 Jan 1890`, `Jan. 2nd, 1890`, and without
//! day or year. Signs beside them stay, and a time of day becomes none
//! (`00:00:00`).

use crate::check::calendar;
use std::fmt;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date's numbers, as far as they are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) year: Option<u32>,
    pub(super) month: Option<u32>,
    pub(super) day: Option<u32>,
}

/// A date and how it is written.
pub(super) struct DateText<'t> {
    pub(super) parts: Parts,
    pieces: Vec<Piece<'t>>,
    /// One digit of a month or day has no zero before it.
    is_short: bool,
}

/// A stretch of the text.
#[derive(Clone, Copy)]
enum Piece<'t> {
    Text(&'t str),
    /// A time of day, which becomes none: `00:00:00`.
    Time(&'t str),
    Year,
    Month,
    Day,
    /// Its letters.
    MonthName(&'t str),
    /// `st`, `nd`, `rd`, `th` behind a day.
    Ordinal,
    /// Eight digits, or six without a day.
    Compact,
}

/// A run of digits, of letters, or of something else.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Digits,
    Letters,
    Other,
}

impl<'t> DateText<'t> {
    /// Reads a date; `None` where it is none that exists, or could be two.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let runs = runs(text);
        let mut numbers = runs.iter().enumerate().filter(|(_, (_, sort))| *sort == Sort::Digits).map(|(at, _)| at);
        let name = runs.iter().position(|(run, sort)| *sort == Sort::Letters && month_named(run).is_some());
        let (first, second, third) = (numbers.next()?, numbers.next(), numbers.next());
        let long = |at: usize| runs.get(at).is_some_and(|(run, _)| run.len() == 4);
        let mut roles = vec![None; runs.len()];
        let mut set = |at: Option<usize>, role: Piece<'t>| {
            if let Some(place) = at.and_then(|at| roles.get_mut(at)) {
                *place = Some(role);
            }
        };
        match runs.get(first)?.0.len() {
            6 | 8 => set(Some(first), Piece::Compact),
            _ if name.is_some() => {
                set(Some(first), Piece::Day);
                set(second, Piece::Year);
                set(name, Piece::MonthName(runs.get(name?)?.0));
                let behind = runs.get(first + 1).filter(|(run, _)| is_ordinal(run));
                set(behind.map(|_| first + 1), Piece::Ordinal);
            }
            4 => {
                set(Some(first), Piece::Year);
                // A number behind the year that a colon or a T sets off is a time.
                let is_next = |before: usize, at: usize| (before + 1..at).all(|at| runs.get(at).is_some_and(joins));
                let month = second.filter(|&at| is_next(first, at));
                set(month, Piece::Month);
                set(month.and(third).filter(|&at| month.is_some_and(|month| is_next(month, at))), Piece::Day);
            }
            1 | 2 if third.is_some_and(long) => {
                set(Some(first), Piece::Day);
                set(second, Piece::Month);
                set(third, Piece::Year);
            }
            1 | 2 if runs.get(first + 1).is_some_and(|(run, _)| run.trim() == "月") => {
                set(Some(first), Piece::Month);
                set(second, Piece::Day);
            }
            _ => return None,
        }
        Self::of(text, &runs, &roles)
    }

    fn of(text: &'t str, runs: &[(&'t str, Sort)], roles: &[Option<Piece<'t>>]) -> Option<Self> {
        let date_runs = roles.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        let date_bytes = runs.iter().take(date_runs).map(|(run, _)| run.len()).sum();
        let time = text.get(date_bytes..).filter(|rest| is_time(rest));
        let (runs, roles) =
            if time.is_some() { (runs.get(..date_runs)?, roles.get(..date_runs)?) } else { (runs, roles) };
        let mut parts = Parts { year: None, month: None, day: None };
        let (mut is_short, mut has_zero, mut is_chinese) = (false, false, false);
        let mut pieces = Vec::with_capacity(runs.len());
        for ((run, _), role) in runs.iter().zip(roles) {
            let number = || run.parse::<u32>().ok();
            match role {
                Some(Piece::Year) => parts.year = Some(number().filter(|_| run.len() == 4)?),
                Some(Piece::Month) => parts.month = Some(number().filter(|_| run.len() <= 2)?),
                Some(Piece::Day) => parts.day = Some(number().filter(|_| run.len() <= 2)?),
                Some(Piece::MonthName(name)) => parts.month = month_named(name),
                Some(Piece::Compact) => {
                    parts = Parts { year: part(run, 0..4), month: part(run, 4..6), day: part(run, 6..8) };
                }
                Some(Piece::Ordinal | Piece::Text(_) | Piece::Time(_)) | None => {}
            }
            if matches!(role, Some(Piece::Month | Piece::Day)) {
                is_short |= run.len() == 1;
                has_zero |= run.starts_with('0');
            }
            is_chinese |= run.contains('月');
            if role.is_none() && !stays(run) {
                return None;
            }
            pieces.push(role.unwrap_or(Piece::Text(run)));
        }
        pieces.extend(time.map(Piece::Time));
        let is_short = is_short || (is_chinese || pieces.iter().any(|p| matches!(p, Piece::MonthName(_)))) && !has_zero;
        parts.exists().then_some(Self { parts, pieces, is_short })
    }
}

impl Parts {
    fn exists(self) -> bool {
        let year = self.year.unwrap_or(2000);
        let is_counted = (1800..2100).contains(&year);
        match (self.month, self.day) {
            (Some(month), day) => is_counted && calendar::is_day(year, month, day.unwrap_or(1)) && self.has_two(),
            (None, None) => is_counted && self.year.is_some(),
            (None, Some(_)) => false,
        }
    }

    /// A month alone is no date.
    fn has_two(self) -> bool {
        self.year.is_some() || self.day.is_some()
    }
}

impl fmt::Display for DateText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day] = [self.parts.year, self.parts.month, self.parts.day].map(Option::unwrap_or_default);
        let width = if self.is_short { 1 } else { 2 };
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Time(time) => f.write_str(&time.replace(|c: char| c.is_ascii_digit(), "0"))?,
                Piece::Year => write!(f, "{year:04}")?,
                Piece::Month => write!(f, "{month:0width$}")?,
                Piece::Day => write!(f, "{day:0width$}")?,
                Piece::Compact if self.parts.day.is_none() => write!(f, "{year:04}{month:02}")?,
                Piece::Compact => write!(f, "{year:04}{month:02}{day:02}")?,
                Piece::Ordinal => f.write_str(ordinal(day))?,
                Piece::MonthName(original) => write_name(f, original, month)?,
            }
        }
        Ok(())
    }
}

/// A month's name as the original one is written: whole or its first three letters, in capitals or not.
fn write_name(f: &mut fmt::Formatter<'_>, original: &str, month: u32) -> fmt::Result {
    let at = usize::try_from(month.wrapping_sub(1)).unwrap_or(usize::MAX);
    let name = MONTHS.get(at).copied().unwrap_or_default();
    // May is both: most dates with names have short ones.
    let is_whole = original.len() > 3 && !original.eq_ignore_ascii_case("sept");
    let name = if is_whole { name } else { name.get(..3).unwrap_or(name) };
    match original.as_bytes() {
        [b'a'..=b'z', ..] => f.write_str(&name.to_ascii_lowercase()),
        [_, b'A'..=b'Z', ..] => f.write_str(&name.to_ascii_uppercase()),
        _ => f.write_str(name),
    }
}

fn ordinal(day: u32) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

fn is_ordinal(run: &str) -> bool {
    ["st", "nd", "rd", "th"].iter().any(|known| run.eq_ignore_ascii_case(known))
}

/// The month that letters name, by three of them at least.
fn month_named(letters: &str) -> Option<u32> {
    let is = |name: &str| {
        let is_sept = letters.eq_ignore_ascii_case("sept") && name == "September";
        let begins = name.get(..letters.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(letters));
        is_sept || begins && (letters.len() == 3 || letters.len() == name.len())
    };
    (1..).zip(MONTHS).find(|(_, name)| is(name)).map(|(month, _)| month)
}

/// Whether what stands between two numbers makes them parts of one date.
fn joins((run, sort): &(&str, Sort)) -> bool {
    *sort == Sort::Other && run.chars().all(|c| matches!(c, '-' | '/' | '.' | ' ' | '年' | '月'))
}

/// Whether this is a time of day behind a date, and nothing else: `T16:00:00.000Z`, ` 10:30`, ` 00:00:00+08:00`.
fn is_time(rest: &str) -> bool {
    let Some(time) = rest.strip_prefix(['T', 't', ' ']).map(str::trim_start) else { return false };
    let end = time.find(|c: char| !matches!(c, '0'..='9' | ':' | '.')).unwrap_or(time.len());
    let (clock, zone) = time.split_at(end);
    let is_two = |part: &str| part.len() <= 2 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let hours_and_more = clock.split(':').count();
    let is_fraction = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
    let is_zone = match zone.trim().strip_prefix(['+', '-']) {
        Some(offset) => offset.len() <= 5 && offset.replacen(':', "", 1).bytes().all(|b| b.is_ascii_digit()),
        None => matches!(zone.trim(), "" | "Z" | "z"),
    };
    (2..=3).contains(&hours_and_more) && clock.split(':').all(is_two) && is_fraction && is_zone
}

/// Whether what is written beside a date says nothing: signs, and the words of dates. All else may be
/// a second date, a number, a name, and who would not take it for a part of the date would leave it in clear.
fn stays(run: &str) -> bool {
    let is_sign =
        |c: char| c.is_ascii_punctuation() || c.is_whitespace() || matches!(c, '—' | '–' | '·' | '、' | '，' | '：');
    let is_word = |c: char| matches!(c, '年' | '月' | '日' | '号' | '號' | '时' | '時' | '分' | '秒');
    run.chars().all(|c| is_sign(c) || is_word(c))
}

fn part(run: &str, at: std::ops::Range<usize>) -> Option<u32> {
    run.get(at)?.parse().ok()
}

fn runs(text: &str) -> Vec<(&str, Sort)> {
    let sort_of = |c: char| match c {
        _ if c.is_ascii_digit() => Sort::Digits,
        _ if c.is_ascii_alphabetic() => Sort::Letters,
        _ => Sort::Other,
    };
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let sort = sort_of(first);
        let end = rest.find(|c| sort_of(c) != sort).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        runs.push((run, sort));
        rest = behind;
    }
    runs
}
