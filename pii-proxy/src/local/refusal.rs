//! Why a request is not answered: in the form of the proxy's own answers (RFC 9457), and never with a value.

use super::answer;
use crate::http::{Own, problem, tell};
use crate::stop::Stop;
use crate::upstream::Sent;
use hyper::header::{ALLOW, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use pii_store::trail::Name;
use serde_json::json;
use std::borrow::Cow;
use std::time::Duration;

/// Why a request is not answered.
pub(super) enum Refusal {
    /// As a message on the proxy's own way would be.
    Stopped(Box<Stop>),
    /// For what is this API's own.
    Own(What, Cow<'static, str>),
    /// The caller has asked for too much, and may ask again after so long.
    Quota(Duration),
    /// It is asked for by another method.
    Method(&'static str),
}

macro_rules! whats {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:ident, $title:literal;)+) => {
        /// What is the matter with a request, where that is this API's own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum What {
            $($(#[$doc])* $variant,)+
        }

        impl What {
            /// All of them.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word in answers and logs, for good.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The status of the answer.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

whats! {
    /// Nobody is known by what was shown, or they may not have this.
    Denied = "denied", UNAUTHORIZED, "This is not for whoever asks";
    /// There is no such address.
    NoEndpoint = "no-endpoint", NOT_FOUND, "There is nothing at this address";
    /// The address takes another method.
    Method = "method", METHOD_NOT_ALLOWED, "This address takes another method";
    /// The query or the body is not what the OpenAPI document says.
    Request = "request", BAD_REQUEST, "The request is not what the OpenAPI document says";
    /// A body of another type is asked for.
    Type = "type", UNSUPPORTED_MEDIA_TYPE, "A body of another type is asked for here";
    /// A name stands for nothing.
    Unknown = "unknown", UNPROCESSABLE_ENTITY, "A name in this request stands for nothing";
    /// Nobody is known by this.
    Nobody = "nobody", NOT_FOUND, "Nobody is known by this";
    /// What is asked for is not there.
    Missing = "missing", NOT_FOUND, "What is asked for is not there";
    /// The rules of consent do not allow it.
    Rules = "rules", CONFLICT, "The rules of consent do not allow this";
    /// The caller has asked for too much.
    Quota = "quota", TOO_MANY_REQUESTS, "This caller has asked for too much";
}

impl Refusal {
    pub(super) fn of(what: What, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Own(what, detail.into())
    }

    /// The one answer for whoever is not known or may not have this.
    pub(super) fn denied() -> Self {
        Self::of(What::Denied, "show a token or certificate of a caller who may have this")
    }

    pub(super) fn is_denial(&self) -> bool {
        matches!(self, Self::Own(What::Denied, _))
    }

    /// The word for logs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Stopped(stop) => stop.why.word(),
            Self::Own(what, _) => what.word(),
            Self::Quota(_) => What::Quota.word(),
            Self::Method(_) => What::Method.word(),
        }
    }

    /// The answer.
    pub(super) fn told(&self, message: &Name) -> Response<Own> {
        let what = match self {
            Self::Stopped(stop) => return problem(stop, message, Sent::No),
            Self::Own(what, _) => *what,
            Self::Quota(_) => What::Quota,
            Self::Method(_) => What::Method,
        };
        let seconds = |wait: Duration| wait.as_secs().saturating_add(1);
        let detail = match self {
            Self::Own(_, detail) => detail.clone(),
            Self::Quota(wait) => format!("ask again after {} s", seconds(*wait)).into(),
            _ => "ask for this by the method that Allow names".into(),
        };
        let told = json!({
            "type": "about:blank",
            "title": what.title(),
            "status": what.status().as_u16(),
            "detail": detail,
            "message": message.as_str(),
            "why": what.word(),
            "kind": null,
            "place": null,
            "sent": Sent::No.word(),
        });
        let mut response = answer::text(what.status(), "application/problem+json", format!("{told}\n"));
        let headers = response.headers_mut();
        match self {
            Self::Quota(wait) => drop(headers.insert(RETRY_AFTER, HeaderValue::from(seconds(*wait)))),
            Self::Method(allowed) => drop(headers.insert(ALLOW, HeaderValue::from_static(allowed))),
            Self::Own(What::Denied, _) => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        tell(&mut response, message, Sent::No);
        response
    }
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Self {
        Self::Stopped(Box::new(stop))
    }
}
