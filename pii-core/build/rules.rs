//! The rule files: their names, their texts, and what their tables say in a form that is read without looking for keys,
//! quotes and escapes (`src/rule/laid_out.rs` reads it).

use crate::automata::Automata;
use crate::patterns::Patterns;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The source of the list of files, that of what is known of their patterns, and their automata. The tables go to files of
/// their own.
pub(crate) fn embedded(manifest: &Path, out: &Path) -> io::Result<(String, String, Automata)> {
    let rules = manifest.join("../rules");
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut files = Vec::new();
    collect(&rules, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    let (mut patterns, mut automata) = (Patterns::default(), Automata::default());
    for (nth, file) in files.iter().enumerate() {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.strip_prefix(manifest.join("..")).expect("it was found below").display().to_string();
        let text = fs::read_to_string(file)?;
        let tables = DeTable::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut bytes = Vec::new();
        write_table(tables.get_ref(), tables.span(), &mut bytes);
        let laid_out = out.join(format!("{nth}.rule"));
        fs::write(&laid_out, bytes)?;
        patterns.all_of(&name, tables.get_ref(), &mut automata);
        let (file, laid_out) = (file.display().to_string(), laid_out.display().to_string());
        writeln!(
            list,
            "    Embedded {{ name: {name:?}, text: include_str!({file:?}), tables: include_bytes!({laid_out:?}) }},"
        )
        .expect("a string takes all");
    }
    list.push(']');
    Ok((list, patterns.source(), automata))
}

/// The rule files: all TOML files but the policies, which have a language of their own.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "policy") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

/// A value is one byte that says what it is, where it stands in the file, and what it holds.
fn write(value: &Spanned<DeValue<'_>>, out: &mut Vec<u8>) {
    let span = value.span();
    match value.get_ref() {
        DeValue::String(text) => write_text(text, span, out),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(&number.as_str().replace('_', ""), number.radix());
            head(b'i', span, out);
            out.extend(number.expect("a number that fits").to_le_bytes());
        }
        DeValue::Float(number) => {
            let number: f64 = number.as_str().replace('_', "").parse().expect("a number");
            head(b'f', span, out);
            out.extend(number.to_le_bytes());
        }
        DeValue::Boolean(is) => {
            head(b'b', span, out);
            out.push(u8::from(*is));
        }
        DeValue::Array(values) => {
            head(b'a', span, out);
            number(values.len(), out);
            values.iter().for_each(|value| write(value, out));
        }
        DeValue::Table(table) => write_table(table, span, out),
        DeValue::Datetime(_) => panic!("no rule holds a date"),
    }
}

fn write_table(table: &DeTable<'_>, span: std::ops::Range<usize>, out: &mut Vec<u8>) {
    head(b't', span, out);
    number(table.len(), out);
    for (key, value) in table {
        write_text(key.get_ref(), key.span(), out);
        write(value, out);
    }
}

fn write_text(text: &str, span: std::ops::Range<usize>, out: &mut Vec<u8>) {
    head(b's', span, out);
    number(text.len(), out);
    out.extend(text.as_bytes());
}

fn head(what: u8, span: std::ops::Range<usize>, out: &mut Vec<u8>) {
    out.push(what);
    number(span.start, out);
    number(span.len(), out);
}

/// Seven bits a byte, the lowest first; all but the last have the highest bit set.
fn number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
