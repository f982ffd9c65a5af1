//! Declarations as they are written in TOML.
//!
//! A table's keys are those of the ledger's entries, with three eases: a day or time may be TOML's own, `necessary` is what
//! policies call `is_necessary`, and a notice may name its text's file by `text_file` in place of the text's digest.

use crate::exit::Failure;
use pii_core::consent::{Declaration, Sm3Digest};
use pii_flow::text_in;
use serde::Deserialize as _;
use std::path::Path;
use toml::{Table, Value};

/// Tables in the order in which one rests on another.
const ORDER: [&str; 11] = [
    "settings",
    "purpose",
    "recipient",
    "notice",
    "contract",
    "supervision",
    "assessment",
    "biometric_assessment",
    "other_basis",
    "export_ground",
    "source",
];

/// A declaration, and what to call it.
pub(super) struct Named {
    pub(super) word: &'static str,
    pub(super) name: String,
    pub(super) declaration: Declaration,
}

/// Reads a file. With `only_purposes` it may be a policy: other tables are left alone.
pub(super) fn read(file: &Path, only_purposes: bool) -> Result<Vec<Named>, Failure> {
    let text = text_in(file)?;
    let mut whole: Table =
        text.parse().map_err(|error: toml::de::Error| Failure::usage(format!("{}: {error}", file.display())))?;
    let mut declared = Vec::new();
    for word in ORDER.into_iter().filter(|word| !only_purposes || *word == "purpose") {
        let tables = match whole.remove(word) {
            None => continue,
            Some(Value::Array(tables)) => tables,
            Some(table) => vec![table],
        };
        for (nth, table) in (1..).zip(tables) {
            let named = one(word, table, file);
            declared.push(
                named.map_err(|why| Failure::usage(format!("{}: [[{word}]] number {nth}: {why}", file.display())))?,
            );
        }
    }
    if let Some(key) = whole.keys().next().filter(|_| !only_purposes) {
        let known = ORDER.join(", ");
        return Err(Failure::usage(format!("{}: {key}: write one of {known}", file.display())));
    }
    if declared.is_empty() {
        return Err(Failure::usage(format!("{}: nothing is declared in it", file.display())));
    }
    Ok(declared)
}

fn one(word: &'static str, mut table: Value, file: &Path) -> Result<Named, String> {
    as_text(&mut table);
    let Value::Table(mut table) = table else { return Err("write it as a table".to_owned()) };
    match word {
        "purpose" => {
            table.remove("out_of_scope");
            if let Some(necessary) = table.remove("necessary") {
                table.insert("is_necessary".to_owned(), necessary);
            }
            table.entry("is_necessary").or_insert(Value::Boolean(false));
        }
        "notice" => text_of_notice(&mut table, file)?,
        _ => {}
    }
    let name = ["code", "id", "recipient"].into_iter().find_map(|key| table.get(key)?.as_str().map(str::to_owned));
    let name = name.unwrap_or_else(|| "all".to_owned());
    let whole = Value::Table(Table::from_iter([(word.to_owned(), Value::Table(table))]));
    let declaration = Declaration::deserialize(whole).map_err(|error| error.to_string().trim().replace('\n', ", "))?;
    Ok(Named { word, name, declaration })
}

fn text_of_notice(table: &mut Table, file: &Path) -> Result<(), String> {
    let Some(text_file) = table.remove("text_file") else { return Ok(()) };
    let text_file = text_file.as_str().ok_or("text_file: write a path")?.to_owned();
    let path = file.parent().unwrap_or(Path::new("")).join(&text_file);
    let text = std::fs::read(&path).map_err(|error| format!("text_file: {}: {error}", path.display()))?;
    let sm3 = Sm3Digest::of(&text).to_string();
    match table.insert("sm3".to_owned(), Value::String(sm3.clone())) {
        Some(before) if before.as_str() != Some(&sm3) => {
            Err(format!("{text_file} has the SM3 digest {sm3}, and not that of sm3"))
        }
        _ => Ok(()),
    }
}

/// Days and times become the texts that the ledger has.
fn as_text(value: &mut Value) {
    match value {
        Value::Datetime(time) => *value = Value::String(time.to_string()),
        Value::Array(values) => values.iter_mut().for_each(as_text),
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| as_text(value)),
        _ => {}
    }
}
