//! The guard itself: bytes in, and how many of them may be passed on.

use super::chunks::Chunks;
use super::fault::Fault;
use super::head::{Body, Complete, Head};
use super::{NotBehindHead, Options};

/// What an HTTP/2 connection begins with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Judges the bytes of one connection, from its first byte on. Does no input or output and keeps no byte.
#[derive(Clone, Debug)]
pub struct Guard {
    options: Options,
    state: State,
    switch: Option<Switch>,
    fault: Option<Fault>,
}

#[derive(Clone, Debug)]
enum State {
    /// Nothing has been judged: HTTP/2 can only begin here.
    Opening {
        has_begun: bool,
    },
    /// In a head, or between two messages.
    Head(Head),
    /// In a body of which so many bytes are left.
    Length(u64),
    Chunks(Chunks),
    /// Whatever comes is passed on.
    Through,
}

/// A head after which the connection may become something else than HTTP/1.1, if the service says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// CONNECT (RFC 9110 §9.3.6): what follows is for the tunnel, and never another request.
    Connect,
    /// `Upgrade` without a body (RFC 9110 §7.8): what follows is another request if the service does not switch.
    Upgrade,
}

impl Guard {
    /// A guard at the beginning of a connection.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, state: State::Opening { has_begun: false }, switch: None, fault: None }
    }

    /// How many bytes at the front of `held` may be passed on: a whole head, or a piece of a body. 0 says that more bytes
    /// are needed. `held` begins with the first byte that has not been passed on, so it begins as it did the last time
    /// where that was 0. Takes time linear in the bytes that are new.
    ///
    /// What it says depends on the bytes only, never on how many come at a time.
    ///
    /// # Panics
    /// `held` has become shorter although nothing of it was passed on.
    ///
    /// # Errors
    /// A fault in a head of which nothing has been passed on, or at the first byte held of a body. Nothing of `held` may be
    /// passed on, now or later.
    pub fn judge(&mut self, held: &[u8]) -> Result<usize, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if held.is_empty() {
            return Ok(0);
        }
        let judged = self.judge_some(held);
        self.fault = judged.err();
        judged
    }

    fn judge_some(&mut self, held: &[u8]) -> Result<usize, Fault> {
        match &mut self.state {
            State::Opening { has_begun } => {
                *has_begun = true;
                if PREFACE.starts_with(&held[..held.len().min(PREFACE.len())]) {
                    return self.preface(held);
                }
                self.state = State::Head(Head::default());
                self.judge_some(held)
            }
            State::Head(head) => {
                self.switch = None;
                match head.judge(held, &self.options)? {
                    Some(complete) => Ok(self.enter(complete)),
                    None => Ok(0),
                }
            }
            State::Length(left) => {
                let count = usize::try_from(*left).map_or(held.len(), |left| left.min(held.len()));
                *left -= count as u64;
                if *left == 0 {
                    self.state = State::Head(Head::default());
                }
                Ok(count)
            }
            State::Chunks(chunks) => {
                let count = chunks.judge(held)?;
                if chunks.is_done() {
                    self.state = State::Head(Head::default());
                }
                Ok(count)
            }
            State::Through => Ok(held.len()),
        }
    }

    /// The connection begins as HTTP/2, as far as can be told.
    fn preface(&mut self, held: &[u8]) -> Result<usize, Fault> {
        if held.len() < PREFACE.len() {
            return Ok(0);
        }
        if !self.options.http2 {
            return Err(Fault::Http2NotServed);
        }
        self.state = State::Through;
        Ok(held.len())
    }

    /// Goes on behind a head, and says how long that was.
    fn enter(&mut self, head: Complete) -> usize {
        self.state = match head.body {
            Body::Length(0) => State::Head(Head::default()),
            Body::Length(length) => State::Length(length),
            Body::Chunked => State::Chunks(Chunks::new()),
        };
        self.switch = match head {
            Complete { is_connect: true, .. } => Some(Switch::Connect),
            Complete { is_upgrade: true, .. } => Some(Switch::Upgrade),
            _ => None,
        };
        head.bytes
    }

    /// Whether what was passed on last ended a message, so that what comes next is a head.
    #[must_use]
    pub fn is_between_messages(&self) -> bool {
        matches!(&self.state, State::Head(head) if head.is_new())
    }

    /// Whether a head has begun and is not complete. An empty line before it is not its beginning.
    #[must_use]
    pub fn is_in_head(&self) -> bool {
        match &self.state {
            State::Opening { has_begun } => *has_begun,
            State::Head(head) => head.has_begun(),
            _ => false,
        }
    }

    /// Whether a body has begun and not ended.
    #[must_use]
    pub fn is_in_body(&self) -> bool {
        matches!(self.state, State::Length(_) | State::Chunks(_))
    }

    /// Whether everything is passed on unread from here on.
    #[must_use]
    pub fn is_through(&self) -> bool {
        matches!(self.state, State::Through)
    }

    /// What the head that was passed on last asks for, until something behind it is judged.
    #[must_use]
    pub fn switch(&self) -> Option<Switch> {
        self.switch
    }

    /// The connection goes on as it is: what the last head asked for is not done.
    pub fn stay(&mut self) {
        self.switch = None;
    }

    /// Passes on everything from here on: the service has made the connection a tunnel.
    ///
    /// # Errors
    /// The guard is not exactly behind a head that asked for it.
    pub fn tunnel(&mut self) -> Result<(), NotBehindHead> {
        if self.switch.take().is_none() || self.fault.is_some() {
            return Err(NotBehindHead);
        }
        self.state = State::Through;
        Ok(())
    }
}
