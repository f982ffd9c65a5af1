//! What a report says, as figures. `--output json` writes it as it is, and pages are made of nothing else.
//!
//! No field has room for a value of anybody's, or for a digest. Days are days in China; moments are in UTC as RFC 3339 writes
//! them. What is counted in messages and what in values is said each time.

mod ledger;

pub(super) use ledger::{Document, Incidents, Ledger, Party, Requests};

use serde::Serialize;
use std::collections::BTreeMap;

/// The form of the JSON.
pub(super) const SCHEMA: u32 = 1;

/// The least bits that a mask leaves to guess outside the firm (`docs/decisions/0004-a-floor-under-masks.md`).
pub(super) const FLOOR_BITS: u16 = 19;

/// How many days ahead documents that end are told of.
pub(super) const NOTICE_DAYS: i64 = 90;

/// A whole report.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) schema: u32,
    pub(super) made_at: String,
    pub(super) firm: Option<String>,
    pub(super) period: Period,
    pub(super) attention: Vec<Attention>,
    pub(super) totals: Counts,
    pub(super) over_time: OverTime,
    pub(super) by_channel: Vec<Row>,
    pub(super) by_recipient: Vec<Row>,
    pub(super) by_purpose: Vec<Row>,
    pub(super) by_kind: Vec<KindRow>,
    pub(super) blocks: Vec<BlockRow>,
    pub(super) in_clear: Vec<ClearRow>,
    /// Messages that may have left with parts that nobody read: images, PDF, archives.
    pub(super) parts_not_read: u64,
    pub(super) biometric: Biometric,
    pub(super) withdrawals: Withdrawals,
    pub(super) coverage: Vec<CoverageRow>,
    /// `None` without `--store`.
    pub(super) ledger: Option<Ledger>,
    pub(super) house: House,
    /// The ids of the keys that signatures were looked at with. Empty where nobody looked.
    pub(super) keys: Vec<String>,
    pub(super) trails: Vec<TrailRow>,
    /// Nodes of which a witness has heads, and whose trail is not among these.
    pub(super) nodes_without_trail: Vec<String>,
    pub(super) gaps: Option<Gaps>,
    pub(super) articles: Vec<Article>,
}

/// What the report is about.
#[derive(Debug, Default, Serialize)]
pub(super) struct Period {
    /// As it was asked for, days in China.
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    /// The day on which what ends is judged.
    pub(super) today: String,
    /// The first and the last decision in it.
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

/// Messages by what became of them; the first five make `messages`. Then values in those that may have left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) messages: u64,
    pub(super) sent: u64,
    /// Sent, and no outcome says whether it arrived: it may have left.
    pub(super) unconfirmed: u64,
    /// Not taken by the other side.
    pub(super) refused: u64,
    pub(super) blocked: u64,
    /// A fixed text was sent in its place.
    pub(super) replaced: u64,
    /// Of those that may have left: unchanged, because a route only observed.
    pub(super) observed: u64,
    pub(super) values: u64,
    pub(super) values_in_clear: u64,
}

impl Counts {
    /// Messages that left, or may have.
    pub(super) fn left(&self) -> u64 {
        self.sent + self.unconfirmed
    }
}

/// Counts of one channel, recipient or purpose. An empty name is what has none; `*` is all that are beyond the limit.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    /// What the firm calls it, where the ledger says so.
    pub(super) title: Option<String>,
    #[serde(flatten)]
    pub(super) counts: Counts,
}

/// Messages by day or by month.
#[derive(Debug, Default, Serialize)]
pub(super) struct OverTime {
    /// Whether points are months (`2026-11`) or days.
    pub(super) by_month: bool,
    pub(super) points: Vec<Point>,
}

#[derive(Debug, Serialize)]
pub(super) struct Point {
    pub(super) at: String,
    pub(super) left: u64,
    pub(super) stopped: u64,
}

