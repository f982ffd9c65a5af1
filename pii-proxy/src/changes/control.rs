//! What an operator has the running proxy do: take the configuration as its files are now, let something pass for some minutes.

use super::versions::{self, Versions};
use crate::config::{Config, Hours};
use crate::gateway::Gateway;
use crate::reload::Difference;
use crate::start::Ready;
use crate::suppression::{Asked, Suppression};
use crate::table::Table;
use pii_flow::clock;
use pii_store::trail::{Alarm, Configuration, Hash, Name, Note, Record, Version};
use serde::Deserialize;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What a suppression's alarm is about.
const SUPPRESSION: &str = "suppression";

/// The parts of a configuration, as the trail calls them.
const PARTS: [&str; 3] = ["routes", "policy", "rules"];

/// Changes a running proxy.
pub struct Control {
    ready: Arc<Ready>,
    file: Option<PathBuf>,
    /// One change after another.
    turn: Mutex<()>,
}

/// A wish to have the configuration taken as its files are now.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// Who wishes it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Whether it is an emergency: in trading hours nothing is changed otherwise.
    #[serde(default)]
    pub emergency: bool,
}

/// A configuration was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The number under which it is kept, if it is.
    pub version: Option<u32>,
    /// How many routes there are now.
    pub routes: usize,
    /// What is different now, and what waits for a restart.
    pub difference: Difference,
}

/// Why a change was not made. What was in force stays so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is trading.
    TradingHours(Hours),
    /// The wish does not say who or why.
    Unsaid,
    /// The proxy was started without a file.
    NoFile,
    /// The files cannot be read or used.
    Wrong(String),
}

impl Wish {
    /// A signal's, which does not say who sent it.
    #[must_use]
    pub fn of_signal() -> Self {
        Self { by: "signal".to_owned(), reason: "SIGHUP".to_owned(), emergency: false }
    }

    fn of_start() -> Self {
        Self { by: "start".to_owned(), reason: "the proxy was started".to_owned(), emergency: false }
    }

    fn note(&self) -> Note {
        let emergency = if self.emergency { "emergency: " } else { "" };
        Note::new(&format!("{emergency}{} (by {})", self.reason, self.by))
    }
}

impl Control {
    /// Of a proxy that was made ready from `file`, if from one.
    #[must_use]
    pub fn new(ready: Arc<Ready>, file: Option<&Path>) -> Self {
        Self { ready, file: file.map(Path::to_owned), turn: Mutex::default() }
    }

