//! Every kind in every format: one labelled value in the smallest document of that format that anybody would send.

use std::fs;
use std::path::PathBuf;

use crate::coding::percent;
use crate::disguise::{Disguise, disguises};
use crate::document::{Document, Evidence, Truth};
use crate::engine::{Engine, EngineError, Finding};
use crate::format::Format;
use crate::generate::{Generator, Slot, slots};
use crate::mail::{self, Mail, Transfer};
use crate::reading::survivors;
use crate::report::{found, is_masked_by_default, planted as spans};
use crate::score::compare;

/// What came of one cell of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The slot's name.
    pub slot: &'static str,
    /// The disguise's name, or `plain`.
    pub disguise: &'static str,
    /// Whether findings cover the value.
    pub found: bool,
    /// Whether the value can be read in masked output.
    pub survived: bool,
}

struct Cell {
    slot: &'static Slot,
    disguise: &'static str,
    document: Document,
}

/// Every slot that `wanted` takes, plain and in every disguise that goes with `format`.
///
/// The documents are files in a folder of their own, so that two runs of the command do for all of them.
///
/// # Errors
/// When the engine cannot be run, or the folder cannot be written.
pub fn run(
    engine: &Engine,
    format: Format,
    seed: u64,
    wanted: impl Fn(&Slot) -> bool,
) -> Result<Vec<Outcome>, EngineError> {
    let cells = cells(format, seed, wanted);
    let folder = Folder::new(&format!("matrix-{}-{seed}", format.name()))?;
    let input = folder.write("in", cells.iter().map(|cell| cell.document.bytes.as_slice()))?;
    let output = folder.path("out");
    let findings = engine.scan_paths(std::slice::from_ref(&input), Some(format))?;
    let arguments = ["mask".as_ref(), "--format".as_ref(), format.name().as_ref(), "-o".as_ref()];
    let masked = engine.run(arguments.into_iter().chain([output.as_os_str(), input.as_os_str()]), b"")?;
    if masked.code != Some(0) {
        return Err(EngineError::stage("mask", &masked));
    }
    let outcome = |(index, cell): (usize, &Cell)| {
        let name = file_name(index);
        let here: Vec<Finding> = findings.iter().filter(|finding| finding.file.ends_with(&name)).cloned().collect();
        let written = fs::read(output.join(&name)).map_err(|_| EngineError::file("read"))?;
        let alive = !survivors(&cell.document, &written).is_empty();
        Ok(Outcome {
            slot: cell.slot.name,
            disguise: cell.disguise,
            found: compare(&spans(&cell.document), &found(&here)).missed.is_empty(),
            survived: alive && is_masked_by_default(&cell.document.truths[0]),
        })
    };
    cells.iter().enumerate().map(outcome).collect()
}

fn cells(format: Format, seed: u64, wanted: impl Fn(&Slot) -> bool) -> Vec<Cell> {
    let mut generator = Generator::new(seed);
    let ways: Vec<&Disguise> = disguises().filter(|disguise| disguise.formats.contains(&format)).collect();
    let mut cells = Vec::new();
    for slot in slots().filter(|slot| wanted(slot)) {
        let Some(plain) = document(slot, format, &mut generator) else { continue };
        for disguise in &ways {
            let hidden = match format {
                // These disguises build the e-mail themselves, around the sentence.
                Format::Eml if !disguise.is_of_values() => {
                    document(slot, Format::Text, &mut generator).map(|text| without_last_line_feed(&text))
                }
                _ => Some(plain.clone()),
            };
            let hidden = hidden.and_then(|document| disguise.apply(&document));
            cells.extend(hidden.map(|document| Cell { slot, disguise: disguise.name, document }));
        }
        cells.push(Cell { slot, disguise: "plain", document: plain });
    }
    cells
}

fn without_last_line_feed(document: &Document) -> Document {
    let mut out = document.clone();
    if out.bytes.ends_with(b"\n") {
        out.bytes.pop();
    }
    out
}

fn file_name(index: usize) -> String {
    // A letter after the number, so that no name is the end of another.
    format!("n{index}.cell")
}

