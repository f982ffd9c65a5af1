//! The command line, as its users see it.

mod audit;
pub(crate) mod consent;
mod keyring;
mod policy;
mod report;
mod reveal;
mod trail;

use audit::AUDIT_EXAMPLES;
pub(crate) use audit::{
    Against, Asked, Audit, AuditCommand, Export, ExportFormat, Prove, PublicKeys, Query, Retain, Verify, Which,
};
pub(crate) use keyring::{
    By, Changing, CryptoCommand, CryptoCommands, Keyring, Keys, KeysCommand, Record, SubjectCommand, Under,
};
use policy::POLICY_EXAMPLES;
pub(crate) use policy::{Diff, Explain, Policy, PolicyCommand, Test};
use report::REPORT_EXAMPLES;
pub(crate) use report::{Languages, Report, ReportForm};
pub(crate) use reveal::Reveal;
pub(crate) use trail::{About, InTrail};

use clap::{Args, Parser, Subcommand, ValueEnum};
use pii_formats::{Charset, Format};
use std::path::PathBuf;

/// Find and mask investors' personal information.
///
/// ID numbers, accounts, phones, names, addresses and more, in text, JSON, CSV, SQL, XML, HTML, e-mail and FIX logs.
/// Nothing outside a masked value changes: the rest of the file stays byte for byte as it was.
#[derive(Debug, Parser)]
#[command(name = "pii", version, max_term_width = 100, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

// Lines of at most 80 columns: a longer one is broken where a terminal ends, and its remark stands under the next command.
const EXAMPLES: &str = "Examples:
  echo '客户张三，手机13800138000' | pii mask      mask a line
  pii scan customers.csv                         what is in a file, and where
  pii mask customers.csv -o masked.csv           mask a file
  pii mask logs/ -o masked/ --channel log        a folder, the way logs are masked
  pii scan --explain --output json app.log       why each thing was found
  pii rules show mobile_phone                    what is found, how it is masked

Exit: 0 done, 1 findings with --fail, 2 usage or rules, 3 input, 4 blocked by policy.
Colour only on a terminal, and never with NO_COLOR set.";

const SCAN_EXAMPLES: &str = "Examples:
  pii scan customers.csv                   a table on a terminal, else JSON lines
  pii scan --explain app.log               why each thing was found
  pii scan --fail release/                 exit with 1 if anything was found
  pii scan --output json logs/ | jq .kind  one object a line: file, line, kind …

No value is shown without --show-values.";

const MASK_EXAMPLES: &str = "Examples:
  pii mask orders.json                     to standard output
  pii mask orders.json -o masked.json      the file appears whole, or not at all
  pii mask orders.json -o masked/          a file of the same name in this folder
  pii mask logs/ -o masked/ --channel log  a folder, the way logs are masked
  pii mask a.csv -o b.csv --report r.json  counts, without values
  pii mask a.csv -o b.csv --verify         search the output again, fail on what is left
  pii mask a.json --policy firm.toml --recipient credit.example.com \\
      --purpose identity_check             rules for these two apply too

Of several inputs the others are still done when one fails; each one that fails is named, and the exit code is the worst.";

const KEYS_EXAMPLES: &str = "Examples:
  pii keys init ring --key-file ring.key   a keyring, and the key that it is under
  pii mask dump.sql -o test.sql --channel test_data --keyring ring --key-file ring.key
                                           numbers of the same form, joins kept
  pii keys list ring                       which keys there are, and their state
  pii keys add ring --for token --key-file ring.key
                                           the next key; promote it on a later day
  pii keys destroy ring k7hm --on 2027-01-31 --reason 'Art. 32' --key-file ring.key
                                           the first of two steps";

const REVEAL_EXAMPLES: &str = "Examples:
  pii reveal --reason 'case 4711' --purpose complaint --rights rights.toml \\
      --store quota.db --keyring ring --key-file ring.key case.txt

Each act is recorded, before and after. A refusal never says which of right, quota, key and token was
not enough.";

const RULES_EXAMPLES: &str = "Examples:
  pii rules show                           all kinds, with class and source
  pii rules show mobile_phone              words, names of fields, masks, examples
  pii rules check --rules my-rules         read your own rules, try their examples";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what personal information is in files, and where
    #[command(after_help = SCAN_EXAMPLES)]
    Scan(Scan),
    /// Write files with the personal information in them masked
    #[command(after_help = MASK_EXAMPLES)]
    Mask(Mask),
    /// Check or show the rules that say what is found
    #[command(after_help = RULES_EXAMPLES)]
    Rules(Rules),
    /// Check, explain, test or compare policies: they say what becomes of what is found
    #[command(after_help = POLICY_EXAMPLES)]
    Policy(Policy),
    /// Make and change keyrings: the keys that pseudonyms, tokens and sealed values are made with
    #[command(after_help = KEYS_EXAMPLES)]
    Keys(Keys),
    /// Put values back in the place of sealed values and of a vault's tokens, for those who may
    #[command(after_help = REVEAL_EXAMPLES)]
    Reveal(Reveal),
    /// Verify an audit trail, ask it, remove what was kept long enough, write it out
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(Audit),
    #[command(flatten)]
    Ledger(consent::LedgerCommand),
    /// Write a compliance officer's report of an audit trail: what left, what was blocked, on which basis
    #[command(after_help = REPORT_EXAMPLES)]
    Report(Report),
    /// Say what cryptography is used, with which keys, for what
    Crypto(CryptoCommands),
    /// Print a shell completion script
    Completions(Completions),
    /// Print a manual page, in troff: `pii manual mask | man -l -`
    Manual(Manual),
}

