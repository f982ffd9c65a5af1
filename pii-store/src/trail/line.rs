//! A record as a line: JSON that is written in one way, with its number, its time and its hash.
//!
//! `{"v":1,"node":"n1","class":"business","seq":17,"at":"2026-11-27T08:15:30.250Z","kind":"decision",…,"chain":"…"}`

use super::class::Class;
use super::hash::{Hash, HashAlgorithm};
use super::name::Name;
use super::record::Content;
use super::{TrailError, segment};
use pii_core::time::Moment;

/// The longest line, in bytes, its end included.
pub const LINE_LIMIT_BYTES: usize = 64 * 1024;

/// The longest content. What stands around it takes less than the rest.
const CONTENT_LIMIT_BYTES: usize = LINE_LIMIT_BYTES - 1024;

const TIME_BYTES: usize = "2026-11-27T08:15:30.250Z".len();

/// `,"chain":"`, 64 digits, `"}`.
const CHAIN: &[u8] = b",\"chain\":\"";
const TAIL_BYTES: usize = CHAIN.len() + 64 + 2;

/// A time as it stands in a line.
pub(crate) type Time = [u8; TIME_BYTES];

/// What a line begins with, up to its number.
pub(crate) fn prefix(node: &Name, class: Class) -> String {
    format!("{{\"v\":1,\"node\":\"{node}\",\"class\":\"{class}\",\"seq\":")
}

/// A time as it stands in a line.
pub(crate) fn time(at: Moment) -> Time {
    let mut time = [b'0'; TIME_BYTES];
    let text = at.to_string();
    // Moments have four digits of year, so they are all of this length.
    if text.len() == TIME_BYTES {
        time.copy_from_slice(text.as_bytes());
    }
    time
}

/// What stands in a line between time and hash: an object without its braces.
pub(crate) fn content(content: &Content) -> Result<Vec<u8>, TrailError> {
    let mut json = serde_json::to_vec(content).map_err(|_| TrailError::limit("a record cannot be written"))?;
    if json.len() > CONTENT_LIMIT_BYTES {
        return Err(TrailError::limit(format!("a record has at most {CONTENT_LIMIT_BYTES} bytes")));
    }
    json.pop();
    json.remove(0);
    Ok(json)
}

/// Writes a line, and returns its hash.
pub(crate) fn write(out: &mut Vec<u8>, new: &New<'_>, algorithm: HashAlgorithm, before: &Hash) -> Hash {
    let start = out.len();
    out.extend_from_slice(new.prefix.as_bytes());
    out.extend_from_slice(new.seq.to_string().as_bytes());
    out.extend_from_slice(b",\"at\":\"");
    out.extend_from_slice(new.at);
    out.extend_from_slice(b"\",");
    out.extend_from_slice(new.content);
    let hash = Hash::of_record(algorithm, before, &out[start..]);
    out.extend_from_slice(CHAIN);
    out.extend_from_slice(&hash.hex());
    out.extend_from_slice(b"\"}\n");
    hash
}

/// What a line is written from.
pub(crate) struct New<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) seq: u64,
    pub(crate) at: &'a Time,
    pub(crate) content: &'a [u8],
}

/// A line that was read: what stands around the content, checked for its form alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'l> {
    pub(crate) node: &'l str,
    pub(crate) class: Class,
    pub(crate) seq: u64,
    pub(crate) at: Moment,
    pub(crate) kind: &'l str,
    content: &'l str,
    hashed: &'l [u8],
    /// The hash that the line says it has.
    pub(crate) chain: Hash,
}

impl<'l> Line<'l> {
    /// Reads a line without its end. `None` for what this version did not write.
    pub(crate) fn parse(line: &'l [u8]) -> Option<Self> {
        let at_tail = line.len().checked_sub(TAIL_BYTES)?;
        let (hashed, tail) = line.split_at(at_tail);
        let hex = tail.strip_prefix(CHAIN)?.strip_suffix(b"\"}")?;
        let chain = Hash::parse(std::str::from_utf8(hex).ok()?)?;
        let text = std::str::from_utf8(hashed).ok()?;
        let (node, rest) = text.strip_prefix("{\"v\":1,\"node\":\"")?.split_once("\",\"class\":\"")?;
        let (class, rest) = rest.split_once("\",\"seq\":")?;
        let (seq, rest) = rest.split_once(",\"at\":\"")?;
        let (at, rest) = rest.split_at_checked(TIME_BYTES)?;
        let content = rest.strip_prefix("\",")?;
        let kind = content.strip_prefix("\"kind\":\"")?.split('"').next()?;
        let (class, seq) = (Class::parse(class)?, segment::number(seq)?);
        Some(Self { node, class, seq, at: Moment::parse(at)?, kind, content, hashed, chain })
    }

    /// What it should have as its hash, behind such a record.
    pub(crate) fn hash(&self, algorithm: HashAlgorithm, before: &Hash) -> Hash {
        Hash::of_record(algorithm, before, self.hashed)
    }

    /// What it says. `None` where that is no record of this version.
    pub(crate) fn record(&self) -> Option<Content> {
        serde_json::from_str(&format!("{{{}}}", self.content)).ok()
    }
}
