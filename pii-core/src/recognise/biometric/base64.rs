//! Runs of base64 (RFC 4648 §4 and §5, both alphabets) in text, and as much decoding as recognising takes.

/// A run of base64 in a text, padding and line breaks included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub start: usize,
    pub end: usize,
    /// Characters without padding and line breaks.
    pub characters: usize,
}

impl Run {
    /// How many bytes it stands for. `None` if no encoder ends like this.
    pub(super) fn decoded_bytes(&self) -> Option<usize> {
        (self.characters % 4 != 1).then_some(self.characters * 3 / 4)
    }
}

/// Encoders break lines after 64 (PEM) or 76 characters (MIME). Shorter lines are words in a column.
const SHORTEST_LINE: usize = 60;
const LONGEST_LINE: usize = 76;

/// The next run of at least `least` characters that begins at `from` or later. Only whole runs count: one that began
/// before `from` is not told from a new one, so `from` must be a run's end or the text's beginning.
pub(super) fn next_run(text: &[u8], from: usize, least: usize) -> Option<Run> {
    let mut begin = from;
    // A run of `least` characters that begins at `begin` has none but its own characters in this window. The last
    // foreign byte in the window is the first place behind which a run can begin, so most of a text is jumped over.
    while let Some(window) = text.get(begin..begin.checked_add(least)?) {
        match window.iter().rposition(|&byte| !is_character(byte)) {
            Some(foreign) => begin += foreign + 1,
            None => return run_at(text, begin, 0),
        }
    }
    None
}

/// The run that begins at `start`, if a character of base64 stands there. `before`: how many characters of the same line
/// were broken with it, as those of a `data:` URI are.
pub(super) fn run_at(text: &[u8], start: usize, before: usize) -> Option<Run> {
    let mut width = line_width(text.get(start..)?);
    let mut run = Run { start, end: start + width, characters: width };
    // A line break right behind a URI's comma is one more beginning of a line.
    if width == 0 && before == 0 {
        return None;
    }
    let longest = if before == 0 { width } else { LONGEST_LINE.max(width + before) };
    if width + before >= SHORTEST_LINE || width == 0 {
        while let Some((begin, more)) = next_line(text, &run, longest) {
            run.end = begin + more;
            run.characters += more;
            if more < width {
                break;
            }
            width = more;
        }
    }
    let padding = text[run.end..].iter().take(2).take_while(|&&byte| byte == b'=').count();
    run.end += padding;
    Some(run)
}

/// Where the next line of a broken run begins and how long it is. `run` is what stands before.
///
/// A line of full width goes on. A shorter one is the last, and then the whole is a multiple of four or padded, because
/// the formats that break lines pad; a word that follows on a line of its own mostly is not.
fn next_line(text: &[u8], run: &Run, longest: usize) -> Option<(usize, usize)> {
    let rest = &text[run.end..];
    let line_break = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
    let line = &rest[line_break..];
    let more = line_width(&line[..line.len().min(longest + 1)]);
    let goes_on = more >= SHORTEST_LINE && matches!(line.get(more), Some(b'\r' | b'\n'));
    let ends = (run.characters + more).is_multiple_of(4) || line.get(more) == Some(&b'=');
    (line_break > 0 && (1..=longest).contains(&more) && (goes_on || ends)).then_some((run.end + line_break, more))
}

fn line_width(text: &[u8]) -> usize {
    text.iter().position(|&byte| !is_character(byte)).unwrap_or(text.len())
}

fn is_character(byte: u8) -> bool {
    VALUES[usize::from(byte)] < 64
}

