//! The decoders, one module a format.

pub(crate) mod csv;
pub(crate) mod eml;
pub(crate) mod fix;
pub(crate) mod form;
pub(crate) mod html;
pub(crate) mod json;
mod markup;
mod mime;
pub(crate) mod multipart;
mod run;
pub(crate) mod text;
#[cfg(test)]
mod hostile_tests;
mod whole;
pub(crate) mod xml;

use crate::Format;
use crate::sink::{Decode, Sink, SyntaxError};

/// A decoder of any format.
pub(crate) enum Decoder {
    Text(text::Text),
    Json(Box<json::Json>),
    Form(form::Form),
    Multipart(multipart::MultipartDecoder),
    Xml(xml::XmlDecoder),
    Html(html::HtmlDecoder),
    Csv(Box<csv::Csv>),
    Fix(fix::Fix),
    Eml(eml::EmlDecoder),
}

impl Decoder {
    pub(crate) fn new(format: Format) -> Self {
        match format {
            Format::Text => Self::Text(text::Text::default()),
            Format::Json => Self::Json(Box::new(json::Json::documents())),
            Format::Ndjson => Self::Json(Box::new(json::Json::lines())),
            Format::Form => Self::Form(form::Form::default()),
            Format::Multipart => Self::Multipart(multipart::MultipartDecoder::new(None)),
            Format::Xml => Self::Xml(xml::XmlDecoder::default()),
            Format::Html => Self::Html(html::HtmlDecoder::default()),
            Format::Csv => Self::Csv(Box::new(csv::Csv::csv())),
            Format::Tsv => Self::Csv(Box::new(csv::Csv::tsv())),
            Format::Fix => Self::Fix(fix::Fix::default()),
            Format::Eml => Self::Eml(eml::EmlDecoder::default()),
        }
    }
}

impl Decode for Decoder {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        match self {
            Self::Text(decoder) => decoder.decode(input, end, sink),
            Self::Json(decoder) => decoder.decode(input, end, sink),
            Self::Form(decoder) => decoder.decode(input, end, sink),
            Self::Multipart(decoder) => decoder.decode(input, end, sink),
            Self::Xml(decoder) => decoder.decode(input, end, sink),
            Self::Html(decoder) => decoder.decode(input, end, sink),
            Self::Csv(decoder) => decoder.decode(input, end, sink),
            Self::Fix(decoder) => decoder.decode(input, end, sink),
            Self::Eml(decoder) => decoder.decode(input, end, sink),
        }
    }
}
