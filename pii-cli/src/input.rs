//! What to read: files, the files of folders, standard input.

use crate::exit::{Failure, say};
use crate::place::Written;
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal as _, Read};
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
    pub(crate) fn open(&self) -> Result<Box<dyn Read + Send>, Failure> {
        match &self.path {
            None => {
                // Whoever has forgotten the name of a file would wait for the command, and the command for them.
                if io::stdin().is_terminal() {
                    say("pii: reading what you type; Ctrl-D on a line of its own ends it, and Ctrl-C the command");
                }
                Ok(Box::new(io::stdin()))
            }
            Some(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(Failure::system(&self.name, &error)),
            },
        }
    }

    /// What the system knows of it: also of a file that standard input was taken from.
    pub(crate) fn metadata(&self) -> Option<Metadata> {
        match &self.path {
            Some(path) => fs::metadata(path).ok(),
            None => crate::standard::metadata(&io::stdin()),
        }
    }

    /// Its size in bytes, where it has one: a pipe has none.
    pub(crate) fn size(&self) -> Option<u64> {
        self.metadata().filter(Metadata::is_file).map(|metadata| metadata.len())
    }
}

/// What there is to read, and what cannot be: one folder without permission does not hide the others.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) files: Vec<Input>,
    pub(crate) failures: Vec<Failure>,
}

/// The inputs that `paths` name, files of folders in the order of their names. Hidden files of folders are left out, and
/// so is what stands at `outputs`: what an earlier run has written is no input.
pub(crate) fn collect(paths: &[PathBuf], outputs: &Written) -> Inputs {
    let mut inputs = Inputs::default();
    if paths.is_empty() {
        inputs.files.push(Input::standard());
    }
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.files.push(Input::standard());
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => inputs.walk(path, outputs),
            Ok(_) => {
                let below = PathBuf::from(path.file_name().unwrap_or(path.as_os_str()));
                inputs.files.push(file(path, below));
            }
            Err(error) => inputs.failures.push(Failure::system(path.display(), &error)),
        }
    }
    inputs
}

/// The one input that a path names; `-` is standard input.
pub(crate) fn of(path: &Path) -> Input {
    if path.as_os_str() == "-" { Input::standard() } else { file(path, PathBuf::new()) }
}

/// Whether several outputs are needed.
pub(crate) fn are_several(paths: &[PathBuf]) -> bool {
    paths.len() > 1 || paths.iter().any(|path| path.is_dir())
}

fn file(path: &Path, below: PathBuf) -> Input {
    Input { name: path.display().to_string(), path: Some(path.to_owned()), below }
}

impl Inputs {
    /// Walks the folder `root` with a list of its own, so that deep folders cost no stack. Links to folders are not
    /// followed, and so no circle is walked.
    fn walk(&mut self, root: &Path, outputs: &Written) {
        let mut folders = vec![root.to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            if let Err(error) = read_folder(&folder, outputs, &mut folders, &mut files) {
                self.failures.push(Failure::system(folder.display(), &error));
            }
        }
        if files.is_empty() {
            say(format_args!("pii: {}: no files to read (hidden ones are left out)", root.display()));
        }
        files.sort();
        for path in files {
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_file() => {
                    let below = path.strip_prefix(root).map_or_else(|_| path.clone(), Path::to_owned);
                    self.files.push(file(&path, below));
                }
                // Pipes, sockets and devices are read only where they are named, and links to folders never.
                Ok(_) => {}
                Err(error) => self.failures.push(Failure::system(path.display(), &error)),
            }
        }
    }
}

fn read_folder(
    folder: &Path,
    outputs: &Written,
    folders: &mut Vec<PathBuf>,
    files: &mut Vec<PathBuf>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if is_hidden || outputs.holds(&entry.path()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
