//! What a sealed value is bound to.

/// Where a value belongs. It opens there and nowhere else, so that nobody can put one client's sealed number into another
/// client's record. All three may be empty; whoever opens has to say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound<'a> {
    /// The record: a row's key, a message's id. Never a value of a person, unless it is a surrogate.
    pub record: &'a str,
    /// The field, by its meaning: the kind's name.
    pub field: &'a str,
    /// What the value was given for.
    pub purpose: &'a str,
}

impl Bound<'_> {
    /// The associated data: `header`, then each part behind its length in eight bytes, so that no two places are written
    /// alike.
    pub(super) fn associated_data(&self, header: &[u8]) -> Vec<u8> {
        let parts = [USE, header, self.record.as_bytes(), self.field.as_bytes(), self.purpose.as_bytes()];
        framed(&parts)
    }
}

const USE: &[u8] = b"pii sealed value 1";

/// The parts, each behind its length in eight bytes.
pub(super) fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_places_are_written_alike() {
        let all = ["", "a", "b", "ab", "ba", "\0", "a\0"];
        let mut written = BTreeSet::new();
        for record in all {
            for field in all {
                for purpose in all {
                    assert!(written.insert(Bound { record, field, purpose }.associated_data(b"h")));
                }
            }
        }
        assert!(written.insert(Bound { record: "", field: "", purpose: "" }.associated_data(b"")));
    }
}
