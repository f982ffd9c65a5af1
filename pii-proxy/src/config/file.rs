//! The file as it is written, and from there to what is used.

use super::amount::{LimitsTable, TimeoutsTable};
use super::changes::ChangesTable;
use super::forward::{self, ForwardTable};
use super::listen::{AdminTable, ListenTable};
use super::local::LocalTable;
use super::route::{Route, RouteTable};
use super::traces::TracesTable;
use super::{Config, ConfigError, Limits, Lines};
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

impl<'a> Place<'a> {
    /// An error at a position in the file.
    pub(super) fn error(self, at: usize, what: impl Into<String>) -> ConfigError {
        ConfigError::at(self.name, self.line(at), what)
    }

    /// An error that a route's word gives cause to.
    fn error_in(self, lines: &Lines, what: impl Into<String>) -> ConfigError {
        ConfigError::at(self.name, lines.table(), what)
    }

    /// The line of a position.
    pub(super) fn line(self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    /// What the file is called.
    pub(super) fn name(self) -> &'a str {
        self.name
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: toml::Spanned<Vec<ListenTable>>,
    admin: Option<AdminTable>,
    local: Option<LocalTable>,
    policy: Option<PathBuf>,
    rules: Option<PathBuf>,
    keyring: Option<KeyringAt>,
    trail: Option<TrailAt>,
    consents: Option<toml::Spanned<ConsentsAt>>,
    #[serde(default)]
    limits: LimitsTable,
    #[serde(default)]
    timeouts: TimeoutsTable,
    #[serde(default)]
    changes: ChangesTable,
    forward: Option<toml::Spanned<ForwardTable>>,
    traces: Option<TracesTable>,
    route: toml::Spanned<Vec<toml::Spanned<RouteTable>>>,
}

pub(super) fn parse(name: &str, text: &str) -> Result<Config, ConfigError> {
    let place = Place { name, text };
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        place.error(at, error.message().trim_end())
    })?;
    let limits = file.limits.check(place)?;
    let admin = file.admin.map(|admin| admin.check(place)).transpose()?;
    let at = file.listen.span().start;
    let local = file.local.map(|local| local.check(place, file.consents.is_some())).transpose()?;
    let listeners: Vec<_> =
        file.listen.into_inner().into_iter().map(|table| table.check(place)).collect::<Result<_, _>>()?;
    if listeners.is_empty() {
        return Err(place.error(at, "nothing is listened on: write [[listen]] with an address"));
    }
    if file.route.get_ref().is_empty() {
        let what = "there is no route: write [[route]] with a name, an upstream and a channel";
        return Err(place.error(file.route.span().start, what));
    }
    let routes = routes(file.route.into_inner(), place, &limits)?;
    let forward_at = file.forward.as_ref().map_or(0, |table| table.span().start);
    let forward = file.forward.map(|table| table.into_inner().check(place, forward_at)).transpose()?;
    if let Some(forward) = &forward {
        forward::check_needs((place, forward_at), forward, &listeners, &routes)?;
    }
    let consents_at = file.consents.as_ref().map(|consents| consents.span().start);
    check_needs(place, &routes, consents_at, file.keyring.is_some())?;
    Ok(Config {
        listeners,
        admin,
        local,
        policy: file.policy,
        rules: file.rules,
        keyring: file.keyring,
        trail: file.trail.unwrap_or_else(Config::usual_trail),
        consents: file.consents.map(toml::Spanned::into_inner),
        limits,
        timeouts: file.timeouts.check(place)?,
        changes: file.changes.check(place)?,
        forward,
        traces: file.traces.map(|traces| traces.check(place)).transpose()?,
        routes,
        written: Some((PathBuf::from(name), text.to_owned())),
    })
}

/// Routes, of which no two are called the same or take the same.
fn routes(
    tables: Vec<toml::Spanned<RouteTable>>,
    place: Place<'_>,
    limits: &Limits,
) -> Result<Vec<Route>, ConfigError> {
    let mut routes = Vec::new();
    let (mut names, mut matched) = (BTreeSet::new(), BTreeSet::new());
    for table in tables {
        let at = table.span().start;
        let route = table.into_inner().check(place, limits, at)?;
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
    Ok(routes)
}

/// What a route asks for has to be there.
fn check_needs(
    place: Place<'_>,
    routes: &[Route],
    consents_at: Option<usize>,
    has_keyring: bool,
) -> Result<(), ConfigError> {
    if let Some(route) = routes.iter().find(|route| route.consent.is_some() && consents_at.is_none()) {
        let name = route.name.as_str();
        return Err(place.error_in(
            &route.lines,
            format!("the route {name:?} asks for consent, and no ledger is named: write [consents] store = \"…\""),
        ));
    }
    if let Some(at) = consents_at.filter(|_| !has_keyring) {
        return Err(
            place.error(at, "consents know persons by keyed digests: write [keyring] with a path and what it is under")
        );
    }
    Ok(())
}
