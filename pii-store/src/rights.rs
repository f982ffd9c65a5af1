//! Who may open what stands in place of values, and who may make tokens on demand.
//!
//! ```toml
//! [[right]]
//! actor    = "complaints-desk"             # one, or a list
//! act      = "reveal"                      # or "tokenise"
//! kinds    = ["bank_card", "mobile_phone"]
//! purposes = ["complaint"]
//! scopes   = ["production"]                # "" is the scope without a name
//! per_hour = 50
//! expires  = 2027-06-30                    # the last day, in China
//! ```
//!
//! Every key has to be there, there is no word for "all", and nothing is granted that no right says. Where several rights
//! apply to an actor, act and purpose, what each of them covers may be done, and the least `per_hour` of them counts.
//!
//! A right is a matter of who calls: the caller has found out who that is. What this does not know: passwords, groups.

mod error;
mod read;

pub use error::RightsError;

use pii_core::Kind;
use pii_core::policy::Date;
use read::{Source, Table, unknown};
use std::fmt;

/// The longest file.
pub const FILE_LIMIT_BYTES: usize = 4 << 20;

/// The most rights of a file.
pub const RIGHTS_LIMIT: usize = 10_000;

/// The largest `per_hour`.
pub const PER_HOUR_LIMIT: u64 = 1_000_000_000;

/// The longest name of an actor, purpose or scope, in bytes.
pub const NAME_LIMIT_BYTES: usize = 256;

const KEYS: [&str; 7] = ["actor", "act", "kinds", "purposes", "scopes", "per_hour", "expires"];

/// What a right allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Opening tokens and sealed values.
    Reveal,
    /// Making tokens of values on demand, by which values could be tried out.
    Tokenise,
}

impl Act {
    const ALL: [Self; 2] = [Self::Reveal, Self::Tokenise];

    /// The word that stands in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reveal => "reveal",
            Self::Tokenise => "tokenise",
        }
    }
}

/// One right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    actors: Vec<String>,
    act: Act,
    kinds: Vec<Kind>,
    purposes: Vec<String>,
    scopes: Vec<String>,
    per_hour: u64,
    expires: Date,
    line: usize,
}

/// All rights of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    rights: Vec<Right>,
}

/// What an actor may do now for a purpose.
#[derive(Clone, Debug)]
pub struct Grant<'r> {
    rights: Vec<&'r Right>,
    per_hour: u64,
}

impl Rights {
    /// Reads a file. `name` is how it is called in errors, `known` the kinds that there are.
    ///
    /// # Errors
    /// Its first mistake, with its line and what to write instead.
    pub fn parse(name: &str, text: &str, known: &[Kind]) -> Result<Self, RightsError> {
        let line_ends = read::line_ends(text);
        let source = Source { name, text, line_ends: &line_ends };
        if text.len() > FILE_LIMIT_BYTES {
            return Err(
                source.error(1, format!("more than {FILE_LIMIT_BYTES} bytes: name several actors in one right"))
            );
        }
        let document = source.parse()?;
        let tables = source.rights(&document)?;
        if tables.len() > RIGHTS_LIMIT {
            return Err(source.error(1, format!("more than {RIGHTS_LIMIT} rights: name several actors in one")));
        }
        let rights = tables.iter().map(|table| Right::read(table, known)).collect::<Result<_, _>>()?;
        Ok(Self { rights })
    }

    /// All of them, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Right] {
        &self.rights
    }

    /// What `actor` may do for `purpose` on a day. `None` where no right applies.
    #[must_use]
    pub fn grant(&self, actor: &str, act: Act, purpose: &str, today: Date) -> Option<Grant<'_>> {
        let applies = |right: &&Right| right.applies(actor, act, purpose, today);
        let rights: Vec<&Right> = self.rights.iter().filter(applies).collect();
        let per_hour = rights.iter().map(|right| right.per_hour).min()?;
        Some(Grant { rights, per_hour })
    }
}

impl Grant<'_> {
    /// Whether a value of this kind and scope is covered.
    #[must_use]
    pub fn covers(&self, kind: Kind, scope: &str) -> bool {
        let has = |right: &&Right| right.kinds.contains(&kind) && right.scopes.iter().any(|known| known == scope);
        self.rights.iter().any(has)
    }

    /// The kinds that it covers in any scope, each once.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.rights.iter().flat_map(|right| right.kinds.iter().copied()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// How many values an hour.
    #[must_use]
    pub fn per_hour(&self) -> u64 {
        self.per_hour
    }
}

impl Right {
    fn read(table: &Table<'_, '_>, known: &[Kind]) -> Result<Self, RightsError> {
        table.only(&KEYS)?;
        let act = table.string("act", "act = \"reveal\"")?;
        let words = Act::ALL.map(Act::word);
        let found = Act::ALL.into_iter().find(|known| known.word() == act.value);
        let found = found.ok_or_else(|| table.error(act.line, unknown("act", &act.value, &words)))?;
        let names: Vec<&str> = known.iter().map(|kind| kind.as_str()).collect();
        let kind = |written: read::Written<String>| {
            let kind = known.iter().find(|kind| kind.as_str() == written.value).copied();
            kind.ok_or_else(|| table.error(written.line, unknown("kind", &written.value, &names)))
        };
        let kinds = table.strings("kinds", "kinds = [\"bank_card\"]")?.into_iter().map(kind);
        Ok(Self {
            actors: named(table, "actor", "actor = \"complaints-desk\"", false)?,
            act: found,
            kinds: kinds.collect::<Result<_, _>>()?,
            purposes: named(table, "purposes", "purposes = [\"complaint\"]", false)?,
            scopes: named(table, "scopes", "scopes = [\"production\"]", true)?,
            per_hour: table.count("per_hour", PER_HOUR_LIMIT, "per_hour = 50")?,
            expires: table.date("expires", "expires = 2027-06-30")?,
            line: table.line,
        })
    }

    fn applies(&self, actor: &str, act: Act, purpose: &str, today: Date) -> bool {
        self.act == act
            && today <= self.expires
            && self.actors.iter().any(|known| known == actor)
            && self.purposes.iter().any(|known| known == purpose)
    }

    /// Where it stands in its file, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The last day that it holds.
    #[must_use]
    pub fn expires(&self) -> Date {
        self.expires
    }
}

/// Names of the firm's own: anything that can be compared as it stands.
fn named(table: &Table<'_, '_>, key: &str, example: &str, may_be_empty: bool) -> Result<Vec<String>, RightsError> {
    let read = |written: read::Written<String>| {
        let name = written.value;
        let complain = |what: &str| Err(table.error(written.line, format!("{key:?} {what}: write {example}")));
        if name == "*" {
            return complain("has no word for all: each one has to be named");
        }
        if name.is_empty() && !may_be_empty {
            return complain("must not be empty");
        }
        if name.trim() != name || name.chars().any(char::is_control) {
            return complain("has white space at its ends or control characters");
        }
        if name.len() > NAME_LIMIT_BYTES {
            return complain(&format!("has a name of more than {NAME_LIMIT_BYTES} bytes"));
        }
        Ok(name)
    };
    table.strings(key, example)?.into_iter().map(read).collect()
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
