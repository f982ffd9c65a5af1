//! What an address of PostgreSQL's own programs may say of TLS, and the client that is used here does not read.

use std::path::PathBuf;

/// The connection string without it, and the file of certificates that it names. `None` where that cannot be read.
///
/// Only addresses are looked into: what stands behind the last `?` of one is no password, since it would be escaped there.
pub(super) fn read(connection: &str) -> Option<(String, Option<PathBuf>)> {
    let is_address = ["postgres://", "postgresql://"].iter().any(|scheme| connection.starts_with(scheme));
    let Some((place, parameters)) = connection.rsplit_once('?').filter(|_| is_address) else {
        return Some((connection.to_owned(), None));
    };
    let (mut left, mut roots) = (Vec::new(), None);
    for parameter in parameters.split('&') {
        match parameter.split_once('=') {
            Some(("sslrootcert", path)) => roots = Some(unescaped(path).filter(|path| !path.is_empty())?.into()),
            // The certificate and its name are checked in any case.
            Some(("sslmode", "verify-ca" | "verify-full")) => left.push("sslmode=require"),
            _ => left.push(parameter),
        }
    }
    let question = if left.is_empty() { "" } else { "?" };
    Some((format!("{place}{question}{}", left.join("&")), roots))
}

/// A text with `%2F` and the like put back.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        if *first == b'%' {
            let (digits, behind) = behind.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = behind;
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok()
}
