//! A firm with a purpose of each sort and a recipient of each role, in which tests let things happen.

use pii_core::Kind;
use pii_core::consent::*;
use pii_core::key::KeyId;
use pii_core::purpose::{Method, Purpose, PurposeParts};
use pii_core::time::{Date, Moment, Period};

pub(crate) const PURPOSE: &str = "marketing";
pub(crate) const RECIPIENTS: [(&str, RecipientRole, &str); 6] = [
    ("gateway", RecipientRole::Processor, "CN"),
    ("partner", RecipientRole::Joint, "CN"),
    ("insurer", RecipientRole::Independent, "CN"),
    ("regulator", RecipientRole::Authority, "CN"),
    ("overseas-broker", RecipientRole::Independent, "SG"),
    ("overseas-court", RecipientRole::Authority, "US"),
];

/// One that is ordinary, one that is sensitive, one that is biometric.
pub(crate) const PLAIN: &str = "mobile_phone";
pub(crate) const SENSITIVE: &str = "bank_card";
pub(crate) const BIOMETRIC: &str = "biometric_template";

pub(crate) struct World {
    pub(crate) book: Book,
    pub(crate) entries: Vec<Entry>,
    pub(crate) at: Moment,
}

/// What a test changes about something before it is declared or signed.
pub(crate) type Change<T> = fn(&mut T);

/// Takes as a signature what the source's key and the message have as SM3 digest.
pub(crate) struct Keys;

impl VerifySource for Keys {
    fn is_signed(&self, source: &Source, message: &[u8], signature: &[u8]) -> bool {
        sign(source.public_key.bytes(), message) == signature
    }
}

pub(crate) fn sign(key: &[u8], message: &[u8]) -> Vec<u8> {
    Sm3Digest::of(&[key, message].concat()).bytes().to_vec()
}

pub(crate) fn code(text: &str) -> Code {
    Code::new(text).expect("a code")
}

pub(crate) fn kind(name: &str) -> Kind {
    Kind::new(name).expect("a kind")
}

pub(crate) fn kinds(names: &[&str]) -> Vec<Kind> {
    names.iter().map(|name| kind(name)).collect()
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse(text).expect("a day")
}

pub(crate) fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

pub(crate) fn subject(number: u8) -> SubjectId {
    SubjectId::new([number; 16])
}

pub(crate) fn record(number: u8) -> RecordId {
    RecordId::new([number; 16])
}

pub(crate) fn alias(number: u8) -> AliasDigest {
    AliasDigest::new(KeyId::new(7).expect("a key"), [number; 32])
}

pub(crate) fn sound<P: Parts>(parts: P) -> Sound<P> {
    Sound::new(parts).expect("sound")
}

pub(crate) fn operator() -> Actor {
    Actor::Operator { name: code("li.lei") }
}

/// The person, in the app.
pub(crate) fn own() -> Actor {
    Actor::Subject { source: code("app") }
}

pub(crate) fn purpose_parts() -> PurposeParts {
    PurposeParts {
        code: PURPOSE.to_owned(),
        text: "基金产品推介".to_owned(),
        service: "基金销售".to_owned(),
        is_necessary: false,
        kinds: kinds(&[PLAIN, SENSITIVE, BIOMETRIC, "email"]),
        methods: vec![Method::Use, Method::Transmit, Method::Provide, Method::Publish, Method::Store],
        retention: Period::years(5).expect("some"),
    }
}

pub(crate) fn purpose(change: impl FnOnce(&mut PurposeParts)) -> Declaration {
    let mut parts = purpose_parts();
    change(&mut parts);
    Declaration::Purpose(Published::new(Purpose::new(parts).expect("sound")))
}

pub(crate) fn disclosure(recipient: &str) -> Disclosure {
    Disclosure {
        recipient: code(recipient),
        name: Some(format!("{recipient} 有限公司")),
        contact: Some("privacy@example.com".to_owned()),
        purpose: Some(code(PURPOSE)),
        methods: purpose_parts().methods,
        kinds: purpose_parts().kinds,
        retention: Period::years(1),
        protection: Some("加密传输，专人管理".to_owned()),
        rights_and_duties: Some("不得另作他用".to_owned()),
        rights_overseas: Some("写信给接收方".to_owned()),
    }
}

pub(crate) fn notice_parts(version: u32, from: Moment) -> NoticeParts {
    let parts = purpose_parts();
    NoticeParts {
        id: code("privacy"),
        version,
        language: "zh-CN".to_owned(),
        sm3: Sm3Digest::of(format!("告知书第{version}版").as_bytes()),
        form: NoticeForm::Enhanced,
        published_at: from,
        valid_from: from,
        controller: "某某证券".to_owned(),
        contact: "95xxx".to_owned(),
        rights: "在APP的隐私设置中撤回".to_owned(),
        at_expiry: "删除".to_owned(),
        wordings: vec![Sm3Digest::of("我同意".as_bytes())],
        sensitive_necessity: Some("付款须用".to_owned()),
        sensitive_impact: Some("泄露可致财产损失".to_owned()),
        purposes: vec![NoticePurpose {
            purpose: code(PURPOSE),
            kinds: parts.kinds,
            methods: parts.methods,
            retention: parts.retention,
        }],
        disclosures: RECIPIENTS.iter().map(|(recipient, ..)| disclosure(recipient)).collect(),
    }
}

