//! The egress proxy: requests come in, what is personal in them is masked or stops them, and only then does anything leave.
//!
//! - A [`config::Config`] says where to listen and which routes lead where.
//! - A [`table::Table`] is what it comes to: routes made ready, each with its policy. A reload makes another one.
//! - [`message::inspect`] says what leaves in the place of a message, or why nothing does ([`stop::Stop`]). It has no input and
//!   output.
//! - [`changes::Control`] takes another configuration while it runs, or lets something pass for some minutes.
//! - [`record::Recording`] has each decision on the disk before its message leaves.
//! - [`http`] is the channel HTTP: connections, and under them a guard of their framing.
//! - [`local`] answers programs that mask before they sign, by the same way through [`message`] and [`record`].
//!
//! What it does not know: what an ID number looks like (`pii-core` does), formats (`pii-formats`), how a trail or a ledger is kept
//! (`pii-store`).

pub mod admin;
pub mod blocks;
pub mod caller;
pub mod capacity;
pub mod changes;
pub mod config;
mod consent;
mod forward;
pub mod gateway;
pub mod http;
pub mod learning;
pub mod local;
pub mod message;
pub mod metrics;
pub mod number;
mod page;
mod percent;
pub mod record;
pub mod refused;
pub mod reload;
pub mod signature;
pub mod start;
pub mod stop;
pub mod suppression;
pub mod table;
mod tls;
pub mod traces;
pub mod under_way;
pub mod upstream;
mod watch;
