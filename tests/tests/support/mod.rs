//! What the end-to-end tests share: the command, and how much of it to do.

#[cfg(unix)]
pub(crate) mod firm;
#[cfg(unix)]
pub(crate) mod gateway;
#[cfg(unix)]
pub(crate) mod partner;
#[cfg(unix)]
pub(crate) mod ring;

use pii_tests::engine::Engine;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The command under test. A missing one fails the test: what silently measures nothing would look like a good result.
pub(crate) fn engine() -> Engine {
    Engine::find().unwrap_or_else(|error| panic!("{error}"))
}

/// The number in the environment variable `name`, else `default`: a nightly run sets more than a commit can wait for.
#[allow(dead_code, reason = "each test file takes what it needs")]
pub(crate) fn amount(name: &str, default: usize) -> usize {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// A folder of one test, removed with its content when it goes out of use.
#[allow(dead_code, reason = "each test file takes what it needs")]
pub(crate) struct Folder(PathBuf);

#[allow(dead_code, reason = "each test file takes what it needs")]
impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("pii-tests-command-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for temporary files");
        Self(path)
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.0
    }

    /// The path of `name`, folders on the way made.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a file in the folder")).expect("a folder");
        path
    }

    pub(crate) fn with(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
