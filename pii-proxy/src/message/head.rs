//! The head: what stands in the path and in headers cannot be changed without changing what is asked, so it stops the message;
//! cookies are the upstream's own.

use super::masked::{self, Told};
use super::prepared::Prepared;
use super::{Came, Found, Leaves, transport};
use crate::config::{Cookies, Route};
use crate::percent;
use crate::stop::{Stop, Why};
use hyper::HeaderMap;
use hyper::header::{COOKIE, HeaderName, SET_COOKIE};
use pii_formats::{Charset, Format, Options, Output, Report};
use std::borrow::Cow;

/// Kinds that do not stop a message for standing in its head: what a head has of its own (credentials, addresses of devices), and
/// what says nothing alone (organisations, names, dates).
const LET_BE: [&str; 14] = [
    "access_token",
    "cvv",
    "date_of_birth",
    "imei",
    "ip_address",
    "mac_address",
    "organisation_code",
    "password",
    "person_name",
    "swift_bic",
    "uscc",
    "vehicle_plate",
    "verification_code",
    "vin",
];

pub(super) fn inspect(came: &Came<'_>, route: &Route, prepared: &Prepared, leaves: &mut Leaves) -> Result<(), Stop> {
    path(came.path, prepared, &mut leaves.found)?;
    headers(came, route, prepared, &mut leaves.found)?;
    leaves.cookies = cookies(came, route, prepared, &mut leaves.found)?;
    Ok(())
}

fn options() -> Options {
    Options { format: Some(Format::Text), charset: Some(Charset::Utf8), ..Options::default() }
}

fn path(path: &str, prepared: &Prepared, found: &mut Found) -> Result<(), Stop> {
    if path == "/" {
        return Ok(());
    }
    match stopping(&[path.as_bytes(), &joined(path.as_bytes())], prepared, found)? {
        None => Ok(()),
        Some(report) => Err(stop(&report, "").at("path")),
    }
}

/// The digits of neighbouring segments that are nothing but digits, each row of them on a line: `/138/0013/8000`.
fn joined(path: &[u8]) -> Vec<u8> {
    let decoded = decoded(path);
    let segments = decoded.as_deref().unwrap_or(path).split(|byte| *byte == b'/').filter(|one| !one.is_empty());
    let (mut lines, mut row) = (Vec::new(), Vec::new());
    for segment in segments.chain([&b"end"[..]]) {
        if segment.iter().all(u8::is_ascii_digit) {
            row.push(segment);
            continue;
        }
        if row.len() > 1 {
            row.iter().for_each(|digits| lines.extend_from_slice(digits));
            lines.push(b'\n');
        }
        row.clear();
    }
    lines
}

fn headers(came: &Came<'_>, route: &Route, prepared: &Prepared, found: &mut Found) -> Result<(), Stop> {
    let lines = Lines::of(came.headers, |name| *name != COOKIE && !route.trusted_headers.contains(name));
    match lines.stopping(prepared, found)? {
        None => Ok(()),
        Some((report, name)) => {
            let advice = ", or have the route list this header in `trusted_headers`";
            Err(stop(&report, advice).at(place(name, prepared)))
        }
    }
}

/// The headers of an answer that is masked: in them nothing can be. `Set-Cookie` is a cookie.
pub(super) fn inspect_answer(headers: &HeaderMap, route: &Route, prepared: &Prepared) -> Result<(), Stop> {
    let passes = |name: &HeaderName| *name == SET_COOKIE && route.cookies == Cookies::Pass;
    let lines = Lines::of(headers, |name| !passes(name) && !route.trusted_headers.contains(name));
    match lines.stopping(prepared, &mut Found::default())? {
        None => Ok(()),
        Some((report, name)) => {
            let detail = "personal data stands in a header of the answer, where it cannot be masked: have the route list the \
                          header in `trusted_headers` if it may come back";
            Err(Stop::new(Why::Found, detail).of(report.kind).at(format!("answer {}", place(name, prepared))))
        }
    }
}

/// The headers that are looked at, each on a line.
#[derive(Default)]
struct Lines<'a> {
    /// With its name, which is a label.
    labelled: Vec<u8>,
    /// Its value alone: a name may say of a number that it is a time or an amount, and whoever makes up a name may say anything.
    bare: Vec<u8>,
    names: Vec<&'a HeaderName>,
}

