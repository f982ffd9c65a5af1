//! Amounts: bytes, numbers and times, each with the most that it may be.

use super::ConfigError;
use super::file::{Place, Word};
use serde::Deserialize;
use std::time::Duration;

/// How much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest body, as it comes and decoded, in bytes. A route may take less.
    pub body_bytes: usize,
    /// How many times as long as it came a body may become by being decoded.
    pub ratio: usize,
    /// How much may be found in one body, whatever becomes of it.
    pub findings: usize,
    /// What all requests in flight hold together, in bytes.
    pub memory_bytes: usize,
    /// The part of it that critical routes alone may take, in bytes.
    pub critical_bytes: usize,
    /// Connections at once, on all listeners.
    pub connections: usize,
    /// How many of them critical listeners alone may take, where there is one.
    pub critical_connections: usize,
    /// Requests in flight at once.
    pub requests: usize,
    /// How many of them critical routes alone may be.
    pub critical_requests: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 << 20,
            ratio: 100,
            findings: 50_000,
            memory_bytes: 512 << 20,
            critical_bytes: 64 << 20,
            connections: 10_000,
            critical_connections: 10_000 / KEPT_CONNECTIONS,
            requests: 2_048,
            critical_requests: 256,
        }
    }
}

/// One connection in so many is kept for critical listeners where nothing else is written.
const KEPT_CONNECTIONS: usize = 10;

/// How long each phase of a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first byte of a head to its last; and a TLS handshake.
    pub head: Duration,
    /// From the end of the head to the end of the body.
    pub body: Duration,
    /// A connection on which nothing comes.
    pub idle: Duration,
    /// Until a body has been looked into, waiting for others to be looked into included.
    pub inspect: Duration,
    /// Until a decision is on the disk.
    pub record: Duration,
    /// Until an upstream is connected to, by TCP and TLS together.
    pub connect: Duration,
    /// From the request's last byte to the head of the answer.
    pub answer: Duration,
    /// Between two pieces of an answer's body.
    pub answer_body: Duration,
    /// A client that takes nothing of its answer.
    pub write: Duration,
    /// How long requests in flight are waited for when the proxy ends.
    pub drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            head: seconds(10),
            body: seconds(30),
            idle: seconds(75),
            inspect: seconds(15),
            record: seconds(2),
            connect: seconds(5),
            answer: seconds(30),
            answer_body: seconds(30),
            write: seconds(30),
            drain: seconds(25),
        }
    }
}

/// `[limits]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsTable {
    body: Option<Word>,
    ratio: Option<toml::Spanned<usize>>,
    findings: Option<toml::Spanned<usize>>,
    memory: Option<Word>,
    critical_memory: Option<Word>,
    connections: Option<toml::Spanned<usize>>,
    critical_connections: Option<toml::Spanned<usize>>,
    requests: Option<toml::Spanned<usize>>,
    critical_requests: Option<toml::Spanned<usize>>,
}

/// `[timeouts]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TimeoutsTable {
    head: Option<Word>,
    body: Option<Word>,
    idle: Option<Word>,
    inspect: Option<Word>,
    record: Option<Word>,
    connect: Option<Word>,
    answer: Option<Word>,
    answer_body: Option<Word>,
    write: Option<Word>,
    drain: Option<Word>,
}

/// No body is longer: what is held whole is held in memory.
const BODY_MOST_BYTES: usize = 64 << 20;

/// Nothing takes longer: a longer limit is no limit.
const TIME_MOST: Duration = Duration::from_secs(3600);

impl LimitsTable {
    pub(super) fn check(&self, place: Place<'_>) -> Result<Limits, ConfigError> {
        let usual = Limits::default();
        let connections = number(self.connections.as_ref(), usual.connections, place)?;
        let limits = Limits {
            body_bytes: self.body.as_ref().map_or(Ok(usual.body_bytes), |word| body_bytes(word, place))?,
            ratio: number(self.ratio.as_ref(), usual.ratio, place)?,
            findings: number(self.findings.as_ref(), usual.findings, place)?,
            memory_bytes: self.memory.as_ref().map_or(Ok(usual.memory_bytes), |word| bytes(word, place))?,
            critical_bytes: self
                .critical_memory
                .as_ref()
                .map_or(Ok(usual.critical_bytes), |word| bytes(word, place))?,
            connections,
            critical_connections: number(self.critical_connections.as_ref(), connections / KEPT_CONNECTIONS, place)?,
            requests: number(self.requests.as_ref(), usual.requests, place)?,
            critical_requests: number(self.critical_requests.as_ref(), usual.critical_requests, place)?,
        };
        self.check_parts(&limits, place)?;
        Ok(limits)
    }

