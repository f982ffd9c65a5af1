//! What a reader says who keeps all that happened and reads it through for each question.

use crate::world::*;
use pii_core::consent::*;
use pii_core::time::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody withdraws.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Record(u8),
    Purpose,
    Recipient,
    All,
}

/// What somebody answers, in the reader's own words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) record: u8,
    pub(crate) subject: u8,
    pub(crate) kinds: u8,
    pub(crate) state: AnswerState,
    pub(crate) by_guardian: bool,
    pub(crate) is_given: bool,
    pub(crate) claimed: Moment,
}

/// One thing that was taken, with the reader's own words.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    Said {
        record: u8,
        subject: u8,
        kinds: u8,
        state: AnswerState,
        by_guardian: bool,
        is_given: bool,
        claimed: Moment,
        at: Moment,
    },
    Asked {
        record: u8,
        subject: u8,
        kinds: u8,
        is_given: bool,
        at: Moment,
    },
    Refused {
        record: u8,
        at: Moment,
    },
    Withdrawn {
        record: u8,
        at: Moment,
    },
    WithdrawnAll {
        subject: u8,
        of_recipient_alone: bool,
        at: Moment,
    },
    Superseded {
        record: u8,
    },
    Spoilt {
        record: u8,
    },
    Purpose {
        text: u8,
    },
    /// A version of the notice, which tells of the purpose as it is then.
    Told {
        from: Moment,
    },
    Age {
        subject: u8,
        age: Age,
    },
    Alias {
        subject: u8,
        alias: u8,
    },
    Unalias {
        subject: u8,
        alias: u8,
    },
    Restricted {
        subject: u8,
        is_restricted: bool,
    },
    Erased {
        subject: u8,
    },
}

/// Somebody who keeps everything and remembers nothing else.
#[derive(Default)]
pub(crate) struct Reader(pub(crate) Vec<Fact>);

impl Fact {
    pub(crate) fn record(&self) -> Option<u8> {
        match self {
            Self::Said { record, .. }
            | Self::Asked { record, .. }
            | Self::Refused { record, .. }
            | Self::Withdrawn { record, .. }
            | Self::Superseded { record }
            | Self::Spoilt { record } => Some(*record),
            _ => None,
        }
    }
}

impl Reader {
    pub(crate) fn of_record(&self, record: u8) -> impl Iterator<Item = (usize, &Fact)> {
        self.0.iter().enumerate().filter(move |(_, fact)| fact.record() == Some(record))
    }

    /// Whose record it is, for which kinds, and whether for the recipient.
    pub(crate) fn about(&self, record: u8) -> Option<(u8, u8, bool)> {
        self.of_record(record).find_map(|(_, fact)| match fact {
            Fact::Said { subject, kinds, is_given, .. } | Fact::Asked { subject, kinds, is_given, .. } => {
                Some((*subject, *kinds, *is_given))
            }
            _ => None,
        })
    }

    pub(crate) fn last(&self, record: u8) -> Option<(usize, &Fact)> {
        self.of_record(record).filter(|(_, fact)| !matches!(fact, Fact::Spoilt { .. })).last()
    }

    pub(crate) fn is_spoilt(&self, record: u8) -> bool {
        self.of_record(record).any(|(_, fact)| matches!(fact, Fact::Spoilt { .. }))
    }

    pub(crate) fn age(&self, whose: u8, before: usize) -> Age {
        let ages = self.0[..before].iter().rev();
        let found = ages.into_iter().find_map(|fact| match fact {
            Fact::Age { subject, age } if *subject == whose => Some(*age),
            _ => None,
        });
        found.unwrap_or(Age::Unknown)
    }

    pub(crate) fn is_child(&self, whose: u8, before: usize, at: Moment, unknown_too: bool) -> bool {
        match self.age(whose, before) {
            Age::Under14 => true,
            Age::From14 => false,
            Age::Unknown => unknown_too,
            Age::BornIn(year) => at.day_in_china().year() < year + 15,
        }
    }

    pub(crate) fn is_erased(&self, whose: u8) -> bool {
        self.0.iter().any(|fact| matches!(fact, Fact::Erased { subject } if *subject == whose))
    }

    /// How often the purpose had changed.
    pub(crate) fn changes(&self, before: usize) -> usize {
        let texts: Vec<u8> = self.0[..before]
            .iter()
            .filter_map(|fact| if let Fact::Purpose { text } = fact { Some(*text) } else { None })
            .collect();
        [0].iter().chain(&texts).zip(&texts).filter(|(old, new)| old != new).count()
    }

