//! Telephone numbers as they are written, mobile and fixed, of the mainland, Hong Kong, Macao, Taiwan and elsewhere.
//!
//! Country code, area code and a mobile number's prefix stay, as does an extension: it tells nothing without its number.
//! `+86 138…`, `0086138…` and `138…` are one number, and come out as one.

use super::domain::Domains;
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::mobile_phone::MobilePhone;
use super::written::Written;
use crate::check::{Verdict, phone};
use sha2::{Digest as _, Sha256};

/// The digits of a local number, at most.
const LOCAL_DIGITS: usize = 8;

/// The digits of a mobile number of the mainland.
const MOBILE_DIGITS: usize = 11;

/// The first digits that stay of a mobile number that is none of 11 digits, and of a number of another country.
const KEPT_DIGITS: usize = 3;

/// The digits of all countries' numbers together, at most (ITU-T E.164), and some for a long prefix.
const DIGITS_LIMIT: usize = 24;

/// Country codes that have plans of their own here.
const REGIONS: [&[u8]; 3] = [b"852", b"853", b"886"];

/// Which of the two kinds it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    Mobile,
    Landline,
}

/// The codec for telephone numbers.
pub(super) struct Telephone {
    plan: Plan,
    mobile: MobilePhone,
    domains: Domains,
}

/// The digits of a number, what of them is enciphered, and what of the others it means.
struct Number {
    digits: Vec<u8>,
    /// Where each digit stands in the plain text.
    places: Vec<usize>,
    from: usize,
    to: usize,
    /// The least first digit and how many there are.
    first: (u8, u32),
    kept: Vec<u8>,
    /// A mobile number of the mainland, of 11 digits.
    is_mobile: bool,
}

impl Telephone {
    pub(super) fn new(plan: Plan, mobile: MobilePhone, domains: Domains) -> Self {
        Self { plan, mobile, domains }
    }

    /// Plain mobile numbers through a batch; `None` for what it does not take.
    pub(super) fn run_each(&self, direction: Direction, values: &[&str]) -> Vec<Option<String>> {
        if self.plan == Plan::Landline {
            return Vec::new();
        }
        let mut numbers: Vec<Vec<u8>> = values.iter().map(|value| value.as_bytes().to_vec()).collect();
        let mut results = Vec::with_capacity(numbers.len());
        match direction {
            Direction::Encrypt => self.mobile.encrypt_each(&mut numbers, &mut results),
            Direction::Decrypt => self.mobile.decrypt_each(&mut numbers, &mut results),
        }
        let text = |(number, result): (Vec<u8>, Result<(), FpeError>)| result.ok().and(String::from_utf8(number).ok());
        numbers.into_iter().zip(results).map(text).collect()
    }

    pub(super) fn run(&self, direction: Direction, text: &str) -> Result<String, FpeError> {
        let written = Written::of(text);
        let mut plain = written.plain().as_bytes().to_vec();
        let number = Number::read(written.plain(), self.plan).ok_or_else(|| self.not_valid())?;
        let mut digits = number.enciphered().to_vec();
        if number.is_mobile {
            match direction {
                Direction::Encrypt => self.mobile.encrypt(&mut digits)?,
                Direction::Decrypt => self.mobile.decrypt(&mut digits)?,
            }
            number.write(&digits, &mut plain);
            return Ok(written.with(&plain));
        }
        let (least, firsts) = number.first;
        let least_at = |at: usize| if at == 0 { least } else { b'0' };
        let size_at = |at: usize| if at == 0 { firsts } else { 10 };
        let value = |(at, digit): (usize, &u8)| digit.checked_sub(least_at(at)).map(u32::from);
        let row: Option<Vec<u32>> = digits.iter().enumerate().map(value).collect();
        let mut row = row.ok_or_else(|| self.not_valid())?;
        let sizes: Vec<u32> = (0..row.len()).map(size_at).collect();
        let domain = self.domains.of(&sizes, digest(&number.kept))?;
        loop {
            domain.run(direction, &mut row)?;
            for (at, (digit, &value)) in digits.iter_mut().zip(&row).enumerate() {
                *digit = least_at(at) + u8::try_from(value).unwrap_or(0);
            }
            number.write(&digits, &mut plain);
            // What would read as another sort of number (852-0000) goes through the cipher again. This ends: a permutation
            // leads every number back to itself.
            let read = str::from_utf8(&plain).ok().and_then(|plain| Number::read(plain, self.plan));
            if read.is_some_and(|read| read.is_as(&number)) {
                return Ok(written.with(&plain));
            }
        }
    }

    fn not_valid(&self) -> FpeError {
        let kind = if self.plan == Plan::Mobile { "mobile_phone" } else { "landline_phone" };
        FpeError::new(Reason::NotValid { kind })
    }
}

impl Number {
    fn read(plain: &str, plan: Plan) -> Option<Self> {
        let digit = |(at, byte): (usize, u8)| byte.is_ascii_digit().then_some((at, byte));
        let (places, digits): (Vec<usize>, Vec<u8>) = plain.bytes().enumerate().filter_map(digit).unzip();
        if digits.len() > DIGITS_LIMIT {
            return None;
        }
        let number =
            Self { to: digits.len(), digits, places, from: 0, first: (b'0', 10), kept: Vec::new(), is_mobile: false };
        let country = number.country(plain)?;
        match (plan, country) {
            (_, Country::Region(from)) => number.of_region(from),
            (Plan::Mobile, Country::Mainland(from)) => number.of_mobile(from),
            (Plan::Mobile, Country::Other) => number.after(KEPT_DIGITS, b"other"),
            (Plan::Landline, Country::Mainland(from)) => number.of_landline(from),
            (Plan::Landline, Country::Other) => None,
        }
    }

