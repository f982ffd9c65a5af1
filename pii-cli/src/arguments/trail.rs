//! Where a command that writes an audit trail finds it, and who witnesses it.

use clap::Args;
use pii_store::trail::Name;
use std::path::PathBuf;

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
    /// Whose trail it is [default: as the trail says; in a new one the name of this machine]
    #[arg(long, value_name = "NAME", requires = "trail", value_parser = name)]
    pub(crate) node: Option<Name>,
}

/// A name as a trail takes it.
pub(super) fn name(text: &str) -> Result<Name, String> {
    Name::new(text).ok_or_else(|| {
        "write a letter, and then letters, digits and any of _ - . : /, with at most ten digits, so that no number of a person's \
         gets into the trail"
            .to_owned()
    })
}
