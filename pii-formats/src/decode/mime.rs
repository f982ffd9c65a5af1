//! What internet messages and multipart bodies have in common (RFC 5322, RFC 2045 to 2047, RFC 2231).

mod addresses;
pub(crate) mod boundary;
mod content;
mod declared;
mod encoded_word;
pub(crate) mod entity;
mod fields;
pub(crate) mod file_name;
pub(crate) mod flowed;
pub(crate) mod head;
mod headers;
mod leaf;
pub(crate) mod media;
mod parameters;
mod tell;
mod transfer;
mod unfold;
mod words;
