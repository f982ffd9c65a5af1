//! Writes text in a charset.

use encoding_rs::GB18030;
use pii_core::Coding;

/// Appends `text` in the charset that `coding` stands for; in UTF-8 for codings that are no charsets. GB18030 and UTF-16
/// can write every character.
pub(crate) fn write(coding: Coding, text: &str, out: &mut Vec<u8>) {
    match coding {
        Coding::Gb18030 => out.extend_from_slice(&GB18030.encode(text).0),
        Coding::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        Coding::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        _ => out.extend_from_slice(text.as_bytes()),
    }
}
