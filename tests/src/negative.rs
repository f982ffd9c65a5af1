//! Lines without personal data that look as if they had some: every finding in them is wrong.
//!
//! The sentences are data (`data/negatives.txt`), one a line, with fillers only.

use std::sync::LazyLock;

use crate::generate::Generator;
use crate::template::{Marked, Template};

static SENTENCES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let lines = include_str!("../data/negatives.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| Template::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
});

/// `count` lines, each ended by a line feed.
#[must_use]
pub fn lines(seed: u64, count: usize) -> Vec<u8> {
    let mut generator = Generator::new(seed);
    let mut out = Vec::with_capacity(count * 120);
    for _ in 0..count {
        let chosen = generator.random.below(SENTENCES.len());
        out.extend(SENTENCES[chosen].fill(&mut generator, &mut Marked::new()).bytes);
        out.push(b'\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_many_sentences_and_none_plants_anything() {
        assert!(SENTENCES.len() >= 120, "{}", SENTENCES.len());
        assert!(SENTENCES.iter().all(|sentence| !sentence.plants()));
        let table = include_str!("../data/negatives.txt");
        let distinct: BTreeSet<&str> = table.lines().collect();
        assert_eq!(distinct.len(), table.lines().count());
    }

    #[test]
    fn so_many_lines_were_asked_for_and_so_many_come() {
        let text = String::from_utf8(lines(3, 2_000)).expect("sentences are UTF-8");
        assert_eq!(text.lines().count(), 2_000);
        assert_eq!(lines(3, 2_000), text.as_bytes());
        let distinct: BTreeSet<&str> = text.lines().collect();
        assert!(distinct.len() > 1_700, "{}", distinct.len());
    }
}
