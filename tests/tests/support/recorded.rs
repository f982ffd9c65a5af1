//! A trail, a witness and a consent ledger with known records.
#![allow(dead_code, reason = "each test takes what it needs")]

use pii_core::Kind;
use pii_core::consent::Entry;
use pii_core::key::{KeyId, Secret};
use pii_core::mask::Profile;
use pii_core::policy::Action;
use pii_core::sign::{SignAlgorithm, SigningKey};
use pii_core::time::Moment;
use pii_store::Sqlite;
use pii_store::ledger::{LedgerStorage, NewEntry};
use pii_store::trail::witness::FileWitness;
use pii_store::trail::{
    Alarm, Basis, Change, Configuration, Decision, Ending, Hash, HashAlgorithm, Item, KeyedDigest, LedgerChange, Name,
    Note, Options, Outcome, Record, Ticket, Trail, Verdict, Version,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Monday, 23 November 2026, 10:00:00 in UTC, 18:00 in China.
pub(crate) const TEN_O_CLOCK: u64 = 1_795_428_000;

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub(crate) fn at(unix_seconds: u64) -> Moment {
    Moment::from_unix_seconds(unix_seconds).expect("before the year 9999")
}

/// A key that signs, and its public half as `pii audit keys` prints it.
pub(crate) fn signing_key(id: u32) -> (SigningKey, String) {
    let id = KeyId::new(id).expect("below the limit");
    let secret = Secret::copy_of(&[u8::try_from(id.number() % 200).expect("small") + 1; 32]);
    let key = SigningKey::new(SignAlgorithm::Sm2, id, &secret).expect("32 bytes");
    let printed = format!("# key {id} SM2\n{}\n", key.verifying_key().to_pem().trim_end());
    (key, printed)
}

/// A data subject's digest.
pub(crate) fn subject(of: u8) -> KeyedDigest {
    KeyedDigest { key: KeyId::new(77).expect("below the limit"), mac: [of; 32] }
}

pub(crate) fn item(kind: &str, count: u64, action: Action) -> Item {
    let kind = Kind::new(kind).expect("a kind");
    let (profile, residual_bits) = match action {
        Action::Mask => (Some(Profile::Strict), Some(31)),
        _ => (None, None),
    };
    Item { kind, count, action, profile, residual_bits, reason: None }
}

pub(crate) fn decision(channel: &str, recipient: &str, items: Vec<Item>) -> Decision {
    Decision {
        message: None,
        channel: name(channel),
        recipient: Some(name(recipient)),
        purpose: Some(name("trade_notice")),
        subjects: vec![subject(1)],
        verdict: Verdict::Send,
        items,
        basis: None,
        assessment: None,
        alternative: None,
        policy: Version::Named(name("policy-3")),
        rules: Version::Named(name("rules-0.1.0")),
        consent: None,
        notice: None,
        ledger: None,
        input: None,
        output: None,
    }
}

/// A trail under a clock that is set.
pub(crate) struct Recorded {
    trail: Trail,
    clock: Arc<AtomicU64>,
    entries: u64,
}

impl Recorded {
    /// Begins a node's trail in `folder`, with its heads in `witness`.
    pub(crate) fn begin(folder: &Path, witness: Option<&Path>) -> Self {
        Self::begin_signed(folder, witness, None)
    }

    /// The same, signed by a key.
    pub(crate) fn begin_signed(folder: &Path, witness: Option<&Path>, key: Option<SigningKey>) -> Self {
        Self::begin_with(folder, witness, key, 0)
    }

    /// The same, or its next run, so many seconds after ten o'clock.
    pub(crate) fn begin_at(folder: &Path, witness: Option<&Path>, seconds: u64) -> Self {
        Self::begin_with(folder, witness, None, seconds)
    }

    /// The same of another node than `n1`.
    pub(crate) fn begin_node(node: &str, folder: &Path, witness: &Path) -> Self {
        Self::begin_of(node, folder, Some(witness), None, 0)
    }

    fn begin_with(folder: &Path, witness: Option<&Path>, key: Option<SigningKey>, seconds: u64) -> Self {
        Self::begin_of("n1", folder, witness, key, seconds)
    }

    fn begin_of(node: &str, folder: &Path, witness: Option<&Path>, key: Option<SigningKey>, seconds: u64) -> Self {
        let clock = Arc::new(AtomicU64::new(TEN_O_CLOCK + seconds));
        let told = Arc::clone(&clock);
        let mut options =
            Options::new(name(node), move || at(told.load(Ordering::SeqCst))).hashed_with(HashAlgorithm::Sm3);
        if let Some(witness) = witness {
            options = options.witnessed_by(FileWitness::new(witness).expect("a witness"), None);
        }
        if let Some(key) = key {
            options = options.signed_by(key);
        }
        Self { trail: Trail::open(folder, options).expect("a trail"), clock, entries: 0 }
    }

    /// What is recorded from now on is so many seconds after ten o'clock.
    pub(crate) fn at(&self, seconds: u64) {
        self.clock.store(TEN_O_CLOCK + seconds, Ordering::SeqCst);
    }

    /// Records a decision and what came of it.
    pub(crate) fn decided(&self, decision: Decision, outcome: Option<Ending>) {
        let ticket = self.trail.append(Record::Decision(Box::new(decision))).expect("room");
        let position = ticket.wait().expect("on the disk");
        if let Some(outcome) = outcome {
            self.record(Record::Outcome(Outcome::of(position, outcome)));
        }
    }

    /// Records many decisions that were all sent, and waits for the disk a few times only.
    pub(crate) fn decided_many(&self, decisions: impl Iterator<Item = Decision>) {
        let decisions: Vec<Decision> = decisions.collect();
        for some in decisions.chunks(1000) {
            let one = |it: &Decision| self.trail.append(Record::Decision(Box::new(it.clone()))).expect("room");
            let tickets: Vec<_> = some.iter().map(one).collect();
            let sent = |ticket: Ticket| Record::Outcome(Outcome::of(ticket.wait().expect("on the disk"), Ending::Sent));
            let outcomes: Vec<Record> = tickets.into_iter().map(sent).collect();
            let give = |outcome| self.trail.append(outcome).expect("room");
            let tickets: Vec<Ticket> = outcomes.into_iter().map(give).collect();
            for ticket in tickets {
                ticket.wait().expect("on the disk");
            }
        }
    }

    pub(crate) fn record(&self, record: Record) {
        self.trail.append(record).expect("room").wait().expect("on the disk");
    }

    /// A consent of a subject changes, with effect at this second after ten o'clock.
    pub(crate) fn changed(&mut self, change: Change, of: u8, seconds: u64) {
        self.entries += 1;
        let change = LedgerChange {
            entry: self.entries,
            digest: Hash::parse(&"0".repeat(64)).expect("a hash"),
            change,
            effective: at(TEN_O_CLOCK + seconds),
            subjects: vec![subject(of)],
            purpose: None,
            recipient: Some(name("bank-b")),
        };
        self.record(Record::Ledger(Box::new(change)));
    }

    pub(crate) fn alarm(&self, about: &str, over: bool) {
        self.record(Record::Alarm(Alarm { about: name(about), over, note: Note::new("no answer") }));
    }

    pub(crate) fn configured(&self, part: &str, accepted: bool) {
        let (part, version, note) = (name(part), Version::Named(name("v4")), Note::new("reloaded"));
        self.record(Record::Configuration(Configuration { part, version, accepted, note }));
    }

    pub(crate) fn close(self) {
        self.trail.close().expect("all is written");
    }
}

/// A message on separate consent to the bank, whose role is that of another handler.
pub(crate) fn to_bank(of: u8, basis: Option<Basis>) -> Decision {
    let items = vec![item("resident_id", 1, Action::Mask), item("person_name", 1, Action::Drop)];
    Decision { subjects: vec![subject(of)], basis, ..decision("third_party", "bank-b", items) }
}

/// Begins a ledger of declarations: two recipients, contracts and assessments, one of which is over and one ends soon.
pub(crate) fn ledger(path: PathBuf, today: Moment) -> PathBuf {
    let day = |days: i64| today.day_in_china().plus_days(days).expect("a day").to_string();
    let contract = |id: &str, recipient: &str, until: &str| {
        format!(
            r#"{{"contract":{{"id":"{id}","recipient":"{recipient}","purposes":["trade_notice"],"methods":["use"],
            "kinds":["mobile_phone"],"protection":"加密传输","rights_and_duties":"按协议","at_end":"删除",
            "from":"2020-01-01","until":"{until}"}}}}"#
        )
    };
    let assessment = |id: &str, recipient: &str, trigger: &str, until: &str| {
        format!(
            r#"{{"assessment":{{"id":"{id}","trigger":"{trigger}","purpose":"trade_notice","kinds":["mobile_phone"],
            "recipient":"{recipient}","legality":"合法","impact":"低","measures":"有效","is_acceptable":true,
            "approved_by":"合规部","approved_on":"2020-01-01","until":"{until}"}}}}"#
        )
    };
    let recipient = |id: &str, name: &str, role: &str| {
        format!(r#"{{"recipient":{{"id":"{id}","name":"{name}","contact":"客服","role":"{role}","country":"CN"}}}}"#)
    };
    let declared = [
        r#"{"purpose":{"code":"trade_notice","text":"成交提醒","service":"证券交易","is_necessary":true,
            "kinds":["mobile_phone"],"methods":["use"],"retention":"20 years"}}"#
            .to_owned(),
        recipient("sms-a", "甲短信平台", "processor"),
        recipient("bank-b", "乙银行", "independent"),
        contract("ht-1", "sms-a", &day(400)),
        contract("ht-2", "bank-b", &day(60)),
        assessment("pia-1", "sms-a", "entrust", &day(400)),
        assessment("pia-2", "bank-b", "provide", &day(-1)),
        format!(
            r#"{{"supervision":{{"recipient":"sms-a","on":"{}","by":"合规部","is_satisfactory":true}}}}"#,
            day(-30)
        ),
    ];
    let line = |declaration: &String| {
        let json = format!(r#"{{"schema":1,"at":"{today}","body":{{"declared":{declaration}}}}}"#);
        let entry = Entry::parse(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
        NewEntry::new(entry.to_json()).expect("short")
    };
    let mut entries: Vec<NewEntry> = declared.iter().map(line).collect();
    let request = format!(
        r#"{{"schema":1,"at":"{today}","subject":"{}","body":{{"request_received":{{"id":"r-1","right":"delete","due":"{}"}}}}}}"#,
        "0".repeat(32),
        day(-2)
    );
    let request = Entry::parse(&request).unwrap_or_else(|error| panic!("{error}: {request}"));
    entries.push(NewEntry::about([0; 16], None, request.to_json()).expect("short"));
    let mut store = Sqlite::open_or_begin(&path).expect("a store");
    store.append(&entries, &[]).expect("appended");
    path
}
