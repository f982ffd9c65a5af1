//! The list of codings that a header gives.

use super::{Coding, UnknownCoding};
use std::fmt;

/// More codings on top of each other are nothing that anybody sends.
const DEPTH_LIMIT: usize = 4;

/// The codings of a body, in the order in which they were applied. Empty: it is as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codings(Vec<Coding>);

impl Codings {
    /// Reads `Content-Encoding` (RFC 9110 §8.4): the values of all its lines, with commas between them. `identity` says nothing,
    /// nor does an empty element (§5.6.1.2).
    ///
    /// # Errors
    /// A coding that is not known here, or more than four.
    pub fn parse(value: &[u8]) -> Result<Self, UnknownCoding> {
        let mut codings = Vec::new();
        for (nth, name) in value.split(|b| *b == b',').map(<[u8]>::trim_ascii).enumerate() {
            if name.is_empty() || name.eq_ignore_ascii_case(b"identity") {
                continue;
            }
            if codings.len() == DEPTH_LIMIT {
                return Err(UnknownCoding::too_many(DEPTH_LIMIT));
            }
            codings.push(named(name).ok_or(UnknownCoding::at(nth + 1))?);
        }
        Ok(Self(codings))
    }

    /// Whether the body is as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The codings, the first one applied first.
    #[must_use]
    pub fn as_slice(&self) -> &[Coding] {
        &self.0
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [Coding] {
        &mut self.0
    }
}

impl FromIterator<Coding> for Codings {
    fn from_iter<I: IntoIterator<Item = Coding>>(codings: I) -> Self {
        Self(codings.into_iter().collect())
    }
}

/// As a header gives them.
impl fmt::Display for Codings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, coding) in self.0.iter().enumerate() {
            f.write_str(if nth > 0 { ", " } else { "" })?;
            f.write_str(coding.as_str())?;
        }
        Ok(())
    }
}

fn named(name: &[u8]) -> Option<Coding> {
    let known: [(&[u8], Coding); 5] = [
        (b"gzip", Coding::Gzip),
        (b"x-gzip", Coding::Gzip),
        (b"deflate", Coding::Deflate),
        (b"br", Coding::Brotli),
        (b"zstd", Coding::Zstd),
    ];
    known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, coding)| coding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_list_codings() {
        use Coding::{Brotli, Deflate, Gzip, Zstd};
        let cases: &[(&str, &[Coding])] = &[
            ("", &[]),
            ("identity", &[]),
            ("gzip", &[Gzip]),
            ("X-GZip", &[Gzip]),
            (" br ,, identity,zstd,", &[Brotli, Zstd]),
            ("deflate, gzip, br, zstd", &[Deflate, Gzip, Brotli, Zstd]),
        ];
        for (value, expected) in cases {
            assert_eq!(Codings::parse(value.as_bytes()).expect(value).as_slice(), *expected, "{value}");
        }
        assert_eq!(Codings::parse(b"x-gzip,BR").expect("known").to_string(), "gzip, br");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (value, told) in [
            ("compress", "content coding 1 is not one of gzip, deflate, br and zstd"),
            ("gzip, 13800138000", "content coding 2 is not one of gzip, deflate, br and zstd"),
            ("gzip;q=1", "content coding 1 is not one of gzip, deflate, br and zstd"),
            ("gzip br", "content coding 1 is not one of gzip, deflate, br and zstd"),
            ("gzip,gzip,gzip,gzip,gzip", "more than 4 content codings"),
        ] {
            assert_eq!(Codings::parse(value.as_bytes()).expect_err(value).to_string(), told);
        }
    }
}
