//! Characters in their places: digits become digits, capital letters capital letters, small letters small letters.
//!
//! What a rule says beside that (which characters stay, which are computed from the others, which letters occur) makes the
//! domain. What comes out in another form than what went in, by the rule's own forms and checks, is enciphered again until it
//! has that form: so values of each form map to values of that form, one to one, and mistyped ones to mistyped ones. Likewise
//! what is no bank card's number comes out as none.

use super::check_characters as check;
use super::domain::Domains;
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::written::Written;
use crate::Kind;
use crate::check::{Verdict, bank_card};
use crate::rule::{CheckCharacters, Form, InPlace, Shape};
use regex_automata::{Anchored, Input};
use sha2::{Digest as _, Sha256};

/// How often a value is enciphered again at most. Where a form is rarer than that among the characters of its shape, the
/// rule lacks a check or a method of its own.
const WALK_LIMIT: usize = 20_000;

/// Stands for a character that is no ASCII character.
const OTHER: u8 = 0xFF;

/// The codec for characters in their places.
pub(super) struct InPlaceCodec {
    kind: Kind,
    forms: Vec<Form>,
    description: InPlace,
    /// The characters that are enciphered: digits, capital letters, small letters.
    sorts: [Vec<u8>; 3],
    /// Letters of both cases are the same. Those of the value are capitals then.
    folds_case: bool,
    domains: Domains,
    is_marked: bool,
}

/// A value without how it is written.
struct Value {
    /// ASCII characters, and [`OTHER`] for any other.
    characters: Vec<u8>,
    /// Where each stands in the plain text.
    places: Vec<usize>,
}

/// What a value has to share with what comes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Class {
    /// Bit `n`: the rule's form `n` fits; fits and passes its check; and is as sure as can be.
    fits: u64,
    passes: u64,
    valid: u64,
    /// The check characters are right, and computed again.
    is_right: bool,
    /// A bank card's number as well: what is none may not come out as somebody's card.
    is_card: bool,
    /// How many bytes of the text stand before the value.
    prefix: usize,
    /// How many characters stay at the beginning.
    first: usize,
}

/// What happens to a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Enciphered(usize),
    Computed,
    Kept,
    /// Stays, and is no part of what the value means.
    Behind,
}

impl InPlaceCodec {
    /// # Errors
    /// A marked codec for what has no check character.
    pub(super) fn new(
        kind: Kind,
        forms: &[Form],
        description: &InPlace,
        domains: Domains,
        is_marked: bool,
    ) -> Result<Self, FpeError> {
        if is_marked && description.check.is_none() {
            return Err(FpeError::new(Reason::NoMark));
        }
        let of =
            |range: std::ops::RangeInclusive<u8>| range.filter(|&b| description.alphabet.has(b)).collect::<Vec<u8>>();
        let (digits, mut capitals, mut small) = (of(b'0'..=b'9'), of(b'A'..=b'Z'), of(b'a'..=b'z'));
        let folds_case = capitals.is_empty() || small.is_empty();
        if folds_case {
            capitals.extend(small.drain(..).map(|b| b.to_ascii_uppercase()));
        }
        let sorts = [digits, capitals, small];
        let (forms, description) = (forms.to_vec(), description.clone());
        Ok(Self { kind, forms, description, sorts, folds_case, domains, is_marked })
    }

    /// What comes of a value. `is_other` says of characters that another codec deals with them: those come out never.
    ///
    /// # Errors
    /// The value has none of the rule's forms, or too few values share its shape.
    pub(super) fn run(
        &self,
        direction: Direction,
        text: &str,
        is_other: impl Fn(&[u8]) -> bool,
    ) -> Result<String, FpeError> {
        let written = Written::of(text);
        let mut plain = written.plain().as_bytes().to_vec();
        let mut value = self.read(written.plain());
        if let (true, Direction::Decrypt) = (self.is_marked, direction) {
            self.mark(direction, &mut value)?;
            self.write(&value, &mut plain);
        }
        let class = self.class(&value.characters, &plain);
        if class.fits == 0 || self.is_marked && !class.is_right || is_other(&value.characters) {
            return Err(self.not_valid());
        }
        self.permute(direction, &mut value, &mut plain, class, is_other)?;
        if let (true, Direction::Encrypt) = (self.is_marked, direction) {
            self.mark(direction, &mut value)?;
            self.write(&value, &mut plain);
        }
        Ok(written.with(&plain))
    }

