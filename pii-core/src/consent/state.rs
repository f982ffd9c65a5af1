//! The states of a consent record, and which can follow which.

use std::fmt;

/// The state of a consent record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The person was told and asked.
    Notified,
    /// They agreed, by a control that was about more than this.
    Granted,
    /// They agreed, by an act for this alone (单独同意), or in writing.
    SeparatelyGranted,
    /// They said no.
    Refused,
    /// They took it back, or do not want to be asked.
    Withdrawn,
    /// Its time is over, or its purpose is met.
    Expired,
    /// Purpose, method, kinds, notice or recipient changed, or another record took its place.
    Superseded,
    /// It never counted: evidence missing, a child without a guardian, bundled.
    Invalid,
    /// It was given for a child who is one no longer.
    NeedsReconfirm,
}

impl State {
    /// All states.
    pub const ALL: [Self; 9] = [
        Self::Notified,
        Self::Granted,
        Self::SeparatelyGranted,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
        Self::Superseded,
        Self::Invalid,
        Self::NeedsReconfirm,
    ];

    /// Whether a record can come into this state from `before`, or begin with it. What is over stays over: nothing leads out
    /// of withdrawn, expired, superseded and invalid but another record.
    #[must_use]
    pub fn can_follow(self, before: Option<Self>) -> bool {
        let Some(before) = before else {
            return matches!(self, Self::Notified | Self::Granted | Self::SeparatelyGranted | Self::Refused);
        };
        match before {
            Self::Notified => !matches!(self, Self::Notified | Self::NeedsReconfirm),
            Self::Granted | Self::SeparatelyGranted => {
                matches!(
                    self,
                    Self::Withdrawn | Self::Expired | Self::Superseded | Self::Invalid | Self::NeedsReconfirm
                )
            }
            Self::NeedsReconfirm => {
                matches!(self, Self::Withdrawn | Self::Expired | Self::Superseded | Self::Invalid)
            }
            Self::Refused => self == Self::Notified,
            Self::Withdrawn | Self::Expired | Self::Superseded | Self::Invalid => false,
        }
    }

    /// Whether a consent is there at all, by its state alone.
    #[must_use]
    pub fn is_given(self) -> bool {
        matches!(self, Self::Granted | Self::SeparatelyGranted)
    }

    /// Whether nothing can follow.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Expired | Self::Superseded | Self::Invalid)
    }

    /// The word that stands in reports, for good.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Notified => "notified",
            Self::Granted => "granted",
            Self::SeparatelyGranted => "separately_granted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
            Self::Invalid => "invalid",
            Self::NeedsReconfirm => "needs_reconfirm",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arrows of the state machine, one by one.
    #[test]
    fn only_the_arrows_that_were_drawn() {
        use State::*;
        let arrows = [
            (Notified, &[Granted, SeparatelyGranted, Refused, Withdrawn, Expired, Superseded, Invalid][..]),
            (Granted, &[Withdrawn, Expired, Superseded, Invalid, NeedsReconfirm]),
            (SeparatelyGranted, &[Withdrawn, Expired, Superseded, Invalid, NeedsReconfirm]),
            (NeedsReconfirm, &[Withdrawn, Expired, Superseded, Invalid]),
            (Refused, &[Notified]),
            (Withdrawn, &[]),
            (Expired, &[]),
            (Superseded, &[]),
            (Invalid, &[]),
        ];
        for (from, to) in arrows {
            for state in State::ALL {
                assert_eq!(state.can_follow(Some(from)), to.contains(&state), "{from} → {state}");
            }
        }
        let first: Vec<State> = State::ALL.into_iter().filter(|state| state.can_follow(None)).collect();
        assert_eq!(first, [Notified, Granted, SeparatelyGranted, Refused]);
    }
}
