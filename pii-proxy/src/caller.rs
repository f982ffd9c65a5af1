//! Callers of the local API: how each is known, what it may ask for, and how much of that is left.
//!
//! Whoever is not known, and whoever may not do what they ask for, is told the same, and it takes as long: a token is looked at as a
//! digest, and that digest is held against those of all callers, bit by bit and to the end.

mod quota;

pub use quota::Quota;

use crate::config::{Caller, KnownBy, LocalAt, Route};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::Arc;
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

/// A token that is shorter could be guessed. In bytes.
const TOKEN_LEAST_BYTES: usize = 16;

/// Who may ask. A reload makes others.
#[derive(Debug, Default)]
pub struct Callers(Vec<Arc<Known>>);

/// A caller, and what is left for it in this minute.
pub struct Known {
    /// What the configuration says of it.
    pub caller: Caller,
    /// What is left.
    pub quota: Quota,
    marks: Marks,
}

/// What is held against a credential.
enum Marks {
    Token([u8; 32]),
    Certificates(Vec<[u8; 32]>),
}

/// What somebody shows of themselves, as digests.
#[derive(Default)]
pub struct Credential {
    token: Option<[u8; 32]>,
    certificate: Option<[u8; 32]>,
}

impl Callers {
    /// Reads the tokens that the configuration names.
    ///
    /// # Errors
    /// A file of a token cannot be read, or its token is one that could be guessed, or another caller's too.
    pub fn new(local: Option<&LocalAt>) -> Result<Self, String> {
        let mut all: Vec<Arc<Known>> = Vec::new();
        for caller in local.iter().flat_map(|local| &local.callers) {
            let wrong = |what: String| format!("caller {:?}: {what}", caller.name.as_str());
            let marks = Marks::of(&caller.known_by).map_err(wrong)?;
            if all.iter().any(|other| marks.meet(&other.marks)) {
                return Err(wrong("another caller is known by the same: give each its own".to_owned()));
            }
            let quota = Quota::new(caller.requests_per_minute, caller.bytes_per_minute);
            all.push(Arc::new(Known { caller: caller.clone(), quota, marks }));
        }
        Ok(Self(all))
    }

    /// Whoever has this credential. All callers are looked at, whichever of them it is.
    #[must_use]
    pub fn known(&self, credential: &Credential) -> Option<&Arc<Known>> {
        let nobody = u32::MAX;
        let mut found = nobody;
        for (nth, known) in (0_u32..).zip(&self.0) {
            found = u32::conditional_select(&found, &nth, known.marks.fits(credential));
        }
        self.0.get(usize::try_from(found).ok()?)
    }
}

impl Known {
    /// Whether this caller may have messages on this route, or on this channel and to this recipient.
    #[must_use]
    pub fn may_name(&self, route: &Route) -> bool {
        let Caller { channels, recipients, .. } = &self.caller;
        let has_recipient = || route.recipient.as_ref().is_some_and(|recipient| recipients.contains(recipient));
        (channels.is_empty() || channels.contains(&route.channel)) && (recipients.is_empty() || has_recipient())
    }
}

impl Marks {
    fn of(known_by: &KnownBy) -> Result<Self, String> {
        match known_by {
            KnownBy::Certificates(all) => Ok(Self::Certificates(all.clone())),
            KnownBy::Token(file) => {
                let token = pii_keys::secret_in(file).map_err(|error| error.to_string())?;
                let token = token.expose();
                let is_token = token.len() >= TOKEN_LEAST_BYTES && token.iter().all(u8::is_ascii_graphic);
                if !is_token {
                    return Err(format!(
                        "{}: a token has {TOKEN_LEAST_BYTES} visible characters at least: make one with `openssl rand -hex 32`",
                        file.display()
                    ));
                }
                Ok(Self::Token(digest(token)))
            }
        }
    }

    fn fits(&self, credential: &Credential) -> Choice {
        let holds = |known: &[u8; 32], shown: &Option<[u8; 32]>| {
            // Nothing is shown that has this digest; it is compared all the same.
            known.ct_eq(&shown.unwrap_or_default()) & Choice::from(u8::from(shown.is_some()))
        };
        match self {
            Self::Token(token) => holds(token, &credential.token),
            Self::Certificates(all) => {
                all.iter().fold(Choice::from(0), |found, one| found | holds(one, &credential.certificate))
            }
        }
    }

    fn meet(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Token(one), Self::Token(other)) => one == other,
            (Self::Certificates(one), Self::Certificates(other)) => one.iter().any(|mark| other.contains(mark)),
            _ => false,
        }
    }
}

impl Credential {
    /// What was shown: the values of `Authorization`, and the certificate's DER. Who sends a token is known by that alone.
    #[must_use]
    pub fn of<'v>(authorization: impl IntoIterator<Item = &'v [u8]>, certificate: Option<[u8; 32]>) -> Self {
        let mut values = authorization.into_iter();
        match (values.next(), values.next()) {
            (None, _) => Self { token: None, certificate },
            (Some(value), None) => Self { token: Some(digest(bearer(value).unwrap_or_default())), certificate: None },
            // Two of them are none.
            (Some(_), Some(_)) => Self::default(),
        }
    }

    /// The mark of a certificate: the SHA-256 of its DER.
    #[must_use]
    pub fn mark(der: &[u8]) -> [u8; 32] {
        digest(der)
    }
}

/// The token behind the word `Bearer`, however that is written (RFC 9110 §11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({})", self.caller.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Scope;
    use pii_store::trail::Name;

    fn known(name: &str, marks: Marks) -> Arc<Known> {
        let caller = Caller {
            name: Name::new(name).expect("a name"),
            known_by: KnownBy::Certificates(Vec::new()),
            scopes: [Scope::Mask].into(),
            requests_per_minute: 1,
            bytes_per_minute: 1,
            channels: Vec::new(),
            recipients: Vec::new(),
        };
        Arc::new(Known { caller, quota: Quota::new(1, 1), marks })
    }

    #[test]
    fn who_shows_what_is_theirs_is_known_and_nobody_else() {
        let callers = Callers(vec![
            known("one", Marks::Token(digest(b"token-of-one"))),
            known("two", Marks::Certificates(vec![[7; 32], [8; 32]])),
            known("three", Marks::Token(digest(b"token-of-three"))),
        ]);
        let who = |values: &[&str], certificate| {
            let credential = Credential::of(values.iter().map(|value| value.as_bytes()), certificate);
            callers.known(&credential).map(|known| known.caller.name.to_string())
        };
        for (values, certificate, name) in [
            (&["Bearer token-of-one"][..], None, Some("one")),
            (&["bearer  token-of-three"], None, Some("three")),
            (&[], Some([8; 32]), Some("two")),
            (&[], Some([9; 32]), None),
            (&[], None, None),
            (&["token-of-one"], None, None),
            (&["Basic token-of-one"], None, None),
            (&["Bearer"], None, None),
            (&["Bearer "], None, None),
            // A certificate helps nobody whose token is wrong, and two tokens are none.
            (&["Bearer another"], Some([7; 32]), None),
            (&["Bearer token-of-one", "Bearer token-of-one"], Some([7; 32]), None),
        ] {
            assert_eq!(who(values, certificate).as_deref(), name, "{values:?} {certificate:?}");
        }
        assert!(Callers::default().known(&Credential::of([b"Bearer x".as_slice()], None)).is_none());
    }
}
