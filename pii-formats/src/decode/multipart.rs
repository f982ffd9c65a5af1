//! `multipart/form-data` and other multipart bodies of HTTP (RFC 7578, RFC 2046).
//!
//! All of the body is one record. A field's name is evidence for its value; a file's name is text on a line; a body with a
//! type is a document of its own. Boundaries that are missing are errors, because servers differ in what they make of them.

use super::mime::boundary;
use super::mime::entity::Walk;
use super::mime::head::Setting;
use super::whole::is_whole;
use crate::sink::{Decode, Sink, SyntaxError};

/// Reads one multipart body, as a whole.
#[derive(Debug, Default)]
pub(crate) struct MultipartDecoder {
    boundary: Option<Vec<u8>>,
}

impl MultipartDecoder {
    /// A decoder for parts between `boundary`, as the content type gives it without the two hyphens. `None`: what the
    /// first line that begins with two hyphens says.
    pub(crate) fn new(boundary: Option<Vec<u8>>) -> Self {
        Self { boundary }
    }
}

impl Decode for MultipartDecoder {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        if !is_whole(input, end)? {
            return Ok(0);
        }
        let boundary = match &self.boundary {
            Some(boundary) => boundary,
            None => boundary::first(input)?,
        };
        let body = sink.open_record();
        Walk::new(input, sink, body, Setting::Form).parts(0..input.len(), boundary, "", "text/plain", 1)?;
        sink.close_record(body);
        Ok(input.len())
    }
}

#[cfg(test)]
mod tests;
