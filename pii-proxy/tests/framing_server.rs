//! The guard under the real server: what a client sees, and what the service is called with.

#[path = "framing/corpus.rs"]
mod corpus;

use bytes::Bytes;
use corpus::{BAD, Bad, GOOD, over_limits};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use pii_proxy::http::framing::{Fault, Guard, Guarded, Handle, NotBehindHead, Options};
use proptest::prelude::*;
use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// How long anything here may take: what hangs is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the service was called with: the method and the path, and the body if it came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Call {
    request: String,
    body: Option<Vec<u8>>,
}

/// What came of a connection.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    answers: String,
    calls: Vec<Call>,
}

#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<Call>>>);

impl Calls {
    fn add(&self, call: Call) {
        self.0.lock().expect("nobody panics with it").push(call);
    }

    fn all(&self) -> Vec<Call> {
        self.0.lock().expect("nobody panics with it").clone()
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().half_close(true).max_headers(128).auto_date_header(false);
    builder
}

/// Reads the whole body, and would send it on if there were nothing wrong.
async fn serve(request: Request<Incoming>, handle: Option<Handle>, calls: Calls) -> Response<Full<Bytes>> {
    let name = format!("{} {}", request.method(), request.uri().path());
    // As a service that has something else to wait for.
    tokio::task::yield_now().await;
    let body = request.into_body().collect().await.ok().map(|body| body.to_bytes().to_vec());
    let fault = handle.and_then(|handle| handle.fault());
    assert!(fault.is_none() || body.is_none(), "a body with a fault is never whole");
    let length = body.as_ref().map_or(0, Vec::len);
    let is_whole = body.is_some();
    calls.add(Call { request: name, body });
    let status = if is_whole { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let told = fault.map_or(String::new(), |fault| format!(" {}", fault.word()));
    let mut response = Response::new(Full::from(format!("[{length}{told}]")));
    *response.status_mut() = status;
    response
}

/// A connection to the server, and what the service is called with.
fn connect(is_guarded: bool, options: Options) -> (DuplexStream, Calls) {
    let (client, server) = tokio::io::duplex(16 * 1024);
    let calls = Calls::default();
    let of_service = calls.clone();
    tokio::spawn(async move {
        let builder = builder();
        if is_guarded {
            let guarded = Guarded::new(TokioIo::new(server), options);
            let handle = guarded.handle();
            let service = service_fn(move |request| {
                let answer = serve(request, Some(handle.clone()), of_service.clone());
                async { Ok::<_, Infallible>(answer.await) }
            });
            let _ = builder.serve_connection(guarded, service).await;
        } else {
            let service = service_fn(move |request| {
                let answer = serve(request, None, of_service.clone());
                async { Ok::<_, Infallible>(answer.await) }
            });
            let _ = builder.serve_connection(TokioIo::new(server), service).await;
        }
    });
    (client, calls)
}

/// Sends an input in pieces and reads until the server closes; first the client ends its side, where `hangs_up`.
async fn seen(is_guarded: bool, input: &[u8], piece: usize, hangs_up: bool) -> Seen {
    let (client, calls) = connect(is_guarded, Options::default());
    let (mut from, mut to) = tokio::io::split(client);
    let input = input.to_vec();
    let writing = tokio::spawn(async move {
        for bytes in input.chunks(piece) {
            // The server closes before it has everything, where it finds a fault.
            if to.write_all(bytes).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        if hangs_up {
            let _ = to.shutdown().await;
        }
        to
    });
    let mut answers = Vec::new();
    from.read_to_end(&mut answers).await.expect("readable");
    drop(writing.await);
    Seen { answers: String::from_utf8(answers).expect("text"), calls: calls.all() }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(PATIENCE, test).await.expect("nothing hangs") });
}

/// The statuses of the answers; the version that a reason names is none.
fn statuses(answers: &str) -> Vec<u16> {
    let after = answers.match_indices("HTTP/1.").map(|(at, mark)| &answers[at + mark.len() + 2..]);
    after.filter_map(|text| text.get(..3)?.parse().ok()).collect()
}

#[test]
fn good_requests_are_served_as_without_the_guard() {
    run(async {
        for good in GOOD {
            let input = good.bytes.as_bytes();
            let without = seen(false, input, input.len(), true).await;
            assert_eq!(without.calls.len(), good.messages, "{}", good.name);
            for piece in [input.len(), 1, 11] {
                let with = seen(true, input, piece, true).await;
                assert_eq!(with.calls, without.calls, "{} in pieces of {piece}", good.name);
                assert_eq!(with.answers, without.answers, "{} in pieces of {piece}", good.name);
            }
        }
    });
}

/// The messages before the fault are served, the one with the fault in its body is not whole, one with it in its head is
/// never seen; one answer to each, and the connection is closed.
async fn assert_ends(bad: &Bad, piece: usize) {
    let input = [bad.good, bad.bad].concat();
    let seen = seen(true, input.as_bytes(), piece, false).await;
    let whole = seen.calls.iter().filter(|call| call.body.is_some()).count();
    let statuses = statuses(&seen.answers);
    let word = bad.fault.word();
    assert_eq!(statuses.len(), whole + 1, "{}: {}", bad.name, seen.answers);
    assert!(statuses[..whole].iter().all(|status| *status == 200), "{}: {}", bad.name, seen.answers);
    if bad.fault.is_in_body() {
        assert_eq!(seen.calls.len(), whole + 1, "{}", bad.name);
        assert!(seen.answers.ends_with(&format!("[0 {word}]")), "{}: {}", bad.name, seen.answers);
    } else {
        assert_eq!(seen.calls.len(), whole, "{}", bad.name);
        assert!(seen.answers.ends_with(&format!("\"fault\":\"{word}\"}}\n")), "{}: {}", bad.name, seen.answers);
        let refusal = &seen.answers[seen.answers.rfind("HTTP/1.1").expect("an answer")..];
        for field in
            ["\r\nConnection: close\r\n", "\r\nX-PII-Sent: no\r\n", "\r\nContent-Type: application/problem+json\r\n"]
        {
            assert!(refusal.contains(field), "{}: {refusal}", bad.name);
        }
        assert!(!refusal.contains("gateway"), "{}: nothing of the input is in it: {refusal}", bad.name);
    }
    assert_eq!(statuses.last(), Some(&bad.fault.status()), "{}", bad.name);
    let served = bad.good.matches(" HTTP/1.").count() - usize::from(bad.fault.is_in_body());
    assert_eq!(whole, served, "{}: {:?}", bad.name, seen.calls);
}

#[test]
fn bad_requests_are_refused_and_never_served() {
    run(async {
        for bad in BAD {
            for piece in [bad.good.len() + bad.bad.len(), 1, 13] {
                assert_ends(bad, piece).await;
            }
        }
    });
}

#[test]
fn the_server_bears_the_longest_heads_and_the_client_sees_what_was_too_long() {
    run(async {
        for (name, input, fault) in over_limits() {
            let seen = seen(true, input.as_bytes(), 5000, fault.is_none()).await;
            let expected = fault.map_or(200, Fault::status);
            assert_eq!(statuses(&seen.answers), [expected], "{name}: {}", seen.answers);
            assert_eq!(seen.calls.len(), usize::from(fault.is_none()), "{name}");
        }
    });
}

/// The reason for all this: what the server alone makes of it.
#[test]
fn without_the_guard_the_server_takes_what_others_read_differently() {
    run(async {
        for (name, input) in [
            (
                "CL.TE",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
            ),
            ("equal lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
            ("bare LF", "GET / HTTP/1.1\nHost: a\n\n"),
        ] {
            let alone = seen(false, input.as_bytes(), input.len(), true).await;
            assert_eq!(alone.calls.len(), 1, "{name}");
            let guarded = seen(true, input.as_bytes(), input.len(), true).await;
            assert_eq!(guarded.calls, [], "{name}");
        }
    });
}

/// How many messages the guard passes on whole.
fn messages(input: &[u8]) -> usize {
    let (mut guard, mut passed, mut messages) = (Guard::new(Options::default()), 0, 0);
    while let Ok(count @ 1..) = guard.judge(&input[passed..]) {
        passed += count;
        messages += usize::from(guard.is_between_messages());
    }
    messages
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes, the server cuts what it gets where the guard does.
    #[test]
    fn the_server_sees_the_messages_that_the_guard_sees(
        parts in prop::collection::vec(0..GOOD.len() + BAD.len(), 1..5),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"\r\n :;,0aZ\0".to_vec())), 0..3),
        piece in 1_usize..300,
    ) {
        let text = |part: usize| match GOOD.get(part) {
            Some(good) => good.bytes.to_owned(),
            None => [BAD[part - GOOD.len()].good, BAD[part - GOOD.len()].bad].concat(),
        };
        let mut input = parts.into_iter().map(text).collect::<String>().into_bytes();
        for (at, byte) in changes {
            let at = at.index(input.len());
            input[at] = byte;
        }
        let expected = messages(&input);
        run(async {
            let seen = seen(true, &input, piece, true).await;
            let whole = seen.calls.iter().filter(|call| call.body.is_some()).count();
            // Behind an answer that closes the connection the server reads no further.
            let is_closed = seen.answers.to_ascii_lowercase().contains("connection: close") || seen.answers.contains("HTTP/1.0 ");
            let is_tunnel = input.starts_with(b"CONNECT") || input.windows(9).any(|bytes| bytes == b"\nCONNECT ");
            assert!(whole <= expected && seen.calls.len() <= whole + 1, "{}: {seen:?}", input.escape_ascii());
            assert!(whole == expected || is_closed || is_tunnel, "{expected} in {}: {seen:?}", input.escape_ascii());
        });
    }
}

