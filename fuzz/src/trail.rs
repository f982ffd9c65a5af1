//! Audit trails that somebody was at, and what a witness kept.

use pii_core::key::{KeyId, Secret};
use pii_core::sign::{SignAlgorithm, SigningKey};
use pii_core::time::Moment;
use pii_store::trail::witness::{Witness, heads_in};
use pii_store::trail::{
    Class, Configuration, Filter, Go, Head, LINE_LIMIT_BYTES, Name, Note, Options, Record, Trail, TrailError,
    VerifyingKeys, Version, WitnessHeads, export_lines, node_of, plan, prove, query, verify,
};
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

/// The faults that are told of one by one, and those of a removal or a beginning that stand among them.
const FAULTS_MOST: usize = 200;

/// A trail as its writer left it: its one segment, the name of that, the heads that a witness took, and who signed them.
struct Written {
    name: String,
    segment: Vec<u8>,
    heads: Vec<Head>,
    keys: VerifyingKeys,
}

#[derive(Clone, Debug, Default)]
struct Keeping(Arc<Mutex<Vec<Head>>>);

impl Witness for Keeping {
    fn send(&mut self, heads: &[Head]) -> Result<(), TrailError> {
        self.0.lock().expect("nobody panics with it").extend_from_slice(heads);
        Ok(())
    }
}

fn node() -> Name {
    Name::new("n1").expect("a name")
}

static WRITTEN: LazyLock<Written> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let (id, at) = (KeyId::new(7).expect("small"), Moment::from_unix_seconds(1_795_428_000).expect("a moment"));
    let key = SigningKey::new(SignAlgorithm::Ed25519, id, &Secret::copy_of(&[9; 32])).expect("32 bytes");
    let (keys, keeping) = (VerifyingKeys::new().with(id, key.verifying_key()), Keeping::default());
    let options = Options::new(node(), move || at).signed_by(key).witnessed_by(keeping.clone(), None);
    let trail = Trail::open(folder.path(), options).expect("it opens");
    let part = Name::new("policy").expect("a name");
    let version = Version::Named(Name::new("policy-3").expect("a name"));
    for accepted in [true, false] {
        let (part, version, note) = (part.clone(), version.clone(), Note::new("reloaded"));
        let record = Record::Configuration(Configuration { part, version, accepted, note });
        trail.append(record).and_then(|ticket| ticket.wait()).expect("recorded");
    }
    trail.close().expect("closed");
    let entries = fs::read_dir(folder.path()).expect("readable").map(|entry| entry.expect("readable").path());
    let path = entries.into_iter().find(|path| path.extension().is_some_and(|it| it == "jsonl")).expect("a segment");
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let heads = keeping.0.lock().expect("nobody panics with it").clone();
    Written { name, segment: fs::read(&path).expect("readable"), heads, keys }
});

/// Whatever stands in a segment, it is read and told of; nothing but what was written is taken for that.
pub(crate) fn segment(input: &[u8]) {
    let written = &*WRITTEN;
    check(written, input);
    // The same, closer to something that verifies: the first two bytes say where, the others what stands there.
    let (at, what) = input.split_at_checked(2).unwrap_or((input, &[]));
    let start = at.iter().fold(0, |start, byte| start * 256 + usize::from(*byte)) % written.segment.len();
    let mut changed = written.segment.clone();
    changed.iter_mut().skip(start).zip(what).for_each(|(place, byte)| *place = *byte);
    check(written, &changed);
}

fn check(written: &Written, segment: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(&written.name), segment).expect("writable");
    let mut heads = WitnessHeads::new(node());
    written.heads.iter().cloned().for_each(|head| heads.add(head));
    let report = verify(folder.path(), &written.keys, Some(&heads), |_| ()).expect("readable");
    assert_eq!(report.is_proven(), segment == written.segment, "only what was written is proven");
    assert!(report.is_sound() == report.is_proven() && report.faults().len() <= FAULTS_MOST);
    assert_eq!(report.chains()[0].bytes, segment.len() as u64);
    // Without keys and a witness anything goes, and all of it was read.
    let unsigned = verify(folder.path(), &VerifyingKeys::new(), None, |_| ()).expect("readable");
    assert_eq!(unsigned.chains()[0].bytes, segment.len() as u64);
    asked(folder.path(), segment);
}

/// What asks a trail reads it too, whatever it holds.
fn asked(folder: &Path, segment: &[u8]) {
    let name = node_of(folder).expect("readable");
    assert!(
        name.is_none_or(|name| segment.windows(name.as_str().len()).any(|bytes| bytes == name.as_str().as_bytes()))
    );
    let lines = segment.split(|byte| *byte == b'\n').count() as u64;
    let mut answers = 0;
    let each = |_: &_| {
        answers += 1;
        Go::On
    };
    let read = query(&[folder], &Filter::default(), each, |_| ()).expect("readable");
    assert!(answers <= lines && read.unread <= lines && read.bytes == segment.len() as u64);
    assert!(prove(folder, &[], |_| ()).expect("readable").found.is_empty(), "no digest was asked for");
    let mut out = Vec::new();
    export_lines(folder, &Class::ALL, (None, None), &mut out, |_| ()).expect("readable");
    assert!(out.len() <= segment.len() && out.split(|byte| *byte == b'\n').all(|line| line.len() < LINE_LIMIT_BYTES));
    // The last segment is written, and never removed.
    let far_ahead = Moment::from_unix_seconds(250_000_000_000).expect("a moment");
    assert!(plan(folder, far_ahead).expect("readable").due().is_empty());
}

/// A head is read as it is written, wherever it stands, and a file holds no more of them than it has lines or braces.
pub(crate) fn witness(input: &[u8]) {
    let mut heads = Vec::new();
    heads_in(input, |head| heads.push(head)).expect("it is in memory");
    assert!(heads.len() <= input.iter().filter(|byte| **byte == b'}').count());
    for head in &heads {
        assert_eq!(Head::parse(&head.to_line()).as_ref(), Some(head));
        assert!(!head.is_signed_by(&VerifyingKeys::new()));
        let is_ours = WRITTEN.heads.contains(head);
        assert_eq!(head.is_signed_by(&WRITTEN.keys), is_ours, "only what was signed is");
    }
    // What is put behind it on a line of its own is found.
    let one = WRITTEN.heads.last().expect("the witness took some");
    let more = [input, b"\n", one.to_line().as_bytes(), b"\n"].concat();
    let mut found = Vec::new();
    heads_in(more.as_slice(), |head| found.push(head)).expect("it is in memory");
    assert_eq!(found.last(), Some(one));
    let mut of_node = WitnessHeads::new(node());
    found.into_iter().for_each(|head| of_node.add(head));
    assert!(!of_node.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_proven_and_its_heads_are_read() {
        segment(&WRITTEN.segment);
        segment(b"");
        segment(b"\0\x40{");
        let lines: String = WRITTEN.heads.iter().map(|head| head.to_line() + "\n").collect();
        witness(lines.as_bytes());
        witness(b"<110>1 - {\"node\":\"n1\"}");
    }
}