    /// What is kept is a part of what there is.
    fn check_parts(&self, limits: &Limits, place: Place<'_>) -> Result<(), ConfigError> {
        let word = |word: &Option<Word>| word.as_ref().map(|word| word.span().start);
        let number = |number: &Option<toml::Spanned<usize>>| number.as_ref().map(|number| number.span().start);
        let kept = [
            (limits.critical_bytes < limits.memory_bytes, word(&self.critical_memory).or(word(&self.memory)), "memory"),
            (
                limits.critical_connections < limits.connections,
                number(&self.critical_connections).or(number(&self.connections)),
                "connections",
            ),
            (
                limits.critical_requests < limits.requests,
                number(&self.critical_requests).or(number(&self.requests)),
                "requests",
            ),
        ];
        if let Some((_, at, what)) = kept.into_iter().find(|(is_less, ..)| !is_less) {
            let what = format!("what is kept is less than all there is: write more {what} than critical_{what}");
            return Err(place.error(at.unwrap_or(0), what));
        }
        if limits.memory_bytes - limits.critical_bytes < limits.body_bytes.saturating_mul(3) {
            let at = word(&self.memory).or(word(&self.body)).or(word(&self.critical_memory));
            return Err(place.error(
                at.unwrap_or(0),
                "a request holds up to three times its body: write memory for one at least, beside critical_memory",
            ));
        }
        Ok(())
    }
}

impl TimeoutsTable {
    pub(super) fn check(&self, place: Place<'_>) -> Result<Timeouts, ConfigError> {
        let usual = Timeouts::default();
        let time = |word: &Option<Word>, usual| word.as_ref().map_or(Ok(usual), |word| time(word, place));
        Ok(Timeouts {
            head: time(&self.head, usual.head)?,
            body: time(&self.body, usual.body)?,
            idle: time(&self.idle, usual.idle)?,
            inspect: time(&self.inspect, usual.inspect)?,
            record: time(&self.record, usual.record)?,
            connect: time(&self.connect, usual.connect)?,
            answer: time(&self.answer, usual.answer)?,
            answer_body: time(&self.answer_body, usual.answer_body)?,
            write: time(&self.write, usual.write)?,
            drain: time(&self.drain, usual.drain)?,
        })
    }
}

fn number(written: Option<&toml::Spanned<usize>>, usual: usize, place: Place<'_>) -> Result<usize, ConfigError> {
    let Some(written) = written else { return Ok(usual) };
    match *written.get_ref() {
        0 => Err(place.error(written.span().start, "0 would let nothing through: write a number from 1")),
        number => Ok(number),
    }
}

pub(super) fn body_bytes(word: &Word, place: Place<'_>) -> Result<usize, ConfigError> {
    let bytes = bytes(word, place)?;
    if bytes > BODY_MOST_BYTES {
        return Err(place.error(word.span().start, "a body is held in memory: write \"64 MiB\" or less"));
    }
    Ok(bytes)
}

/// `"512 KiB"`.
pub(super) fn bytes(word: &Word, place: Place<'_>) -> Result<usize, ConfigError> {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];
    let read = units.into_iter().find_map(|(unit, shift)| {
        let number: usize = word.get_ref().strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(1 << shift).filter(|bytes| *bytes > 0)
    });
    read.ok_or_else(|| place.error(word.span().start, "write a size such as \"512 KiB\" or \"4 MiB\""))
}

/// `"1500 ms"`, `"30 s"`, `"5 min"`; as other tables and the command line have it, `"30s"` and `"5m"` too.
pub(super) fn time(word: &Word, place: Place<'_>) -> Result<Duration, ConfigError> {
    let units = [("ms", 1), ("min", 60_000), ("m", 60_000), ("s", 1000)];
    let read = units.into_iter().find_map(|(unit, millis)| {
        let number: u64 = word.get_ref().strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(millis).map(Duration::from_millis)
    });
    let in_bounds = read.filter(|time| !time.is_zero() && *time <= TIME_MOST);
    in_bounds.ok_or_else(|| {
        place.error(word.span().start, "write a time of at most an hour, such as \"500 ms\", \"30 s\" or \"5 min\"")
    })
}
