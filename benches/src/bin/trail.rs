//! How many records a second the audit trail takes with all of them on the disk, how fast it is verified and asked, and how
//! much memory that takes where no decision has an outcome.
//!
//!     trail [--rounds N] [--mb N] [--only waiting|verify|ask]
//!
//! Callers wait for each record, as a request does, or have several on their way, as a proxy with many requests does. Each
//! `fdatasync` is real: the folder is made where the program runs, so run it on the disk that is to be measured. Every trail
//! is verified afterwards, and its records counted.

use pii_benches::options::Options as Asked;
use pii_core::Kind;
use pii_core::key::{KeyId, Secret};
use pii_core::mask::Profile;
use pii_core::policy::Action;
use pii_core::sign::{SignAlgorithm, SigningKey};
use pii_core::time::Moment;
use pii_store::trail::{
    Decision, Filter, Go, HashAlgorithm, Item, KeyedDigest, Name, OPEN_LIMIT, Options, Record, Ticket, Trail,
    TrailError, Verdict, VerifyingKeys, Version, query, verify,
};
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{fs, thread};

/// Callers, and how many records each has on its way.
const CALLERS: [(usize, usize); 6] = [(1, 1), (8, 1), (64, 1), (1, 1024), (8, 128), (64, 64)];

fn main() -> Result<(), Box<dyn Error>> {
    let asked = Asked::read(256, 2)?;
    let mut out = io::stdout().lock();
    let folder = PathBuf::from(format!("trail-bench-{}", std::process::id()));
    let measured = measure(&asked, &folder, &mut out);
    fs::remove_dir_all(&folder)?;
    measured
}

fn measure(asked: &Asked, folder: &Path, out: &mut impl io::Write) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for hash in HashAlgorithm::ALL.into_iter().filter(|_| asked.wants("waiting")) {
        writeln!(out, "{hash:<8} {:>8} {:>12} {:>14}", "callers", "on their way", "records/s")?;
        for (callers, on_their_way) in CALLERS {
            let seconds = Duration::from_secs(asked.rounds as u64);
            let trail = folder.join(format!("{hash}-{callers}-{on_their_way}"));
            let rate = records_a_second(&trail, hash, callers, on_their_way, seconds)?;
            writeln!(out, "{:<8} {callers:>8} {on_their_way:>12} {rate:>14.0}", "")?;
        }
    }
    for hash in HashAlgorithm::ALL.into_iter().filter(|_| asked.wants("verify")) {
        let trail = folder.join(format!("{hash}-verify"));
        let rate = verified_a_second(&trail, hash, (asked.mebibytes as u64) << 20)?;
        writeln!(out, "{hash:<8} verified with {rate:.0} MB/s")?;
    }
    if asked.wants("ask") {
        let (rate, more_mebibytes) = asked_a_second(&folder.join("ask"), (asked.mebibytes as u64) << 20)?;
        writeln!(
            out,
            "asked with {rate:.0} MB/s, and {more_mebibytes} MiB for {OPEN_LIMIT} decisions without an outcome"
        )?;
    }
    Ok(())
}

/// Writes decisions of so many bytes that have no outcome, and asks for all of them.
fn asked_a_second(folder: &Path, bytes: u64) -> Result<(f64, u64), Box<dyn Error>> {
    let count = written(folder, HashAlgorithm::Sha256, bytes)?;
    let (before, began) = (resident_mebibytes()?, Instant::now());
    let (mut told, mut most) = (0, 0);
    let each = |_: &_| {
        told += 1;
        Go::On
    };
    let look = |_: &_| most = most.max(resident_mebibytes().unwrap_or(0));
    let read = query(&[folder], &Filter::default(), each, look)?;
    let seconds = began.elapsed().as_secs_f64();
    let early = count.saturating_sub(OPEN_LIMIT as u64);
    if told != count || read.early != early || early == 0 {
        return Err(format!("{count} decisions were asked for, {told} told, and {read:?}").into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok((read.bytes as f64 / 1e6 / seconds, most.saturating_sub(before)))
}

/// How much memory this process has, as Linux says.
fn resident_mebibytes() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kibibytes: u64 = line.split_whitespace().next().ok_or("no number")?.parse()?;
    Ok(kibibytes >> 10)
}

/// Runs callers for a while; every record counts once it is on the disk.
fn records_a_second(
    folder: &Path,
    hash: HashAlgorithm,
    callers: usize,
    on_their_way: usize,
    seconds: Duration,
) -> Result<f64, Box<dyn Error>> {
    let trail = Trail::open(folder, options(hash)?)?;
    let began = Instant::now();
    let call = |caller: usize| -> Result<u64, TrailError> {
        let recorder = trail.recorder();
        let mut count = 0;
        while began.elapsed() < seconds {
            let give = |number| recorder.append(record(caller, number));
            let tickets = (0..on_their_way).map(give).collect::<Result<Vec<Ticket>, TrailError>>()?;
            for ticket in tickets {
                ticket.wait()?;
                count += 1;
            }
        }
        Ok(count)
    };
    let counts = thread::scope(|scope| {
        let threads: Vec<_> = (0..callers).map(|caller| scope.spawn(move || call(caller))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| "a caller panicked")).collect::<Result<Vec<_>, _>>()
    })?;
    let elapsed = began.elapsed();
    trail.close()?;
    let count: u64 = counts.into_iter().sum::<Result<u64, TrailError>>()?;
    check(folder, count)?;
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok(count as f64 / elapsed.as_secs_f64())
}