    /// The newest version of the notice: its number, from when on it holds, and how often the purpose had changed before it.
    pub(crate) fn notice(&self) -> (u32, Moment, usize) {
        let told: Vec<(usize, Moment)> = self
            .0
            .iter()
            .enumerate()
            .filter_map(|(at, fact)| if let Fact::Told { from } = fact { Some((at, *from)) } else { None })
            .collect();
        let (at, from) = told.last().copied().unwrap_or((0, moment("2026-01-01T00:00:00Z")));
        (u32::try_from(told.len()).expect("few") + 1, from, self.changes(at))
    }

    /// When the subject said no to the same, and when that was told, however often they were asked since.
    pub(crate) fn nos(&self, whose: u8, given: bool) -> Vec<(Moment, Moment)> {
        let said = |fact: &Fact| match fact {
            Fact::WithdrawnAll { at, .. } if withdrew_all(fact, whose, given) => Some((*at, *at)),
            _ => {
                let (subject, _, is_given) = self.about(fact.record()?)?;
                no(fact).filter(|_| (subject, is_given) == (whose, given))
            }
        };
        self.0.iter().filter_map(said).collect()
    }

    /// The records that a withdrawal ends.
    pub(crate) fn withdrawn_by(&self, whose: u8, what: What) -> Vec<u8> {
        let is_ended = |record: &u8| {
            let waits = match self.last(*record) {
                Some((_, Fact::Asked { .. })) => true,
                Some((_, Fact::Said { state, .. })) => *state != AnswerState::Refused,
                _ => false,
            };
            let is_meant = self.about(*record).is_some_and(|(subject, _, is_given)| {
                subject == whose
                    && match what {
                        What::Record(number) => number == *record,
                        What::Recipient => is_given,
                        What::Purpose | What::All => true,
                    }
            });
            waits && is_meant && !self.is_spoilt(*record)
        };
        (0..8).filter(is_ended).collect()
    }

    /// Notes a withdrawal of more than a record: what it ends, and that whatever was said before ends with it.
    pub(crate) fn withdraw(&mut self, whose: u8, what: What, now: Moment) {
        let mut said = now;
        for record in self.withdrawn_by(whose, what) {
            let at = self.written(record, now);
            said = said.max(at);
            self.0.push(Fact::Withdrawn { record, at });
        }
        if !matches!(what, What::Record(_)) {
            let of_recipient_alone = matches!(what, What::Recipient);
            self.0.push(Fact::WithdrawnAll { subject: whose, of_recipient_alone, at: said });
        }
    }

    /// Whether anything is known of a subject at all.
    pub(crate) fn knows(&self, whose: u8) -> bool {
        self.0.iter().any(|fact| match fact {
            Fact::Age { subject, .. }
            | Fact::Alias { subject, .. }
            | Fact::Unalias { subject, .. }
            | Fact::Restricted { subject, .. }
            | Fact::WithdrawnAll { subject, .. }
            | Fact::Said { subject, .. }
            | Fact::Asked { subject, .. } => *subject == whose,
            _ => false,
        })
    }

    /// When something that is written down now of a record is said to be: not before what it answers.
    pub(crate) fn written(&self, record: u8, now: Moment) -> Moment {
        let times = self.of_record(record).filter_map(|(_, fact)| match fact {
            Fact::Said { claimed, .. } => Some(*claimed),
            Fact::Asked { at, .. } | Fact::Refused { at, .. } | Fact::Withdrawn { at, .. } => Some(*at),
            _ => None,
        });
        times.fold(now, Moment::max)
    }

    /// Whether a no was taken before, and another one since or the same.
    pub(crate) fn was_said(&self, said: &Said) -> bool {
        let own_no = self.of_record(said.record).any(|(_, fact)| no(fact).is_some());
        own_no && self.nos(said.subject, said.is_given).iter().any(|(before, _)| said.claimed <= *before)
    }

    /// What a signed no ends, whatever becomes of its own record.
    pub(crate) fn ended_by(&self, said: &Said) -> Vec<u8> {
        let Said { record, subject, kinds, is_given, .. } = *said;
        if self.was_said(said) {
            return Vec::new();
        }
        let is_ended = |other: &u8| {
            let is_yes =
                matches!(self.last(*other), Some((_, Fact::Said { state, .. })) if *state != AnswerState::Refused);
            let touches = self.about(*other).is_some_and(|(whose, of, given)| {
                (whose, given) == (subject, is_given) && (of & kinds != 0 || *other == record)
            });
            is_yes && touches && !self.is_spoilt(*other)
        };
        (0..8).filter(is_ended).collect()
    }

