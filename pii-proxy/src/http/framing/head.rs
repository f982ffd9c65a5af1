//! A request's head, judged line by line as the lines come.

use super::fault::Fault;
use super::field::{self, Known};
use super::request_line::RequestLine;
use super::{Options, authority};
use std::ops::Range;

/// Follows a head. Remembers offsets, never bytes: whoever asks holds those, from the head's first one on.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    /// How far the line's end has been looked for.
    scanned: usize,
    /// How far the bytes are known to be such as a head may have.
    checked: usize,
    line_start: usize,
    has_begun: bool,
    request_line: Option<RequestLine>,
    fields: usize,
    host: Option<Range<usize>>,
    content_length: Option<u64>,
    is_chunked: bool,
    has_upgrade: bool,
}

/// A head that is complete and good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Complete {
    /// Its length in bytes, with all that it began with.
    pub(super) bytes: usize,
    pub(super) body: Body,
    pub(super) is_connect: bool,
    /// It asks for another protocol, and may: HTTP/1.1 without a body.
    pub(super) is_upgrade: bool,
}

/// Where the body ends (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// After so many bytes; 0 for none.
    Length(u64),
    Chunked,
}

impl Head {
    /// Whether nothing of it has come.
    pub(super) fn is_new(&self) -> bool {
        self.scanned == 0
    }

    /// Whether something other than an empty line has come.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Judges the lines that are complete, and the bytes of the one that is not. `held` begins with the head's first byte
    /// and has grown since the last time.
    pub(super) fn judge(&mut self, held: &[u8], options: &Options) -> Result<Option<Complete>, Fault> {
        while let Some(at) = memchr::memchr(b'\n', &held[self.scanned..]) {
            let end = self.scanned + at;
            let content = self.content(held, end, options)?;
            self.scanned = end + 1;
            let is_last = self.line(content, options)?;
            (self.line_start, self.checked) = (end + 1, end + 1);
            if is_last {
                let is_over = self.scanned > options.limits.head_bytes;
                return if is_over { Err(Fault::HeadTooLong) } else { self.finish(held).map(Some) };
            }
        }
        self.scanned = held.len();
        // A CR at the very end may be the first half of the line's.
        let end = if held.ends_with(b"\r") { held.len() - 1 } else { held.len() };
        if end > self.line_start {
            self.check(held, end, options)?;
            self.has_begun = true;
        }
        Ok(None)
    }

