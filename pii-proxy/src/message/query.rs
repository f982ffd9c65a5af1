//! What stands behind the question mark: a form (WHATWG URL §5.1), masked in its place.

use super::Found;
use super::masked::{self, Told};
use super::prepared::Prepared;
use crate::stop::Stop;
use pii_formats::{Format, Options, Report};

fn options() -> Options {
    Options { format: Some(Format::Form), ..Options::default() }
}

/// The query that leaves, if it is another one.
pub(super) fn inspect(query: &str, prepared: &Prepared, found: &mut Found) -> Result<Option<String>, Stop> {
    let masked = masked::whole(
        query.as_bytes(),
        &options(),
        Told { prepared, masker: &prepared.of_query, before: "query ", found },
        None,
    )?;
    // What is put there is percent-encoded, as all of it was.
    Ok(masked.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// What would be decided on it.
pub(super) fn decided(query: &str, prepared: &Prepared) -> Result<Vec<Report>, Stop> {
    masked::decided(query.as_bytes(), &options(), &prepared.of_query)
}
