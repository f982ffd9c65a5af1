//! The body: its codings undone, masked where it stands, searched again, and coded as it came.

use super::masked::{self, Told};
use super::media::{self, Declared, Media, Reading};
use super::prepared::Prepared;
use super::{Bounds, Found, boundary, fallback};
use crate::config::{Fallback, Route};
use crate::stop::{Stop, Why};
use hyper::HeaderMap;
use hyper::header::{CONTENT_ENCODING, HeaderValue};
use pii_formats::coding::{self, CodingError, Codings, Decoded, Limits};
use pii_formats::{Allowance, Charset, Format, Options, Report};
use std::borrow::Cow;

/// A body whose codings are undone.
pub(super) struct Opened<'b> {
    plain: Cow<'b, [u8]>,
    codings: Codings,
    media: Media,
    charset: Option<Charset>,
    allowance: Allowance,
}

/// Undoes the codings of a body, and finds out how it is read.
///
/// A type that is not read is refused, unless the route lists it. What is listed has to be what it says: what turns out to be text is
/// read as text.
pub(super) fn open<'b>(headers: &HeaderMap, body: &'b [u8], route: &Route, bounds: Bounds) -> Result<Opened<'b>, Stop> {
    let codings = codings(headers)?;
    let media = media::of(headers)?;
    refuse_unread(&media, route)?;
    let (plain, codings) = if codings.is_empty() || media.reading == Reading::Unread {
        (Cow::Borrowed(body), codings)
    } else {
        let limits = Limits { decoded_bytes: bounds.body_bytes, ratio: bounds.ratio };
        let Decoded { bytes, codings } =
            coding::decode(&codings, body, &limits).map_err(|error| undecodable(&error))?;
        (Cow::Owned(bytes), codings)
    };
    let charset = charset(media.charset, &plain);
    contradicted(&plain, &media, charset)?;
    Ok(Opened { plain, codings, media, charset, allowance: bounds.allowance })
}

impl Opened<'_> {
    /// The plain body that leaves, if it is another one.
    pub(super) fn masked(
        &self,
        route: &Route,
        prepared: &Prepared,
        found: &mut Found,
    ) -> Result<Option<Vec<u8>>, Stop> {
        let read = |options: &Options, found: &mut Found| {
            let told = Told { prepared, masker: &prepared.masker, before: "", found };
            masked::whole(&self.plain, options, told, Some(route))
        };
        self.each_reading(found, read)
    }

    /// A plain body as this one was coded.
    pub(super) fn coded(&self, plain: Vec<u8>) -> Vec<u8> {
        if self.codings.is_empty() { plain } else { coding::encode(&self.codings, &plain) }
    }

    /// The same body with a route's fallback in it. `None` where it has no place for it.
    pub(super) fn with(&self, fallback: &Fallback) -> Option<Opened<'static>> {
        let Reading::As(format) = self.media.reading else { return None };
        let plain = Cow::Owned(fallback::put(&self.plain, format, fallback)?);
        Some(Opened { plain, codings: Codings::default(), media: self.media.clone(), ..*self })
    }

    /// The body as it is read.
    pub(super) fn into_plain(self) -> Vec<u8> {
        self.plain.into_owned()
    }

    /// What would be decided on it.
    pub(super) fn decided(&self, prepared: &Prepared) -> Result<Vec<Report>, Stop> {
        let read = |options: &Options, _: &mut Found| masked::decided(&self.plain, options, &prepared.masker);
        self.each_reading(&mut Found::default(), read)
    }

    /// Text may be anything: it is read as what it looks like, and where it is not well-formed as that, as text.
    fn each_reading<T>(
        &self,
        found: &mut Found,
        mut read: impl FnMut(&Options, &mut Found) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let options = |format| Options { format, charset: self.charset, name: None, allowance: self.allowance };
        if let Reading::As(format) = self.media.reading {
            return read(&options(Some(format)), found);
        }
        let mut tried = Found::default();
        match read(&options(None), &mut tried) {
            Err(stop) if stop.why == Why::Contradiction => read(&options(Some(Format::Text)), found),
            outcome => {
                found.add(tried);
                outcome
            }
        }
    }
}

fn refuse_unread(media: &Media, route: &Route) -> Result<(), Stop> {
    if media.reading != Reading::Unread || route.attachments.contains(&media.essence) {
        return Ok(());
    }
    Err(Stop::new(
        Why::MediaType,
        "a body of this type is not read: send text, JSON, XML, a form or CSV, or have the route list the type in `attachments`",
    )
    .at("header content-type"))
}

/// The charset that a body is read in. `None`: it is found out.
fn charset(declared: Declared, plain: &[u8]) -> Option<Charset> {
    match declared {
        Declared::Nothing => None,
        Declared::Exactly(charset) => Some(charset),
        Declared::Utf16 => {
            let is_big = pii_formats::contradicts(Format::Text, Some(Charset::Utf16Le), plain);
            Some(if is_big { Charset::Utf16Be } else { Charset::Utf16Le })
        }
    }
}

fn contradicted(plain: &[u8], media: &Media, charset: Option<Charset>) -> Result<(), Stop> {
    let contradiction = |detail: &'static str| Err(Stop::new(Why::Contradiction, detail).at("body"));
    let format = match media.reading {
        Reading::As(format) => format,
        Reading::Text => Format::Text,
        Reading::Unread => return Ok(()),
    };
    if pii_formats::contradicts(format, charset, plain) {
        return contradiction("its bytes are not what its Content-Type says: send the type that it has");
    }
    if format == Format::Multipart && !media.boundary.as_ref().is_some_and(|named| boundary::begins(plain, named)) {
        return contradiction("it does not begin with the boundary that its Content-Type names");
    }
    Ok(())
}

fn codings(headers: &HeaderMap) -> Result<Codings, Stop> {
    let named: Vec<&[u8]> = headers.get_all(CONTENT_ENCODING).iter().map(HeaderValue::as_bytes).collect();
    Codings::parse(&named.join(&b","[..])).map_err(|_| {
        Stop::new(Why::Coding, "send the body as gzip, deflate, br or zstd, at most four of them, or without a coding")
            .at("header content-encoding")
    })
}

fn undecodable(error: &CodingError) -> Stop {
    if error.is_limit() {
        return Stop::new(Why::TooLarge, "decoded, it is over a limit").at("body");
    }
    Stop::new(Why::Contradiction, "it is not coded as its Content-Encoding says, or something follows its end")
        .at("body")
}
