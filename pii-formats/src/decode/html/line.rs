//! The line of text that is being read, and lines that a number runs across.
//!
//! `<br>` ends a line, and a number that is too long for a narrow page may be broken there: `138<br>00138000`. Where a line
//! ends with a digit and the next begins with one, both are read once more as one text.

use crate::decode::markup::reference::{Dialect, read_into};
use crate::decode::markup::space::read_shown;
use crate::decode::run::Run;
use std::ops::Range;

/// Text since the last tag that ended a line.
#[derive(Default)]
pub(super) struct Line {
    pub(super) run: Run,
    /// The lines before this one whose ends meet in digits, and this one when it goes on with a digit.
    across: Run,
    /// How many lines before this one are in `across`.
    lines_across: usize,
    meeting: Meeting,
    is_preformatted: bool,
}

/// How this line goes on from the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Meeting {
    /// Nothing of it has been read.
    #[default]
    Unknown,
    /// The one before ends with a digit and this one begins with one.
    InDigits,
    /// In any other way.
    Apart,
}

impl Line {
    /// Whether line ends in the text from here on are shown as such.
    pub(super) fn set_preformatted(&mut self, is_preformatted: bool) {
        self.is_preformatted = is_preformatted;
    }

    /// Character data comes next.
    pub(super) fn push(&mut self, input: &[u8], source: Range<usize>) {
        let read = if self.is_preformatted { read_into } else { read_shown };
        read(&mut self.run, input, source.clone(), Dialect::HtmlText);
        if self.meeting == Meeting::Unknown && !self.run.is_blank() {
            let meets = self.lines_across > 0 && begins_with_digit(&self.run);
            self.meeting = if meets { Meeting::InDigits } else { Meeting::Apart };
        }
        if self.meeting == Meeting::InDigits {
            read_shown(&mut self.across, input, source, Dialect::HtmlText);
        }
    }

    /// The text of several lines that a number may run across, once it runs no further.
    pub(super) fn across(&self, is_break: bool) -> Option<&Run> {
        let lines = self.lines_across + usize::from(self.joins());
        (lines > 1 && !(self.joins() && self.goes_on(is_break))).then_some(&self.across)
    }

    /// Whether a number may run on here from the line before.
    pub(super) fn joins(&self) -> bool {
        self.meeting == Meeting::InDigits
    }

    fn goes_on(&self, is_break: bool) -> bool {
        is_break && ends_with_digit(&self.run)
    }

    /// The line ends, at a `<br>` or at something that no number runs across.
    pub(super) fn end(&mut self, is_break: bool) {
        if !self.goes_on(is_break) {
            self.across.clear();
            self.lines_across = 0;
        } else if self.joins() {
            self.lines_across += 1;
        } else {
            std::mem::swap(&mut self.across, &mut self.run);
            self.lines_across = 1;
        }
        self.meeting = Meeting::Unknown;
        self.run.clear();
    }
}

fn begins_with_digit(run: &Run) -> bool {
    run.bytes().trim_ascii_start().first().is_some_and(u8::is_ascii_digit)
}

fn ends_with_digit(run: &Run) -> bool {
    run.bytes().trim_ascii_end().last().is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read across the lines of `input`, which are divided by `|` for a break and `/` for a block.
    fn across(input: &str) -> Vec<String> {
        let mut line = Line::default();
        let mut told = Vec::new();
        let mut at = 0;
        for piece in input.split_inclusive(['|', '/']) {
            let text = piece.trim_end_matches(['|', '/']);
            line.push(input.as_bytes(), at..at + text.len());
            let is_break = piece.ends_with('|');
            told.extend(line.across(is_break).map(|run| String::from_utf8_lossy(run.bytes()).into_owned()));
            line.end(is_break);
            at += piece.len();
        }
        told.extend(line.across(false).map(|run| String::from_utf8_lossy(run.bytes()).into_owned()));
        told
    }

    #[test]
    fn numbers_run_across_breaks_and_no_other_tags() {
        let table: &[(&str, &[&str])] = &[
            ("138|00138000", &["13800138000"]),
            ("手机138|0013|8000 x|1", &["手机13800138000 x"]),
            ("手机138 |\n0013", &["手机138 0013"]),
            ("138/00138000", &[]),
            ("138|x0013|8000", &["x00138000"]),
            ("138|0013|x", &["1380013"]),
            ("1|2|", &["12"]),
            ("x|y", &[]),
            ("1||2", &[]),
        ];
        for (input, expected) in table {
            assert_eq!(across(input), *expected, "{input:?}");
        }
    }
}
