//! How a surrogate is written: mark, Base32, check character.

use super::check_character;
use crate::base32;

/// How many bytes a mark is written with.
pub(super) const MARK_BYTES: usize = 4;

/// What a surrogate is, by its first four characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `pit_`: a deterministic token.
    Token,
    /// `piv_`: a random token of a vault.
    Vault,
    /// `pih_`: a keyed digest, which leads back to nothing.
    Digest,
    /// `pis_`: a sealed value.
    Sealed,
    /// `pie_`: a wrapped data key.
    Envelope,
}

impl Mark {
    const ALL: [Self; 5] = [Self::Token, Self::Vault, Self::Digest, Self::Sealed, Self::Envelope];

    /// The four characters.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Token => "pit_",
            Self::Vault => "piv_",
            Self::Digest => "pih_",
            Self::Sealed => "pis_",
            Self::Envelope => "pie_",
        }
    }

    /// The mark that `bytes` begin with, in either case.
    pub(super) fn at_start(bytes: &[u8]) -> Option<Self> {
        let start = bytes.get(..MARK_BYTES)?;
        Self::ALL.into_iter().find(|mark| mark.prefix().as_bytes().eq_ignore_ascii_case(start))
    }
}

/// Writes a surrogate.
pub(crate) fn write(mark: Mark, bytes: &[u8]) -> String {
    let mut out = String::with_capacity(MARK_BYTES + bytes.len() * 8 / 5 + 2);
    out.push_str(mark.prefix());
    base32::encode(bytes, &mut out);
    with_check(out)
}

/// Puts the check character behind what stands there.
pub(super) fn with_check(mut out: String) -> String {
    out.push(check_character::of(out.as_bytes()));
    out
}

/// The bytes of a surrogate that is written with this mark. `None` for anything that [`write`] does not write.
pub(crate) fn read(mark: Mark, text: &[u8]) -> Option<Vec<u8>> {
    (Mark::at_start(text)? == mark && check_character::is_right(text)).then_some(())?;
    let (_, body) = text.split_last()?;
    base32::decode(body.get(MARK_BYTES..)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in 0..40 {
            let bytes = vec![0xC3; length];
            let text = write(Mark::Sealed, &bytes);
            assert_eq!(read(Mark::Sealed, text.as_bytes()), Some(bytes.clone()));
            assert_eq!(read(Mark::Sealed, text.to_uppercase().as_bytes()), Some(bytes));
            assert_eq!(read(Mark::Envelope, text.as_bytes()), None);
            assert_eq!(read(Mark::Envelope, text.replace("pis_", "pie_").as_bytes()), None);
        }
        for bad in [&b""[..], b"pis", b"pis_", b"\xff\xff\xff\xff\xff"] {
            assert_eq!(read(Mark::Sealed, bad), None);
        }
    }
}
