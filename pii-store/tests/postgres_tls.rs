//! TLS to a PostgreSQL on the network, and what is said where there is none.
#![cfg(all(unix, feature = "tls"))]

#[path = "support/authority.rs"]
mod authority;
#[path = "support/server.rs"]
mod server;

use authority::Authority;
use pii_store::ledger::LedgerStorage as _;
use pii_store::{Postgres, PostgresOptions, StoreError};
use server::{Network, Server};
use std::path::PathBuf;
use tempfile::TempDir;

const PASSWORD: &str = "correct-horse-1880";

/// A server that lets nobody in without TLS and a password, under a name that is in no list of names.
struct Place {
    server: Server,
    folder: TempDir,
}

impl Place {
    fn new(authority: &Authority) -> Self {
        let (certificate, key) = authority.certificate("db.example");
        let rules = "hostssl all all 127.0.0.1/32 scram-sha-256";
        let server = Server::on_network(&Network { rules, certificate: Some((&certificate, &key)) });
        server.sql(
            "postgres",
            &format!("CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'; GRANT CREATE ON DATABASE postgres TO app"),
        );
        Self { server, folder: tempfile::tempdir().expect("a folder") }
    }

    fn roots(&self, authority: &Authority) -> PathBuf {
        let path = self.folder.path().join("ca.pem");
        std::fs::write(&path, &authority.pem).expect("written");
        path
    }

    /// The server under a name that its address does not depend on.
    fn named(&self, name: &str) -> PostgresOptions {
        let port = self.server.port();
        let text = format!("host={name} hostaddr=127.0.0.1 port={port} user=app password={PASSWORD} dbname=postgres");
        PostgresOptions::new(&text).expect("it reads")
    }
}

fn refused(options: &PostgresOptions) -> StoreError {
    let said = Postgres::open_or_begin(options).expect_err("it is not to connect");
    assert!(said.is_file() && !said.to_string().contains(PASSWORD), "{said}");
    said
}

#[track_caller]
fn assert_says(said: &StoreError, word: &str) {
    assert!(said.to_string().contains(word), "{word}: {said}");
}

#[test]
fn the_right_authority_and_name_and_no_other() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let place = Place::new(&authority);
    let right = place.named("db.example").trusting(place.roots(&authority));
    let mut store = Postgres::open_or_begin(&right).expect("it connects");
    assert_eq!(store.head().expect("readable").seq, 0);
    let sessions = "SELECT ssl, version LIKE 'TLSv1._' FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE usename = 'app'";
    assert_eq!(place.server.sql("postgres", sessions), "t|t");
    drop(store);

    let wrong_name = place.named("other.example").trusting(place.roots(&authority));
    assert_says(&refused(&wrong_name), "another name");
    let wrong_authority = place.named("db.example").trusting(place.roots(&stranger));
    assert_says(&refused(&wrong_authority), "none of the authorities");
    assert_says(&refused(&place.named("db.example")), "sslrootcert");
    let no_file = place.named("db.example").trusting(PathBuf::from("/nowhere/ca.pem"));
    assert_says(&refused(&no_file), "no certificates in PEM");
    // The server itself lets nobody in without.
    assert_says(&refused(&place.named("db.example").dangerously_without_tls()), "pg_hba.conf");
}

#[test]
fn an_address_can_name_the_authority_and_demand_tls_of_this_machine() {
    let authority = Authority::new();
    let place = Place::new(&authority);
    let named = format!("sslrootcert={}", place.roots(&authority).display());
    let address = |host: &str, more: &str| {
        let port = place.server.port();
        PostgresOptions::new(&format!("postgresql://app:{PASSWORD}@{host}:{port}/postgres?{more}")).expect("it reads")
    };
    Postgres::open_or_begin(&address("db.example", &format!("hostaddr=127.0.0.1&sslmode=verify-full&{named}")))
        .expect("it connects");
    // Its certificate is of another name than this one.
    assert_says(&refused(&address("localhost", &format!("hostaddr=127.0.0.1&{named}"))), "another name");
    assert_says(&refused(&address("localhost", "hostaddr=127.0.0.1&sslmode=require")), "sslrootcert");
    // What is said against TLS counts for nothing where the server is elsewhere.
    assert_says(&refused(&address("db.example", "hostaddr=127.0.0.1&sslmode=disable")), "sslrootcert");
}

#[test]
fn a_server_without_tls_is_not_talked_to() {
    let authority = Authority::new();
    let server = Server::on_network(&Network { rules: "host all all 127.0.0.1/32 trust", certificate: None });
    let folder = tempfile::tempdir().expect("a folder");
    let roots = folder.path().join("ca.pem");
    std::fs::write(&roots, &authority.pem).expect("written");
    let connection = format!("host=db.example hostaddr=127.0.0.1 port={} user=pii dbname=postgres", server.port());
    let options = PostgresOptions::new(&connection).expect("it reads");
    assert_says(&refused(&options.clone().trusting(roots)), "offers no TLS");
    let mut store = Postgres::open_or_begin(&options.dangerously_without_tls()).expect("where it was said so");
    assert_eq!(store.head().expect("readable").seq, 0);
}
