//! The codec of a rule: what its description makes of a key.

use super::addresses::Addresses;
use super::bank_card::BankCard;
use super::card::Card;
use super::cipher::Cipher;
use super::dates::Dates;
use super::domain::Domains;
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::foreign_resident::ForeignResident;
use super::id_number::{IdNumber, Keep};
use super::identity::Identity;
use super::in_place::InPlaceCodec;
use super::keyed::Keyed;
use super::mobile_phone::MobilePhone;
use super::names::{KeepName, Names};
use super::telephone::{Plan, Telephone};
use super::tweak::Tweak;
use super::{email, network};
use crate::Kind;
use crate::check::{residence_permit, resident_id};
use crate::rule::{Fpe, InPlace, Rule};
use std::fmt;

/// What all codecs do with the rules of this version. The same key, scope and options give the same results for as long as
/// this is the same; a change of a rule's `[fpe]` or forms, or of a table of names or places, takes another. It belongs in the
/// record of what was enciphered, beside [`ID_NUMBER_DOMAIN`](super::ID_NUMBER_DOMAIN).
pub const CODECS: &str = "codecs-v2";

/// The digits of a residence permit's region, which stay in a mistyped one: any others are another kind's.
const PERMIT_REGION_DIGITS: usize = 6;

/// What is up to whoever asks for a codec. The default keeps nothing that need not be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What of an ID number stays; `sex` holds for names too, where their characters tell it. A foreign permanent
    /// resident's number does not tell the sex.
    pub keep: Keep,
    /// The surname of a name stays.
    pub keep_surname: bool,
    /// How many divisions of an address stay: 1 the province, 2 the city too, 3 (and more) the county too.
    pub keep_divisions: u8,
    /// How many days a date is shifted at most, 1 to [`SHIFT_LIMIT_DAYS`](super::SHIFT_LIMIT_DAYS).
    pub shift_days: u16,
    /// What comes out has a check character that is wrong by a step: nobody's value, and recognised as a token's. It comes
    /// back as any other. Only kinds with check characters can do this, and only with values whose own are right.
    pub marked: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { keep: Keep::default(), keep_surname: false, keep_divisions: 0, shift_days: 180, marked: false }
    }
}

/// Encrypts the values of one kind with their form kept, and decrypts them.
///
/// A value may be written in any way in which the engine finds it: in full-width characters, with spaces or hyphens, with
/// `+86` before it. The result has the same meaning for each of them and is written in the same way.
///
/// - Valid values become valid ones, mistyped ones mistyped ones, one to one, but for names and addresses, which are
///   replaced for good.
/// - Key, kind and scope alone decide: equal values come out equal in every table and file.
/// - A value may come out as itself, by a chance of one in the size of its domain, from a million values on. Below that a
///   table of one cycle is used, which leaves none in its place. With fewer than a hundred values there is no codec.
///
/// Setting one up takes some hundred calls of the cipher, and with a small domain up to 0.1 s: keep it.
pub struct Codec {
    kind: Kind,
    method: Method,
}

enum Method {
    InPlace(InPlaceCodec),
    Identity(Box<Identity>),
    ForeignResident(ForeignResident),
    Card(Box<Card>),
    Telephone(Box<Telephone>),
    Email(Domains),
    Ip(Domains),
    Mac(Domains),
    Dates(Dates),
    Names(Names),
    Addresses(Addresses),
}

impl Codec {
    /// The codec for the values that `rule` finds. `scope` is what the firm keeps apart ([`Tweak::of`]).
    ///
    /// # Errors
    /// The rule has no `[fpe]`, or its kind has no check character and is to be marked ([`FpeError::is_unsupported`]); a
    /// limit in the options ([`FpeError::is_limit`]).
    pub fn new(rule: &Rule, cipher: &Cipher, scope: &str, options: &Options) -> Result<Self, FpeError> {
        let kind = rule.kind();
        let fpe = rule.fpe().ok_or(FpeError::new(Reason::NoMethod { kind: kind.as_str() }))?;
        let tweak = Tweak::of(kind, scope);
        let set_up = SetUp { rule, cipher, tweak: &tweak, options };
        if options.marked && !has_check_character(fpe) {
            return Err(FpeError::new(Reason::NoMark));
        }
        Ok(Self { kind, method: set_up.method(fpe)? })
    }

