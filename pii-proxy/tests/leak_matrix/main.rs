//! What reaches an upstream, however it is hidden: every disguise and encoding, in every shape of a message, under every
//! content coding, in every framing.

#![cfg(unix)]

mod cells;
mod codings;
#[path = "../support/mod.rs"]
mod support;
mod wire;

use cells::{Cell, Place, cells, controls, heads, mislabelled};
use codings::{Coding, HONEST, REFUSED, SILENT, decoded};
use pii_tests::random::Random;
use pii_tests::reading::survivors;
use pii_tests::report::is_masked_by_default;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use support::Proxy;
use support::upstream::{Came, Upstream};
use wire::{Connection, Framing, Sent};

/// Requests at once. The audit trail is written to the disk for all that are in flight together.
const THREADS: usize = 16;

/// Cells that are not expected to work, with the reason: shape, disguise, slot and coding, `*` for any.
const EXPECTED_TO_FAIL: &[(&str, &str, &str, &str, &str)] = &[
    ("query", "plain", "token", "*", CREDENTIAL),
    ("query", "percent-encoded", "token", "*", CREDENTIAL),
    ("*", "spaces in groups of four", "birth", "*", SEPARATED_DATE),
    ("*", "spaces between all digits", "birth", "*", SEPARATED_DATE),
    ("*", "no-break spaces", "birth", "*", SEPARATED_DATE),
    ("*", "thin spaces", "birth", "*", SEPARATED_DATE),
    ("*", "ideographic spaces", "birth", "*", SEPARATED_DATE),
    ("*", "dashes", "birth", "*", SEPARATED_DATE),
    ("*", "en dashes", "birth", "*", SEPARATED_DATE),
    ("*", "em dashes", "birth", "*", SEPARATED_DATE),
    ("*", "dots in groups", "birth", "*", SEPARATED_DATE),
    ("*", "dots between all digits", "birth", "*", SEPARATED_DATE),
    ("*", "GBK, not named", "plate", "*", ONE_CHARACTER),
    ("*", "GB18030, not named", "plate", "*", ONE_CHARACTER),
    ("form", "percent-encoded GBK", "plate", "*", ONE_CHARACTER),
    ("form as text", "percent-encoded GBK", "plate", "*", ONE_CHARACTER),
    ("query", "percent-encoded GBK", "plate", "*", ONE_CHARACTER),
    ("*", "Chinese digits", "foreign_passport", "*", FEW_DIGITS),
    ("*", "Chinese digits with 零", "foreign_passport", "*", FEW_DIGITS),
    ("*", "financial Chinese digits", "foreign_passport", "*", FEW_DIGITS),
];

const ONE_CHARACTER: &str =
    "one Han character alone in GBK may be a Latin letter in UTF-8 (鲁 is ³), and nothing says which";

const FEW_DIGITS: &str = "letters with a few Chinese digits among them are no number to the engine";

/// Why a key in the query passes: it says to that upstream who calls, as those of chat webhooks do.
const CREDENTIAL: &str = "access_token in a query passes to that upstream";

const SEPARATED_DATE: &str =
    "eight digits of a date with separators where no date has them (1887-0304) are no date to the engine";

/// One request and what has to come of it.
struct Trial {
    cell: Cell,
    coding: &'static Coding,
    framing: Framing,
    expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// It arrives, and what was planted cannot be read in it.
    Masked,
    /// It arrives byte for byte.
    Unchanged,
    /// It does not leave.
    Refused(u16),
    /// It does not leave, or what was planted cannot be read in it: a receiver may believe the media type, or the bytes.
    Unread,
}

impl Trial {
    fn new(cell: Cell, coding: &'static Coding, framing: Framing) -> Self {
        let masked =
            if cell.document.truths.iter().any(is_masked_by_default) { Expected::Masked } else { Expected::Unchanged };
        let expected = coding.refused.map_or(masked, Expected::Refused);
        Self { cell, coding, framing, expected }
    }

    fn name(&self) -> String {
        let Self { cell, coding, framing, .. } = self;
        format!("{} / {} / {} / {} / {framing:?}", cell.shape.name, cell.disguise, cell.slot.name, coding.name)
    }

    fn is_expected_to_fail(&self) -> bool {
        let fits = |pattern: &str, name: &str| pattern == "*" || pattern == name;
        EXPECTED_TO_FAIL.iter().any(|(shape, disguise, slot, coding, _)| {
            fits(shape, self.cell.shape.name)
                && fits(disguise, &self.cell.disguise)
                && fits(slot, self.cell.slot.name)
                && fits(coding, self.coding.name)
        })
    }
}

