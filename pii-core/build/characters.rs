//! Traditional characters and their simplified forms: for each character of the unified block its simplified form, or 0.

use crate::{BLOCK, entries, place};
use std::io;
use std::path::Path;

pub(crate) fn simplified_forms(data: &Path) -> io::Result<String> {
    let mut forms = vec![0; BLOCK.1];
    for line in entries(data, "traditional.txt")? {
        let characters: Vec<char> = line.chars().collect();
        for pair in characters.chunks(2) {
            let [from, to] = *pair else { panic!("traditional.txt: a character without its simplified form: {line}") };
            forms[place(from)] = u32::from(to);
            // Both forms have three bytes in UTF-8: this one too is in the block.
            place(to);
        }
    }
    Ok(format!("{forms:?}"))
}
