//! What a rule says of the results of keyed actions.

use super::error::PolicyError;
use super::read::Table;
use super::words::Action;

/// What a rule says of the results of keyed actions. The default keeps nothing and holds for the whole firm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Equal values have equal results within one scope. Empty: the whole firm.
    pub scope: String,
    /// What encryption leaves as it is.
    pub keep: Vec<Part>,
    /// The result is to be known for what it is: no check accepts it.
    pub is_invalid: bool,
    /// What is sealed is sealed with the data subject's own key, by whose destruction it is deleted.
    pub is_per_subject: bool,
}

/// The terms of rules that say nothing of them.
pub(crate) static PLAIN: Terms =
    Terms { scope: String::new(), keep: Vec::new(), is_invalid: false, is_per_subject: false };

/// A part of a value that encryption may leave as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The region of a document's number, or of an address.
    Region,
    /// The year of birth in a document's number.
    BirthYear,
    /// The sex that a document's number or a name tells.
    Sex,
}

/// The longest scope, in bytes: as much as a tweak takes beside what else is in it.
const SCOPE_LIMIT_BYTES: usize = 128;

/// How many regions, days and sequences an ID number may have, in bits: some 7,000, 80,000 and 1,000.
const REGION_BITS: f64 = 12.8;
const DAY_BITS: f64 = 16.3;
const DAY_OF_YEAR_BITS: f64 = 8.5;
const SEQUENCE_BITS: f64 = 10.0;

impl Part {
    /// All of them, as policies spell them.
    pub const ALL: [Self; 3] = [Self::Region, Self::BirthYear, Self::Sex];

    /// As policies spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::BirthYear => "birth_year",
            Self::Sex => "sex",
        }
    }
}

impl Terms {
    /// Whether encryption leaves this part as it is.
    #[must_use]
    pub fn keeps(&self, part: Part) -> bool {
        self.keep.contains(&part)
    }

    /// How much is left to guess of an ID number whose kept parts are known, in bits.
    #[must_use]
    pub fn id_number_bits(&self) -> f64 {
        let region = if self.keeps(Part::Region) { 0.0 } else { REGION_BITS };
        let day = if self.keeps(Part::BirthYear) { DAY_OF_YEAR_BITS } else { DAY_BITS };
        let sequence = if self.keeps(Part::Sex) { SEQUENCE_BITS - 1.0 } else { SEQUENCE_BITS };
        region + day + sequence
    }

    /// What is hardly meant, for whoever reads the policy.
    pub(super) fn warning(&self) -> Option<String> {
        let kept: Vec<&str> = self.keep.iter().map(|part| part.as_str()).collect();
        (!kept.is_empty()).then(|| {
            format!(
                "keeping {} leaves about {:.0} of the {:.0} bits of an ID number to guess for who knows it of a person",
                kept.join(" and "),
                self.id_number_bits(),
                Self::default().id_number_bits()
            )
        })
    }

    pub(super) fn read(table: &Table<'_, '_>, action: Action) -> Result<Self, PolicyError> {
        let scope = table.string("scope")?;
        only_with(table, "scope", scope.is_some(), action.needs_keys(), action, "an action that needs keys")?;
        if let Some(long) = scope.as_ref().filter(|scope| scope.value.len() > SCOPE_LIMIT_BYTES) {
            let message = format!("\"scope\" is longer than {SCOPE_LIMIT_BYTES} bytes: write a short name");
            return Err(table.source.error(long.line, message));
        }
        let keep = table.words("keep", &Part::ALL, Part::as_str)?.unwrap_or_default();
        only_with(table, "keep", !keep.is_empty(), action == Action::Fpe, action, "action = \"fpe\"")?;
        let is_invalid = table.word("result", &[false, true], |invalid| if invalid { "invalid" } else { "valid" })?;
        only_with(table, "result", is_invalid.is_some(), action == Action::Fpe, action, "action = \"fpe\"")?;
        let is_per_subject = table.word("key", &[false, true], |subject| if subject { "subject" } else { "firm" })?;
        only_with(table, "key", is_per_subject.is_some(), action == Action::Seal, action, "action = \"seal\"")?;
        Ok(Self {
            is_per_subject: is_per_subject.unwrap_or_default(),
            scope: scope.map(|scope| scope.value).unwrap_or_default(),
            keep,
            is_invalid: is_invalid.unwrap_or_default(),
        })
    }
}

fn only_with(
    table: &Table<'_, '_>,
    key: &str,
    is_given: bool,
    fits: bool,
    action: Action,
    wanted: &str,
) -> Result<(), PolicyError> {
    if !is_given || fits {
        return Ok(());
    }
    let message = format!("{key:?} goes with {wanted}, not with {:?}: take it out", action.as_str());
    Err(table.source.error(table.line_of(key), message))
}
