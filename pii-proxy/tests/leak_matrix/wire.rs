//! A client of HTTP/1.1 that keeps its connection, writes a body in whatever pieces it is told to, and reads the answer.

use crate::support::{Answer, PATIENCE};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// How a body is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Its length stands in the head.
    Length,
    /// In chunks of so many bytes.
    Chunks(usize),
    /// In two chunks, of which the first has so many bytes.
    CutAt(usize),
}

/// One request: everything but its framing.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// The target of the request line.
    pub(crate) target: String,
    /// Names and values of headers, as bytes: a header may be in any charset.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// The body as it travels.
    pub(crate) body: Vec<u8>,
}

impl Sent {
    fn bytes(&self, framing: Framing) -> Vec<u8> {
        let mut out = format!("POST {} HTTP/1.1\r\nHost: gateway.example\r\n", self.target).into_bytes();
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
        let (first, rest) = match framing {
            Framing::Length => {
                out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
                out.extend_from_slice(&self.body);
                return out;
            }
            Framing::Chunks(_) => (&[][..], &self.body[..]),
            Framing::CutAt(at) => self.body.split_at(at.min(self.body.len())),
        };
        let size = if let Framing::Chunks(size) = framing { size } else { rest.len().max(1) };
        out.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
        for piece in [first].into_iter().filter(|first| !first.is_empty()).chain(rest.chunks(size)) {
            out.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            out.extend_from_slice(piece);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"0\r\n\r\n");
        out
    }
}

/// A connection that is made again whenever the proxy has closed it.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Sends a request and reads its answer, which has to have a length.
    pub(crate) fn send(&mut self, sent: &Sent, framing: Framing) -> Answer {
        let mut stream = self.stream.take().unwrap_or_else(|| connected(self.address));
        // The proxy may have answered and closed before it was told everything.
        let _ = stream.write_all(&sent.bytes(framing));
        let (answer, is_open) = read(&mut stream);
        self.stream = is_open.then_some(stream);
        answer
    }
}

fn connected(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    stream.set_nodelay(true).expect("a socket");
    stream
}

/// An answer, and whether the connection goes on behind it.
fn read(stream: &mut TcpStream) -> (Answer, bool) {
    let (mut held, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let answer = Answer::of(&held);
        let is_headed = held.windows(4).any(|window| window == b"\r\n\r\n");
        let length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
        if is_headed && length.is_some_and(|length| answer.body.len() >= length) {
            let is_closing = answer.header("connection").is_some_and(|word| word.eq_ignore_ascii_case("close"));
            return (answer, !is_closing);
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return (answer, false),
            Ok(count) => held.extend_from_slice(&buffer[..count]),
        }
    }
}
