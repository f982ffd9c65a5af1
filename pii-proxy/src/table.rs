//! What a configuration comes to: routes made ready, each with its policy and its connections. A reload makes another table.

use crate::caller::Callers;
use crate::config::{Changes, Config, Limits, PassAt, Route, Timeouts};
use crate::forward::Forward;
use crate::message::Prepared;
use crate::signature::Signer;
use crate::upstream::{Client, Health};
use hyper::Method;
use pii_core::policy::{Date, Policy};
use pii_core::transform::Transform;
use pii_core::{Class, Engine, Kind, RuleSet};
use pii_flow::{Sources, Versions};
use pii_store::trail::{Hash, HashAlgorithm, Version};
use std::fmt;
use std::path::{self, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// A route may observe for so many days from now on.
const OBSERVED_DAYS: i64 = 30;

/// Routes made ready.
pub struct Table {
    routes: Vec<Arc<RouteAtWork>>,
    engine: Engine,
    policy: Policy,
    keys: Option<Arc<dyn Transform>>,
    /// The policy and the rules in force.
    pub versions: Versions,
    /// How much at once.
    pub limits: Limits,
    /// How long each phase may take.
    pub timeouts: Timeouts,
    /// When it may be changed, and where it is kept.
    pub changes: Changes,
    /// The texts that it was made of, the configuration first, with the absolute paths of their files.
    pub files: Vec<(PathBuf, String)>,
    /// Which configuration this is. `None`: the command line's.
    pub version: Option<Version>,
    /// What becomes of tunnels. `None`: they are refused.
    pub(crate) forward: Option<Forward>,
    /// Who may ask the local API.
    pub callers: Callers,
}

/// A route made ready.
#[derive(Debug)]
pub struct RouteAtWork {
    /// What the configuration says of it.
    pub route: Route,
    /// Connections to its upstream.
    pub client: Client,
    /// Who signs what leaves, where somebody does.
    pub(crate) signer: Option<Signer>,
    /// What is known of its upstream.
    pub(crate) health: Health,
    /// Its policy as it stands today.
    prepared: RwLock<Arc<Prepared>>,
}

impl Table {
    /// Makes a configuration ready for `today`: reads the files that it names.
    ///
    /// # Errors
    /// A file cannot be read, or a rule, the policy or a route cannot be used; in words, with its place.
    pub fn new(
        config: &Config,
        keys: Option<Arc<dyn Transform>>,
        algorithm: HashAlgorithm,
        today: Date,
    ) -> Result<Self, String> {
        let sources =
            Sources::read(config.rules.as_deref(), config.policy.as_deref()).map_err(|error| error.to_string())?;
        let rules: RuleSet = sources.rule_set().map_err(|error| error.to_string())?;
        let policy = sources.policy(&rules).map_err(|error| error.to_string())?;
        let versions = Versions::of(&sources, algorithm).map_err(|error| error.to_string())?;
        let engine = Engine::new(rules.clone());
        let ready = |route: &Route| {
            let wrong = |what: String| in_route(route, None, &what);
            known(route, &rules, today)?;
            let channel = route.channel.as_str();
            let checked = policy.check_channel(channel);
            checked.map_err(|error| in_route(route, Some(("channel", channel)), &error.to_string()))?;
            let purpose = route.purpose.as_ref().map(|name| name.as_str());
            let checked = policy.check_purpose(purpose);
            let at = purpose.map(|purpose| ("purpose", purpose));
            checked.map_err(|error| in_route(route, at, &error.to_string()))?;
            let prepared = Prepared::new(route, &engine, &policy, keys.clone(), today);
            let prepared = prepared.map_err(|error| wrong(error.to_string()))?;
            let client = Client::new(&route.upstream, &config.timeouts).map_err(wrong)?;
            let signer = route.sign.as_ref().map(Signer::new).transpose().map_err(wrong)?;
            let (route, prepared) = (route.clone(), RwLock::new(Arc::new(prepared)));
            Ok(Arc::new(RouteAtWork { route, client, signer, health: Health::default(), prepared }))
        };
        let routes = config.routes.iter().map(ready).collect::<Result<_, String>>()?;
        let forward = config.forward.as_ref().map(|at| Forward::new(at, today)).transpose()?;
        forward.iter().flat_map(Forward::passes).try_for_each(|pass| known_pass(&pass.at, &policy, &rules))?;
        let callers = Callers::new(config.local.as_ref())?;
        let (limits, timeouts, changes) = (config.limits, config.timeouts, config.changes.clone());
        let text = config.written.as_ref().map(|(_, text)| text);
        let version = text.map(|text| Version::Hashed(Hash::of(algorithm, text.as_bytes())));
        let files = files(config, sources);
        Ok(Self { routes, engine, policy, keys, versions, limits, timeouts, changes, files, version, forward, callers })
    }

    /// The route of a request to `host`, in small letters as the client says it: the one that says most of it.
    #[must_use]
    pub fn route(&self, host: &str, path: &str, method: &Method) -> Option<&Arc<RouteAtWork>> {
        let fits = |at_work: &RouteAtWork| at_work.route.matcher.fits(host, path, method);
        let fitting = self.routes.iter().filter_map(|at_work| Some((fits(at_work)?, at_work)));
        fitting.max_by_key(|(fit, _)| *fit).map(|(_, at_work)| at_work)
    }

    /// All routes.
    #[must_use]
    pub fn routes(&self) -> &[Arc<RouteAtWork>] {
        &self.routes
    }

    /// How sensitive a kind is. `None`: no rule defines it.
    #[must_use]
    pub fn class_of(&self, kind: Kind) -> Option<Class> {
        self.engine.rules().rule(kind).map(|rule| rule.class())
    }

    /// Goes on with what was known of the same upstreams under the table before.
    pub(crate) fn take_over(&self, before: &Self) {
        for at_work in &self.routes {
            let is_same = |old: &&Arc<RouteAtWork>| {
                old.route.name == at_work.route.name && old.route.upstream == at_work.route.upstream
            };
            if let Some(old) = before.routes.iter().find(is_same) {
                at_work.health.take_over(&old.health);
            }
        }
    }

    /// The route that is called so.
    #[must_use]
    pub fn route_called(&self, name: &str) -> Option<&Arc<RouteAtWork>> {
        self.routes.iter().find(|at_work| at_work.route.name.as_str() == name)
    }

    /// The policy for messages that come by no route of the configuration, as it stands on `today`. `None`: it does not know the
    /// channel or the purpose, or asks there for keys that are not at hand.
    #[must_use]
    pub fn prepared_for(&self, route: &Route, today: Date) -> Option<Prepared> {
        self.policy.check_channel(route.channel.as_str()).ok()?;
        self.policy.check_purpose(route.purpose.as_ref().map(|name| name.as_str())).ok()?;
        Prepared::new(route, &self.engine, &self.policy, self.keys.clone(), today).ok()
    }

    /// The kind that is called so, of those that there are.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<Kind> {
        // Only what there is becomes a kind: words that somebody makes up are not kept.
        self.engine.rules().named(name).ok().and_then(|_| Kind::new(name))
    }

    /// A route's policy as it stands on `today`.
    ///
    /// # Errors
    /// It cannot be made ready for this day: a rule that ran out had kept it from needing keys.
    pub fn prepared(&self, at_work: &RouteAtWork, today: Date) -> Result<Arc<Prepared>, String> {
        let known = Arc::clone(&at_work.prepared.read().unwrap_or_else(PoisonError::into_inner));
        if known.day() == today {
            return Ok(known);
        }
        let made = Prepared::new(&at_work.route, &self.engine, &self.policy, self.keys.clone(), today);
        let made = Arc::new(made.map_err(|error| error.to_string())?);
        *at_work.prepared.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&made);
        Ok(made)
    }
}

