//! Paths that lead somewhere else than they seem to: routes go by what a path begins with, and an upstream that resolves dots would
//! take it to another route's place.

use crate::percent;
use crate::stop::{Stop, Why};

/// So often percent signs are undone: what one program undoes once another undoes twice, and nobody more often.
const ROUNDS: usize = 4;

/// A path as routes know it: percent signs undone, and one slash where several stand. Refused with `.` or `..` between slashes or
/// backslashes, and with a zero byte.
pub(crate) fn for_routing(path: &str) -> Result<String, Stop> {
    let wrong = |detail: &'static str| Err(Stop::new(Why::Path, detail).at("path"));
    let mut decoded = path.as_bytes().to_vec();
    for _ in 0..ROUNDS {
        decoded = undone(&decoded);
    }
    if undone(&decoded).len() != decoded.len() {
        return wrong("its percent signs stand for percent signs too often");
    }
    let leads_up = decoded.split(|byte| matches!(byte, b'/' | b'\\')).any(is_dots);
    if leads_up || decoded.contains(&0) {
        return wrong("write the path without dots that lead up");
    }
    decoded.dedup_by(|next, before| *next == b'/' && *before == b'/');
    Ok(String::from_utf8_lossy(&decoded).into_owned())
}

/// Whether a segment leads up or stays. What follows a semicolon is a parameter to some servers, and blanks are nothing.
fn is_dots(segment: &[u8]) -> bool {
    let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
    matches!(name.trim_ascii(), b"." | b"..")
}

/// Percent signs undone once.
fn undone(path: &[u8]) -> Vec<u8> {
    percent::undone(path, |byte, _| byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_are_refused() {
        for path in [
            "/sms/../x",
            "/..",
            "/./x",
            "/sms/%2e%2E/x",
            "/sms/%252e%252e/x",
            "/sms%2f..%2fx",
            "/sms/..\\x",
            "/sms/..;/x",
            "/sms/..%3bx=1/x",
            "/a%00",
            "/%2525252525252e",
        ] {
            assert!(for_routing(path).is_err(), "{path}");
        }
        for path in ["/", "/v1.0/sms", "/a..b", "/...", "/%E5%BC%A0", "/100%25", "/a%2"] {
            assert!(for_routing(path).is_ok(), "{path}");
        }
        assert_eq!(for_routing("//%76erify/a%20b").as_deref(), Ok("/verify/a b"));
    }
}
