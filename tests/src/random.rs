//! A small seeded generator of pseudo-random numbers, so that a corpus is a pure function of its seed.
//!
//! SplitMix64 (Steele, Lea, Flood 2014): one addition and three mixing steps, the same on every platform and in every
//! version of this crate. Neither the clock nor the operating system's randomness is asked, and nothing here is secret.

/// A stream of pseudo-random numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `limit - 1`. The bias of the plain remainder is below 2^-40 for every limit in use.
    ///
    /// # Panics
    /// When `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        assert!(limit > 0, "a choice needs at least one possibility");
        let drawn = self.bits() % limit as u64;
        usize::try_from(drawn).expect("smaller than limit, which is a usize")
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// `count` characters, each one of `alphabet`.
    pub fn string(&mut self, alphabet: &str, count: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| self.pick(&letters)).collect()
    }

    /// `count` decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        self.string("0123456789", count)
    }

    /// `count` decimal digits of which the first is not zero.
    pub fn number(&mut self, count: usize) -> String {
        self.string("123456789", 1) + &self.digits(count - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_stream_is_splitmix64() {
        // The first outputs for seed 1234567, as the algorithm's published test gives them.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
        assert_eq!(random.bits(), 9_817_491_932_198_370_423);
    }

    #[test]
    fn draws_stay_in_their_range_and_reach_both_ends() {
        let mut random = Random::new(1);
        let drawn: Vec<usize> = (0..500).map(|_| random.between(3, 7)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&3), Some(&7)));
        assert!((0..500).all(|_| !random.number(6).starts_with('0')));
        assert_eq!(random.digits(12).len(), 12);
    }
}
