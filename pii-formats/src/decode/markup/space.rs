//! Character data as it is shown: white space with a line end in it is a space (CSS Text 3 §4.1.1).

use super::reference::{Dialect, read_into};
use crate::decode::run::Run;
use std::ops::Range;

/// Adds the character data at `source` to `run`, with references decoded, line ends read as spaces and zero bytes left out,
/// as a browser does.
///
/// Tells where an ampersand stands that begins no reference, as [`read_into`] does.
///
/// The space is put *beside* the line end, which belongs to no text, so that an edit leaves the lines of the input alone.
pub(crate) fn read_shown(run: &mut Run, input: &[u8], source: Range<usize>, dialect: Dialect) -> Option<usize> {
    let mut at = source.start;
    let mut stray = None;
    while let Some(found) = memchr::memchr3(b'\n', b'\r', 0, &input[at..source.end]).map(|n| at + n) {
        let first = read_into(run, input, at..found, dialect);
        stray = stray.or(first);
        let len = input[found..source.end].iter().take_while(|b| b.is_ascii_whitespace() || **b == 0).count();
        // White space at the start of a line, and behind other white space, is not shown.
        let is_shown = run.bytes().last().is_some_and(|b| !b.is_ascii_whitespace());
        if is_shown && input[found..found + len].iter().any(u8::is_ascii_whitespace) {
            run.push_decoded(b" ", found..found);
        }
        at = found + len;
    }
    let last = read_into(run, input, at..source.end, dialect);
    stray.or(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Text;

    #[test]
    fn line_ends_are_spaces_that_no_edit_takes() {
        let table = [
            ("a b", "a b"),
            ("138\n  0013\r\n8000", "138 0013 8000"),
            ("138\x000013", "1380013"),
            ("138\0 \n0013&#49;\n", "138 00131 "),
            ("\n138", "138"),
        ];
        for (input, expected) in table {
            let mut run = Run::default();
            read_shown(&mut run, input.as_bytes(), 0..input.len(), Dialect::HtmlText);
            assert_eq!(run.bytes(), expected.as_bytes(), "{input:?}");
        }
        let mut run = Run::default();
        read_shown(&mut run, b"138\n0013", 0..8, Dialect::HtmlText);
        let Text::Decoded { map, .. } = run.text() else { panic!("a line end is left out") };
        assert_eq!(map.source_pieces(0..8).collect::<Vec<_>>(), [0..3, 4..8]);
        assert!(map.source_pieces(4..8).eq(std::iter::once(4..8)));
    }
}
