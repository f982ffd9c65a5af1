//! Values of every identifier kind, with valid check characters: what is planted.
//!
//! One table row per [`Slot`], grouped by family as the kinds are. A slot is a way of writing a kind, so a kind may have
//! several slots (a resident ID of 18 and of 15 digits). Everything here is drawn from a seed and belongs to nobody:
//! see [`Births`] for the one place where that takes care.

mod address;
mod biometric;
mod contact;
mod credential;
mod device;
mod finance;
mod identity;
mod organisation;
mod person;
mod securities;

use crate::random::Random;

pub(crate) use person::surname;

/// Which years of birth identity numbers carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Births {
    /// 1880 to 1899: 18-digit numbers were first given out in 1999, so nobody living holds one of these.
    Historic,
    /// 1945 to 2005, as messages really have them. A number may then belong to somebody by chance, so such values are
    /// for memory only: no file, fixture or report may hold them.
    Recent,
}

/// Which lists names are put together from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameList {
    /// Frequent surnames and given names.
    Common,
    /// Surnames and characters that the common list does not hold: an engine tuned on one list is measured on the other.
    HeldOut,
}

/// How a value gives itself away when nothing stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A check character, or a table that few strings pass.
    Check,
    /// A shape that is rare in other text: `name@host`, eleven digits from 13 to 19, six pairs of hex digits.
    Shape,
    /// Nothing: it takes a label, a field name or a cue.
    Nothing,
}

/// A way of writing values of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// What templates call it, such as `id18`.
    pub name: &'static str,
    /// The identifier kind.
    pub kind: &'static str,
    /// What the value shows by itself.
    pub sign: Sign,
    /// A Chinese label that is usual before it.
    pub label: &'static str,
    /// A field name that is usual for it.
    pub field: &'static str,
    make: fn(&mut Generator) -> String,
}

impl Slot {
    /// A fresh value.
    pub fn value(&self, generator: &mut Generator) -> String {
        (self.make)(generator)
    }
}

/// Draws values.
#[derive(Clone, Debug)]
pub struct Generator {
    /// The stream that everything is drawn from.
    pub random: Random,
    births: Births,
    names: NameList,
}

impl Generator {
    /// A generator of values that belong to nobody living.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), births: Births::Historic, names: NameList::Common }
    }

    /// The same with other years of birth.
    #[must_use]
    pub fn births(self, births: Births) -> Self {
        Self { births, ..self }
    }

    /// The same with names from another list.
    #[must_use]
    pub fn names(self, names: NameList) -> Self {
        Self { names, ..self }
    }
}

/// All slots, family by family.
pub fn slots() -> impl Iterator<Item = &'static Slot> {
    const FAMILIES: [&[Slot]; 9] = [
        identity::SLOTS,
        person::SLOTS,
        contact::SLOTS,
        finance::SLOTS,
        securities::SLOTS,
        credential::SLOTS,
        biometric::SLOTS,
        device::SLOTS,
        organisation::SLOTS,
    ];
    FAMILIES.into_iter().flatten()
}

/// The slot of that name.
#[must_use]
pub fn slot(name: &str) -> Option<&'static Slot> {
    slots().find(|slot| slot.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_of_the_design_has_a_slot_and_names_are_unique() {
        let kinds: BTreeSet<&str> = slots().map(|slot| slot.kind).collect();
        let contract = "resident_id residence_permit foreign_permanent_resident_id passport hk_macau_pass taiwan_pass \
            mainland_exit_permit hkid macau_id taiwan_id military_id drivers_licence social_security_no person_name \
            date_of_birth mobile_phone landline_phone email address wechat_id qq bank_card bank_account iban \
            securities_account unified_account fund_account futures_account capital_account customer_no password cvv \
            access_token verification_code biometric_image biometric_template biometric_reference ip_address \
            mac_address imei vehicle_plate vin uscc organisation_code swift_bic";
        assert_eq!(kinds, contract.split_whitespace().collect());
        let names: BTreeSet<&str> = slots().map(|slot| slot.name).collect();
        assert_eq!(names.len(), slots().count());
    }

    #[test]
    fn a_seed_gives_the_same_values_again_and_another_seed_others() {
        let draw = |seed| {
            let mut generator = Generator::new(seed);
            slots().map(|slot| slot.value(&mut generator)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn values_vary() {
        let mut generator = Generator::new(3);
        for slot in slots() {
            let drawn: BTreeSet<String> = (0..200).map(|_| slot.value(&mut generator)).collect();
            assert!(drawn.len() > 15, "{} gave {} different values", slot.name, drawn.len());
        }
    }
}
