//! The file as it is written, and from there to what is used.

use super::amount::{LimitsTable, TimeoutsTable};
use super::changes::ChangesTable;
use super::listen::{AdminTable, ListenTable};
use super::route::{Route, RouteTable};
use super::{Config, ConfigError};
use pii_flow::{ConsentsAt, KeyringAt, TrailAt};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A word and where it stands.
pub(super) type Word = toml::Spanned<String>;

/// The file that is being read.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    name: &'a str,
    text: &'a str,
}

impl Place<'_> {
    /// An error at a position in the file.
    pub(super) fn error(self, at: usize, what: impl Into<String>) -> ConfigError {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        ConfigError::at(self.name, line, what)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Vec<toml::Spanned<ListenTable>>,
    admin: Option<AdminTable>,
    policy: Option<PathBuf>,
    rules: Option<PathBuf>,
    keyring: Option<KeyringAt>,
    trail: Option<TrailAt>,
    consents: Option<ConsentsAt>,
    #[serde(default)]
    limits: LimitsTable,
    #[serde(default)]
    timeouts: TimeoutsTable,
    #[serde(default)]
    changes: ChangesTable,
    route: Vec<toml::Spanned<RouteTable>>,
}

pub(super) fn parse(name: &str, text: &str) -> Result<Config, ConfigError> {
    let place = Place { name, text };
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        place.error(at, error.message().trim_end())
    })?;
    let limits = file.limits.check(place)?;
    let admin = file.admin.map(|admin| admin.check(place)).transpose()?;
    let listeners: Vec<_> =
        file.listen.into_iter().map(|table| table.into_inner().check(place)).collect::<Result<_, _>>()?;
    if listeners.is_empty() {
        return Err(place.error(0, "nothing is listened on: write [[listen]] with an address"));
    }
    let mut routes = Vec::new();
    let (mut names, mut matched) = (BTreeSet::new(), BTreeSet::new());
    for table in file.route {
        let at = table.span().start;
        let route = table.into_inner().check(place, &limits, at)?;
        if !names.insert(route.name.clone()) {
            return Err(
                place.error(at, format!("two routes are called {:?}: a name is one route's", route.name.as_str()))
            );
        }
        for taken in route.matcher.each() {
            if !matched.insert(taken) {
                return Err(place
                    .error(at, "another route takes the same host and path already: one of them would never be met"));
            }
        }
        routes.push(route);
    }
    check_needs(place, &routes, file.consents.is_some(), file.keyring.is_some())?;
    Ok(Config {
        listeners,
        admin,
        policy: file.policy,
        rules: file.rules,
        keyring: file.keyring,
        trail: file.trail.unwrap_or_else(Config::usual_trail),
        consents: file.consents,
        limits,
        timeouts: file.timeouts.check(place)?,
        changes: file.changes.check(place)?,
        routes,
        written: Some((PathBuf::from(name), text.to_owned())),
    })
}

/// What a route asks for has to be there.
fn check_needs(place: Place<'_>, routes: &[Route], has_consents: bool, has_keyring: bool) -> Result<(), ConfigError> {
    if routes.is_empty() {
        return Err(place.error(0, "there is no route: write [[route]] with a name, an upstream and a channel"));
    }
    if let Some(route) = routes.iter().find(|route| route.consent.is_some() && !has_consents) {
        let name = route.name.as_str();
        return Err(place.error(
            0,
            format!("the route {name:?} asks for consent, and no ledger is named: write [consents] store = \"…\""),
        ));
    }
    if has_consents && !has_keyring {
        return Err(
            place.error(0, "consents know persons by keyed digests: write [keyring] with a path and what it is under")
        );
    }
    Ok(())
}
