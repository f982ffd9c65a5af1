//! What several sessions make of the pieces of an input is what one makes of all of it: the same bytes, the same reports with
//! the same positions, lines and paths, and the same error behind the same output.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Charset, Error, Format, Masker, Mode, Options, Output};
use proptest::prelude::*;
use std::sync::LazyLock;

fn masker() -> &'static Masker {
    static MASKER: LazyLock<Masker> = LazyLock::new(|| {
        let rules = RuleSet::builtin();
        let kinds: Vec<_> = rules.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
        // Something has to be blocked now and then.
        let blocks = "[[rule]]\nkind = \"iban\"\naction = \"block\"\n";
        let policy = Policy::builtin().with("blocks.toml", blocks, &kinds).expect("a rule");
        let today = Date::new(2026, 11, 23).expect("a day");
        let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
        Masker::new(Engine::new(rules), &policy, &flow).expect("it needs no keys")
    });
    &MASKER
}

type Made = (Output, Result<(), Error>);

fn in_one(options: &Options, input: &[u8]) -> Made {
    let mut output = Output::default();
    let mut session = masker().session(Mode::Mask, options.clone());
    // As much as the head of a table takes at once.
    let outcome = session.push(input, &mut output).and_then(|()| session.finish(&mut output));
    (output, outcome)
}

/// Masks `input` in pieces of at most `size` bytes, each by a session of its own where it may be. Says how many were.
fn in_pieces(options: &Options, input: &[u8], size: usize) -> (Made, usize) {
    let mut output = Output::default();
    let (mut live, mut at, mut alone) = (masker().session(Mode::Mask, options.clone()), 0, 0);
    // What one session has left unread, another one is not begun with before more of it is there.
    let mut may_begin = true;
    let mut turns = 0;
    while at < input.len() {
        turns += 1;
        assert!(turns <= 4 * input.len(), "it gets no further than {at} in pieces of {size}");
        let mut window = &input[at..input.len().min(at + size)];
        let mut cut = window.iter().rposition(|&b| b == b'\n').map(|end| end + 1);
        if let Some(from) = live.continuation().filter(|_| may_begin && live.unread().len() < size) {
            let position = live.position();
            at -= live.unread().len();
            assert_eq!(live.unread(), &input[at..at + live.unread().len()]);
            window = &input[at..input.len().min(at + size)];
            cut = from.cut(window);
            // One that has read something else before.
            live = masker().session(Mode::Mask, Options { format: Some(Format::Json), ..Options::default() });
            live.push(b"{\"mobile\":13800138000,", &mut Output::default()).expect("JSON");
            live.go_on_from(&from, &position);
            assert_eq!(live.position(), position);
            alone += 1;
            may_begin = false;
        } else {
            may_begin = true;
        }
        let piece = &window[..cut.unwrap_or(window.len())];
        if let Err(error) = live.push(piece, &mut output) {
            return ((output, Err(error)), alone);
        }
        at += piece.len();
        may_begin |= live.unread().is_empty();
    }
    let outcome = live.finish(&mut output);
    ((output, outcome), alone)
}

/// Holds pieces of several sizes against the whole. Says how many were masked alone.
fn check(options: &Options, input: &[u8], sizes: &[usize]) -> usize {
    let (whole, outcome) = in_one(options, input);
    let longest = input.split(|&b| b == b'\n').map(<[u8]>::len).max().unwrap_or(0);
    let mut most = 0;
    for &size in sizes {
        let ((mut parts, again), alone) = in_pieces(options, input, size);
        assert_eq!(format!("{again:?}"), format!("{outcome:?}"), "in pieces of {size}");
        if outcome.is_err() && size <= longest {
            // What has arrived of a line before its error may be out.
            assert!(parts.bytes.starts_with(&whole.bytes), "in pieces of {size}");
            parts.bytes.truncate(whole.bytes.len());
            parts.reports.truncate(whole.reports.len());
        }
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(parts.bytes == whole.bytes, "in pieces of {size}: {}\n{}", shown(&parts.bytes), shown(&whole.bytes));
        assert!(parts.reports == whole.reports, "in pieces of {size}: {:?}\n{:?}", parts.reports, whole.reports);
        most = most.max(alone);
    }
    most
}

