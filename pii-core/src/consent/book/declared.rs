//! What the firm has declared, laid out for decisions.

use super::super::entry::Declaration;
use super::super::fault::Fault;
use super::super::ground::{Assessment, BiometricAssessment, ExportGround, OtherBasis, Trigger};
use super::super::id::Code;
use super::super::notice::{Notice, NoticeParts, NoticePurpose};
use super::super::party::{Contract, Recipient, Source};
use super::super::published::Published;
use super::super::settings::{BIOMETRIC_KINDS, SENSITIVE_KINDS, Settings, SettingsParts};
use super::interned::{KindSet, Kinds, MethodSet, Table};
use super::rows::{AssessmentRow, BasisRow, BiometricRow, ContractRow, ExportRow, NoticeRow, PurposeRow, RecipientRow};
use crate::Kind;
use crate::time::Moment;

/// Everything declared that holds now.
pub(crate) struct Declared {
    pub(crate) kinds: Kinds,
    pub(crate) purposes: Table<PurposeRow>,
    pub(crate) recipients: Table<RecipientRow>,
    pub(crate) channels: Table<()>,
    pub(crate) notices: Table<Vec<u32>>,
    pub(crate) versions: Vec<NoticeRow>,
    pub(crate) sources: Table<Source>,
    pub(crate) settings: Settings,
    pub(crate) sensitive: KindSet,
    pub(crate) biometric: KindSet,
}

impl Default for Declared {
    fn default() -> Self {
        let mut declared = Self {
            kinds: Kinds::default(),
            purposes: Table::default(),
            recipients: Table::default(),
            channels: Table::default(),
            notices: Table::default(),
            versions: Vec::new(),
            sources: Table::default(),
            settings: Settings::new(SettingsParts::default()).expect("the defaults are sound"),
            sensitive: KindSet::default(),
            biometric: KindSet::default(),
        };
        declared.sensitive = declared.named(&SENSITIVE_KINDS);
        declared.biometric = declared.named(&BIOMETRIC_KINDS);
        declared
    }
}

impl Declared {
    fn named(&mut self, names: &[&str]) -> KindSet {
        let kinds: Vec<Kind> = names.iter().filter_map(|name| Kind::new(name)).collect();
        // The first kinds of all: there is room for them.
        self.kinds.intern(&kinds).unwrap_or_default()
    }

    fn purpose_row(&mut self, code: &Code) -> Option<&mut PurposeRow> {
        let number = self.purposes.intern(code);
        if self.purposes.get(number).is_none() {
            self.purposes.put(number, Some(PurposeRow::default()));
        }
        self.purposes.get_mut(number)
    }

    fn recipient_row(&mut self, code: &Code) -> Option<&mut RecipientRow> {
        let number = self.recipients.intern(code);
        if self.recipients.get(number).is_none() {
            self.recipients.put(number, Some(RecipientRow::default()));
        }
        self.recipients.get_mut(number)
    }

    /// Whether a declaration can be taken.
    pub(crate) fn weigh(&self, declaration: &Declaration) -> Result<(), Fault> {
        match declaration {
            Declaration::Notice(notice) => self.weigh_notice(notice),
            Declaration::Source(source) => {
                let Some((_, before)) = self.sources.find(source.id.as_str()) else { return Ok(()) };
                let is_revived = before.until.is_some_and(|end| source.until.is_none_or(|until| until > end));
                match (before.key() == source.key(), is_revived) {
                    (false, _) => Err(Fault::AnotherKey),
                    (true, true) => Err(Fault::SourceEnded),
                    (true, false) => Ok(()),
                }
            }
            _ => self.weigh_kinds(kinds_of(declaration)),
        }
    }

    /// That there is room for all of these kinds: what has more is not taken in part.
    fn weigh_kinds(&self, kinds: &[Kind]) -> Result<(), Fault> {
        if self.kinds.has_room_for(kinds) { Ok(()) } else { Err(Fault::TooMany) }
    }

    fn weigh_notice(&self, notice: &NoticeParts) -> Result<(), Fault> {
        let latest = self.notices.find(notice.id.as_str()).and_then(|(_, versions)| versions.last());
        let latest = latest.and_then(|number| self.versions.get(*number as usize));
        match latest {
            Some(latest) if notice.version <= latest.notice.version => Err(Fault::NoticeVersion),
            Some(latest) if notice.valid_from < latest.notice.valid_from => Err(Fault::NoticeVersion),
            _ => Ok(()),
        }
    }

