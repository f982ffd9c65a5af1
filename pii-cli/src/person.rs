//! A person as a command line names them: by what they are known by, a kind and a value, or by their number in the ledger.
//!
//! Nothing here tells a value: errors say where it stands.

use crate::arguments::About;
use crate::exit::Failure;
use pii_core::Kind;
use pii_core::consent::SubjectId;
use pii_flow::told;
use pii_store::SubjectDigests;
use pii_store::consents::canonical;
use pii_store::trail::KeyedDigest;
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// More lines than anybody has numbers.
const FILE_LIMIT_BYTES: u64 = 64 << 10;

/// A kind and a value, which goes no further than its digest.
pub(crate) type Alias = (Kind, Zeroizing<String>);

/// Reads `KIND=VALUE`.
pub(crate) fn alias(text: &str) -> Option<Alias> {
    let (kind, value) = text.split_once('=')?;
    let kind = Kind::new(kind.trim())?;
    (!value.trim().is_empty()).then(|| (kind, value.trim().to_owned().into()))
}

/// Reads a file of such lines; `-` is standard input.
pub(crate) fn aliases_in(file: &Path) -> Result<Vec<Alias>, Failure> {
    each_line(file, |line| alias(line).ok_or(ALIAS))
}

/// How an alias is written.
pub(crate) const ALIAS: &str = "write a kind, an equals sign and the value, such as mobile_phone=…";

/// How a person is named.
const NAMED: &str = "write a kind, an equals sign and the value, such as mobile_phone=… or customer_no=…, or the 32 hexadecimal \
                     digits of a number that `pii subject id` gave";

/// Where something is wrong, and how it is written; not what stands there.
pub(crate) fn wrong(place: impl std::fmt::Display, how: &str) -> Failure {
    Failure::usage(format!("{place}: {how}"))
}

/// Whom inputs or questions are about.
pub(crate) struct Whom(Vec<Named>);

enum Named {
    Number(SubjectId),
    Known(Alias),
}

impl Whom {
    /// As `--subject` and `--subject-file` name them: one person, however often.
    pub(crate) fn of(about: &About) -> Result<Self, Failure> {
        let mut all = Vec::new();
        for (nth, text) in (1..).zip(&about.subject) {
            all.push(Named::read(&text.0).ok_or_else(|| wrong(format_args!("--subject number {nth}"), NAMED))?);
        }
        if let Some(file) = &about.subject_file {
            let named = each_line(file, |line| Named::read(line).ok_or(NAMED))?;
            if named.is_empty() {
                return Err(wrong(file.display(), NAMED));
            }
            all.extend(named);
        }
        Ok(Self(all))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often they are named.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Their digests, as changes of their consents stand in a trail.
    pub(crate) fn digests(&self, digests: &SubjectDigests) -> Vec<KeyedDigest> {
        let numbers = self.0.iter().filter_map(|named| match named {
            Named::Number(subject) => Some(*subject),
            Named::Known(_) => None,
        });
        let values = self.0.iter().filter_map(|named| match named {
            Named::Known((kind, value)) => Some((*kind, value.as_str())),
            Named::Number(_) => None,
        });
        digests.in_trail(numbers, values)
    }

    /// What a key of theirs is kept under: the same however the value is written. `None` where they are named by several things,
    /// each of which would have a key of its own, or by none.
    pub(crate) fn key_name(&self) -> Option<Zeroizing<String>> {
        let [named] = self.0.as_slice() else { return None };
        Some(match named {
            Named::Number(subject) => subject.to_string().into(),
            Named::Known((kind, value)) => format!("{kind}={}", canonical(*kind, value)).into(),
        })
    }
}

impl Named {
    fn read(text: &str) -> Option<Self> {
        SubjectId::parse(text.trim()).map(Self::Number).or_else(|| alias(text).map(Self::Known))
    }
}

fn each_line<T>(file: &Path, read: impl Fn(&str) -> Result<T, &'static str>) -> Result<Vec<T>, Failure> {
    let text = text_of(file)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(nth, line)| read(line).map_err(|how| wrong(format_args!("{}:{nth}", file.display()), how))).collect()
}

fn text_of(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let limit = FILE_LIMIT_BYTES;
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text))
    };
    read.map_err(|error| Failure::input(told(file.display(), &error)))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::consent::Hidden;

    fn whom(words: &[&str]) -> Result<Whom, Failure> {
        let subject = words.iter().map(|word| Hidden((*word).to_owned().into())).collect();
        Whom::of(&About { subject, subject_file: None })
    }

    fn key_name(words: &[&str]) -> Option<String> {
        whom(words).ok()?.key_name().map(|name| name.to_string())
    }

    #[test]
    fn a_key_is_kept_under_one_name_however_the_value_is_written() {
        let number = "5f1b6c7a9d0e4c3b8a2f1e0d9c8b7a61";
        for (written, name) in [
            ("mobile_phone=13800138000", "mobile_phone=13800138000"),
            (" mobile_phone = 138-0013-8000 ", "mobile_phone=13800138000"),
            ("mobile_phone=+86 138 0013 8000", "mobile_phone=13800138000"),
            ("customer_no=C-100301", "customer_no=C100301"),
            (number, number),
        ] {
            assert_eq!(key_name(&[written]).as_deref(), Some(name));
        }
        assert_eq!(key_name(&[]), None);
        assert_eq!(key_name(&[number, "mobile_phone=13800138000"]), None, "whose of the two would it be?");
    }

    #[test]
    fn what_names_nobody_is_refused_and_not_told() {
        for bad in ["", "C-100301", "13800138000", "mobile_phone=", "mobile phone=13800138000", "5F1B"] {
            let refused = whom(&["mobile_phone=1", bad]).err().expect("it names nobody");
            let told = format!("{refused:?}");
            assert!(told.contains("--subject number 2") && !told.contains("100301") && !told.contains("138"), "{told}");
        }
    }
}
