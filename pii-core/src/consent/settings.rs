//! What the law leaves to the firm to settle.

use super::sound::{DeclarationError, Parts, Sound, want, want_few};
use crate::Kind;
use crate::time::Period;
use serde::{Deserialize, Serialize};

/// What a firm settled. Before the first, [`SettingsParts::default`] holds.
pub type Settings = Sound<SettingsParts>;

/// What settings are made of. Declared again, they are replaced as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsParts {
    /// Kinds that are sensitive beside [`SENSITIVE_KINDS`]. None of those can be taken away.
    pub sensitive_kinds: Vec<Kind>,
    /// What somebody is taken for whose age is not known. `child` unless settled otherwise.
    pub unknown_age: UnknownAge,
    /// How long after a refusal or withdrawal nobody asks again (Regulations on Network Data Security Art. 22 (5), which has
    /// no number). 180 days unless settled otherwise.
    pub ask_again_after: Period,
    /// Whether a processor takes what Order 218 Art. 33 asks of a third party. Not unless settled so: by PIPL Art. 21 and 23
    /// it is another matter.
    pub article_33_covers_processors: bool,
    /// How long a look at a processor's work counts. One year unless settled otherwise.
    pub supervise_every: Period,
    /// Whether the firm runs critical information infrastructure: then neither a certificate nor a standard contract lets data
    /// go overseas, only the security assessment and the exemptions (PIPL Art. 40; Provisions on Cross-border Data Flows, 2024,
    /// Art. 7 (1)). Not unless settled so: the authority tells a firm that it does.
    pub is_critical_infrastructure: bool,
    /// How many persons' data in a year are too many to go overseas: one fewer may. 1 000 000 unless settled otherwise, from where on the Provisions on
    /// Cross-border Data Flows (2024), Art. 7, ask for a security assessment.
    pub export_limit_persons: u64,
    /// How many persons' sensitive data are. 10 000 unless settled otherwise, as above.
    pub export_limit_sensitive_persons: u64,
}

/// What somebody is taken for whose age is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownAge {
    /// As under 14: only a guardian's consent counts.
    Child,
    /// As 14 or older.
    Adult,
}

/// Kinds that are sensitive under PIPL Art. 28: biometrics, financial accounts and what opens them, and a specific identity.
/// An ID number by itself is not in the article; a firm that takes it for sensitive settles so.
pub const SENSITIVE_KINDS: [&str; 15] = [
    "biometric_image",
    "biometric_template",
    "biometric_reference",
    "bank_card",
    "bank_account",
    "iban",
    "securities_account",
    "unified_account",
    "fund_account",
    "futures_account",
    "capital_account",
    "password",
    "cvv",
    "access_token",
    "military_id",
];

/// Kinds that are biometric, and fall under Order 218 Art. 35 and the Measures on Facial Recognition (2025).
pub const BIOMETRIC_KINDS: [&str; 3] = ["biometric_image", "biometric_template", "biometric_reference"];

impl Default for SettingsParts {
    fn default() -> Self {
        const HALF_A_YEAR: Period = period(Period::days(180));
        const ONE_YEAR: Period = period(Period::years(1));
        Self {
            sensitive_kinds: Vec::new(),
            unknown_age: UnknownAge::Child,
            ask_again_after: HALF_A_YEAR,
            article_33_covers_processors: false,
            supervise_every: ONE_YEAR,
            is_critical_infrastructure: false,
            export_limit_persons: 1_000_000,
            export_limit_sensitive_persons: 10_000,
        }
    }
}

/// Evaluated at build: an empty period does not compile.
const fn period(some: Option<Period>) -> Period {
    some.expect("more than nothing")
}

impl Parts for SettingsParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_few(&self.sensitive_kinds, "sensitive_kinds")?;
        want(self.export_limit_persons > 0, "export_limit_persons", "to stop exports, end their grounds")?;
        want(self.export_limit_sensitive_persons > 0, "export_limit_sensitive_persons", "as above")
    }
}
