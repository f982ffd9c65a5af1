//! When somebody last said no, by purpose and recipient, or to more than one of them at once. What a record's state is now does
//! not matter: being asked again, or anything else that happens to the record, takes no no back.

use crate::time::Moment;
use std::collections::{HashMap, HashSet};

/// All of them: few say no, so that they are kept beside the records.
#[derive(Default)]
pub(crate) struct Nos {
    last: HashMap<(u32, To), LastNo>,
    /// Who said no to more than one purpose and recipient.
    broad: HashSet<u32>,
}

/// What a no is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum To {
    /// This purpose, for this recipient or for the firm itself.
    Scope(u32, Option<u32>),
    /// This purpose, whoever gets the data.
    Purpose(u32),
    /// This recipient, whatever for.
    Recipient(u32),
    /// Everything.
    All,
}

/// The last no of a subject.
#[derive(Clone, Copy)]
pub(crate) struct LastNo {
    /// When it was said: as its source claims, or by the ledger's clock where somebody wrote it down. A yes has to be later.
    pub(crate) said_at: Moment,
    /// The later of that and the ledger's time: from then on nobody asks again for a while.
    pub(crate) told_at: Moment,
    /// Its place among the ledger's consent events.
    pub(crate) order: u32,
}

impl LastNo {
    fn later(self, other: Self) -> Self {
        Self {
            said_at: self.said_at.max(other.said_at),
            told_at: self.told_at.max(other.told_at),
            order: self.order.max(other.order),
        }
    }
}

impl To {
    /// Whether it is to this purpose and recipient, too.
    pub(crate) fn concerns(self, purpose: u32, recipient: Option<u32>) -> bool {
        match self {
            Self::Scope(of, to) => of == purpose && to == recipient,
            Self::Purpose(of) => of == purpose,
            Self::Recipient(to) => recipient == Some(to),
            Self::All => true,
        }
    }
}

impl Nos {
    pub(crate) fn add(&mut self, subject: u32, to: To, no: LastNo) {
        if !matches!(to, To::Scope(..)) {
            self.broad.insert(subject);
        }
        self.last.entry((subject, to)).and_modify(|last| *last = last.later(no)).or_insert(no);
    }

    /// The last one to this purpose and recipient, alone or among others.
    pub(crate) fn find(&self, subject: u32, purpose: u32, recipient: Option<u32>) -> Option<LastNo> {
        let one = self.last.get(&(subject, To::Scope(purpose, recipient))).copied();
        let broad = self.find_broad(subject, purpose, recipient);
        match (one, broad) {
            (Some(one), Some(broad)) => Some(one.later(broad)),
            (one, broad) => one.or(broad),
        }
    }

    /// The last one that was to more than this purpose and recipient.
    pub(crate) fn find_broad(&self, subject: u32, purpose: u32, recipient: Option<u32>) -> Option<LastNo> {
        self.broad.get(&subject)?;
        let to = [Some(To::All), Some(To::Purpose(purpose)), recipient.map(To::Recipient)];
        let found = to.into_iter().flatten().filter_map(|to| self.last.get(&(subject, to)).copied());
        found.reduce(LastNo::later)
    }
}
