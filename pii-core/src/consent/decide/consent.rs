//! Whether a consent covers something.

use super::super::ask::Basis;
use super::super::book::Book;
use super::super::book::people::{NONE, Person};
use super::super::book::records::{Record, ScopeRow};
use super::super::book::rows::NoticeRow;
use super::super::id::Code;
use super::super::reason::{Reason, ReasonList, SeparateFor};
use super::super::receipt::GivenBy;
use super::super::state::State;
use super::Need;
use crate::time::Moment;

impl Book {
    /// The consent that covers it, for this recipient or for the firm itself, the last given if there are several. A refusal or
    /// withdrawal that came later than it and touches what is asked ends it, too, whichever record it was of and whatever became
    /// of that record since. Where there is none, the reason is that of the newest record for the same purpose and recipient.
    pub(super) fn consent(
        &self,
        need: &Need<'_>,
        recipient: Option<u32>,
        separate: Option<SeparateFor>,
        reasons: &mut ReasonList,
    ) -> Option<(&Record, &NoticeRow)> {
        let Some(person) = need.person else {
            reasons.push(Reason::SubjectUnknown);
            return None;
        };
        let (mut newest, mut last) = (None, None::<(&Record, &NoticeRow)>);
        // What they withdrew without a record's name, from everywhere or from more than this.
        let broad = self.nos.find_broad(need.subject, need.purpose, recipient);
        let (mut last_no, mut said_no) = broad.map_or((0, Reason::Refused), |no| (no.order, Reason::Withdrawn));
        for (record, scope) in self.records.chain(person.newest) {
            if scope.purpose != need.purpose || scope.recipient != recipient {
                continue;
            }
            let found = match self.standing(record, scope, person, need.now) {
                Some(reason) => Err(reason),
                None => self.covers(record, scope, need, separate),
            };
            match found {
                Ok(notice) if last.is_none_or(|(other, _)| other.order < record.order) => last = Some((record, notice)),
                Ok(_) => {}
                Err(reason) => newest = newest.or(Some(reason)),
            }
            if record.no_order > last_no && touches(scope, need) {
                last_no = record.no_order;
                said_no = if record.state == State::Withdrawn { Reason::Withdrawn } else { Reason::Refused };
            }
        }
        match last {
            Some((record, _)) if record.order < last_no => newest = Some(said_no),
            Some(found) => return Some(found),
            None => {}
        }
        let missing = separate.map_or(Reason::NoConsent, Reason::NoSeparateConsent);
        reasons.push(newest.unwrap_or(missing));
        None
    }

    /// Why a record counts for nothing at that time, if so: by its state, by what changed since, by time.
    pub(in super::super) fn standing(
        &self,
        record: &Record,
        scope: &ScopeRow,
        person: &Person,
        at: Moment,
    ) -> Option<Reason> {
        if record.is_damaged {
            return Some(Reason::RecordDamaged);
        }
        match record.state {
            State::Granted | State::SeparatelyGranted => {}
            State::Notified => return Some(Reason::NotAnswered),
            State::Refused => return Some(Reason::Refused),
            State::Withdrawn => return Some(Reason::Withdrawn),
            State::Expired => return Some(Reason::Expired),
            State::Superseded => return Some(Reason::Superseded),
            State::Invalid => return Some(Reason::Invalid),
            State::NeedsReconfirm => return Some(Reason::NeedsReconfirm),
        }
        if self.is_changed(record, scope, at) {
            return Some(Reason::Superseded);
        }
        if record.valid_until.is_some_and(|until| at.unix_millis() > until.get()) {
            return Some(Reason::Expired);
        }
        if at.day_in_china().unix_days() > i64::from(record.kept_until_day) {
            return Some(Reason::RetentionOver);
        }
        let is_child = person.is_child(at, self.declared.settings.unknown_age);
        (record.for_child && !is_child).then_some(Reason::NeedsReconfirm)
    }

    /// Whether purpose, recipient or notice are others than when it was given.
    fn is_changed(&self, record: &Record, scope: &ScopeRow, at: Moment) -> bool {
        let declared = &self.declared;
        let purpose_changed =
            declared.purposes.get(scope.purpose).is_none_or(|row| row.generation != record.purpose_generation);
        let recipient = scope.recipient.and_then(|number| declared.recipients.get(number));
        let recipient_changed = recipient.map_or(0, |row| row.generation) != record.recipient_generation;
        let purpose = declared.purposes.name(scope.purpose).map_or("", Code::as_str);
        let recipient = scope.recipient.and_then(|number| declared.recipients.name(number)).map(Code::as_str);
        let notice = declared.versions.get(record.notice as usize);
        purpose_changed || recipient_changed || notice.is_none_or(|row| row.is_over(purpose, recipient, at))
    }

    fn covers(
        &self,
        record: &Record,
        scope: &ScopeRow,
        need: &Need<'_>,
        separate: Option<SeparateFor>,
    ) -> Result<&NoticeRow, Reason> {
        let notice = self.declared.versions.get(record.notice as usize).ok_or(Reason::RecordDamaged)?;
        let is_sensitive = self.declared.sensitive.meets(need.kinds);
        // All data of a child are sensitive (PIPL Art. 28).
        let by_data = (is_sensitive || need.is_child).then_some(SeparateFor::Sensitive);
        if !scope.kinds.covers(need.kinds) {
            Err(Reason::KindsNotConsented)
        } else if !scope.methods.has(need.method) {
            Err(Reason::MethodNotConsented)
        } else if scope.channel.is_some_and(|channel| need.channel != Some(channel)) {
            Err(Reason::ChannelNotConsented)
        } else if need.is_child && record.given_by != GivenBy::Guardian {
            Err(Reason::NoGuardian)
        } else if let (Some(what), true) = (separate.or(by_data), record.state != State::SeparatelyGranted) {
            Err(Reason::NoSeparateConsent(what))
        } else if is_sensitive && !notice.notice.tells_of_sensitive() {
            Err(Reason::SensitiveNotTold)
        } else {
            Ok(notice)
        }
    }

    /// Where a person's records begin.
    pub(in super::super) fn newest_of(&self, person: Option<&Person>) -> u32 {
        person.map_or(NONE, |person| person.newest)
    }
}

/// Whether a scope has anything of what is asked.
fn touches(scope: &ScopeRow, need: &Need<'_>) -> bool {
    scope.kinds.meets(need.kinds)
        && scope.methods.has(need.method)
        && (scope.channel.is_none() || scope.channel == need.channel)
}

/// A consent as the basis of a decision.
pub(super) fn as_basis<'b>((record, notice): (&Record, &'b NoticeRow)) -> Basis<'b> {
    Basis::Consent {
        record: record.id,
        number: record.number,
        notice: notice.notice.id.as_str(),
        notice_version: notice.notice.version,
        is_separate: record.state == State::SeparatelyGranted,
    }
}
