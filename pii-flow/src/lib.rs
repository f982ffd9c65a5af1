//! What a program that masks on a flow sets up before it begins, and what it records of a decision.
//!
//! - [`Sources`] are the texts of rules and policy, read once.
//! - [`KeyringAt`] says where a keyring is and what it is [`Under`], and opens it.
//! - [`TrailAt`] opens the audit trail, with what signs it and whoever witnesses it.
//! - [`ConsentsAt`] opens the ledger of consents in a [`Store`].
//! - A [`RecordedFlow`] makes the decision that stands in the trail, of the [`Items`] that were found and the [`Versions`] in
//!   force.
//! - [`clock`] is this computer's clock, which the crates below do not read.
//!
//! Each `…At` is what somebody wrote, on a command line or in a configuration in TOML, and holds no secret; opening it reads
//! and checks what it names.
//!
//! ```
//! use pii_core::Engine;
//! use pii_core::key::Suite;
//! use pii_core::policy::Flow;
//! use pii_flow::{Items, KeyringAt, RecordedFlow, Sources, TrailAt, Under, Versions, clock, hash_of, signing_key};
//! use pii_formats::{Masker, Mode, Options, Output};
//! use pii_store::trail::{Ending, Name, Outcome, Record, Verdict};
//! # use pii_core::audit::{AuditError, Event, Sink};
//! # struct Nowhere;
//! # impl Sink for Nowhere {
//! #     fn record(&mut self, _: &Event<'_>) -> Result<(), AuditError> { Ok(()) }
//! # }
//! # let folder = tempfile::tempdir()?;
//! # let (ring, key) = (folder.path().join("ring"), folder.path().join("ring.key"));
//! # let kek = pii_keys::KeyFile::create(&key, &mut pii_keys::SystemEntropy)?;
//! # let mut begin = pii_keys::Operation {
//! #     today: clock::today()?,
//! #     actor: "example",
//! #     reason: "",
//! #     dry_run: false,
//! #     sink: &mut Nowhere,
//! #     entropy: &mut pii_keys::SystemEntropy,
//! # };
//! # pii_keys::KeyringFile::at(&ring).create(&kek, Suite::Any, &mut begin)?;
//!
//! let sources = Sources::read(None, None)?;
//! let rules = sources.rule_set()?;
//! let policy = sources.policy(&rules)?;
//! let ring = KeyringAt { path: ring, under: Under::KeyFile(key) }.open(Suite::Any)?;
//! let at = TrailAt { folder: folder.path().join("trail"), node: None, witness: None };
//! let trail = at.open(ring.suite(), Some(signing_key(&ring)?))?;
//! let recorded = RecordedFlow {
//!     channel: Name::new("sms").expect("a name"),
//!     recipient: None,
//!     purpose: None,
//!     versions: Versions::of(&sources, hash_of(ring.suite()))?,
//! };
//!
//! let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today: clock::today()? };
//! let masker = Masker::new(Engine::new(rules), &policy, &flow)?;
//! let mut output = Output::default();
//! let mut session = masker.session(Mode::Mask, Options::default());
//! session.push("您的手机13800138000已绑定".as_bytes(), &mut output)?;
//! session.finish(&mut output)?;
//!
//! let decision = recorded.decision(Verdict::Send, &Items::of(&output, &masker));
//! assert_eq!((decision.items[0].kind.as_str(), decision.items[0].count), ("mobile_phone", 1));
//! let position = trail.append(Record::Decision(Box::new(decision)))?.wait()?;
//! // It is on the disk: now what was masked may leave.
//! trail.append(Record::Outcome(Outcome::of(position, Ending::Sent)))?.wait()?;
//! trail.close()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What it does not know: terminals, options and exit codes (`pii-cli` does), sockets and routes, who acts, when a decision
//! is recorded.

pub mod clock;
mod consents;
mod error;
mod items;
mod keyring;
mod recorded_flow;
mod sources;
mod store;
mod trail;
mod versions;

pub use consents::ConsentsAt;
pub use error::{FlowError, told};
pub use items::{Items, UNREAD};
pub use keyring::{KeyringAt, Pkcs11At, Under, VaultAt, open_keyring, signing_key};
pub use recorded_flow::RecordedFlow;
pub use sources::{Sources, text_in};
pub use store::{Begin, Store};
pub use trail::{TrailAt, WITHIN_LEAST, WitnessAt, hash_of, within};
pub use versions::Versions;