impl<'a> Lines<'a> {
    fn of(headers: &'a HeaderMap, takes: impl Fn(&HeaderName) -> bool) -> Self {
        let mut lines = Self::default();
        let is_looked_at = |name: &HeaderName, value: &[u8]| takes(name) && !transport::is_its_own(name, value);
        for (name, value) in headers.iter().filter(|(name, value)| is_looked_at(name, value.as_bytes())) {
            let from = lines.bare.len();
            // A value has no line feed; a message that was made by hand may have other control characters.
            lines.bare.extend(value.as_bytes().iter().map(|&byte| if byte.is_ascii_control() { b' ' } else { byte }));
            lines.bare.push(b'\n');
            lines.labelled.extend_from_slice(name.as_str().as_bytes());
            lines.labelled.extend_from_slice(b": ");
            lines.labelled.extend_from_slice(&lines.bare[from..]);
            lines.names.push(name);
        }
        lines
    }

    /// The first finding that stops a message for standing in a header, and in which.
    fn stopping(&self, prepared: &Prepared, found: &mut Found) -> Result<Option<(Report, &'a HeaderName)>, Stop> {
        let stopping = stopping(&[&self.labelled, &self.bare], prepared, found)?;
        Ok(stopping.and_then(|report| {
            let name = self.name(&report)?;
            Some((report, name))
        }))
    }

    /// The header on whose line something was found.
    fn name(&self, report: &Report) -> Option<&'a HeaderName> {
        let nth = usize::try_from(report.line).unwrap_or(usize::MAX).saturating_sub(1);
        self.names.get(nth).or(self.names.last()).copied()
    }
}

/// A header as it is told. Whoever makes up a name may put a number into it, which is told no further.
fn place(name: &HeaderName, prepared: &Prepared) -> String {
    let is_name = prepared.masker.scan(name.as_str().as_bytes(), &options()).is_ok_and(|found| found.is_empty());
    if is_name { format!("header {name}") } else { "the name of a header".to_owned() }
}

fn cookies(
    came: &Came<'_>,
    route: &Route,
    prepared: &Prepared,
    found: &mut Found,
) -> Result<Option<Vec<String>>, Stop> {
    if route.cookies == Cookies::Pass || !came.headers.contains_key(COOKIE) {
        return Ok(None);
    }
    let (mut left, mut is_other) = (Vec::new(), false);
    for value in came.headers.get_all(COOKIE) {
        if route.cookies == Cookies::Block {
            if let Some(report) = stopping(&[value.as_bytes(), &unnamed(value.as_bytes())], prepared, found)? {
                return Err(stop(&report, ", or have the route say what becomes of `cookies`").at("header cookie"));
            }
            continue;
        }
        let told = Told { prepared, masker: &prepared.masker, before: "header cookie ", found };
        let masked = masked::whole(value.as_bytes(), &options(), told, None)?;
        is_other |= masked.is_some();
        let text = String::from_utf8(masked.unwrap_or_else(|| value.as_bytes().to_vec()));
        left.push(text.map_err(|_| Stop::new(Why::Contradiction, "it is not UTF-8").at("header cookie"))?);
    }
    Ok(is_other.then_some(left))
}

/// The values of cookies without their names, each on a line.
fn unnamed(cookies: &[u8]) -> Vec<u8> {
    let values = cookies.split(|byte| *byte == b';').map(|pair| match memchr::memchr(b'=', pair) {
        Some(at) => &pair[at + 1..],
        None => pair,
    });
    values.collect::<Vec<_>>().join(&b'\n')
}

/// What would be decided on a head: on its path, and on all headers that are looked at, cookies among them.
pub(super) fn decided(came: &Came<'_>, prepared: &Prepared) -> Result<Vec<Report>, Stop> {
    let lines = Lines::of(came.headers, |_| true);
    let text = [came.path.as_bytes(), b"\n", &lines.labelled].concat();
    let bare = [&joined(came.path.as_bytes())[..], &lines.bare].concat();
    let mut all = Vec::new();
    for text in ways(&[&text, &bare]) {
        all.extend(reports(&text, prepared)?);
    }
    Ok(all)
}

/// What would be decided on it, each with its place, as far as the route has it looked at.
pub(super) fn placed(came: &Came<'_>, route: &Route, prepared: &Prepared) -> Result<Vec<(String, Report)>, Stop> {
    let is_looked_at = |name: &HeaderName| {
        if *name == COOKIE { route.cookies != Cookies::Pass } else { !route.trusted_headers.contains(name) }
    };
    let lines = Lines::of(came.headers, is_looked_at);
    let mut all = Vec::new();
    for text in ways(&[came.path.as_bytes(), &joined(came.path.as_bytes())]) {
        all.extend(reports(&text, prepared)?.into_iter().map(|report| ("path".to_owned(), report)));
    }
    for text in ways(&[&lines.labelled, &lines.bare]) {
        let place = |report: &Report| lines.name(report).map_or("headers".to_owned(), |name| place(name, prepared));
        all.extend(reports(&text, prepared)?.into_iter().map(|report| (place(&report), report)));
    }
    Ok(all)
}