fn seed() -> u64 {
    std::env::var("PII_TESTS_SEED").map_or(1, |text| text.parse().expect("PII_TESTS_SEED is a number"))
}

/// Every kind in every disguise and shape, each in a coding and a framing that the seed chooses.
#[test]
fn every_kind_in_every_disguise_and_shape() {
    let mut random = Random::new(seed());
    let trials = cells(seed(), |_| true).into_iter().map(|cell| {
        let coding = if cell.shape.is_body() { &HONEST[random.below(HONEST.len())] } else { &HONEST[0] };
        Trial::new(cell, coding, framing(&mut random))
    });
    all_work(&trials.collect::<Vec<_>>());
}

/// One value of each sort in every disguise, shape and coding.
#[test]
fn every_coding_of_every_disguise_and_shape() {
    all_work(&in_every_coding(|name| matches!(name, "id18" | "name"), &[]));
}

/// The whole product, but for the kinds beyond a few.
#[test]
#[ignore = "takes minutes"]
fn the_whole_product() {
    let framings = [Framing::Length, Framing::Chunks(1), Framing::Chunks(7), Framing::Chunks(1 << 16)];
    all_work(&in_every_coding(
        |name| matches!(name, "id18" | "name" | "mobile" | "card" | "cash" | "addr" | "pwd"),
        &framings,
    ));
}

/// What holds nothing arrives byte for byte, in the coding and the framing that it came in.
#[test]
fn what_holds_nothing_arrives_as_it_is() {
    let mut random = Random::new(seed());
    let mut trials = Vec::new();
    for cell in controls() {
        for coding in HONEST.iter().take(if cell.shape.is_body() { HONEST.len() } else { 1 }) {
            let mut trial = Trial::new(cell.clone(), coding, framing(&mut random));
            trial.expected = Expected::Unchanged;
            trials.push(trial);
        }
    }
    all_work(&trials);
}

/// Wherever chunks are cut, the same bytes arrive.
#[test]
fn chunks_may_be_cut_anywhere() {
    let chosen = [
        ("json", "plain", "none"),
        ("json", "JSON escapes", "none"),
        ("form", "percent-encoded", "none"),
        ("xml", "decimal references", "none"),
        ("text", "UTF-16LE", "none"),
        ("csv", "GBK, named", "none"),
        ("json", "base64 in a field, 1", "none"),
        ("multipart", "full-width", "none"),
        ("json", "plain", "gzip"),
        ("html", "plain", "br"),
    ];
    let all = cells(seed(), |slot| slot.name == "id18");
    let mut trials = Vec::new();
    for (shape, disguise, coding) in chosen {
        let cell = all.iter().find(|cell| cell.shape.name == shape && cell.disguise.starts_with(disguise));
        let cell = cell.unwrap_or_else(|| panic!("{shape} {disguise}"));
        let coding = HONEST.iter().find(|known| known.name == coding).expect("a coding");
        for at in 1..coding.code(&cell.document.bytes).len() {
            trials.push(Trial::new(cell.clone(), coding, Framing::CutAt(at)));
        }
    }
    all_work(&trials);
}

/// A charset that is named is the one that the bytes are in, or the message does not leave readable.
#[test]
fn charsets_that_lie() {
    let mut random = Random::new(seed());
    let mut trials = Vec::new();
    for cell in mislabelled(seed(), |slot| {
        matches!(slot.name, "id18" | "name" | "addr" | "mobile" | "cash" | "email" | "trader")
    }) {
        let mut trial = Trial::new(cell, random.pick(&[&HONEST[0], &HONEST[2]]), framing(&mut random));
        trial.expected = Expected::Unread;
        trials.push(trial);
    }
    all_work(&trials);
}

/// What stands in a path, a header or a cookie stops the message.
#[test]
fn what_stands_in_a_head() {
    let trials = heads(seed()).into_iter().map(|cell| {
        let mut trial = Trial::new(cell, &HONEST[0], Framing::Length);
        trial.expected = Expected::Refused(422);
        trial
    });
    all_work(&trials.collect::<Vec<_>>());
}

fn in_every_coding(wanted: impl Fn(&str) -> bool, framings: &[Framing]) -> Vec<Trial> {
    let mut random = Random::new(seed());
    let mut trials = Vec::new();
    for cell in cells(seed(), |slot| wanted(slot.name)) {
        for coding in HONEST.iter().chain(REFUSED).chain(SILENT) {
            if !cell.shape.is_body() && coding.name != "none" {
                continue;
            }
            let drawn = [framing(&mut random)];
            let framings = if framings.is_empty() { &drawn[..] } else { framings };
            trials.extend(framings.iter().map(|framing| Trial::new(cell.clone(), coding, *framing)));
        }
    }
    trials
}

