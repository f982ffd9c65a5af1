//! What the engine is measured with.
//!
//! The road of a measurement: a [`generate::Generator`] draws values from a seed; a [`template::Template`] plants them in
//! a [`document::Document`] that knows where each one stands; a [`disguise::Disguise`] may rewrite it; the
//! [`engine::Engine`] (the `pii` command, run as a process, so that the contract is what is tested) scans or masks it;
//! [`score`] compares what was found with what was planted, and [`reading`] looks for planted values in masked output.
//!
//! ```
//! use pii_tests::generate::Generator;
//! use pii_tests::message;
//!
//! let mut generator = Generator::new(1);
//! let first = message::next(&mut generator);
//! let planted = &first.document.truths;
//! assert!(planted.iter().all(|truth| !first.document.cut(truth).is_empty()));
//! ```
//!
//! Nothing here knows how the engine works: check digits, transfer codings and folding are written a second time.

pub mod check_digits;
pub mod coding;
pub mod disguise;
pub mod document;
pub mod engine;
mod filler;
pub mod format;
pub mod generate;
pub mod mail;
pub mod matrix;
pub mod message;
pub mod negative;
pub mod random;
pub mod reading;
pub mod report;
pub mod score;
pub mod template;
