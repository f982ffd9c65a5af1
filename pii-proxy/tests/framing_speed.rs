//! What the guard costs: not part of every run, because machines are busy.

use hyper::rt::{Read, ReadBuf, ReadBufCursor};
use pii_proxy::http::framing::{Guarded, Options};
use std::io::{self, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// A stream on which the same bytes come again and again, so many at a time.
struct Repeating {
    bytes: Vec<u8>,
    at: usize,
    at_a_time: usize,
}

impl Read for Repeating {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, mut cursor: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let count = (self.bytes.len() - self.at).min(cursor.remaining()).min(self.at_a_time);
        cursor.put_slice(&self.bytes[self.at..self.at + count]);
        self.at = (self.at + count) % self.bytes.len();
        Poll::Ready(Ok(()))
    }
}

/// A request of 1 KiB: the head of a common client, and a body.
fn request() -> Vec<u8> {
    let head = "POST /api/v2/sms/send HTTP/1.1\r\nHost: gateway.example.com:8080\r\nUser-Agent: okhttp/4.12.0\r\n\
                Accept: application/json\r\nAccept-Encoding: gzip\r\nConnection: Keep-Alive\r\n\
                Content-Type: application/json; charset=utf-8\r\nX-Request-Id: 7f3e0c52-9d1b-4f4e-8a51-2f0f4e8b6c11\r\n\
                Authorization: Bearer 0123456789abcdef0123456789abcdef\r\nContent-Length: ";
    let body = 1024 - head.len() - "000\r\n\r\n".len();
    format!("{head}{body:03}\r\n\r\n{}", "x".repeat(body)).into_bytes()
}

fn read(stream: &mut (impl Read + Unpin), room: &mut [u8]) -> usize {
    let mut room = ReadBuf::new(room);
    let read = Pin::new(stream).poll_read(&mut Context::from_waker(Waker::noop()), room.unfilled());
    assert!(matches!(read, Poll::Ready(Ok(()))));
    room.filled().len()
}

/// How long one request takes, in the quickest of some rounds: a busy machine makes none quicker.
fn measured(mut stream: impl Read + Unpin, bytes: usize) -> Duration {
    const REQUESTS: usize = 10_000;
    let mut room = vec![0; 8 * 1024];
    let mut round = || {
        let start = Instant::now();
        let mut left = REQUESTS * bytes;
        while left > 0 {
            let count = read(&mut stream, &mut room);
            assert!(count > 0 && count <= left, "the stream has not ended");
            left -= count;
        }
        start.elapsed()
    };
    let quickest = (0..30).map(|_| round()).min().unwrap_or_default();
    quickest / REQUESTS as u32
}

#[test]
#[ignore = "measures time: cargo test --release -p pii-proxy --test framing_speed -- --ignored --nocapture"]
fn a_request_of_one_kibibyte_takes_less_than_a_microsecond() {
    for at_a_time in [1024, 300, 64] {
        let stream = || Repeating { bytes: request(), at: 0, at_a_time };
        let alone = measured(stream(), 1024);
        let guarded = measured(Guarded::new(stream(), Options::default()), 1024);
        let told = writeln!(io::stderr(), "{at_a_time} bytes at a time: {guarded:?} with the guard, {alone:?} without");
        assert!(told.is_ok());
        assert!(at_a_time < 1024 || guarded < Duration::from_micros(1), "{guarded:?} with, {alone:?} without");
    }
}
