//! The upstream: says `ok` to most messages, does something wrong with some, and holds each that arrives against what should.

use crate::message::{Messages, UpstreamFault, upstream_fault};
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Longer than the proxy waits for an answer.
pub(crate) const SLEEP: Duration = Duration::from_millis(1_500);

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    messages: Arc<Messages>,
    /// How often each message arrived, by its number.
    seen: Vec<AtomicU8>,
    /// What arrived first of each message that is drawn: another time it has to be the same.
    first: Mutex<HashMap<usize, Vec<u8>>>,
    /// What was wrong: never a value.
    wrong: Mutex<Vec<String>>,
}

impl Upstream {
    pub(crate) fn start(messages: Arc<Messages>, count: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = (0..count).map(|_| AtomicU8::new(0)).collect();
        let shared = Arc::new(Shared { messages, seen, first: Mutex::default(), wrong: Mutex::default() });
        let in_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&in_thread);
                thread::spawn(move || drop(shared.answer(stream)));
            }
        });
        Self { address, shared }
    }

    /// How often the message of this number arrived.
    pub(crate) fn seen(&self, number: usize) -> u8 {
        self.shared.seen[number].load(Ordering::Relaxed)
    }

    /// What was wrong with what arrived.
    pub(crate) fn wrong(&self) -> Vec<String> {
        self.shared.wrong.lock().expect("nobody panics here").clone()
    }
}

impl Shared {
    /// Answers the requests of one connection.
    fn answer(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::with_capacity(64 << 10, stream);
        while let Some(head) = head(&mut reader)? {
            let number = head.number.ok_or(io::ErrorKind::InvalidData)?;
            let fault = upstream_fault(number);
            // Counted as soon as it is there: half a message is one, too.
            self.seen[number].fetch_add(1, Ordering::Relaxed);
            if fault == Some(UpstreamFault::Resets) {
                return Ok(());
            }
            let body = body(&mut reader, head.length)?;
            self.check(number, body);
            let stream = reader.get_mut();
            match fault {
                Some(UpstreamFault::Closes | UpstreamFault::Resets) => return Ok(()),
                Some(UpstreamFault::BreaksOff) => {
                    return stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
                }
                Some(UpstreamFault::Sleeps) => {
                    thread::sleep(SLEEP);
                    return Ok(());
                }
                None => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?,
            }
        }
        Ok(())
    }

    fn check(&self, number: usize, body: Vec<u8>) {
        let (nth, message) = self.messages.of(number);
        let mut first = self.first.lock().expect("nobody panics here");
        // What leaves in clear by consent may change in between.
        let is_fixed = message.sort != crate::message::Sort::Asked;
        let wrong = match first.get(&nth).filter(|_| is_fixed) {
            Some(before) => (*before != body).then_some("it is another one than before"),
            None => message.wrong_in(&body),
        };
        first.entry(nth).or_insert(body);
        drop(first);
        if let Some(wrong) = wrong {
            let mut all = self.wrong.lock().expect("nobody panics here");
            all.push(format!("message {number}, {:?}: {wrong}", message.sort));
        }
    }
}

struct Head {
    number: Option<usize>,
    /// `None`: in chunks.
    length: Option<usize>,
}

/// The next head. `None`: there is none any more.
fn head(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
    let (mut line, mut head) = (String::new(), Head { number: None, length: Some(0) });
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let field = line.trim_end().to_ascii_lowercase();
        match field.split_once(": ") {
            None => return Ok(Some(head)),
            Some(("x-number", value)) => head.number = value.strip_prefix('n').and_then(|digits| digits.parse().ok()),
            Some(("content-length", value)) => head.length = value.parse().ok(),
            Some(("transfer-encoding", _)) => head.length = None,
            Some(_) => {}
        }
    }
}

fn body(reader: &mut impl BufRead, length: Option<usize>) -> io::Result<Vec<u8>> {
    let mut body = vec![0; length.unwrap_or_default()];
    if length.is_some() {
        reader.read_exact(&mut body)?;
        return Ok(body);
    }
    let mut line = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let bytes = usize::from_str_radix(line.trim_end(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
        let begin = body.len();
        // The line break behind each chunk is read with it, the last, empty one's too.
        body.resize(begin + bytes + 2, 0);
        reader.read_exact(&mut body[begin..])?;
        body.truncate(begin + bytes);
        if bytes == 0 {
            return Ok(body);
        }
    }
}
