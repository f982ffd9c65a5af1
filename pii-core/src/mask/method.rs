//! What a rule says about a mask, parsed.

use crate::nearest::nearest;
use std::fmt;

/// The most characters of a value that any mask shows, beginning and end together: what PCI DSS 4.0 §3.4.1 allows for a
/// card (BIN and last four), and the most that any profile here asks for.
pub const SHOWN_LIMIT: usize = 10;

/// The most stars that stand for the hidden part in free text.
pub const STARS_LIMIT: usize = 64;

/// How a mask goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Shows some characters at the beginning and some at the end.
    Keep,
    /// Shows the surname.
    Surname,
    /// Shows the first characters before the `@`, and the domain.
    Email,
    /// Shows the place down to a level: 2 the city, 3 the county, 4 the road.
    Address,
    /// Shows nothing (or the year, or year and month) and keeps the way the date is written.
    Date,
    /// Shows the area code of a landline.
    AreaCode,
    /// Shows the first parts of an IP address.
    Octets,
    /// Shows the first bytes of a hardware address.
    Groups,
    /// Shows the end of an account number, never more of it than leaves six digits hidden.
    TailOfAccount,
    /// Shows nothing at all.
    Drop,
    /// Shows everything.
    Pass,
}

/// The methods' names in rule files, the numbers that each reads, and the greatest value of `parts`.
const METHODS: [(&str, Method, &[&str], usize); 11] = [
    ("keep", Method::Keep, &["first", "last", "stars", "letter"], 0),
    ("surname", Method::Surname, &["last", "stars"], 0),
    ("email", Method::Email, &["first", "stars"], 0),
    ("address", Method::Address, &["parts", "stars"], 4),
    ("date", Method::Date, &["parts"], 2),
    ("area_code", Method::AreaCode, &["last", "stars"], 0),
    ("octets", Method::Octets, &["parts"], 3),
    ("groups", Method::Groups, &["parts"], 3),
    ("tail_of_account", Method::TailOfAccount, &["last", "stars"], 0),
    ("drop", Method::Drop, &[], 0),
    ("pass", Method::Pass, &[], 0),
];

impl Method {
    /// The name, as rule files spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        METHODS.iter().find(|(_, method, ..)| *method == self).map_or("keep", |(name, ..)| name)
    }
}

/// What is shown of a value. Made by [`Mask::parse`]; two masks are equal when they always show the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mask {
    method: Method,
    first: usize,
    last: usize,
    stars: usize,
    parts: usize,
    letter: bool,
}

impl Mask {
    /// Parses what a rule file says (`method` is `keep` when it says nothing).
    ///
    /// `first` and `last` count characters of the canonical value, `stars` how many stars stand for the rest in free
    /// text. Where showing nothing would be another method, a number that is not given means what the strict profile
    /// shows: `email` 1 character, `address` 2 levels, `octets` 1, `groups` 3, `tail_of_account` 4.
    ///
    /// # Errors
    /// Says what to write instead: an unknown method, a number out of its range, one that the method does not read.
    pub fn parse(
        method: Option<&str>,
        first: usize,
        last: usize,
        stars: Option<usize>,
        parts: usize,
        letter: bool,
    ) -> Result<Self, String> {
        let word = method.unwrap_or("keep");
        let Some(&(name, method, reads, parts_limit)) = METHODS.iter().find(|(name, ..)| *name == word) else {
            return Err(unknown_method(word));
        };
        let given = [
            ("first", first > 0),
            ("last", last > 0),
            ("stars", stars.is_some()),
            ("parts", parts > 0),
            ("letter", letter),
        ];
        if let Some((key, _)) = given.iter().find(|(key, is_given)| *is_given && !reads.contains(key)) {
            return Err(not_read(name, key, reads));
        }
        if first + last > SHOWN_LIMIT {
            return Err(format!("a mask shows at most {SHOWN_LIMIT} characters: make first + last smaller"));
        }
        if stars.is_some_and(|n| n == 0 || n > STARS_LIMIT) {
            return Err(format!("stars must be 1 to {STARS_LIMIT}"));
        }
        if parts > parts_limit || (method == Method::Address && parts == 1) {
            return Err(parts_out_of_range(method, parts_limit));
        }
        let mask = Self { method, first, last, stars: stars.unwrap_or(method.usual_stars()), parts, letter };
        Ok(mask.with_strict_defaults())
    }

    /// The mask that hides everything: always allowed, and what remains when nothing else is safe.
    #[must_use]
    pub fn full() -> Self {
        Self { method: Method::Keep, first: 0, last: 0, stars: Method::Keep.usual_stars(), parts: 0, letter: false }
    }

    /// The mask for a value that goes as a whole.
    #[must_use]
    pub fn drop() -> Self {
        Self { method: Method::Drop, stars: Method::Drop.usual_stars(), ..Self::full() }
    }

