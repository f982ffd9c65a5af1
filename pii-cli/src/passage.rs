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
        let session = |mode| self.masker.session(mode, options.clone());
        let check = self.verifies.then(|| Check::new(session(Mode::Check)));
        Passage { session: session(self.mode), check, output: Output::default() }
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
        let replaced = std::mem::take(&mut output.replaced);
        let checked = check.map_or(Ok(()), |check| check.push(name, &output.bytes, replaced));
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use pii_core::policy::{Action, Date, Flow, Policy};
    use pii_core::transform::{Asked, Transform, TransformError};
    use pii_core::{Engine, RuleSet};
    use pii_formats::Format;
    use std::sync::Arc;

    /// Makes a mobile number of one, and nothing of anything else.
    struct OtherNumbers;

    impl Transform for OtherNumbers {
        fn offers(&self, _: Action) -> bool {
            true
        }

        fn transform(&self, asked: &Asked<'_>) -> Result<String, TransformError> {
            let rest = asked.written.strip_prefix("138").ok_or(TransformError::NoForm)?;
            Ok(format!("186{rest}"))
        }
    }

    pub(crate) fn masker(rules: &str) -> Masker {
        let policy = Policy::builtin().with("firm.toml", rules, &[]).expect("good rules");
        let today = Date::new(2026, 11, 23).expect("a day");
        let flow = Flow { channel: Some("test_data"), recipient: None, purpose: None, today };
        let engine = Engine::new(RuleSet::builtin());
        Masker::with_keys(engine, &policy, &flow, Arc::new(OtherNumbers)).expect("whoever has the keys does all")
    }

    fn course(masker: &Masker) -> Course<'_, Vec<u8>> {
        Course::new(masker, Mode::Mask, true, Box::new(|_, output| std::mem::take(&mut output.bytes)))
    }

    pub(crate) fn log(lines: usize) -> Vec<u8> {
        let line = |nth| format!("2026-11-23 10:00:00 INFO order {nth} 客户张三 手机138{nth:08}\n");
        (0..lines).map(line).collect::<String>().into_bytes()
    }

    #[test]
    fn numbers_that_were_put_there_are_not_left_over() {
        let masker = masker("");
        let (course, log) = (course(&masker), log(2_000));
        let options = Options { format: Some(Format::Text), ..Options::default() };
        let mut passage = course.begin(&options);
        let (bytes, outcome) = course.push(&mut passage, "a", &log);
        outcome.expect("nothing is left over");
        let pseudonyms = bytes.windows(6).filter(|window| window == b"186000").count();
        assert!(pseudonyms > 1_000 && !bytes.windows(6).any(|window| window == b"138000"));
        let footing = passage.footing().expect("a line has ended");
        // Two pieces behind it, by the same passage.
        for _ in 0..2 {
            let mut piece = course.go_on(&footing, &passage.position());
            course.push(&mut piece, "a", &log).1.expect("nothing is left over");
            assert!(piece.is_at(&footing));
            course.put_by(piece);
        }
        course.finish(passage, "a").1.expect("nothing is left over");
    }

    #[test]
    fn a_number_that_was_missed_is_left_over() {
        let who = "owner = \"it\"\nwhy = \"a test\"\nexpires = 2027-01-31\n";
        let blind = masker(&format!("[[exempt]]\npattern = \"13800000500\"\n{who}"));
        let masker = masker("");
        let (course, log) = (course(&masker), log(2_000));
        let options = Options { format: Some(Format::Text), ..Options::default() };
        let check = Some(Check::new(masker.session(Mode::Check, options.clone())));
        let session = blind.session(Mode::Mask, options);
        let mut passage = Passage { session, check, output: Output::default() };
        let (bytes, outcome) = course.push(&mut passage, "a", &log);
        let told = format!("{:?}", outcome.expect_err("one number stands in clear"));
        assert!(told.contains("mobile_phone on line 501"), "{told}");
        assert!(bytes.is_empty());
    }
}
