//! Inputs that are decided about as a whole, and in memory: messages and samples, no exports.

use crate::arguments::{EncodingArgument, FormatArgument};
use crate::exit::Failure;
use crate::input::Input;
use pii_formats::Options;
use std::io::Read as _;

/// The longest input that is read, in bytes.
const LIMIT_BYTES: u64 = 64 << 20;

/// All of an input.
pub(super) fn bytes(input: &Input) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = input.open()?.take(LIMIT_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::system(&input.name, &error))?;
    if bytes.len() as u64 > LIMIT_BYTES {
        let limit = LIMIT_BYTES >> 20;
        return Err(Failure::input(format!("{}: is over {limit} MiB: give a part of it, as a sample", input.name)));
    }
    Ok(bytes)
}

/// How `input` is read.
pub(super) fn options(format: FormatArgument, encoding: Option<EncodingArgument>, input: &Input) -> Options {
    Options {
        format: format.format(),
        charset: encoding.map(EncodingArgument::charset),
        name: input.path.as_ref().map(|path| path.display().to_string()),
        ..Options::default()
    }
}
