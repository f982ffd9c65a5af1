//! What a curious reader can make of masked output: does a planted value survive in it?
//!
//! The output is read in every way that a receiver might: as it is, in other charsets, percent-decoded, unescaped,
//! without markup, with its base64 runs decoded. In each reading, width, separators, invisible characters and Chinese
//! digits are folded away, so `1３8-0013 八〇〇〇` still counts as the number that it is.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::coding::{base64_decode, html_pieces, html_text, json_unescape, percent_decode, quoted_printable_decode};
use crate::document::Document;

/// The indices of the planted values that `output` still shows.
///
/// A value counts when it stands in some reading of the output more often than in the same reading of the input without
/// its planted values. So a name that the sentence around it spells by chance is no survivor.
#[must_use]
pub fn survivors(input: &Document, output: &[u8]) -> Vec<usize> {
    let after = readings(output);
    let before = readings(&without_values(input));
    let survives = |value: &str| {
        let wanted = folded(value);
        let most = |readings: &[String]| readings.iter().map(|text| count(text, &wanted)).max().unwrap_or(0);
        most(&after) > most(&before)
    };
    let values = input.truths.iter().enumerate();
    values.filter(|(_, truth)| survives(&truth.value)).map(|(index, _)| index).collect()
}

/// How often `wanted` stands in `text`. A short number counts only when it stands alone: the tail that a mask shows may
/// hold the same three digits.
fn count(text: &str, wanted: &str) -> usize {
    let short = wanted.len() < 7 && wanted.is_ascii();
    let joined = |c: char| c.is_ascii_alphanumeric() || c == '*';
    let places = text.match_indices(wanted).filter(|(at, _)| {
        let alone = !text[..*at].ends_with(joined) && !text[at + wanted.len()..].starts_with(joined);
        !short || alone
    });
    places.count()
}

/// The input with a stroke where each value (or the carrier that holds it) stood.
fn without_values(input: &Document) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(input.bytes.len());
    let mut done = 0;
    for truth in &input.truths {
        if truth.start >= done {
            bytes.extend_from_slice(&input.bytes[done..truth.start]);
            bytes.push(b'|');
        }
        done = done.max(truth.end);
    }
    bytes.extend_from_slice(&input.bytes[done..]);
    bytes
}

/// Every way of reading `bytes`, folded.
fn readings(bytes: &[u8]) -> Vec<String> {
    let mut decoded: Vec<Vec<u8>> = vec![
        bytes.to_vec(),
        percent_decode(bytes),
        quoted_printable_decode(bytes),
        GB18030.decode_without_bom_handling(bytes).0.into_owned().into_bytes(),
        UTF_16LE.decode_without_bom_handling(bytes).0.into_owned().into_bytes(),
        UTF_16BE.decode_without_bom_handling(bytes).0.into_owned().into_bytes(),
        base64_runs(bytes),
        encoded_words(bytes),
    ];
    for index in 0..decoded.len() {
        let text = String::from_utf8_lossy(&decoded[index]).into_owned();
        if text.contains("&#") || text.contains('<') {
            decoded.push(html_text(&text).into_bytes());
            decoded.push(html_pieces(&text).into_bytes());
        }
        if text.contains('\\') {
            // Twice, for JSON inside a JSON string.
            let once = json_unescape(&text);
            decoded.push(json_unescape(&once).into_bytes());
            decoded.push(once.into_bytes());
        }
    }
    decoded.iter().map(|bytes| folded(&String::from_utf8_lossy(bytes))).collect()
}

