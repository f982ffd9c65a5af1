//! Where a store in PostgreSQL is, and how it is asked.

use super::address;
use crate::StoreError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How long an answer is waited for, if nothing else is said.
const PATIENCE: Duration = Duration::from_secs(10);

/// A schema's name goes into a channel's, which PostgreSQL cuts at 63 bytes.
const SCHEMA_LIMIT_BYTES: usize = 48;

/// Where a store in PostgreSQL is, and how it is asked.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    pub(super) config: Config,
    pub(super) roots: Option<PathBuf>,
    schema: String,
    does_listen: bool,
    is_bare: bool,
    patience: Duration,
}

impl PostgresOptions {
    /// From a connection string of PostgreSQL's, `host=/run/postgresql user=pii dbname=pii` or
    /// `postgresql://pii@db.example/pii?sslrootcert=/etc/pii/db-ca.pem`, an address that names the authority's certificates, as
    /// [`trusting`](Self::trusting) does, too. `sslmode` can demand TLS of a server on this machine (`require`, `verify-ca`
    /// and `verify-full` are one: its name is always checked), and cannot go without it on another.
    ///
    /// # Errors
    /// It cannot be read ([`StoreError::is_format`]). What is wrong is not quoted: it may hold a password.
    pub fn new(connection: &str) -> Result<Self, StoreError> {
        let wrong = "the connection string cannot be read: write it as `host=… user=… dbname=…` or `postgresql://…`";
        let (connection, roots) = address::read(connection).ok_or_else(|| StoreError::format(wrong))?;
        let mut config: Config = connection.parse().map_err(|_| StoreError::format(wrong))?;
        config.application_name("pii");
        let schema = "pii".to_owned();
        Ok(Self { config, roots, schema, does_listen: true, is_bare: false, patience: PATIENCE })
    }

    /// In a schema of this name, which is `pii` otherwise: small letters, digits and `_`, at most 48.
    ///
    /// # Errors
    /// It is another kind of name ([`StoreError::is_format`]).
    pub fn in_schema(self, schema: &str) -> Result<Self, StoreError> {
        let is_letter = |c: char| c.is_ascii_lowercase() || c == '_';
        let is_name = schema.starts_with(is_letter) && schema.chars().all(|c| is_letter(c) || c.is_ascii_digit());
        if !is_name || schema.len() > SCHEMA_LIMIT_BYTES || schema.starts_with("pg_") {
            let message = format!("a schema's name has small letters, digits and _, at most {SCHEMA_LIMIT_BYTES}");
            return Err(StoreError::format(message));
        }
        Ok(Self { schema: schema.to_owned(), ..self })
    }

    /// Asks for new entries instead of being told: for relatives of PostgreSQL without `LISTEN` and `NOTIFY`. All nodes of a
    /// ledger have to say the same.
    #[must_use]
    pub fn without_listen(self) -> Self {
        Self { does_listen: false, ..self }
    }

