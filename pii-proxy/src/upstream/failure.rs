//! Why an upstream did not take or answer a message: in few words for figures, and in plain ones for whoever looks for the cause.
//! No value, and no address: the route's name tells which upstream it is.

use super::Sent;
use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};

/// Why an upstream did not take or answer a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its name leads to no address.
    Name,
    /// It takes no connections.
    Refused,
    /// There is no way to it.
    Network,
    /// It was not connected to in time.
    SlowConnect,
    /// TLS with it failed.
    Tls,
    /// It broke a connection off.
    Broken,
    /// What it answered is no HTTP.
    Protocol,
    /// It did not answer in time.
    SlowAnswer,
}

/// What is known of a message that was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    /// In words.
    pub(crate) words: &'static str,
    pub(crate) sent: Sent,
}

/// An upstream that was not connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreachable {
    reason: Reason,
    words: &'static str,
}

/// A name that leads to no address.
#[derive(Debug)]
pub(super) struct NoAddress;

impl Reason {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::Refused,
        Self::Network,
        Self::SlowConnect,
        Self::Tls,
        Self::Broken,
        Self::Protocol,
        Self::SlowAnswer,
    ];

    /// The word in metrics, for good.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Refused => "refused",
            Self::Network => "network",
            Self::SlowConnect => "slow-connect",
            Self::Tls => "tls",
            Self::Broken => "broken",
            Self::Protocol => "protocol",
            Self::SlowAnswer => "slow-answer",
        }
    }
}

impl Failure {
    /// It has not answered in time.
    pub(crate) const SLOW: Self = Self { reason: Reason::SlowAnswer, words: "no answer in time", sent: Sent::Unknown };

    /// What an error of the client comes to. What was connected to may have taken the message.
    pub(super) fn of(error: &hyper_util::client::legacy::Error) -> Self {
        if let Some(Unreachable { reason, words }) = find(error) {
            return Self { reason: *reason, words, sent: Sent::No };
        }
        let (reason, words) = match find::<hyper::Error>(error) {
            Some(error) if error.is_parse() => (Reason::Protocol, "what it answered is no HTTP"),
            _ => (Reason::Broken, "the connection broke off"),
        };
        Self { reason, words, sent: if error.is_connect() { Sent::No } else { Sent::Unknown } }
    }
}

impl Unreachable {
    pub(super) fn new(reason: Reason, words: &'static str) -> Self {
        Self { reason, words }
    }

    /// By an error of connecting by TCP.
    pub(super) fn of_tcp(error: &(dyn Error + 'static)) -> Self {
        if find::<NoAddress>(error).is_some() {
            return Self::new(Reason::Name, "no such host, or the name service does not answer");
        }
        match find::<io::Error>(error).map(io::Error::kind) {
            Some(ErrorKind::ConnectionRefused) => Self::new(Reason::Refused, "connection refused"),
            Some(ErrorKind::TimedOut) => Self::new(Reason::SlowConnect, "connecting timed out"),
            Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
                Self::new(Reason::Network, "there is no way to it in the network")
            }
            Some(ErrorKind::PermissionDenied) => {
                Self::new(Reason::Network, "this machine does not allow the connection")
            }
            _ => Self::new(Reason::Network, "the connection failed"),
        }
    }
}

/// The first error of this type among an error and its causes.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    error.downcast_ref().or_else(|| find(error.source()?))
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)
    }
}

impl Error for Unreachable {}

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to no address")
    }
}

impl Error for NoAddress {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_found_however_deep_it_is() {
        for (kind, reason) in [
            (ErrorKind::ConnectionRefused, Reason::Refused),
            (ErrorKind::TimedOut, Reason::SlowConnect),
            (ErrorKind::NetworkUnreachable, Reason::Network),
            (ErrorKind::Other, Reason::Network),
        ] {
            assert_eq!(Unreachable::of_tcp(&io::Error::from(kind)).reason, reason, "{kind}");
        }
        let error = io::Error::other(Outer(NoAddress));
        assert_eq!(Unreachable::of_tcp(&error).reason, Reason::Name);
    }

    #[derive(Debug)]
    struct Outer(NoAddress);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
}