/// The six bits of each character; 64 for what is none.
const VALUES: [u8; 256] = {
    let mut values = [64; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        values[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// Decodes as many first bytes of a run as `header` has room for.
pub(super) fn decode_start<'a>(run: &[u8], header: &'a mut [u8]) -> &'a [u8] {
    let mut filled = 0;
    for (place, byte) in header.iter_mut().zip(bytes(run)) {
        *place = byte;
        filled += 1;
    }
    &header[..filled]
}

/// The same for hexadecimal digits; nothing if the first bytes are not all such.
pub(super) fn decode_hexadecimal_start<'a>(run: &[u8], header: &'a mut [u8]) -> &'a [u8] {
    let nibble = |byte: u8| (byte as char).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut filled = 0;
    for (place, pair) in header.iter_mut().zip(run.chunks_exact(2)) {
        let (Some(high), Some(low)) = (nibble(pair[0]), nibble(pair[1])) else { return &[] };
        *place = high << 4 | low;
        filled += 1;
    }
    &header[..filled]
}

/// Decodes a run of which `length` is the decoded length.
pub(super) fn decode(run: &[u8], length: usize) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(length);
    decoded.extend(bytes(run).take(length));
    decoded
}

/// The decoded bytes; line breaks and padding are passed over.
fn bytes(run: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let (mut held, mut bits) = (0_u32, 0);
    run.iter().map(|&byte| VALUES[usize::from(byte)]).filter(|&value| value < 64).filter_map(move |value| {
        held = (held << 6 | u32::from(value)) & 0xffff;
        bits += 6;
        if bits < 8 {
            return None;
        }
        bits -= 8;
        Some((held >> bits) as u8)
    })
}

#[cfg(test)]
pub(super) fn encode(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut coded = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let character = alphabet[(word >> (18 - 6 * place) & 63) as usize] as char;
            coded.push(if place <= chunk.len() { character } else { '=' });
        }
    }
    coded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_standards_examples_decode() {
        for (coded, plain) in [("Zm9vYmFy", "foobar"), ("Zm9vYmE=", "fooba"), ("Zm9vYg==", "foob"), ("-_-_", "\u{fb}")]
        {
            let run = run_at(coded.as_bytes(), 0, 0).expect("a run");
            assert_eq!(run.end, coded.len());
            let decoded = decode(coded.as_bytes(), run.decoded_bytes().expect("a length"));
            if plain.is_ascii() {
                assert_eq!((decoded.as_slice(), encode(plain.as_bytes()).as_str()), (plain.as_bytes(), coded));
            } else {
                assert_eq!(decoded, [0xfb, 0xff, 0xbf], "the alphabet for URLs");
            }
        }
        assert_eq!(run_at(b"", 0, 0), None);
        assert_eq!(run_at(b"=", 0, 0), None);
        assert_eq!(Run { start: 0, end: 5, characters: 5 }.decoded_bytes(), None);
    }

    #[test]
    fn broken_lines_are_one_run() {
        let line = "A".repeat(76);
        let table = [
            (format!("{line}\r\n{line}\r\nAAAA==\r\nnext"), 76 * 2 + 4 + 8 - 2, 156),
            (format!("{line}\n{line}\n\nnext"), 76 * 2 + 1, 152),
            (format!("{line}\nand words"), 76, 76),
            (format!("{line}\n{line}A"), 76, 76),
            (format!("AAAA\n{line}"), 4, 4),
        ];
        for (text, end, characters) in table {
            assert_eq!(run_at(text.as_bytes(), 0, 0), Some(Run { start: 0, end, characters }), "{text}");
        }
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
            let coded = encode(&bytes);
            let run = run_at(coded.as_bytes(), 0, 0).expect("a run");
            prop_assert_eq!(run.end, coded.len());
            prop_assert_eq!(decode(coded.as_bytes(), run.decoded_bytes().expect("a length")), bytes);
        }

        /// The search that jumps finds what one that looks at every byte finds.
        #[test]
        fn no_run_is_jumped_over(text in "([A-C]{1,9}|[ .]){0,40}") {
            let text = text.as_bytes();
            let expected = text
                .split(|byte| !is_character(*byte))
                .filter(|part| part.len() >= 8)
                .map(<[u8]>::len);
            let mut found = Vec::new();
            let mut from = 0;
            while let Some(run) = next_run(text, from, 8) {
                from = run.end;
                found.push(run.characters);
            }
            prop_assert_eq!(found, expected.collect::<Vec<_>>());
        }
    }
}
