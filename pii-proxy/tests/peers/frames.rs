//! Frames of HTTP/2 (RFC 9113 §4.1) as no library would write them, and as much of the answer as a test asks for.

use crate::support::PATIENCE;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was answered with this status.
    Answered(u16),
    /// Its stream was reset.
    Reset,
    /// The connection was closed.
    Closed,
}

/// One request on stream 1.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    trailers: Vec<(String, String)>,
    /// What is written behind the request's end, as frames of its stream.
    behind: Vec<u8>,
}

impl Request {
    /// A good one.
    pub(crate) fn post(body: &[u8]) -> Self {
        let fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", "/"),
            (":authority", "gateway.example"),
            ("content-type", "application/json"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { fields, body: body.to_vec(), ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a field before all others.
    pub(crate) fn with_first(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(0, (name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn with_trailer(mut self, name: &str, value: &str) -> Self {
        self.trailers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With more data behind its end.
    pub(crate) fn with_data_behind(mut self, data: &[u8]) -> Self {
        self.behind = frame(DATA, END_STREAM, 1, data);
        self
    }

    fn frames(&self) -> Vec<u8> {
        let last = if self.trailers.is_empty() { END_STREAM } else { 0 };
        let mut out = frame(HEADERS, END_HEADERS, 1, &block(&self.fields));
        out.extend(frame(DATA, last, 1, &self.body));
        if !self.trailers.is_empty() {
            out.extend(frame(HEADERS, END_HEADERS | END_STREAM, 1, &block(&self.trailers)));
        }
        out.extend_from_slice(&self.behind);
        out
    }

    /// Sends it, waits, and takes it back (RFC 9113 §6.4: CANCEL). Returns the connection, which stays open.
    pub(crate) fn cancelled_at(&self, address: SocketAddr, wait: impl FnOnce()) -> TcpStream {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let out = [PREFACE, &frame(SETTINGS, 0, 0, &[]), &self.frames()].concat();
        stream.write_all(&out).expect("written");
        wait();
        stream.write_all(&frame(RST_STREAM, 0, 1, &[0, 0, 0, 8])).expect("written");
        stream
    }

    /// Sends it on a connection of its own.
    pub(crate) fn sent_to(&self, address: SocketAddr) -> Outcome {
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut out = PREFACE.to_vec();
        out.extend(frame(SETTINGS, 0, 0, &[]));
        out.extend(self.frames());
        // It may have been closed before it was read to its end.
        let _ = stream.write_all(&out);
        outcome(&mut stream)
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    let mut out = vec![length[1], length[2], length[3], kind, flags];
    out.extend_from_slice(&stream.to_be_bytes());
    out.extend_from_slice(payload);
    out
}

/// Fields as literals that nobody indexes, without Huffman's code (RFC 7541 §6.2.2).
fn block(fields: &[(String, String)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        out.push(0);
        for text in [name, value] {
            out.push(u8::try_from(text.len()).ok().filter(|length| *length < 127).expect("a short text"));
            out.extend_from_slice(text.as_bytes());
        }
    }
    out
}

fn outcome(stream: &mut TcpStream) -> Outcome {
    let mut answered = None;
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).is_err() {
            return answered.unwrap_or(Outcome::Closed);
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        if stream.read_exact(&mut payload).is_err() {
            return answered.unwrap_or(Outcome::Closed);
        }
        let (kind, flags) = (head[3], head[4]);
        match kind {
            SETTINGS if flags & ACK == 0 => {
                let _ = stream.write_all(&frame(SETTINGS, ACK, 0, &[]));
            }
            HEADERS => answered = Some(Outcome::Answered(status(&payload))),
            RST_STREAM => return answered.unwrap_or(Outcome::Reset),
            GOAWAY => return answered.unwrap_or(Outcome::Closed),
            _ => {}
        }
        if let (HEADERS | DATA, Some(answered)) = (kind, answered)
            && flags & END_STREAM != 0
        {
            return answered;
        }
    }
}

/// The status, which is the first field of an answer (RFC 7541 §6.1, §6.2, appendix A).
fn status(block: &[u8]) -> u16 {
    match block {
        // The table's size is changed.
        [0x20..=0x3F, rest @ ..] => status(rest),
        [indexed @ 0x88..=0x8E, ..] => [200, 204, 206, 304, 400, 404, 500][usize::from(indexed - 0x88)],
        [0x48 | 0x08 | 0x18, length, value @ ..] => {
            let value = &value[..usize::from(length & 0x7F)];
            let digits = if length & 0x80 == 0 { value.to_vec() } else { huffman_digits(value) };
            let text = String::from_utf8(digits).expect("digits");
            text.parse().expect("a status")
        }
        _ => panic!("no status begins with {:x?}", block.first()),
    }
}

/// Digits in Huffman's code (RFC 7541, appendix B): 0, 1 and 2 have five bits, the others six, beginning with 011.
fn huffman_digits(coded: &[u8]) -> Vec<u8> {
    let bits: Vec<u8> = coded.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)).collect();
    let (mut digits, mut at) = (Vec::new(), 0);
    let number = |bits: &[u8]| bits.iter().fold(0, |number, bit| number << 1 | bit);
    while bits.len() - at >= 5 {
        let (digit, length) = match number(&bits[at..at + 5]) {
            digit @ 0..=2 => (digit, 5),
            0b01100..=0b01111 if bits.len() - at >= 6 => (number(&bits[at..at + 6]) - 0b011001 + 3, 6),
            _ => break,
        };
        digits.push(b'0' + digit);
        at += length;
    }
    digits
}

#[test]
fn statuses_are_read() {
    assert_eq!(status(&[0x8C]), 400);
    assert_eq!(status(&[0x20, 0x88]), 200, "behind a change of the table");
    assert_eq!(status(b"\x48\x03422"), 422);
    // 4, 2 and 2 are 011010, 00010 and 00010, and ones up to the byte's end.
    assert_eq!(huffman_digits(&[0b0110_1000, 0b0100_0010]), b"422");
    assert_eq!(huffman_digits(&[0b0110_1000, 0b0010_1101, 0b1111_1111]), b"415");
}
