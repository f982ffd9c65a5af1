//! Declared purposes: `[[purpose]]` in a policy file.

use super::error::{PolicyError, Warning};
use super::known::Known;
use super::read::{Table, unknown};
use crate::purpose::{Method, Purpose, PurposeParts};
use crate::time::{Date, Period};
use crate::{Class, Kind};
use std::sync::Arc;

const KEYS: [&str; 8] = ["code", "text", "service", "necessary", "kinds", "methods", "retention", "out_of_scope"];

/// Longer than any period that securities law sets for what is kept of an investor (20 years: Securities Law Art. 137 and 153).
const LONG_RETENTION_YEARS: u16 = 20;

/// What becomes of data beyond a purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OutOfScope {
    /// They are masked under the strict profile; class 4 is dropped.
    #[default]
    Mask,
    /// The whole message does not leave.
    Block,
}

impl OutOfScope {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Mask, Self::Block];

    /// As policies spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mask => "mask",
            Self::Block => "block",
        }
    }
}

/// A purpose, and where a policy declares it.
#[derive(Clone, Debug)]
pub struct DeclaredPurpose {
    file: Arc<str>,
    line: usize,
    purpose: Purpose,
    out_of_scope: OutOfScope,
    /// Kinds of class 4 among those that it takes.
    most_sensitive: Vec<Kind>,
}

impl DeclaredPurpose {
    /// What was declared.
    #[must_use]
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// What becomes of data that it does not take.
    #[must_use]
    pub fn out_of_scope(&self) -> OutOfScope {
        self.out_of_scope
    }

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

    pub(super) fn read(table: &Table<'_, '_>, file: &Arc<str>, known: &Known<'_>) -> Result<Self, PolicyError> {
        table.only(&KEYS)?;
        let missing = |key: &str, example: &str| table.error(format!("a purpose needs {key}: add {example}"));
        let text = |key: &str, example: &str| Ok(table.string(key)?.ok_or_else(|| missing(key, example))?.value);
        let is_necessary = table.yes_or_no("necessary")?;
        let retention = table.string("retention")?.ok_or_else(|| missing("retention", "retention = \"20 years\""))?;
        let no_period = || {
            let message =
                "\"retention\" must be a length of time, such as \"20 years\", \"6 months\", \"30 days\" or \"P20Y\"";
            table.source.error(retention.line, message)
        };
        let parts = PurposeParts {
            code: text("code", "code = \"trade_notice\"")?,
            text: text("text", "text = \"what data subjects are told that it is for\"")?,
            service: text("service", "service = \"the service that it is for\"")?,
            is_necessary: is_necessary.ok_or_else(|| {
                missing("necessary", "necessary = true if the service cannot be given without it, or else false")
            })?,
            kinds: read_kinds(table, known)?,
            methods: read_methods(table)?,
            retention: Period::parse(&retention.value).ok_or_else(no_period)?,
        };
        let out_of_scope = table.word("out_of_scope", &OutOfScope::ALL, OutOfScope::as_str)?.unwrap_or_default();
        let purpose = Purpose::new(parts).map_err(|error| table.error(error.to_string()))?;
        let is_most_sensitive = |kind: &Kind| known.class_of(*kind) == Some(Class::FOUR);
        let most_sensitive = purpose.kinds().iter().copied().filter(is_most_sensitive).collect();
        Ok(Self { file: file.clone(), line: table.line, purpose, out_of_scope, most_sensitive })
    }

    pub(super) fn warning(&self, message: String) -> Warning {
        Warning { file: self.file.to_string(), line: self.line, message }
    }

