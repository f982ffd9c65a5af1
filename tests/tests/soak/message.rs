//! What is sent: messages of several sorts, drawn from a seed, and what goes wrong with each.

use crate::support::firm::PHONE;
use pii_formats::coding::{self, Codings};
use pii_tests::generate::{Generator, slot};

/// So many of each sort are drawn; messages take turns.
const DRAWN: usize = 16;

/// What a customer's record holds: generators and fields.
const FIELDS: [(&str, &str); 5] =
    [("name", "name"), ("id18", "idNo"), ("mobile", "mobile"), ("card", "bankCard"), ("addr", "address")];

/// A sort of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
    /// Customers in JSON: masked.
    Customers,
    /// The same, packed.
    Packed,
    /// A customer as a form, in chunks: masked.
    Form,
    /// About nobody, in chunks: leaves as it is.
    Nobody,
    /// A number that leaves in clear if a person has agreed.
    Asked,
    /// A number in the path: stopped.
    InPath,
    /// To an upstream that nobody listens for.
    Unheard,
}

/// Of twenty messages.
const TURNS: [Sort; 20] = {
    use Sort::{Asked, Customers, Form, InPath, Nobody, Packed, Unheard};
    [
        Customers, Nobody, Form, Customers, Asked, Customers, Nobody, Packed, Customers, Form, Customers, Nobody,
        InPath, Customers, Asked, Customers, Packed, Customers, Nobody, Unheard,
    ]
};

/// What the upstream does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpstreamFault {
    /// Takes the message and closes without an answer.
    Closes,
    /// Closes before it has read the body: a reset.
    Resets,
    /// Breaks off in the middle of its answer.
    BreaksOff,
    /// Answers after everybody has stopped waiting.
    Sleeps,
}

/// What a client does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientFault {
    /// Sends half of its body and goes away.
    Half,
    /// Sends all of it and goes away.
    Leaves,
}

/// The upstream's fault with the message of this number, if any: with 2 in 100.
pub(crate) fn upstream_fault(number: usize) -> Option<UpstreamFault> {
    match drawn(number) {
        0..=4 => Some(UpstreamFault::Closes),
        5..=9 => Some(UpstreamFault::Resets),
        10..=16 => Some(UpstreamFault::BreaksOff),
        17..=19 => Some(UpstreamFault::Sleeps),
        _ => None,
    }
}

/// The client's, if any: with 1 in 100.
pub(crate) fn client_fault(number: usize) -> Option<ClientFault> {
    match drawn(number) {
        20..=24 => Some(ClientFault::Half),
        25..=29 => Some(ClientFault::Leaves),
        _ => None,
    }
}

