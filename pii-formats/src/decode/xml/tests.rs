//! What the XML decoder tells, against tables and against another reader.

use super::*;
use crate::sink::recording::{Event, RecordingSink, Segment, record, record_into, segments};
use proptest::prelude::*;

fn told(input: &str) -> Vec<(String, String)> {
    let events = record(XmlDecoder, input.as_bytes(), &[]).unwrap_or_else(|e| panic!("{input}: {e:?}"));
    segments(&events).iter().map(|s| (s.path.clone(), s.text_str())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn elements_and_attributes_are_segments() {
    let table: &[(&str, &[(&str, &str)])] = &[
        ("<a/>", &[]),
        ("<a> <b/>\n</a>", &[]),
        ("<a>x</a>", &[("/a", "x")]),
        ("<a>1101<!-- c -->05</a>", &[("/a/comment()", " c "), ("/a", "110105")]),
        ("<a>1101<?p q?>05</a>", &[("/a/processing-instruction()", " q"), ("/a", "110105")]),
        ("<a>1101<![CDATA[05<&]]>18</a>", &[("/a", "110105<&18")]),
        ("<a>&#49;&#x31;&amp;&lt;</a>", &[("/a", "11&<")]),
        (
            "<!DOCTYPE a [<!ENTITY b \"11\">]><a>&b;&nbsp;</a>",
            &[("/doctype()", " a [<!ENTITY b \"11\">]"), ("/a", "&b;&nbsp;")],
        ),
        ("<a b='1&quot;2' c:d=\"3\"/>", &[("/a/@b", "1\"2"), ("/a/@c:d", "3")]),
        ("<s:E xmlns:s='u'><s:B><idNo>1</idNo></s:B></s:E>", &[("/s:E/@xmlns:s", "u"), ("/s:E/s:B/idNo", "1")]),
        ("<!DOCTYPE a PUBLIC '1' \"2\"><a/>", &[("/doctype()", " a PUBLIC '1' \"2\"")]),
        // Text beside elements runs on across their tags; text of neighbours does not.
        ("<a>1<b>2</b>3</a>", &[("/a", "1"), ("/a/b", "2"), ("/a", "3"), ("/a/text()", "123")]),
        (
            "<a>138<b/>0013<c>8<![CDATA[0]]>00</c></a>",
            &[("/a", "138"), ("/a", "0013"), ("/a/c", "8000"), ("/a/text()", "13800138000")],
        ),
        ("<a><b>138</b>\n 0013<c/></a>", &[("/a/b", "138"), ("/a", "\n 0013"), ("/a/text()", "138 0013")]),
        ("<a><b>1</b><c>2</c></a>", &[("/a/b", "1"), ("/a/c", "2")]),
        ("<a>1<b>2</b><c><d>3</d></c></a>", &[("/a", "1"), ("/a/b", "2"), ("/a/c/text()", "12"), ("/a/c/d", "3")]),
        ("\u{FEFF}<?xml version='1.0'?>\n<a>x</a>\n<!--y-->", &[("/a", "x"), ("/comment()", "y")]),
        ("<客户><证件号>1</证件号></客户>", &[("/客户/证件号", "1")]),
    ];
    for (input, expected) in table {
        assert_eq!(told(input), pairs(expected), "{input}");
    }
}

#[test]
fn what_is_not_well_formed_is_an_error() {
    let deep = "<a>".repeat(DEPTH_LIMIT + 1);
    let table = [
        ("", 0, false),
        (" ", 1, false),
        ("<a>", 3, false),
        ("<a></b>", 3, false),
        ("<a></a></a>", 7, false),
        ("<a/><b/>", 4, false),
        ("x<a/>", 0, false),
        ("<a/> x", 5, false),
        ("<a>&</a>", 3, false),
        ("<a b='&'/>", 6, false),
        ("<a/><![CDATA[]]>", 4, false),
        ("<a/><!DOCTYPE a>", 4, false),
        ("<a><!DOCTYPE a></a>", 3, false),
        (&deep, 3 * DEPTH_LIMIT, true),
    ];
    for (input, at, is_limit) in table {
        let error = record(XmlDecoder, input.as_bytes(), &[]).expect_err(input);
        assert_eq!((error.at, error.is_limit), (at, is_limit), "{input}: {}", error.what);
    }
}

/// The path of each segment and the number of its record, counted in the order in which they are opened.
fn records(input: &str) -> Vec<(String, u64)> {
    let events = record(XmlDecoder, input.as_bytes(), &[]).expect("well-formed");
    segments(&events).iter().map(|s| (s.path.clone(), s.record.0)).collect()
}

#[test]
fn the_innermost_element_with_children_is_the_record() {
    let told = records("<l v='1'><c><idNo t='2'>3</idNo><n>4</n></c><c><idNo>5</idNo></c><x>6</x></l>");
    let expected = [("/l/@v", 1), ("/l/c/idNo/@t", 2), ("/l/c/idNo", 2), ("/l/c/n", 2), ("/l/c/idNo", 3), ("/l/x", 1)];
    assert_eq!(told, expected.map(|(path, record)| (path.to_owned(), record)));
    // Rows that are written as attributes, but not a field's name and value.
    let told = records("<l><r a='1' b='2'/><r a='3' b='4'/><f name='5' value='6'/></l>");
    let numbers: Vec<u64> = told.iter().map(|(_, record)| *record).collect();
    assert_eq!(numbers, [2, 2, 3, 3, 1, 1]);
    assert_eq!(records("<a>1</a>"), [("/a".to_owned(), 0)]);
}

#[test]
fn names_are_asked_for_where_they_stand() {
    let table: &[(&str, &str)] = &[
        ("<c:idNo>1</c:idNo>", "idNo"),
        ("<r idNo='1'/>", "idNo"),
        ("<field name='idNo'>1</field>", "idNo"),
        ("<item key='idNo' value='1'/>", "idNo"),
        ("<idNo value='1'/>", "idNo"),
        ("<idNo><value>1</value></idNo>", "idNo"),
        ("<param><name>idNo</name><value>1</value></param>", "idNo"),
        ("<m><name>x</name><value>0</value><name> idNo </name><value><string>1</string></value></m>", "idNo"),
        ("<map><entry><string>idNo</string><string>1</string></entry></map>", "idNo"),
        ("<customer name='x'>1</customer>", "customer"),
    ];
    for (input, label) in table {
        let known: &'static [u8] = label.as_bytes();
        let mut sink = RecordingSink::default();
        sink.labelled.push(known);
        record_into(&mut sink, XmlDecoder, input.as_bytes(), &[]).expect(input);
        assert_eq!(sink.names.last().map(Vec::as_slice), Some(known), "{input}");
    }
}

#[test]
fn places_say_how_text_is_written() {
    let events = record(XmlDecoder, b"<a b='1'>2<c><![CDATA[3]]></c><d>4<![CDATA[5]]></d></a>", &[]).unwrap();
    let codings: Vec<_> = segments(&events).iter().flat_map(|s| s.place.codings().collect::<Vec<_>>()).collect();
    let expected = [Coding::MarkupAttribute, Coding::Markup, Coding::CData, Coding::Markup, Coding::Markup];
    assert_eq!(codings, expected);
}

#[test]
fn a_document_is_read_when_all_of_it_is_there() {
    let input = b"<a><b>1&#50;</b></a>";
    let whole = record(XmlDecoder, input, &[]).unwrap();
    for cut in 0..input.len() {
        assert_eq!(record(XmlDecoder, input, &[cut]).unwrap(), whole, "{cut}");
    }
}

/// Every byte of a segment's text comes from bytes that read as it.
fn check_origins(input: &[u8], segment: &Segment) -> Result<(), TestCaseError> {
    if segment.origins.is_empty() {
        prop_assert_eq!(&input[segment.source.clone()], &segment.text[..]);
        return Ok(());
    }
    prop_assert_eq!(segment.origins.first().map(|o| o.start), Some(segment.source.start));
    prop_assert_eq!(segment.origins.last().map(|o| o.end), Some(segment.source.end));
    for (byte, origin) in segment.text.iter().zip(&segment.origins) {
        let source = &input[origin.clone()];
        prop_assert!(source == [*byte] || source.starts_with(b"&"), "a byte from elsewhere");
    }
    Ok(())
}

fn names() -> impl Strategy<Value = String> {
    "[a-c客]{1,2}"
}

fn content() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z0-9张 ]{1,6}",
        "&#(3[4-9]|4[0-9]);|&#x3[0-9];|&amp;|&lt;",
        "[a-z0-9<& ]{0,5}".prop_map(|text| format!("<![CDATA[{text}]]>")),
        "[a-z0-9 ]{0,5}".prop_map(|text| format!("<!--{text}-->")),
        "[a-z0-9]{0,5}".prop_map(|text| format!("<?p {text}?>")),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        (names(), prop::option::of("[a-z0-9' ]{0,5}"), prop::collection::vec(inner, 0..4)).prop_map(
            |(name, value, inner)| {
                let attribute = value.map(|v| format!(" x=\"{v}\"")).unwrap_or_default();
                format!("<{name}{attribute}>{}</{name}>", inner.concat())
            },
        )
    })
}

