//! Routes: which requests go where, and what holds for them.

use super::ConfigError;
use super::amount::{self, Limits};
use super::file::{Place, Word};
use super::health::{Health, HealthTable};
use super::lines::Lines;
use super::listen::TlsVersion;
use super::matcher::Matcher;
use super::sign::{SignAt, SignTable};
use super::upstream::Upstream;
use hyper::header::{COOKIE, HeaderName};
use pii_core::Kind;
use pii_core::policy::{Date, Field};
use pii_core::purpose::Method;
use pii_store::trail::Name;
use serde::Deserialize;
use std::path::PathBuf;

/// What the one route is called that the command line makes.
const ONLY: &str = "default";

/// A route.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// What it is called, in records, metrics and errors.
    pub name: Name,
    /// Which requests it takes.
    pub matcher: Matcher,
    /// Where they go.
    pub upstream: Upstream,
    /// The way out, for the policy.
    pub channel: Name,
    /// Who gets them.
    pub recipient: Option<Name>,
    /// What for.
    pub purpose: Option<Name>,
    /// The longest body, in bytes.
    pub body_bytes: usize,
    /// Fields that say who gets a message, and pass for that.
    pub routing: Vec<String>,
    /// Whether the usual names of receivers route here too: on `sms`, `email` and `push` they do anyway.
    pub has_receivers: bool,
    /// Fields that nobody can read, and what they hold.
    pub opaque: Vec<Opaque>,
    /// Media types that pass unread.
    pub attachments: Vec<String>,
    /// Headers that are not looked at, beside those of the transport.
    pub trusted_headers: Vec<HeaderName>,
    /// What becomes of cookies that hold something.
    pub cookies: Cookies,
    /// Whether room is kept for it when there is more to do than can be done.
    pub is_critical: bool,
    /// Decide and record, and send unchanged.
    pub observe: Option<Observe>,
    /// What is sent in place of a message that is blocked for what was found in it.
    pub fallback: Option<Fallback>,
    /// What becomes of answers.
    pub responses: Responses,
    /// Where the person is whom a request is about, on routes that need that person's consent.
    pub consent: Option<Consent>,
    /// How its upstream is asked whether it is well. `None`: it is not.
    pub health: Option<Health>,
    /// Whose signature its requests carry, and by whose they leave. `None`: nobody signs here.
    pub sign: Option<SignAt>,
    /// Where the file says what of it.
    pub lines: Lines,
}

/// A field that nobody can read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Its path or name.
    pub field: Field,
    /// What it holds: decided on as if it had been found.
    pub kinds: Vec<Kind>,
}

/// What becomes of cookies in which something is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cookies {
    /// The request is blocked.
    #[default]
    Block,
    /// What is found is masked.
    Mask,
    /// They pass: the upstream set them.
    Pass,
}

/// What becomes of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Responses {
    /// They pass as they come.
    #[default]
    Pass,
    /// They are read whole and masked.
    Mask,
}

/// Decide and record, and send unchanged: for as long as a route is tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observe {
    /// For which kinds; for others what is decided is done. Empty: for all.
    pub kinds: Vec<Kind>,
    /// The last day of it, in China.
    pub until: Date,
    /// Why.
    pub why: String,
}

/// What is sent in place of a blocked message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The field that takes it.
    pub field: String,
    /// The text, without variables.
    pub text: String,
}

/// Where the person is whom a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Where what the person is known by stands.
    pub subject: SubjectAt,
    /// What it is.
    pub kind: Kind,
    /// What is done with the data, as the purpose was declared.
    pub method: Method,
}

/// Where a message says whom it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubjectAt {
    /// In a header.
    Header(HeaderName),
    /// In a field of the body or the query.
    Field(Field),
}

