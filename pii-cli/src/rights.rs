//! Who may open values and make tokens: the file that says so, and what is said where nobody may.

use crate::exit::Failure;
use pii_core::Kind;
use pii_keys::guarded_text;
use pii_store::rights::FILE_LIMIT_BYTES;
use pii_store::{RevealError, Rights};
use std::path::Path;

/// Who may do what. Nobody but the file's owner may change it.
pub(crate) fn read(path: &Path, kinds: &[Kind]) -> Result<Rights, Failure> {
    let text = guarded_text(path, FILE_LIMIT_BYTES).map_err(Failure::usage)?;
    Rights::parse(&path.display().to_string(), &text, kinds).map_err(Failure::usage)
}

/// A refusal is one for all causes, with a code of its own.
pub(crate) fn failure(error: &RevealError) -> Failure {
    if error.is_request() {
        Failure::usage(error)
    } else if error.is_refused() {
        Failure::blocked(error)
    } else {
        Failure::input(error)
    }
}
