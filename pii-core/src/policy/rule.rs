//! One rule of a policy: what it applies to, and what it says.

use super::error::PolicyError;
use super::field::Field;
use super::flow::{Flow, Query};
use super::known::Known;
use super::read::{Table, Written};
use super::terms::Terms;
use super::words::Action;
use crate::finding::Role;
use crate::mask::{Profile, Shape};
use crate::time::Date;
use crate::{Class, Kind};
use std::sync::Arc;

const KEYS: [&str; 18] = [
    "channel",
    "recipient",
    "purpose",
    "class",
    "kind",
    "field",
    "role",
    "when",
    "action",
    "profile",
    "shape",
    "scope",
    "keep",
    "result",
    "key",
    "expires",
    "basis",
    "assessment",
];

/// What passing class 3 or 4 in clear takes: who gets it, what for, which field, on what basis, assessed when, until when.
const CLEARANCE: [&str; 6] = ["recipient", "purpose", "field", "basis", "assessment", "expires"];

/// A kind with a rule of its own: where a message is about its code, the code has to pass.
const VERIFICATION_CODE: &str = "verification_code";

/// A rule. An empty list is no condition.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    pub(super) file: Arc<str>,
    pub(super) line: usize,
    pub(super) channels: Vec<String>,
    pub(super) recipients: Vec<String>,
    pub(super) purposes: Vec<String>,
    pub(super) kinds: Vec<Kind>,
    /// Which of the classes 1 to 4 it applies to.
    pub(super) classes: [bool; 4],
    /// Whether it can decide about data of organisations.
    pub(super) reaches_class_1: bool,
    pub(super) fields: Vec<Field>,
    pub(super) role: Option<Role>,
    pub(super) about: bool,
    pub(super) action: Action,
    pub(super) profile: Option<Profile>,
    pub(super) shape: Shape,
    pub(super) terms: Terms,
    pub(super) expires: Option<Date>,
    basis: Option<String>,
    assessment: Option<String>,
}

impl PolicyRule {
    /// The file it stands in.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line it begins on, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The channels that it names; none is no condition.
    #[must_use]
    pub fn channels(&self) -> &[String] {
        &self.channels
    }

    /// The recipients that it names; none is no condition.
    #[must_use]
    pub fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// The purposes that it names; none is no condition.
    #[must_use]
    pub fn purposes(&self) -> &[String] {
        &self.purposes
    }

    /// What it says.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// What it says of the results of keyed actions.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The last day on which it applies.
    #[must_use]
    pub fn expires(&self) -> Option<Date> {
        self.expires
    }

    /// On what basis it lets data pass: an article, or separate consent.
    #[must_use]
    pub fn basis(&self) -> Option<&str> {
        self.basis.as_deref()
    }

    /// The impact assessment that it rests on.
    #[must_use]
    pub fn assessment(&self) -> Option<&str> {
        self.assessment.as_deref()
    }

    pub(super) fn read(table: &Table<'_, '_>, file: &Arc<str>, known: &Known<'_>) -> Result<Self, PolicyError> {
        table.only(&KEYS)?;
        let action = table.word("action", &Action::ALL, Action::as_str)?;
        let action = action.ok_or_else(|| table.error("the rule says nothing: add action = \"mask\""))?;
        let mut rule = Self {
            file: file.clone(),
            line: table.line,
            channels: read_channels(table, known)?,
            recipients: texts(table.strings("recipient")?),
            purposes: texts(table.strings("purpose")?),
            kinds: read_kinds(table, known)?,
            classes: read_classes(table)?,
            reaches_class_1: false,
            fields: read_fields(table)?,
            role: table.word("role", &Role::ALL, Role::as_str)?,
            about: table.word("when", &["about"], |word| word)?.is_some(),
            action,
            profile: read_profile(table, action)?,
            shape: read_shape(table, action)?,
            terms: Terms::read(table, action)?,
            expires: table.date("expires")?.map(|date| date.value),
            basis: table.string("basis")?.map(|text| text.value),
            assessment: table.string("assessment")?.map(|text| text.value),
        };
        let holds_organisations = |kind: &Kind| known.class_of(*kind) == Some(Class::ONE);
        rule.reaches_class_1 = rule.classes[0] && (rule.kinds.is_empty() || rule.kinds.iter().any(holds_organisations));
        rule.cleared(table, known)
    }

    /// A rule that passes applies to class 3 and 4 only with everything that takes. Without, it must not name them, and
    /// does not apply to them even where a kind's value turns out to be of a higher class than its kind.
    fn cleared(mut self, table: &Table<'_, '_>, known: &Known<'_>) -> Result<Self, PolicyError> {
        let missing: Vec<&str> = CLEARANCE.into_iter().filter(|key| !self.has(key)).collect();
        if self.action != Action::Pass || missing.is_empty() || self.passes_codes_only() {
            return Ok(self);
        }
        let names_low_kinds =
            !self.kinds.is_empty() && self.kinds.iter().all(|k| known.class_of(*k) < Some(Class::THREE));
        let names_low_classes = self.kinds.is_empty() && self.classes[2..] == [false, false];
        if !names_low_kinds && !names_low_classes {
            let missing = missing.iter().map(|key| format!("{key:?}")).collect::<Vec<_>>().join(", ");
            return Err(table.error(format!(
                "passing class 3 or 4 in clear takes recipient, purpose, field, basis, assessment and expires: \
                 add {missing}, or write action = \"mask\", or name classes 1 and 2 only"
            )));
        }
        self.classes[2..].fill(false);
        Ok(self)
    }

