//! Persons' rights, and copies of a store, on the command line.

use super::words::{code, date, holding};
use super::{At, Whose, Writes};
use clap::{Args, Subcommand, ValueEnum};
use pii_core::consent::{Code, Right};
use pii_core::time::Date;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Subjected {
    #[command(subcommand)]
    pub(crate) command: RightsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RightsCommand {
    /// Print the number of whoever is known by this; a new one where nobody is
    Id {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        at: At,
    },
    /// Print all that the store has of a person, one JSON object a line (PIPL Art. 45)
    Export {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        at: At,
    },
    /// Leave storage and protection only of a person's data (PIPL Art. 47 ¶2)
    Restrict {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        writes: Writes,
    },
    /// End that
    Lift {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        writes: Writes,
    },
    /// Delete a person, or restrict them and say which law keeps what until when (PIPL Art. 47)
    Delete {
        #[command(flatten)]
        whose: Whose,
        /// What the firm holds of them, and since when, such as `customer_file=2020-06-30`; `open` in place of the day while
        /// the period has not begun. Several times for several
        #[arg(long, value_name = "OBJECT=DAY", value_parser = holding, required_unless_present = "nothing_held")]
        held: Vec<pii_core::consent::Holding>,
        /// The firm holds nothing of them that a law keeps
        #[arg(long, conflicts_with = "held")]
        nothing_held: bool,
        /// Do it. Without this, only what would be done is said
        #[arg(long)]
        confirm: bool,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        writes: Writes,
    },
    /// Take a person's request, with the day on which it is due
    Request {
        /// What they ask for
        right: RightArgument,
        #[command(flatten)]
        whose: Whose,
        /// The last day to answer [default: --working-days from today]
        #[arg(long, value_name = "DATE", value_parser = date)]
        due: Option<Date>,
        /// How many working days there are; Mondays to Fridays count, the holidays that the State Council announces are not
        /// known
        #[arg(long, value_name = "N", default_value_t = 15)]
        working_days: u16,
        #[command(flatten)]
        at: At,
    },
    /// Say that a request was answered
    Answer {
        /// The request
        #[arg(value_parser = code)]
        request: Code,
        /// It was refused, and why; never a value (PIPL Art. 50)
        #[arg(long, value_name = "TEXT")]
        refused_because: Option<String>,
        #[command(flatten)]
        at: At,
    },
    /// List the requests that wait for an answer
    Requests {
        /// Only those that should have been answered before today
        #[arg(long)]
        overdue: bool,
        #[command(flatten)]
        at: At,
    },
}

/// A right, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RightArgument {
    Access,
    Copy,
    Port,
    Correct,
    Delete,
    Restrict,
    Withdraw,
    Explain,
    Close,
}

impl RightArgument {
    pub(crate) fn right(self) -> Right {
        match self {
            Self::Access => Right::Access,
            Self::Copy => Right::Copy,
            Self::Port => Right::Port,
            Self::Correct => Right::Correct,
            Self::Delete => Right::Delete,
            Self::Restrict => Right::Restrict,
            Self::Withdraw => Right::Withdraw,
            Self::Explain => Right::Explain,
            Self::Close => Right::Close,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Stored {
    #[command(subcommand)]
    pub(crate) command: StoreCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Copy a store, checked: a file, or the lines of a ledger on PostgreSQL
    Backup {
        /// Where to; nothing may be there
        out: PathBuf,
        #[command(flatten)]
        at: At,
    },
    /// Put a copy in a store's place, after it was checked: a copied file, or lines, which go into an empty store
    Restore {
        /// The copy
        from: PathBuf,
        #[command(flatten)]
        at: At,
    },
    /// Read all of a store: each entry's digest, each receipt's signature
    Check {
        #[command(flatten)]
        at: At,
    },
}
