//! An output in which something keyed stands, read again: what was put there is no finding, and everything else is one.

use pii_core::key::{Entropy, EntropyError, Suite};
use pii_core::policy::{Action, Date, Flow, Policy};
use pii_core::transform::{Asked, Transform, TransformError};
use pii_core::{Engine, RuleSet};
use pii_formats::{Format, Masker, Mode, Options, Output, Report, Session};
use pii_keys::{Keyring, Transformer};
use pii_tests::coding::base64;
use pii_tests::document::Document;
use pii_tests::generate::{self, Generator};
use pii_tests::random::Random;
use pii_tests::template::{Marked, Template};
use pii_tests::{disguise, format, matrix, message};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::builtin()));

/// The same keys each time: which pseudonyms there are, and so what is next to what, is no matter of chance.
struct Drawn(Random);

impl Entropy for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill_with(|| self.0.bits() as u8);
        Ok(())
    }
}

static KEYS: LazyLock<Arc<Transformer>> = LazyLock::new(|| {
    let mut entropy = Drawn(Random::new(20_261_126));
    let today = Date::new(2026, 11, 1).expect("a day");
    let ring = Keyring::new(Suite::Any, today, &mut entropy).expect("there is randomness");
    Arc::new(Transformer::new(&ring, &mut entropy).expect("there is randomness"))
});

/// What leaves for a test environment by the built-in policy and by `rules` behind it.
fn masker(rules: &str, keys: Arc<dyn Transform>) -> Masker {
    let set = RuleSet::builtin();
    let kinds: Vec<_> = set.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
    let policy = Policy::builtin().with("firm.toml", rules, &kinds).expect("good rules");
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("test_data"), recipient: None, purpose: None, today };
    Masker::with_keys(ENGINE.clone(), &policy, &flow, keys).expect("all keys are there")
}

fn by_action(action: Action) -> Masker {
    let rule = "[[rule]]\nchannel = \"test_data\"\nclass = [2, 3]\nscope = \"uat\"\n";
    masker(&format!("{rule}action = \"{action}\"\n"), KEYS.clone())
}

static PSEUDONYMS: LazyLock<Masker> = LazyLock::new(|| masker("", KEYS.clone()));

const KEYED: [Action; 4] = [Action::Fpe, Action::Token, Action::Seal, Action::Hash];

fn read_as(format: format::Format) -> Options {
    options(Format::ALL.into_iter().find(|known| known.name() == format.name()).expect("a format that is read"))
}

fn options(format: Format) -> Options {
    Options { format: Some(format), ..Options::default() }
}

/// Takes what has come out of one session through the other, and appends it to `bytes`.
fn read_again(again: &mut Session<'_>, output: &mut Output, bytes: &mut Vec<u8>, left: &mut Output) {
    again.accept(std::mem::take(&mut output.replaced));
    again.push(&output.bytes, left).expect("what was read is read again");
    bytes.append(&mut output.bytes);
}

fn left_over(mut left: Output) -> Vec<Report> {
    assert!(left.bytes.is_empty() && left.replaced.is_empty(), "nothing is written");
    left.reports.retain(|report| report.action != "pass");
    left.reports
}

/// Masks by `first`, in chunks of `size` bytes, and reads what comes out in step with it, by `second`. `None` if the input is
/// not what the format says.
fn taken(
    [first, second]: [&Masker; 2],
    options: &Options,
    input: &[u8],
    size: usize,
) -> Option<(Vec<u8>, Vec<Report>)> {
    let (mut first, mut again) =
        (first.session(Mode::Mask, options.clone()), second.session(Mode::Check, options.clone()));
    let (mut bytes, mut left, mut output) = (Vec::new(), Output::default(), Output::default());
    for chunk in input.chunks(size) {
        first.push(chunk, &mut output).ok()?;
        read_again(&mut again, &mut output, &mut bytes, &mut left);
    }
    first.finish(&mut output).ok()?;
    read_again(&mut again, &mut output, &mut bytes, &mut left);
    again.finish(&mut left).expect("what was read is read again");
    Some((bytes, left_over(left)))
}

