//! Where a command that writes an audit trail finds it, and who witnesses it.

use super::consent::{Hidden, hidden};
use clap::Args;
use pii_flow::{TrailAt, WitnessAt};
use pii_store::trail::{Basis, Name};
use std::path::PathBuf;
use std::time::Duration;

/// The audit trail that a command adds to.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "The audit trail")]
pub(crate) struct InTrail {
    /// The folder of the audit trail that this is recorded in, begun where there is none. It is signed by the keyring. One process
    /// at a time writes to it
    #[arg(long, value_name = "DIR")]
    pub(crate) trail: Option<PathBuf>,
    /// Who outside this machine keeps the trail's heads: file:/mnt/other/heads.jsonl, https://HOST:PORT/PATH or
    /// syslog-tls://HOST:PORT
    #[arg(long, value_name = "WHERE", requires = "trail")]
    pub(crate) witness: Option<String>,
    /// The certificate of the authority that signed the witness's, in PEM
    #[arg(long, value_name = "FILE", requires = "witness")]
    pub(crate) witness_authority: Option<PathBuf>,
    /// Stop where the witness has taken no heads for so long, such as 60s or 5m: what nobody could prove stays that short. From 20s
    /// on [default: go on, and say so]
    #[arg(long, value_name = "TIME", requires = "witness", value_parser = pii_flow::within)]
    pub(crate) witness_within: Option<Duration>,
    /// Whose trail it is [default: as the trail says; in a new one the name of this machine]
    #[arg(long, value_name = "NAME", requires = "trail", value_parser = name)]
    pub(crate) node: Option<Name>,
}

impl InTrail {
    /// Where the trail is that is named, if one is.
    pub(crate) fn at(&self) -> Option<TrailAt> {
        let Self { trail, witness, witness_authority, witness_within, node } = self;
        let (authority, within) = (witness_authority.clone(), *witness_within);
        let witness = witness.clone().map(|place| WitnessAt { place, authority, within });
        Some(TrailAt { folder: trail.clone()?, node: node.clone(), witness })
    }
}

/// Whom something is about.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct About {
    /// The data subject: what they are known by, such as mobile_phone=… or customer_no=…, or their number in the consent ledger, 32
    /// hexadecimal digits; several for one person. Others on the machine can see it: --subject-file is better
    #[arg(long, value_name = "WHO", requires = "keyring", value_parser = hidden)]
    pub(crate) subject: Vec<Hidden>,
    /// A file with such lines
    #[arg(long, value_name = "FILE", requires = "keyring")]
    pub(crate) subject_file: Option<PathBuf>,
}

/// On which basis personal data leave. A consent that is spelt otherwise is no article: no withdrawal would count against it.
pub(super) fn basis(text: &str) -> Result<Basis, String> {
    let name = name(text)?;
    match name.as_str() {
        "consent" => Ok(Basis::Consent),
        "separate_consent" => Ok(Basis::SeparateConsent),
        article if article.bytes().any(|byte| byte.is_ascii_digit()) => Ok(Basis::Article(name)),
        _ => Err("write consent, separate_consent, or an article with its number, such as PIPL-13-1-3".to_owned()),
    }
}

/// A name as a trail takes it.
pub(super) fn name(text: &str) -> Result<Name, String> {
    Name::new(text).ok_or_else(|| {
        "write a letter, and then letters, digits and any of _ - . : /, with at most ten digits, eight of them in a row, so that no \
         number of a person's gets into the trail"
            .to_owned()
    })
}
