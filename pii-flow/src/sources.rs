//! From folders and files to rules and a policy.

use crate::FlowError;
use pii_core::policy::Policy;
use pii_core::{Class, Kind, RuleSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The texts that rules and policy are made of, read once: what is recorded of them is what was in force.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The rule files beside those built in, by path, in the order of their paths. Of the same kinds, they replace those.
    pub rules: Vec<(String, String)>,
    /// The policy file behind the one built in, by path.
    pub policy: Option<(String, String)>,
}

impl Sources {
    /// Reads the rule files (`*.toml`) of a folder and of those in it, and a policy file. Where nothing is named, what is built in
    /// holds.
    ///
    /// # Errors
    /// A file or folder cannot be read, a text is not UTF-8, or there are no rule files in the folder.
    pub fn read(rules: Option<&Path>, policy: Option<&Path>) -> Result<Self, FlowError> {
        let policy = policy.map(|file| Ok::<_, FlowError>((file.display().to_string(), text_in(file)?))).transpose()?;
        Ok(Self { rules: rules.map(rule_texts).transpose()?.unwrap_or_default(), policy })
    }

    /// The rules: those built in, and these beside them.
    ///
    /// # Errors
    /// A rule file says what no rule can; the error names file and line.
    pub fn rule_set(&self) -> Result<RuleSet, FlowError> {
        if self.rules.is_empty() {
            return Ok(RuleSet::builtin());
        }
        RuleSet::with(&self.rules).map_err(FlowError::usage)
    }

    /// The policy on the kinds of `rules`.
    ///
    /// # Errors
    /// The file says what no policy can, or names a kind that no rule defines; the error names file and line.
    pub fn policy(&self, rules: &RuleSet) -> Result<Policy, FlowError> {
        let Some((name, text)) = &self.policy else { return Ok(Policy::builtin()) };
        let kinds: Vec<(Kind, Class)> = rules.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
        Policy::parse(name, text, &kinds).map_err(FlowError::usage)
    }
}

/// The rule files of a folder, of which there has to be one.
fn rule_texts(folder: &Path) -> Result<Vec<(String, String)>, FlowError> {
    let mut paths = Vec::new();
    rule_files(folder, &mut paths)?;
    paths.sort();
    if paths.is_empty() {
        return Err(FlowError::usage(format!("{}: no rule files (*.toml) in this folder", folder.display())));
    }
    let mut files = Vec::new();
    for path in paths {
        files.push((path.display().to_string(), text_in(&path)?));
    }
    Ok(files)
}

fn rule_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), FlowError> {
    let wrong = |error: std::io::Error| FlowError::of_system(folder, &error);
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let path = entry.path();
        // Links to folders are not followed, and so no circle is walked.
        if entry.file_type().map_err(wrong)?.is_dir() {
            rule_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    Ok(())
}

/// The text of a rule file, a policy or what else is written in TOML.
///
/// # Errors
/// The file cannot be read, or is not UTF-8; the error says in which line.
pub fn text_in(path: &Path) -> Result<String, FlowError> {
    let bytes = fs::read(path).map_err(|error| FlowError::of_system(path, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good].iter().filter(|&&b| b == b'\n').count() + 1;
        FlowError::usage(format!("{}:{line}: this is not UTF-8; save the file as UTF-8", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_files_are_read_from_folders_in_folders_in_one_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("b");
        fs::create_dir(&inner).expect("made");
        for path in [inner.join("x.toml"), folder.path().join("c.toml"), folder.path().join("a.toml")] {
            fs::write(path, "").expect("written");
        }
        fs::write(folder.path().join("notes.txt"), "no rule").expect("written");
        let sources = Sources::read(Some(folder.path()), None).expect("they read");
        let found = sources.rules.iter().map(|(path, _)| Path::new(path).strip_prefix(folder.path()));
        let found: Vec<_> = found.map(|path| path.expect("below").display().to_string()).collect();
        assert_eq!(found, ["a.toml", "b/x.toml", "c.toml"]);
        let Err(said) = Sources::read(Some(&folder.path().join("d")), None) else { panic!("there is none") };
        assert!(said.is_usage() && said.to_string().ends_with("check how it is spelt"), "{said}");
    }

    #[test]
    fn what_is_not_utf_8_is_told_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("firm.toml");
        fs::write(&file, b"# 1\n# 2\n# \xb9\xab\n").expect("written");
        let Err(said) = Sources::read(None, Some(&file)) else { panic!("it is GBK") };
        assert_eq!(said.to_string(), format!("{}:3: this is not UTF-8; save the file as UTF-8", file.display()));
    }
}
