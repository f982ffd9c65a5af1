//! A firm with a purpose, a notice and an app that signs, and a store for them.

#![allow(dead_code, reason = "each test file takes what it needs")]

use pii_core::Kind;
use pii_core::consent::*;
use pii_core::key::{KeyId, Secret, Suite};
use pii_core::policy::Date;
use pii_core::purpose::Method;
use pii_core::sign::{SignAlgorithm, SigningKey};
use pii_core::time::Moment;
use pii_keys::{Keyring, SystemEntropy};
use pii_store::consents::{Imported, LineFault, Progress, source_of};
use pii_store::ledger::NodeId;
use pii_store::trail::Recorder;
use pii_store::{Consents, Sqlite, SubjectDigests};
use std::io::BufReader;
use std::path::PathBuf;

pub(crate) const NOTICE_TEXT: &str = "告知书第一版";
pub(crate) const NOW: &str = "2026-11-27T08:00:00Z";

pub(crate) struct Firm {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) ring: Keyring,
    pub(crate) app: SigningKey,
}

pub(crate) fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

pub(crate) fn code(text: &str) -> Code {
    Code::new(text).expect("a code")
}

pub(crate) fn kind(name: &str) -> Kind {
    Kind::new(name).expect("a kind")
}

pub(crate) fn signing_key(algorithm: SignAlgorithm, byte: u8) -> SigningKey {
    SigningKey::new(algorithm, KeyId::new(7).expect("a key"), &Secret::copy_of(&[byte; 32])).expect("32 bytes")
}

pub(crate) fn source(name: &str, key: &SigningKey) -> Declaration {
    Declaration::Source(
        source_of(code(name), "手机应用", &key.verifying_key().to_pem(), code("li.lei")).expect("a source"),
    )
}

impl Firm {
    pub(crate) fn new(algorithm: SignAlgorithm) -> Self {
        let today = Date::new(2026, 11, 1).expect("a day");
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            ring: Keyring::new(Suite::Any, today, &mut SystemEntropy).expect("a keyring"),
            app: signing_key(algorithm, 0x5A),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("consents.db")
    }

    /// A node of the store.
    pub(crate) fn node(&self) -> Consents {
        self.node_with(None)
    }

    pub(crate) fn node_with(&self, trail: Option<Recorder>) -> Consents {
        let path = self.path();
        let connect = move || Ok(Box::new(Sqlite::open_or_begin(&path)?) as _);
        let node = NodeId::new("test", &mut SystemEntropy).expect("a node");
        Consents::open(node, SubjectDigests::of(&self.ring), trail, connect).expect("a store")
    }

    /// Everything that is declared once.
    pub(crate) fn declare(&self, consents: &Consents) {
        let lines = [
            r#"{"settings":{"unknown_age":"adult"}}"#.to_owned(),
            r#"{"purpose":{"code":"marketing","text":"基金推介","service":"基金销售","is_necessary":false,
                "kinds":["mobile_phone"],"methods":["use"],"retention":"5 years"}}"#
                .to_owned(),
            format!(
                r#"{{"notice":{{"id":"privacy","version":1,"language":"zh-CN","sm3":"{}","form":"enhanced",
                "published_at":"2026-01-01T00:00:00Z","valid_from":"2026-01-01T00:00:00Z","controller":"某某证券",
                "contact":"privacy@example.com","rights":"在应用内撤回","at_expiry":"删除","purposes":[
                {{"purpose":"marketing","kinds":["mobile_phone"],"methods":["use"],"retention":"5 years"}}]}}}}"#,
                Sm3Digest::of(NOTICE_TEXT.as_bytes())
            ),
        ];
        for line in lines {
            let declaration: Declaration = serde_json::from_str(&line).expect("a declaration");
            consents.declare(&declaration, moment(NOW)).expect("declared");
        }
        consents.declare(&source("app", &self.app), moment(NOW)).expect("declared");
    }

    /// A line of an import: a yes, and who says it.
    pub(crate) fn line(&self, number: u64, phone: &str) -> String {
        let receipt = receipt(number, number, "granted", NOTICE_TEXT);
        self.signed(Some(&receipt), Some(&identity(number, phone)))
    }

    pub(crate) fn signed(&self, receipt: Option<&str>, identity: Option<&str>) -> String {
        let sign = |text: &str| Base64::new(&self.app.sign(text.as_bytes())).expect("a signature");
        let mut line = serde_json::json!({ "source": "app" });
        if let Some(text) = receipt {
            line["receipt"] = text.into();
            line["signature"] = sign(text).to_string().into();
        }
        if let Some(text) = identity {
            line["identity"] = text.into();
            line["identity_signature"] = sign(text).to_string().into();
        }
        line.to_string()
    }
}

pub(crate) fn subject(number: u64) -> SubjectId {
    SubjectId::new(u128::from(number).to_be_bytes())
}

pub(crate) fn receipt(record: u64, subject: u64, state: &str, notice: &str) -> String {
    format!(
        r#"{{"header":{{"schema":"iso27560-cn-1","record":"{record:032x}","subject":"{subject:032x}"}},"processing":{{
        "notice":{{"id":"privacy","version":1,"language":"zh-CN","sm3":"{}"}},"purpose":"marketing","methods":["use"],
        "storage":["境内"],"retention":"5 years","jurisdiction":"CN","withdrawal":"在应用内撤回"}},
        "pii":[{{"type":"mobile_phone"}}],"party":[{{"id":"firm","name":"某某证券","contact":"privacy@example.com"}}],
        "event":{{"at":"2026-11-27T07:00:00Z","state":"{state}","given_by":"self","screen":"settings",
        "wording":"{}","control":"checkbox","consents_in_act":1}}}}"#,
        Sm3Digest::of(notice.as_bytes()),
        Sm3Digest::of("同意接收基金推介".as_bytes()),
    )
}

pub(crate) fn identity(subject: u64, phone: &str) -> String {
    format!(r#"{{"subject":"{subject:032x}","aliases":{{"mobile_phone":"{phone}"}}}}"#)
}

pub(crate) fn phone(number: u64) -> String {
    format!("138{number:08}")
}

pub(crate) fn import(consents: &Consents, lines: &[String]) -> (Imported, Vec<(u64, LineFault)>) {
    let text = lines.join("\n");
    let mut refused = Vec::new();
    let mut tell = |progress| {
        if let Progress::Refused { line, why } = progress {
            refused.push((line, why));
        }
    };
    let done = consents.import(&mut BufReader::new(text.as_bytes()), &|| moment(NOW), &mut tell).expect("imported");
    (done, refused)
}

/// Whether the purpose's data of whoever has this phone may be used.
pub(crate) fn may(consents: &Consents, phone: &str) -> bool {
    let aliases = consents.digests().aliases([(kind("mobile_phone"), phone)]);
    consents.decide(|book| may_in(book, &aliases.known_to(book))).expect("fresh")
}

pub(crate) fn may_in(book: &Book, aliases: &[AliasDigest]) -> bool {
    let kinds = [kind("mobile_phone")];
    let ask = Ask {
        who: Who::Aliases(aliases),
        purpose: "marketing",
        kinds: &kinds,
        method: Method::Use,
        recipient: None,
        channel: None,
        at: moment(NOW),
    };
    book.may_process(&ask).is_allowed()
}
