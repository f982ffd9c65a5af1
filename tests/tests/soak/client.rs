//! The clients: send messages at a rate, whatever the answers take, and remember what each was told.

use crate::message::{ClientFault, Messages, client_fault};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// Connections that are kept busy at once.
const CONNECTIONS: usize = 64;

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a client was told of its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It did not stay to be told.
    Gone,
    /// The connection ended without an answer.
    Nothing,
    Answer(Answer),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Whether it left: `X-PII-Sent`.
    pub(crate) sent: String,
    /// What it is called: `X-PII-Message`.
    pub(crate) name: String,
    /// Why it did not, where it did not.
    pub(crate) why: String,
}

/// Sends `count` messages, `rate` a second, and says what came of each, and when the last one was begun.
pub(crate) fn send(address: SocketAddr, messages: &Messages, (count, rate): (usize, usize)) -> (Vec<Told>, Duration) {
    let begin = Instant::now();
    let (mut told, mut last) = (vec![Told::Nothing; count], Duration::ZERO);
    thread::scope(|scope| {
        let each: Vec<_> = (0..CONNECTIONS)
            .map(|first| {
                scope.spawn(move || {
                    let (mut connection, mut last) = (None, Duration::ZERO);
                    let of_it = (first..count).step_by(CONNECTIONS);
                    let told: Vec<_> = of_it
                        .map(|number| {
                            let due = begin + Duration::from_secs_f64(number as f64 / rate as f64);
                            thread::sleep(due.saturating_duration_since(Instant::now()));
                            last = begin.elapsed();
                            one(&mut connection, address, messages, number).unwrap_or(Told::Nothing)
                        })
                        .collect();
                    (told, last)
                })
            })
            .collect();
        for (first, of_it) in each.into_iter().enumerate() {
            let (of_it, begun) = of_it.join().expect("a client fails");
            told.iter_mut().skip(first).step_by(CONNECTIONS).zip(of_it).for_each(|(place, told)| *place = told);
            last = last.max(begun);
        }
    });
    (told, last)
}

type Connection = Option<BufReader<TcpStream>>;

fn one(connection: &mut Connection, address: SocketAddr, messages: &Messages, number: usize) -> io::Result<Told> {
    let request = messages.of(number).1.request(number);
    let mut reader = match connection.take() {
        Some(reader) => reader,
        None => {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            BufReader::new(stream)
        }
    };
    let fault = client_fault(number);
    let length = if fault == Some(ClientFault::Half) { request.len() - 1 } else { request.len() };
    reader.get_mut().write_all(&request[..length])?;
    if fault.is_some() {
        return Ok(Told::Gone);
    }
    let (answer, body) = head(&mut reader)?;
    let mut answer = answer;
    let mut bytes = vec![0; body.length];
    if reader.read_exact(&mut bytes).is_ok() && !body.closes {
        *connection = Some(reader);
    }
    let problem: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
    if let Some(why) = problem.as_ref().and_then(|problem| problem["why"].as_str()) {
        why.clone_into(&mut answer.why);
    }
    Ok(Told::Answer(answer))
}

struct Body {
    length: usize,
    closes: bool,
}

fn head(reader: &mut BufReader<TcpStream>) -> io::Result<(Answer, Body)> {
    let (mut line, mut answer, mut body) = (String::new(), Answer::default(), Body { length: 0, closes: false });
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    answer.status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or_default();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { return Ok((answer, body)) };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => body.length = value.parse().unwrap_or_default(),
            "connection" => body.closes = value.eq_ignore_ascii_case("close"),
            "x-pii-sent" => value.clone_into(&mut answer.sent),
            "x-pii-message" => value.clone_into(&mut answer.name),
            _ => {}
        }
    }
}
