//! A store in PostgreSQL, for several nodes.
//!
//! | setting | why |
//! |---|---|
//! | `synchronous_commit = on` | what was promised is on the disk |
//! | limits on a statement, a wait for a lock and a transaction that does nothing, and on how long an answer is waited for here | a server that hangs, or a node that does, holds up nobody for longer: what a node's lease hangs on for no longer than that |
//! | a schema of its own, named by the options | other tables of the database are not touched |
//! | versions of the tables in the database, brought up under a lock | several nodes may be started at once |
//! | TLS, unless the server is on this machine | what is kept is personal information, though digests and cipher text |
//!
//! The SQL is plain, so that PostgreSQL's relatives take it: no `ON CONFLICT`, no extension. Where one has no `LISTEN`,
//! [`PostgresOptions::without_listen`] asks it every tenth of a second instead.
//!
//! Leases ask the primary server. A proxy in front of it must not send reads elsewhere, or share a connection among
//! clients by the transaction. A standby that takes over has to have every entry (`synchronous_standby_names`); one that
//! lost some is another ledger to the nodes that follow it: they stay silent until they are started again.
//!
//! What is deleted leaves PostgreSQL's files when `VACUUM` has gone over the table and its pages are written again, and the
//! write-ahead log when that is no longer kept.

mod address;
mod failure;
mod ledger;
mod link;
mod options;
mod quota;
mod schema;
#[cfg(feature = "tls")]
mod tls;
mod vault;

pub use options::PostgresOptions;

use crate::StoreError;
use crate::ledger::LEASE;
use link::Link;
use std::fmt;

/// A store in a schema of PostgreSQL: a connection to it. When the connection has gone, each call says so, and another has
/// to be made.
pub struct Postgres {
    link: Link,
    options: PostgresOptions,
}

impl Postgres {
    /// Connects, and makes the tables in an empty schema, or the schema. Several nodes may at the same time.
    ///
    /// # Errors
    /// The server cannot be reached or refuses ([`StoreError::is_file`], which says what to do); the schema holds what a newer
    /// version wrote ([`StoreError::is_format`]).
    pub fn open_or_begin(options: &PostgresOptions) -> Result<Self, StoreError> {
        Self::connected(options, schema::Empty::IsBegun)
    }

    /// Connects to a store that is there.
    ///
    /// # Errors
    /// As [`Postgres::open_or_begin`], or there is none in this schema ([`StoreError::is_format`]).
    pub fn open(options: &PostgresOptions) -> Result<Self, StoreError> {
        Self::connected(options, schema::Empty::IsAnError)
    }

    fn connected(options: &PostgresOptions, empty: schema::Empty) -> Result<Self, StoreError> {
        let mut link = Link::connect(options)?;
        link.look(async |client| client.batch_execute(&options.settings()).await)?;
        // A node that stops in the middle of a step has locked what a withdrawal waits for. Not every relative has it.
        let limit = options.wait_limit().min(LEASE).as_millis();
        let idle = format!("SET idle_in_transaction_session_timeout = {limit}");
        let _ = link.look(async |client| client.batch_execute(&idle).await);
        schema::bring_up(&mut link, options.schema_name(), empty)?;
        if options.does_listen() {
            let listen = format!("LISTEN {}", options.channel());
            link.look(async |client| client.batch_execute(&listen).await)?;
        }
        Ok(Self { link, options: options.clone() })
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postgres({})", self.options.schema_name())
    }
}
