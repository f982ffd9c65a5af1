//! Bytes and the values that were planted in them.

use std::fmt;

use crate::generate::{Sign, Slot};

/// How the text around a value gives it away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// A label or a field name stands at the value.
    pub label: bool,
    /// Other words point at it: 尊敬的, 您好, a bank's name before a card.
    pub cue: bool,
}

/// How sure the engine is expected to be, and so which threshold a value counts towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// A numbered kind with a label or a check character: at least 99.9 % are found.
    Firm,
    /// A name or an address with a label or a cue: at least 98 % are found.
    Cued,
    /// A shape that is rare elsewhere, nothing else: measured, and held to a looser threshold.
    Shaped,
    /// Nothing but its place: measured only.
    Bare,
}

/// A planted value.
#[derive(Clone)]
pub struct Truth {
    /// First byte in the document.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The slot that made it.
    pub slot: &'static Slot,
    /// The kinds that a finding may have there; the first is the one that was meant.
    pub kinds: Vec<String>,
    /// What stands around it.
    pub evidence: Evidence,
    /// The value as it was generated, before any disguise.
    pub value: String,
}

impl Truth {
    /// The kind that was meant.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kinds[0]
    }

    /// Which threshold it counts towards.
    #[must_use]
    pub fn tier(&self) -> Tier {
        let Evidence { label, cue } = self.evidence;
        let prose = matches!(self.slot.kind, "person_name" | "address");
        match self.slot.sign {
            _ if prose && (label || cue) => Tier::Cued,
            _ if !prose && label => Tier::Firm,
            Sign::Check => Tier::Firm,
            Sign::Shape => Tier::Shaped,
            Sign::Nothing => Tier::Bare,
        }
    }
}

/// Values stay out of failing tests' messages, even generated ones, so that printing one never becomes a habit.
impl fmt::Debug for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{} {} as {}", self.start, self.end, self.slot.name, self.kinds.join("|"))
    }
}

/// A message or a file with what was planted in it, in ascending order.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The content.
    pub bytes: Vec<u8>,
    /// The planted values; their spans do not overlap, save in a carrier (base64) that holds several.
    pub truths: Vec<Truth>,
}

impl Document {
    /// Adds plain bytes.
    pub fn push(&mut self, bytes: impl AsRef<[u8]>) {
        self.bytes.extend_from_slice(bytes.as_ref());
    }

    /// Adds `other` with its values.
    pub fn append(&mut self, other: &Self) {
        let shift = self.bytes.len();
        self.push(&other.bytes);
        self.truths.extend(other.truths.iter().cloned().map(|truth| Truth {
            start: truth.start + shift,
            end: truth.end + shift,
            ..truth
        }));
    }

    /// The content as text; documents are UTF-8 until a disguise gives them another charset.
    ///
    /// # Panics
    /// When a disguise has given it another charset.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("templates are UTF-8")
    }

    /// The bytes where `truth` stands.
    #[must_use]
    pub fn cut(&self, truth: &Truth) -> &[u8] {
        &self.bytes[truth.start..truth.end]
    }

    /// The document with every character written by `code`; spans follow.
    #[must_use]
    pub fn recoded(&self, mut code: impl FnMut(char) -> Vec<u8>) -> Self {
        let mut bytes = Vec::with_capacity(self.bytes.len() * 2);
        let mut moved = vec![0; self.bytes.len() + 1];
        for (at, c) in self.text().char_indices() {
            moved[at] = bytes.len();
            bytes.extend(code(c));
        }
        moved[self.bytes.len()] = bytes.len();
        let truths = self.truths.iter().cloned();
        let truths = truths.map(|truth| Truth { start: moved[truth.start], end: moved[truth.end], ..truth }).collect();
        Self { bytes, truths }
    }

    /// The document inside one carrier: every value spans the whole of it, because it can only be replaced as a whole.
    #[must_use]
    pub fn carried(&self, carrier: impl Into<Vec<u8>>) -> Self {
        let bytes = carrier.into();
        let truths = self.truths.iter().cloned();
        let truths = truths.map(|truth| Truth { start: 0, end: bytes.len(), ..truth }).collect();
        Self { bytes, truths }
    }

    /// The document with every planted value written as `write` says; `None` leaves one as it is.
    #[must_use]
    pub fn rewritten(&self, mut write: impl FnMut(&Truth) -> Option<String>) -> Self {
        let mut out = Self::default();
        let mut done = 0;
        for truth in &self.truths {
            out.push(&self.bytes[done..truth.start]);
            let start = out.bytes.len();
            match write(truth) {
                Some(text) => out.push(text),
                None => out.push(self.cut(truth)),
            }
            out.truths.push(Truth { start, end: out.bytes.len(), ..truth.clone() });
            done = truth.end;
        }
        out.push(&self.bytes[done..]);
        out
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::generate;

    /// A document with a name and a phone number in it.
    pub(crate) fn sample() -> Document {
        let mut document = Document::default();
        document.push("尊敬的");
        for (slot, value) in [("name", "欧阳明"), ("mobile", "13800138000")] {
            let start = document.bytes.len();
            document.push(value);
            document.truths.push(Truth {
                start,
                end: document.bytes.len(),
                slot: generate::slot(slot).unwrap(),
                kinds: vec![generate::slot(slot).unwrap().kind.to_owned()],
                evidence: Evidence { label: false, cue: slot == "name" },
                value: value.to_owned(),
            });
            document.push("，");
        }
        document
    }

    fn cuts(document: &Document) -> Vec<String> {
        document.truths.iter().map(|truth| String::from_utf8_lossy(document.cut(truth)).into_owned()).collect()
    }

    #[test]
    fn spans_follow_every_change() {
        let plain = sample();
        assert_eq!(cuts(&plain), ["欧阳明", "13800138000"]);

        let doubled = plain.recoded(|c| format!("{c}{c}").into_bytes());
        assert_eq!(cuts(&doubled), ["欧欧阳阳明明", "1133880000113388000000"]);

        let rewritten = plain.rewritten(|truth| (truth.slot.name == "mobile").then(|| "138 0013 8000".to_owned()));
        assert_eq!(cuts(&rewritten), ["欧阳明", "138 0013 8000"]);
        assert!(rewritten.text().ends_with("138 0013 8000，"));

        let mut twice = plain.clone();
        twice.append(&rewritten);
        assert_eq!(cuts(&twice), ["欧阳明", "13800138000", "欧阳明", "138 0013 8000"]);

        assert_eq!(cuts(&plain.carried("xyz")), ["xyz", "xyz"]);
    }

    #[test]
    fn tiers_follow_the_evidence() {
        let plain = sample();
        assert_eq!(plain.truths.iter().map(Truth::tier).collect::<Vec<_>>(), [Tier::Cued, Tier::Shaped]);
    }

    #[test]
    fn debug_output_holds_no_value() {
        assert!(!format!("{:?}", sample().truths).contains("13800138000"));
    }
}
