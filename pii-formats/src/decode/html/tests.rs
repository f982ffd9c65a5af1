//! What the HTML decoder tells.

use super::*;
use crate::sink::recording::{RecordingSink, record, segments};
use proptest::prelude::*;

fn told(input: &str) -> Vec<(String, String)> {
    let events = record(HtmlDecoder::default(), input.as_bytes(), &[]).unwrap_or_else(|e| panic!("{input}: {e:?}"));
    segments(&events).iter().map(|s| (s.path.clone(), s.text_str())).collect()
}

#[test]
fn text_is_joined_in_the_line_and_ended_by_blocks() {
    let table: &[(&str, &[(&str, &str)])] = &[
        ("", &[]),
        (" <p> </p> ", &[]),
        ("1380013<b>8000</b>", &[("html", "13800138000")]),
        ("138<!-- x -->0013<wbr>8<x-y>000", &[("comment", " x "), ("html", "13800138000")]),
        ("<p>a<p>b<br>c</p>d", &[("p", "a"), ("p", "b"), ("br", "c"), ("html", "d")]),
        ("&#49&#x31;&nbsp;&lt1&amp;", &[("html", "11\u{A0}<1&")]),
        ("<a href='?a=1&amp;b=2&copy=3' title=\"&#49;\">", &[("a/@href", "?a=1&b=2&copy=3"), ("a/@title", "1")]),
        ("<style>1101</style><script>x='1'</script>", &[("style", "1101"), ("script", "x='1'")]),
        // Lines are shown as such where the element says so, and a number may run across a break.
        ("<p>138\n 0013<pre>1\n2</pre>3\n4", &[("p", "138 0013"), ("pre", "1\n2"), ("html", "3 4")]),
        ("<p>138<br>0013<br>x", &[("p", "138"), ("br", "0013"), ("br", "x"), ("br", "1380013")]),
        ("<p>138\u{0}0013", &[("p", "1380013")]),
        ("<TEXTAREA>a<b>&amp;</textarea>", &[("textarea", "a<b>&")]),
        ("<noembed><b>1</b></noembed>", &[("raw", "<b>1</b>")]),
        ("a < b", &[("html", "a < b")]),
        ("<!DOCTYPE html><p id=x>1", &[("comment", "DOCTYPE html"), ("p/@id", "x"), ("p", "1")]),
        ("<p title=1101", &[("p/@title", "1101")]),
        ("<table><tr><td>1</td><td>2</table>3", &[("td", "1"), ("td", "2"), ("html", "3")]),
    ];
    for (input, expected) in table {
        let expected: Vec<_> = expected.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
        assert_eq!(told(input), expected, "{input}");
    }
}

/// Which of the decoded texts that are told got evidence: a known name was asked for, and they are not one themselves.
fn labelled(input: &str) -> Vec<String> {
    struct Marking {
        inner: RecordingSink,
        known: usize,
        marked: Vec<String>,
    }
    impl Sink for Marking {
        fn evidence_of(&mut self, name: &[u8]) -> Evidence {
            self.inner.evidence_of(name)
        }
        fn judge_column(&mut self, _: Option<&[u8]>, _: &[&[u8]]) -> Evidence {
            Evidence::none()
        }
        fn open_record(&mut self) -> RecordId {
            self.inner.open_record()
        }
        fn close_record(&mut self, record: RecordId) {
            self.inner.close_record(record);
        }
        fn field(&mut self, name: &[u8]) -> crate::sink::Field {
            let is_labelled = [&b"idNo"[..], "证件号码".as_bytes(), "姓名".as_bytes()].contains(&name);
            self.known += usize::from(is_labelled);
            crate::sink::Field { is_labelled, ..crate::sink::Field::default() }
        }
        fn segment(&mut self, draft: Draft<'_>) -> Result<(), SyntaxError> {
            if std::mem::take(&mut self.known) == 1
                && let Text::Decoded { text, .. } = draft.text
            {
                self.marked.push(String::from_utf8_lossy(text).into_owned());
            }
            Ok(())
        }
        fn nested(&mut self, _: crate::sink::Nested<'_>) -> Result<(), SyntaxError> {
            Ok(())
        }
    }
    // A reference in every value, so that the text is there to be looked at.
    let mut sink = Marking { inner: RecordingSink::default(), known: 0, marked: Vec::new() };
    HtmlDecoder::default().decode(input.as_bytes(), true, &mut sink).expect("HTML has no errors");
    sink.marked
}

