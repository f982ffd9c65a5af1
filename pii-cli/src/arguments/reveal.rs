//! `pii reveal` on the command line.

use super::Under;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Reveal {
    /// Files to read as text; `-` or nothing is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Why, for the audit record; never a value
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// What the values are opened for: one that a right of the actor names, and that they were sealed for
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: String,
    /// Who opens them, as the rights call them [default: the name of this user]
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// Who may open what, for which purpose, and how much of it in an hour
    #[arg(long, value_name = "FILE")]
    pub(crate) rights: PathBuf,
    /// The store that quotas are counted in, and that has the vault's tokens; begun where there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
    /// The keyring
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: PathBuf,
    #[command(flatten)]
    pub(crate) under: Under,
    /// The file with the wrapped data keys of sealed values [default: the keyring's name and .data-keys]
    #[arg(long, value_name = "FILE")]
    pub(crate) data_keys: Option<PathBuf>,
    /// The folder with the keys of data subjects, for what was sealed with them
    #[arg(long, value_name = "FOLDER")]
    pub(crate) subjects: Option<PathBuf>,
    /// The record that the sealed values are bound to, where they were bound to one
    #[arg(long, value_name = "NAME")]
    pub(crate) record: Option<String>,
    /// The file that the audit record is added to [default: the keyring's name and .audit.jsonl]
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trail: super::InTrail,
    /// A folder of rule files that add kinds or replace those of the same name
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Option<PathBuf>,
}
