//! The local API: for programs that have to mask before they sign, and that ask before they send.
//!
//! What a proxy changes breaks a signature that covers it. So a program asks here for the masked body first, signs that, and sends it
//! through the proxy, which finds nothing to change. A body goes the same way here as one that is proxied: [`crate::message`] inspects
//! it, [`crate::record`] has the decision on the disk before the answer leaves, the same limits hold, and errors look the same.
//!
//! - [`Local`] listens: on the loopback, or with TLS.
//! - `endpoint` lists what may be asked, and with which scope. [`OPENAPI`] says the same to programs; a test holds one to the other.
//! - `call` is a request on its way: who asks is known first, and nothing of the body is read before.
//! - `asked` finds the route or the channel that is asked about; `mask`, `scan`, `decide`, `consents` and `purposes` answer.
//!
//! Values stand in bodies alone, never in addresses, answers of `scan`, logs or figures.

mod answer;
mod asked;
mod call;
mod consents;
mod decide;
mod endpoint;
mod json;
mod look;
mod mask;
mod person;
mod purposes;
mod refusal;
mod scan;
mod serve;
mod withdraw;

pub use endpoint::Endpoint;
pub use refusal::What;
pub use serve::Local;

/// What may be asked, as an OpenAPI document (3.1).
pub const OPENAPI: &str = include_str!("local/openapi.json");
