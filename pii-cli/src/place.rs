//! Which inputs, outputs and the report get in each other's way: every decision about that, before anything is written.
//!
//! A file that is replaced whole may be an input too, since it is read to its end first. What is written directly (standard
//! output, an open descriptor) may not: it would be read as it grows. This module compares; what the paths are it asks
//! the system, once for each of them.

use crate::exit::Failure;
use crate::standard::identity;
use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

/// A place to read from or to write to, whatever it is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The path without links, as far as it leads to something. `None`: a stream that has no path.
    path: Option<PathBuf>,
    /// Which regular file stands there, if one does: two names may be one file.
    file: Option<(u64, u64)>,
}

/// An input, and where what comes of it goes.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) name: String,
    pub(crate) from: Place,
    pub(crate) to: Place,
    /// Whether `to` is written as the input is read, and not replaced when all of it is there.
    pub(crate) is_direct: bool,
}

/// Who gets in whose way: numbers of ways.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Collision {
    /// Both would become the same output.
    SameOutput(usize, usize),
    /// The input is what is written, and grows as it is read.
    Endless(usize),
    /// The output of the first replaces the input of the second, perhaps before it is read.
    ReplacesInput(usize, usize),
    /// The report would replace this input.
    ReportIsInput,
    /// The report would replace this output.
    ReportIsOutput,
}

impl Place {
    /// What stands at `path`, or may come to stand there. A pipe or a device takes several things, one after the other.
    pub(crate) fn at(path: &Path) -> Self {
        match fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Self::default(),
            found => Self { path: Some(whole(path)), file: found.ok().as_ref().and_then(identity) },
        }
    }

    /// A stream, of which the system may know the file.
    pub(crate) fn stream(metadata: Option<&Metadata>) -> Self {
        Self { path: None, file: metadata.and_then(identity) }
    }

    fn is_file_of(&self, other: &Self) -> bool {
        self.file.is_some() && self.file == other.file
    }

    fn is_path_of(&self, other: &Self) -> bool {
        self.path.is_some() && self.path == other.path
    }
}

/// The first collision among `ways`, and with the report.
pub(crate) fn collision(ways: &[Way], report: Option<&Place>) -> Option<Collision> {
    if let Some(endless) = ways.iter().position(|way| way.is_direct && way.from.is_file_of(&way.to)) {
        return Some(Collision::Endless(endless));
    }
    let mut outputs: HashMap<&Path, usize> = HashMap::with_capacity(ways.len());
    for (nth, way) in ways.iter().enumerate().filter(|(_, way)| !way.is_direct) {
        let other = way.to.path.as_deref().and_then(|path| outputs.insert(path, nth));
        if let Some(other) = other {
            return Some(Collision::SameOutput(other, nth));
        }
    }
    for (nth, way) in ways.iter().enumerate() {
        let by = way.from.path.as_deref().and_then(|path| outputs.get(path));
        if let Some(by) = by.filter(|by| **by != nth) {
            return Some(Collision::ReplacesInput(*by, nth));
        }
    }
    let report = report?;
    if ways.iter().any(|way| way.from.is_file_of(report)) {
        return Some(Collision::ReportIsInput);
    }
    let is_output = |way: &Way| way.to.is_path_of(report) || (way.is_direct && way.to.is_file_of(report));
    ways.iter().any(is_output).then_some(Collision::ReportIsOutput)
}

impl Collision {
    /// What to tell, and what to do instead.
    pub(crate) fn failure(&self, ways: &[Way], report: Option<&Path>) -> Failure {
        let name = |nth: &usize| ways[*nth].name.as_str();
        let to = |nth: &usize| ways[*nth].to.path.as_deref().unwrap_or(Path::new("-")).display();
        let report = report.unwrap_or(Path::new("-")).display();
        Failure::usage(match self {
            Self::SameOutput(one, other) => format!(
                "{} and {} would both become {}; mask them one after the other, into folders of their own",
                name(one),
                name(other),
                to(other)
            ),
            Self::Endless(nth) if ways[*nth].to.path.is_some() => {
                format!("{}: this input is also what is written, and grows as it is read; write `-o FILE`", name(nth))
            }
            Self::Endless(nth) => {
                format!("{}: this input is also standard output; write `-o FILE` instead of `> FILE`", name(nth))
            }
            Self::ReplacesInput(by, nth) => format!(
                "{}: this input would be replaced by what becomes of {}; mask them one after the other, into folders of \
                 their own",
                name(nth),
                name(by)
            ),
            Self::ReportIsInput => {
                format!("{report}: this report is also an input, which it would replace; name another file")
            }
            Self::ReportIsOutput => {
                format!("{report}: this report is also an output, which it would replace; name another file")
            }
        })
    }
}

