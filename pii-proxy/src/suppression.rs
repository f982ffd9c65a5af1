//! For some minutes, one kind in one field of one route leaves as it is: for messages that have to go and are stopped wrongly.
//! Somebody asks and somebody else approves; the figure tells until it is over, and a restart ends it.

use pii_core::policy::Field;
use pii_core::{Class, Kind};
use pii_store::trail::Name;
use serde::Deserialize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// The most minutes: whoever needs longer changes the policy.
pub const SUPPRESSED_MINUTES: u64 = 60;

/// So many at once.
const MOST: usize = 32;

/// What is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The route.
    pub route: String,
    /// The kind.
    pub kind: String,
    /// The field: a path or a name.
    pub field: String,
    /// For so long.
    pub minutes: u64,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub by: String,
    /// Who approves: somebody else.
    pub approver: String,
}

/// What leaves as it is for now.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// On which route.
    pub route: Name,
    /// Which kind.
    pub kind: Kind,
    /// In which field.
    pub field: Field,
    /// The field, as it was written.
    pub written: String,
    /// Until when.
    pub until: Instant,
}

/// All that are in force.
#[derive(Debug, Default)]
pub struct Suppressions {
    all: RwLock<Vec<Arc<Suppression>>>,
    /// Most of the time there is none, and no message waits for a lock.
    count: AtomicUsize,
}

impl Asked {
    /// Checks what is asked for. `class` says how sensitive a kind is, `None` that there is none.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn check(
        &self,
        has_route: impl Fn(&str) -> bool,
        class: impl Fn(Kind) -> Option<Class>,
        now: Instant,
    ) -> Result<Suppression, String> {
        let route = Name::new(&self.route).filter(|route| has_route(route.as_str()));
        let route = route.ok_or("there is no route of this name: /routes lists them")?;
        let known = Kind::new(&self.kind).and_then(|kind| Some((kind, class(kind)?)));
        let (kind, class) = known.ok_or("there is no kind of this name: `pii rules show` lists them")?;
        if class >= Class::FOUR {
            return Err(format!("{kind} is of class 4, which nothing lets out: take it out of the message"));
        }
        let field = Field::parse(&self.field).map_err(|error| format!("field: {error}"))?;
        if !(1..=SUPPRESSED_MINUTES).contains(&self.minutes) {
            return Err(format!("write minutes from 1 to {SUPPRESSED_MINUTES}: for longer, change the policy"));
        }
        let said = [("reason", &self.reason), ("by", &self.by), ("approver", &self.approver)];
        if let Some((what, _)) = said.iter().find(|(_, words)| words.trim().is_empty()) {
            return Err(format!("say by `{what}` for what, or who it is"));
        }
        if self.by.trim().eq_ignore_ascii_case(self.approver.trim()) {
            return Err("whoever asks cannot approve it: have somebody else do that".to_owned());
        }
        let until = now + Duration::from_secs(60 * self.minutes);
        Ok(Suppression { route, kind, field, written: self.field.clone(), until })
    }
}

impl Suppressions {
    /// Puts one in force.
    ///
    /// # Errors
    /// There are as many as may be.
    pub fn begin(&self, suppression: Suppression) -> Result<Arc<Suppression>, String> {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            return Err(format!(
                "{MOST} are in force, and more cannot be: wait until one is over, or change the policy"
            ));
        }
        let suppression = Arc::new(suppression);
        all.push(Arc::clone(&suppression));
        self.count.store(all.len(), Ordering::Release);
        Ok(suppression)
    }

    /// Ends one. `false`: it was over.
    pub fn end(&self, suppression: &Arc<Suppression>) -> bool {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        let before = all.len();
        all.retain(|known| !Arc::ptr_eq(known, suppression));
        self.count.store(all.len(), Ordering::Release);
        all.len() < before
    }

    /// What leaves as it is on a route now.
    #[must_use]
    pub fn on(&self, route: &Name, now: Instant) -> Vec<(Kind, Field)> {
        if self.count.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        let holds = |known: &&Arc<Suppression>| known.route == *route && now < known.until;
        self.all().iter().filter(holds).map(|known| (known.kind, known.field.clone())).collect()
    }

    /// All that are in force.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Suppression>> {
        self.all.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        let word = str::to_owned;
        let (route, kind, field) = (word("sms"), word("mobile_phone"), word("$.text"));
        let (reason, by, approver) = (word("margin calls are stopped"), word("li"), word("wang"));
        Asked { route, kind, field, minutes: 10, reason, by, approver }
    }

    fn checked(asked: &Asked) -> Result<Suppression, String> {
        let class = |kind: Kind| match kind.as_str() {
            "mobile_phone" => Some(Class::ONE),
            "password" => Some(Class::FOUR),
            _ => None,
        };
        asked.check(|route| route == "sms", class, Instant::now())
    }

    #[test]
    fn it_takes_a_field_two_persons_and_minutes() {
        assert!(checked(&asked()).is_ok());
        type Change = fn(&mut Asked);
        let wrong: [(Change, &str); 9] = [
            (|asked| asked.route = "other".to_owned(), "no route"),
            (|asked| asked.kind = "nonsense".to_owned(), "no kind"),
            (|asked| asked.kind = "password".to_owned(), "class 4"),
            (|asked| asked.field = "$.a[".to_owned(), "field:"),
            (|asked| asked.minutes = 0, "minutes"),
            (|asked| asked.minutes = 61, "minutes"),
            (|asked| asked.reason = " ".to_owned(), "reason"),
            (|asked| asked.approver = "Li ".to_owned(), "somebody else"),
            (|asked| asked.by.clear(), "`by`"),
        ];
        for (change, told) in wrong {
            let mut asked = asked();
            change(&mut asked);
            let error = checked(&asked).expect_err("it cannot be");
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn it_holds_on_its_route_until_it_is_over() {
        let all = Suppressions::default();
        let route = |name| Name::new(name).expect("a name");
        let one = all.begin(checked(&asked()).expect("it can be")).expect("there is room");
        let now = Instant::now();
        assert_eq!(all.on(&route("sms"), now).len(), 1);
        assert!(all.on(&route("other"), now).is_empty());
        assert!(all.on(&route("sms"), now + Duration::from_secs(600)).is_empty());
        assert!(all.end(&one) && !all.end(&one) && all.on(&route("sms"), now).is_empty());
        for _ in 0..MOST {
            all.begin(checked(&asked()).expect("it can be")).expect("there is room");
        }
        assert!(all.begin(checked(&asked()).expect("it can be")).is_err());
    }
}
