//! The consent model: a firm, its investors and what they said, as decisions see it.

mod json;
mod law;
mod model;
mod papers;
mod reader;
mod recipients;
mod refusals;
mod scenes;
mod strict;
mod world;
