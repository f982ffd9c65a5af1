//! A connection that hands the server only what the guard has judged good.

use super::handle::{Handle, Switching};
use super::refusal::Refusal;
use super::{Fault, Guard, Options, Switch};
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;
use std::{cmp, fmt};

/// What is read at a time, in bytes.
const READ_BYTES: usize = 8 * 1024;

/// How much is read and thrown away behind a fault, in bytes. A stream that is closed with bytes unread is reset, and the
/// client may never see the answer.
const DISCARD_BYTES: usize = 256 * 1024;

/// A stream under the server's connection, with a [`Guard`] in between.
///
/// The bytes of a message are passed on as they are judged good, a head at once. What is behind the message is not judged
/// before the server asks for more, and the server asks only when it has answered (see the [module](super)): so answers to
/// earlier requests are out before a fault ends the stream, and the fault that [`Handle::fault`] tells of while a request is
/// served is in that request's body.
///
/// Holds at most the longest head and one read.
pub struct Guarded<IO> {
    io: IO,
    guard: Guard,
    handle: Handle,
    /// What was read: passed on up to `start`, good up to `good`, not judged good up to `end`, and room from there.
    buffer: Vec<u8>,
    start: usize,
    good: usize,
    end: usize,
    fault: Option<Fault>,
    refusal: Option<Refusal>,
    /// As the handle has it.
    has_begun: bool,
    is_in_head: bool,
    /// The server has written something since the last head was passed on.
    has_answered: bool,
}

impl<IO> Guarded<IO> {
    /// Guards a stream from its first byte on.
    #[must_use]
    pub fn new(io: IO, options: Options) -> Self {
        Self {
            io,
            guard: Guard::new(options),
            handle: Handle::default(),
            buffer: Vec::new(),
            start: 0,
            good: 0,
            end: 0,
            fault: None,
            refusal: None,
            has_begun: false,
            is_in_head: false,
            has_answered: false,
        }
    }

    /// The service's side of it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Judges what is held, up to the end of a message.
    fn judge(&mut self) {
        while self.good < self.end {
            let is_in_body = self.guard.is_in_body();
            match self.guard.judge(&self.buffer[self.good..self.end]) {
                Ok(0) => break,
                Ok(count) => self.good += count,
                Err(fault) => {
                    (self.fault, self.is_in_head) = (Some(fault), false);
                    return self.handle.fail(fault);
                }
            }
            self.has_answered &= is_in_body;
            if self.guard.switch().is_some() {
                self.handle.ask();
            }
            if self.guard.is_between_messages() {
                break;
            }
        }
        if self.guard.is_in_head() != self.is_in_head {
            self.is_in_head = !self.is_in_head;
            self.handle.set_head_began(self.is_in_head.then(Instant::now));
        }
    }

    /// Makes room for a read. The guard finds fault with a head before it can fill more than its limit.
    fn make_room(&mut self) {
        if self.start == self.end {
            (self.start, self.good, self.end) = (0, 0, 0);
            if self.buffer.len() != READ_BYTES {
                self.buffer = vec![0; READ_BYTES];
            }
        } else if self.end == self.buffer.len() && self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.good, self.end, self.start) = (self.good - self.start, self.end - self.start, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() + READ_BYTES, 0);
        }
    }

    /// The server has written. Its answer is on the way then, and what a head asked for is decided.
    fn note_written(&mut self, count: usize) {
        if count > 0 && !self.has_answered {
            self.has_answered = true;
            if self.guard.switch().is_some() {
                self.handle.stop_asking();
            }
        }
    }

    /// Whether the client is owed the answer to a fault: not when the server has answered that request.
    fn owes_answer(&self, fault: Fault) -> bool {
        !fault.is_in_body() || !self.has_answered
    }
}

impl<IO: Read + Unpin> Guarded<IO> {
    /// Reads once; says how many bytes came, 0 at the end.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.make_room();
        let mut room = ReadBuf::new(&mut self.buffer[self.end..]);
        ready!(Pin::new(&mut self.io).poll_read(cx, room.unfilled()))?;
        let count = room.filled().len();
        self.end += count;
        if count > 0 && !self.has_begun {
            self.has_begun = true;
            self.handle.begin();
        }
        Poll::Ready(Ok(count))
    }

    /// Throws away what has arrived behind a fault, and waits for nothing.
    fn discard(&mut self, cx: &mut Context<'_>) {
        let mut left = DISCARD_BYTES;
        while left > 0 {
            (self.start, self.good) = (self.end, self.end);
            match self.poll_fill(cx) {
                Poll::Ready(Ok(count @ 1..)) => left = left.saturating_sub(count),
                _ => return,
            }
        }
    }

    /// What is to be done behind a head that asks for another protocol: to read on, or not yet, or never.
    fn poll_decision(&mut self, cx: &mut Context<'_>, switch: Switch) -> Poll<Decision> {
        match (self.handle.poll_switching(cx.waker()), switch) {
            (Switching::Asked, _) => Poll::Pending,
            // The guard is where the handle was told that it is.
            (Switching::Granted, _) if self.guard.tunnel().is_ok() => Poll::Ready(Decision::ReadOn),
            (Switching::None, Switch::Upgrade) => {
                self.guard.stay();
                Poll::Ready(Decision::ReadOn)
            }
            // What comes behind a CONNECT that was refused may be meant for the tunnel.
            _ => Poll::Ready(Decision::End),
        }
    }
}

enum Decision {
    ReadOn,
    End,
}

impl<IO: Read + Unpin> Read for Guarded<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.start < this.good {
                let count = cmp::min(this.good - this.start, cursor.remaining());
                cursor.put_slice(&this.buffer[this.start..this.start + count]);
                this.start += count;
                return Poll::Ready(Ok(()));
            }
            if this.fault.is_some() {
                return Poll::Ready(Ok(()));
            }
            if let Some(switch) = this.guard.switch() {
                match ready!(this.poll_decision(cx, switch)) {
                    Decision::ReadOn => {}
                    Decision::End => return Poll::Ready(Ok(())),
                }
            }
            this.judge();
            if this.start < this.good || this.fault.is_some() {
                continue;
            }
            if this.guard.is_through() {
                this.buffer = Vec::new();
                (this.start, this.good, this.end) = (0, 0, 0);
                return Pin::new(&mut this.io).poll_read(cx, cursor);
            }
            if ready!(this.poll_fill(cx))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<IO: Read + Write + Unpin> Write for Guarded<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.io).poll_write(cx, bytes))?;
        self.note_written(count);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// Behind a fault the answer to it goes out first, unless the server has answered that request itself.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.refusal.is_none() {
            this.refusal = this.fault.filter(|fault| this.owes_answer(*fault)).map(Refusal::of);
        }
        if let Some(refusal) = &mut this.refusal {
            ready!(refusal.poll_write(&mut this.io, cx))?;
        }
        ready!(Pin::new(&mut this.io).poll_shutdown(cx))?;
        if this.fault.is_some() {
            this.discard(cx);
        }
        Poll::Ready(Ok(()))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, slices))?;
        self.note_written(count);
        Poll::Ready(Ok(count))
    }
}

/// Says where it is, and nothing of what it holds.
impl<IO> fmt::Debug for Guarded<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.end - self.start;
        f.debug_struct("Guarded").field("held_bytes", &held).field("fault", &self.fault).finish_non_exhaustive()
    }
}
