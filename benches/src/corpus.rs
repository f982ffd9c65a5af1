//! The corpora that `corpus/gen_corpus.py` draws, made once and kept beside what cargo builds.

use pii_tests::score::{Span, read_truth};
use std::error::Error;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How much a peer is given at a time, in bytes, as a proxy or a log agent would.
pub const CHUNK_BYTES: usize = 16 << 10;

/// The lines of an SMS gateway's size that are drawn from a corpus, in bytes.
const SMS_BYTES: std::ops::Range<usize> = 180..280;

/// A text, and what was planted in it.
pub struct Corpus {
    /// `dense` or `sparse`.
    pub name: &'static str,
    /// The text, one record a line.
    pub text: String,
    /// The planted values, in order.
    pub truth: Vec<Span>,
}

impl Corpus {
    /// One item per 200 bytes.
    ///
    /// # Errors
    /// There is no Python, or no room.
    pub fn dense(mebibytes: usize) -> Result<Self, Box<dyn Error>> {
        Self::drawn("dense", mebibytes, 200)
    }

    /// One item per 10 KiB.
    ///
    /// # Errors
    /// As [`Corpus::dense`].
    pub fn sparse(mebibytes: usize) -> Result<Self, Box<dyn Error>> {
        Self::drawn("sparse", mebibytes, 10_240)
    }

    fn drawn(name: &'static str, mebibytes: usize, bytes_per_item: usize) -> Result<Self, Box<dyn Error>> {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = benches.join("../target/corpora");
        fs::create_dir_all(&folder)?;
        let stem = folder.join(format!("{name}-{mebibytes}"));
        let (text, truth) = (with(&stem, "txt"), with(&stem, "truth"));
        if !truth.exists() {
            let unfinished = folder.join(format!("{name}-{mebibytes}.unfinished"));
            let status = Command::new("python3")
                .arg(benches.join("corpus/gen_corpus.py"))
                .arg(&unfinished)
                .args(["--mb", &mebibytes.to_string(), "--bytes-per-pii", &bytes_per_item.to_string()])
                .stdout(std::process::Stdio::null())
                .status()?;
            if !status.success() {
                return Err(format!("gen_corpus.py ended with {status}").into());
            }
            fs::rename(with(&unfinished, "txt"), &text)?;
            fs::rename(with(&unfinished, "truth"), &truth)?;
        }
        let truth = read_truth(BufReader::new(File::open(truth)?))?;
        Ok(Self { name, text: fs::read_to_string(text)?, truth })
    }

    /// The lines of an SMS's size, line ends included.
    pub fn sms_lines(&self) -> impl Iterator<Item = &str> {
        self.text.split_inclusive('\n').filter(|line| SMS_BYTES.contains(&line.len()))
    }

    /// The text in chunks of whole lines, each with the position of its first byte.
    pub fn chunks(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut start = 0;
        std::iter::from_fn(move || {
            let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
            let reach = rest.len().min(CHUNK_BYTES);
            let end = memchr::memrchr(b'\n', &rest.as_bytes()[..reach])
                .or_else(|| memchr::memchr(b'\n', rest.as_bytes()))
                .map_or(rest.len(), |at| at + 1);
            let chunk = (start, &rest[..end]);
            start += end;
            Some(chunk)
        })
    }
}

fn with(stem: &Path, extension: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_whole_lines_and_leave_nothing_out() {
        let text = "一行\n".repeat(10_000) + "without an end";
        let corpus = Corpus { name: "dense", text, truth: Vec::new() };
        let mut reached = 0;
        for (start, chunk) in corpus.chunks() {
            assert_eq!(start, reached);
            assert!(chunk.len() <= CHUNK_BYTES && (chunk.ends_with('\n') || start + chunk.len() == corpus.text.len()));
            reached += chunk.len();
        }
        assert_eq!(reached, corpus.text.len());
    }
}
