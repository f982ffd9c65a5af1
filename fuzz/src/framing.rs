//! Requests that somebody else reads next, and has to cut where the guard cuts them.

use pii_proxy::http::framing::{Fault, Guard, Options};

/// What the guard made of an input.
#[derive(Debug, PartialEq, Eq)]
struct Judged {
    /// How many bytes it passes on.
    passed: usize,
    /// Where messages end.
    ends: Vec<usize>,
    fault: Option<Fault>,
}

/// Judges an input that comes in pieces of this size.
fn judged(input: &[u8], piece: usize) -> Judged {
    let mut guard = Guard::new(Options::default());
    let mut judged = Judged { passed: 0, ends: Vec::new(), fault: None };
    for arrived in (0..input.len()).step_by(piece).map(|start| input.len().min(start + piece)) {
        loop {
            match guard.judge(&input[judged.passed..arrived]) {
                Ok(0) => break,
                Ok(count) => judged.passed += count,
                Err(fault) => return Judged { fault: Some(fault), ..judged },
            }
            if guard.is_between_messages() {
                judged.ends.push(judged.passed);
            }
        }
    }
    judged
}

/// What is passed on means the same to the parser under the server and to a reader that tolerates more than the guard.
pub(crate) fn check(input: &[u8]) {
    let whole = judged(input, input.len().max(1));
    for piece in [1, 2, 7, 64] {
        assert_eq!(judged(input, piece), whole, "in pieces of {piece}");
    }
    let passed = &input[..whole.passed];
    let (mut at, mut ends) = (0, Vec::new());
    while at < passed.len() {
        let (head, body) = head_of(&passed[at..]);
        let body = body_in(&passed[at + head..], body);
        let Some(length) = body else { break };
        at += head + length;
        ends.push(at);
    }
    assert_eq!(ends, whole.ends, "both cut the input into the same messages");
}

enum Body {
    Length(usize),
    Chunked,
}

/// The length of the head at the front, and how its body is framed. A head that was passed on is complete.
fn head_of(bytes: &[u8]) -> (usize, Body) {
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let mut request = httparse::Request::new(&mut fields);
    let parsed = request.parse(bytes).expect("the parser takes what the guard takes");
    assert!(parsed.is_complete(), "a head is passed on at once");
    let target = request.path.expect("it is complete");
    assert!(target.parse::<hyper::Uri>().is_ok(), "a target that the server takes");
    let values = |name: &str| -> Vec<&[u8]> {
        request.headers.iter().filter(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value).collect()
    };
    let body = match (values("content-length").as_slice(), values("transfer-encoding").as_slice()) {
        ([], []) => Body::Length(0),
        ([length], []) => {
            let digits = std::str::from_utf8(length).expect("digits").trim();
            // What does not fit into memory does not end in this input either.
            Body::Length(usize::try_from(digits.parse::<u64>().expect("a number")).unwrap_or(usize::MAX))
        }
        ([], [coding]) if coding.trim_ascii().eq_ignore_ascii_case(b"chunked") => Body::Chunked,
        _ => panic!("a body that is framed twice"),
    };
    (parsed.unwrap(), body)
}

/// The length of the body at the front; none where it is not complete.
fn body_in(bytes: &[u8], body: Body) -> Option<usize> {
    match body {
        Body::Length(length) => (length <= bytes.len()).then_some(length),
        Body::Chunked => {
            let mut at = 0;
            loop {
                let (size_bytes, size) = match httparse::parse_chunk_size(&bytes[at..]) {
                    Ok(httparse::Status::Complete(size)) => size,
                    Ok(httparse::Status::Partial) => return None,
                    Err(_) => panic!("a size that the parser does not take"),
                };
                // The data and its CRLF; behind the last chunk the CRLF only, because there is no trailer.
                let end = usize::try_from(size).ok()?.checked_add(at + size_bytes + 2)?;
                if bytes.get(..end)?[end - 2..] != *b"\r\n" {
                    panic!("a chunk that does not end where its size says");
                }
                at = end;
                if size == 0 {
                    return Some(at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_and_told_apart() {
        let input = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nGET / HTTP/1.0\r\n\r\nGET";
        check(input);
        assert_eq!(judged(input, 1).ends.len(), 2);
        let (head, body) = head_of(input);
        assert_eq!(body_in(&input[head..], body), Some(12));
        check(b"");
    }
}
