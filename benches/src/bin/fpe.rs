//! What format-preserving encryption costs, beside the crate `fpe`; and tokens and sealed values.
//!
//!     fpe [--rounds N] [--only digits|columns|kinds|tables|surrogates]
//!
//! Every line gives nanoseconds of CPU time a value, and checks the answers: the crate's are the same, a batch's are those of
//! single calls, and what was enciphered or sealed comes back.

use aes::{Aes128Enc, Aes256Enc};
use cipher::{BlockCipherEncrypt, KeyInit};
use fpe::ff1::{FF1, FlexibleNumeralString};
use pii_benches::clock::rounds;
use pii_benches::options;
use pii_core::check::{bank_card, organisation_code, resident_id, uscc};
use pii_core::fpe::{
    Algorithm, BankCard, Cipher, Codec, Digits, FpeError, IdNumber, Keep, MobilePhone, Options, Permutation, Tweak,
};
use pii_core::key::{Entropy, EntropyError, KeyId, MacAlgorithm};
use pii_core::seal::{Bound, SealAlgorithm, Sealed, Sealer, WrappingKey};
use pii_core::surrogate::{Tokenizer, find};
use pii_core::{Kind, RuleSet};
use sm4::Sm4;
use std::collections::HashSet;
use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

/// How many values there are, each another: a whole number of batches.
const VALUES: usize = 4096;

/// How many of them the crate gets, which takes tens of times as long.
const FOR_THE_CRATE: usize = 512;

/// How often the others go through all of them in a round.
const REPEATED: usize = 8;

const LENGTHS: [usize; 4] = [10, 16, 18, 38];

fn main() -> Result<(), Box<dyn Error>> {
    let options = options::Options::read(0, 7)?;
    let mut out = io::stdout().lock();
    if options.wants("digits") {
        writeln!(
            out,
            "{:<28} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "ns a value", "crate", "single", "times", "batch", "times"
        )?;
        digits::<Aes128Enc>(&mut out, Algorithm::Aes128, options.rounds)?;
        digits::<Aes256Enc>(&mut out, Algorithm::Aes256, options.rounds)?;
        digits::<Sm4>(&mut out, Algorithm::Sm4, options.rounds)?;
    }
    let ciphers = [Algorithm::Aes128, Algorithm::Aes256, Algorithm::Sm4];
    for (section, title, measure) in
        [("columns", "columns, ns a value", columns as Measure), ("kinds", "kinds, ns a value", kinds as Measure)]
    {
        if options.wants(section) {
            writeln!(out, "\n{title:<36} {:>9} {:>9}", "single", "batch")?;
            ciphers.into_iter().try_for_each(|algorithm| measure(&mut out, algorithm, options.rounds))?;
        }
    }
    if options.wants("tables") {
        tables(&mut out, options.rounds)?;
    }
    if options.wants("surrogates") {
        surrogates(&mut out, options.rounds)?;
    }
    Ok(())
}