/// What the encoded words (RFC 2047) decode to, one after the other, because a value may straddle two of them.
fn encoded_words(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::new();
    for word in text.split("=?").skip(1) {
        let mut parts = word.split('?');
        let (Some(charset), Some(coding), Some(coded)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let decoded = match coding {
            "B" | "b" => base64_decode(coded.as_bytes()).unwrap_or_default(),
            _ => quoted_printable_decode(coded.replace('_', " ").as_bytes()),
        };
        let encoding = Encoding::for_label(charset.as_bytes()).unwrap_or(UTF_8);
        out.push_str(&encoding.decode_without_bom_handling(&decoded).0);
    }
    out.into_bytes()
}

/// What the runs of base64 characters decode to.
fn base64_runs(bytes: &[u8]) -> Vec<u8> {
    let in_run = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
    let mut runs: Vec<Vec<u8>> = vec![Vec::new()];
    for line in bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end) {
        // A folded body: lines of nothing else belong together.
        if !line.is_empty() && line.iter().all(in_run) {
            runs.last_mut().expect("never empty").extend_from_slice(line);
        } else {
            runs.extend(line.split(|byte| !in_run(byte)).map(<[u8]>::to_vec));
            runs.push(Vec::new());
        }
    }
    runs.iter().filter(|run| run.len() >= 16).filter_map(|run| base64_decode(run)).flatten().collect()
}

/// `text` without separators and invisible characters, in ASCII where that is what a character stands for.
#[must_use]
pub fn folded(text: &str) -> String {
    text.chars().filter_map(fold).flat_map(char::to_lowercase).collect()
}

fn fold(c: char) -> Option<char> {
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        'Ⅹ' | 'ⅹ' => 'x',
        _ => chinese_digit(c).unwrap_or(c),
    };
    let invisible = matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}');
    let separator = c.is_whitespace() && c != '\n' && c != '\t' || "-–—.·_()（）+".contains(c);
    (!invisible && !separator).then_some(c)
}

fn chinese_digit(c: char) -> Option<char> {
    let lists = ["〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"];
    let value = lists.iter().find_map(|list| list.chars().position(|digit| digit == c))?;
    char::from_digit(u32::try_from(value).ok()?, 10)
}

/// Output as text for a failing test's message, with digits blanked so that nothing readable gets into a log.
#[must_use]
pub fn blanked(bytes: &[u8]) -> String {
    let text: Cow<'_, str> = String::from_utf8_lossy(bytes);
    text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::sample;

    #[test]
    fn a_value_is_seen_however_it_is_written() {
        let input = sample();
        let phone = [1];
        for shown in [
            "x13800138000x",
            "１３８００１３８０００",
            "138-0013-8000",
            "138\u{200B}0013\u{AD}8000",
            "一三八〇〇一三八零零零",
            "&#49;38&#x30;0138000",
            "13<b>80</b>0138000",
            "%31380013800%30",
            r"\u0031380013800\u0030",
            r#"{"a":"{\"b\":\"13800138000\"}"}"#,
            "=3138001=\r\n38000",
        ] {
            assert_eq!(survivors(&input, shown.as_bytes()), phone, "{shown}");
        }
        let coded = crate::coding::base64("您的手机13800138000已绑定".as_bytes());
        assert_eq!(survivors(&input, format!("body={coded}&x=1").as_bytes()), phone);
        let (gbk, ..) = encoding_rs::GBK.encode("尊敬的欧阳明");
        assert_eq!(survivors(&input, &gbk), [0]);
    }

    #[test]
    fn a_mask_is_no_survivor() {
        let input = sample();
        for shown in ["尊敬的欧阳**，138******00，", "", "138001380", "尊敬的客户"] {
            assert_eq!(survivors(&input, shown.as_bytes()), [0; 0], "{shown}");
        }
    }

    #[test]
    fn what_the_sentence_says_anyway_is_no_survivor() {
        let mut input = sample();
        input.push("欧阳明月夜");
        assert_eq!(survivors(&input, "尊敬的欧阳**，138******00，欧阳明月夜".as_bytes()), [0; 0]);
        assert_eq!(survivors(&input, "尊敬的欧阳明，138******00，欧阳明月夜".as_bytes()), [0]);
    }
}
