//! Witnesses: what they get, and what happens when they are away.

mod trail_support;

use pii_store::trail::witness::{HttpWitness, Witness};
use pii_store::trail::{Head, TrailError};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use trail_support::{Place, lines, record, verifying_keys};

/// A witness that can be switched off.
#[derive(Debug)]
struct Switched(Arc<AtomicBool>);

impl Witness for Switched {
    fn send(&mut self, _: &[Head]) -> Result<(), TrailError> {
        if self.0.load(Ordering::SeqCst) { Ok(()) } else { Err(TrailError::unusable("nobody is there")) }
    }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..500 {
        if done() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{what} does not happen");
}

#[test]
fn a_silent_witness_is_an_alarm_and_then_the_end() {
    let place = Place::new();
    let there = Arc::new(AtomicBool::new(true));
    let options = place.signed().witnessed_by(Switched(Arc::clone(&there)), Some(Duration::from_millis(400)));
    let trail = place.open(options.heads_every(Duration::from_millis(20)).expect("often"));
    trail.append(record(1)).expect("taken").wait().expect("written");
    until("a head", || trail.health().witness.expect("it has one").last_taken.is_some());
    there.store(false, Ordering::SeqCst);
    until("an alarm", || trail.health().witness.expect("it has one").error.is_some());
    until("the end", || trail.append(record(2)).is_err_and(|error| error.is_witness()));
    let health = trail.health();
    assert!(health.stopped.is_none() && health.awaits_witness && !health.records(), "it stops nothing but what is new");
    there.store(true, Ordering::SeqCst);
    until("a head again", || trail.append(record(3)).is_ok_and(|ticket| ticket.wait().is_ok()));
    drop(trail);
    let system = place.segments().into_iter().find(|path| path.to_string_lossy().contains("system-")).expect("alarms");
    let alarms: Vec<String> = lines(&system).into_iter().filter(|line| line.contains("\"kind\":\"alarm\"")).collect();
    assert_eq!(alarms.len(), 2, "one when it went, one when it came back");
    assert!(alarms[0].contains(r#""about":"witness","over":false,"#) && alarms[1].contains(r#""over":true,"#));
    assert!(place.verify().is_sound());
}

#[test]
fn heads_are_posted() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/heads", listener.local_addr().expect("bound"));
    let (told, heard) = mpsc::channel();
    let server = thread::spawn(move || {
        for (stream, answer) in listener.incoming().zip(["500 No", "204 No Content"]) {
            let mut stream = stream.expect("a client");
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).expect("a request");
                request.push(byte[0]);
            }
            let head = String::from_utf8(request).expect("text").to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
            let mut body = vec![0; length.expect("a length").parse().expect("a number")];
            stream.read_exact(&mut body).expect("a body");
            write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").expect("answered");
            told.send((head, body)).expect("heard");
        }
    });
    let place = Place::new();
    let witness = HttpWitness::new(&address).expect("an address");
    let options = place.signed().witnessed_by(witness, None).heads_every(Duration::from_millis(50)).expect("often");
    let trail = place.open(options);
    trail.append(record(1)).expect("taken").wait().expect("written");
    for _ in 0..2 {
        let (head, body) = heard.recv_timeout(Duration::from_secs(20)).expect("posted");
        assert!(head.starts_with("post /heads http/1.1"), "{head}");
        let heads: Vec<serde_json::Value> = serde_json::from_slice(&body).expect("JSON");
        let business = heads.iter().find(|head| head["class"] == "business").expect("its head");
        let head = Head::parse(&business.to_string()).expect("a head");
        assert!(head.is_signed_by(&verifying_keys()));
    }
    server.join().expect("well");
    until("that it is there", || trail.health().witness.expect("it has one").last_taken.is_some());
}

/// A witness that tells what it gets.
#[derive(Debug)]
struct Telling(mpsc::Sender<Vec<Head>>);

impl Witness for Telling {
    fn send(&mut self, heads: &[Head]) -> Result<(), TrailError> {
        self.0.send(heads.to_vec()).map_err(|_| TrailError::unusable("nobody listens"))
    }
}

#[test]
fn what_a_restart_finds_is_witnessed_before_anything_is_added() {
    let place = Place::new();
    let trail = place.open(place.signed());
    let last = trail.append(record(1)).expect("taken").wait().expect("written");
    drop(trail);
    let (told, heard) = mpsc::channel();
    // The next heads would go out after ten seconds, and there is nothing to write that could wake anybody.
    let begun = std::time::Instant::now();
    let trail = place.open(place.signed().witnessed_by(Telling(told), None));
    let heads = heard.recv_timeout(Duration::from_secs(9)).expect("sent at once");
    trail.wait_for_witness(Duration::from_secs(9)).expect("it took them");
    assert!(begun.elapsed() < Duration::from_secs(9));
    // The record, and the checkpoint with which it was closed.
    assert_eq!(heads.iter().map(|head| head.seq).collect::<Vec<_>>(), [last.seq + 1]);
    assert!(heads[0].is_signed_by(&verifying_keys()) && heard.try_recv().is_err());
}

#[test]
fn a_witness_that_takes_nothing_from_the_beginning_is_waited_for_and_then_told_of() {
    let place = Place::new();
    let trail = place.open(place.signed());
    trail.wait_for_witness(Duration::ZERO).expect("it has none");
    trail.append(record(1)).expect("taken").wait().expect("written");
    drop(trail);
    let there = Arc::new(AtomicBool::new(false));
    let options = place.signed().witnessed_by(Switched(Arc::clone(&there)), None);
    let trail = place.open(options.heads_every(Duration::from_millis(20)).expect("often"));
    let silent = trail.wait_for_witness(Duration::from_millis(100)).expect_err("nobody is there");
    assert!(silent.is_witness() && silent.to_string().contains("(nobody is there)"), "{silent}");
    there.store(true, Ordering::SeqCst);
    trail.wait_for_witness(Duration::from_secs(60)).expect("it is back");
}

#[test]
fn a_password_in_an_address_is_not_told() {
    let mut witness = HttpWitness::new("http://127.0.0.1:1/heads?token=hunter2").expect("an address");
    let error = witness.send(&[]).expect_err("nobody is there");
    for told in [format!("{witness:?}"), error.to_string(), format!("{error:?}")] {
        assert!(told.contains("http://127.0.0.1:1/heads") && !told.contains("hunter2"), "{told}");
    }
}

#[test]
fn addresses_that_are_none() {
    for bad in ["", "ftp://host/", "http://user@host/", "https://host/x"] {
        assert!(HttpWitness::new(bad).is_err(), "{bad}");
    }
}