    /// What is hardly meant, as the declaration alone shows it.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let code = self.purpose.code();
        let mut warnings = Vec::new();
        if !self.most_sensitive.is_empty() {
            let kinds: Vec<&str> = self.most_sensitive.iter().map(|kind| kind.as_str()).collect();
            warnings.push(self.warning(format!(
                "the purpose {code:?} takes class 4 ({}): leave these out unless the service cannot be given without them \
                 and an assessment says so (PIPL Art. 28 and 55)",
                kinds.join(", ")
            )));
        }
        let longest = Period::years(LONG_RETENTION_YEARS);
        // Both begin on one day: lengths are compared by the calendar.
        let is_long = Date::new(2000, 1, 1).is_some_and(|first| {
            longest.is_some_and(|longest| self.purpose.retention().from(first) > longest.from(first))
        });
        if is_long {
            warnings.push(self.warning(format!(
                "the purpose {code:?} keeps data for {}: more than {LONG_RETENTION_YEARS} years is longer than securities law \
                 asks for, and PIPL Art. 19 allows the shortest time that the purpose needs",
                self.purpose.retention()
            )));
        }
        warnings
    }
}

fn read_kinds(table: &Table<'_, '_>, known: &Known<'_>) -> Result<Vec<Kind>, PolicyError> {
    let needed = || {
        let message =
            "a purpose without kinds takes no data: name the kinds that it needs, such as kinds = [\"mobile_phone\"]";
        table.source.error(table.line_of("kinds"), message)
    };
    if table.is_empty_list("kinds") {
        return Err(needed());
    }
    let kinds = table.strings("kinds")?.ok_or_else(needed)?;
    kinds.iter().map(|kind| known.kind(table.source, kind)).collect()
}

fn read_methods(table: &Table<'_, '_>) -> Result<Vec<Method>, PolicyError> {
    let needed = || {
        let message =
            "a purpose without methods does nothing: say what is done, such as methods = [\"store\", \"use\"]";
        table.source.error(table.line_of("methods"), message)
    };
    if table.is_empty_list("methods") {
        return Err(needed());
    }
    table.words("methods", &Method::ALL, Method::as_str)?.ok_or_else(needed)
}

/// Puts the purposes of one file behind those of the files before: of two with one code the later file's holds. Says which
/// ones it replaced.
pub(super) fn declare(
    declared: &mut Vec<DeclaredPurpose>,
    tables: &[Table<'_, '_>],
    file: &Arc<str>,
    known: &Known<'_>,
) -> Result<Vec<Warning>, PolicyError> {
    let mut warnings = Vec::new();
    let mut own: Vec<DeclaredPurpose> = Vec::with_capacity(tables.len());
    for table in tables {
        let one = DeclaredPurpose::read(table, file, known)?;
        let code = one.purpose.code();
        if let Some(first) = own.iter().find(|other| other.purpose.code() == code) {
            return Err(table.error(format!(
                "the purpose {code:?} is declared on line {} already: write one [[purpose]] for it, or give this one another \
                 code",
                first.line
            )));
        }
        if let Some(at) = declared.iter().position(|other| other.purpose.code() == code) {
            let before = declared.remove(at);
            warnings.push(one.warning(format!(
                "this replaces the purpose {code:?} of {}:{}: take that one out if this is meant",
                before.file, before.line
            )));
        }
        warnings.extend(one.warnings());
        own.push(one);
    }
    declared.append(&mut own);
    Ok(warnings)
}

/// Where purposes are declared, a rule of the same policy names one of them: a misspelt one would never apply.
pub(super) fn check_rule(table: &Table<'_, '_>, declared: &[DeclaredPurpose]) -> Result<(), PolicyError> {
    if declared.is_empty() {
        return Ok(());
    }
    let codes = || declared.iter().map(|one| one.purpose.code());
    let named = table.strings("purpose")?.unwrap_or_default();
    match named.iter().find(|named| !codes().any(|code| code.eq_ignore_ascii_case(&named.value))) {
        None => Ok(()),
        Some(stranger) => {
            let message = unknown("purpose", &stranger.value, codes().collect::<Vec<_>>());
            Err(table.source.error(stranger.line, format!("{message}; one of your own needs a [[purpose]]")))
        }
    }
}
