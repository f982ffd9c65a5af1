//! `pii policy`, as its users see it.

use super::{EncodingArgument, FormatArgument, OutputForm, Under, Way};
use clap::{Args, Subcommand};
use std::path::PathBuf;

pub(super) const POLICY_EXAMPLES: &str = "Examples:
  pii policy check firm.toml               what is wrong with it, and where
  pii policy explain resident_id --policy firm.toml --channel sms
                                           which rule decides, and what happens
  pii policy explain --file order.json --policy firm.toml --channel sms
                                           the same for all that is in a message
  pii policy test cases/ --policy firm.toml
                                           mask *.in*, compare with *.out*
  pii policy diff firm.toml new.toml samples/ --fail
                                           what would change, by kind and channel";

#[derive(Debug, Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Read a policy and say what is wrong with it
    Check {
        /// The policy file [default: the one built in]
        file: Option<PathBuf>,
        /// A folder of rule files beside those built in
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
    },
    /// Say which rules decide about a kind, or about all that is in a message, on its way out
    Explain(Explain),
    /// Mask every NAME.in* of a folder and compare with NAME.out*
    Test(Box<Test>),
    /// Say what would become of inputs otherwise if another policy took the place of one
    Diff(Diff),
}

/// What decides, and where the data go.
#[derive(Debug, Args)]
pub(crate) struct Deciding {
    /// A policy file, read behind the built-in policy: its rules win
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A folder of rule files beside those built in
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) way: Way,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) deciding: Deciding,
    /// The field that the value stands in
    #[arg(long, conflicts_with = "file")]
    pub(crate) field: Option<String>,
    /// A message: says of all that is found in it which rule decides and why, and shows no value. `-` is standard input
    #[arg(long, value_name = "INPUT", conflicts_with = "kind")]
    pub(crate) file: Option<PathBuf>,
    /// How to read the message: by default by name, then by content
    #[arg(long, value_name = "FORMAT", default_value = "auto", ignore_case = true)]
    pub(crate) format: FormatArgument,
    /// Its charset: by default found out
    #[arg(long, value_name = "ENCODING", ignore_case = true)]
    pub(crate) encoding: Option<EncodingArgument>,
    /// The kind, as `pii rules show` lists it
    #[arg(required_unless_present = "file")]
    pub(crate) kind: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The folder, and those in it: each may say its flow in a file `flow.toml` (channel, recipient, purpose)
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) deciding: Deciding,
    /// The keyring, for flows on which the policy's actions take keys, such as test_data. Tokens are made without a vault
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) under: Under,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The policy file that is in use
    pub(crate) old: PathBuf,
    /// The policy file that would take its place
    pub(crate) new: PathBuf,
    /// Inputs to compare on: files or folders; `-` is standard input
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// How to read them: by default by name, then by content
    #[arg(long, value_name = "FORMAT", default_value = "auto", ignore_case = true)]
    pub(crate) format: FormatArgument,
    /// Their charset: by default found out
    #[arg(long, value_name = "ENCODING", ignore_case = true)]
    pub(crate) encoding: Option<EncodingArgument>,
    /// A folder of rule files beside those built in
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Option<PathBuf>,
    /// Compare on this way only [default: on every way that either policy names]
    #[command(flatten)]
    pub(crate) way: Way,
    /// A table, or one JSON object for each change a line [default: a table]
    #[arg(long, value_name = "FORM", ignore_case = true)]
    pub(crate) output: Option<OutputForm>,
    /// Exit with 1 if anything would be less protected
    #[arg(long)]
    pub(crate) fail: bool,
}