fn options(format: Format, charset: Charset) -> Options {
    Options { format: Some(format), charset: Some(charset), ..Options::default() }
}

fn coded(charset: Charset, text: &str) -> Vec<u8> {
    match charset {
        Charset::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
        _ => text.as_bytes().to_vec(),
    }
}

/// Longer than a text that is one message.
fn log() -> String {
    (0..80)
        .map(|nth| format!("2026-11-23 10:00:{:02} INFO order {nth} of 手机138001380{:02} done\n", nth % 60, nth % 100))
        .collect()
}

/// Enough rows for the sample of a table.
fn table(eol: &str) -> String {
    let rows = (0..1000).map(|nth| format!("李四,8800{:06},x{nth}{eol}", nth * 7919 % 1_000_000));
    format!("姓名,资金账号,备注{eol}{}", rows.collect::<String>())
}

#[test]
fn a_label_before_a_cut_speaks_for_the_line_behind_it() {
    let input = log() + &"资金账号\n8800123456\n姓名：\r\n张三\r\n\n资金账号\n\n8800123456\n".repeat(20);
    for charset in [Charset::Utf8, Charset::Gb18030] {
        assert!(
            check(&options(Format::Text, charset), &coded(charset, &input), &[1, 10, 17, 40, 1000]) > 20,
            "{charset:?}"
        );
    }
}

/// What a carriage return alone ends begins no card: to cut there would cut the card that is open.
#[test]
fn a_card_goes_on_over_what_looks_like_another() {
    let card = "BEGIN:VCARD\n,  \"0 ,\r手机号码\r\nBEGIN:VCARD\r备注,客户\rEND:VCARD\n8800123456\r手机\r\n备注备注\r8800123456\r\n";
    let behind = "\"8户\",,7资金,\r\n8800123456\n资金账号\n{\"mobile\":\"13800138000\",\"r\":[{\"name\":\"张三\"}]}\n";
    for before in 0..12 {
        let text = log() + &"8\n".repeat(before) + card + behind;
        let sizes: Vec<usize> = (90..180).collect();
        check(&options(Format::Text, Charset::Gb18030), &coded(Charset::Gb18030, &text), &sizes);
    }
}

#[test]
fn cards_are_not_cut() {
    let card = "BEGIN:VCARD\r\nFN:张三\r\nTEL;TYPE=CELL:13800138000\r\nNOTE:a\r\n b\r\nEND:VCARD\r\n";
    let input = log() + &card.repeat(10) + "BEGIN:VCARD\nN:x\n" + card + &log();
    let options = options(Format::Text, Charset::Utf8);
    assert!(check(&options, input.as_bytes(), &[7, 50, 100, 300]) > 10);
    // Sizes that take a card are never read on over a cut.
    let ((_, outcome), alone) = in_pieces(&options, card.repeat(400).as_bytes(), 100);
    outcome.expect("text");
    assert!(alone > 200, "{alone}");
}

#[test]
fn rows_over_several_lines_and_tables_below_a_table() {
    for eol in ["\n", "\r\n"] {
        let rows = "张三,\"8800\n123456\",\"a \"\"b\"\"\n\nc\"\n王五,5\" pipe,8800123457\n\n姓名,资金账号,备注\n\n备注,手机\nx,13800138000\n,\n";
        let input = table(eol) + &rows.replace('\n', eol).repeat(40) + "张三,\"8800123456";
        assert!(check(&options(Format::Csv, Charset::Utf8), input.as_bytes(), &[1, 13, 60, 500]) > 10, "{eol:?}");
        let tabs = input.replace(',', "\t");
        assert!(check(&options(Format::Tsv, Charset::Utf8), tabs.as_bytes(), &[13, 60]) > 10, "{eol:?}");
        let gb = coded(Charset::Gb18030, &input);
        assert!(check(&options(Format::Csv, Charset::Gb18030), &gb, &[13, 61]) > 10, "{eol:?}");
    }
}

#[test]
fn tables_that_are_one_record_are_read_by_one() {
    let sideways: String = (0..1200).map(|nth| format!("手机,138{nth:08}\n")).collect();
    assert_eq!(check(&options(Format::Csv, Charset::Utf8), format!("姓名,张三\n{sideways}").as_bytes(), &[1000]), 0);
}