/// Nothing is left over. Says how many bytes were read, where anything was replaced.
fn is_clean(masker: &Masker, options: &Options, document: &Document, name: &str) -> usize {
    let Some((bytes, left)) = taken([masker; 2], options, &document.bytes, 64 << 10) else { return 0 };
    assert!(left.is_empty(), "{name}, {:?}: {left:?}", options.format);
    if bytes == document.bytes { 0 } else { document.bytes.len() }
}

/// A row of a table, in several formats: what stands before all rows, a row, and what stands behind them.
fn tables() -> Vec<(Format, String, Template, &'static str)> {
    let columns = [
        ("custName", "{name!L}"),
        ("idNo", "{id18!L}"),
        ("mobile", "{mobile!L}"),
        ("email", "{email!L}"),
        ("bankCard", "{card!L}"),
        ("address", "{addr!L}"),
        ("fundAccount", "{cash!L}"),
        ("amount", "{~px}"),
        ("tradeDate", "{~date}"),
    ];
    let each = |write: &dyn Fn(&str, &str) -> String, between: &str| {
        columns.iter().map(|(name, value)| write(name, value)).collect::<Vec<_>>().join(between)
    };
    let names = each(&|name, _| name.to_owned(), ",");
    let cells = each(&|_, value| value.to_owned(), ",");
    let members = each(&|name, value| format!("\"{name}\":\"{value}\""), ",");
    let literals = each(&|_, value| format!("'{value}'"), ", ");
    let elements = each(&|name, value| format!("<{name}>{value}</{name}>"), "");
    let heads = each(&|name, _| format!("<th>{name}</th>"), "");
    let data = each(&|_, value| format!("<td>{value}</td>"), "");
    let pairs = each(&|name, value| format!("{name}={value}"), " ");
    [
        (Format::Csv, format!("{names}\n"), cells, ""),
        (Format::Ndjson, String::new(), format!("{{{{{members}}}}}"), ""),
        (Format::Sql, String::new(), format!("INSERT INTO t ({names}) VALUES ({literals});"), ""),
        (Format::Xml, "<rows>\n".to_owned(), format!("<row>{elements}</row>"), "</rows>\n"),
        (Format::Html, format!("<table>\n<tr>{heads}</tr>\n"), format!("<tr>{data}</tr>"), "</table>\n"),
        (Format::Text, String::new(), format!("{{~dt}} INFO {pairs}"), ""),
    ]
    .map(|(format, head, row, tail)| (format, head, Template::parse(&row).expect("slots that there are"), tail))
    .into()
}

fn lines(generator: &mut Generator, count: usize) -> Document {
    let is_line = |message: &message::Message| message.format == format::Format::Text;
    let mut log = Document::default();
    for message in std::iter::repeat_with(|| message::next(generator)).filter(is_line).take(count) {
        log.append(&message.document);
        log.push("\n");
    }
    log
}

#[test]
fn pseudonyms_are_no_finding() {
    let mut generator = Generator::new(20_261_126);
    let log = lines(&mut generator, 8_000);
    assert!(is_clean(&PSEUDONYMS, &options(Format::Text), &log, "log") > 0);
    for (format, head, row, tail) in tables() {
        let mut document = Document::default();
        document.push(head);
        for _ in 0..1_000 {
            document.append(&row.fill(&mut generator, &mut Marked::new()));
            document.push("\n");
        }
        document.push(tail);
        assert!(is_clean(&PSEUDONYMS, &options(format), &document, "table") > 0, "{format:?}");
    }
    for known in [format::Format::Json, format::Format::Form, format::Format::Fix, format::Format::Multipart] {
        for slot in generate::slots() {
            if let Some(document) = matrix::document(slot, known, &mut generator) {
                is_clean(&PSEUDONYMS, &read_as(known), &document, slot.name);
            }
        }
    }
}