    /// The kind whose values it encrypts.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether there is a way back: not from names and addresses.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        !matches!(self.method, Method::Names(_) | Method::Addresses(_))
    }

    /// Whether [`Codec::encrypt_for`] is to be called, with the person whose value it is: dates.
    #[must_use]
    pub fn takes_subject(&self) -> bool {
        matches!(self.method, Method::Dates(_))
    }

    /// How much there is to guess for who sees a result and knows nothing else, in bits, where that is the same for all
    /// values: ID numbers, of which parts may be kept. Less than 20 is worth a warning.
    #[must_use]
    pub fn bits(&self) -> Option<f64> {
        match &self.method {
            Method::Identity(identity) => Some(identity.bits()),
            _ => None,
        }
    }

    /// Encrypts a value.
    ///
    /// # Errors
    /// It is none of the kind ([`FpeError::is_value`]); fewer than a hundred values have its form
    /// ([`FpeError::is_small_domain`]); it is a date, which takes a subject ([`FpeError::is_subject`]).
    pub fn encrypt(&self, value: &str) -> Result<String, FpeError> {
        self.run(Direction::Encrypt, None, value)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Codec::encrypt`]; there is none ([`FpeError::is_unsupported`], see [`Codec::is_reversible`]).
    pub fn decrypt(&self, value: &str) -> Result<String, FpeError> {
        self.run(Direction::Decrypt, None, value)
    }

    /// Encrypts a value of `subject`: whatever names one person in all tables and no other, such as a customer's number.
    /// Only dates make a difference.
    ///
    /// # Errors
    /// As for [`Codec::encrypt`].
    pub fn encrypt_for(&self, subject: &str, value: &str) -> Result<String, FpeError> {
        self.run(Direction::Encrypt, Some(subject), value)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Codec::decrypt`].
    pub fn decrypt_for(&self, subject: &str, value: &str) -> Result<String, FpeError> {
        self.run(Direction::Decrypt, Some(subject), value)
    }

    /// Encrypts a column of values: of cards, mobile numbers and ID numbers many times as fast as one by one. A column of
    /// dates goes through [`Codec::encrypt_for`], because each has its person.
    pub fn encrypt_each(&self, values: &[&str]) -> Vec<Result<String, FpeError>> {
        self.run_each(Direction::Encrypt, values)
    }

    /// The way back.
    pub fn decrypt_each(&self, values: &[&str]) -> Vec<Result<String, FpeError>> {
        self.run_each(Direction::Decrypt, values)
    }

    fn run(&self, direction: Direction, subject: Option<&str>, value: &str) -> Result<String, FpeError> {
        let one_way = || match direction {
            Direction::Encrypt => Ok(()),
            Direction::Decrypt => Err(FpeError::new(Reason::OneWay { kind: self.kind.as_str() })),
        };
        match &self.method {
            Method::InPlace(codec) => codec.run(direction, value, |_| false),
            Method::Identity(codec) => codec.run(direction, value),
            Method::ForeignResident(codec) => codec.run(direction, value),
            Method::Card(codec) => codec.run(direction, value),
            Method::Telephone(codec) => codec.run(direction, value),
            Method::Email(domains) => email::run(domains, direction, value),
            Method::Ip(domains) => network::ip(domains, direction, value),
            Method::Mac(domains) => network::mac(domains, direction, value),
            Method::Dates(codec) => {
                let subject = subject.filter(|subject| !subject.is_empty());
                codec.run(direction, subject.ok_or(FpeError::new(Reason::NoSubject))?, value)
            }
            Method::Names(codec) => one_way().and_then(|()| codec.run(value)),
            Method::Addresses(codec) => one_way().and_then(|()| codec.run(value)),
        }
    }

    /// Plain values go through a batch together. What the batch does not take (another form, mistyped) goes alone.
    fn run_each(&self, direction: Direction, values: &[&str]) -> Vec<Result<String, FpeError>> {
        let together = match &self.method {
            Method::Identity(codec) => codec.run_each(direction, values),
            Method::Card(codec) => codec.run_each(direction, values),
            Method::Telephone(codec) => codec.run_each(direction, values),
            _ => Vec::new(),
        };
        let mut together = together.into_iter();
        let result = |value: &&str| together.next().flatten().map_or_else(|| self.run(direction, None, value), Ok);
        values.iter().map(result).collect()
    }
}

