//! Why something may be done or not, with the article.

use super::ground::Trigger;
use super::notice::Item;
use std::fmt;

/// A reason of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each says in `english` what it is")]
pub enum Reason {
    PurposeUnknown,
    KindOutsidePurpose,
    MethodOutsidePurpose,
    SubjectUnknown,
    SubjectUnclear,
    Restricted,
    Erased,
    NoConsent,
    NotAnswered,
    Refused,
    Withdrawn,
    Expired,
    Superseded,
    Invalid,
    NeedsReconfirm,
    RecordDamaged,
    KindsNotConsented,
    MethodNotConsented,
    ChannelNotConsented,
    NoSeparateConsent(SeparateFor),
    NoGuardian,
    SensitiveNotTold,
    RetentionOver,
    RecipientUnknown,
    RecipientNotProcessor,
    RecipientNotTold,
    RecipientChanged,
    NotTold(Item),
    NoContract,
    NoSupervision,
    SubProcessorNotAgreed,
    NoAssessment(Trigger),
    NoStatutoryDuty,
    ForeignAuthority,
    NoExportGround,
    ExportLimit,
    ServiceNotRefusable,
    BiometricSoleFactor,
    BiometricForced,
    NoAlternative,
    NoBiometricAssessment,
    /// A note: it denies nothing.
    MaskingStays,
    /// A note and an alarm: it denies nothing yet.
    ExportNearLimit,
}

/// What takes a separate consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeparateFor {
    /// Sensitive data (PIPL Art. 29).
    Sensitive,
    /// Giving data to this recipient (Order 218 Art. 33, PIPL Art. 23).
    Recipient,
    /// Publishing them (PIPL Art. 25).
    Publication,
    /// Sending them overseas (PIPL Art. 39).
    Export,
    /// Biometrics that leave the device, or log somebody in.
    Biometric,
}

impl Reason {
    /// Whether it denies. The others are notes.
    #[must_use]
    pub fn denies(self) -> bool {
        !matches!(self, Self::MaskingStays | Self::ExportNearLimit)
    }

    /// Whether somebody should be told although nothing is denied.
    #[must_use]
    pub fn is_alarm(self) -> bool {
        self == Self::ExportNearLimit
    }