/// The texts that a configuration is made of.
fn files(config: &Config, sources: Sources) -> Vec<(PathBuf, String)> {
    let written = config.written.clone().into_iter();
    let named = sources.policy.into_iter().chain(sources.rules).map(|(path, text)| (PathBuf::from(path), text));
    let absolute = |(path, text): (PathBuf, String)| (path::absolute(&path).unwrap_or(path), text);
    written.chain(named).map(absolute).collect()
}

impl RouteAtWork {
    /// Whether its upstream is known to be down: only of one that is asked is it known when it is back.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.route.health.is_some() && self.health.is_down()
    }

    /// Its upstream was not reached, or said that it is not well.
    pub(crate) fn failed(&self, words: &str) {
        let Some(asked) = &self.route.health else { return };
        if self.health.failed(asked.fails) {
            tracing::error!(route = self.route.name.as_str(), why = words, "an upstream is down");
        }
    }

    /// Its upstream answered.
    pub(crate) fn answered(&self) {
        if self.health.answered() {
            tracing::info!(route = self.route.name.as_str(), "an upstream is up again");
        }
    }
}

/// Whether a route names kinds that there are, and observes no longer than it may.
fn known(route: &Route, rules: &RuleSet, today: Date) -> Result<(), String> {
    let observed = route.observe.iter().flat_map(|observe| &observe.kinds);
    let declared = route.opaque.iter().flat_map(|opaque| &opaque.kinds);
    let asked = route.consent.iter().map(|consent| &consent.kind);
    for kind in observed.chain(declared).chain(asked) {
        let named = rules.named(kind.as_str());
        named.map_err(|what| in_route(route, Some(("kind", kind.as_str())), &what))?;
    }
    let last = today.plus_days(OBSERVED_DAYS);
    if route.observe.as_ref().is_some_and(|observe| last.is_some_and(|last| observe.until > last)) {
        let what = format!("a route is observed for {OBSERVED_DAYS} days at most: write an earlier day for `until`");
        return Err(in_route(route, None, &what));
    }
    Ok(())
}

/// Whether a tunnel that passes is for a channel, a purpose and kinds that there are.
fn known_pass(pass: &PassAt, policy: &Policy, rules: &RuleSet) -> Result<(), String> {
    let wrong = |what: &dyn fmt::Display| format!("[[forward.pass]] {:?}: {what}", pass.name.as_str());
    policy.check_channel(pass.channel.as_str()).map_err(|error| wrong(&error))?;
    policy.check_purpose(pass.purpose.as_ref().map(|name| name.as_str())).map_err(|error| wrong(&error))?;
    pass.kinds.iter().try_for_each(|kind| rules.named(kind.as_str()).map(drop)).map_err(|what| wrong(&what))
}

/// What is wrong in a route, with its place in the file: that of the word which gives cause to it, where there is one.
fn in_route(route: &Route, at: Option<(&'static str, &str)>, what: &str) -> String {
    let (key, word) = at.unwrap_or_default();
    let place = route.lines.place(key, word).map(|place| format!("{place}: ")).unwrap_or_default();
    format!("{place}route {:?}: {what}", route.name.as_str())
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} routes)", self.routes.len())
    }
}
