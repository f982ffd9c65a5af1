//! FF1's ten rounds on two integers: strings whose halves fit 64 bits each.
//!
//! All that the rounds share (the block P, the tweak, its padding) goes through the cipher once, when a length is set up, so
//! that each round is one block. Names are those of SP 800-38G, algorithms 7 and 8.

use super::super::cipher::{Block, Cipher};
use super::modulus::{Mask, Modulus, Narrow, Wide};
use cipher::consts::U16;
use cipher::{BlockCipherEncBackend, BlockCipherEncClosure, BlockSizeUser};

const ROUNDS: u128 = 10;

/// How many values go through the rounds together: what fills AVX-512 registers, the widest that the ciphers use.
pub(super) const LANES: usize = 64;

/// What is kept of a value and goes into the tweak has this many bytes.
const KEPT_BYTES: usize = 3;

/// The rounds for one radix, length and tweak, in the arithmetic that its halves take.
#[derive(Clone)]
pub(super) enum Packed {
    Mask(Rounds<Mask>),
    Narrow(Rounds<Narrow>),
    Wide(Rounds<Wide>),
}

#[derive(Clone, Copy)]
pub(super) struct Rounds<M> {
    /// The chained value before the last block of Q, with that block's constant part added.
    constant: u128,
    /// How many bits are NUM(B), and with that where the round's number stands: 8 b.
    number_bits: u32,
    /// How far the block R is shifted, so that the first d bytes are left.
    result_shift: u32,
    /// Where in the last block the kept part stands.
    kept_shift: u32,
    /// radix^u
    first: M,
    /// radix^v
    second: M,
}

/// A string as two integers: its first u numerals, and the other v.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Halves {
    pub(super) a: u64,
    pub(super) b: u64,
}

/// Which way the rounds go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Direction {
    Encrypt,
    Decrypt,
}

/// A value on its way through the rounds.
#[derive(Clone, Copy, Default)]
pub(super) struct Lane {
    /// Below 2^24, and 0 where nothing is kept.
    pub(super) kept: u32,
    pub(super) halves: Halves,
}

impl Packed {
    /// `None` where a half does not fit 64 bits, or the kept part not the last block (`has_kept`, and a long tweak or
    /// string).
    pub(super) fn new(cipher: &Cipher, radix: u32, length: usize, tweak: &[u8], has_kept: bool) -> Option<Self> {
        let u = length / 2;
        let v = length - u;
        let power = |numerals: usize| u128::from(radix).checked_pow(u32::try_from(numerals).ok()?);
        let (first, second) = (power(u)?, power(v)?);
        // b = ⌈⌈v log2(radix)⌉ / 8⌉, as the bytes of the greatest half: exact, where logarithms are rounded.
        let b = usize::try_from((u128::BITS - (second - 1).leading_zeros()).div_ceil(8)).ok()?;
        let d = 4 * b.div_ceil(4) + 4;
        let t = tweak.len() + if has_kept { KEPT_BYTES } else { 0 };

        let mut p = [1, 2, 1, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        p[3..6].copy_from_slice(&radix.to_be_bytes()[1..]);
        p[7] = u8::try_from(u % 256).ok()?;
        p[8..12].copy_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
        p[12..].copy_from_slice(&u32::try_from(t).ok()?.to_be_bytes());
        let mut q = vec![0; (t + 1 + b).next_multiple_of(16)];
        q.get_mut(..tweak.len())?.copy_from_slice(tweak);
        let behind_tweak = q.len() - t;
        if b > 8 || has_kept && behind_tweak + KEPT_BYTES > 16 {
            return None;
        }
        let mut blocks: Vec<[u8; 16]> = q.as_chunks().0.to_vec();
        let last = blocks.pop()?;
        let constant = cipher.chain([p].into_iter().chain(blocks)) ^ u128::from_be_bytes(last);
        let [number_bits, d_bits, behind] = [b, d, behind_tweak].map(|bytes| u32::try_from(8 * bytes).unwrap_or(0));
        let kept_shift = if has_kept { behind } else { 0 };
        let shared = Rounds { constant, number_bits, result_shift: 128 - d_bits, kept_shift, first: (), second: () };
        // With b up to 4, d is 8 and the halves have 32 bits at most.
        let mask = Mask::new(first).zip(Mask::new(second)).map(|moduli| Self::Mask(shared.modulo(moduli)));
        let narrow = || Narrow::new(first).zip(Narrow::new(second)).map(|moduli| Self::Narrow(shared.modulo(moduli)));
        let wide = || Wide::new(first).zip(Wide::new(second)).map(|moduli| Self::Wide(shared.modulo(moduli)));
        mask.or_else(narrow).or_else(wide)
    }

    /// The greatest integer that a string is.
    pub(super) fn greatest(&self) -> u128 {
        let [u, v] = match self {
            Self::Mask(rounds) => rounds.moduli(),
            Self::Narrow(rounds) => rounds.moduli(),
            Self::Wide(rounds) => rounds.moduli(),
        };
        (u - 1) * v + (v - 1)
    }

    /// The halves of a string that is given as one integer.
    #[inline]
    pub(super) fn split(&self, number: u128) -> Halves {
        let (a, b) = match self {
            Self::Mask(rounds) => rounds.second.divide(number),
            Self::Narrow(rounds) => rounds.second.divide(number),
            Self::Wide(rounds) => rounds.second.divide(number),
        };
        Halves { a, b }
    }

    /// The string as one integer.
    #[inline]
    pub(super) fn join(&self, halves: Halves) -> u128 {
        let second = match self {
            Self::Mask(rounds) => rounds.second.value(),
            Self::Narrow(rounds) => rounds.second.value(),
            Self::Wide(rounds) => rounds.second.value(),
        };
        u128::from(halves.a) * second + u128::from(halves.b)
    }

    /// One value through all rounds.
    #[inline]
    pub(super) fn run(&self, cipher: &Cipher, direction: Direction, mut lane: Lane) -> Halves {
        match self {
            Self::Mask(rounds) => cipher.run(One { rounds, direction, lane: &mut lane }),
            Self::Narrow(rounds) => cipher.run(One { rounds, direction, lane: &mut lane }),
            Self::Wide(rounds) => cipher.run(One { rounds, direction, lane: &mut lane }),
        }
        lane.halves
    }

    /// Many values through all rounds.
    pub(super) fn run_each(&self, cipher: &Cipher, direction: Direction, lanes: &mut [Lane]) {
        for lanes in lanes.chunks_mut(LANES) {
            match self {
                Self::Mask(rounds) => rounds.run_each(cipher, direction, lanes),
                Self::Narrow(rounds) => rounds.run_each(cipher, direction, lanes),
                Self::Wide(rounds) => rounds.run_each(cipher, direction, lanes),
            }
        }
    }
}

impl<T: Copy> Rounds<T> {
    fn modulo<M>(self, (first, second): (M, M)) -> Rounds<M> {
        let Self { constant, number_bits, result_shift, kept_shift, .. } = self;
        Rounds { constant, number_bits, result_shift, kept_shift, first, second }
    }
}

impl<M: Modulus> Rounds<M> {
    fn moduli(&self) -> [u128; 2] {
        [self.first.value(), self.second.value()]
    }

