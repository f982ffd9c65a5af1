//! Consent, and the other duties of whoever processes personal information: what was declared, what people said, and whether
//! something may be done now (Order 218 Art. 31 to 35; PIPL).
//!
//! The nouns, in the order in which they come up:
//!
//! - A **purpose** is published ([`Published`]), a [`Notice`] tells of it, in versions that never change, and a [`Recipient`] is
//!   registered with its role and country. [`Contract`], [`Assessment`], [`OtherBasis`] and [`ExportGround`] are what processing
//!   rests on beside consent. All of these are [`Declaration`]s, made of parts that were checked ([`Sound`]).
//! - A data subject is a [`SubjectId`], opaque bytes. Keyed hashes of phone and account numbers ([`AliasDigest`]) lead to it; one
//!   that leads to two persons leads to nobody.
//! - A consent **record** has a [`Scope`] and a [`State`], and comes from a [`Receipt`] that a registered [`Source`] signed
//!   ([`Signed`]). A person's yes cannot be made any other way. Whoever works for the firm can write down a no, or a withdrawal.
//! - Everything that happens is an [`Entry`], never changed. Entries in their order make a [`Book`], which is all that is known.
//! - **Commands** ([`Book::answer`], [`Book::withdraw`] …) hold a wish against the book and give entries to append, or a
//!   [`Fault`].
//! - **Decisions** ([`Book::may_hand_over`], [`Book::may_process`] …) answer an [`Ask`] with a [`Decision`]: its [`Outcome`], its
//!   [`Reason`]s with their articles, and the [`Basis`] that it rests on.
//!
//! What it deliberately does not know: where entries are kept, the clock (each entry and question has its [`Moment`]), keys and
//! signatures ([`VerifySource`] is asked, for each receipt that an entry brings), and what a phone number looks like. What comes later is told by the entries' order
//! and not by their times, and ends are held against the latest time that was seen, so that a clock that goes back revives
//! nothing.
//!
//! ```
//! use pii_core::consent::{Ask, Basis, Book, Entry, Reason, Source, SubjectId, VerifySource, Who};
//! use pii_core::purpose::Method;
//! use pii_core::time::Moment;
//!
//! // There are no receipts in what follows. `pii_store::consents::SourceKeys` checks those of Ed25519 and SM2.
//! struct NoKeys;
//! impl VerifySource for NoKeys {
//!     fn is_signed(&self, _: &Source, _: &[u8], _: &[u8]) -> bool {
//!         false
//!     }
//! }
//!
//! // A ledger's first lines. The purpose is published, and rests on the contract with each investor.
//! let ledger = [
//!     r#"{"schema":1,"at":"2026-11-27T01:00:00.000Z","body":{"declared":{"purpose":{"code":"trade_notice",
//!         "text":"成交提醒","service":"证券交易","is_necessary":true,"kinds":["mobile_phone"],
//!         "methods":["use"],"retention":"20 years"}}}}"#,
//!     r#"{"schema":1,"at":"2026-11-27T01:00:01.000Z","body":{"declared":{"other_basis":{"id":"brokerage",
//!         "basis":"contract","article":"民法典第五百零九条","document":"证券交易委托代理协议",
//!         "necessity":"告知成交结果","reviewer":"合规部","purpose":"trade_notice",
//!         "kinds":["mobile_phone"],"methods":["use"],"until":"2029-12-31"}}}}"#,
//!     r#"{"schema":1,"at":"2026-11-27T01:00:02.000Z","subject":"01010101010101010101010101010101","body":{"age":{"age":"from14","by":{"operator":{"name":"li.lei"}}}}}"#,
//! ];
//! let mut book = Book::new();
//! for line in ledger {
//!     book.apply(&Entry::parse(line)?, &NoKeys)?;
//! }
//!
//! let investor = SubjectId::new([1; 16]);
//! let at = Moment::parse("2026-11-27T02:00:00Z").expect("a moment");
//! let kinds = [pii_core::Kind::new("mobile_phone").expect("a kind")];
//! let ask = Ask {
//!     who: Who::Subject(investor), purpose: "trade_notice", kinds: &kinds,
//!     method: Method::Use, recipient: None, channel: Some("sms"), at,
//! };
//! let decision = book.may_process(&ask);
//! assert!(matches!(decision.basis(), Some(Basis::Other { id: "brokerage", .. })));
//! assert_eq!(decision.articles().collect::<Vec<_>>(), ["PIPL Art. 13 ¶1(2)"]);
//! assert_eq!(book.may_process(&Ask { purpose: "marketing", ..ask }).reasons(), [Reason::PurposeUnknown]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Moment`]: crate::time::Moment

/// The longest text in a declaration or event, in bytes.
pub const TEXT_LIMIT_BYTES: usize = 4096;

mod ask;
mod book;
mod command;
mod decide;
mod entry;
mod event;
mod fault;
mod ground;
mod id;
mod notice;
mod party;
mod published;
mod reason;
mod receipt;
mod retention;
mod rights;
mod settings;
mod sound;
mod state;
mod wire;

pub use ask::{Ask, Authentication, Basis, Decision, Outcome, Who};
pub use book::{Book, OpenRequest, RecordView, ScopeView};
pub use command::Which;
pub use entry::{Age, Body, Declaration, ENTRY_LIMIT_BYTES, ENTRY_SCHEMA, Entry, EntryError};
pub use event::{Actor, ConsentAct, ConsentEvent, Scope, ScopeParts, Withdrawal};
pub use fault::Fault;
pub use ground::{
    Assessment, AssessmentParts, BasisKind, BiometricAssessment, BiometricAssessmentParts, ExportGround,
    ExportGroundKind, ExportGroundParts, OtherBasis, OtherBasisParts, Trigger,
};
pub use id::{AliasDigest, CODE_LIMIT_BYTES, Code, RecordId, Sm3Digest, SubjectId};
pub use notice::{Disclosure, Item, Notice, NoticeForm, NoticeParts, NoticePurpose};
pub use party::{
    Contract, ContractParts, Recipient, RecipientParts, RecipientRole, Source, SourceParts, Supervision,
    SupervisionParts,
};
pub use published::Published;
pub use reason::{Reason, ReasonList, SeparateFor};
pub use receipt::{
    Answer, AnswerState, Claimed, Control, GivenBy, Header, NoticeRef, Party, Pii, Processing, RECEIPT_LIMIT_BYTES,
    RECEIPT_SCHEMA, Receipt, ReceiptError, ReceiptLine, ReceiptParts, Signed, VerifySource,
};
pub use retention::{Disposal, Holding, Object, RETENTION, Retention, delete_or_restrict};
pub use rights::{Incident, IncidentParts, Right, RightsAnswer, RightsAnswerParts, RightsRequest};
pub use settings::{BIOMETRIC_KINDS, SENSITIVE_KINDS, Settings, SettingsParts, UnknownAge};
pub use sound::{DeclarationError, Parts, Sound};
pub use state::State;
pub use wire::Base64;