fn framing(random: &mut Random) -> Framing {
    random.pick(&[Framing::Length, Framing::Chunks(1), Framing::Chunks(7), Framing::Chunks(1 << 16)])
}

/// Sends them all through one proxy.
fn all_work(trials: &[Trial]) {
    assert!(trials.len() > 100, "only {} trials", trials.len());
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    let (next, failing) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut connection = Connection::to(proxy.addresses[0]);
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(trial) = trials.get(index) else { return };
                    let outcome = tried(trial, index, &mut connection, &upstream);
                    if let Err(what) = outcome
                        && !trial.is_expected_to_fail()
                    {
                        failing.lock().expect("nobody panics here").insert(index, format!("{}: {what}", trial.name()));
                    }
                }
            });
        }
    });
    let failing: Vec<String> = failing.into_inner().expect("nobody panics here").into_values().collect();
    assert!(upstream.came().is_empty(), "something arrived that nobody asked for");
    assert!(failing.is_empty(), "{} of {} fail:\n{}", failing.len(), trials.len(), failing.join("\n"));
}

/// Sends one and says what is wrong with what came of it.
fn tried(trial: &Trial, index: usize, connection: &mut Connection, upstream: &Upstream) -> Result<(), String> {
    let mut sent = trial.cell.request();
    let name = letters(index);
    sent.headers.push(("X-Cell".to_owned(), name.clone().into_bytes()));
    sent.headers.extend(trial.coding.said.iter().map(|said| ("Content-Encoding".to_owned(), said.as_bytes().to_vec())));
    sent.body = trial.coding.code(&sent.body);
    let answer = connection.send(&sent, trial.framing);
    let mut came = upstream.take(|came| came.header("x-cell") == Some(name.as_str()));
    if came.len() > 1 {
        return Err(format!("{} arrived", came.len()));
    }
    let (status, told) = (answer.status(), answer.header("x-pii-sent").unwrap_or_default());
    if let Expected::Refused(expected) = trial.expected {
        return match came.pop() {
            None if (status, told) == (expected, "no") => Ok(()),
            None => Err(format!("{status} {told} {}", answer.problem("detail"))),
            Some(_) => Err("it arrived".to_owned()),
        };
    }
    if came.is_empty() && trial.expected == Expected::Unread && (status, told) == (422, "no") {
        return Ok(());
    }
    let Some(came) = came.pop() else {
        return Err(format!("{status} {told} {} at {}", answer.problem("detail"), answer.problem("place")));
    };
    if (status, told) != (200, "yes") {
        return Err(format!("it arrived, and was answered with {status} {told}"));
    }
    arrived(trial, &sent, &came)
}

fn arrived(trial: &Trial, sent: &Sent, came: &Came) -> Result<(), String> {
    let target = came.head.split(' ').nth(1).unwrap_or_default();
    if trial.expected == Expected::Unchanged {
        let is_same = target == sent.target && came.body == sent.body;
        return if is_same { Ok(()) } else { Err("it arrived changed".to_owned()) };
    }
    let document = &trial.cell.document;
    if came.body != sent.body && came.header("content-length").is_none() {
        return Err("it was changed, and has no length".to_owned());
    }
    let plain = decoded(&said(came), &came.body);
    for (what, bytes) in [("body", &plain), ("body as it travels", &came.body), ("head", &without_lengths(&came.head))]
    {
        if !survivors(document, bytes).is_empty() {
            return Err(format!("it can be read in the {what}"));
        }
    }
    if trial.expected == Expected::Unread {
        return Ok(());
    }
    let is_same = if trial.cell.shape.place == Place::Query { target == sent.target } else { came.body == sent.body };
    if is_same { Err("it arrived as it was".to_owned()) } else { Ok(()) }
}

/// The codings that are named to the upstream.
fn said(came: &Came) -> String {
    let lines = came.head.lines().filter_map(|line| line.split_once(':'));
    let values = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding")).map(|(_, value)| value.trim());
    values.collect::<Vec<_>>().join(",")
}

/// The head without numbers that are the proxy's own.
fn without_lengths(head: &str) -> Vec<u8> {
    let own = ["host:", "content-length:", "x-cell:"];
    let lines = head.lines().filter(|line| !own.iter().any(|name| line.to_ascii_lowercase().starts_with(name)));
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

/// A number in letters, in which nothing can be found.
fn letters(number: usize) -> String {
    let digits = format!("{number:06}");
    digits.bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}
