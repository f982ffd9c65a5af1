//! What the multipart decoder tells.

use super::*;
use crate::sink::Codec;
use crate::sink::recording::{Event, RecordingSink, record, record_into};
use pii_core::Coding;
use proptest::prelude::*;

/// Everything that is told, a line each: path, how it is written, text.
fn told(boundary: Option<&str>, input: &str) -> Result<Vec<String>, SyntaxError> {
    let events = record(MultipartDecoder::new(boundary.map(|b| b.as_bytes().to_vec())), input.as_bytes(), &[])?;
    Ok(events.iter().filter_map(line).collect())
}

fn line(event: &Event) -> Option<String> {
    match event {
        Event::Segment(s) => {
            let codings: Vec<Coding> = s.place.codings().collect();
            Some(format!("{} {codings:?} {}", s.path, s.text_str()))
        }
        Event::Nested(n) => {
            let charset = n.charset.as_ref().map(|c| String::from_utf8_lossy(c).into_owned());
            let how = n.codec.as_ref().map_or("in place", |codec| match codec {
                Codec::Base64 { .. } => "base64",
                Codec::Packed { .. } => "packed",
                Codec::EncodedWord { .. } => "word",
                Codec::ExtendedValue { .. } => "extended",
            });
            let text = String::from_utf8_lossy(&n.bytes);
            Some(match n.reading {
                Some(reading) => format!("{} {reading:?} {how} {text}", n.path),
                None => format!("{} {:?} {charset:?} {how} {text}", n.path, n.format),
            })
        }
        Event::Uninspected(_, media_type, path) => Some(format!("{path}: uninspected {media_type}")),
        Event::Open(_) | Event::Close(_) => None,
    }
}

fn form(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("--b\r\n{part}\r\n")).collect::<String>() + "--b--\r\n"
}

#[test]
fn fields_files_and_documents() {
    let input = form(&[
        "Content-Disposition: form-data; name=\"idNo\"\r\n\r\n110105189001010019",
        "Content-Disposition: form-data; name=\"a\"; filename=\"张三.csv\"\r\nContent-Type: text/csv; charset=gbk\r\n\r\n1,2",
        "Content-Disposition: form-data; name=j\r\nContent-Type: application/json\r\n\r\n{}",
        "Content-Disposition: form-data; name=f; filename=\"x.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\u{7f}",
        "Content-Disposition: form-data; name=q\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=31=\r\n2",
        "Content-Disposition: form-data; name=e; filename*=utf-8''%31\r\nContent-Transfer-Encoding: base64\r\n\r\nMTE=",
        "\r\nx",
        "Content-Disposition: form-data; name=empty\r\n\r\n",
    ]);
    let expected = [
        "idNo/name [Line] idNo",
        "idNo [] 110105189001010019",
        "a/name [Line] a",
        "a/filename FileName in place 张三.csv",
        "a Some(Csv) Some(\"gbk\") in place 1,2",
        "j/name [Line] j",
        "j Some(Json) None in place {}",
        "f/name [Line] f",
        "f/filename FileName in place x.jpg",
        "f: uninspected image/jpeg",
        "q/Content-Transfer-Encoding [Line] quoted-printable",
        "q/name [Line] q",
        "q None None in place 12",
        "e/Content-Transfer-Encoding [Line] base64",
        "e/name [Line] e",
        "e/filename FileName extended 1",
        "e None None base64 11",
        "part 7/body [] x",
        "empty/name [Line] empty",
    ];
    let seen = told(None, &input).expect("well-formed");
    assert_eq!(seen, expected);
    assert_eq!(told(Some("b"), &input).as_deref(), Ok(&seen[..]));
}

#[test]
fn names_are_evidence_and_all_is_one_record() {
    let input = form(&["Content-Disposition: form-data; name=\"idNo\"\r\n\r\n1", "\r\n2"]);
    let mut sink = RecordingSink::default();
    record_into(&mut sink, MultipartDecoder::new(None), input.as_bytes(), &[]).unwrap();
    assert_eq!(sink.names, [b"idNo".to_vec()]);
    assert_eq!(sink.events.iter().filter(|e| matches!(e, Event::Open(_))).count(), 1);
}

#[test]
fn broken_boundaries_are_errors() {
    let whole = form(&["\r\n1", "\r\n2"]);
    let table = [
        (None, ""),
        (None, "x"),
        (None, "--\r\n"),
        (Some("c"), &whole[..]),
        (None, &whole[..whole.len() - 7]),
        (None, &(whole.clone() + "trailing")),
        (None, "--b\r\nno colon\r\n\r\nx\r\n--b--"),
        (None, "--b\r\nContent-Type: multipart/mixed\r\n\r\nx\r\n--b--"),
        (None, "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\nx\r\n--b--"),
    ];
    for (boundary, input) in table {
        assert!(told(boundary, input).is_err_and(|e| !e.is_limit && e.at <= input.len()), "{boundary:?} {input:?}");
    }
    let many = form(&["\r\n1"; 1001]);
    assert!(told(None, &many).is_err_and(|e| e.is_limit));
    assert_eq!(told(None, &form(&["\r\n1"; 1000])).map(|lines| lines.len()), Ok(1000));
}

#[test]
fn parts_in_parts_share_the_limits() {
    let inner = "Content-Disposition: form-data; name=f\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\n1\r\n--c--";
    assert_eq!(
        told(None, &form(&[inner])),
        Ok(vec!["f/name [Line] f".to_owned(), "f/part 1/body Some(Text) None in place 1".to_owned()])
    );
}

proptest! {
    #[test]
    fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..100), text in "(--b|--|\r\n|\n|name=|;|\"|:|x|Content-Disposition: form-data){0,30}") {
        let _ = record(MultipartDecoder::new(None), &bytes, &[]);
        let _ = record(MultipartDecoder::new(Some(b"b".to_vec())), text.as_bytes(), &[]);
        let _ = record(MultipartDecoder::new(None), format!("--b\r\n{text}\r\n--b--").as_bytes(), &[]);
    }

    #[test]
    fn values_are_told_as_they_stand(values in prop::collection::vec("[a-z张0-9\r\n-]{1,20}x", 1..5)) {
        prop_assume!(values.iter().all(|value| !value.contains("--b")));
        let parts: Vec<String> = values.iter().map(|v| format!("Content-Disposition: form-data; name=k\r\n\r\n{v}")).collect();
        let input = form(&parts.iter().map(String::as_str).collect::<Vec<_>>());
        let expected: Vec<String> =
            values.iter().flat_map(|v| ["k/name [Line] k".to_owned(), format!("k [] {v}")]).collect();
        prop_assert_eq!(told(None, &input).unwrap(), expected);
    }
}
