//! Internet messages: RFC 5322 with MIME.
//!
//! Edits are made in place in headers, in plain bodies and in quoted-printable; encoded words, extended parameters and base64
//! are carriers. A message is one record with all its parts and the messages in it. Parts of other types than text are not
//! read: the sink is told that they are there.
//!
//! The bytes are the message's own: parts have charsets of their own, so nothing may be transcoded before.

use super::mime::entity::Walk;
use super::mime::head::Setting;
use super::whole::is_whole;
use crate::sink::{Decode, Sink, SyntaxError};

/// Reads one message, as a whole.
#[derive(Debug, Default)]
pub(crate) struct EmlDecoder;

impl Decode for EmlDecoder {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        if !is_whole(input, end)? {
            return Ok(0);
        }
        let message = sink.open_record();
        // Mail programs keep messages behind a line of their own: `From a@b Mon Jan 5 …` (RFC 4155).
        let start = match input.starts_with(b"From ") {
            true => memchr::memchr(b'\n', input).map_or(input.len(), |n| n + 1),
            false => 0,
        };
        Walk::new(input, sink, message, Setting::Mail).message(start..input.len(), "", 0)?;
        sink.close_record(message);
        Ok(input.len())
    }
}

#[cfg(test)]
mod tests;
