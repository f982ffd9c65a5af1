//! The token vault, who may open what stands in place of values, and the audit trail.
//!
//! - A [`Vault`] gives each value of a kind and scope a random token, and keeps the value sealed behind it.
//! - [`Rights`] say who may open or tokenise what, for which purpose; a [`Quota`] says how much of it in an hour.
//! - A [`Revealer`] takes a [`Request`] with its reason, holds it against both, has it recorded, and puts values back into a
//!   text. A [`Tokeniser`] makes tokens on demand in the same way, a [`Gate`] lets in what is done elsewhere.
//! - A [`VaultTransformer`] gives the values that a policy makes tokens of those of a vault, under an [`Allowance`].
//! - A [`ledger`] is an append-only log that several nodes follow, each with what it says in memory, for decisions that must
//!   not be taken on what was before a withdrawal.
//! - [`Consents`] are such a ledger with people's consents in it, and what a firm declared: imported, withdrawn, decided on.
//! - A [`trail::Trail`] keeps what was decided and done, in files that show what is changed in them.
//! - All but the trail is kept in a storage: [`Sqlite`], one file, or [`Postgres`], for several nodes.
//!
//! ```
//! use pii_core::Kind;
//! use pii_core::audit::{AuditError, Event, Sink};
//! use pii_core::key::Suite;
//! use pii_core::policy::Date;
//! use pii_keys::{Keyring, SystemEntropy};
//! use pii_core::time::Moment;
//! use pii_store::{Entry, Quota, Request, Revealer, Rights, SealedPlace, Sqlite, Vault};
//! # struct Record(u32);
//! # impl Sink for Record {
//! #     fn record(&mut self, _: &Event<'_>) -> Result<(), AuditError> { self.0 += 1; Ok(()) }
//! # }
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("store.db");
//! # let mut record = Record(0);
//!
//! let keys = Keyring::new(Suite::Sm, Date::new(2026, 11, 1).expect("a day"), &mut SystemEntropy)?;
//! let mut vault = Vault::new(Sqlite::open_or_begin(&path)?);
//! let kind = Kind::new("bank_card").expect("a name");
//! let entry = Entry { kind, scope: "test", value: "6228 4800 0000 0000 216", subject: Some("client 7") };
//! let token = vault.token(&entry, &keys, &mut SystemEntropy)?;
//! let same = Entry { value: "6228480000000000216", ..entry };
//! assert_eq!(vault.token(&same, &keys, &mut SystemEntropy)?, token);
//!
//! let rights = Rights::parse("rights.toml", r#"
//!     [[right]]
//!     actor = "complaints-desk"
//!     act = "reveal"
//!     kinds = ["bank_card"]
//!     purposes = ["complaint"]
//!     scopes = ["test"]
//!     per_hour = 20
//!     expires = 2027-06-30
//! "#, &[kind])?;
//! let now = Moment::from_unix_seconds(1_795_000_000).expect("before the year 9999");
//! let mut quota = Quota::new(Sqlite::open(&path)?);
//! let mut revealer = Revealer::new(&rights, &mut quota, Some(&mut vault), &keys, &mut record);
//! let request = Request { actor: "complaints-desk", purpose: "complaint", reason: "case 4711" };
//! let mut session = revealer.reveal(request, now)?;
//! let revealed = session.text(&format!("卡号{token}"), &SealedPlace::default(), now)?;
//! assert_eq!(revealed.dangerously_text(), "卡号6228 4800 0000 0000 216");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | limit | |
//! |---|---|
//! | value in a vault; its scope; its subject | 4 KiB; 256 bytes; 256 bytes |
//! | values of one step | 131,072 |
//! | file of rights; rights | 4 MiB; 10,000 |
//! | actor and purpose; reason | 256 bytes; 1 KiB |
//! | wait for another process that writes, or for PostgreSQL | 10 s |
//! | body of an entry of a ledger; name of its record; entries of one step | 64 KiB; 64 bytes; 10,000 |
//! | how old what a node knows may be | 2 s |
//!
//! A [`StoreError`] says what is wrong with file, storage or keys. A [`RevealError`] is one refusal for everything that
//! somebody might try out. Neither has a value, a key or anything else that is stored.
//!
//! What it does not know: the clock (time comes in), who somebody is (the caller has found out),
//! keyrings and their files (`pii-keys` does), formats (a text is a text).

mod access;
mod allowance;
pub mod consents;
mod error;
mod keys;
pub mod ledger;
mod owner_only;
mod postgres;
pub mod quota;
pub mod reveal;
pub mod rights;
mod sqlite;
pub mod storage;
mod tokenise;
pub mod trail;
mod transformer;
pub mod vault;

pub use access::{Gate, REASON_LIMIT_BYTES, Recorded, Request, RevealError};
pub use allowance::Allowance;
pub use consents::{Consents, SubjectDigests};
pub use error::StoreError;
pub use keys::{SealKeys, WithSubjects};
pub use ledger::{Follower, LedgerStorage};
pub use postgres::{Postgres, PostgresOptions};
pub use quota::Quota;
pub use reveal::{Revealed, Revealer, SealedPlace, Session};
pub use rights::{Act, Rights, RightsError};
pub use sqlite::{Copied, Sqlite};
pub use tokenise::Tokeniser;
pub use transformer::VaultTransformer;
pub use vault::{Entry, Kept, Rewrapped, Vault};
