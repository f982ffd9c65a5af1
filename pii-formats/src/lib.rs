//! Codecs between bytes and segments of text, and the engine's entry for bytes. (Crate story to come.)

#![allow(dead_code, reason = "the decoders are wired up next")]

mod decode;
mod format;
mod sink;

pub use format::Format;
