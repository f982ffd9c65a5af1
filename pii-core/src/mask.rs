//! Masks: what is shown of a value, and what stands in place of the rest.
//!
//! A [`Mask`] is what a rule says for one [`Profile`] (show the first and the last character; keep the surname).
//! [`apply`] turns a value into what a reader gets to see. It fails closed: a value that is too short, or not written
//! as its kind is, shows less than the mask allows, and in doubt nothing at all.
//!
//! ```
//! use pii_core::mask::{Mask, Shape, Space, Value, apply};
//!
//! let mask = Mask::parse(None, 3, 2, None, 0, false).expect("known words and small numbers");
//! let value = Value { text: "138 0013 8000", canonical: "13800138000", split: None };
//! assert_eq!(apply(&mask, &value, &Shape::Stars, Space::free()), "138****00");
//! ```
//!
//! Masks know nothing of where a value was found, of channels or of consent. What they know of structure is the little
//! that [`Split`] tells: the recognisers of names and addresses find the parts, a mask keeps some of them.

mod apply;
mod contact;
mod date;
mod device;
mod floor;
mod layout;
mod method;
mod number;
mod profile;
mod seen;
mod shape;
#[cfg(test)]
mod tests;

pub use apply::{Split, Value, apply};
pub use floor::{Beside, BirthKnown, Kept, Numbered, WhyWider, Widening, hold_floor};
pub use layout::Space;
pub use method::{Mask, Method, SHOWN_LIMIT, STARS_LIMIT};
pub use profile::Profile;
pub use seen::{is_beside_stars, looks_masked};
pub use shape::Shape;
