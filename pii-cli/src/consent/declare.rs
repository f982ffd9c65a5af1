//! `pii declare` and `pii purpose publish`: what a firm declares, from a file.

use super::declaration::{self, Named};
use super::failure;
use super::opened::{Begin, Opened, now};
use crate::arguments::consent::Declare;
use crate::exit::Failure;
use crate::output;
use pii_core::consent::{Book, Declaration};
use std::process::ExitCode;

/// Which tables of a file are declared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    /// Purposes, of a file that may be a policy.
    Purposes,
}

pub(super) fn run(arguments: &Declare, which: Which) -> Result<ExitCode, Failure> {
    let declared = declaration::read(&arguments.file, which == Which::Purposes)?;
    let opened = Opened::keyed(&arguments.at, &arguments.digests, Begin::Yes)?;
    for Named { word, name, declaration } in declared {
        let is_there = opened.consents.decide(|book| is_there(book, &declaration)).map_err(Failure::input)?;
        if !is_there {
            let done = opened.consents.declare(&declaration, now()?);
            done.map_err(|error| failure(&error).in_file(&arguments.file))?;
            opened.tell(word, &name, &arguments.writes)?;
        }
        output::print(format_args!("{word} {name}: {}", if is_there { "as before" } else { "declared" }))?;
    }
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

/// Whether the book has exactly this already, so that a file can be declared again.
fn is_there(book: &Book, declaration: &Declaration) -> bool {
    match declaration {
        Declaration::Purpose(it) => book.purpose(it.purpose().code()) == Some(it.purpose()),
        Declaration::Recipient(it) => book.recipient(it.id.as_str()) == Some(it),
        Declaration::Notice(it) => book.notice(it.id.as_str(), it.version) == Some(it),
        Declaration::Settings(it) => *book.settings() == **it,
        _ => false,
    }
}
