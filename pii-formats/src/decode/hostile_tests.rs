//! Inputs that would take for ever if any step looked at the same bytes again and again.

use super::sql::looks_like_sql;
use super::{eml::EmlDecoder, html::HtmlDecoder, multipart::MultipartDecoder, sql::Sql, xml::XmlDecoder};
use crate::sink::{Decode, Draft, Nested, RecordId, Sink, SyntaxError};
use pii_core::Evidence;
use std::time::{Duration, Instant};

/// Bytes of each input: enough for quadratic work to take minutes.
const INPUT_BYTES: usize = 1 << 18;

/// A thousand times what a slow machine needs for one input.
const FAR_TOO_LONG: Duration = Duration::from_secs(5);

/// A sink that keeps nothing.
struct Nothing;

impl Sink for Nothing {
    fn evidence_of(&mut self, _: &[u8]) -> Evidence {
        Evidence::none()
    }
    fn judge_column(&mut self, _: Option<&[u8]>, _: &[&[u8]]) -> Evidence {
        Evidence::none()
    }
    fn open_record(&mut self) -> RecordId {
        RecordId(0)
    }
    fn close_record(&mut self, _: RecordId) {}
    fn segment(&mut self, _: Draft<'_>) -> Result<(), SyntaxError> {
        Ok(())
    }
    fn nested(&mut self, _: Nested<'_>) -> Result<(), SyntaxError> {
        Ok(())
    }
}

/// `head` and then `unit` until there are enough bytes.
fn filled(head: &str, unit: &str) -> Vec<u8> {
    (head.to_owned() + &unit.repeat(INPUT_BYTES / unit.len())).into_bytes()
}

#[test]
fn work_grows_with_the_input_and_no_faster() {
    let units = [
        "<",
        "<a",
        "<a>",
        "</a>",
        "<a b=",
        "<a b=\"",
        "<!--",
        "<![CDATA[",
        "<?a",
        "&",
        "&a",
        "&#",
        "&amp;",
        " <b> ",
        "<!-- -->",
        "<td>",
        "<table>",
        "<tr><td>",
        "<title>",
        "<script>",
        "</script",
        "--",
        "<p>x</p>",
        "<a b=1/>",
        "<i id=a>",
        "a b ",
        "<name>a</name>",
        "<value>",
        "<!DOCTYPE [",
        "=?",
        "=?a?Q?",
        "=?a?Q?b?= ",
        "=?a?Q?=81?= =?b?Q?=81?= ",
        "=?a?Q?b?= c ",
        "(",
        "\"",
        "a@b,",
        "<a@b",
        "\r\n ",
        "\\",
        ";a=b",
        ";",
        "a;",
        "'",
        "%",
        "\r\n--b",
        "--b",
        "\r\n--b\r\n\r\n",
        "=\r\n",
        "=3D",
        " ",
        "a:\n",
        "'",
        "\\'",
        "/*",
        "$",
        "$a",
        "$a$",
        "[",
        "[a",
        "(",
        "(1,",
        ",('a',1)",
        "q'",
        "e'\\",
        "`",
        ".a",
        "a.",
        "1e+",
        "a=1,",
        "a\t",
    ];
    let heads = [
        "",
        "<r>",
        "Subject: ",
        "To: ",
        "Content-Type: a/b; ",
        "Content-Disposition: a; f*=",
        "References: ",
        "Content-Type: multipart/mixed; boundary=b\n\n",
        "Content-Transfer-Encoding: quoted-printable\n\n",
        "--b\r\n\r\n",
        "INSERT INTO t VALUES ",
        "INSERT INTO t (a) VALUES (1,",
        "CREATE TABLE t (",
        "COPY t FROM stdin;\n",
        "UPDATE t SET ",
    ];
    for unit in units {
        for head in heads {
            let input = filled(head, unit);
            let begun = Instant::now();
            let _ = HtmlDecoder::default().decode(&input, true, &mut Nothing).is_ok();
            let _ = HtmlDecoder::of_fragment().decode(&input, true, &mut Nothing).is_ok();
            let _ = XmlDecoder.decode(&input, true, &mut Nothing).is_ok();
            let _ = EmlDecoder.decode(&input, true, &mut Nothing).is_ok();
            let _ = MultipartDecoder::new(None).decode(&input, true, &mut Nothing).is_ok();
            let _ = Sql::default().decode(&input, true, &mut Nothing).is_ok();
            let _ = looks_like_sql(&input);
            assert!(begun.elapsed() < FAR_TOO_LONG, "{head:?} {unit:?} took {:?}", begun.elapsed());
        }
    }
}
