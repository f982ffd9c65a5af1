//! Finds, judges and masks investors' personal information. (Crate story to come.)

pub mod check;
mod evidence;
mod kind;
mod offset_map;
mod place;

pub use evidence::Evidence;
pub use kind::{Class, KIND_LIMIT_BYTES, Kind};
pub use offset_map::OffsetMap;
pub use place::{CODING_LIMIT, Coding, Place, Room, Token};
