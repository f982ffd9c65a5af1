//! `pii report` on the command line.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

pub(super) const REPORT_EXAMPLES: &str = "Examples:
  pii report --trail /var/lib/pii/trail -o report.html
                                           all that was recorded, in Chinese and English
  pii report --trail n1 --trail n2 --store consents.db --keys ring.pem --from 2026-01-01 --to 2026-12-31 -o 2026.html
                                           a year of two nodes, with the consent ledger, signatures looked at
  pii report --trail n1 --output json | jq .attention
                                           what needs attention

A report holds no value of anybody's. It opens in any browser, without a network, and prints on A4.";

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The folder of an audit trail; once for each node
    #[arg(long, value_name = "DIR", required = true)]
    pub(crate) trail: Vec<PathBuf>,
    /// The store with the consent ledger: a file, `postgres://USER@HOST/DATABASE`, or `@FILE` with such an address in it. Without
    /// it nothing is said of consents, contracts and assessments
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<String>,
    /// Public keys that may have signed these trails, as `pii audit keys` prints them. Without any, signatures are not looked at
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// A file in which a witness keeps heads of these trails: shows what was cut off, and when a node was down
    #[arg(long, value_name = "FILE")]
    pub(crate) witness: Vec<PathBuf>,
    /// The first day, in China [default: that of the first record]
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<String>,
    /// The last day, in China [default: that of the last record]
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<String>,
    /// The language of the page; `both` has a switch, Chinese first
    #[arg(long, value_name = "LANGUAGE", default_value = "both", ignore_case = true)]
    pub(crate) lang: Languages,
    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    pub(crate) out: Option<PathBuf>,
    /// A page, or the figures alone
    #[arg(long, value_name = "FORM", default_value = "html", ignore_case = true)]
    pub(crate) output: ReportForm,
    /// The firm's name, for the title
    #[arg(long, value_name = "NAME")]
    pub(crate) firm: Option<String>,
    /// A folder of rule files whose kinds' names are shown too
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Option<PathBuf>,
}

/// `--lang`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Languages {
    Zh,
    En,
    Both,
}

/// `--output`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    Html,
    Json,
}
