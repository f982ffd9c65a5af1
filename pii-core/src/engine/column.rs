//! What a sample of a column's cells says about the rest of them.

use super::Engine;
use crate::check::Verdict;
use crate::evidence::Evidence;
use crate::plan::RUN_LIMIT;
use crate::recognise::{address, name};
use crate::rule::Shape;

/// So many cells with something in them are needed before a column without a header says anything.
const CELLS_AT_LEAST: usize = 3;

/// The share of a column's cells that have to be of one kind.
const SHARE: f32 = 0.8;

impl Engine {
    /// What the header of a column, if it has one, and a sample of its cells say about its values.
    ///
    /// A header that the rules know decides. Without one, a column is of a kind when four of five cells have the kind's
    /// form and pass its check.
    #[must_use]
    pub fn column_evidence(&self, header: Option<&[u8]>, cells: &[&[u8]]) -> Evidence {
        let named = header.map_or_else(Evidence::none, |name| self.field_evidence(name));
        if named.field.is_some() {
            return named;
        }
        let filled: Vec<&[u8]> = cells.iter().map(|cell| cell.trim_ascii()).filter(|cell| !cell.is_empty()).collect();
        Evidence { column: self.kind_of_column(&filled), whole: true, ..named }
    }

    fn kind_of_column(&self, cells: &[&[u8]]) -> Option<u16> {
        if cells.len() < CELLS_AT_LEAST {
            return None;
        }
        let rules = &self.inner.rules;
        let enough = |count: usize| count as f32 >= SHARE * cells.len() as f32;
        let mut votes = vec![0usize; rules.rules().len()];
        for cell in cells {
            self.vote(cell, &mut votes);
        }
        // Rules are sorted by priority, so the first of several wins.
        let by_form = (0u16..).zip(&votes).find(|(_, count)| enough(**count)).map(|(rule, _)| rule);
        by_form.or_else(|| {
            let names = cells.iter().filter(|cell| name::in_row(cell).is_some()).count();
            let addresses = cells.iter().filter(|cell| address::whole(cell).is_some()).count();
            let recognised = &self.inner.recognised;
            (enough(names).then_some(recognised.name).flatten())
                .or(enough(addresses).then_some(recognised.address).flatten())
                .map(|id| id.rule)
        })
    }

    /// One vote of a cell for each rule with a form that the cell has.
    fn vote(&self, cell: &[u8], votes: &mut [usize]) {
        let mut canonical = [0u8; RUN_LIMIT];
        let Some(room) = canonical.get_mut(..cell.len()) else { return };
        room.copy_from_slice(cell);
        room.make_ascii_uppercase();
        let value = &*room;
        let mut voted = None;
        for candidate in self.inner.plan.of_length(value.len()) {
            let form = &self.inner.rules.at(candidate.id.rule).forms[usize::from(candidate.id.form)];
            let Shape::Token(shape) = &form.shape else { continue };
            let counts = form.confidence.column > 0.0 && candidate.prefix.is_none() && voted != Some(candidate.id.rule);
            if counts && shape.fits(value) && form.check.is_none_or(|check| check(value) >= Verdict::NearMiss) {
                votes[usize::from(candidate.id.rule)] += 1;
                voted = Some(candidate.id.rule);
            }
        }
    }
}
