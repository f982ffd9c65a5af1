//! What format-preserving encryption costs, beside the crate `fpe`.
//!
//!     fpe [--rounds N] [--only digits|codec|table]
//!
//! Every line gives nanoseconds of CPU time a value and how many times as fast as the crate that is, and checks that both
//! give the same answer.

use aes::{Aes128Enc, Aes256Enc};
use cipher::{BlockCipherEncrypt, KeyInit};
use fpe::ff1::{FF1, FlexibleNumeralString};
use pii_benches::clock::rounds;
use pii_benches::options::Options;
use pii_core::check::resident_id;
use pii_core::fpe::{Algorithm, BankCard, Cipher, Digits, FpeError, IdNumber, Keep, MobilePhone, Permutation, Tweak};
use sm4::Sm4;
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
    let options = Options::read(0, 7)?;
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
    if options.wants("codec") {
        writeln!(out, "\n{:<36} {:>9} {:>9}", "ns a value", "single", "batch")?;
        for algorithm in [Algorithm::Aes128, Algorithm::Aes256, Algorithm::Sm4] {
            codecs(&mut out, algorithm, options.rounds)?;
        }
    }
    if options.wants("table") {
        tables(&mut out, options.rounds)?;
    }
    Ok(())
}

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

/// Whole kinds, from text to text, there and back.
fn codecs(out: &mut impl Write, algorithm: Algorithm, times: usize) -> Result<(), Box<dyn Error>> {
    let (cipher, tweak) = (cipher(algorithm)?, Tweak::new(b"12345678")?);
    for (name, keep) in
        [("resident ID", Keep::default()), ("resident ID, region kept", Keep { region: true, ..Keep::default() })]
    {
        let codec = IdNumber::resident(&cipher, &tweak, keep)?;
        let numbers: Vec<[u8; 18]> = (0..VALUES).map(resident_number).collect::<Option<_>>().ok_or("digits")?;
        let values: Vec<&[u8]> = numbers.iter().map(|number| &number[..]).collect();
        let (single, single_time) = rounds(times, || {
            let mut results = Vec::with_capacity(VALUES);
            for _ in 0..REPEATED {
                results.clear();
                results.extend(values.iter().filter_map(|value| codec.encrypt(value).ok()));
            }
            results
        })?;
        let (batch, batch_time) = rounds(times, || {
            let mut results = Vec::with_capacity(VALUES);
            for _ in 0..REPEATED {
                results.clear();
                values.chunks(64).for_each(|values| codec.encrypt_each(values, &mut results));
            }
            results.into_iter().flatten().collect::<Vec<_>>()
        })?;
        let back = single.iter().filter_map(|result| codec.decrypt(result).ok());
        if single != batch || back.ne(numbers.iter().copied()) {
            return Err(format!("{name}: the answers differ").into());
        }
        let [single, batch] = [single_time, batch_time].map(|time| nanoseconds(time, VALUES * REPEATED));
        let name = format!("{}, {name}", algorithm.name());
        writeln!(out, "{name:<36} {single:>9.0} {batch:>9.0}")?;
    }
    let (card, phone) = (BankCard::new(&cipher, &tweak)?, MobilePhone::new(&cipher, &tweak)?);
    let cards: Vec<Vec<u8>> = (0..VALUES).map(card_number).collect::<Option<_>>().ok_or("digits")?;
    let name = format!("{}, bank card", algorithm.name());
    in_place(
        out,
        &name,
        times,
        &cards,
        |value| card.encrypt(value),
        |values, results| card.encrypt_each(values, results),
    )?;
    let phones: Vec<Vec<u8>> = (0..VALUES).map(|n| format!("138{n:08}").into_bytes()).collect();
    let name = format!("{}, mobile phone", algorithm.name());
    in_place(
        out,
        &name,
        times,
        &phones,
        |value| phone.encrypt(value),
        |values, results| phone.encrypt_each(values, results),
    )
}

/// A kind whose codec works in place.
fn in_place(
    out: &mut impl Write,
    name: &str,
    times: usize,
    plain: &[Vec<u8>],
    encrypt: impl Fn(&mut [u8]) -> Result<(), FpeError>,
    encrypt_each: impl Fn(&mut [Vec<u8>], &mut Vec<Result<(), FpeError>>),
) -> Result<(), Box<dyn Error>> {
    let (single, single_time) = rounds(times, || {
        let mut values = plain.to_vec();
        for _ in 0..REPEATED {
            values.clone_from_slice(plain);
            values.iter_mut().filter_map(|value| encrypt(value).ok()).count();
        }
        values
    })?;
    let (batch, batch_time) = rounds(times, || {
        let (mut values, mut results) = (plain.to_vec(), Vec::with_capacity(VALUES));
        for _ in 0..REPEATED {
            values.clone_from_slice(plain);
            results.clear();
            encrypt_each(&mut values, &mut results);
        }
        values
    })?;
    if single != batch || single == plain {
        return Err(format!("{name}: the answers differ").into());
    }
    let [single, batch] = [single_time, batch_time].map(|time| nanoseconds(time, VALUES * REPEATED));
    writeln!(out, "{name:<36} {single:>9.0} {batch:>9.0}")?;
    Ok(())
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

fn card_number(n: usize) -> Option<Vec<u8>> {
    let mut card = format!("622848{:012}", n * 7919).into_bytes();
    card.push(pii_core::check::bank_card::check_char(&card)?);
    Some(card)
}

#[allow(clippy::cast_precision_loss, reason = "counts are far smaller than 2^52")]
fn nanoseconds(time: Duration, values: usize) -> f64 {
    time.as_secs_f64() * 1e9 / values as f64
}
