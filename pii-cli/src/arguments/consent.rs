//! What was declared, what people said, and their rights, on the command line.

mod rights;
mod words;

pub(crate) use rights::{RightsCommand, StoreCommand, Stored, Subjected};
pub(in crate::arguments) use words::hidden;
use words::{code, kind, method, moment, record, subject};

use super::{OutputForm, Under};
use clap::{Args, Subcommand};
use pii_core::Kind;
use pii_core::consent::{Code, RecordId, SubjectId};
use pii_core::purpose::Method;
use pii_core::time::Moment;
use pii_flow::{ConsentsAt, FlowError, Store};
use std::path::PathBuf;

const CONSENT_EXAMPLES: &str = "Examples:
  pii declare firm.toml --store consents.db
  pii source add app --name 手机应用 --key app.pem --store consents.db
  pii consent import receipts.jsonl --store consents.db --keyring ring --key-file ring.key
  pii consent check --alias-file who.txt --purpose trade_notice --kind mobile_phone \\
      --recipient sms-vendor --method provide --store consents.db --keyring ring --key-file ring.key

A number on the command line is seen by others on the machine and kept by the shell: --alias-file - reads it
from standard input. docs/consent.md has a session of ten minutes.";

/// Commands on a store of consents.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Declare what processing rests on: purposes, notices, recipients, contracts, assessments and more, from a file
    Declare(Declare),
    /// Systems that sign consents: add, list, end
    Source(Sourced),
    /// Purposes: publish, list, show
    Purpose(Purposed),
    /// Recipients: list, show
    Recipient(Received),
    /// What people agreed to: import, ask, withdraw, show, check, export
    #[command(after_help = CONSENT_EXAMPLES)]
    Consent(Consented),
    /// Persons and their rights: find or begin one, export, restrict, delete, requests with their due dates
    Subject(Subjected),
    /// Back up, restore and check a store
    Store(Stored),
}

/// Where consents are kept.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The store: a file, begun where there is none, `postgres://USER@HOST/DATABASE`, or `@FILE` with such an address in it, which
    /// may have a password
    #[arg(long, value_name = "STORE")]
    pub(crate) store: String,
    /// The folder of an audit trail that changes are recorded in
    #[arg(long, value_name = "DIR")]
    pub(crate) trail: Option<PathBuf>,
    /// Write although by this machine's clock it is more than a year after the last entry
    #[arg(long)]
    pub(crate) clock_is_right: bool,
    /// A table, or JSON [default: a table on a terminal, else JSON]
    #[arg(long, value_name = "FORM", ignore_case = true)]
    pub(crate) output: Option<OutputForm>,
}

impl At {
    /// Where the ledger is.
    pub(crate) fn consents(&self) -> Result<ConsentsAt, FlowError> {
        Ok(ConsentsAt { store: Store::of(&self.store)?, clock_is_right: self.clock_is_right })
    }
}

/// Who writes, and why.
#[derive(Debug, Args)]
#[command(next_help_heading = "The record of it")]
pub(crate) struct Writes {
    /// Who does it, as the firm knows them: small letters, digits, `_`, `-`, `.` [default: the name of this user]
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// Why; never a value
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) reason: String,
}

/// The keyring that digests of values are made with, and that signs the trail.
#[derive(Debug, Args)]
pub(crate) struct Digests {
    /// The keyring that phones, IDs and accounts are digested with, and that signs the trail; none where persons are named by
    /// --subject and nothing is recorded
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) under: Under,
}

/// Whom it is about.
#[derive(Debug, Args)]
#[command(next_help_heading = "Whom it is about")]
pub(crate) struct Whose {
    /// The subject's number, 32 hexadecimal digits
    #[arg(long, value_name = "SUBJECT", value_parser = subject, conflicts_with_all = ["alias", "alias_file"])]
    pub(crate) subject: Option<SubjectId>,
    /// What they are known by, such as `mobile_phone=…`; several for one person. Others on the machine can see it:
    /// --alias-file is better
    #[arg(long, value_name = "KIND=VALUE", value_parser = hidden)]
    pub(crate) alias: Vec<Hidden>,
    /// A file with such lines; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) alias_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) digests: Digests,
}

/// A text that is shown nowhere, not even where it is wrong.
#[derive(Clone)]
pub(crate) struct Hidden(pub(crate) zeroize::Zeroizing<String>);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

