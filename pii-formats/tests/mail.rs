//! Whole messages through the masker, and other people's readers of mail and XML before and after it.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Error, Format, Masker, Options, Output};
use proptest::prelude::*;
use std::sync::LazyLock;

const MOBILE: &str = "13800138000";
const MASK: &str = "138******00";

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("email"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("the built-in policy needs no keys")
});

fn mask(format: Format, input: &[u8]) -> Result<Output, Error> {
    MASKER.mask(input, &Options { format: Some(format), ..Options::default() })
}

fn masked(format: Format, input: &str) -> String {
    let output = mask(format, input.as_bytes()).unwrap_or_else(|e| panic!("{input}: {e}"));
    String::from_utf8(output.bytes).expect("UTF-8")
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn what_is_not_read_is_told() {
    let picture = base64(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0");
    let part = |kind: &str, body: &str| {
        format!("--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n")
    };
    let inner =
        base64(format!("Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\n{picture}").as_bytes());
    let parts = [
        part("text/plain", &base64(b"hello")),
        part("image/png; name=\"13800138000.png\"", &picture),
        part("message/rfc822", &inner),
        part("application/rtf", &base64(b"{\\rtf1 hello}")),
    ];
    let message = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}--b--\r\n", parts.concat());
    let output = mask(Format::Eml, message.as_bytes()).expect("well-formed");
    let told: Vec<_> = output.uninspected.iter().map(|u| (u.line, u.media_type.as_str(), u.path.as_str())).collect();
    let expected = [
        (12, "image/png", "part 2/body"),
        (17, "image/gif", "part 3/bodybody"),
        (22, "application/rtf", "part 4/body"),
    ];
    assert_eq!(told, expected);
    let source = |nth: usize| &message[output.uninspected[nth].start as usize..output.uninspected[nth].end as usize];
    assert_eq!((source(0), source(1)), (&picture[..], &inner[..]), "the carrier stands for what is in it");
    assert!(mask(Format::Eml, b"Subject: x\r\n\r\nhello").expect("well-formed").uninspected.is_empty());
}

#[test]
fn lines_of_quoted_printable_stay() {
    let message = |charset: &str, body: &str| {
        format!(
            "Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{body}\r\n"
        )
    };
    let cases = [
        ("utf-8", "mobile 138=\r\n0013=\r\n8000 x", "mobile 138=\r\n****=\r\n**00 x"),
        ("utf-8", "mobile 1380013800=\n0 x", "mobile 138******0=\n0 x"),
        ("utf-8", "=E5=AE=A2=E6=88=B7=EF=BC=9A=E5=BC=A0=E4=\r\n=B8=89", "=E5=AE=A2=E6=88=B7=EF=BC=9A=E5=BC=A0**=\r\n"),
        // A character of GBK with a soft line break in it.
        ("gbk", "=BF=CD=BB=A7=A3=BA=D5=\r\n=C5=C8=FD", "=BF=CD=BB=A7=A3=BA=D5=\r\n=C5**"),
        // The mask is longer than the value, and no line is added.
        ("utf-8", "mailto a@b.=\r\ncn", "mailto *@b.=\r\ncn"),
    ];
    for (charset, body, expected) in cases {
        assert_eq!(masked(Format::Eml, &message(charset, body)), message(charset, expected), "{body}");
    }
    // Longer than a line of quoted-printable may be, if it stood on one.
    let address = "=E6=96=B0=E7=96=86=E7=BB=B4=E5=90=BE=E5=B0=94=E8=87=AA=E6=B2=BB=E5=8C=BA=\r\n\
                   =E5=85=8B=E5=AD=9C=E5=8B=92=E8=8B=8F=E6=9F=AF=E5=B0=94=E5=85=8B=E5=AD=9C=\r\n\
                   =E8=87=AA=E6=B2=BB=E5=B7=9E=E9=98=BF=E5=9B=BE=E4=BB=80=E5=B8=82=E6=96=87=E4=B8=89=E8=B7=AF1=E5=8F=B7";
    let output = masked(Format::Eml, &message("utf-8", &format!("=E5=9C=B0=E5=9D=80=EF=BC=9A=\r\n{address}")));
    assert!(output.contains("***") && output.lines().all(|line| line.len() <= 76), "{output}");
    assert_eq!(output.lines().count(), message("utf-8", &format!("\r\n{address}")).lines().count(), "{output}");
}

#[test]
fn text_is_read_whatever_it_is_called() {
    for kind in ["application/octet-stream", "application/x-unknown", "image/png", "message/partial", "text/x-vcard"] {
        let output = masked(Format::Eml, &format!("Content-Type: {kind}\r\n\r\n手机{MOBILE}"));
        assert!(output.ends_with(MASK), "{kind}: {output}");
        let coded = base64(format!("手机{MOBILE}").as_bytes());
        let head = format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        let output = masked(Format::Eml, &format!("{head}{coded}"));
        assert_eq!(output, format!("{head}{}", base64(format!("手机{MASK}").as_bytes())), "{kind}");
    }
    let file = |head: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=f{head}\r\n\r\n姓名,手机,备注\n张三,{MOBILE},1\n李四,13900139000,2\n\r\n--b--\r\n"
        )
    };
    for head in [
        "; filename=a.csv",
        "; filename=a.bin\r\nContent-Type: application/octet-stream",
        "; filename=a\r\nContent-Type: x/y",
    ] {
        let output = masked(Format::Multipart, &file(head));
        assert!(output.contains(&format!("张**,{MASK},1")), "{head}: {output}");
    }
}

