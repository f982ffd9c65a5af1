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
    /// SQL: dumps of a data base, scripts.
    Sql,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 12] = [
        Self::Text,
        Self::Json,
        Self::Ndjson,
        Self::Form,
        Self::Multipart,
        Self::Xml,
        Self::Html,
        Self::Csv,
        Self::Tsv,
        Self::Fix,
        Self::Eml,
        Self::Sql,
    ];

    /// The name, as `--format` takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Xml => "xml",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Fix => "fix",
            Self::Eml => "eml",
            Self::Sql => "sql",
        }
    }

    /// Whether the end of a line ends a record, so that what stands on earlier lines is settled.
    pub(crate) fn is_lined(self) -> bool {
        matches!(self, Self::Text | Self::Ndjson | Self::Fix)
    }

    /// Whether a field of such an input may say where all of it goes. A column of a table is of many persons.
    pub(crate) fn has_receivers(self) -> bool {
        !matches!(self, Self::Csv | Self::Tsv | Self::Sql | Self::Fix)
    }
}
