//! `pii audit`, as its users see it.

use super::trail::{basis, name};
use super::{About, InTrail, OutputForm, Under};
use clap::{Args, Subcommand, ValueEnum};
use pii_core::Kind;
use pii_core::policy::Action;
use pii_core::time::{Date, Moment};
use pii_store::trail::{Basis, Class, Name, Question};
use std::path::PathBuf;

pub(super) const AUDIT_EXAMPLES: &str = "Examples:
  pii mask a.csv -o b.csv --trail trail --keyring ring --key-file ring.key
                                           records what was decided, and what came of it
  pii audit verify trail --keys ring.pem --witness heads.jsonl
                                           what was removed, changed or cut off, and where
  pii audit prove b.csv --trail trail --keyring ring --key-file ring.key
                                           what became of this very file
  pii audit query trail --question after-withdrawal
                                           must find nothing, and exits with 1 where it does
  pii audit retain trail --dry-run         what was kept long enough
  pii audit keys ring --key-file ring.key > ring.pem
                                           the public keys, for whoever verifies

Exit: 0 done, 1 a fault or an answer where there must be none, 2 usage, 3 input.";

#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Say what was removed, changed, moved or cut off in a trail, where, and how far its end can be proven
    Verify(Verify),
    /// Say what became of a message: the decisions that saw these bytes come or made them leave
    Prove(Prove),
    /// List decisions: who got what, on which basis, masked how
    Query(Query),
    /// Remove what was kept long enough, and nothing before
    Retain(Retain),
    /// Write a trail out, for other tools
    Export(Export),
    /// Print the public keys that verify a keyring's signatures
    Keys(PublicKeys),
}

/// What a trail is held against.
#[derive(Debug, Default, Args)]
pub(crate) struct Against {
    /// Public keys that may have signed it, as `pii audit keys` prints them
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// The heads that a witness kept: its file, or a log server's
    #[arg(long, value_name = "FILE")]
    pub(crate) witness: Vec<PathBuf>,
    /// Whose trail it has to be [default: as the trail says]
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) node: Option<Name>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The trail's folder
    #[arg(value_name = "DIR")]
    pub(crate) trail: PathBuf,
    #[command(flatten)]
    pub(crate) against: Against,
    /// The keyring that signed it, in place of its public keys
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) under: Under,
    /// A table, or JSON [default: a table on a terminal, else JSON]
    #[arg(long, value_name = "FORM", ignore_case = true)]
    pub(crate) output: Option<OutputForm>,
}

#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The message as it came or as it left; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) message: PathBuf,
    /// The trail's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) trail: PathBuf,
    /// The keyring whose digests stand in the trail
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: PathBuf,
    #[command(flatten)]
    pub(crate) under: Under,
    #[command(flatten)]
    pub(crate) against: Against,
    /// Text, or one JSON object a decision [default: text on a terminal, else JSON]
    #[arg(long, value_name = "FORM", ignore_case = true)]
    pub(crate) output: Option<OutputForm>,
}

/// Which decisions are meant. Each option narrows it.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which decisions")]
pub(crate) struct Which {
    /// Not before: a day in China, such as 2027-01-31, or a moment, 2027-01-31T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) from: Option<Moment>,
    /// Before: the same
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Moment>,
    /// On this channel
    #[arg(long, value_name = "CHANNEL", value_parser = name)]
    pub(crate) channel: Option<Name>,
    /// To this recipient
    #[arg(long, value_name = "RECIPIENT", value_parser = name)]
    pub(crate) recipient: Option<Name>,
    /// For this purpose
    #[arg(long, value_name = "PURPOSE", value_parser = name)]
    pub(crate) purpose: Option<Name>,
    /// With something of this kind
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Option<Kind>,
    /// With something that this was done to: pass, mask, drop …
    #[arg(long, value_name = "ACTION", value_parser = action)]
    pub(crate) action: Option<Action>,
    /// On this basis: consent, separate_consent, or an article as it was recorded, such as PIPL-13-1-3
    #[arg(long, value_name = "BASIS", value_parser = basis)]
    pub(crate) basis: Option<Basis>,
    #[command(flatten)]
    pub(crate) about: About,
    /// The keyring whose digests stand in the trail
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Query {
    /// The trail's folder
    #[arg(value_name = "DIR", required_unless_present = "trail")]
    pub(crate) dir: Option<PathBuf>,
    /// The folder of a trail that is asked too, once for each: another node's, or the one of whoever keeps the consent ledger.
    /// Withdrawals in one count for what another sent
    #[arg(long, value_name = "DIR")]
    pub(crate) trail: Vec<PathBuf>,
    /// A ready question
    #[arg(long, value_name = "QUESTION", ignore_case = true)]
    pub(crate) question: Option<Asked>,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) under: Under,
    /// A table, or one JSON object a line [default: a table on a terminal, else JSON]
    #[arg(long, value_name = "FORM", ignore_case = true)]
    pub(crate) output: Option<OutputForm>,
}