/// Writes so many bytes, and verifies them.
fn verified_a_second(folder: &Path, hash: HashAlgorithm, bytes: u64) -> Result<f64, Box<dyn Error>> {
    let count = written(folder, hash, bytes)?;
    let began = Instant::now();
    let read = check(folder, count)?;
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok(read as f64 / 1e6 / began.elapsed().as_secs_f64())
}

/// Writes about so many bytes, and says how many records that were.
fn written(folder: &Path, hash: HashAlgorithm, bytes: u64) -> Result<u64, Box<dyn Error>> {
    let trail = Trail::open(folder, options(hash)?)?;
    let recorder = trail.recorder();
    let count = bytes / 700;
    let mut last = None;
    for number in 0..count {
        last = Some(recorder.append(record(0, usize::try_from(number)?))?);
    }
    last.map(Ticket::wait).transpose()?;
    trail.close()?;
    Ok(count)
}

/// Verifies a trail, sees to it that it has all of so many records, and says how long it is.
fn check(folder: &Path, count: u64) -> Result<u64, Box<dyn Error>> {
    let keys = VerifyingKeys::new().with(key()?.id(), key()?.verifying_key());
    let report = verify(folder, &keys, None, |_| ())?;
    let chain = report.chains().first().ok_or("there is no trail")?;
    let is_all = chain.lines >= count && chain.lines - count < 64 && chain.signed_through == Some(chain.last - 1);
    if !report.is_sound() || !is_all {
        return Err(format!("{count} records were written, and verified was {report:?}").into());
    }
    Ok(chain.bytes)
}

fn key() -> Result<SigningKey, Box<dyn Error>> {
    let id = KeyId::new(7).ok_or("no id")?;
    Ok(SigningKey::new(SignAlgorithm::Ed25519, id, &Secret::copy_of(&[7; 32]))?)
}

fn name(text: &str) -> Name {
    Name::new(text).expect("written here, and a name")
}

fn options(hash: HashAlgorithm) -> Result<Options, Box<dyn Error>> {
    let now = || {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Moment::from_unix_millis(u64::try_from(millis).unwrap_or(0)).expect("before the year 9999")
    };
    Ok(Options::new(name("bench"), now).hashed_with(hash).signed_by(key()?))
}

/// A decision as it is made of an SMS.
fn record(caller: usize, number: usize) -> Record {
    let digest = |of: usize| KeyedDigest { key: KeyId::new(7).expect("below the limit"), mac: [(of % 251) as u8; 32] };
    let item = |kind: &str| Item {
        kind: Kind::new(kind).expect("a kind"),
        count: 1,
        action: Action::Mask,
        profile: Some(Profile::Strict),
        residual_bits: Some(23),
        reason: None,
    };
    Record::Decision(Box::new(Decision {
        message: None,
        channel: name("sms"),
        recipient: Some(name("sms-gateway-1")),
        purpose: Some(name("trade-notice")),
        subjects: vec![digest(caller)],
        verdict: Verdict::Send,
        items: vec![item("person_name"), item("bank_card")],
        basis: None,
        assessment: None,
        alternative: None,
        policy: Version::Named(name("policy-12")),
        rules: Version::Named(name("rules-0.1.0")),
        consent: None,
        notice: None,
        ledger: Some(4711),
        input: Some(digest(number)),
        output: Some(digest(number + 1)),
    }))
}
