//! Arrays and objects: their records, and those that are one value.

use super::number_array::Verdict;
use super::{Arrived, DEPTH_LIMIT, Expect, Held, Json, Read, TOKEN_LIMIT_BYTES, digit_array, too_long};
use crate::sink::{Sink, SyntaxError};
use std::ops::Range;

impl Json {
    pub(super) fn open_object<S: Sink>(&mut self, at: usize, sink: &mut S) -> Read {
        self.hold_if_whole(at);
        self.check_depth(at)?;
        let record = self.held.is_none().then(|| sink.open_record());
        self.stack.push_object(record);
        self.expect = Expect::KeyOrClose;
        Ok(Some(at + 1))
    }

    pub(super) fn open_array<S: Sink>(&mut self, arrived: Arrived<'_>, at: usize, sink: &mut S) -> Read {
        self.hold_if_whole(at);
        if self.held.is_none() {
            match self.numbers.read(&arrived.input[at..], arrived.is_end) {
                Verdict::Unknown => return Ok(None),
                Verdict::Together(len) if !self.breaks_line(&arrived.input[at..at + len]) => {
                    self.tell_value(arrived.input, at..at + len, sink)?;
                    self.after_value(sink);
                    return Ok(Some(at + len));
                }
                Verdict::Together(_) | Verdict::Ordinary => {}
            }
            match digit_array::read(&arrived.input[at..], arrived.is_end) {
                Verdict::Unknown => return Ok(None),
                // Its elements are read as well: it may be a row of a table.
                Verdict::Together(len) if !self.breaks_line(&arrived.input[at..at + len]) => {
                    self.tell_value(arrived.input, at..at + len, sink)?;
                }
                Verdict::Together(_) | Verdict::Ordinary => {}
            }
        }
        self.check_depth(at)?;
        self.stack.push_array();
        if self.held.is_none() && self.stack.is_at_row() {
            self.stack.begin_row(sink.open_record());
        }
        self.expect = Expect::ValueOrClose;
        Ok(Some(at + 1))
    }

    fn breaks_line(&self, value: &[u8]) -> bool {
        self.is_line_each && value.contains(&b'\n')
    }

    fn check_depth(&self, at: usize) -> Result<(), SyntaxError> {
        if self.stack.depth() < DEPTH_LIMIT {
            return Ok(());
        }
        Err(SyntaxError { at, what: "more than 128 arrays and objects inside each other", is_limit: true })
    }

    fn hold_if_whole(&mut self, at: usize) {
        if self.held.is_none() && self.stack.field().takes_whole {
            self.held = Some(Held { start: at, depth: self.stack.depth() });
        }
    }

    pub(super) fn comma_or_close<S: Sink>(&mut self, input: &[u8], at: usize, sink: &mut S) -> Read {
        let byte = input[at];
        match (byte, self.stack.is_in_object()) {
            (b',', Some(true)) => self.expect = Expect::Key,
            (b',', _) => {
                self.stack.next_element();
                self.expect = Expect::Value;
            }
            (b'}', Some(true)) | (b']', Some(false)) => return self.close(input, at, sink),
            _ => return Err(self.unexpected(at)),
        }
        Ok(Some(at + 1))
    }

    pub(super) fn close<S: Sink>(&mut self, input: &[u8], at: usize, sink: &mut S) -> Read {
        if self.held.is_none() {
            sink.reached(at);
        }
        let record = self.stack.pop(sink);
        if let Some(held) = self.held {
            if held.depth == self.stack.depth() {
                self.held = None;
                self.tell_held(input, held.start..at + 1, sink)?;
            }
        } else if let Some(record) = record {
            sink.close_record(record);
        }
        self.after_value(sink);
        Ok(Some(at + 1))
    }

    fn tell_held<S: Sink>(&mut self, input: &[u8], source: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
        if source.len() > TOKEN_LIMIT_BYTES {
            return Err(too_long(source.start));
        }
        self.tell_value(input, source, sink)
    }
}