#[test]
fn long_bodies_arrive_whole() {
    let data: Vec<u8> = (0..1_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let length = format!("POST /l HTTP/1.1\r\nHost: gateway\r\nContent-Length: {}\r\n\r\n", data.len());
    let with_length = [length.as_bytes(), &data].concat();
    let mut chunked = b"POST /c HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in data.chunks(1777) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    run(async {
        let seen = seen(true, &[with_length, chunked].concat(), 7919, true).await;
        let bodies: Vec<_> = seen.calls.iter().map(|call| call.body.as_deref()).collect();
        assert!(bodies == [Some(data.as_slice()), Some(data.as_slice())], "{}", seen.answers);
    });
}

#[test]
fn a_client_that_expects_to_go_on_is_told_to() {
    run(async {
        let (mut client, calls) = connect(true, Options::default());
        let head = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n";
        client.write_all(head).await.expect("open");
        let mut told = [0; 25];
        client.read_exact(&mut told).await.expect("an answer");
        assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
        client.write_all(b"1\r\na\r\n1;x\r\nb\r\n0\r\n\r\n").await.expect("open");
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.expect("text");
        assert_eq!(statuses(&answers), [400], "one answer, behind what was told in between: {answers}");
        assert_eq!(calls.all()[0].body, None);
    });
}

