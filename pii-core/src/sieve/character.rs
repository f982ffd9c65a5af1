//! Characters above 127: how Chinese words end that speak of a kind, what addresses are made of, what disguises numbers.

use super::spoken::Spoken;
use crate::fold;
use crate::recognise::address;
use crate::recognise::han::Forms;

/// What a character hints at. One bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sign(u8);

impl Sign {
    /// A word for a kind may end here, whatever stands before.
    pub(super) const WORD: Self = Self(1);
    /// The same where one of certain characters stands before it.
    const WORD_OF_PAIR: Self = Self(2);
    /// A detail of an address may begin here.
    pub(super) const ADDRESS: Self = Self(4);
    /// A number may be disguised.
    pub(super) const DISGUISE: Self = Self(8);
    /// The name of a document's field may end here.
    pub(super) const FIELD: Self = Self(16);
    const FIELD_OF_PAIR: Self = Self(32);
    /// It has a simplified form, in which words and names are compared.
    const TRADITIONAL: Self = Self(64);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// The basic plane. What is beyond it is rare.
const PLANE: usize = 1 << 16;

/// What each character of the basic plane hints at.
pub(super) struct Characters {
    signs: Box<[u8; PLANE]>,
    /// The last two characters of words and names, of either: one bit each, by hash.
    pairs: Box<[u64; PAIRS / 64]>,
}

/// Bits of the table of pairs.
const PAIRS: usize = 1 << 16;

/// A character above 127 in a text.
#[derive(Clone, Copy)]
pub(super) struct Character {
    /// In its simplified form.
    pub(super) code: u32,
    pub(super) len: usize,
    pub(super) sign: Sign,
    /// It has a simplified form.
    pub(super) is_traditional: bool,
}

impl Characters {
    pub(super) fn new(spoken: &Spoken<'_>) -> Self {
        let mut characters = Self { signs: zeroed(), pairs: zeroed() };
        for (code, sign) in (0u32..).zip(characters.signs.iter_mut()).skip(0x80) {
            let Some(c) = char::from_u32(code) else { continue };
            if fold::may_disguise(c) {
                *sign |= Sign::DISGUISE.0;
            }
            if Forms::get().simplified(c) != c {
                *sign |= Sign::TRADITIONAL.0;
            }
        }
        for first in address::first_of_details() {
            characters.sign(u32::from(first), Sign::ADDRESS);
        }
        for word in spoken.words() {
            characters.ends(word, Sign::WORD, Sign::WORD_OF_PAIR);
        }
        for name in spoken.fields() {
            characters.ends(name, Sign::FIELD, Sign::FIELD_OF_PAIR);
        }
        characters
    }

    /// Notes what a word ends in.
    fn ends(&mut self, word: &[u8], alone: Sign, of_pair: Sign) {
        let Ok(word) = std::str::from_utf8(word) else { return };
        let mut last: [u32; 2] = [0; 2];
        let mut before = 0;
        for c in word.chars() {
            let code = if c.is_ascii() { 0 } else { u32::from(c) };
            if code != 0 {
                last = [before, code];
            }
            before = code;
        }
        match last {
            [_, 0] => {}
            [0, last] => self.sign(last, alone),
            [before, last] => {
                self.sign(last, of_pair);
                let place = place(before, last);
                self.pairs[place / 64] |= 1 << (place % 64);
            }
        }
    }

    fn sign(&mut self, code: u32, sign: Sign) {
        if let Some(signs) = self.signs.get_mut(code as usize) {
            *signs |= sign.0;
        }
    }

    /// The character at the beginning of `text`, a byte above 127, behind one whose code is `before` (0: none above 127).
    /// `None` where it is no UTF-8 or beyond the basic plane, so that nothing is known of it.
    #[inline]
    pub(super) fn read(&self, text: &[u8], before: u32) -> Option<Character> {
        let (code, len) = decode(text)?;
        let sign = Sign(self.signs[code as usize]);
        if sign.is_none() {
            return Some(Character { code: u32::from(code), len, sign, is_traditional: false });
        }
        Some(self.told_apart(u32::from(code), len, sign, before))
    }

    /// The signs that hold behind `before`.
    fn told_apart(&self, mut code: u32, len: usize, mut sign: Sign, before: u32) -> Character {
        let is_traditional = sign.has(Sign::TRADITIONAL);
        if is_traditional {
            code = Forms::get().simplified_code(code);
            sign.0 = (sign.0 | self.signs.get(code as usize).copied().unwrap_or(0)) & !Sign::TRADITIONAL.0;
        }
        let of_pair = sign.0 & (Sign::WORD_OF_PAIR.0 | Sign::FIELD_OF_PAIR.0);
        if of_pair != 0 {
            sign.0 &= !of_pair;
            let place = place(before, code);
            if self.pairs[place / 64] >> (place % 64) & 1 == 1 {
                sign.0 |= of_pair >> 1;
            }
        }
        Character { code, len, sign, is_traditional }
    }
}

fn zeroed<T: Default + Copy, const N: usize>() -> Box<[T; N]> {
    vec![T::default(); N].into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!("it has N"))
}

fn place(before: u32, code: u32) -> usize {
    let pair = u64::from(before) << 32 | u64::from(code);
    (pair.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as usize
}

/// The character of the basic plane that a text begins with, which is above 127, and its length.
#[inline]
fn decode(text: &[u8]) -> Option<(u16, usize)> {
    let is_tail = |byte: u8| byte & 0xC0 == 0x80;
    let low = |byte: u8| u16::from(byte & 0x3F);
    if let Some(&[lead @ 0xE0..=0xEF, second, third]) = text.first_chunk::<3>() {
        return (is_tail(second) && is_tail(third)).then(|| (u16::from(lead) << 12 | low(second) << 6 | low(third), 3));
    }
    match *text {
        [lead @ 0xC2..=0xDF, second, ..] if is_tail(second) => Some((u16::from(lead & 0x1F) << 6 | low(second), 2)),
        _ => None,
    }
}
