//! Adding and subtracting modulo a power of the radix, without a division.

use std::hint::select_unpredictable;

/// Numbers below 2^96 are added to and taken from numbers that are below the modulus.
pub(super) trait Modulus: Copy {
    /// The modulus itself.
    fn value(self) -> u128;

    /// `a + y`, where `a` is below the modulus and `y` below 2^96.
    fn add(self, a: u64, y: u128) -> u64;

    /// `a − y`, where `a` is below the modulus and `y` below 2^96.
    fn sub(self, a: u64, y: u128) -> u64;

    /// How often the modulus goes into a number, and what is left. The quotient fits 64 bits, as a half of a string does.
    fn divide(self, number: u128) -> (u64, u64);
}

/// A power of two up to 2^64, as the mask of its bits.
#[derive(Clone, Copy)]
pub(super) struct Mask(u64);

/// A modulus of at most 2^32, for `y` below 2^64: what decimal strings of up to 18 digits take.
#[derive(Clone, Copy)]
pub(super) struct Narrow {
    modulus: u64,
    /// ⌊2^64 / modulus⌋, or the greatest number below for 1.
    reciprocal: u64,
}

/// Any modulus below 2^64, with its reciprocal: dividing by multiplying, after Möller and Granlund, "Improved division by
/// invariant integers" (2011), algorithm 4. The processor's own division of 128 bits takes several times as long.
#[derive(Clone, Copy)]
pub(super) struct Wide {
    /// The modulus, shifted so far that its highest bit is set.
    shifted: u64,
    shift: u32,
    /// ⌊(2^128 − 1) / shifted⌋ − 2^64
    reciprocal: u64,
}

impl Mask {
    /// `None` unless it is a power of two up to 2^64.
    pub(super) fn new(modulus: u128) -> Option<Self> {
        if modulus.is_power_of_two() { u64::try_from(modulus - 1).ok().map(Self) } else { None }
    }
}

impl Narrow {
    /// `None` unless it is 1 to 2^32.
    pub(super) fn new(modulus: u128) -> Option<Self> {
        let modulus = u64::try_from(modulus).ok().filter(|modulus| (1..=1 << 32).contains(modulus))?;
        let reciprocal = u64::try_from((1u128 << 64) / u128::from(modulus)).unwrap_or(u64::MAX);
        Some(Self { modulus, reciprocal })
    }

    #[inline(always)]
    fn remainder(self, y: u128) -> u64 {
        let y = low(y);
        // The estimate is the quotient or one less: what the reciprocal lacks is less than one, and so y of 2^64 of it.
        let estimate = high(u128::from(y) * u128::from(self.reciprocal));
        let rest = y.wrapping_sub(estimate.wrapping_mul(self.modulus));
        below(rest, self.modulus)
    }
}

impl Wide {
    /// `None` unless it is 1 to 2^64 − 1.
    pub(super) fn new(modulus: u128) -> Option<Self> {
        let modulus = u64::try_from(modulus).ok().filter(|modulus| *modulus > 0)?;
        let shift = modulus.leading_zeros();
        let shifted = modulus << shift;
        let reciprocal = u64::try_from(u128::MAX / u128::from(shifted) - (1 << 64)).ok()?;
        Some(Self { shifted, shift, reciprocal })
    }

    #[inline(always)]
    fn modulus(self) -> u64 {
        self.shifted >> self.shift
    }

    #[inline(always)]
    fn remainder(self, y: u128) -> u64 {
        // One step takes a quotient of 64 bits. A modulus below 2^32 may leave more of a number over 64 bits: then the
        // upper 64 bits go first, and what is left of them is below 2^32 and has room for the lower 32.
        if self.shift >= 32 && y >> 64 != 0 {
            let left = self.step(y >> 32 << self.shift);
            return self.step((u128::from(left) << 32 | y & 0xFFFF_FFFF) << self.shift);
        }
        self.step(y << self.shift)
    }

    /// The remainder, shifted back, of a shifted number whose upper half is below the shifted modulus.
    #[inline(always)]
    fn step(self, shifted: u128) -> u64 {
        let (upper, lower) = (high(shifted), low(shifted));
        debug_assert!(upper < self.shifted);
        let quotient = (u128::from(self.reciprocal) * u128::from(upper)).wrapping_add(shifted);
        let estimate = high(quotient).wrapping_add(1);
        let rest = lower.wrapping_sub(estimate.wrapping_mul(self.shifted));
        let rest = select_unpredictable(rest > low(quotient), rest.wrapping_add(self.shifted), rest);
        below(rest, self.shifted) >> self.shift
    }
}

impl Modulus for Mask {
    fn value(self) -> u128 {
        u128::from(self.0) + 1
    }

    #[inline(always)]
    fn add(self, a: u64, y: u128) -> u64 {
        a.wrapping_add(low(y)) & self.0
    }

    #[inline(always)]
    fn sub(self, a: u64, y: u128) -> u64 {
        a.wrapping_sub(low(y)) & self.0
    }