#[test]
fn the_handle_says_since_when_a_head_is_incomplete() {
    run(async {
        let (mut client, server) = tokio::io::duplex(1024);
        let guarded = Guarded::new(TokioIo::new(server), Options::default());
        let handle = guarded.handle();
        let calls = Calls::default();
        let (of_service, of_handle) = (calls.clone(), handle.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = serve(request, Some(of_handle.clone()), of_service.clone());
                async { Ok::<_, Infallible>(answer.await) }
            });
            builder().serve_connection(guarded, service).await
        });
        for _ in 0..2 {
            assert_eq!(handle.head_began(), None, "between messages");
            client.write_all(b"GET / HTTP/1.1\r\nHo").await.expect("open");
            settle().await;
            let began = handle.head_began().expect("a head is incomplete");
            client.write_all(b"st: gateway\r\n").await.expect("open");
            settle().await;
            assert_eq!(handle.head_began(), Some(began), "it began when it began");
            assert_eq!(handle.tunnel(), Err(NotBehindHead));
            client.write_all(b"\r\n").await.expect("open");
            let mut answer = [0; 64];
            assert!(client.read(&mut answer).await.expect("an answer") > 0);
        }
        client.write_all(b"GET / HTTP/1.1\r\nHo\n").await.expect("open");
        let mut refusal = String::new();
        client.read_to_string(&mut refusal).await.expect("text");
        assert_eq!((handle.head_began(), handle.fault()), (None, Some(Fault::BareLineFeed)));
        assert_eq!(calls.all().len(), 2);
    });
}

/// Lets the other tasks do what they can.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// A server whose service decides about CONNECT and upgrades: one to `yes` is done, and echoes.
fn connect_to_switch(half_close: bool) -> (DuplexStream, Calls) {
    let (client, server) = tokio::io::duplex(1024);
    let calls = Calls::default();
    let of_service = calls.clone();
    tokio::spawn(async move {
        let guarded = Guarded::new(TokioIo::new(server), Options::default());
        let handle = guarded.handle();
        let service = service_fn(move |request: Request<Incoming>| {
            let (handle, calls) = (handle.clone(), of_service.clone());
            async move { Ok::<_, Infallible>(switch(request, &handle, &calls).await) }
        });
        let mut builder = builder();
        builder.http1().half_close(half_close);
        let _ = builder.serve_connection_with_upgrades(guarded, service).await;
    });
    (client, calls)
}

async fn switch(mut request: Request<Incoming>, handle: &Handle, calls: &Calls) -> Response<Empty<Bytes>> {
    calls.add(Call { request: format!("{} {}", request.method(), request.uri()), body: None });
    settle().await;
    let mut response = Response::new(Empty::new());
    if !request.uri().to_string().contains("yes") {
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    }
    if request.method() != Method::CONNECT {
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    }
    handle.tunnel().expect("it is behind the head that asked for it");
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut stream = TokioIo::new(upgrade.await.expect("upgraded"));
        let mut bytes = [0; 64];
        while let Ok(count @ 1..) = stream.read(&mut bytes).await {
            stream.write_all(&bytes[..count]).await.expect("open");
        }
    });
    response
}

