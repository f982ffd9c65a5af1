//! The known word that a misspelt one was meant to be.

/// Longer words are not compared: nobody means one of ours by them, and the comparison is quadratic.
const WORD_LIMIT_CHARS: usize = 48;

/// The word of `known` from which at most a third of the letters differ, the most similar one.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    if word.len() > WORD_LIMIT_CHARS {
        return None;
    }
    let apart = |candidate: &str| {
        let letters: Vec<char> = candidate.chars().collect();
        (distance(&word, &letters), letters.len().max(word.len()))
    };
    let close =
        known.iter().map(|candidate| (apart(candidate), *candidate)).filter(|((apart, of), _)| apart * 3 <= *of);
    close.min_by_key(|((apart, _), _)| *apart).map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut last = i + 1;
        let mut row = vec![last];
        for ((to, &diagonal), &up) in b.iter().zip(&above).zip(above.iter().skip(1)) {
            last = (diagonal + usize::from(from != to)).min(up + 1).min(last + 1);
            row.push(last);
        }
        above = row;
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
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
            assert_eq!(nearest(word, &known), meant, "{word}");
        }
    }
}
