//! Postal addresses: in free text by their own grammar, behind a label, and as a whole field.
//!
//! A province or a city alone says little, and the names of firms hold places, so free text needs divisions with
//! details behind them, or a road and a number with a building or room. This module knows no labels, rules or masks.

mod component;
mod division;
mod find;
mod labelled;
mod latin;
mod parse;
mod window;
mod words;

use parse::Parsed;
use std::ops::Range;
use window::Window;

pub(crate) use find::{find, first_of_details, is_detail, is_in};
pub(crate) use labelled::{after_label, whole};

/// Where the parts of an address end that a mask may keep: bytes from the address's beginning, each at least as much as
/// the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Levels {
    /// Behind province and city: profile `strict`. 0 when it begins with a county or a road.
    pub city_end: usize,
    /// Behind the county: profile `usual`.
    pub county_end: usize,
    /// Behind the first road, or the town when there is no road: profile `lenient`.
    pub road_end: usize,
}

/// An address that was found. Holds its place and never its text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AddressMatch {
    /// Bytes of the text that was given.
    pub span: Range<usize>,
    /// 0 to 1.
    pub confidence: f32,
    /// What of it a mask may keep.
    pub kept: Levels,
}

/// Where the parts of an address end that a mask may keep. Of an address in Latin letters nothing is kept.
pub(crate) fn levels(value: &str) -> Levels {
    let window = Window::at(value.as_bytes(), 0);
    levels_of(&window, &parse::parse(window.chars()))
}

fn levels_of(window: &Window, parsed: &Parsed) -> Levels {
    let bytes = |chars: usize| window.place(chars) - window.place(0);
    Levels { city_end: bytes(parsed.city_end), county_end: bytes(parsed.county_end), road_end: bytes(parsed.road_end) }
}

#[cfg(test)]
mod tests;
