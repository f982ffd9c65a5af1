//! Telling a masked value from one that is not, so that masking twice is masking once.

/// The most digits that a masked value shows together; the most in one run (the first 8 of an IMEI).
const CLEAR_DIGITS_LIMIT: usize = super::SHOWN_LIMIT;
const CLEAR_RUN_LIMIT: usize = 8;

/// Whether a value is masked already.
///
/// Knows stars (`*` `＊`), crosses and boxes (`×` `●` `•` `■` `□` `#`), dots (`…`) and runs of x. It takes more than a
/// star: with more digits in clear than any mask shows, between stars that only set it off (`**张三**` in Markdown), or
/// behind a bullet, a value counts as not masked. Bytes that are no UTF-8 count as clear. Linear time, no memory.
#[must_use]
pub fn looks_masked(text: &[u8]) -> bool {
    if !text.iter().any(may_begin_mark) {
        return false;
    }
    let mut seen = Seen::default();
    for chunk in text.trim_ascii().utf8_chunks() {
        for c in chunk.valid().chars() {
            seen.read(c);
        }
        if !chunk.invalid().is_empty() {
            seen.read('\u{fffd}');
        }
    }
    seen.into_verdict()
}

/// Whether the value at `start..end` is what a mask left of a longer one: stars on one side of it, or many on any.
///
/// One or two stars on both sides set a value off (`**12345678**` in Markdown) and mask nothing.
#[must_use]
pub fn is_beside_stars(text: &[u8], start: usize, end: usize) -> bool {
    // Nearly nothing has a star right before or behind it.
    let ends_in_mark = text[..start].last().is_some_and(may_end_mark);
    if !ends_in_mark && !text[end..].first().is_some_and(may_begin_mark) {
        return false;
    }
    let before = text[start.saturating_sub(STARS_WINDOW_BYTES)..start]
        .utf8_chunks()
        .last()
        .map_or(0, |chunk| if chunk.invalid().is_empty() { stars(chunk.valid().chars().rev()) } else { 0 });
    let after = text[end..text.len().min(end + STARS_WINDOW_BYTES)]
        .utf8_chunks()
        .next()
        .map_or(0, |chunk| stars(chunk.valid().chars()));
    before.max(after) >= SETTING_OFF || (before > 0) != (after > 0)
}

/// So many stars are a mask wherever they stand.
const SETTING_OFF: usize = 3;

/// So many characters beside a value are looked at, however long they are in UTF-8: with the whole line, every value of
/// a long one would be compared with all of it.
const STARS_WINDOW_BYTES: usize = 4 * SETTING_OFF;

/// The length of the run of mask characters at the beginning, as far as it matters.
fn stars(characters: impl Iterator<Item = char>) -> usize {
    characters.take(SETTING_OFF).take_while(|&c| !matches!(c, 'x' | 'X' | '#' | '…') && mark_of(c).is_some()).count()
}

/// What was seen of a text so far, one character after the other.
#[derive(Default)]
struct Seen {
    /// The run of one mask character that is being read, and what stands before it.
    run: Option<Run>,
    before: Option<char>,
    /// Whether some run can only be a mask.
    masked: bool,
    /// Single mask characters that are one only in company: `10.X.X.X`.
    singles: usize,
    /// The mask character that the text begins with.
    begins_with: Option<char>,
    /// Letters and digits that are no mask.
    clear: usize,
    digits: usize,
    digit_run: usize,
    too_clear: bool,
}

#[derive(Clone, Copy)]
struct Run {
    mark: char,
    length: usize,
    before: Option<char>,
}

impl Seen {
    fn read(&mut self, c: char) {
        let mark = mark_of(c);
        match (&mut self.run, mark) {
            (Some(run), Some(mark)) if run.mark == mark => run.length += 1,
            _ => {
                self.end_run(Some(c));
                self.run = mark.map(|mark| Run { mark, length: 1, before: self.before });
                if self.before.is_none() {
                    self.begins_with = mark;
                }
            }
        }
        self.count(c, mark.is_some());
        self.before = Some(c);
    }

    fn count(&mut self, c: char, is_mark: bool) {
        self.digit_run = if c.is_ascii_digit() { self.digit_run + 1 } else { 0 };
        self.digits += usize::from(c.is_ascii_digit());
        self.too_clear |= self.digits > CLEAR_DIGITS_LIMIT || self.digit_run > CLEAR_RUN_LIMIT;
        if !is_mark && (c.is_alphanumeric() || c == '\u{fffd}') {
            self.clear += 1;
        }
    }

