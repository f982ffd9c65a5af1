//! The formats that the command takes, by name.

/// A format of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Lines of text.
    Text,
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// XML.
    Xml,
    /// HTML.
    Html,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// FIX `tag=value`.
    Fix,
    /// Internet messages.
    Eml,
    /// SQL.
    Sql,
}

impl Format {
    /// Every format.
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

    /// What `--format` calls it.
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

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}
