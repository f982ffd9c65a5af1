//! The decoders, one module a format.
