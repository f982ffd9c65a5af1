//! The records that are open.

use super::{Closed, Found, Layer, Seen};
use crate::sink::{ObjectId, RecordId};
use pii_core::Aside;
use std::collections::{HashMap, HashSet};

/// A record that is still open.
#[derive(Default)]
pub(super) struct Open {
    pub(super) founds: Vec<Found>,
    pub(super) layers: Vec<Layer>,
    pub(super) aside: Aside,
    pub(super) seen: Seen,
    /// Where output has to wait: the position in the input of the first text or finding.
    pub(super) first: Option<u64>,
    /// Objects in whose keys something was found.
    pub(super) keyed: HashSet<ObjectId>,
    pub(super) keys: HashMap<ObjectId, Option<Vec<u64>>>,
    /// It was too long to be waited for, so more of it has been decided about already.
    pub(super) was_cut: bool,
}

/// The open records, in the order in which they began. There are as many as objects inside each other, and nearly always the
/// last one is meant.
#[derive(Default)]
pub(super) struct Opened(Vec<(RecordId, Open)>);

impl Opened {
    fn place(&self, id: RecordId) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if *last == id => Ok(self.0.len() - 1),
            Some((last, _)) if *last > id => self.0.binary_search_by_key(&id, |(id, _)| *id),
            _ => Err(self.0.len()),
        }
    }

    pub(super) fn get(&self, id: RecordId) -> Option<&Open> {
        self.place(id).ok().map(|at| &self.0[at].1)
    }

    pub(super) fn get_mut(&mut self, id: RecordId) -> Option<&mut Open> {
        self.place(id).ok().map(|at| &mut self.0[at].1)
    }

    /// The record; where it is not open, `new` is.
    pub(super) fn get_or_insert_with(&mut self, id: RecordId, new: impl FnOnce() -> Open) -> &mut Open {
        let at = self.place(id).unwrap_or_else(|at| {
            self.0.insert(at, (id, new()));
            at
        });
        &mut self.0[at].1
    }

    pub(super) fn remove(&mut self, id: RecordId) -> Option<Open> {
        self.place(id).ok().map(|at| self.0.remove(at).1)
    }

    pub(super) fn first(&self) -> Option<RecordId> {
        self.0.first().map(|(id, _)| *id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Open> {
        self.0.iter().map(|(_, open)| open)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Open> {
        self.0.iter_mut().map(|(_, open)| open)
    }
}

impl Open {
    pub(super) fn close(mut self) -> Closed {
        let is_in_order = self.founds.windows(2).all(|pair| pair[0].is_before(&pair[1]));
        let from = self.first.unwrap_or(0);
        if is_in_order {
            return self.closed(from);
        }
        self.founds.sort_by(|a, b| (a.layer, a.start(), b.end()).cmp(&(b.layer, b.start(), a.end())));
        let mut founds: Vec<Found> = Vec::with_capacity(self.founds.len());
        // Those that are not over where the next one begins: the last, and what goes around it.
        let mut around: Vec<usize> = Vec::new();
        for found in std::mem::take(&mut self.founds) {
            around.retain(|&nth| founds[nth].layer == found.layer && found.start() < founds[nth].end());
            match around.iter().find(|&&nth| founds[nth].overlaps(&found)) {
                Some(&nth) => founds[nth].merge(found),
                None => {
                    around.push(founds.len());
                    founds.push(found);
                }
            }
        }
        self.founds = founds;
        self.closed(from)
    }

    fn closed(self, from: u64) -> Closed {
        let Self { mut founds, layers, keys, aside, was_cut: cut_short, .. } = self;
        // Closed records are many until they are decided on, and most have one finding, where a vector begins with room for four.
        founds.shrink_to_fit();
        Closed { founds, from, layers, aside, keys, cut_short }
    }
}