    /// Takes a declaration. What has more kinds than can be held is taken as not declared: nothing rests on it.
    pub(crate) fn take(&mut self, declaration: &Declaration) -> Result<(), Fault> {
        self.weigh(declaration)?;
        let taken = match declaration {
            Declaration::Notice(notice) => self.take_notice(notice),
            Declaration::Purpose(published) => self.take_purpose(published),
            Declaration::Recipient(recipient) => self.take_recipient(recipient),
            Declaration::Source(source) => {
                let number = self.sources.intern(&source.id);
                self.sources.put(number, Some(source.clone()));
                Some(())
            }
            Declaration::Contract(contract) => self.take_contract(contract),
            Declaration::Supervision(supervision) => {
                let row = self.recipient_row(&supervision.recipient).ok_or(Fault::TooMany)?;
                // An older look, declared again, says nothing of what was seen since.
                if row.supervision.as_ref().is_none_or(|before| before.on <= supervision.on) {
                    row.supervision = Some(supervision.clone());
                }
                Some(())
            }
            Declaration::Assessment(assessment) => self.take_assessment(assessment),
            Declaration::BiometricAssessment(assessment) => self.take_biometric(assessment),
            Declaration::OtherBasis(basis) => self.take_basis(basis),
            Declaration::ExportGround(ground) => self.take_export(ground),
            Declaration::Settings(settings) => self.take_settings(settings),
        };
        taken.ok_or(Fault::TooMany)
    }

    fn take_purpose(&mut self, published: &Published) -> Option<()> {
        let purpose = published.purpose();
        let kinds = self.kinds.intern(purpose.kinds());
        let row = self.purpose_row(&Code::new(purpose.code())?)?;
        let is_same = row.purpose.as_ref().is_some_and(|before| published.is_same_as(before));
        row.generation += u32::from(!is_same);
        row.methods = MethodSet::of(purpose.methods());
        row.purpose = kinds.is_some().then(|| purpose.clone());
        row.kinds = kinds?;
        Some(())
    }

    fn take_recipient(&mut self, recipient: &Recipient) -> Option<()> {
        let row = self.recipient_row(&recipient.id)?;
        let is_new = row.recipient.is_none();
        let is_same = row.recipient.as_ref().is_some_and(|before| recipient.is_same_as(before));
        row.generation += u32::from(!is_same);
        row.recipient = Some(recipient.clone());
        if is_new || is_same {
            return Some(());
        }
        // What was agreed, seen and assessed was of another.
        row.contracts.clear();
        row.exports.clear();
        row.supervision = None;
        let number = self.recipients.number(recipient.id.as_str());
        for purpose in self.purposes.numbers() {
            if let Some(row) = self.purposes.get_mut(purpose) {
                row.assessments.retain(|row| row.recipient != number);
                row.bases.retain(|row| row.recipient.is_none() || row.recipient != number);
            }
        }
        Some(())
    }

    fn take_contract(&mut self, contract: &Contract) -> Option<()> {
        for number in self.recipients.numbers() {
            if let Some(row) = self.recipients.get_mut(number) {
                row.contracts.retain(|other| other.parts.id != contract.id);
            }
        }
        let kinds = self.kinds.intern(&contract.kinds)?;
        let purposes = contract.purposes.iter().map(|code| self.purposes.intern(code)).collect();
        let methods = MethodSet::of(&contract.methods);
        let parts = contract.clone();
        self.recipient_row(&contract.recipient)?.contracts.push(ContractRow { kinds, methods, purposes, parts });
        Some(())
    }

    fn take_assessment(&mut self, assessment: &Assessment) -> Option<()> {
        for number in self.purposes.numbers() {
            if let Some(row) = self.purposes.get_mut(number) {
                row.assessments.retain(|other| other.parts.id != assessment.id);
            }
        }
        let kinds = self.kinds.intern(&assessment.kinds)?;
        let recipient = assessment.recipient.as_ref().map(|code| self.recipients.intern(code));
        let parts = assessment.clone();
        self.purpose_row(&assessment.purpose)?.assessments.push(AssessmentRow { kinds, recipient, parts });
        Some(())
    }

    fn take_biometric(&mut self, assessment: &BiometricAssessment) -> Option<()> {
        for number in self.purposes.numbers() {
            if let Some(row) = self.purposes.get_mut(number) {
                row.biometrics.retain(|other| other.parts.id != assessment.id);
            }
        }
        let kinds = self.kinds.intern(&assessment.kinds)?;
        let parts = assessment.clone();
        self.purpose_row(&assessment.purpose)?.biometrics.push(BiometricRow { kinds, parts });
        Some(())
    }

