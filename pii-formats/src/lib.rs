//! Codecs between bytes and segments of text, and the engine's entry for bytes.
//!
//! [`Masker`] is the one obvious way in: build it from rules and a policy, hand it bytes, get findings or masked bytes.
//! A [`Session`] does the same for an input that arrives by chunks.
//!
//! Inside, a decoder reads one format and tells a sink about segments of text, with the way back to the bytes they were
//! read from; the engine finds in them; what was found in a record is decided together when the record ends; and the
//! edits are spliced into the input's own bytes. What has no finding leaves byte for byte as it came.

mod allowance;
mod base64;
mod binary;
mod charset;
mod checked;
pub mod coding;
mod collect;
mod continuation;
mod decide;
mod decode;
mod detect;
mod encode;
mod error;
mod format;
mod frame;
mod lines;
mod masker;
mod nest;
mod path;
mod record;
mod report;
mod routing;
mod session;
mod sink;
mod write;

pub use allowance::Allowance;
pub use charset::Charset;
pub use checked::MaskError;
pub use continuation::{Continuation, Position};
pub use decide::{Mode, Observed};
pub use detect::{HEAD_BYTES, contradicts};
pub use error::Error;
pub use format::Format;
pub use masker::Masker;
pub use record::Replaced;
pub use report::{Report, Unexplained, Uninspected};
pub use routing::Routing;
pub use session::{Options, Output, Session};