#[test]
fn what_nothing_reads_is_refused_with_what_to_do() {
    let inner = base64(b"Content-Transfer-Encoding: x-foo\r\n\r\nx");
    for message in [
        "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#86)C\r\n`\r\nend".to_owned(),
        "Subject: x\r\n\r\nsee below\r\nbegin 644 a\r\n#86)C\r\n`\r\nend\r\n".to_owned(),
        format!("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{inner}"),
    ] {
        let error = mask(Format::Eml, message.as_bytes()).map(|_| ()).expect_err("nobody reads this").to_string();
        assert!(error.contains("in base64") && error.starts_with("line "), "{error}");
    }
}

#[test]
fn a_long_message_is_judged_in_pieces_that_no_carrier_is_cut_by() {
    let filler = "x".repeat(70) + "\r\n";
    let body = base64(format!("手机{MOBILE}\r\n手机13900139000\r\n").as_bytes());
    let message = format!(
        "Subject: {MOBILE}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n{}\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n--b--\r\n",
        filler.repeat(16_000)
    );
    let output = masked(Format::Eml, &message);
    let parts: Vec<&str> = output.split("\r\n\r\n").collect();
    let last = parts.last().expect("a part").split("\r\n").next().expect("a line");
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.decode(last).expect("base64");
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(output.starts_with("Subject: 138") && !output.contains(MOBILE) && !text.contains("0013"), "{text}");
    assert!(text.starts_with("手机138") && text.contains("\r\n手机139"), "{text}");
}

#[test]
fn flowed_paragraphs_are_joined_and_their_breaks_stay() {
    let head = "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n";
    let body = |line: &str, rest: &str| format!("> 手机{line} \r\n> {rest} 谢谢\r\n");
    let plain = masked(Format::Eml, &format!("{head}\r\n{}", body("138", "00138000")));
    assert_eq!(plain, format!("{head}\r\n{}", body(MASK, "")));
    let coded = format!("{head}Content-Transfer-Encoding: base64\r\n\r\n");
    let output = masked(Format::Eml, &format!("{coded}{}", base64(body("138", "00138000").as_bytes())));
    assert_eq!(output, format!("{coded}{}", base64(body(MASK, "").as_bytes())));
}

/// Text with or without something to hide, and what must not be left of it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[u-z行情]{1,8}( [u-z]{1,8}){0,3}", "[u-z]{0,4}手机".prop_map(|text| text + MOBILE)]
}

