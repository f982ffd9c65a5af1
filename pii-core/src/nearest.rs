//! The known word that a misspelt one was meant to be, so that an error can say what to write.

/// Longer words are not compared: nobody means one of ours by them, and the comparison is quadratic.
const WORD_LIMIT_CHARS: usize = 48;

/// The word of `known` that is most like `word`, if one is like it at all: at most a third of its letters differ.
/// Letters that changed places count once.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(WORD_LIMIT_CHARS + 1).flat_map(char::to_lowercase).collect();
    if word.is_empty() || word.len() > WORD_LIMIT_CHARS {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let letters: Vec<char> = candidate.chars().collect();
        let apart = distance(&word, &letters);
        if apart * 3 <= letters.len().max(word.len()) && best.is_none_or(|(least, _)| apart < least) {
            best = Some((apart, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_rights_are_recognised() {
        let known = ["reveal", "tokenise", "bank_card"];
        for (word, meant) in [
            ("reveel", Some("reveal")),
            ("tokenize", Some("tokenise")),
            ("BANK_CARD", Some("bank_card")),
            ("bankcard", Some("bank_card")),
            ("delete", None),
            ("", None),
            (&"r".repeat(4000), None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let known = ["pass", "mask", "drop", "block", "third_party"];
        for (word, meant) in [
            ("maks", Some("mask")),
            ("MASK", Some("mask")),
            ("blok", Some("block")),
            ("thrid_party", Some("third_party")),
            ("thirdparty", Some("third_party")),
            ("encrypt", None),
            ("", None),
            (&"m".repeat(4000), None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }
}
