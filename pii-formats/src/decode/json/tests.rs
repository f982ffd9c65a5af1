//! The decoder as a whole, against `serde_json` and against itself with the input cut.

use super::{Json, TOKEN_LIMIT_BYTES};
use crate::encode;
use crate::sink::recording::{Event, RecordingSink, Segment, record, record_into, segments};
use crate::sink::{RecordId, SyntaxError};
use pii_core::{Coding, Token};
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

use std::collections::BTreeSet;

fn read(text: &str) -> Vec<Event> {
    record(Json::documents(), text.as_bytes(), &[]).expect("the case is well-formed")
}

/// Path and text of each segment.
fn told(events: &[Event]) -> Vec<(String, String)> {
    segments(events).iter().map(|s| (s.path.clone(), s.text_str())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn strings_and_numbers_are_told_with_their_paths() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[]),
        (" \r\n\t", &[]),
        ("\u{feff}{\"a\":\"b\"}", &[("$.a", "b")]),
        (r#""138""#, &[("$", "138")]),
        ("138", &[("$", "138")]),
        (r#"{"a":"x","b":1.5e3,"c":true,"d":null,"e":""}"#, &[("$.a", "x"), ("$.b", "1.5e3")]),
        (
            r#"{"list":[{"name":"张三"},["x",[7]]]}"#,
            &[("$.list[0].name", "张三"), ("$.list[1][0]", "x"), ("$.list[1][1][0]", "7")],
        ),
        (r#"{"a":"\u5f20\u4e09","b":"1\n2"}"#, &[("$.a", "张三"), ("$.b", "1\n2")]),
        (r#"{"13800138000":1}"#, &[(r#"$["13800138000"]"#, "13800138000"), (r#"$["13800138000"]"#, "1")]),
        (r#"{"\u59d3\u540d":"x"}"#, &[("$.姓名", "姓名"), ("$.姓名", "x")]),
        (r#"{"a@b.cn":null}"#, &[(r#"$["a@b.cn"]"#, "a@b.cn")]),
        (r#"{"a":1} {"b":2}  [3]"#, &[("$.a", "1"), ("$.b", "2"), ("$[0]", "3")]),
        ("[[], {}, [[ ]]]", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(told(&read(text)), pairs(expected), "{text}");
    }
}

#[test]
fn every_segment_knows_its_bytes() {
    let text = r#"{"a":"x\u0031y","n": -12.5 }"#;
    let events = read(text);
    let found = segments(&events);
    assert_eq!((&text[found[0].source.clone()], &text[found[1].source.clone()]), (r"x\u0031y", "-12.5"));
    assert_eq!(found[0].origins, [6..7, 7..13, 13..14]);
    assert_eq!(found[0].place.codings().collect::<Vec<_>>(), [Coding::JsonString]);
    assert_eq!((found[0].place.token, found[1].place.token), (Token::Part, Token::JsonValue));
    assert_eq!(found[1].place.codings().count(), 0);
}

#[test]
fn a_record_is_the_innermost_object() {
    let text = r#"{"a":"1","b":{"c":"2","d":["3",{"e":"4"}]},"f":"5"} ["6",{"g":"7"},"8"] "9""#;
    let events = read(text);
    let records: Vec<(String, u64)> = segments(&events).iter().map(|s| (s.text_str(), s.record.0)).collect();
    let expected = [("1", 0), ("2", 1), ("3", 1), ("4", 2), ("5", 0), ("6", 3), ("7", 4), ("8", 3), ("9", 5)];
    assert_eq!(records, expected.map(|(text, record)| (text.to_owned(), record)));
    let closed: Vec<u64> =
        events.iter().filter_map(|e| if let Event::Close(r) = e { Some(r.0) } else { None }).collect();
    assert_eq!(closed, [2, 1, 0, 4, 3, 5]);
}

#[test]
fn an_array_of_objects_needs_no_record_of_its_own() {
    let opened = read(r#"[{"a":1},{"b":2}]"#).iter().filter(|e| matches!(e, Event::Open(_))).count();
    assert_eq!(opened, 2);
}

#[test]
fn lines_are_documents() {
    let lines = "\u{feff}{\"a\":\"1\"}\r\n\n  \t\n[\"2\"] \n\"3\"";
    let events = record(Json::lines(), lines.as_bytes(), &[]).expect("well-formed");
    assert_eq!(told(&events), pairs(&[("$.a", "1"), ("$[0]", "2"), ("$", "3")]));
    let records: BTreeSet<RecordId> = segments(&events).iter().map(|s| s.record).collect();
    assert_eq!(records.len(), 3);
}

#[test]
fn errors_say_where_and_what() {
    let long_line = format!("[{}\n1]", "1,".repeat(99));
    let cases: &[(bool, &str, usize, &str)] = &[
        (false, "{", 1, "expected a key in quotes or '}'"),
        (false, r#"{"a""#, 4, "expected ':'"),
        (false, r#"{"a" 1}"#, 5, "expected ':'"),
        (false, r#"{"a":}"#, 5, "expected a value"),
        (false, r#"{"a":1,}"#, 7, "expected a key in quotes"),
        (false, r#"{"a":1 "b"}"#, 7, "expected ',' or '}'"),
        (false, "[1,]", 3, "expected a value"),
        (false, "[,1]", 1, "expected a value or ']'"),
        (false, "[1}", 2, "expected ',' or ']'"),
        (false, "[1", 2, "expected ',' or ']'"),
        (false, r#"["a"#, 3, "expected the string to end"),
        (false, "[-]", 2, "expected a digit"),
        (false, "[01]", 2, "expected ',' or ']'"),
        (false, "nul", 3, "expected true, false or null"),
        (false, "nule", 3, "expected true, false or null"),
        (false, "{}{}", 2, "expected white space between documents"),
        (false, "1 'a'", 2, "expected a value"),
        (false, "\u{feff}\u{feff}1", 3, "expected a value"),
        (false, "\u{a0}1", 0, "expected a value"),
        (true, "{\"a\":\n1}", 5, "expected the document to end on its line"),
        (true, "{} {}", 3, "expected the line to end after its document"),
        (true, &long_line, 199, "expected the document to end on its line"),
    ];
    for (lines, text, at, what) in cases {
        let decoder = if *lines { Json::lines() } else { Json::documents() };
        let expected = Err(SyntaxError { at: *at, what, is_limit: false });
        assert_eq!(record(decoder, text.as_bytes(), &[]), expected, "{text}");
        let every_cut: Vec<usize> = (0..text.len()).collect();
        let decoder = if *lines { Json::lines() } else { Json::documents() };
        assert_eq!(record(decoder, text.as_bytes(), &every_cut), expected, "{text} in single bytes");
    }
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| format!("{}{}", r#"[{"a":"#.repeat(depth / 2) + "1", "}]".repeat(depth / 2));
    assert!(record(Json::documents(), nested(128).as_bytes(), &[]).is_ok());
    let error = record(Json::documents(), nested(130).as_bytes(), &[]).expect_err("too deep");
    assert!(error.is_limit);
    assert_eq!(error.at, 64 * 6);
}

#[test]
fn tokens_are_limited() {
    let string = |len: usize| format!("[\"{}\"]", "a".repeat(len - 2));
    for cuts in [&[][..], &[1000, TOKEN_LIMIT_BYTES]] {
        assert!(record(Json::documents(), string(TOKEN_LIMIT_BYTES).as_bytes(), cuts).is_ok());
        let error = record(Json::documents(), string(TOKEN_LIMIT_BYTES + 1).as_bytes(), cuts).expect_err("too long");
        assert!(error.is_limit);
        assert_eq!(error.at, 1);
    }
}

#[test]
fn what_arrived_is_let_go_of_at_once() {
    // A long document must not pile up: after each call only an unfinished token may remain.
    use crate::sink::Decode;
    let (mut decoder, mut sink) = (Json::documents(), Quiet::default());
    let mut waiting: Vec<u8> = b"[".to_vec();
    for _ in 0..2000 {
        waiting.extend_from_slice(br#"{"name":"abc","list":[1,2,3],"more":{"x":[true,false]}},"#);
        let cut = waiting.len() - 7;
        let used = decoder.decode(&waiting[..cut], false, &mut sink).expect("well-formed");
        waiting.drain(..used);
        assert!(waiting.len() < 32, "{} bytes wait", waiting.len());
    }
    assert!(sink.segments > 7000);
}

/// Counts, and keeps nothing.
#[derive(Default)]
struct Quiet {
    segments: usize,
}

impl crate::sink::Sink for Quiet {
    fn evidence_of(&mut self, _: &[u8]) -> pii_core::Evidence {
        pii_core::Evidence::none()
    }
    fn judge_column(&mut self, _: Option<&[u8]>, _: &[&[u8]]) -> pii_core::Evidence {
        pii_core::Evidence::none()
    }
    fn open_record(&mut self) -> RecordId {
        RecordId(0)
    }
    fn close_record(&mut self, _: RecordId) {}
    fn segment(&mut self, _: crate::sink::Draft<'_>) -> Result<(), SyntaxError> {
        self.segments += 1;
        Ok(())
    }
    fn nested(&mut self, _: crate::sink::Nested<'_>) -> Result<(), SyntaxError> {
        Ok(())
    }
}

fn sink_with_whole_faces() -> RecordingSink {
    let mut sink = RecordingSink::default();
    sink.whole.push(b"face");
    sink
}

#[test]
fn what_goes_as_a_whole_is_one_segment() {
    let text = r#"{"face":{"v":[1,2,{"13800138000":"\u0031"}]},"b":"x","faces":[{"face":["a"]}],"face":"s"}"#;
    for cuts in [Vec::new(), (0..text.len()).collect()] {
        let mut sink = sink_with_whole_faces();
        record_into(&mut sink, Json::documents(), text.as_bytes(), &cuts).expect("well-formed");
        let whole = r#"{"v":[1,2,{"13800138000":"\u0031"}]}"#;
        let expected = [("$.face", whole), ("$.b", "x"), ("$.faces[0].face", r#"["a"]"#), ("$.face", "s")];
        assert_eq!(told(&sink.events), pairs(&expected));
        let tokens: Vec<Token> = segments(&sink.events).iter().map(|s| s.place.token).collect();
        assert_eq!(tokens, [Token::JsonValue, Token::Part, Token::JsonValue, Token::Part]);
    }
}

#[test]
fn what_goes_as_a_whole_must_be_well_formed_and_bounded() {
    let mut sink = sink_with_whole_faces();
    let error = record_into(&mut sink, Json::documents(), br#"{"face":[1,}]}"#, &[]).expect_err("not JSON");
    assert_eq!((error.at, error.what), (11, "expected a value"));
    let long = format!(r#"{{"face":[{}"a"]}}"#, r#""a","#.repeat(TOKEN_LIMIT_BYTES / 4));
    for cuts in [&[][..], &[TOKEN_LIMIT_BYTES / 2, TOKEN_LIMIT_BYTES + 10]] {
        let mut sink = sink_with_whole_faces();
        let error = record_into(&mut sink, Json::documents(), long.as_bytes(), cuts).expect_err("too long");
        assert_eq!((error.is_limit, error.at), (true, 8));
    }
}

#[test]
fn an_embedding_is_one_segment() {
    let numbers = vec!["-0.0125"; 64].join(", ");
    let text = format!(r#"{{"v":[{numbers}],"w":[1,2]}}"#);
    for cuts in [Vec::new(), (0..text.len()).collect()] {
        let events = record(Json::documents(), text.as_bytes(), &cuts).expect("well-formed");
        let embedding = format!("[{numbers}]");
        assert_eq!(told(&events), pairs(&[("$.v", &embedding), ("$.w[0]", "1"), ("$.w[1]", "2")]));
        assert_eq!(segments(&events)[0].place.token, Token::JsonValue);
    }
}

#[test]
fn field_names_are_looked_up_once_and_passed_on() {
    let mut sink = RecordingSink::default();
    sink.labelled.push(b"mobile");
    let text = r#"[{"mobile":{"value":"1"}},{"mobile":["2"],"\u006dobile":"3"},{"mobile":{"a":{"value":"4"}}}]"#;
    record_into(&mut sink, Json::documents(), text.as_bytes(), &[]).expect("well-formed");
    let names: Vec<_> = sink.names.iter().map(|n| String::from_utf8_lossy(n).into_owned()).collect();
    // The last is the same key spelt with an escape.
    assert_eq!(names, ["mobile", "value", "mobile", "a"]);
}

/// Documents with the odd cases in them: escapes, empty things, long arrays, keys with data.
fn document() -> impl Strategy<Value = String> {
    let string = prop_oneof![
        r#"[a-z0-9 张三😀/]{0,12}"#.prop_map(|s| format!("\"{s}\"")),
        r#"(\\u0031|\\u5f20|\\ud83d\\ude00|\\n|\\"|\\\\|\\/|x|é){0,6}"#.prop_map(|s| format!("\"{s}\"")),
    ];
    let number = prop_oneof!["-?(0|[1-9][0-9]{0,12})", r"-?(0|[1-9][0-9]?)\.[0-9]{1,4}([eE][+-]?[0-9])?"];
    let scalar = prop_oneof![
        string.clone(),
        number,
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("null".to_owned()),
        (60_usize..70).prop_map(|count| format!("[{}]", vec!["1.5"; count].join(","))),
    ];
    scalar.prop_recursive(4, 32, 5, move |inner| {
        let member = (string.clone(), "[ \n]{0,2}", inner.clone())
            .prop_map(|(key, space, value)| format!("{key}:{space}{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(" , "))),
            prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// All strings (values, and keys that are told) and numbers that `serde_json` finds, as a sorted list.
fn scalars(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(s) if !s.is_empty() => found.push(s.clone()),
        Value::Number(n) => found.push(n.to_string()),
        Value::Array(items) if items.len() >= 64 && items.iter().all(Value::is_number) => {
            found.push("embedding".into())
        }
        Value::Array(items) => items.iter().for_each(|item| scalars(item, found)),
        Value::Object(members) => {
            for (key, member) in members {
                if key.chars().filter(char::is_ascii_digit).count() >= 6 || !key.is_ascii() || key.contains('@') {
                    found.push(key.clone());
                }
                scalars(member, found);
            }
        }
        _ => {}
    }
}

/// Segments as `serde_json` would show them.
fn as_serde_shows(segment: &Segment) -> String {
    match (segment.place.token, segment.text.first()) {
        (Token::Part | Token::JsonKey | Token::SqlValue, _) => segment.text_str(),
        (Token::JsonValue, Some(b'[')) => "embedding".into(),
        // Written out.
        (Token::JsonValue, _) if !segment.origins.is_empty() => {
            Value::from(segment.text_str().parse::<f64>().expect("a number")).to_string()
        }
        (Token::JsonValue, _) => serde_json::from_slice::<Value>(&segment.text).expect("a number").to_string(),
    }
}

fn has_twin_keys(text: &str) -> bool {
    // serde_json keeps only the last of equal keys: such documents cannot be compared value by value.
    fn count(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(members) => members.len() + members.values().map(count).sum::<usize>(),
            _ => 0,
        }
    }
    let value: Value = serde_json::from_str(text).expect("generated");
    let mut strings_stripped = String::new();
    let mut chars = text.chars();
    let mut in_string = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_string => drop(chars.next()),
            '"' => in_string = !in_string,
            ':' if !in_string => strings_stripped.push(c),
            _ => {}
        }
    }
    strings_stripped.len() != count(&value)
}

proptest! {
    #[test]
    fn the_same_values_as_serde_json(text in document()) {
        prop_assume!(!has_twin_keys(&text));
        let mut expected = Vec::new();
        scalars(&serde_json::from_str(&text).expect("generated"), &mut expected);
        let events = read(&text);
        let mut found: Vec<String> = segments(&events).iter().map(|s| as_serde_shows(s)).collect();
        expected.sort();
        found.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_same_verdict_as_serde_json(text in document(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}:,\"\\\\0-9a-f.eE+\\- \n\t\u{1}]{0,2}", cut in 0_usize..3) {
        // A well-formed document with a few bytes taken out and others put in.
        let mut bytes = text.into_bytes();
        let from = at.index(bytes.len());
        let to = (from + cut).min(bytes.len());
        bytes.splice(from..to, with.into_bytes());
        let mut documents = serde_json::Deserializer::from_slice(&bytes).into_iter::<IgnoredAny>();
        let mut accepts = true;
        let mut ends = Vec::new();
        while let Some(next) = documents.next() {
            accepts &= next.is_ok();
            ends.push(documents.byte_offset());
        }
        ends.pop();
        // serde_json lets arrays, objects and strings follow each other without white space.
        let are_apart = ends.iter().all(|&end| bytes.get(end).is_none_or(u8::is_ascii_whitespace));
        prop_assert_eq!(record(Json::documents(), &bytes, &[]).is_ok(), accepts && are_apart);
    }

    #[test]
    fn cuts_make_no_difference(texts in prop::collection::vec(document(), 1..4), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let text = texts.join("\n");
        let cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        prop_assert_eq!(record(Json::documents(), text.as_bytes(), &cuts).expect("generated"), read(&text));
        let every_cut: Vec<usize> = (0..text.len()).collect();
        prop_assert_eq!(record(Json::documents(), text.as_bytes(), &every_cut).expect("generated"), read(&text));
    }

    #[test]
    fn any_bytes_at_all(bytes in prop::collection::vec(any::<u8>(), 0..40), cuts in prop::collection::vec(0_usize..40, 0..4)) {
        prop_assert_eq!(record(Json::lines(), &bytes, &cuts), record(Json::lines(), &bytes, &[]));
    }

    #[test]
    fn what_is_written_back_reads_the_same(text in document()) {
        let events = read(&text);
        let mut rewritten = Vec::new();
        let mut copied = 0;
        for segment in segments(&events).into_iter().filter(|s| s.place.token != Token::JsonValue) {
            rewritten.extend_from_slice(&text.as_bytes()[copied..segment.source.start]);
            encode::json::json_string(&segment.text_str(), &mut rewritten);
            copied = segment.source.end;
        }
        rewritten.extend_from_slice(&text.as_bytes()[copied..]);
        let before: Value = serde_json::from_str(&text).expect("generated");
        prop_assert_eq!(serde_json::from_slice::<Value>(&rewritten).expect("still JSON"), before);
    }

    #[test]
    fn whole_values_may_become_strings(text in document()) {
        // Each number and embedding on its own, so that what is around it is seen to stay as it was.
        for segment in segments(&read(&text)).into_iter().filter(|s| s.place.token == Token::JsonValue) {
            let mut rewritten = text.as_bytes()[..segment.source.start].to_vec();
            encode::json::json_value("***", &mut rewritten);
            rewritten.extend_from_slice(&text.as_bytes()[segment.source.end..]);
            let again = record(Json::documents(), &rewritten, &[]).expect("still JSON");
            let starred = segments(&again).into_iter().find(|s| s.source.start == segment.source.start + 1);
            let starred = starred.expect("the string is found where the value was");
            prop_assert_eq!((starred.text_str(), &starred.path), ("***".to_owned(), &segment.path));
        }
    }
}