    fn permute(
        &self,
        direction: Direction,
        value: &mut Value,
        plain: &mut [u8],
        class: Class,
        is_other: impl Fn(&[u8]) -> bool,
    ) -> Result<(), FpeError> {
        let fates = self.fates(&value.characters, class);
        let kept = self.kept(value, &fates, plain);
        let enciphered = |fate: &Fate| match fate {
            Fate::Enciphered(sort) => self.sorts.get(*sort),
            _ => None,
        };
        let (mut sizes, mut row) = (Vec::new(), Vec::new());
        for (character, members) in value.characters.iter().zip(fates.iter().map(enciphered)) {
            let Some(members) = members else { continue };
            let at = members.iter().position(|member| member == character).unwrap_or(0);
            sizes.push(u32::try_from(members.len()).unwrap_or(0));
            row.push(u32::try_from(at).unwrap_or(0));
        }
        let domain = self.domains.of(&sizes, kept)?;
        for _ in 0..WALK_LIMIT {
            domain.run(direction, &mut row)?;
            let places = value.characters.iter_mut().zip(fates.iter().map(enciphered));
            for ((place, members), &at) in places.filter_map(|(p, members)| Some((p, members?))).zip(&row) {
                let member = usize::try_from(at).ok().and_then(|at| members.get(at));
                *place = member.copied().unwrap_or(*place);
            }
            if let (true, Some(check)) = (class.is_right, self.description.check) {
                check::write(check, &mut value.characters);
            }
            self.write(value, plain);
            if self.class(&value.characters, plain) == class && !is_other(&value.characters) {
                return Ok(());
            }
        }
        Err(FpeError::new(Reason::Sparse))
    }

    /// The characters that count: letters, digits, and whatever else the alphabet has.
    fn read(&self, plain: &str) -> Value {
        let prefix = self.prefix(plain);
        let (mut characters, mut places) = (Vec::with_capacity(plain.len()), Vec::with_capacity(plain.len()));
        for (at, c) in plain.char_indices().skip_while(|(at, _)| *at < prefix) {
            let byte = u8::try_from(c).ok().filter(u8::is_ascii);
            let counts = match byte {
                Some(byte) => byte.is_ascii_alphanumeric() || self.description.alphabet.has(byte),
                None => c.is_alphanumeric(),
            };
            if counts {
                let byte = byte.unwrap_or(OTHER);
                characters.push(if self.folds_case { byte.to_ascii_uppercase() } else { byte });
                places.push(at);
            }
        }
        Value { characters, places }
    }

    /// Writes a value into its plain text. Letters keep the case of those that they take the place of.
    fn write(&self, value: &Value, plain: &mut [u8]) {
        for (&character, &place) in value.characters.iter().zip(&value.places) {
            if let Some(byte) = plain.get_mut(place).filter(|_| character != OTHER) {
                let is_small = self.folds_case && byte.is_ascii_lowercase();
                *byte = if is_small { character.to_ascii_lowercase() } else { character };
            }
        }
    }

    fn class(&self, characters: &[u8], plain: &[u8]) -> Class {
        let is_right = self.description.check.is_some_and(|check| check::are_right(check, characters));
        let prefix = str::from_utf8(plain).map_or(0, |plain| self.prefix(plain));
        let is_card = bank_card::check(characters) >= Verdict::Likely;
        let first = self.first(characters);
        let mut class = Class { fits: 0, passes: 0, valid: 0, is_right, is_card, prefix, first };
        let capitals = if self.folds_case { None } else { Some(characters.to_ascii_uppercase()) };
        let canonical = capitals.as_deref().unwrap_or(characters);
        for (n, form) in self.forms.iter().enumerate().take(64).filter(|(_, form)| fits(form, canonical, plain)) {
            let verdict = form.check.map_or(Verdict::Likely, |check| check(canonical));
            class.fits |= 1 << n;
            class.passes |= u64::from(verdict >= Verdict::Likely) << n;
            class.valid |= u64::from(verdict == Verdict::Valid) << n;
        }
        class
    }

