//! Ways in which personal data escapes a plain pattern: other characters, separators, codings, charsets.
//!
//! A [`Disguise`] rewrites a document and keeps track of where the planted values went, so that each disguise can be
//! tried on each kind in each format.

mod character;
mod whole;

use crate::document::{Document, Truth};
use crate::format::Format;

/// A way of writing values, or whole documents, differently.
#[derive(Clone, Copy, Debug)]
pub struct Disguise {
    /// Its name, such as `full-width`.
    pub name: &'static str,
    /// The formats in which a receiver reads it back as the same value.
    pub formats: &'static [Format],
    way: Way,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    /// Rewrites one value; `None` where it makes no sense for the kind.
    Value(fn(&Truth) -> Option<String>),
    /// Rewrites the whole document.
    Document(fn(&Document) -> Option<Document>),
}

impl Disguise {
    /// The document in disguise; `None` when the disguise does not apply to anything in it.
    #[must_use]
    pub fn apply(&self, document: &Document) -> Option<Document> {
        match self.way {
            Way::Document(rewrite) => rewrite(document).filter(|_| !document.truths.is_empty()),
            Way::Value(rewrite) => {
                let applies = document.truths.iter().any(|truth| rewrite(truth).is_some());
                applies.then(|| document.rewritten(rewrite))
            }
        }
    }

    /// True when the disguise is one of single values.
    #[must_use]
    pub fn is_of_values(&self) -> bool {
        matches!(self.way, Way::Value(_))
    }
}

/// Every disguise.
pub fn disguises() -> impl Iterator<Item = &'static Disguise> {
    character::DISGUISES.iter().chain(whole::DISGUISES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::sample;
    use crate::generate::{self, Generator};
    use crate::message;
    use crate::reading::{folded, survivors};
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_every_disguise_has_a_format() {
        let names: BTreeSet<&str> = disguises().map(|disguise| disguise.name).collect();
        assert_eq!(names.len(), disguises().count());
        assert!(names.len() > 30, "{}", names.len());
        assert!(disguises().all(|disguise| !disguise.formats.is_empty()));
    }

    #[test]
    fn a_reader_sees_through_every_disguise() {
        for disguise in disguises() {
            let mut seen = 0;
            for document in samples() {
                let Some(hidden) = disguise.apply(&document) else { continue };
                assert_ne!(hidden.bytes, document.bytes, "{}", disguise.name);
                assert_eq!(hidden.truths.len(), document.truths.len());
                let shown = survivors(&document, &hidden.bytes);
                assert_eq!(shown.len(), document.truths.len(), "{} {:?}", disguise.name, document.truths);
                seen += 1;
            }
            assert!(seen > 0, "{} applied to nothing", disguise.name);
        }
    }

    fn samples() -> Vec<Document> {
        let mut generator = Generator::new(77);
        let mut all = vec![sample()];
        all.extend((0..20).map(|_| message::next(&mut generator).document).filter(|document| {
            // Chinese digits in names and addresses fold in the input as well, so what is left is the numbers' proof.
            document.truths.len() == 1
        }));
        for slot in ["id18", "card", "mobile", "cash"].map(|name| generate::slot(name).unwrap()) {
            for _ in 0..3 {
                let mut document = sample();
                let value =
                    if slot.name == "id18" { "11010519491231002X".to_owned() } else { slot.value(&mut generator) };
                document = document.rewritten(|_| Some(value.clone()));
                document.truths.truncate(1);
                document.truths[0].slot = slot;
                document.truths[0].kinds = vec![slot.kind.to_owned()];
                document.truths[0].value = value;
                all.push(document);
            }
        }
        all
    }

    #[test]
    fn spans_cut_out_the_disguised_value() {
        for disguise in disguises().filter(|disguise| disguise.is_of_values()) {
            for document in samples() {
                let Some(hidden) = disguise.apply(&document) else { continue };
                for truth in &hidden.truths {
                    let cut = String::from_utf8_lossy(hidden.cut(truth)).into_owned();
                    let read = [cut.clone(), crate::coding::html_text(&cut), crate::coding::json_unescape(&cut)];
                    let percent = String::from_utf8_lossy(&crate::coding::percent_decode(cut.as_bytes())).into_owned();
                    let wanted = folded(&truth.value);
                    let same = read.iter().chain([&percent]).any(|text| folded(text).ends_with(&wanted));
                    assert!(same, "{} {truth:?}", disguise.name);
                }
            }
        }
    }
}
