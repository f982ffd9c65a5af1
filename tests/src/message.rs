//! Messages as securities firms, fund companies and futures firms send and store them.
//!
//! The sentences are data (`data/messages/*.tsv`): the 52 of the project's list under their numbers, those of the
//! reference corpus (`ref-…`), and more, so that every kind stands in a sentence.

use std::sync::LazyLock;

use crate::coding::percent;
use crate::document::Document;
use crate::format::Format;
use crate::generate::Generator;
use crate::mail::{self, Mail, Transfer};
use crate::template::{Marked, Template};

/// A filled message.
#[derive(Clone, Debug)]
pub struct Message {
    /// The sentence's name, such as `sec-03`.
    pub id: &'static str,
    /// How it is to be read.
    pub format: Format,
    /// Content and planted values.
    pub document: Document,
}

/// A sentence that messages are filled from.
#[derive(Debug)]
pub struct Pattern {
    /// Its name.
    pub id: &'static str,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Plain(Format, Template),
    Mail { subject: Template, body: Template, attachment: Template },
}

/// Every sentence, in the order of the files.
pub static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let sms = [include_str!("../data/messages/securities.tsv"), include_str!("../data/messages/funds.tsv")];
    let sms = sms.into_iter().flat_map(rows).map(|columns| match columns[..] {
        [id, text] => Pattern { id, body: Body::Plain(Format::Text, parsed(id, text)) },
        _ => panic!("a text message has two columns: {columns:?}"),
    });
    let records = rows(include_str!("../data/messages/records.tsv")).map(|columns| match columns[..] {
        [id, format, text] => {
            let format = Format::named(format).expect("the second column names a format");
            Pattern { id, body: Body::Plain(format, parsed(id, text)) }
        }
        _ => panic!("a record has three columns: {columns:?}"),
    });
    let mails = rows(include_str!("../data/messages/mail.tsv")).map(|columns| match columns[..] {
        [id, subject, body, attachment] => {
            let [subject, body, attachment] = [subject, body, attachment].map(|text| parsed(id, text));
            Pattern { id, body: Body::Mail { subject, body, attachment } }
        }
        _ => panic!("an e-mail has four columns: {columns:?}"),
    });
    sms.chain(records).chain(mails).collect()
});

/// Rows of tab-separated columns; lines that begin with `#` are comments.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

fn parsed(id: &str, text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|error| panic!("{id}: {error}"))
}

impl Pattern {
    /// Fills the sentence. An e-mail is written as text, as it would stand in a log.
    pub fn fill(&self, generator: &mut Generator) -> Message {
        let mut marked = Marked::new();
        let (format, document) = match &self.body {
            Body::Plain(format, template) => (*format, template.fill(generator, &mut marked)),
            Body::Mail { .. } => {
                let mail = self.fill_mail(generator).expect("an e-mail's pattern");
                (Format::Text, mail.as_text())
            }
        };
        let document = match format {
            // A form's values are percent-encoded by whoever sends one, so this is no disguise.
            Format::Form => document.rewritten(|truth| Some(truth.value.bytes().map(percent).collect())),
            _ => document,
        };
        Message { id: self.id, format, document }
    }

    /// The parts of an e-mail, or `None` for other messages.
    pub fn fill_mail(&self, generator: &mut Generator) -> Option<Mail> {
        let Body::Mail { subject, body, attachment } = &self.body else { return None };
        let mut marked = Marked::new();
        let mut fill = |template: &Template| template.fill(generator, &mut marked);
        Some(Mail { subject: fill(subject), body: fill(body), attachment: fill(attachment) })
    }
}

/// A message from a sentence drawn by chance.
pub fn next(generator: &mut Generator) -> Message {
    let chosen = generator.random.below(PATTERNS.len());
    PATTERNS[chosen].fill(generator)
}

/// Every e-mail sentence once in every transfer encoding, as real `.eml` files.
pub fn mails(generator: &mut Generator) -> Vec<Message> {
    let mut all = Vec::new();
    for pattern in PATTERNS.iter() {
        for transfer in Transfer::ALL {
            if let Some(mail) = pattern.fill_mail(generator) {
                all.push(Message { id: pattern.id, format: Format::Eml, document: mail::eml(&mail, transfer) });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_of_52_is_complete() {
        let ids: BTreeSet<&str> = PATTERNS.iter().map(|pattern| pattern.id).collect();
        assert_eq!(ids.len(), PATTERNS.len());
        for number in 1..=52 {
            let wanted = format!("-{number:02}");
            let listed = |id: &&&str| id.ends_with(&wanted) && !id.starts_with("ref") && !id.starts_with("more");
            assert_eq!(ids.iter().filter(listed).count(), 1, "{number}");
        }
        for number in 1..=11 {
            assert!(ids.contains(format!("ref-{number:02}").as_str()), "{number}");
        }
    }

    #[test]
    fn every_slot_stands_in_a_sentence() {
        let mut generator = Generator::new(1);
        let messages = PATTERNS.iter().map(|pattern| pattern.fill(&mut generator));
        let planted: BTreeSet<&str> =
            messages.flat_map(|message| message.document.truths).map(|truth| truth.slot.name).collect();
        let missing: Vec<&str> =
            generate::slots().map(|slot| slot.name).filter(|name| !planted.contains(name)).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn spans_cut_out_exactly_the_planted_values() {
        let mut generator = Generator::new(42);
        for _ in 0..500 {
            let message = next(&mut generator);
            for truth in &message.document.truths {
                let cut = message.document.cut(truth);
                let shown =
                    if message.format == Format::Form { crate::coding::percent_decode(cut) } else { cut.to_vec() };
                assert_eq!(shown, truth.value.as_bytes(), "{}", message.id);
            }
        }
    }

    #[test]
    fn json_messages_are_json() {
        let mut generator = Generator::new(5);
        for message in PATTERNS.iter().map(|pattern| pattern.fill(&mut generator)) {
            if message.format == Format::Json {
                let parsed = serde_json::from_slice::<serde_json::Value>(&message.document.bytes);
                assert!(parsed.is_ok(), "{}: {parsed:?}", message.id);
            }
        }
    }
}
