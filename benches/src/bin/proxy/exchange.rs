//! The two ends of a measurement: clients that send one message after another, and the upstream that holds what arrives against
//! what should.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The header that says which contestant a message went through.
const THROUGH: &str = "x-through";

/// Whose messages are counted, to hold them against its records.
pub(crate) const COUNTED: &str = "pii-proxy";

/// Bodies, by contestant and by how long they were when they were sent.
type Bodies = HashMap<(String, usize), Vec<u8>>;

/// Answers `200` to everything, and remembers the first body of each contestant and size.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    arrived: Arc<AtomicU64>,
    first: Arc<Mutex<Bodies>>,
    others: Arc<AtomicU64>,
}

impl Upstream {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let upstream = Self {
            address: listener.local_addr()?,
            arrived: Arc::default(),
            first: Arc::default(),
            others: Arc::default(),
        };
        let (arrived, first, others) =
            (Arc::clone(&upstream.arrived), Arc::clone(&upstream.first), Arc::clone(&upstream.others));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (arrived, first, others) = (Arc::clone(&arrived), Arc::clone(&first), Arc::clone(&others));
                thread::spawn(move || {
                    let mut known = Bodies::new();
                    let _ = answer(stream, |name, size, body| {
                        arrived.fetch_add(u64::from(name == COUNTED), Ordering::Relaxed);
                        let key = (name.to_owned(), size);
                        let expected = known.entry(key.clone()).or_insert_with(|| {
                            let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                            first.entry(key).or_insert_with(|| body.to_vec()).clone()
                        });
                        others.fetch_add(u64::from(expected != body), Ordering::Relaxed);
                    });
                });
            }
        });
        Ok(upstream)
    }

    /// How many messages have arrived that came through the proxy.
    pub(crate) fn arrived(&self) -> u64 {
        self.arrived.load(Ordering::Relaxed)
    }

    /// How many bodies were another one than the first that came the same way.
    pub(crate) fn others(&self) -> u64 {
        self.others.load(Ordering::Relaxed)
    }

    /// The first body that came through this contestant, of a message of so many bytes.
    pub(crate) fn first(&self, through: &str, size: usize) -> Option<Vec<u8>> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.get(&(through.to_owned(), size)).cloned()
    }
}

/// Answers the requests of one connection. What is told: the contestant, how long the body was when it was sent, and the body.
fn answer(stream: TcpStream, mut told: impl FnMut(&str, usize, &[u8])) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(128 << 10, stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        let (mut length, mut through) = (0, String::new());
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                if line.trim_end().is_empty() {
                    break;
                }
                continue;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse().map_err(|_| io::ErrorKind::InvalidData)?;
            } else if name.eq_ignore_ascii_case(THROUGH) {
                value.clone_into(&mut through);
            }
        }
        body.resize(length, 0);
        reader.read_exact(&mut body)?;
        let (name, size) = through.rsplit_once('-').unwrap_or((&through, "0"));
        told(name, size.parse().unwrap_or(0), &body);
        reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
    }
}

/// One connection of a client's.
pub(crate) struct Client {
    reader: BufReader<TcpStream>,
    request: Vec<u8>,
    line: String,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, through: &str, body: &[u8]) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut request = format!(
            "POST /v1/customers HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n{THROUGH}: {through}-{size}\r\n\
             Content-Length: {size}\r\n\r\n",
            size = body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        Ok(Self { reader: BufReader::new(stream), request, line: String::new() })
    }

    /// Sends the message and waits for its answer.
    pub(crate) fn send(&mut self) -> io::Result<()> {
        self.reader.get_mut().write_all(&self.request)?;
        let mut length = None;
        self.line.clear();
        self.reader.read_line(&mut self.line)?;
        if !self.line.starts_with("HTTP/1.1 200") {
            return Err(io::Error::other(format!("answered {:?}", self.line.trim_end())));
        }
        while self.line.trim_end() != "" {
            self.line.clear();
            self.reader.read_line(&mut self.line)?;
            let named = self.line.trim_end().split_once(": ");
            let is_length = named.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            length = is_length.and_then(|(_, value)| value.parse().ok()).or(length);
        }
        let mut body = vec![0; length.ok_or_else(|| io::Error::other("an answer without a length"))?];
        self.reader.read_exact(&mut body)
    }
}

/// Sends `count` messages over so many connections, each as fast as it is answered.
pub(crate) fn closed_loop(
    address: SocketAddr,
    through: &str,
    body: &[u8],
    (connections, count): (usize, usize),
) -> io::Result<Duration> {
    let begun = Instant::now();
    thread::scope(|scope| {
        let each = count.div_ceil(connections);
        let all: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(move || {
                    let mut client = Client::new(address, through, body)?;
                    (0..each).try_for_each(|_| client.send())
                })
            })
            .collect();
        all.into_iter().try_for_each(|one| one.join().unwrap_or_else(|_| Err(io::Error::other("a client failed"))))
    })?;
    Ok(begun.elapsed())
}

/// Sends `rate` messages a second for `time` over so many connections, whatever the answers take, and says how long each took from
/// the moment it was due.
pub(crate) fn open_loop(
    address: SocketAddr,
    through: &str,
    body: &[u8],
    (connections, rate, time): (usize, f64, Duration),
) -> io::Result<Vec<Duration>> {
    let each = (rate * time.as_secs_f64() / connections as f64) as u32;
    let between = Duration::from_secs_f64(connections as f64 / rate);
    let begin = Instant::now() + Duration::from_millis(50);
    let mut waits: Vec<Duration> = Vec::new();
    thread::scope(|scope| {
        let all: Vec<_> = (0..connections)
            .map(|nth| {
                scope.spawn(move || -> io::Result<Vec<Duration>> {
                    let mut client = Client::new(address, through, body)?;
                    let first = begin + between.mul_f64(nth as f64 / connections as f64);
                    (0..each)
                        .map(|nth| {
                            let due = first + between * nth;
                            thread::sleep(due.saturating_duration_since(Instant::now()));
                            client.send()?;
                            Ok(due.elapsed())
                        })
                        .collect()
                })
            })
            .collect();
        for one in all {
            waits.extend(one.join().unwrap_or_else(|_| Err(io::Error::other("a client failed")))?);
        }
        Ok::<_, io::Error>(())
    })?;
    waits.sort_unstable();
    Ok(waits)
}