    /// The word that stands in records and reports, for good.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.described().0
    }

    /// Where the law has it.
    #[must_use]
    pub fn article(self) -> &'static str {
        self.described().1
    }

    /// What it says.
    #[must_use]
    pub fn english(self) -> &'static str {
        self.described().2
    }

    /// 理由
    #[must_use]
    pub fn chinese(self) -> &'static str {
        self.described().3
    }

    fn described(self) -> Described {
        match self {
            Self::NoSeparateConsent(what) => what.described(),
            Self::NotTold(item) => told(item),
            Self::NoAssessment(trigger) => assessed(trigger),
            Self::RecipientUnknown
            | Self::RecipientNotProcessor
            | Self::RecipientNotTold
            | Self::RecipientChanged
            | Self::NoContract
            | Self::NoSupervision
            | Self::SubProcessorNotAgreed
            | Self::NoStatutoryDuty
            | Self::ForeignAuthority
            | Self::NoExportGround
            | Self::ExportLimit
            | Self::ExportNearLimit => self.of_recipient(),
            Self::ServiceNotRefusable
            | Self::BiometricSoleFactor
            | Self::BiometricForced
            | Self::NoAlternative
            | Self::NoBiometricAssessment
            | Self::MaskingStays => self.of_the_firm(),
            _ => self.of_consent(),
        }
    }

    #[rustfmt::skip]
    fn of_consent(self) -> Described {
        match self {
            Self::PurposeUnknown => ("purpose_unknown", "Order 218 Art. 31 ¶1", "the purpose is not published", "处理目的未公示"),
            Self::KindOutsidePurpose => ("kind_outside_purpose", "Order 218 Art. 31 ¶1", "the purpose does not take this kind of data", "超出该目的所需的信息种类"),
            Self::MethodOutsidePurpose => ("method_outside_purpose", "Order 218 Art. 31 ¶1", "the purpose does not take this way of processing", "超出该目的所列的处理方式"),
            Self::SubjectUnknown => ("subject_unknown", "PIPL Art. 13 ¶1", "nobody is known by this", "无法识别信息主体"),
            Self::SubjectUnclear => ("subject_unclear", "PIPL Art. 13 ¶1", "this leads to several persons, or not surely to one", "标识对应多名信息主体或无法确定为同一人"),
            Self::Restricted => ("restricted", "PIPL Art. 47 ¶2", "only storage and protection are left", "仅可存储并采取必要的安全保护措施"),
            Self::Erased => ("erased", "PIPL Art. 47 ¶1", "the person's data are deleted", "该主体的个人信息已删除"),
            Self::NoConsent => ("no_consent", "PIPL Art. 13 ¶1(1)", "there is no consent for this, and no other basis", "未取得同意，亦无其他合法性基础"),
            Self::NotAnswered => ("not_answered", "PIPL Art. 14 ¶1", "the person was asked and did not answer", "已征求同意，尚未答复"),
            Self::Refused => ("refused", "PIPL Art. 14 ¶1", "the person refused", "信息主体已拒绝"),
            Self::Withdrawn => ("withdrawn", "PIPL Art. 15 ¶1", "the consent was withdrawn", "同意已撤回"),
            Self::Expired => ("expired", "PIPL Art. 14 ¶1", "the consent's time is over", "同意已过有效期"),
            Self::Superseded => ("superseded", "PIPL Art. 14 ¶2", "purpose, method, kinds or recipient changed after the consent", "目的、方式、种类或接收方已变更，须重新取得同意"),
            Self::Invalid => ("invalid", "PIPL Art. 14 ¶1", "the consent never counted", "同意无效"),
            Self::NeedsReconfirm => ("needs_reconfirm", "PIPL Art. 31", "the child has turned 14 and has to agree", "未成年人已满十四周岁，须由本人重新确认"),
            Self::RecordDamaged => ("record_damaged", "PIPL Art. 69 ¶1", "the record has an entry that does not fit", "同意记录存在不合规则的条目"),
            Self::KindsNotConsented => ("kinds_not_consented", "PIPL Art. 14 ¶2", "the consent does not cover these kinds of data", "同意未涵盖该信息种类"),
            Self::MethodNotConsented => ("method_not_consented", "PIPL Art. 14 ¶2", "the consent does not cover this way of processing", "同意未涵盖该处理方式"),
            Self::ChannelNotConsented => ("channel_not_consented", "PIPL Art. 14 ¶1", "the consent is for another channel", "同意限于其他渠道"),
            Self::NoGuardian => ("no_guardian", "PIPL Art. 31", "for a child under 14, or somebody whose age is not known, a guardian has to agree: declare the age if it is known", "不满十四周岁（或年龄未知）须取得监护人同意"),
            Self::SensitiveNotTold => ("sensitive_not_told", "PIPL Art. 30", "the notice does not tell why sensitive data are necessary, and their impact", "未告知处理敏感个人信息的必要性及对个人权益的影响"),
            _ => ("retention_over", "NDR Art. 22", "the retention that was told is over", "已超过告知的保存期限"),
        }
    }

    #[rustfmt::skip]
    fn of_recipient(self) -> Described {
        match self {
            Self::RecipientUnknown => ("recipient_unknown", "PIPL Art. 23", "the recipient is not registered", "接收方未登记"),
            Self::RecipientNotProcessor => ("recipient_not_processor", "PIPL Art. 21", "the recipient does not process for the firm", "接收方并非受托人"),
            Self::RecipientNotTold => ("recipient_not_told", "PIPL Art. 23", "the notice does not name the recipient", "未告知该接收方"),
            Self::RecipientChanged => ("recipient_changed", "PIPL Art. 23", "the recipient is another than was told", "接收方已变更"),
            Self::NoContract => ("no_contract", "NDR Art. 12", "no contract covers this today", "无涵盖该处理的现行合同"),
            Self::NoSupervision => ("no_supervision", "PIPL Art. 21 ¶1", "the processor's work was not looked at lately, or was not satisfactory", "未按期监督受托人或监督结果不合格"),
            Self::SubProcessorNotAgreed => ("sub_processor_not_agreed", "PIPL Art. 21 ¶3", "the firm has not agreed to this processor's processor", "未经同意的转委托"),
            Self::NoStatutoryDuty => ("no_statutory_duty", "PIPL Art. 13 ¶1(3)", "no duty to report this is registered", "未登记法定报送义务依据"),
            Self::ForeignAuthority => ("foreign_authority", "PIPL Art. 41", "no approval to give data to a foreign court or authority", "未经批准不得向境外司法或执法机构提供"),
            Self::NoExportGround => ("no_export_ground", "PIPL Art. 38 ¶1", "no security assessment, certificate, filed contract or exemption covers this today", "无现行有效的出境依据"),
            Self::ExportLimit => ("export_limit", "Provisions on Cross-border Data Flows Art. 7", "as many persons' data as may went overseas this year", "本年度出境人数已达上限"),
            _ => ("export_near_limit", "Provisions on Cross-border Data Flows Art. 7", "80 % of the persons whose data may go overseas this year are reached", "本年度出境人数已达上限的百分之八十"),
        }
    }

    #[rustfmt::skip]
    fn of_the_firm(self) -> Described {
        match self {
            Self::ServiceNotRefusable => ("service_not_refusable", "Order 218 Art. 31 ¶2", "the data are not necessary for the service", "非提供服务所必需，不得以不同意为由拒绝提供服务"),
            Self::BiometricSoleFactor => ("biometric_sole_factor", "Order 218 Art. 35", "biometrics may not be the only factor", "不得以生物特征作为唯一认证方式"),
            Self::BiometricForced => ("biometric_forced", "Order 218 Art. 35", "biometrics may not be forced", "不得强制收集生物特征"),
            Self::NoAlternative => ("no_alternative", "Order 218 Art. 35", "no other way is offered at the same step", "同一环节未提供其他认证方式"),
            Self::NoBiometricAssessment => ("no_biometric_assessment", "Order 218 Art. 35", "no current assessment of necessity and security", "无现行有效的必要性、安全性评估"),
            _ => ("masking_stays", "Order 218 Art. 34", "data are masked outside the firm", "向外传输须脱敏"),
        }
    }
}