#[test]
fn names_and_labels_are_evidence() {
    let table = [
        ("<input name=idNo value='&#49;'>", true),
        ("<input value='&#49;' id=idNo>", true),
        ("<label>证件号码：</label><input value='&#49;'>", true),
        ("<input title='&#49;' name=idNo>", false),
        ("<i data-idNo='&#49;'>", true),
        ("<span id=idNo>&#49;</span>", true),
        ("<td id=idNo><b>&#49;</b>", true),
        ("<span id=idNo></span>&#49;", false),
        ("<p>证件号码：</p><p>&#49;</p>", true),
        ("<p>证件号码</p><p>&#49;</p>", false),
        ("<dl><dt>证件号码<dd>&#49;</dl>", true),
        ("<table><tr><td>证件号码</td><td>&#49;</td></table>", true),
        ("<table><tr><th>证件号码</th><td>&#49;</td></table>", true),
        ("<table><tr><th>x<th>证件号码</th></tr><tr><td>y</td><td>&#49;</td></table>", true),
        ("<table><tr><th>证件号码<th>x</th></tr><tr><td>y</td><td>&#49;</td></table>", false),
        ("<table><tr><td>x<td>证件号码</tr><tr><td>y<td>&#49;</table>", true),
        ("<table><tr><th colspan=2>x<th>证件号码</tr><tr><td>y<td>z<td>&#49;</table>", true),
        ("<table><tr><td>证件号码</td><td>&#49;</td></tr></table>", true),
        ("<table><tr><td>证件号码<table><tr><td>&#49;</table></table>", false),
    ];
    for (input, is_labelled) in table {
        let expected: &[&str] = if is_labelled { &["1"] } else { &[] };
        assert_eq!(labelled(input), expected, "{input}");
    }
    // A row of labels holds no values, whatever stands beside them.
    assert!(labelled("<table><tr><td>&#22995;名<td>证件号&#30721;</table>").is_empty());
}

#[test]
fn rows_are_records_and_the_page_is_another() {
    let input = "a<table><tr><td>b<td>c<tr><td>d<table><tr><td>e</table><p>f</table>g";
    let events = record(HtmlDecoder::default(), input.as_bytes(), &[]).unwrap();
    let told: Vec<_> = segments(&events).iter().map(|s| (s.text_str(), s.record.0)).collect();
    let expected = [("a", 0), ("b", 1), ("c", 1), ("d", 2), ("e", 3), ("f", 2), ("g", 0)];
    assert_eq!(told, expected.map(|(text, record)| (text.to_owned(), record)));
}

#[test]
fn deep_and_broken_pages_are_read() {
    let deep = "<table><tr><td>".repeat(1000) + "1101" + &"</table>".repeat(1000) + "x";
    assert_eq!(told(&deep), [("td".to_owned(), "1101".to_owned()), ("html".to_owned(), "x".to_owned())]);
    for input in ["</table></tr></td>1", "<tr><td>1", "</p></p>1", "<td colspan=99999999999999999999>1"] {
        assert_eq!(told(input).last().map(|(_, text)| text.as_str()), Some("1"), "{input}");
    }
    let many: String = "<a".to_owned() + &" b".repeat(2000) + ">";
    assert!(record(HtmlDecoder::default(), many.as_bytes(), &[]).is_err_and(|e| e.is_limit));
}

#[test]
fn files_in_attributes_are_told_to_be_there() {
    use crate::sink::recording::Event;
    let events = record(
        HtmlDecoder::default(),
        b"<a href='data:application/pdf;base64,JVBE'><img src='data:image/png;base64,iVBO'>",
        &[],
    );
    let events = events.expect("HTML has no errors");
    let told = events.iter().filter_map(|event| match event {
        Event::Uninspected(source, media_type, path) => Some((source.clone(), media_type.as_str(), path.as_str())),
        _ => None,
    });
    assert!(told.eq([(9..41, "application/pdf", "a/@href")]));
}

#[test]
fn an_edit_across_tags_can_leave_them_in_place() {
    let input = b"1380013<b>8000</b>";
    let mut run = Run::default();
    run.push_same(input, 0..7);
    run.push_same(input, 10..14);
    let Text::Decoded { map, .. } = run.text() else { panic!("there is a gap") };
    assert_eq!(map.source_span(0..11), 0..14);
    assert_eq!(map.source_pieces(0..11).collect::<Vec<_>>(), [0..7, 10..14]);
}

proptest! {
    #[test]
    fn tags_in_the_line_do_not_change_the_text(
        parts in prop::collection::vec(("[0-9张]{1,4}", "<b>|</b>|<span a=1>|<!---->|<i\n>|&shy;"), 1..8),
    ) {
        let input: String = parts.iter().map(|(text, tag)| format!("{text}{tag}")).collect();
        let plain: String = parts.iter().map(|(text, tag)| {
            format!("{text}{}", if tag == "&shy;" { "\u{AD}" } else { "" })
        }).collect();
        let events = record(HtmlDecoder::default(), input.as_bytes(), &[]).unwrap();
        let seen: String = segments(&events).iter().filter(|s| !s.path.contains('@')).map(|s| s.text_str()).collect();
        prop_assert_eq!(seen, plain);
        for segment in segments(&events) {
            for (byte, origin) in segment.text.iter().zip(&segment.origins) {
                let source = &input.as_bytes()[origin.clone()];
                prop_assert!(source == [*byte] || source == b"&shy;");
            }
        }
    }

    #[test]
    fn no_input_panics_and_the_end_decides(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        tags in "(<|>|</|table|tr|td|th|p|script|!--|--|&|#|;|[a='\" -]|1){0,60}",
        cut in 0_usize..60,
    ) {
        let _ = record(HtmlDecoder::default(), &bytes, &[]);
        let whole = record(HtmlDecoder::default(), tags.as_bytes(), &[]).unwrap();
        prop_assert_eq!(record(HtmlDecoder::default(), tags.as_bytes(), &[cut]).unwrap(), whole);
    }
}
