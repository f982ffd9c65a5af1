//! A delimited line that holds personal data is evidence for its other cells.

use super::context::Context;
use super::taken::Taken;
use super::{Searcher, led};
use crate::check::Verdict;
use crate::finding::{Finding, Role, Support};
use crate::plan::RUN_LIMIT;
use crate::recognise::{address, name};
use crate::rule::{RuleSet, Shape};
use crate::validate::{self, Case};
use std::ops::Range;

/// So many cells have to be sure before the others are looked at in their light.
const SURE_CELLS: usize = 2;

/// Fewer cells than this are no row.
const CELLS_AT_LEAST: usize = 4;

/// Appends what the cells of a line are, if the line is a row with at least two cells that are surely personal.
/// `from` is where the line's findings begin in `out`.
pub(super) fn find(searcher: &Searcher<'_>, context: &Context<'_>, from: usize, out: &mut Vec<Finding>) {
    if out.len() - from < SURE_CELLS {
        return;
    }
    let Some(delimiter) = delimiter(context.text) else { return };
    let mut sure: Vec<Range<usize>> =
        out[from..].iter().filter(|found| is_sure(searcher.rules, found)).map(|found| found.span.clone()).collect();
    sure.sort_by_key(|span| span.start);
    let holds_one = |cell: &Range<usize>| {
        let first = sure.partition_point(|span| span.start < cell.start);
        sure[first..].iter().take_while(|span| span.start < cell.end).any(|span| span.end <= cell.end)
    };
    if cells(context.text, delimiter).filter(holds_one).take(SURE_CELLS).count() < SURE_CELLS {
        return;
    }
    let taken = Taken::by(&out[from..]);
    for cell in cells(context.text, delimiter) {
        if taken.is_free(&cell) {
            read_cell(searcher, context.text, cell, out);
        }
    }
}

/// A finding that needs no row to count: its check passed or its form is known.
fn is_sure(rules: &RuleSet, finding: &Finding) -> bool {
    finding.reasons.verdict >= Some(Verdict::Likely)
        || rules.at(finding.rule).forms[usize::from(finding.form)].confidence.plain >= 0.7
}

/// The delimiter that cuts the line into at least four cells.
fn delimiter(text: &[u8]) -> Option<u8> {
    let count = |byte| memchr::memchr_iter(byte, text).count();
    [b'\t', b'|', b',', b';'].into_iter().find(|&byte| count(byte) + 1 >= CELLS_AT_LEAST)
}

fn cells(text: &[u8], delimiter: u8) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start > text.len() {
            return None;
        }
        let end = memchr::memchr(delimiter, &text[start..]).map_or(text.len(), |n| start + n);
        let cell = trim(text, start..end);
        start = end + 1;
        Some(cell)
    })
}

fn trim(text: &[u8], cell: Range<usize>) -> Range<usize> {
    let blank = |b: &u8| matches!(b, b' ' | b'"' | b'\'' | b'\r');
    let lead = text[cell.clone()].iter().take_while(|b| blank(b)).count();
    let tail = text[cell.start + lead..cell.end].iter().rev().take_while(|b| blank(b)).count();
    cell.start + lead..cell.end - tail
}

fn read_cell(searcher: &Searcher<'_>, text: &[u8], cell: Range<usize>, out: &mut Vec<Finding>) {
    let value = &text[cell.clone()];
    if let Some(id) = searcher.recognised.name
        && let Some(found) = name::in_row(value)
    {
        led::push(
            searcher,
            id,
            cell.start + found.span.start..cell.start + found.span.end,
            found.confidence,
            Support::Row,
            out,
        );
        return;
    }
    if let Some(id) = searcher.recognised.address
        && let Some(found) = address::whole(value)
    {
        led::push(
            searcher,
            id,
            cell.start + found.span.start..cell.start + found.span.end,
            found.confidence,
            Support::Row,
            out,
        );
        return;
    }
    if value.len() > RUN_LIMIT || !value.iter().all(u8::is_ascii_alphanumeric) {
        return;
    }
    for candidate in searcher.plan.of_length(value.len()) {
        let form = &searcher.rules.at(candidate.id.rule).forms[usize::from(candidate.id.form)];
        let Shape::Token(shape) = &form.shape else { continue };
        if candidate.prefix.is_some() || form.confidence.row == 0.0 || !shape.fits(value) {
            continue;
        }
        let verdict = form.check.map(|check| check(value));
        let case = Case { verdict, support: Support::Row, role: Role::Unknown, ..Case::default() };
        out.extend(validate::finding(searcher.rules, candidate.id, cell.clone(), &case));
    }
}
