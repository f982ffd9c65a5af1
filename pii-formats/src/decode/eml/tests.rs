//! What the message decoder tells, against tables and against another reader.

use super::*;
use crate::encode::mail::write_encoded_words;
use crate::sink::recording::{Event, NestedDocument, RecordingSink, nested, record, record_into, segments};
use crate::sink::{Codec, RecordId};
use mail_parser::{MessageParser, MimeHeaders};
use pii_core::Coding;
use proptest::prelude::*;

/// Everything that is told, a line each: path, how it is written, text.
fn told(input: &[u8]) -> Result<Vec<String>, SyntaxError> {
    Ok(record(EmlDecoder, input, &[])?.iter().filter_map(line).collect())
}

fn line(event: &Event) -> Option<String> {
    match event {
        Event::Segment(s) => Some(format!("{}: {}", s.path, s.text_str())),
        Event::Nested(n) => {
            let charset = n.charset.as_ref().map(|c| String::from_utf8_lossy(c).into_owned()).unwrap_or_default();
            let format = n.format.map(|f| format!("{f:?}")).or(n.reading.map(|r| format!("{r:?}"))).unwrap_or_default();
            Some(format!("{}: [{format} {charset} {}] {}", n.path, how(n), String::from_utf8_lossy(&n.bytes)))
        }
        Event::Uninspected(_, media_type, path) => Some(format!("{path}: uninspected {media_type}")),
        Event::Open(_) | Event::Close(_) => None,
    }
}

fn how(document: &NestedDocument) -> String {
    match &document.codec {
        None => document.place.codings().map(|c| format!("{c:?}")).collect(),
        Some(Codec::Base64 { folded, .. }) => format!("base64 {folded:?}"),
        Some(Codec::Packed { codings, .. }) => format!("packed {codings}"),
        Some(Codec::EncodedWord { charset, letter }) => format!("=?{charset}?{}", char::from(*letter)),
        Some(Codec::ExtendedValue { charset, language }) => format!("{charset}'{language}'"),
    }
}

#[test]
fn header_fields_are_told() {
    let table: &[(&str, &[&str])] = &[
        ("", &[]),
        ("Subject: 1101\r\n 05\r\n\r\n", &["Subject: 1101 05"]),
        (
            "Subject: =?gb2312?B?1cXI/Q==?=\r\n\r\n",
            &["Subject: [Text gb2312 =?gb2312?B] \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"],
        ),
        ("Subject: =?utf-8?Q?1101?=\r\n =?utf-8?Q?05?=\r\n", &["Subject: [Text utf-8 =?utf-8?Q] 110105"]),
        (
            "From: \"张三\" <z@x.cn>\r\nTo: =?utf-8?B?5byg?= <a@b>, c@d (李四)\r\n\r\n",
            &[
                "From/name: 张三",
                "From: z@x.cn",
                "To/name: [Text utf-8 =?utf-8?B] 张",
                "To: a@b",
                "To: c@d",
                "To/comment: 李四",
            ],
        ),
        ("From: \"=?utf-8?Q?=E5=BC=A0?=\" <z@x>\n\n", &["From/name: [Text utf-8 =?utf-8?Q] 张", "From: z@x"]),
        (
            "Message-ID: <a.1@h>\r\nReferences: <b@h>\r\n <c@h>\r\n",
            &["Message-ID: a.1", "References: b", "References: c"],
        ),
        ("Received: from [10.0.0.1]\r\nDKIM-Signature: b=x\r\nX-Client: 1101\r\n", &["X-Client: 1101"]),
        ("Received: from a.cn id <1@b>\r\n\tfor <z@x.cn>; Mon\r\n", &["Received: z@x.cn"]),
        ("From a@b Mon Jan 5 00:00:00 2026\nSubject: x\n\n", &["Subject: x"]),
        ("To: undisclosed-recipients:;\n\n", &["To/name: undisclosed-recipients"]),
        // What stands in the place of a protocol's word.
        ("X-13800138000: x\n\n", &["X-13800138000/field: X-13800138000", "X-13800138000: x"]),
        ("Content-Type: 手机; charset=13800138000\n\n", &["Content-Type: 手机", "charset: 13800138000"]),
        ("Content-Disposition: 13800138000\n\n", &["Content-Disposition: 13800138000"]),
    ];
    for (input, expected) in table {
        let expected: Vec<String> = expected.iter().map(|s| (*s).to_owned()).collect();
        assert_eq!(told(input.as_bytes()), Ok(expected), "{input:?}");
    }
    // Bytes of a charset that nobody names.
    assert_eq!(told(b"Subject: \xD5\xC5\n\n"), Ok(vec!["Subject: [Text  Line] \u{FFFD}\u{FFFD}".to_owned()]));
}

