//! Maps whose keys are numbers: words of a few characters, packed into 64 bits.
//!
//! The tables that are looked up for every character of a name, and for every character that may end a label, come from
//! files that are part of the rules. Nobody outside can choose keys that collide, so one multiplication is hash enough.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map from numbers.
pub(crate) type NumberMap<V> = HashMap<u64, V, BuildHasherDefault<OneNumber>>;

/// Hashes one number.
#[derive(Default)]
pub(crate) struct OneNumber(u64);

impl Hasher for OneNumber {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // Fibonacci hashing. The table takes its index from the low bits and its tag from the high ones, so the high half
        // of the product, which depends on all of the number, is folded onto the low one.
        let spread = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = spread ^ spread >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_words_spread_over_the_table() {
        let hash = |number: u64| {
            let mut hasher = OneNumber::default();
            hasher.write_u64(number);
            hasher.finish()
        };
        // Pairs of Han characters, as words are packed: none of 64 buckets holds three times its share.
        let mut buckets = [0u32; 64];
        for first in 0x4E00..0x4E40u64 {
            for second in 0x5000..0x5040u64 {
                buckets[(hash(first << 48 | second << 32) & 63) as usize] += 1;
            }
        }
        assert!(buckets.iter().all(|count| *count < 3 * 64), "{buckets:?}");
    }
}
