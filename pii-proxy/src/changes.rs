//! Changes while the proxy runs (Order 218 Art. 15): not in trading hours but in an emergency, each with who and why, recorded,
//! kept, and with a way back.

mod control;
mod versions;

pub use control::{Applied, Control, Refused, Wish};
pub use versions::{Version, Versions, VersionsError};
