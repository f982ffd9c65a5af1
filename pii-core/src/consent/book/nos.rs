//! When somebody last said no, by purpose and recipient. What a record's state is now does not matter: being asked again, or
//! anything else that happens to the record, takes no no back.

use crate::time::Moment;
use std::collections::HashMap;

/// All of them: few say no, so that they are kept beside the records.
#[derive(Default)]
pub(crate) struct Nos {
    last: HashMap<(u32, u32, Option<u32>), LastNo>,
}

/// The last no of a subject to a purpose and recipient.
#[derive(Clone, Copy)]
pub(crate) struct LastNo {
    /// When it was said: as its source claims, or by the ledger's clock where somebody wrote it down. A yes has to be later.
    pub(crate) said_at: Moment,
    /// The later of that and the ledger's time: from then on nobody asks again for a while.
    pub(crate) told_at: Moment,
}

impl Nos {
    pub(crate) fn add(&mut self, about: (u32, u32, Option<u32>), no: LastNo) {
        let last = self.last.entry(about).or_insert(no);
        last.said_at = last.said_at.max(no.said_at);
        last.told_at = last.told_at.max(no.told_at);
    }

    pub(crate) fn find(&self, about: (u32, u32, Option<u32>)) -> Option<LastNo> {
        self.last.get(&about).copied()
    }
}
