//! Formats that are read when all of the document is there, and how large it may be.

use crate::sink::SyntaxError;

/// The largest document that is held in memory, in bytes.
pub(crate) const DOCUMENT_LIMIT_BYTES: usize = 64 << 20;

/// Whether `input` is the whole document. An error as soon as it is over the limit, whether or not more follows.
pub(crate) fn is_whole(input: &[u8], end: bool) -> Result<bool, SyntaxError> {
    if input.len() > DOCUMENT_LIMIT_BYTES {
        let what = "document is longer than 64 MiB";
        return Err(SyntaxError { at: DOCUMENT_LIMIT_BYTES, what, is_limit: true });
    }
    Ok(end)
}

/// An input that is not what its format says.
pub(crate) fn broken(at: usize, what: &'static str) -> SyntaxError {
    SyntaxError { at, what, is_limit: false }
}

/// An input that is over a limit.
pub(crate) fn over(at: usize, what: &'static str) -> SyntaxError {
    SyntaxError { at, what, is_limit: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_whole_at_its_end_and_within_the_limit() {
        assert_eq!(is_whole(b"abc", false), Ok(false));
        assert_eq!(is_whole(b"abc", true), Ok(true));
        let long = vec![b' '; DOCUMENT_LIMIT_BYTES + 1];
        for end in [false, true] {
            assert!(is_whole(&long, end).is_err_and(|e| e.is_limit && e.at == DOCUMENT_LIMIT_BYTES));
        }
        assert_eq!(is_whole(&long[1..], true), Ok(true));
    }
}