pub(crate) fn recipient_parts(id: &str, role: RecipientRole, country: &str) -> RecipientParts {
    RecipientParts {
        id: code(id),
        name: format!("{id} 有限公司"),
        contact: "privacy@example.com".to_owned(),
        role,
        country: Some(country.to_owned()),
        under: None,
    }
}

pub(crate) fn contract_parts(recipient: &str) -> ContractParts {
    ContractParts {
        id: code(&format!("contract-{recipient}")),
        recipient: code(recipient),
        purposes: vec![code(PURPOSE)],
        methods: purpose_parts().methods,
        kinds: purpose_parts().kinds,
        protection: "加密".to_owned(),
        rights_and_duties: "见合同第三条".to_owned(),
        at_end: "返还并删除".to_owned(),
        sub_processors: Vec::new(),
        from: day("2026-01-01"),
        until: day("2099-12-31"),
    }
}

pub(crate) fn assessment_parts(trigger: Trigger, recipient: &str) -> AssessmentParts {
    AssessmentParts {
        id: code(&format!("assessment-{recipient}-{}", trigger as u8)),
        trigger,
        purpose: code(PURPOSE),
        kinds: purpose_parts().kinds,
        recipient: Some(code(recipient)),
        legality: "合法、正当、必要".to_owned(),
        impact: "低".to_owned(),
        measures: "与风险相适应".to_owned(),
        is_acceptable: true,
        approved_by: "合规部".to_owned(),
        approved_on: day("2026-01-01"),
        until: day("2099-12-31"),
    }
}

pub(crate) fn basis_parts(basis: BasisKind, recipient: Option<&str>) -> OtherBasisParts {
    OtherBasisParts {
        id: code("basis"),
        basis,
        article: "证券法第一百三十七条".to_owned(),
        document: "档案一号".to_owned(),
        necessity: "履行义务所必需".to_owned(),
        reviewer: "合规部".to_owned(),
        purpose: code(PURPOSE),
        kinds: purpose_parts().kinds,
        methods: purpose_parts().methods,
        recipient: recipient.map(code),
        until: day("2029-12-31"),
    }
}

pub(crate) fn export_parts(recipient: &str, ground: ExportGroundKind) -> ExportGroundParts {
    ExportGroundParts {
        id: code(&format!("export-{recipient}")),
        recipient: code(recipient),
        purposes: vec![code(PURPOSE)],
        kinds: purpose_parts().kinds,
        ground,
        reference: "备案一号".to_owned(),
        until: day("2029-12-31"),
    }
}

/// What somebody answers, to be changed before it is signed.
pub(crate) fn receipt_parts(record: RecordId, subject: SubjectId, at: Moment, state: AnswerState) -> ReceiptParts {
    ReceiptParts {
        header: Header { schema: RECEIPT_SCHEMA.to_owned(), record, subject },
        processing: Processing {
            notice: notice_ref(1),
            purpose: code(PURPOSE),
            methods: purpose_parts().methods,
            recipient: None,
            channel: None,
            storage: vec!["CN-31".to_owned()],
            retention: Period::years(5).expect("some"),
            jurisdiction: "CN".to_owned(),
            withdrawal: "APP隐私设置".to_owned(),
        },
        pii: purpose_parts().kinds.into_iter().map(|kind| Pii { kind }).collect(),
        party: vec![Party { id: code("firm"), name: "某某证券".to_owned(), contact: "95xxx".to_owned() }],
        event: Answer {
            at,
            valid_until: None,
            state,
            given_by: GivenBy::Person,
            proof: None,
            screen: "consent-page".to_owned(),
            wording: Sm3Digest::of("我同意".as_bytes()),
            control: Control::Button,
            consents_in_act: 1,
            session: None,
        },
    }
}

pub(crate) fn notice_ref(version: u32) -> NoticeRef {
    let parts = notice_parts(version, moment("2026-01-01T00:00:00Z"));
    NoticeRef { id: parts.id, version, language: parts.language, sm3: parts.sm3 }
}

pub(crate) fn line(parts: &ReceiptParts, source: &str, key: &[u8]) -> String {
    let text = serde_json::to_string(parts).expect("JSON");
    let signature = Base64::new(&sign(key, text.as_bytes())).expect("bytes");
    serde_json::json!({"receipt": text, "source": source, "signature": signature.to_string()}).to_string()
}