    /// At most [`LANES`] values. A copy of `self` lets the loops keep its fields in registers.
    fn run_each(self, cipher: &Cipher, direction: Direction, lanes: &mut [Lane]) {
        let mut blocks = [Block::default(); LANES];
        let Some(blocks) = blocks.get_mut(..lanes.len()) else { return };
        for round in 0..ROUNDS {
            for (lane, block) in lanes.iter().zip(&mut *blocks) {
                *block = self.block(direction, round, lane);
            }
            cipher.encrypt_blocks(blocks);
            for (lane, block) in lanes.iter_mut().zip(&*blocks) {
                self.turn(direction, round, lane, block);
            }
        }
    }

    /// The last block of P || Q, with what the ones before it come to: steps 6.i and, but for the cipher, 6.ii.
    #[inline(always)]
    fn block(&self, direction: Direction, round: u128, lane: &Lane) -> Block {
        let (number, i) = match direction {
            Direction::Encrypt => (lane.halves.b, round),
            Direction::Decrypt => (lane.halves.a, ROUNDS - 1 - round),
        };
        debug_assert!(lane.kept < 1 << (8 * KEPT_BYTES));
        let kept = u128::from(lane.kept) << self.kept_shift;
        let block = self.constant ^ kept ^ (i << self.number_bits) ^ u128::from(number);
        Block::from(block.to_be_bytes())
    }

    /// Steps 6.iii to 6.ix. ROUNDS is even, so the first round backwards is an odd one.
    #[inline(always)]
    fn turn(&self, direction: Direction, round: u128, lane: &mut Lane, block: &Block) {
        let y = u128::from_be_bytes(block.0) >> self.result_shift;
        let Halves { a, b } = lane.halves;
        let is_even = round.is_multiple_of(2);
        lane.halves = match direction {
            Direction::Encrypt => Halves { a: b, b: if is_even { self.first } else { self.second }.add(a, y) },
            Direction::Decrypt => Halves { a: if is_even { self.second } else { self.first }.sub(b, y), b: a },
        };
    }
}

/// All rounds of one value, run inside the cipher.
struct One<'l, M> {
    rounds: &'l Rounds<M>,
    direction: Direction,
    lane: &'l mut Lane,
}

impl<M> BlockSizeUser for One<'_, M> {
    type BlockSize = U16;
}

impl<M: Modulus> BlockCipherEncClosure for One<'_, M> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        // A copy stays in registers.
        let mut lane = *self.lane;
        for round in 0..ROUNDS {
            let mut block = self.rounds.block(self.direction, round, &lane);
            backend.encrypt_block_inplace(&mut block);
            self.rounds.turn(self.direction, round, &mut lane, &block);
        }
        *self.lane = lane;
    }
}