#[test]
fn bodies_by_type_charset_and_transfer_encoding() {
    let table: &[(&str, &str, &str)] = &[
        ("", "x\r\n", "body: [Text  ] x\r\n"),
        ("Content-Type: text/html; charset=GBK", "<p>", "body: [Html GBK ] <p>"),
        ("Content-Type: text/plain; charset=\"utf-8\" (x)", "x", "body: [Text utf-8 ] x"),
        ("Content-Type: text/plain; charset=us-ascii", "张", "body: [Text us-ascii ] 张"),
        ("Content-Type: application/json\nContent-Transfer-Encoding: 8bit", "{}", "body: [Json  ] {}"),
        ("Content-Transfer-Encoding: Quoted-Printable", "11=\n0=31", "body: [Text  QuotedPrintable] 1101"),
        ("Content-Transfer-Encoding: base64", "MTEw\r\nMQ==\r\n", "body: [Text  base64 Some((4, \"\\r\\n\"))] 1101"),
        (
            "Content-Type: text/csv; charset=gbk\nContent-Transfer-Encoding: base64",
            "MQ==",
            "body: [Csv gbk base64 None] 1",
        ),
        ("Content-Type: image/png", "\0\0\0", "body: uninspected image/png"),
        // Whatever a part is called, text is read.
        ("Content-Type: image/png", "x", "body: [  ] x"),
        (
            "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64",
            "MQ==",
            "body: [  base64 None] 1",
        ),
        ("Content-Type: text/csv\nContent-Transfer-Encoding: base64", "UEsDBBQABgAIAA==", "body: uninspected text/csv"),
        ("Content-Type: text/plain; name=a.csv", "1", "body: [Csv  ] 1"),
        ("Content-Type: text/plain; format=flowed; delsp=yes", "1", "body: [Flowed { deletes_space: true }  ] 1"),
        ("Content-Type: text/plain; charset=gbk", "客户", "body: [Text  ] 客户"),
        ("Content-Type: nonsense", "x", "body: [Text  ] x"),
        ("Content-Type: message/rfc822", "Subject: y\n\nz", "body: [Text  ] z"),
        (
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64",
            "QTogYg==",
            "body: [Eml  base64 None] A: b",
        ),
    ];
    for (header, body, expected) in table {
        let input = format!("{header}{}\n{body}", if header.is_empty() { "" } else { "\n" });
        let lines = told(input.as_bytes()).expect(&input);
        assert_eq!(lines.last().map(String::as_str), Some(*expected), "{input:?}");
    }
}

#[test]
fn parts_have_their_paths() {
    let input = "Subject: x\r\nContent-Type: multipart/mixed;\r\n boundary=\"a b\"\r\n\r\nThis is MIME.\r\n--a b\r\n\
                 Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nplain\r\n--c\r\n\
                 Content-Type: text/html\r\n\r\n<p>\r\n--c--\r\n--a b\r\n\
                 Content-Type: application/pdf; name=\"=?utf-8?B?5byg?=\"\r\n\
                 Content-Disposition: attachment;\r\n filename*0*=gb18030''%D5%C5;\r\n filename*1*=%C8%FD.pdf\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--a b\r\n\
                 Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody\r\n--a b--\r\nbye\r\n";
    let expected = [
        "Subject: x",
        "preamble: [Text  ] This is MIME.",
        "part 1/part 1/body: [Text  ] plain",
        "part 1/part 2/body: [Html  ] <p>",
        "part 2/Content-Transfer-Encoding: base64",
        "part 2/name: [FileName utf-8 =?utf-8?B] 张",
        "part 2/filename: [FileName gb18030 gb18030''] \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}.pdf",
        "part 2/body: uninspected application/pdf",
        "part 3/Subject: inner",
        "part 3/body: [Text  ] body",
        "epilogue: [Text  ] bye\r\n",
    ];
    assert_eq!(told(input.as_bytes()), Ok(expected.map(str::to_owned).to_vec()));
    let events = record(EmlDecoder, input.as_bytes(), &[]).unwrap();
    let same = |record: RecordId| record == RecordId(0);
    assert!(segments(&events).iter().all(|s| same(s.record)) && nested(&events).iter().all(|n| same(n.record)));
    assert_eq!(told(&input.as_bytes()[..input.len() - 14]).map(|lines| lines.len()), Ok(10), "a lost last boundary");
}