impl World {
    /// Nothing is lacking but consent, and nobody has come yet.
    pub(crate) fn new() -> Self {
        let at = moment("2026-01-01T00:00:00Z");
        let mut world = Self { book: Book::new(), entries: Vec::new(), at };
        world.declare(purpose(|_| {}));
        world.declare(Declaration::Notice(sound(notice_parts(1, at))));
        for (id, role, country) in RECIPIENTS {
            world.declare(Declaration::Recipient(sound(recipient_parts(id, role, country))));
            world.declare(Declaration::Contract(sound(contract_parts(id))));
            for trigger in [Trigger::Entrust, Trigger::Provide, Trigger::Export] {
                world.declare(Declaration::Assessment(sound(assessment_parts(trigger, id))));
            }
        }
        for trigger in [Trigger::Sensitive, Trigger::Publish] {
            let parts = AssessmentParts { recipient: None, ..assessment_parts(trigger, "firm") };
            world.declare(Declaration::Assessment(sound(parts)));
        }
        world.supervise("gateway", "2026-01-01", true);
        let public_key = Base64::new(b"app key").expect("bytes");
        let (id, name, algorithm) = (code("app"), "交易APP".to_owned(), code("ed25519"));
        world.declare(Declaration::Source(sound(SourceParts {
            id,
            name,
            algorithm,
            public_key,
            registered_by: code("li.lei"),
            until: None,
        })));
        world.wait(3600);
        world
    }

    pub(crate) fn supervise(&mut self, recipient: &str, on: &str, is_satisfactory: bool) {
        let parts =
            SupervisionParts { recipient: code(recipient), on: day(on), by: "合规部".to_owned(), is_satisfactory };
        self.declare(Declaration::Supervision(sound(parts)));
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.at = self.at.plus_millis(seconds * 1000).expect("in range");
    }

    pub(crate) fn take(&mut self, entry: Entry) -> Result<(), Fault> {
        let taken = self.book.apply(&entry, &Keys);
        self.entries.push(entry);
        taken
    }

    pub(crate) fn declare(&mut self, declaration: Declaration) {
        let entry = self.book.declare(declaration, self.at).expect("allowed");
        self.take(entry).expect("taken");
    }

    pub(crate) fn age(&mut self, subject: SubjectId, age: Age) {
        let entry = Entry::of(subject, self.at, Body::Age { age, by: operator() }).expect("a person's");
        self.take(entry).expect("taken");
    }

    pub(crate) fn alias(&mut self, subject: SubjectId, alias: AliasDigest) {
        let entry = self.book.add_alias(subject, alias, self.at).expect("allowed");
        self.take(entry).expect("taken");
    }

    /// An adult, known by one alias of the same number.
    pub(crate) fn adult(&mut self, number: u8) -> SubjectId {
        self.age(subject(number), Age::From14);
        self.alias(subject(number), alias(number));
        subject(number)
    }

    pub(crate) fn signed(&self, parts: &ReceiptParts) -> Signed<Receipt> {
        let line = ReceiptLine::parse(&line(parts, "app", b"app key")).expect("a line");
        line.verified(self.book.source("app").expect("registered"), &Keys).expect("signed")
    }

    /// Somebody answers now.
    pub(crate) fn answer(&mut self, parts: &ReceiptParts) -> Result<(), Fault> {
        let entries = self.book.answer(self.signed(parts), self.at)?;
        entries.into_iter().try_for_each(|entry| self.take(entry))
    }

    pub(crate) fn grant(&mut self, record: RecordId, subject: SubjectId, change: impl FnOnce(&mut ReceiptParts)) {
        let mut parts = receipt_parts(record, subject, self.at, AnswerState::SeparatelyGranted);
        change(&mut parts);
        self.answer(&parts).expect("granted");
    }

    pub(crate) fn withdraw(&mut self, subject: SubjectId, which: Which<'_>) {
        let entries = self.book.withdraw(subject, which, (own(), None), self.at).expect("allowed");
        entries.into_iter().for_each(|entry| self.take(entry).expect("taken"));
    }

    pub(crate) fn erase(&mut self, subject: SubjectId) {
        let entries = self.book.erase(subject, &[], (operator(), "本人要求".to_owned()), self.at).expect("allowed");
        entries.into_iter().for_each(|entry| self.take(entry).expect("taken"));
    }

    /// The same ledger, read afresh after what a deletion blanks is blank.
    pub(crate) fn read_afresh(&self, erased: SubjectId) -> Self {
        let mut again = Self { book: Book::new(), entries: Vec::new(), at: self.at };
        let is_left = |entry: &&Entry| entry.subject() != Some(erased) || matches!(entry.body(), Body::Erased { .. });
        self.entries.iter().filter(is_left).for_each(|entry| again.take(entry.clone()).expect("taken"));
        again
    }

    pub(crate) fn ask<'a>(&self, who: &'a [AliasDigest], kinds: &'a [Kind], recipient: Option<&'a str>) -> Ask<'a> {
        let method = if recipient.is_some() { Method::Provide } else { Method::Use };
        Ask { who: Who::Aliases(who), purpose: PURPOSE, kinds, method, recipient, channel: Some("sms"), at: self.at }
    }
}