/// Every text that another reader finds in a message.
fn texts(message: &Message<'_>) -> Vec<String> {
    let mut texts: Vec<String> = message.subject().map(str::to_owned).into_iter().collect();
    let mailboxes = message.to().map(|to| to.iter().collect::<Vec<_>>()).unwrap_or_default();
    texts.extend(mailboxes.iter().flat_map(|a| [a.name(), a.address()]).flatten().map(str::to_owned));
    for part in &message.parts {
        texts.extend(part.attachment_name().map(str::to_owned));
        texts.push(match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.to_string(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => format!("{bytes:?}"),
            PartType::Message(inner) => texts_joined(inner),
            PartType::Multipart(parts) => format!("{} parts", parts.len()),
        });
    }
    texts
}

fn texts_joined(message: &Message<'_>) -> String {
    texts(message).join("|")
}

/// `text` as encoded words of so many characters each.
fn words(text: &str, letter: &str, width: usize) -> String {
    let word = |part: String| match letter {
        "B" => format!("=?utf-8?B?{}?=", base64(part.as_bytes())),
        _ => format!("=?utf-8?Q?{}?=", part.bytes().map(|b| format!("={b:02X}")).collect::<String>()),
    };
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(width).map(|part| word(part.iter().collect())).collect::<Vec<_>>().join("\r\n ")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_reader_of_mail_sees_only_the_edits(
        subject in text(), file in text(), plain in text(), html in text(), inner in text(),
        letter in prop::sample::select(vec!["B", "Q"]), width in 3_usize..10, fold in 1_usize..20,
    ) {
        let quoted: String = plain.as_bytes().chunks(fold)
            .map(|c| c.iter().map(|b| format!("={b:02X}")).collect::<String>()).collect::<Vec<_>>().join("=\r\n");
        let escaped: String = file.bytes().map(|b| format!("%{b:02X}")).collect();
        let coded = base64(format!("<p>{html}</p>").as_bytes());
        let lines = coded.as_bytes().chunks(fold * 4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n");
        let message = format!(
            "To: \"a b\" <x@example.com>\r\nSubject: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}\r\n\
             --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}\r\n\
             --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''{escaped}\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: {inner}\r\n\r\n{inner}\r\n--b--\r\n",
            words(&subject, letter, width),
        );
        let output = masked(Format::Eml, &message);
        let (before, after) = (
            MessageParser::default().parse(message.as_bytes()).expect("a message"),
            MessageParser::default().parse(output.as_bytes()).expect("a masked message"),
        );
        // The address is masked wherever it stands alone; everything else differs only where the number stood.
        let expected: Vec<String> = texts(&before).iter()
            .map(|text| text.replace(MOBILE, MASK).replace("x@example.com", "*@example.com")).collect();
        prop_assert_eq!(texts(&after), expected);
    }

    #[test]
    fn another_reader_of_xml_sees_only_the_edits(
        parts in prop::collection::vec(("[a-c]{1,2}", text(), 0_usize..6), 1..8),
    ) {
        let element = |(name, text, way): &(String, String, usize)| match way {
            0 => format!("<{name}>{text}</{name}>"),
            1 => format!("<{name} x=\"{text}\"/>"),
            2 => format!("<{name}><![CDATA[{text}]]></{name}>"),
            3 => format!("<!--{text}--><{name}><c/></{name}>"),
            4 => format!("<{name}>{}</{name}>", text.chars().map(|c| format!("&#{};", u32::from(c))).collect::<String>()),
            _ => format!("<{name}>&lt;r&gt;{text}&lt;/r&gt;</{name}>"),
        };
        let document = format!("<r>{}</r>", parts.iter().map(element).collect::<String>());
        let output = masked(Format::Xml, &document);
        prop_assert_eq!(read_xml(&output), read_xml(&document).replace(MOBILE, MASK));
    }
}

/// All that `quick-xml` reads, with references resolved. It fails on what is not well-formed.
fn read_xml(document: &str) -> String {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let mut read = String::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => return read,
            Event::GeneralRef(reference) => match reference.resolve_char_ref().expect("well-formed") {
                Some(character) => read.push(character),
                None => read += &String::from_utf8_lossy(&reference),
            },
            event => read += &String::from_utf8_lossy(&event),
        }
    }
}
