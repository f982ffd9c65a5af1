//! Terminal control sequences (ECMA-48): what colours a log line, moves a cursor or names a window.
//!
//! A terminal shows nothing in their place, so they are as invisible as a zero-width space, and a number may have one on
//! either side or inside it.

/// Begins every sequence.
pub(super) const ESC: u8 = 0x1B;

/// The longest control sequence, in bytes. A colour in full (`38;2;255;255;255;48;2;255;255;255`) has 34.
const SEQUENCE_LIMIT_BYTES: usize = 64;

/// The longest string inside a sequence (a window's title, the address of a link), in bytes. A longer one is read as text.
const STRING_LIMIT_BYTES: usize = 256;

/// So many digits in a row are no colour and no place on a screen. What holds more may be a value and is read as text.
const DIGITS_LIMIT: usize = 4;

/// The length of the sequence that begins with the [`ESC`] at the beginning of `text`, at least 1. Of a string that may
/// hold a value only the introducer counts.
pub(super) fn len(text: &[u8]) -> usize {
    match text.get(1) {
        Some(b'[') => control(text).unwrap_or(1),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => 2 + string(&text[2..]).unwrap_or(0),
        // A character set is named by an intermediate byte and a final one; every other sequence has two bytes.
        Some(b'(' | b')' | b'*' | b'+' | b'#' | b'%') if text.len() > 2 && text[2].is_ascii_graphic() => 3,
        Some(b'\\' | b'=' | b'>' | b'7' | b'8' | b'c' | b'D' | b'E' | b'H' | b'M') => 2,
        _ => 1,
    }
}

/// CSI: parameters, intermediate bytes, one final byte.
fn control(text: &[u8]) -> Option<usize> {
    let window = &text[..text.len().min(SEQUENCE_LIMIT_BYTES)];
    let inside = window[2..].iter().take_while(|b| (0x20..=0x3F).contains(*b)).count();
    let is_final = window.get(2 + inside).is_some_and(|b| (0x40..=0x7E).contains(b));
    (is_final && !may_hold_value(&window[2..2 + inside])).then_some(2 + inside + 1)
}

/// The string of an OSC, DCS, SOS, PM or APC sequence with its end: BEL, or ESC and a backslash.
fn string(text: &[u8]) -> Option<usize> {
    let window = &text[..text.len().min(STRING_LIMIT_BYTES)];
    let end = window.iter().position(|b| matches!(*b, 0x07 | ESC))?;
    let closing = match window[end] {
        ESC if window.get(end + 1) == Some(&b'\\') => 2,
        ESC => return None,
        _ => 1,
    };
    (!may_hold_value(&window[..end])).then_some(end + closing)
}

/// Whether what a terminal does not show may be somebody's: then it has to be searched like any other text.
fn may_hold_value(inside: &[u8]) -> bool {
    let digits = inside.split(|b| !b.is_ascii_digit()).map(<[u8]>::len).max().unwrap_or(0);
    digits > DIGITS_LIMIT || inside.contains(&b'@') || !inside.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_end_where_terminals_end_them() {
        for (sequence, behind) in [
            ("\u{1b}[31m", "13800138000"),
            ("\u{1b}[m", "1"),
            ("\u{1b}[38;2;255;255;255;48;2;255;255;255m", "1"),
            ("\u{1b}[?25h", "1"),
            ("\u{1b}[2 q", "1"),
            ("\u{1b}]0;settle\u{7}", "1"),
            ("\u{1b}]8;;https://example.com\u{1b}\\", "1"),
            ("\u{1b}(B", "1"),
            ("\u{1b}=", "1"),
        ] {
            assert_eq!(len(format!("{sequence}{behind}").as_bytes()), sequence.len(), "{}", sequence.escape_debug());
        }
    }

    #[test]
    fn what_may_be_a_value_stays_text() {
        for (text, length) in [
            ("\u{1b}[13800138000m", 1),
            ("\u{1b}]0;13800138000\u{7}", 2),
            ("\u{1b}]0;张三\u{7}", 2),
            ("\u{1b}]8;;mailto:a@example.com\u{1b}\\", 2),
            ("\u{1b}]0;never ends", 2),
            ("\u{1b}[31", 1),
            ("\u{1b}", 1),
            ("\u{1b}手机", 1),
        ] {
            assert_eq!(len(text.as_bytes()), length, "{}", text.escape_debug());
        }
    }
}
