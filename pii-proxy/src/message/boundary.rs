//! A multipart body begins with the boundary that its type names: one that began with another would be read there in other
//! parts than here (RFC 2046 §5.1.1).

/// Whether `body` begins with `--boundary` on a line of its own.
pub(super) fn begins(body: &[u8], boundary: &str) -> bool {
    let body = body.strip_prefix(b"\r\n").unwrap_or(body);
    let rest = body.strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary.as_bytes()));
    rest.is_some_and(|rest| rest.starts_with(b"\r\n"))
}

#[cfg(test)]
mod tests {
    use super::begins;

    #[test]
    fn another_boundary_is_another_body() {
        assert!(begins(b"--a\r\nContent-Disposition: form-data\r\n", "a"));
        for body in [&b"--ab\r\n"[..], b"--b\r\n--a\r\n", b"preamble\r\n--a\r\n", b"--a", b"--a\n", b""] {
            assert!(!begins(body, "a"), "{}", body.escape_ascii());
        }
    }
}