    fn with_strict_defaults(mut self) -> Self {
        match self.method {
            Method::Email if self.first == 0 => self.first = 1,
            Method::Address if self.parts == 0 => self.parts = 2,
            Method::Octets if self.parts == 0 => self.parts = 1,
            Method::Groups if self.parts == 0 => self.parts = 3,
            Method::TailOfAccount if self.last == 0 => self.last = 4,
            _ => {}
        }
        self
    }

    /// This mask, showing `first` characters at the beginning and `last` at the end, where that is less than now.
    #[must_use]
    pub(super) fn showing_at_most(self, first: usize, last: usize) -> Self {
        let least = Self { first: first.min(self.first), last: last.min(self.last), ..self };
        Self { letter: self.letter && first > 0, ..least }.or_full()
    }

    /// What this mask and another both show of the same value. Of different methods, nothing: their parts don't compare.
    #[must_use]
    pub(super) fn shared_with(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        let counts = |mask: Self| matches!(mask.method, Method::Keep | Method::TailOfAccount);
        if !counts(self) || !counts(other) {
            let is_dropped = self.method == Method::Drop || other.method == Method::Drop;
            return if is_dropped { Self::drop() } else { Self::full() };
        }
        let shows_letter = |mask: Self| mask.letter || mask.first > 0;
        let both_keep = self.method == other.method;
        Self {
            method: if both_keep { self.method } else { Method::TailOfAccount },
            first: if both_keep { self.first.min(other.first) } else { 0 },
            last: self.last.min(other.last),
            letter: both_keep && (self.letter || other.letter) && shows_letter(self) && shows_letter(other),
            ..self
        }
        .or_full()
    }

    /// This mask with no fewer stars than `least` in free text.
    pub(super) fn with_stars_at_least(self, least: usize) -> Self {
        Self { stars: self.stars.max(least), ..self }
    }

    /// An account's tail of nothing is the full mask, and is written as such.
    fn or_full(self) -> Self {
        let shows_nothing = self.first == 0 && self.last == 0 && !self.letter;
        let counts = matches!(self.method, Method::Keep | Method::TailOfAccount);
        if shows_nothing && counts { Self { stars: self.stars, ..Self::full() } } else { self }
    }

    /// How it goes about it.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// Characters shown at the beginning, at most.
    #[must_use]
    pub fn first(&self) -> usize {
        self.first
    }

    /// Characters shown at the end, at most.
    #[must_use]
    pub fn last(&self) -> usize {
        self.last
    }

    /// Stars that stand for the rest in free text.
    #[must_use]
    pub fn stars(&self) -> usize {
        self.stars
    }

    /// Whole parts that are shown, at most (levels of a place, octets, bytes of a hardware address, 1 = year).
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// Whether a letter at the very beginning is shown.
    #[must_use]
    pub fn letter(&self) -> bool {
        self.letter
    }
}

impl Method {
    /// Stars in free text when the rule gives no number.
    fn usual_stars(self) -> usize {
        match self {
            Self::Surname => 2,
            Self::Email | Self::Address | Self::Drop => 3,
            _ => 4,
        }
    }
}

impl Mask {
    /// What it shows, in words that follow "shows".
    #[must_use]
    pub fn shows(&self) -> String {
        let ends = [("first", self.first), ("last", self.last)];
        let ends = ends.into_iter().filter(|(_, count)| *count > 0).map(|(end, count)| match count {
            1 => format!("the {end} character"),
            n => format!("the {end} {n} characters"),
        });
        let letter = self.letter.then(|| "a leading letter".to_owned());
        let ends: Vec<String> = letter.into_iter().chain(ends).collect();
        let parts = self.parts;
        match self.method {
            Method::Pass => "everything".to_owned(),
            Method::Surname => "the surname".to_owned(),
            Method::Email => format!("{} and the domain", ends.join(" and ")),
            Method::Address if parts >= 4 => "the place down to the road".to_owned(),
            Method::Address if parts == 3 => "the place down to the county".to_owned(),
            Method::Address => "the place down to the city".to_owned(),
            Method::Date if parts == 1 => "the year".to_owned(),
            Method::Date if parts >= 2 => "the year and the month".to_owned(),
            Method::AreaCode if ends.is_empty() => "the area code".to_owned(),
            Method::AreaCode => format!("the area code and {}", ends.join(" and ")),
            Method::Octets | Method::Groups if parts == 1 => "the first part".to_owned(),
            Method::Octets | Method::Groups => format!("the first {parts} parts"),
            Method::TailOfAccount => format!("{}, and less where fewer than six would be hidden", ends.join(" and ")),
            _ if ends.is_empty() => "nothing".to_owned(),
            _ => ends.join(" and "),
        }
    }
}

impl fmt::Display for Mask {
    /// As a rule file would have it: `keep first=1 last=1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method.as_str())?;
        for (key, number) in [("first", self.first), ("last", self.last), ("parts", self.parts)] {
            if number > 0 {
                write!(f, " {key}={number}")?;
            }
        }
        if self.letter { f.write_str(" letter") } else { Ok(()) }
    }
}