#[test]
fn limits_and_broken_messages_are_errors() {
    let nested = |depth: usize| {
        let head = "Content-Type: message/rfc822\n\n".repeat(depth);
        told((head + "\nx").as_bytes())
    };
    assert!(nested(15).is_ok());
    assert!(nested(16).is_err_and(|e| e.is_limit));
    let parts = |count: usize| {
        let parts = "--b\n\nx\n".repeat(count);
        told(format!("Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--").as_bytes())
    };
    assert_eq!(parts(1000).map(|lines| lines.len()), Ok(1000));
    assert!(parts(1001).is_err_and(|e| e.is_limit));
    for (input, at) in [
        (" folded", 0),
        ("no colon\n\n", 0),
        ("Content-Type: multipart/mixed\n\nx", 31),
        ("Content-Type: multipart/mixed; boundary=b\n\nx", 43),
        ("Content-Transfer-Encoding: base64\n\nM!", 35),
        ("Content-Type: a/b\nCONTENT-TYPE: text/plain\n\n", 18),
        ("Subject: =?a?B?!?=\n\n", 9),
        ("Content-Disposition: a; f*1=x\n\n", 28),
        // What nothing here reads is not passed.
        ("Content-Transfer-Encoding: x-foo\n\nx", 34),
        ("Content-Type: image/png\nContent-Transfer-Encoding: x-uuencode\n\nx", 63),
        ("\nbegin 644 a\n#86)C\n`\nend", 1),
        ("Content-Type: text/plain; charset=utf-7\n\n+ATE-", 41),
        ("Subject: =?utf-7?Q?+ATE-?=\n\n", 9),
    ] {
        assert_eq!(told(input.as_bytes()).map_err(|e| (e.at, e.is_limit)), Err((at, false)), "{input:?}");
    }
}

#[test]
fn header_names_are_asked_for() {
    let mut sink = RecordingSink::default();
    let input = b"To: a@b\nSubject: x\nX-Id-No: 1\nMessage-ID: <a@b>\n\n";
    record_into(&mut sink, EmlDecoder, input, &[]).unwrap();
    let expected: [&[u8]; 5] = [b"To", b"name", b"Subject", b"X-Id-No", b"Id-No"];
    assert_eq!(sink.names, expected);
    assert!(segments(&sink.events).iter().all(|s| s.place.codings().eq([Coding::Line])));
}

#[test]
fn folds_are_never_cut_in_two() {
    let events = record(EmlDecoder, b"Subject: 1101\r\n 05\r\n\r\n", &[]).unwrap();
    let subject = segments(&events)[0];
    assert_eq!(subject.source, 9..18);
    // The line end and the space behind it are one: an edit takes both or neither.
    assert_eq!(subject.origins[3..6], [12..13, 13..16, 16..17]);
}

fn text() -> impl Strategy<Value = String> {
    "[a-z0-9张李四户号]{1,12}( [a-z0-9张]{1,12}){0,3}"
}

/// `text` as quoted-printable in which everything is escaped, with soft line breaks at every `fold` bytes.
fn all_escaped(text: &str, fold: usize) -> String {
    text.as_bytes()
        .chunks(fold)
        .map(|c| c.iter().map(|b| format!("={b:02X}")).collect::<String>())
        .collect::<Vec<_>>()
        .join("=\r\n")
}