/// What an earlier run has written, so that a folder that holds it is read without it.
#[derive(Debug, Default)]
pub(crate) struct Written(Vec<PathBuf>);

impl Written {
    /// What stands at `outputs` now.
    pub(crate) fn at(outputs: &[&Path]) -> Self {
        Self(outputs.iter().filter_map(|output| fs::canonicalize(output).ok()).collect())
    }

    /// Whether `path` is one of them. A path is made whole only where there are any: it costs a system call for each part
    /// of it.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        !self.0.is_empty() && fs::canonicalize(path).is_ok_and(|whole| self.0.contains(&whole))
    }
}

/// The folder that `path` stands in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A path to compare with others: without links, as far as it leads to something.
fn whole(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    let beside = || fs::canonicalize(folder(path)).map(|folder| folder.join(name));
    fs::canonicalize(path).or_else(|_| beside()).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a`: a file of this name. `a=b`: a second name of the file `b`. `+a`: nothing is there yet. `|`: a pipe.
    /// `>a`: the file `a`, written or read as a stream.
    fn place(text: &str) -> Place {
        let file = |name: &str| Some((1, name.bytes().fold(0, |sum, byte| sum * 256 + u64::from(byte))));
        let path = |name: &str| Some(PathBuf::from(name));
        match (text, text.strip_prefix('+'), text.strip_prefix('>'), text.split_once('=')) {
            ("|", ..) => Place::default(),
            (_, Some(new), ..) => Place { path: path(new), file: None },
            (_, _, Some(open), _) => Place { path: None, file: file(open) },
            (.., Some((name, other))) => Place { path: path(name), file: file(other) },
            _ => Place { path: path(text), file: file(text) },
        }
    }

    fn ways(text: &str) -> Vec<Way> {
        let way = |text: &str| {
            let (from, to) = text.split_once('→').expect("an arrow");
            let is_direct = to.starts_with(['>', '|']);
            Way { name: from.to_owned(), from: place(from), to: place(to), is_direct }
        };
        text.split_whitespace().map(way).collect()
    }

    #[test]
    fn who_gets_in_whose_way() {
        use Collision::*;
        for (text, report, expected) in [
            // One input.
            ("a→+b", "", None),
            ("a→b", "", None),
            ("a→a", "", None),
            ("a→b=a", "", None),
            ("a→|", "", None),
            ("|→|", "", None),
            ("|→a", "", None),
            ("a→>b", "", None),
            ("a→>a", "", Some(Endless(0))),
            ("b=a→>a", "", Some(Endless(0))),
            (">a→>a", "", Some(Endless(0))),
            (">a→a", "", None),
            // Several.
            ("a→o/a b→o/b", "", None),
            ("a→+o/a b→+o/a", "", Some(SameOutput(0, 1))),
            ("a→o/a b→o/b c→o/a", "", Some(SameOutput(0, 2))),
            ("a→o/a b→o/b=o/a", "", None),
            ("a→a b→b", "", None),
            ("a→b b→c", "", Some(ReplacesInput(0, 1))),
            ("b→c a→b", "", Some(ReplacesInput(1, 0))),
            ("a→|  b→|", "", None),
            // A report.
            ("a→b", "+r", None),
            ("a→b", "r", None),
            ("a→b", "|", None),
            ("a→b", "a", Some(ReportIsInput)),
            ("a→b", "r=a", Some(ReportIsInput)),
            (">a→|", "a", Some(ReportIsInput)),
            ("a→b", "b", Some(ReportIsOutput)),
            ("a→+b", "+b", Some(ReportIsOutput)),
            ("a→b", "r=b", None),
            ("a→>b", "b", Some(ReportIsOutput)),
            ("a→>b", "r=b", Some(ReportIsOutput)),
            ("c→d a→b", "b", Some(ReportIsOutput)),
        ] {
            let report = (!report.is_empty()).then(|| place(report));
            assert_eq!(collision(&ways(text), report.as_ref()), expected, "{text} {report:?}");
        }
    }

    #[test]
    fn a_collision_names_both() {
        let ways = ways("a→+o b→+o");
        let told = format!("{:?}", Collision::SameOutput(0, 1).failure(&ways, None));
        assert!(told.contains("a and b would both become o; mask them"), "{told}");
    }
}
