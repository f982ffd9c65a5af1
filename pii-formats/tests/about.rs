//! Codes that a message is about reach whom it is for; those of a list do not.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Charset, Format, Masker, Mode, Options, Output};

fn masker(channel: &str) -> Masker {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some(channel), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("the built-in policy needs no keys")
}

fn masked(channel: &str, format: Format, input: &str) -> String {
    let options = Options { format: Some(format), ..Options::default() };
    let output = masker(channel).mask(input.as_bytes(), &options).unwrap_or_else(|e| panic!("{input}: {e}"));
    String::from_utf8(output.bytes).expect("UTF-8 stays UTF-8")
}

const MESSAGES: [&str; 5] = [
    "<p>验证码：<b>482914</b></p><p>5分钟内有效</p>",
    "<style>p{}</style><p>本次操作的验证码是：</p><div>482914</div>\n<p>&nbsp;请勿泄露</p>",
    "<table><tr><td>验证码</td><td>482914</td></tr><tr><td>5分钟内有效</td></tr></table>",
    "<p>请勿泄露</p><p>验证码：<br>482914</p><p>客服95547，2026年01月05日</p>",
    "<p>482914（验证码）</p><hr><ul><li>5分钟内有效</li></ul>",
];

#[test]
fn a_page_is_about_the_code_that_another_block_speaks_of() {
    for page in MESSAGES {
        assert_eq!(masked("email", Format::Html, page), page);
        assert!(!masked("log", Format::Html, page).contains("482914"), "{page}");
        let part = format!("Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n");
        assert_eq!(masked("email", Format::Eml, &part), part);
    }
}

#[test]
fn a_code_that_nothing_near_speaks_of_is_no_message() {
    let far = format!("<p>验证码482914</p>{}<p>请勿泄露</p>", "<p>行情</p>".repeat(60));
    for page in [
        "<p>验证码482914</p>",
        "<p>otp=482914</p><p>请勿泄露</p>",
        // Nobody sees what a script or an attribute says.
        "<p>验证码482914</p><script>请勿泄露</script><p title=请勿泄露>",
        "<table><tr><th>验证码</th></tr><tr><td>482914</td></tr><tr><td>482915</td></tr></table><p>请勿泄露</p>",
        &far,
    ] {
        assert!(!masked("email", Format::Html, page).contains("482914"), "{page}");
    }
    let parts = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>verification code \
                 482914</p>\r\n--b\r\nContent-Type: text/plain\r\n\r\ndo not share\r\n--b--\r\n";
    assert!(!masked("email", Format::Eml, parts).contains("482914"));
}

#[test]
fn a_short_text_is_one_message_however_it_arrives() {
    let masker = masker("sms");
    let log = format!("验证码482914\n5分钟内有效\n{}", "行情\n".repeat(300));
    let line = format!("验证码482914，5分钟内有效\n{}", "行情\n".repeat(300));
    for (input, passes) in [
        ("验证码482914\n5分钟内有效", true),
        ("【华信】验证码：482914\n\n请勿泄露\n", true),
        ("验证码482914\n谢谢\n", false),
        // In a longer text each line speaks for itself.
        (&log[..], false),
        (&line[..], true),
    ] {
        for charset in [Charset::Utf8, Charset::Gb18030] {
            let options = Options { format: Some(Format::Text), charset: Some(charset), ..Options::default() };
            let bytes = match charset {
                Charset::Utf8 => input.as_bytes().to_vec(),
                _ => encoding_rs::GBK.encode(input).0.into_owned(),
            };
            for size in [1, 3, 30, 1000, 4097, 10_000] {
                let mut output = Output::default();
                let mut session = masker.session(Mode::Mask, options.clone());
                for chunk in bytes.chunks(size) {
                    session.push(chunk, &mut output).expect("any text can be read");
                }
                session.finish(&mut output).expect("any text can be read");
                assert_eq!(output.bytes == bytes, passes, "{input:?} in chunks of {size}");
            }
        }
    }
}
