//! What can be wrong with a coded body.

use super::Coding;
use std::fmt;

/// A content coding that is not known here, or too many of them (415 in HTTP). Says which by its place in the list: its name may
/// be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCoding(Unknown);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unknown {
    At(usize),
    TooMany(usize),
}

impl UnknownCoding {
    pub(super) fn at(place: usize) -> Self {
        Self(Unknown::At(place))
    }

    pub(super) fn too_many(limit: usize) -> Self {
        Self(Unknown::TooMany(limit))
    }
}

impl fmt::Display for UnknownCoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Unknown::At(place) => write!(f, "content coding {place} is not one of gzip, deflate, br and zstd"),
            Unknown::TooMany(limit) => write!(f, "more than {limit} content codings"),
        }
    }
}

impl std::error::Error for UnknownCoding {}

/// A coded body that is not read: over a limit (413 in HTTP), or not what its coding says (422). Never holds any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodingError {
    coding: Coding,
    fault: Fault,
}

/// What is wrong, whatever the coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It ends too early.
    Truncated,
    /// Something stands behind its end.
    Trailing,
    /// The content is not what its check sum or length says.
    Contradicted,
    /// It is not in the format, or uses what nobody may.
    Malformed(&'static str),
    /// It holds something that readers pass over.
    Hidden(&'static str),
    /// It has more content than is taken, in bytes.
    TooLong(usize),
    /// It has more content than so many times its length.
    TooDense(usize),
    /// It takes more of something else than it is given.
    TooMuch(&'static str),
}

impl CodingError {
    pub(super) fn new(coding: Coding, fault: Fault) -> Self {
        Self { coding, fault }
    }

    /// The coding that was being undone.
    #[must_use]
    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// The body is well-formed as far as it was read, but over a limit.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        matches!(self.fault, Fault::TooLong(_) | Fault::TooDense(_) | Fault::TooMuch(_))
    }
}

impl fmt::Display for CodingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.coding.as_str())?;
        match self.fault {
            Fault::Truncated => f.write_str("it ends too early"),
            Fault::Trailing => f.write_str("something follows its end"),
            Fault::Contradicted => f.write_str("its content is not what its check sum or length says"),
            Fault::Malformed(what) => f.write_str(what),
            Fault::Hidden(what) => write!(f, "it holds {what}, which no receiver reads and nobody has looked at"),
            Fault::TooLong(limit) => write!(f, "over a limit: more than {limit} bytes of content"),
            Fault::TooDense(limit) => write!(f, "over a limit: more than {limit} times as long as it was coded"),
            Fault::TooMuch(what) => write!(f, "over a limit: {what}"),
        }
    }
}

impl std::error::Error for CodingError {}