#[test]
fn nothing_that_takes_keys_is_a_finding_in_any_message() {
    let mut generator = Generator::new(20_261_127);
    for masker in KEYED.map(by_action) {
        for pattern in message::PATTERNS.iter() {
            let message = pattern.fill(&mut generator);
            is_clean(&masker, &read_as(message.format), &message.document, pattern.id);
        }
        for mail in message::mails(&mut generator) {
            assert!(is_clean(&masker, &options(Format::Eml), &mail.document, mail.id) > 0, "{}", mail.id);
        }
    }
}

#[test]
fn pseudonyms_are_no_finding_in_disguise_either() {
    let mut generator = Generator::new(20_261_128);
    // Left over now and then, and that is said: a date together with the tags that stood in it, and a name with a character
    // beside it that is written in another way.
    let is_apart = |name: &str| !name.ends_with(" inside") && !name.ends_with(" references");
    let mut bytes = 0;
    for disguise in disguise::disguises().filter(|disguise| is_apart(disguise.name)) {
        for message in std::iter::repeat_with(|| message::next(&mut generator)).take(40) {
            if let Some(document) = disguise.apply(&message.document) {
                bytes += is_clean(&PSEUDONYMS, &read_as(message.format), &document, disguise.name);
            }
        }
    }
    assert!(bytes > 100_000, "{bytes}");
}

#[test]
fn where_an_input_is_cut_makes_no_difference() {
    let mut generator = Generator::new(20_261_129);
    let log = lines(&mut generator, 100);
    let whole = taken([&PSEUDONYMS; 2], &options(Format::Text), &log.bytes, usize::MAX).expect("text");
    for size in [1, 7, 300, 5_000] {
        let cut = taken([&PSEUDONYMS; 2], &options(Format::Text), &log.bytes, size).expect("text");
        assert!(cut == whole, "{size}");
    }
}

/// A masker that is blind to one number.
fn blind_to(value: &str) -> Masker {
    let who = "owner = \"it\"\nwhy = \"a test\"\nexpires = 2027-01-31\n";
    masker(&format!("[[exempt]]\npattern = \"{value}\"\n{who}"), KEYS.clone())
}

#[test]
fn what_the_first_reading_missed_is_found() {
    let (missed, seen) = ("13800138000", "18612345678");
    let inner = format!("{{\"mobile\":\"{seen}\",\"tel\":\"{missed}\"}}");
    for (format, input) in [
        (Format::Text, format!("客户张三，手机{seen}，{missed}，身份证440524188001010014\n")),
        (Format::Text, format!("data={}\n", base64(inner.as_bytes()))),
        (Format::Json, format!("{{\"body\":\"{}\"}}", base64(inner.as_bytes()))),
        (Format::Json, format!("{{\"body\":{inner:?}}}")),
        (Format::Json, inner.replace('"', "").replace(':', "\":").replace(',', ",\"").replace('{', "{\"")),
        (Format::Csv, format!("mobile,tel\n{seen},{missed}\n")),
        (Format::Xml, format!("<a><mobile>{seen}</mobile><tel>{missed}</tel></a>")),
        (Format::Html, format!("<p>手机{seen}</p><p>手机{missed}</p>")),
        (Format::Sql, format!("INSERT INTO t (mobile, tel) VALUES ('{seen}', {missed});")),
        (Format::Eml, format!("Subject: =?utf-8?B?{}?=\r\n\r\n-\r\n", base64(format!("{seen},{missed}").as_bytes()))),
        (
            Format::Eml,
            format!(
                "Content-Transfer-Encoding: base64\r\nContent-Type: text/plain\r\n\r\n{}\r\n",
                base64(format!("手机{seen}，{missed}").as_bytes())
            ),
        ),
        (
            Format::Eml,
            format!("Content-Transfer-Encoding: quoted-printable\r\n\r\ntel {seen}, mobile 138=\r\n00138000\r\n"),
        ),
    ] {
        let input = input.as_bytes();
        let (_, left) = taken([&PSEUDONYMS; 2], &options(format), input, usize::MAX).expect("good input");
        assert!(left.is_empty(), "{format:?}: {left:?}");
        let first = blind_to(missed);
        let (bytes, left) = taken([&first, &PSEUDONYMS], &options(format), input, usize::MAX).expect("good input");
        assert!(bytes != input, "{format:?}: the other number is replaced");
        let left: Vec<_> = left.iter().map(|report| (report.kind.as_str(), report.action)).collect();
        assert_eq!(left, [("mobile_phone", "fpe")], "{format:?}");
    }
}

