//! What can be wrong with the framing of a request.

use std::fmt;

/// Why a connection ends here. Says what kind of thing was wrong, never with which bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A LF without a CR before it ends a line (RFC 9112 §2.2 lets a recipient take it for a line's end; nothing here does).
    BareLineFeed,
    /// A CR without a LF behind it (RFC 9112 §2.2).
    BareCarriageReturn,
    /// NUL or another control character in a head (RFC 9110 §5.5).
    ControlCharacter,
    /// More than one empty line before a request line (RFC 9112 §2.2).
    EmptyLines,
    /// White space before the request line, or between it and the first field (RFC 9112 §2.2).
    LeadingSpace,
    /// The request line is over its limit (RFC 9112 §3).
    RequestLineTooLong,
    /// The request line is not a method, a target and a version with one space between them (RFC 9112 §3).
    RequestLine,
    /// The method is no token (RFC 9110 §9.1).
    Method,
    /// The target has characters that none may have (RFC 9112 §3.2, RFC 3986).
    TargetCharacter,
    /// The target has a fragment (RFC 9112 §3.2: it is not sent).
    TargetFragment,
    /// The target is in none of the four forms, or in one that its method does not have (RFC 9112 §3.2).
    TargetForm,
    /// The target's authority is no host with a port: user information, for instance (RFC 9110 §4.2.4).
    TargetAuthority,
    /// The version is not written as one (RFC 9112 §2.3).
    VersionMalformed,
    /// The version is neither 1.0 nor 1.1.
    VersionUnsupported,
    /// The connection begins as HTTP/2, and that is not served here (RFC 9113 §3.4).
    Http2NotServed,
    /// A field line is over its limit (RFC 9110 §5.4).
    FieldLineTooLong,
    /// The head is over its limit (RFC 9110 §5.4).
    HeadTooLong,
    /// More fields than the limit (RFC 9110 §5.4).
    TooManyFields,
    /// A line that goes on from the line before it (RFC 9112 §5.2).
    ObsoleteFolding,
    /// A field line without a colon (RFC 9112 §5).
    FieldWithoutColon,
    /// A field line that begins with its colon (RFC 9112 §5).
    FieldWithoutName,
    /// White space between a field's name and its colon (RFC 9112 §5.1).
    SpaceBeforeColon,
    /// A field's name is no token (RFC 9110 §5.1).
    FieldName,
    /// A name that is one of those that frame a message once `_` is read as `-`, as CGI and its heirs do.
    FieldNameDisguised,
    /// More than one `Content-Length`, equal ones too (RFC 9112 §6.3 lets a recipient merge those; nothing here does).
    ContentLengthTwice,
    /// `Content-Length` is not digits only (RFC 9110 §8.6).
    ContentLengthMalformed,
    /// `Content-Length` is over 2⁶³ − 1. A limit on what a body may have is the service's.
    ContentLengthOverflow,
    /// `Content-Length` beside `Transfer-Encoding` (RFC 9112 §6.3).
    ContentLengthWithTransferEncoding,
    /// More than one `Transfer-Encoding` (RFC 9112 §6.1).
    TransferEncodingTwice,
    /// `Transfer-Encoding` is anything but `chunked` alone (RFC 9112 §6.1, §7).
    TransferEncodingUnsupported,
    /// `Transfer-Encoding` in a request of HTTP/1.0 (RFC 9112 §6.1).
    TransferEncodingInVersion10,
    /// No `Host` in a request of HTTP/1.1 (RFC 9112 §3.2).
    HostMissing,
    /// More than one `Host` (RFC 9112 §3.2).
    HostTwice,
    /// `Host` is no host with or without a port (RFC 9110 §7.2).
    HostInvalid,
    /// `Host` is not that of the target (RFC 9112 §3.2.2, §3.2.3).
    HostDiffers,
    /// A body with CONNECT (RFC 9110 §9.3.6).
    ConnectWithBody,
    /// The wish to go on in HTTP/2 (RFC 9113 §3.1).
    H2cUpgrade,
    /// `Connection` names a field that is not of one hop (RFC 9110 §7.6.1).
    ConnectionNamesField,
    /// A chunk's size is no hexadecimal number (RFC 9112 §7.1).
    ChunkSize,
    /// A chunk's size has more than 16 digits (RFC 9112 §7.1).
    ChunkSizeTooLong,
    /// A chunk has an extension (RFC 9112 §7.1.1 lets a recipient ignore it; nothing here does).
    ChunkExtension,
    /// A chunk's size, or the last chunk, is followed by a CR or a LF alone (RFC 9112 §2.2, §7.1).
    ChunkLineEnd,
    /// A chunk's data does not end where its size says (RFC 9112 §7.1).
    ChunkEnd,
    /// Fields behind the last chunk (RFC 9112 §7.1.2).
    Trailers,
}

