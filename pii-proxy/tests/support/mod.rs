//! What the tests share: the proxy as it is started, an upstream that remembers what arrived byte for byte, and a client that
//! writes whatever it is told to.

#![allow(dead_code, reason = "each test file takes what it needs")]

pub(crate) mod upstream;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// The proxy's binary.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_pii-proxy");

/// A listener for operators.
pub(crate) const ADMIN: &str = "[admin]\naddress = \"127.0.0.1:0\"\n";

/// Nothing on this machine takes longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The proxy, running, in a folder of its own.
pub(crate) struct Proxy {
    child: Child,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) folder: tempfile::TempDir,
    said: Arc<Mutex<String>>,
}

/// An answer, read to the end of its connection.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Proxy {
    /// One route to `upstream`.
    pub(crate) fn before(upstream: SocketAddr, channel: &str) -> Self {
        let upstream = format!("http://{upstream}");
        Self::started(
            tempfile::tempdir().expect("a folder"),
            &["--listen", "127.0.0.1:0", "--upstream", &upstream, "--channel", channel],
        )
    }

    /// With a configuration, in which `UPSTREAM` stands for the upstream's address. It listens on a port that the system chooses.
    pub(crate) fn configured(upstream: SocketAddr, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!(
            "[[listen]]\naddress = \"127.0.0.1:0\"\n{}",
            text.replace("UPSTREAM", &format!("http://{upstream}"))
        );
        fs::write(folder.path().join("proxy.toml"), with_tables_last(&text)).expect("written");
        Self::started(folder, &["--config", "proxy.toml"])
    }

    pub(crate) fn started(folder: tempfile::TempDir, arguments: &[&str]) -> Self {
        Self::begun(folder, Command::new(PROGRAM).args(arguments))
    }

    /// By a command that comes to the proxy.
    pub(crate) fn begun(folder: tempfile::TempDir, command: &mut Command) -> Self {
        let mut child = command
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the proxy starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let (mut addresses, mut early) = (Vec::new(), String::new());
        while addresses.is_empty() {
            let line = lines.next().unwrap_or_else(|| panic!("it ended: {early}")).expect("text");
            addresses.extend(address_in(&line));
            early.push_str(&line);
            early.push('\n');
        }
        let said = Arc::new(Mutex::new(early));
        let more = Arc::clone(&said);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut said = more.lock().expect("nobody panics here");
                said.push_str(&line);
                said.push('\n');
            }
        });
        Self { child, addresses, folder, said }
    }

    /// All that it listens on, once it has said so.
    pub(crate) fn listened_on(&self) -> Vec<SocketAddr> {
        self.said().lines().filter_map(address_in).collect()
    }

    /// What it has logged.
    pub(crate) fn said(&self) -> String {
        self.said.lock().expect("nobody panics here").clone()
    }

    /// Waits until something is true.
    pub(crate) fn wait_until(&self, mut is_true: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_true() {
            assert!(begun.elapsed() < PATIENCE, "{}", self.said());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until it has said this.
    pub(crate) fn wait_for(&self, words: &str) {
        self.wait_until(|| self.said().contains(words));
    }

    /// Where it answers operators.
    pub(crate) fn admin(&self) -> String {
        self.wait_for("answers operators");
        let said = self.said();
        let address = said.lines().find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            line["fields"]["admin"].as_str().map(str::to_owned)
        });
        address.expect("it answers operators")
    }

    /// Asks its listener for operators.
    pub(crate) fn ask(&self, path: &str, token: Option<&str>) -> Answer {
        let mut stream = TcpStream::connect(self.admin()).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{token}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("written");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        Answer::of(&answer)
    }

    /// A figure of it, such as `pii_proxy_in_flight`, with its labels.
    pub(crate) fn figure(&self, series: &str) -> Option<u64> {
        let text = self.ask("/metrics", None).text();
        let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ').map(str::to_owned));
        value.map(|value| value.parse().expect("a count"))
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.addresses[0]).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.set_nodelay(true).expect("a socket");
        stream
    }

    /// Writes these bytes, says that there are no more, and reads the answer to its end.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // It may have answered and closed already.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    /// Sends a request and reads its answer.
    pub(crate) fn send(&self, request: &Request) -> Answer {
        Answer::of(&self.raw(&request.bytes()))
    }

    /// Posts a body of this type.
    pub(crate) fn post(&self, media_type: &str, body: &[u8]) -> Answer {
        self.send(&Request::post("/", body).with("Content-Type", media_type))
    }

    /// Ends it as an operator does, and returns its trail's folder.
    pub(crate) fn ended(mut self) -> (tempfile::TempDir, PathBuf) {
        let pid = i32::try_from(self.child.id()).expect("a process");
        let ended = Command::new("kill").args(["-TERM", &pid.to_string()]).status().expect("kill is there");
        assert!(ended.success());
        assert!(self.child.wait().expect("it ends").success(), "{}", self.said());
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"));
        let trail = folder.path().join("pii-proxy-trail");
        (folder, trail)
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.expect("kill is there").success());
    }

    /// Its memory that is in use now, in KiB.
    pub(crate) fn memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux says so");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keys that stand alone come before tables in TOML.
fn with_tables_last(text: &str) -> String {
    let (listen, rest) = text.split_at(text.match_indices('\n').nth(1).map_or(text.len(), |(at, _)| at + 1));
    let alone = rest.find('[').unwrap_or(rest.len());
    format!("{}{listen}{}", &rest[..alone], &rest[alone..])
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    line["fields"]["address"].as_str()?.parse().ok()
}

/// A request as a client writes it.
pub(crate) struct Request {
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    is_chunked: bool,
}

impl Request {
    pub(crate) fn post(target: &str, body: &[u8]) -> Self {
        Self { method: "POST", target: target.to_owned(), headers: Vec::new(), body: body.to_vec(), is_chunked: false }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self { method: "GET", ..Self::post(target, b"") }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// In chunks of seven bytes.
    pub(crate) fn chunked(self) -> Self {
        Self { is_chunked: true, ..self }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out =
            format!("{} {} HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.is_chunked {
            out.push_str("Transfer-Encoding: chunked\r\n\r\n");
            let mut out = out.into_bytes();
            for piece in self.body.chunks(7) {
                out.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                out.extend_from_slice(piece);
                out.extend_from_slice(b"\r\n");
            }
            out.extend_from_slice(b"0\r\n\r\n");
            return out;
        }
        if !self.body.is_empty() || self.method == "POST" {
            out.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        let mut out = (out + "\r\n").into_bytes();
        out.extend_from_slice(&self.body);
        out
    }
}

impl Answer {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        Self { head, body: bytes.get(end + 4..).unwrap_or_default().to_vec() }
    }

    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A word of the problem that it tells.
    pub(crate) fn problem(&self, key: &str) -> String {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        problem[key].as_str().unwrap_or_default().to_owned()
    }
}

/// The lines of the decisions and outcomes that a trail holds.
pub(crate) fn records(trail: &Path) -> Vec<serde_json::Value> {
    let mut all = Vec::new();
    for entry in fs::read_dir(trail).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            let text = fs::read_to_string(path).expect("text");
            all.extend(text.lines().map(|line| serde_json::from_str(line).expect("JSON")));
        }
    }
    all
}