/// Every way of writing a kind, in every format: one value of each document is left in clear, with pseudonyms around it.
#[test]
fn a_missed_value_of_any_kind_is_found_among_pseudonyms() {
    let mut generator = Generator::new(20_261_130);
    let beside = Template::parse("客户{name!L}，手机{mobile!L}，身份证{id18!L}\n").expect("slots that there are");
    let mut cases = 0;
    for slot in generate::slots() {
        for known in format::Format::ALL {
            let Some(mut document) = matrix::document(slot, known, &mut generator) else { continue };
            if known == format::Format::Text {
                document.append(&beside.fill(&mut generator, &mut Marked::new()));
            }
            let options = read_as(known);
            let output = PSEUDONYMS.mask(&document.bytes, &options).expect("good input");
            let Some(report) = output.reports.iter().find(|report| report.action != "pass") else { continue };
            let value = report.dangerously_value();
            let canonical: String = value.chars().filter(|c| c.is_alphanumeric()).collect();
            // A picture is not what a pattern is for.
            if canonical.len() > 100 {
                continue;
            }
            let first = blind_to(&canonical.to_ascii_uppercase());
            let (bytes, left) =
                taken([&first, &PSEUDONYMS], &options, &document.bytes, usize::MAX).expect("good input");
            assert!(
                bytes.windows(value.len()).any(|window| window == value.as_bytes()) || known != format::Format::Text
            );
            assert!(left.iter().any(|left| left.kind == report.kind), "{} in {known:?}: {left:?}", slot.name);
            cases += 1;
        }
    }
    assert!(cases > 500, "{cases}");
}

#[test]
fn a_place_covers_what_stands_in_it_and_not_a_byte_beside_it() {
    let input = "手机18612345678，备用".as_bytes();
    let output = PSEUDONYMS.mask(input, &options(Format::Text)).expect("text");
    let start = "手机".len();
    let left = |bytes: &[u8], is_told: bool| {
        let mut session = PSEUDONYMS.session(Mode::Check, options(Format::Text));
        let mut left = Output::default();
        session.accept(output.replaced.iter().filter(|_| is_told).cloned());
        session.push(bytes, &mut left).and_then(|()| session.finish(&mut left)).expect("text");
        left_over(left).len()
    };
    assert_eq!((left(&output.bytes, true), left(&output.bytes, false)), (0, 1));
    // Whatever stands there is none of the original: here another number.
    assert_eq!(left("手机13800138000，备用".as_bytes(), true), 0);
    let insert = |at: usize, text: &str| [&output.bytes[..at], text.as_bytes(), &output.bytes[at..]].concat();
    assert_eq!(left(&insert(start, "："), true), 1, "it has moved");
    assert_eq!(left(&insert(start + 11, "，13800138000"), true), 1);
    assert_eq!(left(&insert(output.bytes.len(), "\n手机13800138000\n"), true), 1);
}

