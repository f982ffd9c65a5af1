//! What a consent ledger says.

use serde::Serialize;
use std::collections::BTreeMap;

/// What the consent ledger says.
#[derive(Debug, Default, Serialize)]
pub(in crate::report) struct Ledger {
    pub(in crate::report) entries: u64,
    /// Entries that are no entry of this version, or that the rules do not allow: they count for nothing.
    pub(in crate::report) not_taken: u64,
    /// Whether its chain of digests holds.
    pub(in crate::report) is_sound: bool,
    pub(in crate::report) subjects: u64,
    pub(in crate::report) records: u64,
    /// Events of consents in the period, by state.
    pub(in crate::report) acts: BTreeMap<&'static str, u64>,
    pub(in crate::report) documents: Vec<Document>,
    pub(in crate::report) recipients: Vec<Party>,
    pub(in crate::report) requests: Requests,
    pub(in crate::report) incidents: Incidents,
    pub(in crate::report) deleted_subjects: u64,
    pub(in crate::report) restricted_subjects: u64,
}

/// A document that ends: a contract, an assessment, another basis.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct Document {
    pub(in crate::report) what: &'static str,
    pub(in crate::report) id: String,
    pub(in crate::report) recipient: Option<String>,
    pub(in crate::report) purpose: Option<String>,
    pub(in crate::report) until: String,
    pub(in crate::report) days_left: i64,
    /// `valid`, `expiring`, `expired`, `replaced`, `not_acceptable`
    pub(in crate::report) state: &'static str,
}

/// A recipient that is registered.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct Party {
    pub(in crate::report) id: String,
    pub(in crate::report) name: String,
    pub(in crate::report) role: &'static str,
    pub(in crate::report) overseas: bool,
    pub(in crate::report) has_contract: bool,
    pub(in crate::report) has_assessment: bool,
    /// When the firm last looked at how it works, and whether that was satisfactory.
    pub(in crate::report) supervised_on: Option<String>,
    pub(in crate::report) is_satisfactory: Option<bool>,
}

#[derive(Debug, Default, Serialize)]
pub(in crate::report) struct Requests {
    pub(in crate::report) received: u64,
    pub(in crate::report) answered: u64,
    pub(in crate::report) refused: u64,
    /// Of all time.
    pub(in crate::report) open: u64,
    pub(in crate::report) overdue: u64,
}

#[derive(Debug, Default, Serialize)]
pub(in crate::report) struct Incidents {
    /// In the period.
    pub(in crate::report) found: u64,
    pub(in crate::report) persons: u64,
    /// Of all time until the period's end: nobody, or not everybody, is recorded as told.
    pub(in crate::report) not_told: u64,
    pub(in crate::report) authority_not_told: u64,
    pub(in crate::report) persons_not_told: u64,
}
