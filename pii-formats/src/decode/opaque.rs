//! What is not read: all of it passes as it came.

use crate::sink::{Decode, Sink, SyntaxError};

/// Reads nothing.
pub(crate) struct Opaque;

impl Decode for Opaque {
    fn decode<S: Sink>(&mut self, input: &[u8], _end: bool, _sink: &mut S) -> Result<usize, SyntaxError> {
        Ok(input.len())
    }
}