/// Word, article, English, Chinese.
type Described = (&'static str, &'static str, &'static str, &'static str);

impl SeparateFor {
    #[rustfmt::skip]
    fn described(self) -> Described {
        match self {
            Self::Sensitive => ("no_separate_consent_sensitive", "PIPL Art. 29", "sensitive data take a separate consent", "处理敏感个人信息须取得单独同意"),
            Self::Recipient => ("no_separate_consent_recipient", "Order 218 Art. 33", "this recipient takes a separate consent", "向该接收方提供须取得单独同意"),
            Self::Publication => ("no_separate_consent_publication", "PIPL Art. 25", "publication takes a separate consent", "公开须取得单独同意"),
            Self::Export => ("no_separate_consent_export", "PIPL Art. 39", "sending data overseas takes a separate consent", "向境外提供须取得单独同意"),
            Self::Biometric => ("no_separate_consent_biometric", "Measures on Facial Recognition (2025)", "biometric data that leave the device or log somebody in take a separate consent that names it, or a law", "生物特征信息的传输或认证须有法律规定或单独同意"),
        }
    }
}

#[rustfmt::skip]
fn told(item: Item) -> Described {
    match item {
        Item::Name => ("not_told_name", "PIPL Art. 23", "the recipient's name was not told", "未告知接收方名称"),
        Item::Contact => ("not_told_contact", "PIPL Art. 23", "how the recipient is reached was not told", "未告知接收方联系方式"),
        Item::Purpose => ("not_told_purpose", "Order 218 Art. 33", "the recipient's purpose was not told", "未告知接收方处理目的"),
        Item::Methods => ("not_told_methods", "Order 218 Art. 33", "what the recipient does with the data was not told", "未告知接收方处理方式"),
        Item::Kinds => ("not_told_kinds", "Order 218 Art. 33", "the kinds of data were not told", "未告知提供的信息种类"),
        Item::Retention => ("not_told_retention", "Order 218 Art. 33", "how long the recipient keeps the data was not told", "未告知保存期限"),
        Item::Protection => ("not_told_protection", "Order 218 Art. 33", "how the recipient protects the data was not told", "未告知保护措施"),
        Item::RightsAndDuties => ("not_told_rights_and_duties", "Order 218 Art. 33", "rights and duties were not told", "未告知双方权利义务"),
        Item::RightsOverseas => ("not_told_rights_overseas", "PIPL Art. 39", "how rights are exercised overseas was not told", "未告知向境外接收方行使权利的方式"),
    }
}

