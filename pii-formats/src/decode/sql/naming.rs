//! Which name speaks for a literal outside rows: the one before `=`, `IN`, `LIKE`, `BETWEEN`.

/// Follows names and operators.
#[derive(Default)]
pub(super) struct Naming {
    /// The last name, which an operator may follow.
    candidate: Vec<u8>,
    /// The name before the last operator.
    subject: Vec<u8>,
    /// How many brackets are around the operator. `None`: there is none, or its value is over.
    depth: Option<u32>,
}

impl Naming {
    /// The name that speaks for a literal here.
    pub(super) fn subject(&self) -> &[u8] {
        if self.depth.is_some() { &self.subject } else { &[] }
    }

    /// A name: of a column, of a variable (`@idno`), or of a function.
    pub(super) fn name(&mut self, name: &[u8]) {
        let start = name.iter().position(|&b| b != b'@').unwrap_or(name.len());
        self.candidate.clear();
        self.candidate.extend_from_slice(&name[start..]);
    }

    /// An operator with `depth` brackets around it.
    pub(super) fn compare(&mut self, depth: u32) {
        if !self.candidate.is_empty() {
            std::mem::swap(&mut self.subject, &mut self.candidate);
            self.candidate.clear();
            self.depth = Some(depth);
        }
    }

    /// A bracket opens: a name before it is a function's, and what the function is given is about the same column.
    pub(super) fn open(&mut self) {
        if self.depth.is_some() {
            self.candidate.clear();
        }
    }

    /// A bracket closes, and `depth` are left.
    pub(super) fn close(&mut self, depth: u32) {
        if self.depth.is_some_and(|around| depth < around) {
            self.depth = None;
        }
    }

    /// A comma: inside brackets the list goes on, outside another assignment begins.
    pub(super) fn comma(&mut self, depth: u32) {
        self.candidate.clear();
        if self.depth.is_some_and(|around| depth <= around) {
            self.depth = None;
        }
    }

    /// A word of the language that ends what was said.
    pub(super) fn end(&mut self) {
        self.candidate.clear();
        self.depth = None;
    }
}
