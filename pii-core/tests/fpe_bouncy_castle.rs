//! Bouncy Castle's answers beside ours, on random keys, tweaks and values: `scripts/bouncy-castle.sh`, a part of `make long`.
//!
//! `tests/bouncy-castle/Peer.java` gets a line for each value and gives a line back. Sealed values and keyed hashes are made
//! by the functions that make them for users, so what is put together around the ciphers is held too.

#![allow(clippy::unwrap_used, reason = "what the tests share is a test too")]

use pii_core::fpe::{Algorithm, Cipher, Digits, Ff1, Tweak};
use pii_core::key::{Entropy, EntropyError, KeyId, Mac, MacAlgorithm, Secret};
use pii_core::seal::{Bound, SealAlgorithm, Sealer, WrappingKey};
use sm3::{Digest as _, Sm3};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const CIPHERS: [(Algorithm, &str); 4] =
    [(Algorithm::Aes128, "aes"), (Algorithm::Aes192, "aes"), (Algorithm::Aes256, "aes"), (Algorithm::Sm4, "sm4")];

const AEADS: [(SealAlgorithm, &str); 3] = [
    (SealAlgorithm::Aes256Gcm, "aes-gcm"),
    (SealAlgorithm::Aes256GcmSiv, "aes-gcm-siv"),
    (SealAlgorithm::Sm4Gcm, "sm4-gcm"),
];

const MACS: [(MacAlgorithm, &str); 2] = [(MacAlgorithm::HmacSha256, "sha256"), (MacAlgorithm::HmacSm3, "sm3")];

/// Radices of FF1 beside 10, each with the shortest text that it takes. Not 2^16, the greatest one: Bouncy Castle 1.72 writes
/// a radix in two bytes where the standard has three (step 5 of FF1), and so takes it for zero there. The crate `fpe` has
/// that one in `tests/fpe.rs`.
const RADICES: [(u32, usize); 7] = [(2, 20), (3, 13), (26, 5), (36, 4), (256, 3), (722, 3), (65_535, 2)];

/// Numbers that look random (SplitMix64), which also are the randomness that keys are drawn from.
struct Random {
    state: u64,
    /// What was drawn as a key, an id or a nonce.
    drawn: Vec<Vec<u8>>,
}

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) % bound
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| u8::try_from(self.below(256)).unwrap()).collect()
    }

    fn up_to(&mut self, longest: u64) -> Vec<u8> {
        let length = usize::try_from(self.below(longest + 1)).unwrap();
        self.bytes(length)
    }

    fn letters(&mut self) -> String {
        (0..self.below(20)).map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap())).collect()
    }
}

impl Entropy for Random {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let drawn = self.bytes(bytes.len());
        bytes.copy_from_slice(&drawn);
        self.drawn.push(drawn);
        Ok(())
    }
}

/// What Bouncy Castle is asked, and what we say.
struct Case {
    question: String,
    ours: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}

/// As the other side reads them: no bytes are a word too.
fn word(bytes: &[u8]) -> String {
    if bytes.is_empty() { "-".to_owned() } else { hex(bytes) }
}

/// Each part behind its length in eight bytes.
fn framed(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&(part.len() as u64).to_be_bytes()[..], part].concat()).collect()
}

fn ff1_cases(random: &mut Random, values: usize, cases: &mut Vec<Case>) {
    for (algorithm, name) in CIPHERS {
        for length in 6..=56 {
            cases.extend((0..values).map(|_| decimal_case(random, algorithm, name, length)));
        }
        for (radix, shortest) in RADICES {
            for length in (shortest..shortest + 40).step_by(3) {
                cases.extend((0..values.div_ceil(8)).map(|_| radix_case(random, algorithm, name, radix, length)));
            }
        }
    }
}

fn decimal_case(random: &mut Random, algorithm: Algorithm, name: &str, length: usize) -> Case {
    let (key, tweak) = (random.bytes(algorithm.key_bytes()), random.up_to(40));
    let numerals: Vec<u8> = (0..length).map(|_| u8::try_from(random.below(10)).unwrap()).collect();
    let cipher = Cipher::new(algorithm, &key).unwrap();
    let digits = Digits::new(&cipher, &Tweak::new(&tweak).unwrap()).unwrap();
    let mut text: Vec<u8> = numerals.iter().map(|numeral| b'0' + numeral).collect();
    digits.encrypt(&mut text).unwrap();
    text.iter_mut().for_each(|digit| *digit -= b'0');
    let question = format!("ff1 {name} {} 10 {} {}", hex(&key), word(&tweak), hex(&numerals));
    Case { question, ours: hex(&text) }
}

fn radix_case(random: &mut Random, algorithm: Algorithm, name: &str, radix: u32, length: usize) -> Case {
    let (key, tweak) = (random.bytes(algorithm.key_bytes()), random.up_to(40));
    let plain: Vec<u16> = (0..length).map(|_| u16::try_from(random.below(radix.into())).unwrap()).collect();
    let written = |numerals: &[u16]| -> Vec<u8> {
        let unused = usize::from(radix <= 256);
        numerals.iter().flat_map(|numeral| numeral.to_be_bytes().into_iter().skip(unused)).collect()
    };
    let ff1 = Ff1::new(&Cipher::new(algorithm, &key).unwrap(), radix, &Tweak::new(&tweak).unwrap()).unwrap();
    let mut text = plain.clone();
    ff1.encrypt(&mut text).unwrap();
    let question = format!("ff1 {name} {} {radix} {} {}", hex(&key), word(&tweak), hex(&written(&plain)));
    Case { question, ours: hex(&written(&text)) }
}

