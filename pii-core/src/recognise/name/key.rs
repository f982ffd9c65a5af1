//! Words as numbers, and where in a table a number is looked for. The build lays the tables out with this file too.

/// The longest word of the tables, in characters.
pub(crate) const WORD_LIMIT: usize = 4;

/// A word as a number that sorts as the word does; `None` for what no table can hold. No word is 0.
pub(crate) fn key(chars: &[char]) -> Option<u64> {
    if chars.is_empty() || chars.len() > WORD_LIMIT {
        return None;
    }
    let mut key = 0;
    for place in 0..WORD_LIMIT {
        let code = chars.get(place).map_or(0, |&c| u32::from(c));
        key = key << 16 | u64::from(u16::try_from(code).ok()?);
    }
    Some(key)
}

/// The places of a table of `len`, a power of two, in the order in which a key is looked for: up to the first that is free.
pub(crate) fn places(key: u64, len: usize) -> impl Iterator<Item = usize> {
    // Fibonacci hashing: the highest bits of the product depend on all of the key, and on the first character in any case.
    let highest = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let start = (highest * len as u64) >> 32;
    (0..len).map(move |step| (start as usize + step) & (len - 1))
}