/// The word and the reason of every fault, in the order of the variants.
const TOLD: [(Fault, &str, &str); Fault::Trailers as usize + 1] = [
    (Fault::BareLineFeed, "bare-lf", "a line feed without a carriage return"),
    (Fault::BareCarriageReturn, "bare-cr", "a carriage return without a line feed"),
    (Fault::ControlCharacter, "control-character", "a control character in the head"),
    (Fault::EmptyLines, "empty-lines", "more than one empty line before the request"),
    (Fault::LeadingSpace, "leading-space", "white space before the request line or the first field"),
    (Fault::RequestLineTooLong, "request-line-too-long", "the request line is over the limit"),
    (Fault::RequestLine, "request-line", "the request line is not a method, a target and a version"),
    (Fault::Method, "method", "the method is no token"),
    (Fault::TargetCharacter, "target-character", "a character that no target may have"),
    (Fault::TargetFragment, "target-fragment", "the target has a fragment"),
    (Fault::TargetForm, "target-form", "the target has not the form that its method asks for"),
    (Fault::TargetAuthority, "target-authority", "the target's authority is no host and port"),
    (Fault::VersionMalformed, "version-malformed", "the version is not written as one"),
    (Fault::VersionUnsupported, "version-unsupported", "the version is neither 1.0 nor 1.1"),
    (Fault::Http2NotServed, "http2-not-served", "HTTP/2 is not served here"),
    (Fault::FieldLineTooLong, "field-line-too-long", "a field is over the limit"),
    (Fault::HeadTooLong, "head-too-long", "the head is over the limit"),
    (Fault::TooManyFields, "too-many-fields", "more fields than the limit"),
    (Fault::ObsoleteFolding, "obs-fold", "a field goes on in a second line"),
    (Fault::FieldWithoutColon, "field-without-colon", "a field without a colon"),
    (Fault::FieldWithoutName, "field-without-name", "a field without a name"),
    (Fault::SpaceBeforeColon, "space-before-colon", "white space before a colon"),
    (Fault::FieldName, "field-name", "a field's name is no token"),
    (Fault::FieldNameDisguised, "field-name-disguised", "a field's name is a framing field's but for underscores"),
    (Fault::ContentLengthTwice, "content-length-twice", "more than one Content-Length"),
    (Fault::ContentLengthMalformed, "content-length-malformed", "Content-Length is not digits only"),
    (Fault::ContentLengthOverflow, "content-length-overflow", "Content-Length is too large to count"),
    (
        Fault::ContentLengthWithTransferEncoding,
        "content-length-with-transfer-encoding",
        "Content-Length beside Transfer-Encoding",
    ),
    (Fault::TransferEncodingTwice, "transfer-encoding-twice", "more than one Transfer-Encoding"),
    (Fault::TransferEncodingUnsupported, "transfer-encoding-unsupported", "Transfer-Encoding is not just chunked"),
    (Fault::TransferEncodingInVersion10, "transfer-encoding-in-version-10", "Transfer-Encoding in HTTP/1.0"),
    (Fault::HostMissing, "host-missing", "no Host"),
    (Fault::HostTwice, "host-twice", "more than one Host"),
    (Fault::HostInvalid, "host-invalid", "Host is no host and port"),
    (Fault::HostDiffers, "host-differs", "Host is not that of the target"),
    (Fault::ConnectWithBody, "connect-with-body", "a body with CONNECT"),
    (Fault::H2cUpgrade, "h2c-upgrade", "an upgrade to HTTP/2 in clear"),
    (Fault::ConnectionNamesField, "connection-names-field", "Connection names a field that is not of one hop"),
    (Fault::ChunkSize, "chunk-size", "a chunk's size is no hexadecimal number"),
    (Fault::ChunkSizeTooLong, "chunk-size-too-long", "a chunk's size has more than 16 digits"),
    (Fault::ChunkExtension, "chunk-extension", "a chunk has an extension"),
    (Fault::ChunkLineEnd, "chunk-line-end", "a line of a chunk does not end in CRLF"),
    (Fault::ChunkEnd, "chunk-end", "a chunk's data does not end where its size says"),
    (Fault::Trailers, "trailers", "fields behind the last chunk"),
];

const _: () = {
    let mut at = 0;
    while at < TOLD.len() {
        assert!(TOLD[at].0 as usize == at, "the table is in the order of the variants");
        at += 1;
    }
};

impl Fault {
    /// Every fault there is.
    pub fn all() -> impl Iterator<Item = Self> {
        TOLD.iter().map(|(fault, ..)| *fault)
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::RequestLineTooLong => 414,
            Self::FieldLineTooLong | Self::HeadTooLong | Self::TooManyFields => 431,
            Self::VersionUnsupported | Self::Http2NotServed => 505,
            _ => 400,
        }
    }

    /// Whether it is in a body, so that the service has had the head already.
    #[must_use]
    pub fn is_in_body(self) -> bool {
        self as usize >= Self::ChunkSize as usize
    }

    /// The word for it in answers, metrics and logs.
    #[must_use]
    pub fn word(self) -> &'static str {
        TOLD[self as usize].1
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TOLD[*self as usize].2)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_fault_has_a_word_of_its_own() {
        let words: BTreeSet<&str> = Fault::all().map(Fault::word).collect();
        assert_eq!(words.len(), Fault::all().count());
        assert!(
            words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        );
    }

    #[test]
    fn those_of_bodies_are_the_ones_of_chunks() {
        let in_bodies: Vec<Fault> = Fault::all().filter(|fault| fault.is_in_body()).collect();
        assert_eq!(in_bodies.len(), 6);
        assert!(in_bodies.iter().all(|fault| fault.status() == 400));
        assert!(!Fault::ConnectionNamesField.is_in_body());
    }
}
