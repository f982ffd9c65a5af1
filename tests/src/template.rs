//! Templates: text with slots, filled into documents that know where every planted value stands.
//!
//! `{slot}` plants a value of that slot. After the name may come, in this order: `#x`, so that the same value stands
//! again wherever `{slot#x}` does; `!` with `L` (a label or field name stands at the value) or `C` (a cue elsewhere in
//! the message); `=kind,kind` when the kind is not the slot's own, or a second kind is as good.
//! `{~filler}` puts in something harmless, which must stay as it is. `{{` and `}}` are braces; `\n`, `\t`, `\r`, `\\`
//! escapes.

use std::collections::BTreeMap;

use crate::document::{Document, Evidence, Truth};
use crate::filler;
use crate::generate::{self, Generator, Slot};

/// A parsed template.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Filler(String),
    Value(Planting),
}

#[derive(Clone, Debug)]
struct Planting {
    slot: &'static Slot,
    /// Values with the same mark and slot are the same in one message.
    mark: Option<String>,
    evidence: Evidence,
    kinds: Vec<String>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it: an unknown slot or filler, a brace without its fellow.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let two = rest.get(..2).unwrap_or_default();
            match (c, two) {
                (_, "{{" | "}}") => {
                    plain.push(c);
                    rest = &rest[2..];
                }
                ('{', _) => {
                    let end = rest.find('}').ok_or("a brace is open at the end")?;
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    parts.push(placed(&rest[1..end])?);
                    rest = &rest[end + 1..];
                }
                ('}', _) => return Err("a brace closes that was not opened".to_owned()),
                ('\\', _) => {
                    plain.push(escaped(two)?);
                    rest = &rest[2..];
                }
                _ => {
                    plain.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        parts.push(Part::Text(plain));
        Ok(Self { parts })
    }

    /// Fills the template once. Marked values are the same as others of their mark in `marked`.
    pub fn fill(&self, generator: &mut Generator, marked: &mut Marked) -> Document {
        let mut document = Document::default();
        for part in &self.parts {
            match part {
                Part::Text(text) => document.push(text),
                Part::Filler(name) => {
                    document.push(filler::fill(name, generator).expect("parsing has looked the filler up"));
                }
                Part::Value(planting) => plant(planting, generator, marked, &mut document),
            }
        }
        document
    }

    /// True when the template plants something.
    #[must_use]
    pub fn plants(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value(_)))
    }
}

/// The values that a message holds more than once, by slot and mark.
pub type Marked = BTreeMap<(&'static str, String), String>;

fn plant(planting: &Planting, generator: &mut Generator, marked: &mut Marked, document: &mut Document) {
    let Planting { slot, mark, evidence, kinds } = planting;
    let value = match mark {
        None => slot.value(generator),
        Some(mark) => marked.entry((slot.name, mark.clone())).or_insert_with(|| slot.value(generator)).clone(),
    };
    let start = document.bytes.len();
    document.push(&value);
    let (end, kinds) = (document.bytes.len(), kinds.clone());
    document.truths.push(Truth { start, end, slot, kinds, evidence: *evidence, value });
}

fn placed(inner: &str) -> Result<Part, String> {
    if let Some(name) = inner.strip_prefix('~') {
        let known = filler::fill(name, &mut Generator::new(0)).is_some();
        return known.then(|| Part::Filler(name.to_owned())).ok_or_else(|| format!("no filler is called {name}"));
    }
    let (rest, kinds) = inner.split_once('=').map_or((inner, None), |(rest, kinds)| (rest, Some(kinds)));
    let (rest, flags) = rest.split_once('!').unwrap_or((rest, ""));
    let (name, mark) = rest.split_once('#').map_or((rest, None), |(name, mark)| (name, Some(mark.to_owned())));
    let slot = generate::slot(name).ok_or_else(|| format!("no slot is called {name}"))?;
    if let Some(bad) = flags.chars().find(|flag| !"LC".contains(*flag)) {
        return Err(format!("{bad} is no evidence: L is a label, C a cue"));
    }
    let kinds: Vec<String> = kinds.unwrap_or(slot.kind).split(',').map(str::to_owned).collect();
    if let Some(bad) = kinds.iter().find(|kind| !generate::slots().any(|slot| slot.kind == kind.as_str())) {
        return Err(format!("no slot makes the kind {bad}"));
    }
    let evidence = Evidence { label: flags.contains('L'), cue: flags.contains('C') };
    Ok(Part::Value(Planting { slot, mark, evidence, kinds }))
}

fn escaped(two: &str) -> Result<char, String> {
    match two {
        "\\n" => Ok('\n'),
        "\\r" => Ok('\r'),
        "\\t" => Ok('\t'),
        "\\\\" => Ok('\\'),
        _ => Err("a backslash begins no escape".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> Document {
        let template = Template::parse(template).expect("a good template");
        template.fill(&mut Generator::new(1), &mut Marked::new())
    }

    #[test]
    fn spans_cut_out_what_was_planted() {
        let document = filled(
            r#"【{~org}】{{"idNo":"{id18!L}"}}\n客户{name#a!C}，{name#a}，账号{cash!L=capital_account,fund_account}"#,
        );
        assert_eq!(document.truths.len(), 4);
        for truth in &document.truths {
            assert_eq!(document.cut(truth), truth.value.as_bytes());
        }
        let [id, name, again, account] = &document.truths[..] else { panic!("four values") };
        assert!(id.evidence.label && !id.evidence.cue && name.evidence.cue);
        assert_eq!(name.value, again.value);
        assert_eq!(account.kinds, ["capital_account", "fund_account"]);
        assert!(document.text().contains("\"}\n客户"));
    }

    #[test]
    fn mistakes_are_named() {
        for (bad, says) in [
            ("{nobody}", "no slot"),
            ("{~nothing}", "no filler"),
            ("{id18", "open"),
            ("id18}", "not opened"),
            ("{id18!Q}", "no evidence"),
            ("{id18=unheard_of}", "no slot makes"),
            ("\\q", "escape"),
        ] {
            let error = Template::parse(bad).expect_err(bad);
            assert!(error.contains(says), "{bad}: {error}");
        }
    }
}