/// `--question`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Asked {
    /// What was sent on a consent that was withdrawn or had ended, or may have been: must be none
    AfterWithdrawal,
    /// What was sent with something in clear, each with its reason
    InClear,
    /// What was sent with personal data and no assessment (PIPL Art. 55): must be none
    WithoutAssessment,
    /// Biometric data whose subject was offered no other way (Order 218 Art. 35): must be none
    BiometricWithoutAlternative,
    /// Who got what, how often, on which basis, masked how
    WhoGotWhat,
}

impl Query {
    /// The folders of all trails that are asked.
    pub(crate) fn trails(&self) -> Vec<PathBuf> {
        self.dir.iter().chain(&self.trail).cloned().collect()
    }
}

impl Asked {
    /// The trail's own question; who got what is asked of all decisions.
    pub(crate) fn question(self) -> Option<Question> {
        match self {
            Self::AfterWithdrawal => Some(Question::AfterWithdrawal),
            Self::InClear => Some(Question::InClear),
            Self::WithoutAssessment => Some(Question::WithoutAssessment),
            Self::BiometricWithoutAlternative => Some(Question::BiometricWithoutAlternative),
            Self::WhoGotWhat => None,
        }
    }

    /// Whether an answer is a fault.
    pub(crate) fn must_be_none(self) -> bool {
        matches!(self, Self::AfterWithdrawal | Self::WithoutAssessment | Self::BiometricWithoutAlternative)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Retain {
    /// The trail's folder
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Say what was kept long enough, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Remove this segment and those in front of it, and refuse where one of them has to be kept
    #[arg(long, value_name = "SEGMENT")]
    pub(crate) through: Option<String>,
    /// The keyring that signs the record of what was removed
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    pub(crate) keyring: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) under: Under,
    /// Who outside this machine keeps the trail's heads, as for `pii mask`
    #[arg(long, value_name = "WHERE")]
    pub(crate) witness: Option<String>,
    /// The certificate of the authority that signed the witness's, in PEM
    #[arg(long, value_name = "FILE", requires = "witness")]
    pub(crate) witness_authority: Option<PathBuf>,
}

impl Retain {
    /// The trail that it writes to.
    pub(crate) fn in_trail(&self) -> InTrail {
        let Self { dir, witness, witness_authority, .. } = self;
        let (witness, witness_authority) = (witness.clone(), witness_authority.clone());
        InTrail { trail: Some(dir.clone()), witness, witness_authority, ..InTrail::default() }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The trail's folder
    #[arg(value_name = "DIR")]
    pub(crate) trail: PathBuf,
    /// All records as they stand, one JSON object a line; or a table of decisions
    #[arg(long, value_name = "FORMAT", ignore_case = true)]
    pub(crate) format: ExportFormat,
    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    pub(crate) out: Option<PathBuf>,
    /// Records of this class of retention alone, for jsonl: system, provision, business or account
    #[arg(long, value_name = "CLASS", value_parser = class)]
    pub(crate) class: Vec<Class>,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) under: Under,
}

/// `--format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    Jsonl,
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct PublicKeys {
    /// The keyring
    pub(crate) keyring: PathBuf,
    #[command(flatten)]
    pub(crate) under: Under,
}

fn moment(text: &str) -> Result<Moment, String> {
    // The law's days are China's.
    let day = Date::parse(text).and_then(|day| Moment::parse(&format!("{day}T00:00:00+08:00")));
    day.or_else(|| Moment::parse(text)).ok_or_else(|| {
        "write a day that exists, such as 2027-01-31, or a moment, such as 2027-01-31T08:00:00Z".to_owned()
    })
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::new(text).ok_or_else(|| "write a kind, such as mobile_phone; `pii rules show` lists them".to_owned())
}

fn action(text: &str) -> Result<Action, String> {
    let known = || Action::ALL.map(Action::as_str).join(", ");
    Action::ALL.into_iter().find(|action| action.as_str() == text).ok_or_else(|| format!("write one of {}", known()))
}

fn class(text: &str) -> Result<Class, String> {
    let known = || Class::ALL.map(Class::word).join(", ");
    Class::parse(text).ok_or_else(|| format!("write one of {}", known()))
}