/// All character data and attributes that `quick-xml` reads, in order, with white space left out.
fn read_by_oracle(input: &str) -> Result<(String, String), String> {
    use quick_xml::events::Event as Xml;
    let (mut text, mut attributes) = (String::new(), String::new());
    let mut reader = quick_xml::Reader::from_str(input);
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Xml::Eof => return Ok((text, attributes)),
            Xml::Start(tag) | Xml::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|e| e.to_string())?;
                    attributes += &String::from_utf8_lossy(&attribute.value);
                }
            }
            Xml::Text(part) => text += &String::from_utf8_lossy(&part),
            Xml::CData(part) => text += &String::from_utf8_lossy(&part),
            Xml::GeneralRef(part) => match part.resolve_char_ref().map_err(|e| e.to_string())? {
                Some(character) => text.push(character),
                None => text.push(if &*part == b"lt" { '<' } else { '&' }),
            },
            _ => {}
        }
    }
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

proptest! {
    #[test]
    fn another_reader_reads_the_same(inner in prop::collection::vec(content(), 0..6)) {
        let input = format!("<r>{}</r>", inner.concat());
        let events = record(XmlDecoder, input.as_bytes(), &[]).expect("generated well-formed");
        let (mut text, mut attributes) = (String::new(), String::new());
        for segment in segments(&events) {
            check_origins(input.as_bytes(), segment)?;
            if segment.path.contains('@') {
                attributes += &segment.text_str();
            } else if !segment.path.contains('(') {
                text += &segment.text_str();
            }
        }
        let (oracle_text, oracle_attributes) = read_by_oracle(&input).expect("generated well-formed");
        prop_assert_eq!(without_space(&text), without_space(&oracle_text));
        prop_assert_eq!(without_space(&attributes), without_space(&oracle_attributes));
    }

    #[test]
    fn what_another_reader_refuses_is_refused(
        inner in prop::collection::vec(content(), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let input = format!("<r>{}</r>", inner.concat());
        let at = cut.index(input.len());
        prop_assume!(input.is_char_boundary(at));
        let cut = &input[..at];
        // Cut anywhere, the document is not complete.
        prop_assert!(record(XmlDecoder, cut.as_bytes(), &[]).is_err());
    }

    #[test]
    fn no_input_panics(input in prop::collection::vec(any::<u8>(), 0..200), tail in "[<>&!?/\\[\\]a='\" -]{0,60}") {
        let _ = record(XmlDecoder, &input, &[]);
        let _ = record(XmlDecoder, format!("<a>{tail}").as_bytes(), &[]);
        if let Ok(events) = record(XmlDecoder, tail.as_bytes(), &[]) {
            prop_assert!(matches!(events.last(), Some(Event::Close(_))));
        }
    }
}
