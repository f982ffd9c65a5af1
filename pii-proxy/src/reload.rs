//! What another configuration changes, and what of it waits for the proxy to be started again: whoever reloads is told both.

use crate::config::{Config, Limits, Lines, Route, Timeouts};
use std::fmt;
use std::time::Duration;

/// What another configuration changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Routes that are new.
    pub added: Vec<String>,
    /// Routes that are no more.
    pub removed: Vec<String>,
    /// Routes that say something else.
    pub changed: Vec<String>,
    /// What else is in force from now on.
    pub others: Vec<&'static str>,
    /// What differs from what runs, and is left as it runs.
    pub left: Vec<&'static str>,
}

impl Difference {
    /// What `now` changes of `before`, and what of it differs from what `runs` since the start.
    #[must_use]
    pub fn between(before: &Config, now: &Config, runs: &Config) -> Self {
        let of = |config: &Config, name: &str| config.routes.iter().find(|route| route.name.as_str() == name).map(said);
        let names = |config: &Config| -> Vec<String> {
            config.routes.iter().map(|route| route.name.as_str().to_owned()).collect()
        };
        let (old, new) = (names(before), names(now));
        let is_changed = |name: &String| of(before, name).is_some_and(|old| Some(old) != of(now, name));
        let mut others = Vec::new();
        if limits_of_requests(&before.limits) != limits_of_requests(&now.limits) {
            others.push("[limits]");
        }
        if before.changes != now.changes {
            others.push("[changes]");
        }
        if before.forward != now.forward {
            others.push("[forward]");
        }
        if of_requests(&before.timeouts) != of_requests(&now.timeouts) {
            others.push("[timeouts]");
        }
        Self {
            added: new.iter().filter(|name| !old.contains(name)).cloned().collect(),
            removed: old.iter().filter(|name| !new.contains(name)).cloned().collect(),
            changed: new.iter().filter(|name| is_changed(name)).cloned().collect(),
            others,
            left: left(now, runs),
        }
    }

    /// Whether it is what was in force before.
    #[must_use]
    pub fn is_none(&self) -> bool {
        let Self { added, removed, changed, others, left: _ } = self;
        added.is_empty() && removed.is_empty() && changed.is_empty() && others.is_empty()
    }
}

/// A route by what it says, wherever in the file it says so.
fn said(route: &Route) -> Route {
    Route { lines: Lines::default(), ..route.clone() }
}

/// Those that are asked for anew by each request.
fn of_requests(timeouts: &Timeouts) -> Timeouts {
    Timeouts { drain: Duration::ZERO, ..*timeouts }
}

/// Limits of one request.
fn limits_of_requests(limits: &Limits) -> [usize; 3] {
    [limits.body_bytes, limits.ratio, limits.findings]
}

/// Limits that are counted from the start on.
fn of_the_start(limits: &Limits) -> Limits {
    Limits { body_bytes: 0, ratio: 0, findings: 0, ..*limits }
}

/// What takes a restart.
fn left(now: &Config, runs: &Config) -> Vec<&'static str> {
    let differs = [
        ("[[listen]]", now.listeners != runs.listeners),
        ("[admin]", now.admin != runs.admin),
        ("[keyring]", now.keyring != runs.keyring),
        ("[trail]", now.trail != runs.trail),
        ("[consents]", now.consents != runs.consents),
        ("[traces]", now.traces != runs.traces),
        ("[limits]", of_the_start(&now.limits) != of_the_start(&runs.limits)),
        ("[timeouts] drain", now.timeouts.drain != runs.timeouts.drain),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            return f.write_str("nothing");
        }
        let others: Vec<String> = self.others.iter().map(|what| (*what).to_owned()).collect();
        let told = [
            ("routes added", &self.added),
            ("routes removed", &self.removed),
            ("routes changed", &self.changed),
            ("also", &others),
        ];
        let told = told.into_iter().filter(|(_, names)| !names.is_empty());
        let told: Vec<String> = told.map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
        f.write_str(&told.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::parse("p.toml", text).expect("it reads")
    }

    #[test]
    fn what_changes_is_told_and_what_waits_for_a_restart() {
        let listen = "[[listen]]\naddress = \"127.0.0.1:8080\"\n";
        let route = |name: &str, channel: &str| {
            format!(
                "[[route]]\nname = \"{name}\"\npath = \"/{name}\"\nupstream = \"http://a.example\"\nchannel = \"{channel}\"\n"
            )
        };
        let before = config(&format!("{listen}{}{}", route("a", "sms"), route("b", "sms")));
        // Another line is no change.
        let same = config(&format!("\n\n{listen}{}{}", route("a", "sms"), route("b", "sms")));
        assert!(Difference::between(&before, &same, &before).is_none());
        let now = config(&format!(
            "{}{}{}[timeouts]\nanswer = \"9 s\"\ndrain = \"1 s\"\n[limits]\nrequests = 900\n",
            listen.replace("8080", "8081"),
            route("a", "push"),
            route("c", "sms")
        ));
        let changes = Difference::between(&before, &now, &before);
        assert_eq!(changes.to_string(), "routes added: c; routes removed: b; routes changed: a; also: [timeouts]");
        assert_eq!(changes.left, ["[[listen]]", "[limits]", "[timeouts] drain"]);
        // What is left is told by what runs, however often the file was read since.
        assert!(Difference::between(&now, &before, &before).left.is_empty());
    }
}