/// Values of a kind, by what became of them.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct KindRow {
    pub(super) kind: String,
    pub(super) name_zh: Option<String>,
    pub(super) name_en: Option<String>,
    pub(super) class: Option<u8>,
    /// Values in messages that may have left.
    pub(super) values: u64,
    pub(super) masked: u64,
    /// Encrypted in form, sealed, or replaced by a token or a digest.
    pub(super) encrypted: u64,
    pub(super) dropped: u64,
    pub(super) in_clear: u64,
    /// Values in messages that were stopped.
    pub(super) stopped: u64,
    /// Masks outside the firm: bits left to guess of the weakest, how many messages are below the floor, and in how many it
    /// was not measured (names, addresses).
    pub(super) weakest_bits: Option<u16>,
    pub(super) below_floor: u64,
    pub(super) unmeasured: u64,
}

/// Messages that were stopped.
#[derive(Debug, Serialize)]
pub(super) struct BlockRow {
    pub(super) channel: String,
    /// Which kind stopped it; empty where no finding did.
    pub(super) kind: String,
    /// The rule; empty where none is recorded.
    pub(super) reason: String,
    pub(super) messages: u64,
}

/// Values that may have left in clear.
#[derive(Debug, Serialize)]
pub(super) struct ClearRow {
    pub(super) channel: String,
    pub(super) recipient: String,
    pub(super) purpose: String,
    pub(super) kind: String,
    pub(super) class: Option<u8>,
    pub(super) basis: String,
    pub(super) assessment: String,
    pub(super) reason: String,
    pub(super) observed: bool,
    pub(super) messages: u64,
    pub(super) values: u64,
    /// The last day of the assessment, where the ledger knows it.
    pub(super) assessment_until: Option<String>,
}

/// Messages with biometric data that may have left.
#[derive(Debug, Default, Serialize)]
pub(super) struct Biometric {
    pub(super) messages: u64,
    pub(super) without_alternative: u64,
}

/// On which basis messages with personal data went to a recipient.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct CoverageRow {
    pub(super) recipient: String,
    pub(super) title: Option<String>,
    /// `processor`, `joint`, `independent`, `authority`; `None` where the ledger does not know it.
    pub(super) role: Option<&'static str>,
    pub(super) overseas: bool,
    pub(super) messages: u64,
    pub(super) separate_consent: u64,
    pub(super) consent: u64,
    pub(super) article: u64,
    pub(super) no_basis: u64,
}

/// Withdrawals of consent in the period, and whether anything was sent on it afterwards.
#[derive(Debug, Default, Serialize)]
pub(super) struct Withdrawals {
    pub(super) count: u64,
    /// Messages sent on a consent that was withdrawn or had ended. There must be none.
    pub(super) sent_after: u64,
    /// How long after the withdrawal the last of those was sent.
    pub(super) longest_after_seconds: Option<u64>,
    /// Withdrawals without any sending afterwards.
    pub(super) at_once: u64,
    /// From a withdrawal's effect to its record in the trail.
    pub(super) recorded_after_seconds_median: Option<u64>,
    pub(super) recorded_after_seconds_longest: Option<u64>,
    /// The shortest time between the last message on a consent and its withdrawal.
    pub(super) last_sent_before_seconds: Option<u64>,
    /// The ones that were sent on, the slowest first.
    pub(super) slowest: Vec<Withdrawal>,
}

/// One withdrawal. Whose is not said.
#[derive(Debug, Serialize)]
pub(super) struct Withdrawal {
    /// The ledger's number of the entry.
    pub(super) entry: u64,
    pub(super) effective: String,
    pub(super) sent_after: u64,
    pub(super) last_sent_after: Option<String>,
}

