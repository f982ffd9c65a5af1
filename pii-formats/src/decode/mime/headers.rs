//! Header fields by what their values are (RFC 5322 §3.6, RFC 2045, RFC 2183).

/// What a header field's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Mailboxes.
    Addresses,
    /// Message identifiers.
    Identifiers,
    /// A value with parameters.
    Parameterised,
    /// What hosts on the way wrote, and signatures: addresses of machines and digests, which no edit may touch.
    Trace,
    /// Text, and everything unknown.
    Text,
}

/// The class of the field `name`.
pub(crate) fn class(name: &[u8]) -> Class {
    let name = name.to_ascii_lowercase();
    let name = str::from_utf8(&name).unwrap_or_default();
    match name.strip_prefix("resent-").unwrap_or(name) {
        "from"
        | "to"
        | "cc"
        | "bcc"
        | "reply-to"
        | "sender"
        | "return-path"
        | "delivered-to"
        | "x-original-to"
        | "envelope-to"
        | "x-envelope-to"
        | "x-envelope-from"
        | "disposition-notification-to"
        | "return-receipt-to"
        | "errors-to"
        | "apparently-to"
        | "mail-followup-to"
        | "x-sender"
        | "x-receiver" => Class::Addresses,
        "message-id" | "in-reply-to" | "references" | "content-id" => Class::Identifiers,
        "content-type" | "content-disposition" => Class::Parameterised,
        "received"
        | "received-spf"
        | "dkim-signature"
        | "domainkey-signature"
        | "x-google-dkim-signature"
        | "authentication-results"
        | "arc-seal"
        | "arc-message-signature"
        | "arc-authentication-results" => Class::Trace,
        _ => Class::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_their_class() {
        for (name, expected) in [
            ("From", Class::Addresses),
            ("RESENT-To", Class::Addresses),
            ("Message-ID", Class::Identifiers),
            ("Content-type", Class::Parameterised),
            ("Received", Class::Trace),
            ("Subject", Class::Text),
            ("X-Customer", Class::Text),
            ("", Class::Text),
        ] {
            assert_eq!(class(name.as_bytes()), expected, "{name}");
        }
    }
}
