//! Names as numbers, and sets of kinds and methods as bits, so that a million records are small and compared in one step.

use super::super::id::Code;
use crate::Kind;
use crate::purpose::Method;
use std::collections::{HashMap, HashSet};

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct KindSet(u128);

/// A set of methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct MethodSet(u8);

/// Which bit is which kind. 128 kinds at most: about three times as many as there are rules for.
#[derive(Default)]
pub(crate) struct Kinds {
    bits: HashMap<Kind, u8>,
}

/// Things by name, each with a number that stays.
pub(crate) struct Table<T> {
    numbers: HashMap<Code, u32>,
    rows: Vec<(Code, Option<T>)>,
}

impl KindSet {
    /// Whether all of `other` is in it.
    pub(crate) fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether any of `other` is in it.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl MethodSet {
    pub(crate) fn of(methods: &[Method]) -> Self {
        Self(methods.iter().fold(0, |set, method| set | 1 << *method as u8))
    }

    /// Whether all of `other` is in it.
    pub(crate) fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether any of `other` is in it.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether this method is in it.
    pub(crate) fn has(self, method: Method) -> bool {
        self.covers(Self::of(&[method]))
    }
}

impl Kinds {
    /// The set of these kinds, new ones included. `None` beyond 128 kinds.
    pub(crate) fn intern(&mut self, kinds: &[Kind]) -> Option<KindSet> {
        let mut set = 0;
        for kind in kinds {
            let next = u8::try_from(self.bits.len()).ok().filter(|next| *next < 128);
            let bit = match self.bits.get(kind) {
                Some(bit) => *bit,
                None => *self.bits.entry(*kind).or_insert(next?),
            };
            set |= 1_u128 << bit;
        }
        Some(KindSet(set))
    }

    /// Whether [`Kinds::intern`] would take these.
    pub(crate) fn has_room_for(&self, kinds: &[Kind]) -> bool {
        let new: HashSet<&Kind> = kinds.iter().filter(|kind| !self.bits.contains_key(kind)).collect();
        self.bits.len() + new.len() <= 128
    }

    /// The set of these kinds. `None` where one is in no declaration.
    pub(crate) fn set(&self, kinds: &[Kind]) -> Option<KindSet> {
        kinds.iter().try_fold(0, |set, kind| Some(set | 1_u128 << self.bits.get(kind)?)).map(KindSet)
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), rows: Vec::new() }
    }
}

impl<T> Table<T> {
    /// The number of a name, a new one where there is none.
    pub(crate) fn intern(&mut self, name: &Code) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        // A ledger with 2³² names does not fit into any memory that its rows would have.
        let number = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.clone(), number);
        self.rows.push((name.clone(), None));
        number
    }

    /// The number of a name that was seen.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// All that there are, in the order in which they came.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().filter_map(|(_, row)| row.as_ref())
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.rows.get(number as usize)?.1.as_ref()
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.rows.get_mut(number as usize)?.1.as_mut()
    }

    pub(crate) fn put(&mut self, number: u32, row: Option<T>) {
        if let Some(place) = self.rows.get_mut(number as usize) {
            place.1 = row;
        }
    }

    pub(crate) fn name(&self, number: u32) -> Option<&Code> {
        self.rows.get(number as usize).map(|(name, _)| name)
    }

    pub(crate) fn find(&self, name: &str) -> Option<(u32, &T)> {
        let number = self.number(name)?;
        Some((number, self.get(number)?))
    }

    pub(crate) fn numbers(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> Kind {
        Kind::new(name).expect("a name")
    }

    #[test]
    fn sets_of_kinds() {
        let mut kinds = Kinds::default();
        let both = kinds.intern(&[kind("email"), kind("qq")]).expect("two");
        let one = kinds.set(&[kind("qq")]).expect("known");
        assert!(both.covers(one) && !one.covers(both) && one.meets(both));
        assert!(!one.meets(kinds.set(&[kind("email")]).expect("known")));
        assert_eq!(kinds.set(&[kind("vin")]), None);
        let many: Vec<Kind> = (0..126).map(|n| kind(&format!("kind_{n}"))).collect();
        assert!(kinds.intern(&many).is_some());
        assert!(kinds.has_room_for(&many) && !kinds.has_room_for(&[kind("vin")]));
        assert_eq!(kinds.intern(&[kind("vin")]), None, "129 kinds");
        assert!(kinds.intern(&[kind("qq")]).is_some());
    }

    #[test]
    fn each_method_has_its_bit() {
        for one in Method::ALL {
            for other in Method::ALL {
                assert_eq!(MethodSet::of(&[one]).has(other), one == other);
            }
        }
    }
}
