//! Under what a message is asked about: a route of the configuration, or a channel with all else as usual.

use super::refusal::{Refusal, What};
use crate::caller::Known;
use crate::config::{Route, route_of_flow};
use crate::message::Prepared;
use crate::stop::{Stop, Why};
use crate::table::{RouteAtWork, Table};
use pii_flow::clock;
use pii_store::trail::Name;
use std::sync::Arc;

/// What a request says of it.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) route: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) recipient: Option<String>,
    pub(super) purpose: Option<String>,
}

/// What that leads to.
pub(super) struct Settled {
    place: Place,
    pub(super) prepared: Arc<Prepared>,
}

enum Place {
    Route(Arc<RouteAtWork>),
    Flow(Box<Route>),
}

impl Settled {
    pub(super) fn route(&self) -> &Route {
        match &self.place {
            Place::Route(at_work) => &at_work.route,
            Place::Flow(route) => route,
        }
    }
}

impl Asked {
    /// What a query says: `route=NAME`, or `channel=`, `recipient=` and `purpose=`.
    pub(super) fn of_query(query: Option<&str>) -> Result<Self, Refusal> {
        let wrong = || Refusal::of(What::Request, "the query has route, or channel, recipient and purpose, each once");
        let mut asked = Self::default();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
            let place = match key {
                "route" => &mut asked.route,
                "channel" => &mut asked.channel,
                "recipient" => &mut asked.recipient,
                "purpose" => &mut asked.purpose,
                _ => return Err(wrong()),
            };
            let value = unescaped(value).ok_or_else(wrong)?;
            if place.replace(value).is_some() {
                return Err(wrong());
            }
        }
        Ok(asked)
    }

    /// The route and the policy that this leads to, where the caller may name it. What the caller may not name is denied as if they
    /// were not known: nobody finds out here which routes there are.
    pub(super) fn settled(self, table: &Table, known: &Known) -> Result<Settled, Refusal> {
        let today = clock::today().map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
        let one_of_them =
            || Refusal::of(What::Request, "say either the route, or the channel and, if any, recipient and purpose");
        match self {
            Self { route: Some(name), channel: None, recipient: None, purpose: None } => {
                let at_work = table.route_called(&name).filter(|at_work| known.may_name(&at_work.route));
                let at_work = Arc::clone(at_work.ok_or_else(Refusal::denied)?);
                let prepared = table.prepared(&at_work, today).map_err(|what| Stop::new(Why::Engine, what))?;
                Ok(Settled { place: Place::Route(at_work), prepared })
            }
            Self { route: None, channel: Some(channel), recipient, purpose } => {
                let name = |word: String| Name::new(&word).ok_or_else(unknown);
                let (recipient, purpose) = (recipient.map(name).transpose()?, purpose.map(name).transpose()?);
                let route = route_of_flow(name(channel)?, recipient, purpose, table.limits.body_bytes);
                if !known.may_name(&route) {
                    return Err(Refusal::denied());
                }
                let prepared = Arc::new(table.prepared_for(&route, today).ok_or_else(unknown)?);
                Ok(Settled { place: Place::Flow(Box::new(route)), prepared })
            }
            _ => Err(one_of_them()),
        }
    }
}

fn unknown() -> Refusal {
    Refusal::of(
        What::Unknown,
        "channel, recipient or purpose: the policy knows no such channel or purpose (`pii policy check` says which there are), or \
         needs keys there that this proxy does not have",
    )
}

/// A value of a query, its percent signs undone (WHATWG URL §5.1). `None`: it is no text.
fn unescaped(value: &str) -> Option<String> {
    let (mut out, mut rest) = (Vec::with_capacity(value.len()), value.as_bytes());
    while let [first, behind @ ..] = rest {
        rest = behind;
        match *first {
            b'+' => out.push(b' '),
            b'%' => {
                let (digits, behind) = rest.split_at_checked(2)?;
                let digit = |byte: u8| char::from(byte).to_digit(16);
                out.push(u8::try_from(digit(digits[0])? << 4 | digit(digits[1])?).ok()?);
                rest = behind;
            }
            byte => out.push(byte),
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_each_thing_once() {
        let read = |query: &str| {
            let asked = Asked::of_query(Some(query)).ok()?;
            Some([asked.route, asked.channel, asked.recipient, asked.purpose].map(Option::unwrap_or_default).join(","))
        };
        for (query, expected) in [
            ("", Some(",,,")),
            ("channel=sms&recipient=sms%2Dvendor&purpose=login%3aotp", Some(",sms,sms-vendor,login:otp")),
            ("route=a&&", Some("a,,,")),
            ("route", None),
            ("route=a&route=a", None),
            ("route=%4", None),
            ("route=%ff", None),
            ("Route=a", None),
            ("phone=13800138000", None),
        ] {
            assert_eq!(read(query).as_deref(), expected, "{query}");
        }
    }
}
