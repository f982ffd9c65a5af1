//! Header fields by what their values are (RFC 5322 §3.6, RFC 2045, RFC 2183).

use std::ops::Range;

/// What a header field's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Mailboxes.
    Addresses,
    /// Message identifiers.
    Identifiers,
    /// A value with parameters.
    Parameterised,
    /// What a host on the way wrote: addresses of machines, and for whom it took the message.
    Received,
    /// Signatures and what is said of them: addresses of machines and digests, which no edit may touch.
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
        "received" => Class::Received,
        "received-spf"
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

/// The words of a `Received` field (RFC 5321 §4.4) that stand before a mailbox: of the recipient, or of the sender.
const BEFORE_MAILBOX: [&[u8]; 2] = [b"for", b"envelope-from"];

/// The mailboxes in the value of a `Received` field. Everything else in it is about machines.
pub(crate) fn mailboxes(input: &[u8], value: Range<usize>) -> Vec<Range<usize>> {
    let ends_word = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'<' | b'>' | b'(' | b')' | b';' | b',' | b'=');
    let mut found = Vec::new();
    let (mut at, mut is_next) = (value.start, false);
    for word in input[value].split(ends_word) {
        if is_next && word.contains(&b'@') {
            found.push(at..at + word.len());
        }
        is_next &= word.is_empty();
        is_next |= BEFORE_MAILBOX.iter().any(|before| word.eq_ignore_ascii_case(before));
        at += word.len() + 1;
    }
    found
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
            ("Received", Class::Received),
            ("DKIM-Signature", Class::Trace),
            ("Subject", Class::Text),
            ("X-Customer", Class::Text),
            ("", Class::Text),
        ] {
            assert_eq!(class(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn a_trace_tells_its_mailboxes_and_no_machines() {
        for (value, expected) in [
            ("from a.cn (b.cn [10.0.0.1]) by c.cn with ESMTP id 4@d for <z@x.cn>; Mon, 5 Jan 2026", &["z@x.cn"][..]),
            ("by c.cn\r\n\tFOR z@x.cn; Mon", &["z@x.cn"]),
            ("from a (envelope-from <y@x.cn>) by b for <z@x.cn>", &["y@x.cn", "z@x.cn"]),
            ("by b (envelope-from=y@x.cn)", &["y@x.cn"]),
            ("from a@b by c id <1@d> for x", &[]),
            ("for", &[]),
            ("", &[]),
        ] {
            let found = mailboxes(value.as_bytes(), 0..value.len());
            let found: Vec<&str> = found.into_iter().map(|range| &value[range]).collect();
            assert_eq!(found, expected, "{value}");
        }
    }
}
