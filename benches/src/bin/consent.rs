//! What a decision costs among a million consents, what a record takes in memory, and how fast a ledger is read.
//!
//!     consent [--rounds N]
//!
//! Half a million subjects have two aliases and two records each; of one in eight the consent for a recipient is over. Every answer is checked.

use pii_benches::clock::rounds;
use pii_benches::options;
use pii_core::Kind;
use pii_core::consent::{
    Actor, Age, AliasDigest, Ask, Body, Book, Code, ConsentAct, ConsentEvent, Entry, Outcome, ReceiptLine, RecordId,
    Sm3Digest, Source, SubjectId, VerifySource, Who,
};
use pii_core::key::KeyId;
use pii_core::purpose::Method;
use pii_core::time::Moment;
use std::error::Error;
use std::io::{self, Write};
use std::time::Instant;

const SUBJECTS: u64 = 500_000;

/// How many questions a round asks.
const QUESTIONS: u64 = 200_000;

/// What the firm declared, with its moment left out.
const DECLARED: [&str; 7] = [
    r#"{"purpose":{"code":"marketing","text":"推介","service":"基金销售","is_necessary":false,"kinds":["bank_card","mobile_phone"],"methods":["use","provide"],"retention":"20 years"}}"#,
    r#"{"recipient":{"id":"insurer","name":"某某保险","contact":"privacy@example.com","role":"independent","country":"CN"}}"#,
    r#"{"contract":{"id":"c-1","recipient":"insurer","purposes":["marketing"],"methods":["provide"],"kinds":["bank_card","mobile_phone"],"protection":"加密","rights_and_duties":"见第三条","at_end":"删除","from":"2026-01-01","until":"2029-12-31"}}"#,
    r#"{"assessment":{"id":"a-1","trigger":"provide","purpose":"marketing","kinds":["bank_card","mobile_phone"],"recipient":"insurer","legality":"合法","impact":"低","measures":"适当","is_acceptable":true,"approved_by":"合规部","approved_on":"2026-01-01","until":"2029-12-31"}}"#,
    r#"{"assessment":{"id":"a-2","trigger":"sensitive","purpose":"marketing","kinds":["bank_card","mobile_phone"],"legality":"合法","impact":"低","measures":"适当","is_acceptable":true,"approved_by":"合规部","approved_on":"2026-01-01","until":"2029-12-31"}}"#,
    r#"{"source":{"id":"app","name":"交易APP","algorithm":"ed25519","public_key":"a2V5","registered_by":"li.lei"}}"#,
    r#"{"notice":{"id":"privacy","version":1,"language":"zh-CN","sm3":"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0","form":"enhanced","published_at":"2026-01-01T00:00:00Z","valid_from":"2026-01-01T00:00:00Z","controller":"某某证券","contact":"95xxx","rights":"在APP中撤回","at_expiry":"删除","sensitive_necessity":"付款","sensitive_impact":"财产","purposes":[{"purpose":"marketing","kinds":["bank_card","mobile_phone"],"methods":["use","provide"],"retention":"20 years"}],"disclosures":[{"recipient":"insurer","name":"某某保险","contact":"privacy@example.com","purpose":"marketing","methods":["provide"],"kinds":["bank_card","mobile_phone"],"retention":"1 year","protection":"加密","rights_and_duties":"不得转售"}]}}"#,
];