    pub(crate) fn takes_answer(&self, answer: &Said, now: Moment) -> bool {
        let Said { record, subject, kinds, state, by_guardian, is_given, claimed } = *answer;
        let fits = match self.about(record) {
            None => true,
            Some(about) => {
                let waits = match self.last(record) {
                    Some((_, Fact::Asked { at, .. })) => {
                        state == AnswerState::Refused || claimed.unix_millis() + 300_000 >= at.unix_millis()
                    }
                    _ => false,
                };
                about == (subject, kinds, is_given) && waits && !self.is_spoilt(record)
            }
        };
        let in_time = claimed.unix_millis() <= now.unix_millis() + 300_000;
        let any = !self.is_erased(subject);
        if state == AnswerState::Refused {
            let is_theirs = self.about(record).is_none_or(|(whose, ..)| whose == subject);
            // One to a record that counts for nothing is one to its purpose.
            let is_to_all = self.is_spoilt(record) && !self.was_said(answer);
            return any && is_theirs && (fits || is_to_all || !self.ended_by(answer).is_empty());
        }
        let child_alone = self.is_child(subject, self.0.len(), claimed, false) && !by_guardian;
        let fresh = self.nos(subject, is_given).iter().all(|(said, _)| claimed > *said);
        let (_, from, changes) = self.notice();
        let is_told = claimed >= from && changes == self.changes(self.0.len());
        in_time && any && fits && !child_alone && fresh && is_told
    }

    /// Whom aliases lead to: one subject, nobody (`None`), or it is not clear.
    pub(crate) fn whose(&self, aliases: &[u8]) -> Result<Option<u8>, ()> {
        let mut leads: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
        for fact in &self.0 {
            match fact {
                Fact::Alias { subject, alias } => leads.entry(*alias).or_default().extend([*subject]),
                Fact::Unalias { subject, alias } => leads.entry(*alias).or_default().retain(|other| other != subject),
                Fact::Erased { subject } => leads.values_mut().for_each(|all| all.retain(|other| other != subject)),
                _ => {}
            }
        }
        let sets: Vec<BTreeSet<u8>> =
            aliases.iter().map(|alias| leads.get(alias).cloned().unwrap_or_default()).collect();
        let all: BTreeSet<u8> = sets.iter().flatten().copied().collect();
        match all.first() {
            None => Ok(None),
            Some(one) if all.len() == 1 && sets.iter().all(|set| set.len() == 1) => Ok(Some(*one)),
            Some(_) => Err(()),
        }
    }

    pub(crate) fn may(&self, aliases: &[u8], kinds: u8, given: bool, now: Moment) -> bool {
        let Ok(Some(whose)) = self.whose(aliases) else { return false };
        let restricted = self.0.iter().rev().find_map(|fact| match fact {
            Fact::Restricted { subject, is_restricted } if *subject == whose => Some(*is_restricted),
            _ => None,
        });
        let end = self.0.len();
        let is_child = self.is_child(whose, end, now, true);
        let no_later_no = |since: usize| {
            !self.0.iter().skip(since).any(|fact| {
                let about = fact.record().filter(|_| no(fact).is_some()).and_then(|record| self.about(record));
                let touches = about
                    .is_some_and(|(subject, of, is_given)| (subject, is_given) == (whose, given) && of & kinds != 0);
                touches || withdrew_all(fact, whose, given)
            })
        };
        let counts = |record: u8| {
            let Some((at, Fact::Said { subject, kinds: of, state, by_guardian, is_given, claimed, .. })) =
                self.last(record)
            else {
                return false;
            };
            let takes_separate = given || is_child || kinds & 2 != 0;
            let was_child = self.is_child(whose, at, *claimed, true);
            let last_day = claimed.day_in_china().plus_months(60).expect("in range");
            (*subject, *is_given) == (whose, given)
                && !self.is_spoilt(record)
                && kinds & !of == 0
                && match state {
                    AnswerState::Refused => false,
                    AnswerState::Granted => !takes_separate,
                    AnswerState::SeparatelyGranted => true,
                }
                && (!is_child || *by_guardian)
                && !(*by_guardian && was_child && !is_child)
                && self.changes(at) == self.changes(end)
                && now.day_in_china() <= last_day
                && no_later_no(at)
        };
        restricted != Some(true) && (0..8).any(counts)
    }
}

/// Whether a fact takes back all of a subject's consents for the recipient, or for the firm itself.
fn withdrew_all(fact: &Fact, whose: u8, given: bool) -> bool {
    matches!(fact, Fact::WithdrawnAll { subject, of_recipient_alone, .. }
        if *subject == whose && (given || !of_recipient_alone))
}

/// When a fact was said and told, if it is a no to a record.
fn no(fact: &Fact) -> Option<(Moment, Moment)> {
    match fact {
        Fact::Refused { at, .. } | Fact::Withdrawn { at, .. } => Some((*at, *at)),
        Fact::Said { state: AnswerState::Refused, claimed, at, .. } => Some((*claimed, *claimed.max(at))),
        _ => None,
    }
}
