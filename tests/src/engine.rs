//! The `pii` command, run as a process: the thin adapter to what is measured.

use std::ffi::OsStr;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::format::Format;

/// The command.
#[derive(Clone, Debug)]
pub struct Engine {
    binary: PathBuf,
}

/// A finding as `pii scan --output json` writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The input's name, `-` for standard input.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// First byte in the input as given.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The identifier kind.
    pub kind: String,
    /// 1 to 4.
    pub class: u64,
    /// 0 to 1.
    pub confidence: f64,
    /// The field's path, where the format has one.
    pub path: Option<String>,
}

/// What a run left behind.
#[derive(Clone, PartialEq, Eq)]
pub struct Run {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

/// Outputs may hold values, so only their sizes are shown.
impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {:?}, {} bytes out, {} bytes of errors", self.code, self.stdout.len(), self.stderr.len())
    }
}

/// Why nothing could be measured. It names the stage and never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineError(String);

impl EngineError {
    pub(crate) fn stage(stage: &str, run: &Run) -> Self {
        Self(format!("pii {stage} failed: {run:?}"))
    }

    pub(crate) fn file(what: &str) -> Self {
        Self(format!("a temporary file could not be {what}"))
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EngineError {}

impl Engine {
    /// The command that `PII_BIN` names, else the newest of `target/release/pii` and `target/debug/pii`.
    ///
    /// # Errors
    /// When there is none: a measurement that silently measures nothing would look like a good one.
    pub fn find() -> Result<Self, EngineError> {
        if let Some(path) = std::env::var_os("PII_BIN").map(PathBuf::from) {
            let missing = || EngineError("PII_BIN names no file".to_owned());
            return path.is_file().then_some(Self { binary: path }).ok_or_else(missing);
        }
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).join("target");
        let built = ["release", "debug"].map(|profile| target.join(profile).join("pii"));
        let newest = built.into_iter().filter(|path| path.is_file()).max_by_key(|path| {
            path.metadata().and_then(|metadata| metadata.modified()).unwrap_or(std::time::UNIX_EPOCH)
        });
        let missing = || EngineError("no pii command: build it (cargo build -p pii-cli) or set PII_BIN".to_owned());
        newest.map(|binary| Self { binary }).ok_or_else(missing)
    }

    /// Where the command is, for tests that need more of a process than its output.
    #[must_use]
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Scans `input` from standard input.
    ///
    /// # Errors
    /// When the command cannot run, ends with another code than 0, or writes what the contract does not say.
    pub fn scan(&self, input: &[u8], format: Format) -> Result<Vec<Finding>, EngineError> {
        let run = self.run(["scan", "--output", "json", "--format", format.name(), "-"], input)?;
        findings(&succeeded(run, "scan")?.stdout)
    }

    /// Scans files and folders.
    ///
    /// # Errors
    /// As for [`Engine::scan`].
    pub fn scan_paths(&self, paths: &[PathBuf], format: Option<Format>) -> Result<Vec<Finding>, EngineError> {
        let fixed = ["scan", "--output", "json", "--format", format.map_or("auto", Format::name)];
        let arguments = fixed.iter().map(OsStr::new).chain(paths.iter().map(|path| path.as_os_str()));
        let run = self.run(arguments, b"")?;
        findings(&succeeded(run, "scan")?.stdout)
    }

    /// Masks `input`; `None` for the channel leaves it out.
    ///
    /// # Errors
    /// When the command cannot run or ends with another code than 0.
    pub fn mask(&self, input: &[u8], format: Format, channel: Option<&str>) -> Result<Run, EngineError> {
        let mut arguments = vec!["mask", "--format", format.name()];
        arguments.extend(channel.iter().flat_map(|channel| ["--channel", channel]));
        arguments.push("-");
        succeeded(self.run(arguments, input)?, "mask")
    }

    /// Runs the command with `arguments` and `input` on standard input.
    ///
    /// # Errors
    /// When it cannot be started or its output cannot be read.
    pub fn run<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> Result<Run, EngineError> {
        let failed = |what: &str| EngineError(format!("the pii command could not be {what}"));
        let mut command = Command::new(&self.binary);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|_| failed("started"))?;
        let mut pipe = child.stdin.take().ok_or_else(|| failed("fed"))?;
        let input = input.to_vec();
        // A thread of its own, because a command that writes before it has read everything would block for ever. That it
        // may stop reading early is its right, so a broken pipe is no error here; its exit code tells.
        let feeder = thread::spawn(move || drop(pipe.write_all(&input)));
        let output = child.wait_with_output().map_err(|_| failed("waited for"))?;
        feeder.join().map_err(|_| failed("fed"))?;
        Ok(Run { code: output.status.code(), stdout: output.stdout, stderr: output.stderr })
    }
}

fn succeeded(run: Run, stage: &str) -> Result<Run, EngineError> {
    if run.code == Some(0) { Ok(run) } else { Err(EngineError::stage(stage, &run)) }
}

/// Reads findings, one JSON object a line.
///
/// # Errors
/// With the line's number when one is not as the contract says.
pub fn findings(lines: &[u8]) -> Result<Vec<Finding>, EngineError> {
    let lines = lines.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    let wrong = |index: usize| EngineError(format!("line {} is no finding of the contract", index + 1));
    lines.map(|(index, line)| finding(line).ok_or_else(|| wrong(index))).collect()
}

fn finding(line: &[u8]) -> Option<Finding> {
    let object: Value = serde_json::from_slice(line).ok()?;
    let number = |key: &str| object.get(key)?.as_u64().and_then(|number| usize::try_from(number).ok());
    let found = Finding {
        file: object.get("file")?.as_str()?.to_owned(),
        line: number("line")?,
        start: number("start")?,
        end: number("end")?,
        kind: object.get("kind")?.as_str()?.to_owned(),
        class: object.get("class")?.as_u64()?,
        confidence: object.get("confidence")?.as_f64()?,
        path: object.get("path").and_then(Value::as_str).map(str::to_owned),
    };
    let sound = found.line >= 1
        && found.start < found.end
        && (1..=4).contains(&found.class)
        && (0.0..=1.0).contains(&found.confidence);
    sound.then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"file":"-","line":2,"start":5,"end":16,"kind":"mobile_phone","class":2,"confidence":0.98,"path":"$.mobile"}"#;

    #[test]
    fn a_finding_is_read() {
        let read = findings(format!("{GOOD}\n\n{GOOD}\n").as_bytes()).expect("two findings");
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].start, read[0].end, read[0].kind.as_str()), (5, 16, "mobile_phone"));
        assert_eq!(read[0].path.as_deref(), Some("$.mobile"));
    }

    #[test]
    fn what_breaks_the_contract_is_an_error_with_its_line() {
        let broken = [
            "not json".to_owned(),
            GOOD.replace("\"line\":2", "\"line\":0"),
            GOOD.replace("\"end\":16", "\"end\":5"),
            GOOD.replace("\"class\":2", "\"class\":5"),
            GOOD.replace("0.98", "1.5"),
            GOOD.replace("\"kind\":", "\"sort\":"),
        ];
        for line in broken {
            let error = findings(format!("{GOOD}\n{line}\n").as_bytes()).expect_err(&line);
            assert_eq!(error.to_string(), "line 2 is no finding of the contract");
        }
    }
}