    /// How much of a text is a form's prefix (`VIN`) and no part of the value, in bytes.
    fn prefix(&self, plain: &str) -> usize {
        self.forms.iter().map(|form| form.prefix_len(plain)).max().unwrap_or(0)
    }

    /// How many characters stay at the beginning of a value.
    fn first(&self, characters: &[u8]) -> usize {
        let prefixes = self.description.keep_prefixes.iter().map(String::as_bytes);
        let begins = |prefix: &&[u8]| characters.get(..prefix.len()).is_some_and(|b| b.eq_ignore_ascii_case(prefix));
        let prefix = prefixes.filter(begins).map(<[u8]>::len).max().unwrap_or(0);
        self.description.keep_first.max(prefix)
    }

    fn fates(&self, characters: &[u8], class: Class) -> Vec<Fate> {
        let computed = match self.description.check {
            Some(check) if class.is_right => check.places(characters.len()),
            _ => 0..0,
        };
        let behind = self.description.keep_behind.unwrap_or(usize::MAX);
        let fate = |(at, character): (usize, &u8)| match self.sorts.iter().position(|sort| sort.contains(character)) {
            _ if computed.contains(&at) => Fate::Computed,
            _ if at >= behind => Fate::Behind,
            Some(sort) if at >= class.first => Fate::Enciphered(sort),
            _ => Fate::Kept,
        };
        characters.iter().enumerate().map(fate).collect()
    }

    /// What is kept of a value, as a number below 2^24: the beginning of a digest of its characters, where one that is
    /// enciphered counts as one of its sort. Values that share a digest share a permutation, and nothing else comes of it.
    fn kept(&self, value: &Value, fates: &[Fate], plain: &[u8]) -> u32 {
        // One piece is hashed several times as fast as many.
        let mut kept = Vec::with_capacity(2 * value.characters.len());
        for ((&character, fate), &place) in value.characters.iter().zip(fates).zip(&value.places) {
            match fate {
                Fate::Enciphered(sort) => kept.extend([0, u8::try_from(*sort).unwrap_or(0)]),
                Fate::Kept if character == OTHER => {
                    let rest = plain.get(place..).unwrap_or_default();
                    let length = rest.iter().skip(1).take_while(|&&b| b & 0xC0 == 0x80).count() + 1;
                    kept.extend(rest.get(..length).unwrap_or_default());
                }
                Fate::Kept => kept.push(character),
                Fate::Computed | Fate::Behind => {}
            }
        }
        let digest: [u8; 32] = Sha256::digest(&kept).0;
        u32::from_be_bytes([0, digest[0], digest[1], digest[2]])
    }

    fn mark(&self, direction: Direction, value: &mut Value) -> Result<(), FpeError> {
        let check: Option<CheckCharacters> = self.description.check;
        check.and_then(|check| check::mark(check, direction, &mut value.characters)).ok_or_else(|| self.not_valid())
    }

    fn not_valid(&self) -> FpeError {
        FpeError::new(Reason::NotValid { kind: self.kind.as_str() })
    }
}

/// Whether a form finds this and all of it.
fn fits(form: &Form, canonical: &[u8], plain: &[u8]) -> bool {
    match &form.shape {
        Shape::Token(shape) => shape.fits(canonical),
        Shape::AfterLabel(regex) => {
            let input = Input::new(plain).anchored(Anchored::Yes);
            regex.find(input).is_some_and(|found| found.end() == plain.len())
        }
        Shape::Pattern(shape) => {
            let mut found = shape.regex.create_captures();
            shape.regex.captures(plain, &mut found);
            found.get_group(shape.group).is_some_and(|span| span.range() == (0..plain.len()))
        }
        Shape::Recogniser(_) => true,
    }
}
