//! What the header of a message or part says about the body below it (RFC 2045 §3, RFC 2183).

use super::fields::{self, Field, find};
use super::media::media_type;
use super::parameters::Parameterised;
use super::tell::Path;
use super::transfer::Transfer;
use crate::decode::whole::broken;
use crate::sink::SyntaxError;
use pii_core::Evidence;
use std::ops::Range;

/// What a body is a part of, which decides how strict the reading is and what its parts are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// A message. What stands after a missing last boundary is read.
    Mail,
    /// An HTTP body. Parts are fields, called by their names, and every boundary must be there.
    Form,
}

/// What a header says about the body below it.
pub(super) struct Head {
    /// As declared, or what holds where nothing is.
    pub(super) media_type: String,
    pub(super) content_type: Parameterised,
    pub(super) disposition: Parameterised,
    pub(super) transfer: Transfer,
    /// Whether a type is declared.
    pub(super) has_type: bool,
}

/// A body and what it is called.
pub(super) struct Body<'p> {
    pub(super) range: Range<usize>,
    pub(super) path: Path<'p>,
    pub(super) evidence: Evidence,
}

impl Head {
    /// Reads what `fields` say. `default` is the media type where they say none.
    pub(super) fn read(input: &[u8], fields: &[Field], default: &str) -> Result<Self, SyntaxError> {
        let parameterised = |name: &str| match find(input, fields, name) {
            Some(value) => Parameterised::read(input, value),
            None => Ok(Parameterised::default()),
        };
        for name in ["content-type", "content-disposition", "content-transfer-encoding"] {
            // Some readers take the first and some the last.
            if let Some(second) = fields::find_second(input, fields, name) {
                return Err(broken(second, "header field about the body is given twice"));
            }
        }
        let content_type = parameterised("content-type")?;
        let written = media_type(&input[content_type.main.clone()]);
        let transfer = find(input, fields, "content-transfer-encoding").map_or(&[][..], |value| &input[value]);
        Ok(Self {
            has_type: written.is_some(),
            media_type: written.unwrap_or_else(|| default.to_owned()),
            disposition: parameterised("content-disposition")?,
            transfer: Transfer::named(transfer),
            content_type,
        })
    }

    /// The charset as the content type spells it, empty when it names none.
    pub(super) fn charset(&self) -> &[u8] {
        let written = self.content_type.text("charset").unwrap_or_default().trim_ascii();
        let end = written.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b';'));
        &written[..end.unwrap_or(written.len())]
    }

    /// The name of the file that the body is, if it is one.
    pub(super) fn file_name(&self) -> Option<&[u8]> {
        self.disposition.text("filename").or_else(|| self.content_type.text("name"))
    }

    /// Whether a parameter of the content type has this value.
    pub(super) fn says(&self, parameter: &str, value: &str) -> bool {
        self.content_type.text(parameter).is_some_and(|found| found.eq_ignore_ascii_case(value.as_bytes()))
    }
}
