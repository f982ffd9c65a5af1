//! What to read: files, the files of folders, standard input.

use crate::exit::Failure;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// One thing to read.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// As messages name it; `-` for standard input.
    pub(crate) name: String,
    /// `None`: standard input.
    pub(crate) path: Option<PathBuf>,
    /// Where it goes below an output folder.
    pub(crate) below: PathBuf,
}

impl Input {
    fn standard() -> Self {
        Self { name: "-".to_owned(), path: None, below: PathBuf::from("stdin") }
    }

    /// Opens it.
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, Failure> {
        match &self.path {
            None => Ok(Box::new(io::stdin().lock())),
            Some(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(Failure::input(format!("{}: {error}", self.name))),
            },
        }
    }

    /// Its size in bytes, where it has one.
    pub(crate) fn size(&self) -> u64 {
        let metadata = self.path.as_ref().and_then(|path| fs::metadata(path).ok());
        metadata.filter(fs::Metadata::is_file).map_or(0, |metadata| metadata.len())
    }
}

/// The inputs that `paths` name, files of folders in the order of their names. Hidden files of folders are left out.
pub(crate) fn collect(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    if paths.is_empty() {
        return Ok(vec![Input::standard()]);
    }
    let mut inputs = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input::standard());
        } else if path.is_dir() {
            walk(path, path, &mut inputs)?;
        } else if path.exists() {
            inputs.push(file(path, PathBuf::from(path.file_name().unwrap_or(path.as_os_str()))));
        } else {
            return Err(Failure::input(format!("{}: no such file or folder", path.display())));
        }
    }
    Ok(inputs)
}

/// Whether several outputs are needed.
pub(crate) fn are_several(paths: &[PathBuf]) -> bool {
    paths.len() > 1 || paths.iter().any(|path| path.is_dir())
}

fn file(path: &Path, below: PathBuf) -> Input {
    Input { name: path.display().to_string(), path: Some(path.to_owned()), below }
}

/// Walks `folder` with a list of its own, so that deep folders cost no stack. Links to folders are not followed.
fn walk(root: &Path, folder: &Path, inputs: &mut Vec<Input>) -> Result<(), Failure> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let wrong = |error: io::Error| Failure::input(format!("{}: {error}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let kind = entry.file_type().map_err(wrong)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if entry.path().is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    let below = |path: &Path| path.strip_prefix(root).map_or_else(|_| path.to_owned(), Path::to_owned);
    inputs.extend(files.iter().map(|path| file(path, below(path))));
    Ok(())
}
