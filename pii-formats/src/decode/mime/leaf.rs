//! A body that has no parts of its own: read by its type and by its bytes, or told to be there unread.
//!
//! A type alone lets nothing pass: bytes that are text are read as text whatever they are called.

use super::content::{holds_encoded_file, writes_otherwise};
use super::declared;
use super::fields::trimmed;
use super::head::{Body, Head, Setting};
use super::media::Treatment;
use super::tell::Teller;
use super::transfer::{Transfer, base64_body, quoted_printable};
use crate::Format;
use crate::binary;
use crate::decode::run::Run;
use crate::decode::whole::broken;
use crate::sink::{Content, Draft, Nested, Reading, Sink, Skipped, SyntaxError, Text};
use pii_core::{Coding, Place};
use std::ops::Range;

/// Tells about the body of a part that is to be treated as `treatment`.
pub(super) fn tell<S: Sink>(
    teller: &mut Teller<'_, S>,
    setting: Setting,
    head: &Head,
    body: &Body<'_>,
    treatment: Treatment,
) -> Result<(), SyntaxError> {
    let input = teller.input;
    if trimmed(input, body.range.clone()).is_empty() {
        return Ok(());
    }
    let mut run = Run::default();
    let Written { source, content, place } = decode(input, &mut run, head.transfer, body.range.clone())?;
    let bytes = bytes_of(input, &source, &content);
    let way = way(setting, head, treatment, bytes);
    if matches!(way, Way::Skip) || writes_otherwise(bytes) {
        teller.sink.uninspected(Skipped {
            source: source.clone(),
            media_type: &head.media_type,
            path: &body.path,
            record: teller.record,
        });
    }
    let reading = match way {
        Way::Skip => return Ok(()),
        Way::Value => return tell_value(teller, body),
        Way::Read(reading) => reading,
    };
    if setting == Setting::Mail && holds_encoded_file(bytes) {
        return Err(broken(source.start, "a uuencoded, yEnc or BinHex file in the text: send it as a part in base64"));
    }
    let charset = declared::charset(head.charset(), bytes, source.start)?;
    teller.sink.nested(Nested {
        source,
        content,
        format: reading,
        charset,
        place,
        evidence: body.evidence,
        path: &body.path,
        record: teller.record,
    })
}

/// A body as its transfer encoding has it.
struct Written<'r> {
    source: Range<usize>,
    content: Content<'r>,
    place: Place,
}

fn decode<'r>(
    input: &[u8],
    run: &'r mut Run,
    transfer: Transfer,
    range: Range<usize>,
) -> Result<Written<'r>, SyntaxError> {
    let place = Place::plain();
    Ok(match transfer {
        Transfer::Unknown => {
            return Err(broken(range.start, "transfer encoding is not read here: send this part in base64"));
        }
        Transfer::Identity => Written { source: range, content: Content::InPlace(Text::Same), place },
        Transfer::QuotedPrintable => {
            quoted_printable(run, input, range);
            let place = place.inside(Coding::QuotedPrintable).expect("one coding is within the limit of eight");
            Written { source: run.source(), content: Content::InPlace(run.text()), place }
        }
        Transfer::Base64 => {
            let decoded = base64_body(input, range)?;
            let content = Content::Carried { bytes: decoded.bytes, codec: decoded.codec };
            Written { source: decoded.source, content, place }
        }
    })
}

fn bytes_of<'b>(input: &'b [u8], source: &Range<usize>, content: &'b Content<'_>) -> &'b [u8] {
    match content {
        Content::InPlace(Text::Same) => &input[source.clone()],
        Content::InPlace(Text::Decoded { text, .. }) => text,
        Content::Carried { bytes, .. } => bytes,
    }
}

/// What is done with a body.
enum Way {
    /// It is passed over.
    Skip,
    /// It is the value of a form's field.
    Value,
    /// It is a document. `None` finds out of which format.
    Read(Option<Reading>),
}

fn way(setting: Setting, head: &Head, treatment: Treatment, bytes: &[u8]) -> Way {
    let is_field = setting == Setting::Form && !head.has_type && head.file_name().is_none();
    match treatment {
        _ if is_field && head.transfer == Transfer::Identity && str::from_utf8(bytes).is_ok() => Way::Value,
        // A field's value without a type may be anything, JSON for example.
        _ if is_field => Way::Read(None),
        Treatment::Read(_) if binary::by_signature(bytes).is_some() => Way::Skip,
        // A file of no declared type may be anything, a table for example.
        Treatment::Read(Format::Text) if setting == Setting::Form && !head.has_type => Way::Read(None),
        Treatment::Read(Format::Text) if head.says("format", "flowed") => {
            Way::Read(Some(Reading::Flowed { deletes_space: head.says("delsp", "yes") }))
        }
        Treatment::Read(format) => Way::Read(Some(format.into())),
        Treatment::Message => Way::Read(Some(Format::Eml.into())),
        Treatment::Leave if binary::by_signature(bytes).is_none() && binary::is_text(bytes) => Way::Read(None),
        Treatment::Leave | Treatment::Multipart => Way::Skip,
    }
}

fn tell_value<S: Sink>(teller: &mut Teller<'_, S>, body: &Body<'_>) -> Result<(), SyntaxError> {
    teller.sink.segment(Draft {
        source: body.range.clone(),
        text: Text::Same,
        place: Place::plain(),
        evidence: body.evidence,
        path: &body.path,
        record: teller.record,
        lines_are_records: false,
    })
}
