//! Whom a command is about: a subject's number, or what somebody is known by.

use super::failure;
use super::opened::Opened;
use crate::arguments::consent::Whose;
use crate::exit::Failure;
use crate::person::{self, Alias};
use pii_core::consent::{Book, SubjectId};
use pii_store::consents::Aliases;

/// Whom a command is about.
pub(super) enum Person {
    Subject(SubjectId),
    KnownBy(Aliases),
}

impl Person {
    /// As the command line names them.
    pub(super) fn of(whose: &Whose, opened: &Opened) -> Result<Self, Failure> {
        if let Some(subject) = whose.subject {
            return Ok(Self::Subject(subject));
        }
        let mut aliases: Vec<Alias> = Vec::new();
        for (nth, text) in (1..).zip(&whose.alias) {
            let wrong = || person::wrong(format_args!("the value of --alias number {nth}"), person::ALIAS);
            aliases.push(person::alias(&text.0).ok_or_else(wrong)?);
        }
        if let Some(file) = &whose.alias_file {
            aliases.extend(person::aliases_in(file)?);
        }
        if aliases.is_empty() {
            return Err(Failure::usage(
                "say whom it is about: --subject, or --alias-file with a line such as mobile_phone=…, and --keyring",
            ));
        }
        let digests = opened.consents.digests();
        if digests.is_empty() {
            return Err(Failure::usage(
                "persons are found by digests of what they are known by, which take a key: give --keyring FILE, or --subject",
            ));
        }
        Ok(Self::KnownBy(digests.aliases(aliases.iter().map(|(kind, value)| (*kind, value.as_str())))))
    }

    /// Whether anybody was named.
    pub(super) fn is_named(whose: &Whose) -> bool {
        whose.subject.is_some() || !whose.alias.is_empty() || whose.alias_file.is_some()
    }

    /// Their subject.
    pub(super) fn subject(&self, opened: &Opened) -> Result<SubjectId, Failure> {
        match self {
            Self::Subject(subject) => Ok(*subject),
            Self::KnownBy(aliases) => {
                let found = opened.consents.decide(|book: &Book| aliases.subject(book)).map_err(Failure::input)?;
                found.map_err(|error| failure(&error))
            }
        }
    }

    /// What they are known by, as far as it was said.
    pub(super) fn aliases(&self) -> Aliases {
        match self {
            Self::Subject(_) => Aliases::default(),
            Self::KnownBy(aliases) => aliases.clone(),
        }
    }
}