/// A number from 0 to 999 that is the same for the same message.
fn drawn(number: usize) -> u64 {
    ((number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 1_000
}

/// A message as it is sent, all but its number.
pub(crate) struct Message {
    pub(crate) sort: Sort,
    head: String,
    pub(crate) body: Vec<u8>,
    is_chunked: bool,
    planted: Vec<String>,
}

/// All that are drawn.
pub(crate) struct Messages(Vec<Message>);

impl Messages {
    pub(crate) fn new() -> Self {
        let mut generator = Generator::new(20_261_128);
        Self((0..DRAWN).flat_map(|_| TURNS).map(|sort| Message::new(sort, &mut generator)).collect())
    }

    /// What is sent under this number, and which of those that are drawn it is.
    pub(crate) fn of(&self, number: usize) -> (usize, &Message) {
        let nth = number % self.0.len();
        (nth, &self.0[nth])
    }
}

impl Message {
    fn new(sort: Sort, generator: &mut Generator) -> Self {
        let mut planted = Vec::new();
        let mut value = |name: &str| {
            let value = slot(name).expect("a generator").value(generator);
            planted.push(value.clone());
            value
        };
        let json = "application/json";
        let (path, media_type, body) = match sort {
            Sort::Customers | Sort::Packed => ("/partner", json, customers(&mut value)),
            Sort::Form => {
                let fields: Vec<_> = [("name", "name"), ("idNo", "id18"), ("mobile", "mobile")]
                    .iter()
                    .map(|(field, slot)| format!("{field}={}", value(slot)))
                    .collect();
                ("/partner", "application/x-www-form-urlencoded; charset=utf-8", fields.join("&"))
            }
            Sort::Nobody => {
                ("/partner", json, format!("{{\"product\":\"中证500指数增强\",\"pad\":\"{}\"}}", "-".repeat(300)))
            }
            Sort::Asked => ("/news", json, format!("{{\"customer\":\"{PHONE}\",\"text\":\"请致电{PHONE}\"}}")),
            Sort::InPath => ("/partner/", json, "{}".to_owned()),
            Sort::Unheard => ("/unheard", json, customers(&mut value)),
        };
        let path = if sort == Sort::InPath { format!("{path}{}", value("id18")) } else { path.to_owned() };
        let mut head = format!("POST {path} HTTP/1.1\r\nHost: gateway.example\r\nContent-Type: {media_type}\r\n");
        let mut body = body.into_bytes();
        if sort == Sort::Packed {
            head.push_str("Content-Encoding: gzip\r\n");
            body = coding::encode(&Codings::parse(b"gzip").expect("known"), &body);
        }
        Self { sort, head, body, is_chunked: matches!(sort, Sort::Form | Sort::Nobody), planted }
    }

    /// The request under a number.
    pub(crate) fn request(&self, number: usize) -> Vec<u8> {
        let length = self.body.len();
        let framing = if self.is_chunked { "Transfer-Encoding: chunked" } else { &format!("Content-Length: {length}") };
        let mut request = format!("{}X-Number: n{number}\r\n{framing}\r\n\r\n", self.head).into_bytes();
        if self.is_chunked {
            let (first, second) = self.body.split_at(length / 2);
            for chunk in [first, second] {
                request.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                request.extend_from_slice(chunk);
                request.extend_from_slice(b"\r\n");
            }
            request.extend_from_slice(b"0\r\n\r\n");
        } else {
            request.extend_from_slice(&self.body);
        }
        request
    }

    /// What is wrong with what arrived of it, if anything.
    pub(crate) fn wrong_in(&self, body: &[u8]) -> Option<&'static str> {
        let is_right = match self.sort {
            Sort::Nobody => body == self.body,
            Sort::Asked => [CLEAR, MASKED].contains(&body),
            Sort::InPath | Sort::Unheard => false,
            Sort::Customers | Sort::Form => self.shows_nothing(body),
            Sort::Packed => {
                let gzip = Codings::parse(b"gzip").expect("known");
                let decoded = coding::decode(&gzip, body, &coding::Limits::default());
                decoded.is_ok_and(|decoded| self.shows_nothing(&decoded.bytes))
            }
        };
        (!is_right).then_some(match self.sort {
            Sort::Nobody => "a message about nobody was changed",
            Sort::InPath | Sort::Unheard => "it was to arrive nowhere",
            _ => "it shows what was planted",
        })
    }

    fn shows_nothing(&self, body: &[u8]) -> bool {
        std::str::from_utf8(body).is_ok_and(|text| {
            let text = percent_decoded(text);
            text.contains("mobile") && self.planted.iter().all(|value| !text.contains(value.as_str()))
        })
    }
}

/// What arrives of a message that asks: with the number in its field where the person has agreed.
const CLEAR: &[u8] = "{\"customer\":\"13800138000\",\"text\":\"请致电138******00\"}".as_bytes();
const MASKED: &[u8] = "{\"customer\":\"138******00\",\"text\":\"请致电138******00\"}".as_bytes();

/// Two customers, and what is about nobody.
fn customers(value: &mut impl FnMut(&str) -> String) -> String {
    let records: Vec<_> = (0..2)
        .map(|_| {
            let fields: Vec<_> =
                FIELDS.iter().map(|(slot, field)| format!("\"{field}\":\"{}\"", value(slot))).collect();
            format!("{{{},\"product\":\"沪深300指数\",\"risk\":\"R3\",\"status\":\"confirmed\"}}", fields.join(","))
        })
        .collect();
    format!("{{\"customers\":[{}]}}", records.join(","))
}

/// A form's values as they are read; other text as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
