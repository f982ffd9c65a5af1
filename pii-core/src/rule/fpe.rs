//! How a kind's values are encrypted with their form kept, as its rule file says it.
//!
//! What is read here always makes a codec: a description that makes none is refused with its line, when the file is read.

use super::charset::AsciiSet;
use super::error::RuleError;
use super::form::{Form, LENGTH_LIMIT, Shape};
use super::reader::Reader;
use super::schema::FpeTable;
use std::ops::Range;
use toml::Spanned;

/// How a value is encrypted with its form kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fpe {
    /// Characters in their places: each is enciphered among those of its sort.
    InPlace(InPlace),
    /// A resident ID of 18 or 15 digits, by its place among all that there are.
    ResidentId,
    /// A residence permit of 18 digits, likewise.
    ResidencePermit,
    /// A foreign permanent resident's card of 2023 or 2017, likewise.
    ForeignPermanentResidentId,
    /// A bank card: issuer, length and Luhn hold.
    BankCard,
    /// A mobile number: country code and prefix stay.
    MobilePhone,
    /// A landline number: country code and area code stay.
    LandlinePhone,
    /// An e-mail address: the domain stays.
    Email,
    /// A date, shifted by so many days as its person's dates are.
    Date,
    /// A person's name, replaced for good.
    Name,
    /// A postal address, replaced for good.
    Address,
    /// An IP address, which stays in its range.
    IpAddress,
    /// A MAC address: its maker stays.
    MacAddress,
}

/// Characters in their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InPlace {
    /// So many characters stay at the beginning.
    pub(crate) keep_first: usize,
    /// What stands behind so many characters stays, and is no part of what the value means (a renewal's number).
    pub(crate) keep_behind: Option<usize>,
    /// Beginnings that stay whole, such as `wxid_`.
    pub(crate) keep_prefixes: Vec<String>,
    /// What is enciphered: digits among these digits, capital letters among these and small ones among these.
    pub(crate) alphabet: AsciiSet,
    /// The check characters, which are computed again.
    pub(crate) check: Option<CheckCharacters>,
}

impl InPlace {
    /// Digits, of which so many stay at the beginning.
    pub(crate) fn digits(keep_first: usize) -> Self {
        let alphabet = AsciiSet::parse("0-9").expect("the digits are a set");
        Self { keep_first, keep_behind: None, keep_prefixes: Vec::new(), alphabet, check: None }
    }
}

/// Check characters that can be computed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckCharacters {
    /// The last digit (ISO/IEC 7812-1), whatever the length.
    Luhn,
    /// Luhn's digit, of 15 digits only.
    Imei,
    /// The last character of a Hong Kong ID.
    Hkid,
    /// The last digit of a Taiwan ID.
    TaiwanId,
    /// The 17th and 18th characters: the organisation code's and the credit code's own.
    Uscc,
    /// The ninth of 17 characters.
    Vin,
    /// The third and fourth characters.
    Iban,
}

impl CheckCharacters {
    /// Where the check characters of a value with so many characters stand; nowhere where it has none.
    pub(crate) fn places(self, length: usize) -> Range<usize> {
        match (self, length) {
            (Self::Luhn, 2..) | (Self::Imei, 15) | (Self::Hkid, 8 | 9) | (Self::TaiwanId, 10) => length - 1..length,
            (Self::Uscc, 18) => 16..18,
            (Self::Vin, 17) => 8..9,
            (Self::Iban, 15..) => 2..4,
            _ => 0..0,
        }
    }
}

/// The methods that know their kind.
const METHODS: [(&str, Fpe); 12] = [
    ("resident_id", Fpe::ResidentId),
    ("residence_permit", Fpe::ResidencePermit),
    ("foreign_permanent_resident_id", Fpe::ForeignPermanentResidentId),
    ("bank_card", Fpe::BankCard),
    ("mobile_phone", Fpe::MobilePhone),
    ("landline_phone", Fpe::LandlinePhone),
    ("email", Fpe::Email),
    ("date", Fpe::Date),
    ("name", Fpe::Name),
    ("address", Fpe::Address),
    ("ip_address", Fpe::IpAddress),
    ("mac_address", Fpe::MacAddress),
];

const CHECKS: [(&str, CheckCharacters); 7] = [
    ("luhn", CheckCharacters::Luhn),
    ("imei", CheckCharacters::Imei),
    ("hkid", CheckCharacters::Hkid),
    ("taiwan_id", CheckCharacters::TaiwanId),
    ("uscc", CheckCharacters::Uscc),
    ("vin", CheckCharacters::Vin),
    ("iban", CheckCharacters::Iban),
];

/// The longest beginning that may stay, in characters: no value of a form is longer.
const KEEP_LIMIT: usize = LENGTH_LIMIT;

