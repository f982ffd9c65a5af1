//! One domain of values, however large: what permutes it.
//!
//! A value is a row of numbers, each below a size of its own: a digit below 10, a letter below 26, a day below 47,482.
//! Together they are one number below the product of the sizes. Below a million a table permutes those, from there on FF1.

use super::LEAST_FF1_DOMAIN;
use super::cipher::Cipher;
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::keyed::Keyed;
use super::large::Large;
use super::permutation::Permutation;
use super::rank::{Rank, Ranks, bits};
use super::tweak::Tweak;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

/// The least domain: a pseudonym among fewer values is no secret to anyone who sees a few of them.
pub(super) const LEAST_DOMAIN: u64 = 100;

/// All domains of a key and a meaning. What is set up for a size is kept: there are few.
pub(super) struct Domains {
    cipher: Cipher,
    tweak: Tweak,
    keyed: Keyed,
    tables: Known<u32, Permutation>,
    ranks: Known<u64, Ranks>,
}

type Known<K, V> = RwLock<HashMap<K, Arc<V>>>;

impl Domains {
    pub(super) fn new(cipher: &Cipher, tweak: &Tweak) -> Self {
        let keyed = Keyed::new(cipher, tweak);
        Self { cipher: cipher.clone(), tweak: tweak.clone(), keyed, tables: Known::default(), ranks: Known::default() }
    }

    /// What permutes rows of these sizes. `kept` (below 2^24) is what stays of the value, as a number: with another the
    /// permutation is another one.
    pub(super) fn of(&self, sizes: &[u32], kept: u32) -> Result<Domain, FpeError> {
        let bound = sizes.iter().try_fold(1_u64, |product, &size| product.checked_mul(u64::from(size)));
        let how = match bound {
            Some(bound) if bound < LEAST_DOMAIN => return Err(FpeError::new(Reason::SmallDomain)),
            Some(bound) if bound < LEAST_FF1_DOMAIN => How::Table(self.table(bound, kept)?),
            Some(bound) if bound < u64::MAX => {
                let make = || Ranks::keeping(&self.cipher, &self.tweak, bound);
                How::Rank(known(&self.ranks, bound, make)?, kept)
            }
            _ => How::Large(Large::new(&self.cipher, &self.tweak, sizes, kept)?),
        };
        Ok(Domain { sizes: sizes.to_vec(), how })
    }

    fn table(&self, bound: u64, kept: u32) -> Result<Table, FpeError> {
        let size = u32::try_from(bound).map_err(|_| FpeError::new(Reason::LargeDomain))?;
        let table = known(&self.tables, size, || Permutation::new(&self.cipher, &self.tweak, size))?;
        Ok(Table::of(table, &self.keyed, kept))
    }
}

/// What is known for a key, made when it is first asked for. What a panic left behind is whole: entries are only added.
fn known<K: Hash + Eq + Copy, V>(
    all: &Known<K, V>,
    key: K,
    make: impl FnOnce() -> Result<V, FpeError>,
) -> Result<Arc<V>, FpeError> {
    if let Some(found) = all.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(found));
    }
    let made = Arc::new(make()?);
    let mut all = all.write().unwrap_or_else(PoisonError::into_inner);
    Ok(Arc::clone(all.entry(key).or_insert(made)))
}

/// The permutation of one domain.
pub(super) struct Domain {
    sizes: Vec<u32>,
    how: How,
}

enum How {
    Table(Table),
    Rank(Arc<Ranks>, u32),
    Large(Large),
}

impl Domain {
    /// Permutes a row in place.
    ///
    /// # Errors
    /// A number that is not below its size.
    pub(super) fn run(&self, direction: Direction, row: &mut [u32]) -> Result<(), FpeError> {
        if row.len() != self.sizes.len() || row.iter().zip(&self.sizes).any(|(number, size)| number >= size) {
            return Err(FpeError::new(Reason::Outside));
        }
        match &self.how {
            How::Large(large) => large.run(direction, row),
            How::Table(table) => {
                let number = u32::try_from(self.number(row)).map_err(|_| FpeError::new(Reason::Outside))?;
                self.write(table.run(direction, number)?.into(), row);
                Ok(())
            }
            How::Rank(ranks, kept) => {
                self.write(ranks.run(direction, Rank { rank: self.number(row), kept: *kept })?, row);
                Ok(())
            }
        }
    }

    /// The row as one number, which fits.
    fn number(&self, row: &[u32]) -> u64 {
        row.iter().zip(&self.sizes).fold(0, |sum, (&number, &size)| sum * u64::from(size) + u64::from(number))
    }