#[test]
fn a_sign_beside_a_token_is_none_of_its_value() {
    let tokens = masker("[[rule]]\nclass = [2, 3, 4]\naction = \"token\"\n", KEYS.clone());
    let key = "ghp_abcdEFGH1234ijklMNOP5678abcdEFGH1234";
    for (format, text) in [
        (Format::Text, format!("access_token: {key}iban: GB29 NWBK 6016 1331 9268 19\n")),
        (Format::Text, format!("accessToken：{key}:GB29NWBK60161331926819\n")),
        (Format::Html, format!("<p>access_token: {key}iban: GB29 NWBK 6016 1331 9268 19</p>\n")),
    ] {
        let (bytes, left) = taken([&tokens; 2], &options(format), text.as_bytes(), 64).expect("it can be read");
        assert!(left.is_empty() && bytes != text.as_bytes(), "{text}: {left:?} in {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_character_beside_a_name_is_no_name() {
    let input = "客户张三，手机18612345678\n".as_bytes();
    let output = PSEUDONYMS.mask(input, &options(Format::Text)).expect("text");
    let left = |text: &str| {
        let mut session = PSEUDONYMS.session(Mode::Check, options(Format::Text));
        let mut left = Output::default();
        session.accept(output.replaced.iter().take(1).cloned());
        session.push(text.as_bytes(), &mut left).and_then(|()| session.finish(&mut left)).expect("text");
        left_over(left).iter().map(|report| report.kind.as_str()).collect::<Vec<_>>()
    };
    let name = &output.bytes["客户".len()..output.bytes.len() - "，手机18612345678\n".len()];
    // A pseudonym of a name with as many characters stands where the name stood.
    assert_eq!(name.len(), "张三".len());
    assert_eq!(left("客户李四，您好\n"), [""; 0]);
    assert_eq!(left("客户李四平，您好\n"), [""; 0]);
    assert_eq!(left("客户李四，王五，客户赵小六，您好\n"), ["person_name"]);
    assert_eq!(left("您的客户李四，您好\n"), ["person_name"], "it has moved");
}

#[test]
fn pieces_count_from_where_they_begin() {
    let line = |nth: usize| format!("{{\"name\":\"张三\",\"mobile\":\"138{nth:08}\",\"n\":{nth}}}\n");
    let head: String = (0..2_000).map(line).collect();
    let masker = by_action(Action::Seal);
    let sessions =
        |options: &Options| (masker.session(Mode::Mask, options.clone()), masker.session(Mode::Check, options.clone()));
    let (mut first, mut again) = sessions(&options(Format::Ndjson));
    let (mut bytes, mut left, mut output) = (Vec::new(), Output::default(), Output::default());
    first.push(head.as_bytes(), &mut output).expect("JSON");
    read_again(&mut again, &mut output, &mut bytes, &mut left);
    let at = first.position();
    let continuations = (first.continuation().expect("a line has ended"), again.continuation().expect("here too"));
    assert!(bytes.len() > head.len(), "what is sealed is longer");
    // One that has read something else before goes on, for two pieces.
    let (mut first, mut again) = sessions(&Options::default());
    for _ in 0..2 {
        first.go_on_from(&continuations.0, &at);
        again.go_on_from(&continuations.1, &at);
        for nth in 2_000..2_100 {
            first.push(line(nth).as_bytes(), &mut output).expect("JSON");
            read_again(&mut again, &mut output, &mut bytes, &mut left);
        }
        assert!(first.is_at(&continuations.0) && again.is_at(&continuations.1));
    }
    assert!(left_over(left).is_empty());
    assert_eq!(bytes.iter().filter(|&&b| b == b'\n').count(), 2_200);
}

/// Counts how often it is asked.
struct Counting(AtomicUsize);

impl Transform for Counting {
    fn offers(&self, _: Action) -> bool {
        true
    }

    fn transform(&self, asked: &Asked<'_>) -> Result<String, TransformError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        KEYS.transform(asked)
    }
}

#[test]
fn a_check_takes_no_keys() {
    let counting = Arc::new(Counting(AtomicUsize::new(0)));
    let masker = masker("", counting.clone());
    let input = "手机18612345678，身份证440524188001010014".as_bytes();
    let output = masker.mask(input, &options(Format::Text)).expect("text");
    assert_eq!(counting.0.load(Ordering::Relaxed), 2);
    // Not even for what is left over.
    let mut session = masker.session(Mode::Check, options(Format::Text));
    let mut left = Output::default();
    session.push(&output.bytes, &mut left).and_then(|()| session.finish(&mut left)).expect("text");
    assert_eq!(left_over(left).len(), 2);
    assert_eq!(counting.0.load(Ordering::Relaxed), 2);
}
