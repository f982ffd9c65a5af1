//! Sets of ASCII characters, as rules write them: `0-9A-HJ-NP-Z`.

/// A set of ASCII characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AsciiSet(u128);

impl AsciiSet {
    /// Reads single characters and ranges. A `-` at the beginning or the end stands for itself.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bytes = text.as_bytes();
        if !text.is_ascii() {
            return Err("only ASCII characters can stand here: text is folded before it is searched".to_owned());
        }
        let mut set = Self::default();
        let mut at = 0;
        while at < bytes.len() {
            if at + 2 < bytes.len() && bytes[at + 1] == b'-' {
                let (low, high) = (bytes[at], bytes[at + 2]);
                if low > high {
                    return Err(format!("the range {}-{} runs backwards", low as char, high as char));
                }
                (low..=high).for_each(|b| set.0 |= 1 << b);
                at += 3;
            } else {
                set.0 |= 1 << bytes[at];
                at += 1;
            }
        }
        if set.0 == 0 { Err("the set is empty".to_owned()) } else { Ok(set) }
    }

    /// The characters of `text`, a `-` too: no ranges.
    pub(crate) fn each_of(text: &str) -> Result<Self, String> {
        if !text.is_ascii() {
            return Err("only ASCII characters can stand here: text is folded before it is searched".to_owned());
        }
        Ok(Self(text.bytes().fold(0, |set, byte| set | 1 << byte)))
    }

    /// The set and `byte`, which is an ASCII character.
    pub(crate) fn with(self, byte: u8) -> Self {
        Self(self.0 | 1 << (byte & 0x7F))
    }

    pub(crate) fn has(self, byte: u8) -> bool {
        // A shift of all 128 bits takes several times as long, and this is asked for every character of a number.
        let half = if byte < 64 { self.0 as u64 } else { (self.0 >> 64) as u64 };
        byte < 128 && half >> (byte & 63) & 1 == 1
    }

    /// The characters of both sets.
    pub(crate) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn holds(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    pub(crate) fn len(self) -> usize {
        self.0.count_ones() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_single_characters() {
        let set = AsciiSet::parse("0-9A-HJX").expect("well written");
        assert!(set.has(b'0') && set.has(b'9') && set.has(b'H') && set.has(b'X'));
        assert!(!set.has(b'I') && !set.has(b'a') && !set.has(0xE4));
        assert_eq!(set.len(), 20);
        let separators = AsciiSet::each_of(" -.").expect("ASCII");
        assert!(separators.has(b'-') && separators.has(b'.') && !separators.has(b',') && separators.len() == 3);
        assert!(AsciiSet::parse("-0-9").expect("a dash first").has(b'-'));
        assert!(AsciiSet::parse("9-0").is_err());
        assert!(AsciiSet::parse("零").is_err());
        assert!(AsciiSet::parse("").is_err());
    }
}
