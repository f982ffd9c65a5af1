//! What requests have in common. Of a path only words are kept that stand for what is asked, not for whom: a name in a path may be a
//! person's.

use crate::config::Route;
use crate::message::Explained;
use crate::stop::Stop;
use hyper::header::CONTENT_TYPE;
use hyper::{HeaderMap, Method};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a part of a path, or of a host, that is not told.
pub const ANY: &str = "*";

/// So many words of a path are told.
const WORDS: usize = 4;

/// A longer word is an identifier, in bytes; so is one with more digits.
const WORD_LIMIT_BYTES: usize = 32;
const WORD_DIGITS: usize = 3;

/// A word of a path is told once so many messages had it.
const LEAST: u64 = 3;

/// Where more words than these stand in the same place of paths, they are identifiers.
const CHILDREN: usize = 8;

/// What requests have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shape {
    /// The route that takes them, if one does.
    pub route: Option<Taken>,
    /// The host that they name.
    pub host: String,
    /// Their path as far as it is told; [`ANY`] stands for the rest.
    pub path: String,
    /// Their method.
    pub method: String,
    /// The type of their body, without parameters; empty where there is none.
    pub media_type: String,
}

/// The route that takes requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Taken {
    /// What it is called.
    pub name: String,
    /// Where it leads.
    pub upstream: String,
    /// The way out.
    pub channel: String,
}

/// What was seen of requests of one shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How many there were.
    pub messages: u64,
    /// The longest body, in bytes.
    pub longest: usize,
    /// What was found in them, and where.
    pub findings: Vec<Finding>,
    /// What stopped them.
    pub stops: Vec<Stopping>,
}

/// What was found in one place of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where: `$.mobile`, `header x-customer-no`; of a list all places are one.
    pub place: String,
    /// What it is.
    pub kind: String,
    /// What becomes of it.
    pub action: String,
    /// Whether it passes because it is where the message goes.
    pub is_routing: bool,
    /// How often.
    pub count: u64,
}

/// What stopped requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// A word of [`Why`](crate::stop::Why).
    pub why: String,
    /// Where, if that is known.
    pub place: Option<String>,
    /// How often.
    pub count: u64,
}

/// What was learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// For how long it goes on.
    pub seconds_left: u64,
    /// How many requests there were.
    pub messages: u64,
    /// How many of them had shapes of which there were too many.
    pub left_out: u64,
    /// What they looked like.
    pub shapes: Vec<(Shape, Seen)>,
}

impl Shape {
    pub(crate) fn of(host: &str, path: &str, method: &Method, taken: Option<(&Route, &HeaderMap)>) -> Self {
        let is_host = host.len() <= 253
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
            && host.split(['.', ':']).all(|label| label.bytes().filter(u8::is_ascii_digit).count() <= 5);
        let media_type = taken.map(|(_, headers)| media_type(headers)).unwrap_or_default();
        let taken = taken.map(|(route, _)| {
            let (upstream, base) = (&route.upstream, &route.upstream.base);
            Taken {
                name: route.name.to_string(),
                upstream: format!("{}://{}{base}", upstream.scheme, upstream.authority),
                channel: route.channel.to_string(),
            }
        });
        Self {
            route: taken,
            host: if is_host { host.to_owned() } else { ANY.to_owned() },
            path: words(path),
            method: method.to_string(),
            media_type,
        }
    }
}

impl Seen {
    pub(super) fn find(&mut self, one: &Explained, most: usize) {
        let (kind, action) = (one.kind.to_owned(), one.action.to_owned());
        let place = in_lists(&one.place);
        self.found(Finding { place, kind, action, is_routing: one.is_routing, count: 1 }, most);
    }

    pub(super) fn stop(&mut self, stop: &Stop, most: usize) {
        let (why, place) = (stop.why.word().to_owned(), stop.place.as_deref().map(in_lists));
        self.stopped(Stopping { why, place, count: 1 }, most);
    }

    fn add(&mut self, other: &Self) {
        self.messages += other.messages;
        self.longest = self.longest.max(other.longest);
        other.findings.iter().for_each(|finding| self.found(finding.clone(), usize::MAX));
        other.stops.iter().for_each(|stop| self.stopped(stop.clone(), usize::MAX));
    }

    /// Counts a finding with those that are the same; another one as long as there are fewer than `most`.
    fn found(&mut self, new: Finding, most: usize) {
        let same = |known: &Finding| (&known.place, &known.kind, &known.action) == (&new.place, &new.kind, &new.action);
        if let Some(nth) = self.findings.iter().position(same) {
            self.findings[nth].count += new.count;
        } else if self.findings.len() < most {
            self.findings.push(new);
        }
    }

    /// The same of what stopped requests.
    fn stopped(&mut self, new: Stopping, most: usize) {
        let same = |known: &Stopping| known.why == new.why && known.place == new.place;
        if let Some(nth) = self.stops.iter().position(same) {
            self.stops[nth].count += new.count;
        } else if self.stops.len() < most {
            self.stops.push(new);
        }
    }
}