    fn divide(self, number: u128) -> (u64, u64) {
        (low(number >> self.0.count_ones()), low(number) & self.0)
    }
}

impl Modulus for Narrow {
    fn value(self) -> u128 {
        u128::from(self.modulus)
    }

    #[inline(always)]
    fn add(self, a: u64, y: u128) -> u64 {
        below(a + self.remainder(y), self.modulus)
    }

    #[inline(always)]
    fn sub(self, a: u64, y: u128) -> u64 {
        below(a + self.modulus - self.remainder(y), self.modulus)
    }

    #[inline(always)]
    fn divide(self, number: u128) -> (u64, u64) {
        // Two halves of at most 32 bits each.
        (low(number) / self.modulus, low(number) % self.modulus)
    }
}

impl Modulus for Wide {
    fn value(self) -> u128 {
        u128::from(self.modulus())
    }

    #[inline(always)]
    fn add(self, a: u64, y: u128) -> u64 {
        let modulus = self.modulus();
        let (sum, is_over) = a.overflowing_add(self.remainder(y));
        select_unpredictable(is_over | (sum >= modulus), sum.wrapping_sub(modulus), sum)
    }

    #[inline(always)]
    fn sub(self, a: u64, y: u128) -> u64 {
        let (difference, is_under) = a.overflowing_sub(self.remainder(y));
        select_unpredictable(is_under, difference.wrapping_add(self.modulus()), difference)
    }

    fn divide(self, number: u128) -> (u64, u64) {
        // The processor divides 64 bits far faster than 128.
        match u64::try_from(number) {
            Ok(number) => (number / self.modulus(), number % self.modulus()),
            Err(_) => (low(number / self.value()), low(number % self.value())),
        }
    }
}

/// A number below twice the modulus, less the modulus where it is not below. As likely as not: a branch would be guessed
/// wrong every other time, and tell by its time what the number is.
#[inline(always)]
fn below(number: u64, modulus: u64) -> u64 {
    select_unpredictable(number >= modulus, number.wrapping_sub(modulus), number)
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
#[inline(always)]
fn low(number: u128) -> u64 {
    number as u64
}

#[inline(always)]
fn high(number: u128) -> u64 {
    low(number >> 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hold(modulus: u128, a: u64, y: u128) {
        let a = u128::from(a) % modulus;
        let small = u64::try_from(a).unwrap();
        let (sum, difference) = ((a + y) % modulus, (a + modulus - y % modulus) % modulus);
        let quotient = (modulus - 1).min(small.into());
        let check = |made: &dyn Fn() -> (u128, [u64; 2], (u64, u64))| {
            let (value, [add, sub], divided) = made();
            assert_eq!(value, modulus);
            assert_eq!((u128::from(add), u128::from(sub)), (sum, difference), "{a}, {y}, modulo {modulus}");
            assert_eq!(divided, (u64::try_from(quotient).unwrap(), small), "{a}, {y}, modulo {modulus}");
        };
        let number = quotient * modulus + a;
        if let Some(mask) = Mask::new(modulus) {
            check(&|| (mask.value(), [mask.add(small, y), mask.sub(small, y)], mask.divide(number)));
        }
        if let Some(narrow) = Narrow::new(modulus).filter(|_| y < 1 << 64) {
            check(&|| (narrow.value(), [narrow.add(small, y), narrow.sub(small, y)], narrow.divide(number)));
        }
        if let Some(wide) = Wide::new(modulus) {
            check(&|| (wide.value(), [wide.add(small, y), wide.sub(small, y)], wide.divide(number)));
        }
    }

    #[test]
    fn at_the_edges() {
        let near = |n: u128| [n.saturating_sub(2), n.saturating_sub(1), n, n + 1, n + 2];
        let powers = (0..=64).map(|bits| 1u128 << bits).chain((0..20).map(|digits| 10u128.pow(digits)));
        for modulus in powers.flat_map(near).filter(|modulus| (1..=1 << 64).contains(modulus)) {
            let sizes = [0, 1 << 32, 1 << 63, 1 << 64, modulus, modulus << 31, (1 << 96) - 3];
            for y in sizes.into_iter().flat_map(near).filter(|y| *y < 1 << 96) {
                for a in [0, 1, u64::MAX / 2, u64::MAX] {
                    hold(modulus, a, y);
                }
            }
        }
        for none in [0, (1 << 64) + 1] {
            assert!(Mask::new(none).is_none() && Narrow::new(none).is_none() && Wide::new(none).is_none());
        }
        assert!(Mask::new(10).is_none() && Narrow::new((1 << 32) + 1).is_none() && Wide::new(1 << 64).is_none());
    }

    proptest! {
        #[test]
        fn it_is_arithmetic(modulus in 1u64.., cut in 0u32..64, a: u64, y in 0u128..1 << 96, y_cut in 0u32..96) {
            hold(u128::from((modulus >> cut).max(1)), a, y >> y_cut);
        }
    }
}
