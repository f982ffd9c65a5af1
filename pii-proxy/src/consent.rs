//! Consent in the path: what may leave in clear for this person, to this recipient, at this moment.

use crate::config::{Consent, Route};
use crate::message::Clear;
use crate::record::Subject;
use crate::stop::{Stop, Why};
use pii_core::Kind;
use pii_core::consent::{Ask, Basis, Book, Decision, Outcome, Who};
use pii_core::time::Moment;
use pii_store::Consents;
use pii_store::ledger::Permit;
use pii_store::trail::{self, Name, Version};

/// What came of asking.
#[derive(Debug)]
pub(crate) struct Answer {
    /// For the record.
    pub(crate) subject: Subject,
    /// The kinds that may not leave in clear.
    pub(crate) withheld: Vec<Kind>,
    /// Leave to act on it, asked again right before bytes leave.
    permit: Permit,
}

impl Answer {
    /// Whether what was decided still holds.
    pub(crate) fn is_valid(&self) -> bool {
        self.permit.is_valid()
    }
}

/// Asks for each kind that the policy lets pass whether the person has agreed, or something else makes it lawful. Whoever is not known
/// has agreed to nothing.
///
/// # Errors
/// The store does not answer.
pub(crate) fn ask(
    consents: &Consents,
    route: &Route,
    consent: &Consent,
    clear: &Clear,
    at: Moment,
) -> Result<Answer, Stop> {
    let unknown =
        |_| Stop::new(Why::Consents, "the consent store does not answer: nothing is sent on what it said before");
    // Before anything is read: a withdrawal that comes from now on waits for this message.
    let permit = consents.permit().map_err(unknown)?;
    let known_by = clear.subject.as_ref().map(|value| (consent.kind, value.as_str()));
    let aliases = consents.digests().aliases(known_by);
    let mut subject = Subject {
        digests: consents.digests().in_trail([], known_by),
        ledger: Some(permit.applied()),
        ..Subject::default()
    };
    let withheld = consents.decide(|book| {
        let known = aliases.known_to(book);
        let mut withheld = Vec::new();
        for kind in &clear.kinds {
            let decision = one(book, route, consent, &known, *kind, at);
            match decision.outcome() {
                Outcome::Allow => rest_on(&decision, &mut subject),
                Outcome::AllowMasked | Outcome::Deny => withheld.push(*kind),
            }
        }
        withheld
    });
    Ok(Answer { subject, withheld: withheld.map_err(unknown)?, permit })
}

fn one<'b>(
    book: &'b Book,
    route: &Route,
    consent: &Consent,
    known: &[pii_core::consent::AliasDigest],
    kind: Kind,
    at: Moment,
) -> Decision<'b> {
    book.may_hand_over(&Ask {
        who: Who::Aliases(known),
        purpose: route.purpose.as_ref().map_or("", Name::as_str),
        kinds: &[kind],
        method: consent.method,
        recipient: route.recipient.as_ref().map(Name::as_str),
        channel: Some(route.channel.as_str()),
        at,
    })
}

/// Keeps for the record what something leaves on. Of several bases a consent, which can end.
fn rest_on(decision: &Decision<'_>, subject: &mut Subject) {
    let Some(basis) = decision.basis() else { return };
    let named = match basis {
        Basis::Consent { is_separate: true, .. } => Some(trail::Basis::SeparateConsent),
        Basis::Consent { .. } => Some(trail::Basis::Consent),
        Basis::Other { .. } | Basis::Necessary => article(basis.article()).map(trail::Basis::Article),
    };
    if subject.basis.as_ref().is_some_and(trail::Basis::is_consent) {
        return;
    }
    subject.basis = named;
    if let Basis::Consent { notice, notice_version, .. } = basis {
        subject.notice = Name::new(&format!("{notice}:{notice_version}")).map(Version::Named);
    }
}

/// An article as a trail names it: `PIPL-Art-13-1-3`.
fn article(text: &str) -> Option<Name> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    Name::new(&words.collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_names() {
        for (text, name) in [("PIPL Art. 13 ¶1(3)", "PIPL-Art-13-1-3"), ("Order 218 Art. 31 ¶2", "Order-218-Art-31-2")]
        {
            assert_eq!(article(text).as_ref().map(Name::as_str), Some(name));
        }
    }
}
