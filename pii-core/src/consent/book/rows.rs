//! What was declared, a row each, with its names as numbers.

use super::super::ground::{Assessment, BiometricAssessment, ExportGround, OtherBasis};
use super::super::id::Code;
use super::super::notice::{Disclosure, Notice, NoticeParts, NoticePurpose};
use super::super::party::{Contract, Recipient, Supervision};
use super::interned::{KindSet, MethodSet};
use crate::purpose::Purpose;
use crate::time::Moment;

/// A purpose with what rests on it.
#[derive(Default)]
pub(crate) struct PurposeRow {
    pub(crate) purpose: Option<Purpose>,
    pub(crate) kinds: KindSet,
    pub(crate) methods: MethodSet,
    /// Grows with each change that makes it another purpose.
    pub(crate) generation: u32,
    pub(crate) bases: Vec<BasisRow>,
    pub(crate) assessments: Vec<AssessmentRow>,
    pub(crate) biometrics: Vec<BiometricRow>,
}

/// A recipient with what was agreed with it.
#[derive(Default)]
pub(crate) struct RecipientRow {
    pub(crate) recipient: Option<Recipient>,
    /// Grows when it becomes another recipient.
    pub(crate) generation: u32,
    pub(crate) contracts: Vec<ContractRow>,
    pub(crate) supervision: Option<Supervision>,
    pub(crate) exports: Vec<ExportRow>,
}

pub(crate) struct BasisRow {
    pub(crate) kinds: KindSet,
    pub(crate) methods: MethodSet,
    pub(crate) recipient: Option<u32>,
    pub(crate) parts: OtherBasis,
}

pub(crate) struct AssessmentRow {
    pub(crate) kinds: KindSet,
    pub(crate) recipient: Option<u32>,
    pub(crate) parts: Assessment,
}

pub(crate) struct BiometricRow {
    pub(crate) kinds: KindSet,
    pub(crate) parts: BiometricAssessment,
}

pub(crate) struct ContractRow {
    pub(crate) kinds: KindSet,
    pub(crate) methods: MethodSet,
    pub(crate) purposes: Vec<u32>,
    pub(crate) parts: Contract,
}

pub(crate) struct ExportRow {
    pub(crate) kinds: KindSet,
    pub(crate) purposes: Vec<u32>,
    pub(crate) parts: ExportGround,
}

/// A version of a notice.
pub(crate) struct NoticeRow {
    pub(crate) notice: Notice,
    /// Of each purpose that it tells of, in its order, which generation it was when the notice was registered.
    pub(crate) generations: Vec<u32>,
    /// From when on consents that were given with it do not count any more, by purpose and by recipient: a later version says
    /// something else of them.
    pub(crate) purposes_over: Vec<(Code, Moment)>,
    pub(crate) recipients_over: Vec<(Code, Moment)>,
}

impl NoticeRow {
    /// Which generation of a purpose it tells of.
    pub(crate) fn generation(&self, purpose: &str) -> Option<u32> {
        let at = self.notice.purposes.iter().position(|told| told.purpose.as_str() == purpose)?;
        self.generations.get(at).copied()
    }

    pub(super) fn end_where_it_differs(&mut self, later: &NoticeParts) {
        for told in &self.notice.purposes {
            let is_same = later.purpose(told.purpose.as_str()).is_some_and(|now| same_purpose(told, now));
            let is_over = self.purposes_over.iter().any(|(code, _)| *code == told.purpose);
            if !is_same && !is_over {
                self.purposes_over.push((told.purpose.clone(), later.valid_from));
            }
        }
        for told in &self.notice.disclosures {
            let is_same = later.disclosures.iter().any(|now| same_disclosure(told, now));
            let is_over = self.recipients_over.iter().any(|(code, _)| *code == told.recipient);
            if !is_same && !is_over {
                self.recipients_over.push((told.recipient.clone(), later.valid_from));
            }
        }
    }

    /// Whether a later version had already taken its place for this at that time.
    pub(crate) fn is_over(&self, purpose: &str, recipient: Option<&str>, at: Moment) -> bool {
        let over = |list: &[(Code, Moment)], code: &str| {
            list.iter().any(|(other, from)| *from <= at && other.as_str() == code)
        };
        over(&self.purposes_over, purpose) || recipient.is_some_and(|code| over(&self.recipients_over, code))
    }
}

/// Whether two versions tell the same of a purpose: kinds and methods (PIPL Art. 14 ¶2), whatever their order.
fn same_purpose(one: &NoticePurpose, other: &NoticePurpose) -> bool {
    same_set(&one.kinds, &other.kinds) && same_set(&one.methods, &other.methods)
}

/// Whether two versions name the same recipient for the same (PIPL Art. 23).
fn same_disclosure(one: &Disclosure, other: &Disclosure) -> bool {
    one.recipient == other.recipient
        && one.name == other.name
        && one.purpose == other.purpose
        && same_set(&one.kinds, &other.kinds)
        && same_set(&one.methods, &other.methods)
}

fn same_set<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.iter().all(|item| other.contains(item)) && other.iter().all(|item| one.contains(item))
}