/// `[[route]]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteTable {
    name: Word,
    #[serde(default)]
    hosts: Vec<Word>,
    path: Option<Word>,
    #[serde(default)]
    methods: Vec<Word>,
    upstream: Word,
    upstream_authority: Option<PathBuf>,
    upstream_certificate: Option<PathBuf>,
    upstream_key: Option<PathBuf>,
    #[serde(default)]
    upstream_tls_minimum: TlsVersion,
    upstream_http2: Option<bool>,
    channel: Word,
    recipient: Option<Word>,
    purpose: Option<Word>,
    body: Option<Word>,
    #[serde(default)]
    routing: Vec<Word>,
    #[serde(default)]
    receivers: bool,
    #[serde(default)]
    opaque: Vec<OpaqueTable>,
    #[serde(default)]
    attachments: Vec<Word>,
    #[serde(default)]
    trusted_headers: Vec<Word>,
    #[serde(default)]
    cookies: Cookies,
    #[serde(default)]
    critical: bool,
    observe: Option<ObserveTable>,
    fallback: Option<FallbackTable>,
    #[serde(default)]
    responses: Responses,
    consent: Option<ConsentTable>,
    health: Option<HealthTable>,
    sign: Option<SignTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpaqueTable {
    field: Word,
    kinds: Vec<Word>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObserveTable {
    #[serde(default)]
    kinds: Vec<Word>,
    until: toml::Spanned<toml::value::Datetime>,
    why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FallbackTable {
    field: String,
    text: Word,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentTable {
    header: Option<Word>,
    field: Option<Word>,
    kind: Word,
    method: Option<Word>,
}

impl Route {
    /// A route for everything, with all else at its default.
    pub(super) fn plain(upstream: Upstream, channel: Name) -> Self {
        Self {
            name: Name::new(ONLY).expect("a letter, and then letters"),
            matcher: Matcher::all(),
            upstream,
            channel,
            recipient: None,
            purpose: None,
            body_bytes: Limits::default().body_bytes,
            routing: Vec::new(),
            has_receivers: false,
            opaque: Vec::new(),
            attachments: Vec::new(),
            trusted_headers: Vec::new(),
            cookies: Cookies::Block,
            is_critical: false,
            observe: None,
            fallback: None,
            responses: Responses::Pass,
            consent: None,
            health: None,
            sign: None,
            lines: Lines::default(),
        }
    }
}

impl RouteTable {
    pub(super) fn check(self, place: Place<'_>, limits: &Limits, at: usize) -> Result<Route, ConfigError> {
        let lines = self.lines(place, at);
        let upstream =
            Upstream::parse(self.upstream.get_ref()).map_err(|what| place.error(self.upstream.span().start, what))?;
        let client = match (self.upstream_certificate, self.upstream_key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err(place.error(at, "a certificate has a key: write upstream_certificate and upstream_key")),
        };
        let (authority_file, minimum) = (self.upstream_authority, self.upstream_tls_minimum);
        let http2 = self.upstream_http2.unwrap_or(upstream.http2);
        let upstream = Upstream { authority_file, client, minimum, http2, ..upstream };
        let name = |word: &Word| name(word, place);
        let matcher = Matcher::check(&self.hosts, self.path.as_ref(), &self.methods, place)?;
        let body_bytes = self.body.as_ref().map_or(Ok(limits.body_bytes), |word| amount::body_bytes(word, place))?;
        if body_bytes > limits.body_bytes {
            let at = self.body.as_ref().map_or(at, |word| word.span().start);
            return Err(place.error(at, "a route takes no longer body than [limits] body says"));
        }
        let opaque = self.opaque.into_iter().map(|table| {
            let kinds: Vec<_> = table.kinds.iter().map(|word| kind(word, place)).collect::<Result<_, _>>()?;
            if kinds.is_empty() {
                return Err(
                    place.error(table.field.span().start, "say by `kinds` what a field holds that nobody can read")
                );
            }
            Ok(Opaque { field: field(&table.field, place)?, kinds })
        });
        let headers = self.trusted_headers.iter().map(|word| match header(word, place) {
            Ok(COOKIE) => {
                Err(place.error(word.span().start, "cookies have a key of their own: write cookies = \"pass\""))
            }
            other => other,
        });
        Ok(Route {
            name: name(&self.name)?,
            matcher,
            upstream,
            channel: name(&self.channel)?,
            recipient: self.recipient.as_ref().map(name).transpose()?,
            purpose: self.purpose.as_ref().map(name).transpose()?,
            body_bytes,
            routing: self.routing.iter().map(|word| routing(word, place)).collect::<Result<_, _>>()?,
            has_receivers: self.receivers,
            opaque: opaque.collect::<Result<_, _>>()?,
            attachments: self.attachments.iter().map(|word| media_type(word, place)).collect::<Result<_, _>>()?,
            trusted_headers: headers.collect::<Result<_, _>>()?,
            cookies: self.cookies,
            is_critical: self.critical,
            observe: self.observe.map(|table| table.check(place)).transpose()?,
            fallback: self.fallback.map(|table| table.check(place)).transpose()?,
            responses: self.responses,
            consent: self.consent.map(|table| table.check(place)).transpose()?,
            health: self.health.map(|table| table.check(place)).transpose()?,
            sign: self.sign.map(|table| table.check(place)).transpose()?,
            lines,
        })
    }

    /// Where it says what only the rules and the policy know.
    fn lines(&self, place: Place<'_>, at: usize) -> Lines {
        let mut lines = Lines::new(place, at);
        lines.note("channel", [&self.channel], place);
        lines.note("purpose", &self.purpose, place);
        lines.note("kind", self.observe.iter().flat_map(|table| &table.kinds), place);
        lines.note("kind", self.opaque.iter().flat_map(|table| &table.kinds), place);
        lines.note("kind", self.consent.iter().map(|table| &table.kind), place);
        lines
    }
}

impl ObserveTable {
    fn check(self, place: Place<'_>) -> Result<Observe, ConfigError> {
        let kinds = self.kinds.iter().map(|word| kind(word, place)).collect::<Result<_, _>>()?;
        let day = self.until.get_ref().date.filter(|_| self.until.get_ref().time.is_none());
        let until = day.and_then(|day| Date::new(day.year, day.month, day.day));
        let until = until.ok_or_else(|| place.error(self.until.span().start, "write a day, such as 2027-01-31"))?;
        if self.why.trim().is_empty() {
            return Err(place.error(self.until.span().start, "say by `why` for what the route only observes"));
        }
        Ok(Observe { kinds, until, why: self.why })
    }
}

impl FallbackTable {
    fn check(self, place: Place<'_>) -> Result<Fallback, ConfigError> {
        let at = self.text.span().start;
        let text = self.text.into_inner();
        if text.trim().is_empty() || text.contains(['{', '}', '$', '%', '<', '>']) {
            return Err(place.error(at, "a fallback is a text as its reader sees it, without variables or marks"));
        }
        if self.field.is_empty() || self.field.contains(['[', ']']) {
            return Err(place.error(
                at,
                "the field of a fallback is a name, or a path without brackets such as \"$.text.content\"",
            ));
        }
        Ok(Fallback { field: self.field, text })
    }
}

impl ConsentTable {
    fn check(self, place: Place<'_>) -> Result<Consent, ConfigError> {
        let at = self.kind.span().start;
        let subject = match (&self.header, &self.field) {
            (Some(name), None) => SubjectAt::Header(header(name, place)?),
            (None, Some(field)) => SubjectAt::Field(self::field(field, place)?),
            _ => return Err(place.error(at, "say by `header` or by `field`, and not by both, where the person stands")),
        };
        let method = self.method.as_ref().map_or(Ok(Method::Transmit), |word| self::method(word, place))?;
        Ok(Consent { subject, kind: kind(&self.kind, place)?, method })
    }
}

pub(super) fn name(word: &Word, place: Place<'_>) -> Result<Name, ConfigError> {
    Name::new(word.get_ref()).ok_or_else(|| {
        place.error(
            word.span().start,
            "this name cannot stand in an audit trail, which has no room for numbers of persons: write a letter, and then letters, \
             digits and any of _ - . : /, with at most ten digits, eight of them in a row",
        )
    })
}

pub(super) fn kind(word: &Word, place: Place<'_>) -> Result<Kind, ConfigError> {
    Kind::new(word.get_ref()).ok_or_else(|| {
        place.error(word.span().start, "write a kind, such as \"mobile_phone\"; `pii rules show` lists them")
    })
}

fn header(word: &Word, place: Place<'_>) -> Result<HeaderName, ConfigError> {
    HeaderName::try_from(word.get_ref())
        .map_err(|_| place.error(word.span().start, "write the name of a header, such as \"X-Customer-No\""))
}

/// A field as it is written: what is read of it depends on the route.
fn routing(word: &Word, place: Place<'_>) -> Result<String, ConfigError> {
    field(word, place).map(|_| word.get_ref().clone())
}

fn field(word: &Word, place: Place<'_>) -> Result<Field, ConfigError> {
    Field::parse(word.get_ref()).map_err(|error| place.error(word.span().start, error.to_string()))
}

fn method(word: &Word, place: Place<'_>) -> Result<Method, ConfigError> {
    Method::ALL.into_iter().find(|method| method.as_str() == word.get_ref()).ok_or_else(|| {
        let words = Method::ALL.map(Method::as_str).join(", ");
        place.error(word.span().start, format!("write one of the methods that purposes are declared with: {words}"))
    })
}

fn media_type(word: &Word, place: Place<'_>) -> Result<String, ConfigError> {
    let text = word.get_ref().to_ascii_lowercase();
    let is_type = text.split_once('/').is_some_and(|(main, sub)| {
        [main, sub]
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)))
    });
    is_type
        .then_some(text)
        .ok_or_else(|| place.error(word.span().start, "write a media type, such as \"application/pdf\""))
}