/// What was recorded of the software itself, in the period.
#[derive(Debug, Default, Serialize)]
pub(super) struct House {
    pub(super) alarms: Vec<AlarmRow>,
    pub(super) configurations: Vec<ConfigurationRow>,
    /// Acts on keys that were done, by their word.
    pub(super) key_acts: BTreeMap<String, u64>,
    /// What segments are chained with: `sha-256`, `sm3`.
    pub(super) hashes: BTreeMap<String, u64>,
    pub(super) segments_with_signer: u64,
    pub(super) segments: u64,
    pub(super) recovered: u64,
    /// Segments that had been kept long enough and were removed.
    pub(super) removed: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct AlarmRow {
    pub(super) about: String,
    /// In the period.
    pub(super) raised: u64,
    /// Nodes on which it is not over, since the period or before it.
    pub(super) open: u64,
    pub(super) last: String,
}

#[derive(Debug, Serialize)]
pub(super) struct ConfigurationRow {
    pub(super) part: String,
    pub(super) taken: u64,
    pub(super) refused: u64,
    pub(super) last: String,
}

/// What can be proven of one trail.
#[derive(Debug, Serialize)]
pub(super) struct TrailRow {
    pub(super) node: String,
    pub(super) is_sound: bool,
    pub(super) faults: u64,
    /// The first of them.
    pub(super) first_faults: Vec<FaultRow>,
    /// Lines that are no record of this version: what they hold is not in the report.
    pub(super) unread: u64,
    pub(super) chains: Vec<ChainRow>,
}

#[derive(Debug, Serialize)]
pub(super) struct FaultRow {
    pub(super) kind: &'static str,
    pub(super) class: &'static str,
    pub(super) segment: String,
    pub(super) line: u64,
    pub(super) seq: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct ChainRow {
    pub(super) class: &'static str,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) bytes: u64,
    /// Up to which record one of the keys signed it, and which of them did.
    pub(super) signed_through: Option<u64>,
    pub(super) signed_by: Vec<String>,
    pub(super) witnessed_through: Option<u64>,
    /// When the witness took the newest head of it.
    pub(super) witnessed_at: Option<String>,
    /// Records at the end that no witness covers.
    pub(super) not_provable: u64,
}

/// Times in which no witness got a head of a node, as far as they reach into the period. They begin with the last head, which may
/// be before it, and end with the next one, the period or today.
#[derive(Debug, Default, Serialize)]
pub(super) struct Gaps {
    pub(super) heads: u64,
    /// Those before which the node had not ended in order, and those before which it had.
    pub(super) count: u64,
    pub(super) ended_in_order: u64,
    pub(super) total_seconds: u64,
    pub(super) longest: Vec<Gap>,
}

#[derive(Debug, Serialize)]
pub(super) struct Gap {
    pub(super) node: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) seconds: u64,
}

/// Something that somebody has to do or look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Attention {
    pub(super) level: Level,
    pub(super) what: What,
    pub(super) count: u64,
    /// The recipient, document or kind.
    pub(super) about: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// It may be a breach, or will be one.
    Act,
    /// It should be looked at.
    Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    SentAfterWithdrawal,
    InClearWithoutBasis,
    InClearWithoutAssessment,
    AssessmentOfClearOver,
    WeakMask,
    WithoutSeparateConsent,
    BiometricWithoutAlternative,
    PartsNotRead,
    TrailNotGiven,
    TrailFaults,
    TrailUnread,
    SignedByNobody,
    LedgerBroken,
    Observed,
    RequestsOverdue,
    IncidentNotTold,
    NoContract,
    NoAssessment,
    DocumentOver,
    DocumentEnding,
    NotSupervised,
    RecipientUnknown,
    LedgerNotTaken,
    AlarmOpen,
    ConfigurationRefused,
    NodeDown,
    Restarted,
    Unconfirmed,
    NoKeys,
    NoWitness,
    NotProvable,
    NoStore,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Text {
    pub(super) zh: String,
    pub(super) en: String,
}

/// What the figures are evidence of.
#[derive(Debug, Serialize)]
pub(super) struct Article {
    /// `csrc_218` or `pipl`
    pub(super) law: &'static str,
    pub(super) article: Text,
    pub(super) duty: Text,
    pub(super) evidence: Text,
    /// What no software can show.
    pub(super) firm_adds: Text,
    /// `evidence`, `attention` or `none`
    pub(super) state: &'static str,
}
