//! Writes text the way its place needs it: the decoders' counterparts.
//!
//! Each function appends to the output and cannot fail. They write more carefully than the decoders read: what they
//! write is read back as the same text by the matching decoder and by anyone else's.

pub(crate) mod cell;
pub(crate) mod charset;
pub(crate) mod fix;
pub(crate) mod json;
pub(crate) mod mail;
pub(crate) mod markup;
pub(crate) mod percent;
pub(crate) mod sql;