impl Reader<'_> {
    /// The description, or what is wrong with it for values of these forms.
    pub(super) fn fpe(&self, table: &FpeTable, forms: &[Form]) -> Result<Fpe, RuleError> {
        let method = table.method.get_ref().as_str();
        if let Some((_, fpe)) = METHODS.iter().find(|(name, _)| *name == method) {
            return self.alone(table).map(|()| fpe.clone());
        }
        let alphabet = match (method, &table.alphabet) {
            ("digits", None) => AsciiSet::parse("0-9").expect("the digits are a set"),
            ("alphabet", Some(set)) => self.enciphered(set)?,
            ("digits" | "alphabet", _) => {
                let error =
                    self.error(table.method.span(), "the method \"alphabet\", and it alone, has a key `alphabet`");
                return Err(
                    error.hint("write method = \"alphabet\" and alphabet = \"0-9A-Z\", or another method alone")
                );
            }
            _ => {
                let known: Vec<&str> =
                    ["digits", "alphabet"].into_iter().chain(METHODS.iter().map(|(name, _)| *name)).collect();
                return Err(self.unknown(&table.method, "method", &known));
            }
        };
        let check = table.check.as_ref().map(|name| self.check_characters(name, forms)).transpose()?;
        if forms.iter().any(|form| matches!(form.shape, Shape::Recogniser(_))) {
            let error =
                self.error(table.method.span(), "what a recogniser finds has no characters of one sort in its places");
            return Err(error.hint("write method = \"name\" or \"address\", or leave [fpe] out"));
        }
        Ok(Fpe::InPlace(InPlace {
            keep_first: self.keep_first(table, forms)?,
            keep_behind: self.keep_behind(table)?,
            keep_prefixes: self.words(table.keep_prefix.clone())?,
            alphabet,
            check,
        }))
    }

    /// A method that knows its kind takes no other key.
    fn alone(&self, table: &FpeTable) -> Result<(), RuleError> {
        let given = [
            ("alphabet", table.alphabet.as_ref().map(Spanned::span)),
            ("check", table.check.as_ref().map(Spanned::span)),
            ("keep_first", table.keep_first.as_ref().map(Spanned::span)),
            ("keep_behind", table.keep_behind.as_ref().map(Spanned::span)),
            ("keep_prefix", table.keep_prefix.first().map(Spanned::span)),
        ];
        match given.into_iter().find_map(|(key, span)| Some((key, span?))) {
            None => Ok(()),
            Some((key, span)) => {
                let what =
                    format!("`{key}` belongs to the methods \"digits\" and \"alphabet\": this one knows its kind");
                Err(self.error(span, what).hint("take it out, or write method = \"digits\""))
            }
        }
    }

    fn enciphered(&self, set: &Spanned<String>) -> Result<AsciiSet, RuleError> {
        let wrong = |what| self.error(set.span(), what).hint("write single characters and ranges, such as \"0-9A-Z\"");
        let alphabet = AsciiSet::parse(set.get_ref()).map_err(wrong)?;
        let sorts = [b'0'..=b'9', b'A'..=b'Z', b'a'..=b'z'];
        let counts = sorts.map(|sort| sort.filter(|&b| alphabet.has(b)).count());
        if counts.iter().all(|&count| count < 2) {
            return Err(wrong("nothing can be enciphered: no two digits and no two letters of one case".to_owned()));
        }
        Ok(alphabet)
    }

    fn check_characters(&self, name: &Spanned<String>, forms: &[Form]) -> Result<CheckCharacters, RuleError> {
        let found = CHECKS.iter().find(|(known, _)| *known == name.get_ref()).map(|(_, check)| *check);
        let check = found.ok_or_else(|| self.unknown(name, "check character", &CHECKS.map(|(name, _)| name)))?;
        let has_place = |length: usize| !check.places(length).is_empty();
        if lengths(forms).is_some_and(|lengths| !(1..=LENGTH_LIMIT).any(|n| lengths >> n & 1 == 1 && has_place(n))) {
            let error = self.error(name.span(), "no form of the rule has as many characters as this check takes");
            return Err(error.hint("take it out, or write the check that the value has"));
        }
        Ok(check)
    }

    /// At least two characters of the longest value are enciphered.
    fn keep_first(&self, table: &FpeTable, forms: &[Form]) -> Result<usize, RuleError> {
        let first = self.keep(&table.keep_first)?.unwrap_or(0);
        let longest = lengths(forms).and_then(|lengths| (1..=LENGTH_LIMIT).rev().find(|&n| lengths >> n & 1 == 1));
        match (&table.keep_first, longest) {
            (Some(count), Some(longest)) if first + 2 > longest => {
                let what =
                    format!("no value is longer than {longest} characters, so that nothing to speak of is enciphered");
                Err(self.error(count.span(), what).hint("write how many characters may be seen, such as 4"))
            }
            _ => Ok(first),
        }
    }

    fn keep(&self, given: &Option<Spanned<usize>>) -> Result<Option<usize>, RuleError> {
        match given {
            Some(count) if *count.get_ref() >= KEEP_LIMIT => {
                let what =
                    format!("no value is longer than {KEEP_LIMIT} characters, so that nothing would be enciphered");
                Err(self.error(count.span(), what).hint("write how many characters may be seen, such as 4"))
            }
            given => Ok(given.as_ref().map(|count| *count.get_ref())),
        }
    }

    fn keep_behind(&self, table: &FpeTable) -> Result<Option<usize>, RuleError> {
        let first = table.keep_first.as_ref().map_or(0, |count| *count.get_ref());
        let behind = self.keep(&table.keep_behind)?;
        match (&table.keep_behind, &table.check) {
            (Some(count), _) if *count.get_ref() < first + 2 => {
                let error = self
                    .error(count.span(), "fewer than two characters are left between `keep_first` and `keep_behind`");
                Err(error.hint(format!("write {} or more", first + 2)))
            }
            (Some(count), Some(_)) => {
                let error = self.error(count.span(), "`keep_behind` and `check` do not go together");
                Err(error.hint("take one of them out: a check character cannot stay and be computed"))
            }
            _ => Ok(behind),
        }
    }
}

/// The lengths of the rule's values, one bit each; `None` where a pattern says it.
fn lengths(forms: &[Form]) -> Option<u64> {
    forms.iter().try_fold(0, |all, form| match &form.shape {
        Shape::Token(shape) => Some(all | shape.lengths),
        _ => None,
    })
}