    fn end_run(&mut self, after: Option<char>) {
        let Some(run) = self.run.take() else { return };
        if sets_off(run.before, after) {
            return;
        }
        self.singles += usize::from(run.length == 1 && is_alone(run, after));
        self.masked |= run.length >= least_length(run, after);
    }

    fn into_verdict(mut self) -> bool {
        let ends_with = self.run.map(|run| run.mark);
        self.end_run(None);
        // No x sets anything off, and the last character of an ID may be one.
        let is_sign = ends_with.is_some_and(|mark| mark != 'x');
        let in_brackets = is_sign && ends_with == self.begins_with && self.clear > 0;
        (self.masked || self.singles >= 2) && !self.too_clear && !in_brackets
    }
}

/// The mask character that this one counts as.
fn mark_of(c: char) -> Option<char> {
    match c {
        '*' | '＊' => Some('*'),
        'x' | 'X' => Some('x'),
        '×' | '●' | '•' | '■' | '□' | '#' | '…' => Some(c),
        _ => None,
    }
}

/// Whether a mask character may begin with this byte.
fn may_begin_mark(byte: &u8) -> bool {
    matches!(byte, b'*' | b'x' | b'X' | b'#' | 0xC3 | 0xE2 | 0xEF)
}

/// Whether a mask character may end with this byte.
fn may_end_mark(byte: &u8) -> bool {
    matches!(byte, b'*' | b'x' | b'X' | b'#' | 0x8A | 0x8F | 0x97 | 0xA0..=0xA2 | 0xA6)
}

/// A bullet or a heading's sign stands before a space, a footnote's star behind one. The text's own ends count as
/// nothing there: a value may be all stars.
fn sets_off(before: Option<char>, after: Option<char>) -> bool {
    match (before, after) {
        (None, Some(after)) => after.is_whitespace(),
        (Some(before), None) => before.is_whitespace(),
        _ => false,
    }
}

fn is_alone(run: Run, after: Option<char>) -> bool {
    let is_clear = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !is_clear(run.before) && !is_clear(after)
}

/// How long a run must be to be a mask. One star is enough; a cross or a box can be a sign or a bullet, and a dot the
/// middle of a name; an x can be a letter of a word, so it takes four, or two with no letter or digit of ASCII around.
fn least_length(run: Run, after: Option<char>) -> usize {
    let is_ascii = |c: Option<char>, among: fn(&char) -> bool| c.is_some_and(|c| among(&c));
    match run.mark {
        '*' | '…' => 1,
        'x' if is_ascii(run.before, char::is_ascii_alphabetic) || is_ascii(after, char::is_ascii_alphabetic) => 4,
        'x' if is_ascii(run.before, char::is_ascii_digit) || is_ascii(after, char::is_ascii_digit) => 3,
        '×' | '●' | '■' | '□' if after == Some('@') => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_values_are_known_again() {
        for text in [
            "1****************X",
            "138****00",
            "张**",
            "张*",
            "*三",
            "张＊＊",
            "张×× ",
            "张XX",
            "欧阳**",
            "138xxx00",
            "138XXXX8000",
            "EXXXX23",
            "z***@example.com",
            "*@example.com",
            "●@example.com",
            "广东省深圳市***",
            "****-**-**",
            "****年**月**日",
            "**/**/1888",
            "010-****",
            "10.*.*.*",
            "10.X.X.X",
            "10.●.●.●",
            "2001:***",
            "00:00:5E:**:**:**",
            "110105********002X",
            "6217 **** **** 0020",
            "□□□□1234",
            "86000000*******",
            "####",
            "***",
            "王……",
        ] {
            assert!(looks_masked(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn every_mark_is_known_by_its_first_and_last_byte() {
        for mark in ('\0'..=char::MAX).filter(|&c| mark_of(c).is_some()) {
            let bytes = mark.to_string().into_bytes();
            assert!(bytes.first().is_some_and(may_begin_mark) && bytes.last().is_some_and(may_end_mark), "{mark}");
        }
    }

    #[test]
    fn values_in_clear_are_not() {
        for text in [
            "",
            "张三",
            "阿依古丽·买买提",
            "阿依古丽•买买提",
            "11010518880228002X",
            "*11010518880228002X",
            "13800138000*",
            "138*0013*8000 6217000000000000020",
            "**张三**",
            "*张三*",
            "* 张三",
            "## 张三",
            "● 张三",
            "张三 *",
            "#1",
            "max@example.com",
            "maxx",
            "X",
            "LX12",
            "3×4",
        ] {
            assert!(!looks_masked(text.as_bytes()), "{text}");
        }
        assert!(!looks_masked(b"\xd5\xc5\xc8\xfd"));
        assert!(looks_masked(b"\xd5\xc5**"));
    }
}
