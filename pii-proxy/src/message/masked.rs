//! A text, masked and searched again.

use super::Found;
use super::prepared::Prepared;
use crate::config::Route;
use crate::stop::{Stop, Why};
use pii_core::Kind;
use pii_formats::{Error, MaskError, Masker, Options, Output, Report};

/// By which policy, and who is told what was found.
pub(super) struct Told<'a> {
    pub(super) prepared: &'a Prepared,
    /// Which of its maskers this part is masked by.
    pub(super) masker: &'a Masker,
    /// What places begin with: which part of the message it is.
    pub(super) before: &'a str,
    pub(super) found: &'a mut Found,
}

/// What stands in the place of a text, if it is another one. What nobody can read stops it, unless `route` says what it is.
pub(super) fn whole(
    plain: &[u8],
    options: &Options,
    told: Told<'_>,
    route: Option<&Route>,
) -> Result<Option<Vec<u8>>, Stop> {
    let Told { prepared, masker, before, found } = told;
    let output = match masker.mask_checked(plain, options) {
        Ok(output) => output,
        Err(error) => return Err(stop(plain, options, Told { prepared, masker, before, found }, &error)),
    };
    found.take(&output, masker);
    nothing_unread(&output, Told { prepared, masker, before, found }, route)?;
    Ok(if output.bytes == plain { None } else { Some(output.bytes) })
}

/// What nobody has looked into does not leave, unless `route` says what it is.
fn nothing_unread(output: &Output, told: Told<'_>, route: Option<&Route>) -> Result<(), Stop> {
    let Told { prepared, before, found, .. } = told;
    let passes = |media_type: &String| route.is_some_and(|route| route.attachments.contains(media_type));
    if let Some(part) = output.uninspected.iter().find(|part| !passes(&part.media_type)) {
        let detail = format!(
            "it is of the type {}, which is not read: leave it out, or have the route list the type in `attachments`",
            part.media_type
        );
        return Err(Stop::new(Why::Uninspected, detail).at(place(before, &part.path, part.line)));
    }
    for value in &output.unexplained {
        let declared = route.and_then(|route| route.opaque.iter().find(|opaque| opaque.field.means(&value.path)));
        let Some(declared) = declared else {
            let detail = format!(
                "a value of {} bytes is no text and nothing that is known, as ciphertext is: leave it out, or have the route declare \
                 the field in `opaque` with the kinds that it holds",
                value.bytes
            );
            return Err(Stop::new(Why::Uninspected, detail).at(place(before, &value.path, value.line)));
        };
        if let Some(kind) = declared.kinds.iter().find(|kind| !prepared.lets_pass(**kind, &value.path)) {
            let detail = "the route declares that this field holds it, and the policy, or the person, does not let it leave in clear";
            return Err(Stop::new(Why::Found, detail).of(*kind).at(place(before, &value.path, value.line)));
        }
        declared.kinds.iter().for_each(|kind| found.items.add_declared(*kind));
    }
    Ok(())
}

/// What would be decided on a text.
pub(super) fn decided(plain: &[u8], options: &Options, masker: &Masker) -> Result<Vec<Report>, Stop> {
    masker.decide(plain, options).map_err(|error| unreadable(&error))
}

fn stop(plain: &[u8], options: &Options, told: Told<'_>, error: &MaskError) -> Stop {
    match error.input() {
        Some(input) if input.is_blocked() => blocked(plain, options, told, input),
        Some(input) => unreadable(input),
        None => {
            let detail = "report this: the engine masked the message, and found in it again what it had masked";
            let mut stop = Stop::new(Why::Leftover, detail).at(place(told.before, error.path(), error.line()));
            stop.kind = error.leftover();
            stop
        }
    }
}

/// What the policy stops, and where it stands: the message is read once more for that.
fn blocked(plain: &[u8], options: &Options, told: Told<'_>, error: &Error) -> Stop {
    let Told { masker, before, found, .. } = told;
    let mut stop = Stop::new(Why::Found, "the policy does not let this leave: take it out of the message");
    stop.kind = error.kind().and_then(Kind::new);
    if let Ok(reports) = masker.decide(plain, options) {
        let output = Output { reports, ..Output::default() };
        found.take(&output, masker);
        if let Some(report) = output.reports.iter().find(|report| report.action == "block" && !report.is_observed()) {
            stop.place = Some(place(before, &report.path, report.line));
            stop.rule = Some(masker.explain(report));
        }
    }
    stop
}

fn place(before: &str, path: &str, line: u64) -> String {
    if path.is_empty() { format!("{before}line {line}") } else { format!("{before}{path}") }
}

fn unreadable(error: &Error) -> Stop {
    if error.is_late() {
        let detail = "looking into it took longer than `timeouts.inspect`: send it again later, or in several messages";
        return Stop::new(Why::Engine, detail);
    }
    let (why, detail) = if error.is_limit() {
        (
            Why::TooLarge,
            "it is nested too deep, has too many parts, one of its parts is too long, or more is found in it than `limits.findings`",
        )
    } else {
        (Why::Contradiction, "it is not well-formed as what its Content-Type says")
    };
    Stop::new(why, detail).at(format!("body line {}", error.line()))
}