fn unknown_method(word: &str) -> String {
    let names = METHODS.map(|(name, ..)| name);
    match nearest(word, names) {
        Some(meant) => format!("unknown mask method {word:?}: write {meant:?}"),
        None => format!("unknown mask method {word:?}: write one of {}", names.join(", ")),
    }
}

fn not_read(method: &str, key: &str, reads: &[&str]) -> String {
    if reads.is_empty() {
        format!("the mask method {method:?} takes no numbers: take {key:?} out")
    } else {
        format!("the mask method {method:?} does not read {key:?}: take it out (it reads {})", reads.join(", "))
    }
}

fn parts_out_of_range(method: Method, limit: usize) -> String {
    match method {
        Method::Address => "parts must be 2 (city), 3 (county) or 4 (road)".to_owned(),
        Method::Date => "parts must be 1 (the year is shown) or 2 (year and month)".to_owned(),
        _ => format!("parts must be at most {limit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Given<'a> = (Option<&'a str>, usize, usize, Option<usize>, usize, bool);

    fn parse((method, first, last, stars, parts, letter): Given<'_>) -> Result<Mask, String> {
        Mask::parse(method, first, last, stars, parts, letter)
    }

    #[test]
    fn what_is_shown_is_said_in_words() {
        let cases: [(Given<'_>, &str); 14] = [
            ((None, 1, 1, None, 0, false), "the first character and the last character"),
            ((None, 3, 2, None, 0, false), "the first 3 characters and the last 2 characters"),
            ((None, 0, 2, None, 0, true), "a leading letter and the last 2 characters"),
            ((None, 0, 0, None, 0, false), "nothing"),
            ((Some("surname"), 0, 0, None, 0, false), "the surname"),
            ((Some("email"), 0, 0, None, 0, false), "the first character and the domain"),
            ((Some("address"), 0, 0, None, 3, false), "the place down to the county"),
            ((Some("date"), 0, 0, None, 0, false), "nothing"),
            ((Some("date"), 0, 0, None, 1, false), "the year"),
            ((Some("area_code"), 0, 0, None, 0, false), "the area code"),
            ((Some("octets"), 0, 0, None, 2, false), "the first 2 parts"),
            (
                (Some("tail_of_account"), 0, 4, None, 0, false),
                "the last 4 characters, and less where fewer than six would be hidden",
            ),
            ((Some("drop"), 0, 0, None, 0, false), "nothing"),
            ((Some("pass"), 0, 0, None, 0, false), "everything"),
        ];
        for (given, words) in cases {
            assert_eq!(parse(given).map(|mask| mask.shows()), Ok(words.to_owned()), "{given:?}");
        }
    }

    #[test]
    fn errors_say_what_to_write_instead() {
        let cases: [(Given<'_>, &str); 10] = [
            ((Some("surnam"), 0, 0, None, 0, false), "unknown mask method \"surnam\": write \"surname\""),
            (
                (Some("shuffle"), 0, 0, None, 0, false),
                "unknown mask method \"shuffle\": write one of keep, surname, email, address, date, area_code, octets, \
                 groups, tail_of_account, drop, pass",
            ),
            ((Some("drop"), 1, 0, None, 0, false), "the mask method \"drop\" takes no numbers: take \"first\" out"),
            (
                (Some("date"), 0, 0, Some(2), 0, false),
                "the mask method \"date\" does not read \"stars\": take it out (it reads parts)",
            ),
            ((None, 7, 4, None, 0, false), "a mask shows at most 10 characters: make first + last smaller"),
            ((None, 1, 1, Some(0), 0, false), "stars must be 1 to 64"),
            ((None, 1, 1, Some(65), 0, false), "stars must be 1 to 64"),
            ((Some("address"), 0, 0, None, 1, false), "parts must be 2 (city), 3 (county) or 4 (road)"),
            ((Some("date"), 0, 0, None, 3, false), "parts must be 1 (the year is shown) or 2 (year and month)"),
            ((Some("octets"), 0, 0, None, 4, false), "parts must be at most 3"),
        ];
        for (given, message) in cases {
            assert_eq!(parse(given).expect_err(message), message);
        }
    }

    #[test]
    fn what_is_not_said_is_what_strict_shows() {
        for (word, shown) in [
            (None, "keep"),
            (Some("email"), "email first=1"),
            (Some("address"), "address parts=2"),
            (Some("octets"), "octets parts=1"),
            (Some("groups"), "groups parts=3"),
            (Some("tail_of_account"), "tail_of_account last=4"),
            (Some("date"), "date"),
        ] {
            let mask = parse((word, 0, 0, None, 0, false)).expect("known word");
            assert_eq!(mask.to_string(), shown);
        }
        assert_eq!(parse((None, 0, 2, None, 0, true)).expect("known").to_string(), "keep last=2 letter");
    }

    #[test]
    fn every_method_has_its_name() {
        for (name, method, ..) in METHODS {
            assert_eq!(method.as_str(), name);
        }
    }
}
