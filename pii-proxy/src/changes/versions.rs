//! The configurations that took effect, kept as files: what to go back to, and what was in force when.
//!
//! A version is a folder of its number, with the texts of all files that the configuration was made of, and `version.json`, which says
//! where each stood, when it took effect, by whom and why. A folder is there whole or not at all.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// So many are kept. The trail remembers for longer which ones there were.
const KEPT: usize = 100;

/// What is said of a version in its folder.
const ABOUT: &str = "version.json";

/// A configuration that took effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number, from 1 on.
    pub number: u32,
    /// When it took effect.
    pub at: String,
    /// Who had it take effect.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Whether that was in trading hours.
    pub emergency: bool,
    /// Where its files stood: the configuration first, then the policy and the rules, in the order of their numbers in the folder.
    pub files: Vec<PathBuf>,
}

/// The folder of versions.
#[derive(Clone, Debug)]
pub struct Versions(PathBuf);

/// Why a version cannot be kept or read: a path, and what is the matter.
#[derive(Debug)]
pub struct VersionsError {
    path: PathBuf,
    error: io::Error,
}

impl Versions {
    /// In this folder, which is made when something is kept.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Keeps what took effect: `files` with their texts. Where it is what the last version is, that one stays the last.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn keep(&self, version: &Version, files: &[(PathBuf, String)]) -> Result<u32, VersionsError> {
        let known = self.list()?;
        if let Some(last) = known.last()
            && self.files(last.number)? == files
        {
            return Ok(last.number);
        }
        let number = known.last().map_or(1, |last| last.number.saturating_add(1));
        let version =
            Version { number, files: files.iter().map(|(path, _)| path.clone()).collect(), ..version.clone() };
        let folder = self.folder(number);
        let unfinished = self.0.join(format!(".{number:04}.new"));
        let written = write(&unfinished, &version, files).and_then(|()| fs::rename(&unfinished, &folder));
        written.map_err(|error| VersionsError { path: folder, error })?;
        for old in known.iter().rev().skip(KEPT - 1) {
            let folder = self.folder(old.number);
            fs::remove_dir_all(&folder).map_err(|error| VersionsError { path: folder, error })?;
        }
        Ok(number)
    }

    /// All that are kept, the oldest first.
    ///
    /// # Errors
    /// The folder, or one of its versions, cannot be read.
    pub fn list(&self) -> Result<Vec<Version>, VersionsError> {
        let wrong = |error| VersionsError { path: self.0.clone(), error };
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(wrong(error)),
        };
        let mut all = Vec::new();
        for entry in entries {
            let name = entry.map_err(wrong)?.file_name();
            let Some(number) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            let path = self.folder(number).join(ABOUT);
            let version = fs::read_to_string(&path)
                .and_then(|text| serde_json::from_str(&text).map_err(io::Error::from))
                .map_err(|error| VersionsError { path, error })?;
            all.push(version);
        }
        all.sort_unstable_by_key(|version: &Version| version.number);
        Ok(all)
    }

    /// The files of a version, with where they stood.
    ///
    /// # Errors
    /// There is none of this number, or it cannot be read.
    pub fn files(&self, number: u32) -> Result<Vec<(PathBuf, String)>, VersionsError> {
        let folder = self.folder(number);
        let wrong = |error| VersionsError { path: folder.clone(), error };
        let about = fs::read_to_string(folder.join(ABOUT)).map_err(wrong)?;
        let version: Version = serde_json::from_str(&about).map_err(|error| wrong(error.into()))?;
        let text = |(nth, path)| Ok((path, fs::read_to_string(folder.join(kept_as(nth))).map_err(wrong)?));
        version.files.into_iter().enumerate().map(text).collect()
    }

    fn folder(&self, number: u32) -> PathBuf {
        self.0.join(format!("{number:04}"))
    }
}

fn kept_as(nth: usize) -> String {
    format!("{nth}.toml")
}

/// Writes a version, so that it is on the disk before it has its name.
fn write(folder: &Path, version: &Version, files: &[(PathBuf, String)]) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let put = |name: &str, text: &str| {
        let mut file = fs::File::create(folder.join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    for (nth, (_, text)) in files.iter().enumerate() {
        put(&kept_as(nth), text)?;
    }
    put(ABOUT, &serde_json::to_string_pretty(version)?)?;
    fs::File::open(folder)?.sync_all()
}

impl fmt::Display for VersionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", pii_flow::told(self.path.display(), &self.error))
    }
}

impl std::error::Error for VersionsError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(by: &str) -> Version {
        let (at, by, reason) = ("2026-11-27T16:00:00.000Z".to_owned(), by.to_owned(), "a new route".to_owned());
        Version { number: 0, at, by, reason, emergency: false, files: Vec::new() }
    }

    fn files(text: &str) -> Vec<(PathBuf, String)> {
        vec![
            (PathBuf::from("/etc/p.toml"), text.to_owned()),
            (PathBuf::from("/etc/policy.toml"), "# policy\n".to_owned()),
        ]
    }

    #[test]
    fn what_took_effect_is_kept_and_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let versions = Versions::at(&folder.path().join("versions"));
        assert_eq!(versions.list().expect("nothing is there"), []);
        let keep = |by: &str, text: &str| versions.keep(&version(by), &files(text)).expect("it is written");
        assert_eq!([keep("a", "1"), keep("b", "1"), keep("c", "2"), keep("d", "1")], [1, 1, 2, 3]);
        let all = versions.list().expect("they are there");
        let told: Vec<_> = all.iter().map(|version| (version.number, version.by.as_str())).collect();
        assert_eq!(told, [(1, "a"), (2, "c"), (3, "d")]);
        assert_eq!(versions.files(2).expect("it is there"), files("2"));
        assert!(versions.files(9).expect_err("there is none").to_string().contains("0009"));
    }

    #[test]
    fn the_oldest_ones_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let versions = Versions::at(folder.path());
        for nth in 0..KEPT + 3 {
            versions.keep(&version("a"), &files(&nth.to_string())).expect("it is written");
        }
        let all = versions.list().expect("they are there");
        assert_eq!((all.len(), all[0].number), (KEPT, 4));
    }
}
