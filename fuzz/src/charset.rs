//! The same text in another charset is masked the same way.

use crate::document::{check_with, difference};
use crate::masker::masker;
use pii_formats::{Charset, Format, Options};

/// The first byte says which charset, and whether the rest is text to be written in it or already is.
pub(crate) fn check(input: &[u8]) {
    let Some((&choice, rest)) = input.split_first() else { return };
    let charset = [Charset::Utf8, Charset::Gb18030, Charset::Utf16Le, Charset::Utf16Be][usize::from(choice & 3)];
    if choice & 4 == 0 {
        check_with(&Options { format: Some(Format::Text), charset: Some(charset), ..Options::default() }, rest);
        // Found out, format too.
        check_with(&Options::default(), rest);
    } else if let Ok(text) = std::str::from_utf8(rest) {
        is_masked_alike(text, charset);
    }
}

fn is_masked_alike(text: &str, charset: Charset) {
    let written = write(text, charset);
    if read(&written, charset).as_deref() != Some(text) {
        // Some private-use characters have no place in GB 18030.
        return;
    }
    let options = |charset| Options { format: Some(Format::Text), charset: Some(charset), ..Options::default() };
    let plain = masker().mask(text.as_bytes(), &options(Charset::Utf8)).expect("text is always read");
    let Some(other) = check_with(&options(charset), &written) else { panic!("text is always read") };
    let back = read(&other.bytes, charset).expect("what was text stays text");
    assert!(back.as_bytes() == plain.bytes, "{charset:?}: {}", difference(back.as_bytes(), &plain.bytes));
    let kinds = |reports: &[pii_formats::Report]| reports.iter().map(|report| report.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&other.reports), kinds(&plain.reports), "{charset:?}");
}

fn write(text: &str, charset: Charset) -> Vec<u8> {
    match charset {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
        Charset::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Charset::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

fn read(bytes: &[u8], charset: Charset) -> Option<String> {
    let encoding = match charset {
        Charset::Utf8 => encoding_rs::UTF_8,
        Charset::Gb18030 => encoding_rs::GB18030,
        Charset::Utf16Le => encoding_rs::UTF_16LE,
        Charset::Utf16Be => encoding_rs::UTF_16BE,
    };
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_from_every_charset() {
        for charset in [Charset::Utf8, Charset::Gb18030, Charset::Utf16Le, Charset::Utf16Be] {
            assert_eq!(read(&write("手机1😀", charset), charset).as_deref(), Some("手机1😀"), "{charset:?}");
            is_masked_alike("手机13800138000", charset);
        }
    }
}
