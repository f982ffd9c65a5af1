//! Words of the command line, read. What may be somebody's value is never quoted.

use super::Hidden;
use pii_core::Kind;
use pii_core::consent::{Code, RecordId, SubjectId};
use pii_core::purpose::Method;
use pii_core::time::{Date, Moment};

pub(super) fn code(text: &str) -> Result<Code, String> {
    Code::new(text).ok_or_else(|| "write small letters, digits, `_`, `-` and `.`, a letter first".to_owned())
}

pub(super) fn kind(text: &str) -> Result<Kind, String> {
    Kind::new(text).ok_or_else(|| "write a kind as `pii rules show` lists it, such as mobile_phone".to_owned())
}

pub(super) fn method(text: &str) -> Result<Method, String> {
    Method::parse(text)
        .ok_or_else(|| "write collect, store, use, process, transmit, provide, publish or delete".to_owned())
}

pub(super) fn subject(text: &str) -> Result<SubjectId, String> {
    SubjectId::parse(text).ok_or_else(|| "a subject has 32 hexadecimal digits, in small letters".to_owned())
}

pub(super) fn record(text: &str) -> Result<RecordId, String> {
    RecordId::parse(text).ok_or_else(|| "a record has 32 hexadecimal digits, in small letters".to_owned())
}

pub(super) fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "write a time such as 2026-11-27T08:00:00Z".to_owned())
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write a day that exists, such as 2027-01-31".to_owned())
}

#[allow(clippy::unnecessary_wraps, reason = "what a parser of arguments returns")]
pub(in crate::arguments) fn hidden(text: &str) -> Result<Hidden, std::convert::Infallible> {
    Ok(Hidden(text.to_owned().into()))
}

pub(super) fn holding(text: &str) -> Result<pii_core::consent::Holding, String> {
    let wrong = || {
        let words: Vec<&str> = pii_core::consent::RETENTION.iter().map(|row| row.word).collect();
        format!("write what it is, an equals sign, and the day or `open`; it is one of {}", words.join(", "))
    };
    let (object, since) = text.split_once('=').ok_or_else(wrong)?;
    let object = pii_core::consent::Object::parse(object).ok_or_else(wrong)?;
    let since = match since {
        "open" => None,
        day => Some(Date::parse(day).ok_or_else(wrong)?),
    };
    Ok(pii_core::consent::Holding { object, since })
}
