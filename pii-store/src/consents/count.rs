//! How an import goes.

use super::error::LineFault;

/// What became of the lines of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Lines that were read, blank ones aside.
    pub lines: u64,
    /// Lines that were taken.
    pub taken: u64,
    /// Lines whose content was there already.
    pub there: u64,
    /// Lines that were not taken.
    pub refused: u64,
}

/// What is told while an import goes on.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    /// A line was not taken.
    Refused {
        /// Its number, from 1.
        line: u64,
        /// Why not.
        why: LineFault,
    },
    /// So far all this is in the ledger, on the disk.
    Kept(Imported),
}