/// A folder for one measurement, removed with its content when it goes out of use.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Result<Self, EngineError> {
        let path = std::env::temp_dir().join(format!("pii-tests-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).map_err(|_| EngineError::file("created"))?;
        Ok(Self(path))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write<'a>(&self, name: &str, files: impl Iterator<Item = &'a [u8]>) -> Result<PathBuf, EngineError> {
        let folder = self.path(name);
        fs::create_dir_all(&folder).map_err(|_| EngineError::file("created"))?;
        fs::create_dir_all(self.path("out")).map_err(|_| EngineError::file("created"))?;
        for (index, bytes) in files.enumerate() {
            fs::write(folder.join(file_name(index)), bytes).map_err(|_| EngineError::file("written"))?;
        }
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is generated data in the system's folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A document of `format` with one value of `slot` and its usual label or field name.
///
/// `None` where the pair makes no sense: an array of numbers is a JSON value and nothing else.
#[must_use]
pub fn document(slot: &'static Slot, format: Format, generator: &mut Generator) -> Option<Document> {
    let value = planted(slot, slot.value(generator));
    let vector = slot.name == "embedding";
    if vector && !matches!(format, Format::Json | Format::Ndjson) {
        return None;
    }
    let (label, field) = (slot.label, slot.field);
    let quote = if vector { "" } else { "\"" };
    Some(match format {
        Format::Text => around(&format!("您的{label}："), &value, "，请核对。\n"),
        Format::Json => around(&format!("{{\"seq\":1,\"{field}\":{quote}"), &value, &format!("{quote},\"ok\":true}}")),
        Format::Ndjson => {
            around(&format!("{{\"seq\":1}}\n{{\"{field}\":{quote}"), &value, &format!("{quote}}}\n{{\"seq\":3}}\n"))
        }
        Format::Form => around(&format!("seq=1&{field}="), &percent_coded(&value), "&ok=true"),
        Format::Multipart => around(
            &format!("--b0undary\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n"),
            &value,
            "\r\n--b0undary--\r\n",
        ),
        Format::Xml => around(&format!("<req><seq>1</seq><{field}>"), &value, &format!("</{field}></req>")),
        Format::Html => around(&format!("<html><body><p>{label}：<i>"), &value, "</i></p></body></html>"),
        Format::Csv => around(&format!("序号,{label},备注\n1,"), &csv_cell(&value), ",无\n"),
        Format::Tsv => around(&format!("seq\t{field}\tnote\n1\t"), &value, "\tnone\n"),
        Format::Fix => {
            let head = format!("8=FIX.4.4\u{1}9=200\u{1}35=8\u{1}58={label}：");
            around(&head, &value, "\u{1}10=000\u{1}")
        }
        Format::Eml => {
            let body = around(&format!("{label}："), &value, "。\n");
            let empty = Document::default();
            mail::eml(&Mail { subject: empty.clone(), body, attachment: empty }, Transfer::EightBit)
        }
        Format::Sql => around(&format!("INSERT INTO t (seq, {field}, note) VALUES (1, '"), &value, "', 'none');\n"),
    })
}

fn planted(slot: &'static Slot, value: String) -> Document {
    let evidence = Evidence { label: true, cue: false };
    let (end, kinds) = (value.len(), vec![slot.kind.to_owned()]);
    let bytes = value.clone().into_bytes();
    Document { bytes, truths: vec![Truth { start: 0, end, slot, kinds, evidence, value }] }
}

fn around(before: &str, value: &Document, after: &str) -> Document {
    let mut out = Document::default();
    out.push(before);
    out.append(value);
    out.push(after);
    out
}

fn percent_coded(value: &Document) -> Document {
    value.recoded(|c| c.to_string().bytes().map(percent).collect::<String>().into_bytes())
}

/// In quotes when it holds a comma, as a `data:` URI does.
fn csv_cell(value: &Document) -> Document {
    if value.bytes.contains(&b',') { around("\"", value, "\"") } else { value.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_stands_readable_in_every_format() {
        let mut generator = Generator::new(13);
        let mut count = 0;
        for slot in slots() {
            for format in Format::ALL {
                let Some(document) = document(slot, format, &mut generator) else { continue };
                assert_eq!(survivors(&document, &document.bytes), [0], "{} in {}", slot.name, format.name());
                count += 1;
            }
        }
        assert!(count > 12 * 45, "{count}");
    }

    #[test]
    fn every_disguise_stands_readable_in_its_formats() {
        let mut count = 0;
        for format in Format::ALL {
            for cell in cells(format, 3, |_| true) {
                let Cell { slot, disguise, document } = cell;
                assert_eq!(survivors(&document, &document.bytes), [0], "{} {disguise} {}", slot.name, format.name());
                count += 1;
            }
        }
        assert!(count > 5_000, "{count}");
    }
}
