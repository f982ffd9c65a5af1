//! The head: what stands in the path and in headers cannot be changed without changing what is asked, so it stops the message;
//! cookies are the upstream's own.

use super::masked::{self, Told};
use super::prepared::Prepared;
use super::{Came, Found, Leaves};
use crate::config::{Cookies, Route};
use crate::stop::{Stop, Why};
use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, COOKIE, FORWARDED, HOST, HeaderName, PROXY_AUTHORIZATION, VIA,
};
use pii_formats::{Charset, Format, Options, Output, Report};

/// The transport's own: credentials and addresses that pass to this upstream, and words that say how a message is read.
const TRANSPORT: [HeaderName; 8] = [
    AUTHORIZATION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    FORWARDED,
    HOST,
    PROXY_AUTHORIZATION,
    VIA,
    HeaderName::from_static("x-forwarded-for"),
];

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
    match stopping(path.as_bytes(), prepared, found)? {
        None => Ok(()),
        Some(report) => Err(stop(&report, "").at("path")),
    }
}

/// Each header is a line, its name a label.
fn headers(came: &Came<'_>, route: &Route, prepared: &Prepared, found: &mut Found) -> Result<(), Stop> {
    let (lines, names) = lines(came, |name| *name != COOKIE && !route.trusted_headers.contains(name));
    if lines.is_empty() {
        return Ok(());
    }
    match stopping(&lines, prepared, found)? {
        None => Ok(()),
        Some(report) => {
            let nth = usize::try_from(report.line).unwrap_or(usize::MAX).saturating_sub(1);
            let place = names.get(nth).map_or_else(|| "headers".to_owned(), |name| place(name, prepared));
            Err(stop(&report, ", or have the route list this header in `trusted_headers`").at(place))
        }
    }
}

/// The headers that are looked at, each on a line, and their names.
fn lines<'a>(came: &Came<'a>, takes: impl Fn(&HeaderName) -> bool) -> (Vec<u8>, Vec<&'a HeaderName>) {
    let (mut lines, mut names) = (Vec::new(), Vec::new());
    for (name, value) in came.headers.iter().filter(|(name, _)| !TRANSPORT.contains(name) && takes(name)) {
        lines.extend_from_slice(name.as_str().as_bytes());
        lines.extend_from_slice(b": ");
        // A value has no line feed; a message that was made by hand may have other control characters.
        lines.extend(value.as_bytes().iter().map(|&byte| if byte.is_ascii_control() { b' ' } else { byte }));
        lines.push(b'\n');
        names.push(name);
    }
    (lines, names)
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
            if let Some(report) = stopping(value.as_bytes(), prepared, found)? {
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

/// What would be decided on a head: on its path, and on all headers that are looked at, cookies among them.
pub(super) fn decided(came: &Came<'_>, prepared: &Prepared) -> Result<Vec<Report>, Stop> {
    let mut text = [came.path.as_bytes(), b"\n"].concat();
    text.append(&mut lines(came, |_| true).0);
    let mut all = reports(&text, prepared)?;
    if let Some(decoded) = decoded(&text) {
        all.extend(reports(&decoded, prepared)?);
    }
    Ok(all)
}

/// The first finding that stops a message for standing in its head, as it is written or percent-decoded: undecoded, the `3D` of
/// an equals sign and a number behind it may look like something that is let be.
fn stopping(text: &[u8], prepared: &Prepared, found: &mut Found) -> Result<Option<Report>, Stop> {
    let stopping = first_stopping(text, prepared, found)?;
    let Some(decoded) = decoded(text).filter(|_| stopping.is_none()) else { return Ok(stopping) };
    let mut tried = Found::default();
    let stopping = first_stopping(&decoded, prepared, &mut tried)?;
    if stopping.is_some() {
        // What passes was counted as it is written.
        found.add(tried);
    }
    Ok(stopping)
}

fn first_stopping(text: &[u8], prepared: &Prepared, found: &mut Found) -> Result<Option<Report>, Stop> {
    let output = Output { reports: reports(text, prepared)?, ..Output::default() };
    found.take(&output, &prepared.masker);
    Ok(output.reports.into_iter().find(|report| !report.passes()))
}

/// What counts of what would be decided on a text of a head.
fn reports(text: &[u8], prepared: &Prepared) -> Result<Vec<Report>, Stop> {
    let mut reports = prepared
        .masker
        .decide(text, &options())
        .map_err(|_| Stop::new(Why::TooLarge, "something in it is coded too often, or too long").at("head"))?;
    reports.retain(|report| !LET_BE.contains(&report.kind.as_str()));
    Ok(reports)
}

/// `advice` says what to do besides.
fn stop(report: &Report, advice: &str) -> Stop {
    let detail = format!("personal data stands where it cannot be masked: send it in the body{advice}");
    Stop::new(Why::Found, detail).of(report.kind)
}

/// A text percent-decoded, with as many lines as it has. `None`: there is nothing to decode.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut rest = &text[memchr::memchr(b'%', text)?..];
    let mut out = text[..text.len() - rest.len()].to_vec();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let byte = digits.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        out.push(byte.map_or(*first, |byte| if byte.is_ascii_control() { b' ' } else { byte }));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn what_is_percent_encoded_is_decoded_on_its_line() {
        assert_eq!(decoded(b"/a/b"), None);
        assert_eq!(decoded(b"/%7a%3D1%0A2%/%zz%4\n%41").as_deref(), Some(&b"/z=1 2%/%zz%4\nA"[..]));
    }
}
