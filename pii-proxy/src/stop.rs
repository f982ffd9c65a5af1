//! Why a message does not go on: a status, a word for programs, and where it was, never a value.

use crate::signature::Dialect;
use hyper::StatusCode;
use pii_core::Kind;
use std::borrow::Cow;

/// Why a message does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What is the matter.
    pub why: Why,
    /// What was found, where that is why.
    pub kind: Option<Kind>,
    /// Where: a path without values, such as `$.customer.idNo` or `header x-customer-no`.
    pub place: Option<String>,
    /// Which rule says so, in words, for whoever asks why.
    pub rule: Option<String>,
    /// In words, for whoever reads the answer.
    pub detail: Cow<'static, str>,
    /// In whose words the answer is, where the message was signed for somebody.
    pub dialect: Option<Dialect>,
}

macro_rules! whys {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:ident, $title:literal;)+) => {
        /// What is the matter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Why {
            $($(#[$doc])* $variant,)+
        }

        impl Why {
            /// All of them.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word in answers, metrics and logs, for good.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The status of the answer.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// The title of the answer.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

whys! {
    /// No route takes the request.
    NoRoute = "no-route", NOT_FOUND, "No route takes this request";
    /// A CONNECT, or a request to speak another protocol.
    Tunnel = "tunnel", METHOD_NOT_ALLOWED, "Tunnels and other protocols are not let through";
    /// It names another host than the tunnel in which it came.
    Misdirected = "misdirected", MISDIRECTED_REQUEST, "This request names another host than its tunnel";
    /// Its path leads up, or is written so that two programs read it differently.
    Path = "path", BAD_REQUEST, "Where this path leads cannot be told";
    /// Two heads said different things, or one said something twice.
    Framing = "framing", BAD_REQUEST, "Where this request ends cannot be told";
    /// The media type is not one that is read.
    MediaType = "media-type", UNSUPPORTED_MEDIA_TYPE, "This type of content cannot be inspected";
    /// The content coding is not one that is read.
    Coding = "content-coding", UNSUPPORTED_MEDIA_TYPE, "This content coding cannot be inspected";
    /// The bytes are not what their type or coding says.
    Contradiction = "contradiction", UNPROCESSABLE_ENTITY, "The content is not what its headers say";
    /// A part that nobody can read.
    Uninspected = "uninspected", UNPROCESSABLE_ENTITY, "A part of this message cannot be inspected";
    /// Something was found that must not go.
    Found = "found", UNPROCESSABLE_ENTITY, "This message holds something that must not leave";
    /// What was about to leave still held something.
    Leftover = "leftover", UNPROCESSABLE_ENTITY, "The masked message still held something that must not leave";
    /// It cannot be changed without breaking its signature.
    Signed = "signed", UNPROCESSABLE_ENTITY, "This message is signed, and would have to be changed";
    /// The route takes only what an application signed, and this is not.
    Signature = "signature", FORBIDDEN, "This message is not signed as it has to be";
    /// Bytes, decompression, nesting or parts are over a limit.
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "This message is over a limit";
    /// The client was too slow.
    SlowClient = "slow-client", REQUEST_TIMEOUT, "The request did not arrive in time";
    /// There is more to do than can be done.
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "The proxy has more to do than it can";
    /// The engine failed.
    Engine = "engine", SERVICE_UNAVAILABLE, "The proxy failed to inspect this message";
    /// The audit trail does not take the decision.
    Trail = "trail", SERVICE_UNAVAILABLE, "The decision on this message cannot be recorded";
    /// The consent store does not answer.
    Consents = "consents", SERVICE_UNAVAILABLE, "Whether this person agreed cannot be told now";
    /// The consent was withdrawn while the message was on its way.
    Withdrawn = "withdrawn", SERVICE_UNAVAILABLE, "What was decided on changed while this message was on its way";
    /// The upstream cannot be reached.
    Upstream = "upstream", BAD_GATEWAY, "The upstream cannot be reached, or broke off";
    /// The upstream is known to be down.
    UpstreamDown = "upstream-down", SERVICE_UNAVAILABLE, "The upstream is down";
    /// The upstream does not answer.
    SlowUpstream = "slow-upstream", GATEWAY_TIMEOUT, "The upstream did not answer in time";
    /// The answer may not pass.
    Answer = "answer", BAD_GATEWAY, "The upstream's answer cannot be inspected";
}

impl Why {
    /// Whether the same message may be sent again later.
    #[must_use]
    pub fn is_passing(self) -> bool {
        self.status() == StatusCode::SERVICE_UNAVAILABLE
    }
}

impl Stop {
    /// With a word for whoever reads the answer.
    #[must_use]
    pub fn new(why: Why, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { why, kind: None, place: None, rule: None, detail: detail.into(), dialect: None }
    }

    /// Where it was.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> Self {
        Self { place: Some(place.into()), ..self }
    }

    /// Told in these words, if it is not told in others already.
    #[must_use]
    pub fn in_words_of(self, dialect: Option<Dialect>) -> Self {
        Self { dialect: self.dialect.or(dialect), ..self }
    }

    /// What was found.
    #[must_use]
    pub fn of(self, kind: Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }
}