#[test]
fn a_tunnel_passes_everything_from_the_first_byte_behind_its_head() {
    run(async {
        for half_close in [true, false] {
            for head in [
                "CONNECT yes:443 HTTP/1.1\r\nHost: yes:443\r\n\r\n",
                "GET /yes HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            ] {
                let (mut client, calls) = connect_to_switch(half_close);
                let early = b"\x16\x03\n\r\0 early";
                client.write_all(&[head.as_bytes(), early].concat()).await.expect("open");
                let mut answer = Vec::new();
                while !answer.ends_with(early) {
                    assert!(client.read_buf(&mut answer).await.expect("readable") > 0, "{head}");
                }
                client.write_all(b"\nlate").await.expect("open");
                let mut late = [0; 5];
                client.read_exact(&mut late).await.expect("an echo");
                assert_eq!((&late, calls.all().len()), (b"\nlate", 1));
            }
        }
    });
}

#[test]
fn what_is_behind_a_connect_that_was_refused_is_never_a_request() {
    run(async {
        for half_close in [true, false] {
            let (mut client, calls) = connect_to_switch(half_close);
            let connect = "CONNECT no:443 HTTP/1.1\r\nHost: no:443\r\n\r\n";
            let early = "GET /yes HTTP/1.1\r\nHost: a\r\n\r\n";
            client.write_all([connect, early].concat().as_bytes()).await.expect("open");
            let mut answers = String::new();
            client.read_to_string(&mut answers).await.expect("text");
            assert_eq!(statuses(&answers), [403]);
            assert_eq!(calls.all().len(), 1);
        }
    });
}

#[test]
fn what_is_behind_an_upgrade_that_was_refused_is_judged() {
    run(async {
        for half_close in [true, false] {
            let (mut client, calls) = connect_to_switch(half_close);
            let upgrade = "GET /no HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n";
            client.write_all([upgrade, upgrade, "GET /yes HTTP/1.1\n\n"].concat().as_bytes()).await.expect("open");
            let mut answers = String::new();
            client.read_to_string(&mut answers).await.expect("text");
            // A server with an upgrade that nobody took ends without shutting the stream down, so nobody is told why.
            assert_eq!(statuses(&answers), [403, 403], "{answers}");
            assert_eq!(calls.all().len(), 2);
        }
    });
}

#[test]
fn an_answer_before_the_body_is_the_only_one() {
    run(async {
        let (mut client, server) = tokio::io::duplex(1024);
        let guarded = Guarded::new(TokioIo::new(server), Options::default());
        let service = service_fn(async |_: Request<Incoming>| {
            let mut response = Response::new(Empty::<Bytes>::new());
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok::<_, Infallible>(response)
        });
        let serving = async { builder().serve_connection(guarded, service).await };
        let asking = async {
            let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nz\r\n";
            client.write_all(head.as_bytes()).await.expect("open");
            let mut answers = String::new();
            client.read_to_string(&mut answers).await.expect("text");
            assert_eq!(statuses(&answers), [404], "{answers}");
        };
        let (served, ()) = tokio::join!(serving, asking);
        drop(served);
    });
}

/// A socket that is closed with bytes unread is reset, and what was on its way to the client may be lost.
#[test]
fn what_has_arrived_behind_a_fault_is_read_before_the_end() {
    run(async {
        let (mut client, mut server) = tokio::io::duplex(64 * 1024);
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\nContent-Length: 50000\r\n\r\n";
        client.write_all(&[head.as_bytes(), &[b'a'; 50_000]].concat()).await.expect("room for it");
        let guarded = Guarded::new(TokioIo::new(&mut server), Options::default());
        let mut guarded = TokioIo::new(guarded);
        assert_eq!(guarded.read(&mut [0; 100]).await.expect("readable"), 0, "nothing of it is passed on");
        guarded.shutdown().await.expect("writable");
        drop(guarded);
        client.shutdown().await.expect("open");
        let mut unread = Vec::new();
        server.read_to_end(&mut unread).await.expect("readable");
        assert_eq!(unread.len(), 0, "bytes are left");
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.expect("text");
        assert_eq!(statuses(&answers), [400]);
    });
}

#[test]
fn http2_is_served_where_it_is_wanted() {
    run(async {
        let options = Options { http2: true, ..Options::default() };
        let (client, calls) = connect(true, options);
        let io = TokioIo::new(client);
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await;
        let (mut sender, connection) = handshake.expect("HTTP/2");
        tokio::spawn(connection);
        for path in ["/a", "/b"] {
            let body = Full::new(Bytes::from_static(b"{}"));
            let request = Request::post(format!("http://gateway{path}")).body(body).expect("well-formed");
            let response = sender.send_request(request).await.expect("an answer");
            assert_eq!(response.status(), StatusCode::OK);
        }
        assert_eq!(calls.all().len(), 2);
    });
}
