//! What a place says about the value in it: the name of its field, the column that it stands in.

use crate::aside::Aside;

/// What is known about a value before it is looked at. Made by [`crate::Engine`] from field names and columns, copied
/// with every segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The label that the field's name stands for: an index into the rules' labels.
    pub(crate) field: Option<u16>,
    /// The second label of a name that stands for two: 证件号码（统一社会信用代码）.
    pub(crate) also: Option<u16>,
    /// The kind that a column's values are of: an index into the rules.
    pub(crate) column: Option<u16>,
    /// The value is a cell of a row or a field of an object, so it stands alone.
    pub(crate) whole: bool,
    /// Values of this field go as a whole, whatever type they have (credentials, biometrics).
    pub(crate) takes_whole: bool,
    /// What the field, known to the rules or not, says of the person by its name alone: `age`, `gender`.
    pub(crate) tells: Aside,
}

impl Evidence {
    /// The labels that the field's name stands for.
    pub(crate) fn fields(self) -> impl Iterator<Item = u16> {
        [self.field, self.also].into_iter().flatten()
    }

    /// Nothing is known: free text.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether the field's name is one that a rule knows, as personal or as harmless.
    #[must_use]
    pub fn is_labelled(self) -> bool {
        self.field.is_some() || self.column.is_some()
    }

    /// Whether its field says an age or a sex, so that [`crate::Engine::aside`] has to read it though nothing is found in it.
    #[must_use]
    pub fn tells_aside(self) -> bool {
        !self.tells.is_empty()
    }

    /// Whether an array or object in this field is one value, to be replaced as a whole (a face embedding in `faceFeature`).
    #[must_use]
    pub fn takes_whole(self) -> bool {
        self.takes_whole
    }
}
