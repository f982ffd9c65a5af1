//! Finds, judges and masks investors' personal information. (Crate story to come.)

pub mod check;
mod engine;
mod evidence;
mod finding;
mod fold;
mod judge;
mod kind;
mod locate;
pub mod mask;
mod offset_map;
mod place;
mod plan;
pub mod policy;
mod recognise;
pub mod region;
pub mod residual;
mod resolve;
mod rule;
mod segment;
mod validate;

pub use engine::{BrokenExample, Engine, Scratch};
pub use evidence::Evidence;
pub use finding::{Finding, Reasons, Role, Support};
pub use judge::{Item, Judgement};
pub use kind::{Class, KIND_LIMIT_BYTES, Kind};
pub use offset_map::OffsetMap;
pub use place::{CODING_LIMIT, Coding, Place, Room, Token};
pub use rule::{Counter, Example, Fpe, Rule, RuleError, RuleSet};
pub use segment::{SEGMENT_LIMIT_BYTES, Segment};