/// The shapes as they are told: without words of paths that few messages had, or that are many in one place.
pub(super) fn told(shapes: &BTreeMap<Shape, Seen>) -> Vec<(Shape, Seen)> {
    let (mut counts, mut children) =
        (BTreeMap::<(&str, &str), u64>::new(), BTreeMap::<(&str, &str), BTreeSet<&str>>::new());
    for (shape, seen) in shapes {
        for (above, prefix) in prefixes(&shape.path) {
            *counts.entry((&shape.host, prefix)).or_default() += seen.messages;
            children.entry((&shape.host, above)).or_default().insert(prefix);
        }
    }
    let is_told = |host: &str, above: &str, prefix: &str| {
        counts.get(&(host, prefix)).is_some_and(|count| *count >= LEAST)
            && children.get(&(host, above)).is_none_or(|children| children.len() <= CHILDREN)
    };
    let mut told = BTreeMap::<Shape, Seen>::new();
    for (shape, seen) in shapes {
        let words = prefixes(&shape.path).take_while(|(above, prefix)| is_told(&shape.host, above, prefix));
        let kept = words.last().map_or("", |(_, prefix)| prefix);
        let rest = if kept.len() == shape.path.len() { "" } else { "/*" };
        let path = if shape.path == "/" { "/".to_owned() } else { format!("{kept}{rest}") };
        told.entry(Shape { path, ..shape.clone() }).or_default().add(seen);
    }
    let mut told: Vec<_> = told.into_iter().collect();
    told.iter_mut().for_each(|(_, seen)| seen.findings.sort_by_key(|finding| Reverse(finding.count)));
    told.sort_by_key(|(_, seen)| Reverse(seen.messages));
    told
}

/// The paths above a path and itself, each with the one above it: `("", "/a"), ("/a", "/a/b")`.
fn prefixes(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
    let mut above = "";
    ends.map(move |end| {
        let pair = (above, &path[..end]);
        above = &path[..end];
        pair
    })
}

/// The words that a path begins with.
fn words(path: &str) -> String {
    let is_word = |segment: &str| {
        segment.len() <= WORD_LIMIT_BYTES
            && segment.starts_with(|first: char| first.is_ascii_alphabetic())
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && segment.bytes().filter(u8::is_ascii_digit).count() <= WORD_DIGITS
    };
    let mut told = String::new();
    for (nth, segment) in path.split('/').skip(1).enumerate() {
        told.push('/');
        if nth == WORDS || !(is_word(segment) || segment.is_empty()) {
            told.push_str(ANY);
            return told;
        }
        told.push_str(segment);
    }
    told
}

fn media_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_type = essence.len() <= 80
        && essence.bytes().all(|byte| byte.is_ascii_lowercase() || b"/+.-0123456789".contains(&byte));
    if is_type { essence } else { ANY.to_owned() }
}

/// A place, for which all of a list are one.
fn in_lists(place: &str) -> String {
    let mut told = String::with_capacity(place.len());
    let mut rest = place;
    while let Some(at) = rest.find('[') {
        let (before, behind) = rest.split_at(at + 1);
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        told.push_str(before);
        if digits > 0 {
            told.push_str(ANY);
        }
        rest = &behind[digits..];
    }
    told.push_str(rest);
    match told.rsplit_once("line ") {
        Some((before, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => format!("{before}text"),
        _ => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_path_are_told_and_identifiers_are_not() {
        for (path, told) in [
            ("/", "/"),
            ("/v1/messages", "/v1/messages"),
            ("/v1/customers/13800138000/cards", "/v1/customers/*"),
            ("/%E5%BC%A0/x", "/*"),
            ("/a/b/c/d/e", "/a/b/c/d/*"),
            ("/customers/5f1b6c7a9d0e", "/customers/*"),
            ("/send/", "/send/"),
        ] {
            assert_eq!(words(path), told, "{path}");
        }
    }

    #[test]
    fn names_that_look_like_words_are_not_told() {
        let shape = |path: &str| Shape::of("api.example", path, &Method::GET, None);
        let seen = |messages| Seen { messages, ..Seen::default() };
        let mut shapes = BTreeMap::from([(shape("/send"), seen(10)), (shape("/rare/thing"), seen(2))]);
        for name in ["zhangsan", "lisi", "wangwu", "zhaoliu", "sunqi", "zhouba", "wujiu", "zhengshi", "qianyi"] {
            shapes.insert(shape(&format!("/customers/{name}/cards")), seen(5));
        }
        let told: Vec<_> = told(&shapes).into_iter().map(|(shape, seen)| (shape.path, seen.messages)).collect();
        assert_eq!(told, [("/customers/*".to_owned(), 45), ("/send".to_owned(), 10), ("/*".to_owned(), 2)]);
    }

    #[test]
    fn hosts_with_numbers_are_not_told() {
        for (host, told) in [
            ("sms.example.com:8443", "sms.example.com:8443"),
            ("127.0.0.1", "127.0.0.1"),
            ("u13800138000.example.com", "*"),
        ] {
            assert_eq!(Shape::of(host, "/", &Method::GET, None).host, told);
        }
    }

    #[test]
    fn all_of_a_list_are_one_place() {
        for (place, told) in [
            ("$.customers[12].idNo", "$.customers[*].idNo"),
            ("$[0][1]", "$[*][*]"),
            ("line 12", "text"),
            ("query line 1", "query text"),
            ("header x-line", "header x-line"),
        ] {
            assert_eq!(in_lists(place), told);
        }
    }
}