/// The first finding that stops a message for standing in its head, in any of these readings of a part of it.
fn stopping(readings: &[&[u8]], prepared: &Prepared, found: &mut Found) -> Result<Option<Report>, Stop> {
    for (nth, text) in ways(readings).enumerate() {
        let mut tried = Found::default();
        let stopping = first_stopping(&text, prepared, &mut tried)?;
        // What passes is counted as it is written.
        if nth == 0 || stopping.is_some() {
            found.add(tried);
        }
        if stopping.is_some() {
            return Ok(stopping);
        }
    }
    Ok(None)
}

/// Readings as they are and percent-decoded: undecoded, the `3D` of an equals sign and a number behind it may look like something
/// that is let be.
fn ways<'t>(readings: &[&'t [u8]]) -> impl Iterator<Item = Cow<'t, [u8]>> {
    let readings = readings.iter().filter(|text| !text.is_empty());
    readings.flat_map(|text| [Some(Cow::Borrowed(*text)), decoded(text).map(Cow::Owned)]).flatten()
}

fn first_stopping(text: &[u8], prepared: &Prepared, found: &mut Found) -> Result<Option<Report>, Stop> {
    let output = Output { reports: reports(text, prepared)?, ..Output::default() };
    found.take(&output, &prepared.masker);
    Ok(output.reports.into_iter().find(|report| !report.passes()))
}

/// What counts of what would be decided on a text of a head. A name beside it makes anything a token or a password: what is let be
/// is searched again by itself.
fn reports(text: &[u8], prepared: &Prepared) -> Result<Vec<Report>, Stop> {
    let decide = |text: &[u8]| {
        let too_large = || Stop::new(Why::TooLarge, "something in it is coded too often, or too long").at("head");
        prepared.masker.decide(text, &options()).map_err(|_| too_large())
    };
    let is_let_be = |report: &Report| LET_BE.contains(&report.kind.as_str());
    let (let_be, mut reports): (Vec<Report>, Vec<Report>) = decide(text)?.into_iter().partition(is_let_be);
    if let_be.is_empty() {
        return Ok(reports);
    }
    let values = let_be.iter().map(|report| report.dangerously_value().replace(char::is_control, " "));
    let alone = decide(values.collect::<Vec<_>>().join("\n").as_bytes())?;
    reports.extend(alone.into_iter().filter(|report| !is_let_be(report)).map(|mut report| {
        let nth = usize::try_from(report.line).unwrap_or(usize::MAX).saturating_sub(1);
        report.line = let_be.get(nth).map_or(1, |named| named.line);
        report
    }));
    Ok(reports)
}

/// `advice` says what to do besides.
fn stop(report: &Report, advice: &str) -> Stop {
    let detail = format!("personal data stands where it cannot be masked: send it in the body{advice}");
    Stop::new(Why::Found, detail).of(report.kind)
}

/// A text percent-decoded, with as many lines as it has. `None`: there is nothing to decode.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'%', text)?;
    Some(percent::undone(text, |byte, was_coded| if was_coded && byte.is_ascii_control() { b' ' } else { byte }))
}

#[cfg(test)]
mod tests {
    use super::{decoded, joined, unnamed};

    #[test]
    fn what_is_percent_encoded_is_decoded_on_its_line() {
        assert_eq!(decoded(b"/a/b"), None);
        assert_eq!(decoded(b"/%7a%3D1%0A2%/%zz%4\n%41").as_deref(), Some(&b"/z=1 2%/%zz%4\nA"[..]));
    }

    #[test]
    fn digits_between_slashes_are_joined() {
        for (path, lines) in [
            ("/138/0013/8000", "13800138000\n"),
            ("/v1/13/8/x/2026/1%31/", "138\n202611\n"),
            ("/138//0013", "1380013\n"),
            ("/v1/138/x", ""),
            ("/138", ""),
        ] {
            assert_eq!(joined(path.as_bytes()), lines.as_bytes(), "{path}");
        }
    }

    #[test]
    fn cookies_lose_their_names() {
        assert_eq!(unnamed(b"token=1; a=2=3;x"), b"1\n2=3\nx");
    }
}
