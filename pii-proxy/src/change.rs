//! `pii-proxy apply`, `rollback` and `versions`: has a running proxy take its configuration as the files are now, or as they were.

use crate::arguments::{AdminArguments, Apply, OtherAdmin, Rollback, Said, Versions as Listed};
use crate::client;
use crate::run::{self, Failure};
use pii_proxy::changes::Versions;
use pii_proxy::config::Config;
use pii_proxy::start;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What a file was before it was written over, beside it.
const BEFORE: &str = "before-rollback";

/// Texts of files, and where they stand. `None`: there was no such file.
type Texts = Vec<(PathBuf, Option<String>)>;

pub(crate) fn apply(apply: &Apply) -> Result<(), Failure> {
    let config = run::read(&apply.config)?;
    // What is wrong is told here, before the proxy is asked, and whether or not it runs.
    start::check(&config).map_err(Failure::usage)?;
    told(&wished(&admin_of(&config, &apply.admin)?, &apply.said)?);
    Ok(())
}

pub(crate) fn versions(listed: &Listed) -> Result<(), Failure> {
    for version in kept(&listed.config, listed.versions.as_deref())?.list().map_err(Failure::input)? {
        let emergency = if version.emergency { "emergency: " } else { "" };
        println!("{:>4}  {}  {}  {emergency}{}", version.number, version.at, version.by, version.reason);
    }
    Ok(())
}

pub(crate) fn rollback(rollback: &Rollback) -> Result<(), Failure> {
    let versions = kept(&rollback.config, rollback.versions.as_deref())?;
    let all = versions.list().map_err(Failure::input)?;
    let number = match rollback.to {
        Some(number) => number,
        None => {
            let before = all.iter().rev().nth(1);
            before.map(|version| version.number).ok_or_else(|| Failure::input("there is no version before this one"))?
        }
    };
    let wanted = versions.files(number).map_err(Failure::input)?;
    let (_, text) = wanted.first().ok_or_else(|| Failure::input("this version has no files"))?;
    let config = Config::parse("the version", text).map_err(Failure::usage)?;
    let admin = admin_of(&config, &rollback.admin)?;
    if let Some(hours) = client::ask(&admin, "/changes", None)?.done()?["trading_hours"].as_str()
        && rollback.said.emergency.is_none()
    {
        let told =
            format!("there is trading ({hours} in China): wait, or give --emergency REASON. Nothing was changed");
        return Err(Failure::refused(told));
    }
    // Rules that came later go: a folder's rules are all that stand in it.
    let later: BTreeSet<&PathBuf> = all.iter().filter(|one| one.number > number).flat_map(|one| &one.files).collect();
    let is_wanted = |path: &PathBuf| wanted.iter().any(|(known, _)| known == path);
    let gone: Vec<PathBuf> = later.into_iter().filter(|path| !is_wanted(path)).cloned().collect();
    let restored: Texts = wanted.into_iter().map(|(path, text)| (path, Some(text))).collect();
    let restored: Texts = restored.into_iter().chain(gone.into_iter().map(|path| (path, None))).collect();
    let before = now(&restored)?;
    keep_edits(&before, versions_last(&versions, &all)?.as_slice())?;
    put(&restored)?;
    match wished(&admin, &rollback.said) {
        Ok(answer) => {
            println!("as in version {number}");
            told(&answer);
            Ok(())
        }
        Err(failure) => {
            put(&before)?;
            Err(failure)
        }
    }
}

fn told(answer: &Value) {
    let kept = answer["version"].as_u64().map_or_else(
        || "it is not kept: name a folder in [changes] versions to be able to go back".to_owned(),
        |number| format!("kept as version {number}"),
    );
    println!("in force, {} routes: {}; {kept}", answer["routes"], answer["changes"].as_str().unwrap_or_default());
    let left: Vec<&str> =
        answer["waits_for_restart"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !left.is_empty() {
        println!("start the proxy again for {}", left.join(", "));
    }
}

fn wished(admin: &AdminArguments, said: &Said) -> Result<Value, Failure> {
    let by = said.by.clone().or_else(whoever).ok_or_else(|| Failure::usage("say by --by NAME who you are"))?;
    let reason = said.emergency.as_ref().or(said.reason.as_ref());
    let reason = reason.ok_or_else(|| Failure::usage("say by --reason TEXT what for"))?;
    let wish = json!({ "by": by, "reason": reason, "emergency": said.emergency.is_some() });
    client::ask(admin, "/apply", Some(&wish))?.done()
}

/// Whoever is logged in.
fn whoever() -> Option<String> {
    ["SUDO_USER", "USER"].into_iter().find_map(|name| std::env::var(name).ok()).filter(|name| !name.is_empty())
}

/// Where the proxy answers: as the command line says, or else its configuration.
fn admin_of(config: &Config, said: &OtherAdmin) -> Result<AdminArguments, Failure> {
    let at = config.admin.as_ref();
    let at =
        at.ok_or_else(|| Failure::usage("the proxy answers no operators: write [admin] address and token_file"))?;
    let token = said.admin_token_file.clone().or_else(|| at.token_file.clone());
    Ok(AdminArguments { admin: said.admin.unwrap_or(at.address), admin_token_file: token })
}

/// The folder of versions: as the command line says, or else the configuration.
fn kept(config: &Path, named: Option<&Path>) -> Result<Versions, Failure> {
    if let Some(folder) = named {
        return Ok(Versions::at(folder));
    }
    let config = run::read(config).map_err(|failure| Failure {
        what: format!("{}; --versions FOLDER says where versions are if the file cannot be read", failure.what),
        ..failure
    })?;
    let folder = config.changes.versions.as_deref();
    folder.map(Versions::at).ok_or_else(|| Failure::usage("no versions are kept: write [changes] versions = \"…\""))
}

fn versions_last(versions: &Versions, all: &[pii_proxy::changes::Version]) -> Result<Vec<(PathBuf, String)>, Failure> {
    all.last().map_or(Ok(Vec::new()), |last| versions.files(last.number).map_err(Failure::input))
}

/// What the files say now that would be written over.
fn now(files: &Texts) -> Result<Texts, Failure> {
    let text = |path: &PathBuf| match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::input(pii_flow::told(path.display(), &error))),
    };
    files.iter().map(|(path, _)| Ok((path.clone(), text(path)?))).collect()
}

/// What nobody has kept yet is put beside its file before that is written over.
fn keep_edits(before: &Texts, in_force: &[(PathBuf, String)]) -> Result<(), Failure> {
    for (path, text) in before {
        let Some(text) = text else { continue };
        if in_force.iter().any(|(known, kept)| known == path && kept == text) {
            continue;
        }
        let mut beside = path.clone().into_os_string();
        beside.push(".");
        beside.push(BEFORE);
        put(&vec![(PathBuf::from(&beside), Some(text.clone()))])?;
        println!("{} had been changed and not applied: it is kept as {}", path.display(), Path::new(&beside).display());
    }
    Ok(())
}

/// Writes files, each whole or not at all, with the permissions that they had.
fn put(files: &Texts) -> Result<(), Failure> {
    for (path, text) in files {
        let written = match text {
            Some(text) => replace(path, text),
            None => match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        };
        written.map_err(|error| Failure::input(pii_flow::told(path.display(), &error)))?;
    }
    Ok(())
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(known) = fs::metadata(path) {
        file.as_file().set_permissions(known.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