/// Sealed values and wrapped secrets. Only who draws the randomness can know the data key, and here that is the test.
fn seal_cases(random: &mut Random, values: usize, cases: &mut Vec<Case>) {
    for (algorithm, name) in AEADS {
        for _ in 0..values {
            let key = random.bytes(algorithm.key_bytes());
            let wrapping = WrappingKey::new(algorithm, KeyId::new(7).unwrap(), &key).unwrap();
            let (context, secret) = (random.up_to(40), random.up_to(64));
            let wrapped = wrapping.wrap_secret(&context, &Secret::copy_of(&secret), random).unwrap();
            let (nonce, body) = wrapped.split_at(12);
            let associated = framed(&[b"pii wrapped secret 1", &context]);
            let question = format!("aead {name} {} {} {} {}", hex(&key), hex(nonce), hex(&associated), word(&secret));
            cases.push(Case { question, ours: hex(body) });

            random.drawn.clear();
            let (sealer, _) = Sealer::begin(&wrapping, algorithm, random).unwrap();
            let data_key = hex(&random.drawn[0]);
            for _ in 0..3 {
                let (record, field, purpose) = (random.letters(), random.letters(), random.letters());
                let value = random.up_to(100);
                let bound = Bound { record: &record, field: &field, purpose: &purpose };
                let sealed = sealer.seal(&value, &bound).unwrap();
                let (header, body) = sealed.as_bytes().split_at(13);
                let parts = [b"pii sealed value 1", header, record.as_bytes(), field.as_bytes(), purpose.as_bytes()];
                let associated = hex(&framed(&parts));
                let question = format!("aead {name} {data_key} {} {associated} {}", hex(&header[1..]), word(&value));
                cases.push(Case { question, ours: hex(body) });
            }
        }
    }
}

fn hash_cases(random: &mut Random, values: usize, cases: &mut Vec<Case>) {
    for (algorithm, name) in MACS {
        for _ in 0..values {
            let key = [random.bytes(16), random.up_to(100)].concat();
            let message = random.up_to(200);
            let ours = hex(&Mac::new(algorithm, &key).unwrap().of(&message));
            cases.push(Case { question: format!("hmac {name} {} {}", hex(&key), word(&message)), ours });

            let parts = [&b"pii digest 1"[..], &message];
            let framed = framed(&parts);
            let question = format!("hmac {name} {} {}", hex(&key), hex(&framed));
            cases.push(Case { question, ours: hex(&Mac::new(algorithm, &key).unwrap().of_parts(&parts)) });
        }
    }
    for _ in 0..values {
        let message = random.up_to(200);
        cases.push(Case { question: format!("digest sm3 {}", word(&message)), ours: hex(&Sm3::digest(&message)) });
    }
}

/// What Bouncy Castle says to all questions, in their order.
fn answers(cases: &[Case]) -> Vec<String> {
    let jar = std::env::var("BCPROV_JAR").expect("the path of Bouncy Castle's jar: scripts/bouncy-castle.sh has it");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/bouncy-castle/Peer.java");
    // Java compiles a program of one file by itself, and leaves nothing behind.
    let mut peer = Command::new("java")
        .args(["-cp", &jar])
        .arg(source)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a JDK is installed");
    let mut input = peer.stdin.take().expect("it was asked for");
    let questions = cases.iter().fold(String::new(), |all, case| all + &case.question + "\n");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(questions.as_bytes()).expect("it reads all"));
        peer.wait_with_output().expect("it ends")
    });
    assert!(output.status.success(), "Bouncy Castle refused a question");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// The same with the last digit another one: a question whose answer must not be ours.
fn changed(case: &Case) -> Case {
    let mut question = case.question.clone();
    let last = question.pop();
    question.push(if last == Some('0') { '1' } else { '0' });
    Case { question, ours: case.ours.clone() }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"))
}

#[test]
#[ignore = "needs Java and Bouncy Castle, which scripts/bouncy-castle.sh installs"]
fn bouncy_castle_says_the_same() {
    let (seed, values) = (number("BC_SEED", 1), usize::try_from(number("BC_VALUES", 500)).unwrap());
    let (mut random, mut cases) = (Random { state: seed, drawn: Vec::new() }, Vec::new());
    ff1_cases(&mut random, values, &mut cases);
    seal_cases(&mut random, values, &mut cases);
    hash_cases(&mut random, values, &mut cases);

    // Whether a difference is seen at all: one question of each sort once more, with a digit changed.
    let mut sorts = std::collections::BTreeSet::new();
    let sort = |case: &Case| case.question.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let can_change = |case: &&Case| !case.question.ends_with('-');
    let controls: Vec<Case> =
        cases.iter().filter(can_change).filter(|case| sorts.insert(sort(case))).map(changed).collect();
    assert_eq!(sorts.len(), 8, "{sorts:?}");

    let right = cases.len();
    cases.extend(controls);
    let answers = answers(&cases);
    assert_eq!(answers.len(), cases.len());
    let is_same = cases.iter().zip(&answers).map(|(case, answer)| case.ours == *answer);
    let differing: Vec<usize> = is_same.enumerate().filter(|(_, same)| !same).map(|(at, _)| at).collect();
    if let Some(&first) = differing.iter().find(|&&at| at < right) {
        let case = &cases[first];
        let others = differing.iter().filter(|&&at| at < right).count() - 1;
        panic!("{}\nours {}\nBC's {}\nand {others} others", case.question, case.ours, answers[first]);
    }
    assert!(differing.into_iter().eq(right..cases.len()), "a changed question has another answer");
}
