//! What internet messages and multipart bodies have in common (RFC 5322, RFC 2045 to 2047, RFC 2231).

mod addresses;
pub(crate) mod boundary;
mod encoded_word;
pub(crate) mod entity;
mod fields;
mod headers;
mod media;
mod parameters;
mod tell;
mod transfer;
mod unfold;
mod words;
