//! A text, masked and searched again.

use super::Found;
use super::prepared::Prepared;
use crate::config::Route;
use crate::stop::{Stop, Why};
use pii_core::Kind;
use pii_formats::{Error, Mode, Options, Output, Report};

/// By which policy, and who is told what was found.
pub(super) struct Told<'a> {
    pub(super) prepared: &'a Prepared,
    /// What places begin with: which part of the message it is.
    pub(super) before: &'a str,
    pub(super) found: &'a mut Found,
}

/// What stands in the place of a text, if it is another one. Parts that nobody reads stop it, unless `route` says otherwise.
pub(super) fn whole(
    plain: &[u8],
    options: &Options,
    told: Told<'_>,
    route: Option<&Route>,
) -> Result<Option<Vec<u8>>, Stop> {
    let Told { prepared, before, found } = told;
    let output = match prepared.masker.mask(plain, options) {
        Ok(output) => output,
        Err(error) if error.is_blocked() => {
            return Err(blocked(plain, options, Told { prepared, before, found }, &error));
        }
        Err(error) => return Err(unreadable(&error)),
    };
    found.take(&output, &prepared.masker);
    let passes = |media_type: &String| route.is_some_and(|route| route.attachments.contains(media_type));
    if let Some(part) = output.uninspected.iter().find(|part| !passes(&part.media_type)) {
        let detail = format!(
            "it is of the type {}, which is not read: leave it out, or have the route list the type in `attachments`",
            part.media_type
        );
        return Err(Stop::new(Why::Uninspected, detail).at(place(before, &part.path, part.line)));
    }
    if output.bytes == plain { Ok(None) } else { checked(output, options, prepared, before).map(Some) }
}

/// What would be decided on a text.
pub(super) fn decided(plain: &[u8], options: &Options, prepared: &Prepared) -> Result<Vec<Report>, Stop> {
    prepared.masker.decide(plain, options).map_err(|error| unreadable(&error))
}

/// What the policy stops, and where it stands: the message is read once more for that.
fn blocked(plain: &[u8], options: &Options, told: Told<'_>, error: &Error) -> Stop {
    let Told { prepared, before, found } = told;
    let mut stop = Stop::new(Why::Found, "the policy does not let this leave: take it out of the message");
    stop.kind = error.kind().and_then(Kind::new);
    if let Ok(reports) = prepared.masker.decide(plain, options) {
        let output = Output { reports, ..Output::default() };
        found.take(&output, &prepared.masker);
        if let Some(report) = output.reports.iter().find(|report| report.action == "block" && !report.is_observed()) {
            stop.place = Some(place(before, &report.path, report.line));
            stop.rule = Some(prepared.masker.explain(report));
        }
    }
    stop
}

/// Reads what is about to leave.
fn checked(output: Output, options: &Options, prepared: &Prepared, before: &str) -> Result<Vec<u8>, Stop> {
    let mut left = Output::default();
    let mut session = prepared.masker.session(Mode::Check, options.clone());
    session.accept(output.replaced);
    session.push(&output.bytes, &mut left).and_then(|()| session.finish(&mut left)).map_err(|error| {
        Stop::new(Why::Leftover, "what was masked cannot be read any more").at(format!("{before}line {}", error.line()))
    })?;
    match left.reports.iter().find(|report| report.action != "pass" && !report.is_observed()) {
        None => Ok(output.bytes),
        Some(report) => {
            let detail = "report this: the engine masked the message, and found in it again what it had masked";
            Err(Stop::new(Why::Leftover, detail).of(report.kind).at(place(before, &report.path, report.line)))
        }
    }
}

fn place(before: &str, path: &str, line: u64) -> String {
    if path.is_empty() { format!("{before}line {line}") } else { format!("{before}{path}") }
}

fn unreadable(error: &Error) -> Stop {
    let (why, detail) = if error.is_limit() {
        (Why::TooLarge, "it is nested too deep, has too many parts, or one of its parts is too long")
    } else {
        (Why::Contradiction, "it is not well-formed as what its Content-Type says")
    };
    Stop::new(why, detail).at(format!("body line {}", error.line()))
}