fn has_check_character(fpe: &Fpe) -> bool {
    match fpe {
        Fpe::InPlace(description) => description.check.is_some(),
        Fpe::ResidentId | Fpe::ResidencePermit | Fpe::ForeignPermanentResidentId | Fpe::BankCard => true,
        _ => false,
    }
}

/// What a codec is made from.
struct SetUp<'a> {
    rule: &'a Rule,
    cipher: &'a Cipher,
    tweak: &'a Tweak,
    options: &'a Options,
}

impl SetUp<'_> {
    fn method(&self, fpe: &Fpe) -> Result<Method, FpeError> {
        let Self { cipher, tweak, options, .. } = *self;
        let keyed = || Keyed::new(cipher, tweak);
        Ok(match fpe {
            Fpe::InPlace(description) => Method::InPlace(self.in_place(description)?),
            Fpe::ResidentId => {
                let number = IdNumber::resident(cipher, tweak, options.keep)?;
                let other = self.mistyped(0)?;
                self.identity("resident_id", resident_id::check, number, other)
            }
            Fpe::ResidencePermit => {
                let number = IdNumber::residence_permit(cipher, tweak, options.keep)?;
                let other = self.mistyped(PERMIT_REGION_DIGITS)?;
                self.identity("residence_permit", residence_permit::check, number, other)
            }
            Fpe::ForeignPermanentResidentId => {
                Method::ForeignResident(ForeignResident::new(options.keep, self.domains(), options.marked))
            }
            Fpe::BankCard => {
                let other = self.mistyped(super::bank_card::ISSUER_DIGITS)?;
                Method::Card(Box::new(Card::new(BankCard::new(cipher, tweak)?, other, options.marked)))
            }
            Fpe::MobilePhone => self.telephone(Plan::Mobile)?,
            Fpe::LandlinePhone => self.telephone(Plan::Landline)?,
            Fpe::Email => Method::Email(self.domains()),
            Fpe::IpAddress => Method::Ip(self.domains()),
            Fpe::MacAddress => Method::Mac(self.domains()),
            Fpe::Date => Method::Dates(Dates::new(keyed(), options.shift_days)?),
            Fpe::Name => {
                let keep = KeepName { surname: options.keep_surname, sex: options.keep.sex };
                Method::Names(Names::new(keyed(), keep))
            }
            Fpe::Address => Method::Addresses(Addresses::new(keyed(), options.keep_divisions)),
        })
    }

    fn domains(&self) -> Domains {
        Domains::new(self.cipher, self.tweak)
    }

    fn in_place(&self, description: &InPlace) -> Result<InPlaceCodec, FpeError> {
        let Self { rule, options, .. } = *self;
        InPlaceCodec::new(rule.kind(), &rule.forms, description, self.domains(), options.marked)
    }

    /// For what is nearly of the kind: digits, of which so many stay. A codec that marks takes none of them.
    fn mistyped(&self, keep_first: usize) -> Result<Option<InPlaceCodec>, FpeError> {
        if self.options.marked { Ok(None) } else { self.in_place(&InPlace::digits(keep_first)).map(Some) }
    }

    fn identity(
        &self,
        kind: &'static str,
        check: crate::check::Check,
        number: IdNumber,
        other: Option<InPlaceCodec>,
    ) -> Method {
        Method::Identity(Box::new(Identity::new(kind, check, number, other, self.options.marked)))
    }

    fn telephone(&self, plan: Plan) -> Result<Method, FpeError> {
        let mobile = MobilePhone::new(self.cipher, self.tweak)?;
        Ok(Method::Telephone(Box::new(Telephone::new(plan, mobile, self.domains()))))
    }
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Codec({})", self.kind.as_str())
    }
}
