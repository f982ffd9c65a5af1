//! What numbers begin with, and how long they are then.

use super::RUN_LIMIT;

/// The lengths, one bit each, of the values that begin with two characters.
#[derive(Debug)]
pub(crate) struct Beginnings {
    /// By byte: the number of the character, in either case; that of all others is [`OTHER`].
    numbers: [u8; 256],
    by_two: Box<[u64; CHARACTERS * CHARACTERS]>,
    /// All lengths, one bit each.
    lengths: u64,
}

/// Digits, letters, and all else.
const CHARACTERS: usize = 37;

const OTHER: u8 = CHARACTERS as u8 - 1;

impl Beginnings {
    pub(super) fn none() -> Self {
        let number = |byte: usize| match (byte as u8).to_ascii_uppercase() {
            digit @ b'0'..=b'9' => digit - b'0',
            letter @ b'A'..=b'Z' => letter - b'A' + 10,
            _ => OTHER,
        };
        Self { numbers: std::array::from_fn(number), by_two: Box::new([0; CHARACTERS * CHARACTERS]), lengths: 0 }
    }

    /// Takes the values of a length that begin with two characters of which `begins` is true, in upper case.
    pub(super) fn add(&mut self, length: usize, begins: impl Fn(u8, u8) -> bool) {
        let characters = (b'0'..=b'9').chain(b'A'..=b'Z').chain([0]);
        let pairs = characters.clone().flat_map(|first| characters.clone().map(move |second| (first, second)));
        for ((first, second), lengths) in pairs.zip(self.by_two.iter_mut()) {
            if begins(first, second) || length == 1 {
                *lengths |= 1 << length;
                self.lengths |= 1 << length;
            }
        }
    }

    /// All lengths.
    pub(crate) fn lengths(&self) -> u64 {
        self.lengths
    }

    /// The lengths of the values that begin with these, in either case.
    #[inline]
    pub(crate) fn lengths_behind(&self, [first, second]: [u8; 2]) -> u64 {
        let number = |byte: u8| usize::from(self.numbers[usize::from(byte)]);
        self.by_two[number(first) * CHARACTERS + number(second)]
    }

    /// Whether a value of `length` characters may begin with these.
    #[inline]
    pub(crate) fn may_begin(&self, [first, second]: [u8; 2], length: usize) -> bool {
        length <= RUN_LIMIT
            && self.lengths >> length & 1 == 1
            && self.lengths_behind([first, second]) >> length & 1 == 1
    }

    /// The same of a value that is given.
    #[inline]
    pub(crate) fn may_be(&self, value: &[u8]) -> bool {
        match *value {
            [] => false,
            [only] => self.may_begin([only, 0], 1),
            [first, second, ..] => self.may_begin([first, second], value.len()),
        }
    }

    /// The shortest of those that begin with a digit.
    pub(crate) fn shortest_of_digits(&self) -> usize {
        self.by_two.iter().take(10 * CHARACTERS).fold(0, |all, lengths| all | lengths).trailing_zeros() as usize
    }
}