fn main() -> Result<(), Box<dyn Error>> {
    let options = options::Options::read(0, 5)?;
    let mut out = io::stdout().lock();
    let mut book = Book::new();
    for declared in DECLARED {
        let json = format!(r#"{{"schema":1,"at":"2026-01-02T00:00:00Z","body":{{"declared":{declared}}}}}"#);
        book.apply(&Entry::parse(&json)?, &Signed)?;
    }
    let app = book.source("app").ok_or("declared above")?.clone();
    let before = resident_bytes()?;
    let (mut folding, mut read, mut entries) = (0.0, 0.0, 0_u32);
    for number in 0..SUBJECTS {
        for entry in of_subject(number, &app) {
            let json = entry.to_json();
            let began = Instant::now();
            let again = Entry::parse(&json)?;
            read += began.elapsed().as_secs_f64();
            let began = Instant::now();
            book.apply(&again, &Signed)?;
            folding += began.elapsed().as_secs_f64();
            entries += 1;
        }
    }
    let records = book.record_count();
    assert_eq!((records as u64, book.subject_count() as u64), (SUBJECTS * 2, SUBJECTS));
    let bytes = resident_bytes()?.saturating_sub(before) as f64 / records as f64;
    writeln!(
        out,
        "records {records}, entries {entries}, {bytes:.0} bytes of memory a record, all subjects and aliases included"
    )?;
    let a_second = |seconds: f64| f64::from(entries) / seconds;
    writeln!(out, "entries a second: read {:.0}, folded {:.0}", a_second(read), a_second(folding))?;
    let kinds = [Kind::new("bank_card").ok_or("a kind")?];
    writeln!(out, "{:<16} {:>9}", "ns a decision", "median")?;
    let asked: Vec<(u64, AliasDigest)> =
        (0..QUESTIONS).map(|question| question * 7919 % SUBJECTS).map(|number| (number, alias(number, 0))).collect();
    for (name, recipient) in [("may_process", None), ("may_provide", Some("insurer"))] {
        let (allowed, took) = rounds(options.rounds, || ask_all(&book, &asked, &kinds, recipient))?;
        writeln!(
            out,
            "{name:<16} {:>9.0}   {allowed} of {QUESTIONS} allowed",
            took.as_nanos() as f64 / QUESTIONS as f64
        )?;
    }
    Ok(())
}

/// Asks about subjects all over the book, and gives how often the answer was yes.
fn ask_all(book: &Book, asked: &[(u64, AliasDigest)], kinds: &[Kind], recipient: Option<&str>) -> u64 {
    let at = moment("2026-06-01T00:00:00Z");
    let mut allowed = 0;
    for (number, alias) in asked {
        let method = if recipient.is_some() { Method::Provide } else { Method::Use };
        let who = Who::Aliases(std::slice::from_ref(alias));
        let ask = Ask { who, purpose: "marketing", kinds, method, recipient, channel: Some("sms"), at };
        let decision = if recipient.is_some() { book.may_provide(&ask) } else { book.may_process(&ask) };
        // One in eight has no consent for the recipient any more.
        let expected = if recipient.is_some() && number.is_multiple_of(8) { Outcome::Deny } else { Outcome::Allow };
        assert_eq!(decision.outcome(), expected, "subject {number}: {:?}", decision.reasons());
        allowed += u64::from(decision.is_allowed());
    }
    allowed
}

fn operator() -> Actor {
    Actor::Operator { name: Code::new("li.lei").expect("a name") }
}

/// Signatures have their own bench.
struct Signed;

impl VerifySource for Signed {
    fn is_signed(&self, _: &Source, _: &[u8], _: &[u8]) -> bool {
        true
    }
}

fn of_subject(number: u64, app: &Source) -> Vec<Entry> {
    let at = moment("2026-02-01T00:00:00Z");
    let subject = SubjectId::new(bytes(number, 1));
    let entry = |body| Entry::of(subject, at, body).expect("a person's");
    let mut entries = vec![
        entry(Body::Age { age: Age::BornIn(1890), by: operator() }),
        entry(Body::AliasAdded(alias(number, 0))),
        entry(Body::AliasAdded(alias(number, 1))),
        entry(granted(subject, RecordId::new(bytes(number, 2)), "", app)),
        entry(granted(subject, RecordId::new(bytes(number, 3)), r#""recipient":"insurer","#, app)),
    ];
    if number.is_multiple_of(8) {
        let act = ConsentAct::Invalidated { by: operator(), reason: "bench".to_owned() };
        let previous = entries.last().map(Entry::digest);
        let event = ConsentEvent { record: RecordId::new(bytes(number, 3)), number: 2, previous, act };
        entries.push(entry(Body::Consent(Box::new(event))));
    }
    entries
}

fn granted(subject: SubjectId, record: RecordId, recipient: &str, app: &Source) -> Body {
    let receipt = format!(
        r#"{{"header":{{"schema":"iso27560-cn-1","record":"{record}","subject":"{subject}"}},"processing":{{"notice":{{"id":"privacy","version":1,"language":"zh-CN","sm3":"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"}},"purpose":"marketing","methods":["use","provide"],{recipient}"storage":["CN"],"retention":"20 years","jurisdiction":"CN","withdrawal":"APP"}},"pii":[{{"type":"bank_card"}},{{"type":"mobile_phone"}}],"party":[{{"id":"firm","name":"某某证券","contact":"95xxx"}}],"event":{{"at":"2026-02-01T00:00:00Z","state":"separately_granted","given_by":"self","screen":"page","wording":"{}","control":"button","consents_in_act":1}}}}"#,
        Sm3Digest::of(b"abc")
    );
    let receipt = receipt.replace('\\', "\\\\").replace('"', "\\\"");
    let line = format!(r#"{{"receipt":"{receipt}","source":"app","signature":"c2ln"}}"#);
    let line = ReceiptLine::parse(&line).expect("a line");
    let signed = line.verified(app, &Signed).expect("a receipt");
    let act = ConsentAct::Answered(signed.into_claimed());
    Body::Consent(Box::new(ConsentEvent { record, number: 1, previous: None, act }))
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

/// Sixteen bytes that look drawn.
fn bytes(number: u64, what: u8) -> [u8; 16] {
    let digest = Sm3Digest::of(&[&number.to_be_bytes()[..], &[what]].concat()).bytes();
    std::array::from_fn(|at| digest[at])
}

fn alias(number: u64, what: u8) -> AliasDigest {
    let key = KeyId::new(7).expect("in range");
    AliasDigest::new(key, Sm3Digest::of(&[&number.to_be_bytes()[..], &[0x80 | what]].concat()).bytes())
}

/// How much of this process is in memory: pages of 4 KiB, as Linux counts them.
fn resident_bytes() -> Result<u64, Box<dyn Error>> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    Ok(pages.split(' ').nth(1).ok_or("statm has a second field")?.parse::<u64>()? * 4096)
}
