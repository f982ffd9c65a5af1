//! The formats, by name.

/// A format of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Lines of text.
    Text,
    /// One JSON document, or several with white space between them.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data` and other multipart bodies.
    Multipart,
    /// XML, SOAP.
    Xml,
    /// HTML.
    Html,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// FIX `tag=value` logs.
    Fix,
    /// Internet messages (RFC 5322, MIME).
    Eml,
}