proptest! {
    #[test]
    fn another_reader_reads_the_same(
        subject in text(),
        name in text(),
        body in text(),
        file in text(),
        letter in prop::sample::select(vec![b'B', b'Q']),
        fold in 1_usize..20,
        is_base64 in any::<bool>(),
    ) {
        use base64::Engine;
        let base64 = base64::engine::general_purpose::STANDARD;
        let words = |text: &str| {
            // A word for each character, so that readers have to join them.
            let mut out = Vec::new();
            for (nth, character) in text.chars().enumerate() {
                out.extend_from_slice(if nth > 0 { b"\r\n " } else { b"" });
                write_encoded_words(b"", character.to_string().as_bytes(), "utf-8", letter, &mut out);
            }
            String::from_utf8(out).expect("ASCII")
        };
        let (encoding, written) = match is_base64 {
            true => ("base64", base64.encode(&body).as_bytes().chunks(fold * 4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n")),
            false => ("quoted-printable", all_escaped(&body, fold)),
        };
        let escaped: String = file.bytes().map(|b| format!("%{b:02X}")).collect();
        let input = format!(
            "From: {} <a@example.com>\r\nSubject: {}\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\n{written}\r\n--b\r\nContent-Type: application/pdf\r\n\
             Content-Disposition: attachment; filename*=utf-8''{escaped}\r\n\r\nx\r\n--b--\r\n",
            words(&name), words(&subject),
        );
        let events = record(EmlDecoder, input.as_bytes(), &[]).expect("well-formed");
        let documents = nested(&events);
        let told = |path: &str| {
            let found = documents.iter().find(|n| n.path == path).expect("it is told");
            String::from_utf8(found.bytes.clone()).expect("UTF-8")
        };
        let oracle = MessageParser::default().parse(input.as_bytes()).expect("a message");
        prop_assert_eq!(Some(&told("Subject")[..]), oracle.subject());
        prop_assert_eq!(&told("From/name"), &name);
        let sender = oracle.from().and_then(|from| from.first()).and_then(|from| from.name());
        prop_assert_eq!(Some(&told("From/name")[..]), sender);
        prop_assert_eq!(&told("part 1/body"), &body);
        let body_text = oracle.body_text(0).map(|text| text.trim_end().to_owned());
        prop_assert_eq!(Some(told("part 1/body")), body_text);
        prop_assert_eq!(&told("part 2/filename"), &file);
        prop_assert_eq!(Some(&told("part 2/filename")[..]), oracle.attachment(0).and_then(|part| part.attachment_name()));
    }

    #[test]
    fn no_input_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..150),
        text in "(Subject: |From: |Content-Type: |multipart/mixed; boundary=b|filename\\*0\\*=|'|\"|\\(|<|=\\?|\\?=|\\?B\\?|a|=|;|,|:|\r\n|\n| |--b|--|\\\\|%4){0,40}",
        cut in 0_usize..40,
    ) {
        let _ = record(EmlDecoder, &bytes, &[]);
        let whole = record(EmlDecoder, text.as_bytes(), &[]);
        prop_assert_eq!(record(EmlDecoder, text.as_bytes(), &[cut]), whole);
        let _ = record(EmlDecoder, format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{text}").as_bytes(), &[]);
        let _ = record(EmlDecoder, format!("Content-Disposition: {text}\n\n").as_bytes(), &[]);
        let _ = record(EmlDecoder, format!("To: {text}\n\n").as_bytes(), &[]);
    }

    #[test]
    fn edits_of_header_text_stay_inside_it(value in "[a-z张 ]{0,8}(\r\n [0-9a-z\"]{1,8}){0,3}") {
        let input = format!("X: {value}\r\nY: y\r\n\r\n");
        let events = record(EmlDecoder, input.as_bytes(), &[]).unwrap();
        for segment in segments(&events).iter().filter(|s| s.path == "X") {
            for (byte, origin) in segment.text.iter().zip(&segment.origins) {
                let source = &input.as_bytes()[origin.clone()];
                prop_assert!(source == [*byte] || source == [b'\r', b'\n', *byte]);
                prop_assert!(origin.end <= 3 + value.len());
            }
        }
    }
}
