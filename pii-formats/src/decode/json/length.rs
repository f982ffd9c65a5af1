//! Whether a JSON document begins here, and where it ends: for finding JSON in text.

use super::{Arrived, Expect, Held, Json};
use crate::sink::{Draft, Nested, RecordId, Sink, SyntaxError};
use pii_core::Evidence;

/// The length of the array or object at the front of `bytes`, or up to where it could be read.
pub(crate) fn document_len(bytes: &[u8]) -> Result<usize, usize> {
    let mut json = Json::documents();
    // Holding a value that never ends keeps the decoder silent.
    json.held = Some(Held { start: 0, depth: usize::MAX });
    let arrived = Arrived { input: bytes, is_end: true };
    let mut at = 0;
    while json.expect != Expect::AfterDocument {
        at = json.skip_space(bytes, at).map_err(|error| error.at)?;
        let &byte = bytes.get(at).ok_or(bytes.len())?;
        // Everything has arrived, so nothing is waited for.
        at = json.item(arrived, at, byte, &mut Nobody).map_err(|error| error.at)?.ok_or(bytes.len())?;
    }
    Ok(at)
}

/// Listens to nothing.
struct Nobody;

impl Sink for Nobody {
    fn evidence_of(&mut self, _: &[u8]) -> Evidence {
        Evidence::none()
    }

    fn judge_column(&mut self, _: Option<&[u8]>, _: &[&[u8]]) -> Evidence {
        Evidence::none()
    }

    fn open_record(&mut self) -> RecordId {
        RecordId(0)
    }

    fn close_record(&mut self, _: RecordId) {}

    fn segment(&mut self, _: Draft<'_>) -> Result<(), SyntaxError> {
        Ok(())
    }

    fn nested(&mut self, _: Nested<'_>) -> Result<(), SyntaxError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_end_where_their_bracket_closes() {
        let cases = [
            (r#"{"a":[1,{"b":"}"}]} cost=3"#, Ok(19)),
            ("[]", Ok(2)),
            ("[1]2", Ok(3)),
            (r#"{"a":1"#, Err(6)),
            (r#"{"a""#, Err(4)),
            (r#"{"a":x}"#, Err(5)),
            ("[INFO]", Err(1)),
            ("", Err(0)),
        ];
        for (text, expected) in cases {
            assert_eq!(document_len(text.as_bytes()), expected, "{text}");
        }
    }
}