    fn take_basis(&mut self, basis: &OtherBasis) -> Option<()> {
        for number in self.purposes.numbers() {
            if let Some(row) = self.purposes.get_mut(number) {
                row.bases.retain(|other| other.parts.id != basis.id);
            }
        }
        let kinds = self.kinds.intern(&basis.kinds)?;
        let recipient = basis.recipient.as_ref().map(|code| self.recipients.intern(code));
        let methods = MethodSet::of(&basis.methods);
        let parts = basis.clone();
        self.purpose_row(&basis.purpose)?.bases.push(BasisRow { kinds, methods, recipient, parts });
        Some(())
    }

    fn take_export(&mut self, ground: &ExportGround) -> Option<()> {
        for number in self.recipients.numbers() {
            if let Some(row) = self.recipients.get_mut(number) {
                row.exports.retain(|other| other.parts.id != ground.id);
            }
        }
        let purposes = ground.purposes.iter().map(|code| self.purposes.intern(code)).collect();
        let (kinds, parts) = (self.kinds.intern(&ground.kinds)?, ground.clone());
        self.recipient_row(&ground.recipient)?.exports.push(ExportRow { kinds, purposes, parts });
        Some(())
    }

    fn take_settings(&mut self, settings: &Settings) -> Option<()> {
        let more = self.kinds.intern(&settings.sensitive_kinds)?;
        self.sensitive = self.named(&SENSITIVE_KINDS).with(more);
        self.settings = settings.clone();
        Some(())
    }

    fn take_notice(&mut self, notice: &Notice) -> Option<()> {
        let id = self.notices.intern(&notice.id);
        let mut numbers = self.notices.get(id).cloned().unwrap_or_default();
        for number in &numbers {
            if let Some(row) = self.versions.get_mut(*number as usize) {
                row.end_where_it_differs(notice);
            }
        }
        numbers.push(u32::try_from(self.versions.len()).ok()?);
        // Of a purpose that is not published yet it tells as it will be published first.
        let generation = |told: &NoticePurpose| {
            self.purposes.find(told.purpose.as_str()).map_or(1, |(_, row)| row.generation.max(1))
        };
        let generations = notice.purposes.iter().map(generation).collect();
        let (purposes_over, recipients_over) = (Vec::new(), Vec::new());
        self.versions.push(NoticeRow { notice: notice.clone(), generations, purposes_over, recipients_over });
        self.notices.put(id, Some(numbers));
        Some(())
    }

    /// The number of a purpose that was published, whatever became of it.
    pub(crate) fn published(&self, code: &str) -> Option<u32> {
        self.purposes.find(code).filter(|(_, row)| row.generation > 0).map(|(number, _)| number)
    }

    /// The number of a recipient that was registered.
    pub(crate) fn registered(&self, code: &str) -> Option<u32> {
        self.recipients.find(code).filter(|(_, row)| row.generation > 0).map(|(number, _)| number)
    }

    /// The number of a notice's version.
    pub(crate) fn version(&self, id: &str, version: u32) -> Option<(u32, &NoticeRow)> {
        let (_, numbers) = self.notices.find(id)?;
        let rows = numbers.iter().filter_map(|number| Some((*number, self.versions.get(*number as usize)?)));
        rows.into_iter().find(|(_, row)| row.notice.version == version)
    }

    /// Whether an assessment counts for it on this day, and its end is not over at `now`.
    pub(crate) fn is_assessed(
        &self,
        trigger: Trigger,
        (purpose, kinds, recipient): (u32, KindSet, Option<u32>),
        (at, now): (Moment, Moment),
    ) -> bool {
        let (today, newest) = (at.day_in_china(), now.day_in_china());
        self.purposes.get(purpose).is_some_and(|row| {
            row.assessments.iter().any(|row| {
                row.parts.trigger == trigger
                    && (recipient.is_none() || row.recipient == recipient)
                    && row.kinds.covers(kinds)
                    && row.parts.is_acceptable
                    && row.parts.approved_on <= today
                    && newest <= row.parts.until
            })
        })
    }
}

/// The kinds that a declaration names, but for a notice's, which takes no room.
fn kinds_of(declaration: &Declaration) -> &[Kind] {
    match declaration {
        Declaration::Purpose(published) => published.purpose().kinds(),
        Declaration::Contract(parts) => &parts.kinds,
        Declaration::Assessment(parts) => &parts.kinds,
        Declaration::BiometricAssessment(parts) => &parts.kinds,
        Declaration::OtherBasis(parts) => &parts.kinds,
        Declaration::ExportGround(parts) => &parts.kinds,
        Declaration::Settings(parts) => &parts.sensitive_kinds,
        Declaration::Notice(_) | Declaration::Recipient(_) | Declaration::Source(_) | Declaration::Supervision(_) => {
            &[]
        }
    }
}