    /// Waits so long for an answer, at least 100 ms, and not 10 s. What keeps a node's lease is never waited for longer than
    /// that lasts.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience: patience.max(Duration::from_millis(100)), ..self }
    }

    /// Trusts the certificate authorities in this file (PEM) to say who the server is.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn trusting(self, roots: PathBuf) -> Self {
        Self { roots: Some(roots), ..self }
    }

    /// Goes over a network without TLS: where the way itself is protected.
    #[must_use]
    pub fn dangerously_without_tls(self) -> Self {
        Self { is_bare: true, ..self }
    }

    /// Whether a password is among them, so that whoever keeps them in a file keeps that to themselves.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// Whether the server has to prove who it is.
    pub(super) fn needs_tls(&self) -> bool {
        !self.is_bare && (!self.is_here() || self.demands_tls())
    }

    /// Whether it was said that there has to be TLS. PostgreSQL has none on a socket of this machine.
    fn demands_tls(&self) -> bool {
        let has_network = self.config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_)));
        has_network && (self.roots.is_some() || self.config.get_ssl_mode() == SslMode::Require)
    }

    /// Whether all servers that it may connect to are on this machine.
    fn is_here(&self) -> bool {
        let is_host_here = |host: &Host| match host {
            Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
            #[cfg(unix)]
            Host::Unix(_) => true,
        };
        self.config.get_hosts().iter().all(is_host_here)
            && self.config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
    }

    pub(super) fn schema_name(&self) -> &str {
        &self.schema
    }

    pub(super) fn does_listen(&self) -> bool {
        self.does_listen
    }

    pub(super) fn channel(&self) -> String {
        format!("ledger_{}", self.schema)
    }

    pub(super) fn wait_limit(&self) -> Duration {
        self.patience
    }

    /// What each connection is set to.
    pub(super) fn settings(&self) -> String {
        let (limit, schema) = (self.patience.as_millis(), &self.schema);
        format!("SET statement_timeout = {limit}; SET synchronous_commit = on; SET search_path = {schema}")
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresOptions({})", self.schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_takes_tls() {
        let needs = |text: &str| PostgresOptions::new(text).expect("it reads").needs_tls();
        for here in ["host=/run/postgresql", "host=localhost", "host=127.0.0.1,::1", "postgresql:///pii?host=/tmp"] {
            assert!(!needs(here), "{here}");
        }
        for there in
            ["host=db.example", "host=localhost,db.example", "host=localhost hostaddr=192.0.2.7", "host=127.0.0.11"]
        {
            assert!(needs(there), "{there}");
        }
        let bare = PostgresOptions::new("host=db.example").expect("it reads").dangerously_without_tls();
        assert!(!bare.needs_tls());
    }

    #[test]
    fn tls_can_be_demanded_and_not_declined() {
        let options = |text: &str| PostgresOptions::new(text).expect("it reads");
        for there in [
            "postgresql://pii@localhost/pii?sslmode=require",
            "postgresql://pii@localhost/pii?sslmode=verify-full&application_name=x",
            "postgresql://pii@localhost/pii?sslrootcert=%2Fetc%2Fpii%2Fca.pem",
            "postgresql://pii@db.example/pii?sslmode=disable",
        ] {
            assert!(options(there).needs_tls(), "{there}");
        }
        assert!(!options("postgresql://pii@localhost/pii?sslmode=prefer").needs_tls());
        assert!(!options("postgresql:///pii?host=/tmp&sslmode=require").needs_tls(), "a socket has none");
        let named = options("postgres://pii:a%3Fb@db.example/pii?sslrootcert=/etc/my%20ca.pem&connect_timeout=3");
        assert_eq!(named.roots.as_deref(), Some(std::path::Path::new("/etc/my ca.pem")));
        assert_eq!(named.config.get_password(), Some(&b"a?b"[..]));
        assert_eq!(named.config.get_connect_timeout(), Some(&Duration::from_secs(3)));
        for bad in ["postgres://h/d?sslrootcert=%2", "postgres://h/d?sslrootcert=", "postgres://h/d?sslmode=allow"] {
            assert!(PostgresOptions::new(bad).is_err_and(|said| said.is_format()), "{bad}");
        }
    }

    #[test]
    fn nothing_of_a_connection_string_is_shown() {
        let text = "host=localhost password=secret1880";
        let options = PostgresOptions::new(text).expect("it reads");
        assert!(!format!("{options:?}").contains("secret1880"));
        let said = PostgresOptions::new("host=localhost secret1880").expect_err("no value");
        assert!(said.is_format() && !said.to_string().contains("secret1880"), "{said}");
    }

    #[test]
    fn a_schemas_name_is_a_plain_one() {
        let named = |name: &str| PostgresOptions::new("host=/tmp").expect("it reads").in_schema(name).is_ok();
        assert!(named("pii") && named("_a1"));
        for bad in ["", "Pii", "1a", "a;b", "a b", "a\"b", "pg_x", &"a".repeat(49)] {
            assert!(!named(bad), "{bad}");
        }
    }
}