/// What to read and how.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Files or folders to read; `-` or nothing is standard input. Of a folder all files are read, hidden ones aside
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to read it: by default by name, then by content
    #[arg(long, value_name = "FORMAT", default_value = "auto", ignore_case = true)]
    pub(crate) format: FormatArgument,
    /// Its charset: by default found out
    #[arg(long, value_name = "ENCODING", ignore_case = true)]
    pub(crate) encoding: Option<EncodingArgument>,
    /// A folder of rule files that add kinds or replace those of the same name
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Option<PathBuf>,
    /// Workers, on several files and on the pieces of a large one [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// A table, or one JSON object a line [default: a table on a terminal, else JSON]
    #[arg(long, value_name = "FORM", ignore_case = true)]
    pub(crate) output: Option<OutputForm>,
    /// Show the values in clear
    #[arg(long)]
    pub(crate) show_values: bool,
    /// Say why each thing was found
    #[arg(long)]
    pub(crate) explain: bool,
    /// Exit with 1 if anything was found
    #[arg(long)]
    pub(crate) fail: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Mask {
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Where to write: a file, or a folder (for several inputs, or with a `/` behind it) [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) way: Way,
    /// A policy file, read behind the built-in policy: its rules win
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) keyring: Keyring,
    #[command(flatten)]
    pub(crate) trail: InTrail,
    /// On which basis the data leave, for the trail: consent, separate_consent, or an article such as PIPL-13-1-3 [default: none is
    /// recorded, and an auditor takes it for a consent]
    #[arg(long, value_name = "BASIS", requires = "trail", value_parser = trail::basis)]
    pub(crate) basis: Option<pii_store::trail::Basis>,
    /// Write what was found to FILE as JSON (`-`: to standard output): counts by kind, class, field and file, no values
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Search the output again and fail if anything is left in it that the policy does not pass
    #[arg(long)]
    pub(crate) verify: bool,
    /// Say on standard error what was found, why, and what became of it
    #[arg(long)]
    pub(crate) explain: bool,
}

/// Where what is masked goes, as far as the policy asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Args)]
pub(crate) struct Way {
    /// The way out that the masks are for: sms, email, push, third_party, log, test_data or one of the policy's
    /// [default: third_party]
    #[arg(long, value_name = "CHANNEL")]
    pub(crate) channel: Option<String>,
    /// Who gets it: rules of the policy that name this recipient apply too
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) recipient: Option<String>,
    /// What for: rules of the policy that name this purpose apply too. Where the policy declares purposes, what this one does
    /// not take is masked or blocked
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Rules {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Read all rules, try their examples, and say what is wrong
    Check {
        /// A folder of rule files beside those built in
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
    /// List the kinds, or print one kind's rule
    Show {
        /// The kind to print
        kind: Option<String>,
        /// A folder of rule files beside those built in
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// The command whose page to print, such as `mask` or `policy check` [default: the page of `pii`]
    pub(crate) command: Vec<String>,
}

/// `--format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArgument {
    Auto,
    Text,
    Json,
    #[value(alias = "jsonl")]
    Ndjson,
    Form,
    Multipart,
    Xml,
    Html,
    Csv,
    Tsv,
    Fix,
    Eml,
    Sql,
}

impl FormatArgument {
    pub(crate) fn format(self) -> Option<Format> {
        Some(match self {
            Self::Auto => return None,
            Self::Text => Format::Text,
            Self::Json => Format::Json,
            Self::Ndjson => Format::Ndjson,
            Self::Form => Format::Form,
            Self::Multipart => Format::Multipart,
            Self::Xml => Format::Xml,
            Self::Html => Format::Html,
            Self::Csv => Format::Csv,
            Self::Tsv => Format::Tsv,
            Self::Fix => Format::Fix,
            Self::Eml => Format::Eml,
            Self::Sql => Format::Sql,
        })
    }
}

/// `--encoding`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EncodingArgument {
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    #[value(name = "gb18030", aliases = ["gbk", "gb2312"])]
    Gb18030,
    #[value(name = "utf-16le", alias = "utf16le")]
    Utf16Le,
    #[value(name = "utf-16be", alias = "utf16be")]
    Utf16Be,
}

impl EncodingArgument {
    pub(crate) fn charset(self) -> Charset {
        match self {
            Self::Utf8 => Charset::Utf8,
            Self::Gb18030 => Charset::Gb18030,
            Self::Utf16Le => Charset::Utf16Le,
            Self::Utf16Be => Charset::Utf16Be,
        }
    }
}

/// `--output`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    Table,
    Json,
}