    fn country(&self, plain: &str) -> Option<Country> {
        let has_plus = plain.contains('+');
        let zeros = if !has_plus && self.digits.starts_with(b"00") { 2 } else { 0 };
        let rest = self.digits.get(zeros..)?;
        let is_told = |code: &[u8]| {
            let place = self.places.get(zeros + code.len() - 1).and_then(|&at| plain.as_bytes().get(at + 1));
            has_plus || zeros > 0 || matches!(place, Some(b'-' | b')'))
        };
        if let Some(code) = REGIONS.into_iter().find(|code| rest.starts_with(code) && is_told(code)) {
            return Some(Country::Region(zeros + code.len()));
        }
        // 86 before eleven digits needs no sign.
        let is_mainland =
            rest.starts_with(b"86") && (is_told(b"86") || matches!(rest.get(2..), Some([b'1', ..])) && rest.len() > 12);
        Some(match has_plus {
            _ if is_mainland => Country::Mainland(zeros + 2),
            true => Country::Other,
            false => Country::Mainland(0),
        })
    }

    /// Mobile numbers of the mainland: 11 digits, 13 of a machine's, or one too many or too few.
    fn of_mobile(mut self, from: usize) -> Option<Self> {
        let trunk = usize::from(self.digits.get(from..)?.starts_with(b"01"));
        self.from = from + trunk;
        let rest = self.digits.get(self.from..)?;
        if rest.len() == MOBILE_DIGITS && phone::mobile(rest) >= Verdict::Likely {
            self.is_mobile = true;
            return Some(self);
        }
        let from = self.from;
        self.after(from + KEPT_DIGITS, b"mistyped")
    }

    /// The area code stays, and the extension.
    fn of_landline(mut self, from: usize) -> Option<Self> {
        let has_trunk = self.digits.get(from..)?.starts_with(b"0");
        let area = from + usize::from(has_trunk);
        let area_digits = match self.digits.get(area)? {
            _ if !has_trunk && from == 0 => 0,
            b'1' | b'2' => 2,
            _ => 3,
        };
        self.from = area + area_digits;
        self.kept = [b"area", self.digits.get(area..self.from)?].concat();
        self.first = (b'2', 7);
        self.to = self.local_end();
        self.is_long_enough().then_some(self)
    }

    /// Where the local number ends: behind seven digits or eight, by how they are grouped.
    fn local_end(&self) -> usize {
        let run_from = |from: usize| {
            let places = self.places.get(from..).unwrap_or_default();
            let joined = places.windows(2).take_while(|two| matches!(two, [a, b] if *b == *a + 1)).count();
            joined + usize::from(!places.is_empty())
        };
        let first = run_from(self.from);
        let digits = match first {
            7 => 7,
            3 if run_from(self.from + 3) >= 4 => 7,
            _ => LOCAL_DIGITS,
        };
        (self.from + digits).min(self.digits.len())
    }

    /// Hong Kong, Macao, Taiwan: the first digit stays, which says what sort of number it is.
    fn of_region(mut self, from: usize) -> Option<Self> {
        let trunk = usize::from(self.digits.get(from..)?.starts_with(b"0"));
        self.from = from + trunk + 1;
        let code = self.digits.get(..from)?.iter().skip_while(|&&b| b == b'0');
        self.kept = code.chain(self.digits.get(from + trunk..self.from)?).copied().collect();
        self.to = self.digits.len().min(self.from + LOCAL_DIGITS);
        self.is_long_enough().then_some(self)
    }

    /// All digits behind so many.
    fn after(mut self, from: usize, sort: &[u8]) -> Option<Self> {
        self.from = from;
        self.kept = [sort, self.digits.get(..from)?].concat();
        (self.to > self.from).then_some(self)
    }

    fn enciphered(&self) -> &[u8] {
        self.digits.get(self.from..self.to).unwrap_or_default()
    }

    /// Writes other digits in the place of those that are enciphered.
    fn write(&self, digits: &[u8], plain: &mut [u8]) {
        let places = self.places.get(self.from..self.to).unwrap_or_default();
        for (&digit, &place) in digits.iter().zip(places) {
            if let Some(byte) = plain.get_mut(place) {
                *byte = digit;
            }
        }
    }

    /// Whether both differ in nothing but what is enciphered.
    fn is_as(&self, other: &Self) -> bool {
        let parts = |n: &Self| (n.from, n.to, n.is_mobile);
        parts(self) == parts(other) && self.kept == other.kept
    }

    fn is_long_enough(&self) -> bool {
        self.to >= self.from + LOCAL_DIGITS - 1
    }
}

/// A country, and how many digits say so.
enum Country {
    Mainland(usize),
    Region(usize),
    Other,
}

fn digest(kept: &[u8]) -> u32 {
    let digest: [u8; 32] = Sha256::digest(kept).0;
    u32::from_be_bytes([0, digest[0], digest[1], digest[2]])
}
