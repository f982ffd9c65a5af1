//! One message: from the bytes that came to those that leave, without input or output.
//!
//! [`inspect`] is handed a request's head and its whole body, and says what leaves in its place, or why nothing does. It knows
//! media types, content codings and the parts of a head; what is personal and what becomes of it the masker knows.

mod body;
mod boundary;
mod clear;
mod explained;
mod fallback;
mod head;
mod masked;
mod media;
mod prepared;
mod query;
mod routing;
mod signed;
mod transport;

pub use clear::{Clear, in_clear};
pub use explained::{Explained, explained};
pub use prepared::{NotPrepared, Prepared};

use crate::config::Route;
use crate::stop::{Stop, Why};
use bytes::Bytes;
use hyper::{HeaderMap, Method};
use pii_flow::Items;
use pii_formats::{Allowance, Masker, Output, Report};
use pii_store::trail::Verdict;
use std::fmt;

/// A request as it came: its body whole, its framing gone.
pub struct Came<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path, as it was written.
    pub path: &'a str,
    /// The query, without its question mark.
    pub query: Option<&'a str>,
    /// The headers, those of the connection taken out.
    pub headers: &'a HeaderMap,
    /// The body, as it was coded.
    pub body: &'a Bytes,
}

/// What leaves in its place.
#[derive(Default)]
pub struct Leaves {
    /// The query, if it is another one.
    pub query: Option<String>,
    /// The values of `Cookie`, if they are others.
    pub cookies: Option<Vec<String>>,
    /// The body, if it is another one, coded as it came.
    pub body: Option<Vec<u8>>,
    /// Whether the body is the route's fallback.
    pub is_fallback: bool,
    /// What was found.
    pub found: Found,
}

/// What was found in a message, and what became of it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Counts, as a decision has them.
    pub items: Items,
    /// Whether something leaves as it came although the policy says otherwise, because the route only observes it.
    pub is_observed: bool,
}

/// Why nothing leaves, and what had been found by then.
#[derive(Debug)]
pub struct Stopped {
    /// Why.
    pub stop: Stop,
    /// What had been found.
    pub found: Found,
}

/// The most that may be made of a body.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The longest body, in bytes.
    pub body_bytes: usize,
    /// How many times as long as it came it may become by being decoded.
    pub ratio: usize,
    /// How much may be found in it, and until when.
    pub allowance: Allowance,
}

/// Says what leaves in the place of what came.
///
/// # Errors
/// Something in it must not leave, or nobody can tell.
pub fn inspect(came: &Came<'_>, route: &Route, prepared: &Prepared, bounds: Bounds) -> Result<Leaves, Box<Stopped>> {
    let mut leaves = Leaves::default();
    let outcome = inspect_into(&mut leaves, came, route, prepared, bounds);
    match outcome {
        Ok(()) => Ok(leaves),
        Err(stop) => Err(Box::new(Stopped { stop, found: leaves.found })),
    }
}

/// Says what is in a body and what would become of it, by the policy alone: nothing is stopped by what is found.
///
/// # Errors
/// The body cannot be read.
pub fn scanned(came: &Came<'_>, route: &Route, prepared: &Prepared, bounds: Bounds) -> Result<Vec<Report>, Stop> {
    if came.body.is_empty() {
        return Ok(Vec::new());
    }
    body::open(came.headers, came.body, route, bounds)?.decided(prepared)
}

/// Says what goes back in the place of an answer's body: `None` where it is the same. Its headers go back as they are, or the
/// answer does not.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_answer(
    headers: &HeaderMap,
    body: &[u8],
    route: &Route,
    prepared: &Prepared,
    bounds: Bounds,
) -> Result<Option<Vec<u8>>, Stop> {
    head::inspect_answer(headers, route, prepared)?;
    if body.is_empty() {
        return Ok(None);
    }
    let opened = body::open(headers, body, route, bounds)?;
    Ok(opened.masked(route, prepared, &mut Found::default())?.map(|masked| opened.coded(masked)))
}

fn inspect_into(
    leaves: &mut Leaves,
    came: &Came<'_>,
    route: &Route,
    prepared: &Prepared,
    bounds: Bounds,
) -> Result<(), Stop> {
    head::inspect(came, route, prepared, leaves)?;
    if let Some(query) = came.query {
        leaves.query = query::inspect(query, prepared, &mut leaves.found)?;
    }
    if !came.body.is_empty() {
        let opened = body::open(came.headers, came.body, route, bounds)?;
        leaves.body =
            match (opened.masked(route, prepared, &mut leaves.found), &route.fallback) {
                (Err(stop), Some(fallback)) if stop.why == Why::Found => {
                    let instead = opened.with(fallback).ok_or(stop)?;
                    leaves.is_fallback = true;
                    Some(opened.coded(
                        instead.masked(route, prepared, &mut leaves.found)?.unwrap_or_else(|| instead.into_plain()),
                    ))
                }
                (masked, _) => masked?.map(|masked| opened.coded(masked)),
            };
    }
    // Who signs again may change what was signed.
    if route.sign.is_some() { Ok(()) } else { signed::holds(came, leaves) }
}

impl Leaves {
    /// What becomes of the message, as it is recorded.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self { is_fallback: true, .. } => Verdict::Fallback,
            Self { found: Found { is_observed: true, .. }, .. } => Verdict::Observe,
            _ => Verdict::Send,
        }
    }
}

impl Found {
    fn take(&mut self, output: &Output, masker: &Masker) {
        self.items.add(Items::of(output, masker));
        self.is_observed |= output.reports.iter().any(|report| report.is_observed() && report.action != "pass");
    }

    fn add(&mut self, other: Self) {
        self.items.add(other.items);
        self.is_observed |= other.is_observed;
    }
}

impl fmt::Debug for Leaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { query, cookies, body, found, .. } = self;
        let body = body.as_ref().map(Vec::len);
        write!(f, "Leaves(query {}, cookies {}, body {body:?}, {found:?})", query.is_some(), cookies.is_some())
    }
}
