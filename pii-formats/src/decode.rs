//! The decoders, one module a format.

pub(crate) mod csv;
pub(crate) mod eml;
pub(crate) mod fix;
pub(crate) mod form;
#[cfg(test)]
mod hostile_tests;
pub(crate) mod html;
pub(crate) mod json;
mod markup;
mod mime;
pub(crate) mod multipart;
mod naming;
mod number;
mod opaque;
mod run;
pub(crate) mod sql;
pub(crate) mod text;
mod whole;
pub(crate) mod xml;

use crate::Format;
use crate::sink::{Decode, Reading, Sink, SyntaxError};

/// A decoder of any format.
pub(crate) enum Decoder {
    Text(text::Lines),
    Json(Box<json::Json>),
    Form(form::Form),
    Multipart(multipart::MultipartDecoder),
    Xml(xml::XmlDecoder),
    Html(html::HtmlDecoder),
    Table(Box<csv::Table>),
    Fix(fix::Log),
    Eml(eml::EmlDecoder),
    Sql(Box<sql::Sql>),
    Flowed(mime::flowed::Flowed),
    FileName(mime::file_name::FileName),
    Opaque(opaque::Opaque),
}

impl Decoder {
    /// The decoder for what is read in this way.
    pub(crate) fn of(reading: Reading) -> Self {
        match reading {
            Reading::Format(format) => Self::new(format),
            Reading::Flowed { deletes_space } => Self::Flowed(mime::flowed::Flowed { deletes_space }),
            Reading::FileName => Self::FileName(mime::file_name::FileName),
            Reading::Markup => Self::Html(html::HtmlDecoder::of_fragment()),
        }
    }

    /// What shows the text of a page as one, where pages are read.
    pub(crate) fn page(&self) -> Option<html::Page> {
        match self {
            Self::Html(decoder) => Some(decoder.page()),
            _ => None,
        }
    }

    /// How much of the input of the last call is settled, where that call ended in an error.
    pub(crate) fn told(&self) -> usize {
        match self {
            Self::Table(table) => table.told(),
            _ => 0,
        }
    }

    /// The decoder for what is not read.
    pub(crate) fn opaque() -> Self {
        Self::Opaque(opaque::Opaque)
    }

    pub(crate) fn new(format: Format) -> Self {
        match format {
            Format::Text => Self::Text(text::Lines),
            Format::Json => Self::Json(Box::new(json::Json::documents())),
            Format::Ndjson => Self::Json(Box::new(json::Json::lines())),
            Format::Form => Self::Form(form::Form::default()),
            Format::Multipart => Self::Multipart(multipart::MultipartDecoder::new(None)),
            Format::Xml => Self::Xml(xml::XmlDecoder),
            Format::Html => Self::Html(html::HtmlDecoder::default()),
            Format::Csv => Self::Table(Box::new(csv::Table::delimited())),
            Format::Tsv => Self::Table(Box::new(csv::Table::tabbed())),
            Format::Fix => Self::Fix(fix::Log),
            Format::Eml => Self::Eml(eml::EmlDecoder),
            Format::Sql => Self::Sql(Box::default()),
        }
    }
}

/// A decoder that another one can take over from between two records.
pub(crate) trait Fork: Sized {
    /// One that reads on as this one would. `None` while this one is inside of something.
    fn fork(&self) -> Option<Self>;

    /// Whether this one stands between two records, and reads on as `other` would.
    fn reads_as(&self, other: &Self) -> bool;

    /// The last place in `window`, which begins between two records, where it looks as if two others met.
    fn cut(&self, window: &[u8]) -> Option<usize>;
}

/// The formats whose records end where a line does. The others are read in one go.
impl Fork for Decoder {
    fn fork(&self) -> Option<Self> {
        match self {
            Self::Text(decoder) => decoder.fork().map(Self::Text),
            Self::Json(decoder) => decoder.fork().map(|json| Self::Json(Box::new(json))),
            Self::Table(decoder) => decoder.fork().map(|table| Self::Table(Box::new(table))),
            Self::Fix(decoder) => decoder.fork().map(Self::Fix),
            _ => None,
        }
    }

    fn reads_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(decoder), Self::Text(other)) => decoder.reads_as(other),
            (Self::Json(decoder), Self::Json(other)) => decoder.reads_as(other),
            (Self::Table(decoder), Self::Table(other)) => decoder.reads_as(other),
            (Self::Fix(decoder), Self::Fix(other)) => decoder.reads_as(other),
            _ => false,
        }
    }

    fn cut(&self, window: &[u8]) -> Option<usize> {
        match self {
            Self::Text(decoder) => decoder.cut(window),
            Self::Json(decoder) => decoder.cut(window),
            Self::Table(decoder) => decoder.cut(window),
            Self::Fix(decoder) => decoder.cut(window),
            _ => None,
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
            Self::Table(decoder) => decoder.decode(input, end, sink),
            Self::Fix(decoder) => decoder.decode(input, end, sink),
            Self::Eml(decoder) => decoder.decode(input, end, sink),
            Self::Sql(decoder) => decoder.decode(input, end, sink),
            Self::Flowed(decoder) => decoder.decode(input, end, sink),
            Self::FileName(decoder) => decoder.decode(input, end, sink),
            Self::Opaque(decoder) => decoder.decode(input, end, sink),
        }
    }
}
