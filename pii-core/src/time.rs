//! Days and points in time, as values: the core has no clock.

mod date;
mod moment;
mod period;

pub use date::Date;
pub use moment::Moment;
pub use period::Period;