#[derive(Debug, Args)]
pub(crate) struct Declare {
    /// TOML: `[[purpose]]`, `[[notice]]`, `[[recipient]]`, `[[contract]]` and others, as docs/consent.md has them
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) digests: Digests,
    #[command(flatten)]
    pub(crate) writes: Writes,
}

#[derive(Debug, Args)]
pub(crate) struct Sourced {
    #[command(subcommand)]
    pub(crate) command: SourceCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourceCommand {
    /// Register a system that signs consents. It keeps its key: another key is another system
    Add {
        /// What receipts call it
        #[arg(value_parser = code)]
        id: Code,
        /// What it is
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// Its public key, Ed25519 or SM2, as `openssl pkey -pubout` writes it
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        digests: Digests,
        #[command(flatten)]
        writes: Writes,
    },
    /// List the sources
    List {
        #[command(flatten)]
        at: At,
    },
    /// Take no more signatures of a source
    End {
        /// What receipts call it
        #[arg(value_parser = code)]
        id: Code,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        digests: Digests,
        #[command(flatten)]
        writes: Writes,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Purposed {
    #[command(subcommand)]
    pub(crate) command: PurposeCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PurposeCommand {
    /// Publish the purposes of a policy file or a file of declarations
    Publish(Box<Declare>),
    /// List the purposes
    List {
        #[command(flatten)]
        at: At,
    },
    /// Show a purpose
    Show {
        /// Its code
        code: String,
        #[command(flatten)]
        at: At,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Received {
    #[command(subcommand)]
    pub(crate) command: RecipientCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecipientCommand {
    /// List the recipients
    List {
        #[command(flatten)]
        at: At,
    },
    /// Show a recipient
    Show {
        /// Its name in flows
        code: String,
        #[command(flatten)]
        at: At,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Consented {
    #[command(subcommand)]
    pub(crate) command: ConsentCommand,
}

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Scope {
    /// What for
    #[arg(long, value_name = "PURPOSE", value_parser = code)]
    pub(crate) purpose: Code,
    /// A kind of data; several times for several
    #[arg(long, value_name = "KIND", value_parser = kind, required = true)]
    pub(crate) kind: Vec<Kind>,
    /// What is done with them: collect, store, use, process, transmit, provide, publish or delete
    #[arg(long, value_name = "METHOD", value_parser = method, default_value = "use")]
    pub(crate) method: Vec<Method>,
    /// Who gets them
    #[arg(long, value_name = "RECIPIENT", value_parser = code)]
    pub(crate) recipient: Option<Code>,
    /// By which channel
    #[arg(long, value_name = "CHANNEL", value_parser = code)]
    pub(crate) channel: Option<Code>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConsentCommand {
    /// Take lines that sources signed: receipts, and who their subjects are
    Import {
        /// JSON lines; `-` is standard input
        file: PathBuf,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        digests: Digests,
    },
    /// Write down that somebody is shown a notice and asked; prints the record for the receipt
    Ask {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        scope: Scope,
        /// The notice that is shown
        #[arg(long, value_name = "NOTICE", value_parser = code)]
        notice: Code,
        /// Its version
        #[arg(long, value_name = "N")]
        notice_version: u32,
        #[command(flatten)]
        at: At,
    },
    /// Withdraw for a person; returns when no node decides on the old consent any more
    Withdraw {
        #[command(flatten)]
        whose: Whose,
        /// Of this purpose only
        #[arg(long, value_name = "PURPOSE", group = "which")]
        purpose: Option<String>,
        /// For this recipient only
        #[arg(long, value_name = "RECIPIENT", group = "which")]
        recipient: Option<String>,
        /// This record only
        #[arg(long, value_name = "RECORD", value_parser = record, group = "which")]
        record: Option<RecordId>,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        writes: Writes,
    },
    /// Show a person's records
    Show {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        at: At,
    },
    /// Say what would be decided now, with reasons and articles; exit 4 where it may not be done
    Check {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        scope: Scope,
        /// At another time than now, such as 2026-11-27T08:00:00Z
        #[arg(long, value_name = "TIME", value_parser = moment)]
        when: Option<Moment>,
        #[command(flatten)]
        at: At,
    },
    /// Print receipts as they were signed, one a line; of all persons where none is named
    Export {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        at: At,
    },
}