    /// What requests share.
    #[must_use]
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.ready.gateway
    }

    /// Records and keeps what is in force from the start on.
    ///
    /// # Errors
    /// The folder of versions cannot be written.
    pub fn began(&self) -> Result<(), String> {
        let (table, wish) = (self.gateway().table(), Wish::of_start());
        self.record(&table, &wish);
        keep(&table, &wish).map(drop)
    }

    /// The trading hours that are under way, in which only an emergency changes anything.
    #[must_use]
    pub fn session(&self) -> Option<Hours> {
        let table = self.gateway().table();
        clock::moment().ok().and_then(|now| table.changes.calendar.session(now))
    }

    /// Takes the configuration as its files are now.
    ///
    /// # Errors
    /// It is not taken; what was in force stays so.
    pub fn apply(&self, wish: &Wish) -> Result<Applied, Refused> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = self.try_apply(wish);
        self.gateway().metrics.reloaded(outcome.is_ok());
        match &outcome {
            Ok(applied) => {
                let changes = &applied.difference;
                tracing::info!(
                    %changes,
                    by = wish.by,
                    reason = wish.reason,
                    emergency = wish.emergency,
                    version = applied.version,
                    "another configuration is in force"
                );
                if !changes.left.is_empty() {
                    let left = changes.left.join(", ");
                    tracing::warn!(
                        left,
                        "the configuration says something else of these than what runs: start the proxy again for them"
                    );
                }
            }
            Err(refused) => {
                let why = refused.to_string();
                tracing::error!(by = wish.by, why, "the configuration was not taken: the one before stays in force");
            }
        }
        outcome
    }

    fn try_apply(&self, wish: &Wish) -> Result<Applied, Refused> {
        if wish.by.trim().is_empty() || wish.reason.trim().is_empty() {
            return Err(Refused::Unsaid);
        }
        let file = self.file.as_deref().ok_or(Refused::NoFile)?;
        if let Some(hours) = self.session().filter(|_| !wish.emergency) {
            return Err(Refused::TradingHours(hours));
        }
        let config = Config::read(file).map_err(|error| Refused::Wrong(error.to_string()));
        let changed =
            config.and_then(|config| self.ready.change(&config).map_err(|error| Refused::Wrong(error.to_string())));
        let difference = match changed {
            Ok(difference) => difference,
            Err(refused) => {
                self.record_refused(file, wish);
                return Err(refused);
            }
        };
        let table = self.gateway().table();
        self.record(&table, wish);
        // It is in force; that there is no way back to it later is told, and no reason to take it back now.
        let version = keep(&table, wish).unwrap_or_else(|why| {
            tracing::error!(why, "the configuration is in force and cannot be kept: there will be no way back to it");
            None
        });
        Ok(Applied { version, routes: table.routes().len(), difference })
    }

    /// Has the trail know what is in force.
    fn record(&self, table: &Table, wish: &Wish) {
        let routes = table.version.clone();
        let versions = [routes, Some(table.versions.policy.clone()), Some(table.versions.rules.clone())];
        for (part, version) in PARTS.into_iter().zip(versions) {
            let (Some(part), Some(version)) = (Name::new(part), version) else { continue };
            let record = Configuration { part, version, accepted: true, note: wish.note() };
            self.gateway().recording.happened(Record::Configuration(record));
        }
    }

    fn record_refused(&self, file: &Path, wish: &Wish) {
        let text = fs::read(file).unwrap_or_default();
        let version = Version::Hashed(Hash::of(self.ready.algorithm(), &text));
        let Some(part) = Name::new(PARTS[0]) else { return };
        let record = Configuration { part, version, accepted: false, note: wish.note() };
        self.gateway().recording.happened(Record::Configuration(record));
    }

    /// Lets a kind in a field of a route pass for some minutes.
    ///
    /// # Errors
    /// It cannot be: why, in words.
    pub fn suppress(&self, asked: &Asked) -> Result<Arc<Suppression>, String> {
        let gateway = self.gateway();
        let table = gateway.table();
        let has_route = |name: &str| table.routes().iter().any(|at_work| at_work.route.name.as_str() == name);
        let suppression = asked.check(has_route, |kind| table.class_of(kind), Instant::now())?;
        let suppression = gateway.suppressions.begin(suppression)?;
        let Asked { route, kind, field, minutes, reason, by, approver } = asked;
        let words = format!(
            "{kind} in {field} of {route} passes for {minutes} min: {reason} (by {by}, approved by {approver})"
        );
        tracing::warn!(route, kind, field, minutes, reason, by, approver, "something passes that the policy stops");
        self.alarm(&words, false);
        Ok(suppression)
    }

    /// Ends a suppression whose time is over.
    pub fn end(&self, suppression: &Arc<Suppression>) {
        if self.gateway().suppressions.end(suppression) {
            let (route, kind) = (suppression.route.as_str(), suppression.kind.as_str());
            tracing::info!(route, kind, "the policy holds again");
            self.alarm(&format!("{kind} on {route}: the policy holds again"), true);
        }
    }

    fn alarm(&self, words: &str, over: bool) {
        let Some(about) = Name::new(SUPPRESSION) else { return };
        self.gateway().recording.happened(Record::Alarm(Alarm { about, over, note: Note::new(words) }));
    }
}

/// Keeps what is in force, where a folder is named for that.
fn keep(table: &Table, wish: &Wish) -> Result<Option<u32>, String> {
    let Some(folder) = &table.changes.versions else { return Ok(None) };
    let at = clock::moment().map(|at| at.to_string()).unwrap_or_default();
    let Wish { by, reason, emergency } = wish.clone();
    let version = versions::Version { number: 0, at, by, reason, emergency, files: Vec::new() };
    Versions::at(folder).keep(&version, &table.files).map(Some).map_err(|error| error.to_string())
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TradingHours(hours) => write!(
                f,
                "there is trading ({hours} in China), and nothing is changed then: wait, or run `pii-proxy apply --emergency REASON`"
            ),
            Self::Unsaid => f.write_str("say who changes the configuration, and why"),
            Self::NoFile => f.write_str("the proxy was started with --listen, and has no configuration to read again"),
            Self::Wrong(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Refused {}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({:?})", self.file)
    }
}