    /// The line that the LF at `end` ends, without its CRLF.
    fn content<'h>(&mut self, held: &'h [u8], end: usize, options: &Options) -> Result<&'h [u8], Fault> {
        let line = &held[self.line_start..end];
        let content = line.strip_suffix(b"\r").unwrap_or(line);
        self.check(held, self.line_start + content.len(), options)?;
        if content.len() == line.len() {
            return Err(Fault::BareLineFeed);
        }
        Ok(content)
    }

    /// Checks the bytes of the line so far, up to `end`: the first that may not be there is the fault, whether for what it
    /// is or for being one too many. So it makes no difference how many come at a time.
    fn check(&mut self, held: &[u8], end: usize, options: &Options) -> Result<(), Fault> {
        let limits = &options.limits;
        let (line_limit, too_long) = match self.request_line {
            None => (limits.request_line_bytes, Fault::RequestLineTooLong),
            Some(_) => (limits.field_line_bytes, Fault::FieldLineTooLong),
        };
        // The line's own CRLF counts for the head.
        let room = limits.head_bytes.saturating_sub(self.line_start + 2);
        let (limit, too_long) = if room < line_limit { (room, Fault::HeadTooLong) } else { (line_limit, too_long) };
        let within = end.min(self.line_start + limit);
        // Nothing is new where a line is as long as it may be and its end has come.
        let new = held.get(self.checked..within).unwrap_or_default();
        // In one go over all of them first, which the compiler does many at a time.
        if new.iter().fold(false, |bad, byte| bad | is_forbidden(*byte)) {
            let first = new.iter().find(|byte| is_forbidden(**byte));
            return Err(if first == Some(&b'\r') { Fault::BareCarriageReturn } else { Fault::ControlCharacter });
        }
        self.checked = within;
        if end > within { Err(too_long) } else { Ok(()) }
    }

    /// Judges a line, and says whether it was the empty one that ends the head.
    fn line(&mut self, content: &[u8], options: &Options) -> Result<bool, Fault> {
        let Some(request_line) = &self.request_line else {
            return self.first_line(content).map(|()| false);
        };
        let is_version_11 = request_line.is_version_11;
        match content {
            [] => return Ok(true),
            [b' ' | b'\t', ..] if self.fields == 0 => return Err(Fault::LeadingSpace),
            [b' ' | b'\t', ..] => return Err(Fault::ObsoleteFolding),
            _ if self.fields == options.limits.fields => return Err(Fault::TooManyFields),
            _ => self.fields += 1,
        }
        let (known, value) = field::parse(content)?;
        match known {
            None => {}
            Some(Known::Host) => self.host(value, content)?,
            Some(Known::ContentLength) if self.content_length.is_some() => return Err(Fault::ContentLengthTwice),
            Some(Known::ContentLength) => self.content_length = Some(field::content_length(value)?),
            Some(Known::TransferEncoding) if !is_version_11 => return Err(Fault::TransferEncodingInVersion10),
            Some(Known::TransferEncoding) if self.is_chunked => return Err(Fault::TransferEncodingTwice),
            Some(Known::TransferEncoding) if field::is_chunked(value) => self.is_chunked = true,
            Some(Known::TransferEncoding) => return Err(Fault::TransferEncodingUnsupported),
            Some(Known::Connection) if field::names_protected(value) => return Err(Fault::ConnectionNamesField),
            Some(Known::Connection) => {}
            Some(Known::Http2Settings) if !options.h2c_upgrade => return Err(Fault::H2cUpgrade),
            Some(Known::Http2Settings) => {}
            Some(Known::Upgrade) if field::wishes_h2c(value) && !options.h2c_upgrade => return Err(Fault::H2cUpgrade),
            Some(Known::Upgrade) => self.has_upgrade = true,
        }
        Ok(false)
    }

    /// The request line, or the one empty line that may be before it (RFC 9112 §2.2).
    fn first_line(&mut self, content: &[u8]) -> Result<(), Fault> {
        match content {
            [] if self.line_start > 0 => Err(Fault::EmptyLines),
            [] => Ok(()),
            [b' ' | b'\t', ..] => Err(Fault::LeadingSpace),
            _ => {
                let mut parsed = RequestLine::parse(content)?;
                let start = self.line_start;
                parsed.authority = parsed.authority.map(|range| range.start + start..range.end + start);
                (self.request_line, self.has_begun) = (Some(parsed), true);
                Ok(())
            }
        }
    }

    fn host(&mut self, value: &[u8], content: &[u8]) -> Result<(), Fault> {
        if self.host.is_some() {
            return Err(Fault::HostTwice);
        }
        if !authority::is_host(value) {
            return Err(Fault::HostInvalid);
        }
        // A host has no white space in it, so the value stands before what was trimmed off the line's end.
        let end = self.line_start + content.trim_ascii_end().len();
        self.host = Some(end - value.len()..end);
        Ok(())
    }

    /// Holds the fields against each other.
    fn finish(&self, held: &[u8]) -> Result<Complete, Fault> {
        let request_line = self.request_line.as_ref().ok_or(Fault::RequestLine)?;
        let body = match (self.content_length, self.is_chunked) {
            (Some(_), true) => return Err(Fault::ContentLengthWithTransferEncoding),
            (None, true) => Body::Chunked,
            (length, false) => Body::Length(length.unwrap_or(0)),
        };
        if request_line.is_connect && (self.content_length.is_some() || self.is_chunked) {
            return Err(Fault::ConnectWithBody);
        }
        match (&self.host, &request_line.authority) {
            (None, _) if request_line.is_version_11 => return Err(Fault::HostMissing),
            (Some(host), Some(named)) => {
                let (host, named) = (&held[host.clone()], &held[named.clone()]);
                // Some clients leave the port of a tunnel to the target.
                let is_same = host.eq_ignore_ascii_case(named)
                    || (request_line.is_connect && host.eq_ignore_ascii_case(authority::without_port(named)));
                if !is_same {
                    return Err(Fault::HostDiffers);
                }
            }
            _ => {}
        }
        let is_upgrade = self.has_upgrade && request_line.is_version_11 && body == Body::Length(0);
        Ok(Complete { bytes: self.scanned, body, is_connect: request_line.is_connect, is_upgrade })
    }
}

/// Whether no head may have this byte within a line: controls, tabs aside (RFC 9110 §5.5).
fn is_forbidden(byte: u8) -> bool {
    (byte < b' ' && byte != b'\t') || byte == 0x7F
}
