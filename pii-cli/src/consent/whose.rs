//! Whom a command is about: a subject's number, or what somebody is known by.

use super::failure;
use super::opened::Opened;
use crate::arguments::consent::Whose;
use crate::exit::{Failure, told};
use pii_core::Kind;
use pii_core::consent::{Book, SubjectId};
use pii_store::consents::Aliases;
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// More lines than anybody has numbers.
const ALIAS_FILE_LIMIT_BYTES: u64 = 64 << 10;

/// Whom a command is about.
pub(super) enum Person {
    Subject(SubjectId),
    KnownBy(Aliases),
}

/// A kind and a value, which goes no further than its digest.
type Alias = (Kind, Zeroizing<String>);

impl Person {
    /// As the command line names them.
    pub(super) fn of(whose: &Whose, opened: &Opened) -> Result<Self, Failure> {
        if let Some(subject) = whose.subject {
            return Ok(Self::Subject(subject));
        }
        let mut aliases: Vec<Alias> = Vec::new();
        for (nth, text) in (1..).zip(&whose.alias) {
            aliases.push(alias(&text.0).ok_or_else(|| wrong(&format!("the value of --alias number {nth}")))?);
        }
        if let Some(file) = &whose.alias_file {
            let text = text_of(file)?;
            for (nth, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
                aliases.push(alias(line).ok_or_else(|| wrong(&format!("{}:{nth}", file.display())))?);
            }
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

fn alias(text: &str) -> Option<Alias> {
    let (kind, value) = text.split_once('=')?;
    let kind = Kind::new(kind.trim())?;
    (!value.trim().is_empty()).then(|| (kind, value.trim().to_owned().into()))
}

/// Says where, and not what stands there.
fn wrong(place: &str) -> Failure {
    Failure::usage(format!("{place}: write a kind, an equals sign and the value, such as mobile_phone=…"))
}

fn text_of(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let limit = ALIAS_FILE_LIMIT_BYTES;
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text))
    };
    read.map_err(|error| Failure::input(told(file.display(), &error)))?;
    Ok(text)
}
