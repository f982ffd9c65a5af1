//! Lists of numbers in text that look like an embedding: `[0.0123, -0.0456, …]`, as JSON, Python and SQL write them.

use super::What;
use super::embedding::DIMENSIONS;

/// Numbers as text are never longer than a double's 17 digits, sign and exponent.
const NUMBER_BYTES: usize = 32;

/// Decimals behind the point, in the mean, below which a list is of ratios, weights or rates that people wrote.
const FEWEST_DECIMALS: usize = 4;

/// Confidence in a list of unit length, and in another with the right look.
const UNIT_LENGTH: f32 = 0.9;
const OTHER_LENGTH: f32 = 0.7;

/// A value that is nothing but a list, with brackets of any kind or none.
pub(super) fn whole(value: &[u8]) -> Option<(What, f32)> {
    let (from, close) = match value.first()? {
        b'[' => (1, Some(b']')),
        b'{' => (1, Some(b'}')),
        b'(' => (1, Some(b')')),
        _ => (0, None),
    };
    let (end, confidence) = scan_list(value, from, close);
    (end == value.len()).then_some(confidence).flatten().map(|confidence| (What::Embedding, confidence))
}

/// Reads the list whose first number begins at `from`. Where it stops: behind the closing bracket, or at the byte that
/// no such list has. The confidence if it is an embedding.
pub(super) fn scan(text: &[u8], from: usize, close: u8) -> (usize, Option<f32>) {
    scan_list(text, from, Some(close))
}

/// Whether a list that [`scan`] takes may begin at `from`. Most brackets hold words, or a number of two digits or more.
pub(super) fn may_begin(text: &[u8], from: usize) -> bool {
    let at = skip_space(text, from);
    let number = number_at(&text[at.min(text.len())..]);
    let is_large = matches!(number, [b'1'..=b'9', b'0'..=b'9', ..]) && !number.iter().any(|b| matches!(b, b'e' | b'E'));
    !number.is_empty() && !is_large
}

fn scan_list(text: &[u8], from: usize, close: Option<u8>) -> (usize, Option<f32>) {
    let mut list = List::default();
    let mut at = skip_space(text, from);
    loop {
        let number = number_at(&text[at..]);
        if !list.takes(number) {
            return (at, None);
        }
        at = skip_space(text, at + number.len());
        match (text.get(at), close) {
            (Some(b','), _) => at = skip_space(text, at + 1),
            (Some(byte), Some(close)) if *byte == close => return (at + 1, list.confidence()),
            (None, None) => return (at, list.confidence()),
            // Python's arrays have spaces alone; then the next number begins here, or the list ends in error.
            _ => {}
        }
    }
}

/// What is counted while a list is read.
#[derive(Default)]
struct List {
    count: usize,
    fractions: usize,
    decimals: usize,
    squares: f64,
    least: f64,
    most: f64,
}

