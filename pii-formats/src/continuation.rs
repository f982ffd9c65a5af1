//! Reading an input on from the middle, so that several sessions can work on it at the same time.
//!
//! Between two records of a format whose records end where lines do, all that counts for the rest of the input is how it is
//! read (its charset, what is known of its columns), and where. That is a [`Continuation`] and a [`Position`]: a session
//! that begins there does with the rest what the one that came there would have done.
//!
//! Whoever cuts an input into pieces need not know where records end. [`Continuation::cut`] is a guess, and
//! [`Session::is_at`](crate::Session::is_at) says when a piece has been read whether the next one could begin where it did. If not,
//! the session reads on into that piece, as if there had been no cut:
//!
//! ```
//! # use pii_core::policy::{Date, Flow, Policy};
//! # use pii_core::{Engine, RuleSet};
//! use pii_formats::{Format, Masker, Mode, Options, Output};
//!
//! # let today = Date::new(2026, 11, 23).expect("a day");
//! # let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
//! # let masker = Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow)?;
//! let options = Options { format: Some(Format::Ndjson), ..Options::default() };
//! let mut first = masker.session(Mode::Mask, options);
//! let mut output = Output::default();
//! first.push(&b"{\"mobile\":13800138000}\n".repeat(4000), &mut output)?;
//! let from = first.continuation().expect("the line has ended");
//! let mut second = masker.session(Mode::Mask, Options::default());
//! second.go_on_from(&from, &first.position());
//! second.push(b"{\"mobile\":13800138000}\n", &mut output)?;
//! assert_eq!(output.reports.last().expect("it was found").line, 4001);
//! assert!(second.is_at(&from));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::charset::Charset;
use crate::decode::{Decoder, Fork as _};
use crate::format::Format;
use crate::lines::Lines;

/// How an input is read on from a place between two of its records.
pub struct Continuation {
    pub(crate) charset: Charset,
    pub(crate) format: Format,
    pub(crate) decoder: Decoder,
}

impl Continuation {
    /// The last place in `window`, which begins between two records, where it looks as if two others met. `None` if there
    /// is none.
    #[must_use]
    pub fn cut(&self, window: &[u8]) -> Option<usize> {
        self.decoder.cut(window).filter(|&at| at > 0)
    }
}

/// A place in an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub(crate) byte: u64,
    pub(crate) lines: Lines,
}

impl Position {
    /// Goes on behind `bytes`, which stand here.
    pub fn pass(&mut self, bytes: &[u8]) {
        self.byte += bytes.len() as u64;
        self.lines.pass(bytes);
    }
}