    fn has(&self, key: &str) -> bool {
        match key {
            "recipient" => !self.recipients.is_empty(),
            "purpose" => !self.purposes.is_empty(),
            "field" => !self.fields.is_empty(),
            "basis" => self.basis.is_some(),
            "assessment" => self.assessment.is_some(),
            _ => self.expires.is_some(),
        }
    }

    fn passes_codes_only(&self) -> bool {
        let to_the_holder = |channel: &String| matches!(channel.as_str(), "sms" | "email" | "push");
        let codes = !self.kinds.is_empty() && self.kinds.iter().all(|kind| kind.as_str() == VERIFICATION_CODE);
        codes && self.about && !self.channels.is_empty() && self.channels.iter().all(to_the_holder)
    }

    /// The key by which this rule does not apply to the flow, if there is one. `channels`: the flow's channel, and the
    /// one that it is like.
    pub(super) fn differs_from_flow(&self, flow: &Flow<'_>, channels: &[&str]) -> Option<&'static str> {
        let is_one_of = |list: &[String], text: Option<&str>| {
            list.is_empty() || text.is_some_and(|text| list.iter().any(|one| one.eq_ignore_ascii_case(text)))
        };
        if !self.channels.is_empty() && !self.channels.iter().any(|c| channels.contains(&c.as_str())) {
            return Some("channel");
        }
        if !is_one_of(&self.recipients, flow.recipient) {
            return Some("recipient");
        }
        if !is_one_of(&self.purposes, flow.purpose) {
            return Some("purpose");
        }
        self.expires.is_some_and(|last| last < flow.today).then_some("expires")
    }

    /// The key by which this rule does not apply to the item, its field aside.
    pub(super) fn differs_from_item(&self, item: &Query<'_>) -> Option<&'static str> {
        if !self.kinds.is_empty() && !self.kinds.contains(&item.kind) {
            return Some("kind");
        }
        if !self.classes[usize::from(item.class.level()) - 1] {
            return Some("class");
        }
        if self.role.is_some_and(|role| role != item.role) {
            return Some("role");
        }
        (self.about && !item.about).then_some("when")
    }

    pub(super) fn differs_in_field(&self, field: Option<&str>) -> bool {
        !self.fields.is_empty() && !field.is_some_and(|field| self.fields.iter().any(|name| name.means(field)))
    }
}

fn texts(list: Option<Vec<Written<String>>>) -> Vec<String> {
    list.unwrap_or_default().into_iter().map(|text| text.value).collect()
}

fn read_channels(table: &Table<'_, '_>, known: &Known<'_>) -> Result<Vec<String>, PolicyError> {
    let channels = table.strings("channel")?.unwrap_or_default();
    for channel in &channels {
        known.check_channel(table.source, channel)?;
    }
    Ok(channels.into_iter().map(|channel| channel.value).collect())
}

fn read_kinds(table: &Table<'_, '_>, known: &Known<'_>) -> Result<Vec<Kind>, PolicyError> {
    let kinds = table.strings("kind")?.unwrap_or_default();
    if !kinds.is_empty() && table.numbers("class")?.is_some() {
        return Err(table.error("a rule names kinds or classes: take \"class\" out, or \"kind\""));
    }
    kinds.iter().map(|kind| known.kind(table.source, kind)).collect()
}

fn read_fields(table: &Table<'_, '_>) -> Result<Vec<Field>, PolicyError> {
    let read = |text: Written<String>| {
        Field::parse(&text.value).map_err(|error| table.source.error(text.line, error.to_string()))
    };
    table.strings("field")?.unwrap_or_default().into_iter().map(read).collect()
}

fn read_classes(table: &Table<'_, '_>) -> Result<[bool; 4], PolicyError> {
    let Some(levels) = table.numbers("class")? else {
        return Ok([true; 4]);
    };
    let mut classes = [false; 4];
    for level in levels {
        let at = usize::try_from(level.value).ok().and_then(|at| at.checked_sub(1));
        let complaint = || table.source.error(level.line, "\"class\" must be 1, 2, 3 or 4");
        *at.and_then(|at| classes.get_mut(at)).ok_or_else(complaint)? = true;
    }
    Ok(classes)
}

fn read_profile(table: &Table<'_, '_>, action: Action) -> Result<Option<Profile>, PolicyError> {
    let profile = table.word("profile", &Profile::ALL, Profile::as_str)?;
    only_for_masks(table, action, "profile", profile.is_some())?;
    Ok(profile)
}

fn read_shape(table: &Table<'_, '_>, action: Action) -> Result<Shape, PolicyError> {
    let Some(text) = table.string("shape")? else {
        return Ok(Shape::Stars);
    };
    let shape = Shape::parse(&text.value).map_err(|message| table.source.error(text.line, message))?;
    only_for_masks(table, action, "shape", action != Action::Drop)?;
    Ok(shape)
}

fn only_for_masks(table: &Table<'_, '_>, action: Action, key: &str, given: bool) -> Result<(), PolicyError> {
    if !given || action == Action::Mask {
        return Ok(());
    }
    let message = format!("{key:?} goes with action = \"mask\", not with {:?}: take it out", action.as_str());
    Err(table.source.error(table.line_of(key), message))
}

/// `kind` and `channel` of an exemption are read as a rule's.
pub(super) fn scope_of(table: &Table<'_, '_>, known: &Known<'_>) -> Result<(Vec<Kind>, Vec<String>), PolicyError> {
    Ok((read_kinds(table, known)?, read_channels(table, known)?))
}