#[rustfmt::skip]
fn assessed(trigger: Trigger) -> Described {
    match trigger {
        Trigger::Sensitive => ("no_assessment_sensitive", "PIPL Art. 55 (1)", "no current assessment of processing sensitive data", "无现行有效的敏感个人信息处理影响评估"),
        Trigger::AutomatedDecision => ("no_assessment_automated_decision", "PIPL Art. 55 (2)", "no current assessment of automated decisions", "无现行有效的自动化决策影响评估"),
        Trigger::Entrust => ("no_assessment_entrust", "PIPL Art. 55 (3)", "no current assessment of letting this processor process", "无现行有效的委托处理影响评估"),
        Trigger::Provide => ("no_assessment_provide", "PIPL Art. 55 (3)", "no current assessment of giving data to this recipient", "无现行有效的对外提供影响评估"),
        Trigger::Publish => ("no_assessment_publish", "PIPL Art. 55 (3)", "no current assessment of publication", "无现行有效的公开影响评估"),
        Trigger::Export => ("no_assessment_export", "PIPL Art. 55 (4)", "no current assessment of sending data overseas", "无现行有效的出境影响评估"),
        Trigger::Other => ("no_assessment_other", "PIPL Art. 55 (5)", "no current assessment", "无现行有效的影响评估"),
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.english(), self.article())
    }
}

/// The reasons of a decision, each once, in the order in which they were found; the first 12.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReasonList {
    reasons: [Reason; REASON_LIMIT],
    len: u8,
}

const REASON_LIMIT: usize = 12;

impl Default for ReasonList {
    fn default() -> Self {
        Self { reasons: [Reason::NoConsent; REASON_LIMIT], len: 0 }
    }
}

impl ReasonList {
    /// Adds a reason that is not there yet. Where the list is full, a denial takes the place of its last reason, so that none
    /// that denies is lost behind notes.
    pub(super) fn push(&mut self, reason: Reason) {
        if self.as_slice().contains(&reason) {
            return;
        }
        let at = usize::from(self.len).min(REASON_LIMIT - 1);
        if usize::from(self.len) < REASON_LIMIT {
            self.len += 1;
        } else if !reason.denies() {
            return;
        }
        self.reasons[at] = reason;
    }

    /// Adds all of another.
    pub(super) fn extend(&mut self, other: &Self) {
        other.as_slice().iter().for_each(|reason| self.push(*reason));
    }

    /// The reasons.
    #[must_use]
    pub fn as_slice(&self) -> &[Reason] {
        &self.reasons[..usize::from(self.len)]
    }

    /// Whether one of them denies.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.as_slice().iter().any(|reason| reason.denies())
    }
}

impl fmt::Debug for ReasonList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}
