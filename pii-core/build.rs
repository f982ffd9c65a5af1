//! Lays out at build what would take time at every start: the rule files, the tables of names, the traditional characters.
//!
//! The files under `rules/` and `data/` are the one source. A new file under `rules/` needs no other change.

#[path = "build/automata.rs"]
mod automata;
#[allow(dead_code, reason = "what asks is for searching")]
#[path = "src/rule/automaton.rs"]
mod automaton;
#[path = "build/characters.rs"]
mod characters;
#[path = "src/recognise/name/key.rs"]
mod key;
#[path = "build/names.rs"]
mod names;
#[allow(dead_code, reason = "what asks is for searching")]
#[path = "src/rule/needs.rs"]
mod needs;
#[allow(dead_code, reason = "what asks is for searching")]
#[path = "src/rule/opening.rs"]
mod opening;
#[path = "build/patterns.rs"]
mod patterns;
#[path = "build/rules.rs"]
mod rules;
#[path = "src/rule/told.rs"]
mod told;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The first character of the unified block, and how many the tables of characters hold from there on.
const BLOCK: (u32, usize) = (0x4E00, 0x5200);

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    for shared in ["recognise/name/key", "rule/automaton", "rule/needs", "rule/opening", "rule/told"] {
        println!("cargo::rerun-if-changed=src/{shared}.rs");
    }
    println!("cargo::rerun-if-changed=data");
    let (rules, patterns, automata) = rules::embedded(&manifest, &out)?;
    let (automata, places) = automata.laid_out();
    fs::write(out.join("automata"), automata)?;
    fs::write(out.join("automata.rs"), places)?;
    fs::write(out.join("rules.rs"), rules)?;
    fs::write(out.join("patterns.rs"), patterns)?;
    fs::write(out.join("names.rs"), names::tables(&manifest.join("data"))?)?;
    fs::write(out.join("traditional.rs"), characters::simplified_forms(&manifest.join("data"))?)
}

/// The lines of a data file that are no comment.
fn entries(data: &Path, file: &str) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(data.join(file))?;
    Ok(text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

/// Where in the tables of characters one stands. All that the files hold are of the block.
fn place(character: char) -> usize {
    let place = u32::from(character).wrapping_sub(BLOCK.0) as usize;
    assert!(place < BLOCK.1, "{character} is not in the unified block, and the tables hold no other");
    place
}