    fn write(&self, mut number: u64, row: &mut [u32]) {
        for (place, &size) in row.iter_mut().zip(&self.sizes).rev() {
            *place = u32::try_from(number % u64::from(size)).unwrap_or(0);
            number /= u64::from(size);
        }
    }
}

/// A table of a small domain, seen through a change of its numbers that depends on what is kept.
///
/// A table for each prefix or region would take too much memory. So there is one of each size, and what is kept chooses
/// how its numbers are renamed: x becomes a·x + b, with a and b from the key. Renaming leaves a cycle a cycle, so that
/// nothing maps to itself here either. Who knows many pairs with one prefix learns something of others: that is the price.
pub(super) struct Table {
    table: Arc<Permutation>,
    factor: u64,
    /// The inverse of `factor`.
    divisor: u64,
    offset: u64,
    size: u64,
}

impl Table {
    pub(super) fn of(table: Arc<Permutation>, keyed: &Keyed, kept: u32) -> Self {
        let size = u64::try_from(table.size()).unwrap_or(u64::MAX);
        let kept = kept.to_be_bytes();
        let from = keyed.number("factor", &[&kept], size);
        // There is one: 1 has an inverse modulo any size.
        let (factor, divisor) =
            (from..from + size).find_map(|n| Some((n % size, inverse(n % size, size)?))).unwrap_or((1, 1));
        Self { table, factor, divisor, offset: keyed.number("offset", &[&kept], size), size }
    }

    pub(super) fn run(&self, direction: Direction, number: u32) -> Result<u32, FpeError> {
        if u64::from(number) >= self.size {
            return Err(FpeError::new(Reason::Outside));
        }
        // All are below a million, and so are the rests.
        let narrow = |number: u64| u32::try_from(number % self.size).unwrap_or(0);
        let renamed = narrow(u64::from(number) * self.factor + self.offset);
        let result = match direction {
            Direction::Encrypt => self.table.encrypt(renamed)?,
            Direction::Decrypt => self.table.decrypt(renamed)?,
        };
        Ok(narrow((u64::from(result) + self.size - self.offset) * self.divisor))
    }
}

/// The inverse of a number modulo a size below 2^31, if it has one: Euclid's algorithm.
fn inverse(number: u64, size: u64) -> Option<u64> {
    let modulus = i64::try_from(size).ok()?;
    let (mut rest, mut next) = (modulus, i64::try_from(number).ok()?);
    let (mut sum, mut next_sum) = (0, 1);
    while next != 0 {
        let quotient = rest / next;
        (rest, next) = (next, rest - quotient * next);
        (sum, next_sum) = (next_sum, sum - quotient * next_sum);
    }
    if rest == 1 { u64::try_from(sum.rem_euclid(modulus)).ok() } else { None }
}

/// One domain for all values, of any size: a table or FF1, for a codec whose values are all counted together.
pub(super) enum OneSize {
    Table { table: Arc<Permutation>, keyed: Keyed },
    Ranks(Ranks),
}

impl OneSize {
    /// Sets up the numbers below a bound.
    pub(super) fn new(cipher: &Cipher, tweak: &Tweak, bound: u64) -> Result<Self, FpeError> {
        match u32::try_from(bound) {
            _ if bound < LEAST_DOMAIN => Err(FpeError::new(Reason::SmallDomain)),
            Ok(size) if bound < LEAST_FF1_DOMAIN => {
                let table = Arc::new(Permutation::new(cipher, tweak, size)?);
                Ok(Self::Table { table, keyed: Keyed::new(cipher, tweak) })
            }
            _ => Ranks::keeping(cipher, tweak, bound).map(Self::Ranks),
        }
    }

    pub(super) fn bits(&self) -> f64 {
        match self {
            Self::Table { table, .. } => bits(u64::try_from(table.size()).unwrap_or(u64::MAX)),
            Self::Ranks(ranks) => ranks.bits(),
        }
    }

    pub(super) fn run(&self, direction: Direction, rank: Rank) -> Result<u64, FpeError> {
        match self {
            Self::Ranks(ranks) => ranks.run(direction, rank),
            Self::Table { table, keyed } => {
                let number = u32::try_from(rank.rank).map_err(|_| FpeError::new(Reason::Outside))?;
                Table::of(Arc::clone(table), keyed, rank.kept).run(direction, number).map(u64::from)
            }
        }
    }

    /// Many ranks at once, each in place. Those that are not below the bound stay as they are.
    pub(super) fn run_each(&self, direction: Direction, ranks: &mut [&mut Rank]) {
        match self {
            Self::Ranks(by) => by.run_each(direction, ranks),
            Self::Table { .. } => {
                for rank in ranks {
                    rank.rank = self.run(direction, **rank).unwrap_or(rank.rank);
                }
            }
        }
    }
}