/// Measures something with a cipher, in so many rounds.
type Measure = fn(&mut io::StdoutLock<'static>, Algorithm, usize) -> Result<(), Box<dyn Error>>;

/// FF1 on decimal digits.
fn digits<C: BlockCipherEncrypt + KeyInit + Clone>(
    out: &mut impl Write,
    algorithm: Algorithm,
    times: usize,
) -> Result<(), Box<dyn Error>> {
    let tweak = b"acct#01";
    let by_crate = FF1::<C>::new(&key(algorithm), 10)?;
    let digits = Digits::new(&cipher(algorithm)?, &Tweak::new(tweak)?)?;
    for length in LENGTHS {
        let plain: Vec<Vec<u8>> = (0..VALUES).map(|n| digits_of(n, length)).collect();
        let numerals =
            |value: &Vec<u8>| FlexibleNumeralString::from(value.iter().map(|d| u16::from(d & 15)).collect::<Vec<_>>());
        let inputs: Vec<FlexibleNumeralString> = plain.iter().take(FOR_THE_CRATE).map(numerals).collect();
        let (expected, crate_time) = rounds(times, || {
            inputs.iter().filter_map(|input| by_crate.encrypt(tweak, input).ok()).map(Vec::from).collect::<Vec<_>>()
        })?;
        let (single, single_time) = rounds(times, || {
            let mut values = Vec::new();
            for _ in 0..REPEATED {
                values.clone_from(&plain);
                let done = values.iter_mut().filter_map(|value| digits.encrypt(value).ok()).count();
                assert_eq!(done, VALUES);
            }
            values
        })?;
        let (batch, batch_time) = rounds(times, || {
            let mut values = Vec::new();
            for _ in 0..REPEATED {
                values.clone_from(&plain);
                values.chunks_mut(64).filter_map(|values| digits.encrypt_each(values).ok()).count();
            }
            values
        })?;
        let as_numerals = |value: &Vec<u8>| value.iter().map(|digit| u16::from(digit & 15)).collect::<Vec<_>>();
        if single != batch || single.iter().take(FOR_THE_CRATE).map(as_numerals).ne(expected) {
            return Err(format!("{} on {length} digits: the answers differ", algorithm.name()).into());
        }
        let by_crate = nanoseconds(crate_time, FOR_THE_CRATE);
        let [single, batch] = [single_time, batch_time].map(|time| nanoseconds(time, VALUES * REPEATED));
        let name = format!("{}, {length} digits", algorithm.name());
        let (once, at_once) = (by_crate / single, by_crate / batch);
        writeln!(out, "{name:<28} {by_crate:>9.0} {single:>9.0} {once:>9.1} {batch:>9.0} {at_once:>9.1}")?;
    }
    Ok(())
}

/// Columns of plain values, there and back.
fn columns(out: &mut impl Write, algorithm: Algorithm, times: usize) -> Result<(), Box<dyn Error>> {
    let (cipher, tweak) = (cipher(algorithm)?, Tweak::new(b"12345678")?);
    for (name, keep) in
        [("resident ID", Keep::default()), ("resident ID, region kept", Keep { region: true, ..Keep::default() })]
    {
        let codec = IdNumber::resident(&cipher, &tweak, keep)?;
        let numbers: Vec<[u8; 18]> = (0..VALUES).map(resident_number).collect::<Option<_>>().ok_or("digits")?;
        let values: Vec<&[u8]> = numbers.iter().map(|number| &number[..]).collect();
        let single = || values.iter().map(|value| codec.encrypt(value).ok()).collect::<Vec<_>>();
        let batch = || {
            let mut results = Vec::with_capacity(VALUES);
            values.chunks(64).for_each(|values| codec.encrypt_each(values, &mut results));
            results.into_iter().map(Result::ok).collect()
        };
        let results = both(out, &format!("{}, {name}", algorithm.name()), times, single, batch)?;
        let back = results.iter().flatten().filter_map(|result| codec.decrypt(result).ok());
        if back.ne(numbers.iter().copied()) {
            return Err(format!("{name}: it does not come back").into());
        }
    }
    let (card, phone) = (BankCard::new(&cipher, &tweak)?, MobilePhone::new(&cipher, &tweak)?);
    let in_place: [(&str, Written, One<'_>, Each<'_>); 2] = [
        ("bank card", card_number, &|value| card.encrypt(value), &|values, results| card.encrypt_each(values, results)),
        ("mobile phone", phone_number, &|value| phone.encrypt(value), &|values, results| {
            phone.encrypt_each(values, results);
        }),
    ];
    for (name, written, encrypt, encrypt_each) in in_place {
        let plain: Vec<Vec<u8>> =
            (0..VALUES).map(|n| written(n).map(String::into_bytes)).collect::<Option<_>>().ok_or("digits")?;
        let single = || {
            let mut values = plain.clone();
            let done = values.iter_mut().filter_map(|value| encrypt(value).ok()).count();
            (values, done)
        };
        let batch = || {
            let (mut values, mut results) = (plain.clone(), Vec::with_capacity(VALUES));
            values.chunks_mut(64).for_each(|values| encrypt_each(values, &mut results));
            (values, results.into_iter().filter(Result::is_ok).count())
        };
        let (results, done) = both(out, &format!("{}, {name}", algorithm.name()), times, single, batch)?;
        if done < VALUES || results == plain {
            return Err(format!("{name}: not all is enciphered").into());
        }
    }
    Ok(())
}

/// The `n`th value of a kind.
type Written = fn(usize) -> Option<String>;

/// Enciphers a value, or a column, in its place.
type One<'a> = &'a dyn Fn(&mut [u8]) -> Result<(), FpeError>;
type Each<'a> = &'a dyn Fn(&mut [Vec<u8>], &mut Vec<Result<(), FpeError>>);

/// Times both ways to do the same with all values, and prints them if they give the same answer.
fn both<A: PartialEq>(
    out: &mut impl Write,
    name: &str,
    times: usize,
    single: impl FnMut() -> A,
    batch: impl FnMut() -> A,
) -> Result<A, Box<dyn Error>> {
    let (single, single_time) = repeated(times, single)?;
    let (batch, batch_time) = repeated(times, batch)?;
    if single != batch {
        return Err(format!("{name}: the answers differ").into());
    }
    let [single_ns, batch_ns] = [single_time, batch_time].map(|time| nanoseconds(time, VALUES * REPEATED));
    writeln!(out, "{name:<36} {single_ns:>9.0} {batch_ns:>9.0}")?;
    Ok(single)
}

/// Rounds that go through all values [`REPEATED`] times.
fn repeated<A: PartialEq>(times: usize, mut work: impl FnMut() -> A) -> Result<(A, Duration), Box<dyn Error>> {
    rounds(times, || {
        (1..REPEATED).for_each(|_| drop(std::hint::black_box(work())));
        work()
    })
}

/// The codecs that a policy uses, from text to text: by rule, in any way of writing.
fn kinds(out: &mut impl Write, algorithm: Algorithm, times: usize) -> Result<(), Box<dyn Error>> {
    let (rules, cipher) = (RuleSet::builtin(), cipher(algorithm)?);
    for (kind, written) in KINDS {
        let rule = rules.rules().iter().find(|rule| rule.kind().as_str() == kind).ok_or("no such kind")?;
        let codec = Codec::new(rule, &cipher, "bench", &Options::default())?;
        let plain: Vec<String> = (0..VALUES).map(written).collect::<Option<_>>().ok_or("digits")?;
        let values: Vec<&str> = plain.iter().map(String::as_str).collect();
        let name = format!("{}, {kind}", algorithm.name());
        let results: Vec<Option<String>> = if codec.takes_subject() {
            // Each date has its person, so there is no batch.
            let single = || values.iter().map(|value| codec.encrypt_for("customer 1", value).ok()).collect();
            let (results, time) = repeated(times, single)?;
            writeln!(out, "{name:<36} {:>9.0} {:>9}", nanoseconds(time, VALUES * REPEATED), "-")?;
            results
        } else {
            let single = || values.iter().map(|value| codec.encrypt(value).ok()).collect();
            let batch = || values.chunks(64).flat_map(|values| codec.encrypt_each(values)).map(Result::ok).collect();
            both(out, &name, times, single, batch)?
        };
        let same = results.iter().zip(&plain).filter(|(result, plain)| result.as_ref() == Some(*plain)).count();
        let comes_back = || {
            let back = results.iter().flatten().filter_map(|result| codec.decrypt_for("customer 1", result).ok());
            back.eq(plain.iter().cloned())
        };
        // A name may become itself by chance, and there is no way back from it.
        if results.contains(&None) || same > VALUES / 100 || codec.is_reversible() && !comes_back() {
            return Err(format!("{name}: {same} as they were, or not all comes back").into());
        }
    }
    Ok(())
}

/// Kinds of every sort of codec, and how their values are written here.
const KINDS: [(&str, Written); 9] = [
    ("resident_id", |n| String::from_utf8(resident_number(n)?.to_vec()).ok()),
    ("bank_card", card_number),
    ("mobile_phone", phone_number),
    ("uscc", uscc_number),
    ("passport", |n| Some(format!("E{:08}", n * 7919))),
    ("email", |n| Some(format!("zhangsan{}@example.com", n * 7919))),
    ("person_name", |n| {
        Some(format!("{}{}{}", pick("张王李赵", n)?, pick("建国志明", n / 4)?, pick("伟芳军涛", n / 16)?))
    }),
    ("address", |n| Some(format!("广东省深圳市福田区深南大道{}号{}栋{}室", n + 1, n % 9 + 1, n * 31 % 3000 + 101))),
    ("date_of_birth", |n| Some(format!("{}-{:02}-{:02}", 1930 + n % 70, 1 + n % 12, 1 + n % 28))),
];

/// Tokens, and sealed values with their way back: 18 bytes each.
fn surrogates(out: &mut impl Write, times: usize) -> Result<(), Box<dyn Error>> {
    let plain: Vec<String> = (0..VALUES)
        .map(|n| String::from_utf8(resident_number(n)?.to_vec()).ok())
        .collect::<Option<_>>()
        .ok_or("digits")?;
    let kind = Kind::new("resident_id").ok_or("a name")?;
    let id = KeyId::new(7).ok_or("a number below the limit")?;
    writeln!(out, "\n{:<36} {:>9}", "tokens, ns", "make")?;
    for algorithm in [MacAlgorithm::HmacSha256, MacAlgorithm::HmacSm3] {
        let tokens = Tokenizer::new(algorithm, id, &[7; 32]).ok_or("a key of 32 bytes")?;
        let make = || plain.iter().map(|value| tokens.token(kind, "bench", value)).collect::<Vec<_>>();
        let (made, time) = repeated(times, make)?;
        let is_found = |token: &String| {
            find(token.as_bytes())
                .next()
                .is_some_and(|found| found.span().len() == token.len() && found.key_id() == Some(id))
        };
        if !made.iter().all(is_found) || made.iter().collect::<HashSet<_>>().len() < VALUES {
            return Err(format!("{algorithm:?}: a token is not found again, or stands for two values").into());
        }
        writeln!(out, "{:<36} {:>9.0}", algorithm.described().name, nanoseconds(time, VALUES * REPEATED))?;
    }
    writeln!(out, "\n{:<36} {:>9} {:>9} {:>9}", "sealed values, ns", "seal", "as text", "open")?;
    for algorithm in [SealAlgorithm::Aes256Gcm, SealAlgorithm::Aes256GcmSiv, SealAlgorithm::Sm4Gcm] {
        sealed_values(out, algorithm, id, &plain, times)?;
    }
    Ok(())
}

fn sealed_values(
    out: &mut impl Write,
    algorithm: SealAlgorithm,
    id: KeyId,
    plain: &[String],
    times: usize,
) -> Result<(), Box<dyn Error>> {
    let wrapping = WrappingKey::new(algorithm, id, &vec![7; algorithm.key_bytes()])?;
    let (sealer, envelope) = Sealer::begin(&wrapping, algorithm, &mut Counting(0))?;
    let opener = wrapping.open(&envelope)?;
    let bound = Bound { record: "42", field: "resident_id", purpose: "settlement" };
    // No two are sealed alike, so what a round answers is how many there were; the last ones are opened below.
    let mut sealed = Vec::new();
    let (_, sealing) = repeated(times, || {
        sealed = plain.iter().filter_map(|value| sealer.seal(value.as_bytes(), &bound).ok()).collect();
        sealed.len()
    })?;
    let (texts, writing) = repeated(times, || sealed.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let parsed: Vec<Sealed> = texts.iter().filter_map(|text| Sealed::parse(text).ok()).collect();
    let open = || parsed.iter().filter_map(|sealed| opener.open(sealed, &bound).ok()).collect::<Vec<_>>();
    let (opened, opening) = repeated(times, open)?;
    if opened.iter().map(|value| &value[..]).ne(plain.iter().map(String::as_bytes)) {
        return Err(format!("{algorithm:?}: what was sealed does not open").into());
    }
    let [seal, write, open] = [sealing, writing, opening].map(|time| nanoseconds(time, VALUES * REPEATED));
    writeln!(out, "{:<36} {seal:>9.0} {:>9.0} {open:>9.0}", algorithm.described().name, seal + write)?;
    Ok(())
}

/// Bytes that count: no randomness, and the same every time.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

/// Tables for small domains: how long they take to make, and a look-up.
fn tables(out: &mut impl Write, times: usize) -> Result<(), Box<dyn Error>> {
    writeln!(out, "\n{:<28} {:>9} {:>9}", "tables", "make, ms", "use, ns")?;
    let (cipher, tweak) = (cipher(Algorithm::Aes256)?, Tweak::new(b"table")?);
    for size in [1000, 10_000, 365_000, 999_999] {
        let (_, making) = rounds(times, || Permutation::new(&cipher, &tweak, size).is_ok())?;
        let table = Permutation::new(&cipher, &tweak, size)?;
        let (sum, using) =
            rounds(times, || (0..size).filter_map(|n| table.encrypt(n).ok()).map(u64::from).sum::<u64>())?;
        if sum != u64::from(size) * u64::from(size - 1) / 2 {
            return Err("no permutation".into());
        }
        let use_ns = nanoseconds(using, usize::try_from(size)?);
        writeln!(out, "{size:<28} {:>9.2} {use_ns:>9.1}", making.as_secs_f64() * 1e3)?;
    }
    Ok(())
}

fn key(algorithm: Algorithm) -> Vec<u8> {
    (1..).take(algorithm.key_bytes()).collect()
}

fn cipher(algorithm: Algorithm) -> Result<Cipher, Box<dyn Error>> {
    Ok(Cipher::new(algorithm, &key(algorithm))?)
}

/// Digits that look random and differ for each `n`.
fn digits_of(n: usize, length: usize) -> Vec<u8> {
    let mixed = (n as u128 + 1) * 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835 % 10u128.pow(38);
    format!("{mixed:038}").into_bytes().split_off(38 - length)
}

fn resident_number(n: usize) -> Option<[u8; 18]> {
    let regions = pii_core::region::codes();
    let region = regions[n * 7919 % (regions.len() - 3)];
    let body = format!("{region}{}{:02}{:02}{:03}", 1930 + n % 90, 1 + n % 12, 1 + n % 28, n * 31 % 1000);
    let mut number = [resident_id::check_char(body.as_bytes())?; 18];
    number[..17].copy_from_slice(body.as_bytes());
    Some(number)
}

fn card_number(n: usize) -> Option<String> {
    let body = format!("622848{:012}", n * 7919);
    let check = bank_card::check_char(body.as_bytes())?;
    Some(body + char::from(check).encode_utf8(&mut [0; 4]))
}

fn phone_number(n: usize) -> Option<String> {
    Some(format!("138{n:08}"))
}

fn uscc_number(n: usize) -> Option<String> {
    let code = format!("{:08}", n * 7919);
    let body = format!("91440300{code}{}", char::from(organisation_code::check_char(code.as_bytes())?));
    let check = uscc::check_char(body.as_bytes())?;
    Some(body + char::from(check).encode_utf8(&mut [0; 4]))
}

/// One of some characters, around and around.
fn pick(characters: &str, n: usize) -> Option<char> {
    characters.chars().cycle().nth(n % characters.chars().count())
}

#[allow(clippy::cast_precision_loss, reason = "counts are far smaller than 2^52")]
fn nanoseconds(time: Duration, values: usize) -> f64 {
    time.as_secs_f64() * 1e9 / values as f64
}
