//! An upstream that remembers what arrived, byte for byte, and answers as it is told to.

use super::PATIENCE;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How it answers.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// With these bytes.
    Says(Vec<u8>),
    /// With these bytes, and then it closes without a word about that.
    SaysOnce(Vec<u8>),
    /// It reads the request and closes.
    Closes,
    /// It closes as soon as somebody has connected.
    Refuses,
    /// It reads the head and closes.
    ClosesInBody,
    /// It reads the request and says nothing.
    Hangs,
}

/// An upstream.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    came: Arc<Mutex<Vec<Came>>>,
}

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    /// Its head, with the empty line.
    pub(crate) head: String,
    /// Its body, as it was framed.
    pub(crate) raw: Vec<u8>,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

impl Upstream {
    /// One that says `ok`.
    pub(crate) fn new() -> Self {
        Self::that(Manner::Says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec()))
    }

    pub(crate) fn that(manner: Manner) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), manner)
    }

    /// At this address.
    pub(crate) fn at(address: SocketAddr, manner: Manner) -> Self {
        let listener = TcpListener::bind(address).expect("a port");
        let address = listener.local_addr().expect("an address");
        let came = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&came);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (all, manner) = (Arc::clone(&all), manner.clone());
                thread::spawn(move || answer(stream, &manner, &all));
            }
        });
        Self { address, came }
    }

    /// What has arrived until now.
    pub(crate) fn came(&self) -> Vec<Came> {
        self.came.lock().expect("nobody panics here").clone()
    }

    /// The one request that arrived since it was asked last.
    pub(crate) fn only(&self) -> Came {
        let mut came = self.came.lock().expect("nobody panics here");
        assert_eq!(came.len(), 1, "{came:?}");
        came.pop().expect("one")
    }

    /// Those among them that this is true of; they are forgotten.
    pub(crate) fn take(&self, mut is_meant: impl FnMut(&Came) -> bool) -> Vec<Came> {
        let mut came = self.came.lock().expect("nobody panics here");
        came.extract_if(.., |came| is_meant(came)).collect()
    }

    /// Waits until so many have arrived.
    pub(crate) fn wait_for(&self, count: usize) {
        let begun = Instant::now();
        while self.came().len() < count {
            assert!(begun.elapsed() < PATIENCE, "only {} arrived", self.came().len());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Came {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn answer(mut stream: TcpStream, manner: &Manner, all: &Mutex<Vec<Came>>) {
    if matches!(manner, Manner::Refuses) {
        return;
    }
    let _ = stream.set_nodelay(true);
    let mut held = Vec::new();
    loop {
        let Some(head) = read_until(&mut stream, &mut held, |held| {
            held.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
        }) else {
            return;
        };
        let head = String::from_utf8_lossy(&held.drain(..head).collect::<Vec<u8>>()).into_owned();
        let mut came = Came { head, raw: Vec::new(), body: Vec::new() };
        if matches!(manner, Manner::ClosesInBody) {
            all.lock().expect("nobody panics here").push(came);
            return;
        }
        if came.header("transfer-encoding").is_some() {
            let Some(end) = read_until(&mut stream, &mut held, chunks_end) else { return };
            came.raw = held.drain(..end).collect();
            came.body = without_chunks(&came.raw);
        } else {
            let length: usize = came.header("content-length").map_or(0, |length| length.parse().expect("a length"));
            if read_until(&mut stream, &mut held, |held| (held.len() >= length).then_some(length)).is_none() {
                return;
            }
            came.raw = held.drain(..length).collect();
            came.body.clone_from(&came.raw);
        }
        all.lock().expect("nobody panics here").push(came);
        match manner {
            Manner::Says(bytes) => {
                if stream.write_all(bytes).is_err() {
                    return;
                }
            }
            Manner::SaysOnce(bytes) => {
                let _ = stream.write_all(bytes);
                return;
            }
            Manner::Hangs => {
                thread::sleep(PATIENCE);
                return;
            }
            _ => return,
        }
    }
}

fn read_until(
    stream: &mut TcpStream,
    held: &mut Vec<u8>,
    mut is_there: impl FnMut(&[u8]) -> Option<usize>,
) -> Option<usize> {
    let mut buffer = [0; 16 << 10];
    loop {
        if let Some(end) = is_there(held) {
            return Some(end);
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => held.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Where a body in chunks ends.
fn chunks_end(held: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = held[at..].windows(2).position(|window| window == b"\r\n")?;
        let size =
            usize::from_str_radix(std::str::from_utf8(&held[at..at + line]).expect("ASCII"), 16).expect("a size");
        at += line + 2 + size + 2;
        if held.len() < at {
            return None;
        }
        if size == 0 {
            return Some(at);
        }
    }
}

fn without_chunks(mut raw: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(line) = raw.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&raw[..line]).expect("ASCII"), 16).expect("a size");
        body.extend_from_slice(&raw[line + 2..line + 2 + size]);
        raw = &raw[line + 2 + size + 2..];
        if size == 0 {
            break;
        }
    }
    body
}
