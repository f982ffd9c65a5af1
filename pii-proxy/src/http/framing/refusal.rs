//! The answer to a request that could not be read.

use super::Fault;
use hyper::StatusCode;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// An answer on its way out: a problem (RFC 9457) that names the fault and nothing of the request.
#[derive(Debug)]
pub(super) struct Refusal {
    bytes: Vec<u8>,
    written: usize,
}

impl Refusal {
    pub(super) fn of(fault: Fault) -> Self {
        let (status, word) = (fault.status(), fault.word());
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
        // None of the words in it needs escaping.
        let problem =
            format!("{{\"title\":\"{title}\",\"status\":{status},\"detail\":\"{fault}\",\"fault\":\"{word}\"}}\n");
        let length = problem.len();
        let head = format!(
            "HTTP/1.1 {status} {title}\r\nConnection: close\r\nX-PII-Sent: no\r\nCache-Control: no-store\r\n\
             Content-Type: application/problem+json\r\nContent-Length: {length}\r\n\r\n"
        );
        Self { bytes: [head, problem].concat().into_bytes(), written: 0 }
    }

    /// Writes what is left of it, and flushes.
    ///
    /// # Errors
    /// The stream cannot be written to.
    pub(super) fn poll_write<IO: hyper::rt::Write + Unpin>(
        &mut self,
        io: &mut IO,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.written < self.bytes.len() {
            let count = ready!(Pin::new(&mut *io).poll_write(cx, &self.bytes[self.written..]))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
        }
        Pin::new(io).poll_flush(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_answered_with_a_problem() {
        for fault in Fault::all() {
            let text = String::from_utf8(Refusal::of(fault).bytes).expect("text");
            let (head, problem) = text.split_once("\r\n\r\n").expect("a head");
            assert!(head.starts_with(&format!("HTTP/1.1 {} ", fault.status())), "{head}");
            assert!(head.ends_with(&format!("Content-Length: {}", problem.len())), "{head}");
            assert!(problem.contains(&format!("\"fault\":\"{}\"", fault.word())), "{problem}");
            let quotes = problem.bytes().filter(|byte| *byte == b'"').count();
            assert!(quotes == 14 && !problem.contains('\\'), "nothing in it ends a string before its end: {problem}");
        }
    }
}
