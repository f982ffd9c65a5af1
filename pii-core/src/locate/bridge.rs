//! What may stand between a label and its value: `：`, `=`, quotes, brackets, 是, 为, 号码 …

use crate::recognise::han::{Forms, char_at};

/// The longest bridge, in bytes. A value further away is not the label's.
pub(super) const LIMIT_BYTES: usize = 48;

/// The longest remark in brackets that a bridge steps over: （18位）, (required).
const REMARK_LIMIT_BYTES: usize = 30;

/// The longest tag that a bridge steps over.
const TAG_LIMIT_BYTES: usize = 24;

/// The words of a bridge that begin with a character, in simplified characters, the longer before the shorter.
fn words_beginning_with(first: char) -> &'static [&'static str] {
    match first {
        '号' => &["号码", "号"],
        '账' => &["账号"],
        '帐' => &["帐号"],
        '编' => &["编号"],
        '代' => &["代码"],
        '尾' => &["尾号"],
        '分' => &["分别"],
        '如' => &["如下"],
        '由' | '码' | '是' | '为' | '系' | '即' => ONE_CHARACTER,
        '：' | '＝' | '（' | '）' | '【' | '】' | '［' | '］' | '「' | '」' | '『' | '』' | '《' | '》' => {
            ONE_CHARACTER
        }
        '“' | '”' | '‘' | '’' | '〔' | '〕' | '　' | '－' | '→' => ONE_CHARACTER,
        'n' | 'N' => &["number", "no", "num"],
        'i' | 'I' => &["is"],
        '&' => &["&quot;", "&nbsp;", "&#34;"],
        _ => &[],
    }
}

/// The words that are one character have three bytes each, and no more is to be compared.
const ONE_CHARACTER: &[&str] = &[""];
const ONE_CHARACTER_BYTES: usize = 3;

/// Where the bridge that begins at `from` ends: the position of the value.
pub(super) fn end(text: &[u8], from: usize) -> usize {
    let limit = text.len().min(from + LIMIT_BYTES);
    let mut at = from;
    while at < limit {
        let step = step(&text[at..]);
        if step == 0 {
            break;
        }
        at += step;
    }
    at.min(text.len())
}

/// Whether all of `text[from..to]` is a bridge.
pub(super) fn spans(text: &[u8], from: usize, to: usize) -> bool {
    if to < from || to - from > LIMIT_BYTES {
        return false;
    }
    let mut at = from;
    while at < to {
        let step = step(&text[at..]);
        if step == 0 {
            return false;
        }
        at += step;
    }
    // A bridge word may end in the first letter of the value (`no` in `no1234`); a bracket may begin it.
    true
}

/// The length of the bridge's next piece; 0 where none stands.
fn step(text: &[u8]) -> usize {
    match text[0] {
        b'(' => remark(text, 1, b")").unwrap_or(1),
        b'<' => tag(text).unwrap_or(1),
        b'[' => remark(text, 1, b"]").unwrap_or(1),
        b' ' | b'\t' | b':' | b'=' | b'"' | b'\'' | b')' | b']' | b'>' | b'{' | b'#' | b'\\' | b'/' | b'-' | b'|'
        | b'`' | b'_' | b'~' => 1,
        // 联系电话1：
        b'1'..=b'9'
            if text.get(1).is_some_and(|&b| b == b':' || b == b'=') || text[1..].starts_with("：".as_bytes()) =>
        {
            1
        }
        b'.' if text.get(1).is_some_and(|&b| b == b' ' || b == b':') => 1,
        _ => word(text),
    }
}

/// The length of a tag: label and value may stand in two cells of a table.
fn tag(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b'>', &text[..text.len().min(TAG_LIMIT_BYTES)])?;
    let inside = &text[1..end];
    inside.iter().all(|b| b.is_ascii_alphanumeric() || b"/ =\"-_".contains(b)).then_some(end + 1)
}

fn word(text: &[u8]) -> usize {
    if text.starts_with("（".as_bytes())
        && let Some(len) = remark(text, "（".len(), "）".as_bytes())
    {
        return len;
    }
    let forms = Forms::get();
    let Some((first, _)) = char_at(text, 0) else { return 0 };
    let words = words_beginning_with(forms.simplified(first));
    if words == ONE_CHARACTER {
        return ONE_CHARACTER_BYTES;
    }
    words.iter().find(|word| is_written(text, word, forms)).map_or(0, |word| word.len())
}

/// Whether `text` begins with `word`, in letters of either case and characters of either form.
fn is_written(text: &[u8], word: &str, forms: Forms) -> bool {
    let mut at = 0;
    let alike = word.chars().all(|character| {
        let there = char_at(text, at);
        at = there.map_or(at, |(_, behind)| behind);
        there.is_some_and(|(there, _)| forms.simplified(there).eq_ignore_ascii_case(&character))
    });
    alike && ends_cleanly(text, word.as_bytes())
}

/// An English word of a bridge is no piece of a longer word.
fn ends_cleanly(text: &[u8], word: &[u8]) -> bool {
    !word[0].is_ascii_alphabetic() || text.get(word.len()).is_none_or(|b| !b.is_ascii_alphanumeric())
}

/// The length of a remark in brackets without a number in it.
fn remark(text: &[u8], open: usize, close: &[u8]) -> Option<usize> {
    let window = &text[open..text.len().min(open + REMARK_LIMIT_BYTES)];
    let end = memchr::memmem::find(window, close)?;
    let inside = &window[..end];
    let digits = inside.iter().filter(|b| b.is_ascii_digit()).count();
    let harmless = !inside.is_empty() && digits < 4 && !inside.contains(&b'@') && !inside.contains(&b'*');
    // What follows a remark that belongs to the label is the bridge's end or more bridge, never Han prose.
    let next = text.get(open + end + close.len());
    let goes_on =
        next.is_some_and(|b| matches!(b, b':' | b'=' | b' ' | b'"' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | 0xEF));
    (harmless && goes_on).then_some(open + end + close.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridges_end_at_the_value() {
        for (bridge, value) in [
            ("：", "1101"),
            (" = \"", "1101"),
            ("号码为：", "1101"),
            ("號碼為：", "1101"),
            ("號：", "1101"),
            ("賬號編號代碼", "1101"),
            ("帳號", "1101"),
            ("為", "張三"),
            ("（18位）：", "1101"),
            ("(", "1101"),
            ("\":[\"", "1101"),
            ("1：", "1101"),
            (" No. ", "1101"),
            ("", "1101"),
            ("是", "张三"),
        ] {
            let text = format!("{bridge}{value}");
            assert_eq!(end(text.as_bytes(), 0), bridge.len(), "{text}");
            assert!(spans(text.as_bytes(), 0, bridge.len()), "{text}");
        }
        assert_eq!(end("，1101".as_bytes(), 0), 0);
        assert_eq!(end("張1101".as_bytes(), 0), 0);
        assert_eq!(end(&"為".as_bytes()[..2], 0), 0);
        assert!(!spans("影像不清晰1101".as_bytes(), 0, "影像不清晰".len()));
        assert_eq!(end("november".as_bytes(), 0), 0);
    }
}