#[test]
fn errors_and_what_is_blocked_stop_at_the_same_place() {
    let line = "{\"mobile\":\"13800138000\",\"note\":\"ok\"}\n";
    let blocked = "{\"a\":{\"mobile\":\"13800138000\"},\"iban\":\"DE89370400440532013000\"}\n";
    for wrong in
        [blocked, "{\"mobile\":\"13800138000\",\n", "{\"a\":1} x\n", "\"13800138000\n", "{\"a\":\"13800138000", "[1,"]
    {
        let input = line.repeat(9) + wrong + &line.repeat(3);
        let ndjson = options(Format::Ndjson, Charset::Utf8);
        assert!(in_one(&ndjson, input.as_bytes()).1.is_err(), "{wrong}");
        assert!(check(&ndjson, input.as_bytes(), &[1, 20, 40, 80, 200]) > 5, "{wrong}");
    }
    let many = "1,".repeat(5000) + "\n";
    for wrong in [&many[..], "王五,DE89370400440532013000,x\n", "王五,\"8800123456,x\n"] {
        let input = table("\n") + wrong + "王五,8800123457,x\n";
        assert!(in_one(&options(Format::Csv, Charset::Utf8), input.as_bytes()).1.is_err(), "{wrong}");
        assert!(check(&options(Format::Csv, Charset::Utf8), input.as_bytes(), &[30, 200, 20_000]) > 0, "{wrong}");
    }
}

#[test]
fn what_one_session_has_to_read_has_no_continuation() {
    let row = "{\"mobile\":\"13800138000\"}\n";
    let utf16: Vec<u8> = log().encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (format, charset, input) in [
        (Format::Json, Charset::Utf8, row.repeat(100).into_bytes()),
        (Format::Sql, Charset::Utf8, "SELECT 1;\n".repeat(100).into_bytes()),
        (Format::Text, Charset::Utf16Le, utf16),
    ] {
        assert_eq!(check(&options(format, charset), &input, &[10, 100]), 0, "{format:?}");
    }
}

fn documents() -> impl Strategy<Value = (Format, Charset, String)> {
    let line = prop_oneof![
        Just(String::new()),
        Just("资金账号".to_owned()),
        Just("8800123456".to_owned()),
        Just("姓名：".to_owned()),
        Just("张三".to_owned()),
        Just("姓名,资金账号,备注".to_owned()),
        Just("备注,手机".to_owned()),
        Just("BEGIN:VCARD".to_owned()),
        Just("TEL:13800138000".to_owned()),
        Just("END:VCARD".to_owned()),
        Just("{\"mobile\":\"13800138000\",\"r\":[{\"name\":\"张三\"}]}".to_owned()),
        Just("8=FIX.4.2|9=35|35=D|553=13800138000|58=ok|10=000|".to_owned()),
        "[,\"0-9 张]{0,12}",
        "手机1380013800[0-9],\"?x{0,70}\"?",
    ];
    let lines = prop::collection::vec((line, prop_oneof![Just("\n"), Just("\r\n"), Just("\r")]), 0..40);
    let formats = vec![Format::Text, Format::Ndjson, Format::Csv, Format::Tsv, Format::Fix];
    let mark = prop::bool::weighted(0.2);
    (prop::sample::select(formats), prop::bool::ANY, lines, mark).prop_map(|(format, is_gb, lines, mark)| {
        let body: String = lines.iter().map(|(line, eol)| line.clone() + eol).collect();
        let head = match format {
            Format::Text => log(),
            Format::Csv => table("\n"),
            Format::Tsv => table("\n").replace(',', "\t"),
            _ => String::new(),
        };
        // Only lines of JSON, or nearly all documents would be errors.
        let is_json = |line: &&(String, &str)| line.0.starts_with('{') || line.0.is_empty();
        let body = match format {
            Format::Ndjson => lines.iter().filter(is_json).map(|(line, _)| line.clone() + "\n").collect(),
            Format::Tsv => body.replace(',', "\t"),
            _ => body,
        };
        let mark = if mark { "\u{feff}" } else { "" };
        (format, if is_gb { Charset::Gb18030 } else { Charset::Utf8 }, format!("{mark}{head}{body}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn pieces_give_what_the_whole_gives((format, charset, text) in documents(), size in 1usize..200) {
        check(&options(format, charset), &coded(charset, &text), &[size]);
    }
}
