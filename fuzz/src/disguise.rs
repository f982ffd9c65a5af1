//! A number in disguise is found where it stands, whatever stands in the lines around it.

use crate::engine::find;
use pii_core::{Evidence, Scratch};

const LABEL: &str = "身份证号：";
const ID: &str = "440524188001010014";

/// The first 18 bytes say how each digit is disguised; the rest is text around it.
pub(crate) fn check(input: &[u8]) {
    let Some((choices, around)) = input.split_at_checked(ID.len()) else { return };
    let disguised: String = ID.chars().zip(choices).map(|(digit, &choice)| disguise(digit, choice)).collect();
    let (before, after) = around.split_at(around.len() / 2);
    let mut text = [before, b"\n", LABEL.as_bytes()].concat();
    let start = text.len();
    text.extend_from_slice(disguised.as_bytes());
    // What is not seen behind the last digit may go with it or stay.
    let visible = start + disguised.trim_end_matches(UNSEEN).len();
    let end = text.len();
    text.push(b'\n');
    text.extend_from_slice(after);
    let found = find(&text, Evidence::none(), &mut Scratch::default()).into_iter().any(|finding| {
        let span = finding.span();
        finding.kind().as_str() == "resident_id" && span.start == start && (visible..=end).contains(&span.end)
    });
    assert!(found, "not found at {start}..{end}: {}", text.escape_ascii());
}

/// Characters that take no room on a screen: soft hyphen, zero-width space, byte order mark.
const UNSEEN: [char; 3] = ['\u{ad}', '\u{200b}', '\u{feff}'];

fn disguise(digit: char, choice: u8) -> String {
    let full_width = char::from_u32(u32::from(digit) + 0xFEE0).expect("the full-width digits");
    let mut out = String::from(if choice & 1 == 0 { digit } else { full_width });
    out.extend(UNSEEN.get(usize::from(choice >> 1 & 3)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_disguised_as_the_bytes_say() {
        assert_eq!(disguise('4', 0b110), "4");
        assert_eq!(disguise('4', 0b111), "４");
        assert_eq!(disguise('4', 0b010), "4\u{200b}");
        check(&[7; 18]);
    }
}
