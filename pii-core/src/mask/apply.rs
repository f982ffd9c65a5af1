//! A value and a mask: what a reader gets to see.

use super::layout::{Layout, Space};
use super::{Mask, Method, Shape, contact, date, device, number};

/// A value to be masked.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    /// The value as it was found, folded (ASCII digits), possibly with separators in it.
    pub text: &'a str,
    /// Its characters in the case that they are written in, separators gone. What is shown of numbers is taken from here.
    pub canonical: &'a str,
    /// Where its parts end, if a recogniser found parts. Without it, names and addresses show nothing.
    pub split: Option<Split>,
}

/// Where the parts of a value end: bytes of [`Value::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// A person's name.
    Name {
        /// How long the surname is; of names without one (minority and Latin names), the first character.
        surname: usize,
    },
    /// An address. 0 stands for a level that was not found.
    Address {
        /// Where the city ends; for a city that is a province too, where that ends.
        city: usize,
        /// Where the county or district ends.
        county: usize,
        /// Where the road ends.
        road: usize,
    },
}

/// What stands in place of `value`.
///
/// Shows what the mask allows, or less: the value may be too short for it, not written as its kind is, or have no room.
/// Line breaks inside the value stay (at the end of what stands for it), so lines stay lines. A value under
/// [`Method::Pass`] comes back as it was found. Linear in the length of the value.
#[must_use]
pub fn apply(mask: &Mask, value: &Value<'_>, shape: &Shape, space: Space) -> String {
    if mask.method() == Method::Pass {
        return value.text.to_owned();
    }
    if memchr::memchr2(b'\r', b'\n', value.text.as_bytes()).is_none() {
        return layout(mask, value, shape).write(shape, space);
    }
    let breaks: String = value.text.chars().filter(|c| matches!(c, '\r' | '\n')).collect();
    let space = space.less(space.width_of(&breaks));
    let text = layout(mask, value, shape).write(shape, space);
    text.replace(['\r', '\n'], "") + &breaks
}

fn layout<'a>(mask: &Mask, value: &Value<'a>, shape: &Shape) -> Layout<'a> {
    match mask.method() {
        Method::Keep | Method::TailOfAccount if shape.reads_as_text() => keep_as_text(mask, value.canonical),
        Method::Keep | Method::TailOfAccount => number::keep(mask, value.canonical),
        Method::Surname => contact::surname(mask, value.text, surname_bytes(value.split)),
        Method::Email if shape.reads_as_text() => Layout::hidden(STARS_AS_TEXT),
        Method::Email => contact::email(mask, value.text),
        Method::Address => contact::address(mask, value.text, kept_bytes(mask, value)),
        Method::Date => date::date(mask, value.text),
        Method::AreaCode => contact::area_code(mask, value.text),
        Method::Octets => device::octets(mask, value.text),
        Method::Groups => device::groups(mask, value.text),
        Method::Drop | Method::Pass => Layout::hidden(mask.stars()),
    }
}

/// Fewer letters X than this behind another letter are a word, not a mask.
const STARS_AS_TEXT: usize = 4;

/// With a letter as the mask character, only what is mostly digits still reads as masked: of `ZHANGSAN`, nothing is shown.
fn keep_as_text<'a>(mask: &Mask, canonical: &'a str) -> Layout<'a> {
    let digits = canonical.bytes().filter(u8::is_ascii_digit).count();
    if digits * 2 <= canonical.chars().count() {
        return Layout::hidden(STARS_AS_TEXT);
    }
    number::keep(&mask.with_stars_at_least(STARS_AS_TEXT), canonical)
}

fn surname_bytes(split: Option<Split>) -> Option<usize> {
    match split {
        Some(Split::Name { surname }) => Some(surname),
        _ => None,
    }
}

/// The end of the lowest level that the mask shows and the address has. The county and the road are shown only where
/// something follows them: they are what is looked for at the door.
fn kept_bytes(mask: &Mask, value: &Value<'_>) -> usize {
    let Some(Split::Address { city, county, road }) = value.split else {
        return 0;
    };
    let shown = mask.parts().saturating_sub(1).min(3);
    let end = [city, county, road].into_iter().take(shown).rev().find(|end| *end > 0 && *end < value.text.len());
    end.or((city == value.text.len() && shown > 0).then_some(city)).unwrap_or(0)
}

impl Mask {
    /// How many characters of a canonical value are shown at its beginning and at its end: for counting what is left to
    /// guess. (0, 0) for masks that show parts and not characters.
    #[must_use]
    pub fn shown_ends(&self, canonical: &str) -> (usize, usize) {
        number::shown_ends(self, canonical)
    }
}
