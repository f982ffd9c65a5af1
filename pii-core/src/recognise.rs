//! Finders in code, for what no table of forms can say: names, addresses, biometric data.

pub(crate) mod address;
pub(crate) mod biometric;
pub(crate) mod han;
pub(crate) mod name;
