//! What bytes go through: a session, and with `--verify` another one that reads what comes out. Both can go on from the
//! middle of an input.

use crate::exit::Failure;
use crate::verify::Check;
use pii_formats::{Continuation, Error, Masker, Mode, Options, Output, Position, Session};
use std::sync::{Mutex, PoisonError};

/// How the bytes of all inputs are taken through, and what is made of what comes out.
pub(crate) struct Course<'m, B> {
    masker: &'m Masker,
    mode: Mode,
    verifies: bool,
    /// Takes all that there is in an output of the input with this name. Done where the piece is worked on.
    digest: Digest<'m, B>,
    /// Passages to be used again.
    spare: Mutex<Vec<Passage<'m>>>,
}

/// What makes a batch of an output.
pub(crate) type Digest<'m, B> = Box<dyn Fn(&str, &mut Output) -> B + Sync + 'm>;

/// A batch, and whether all went well with the bytes that it was made of. If not, the batch is what was ready before.
pub(crate) type Outcome<B> = (B, Result<(), Failure>);

/// One way through.
pub(crate) struct Passage<'m> {
    session: Session<'m>,
    check: Option<Check<'m>>,
    output: Output,
}

/// How a passage is read on from a place between two records.
pub(crate) struct Footing {
    input: Continuation,
    check: Option<Continuation>,
}

impl Footing {
    /// Where to cut `window`, which begins here.
    pub(crate) fn cut(&self, window: &[u8]) -> Option<usize> {
        self.input.cut(window)
    }
}

impl<'m, B> Course<'m, B> {
    pub(crate) fn new(masker: &'m Masker, mode: Mode, verifies: bool, digest: Digest<'m, B>) -> Self {
        Self { masker, mode, verifies, digest, spare: Mutex::new(Vec::new()) }
    }

    /// A passage from the beginning of an input.
    pub(crate) fn begin(&self, options: &Options) -> Passage<'m> {
        let session = || self.masker.session(self.mode, options.clone());
        Passage { session: session(), check: self.verifies.then(|| Check::new(session())), output: Output::default() }
    }

    /// A passage from the middle of one.
    pub(crate) fn go_on(&self, from: &Footing, at: &Position) -> Passage<'m> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut passage = spare.unwrap_or_else(|| self.begin(&Options::default()));
        passage.session.go_on_from(&from.input, at);
        if let (Some(check), Some(from)) = (&mut passage.check, &from.check) {
            check.go_on_from(from, at);
        }
        passage
    }

    /// Keeps a passage for another piece, and leaves none.
    pub(crate) fn put_by(&self, passage: Passage<'m>) -> Option<Passage<'m>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(passage);
        None
    }

    /// Takes the next bytes of the input `name` through.
    pub(crate) fn push(&self, passage: &mut Passage<'m>, name: &str, bytes: &[u8]) -> Outcome<B> {
        let outcome = passage.session.push(bytes, &mut passage.output);
        self.digest(name, outcome, &mut passage.output, passage.check.as_mut())
    }

    /// Says that the input `name` has ended.
    pub(crate) fn finish(&self, passage: Passage<'m>, name: &str) -> Outcome<B> {
        let Passage { session, mut check, mut output } = passage;
        let outcome = session.finish(&mut output);
        let (batch, outcome) = self.digest(name, outcome, &mut output, check.as_mut());
        (batch, outcome.and_then(|()| check.map_or(Ok(()), |check| check.finish(name))))
    }

    fn digest(
        &self,
        name: &str,
        outcome: Result<(), Error>,
        output: &mut Output,
        check: Option<&mut Check<'m>>,
    ) -> Outcome<B> {
        let checked = check.map_or(Ok(()), |check| check.push(name, &output.bytes));
        if checked.is_err() {
            output.bytes.clear();
        }
        let batch = (self.digest)(name, output);
        (batch, checked.and(outcome.map_err(|error| Failure::of(name, &error))))
    }
}

impl Passage<'_> {
    /// How another passage could go on from the [`position`](Self::position). `None` where something that was read is not
    /// decided yet.
    pub(crate) fn footing(&self) -> Option<Footing> {
        let check = self.check.as_ref().map(Check::continuation);
        // Of the output nothing is unread then: it is not read from its middle.
        let is_behind = matches!(check, Some(None));
        let input = self.session.continuation().filter(|_| !is_behind)?;
        Some(Footing { input, check: check.flatten() })
    }

    /// Whether a passage from `footing` would go on as this one does.
    pub(crate) fn is_at(&self, footing: &Footing) -> bool {
        let is_check_at = match (&self.check, &footing.check) {
            (Some(check), Some(footing)) => check.is_at(footing),
            (check, footing) => check.is_none() && footing.is_none(),
        };
        is_check_at && self.session.is_at(&footing.input)
    }

    pub(crate) fn position(&self) -> Position {
        self.session.position()
    }

    /// What has arrived behind the position.
    pub(crate) fn unread(&self) -> &[u8] {
        self.session.unread()
    }
}
