//! What a message costs on its way through the proxy, beside nginx that passes it on and mitmproxy that masks it.
//!
//!     proxy --proxy PROGRAM [--mitmdump PROGRAM] [--rounds N] [--seconds N] [--only cost|wait]
//!
//! `cost`: the CPU time of each program a message, in rounds in which one follows the other, for messages of 1 KB and 64 KB. What
//! arrives is held against what should: nginx's is what was sent, the others' shows none of the planted values, and every message
//! arrives as the first one did. Each of the proxy's has a record of its decision on the disk, which is counted.
//!
//! `wait`: how much longer a message takes through each program than without, at half the rate that the proxy can take.

mod contestant;
mod exchange;
mod messages;

use contestant::{Contestant, Setup};
use exchange::{Upstream, closed_loop, open_loop};
use messages::Message;
use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

/// Connections that are kept busy at once.
const CONNECTIONS: usize = 16;

/// Messages a round, by size: a program that is slow is given fewer, so that a round of it is no longer.
const SMALL: (&str, usize) = ("1 KB", 8_000);
const LARGE: (&str, usize) = ("64 KB", 800);
const SLOW_SHARE: usize = 20;

struct Asked {
    proxy: PathBuf,
    mitmdump: Option<PathBuf>,
    rounds: usize,
    seconds: u64,
    only: Option<String>,
}

fn asked() -> Result<Asked, Box<dyn Error>> {
    let mut asked = Asked { proxy: PathBuf::new(), mitmdump: None, rounds: 5, seconds: 10, only: None };
    let mut arguments = env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--proxy" => asked.proxy = fs::canonicalize(value)?,
            "--mitmdump" => asked.mitmdump = Some(fs::canonicalize(value)?),
            "--rounds" => asked.rounds = value.parse()?,
            "--seconds" => asked.seconds = value.parse()?,
            "--only" => asked.only = Some(value),
            _ => return Err(format!("{name} is not known").into()),
        }
    }
    if asked.proxy.as_os_str().is_empty() {
        return Err("--proxy PROGRAM says which pii-proxy is measured".into());
    }
    Ok(asked)
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = asked()?;
    let folder = env::current_dir()?.join(format!("proxy-bench-{}", std::process::id()));
    let measured = measure(&asked, &folder, &mut io::stdout().lock());
    fs::remove_dir_all(&folder)?;
    measured
}

fn measure(asked: &Asked, folder: &std::path::Path, out: &mut impl io::Write) -> Result<(), Box<dyn Error>> {
    let upstream = Upstream::start()?;
    let (for_nginx, for_proxy, for_mitmproxy) =
        (folder.join("nginx"), folder.join("pii-proxy"), folder.join("mitmproxy"));
    let nginx = Contestant::nginx(&Setup::new(&for_nginx, upstream.address)?)?;
    let proxy = Contestant::proxy(&Setup::new(&for_proxy, upstream.address)?, &asked.proxy)?;
    let mut all = vec![nginx, proxy];
    if let Some(program) = &asked.mitmdump {
        all.push(Contestant::mitmproxy(&Setup::new(&for_mitmproxy, upstream.address)?, program)?);
    }
    let wants = |name: &str| asked.only.as_deref().is_none_or(|only| only == name);
    for (label, count) in [SMALL, LARGE] {
        let message = Message::of_about(if label == SMALL.0 { 1_000 } else { 64_000 });
        if wants("cost") {
            cost(&all, (label, count), &message, asked.rounds, out)?;
        }
        if wants("wait") {
            wait(&all, &upstream, (label, count), &message, asked.seconds, out)?;
        }
        check(&all, &upstream, &message)?;
    }
    let records = records(all.iter().find_map(|one| one.admin).ok_or("the proxy answers nobody")?)?;
    let arrived = upstream.arrived();
    writeln!(out, "{arrived} messages came through the proxy, with {records} decisions on the disk")?;
    if records == arrived { Ok(()) } else { Err("not each message has its record".into()) }
}

/// CPU time a message: the median of the rounds, and of what each round has beside nginx's.
fn cost(
    all: &[Contestant],
    (label, count): (&str, usize),
    message: &Message,
    rounds: usize,
    out: &mut impl io::Write,
) -> Result<(), Box<dyn Error>> {
    let mut micros = vec![Vec::new(); all.len()];
    // The first round warms up.
    for round in 0..=rounds {
        for (nth, one) in all.iter().enumerate() {
            let count = if one.name == "mitmproxy" { count.div_ceil(SLOW_SHARE) } else { count };
            let before = one.cpu_time()?;
            closed_loop(one.address, one.name, &message.body, (CONNECTIONS, count))?;
            let spent = one.cpu_time()?.saturating_sub(before);
            if round > 0 {
                micros[nth].push(spent.as_secs_f64() * 1e6 / count as f64);
            }
        }
    }
    let base = micros[0].clone();
    writeln!(out, "{label} ({} bytes): CPU µs a message, and how many times nginx's", message.body.len())?;
    for (one, micros) in all.iter().zip(micros) {
        let ratios = micros.iter().zip(&base).map(|(this, nginx)| this / nginx).collect();
        writeln!(out, "  {:<10} {:>9.1} {:>8.2}", one.name, median(micros), median(ratios))?;
    }
    Ok(())
}

/// How long messages take at half the rate that the proxy can take.
fn wait(
    all: &[Contestant],
    upstream: &Upstream,
    (label, count): (&str, usize),
    message: &Message,
    seconds: u64,
    out: &mut impl io::Write,
) -> Result<(), Box<dyn Error>> {
    let proxy = all.iter().find(|one| one.admin.is_some()).ok_or("the proxy is there")?;
    let full = closed_loop(proxy.address, proxy.name, &message.body, (CONNECTIONS, count))?;
    let rate = count as f64 / full.as_secs_f64() / 2.0;
    writeln!(
        out,
        "{label}: {rate:.0} messages a second, half of what the proxy takes; ms a message at p50, p99, p99.9"
    )?;
    let direct = [("direct", upstream.address)];
    let through = all.iter().filter(|one| one.name != "mitmproxy").map(|one| (one.name, one.address));
    for (name, address) in direct.into_iter().chain(through) {
        let waits = open_loop(address, name, &message.body, (CONNECTIONS, rate, Duration::from_secs(seconds)))?;
        let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        writeln!(out, "  {name:<10} {:>8.3} {:>8.3} {:>8.3}", at(0.5), at(0.99), at(0.999))?;
    }
    Ok(())
}

/// What arrived is what should.
fn check(all: &[Contestant], upstream: &Upstream, message: &Message) -> Result<(), Box<dyn Error>> {
    for one in all {
        let first =
            upstream.first(one.name, message.body.len()).ok_or_else(|| format!("nothing came by {}", one.name))?;
        let is_right = if one.name == "nginx" { first == message.body } else { message.is_masked_in(&first) };
        if !is_right {
            return Err(format!("what came by {} is not what should", one.name).into());
        }
    }
    match upstream.others() {
        0 => Ok(()),
        others => Err(format!("{others} messages were others than the first").into()),
    }
}

/// How many decisions the proxy has had on the disk, as its figures say.
fn records(admin: SocketAddr) -> Result<u64, Box<dyn Error>> {
    let mut stream = TcpStream::connect(admin)?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let line = text.lines().find_map(|line| line.strip_prefix("pii_proxy_phase_seconds_count{phase=\"record\"} "));
    Ok(line.ok_or("no figure of records")?.trim().parse()?)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}