impl List {
    /// Takes one number in. `false` if there is none, it is not between -1 and 1, or there are too many.
    fn takes(&mut self, number: &[u8]) -> bool {
        let Some(value) = str::from_utf8(number).ok().and_then(|text| text.parse::<f64>().ok()) else { return false };
        // A longer number than that was cut, and is none that a machine writes.
        if number.len() == NUMBER_BYTES
            || !(-1.0..=1.0).contains(&value)
            || self.count == DIMENSIONS[DIMENSIONS.len() - 1]
        {
            return false;
        }
        let point = number.iter().position(|&byte| byte == b'.');
        let behind =
            point.map_or(0, |point| number[point + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count());
        let exponent = number.iter().any(|&byte| byte == b'e' || byte == b'E');
        self.count += 1;
        self.fractions += usize::from(point.is_some() || exponent);
        self.decimals += if exponent { behind + FEWEST_DECIMALS } else { behind };
        self.squares += value * value;
        (self.least, self.most) = (self.least.min(value), self.most.max(value));
        true
    }

    /// Almost all are fractions with many decimals, and they differ.
    fn confidence(&self) -> Option<f32> {
        let many = DIMENSIONS.contains(&self.count);
        let fractions = self.fractions * 10 >= self.count * 9 && self.decimals >= self.count * FEWEST_DECIMALS;
        if !many || !fractions || self.least == self.most || self.squares < 0.04 {
            return None;
        }
        // Rounding to four decimals moves the length by far less than this.
        let is_unit = (0.95..=1.05).contains(&self.squares.sqrt());
        // Without a negative number it may be a table of probabilities, whose sum is one but not its length.
        (is_unit || self.least < 0.0).then_some(if is_unit { UNIT_LENGTH } else { OTHER_LENGTH })
    }
}

/// The bytes of a number at the beginning of the text; empty if there is none.
fn number_at(text: &[u8]) -> &[u8] {
    let limited = &text[..text.len().min(NUMBER_BYTES)];
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    let end = limited.iter().position(|byte| !is_part(byte)).unwrap_or(limited.len());
    &limited[..end]
}

fn skip_space(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len())
}

#[cfg(test)]
pub(super) fn write(numbers: &[f32], separator: &str, decimals: usize) -> String {
    numbers.iter().map(|number| format!("{number:.decimals$}")).collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::biometric::embedding::example;

    fn confidence(list: &str) -> Option<f32> {
        whole(list.as_bytes()).map(|(_, confidence)| confidence)
    }

    #[test]
    fn embeddings_in_every_dress() {
        for dimension in DIMENSIONS {
            let numbers = write(&example(dimension), ",", 7);
            assert_eq!(confidence(&format!("[{numbers}]")), Some(UNIT_LENGTH), "{dimension}");
        }
        let numbers = example(128);
        let long: Vec<f32> = numbers.iter().map(|number| number * 5.0).collect();
        let exponents = numbers.iter().map(|number| format!("{number:.6e}")).collect::<Vec<_>>().join(", ");
        let table = [
            (format!("[ {} ]", write(&numbers, " ,\n  ", 6)), Some(UNIT_LENGTH)),
            (format!("{{{}}}", write(&numbers, ",", 6)), Some(UNIT_LENGTH)),
            (write(&numbers, ",", 6), Some(UNIT_LENGTH)),
            (format!("[{}]", write(&numbers, "  ", 8)), Some(UNIT_LENGTH)),
            (format!("[{exponents}]"), Some(UNIT_LENGTH)),
            (format!("[{}]", write(&long, ",", 6)), Some(OTHER_LENGTH)),
        ];
        for (list, expected) in table {
            assert_eq!(confidence(&list), expected, "{list}");
        }
    }

    #[test]
    fn other_lists_are_not() {
        let numbers = example(128);
        let weights: Vec<f32> = (0..128).map(|n| (n % 7) as f32 / 500.0).collect();
        let table = [
            ("whole numbers", format!("[{}]", vec!["1,0"; 64].join(","))),
            ("prices", format!("[{}]", vec!["12.345678,0.123456"; 64].join(","))),
            ("weights in a portfolio", format!("[{}]", write(&weights, ",", 3))),
            ("probabilities", format!("[{}]", write(&weights, ",", 8))),
            ("one too few", format!("[{}]", write(&numbers[1..], ",", 7))),
            ("a word in between", format!("[{},null]", write(&numbers[1..], ",", 7))),
            ("no end", format!("[{}", write(&numbers, ",", 7))),
            ("something behind", format!("[{}] etc.", write(&numbers, ",", 7))),
            ("nothing", "[]".to_string()),
            ("a bracket", "[".to_string()),
            ("numbers that are too long", format!("[{}]", write(&numbers, ",", 40))),
            ("signs", "[--1,.,-,e]".to_string()),
        ];
        for (name, list) in table {
            assert_eq!(confidence(&list), None, "{name}");
        }
    }
}
